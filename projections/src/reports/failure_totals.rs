//! `failure-totals`: the events of `failures`, counted by period.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use twofold_domain::account::AccountEvent;
use twofold_domain::ids::UserId;
use twofold_domain::permission::Act;
use twofold_infra::store::StoreError;

use super::ask::FROM;
use super::cell::{Cell, Kind, Row, column};
use super::events::facts;
use super::failures::NAMES;
use super::periods::{PERIOD, Period};
use super::{Asked, Pages, Report, coverage_history};
use crate::fact::{Event, Fact};
use crate::{audit, status};

/// The report.
pub const REPORT: Report = Report {
    name: "failure-totals",
    meaning: "Failures by period: for every period and every kind of event of `failures`, how many there were and how \
              many people they concerned; and how many guesses charged nobody. A person may be in several rows of a \
              period; the row `all` has everybody once.",
    definition: 2,
    reads: Act::ReadAudit,
    from: &[audit::NAME, status::NAME],
    rows: "periods",
    parameters: &[FROM, PERIOD],
    columns: &[
        column("begin", Kind::Instant, "The period's first instant."),
        column("end", Kind::Instant, "The first instant behind it, or the one that the report is as of."),
        column("what", Kind::Word, "The event's name, or `all`."),
        column("events", Kind::Number, "How many."),
        column("people", Kind::Number, "How many people they concerned."),
        column("unknown", Kind::Number, "Refused at addresses that nobody has."),
        column("locked", Kind::Number, "Refused at people who were locked out."),
    ],
    pages,
};

/// What is counted in a period.
#[derive(Default)]
struct Total {
    events: u64,
    people: BTreeSet<UserId>,
    unknown: u64,
    locked: u64,
}

const ALL: &str = "all";

fn pages(asked: Asked) -> Pages {
    stream::once(counted(asked)).boxed()
}

/// Events come in the order of time, so what is held is of one period.
async fn counted(asked: Asked) -> Result<Vec<Row>, StoreError> {
    let periods = coverage_history::of(&asked).await?;
    let after = asked.arguments.after();
    let (mut rows, mut periods) = (vec![], periods.into_iter().peekable());
    let mut totals: BTreeMap<&'static str, Total> = BTreeMap::new();
    let mut facts = facts(&asked, NAMES, after);
    while let Some(page) = facts.try_next().await? {
        for fact in &page {
            // The last period has its end.
            while let Some(over) =
                periods.next_if(|period| period.to <= fact.at && period.to < asked.as_of.instant)
            {
                rows.extend(of_period(&over, std::mem::take(&mut totals)));
            }
            // Older periods than the oldest are left out.
            if periods.peek().is_some_and(|period| period.from <= fact.at) {
                count(fact, &mut totals);
            }
        }
    }
    for period in periods {
        rows.extend(of_period(&period, std::mem::take(&mut totals)));
    }
    Ok(rows)
}

fn count(fact: &Fact, totals: &mut BTreeMap<&'static str, Total>) {
    for what in [ALL, fact.event.name()] {
        let total = totals.entry(what).or_default();
        total.events += 1;
        total.people.extend(fact.subject);
        if let Event::Account(AccountEvent::SignInsRefused { unknown, locked, .. }) = &fact.event {
            total.unknown += u64::from(*unknown);
            total.locked += u64::from(*locked);
        }
    }
}

/// What there was in a period, in the order of `failures`; a period without anything says so, once.
fn of_period(period: &Period, mut totals: BTreeMap<&'static str, Total>) -> Vec<Row> {
    let all = totals.remove(ALL).unwrap_or_default();
    let each = NAMES.iter().filter_map(|name| Some((*name, totals.remove(name)?)));
    let row = |(what, total): (&'static str, Total)| {
        vec![
            period.from.into(),
            period.to.into(),
            Cell::word(what),
            Cell::count(total.events),
            Cell::count(total.people.len() as u64),
            Cell::count(total.unknown),
            Cell::count(total.locked),
        ]
    };
    std::iter::once((ALL, all)).chain(each).map(row).collect()
}
