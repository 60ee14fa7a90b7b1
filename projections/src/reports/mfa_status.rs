//! `mfa-status`: every person's standing at an instant.

use futures::{StreamExt as _, TryStreamExt as _};
use twofold_domain::permission::Act;

use super::ask::POPULATION;
use super::cell::{Cell, Kind, Row, column};
use super::{Asked, Pages, Report, people};
use crate::status::{self, Line};

/// The report.
pub const REPORT: Report = Report {
    name: "mfa-status",
    meaning: "Who had two-factor authentication: one row for every person who was a user of the account and not \
              erased, in the order of their ids, with their role, their state, the rule that put them there, and \
              what they could show for it. States follow from the policy in force at that instant: grace, \
              exemptions, trust, scheduled policies and resets that wait begin and end there by time alone. After \
              an account-wide disable everybody's second factor is gone from that very event on. How another program folds \
              it from the log, to the byte, is in `docs/status.md`.",
    definition: 5,
    reads: Act::ReadStatus,
    from: &[status::NAME],
    rows: "people",
    parameters: &[POPULATION],
    columns: &[
        column("user", Kind::Person, "Who."),
        column("role", Kind::Word, "`owner`, `admin`, `agent`, `auditor` (the team), or `end_user`."),
        column(
            "state",
            Kind::Word,
            "`enabled`, `pending` (must enrol before anything else), `optional`, `exempt`, `suspended`, `off` \
             (both account-wide), `locked`, `deactivated`, `frozen` (said that it was not them, or staff did).",
        ),
        column(
            "rule",
            Kind::Word,
            "The rule that puts them into this state, the first one that holds: `erased`, `deactivated`, `frozen`, \
             `hard_cap` (of consecutive wrong tries: `locked`), `account_disabled` (`off`), `account_suspended`, \
             `identity_provider` (signs in through one only: `exempt`), `exemption`, `has_factor` (of a kind that the \
             policy allows; of any where none is required, and while their grace runs); without one, where one is \
             required: `grace` (`optional` for now), then `policy_requires`, or \
             `kind_not_allowed` where they have one of a kind that the policy does not allow (both `pending`); and \
             where none is: `policy_optional`.",
        ),
        column("factors", Kind::Word, "The kinds of their factors, by `+`."),
        column("enabled_since", Kind::Instant, "Since when they have a second factor."),
        column("last_used", Kind::Instant, "When it was last accepted."),
        column("recovery_codes", Kind::Number, "Recovery codes left."),
        column("trusted_devices", Kind::Number, "Devices that may skip the second factor."),
        column(
            "required_since",
            Kind::Instant,
            "Since when, without a break, a second factor is required of them, grace aside: since the requirement began, \
             or since they came into it by their registration, another role, or another group; days of grace count from \
             here. Nothing but the policy, their role, and their groups makes a break.",
        ),
        column(
            "policy_version",
            Kind::Number,
            "The version of the policy that was in force for their audience.",
        ),
        column("exempt_until", Kind::Instant, "When their exemption ends by itself."),
        column("providers", Kind::Text, "Identity providers through which they can sign in, by `+`."),
        column(
            "claimed",
            Kind::Word,
            "The kinds of those of their factors that came along from another system, by `+`, and that they never showed \
             here: nobody knows yet whether they have them.",
        ),
    ],
    pages,
};

#[expect(clippy::needless_pass_by_value, reason = "the shape of every report's rows")]
fn pages(asked: Asked) -> Pages {
    let people = people::people(&asked, asked.arguments.population());
    people.map_ok(|page| page.lines().map(|(_, line)| row(line)).collect()).boxed()
}

/// A line as a row.
pub fn row(line: Line) -> Row {
    vec![
        line.user.into(),
        Cell::word(line.role),
        Cell::word(line.state),
        Cell::word(line.rule),
        line.factors.into(),
        line.enabled_since.into(),
        line.last_used.into(),
        line.recovery_codes.into(),
        line.trusted_devices.into(),
        line.required_since.into(),
        line.policy_version.into(),
        line.exempt_until.into(),
        line.providers.into(),
        line.claimed.into(),
    ]
}
