//! `hygiene`: what is worth tidying up before it becomes an incident.

use futures::{StreamExt as _, TryStreamExt as _};
use twofold_domain::factor::FactorKind;
use twofold_domain::permission::Act;
use twofold_domain::time::{Span, Timestamp};

use super::ask::{POPULATION, Parameter, Takes};
use super::cell::{Cell, Kind, Row, column};
use super::people::{Held, Page};
use super::{Asked, Pages, Report, people};
use crate::status;

const DAYS: Parameter = Parameter {
    name: "days",
    takes: Takes::Number { least: 1, most: 3_650 },
    default: Some("90"),
    required: false,
    meaning: "After how many days without a sign-in somebody is dormant, trust stale, and a factor one that was \
              never used.",
};

const CODES: Parameter = Parameter {
    name: "codes",
    takes: Takes::Number { least: 0, most: 10 },
    default: Some("3"),
    required: false,
    meaning: "How many recovery codes are few.",
};

/// The report.
pub const REPORT: Report = Report {
    name: "hygiene",
    meaning: "Hygiene: one row for everything that is worth tidying up: people who did not sign in for long \
              (`dormant`; or never did), whose recovery codes run out (`few_codes`; also none at all), whose only \
              second factor is a telephone number (`sms_only`), whose second factor was never used after it was \
              bound (`never_used`), and devices that may skip it since long ago (`stale_trust`). Of people who may \
              sign in: not of those who were deactivated or erased.",
    definition: 1,
    reads: Act::ReadStatus,
    from: &[status::NAME],
    rows: "findings",
    parameters: &[DAYS, CODES, POPULATION],
    columns: &[
        column("user", Kind::Person, "Who."),
        column("role", Kind::Word, "Their role."),
        column("finding", Kind::Word, "`dormant`, `few_codes`, `sms_only`, `never_used`, `stale_trust`."),
        column(
            "since",
            Kind::Instant,
            "Since when: the last sign-in (or the registration, without one), the binding, the oldest trust.",
        ),
        column("count", Kind::Number, "Of `few_codes`: codes left; of `stale_trust`: devices."),
    ],
    pages,
};

/// What is looked for.
struct Bounds {
    before: Timestamp,
    codes: u64,
}

fn pages(asked: Asked) -> Pages {
    let days = asked.arguments.number(DAYS.name).unwrap_or_default();
    let before = asked.as_of.instant - Span::days(days as i64);
    let bounds = Bounds { before, codes: asked.arguments.number(CODES.name).unwrap_or_default() };
    let pages = people::people(&asked, asked.arguments.population());
    pages
        .map_ok(move |page| {
            let alive = page.people.iter().filter(|held| !held.user.erased && !held.user.deactivated);
            alive.flat_map(|held| findings(&page, held, &bounds)).collect()
        })
        .boxed()
}

fn findings(page: &Page, held: &Held, bounds: &Bounds) -> Vec<Row> {
    let (user, at, generation) = (&held.user, page.as_of.instant, page.posture.generation);
    let row = |finding: &'static str, since: Option<Timestamp>, count: Option<u32>| {
        vec![user.user_id.into(), Cell::word(user.role), Cell::word(finding), since.into(), count.into()]
    };
    let mut rows = vec![];
    let activity = held.activity.as_ref();
    let seen = activity.and_then(|a| a.last_sign_in_at).unwrap_or(user.registered_at);
    if seen <= bounds.before {
        rows.push(row("dormant", Some(seen), None));
    }
    let kinds = user.kinds_at(generation, at);
    if !kinds.is_empty() {
        let left = activity.and_then(|a| a.codes_left).unwrap_or_default();
        if u64::from(left) <= bounds.codes {
            rows.push(row("few_codes", None, Some(left.into())));
        }
        if kinds.iter().all(|kind| *kind == FactorKind::Sms) {
            rows.push(row("sms_only", user.enabled_since, None));
        }
        // Confirming it is no use of it.
        let used = activity.and_then(|a| a.last_used_at).is_some_and(|used| Some(used) > user.enabled_since);
        if !used && user.enabled_since.is_some_and(|since| since <= bounds.before) {
            rows.push(row("never_used", user.enabled_since, None));
        }
    }
    let stale =
        held.trusts.iter().filter(|t| t.granted_at <= bounds.before && t.holds(&page.posture, user, at));
    let granted: Vec<Timestamp> = stale.map(|trust| trust.granted_at).collect();
    if !granted.is_empty() {
        rows.push(row("stale_trust", granted.iter().min().copied(), Some(granted.len() as u32)));
    }
    rows
}
