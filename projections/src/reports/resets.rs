//! `resets`: whose second factor ended by somebody else's doing, and exactly whom an account-wide disable reset.

use std::collections::BTreeMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use twofold_domain::account::AccountEvent;
use twofold_domain::ids::UserId;
use twofold_domain::permission::Act;
use twofold_domain::time::Timestamp;
use twofold_domain::user::{ResetCause, UserEvent};
use twofold_infra::store::StoreError;

use super::ask::FROM;
use super::cell::{Cell, Kind, Row, column};
use super::events::facts;
use super::{Asked, Pages, Report};
use crate::fact::{Event, Fact};
use crate::status::report::reset_by;
use crate::{audit, status};

/// The report.
pub const REPORT: Report = Report {
    name: "resets",
    meaning: "Resets: everybody whose second factor ended by a reset, one row each, in the order of the events that \
              caused them. An account-wide disable has a row for every person whom it reset, from its very event on, \
              whether the reset was written into that person's own history by then or not; where it was, the row says \
              by which event. What people switched off themselves is not a reset.",
    definition: 1,
    reads: Act::ReadAudit,
    from: &[audit::NAME, status::NAME],
    rows: "resets",
    parameters: &[FROM],
    columns: &[
        column("at", Kind::Instant, "As of when the second factor was gone."),
        column("event", Kind::Event, "The event that caused it: of a disable, the disable."),
        column("user", Kind::Person, "Whose."),
        column(
            "cause",
            Kind::Word,
            "`account_disabled`, `staff`, `staff_after_wait`, `after_wait`, `granted`.",
        ),
        column("by", Kind::Actor, "Who caused it."),
        column("compromise", Kind::Flag, "Whether staff said that somebody else had the factor."),
        column("generation", Kind::Number, "The enrolment generation that a disable opened."),
        column("written", Kind::Event, "The event in the person's own history."),
    ],
    pages,
};

const NAMES: &[&str] = &["AccountTwoFactorDisabled", "TwoFactorReset"];

fn pages(asked: Asked) -> Pages {
    stream::once(folded(asked)).boxed()
}

/// A disable, until everybody's own reset is known.
struct Disable {
    event: u64,
    at: Timestamp,
    by: Option<Box<str>>,
    generation: u32,
}

async fn folded(asked: Asked) -> Result<Vec<Row>, StoreError> {
    let after = asked.arguments.instant(FROM.name).map_or(0, |from| from.position);
    let (mut rows, mut disables) = (BTreeMap::new(), vec![]);
    let mut written: BTreeMap<(u32, UserId), u64> = BTreeMap::new();
    let mut facts = facts(&asked, NAMES, after);
    while let Some(page) = facts.try_next().await? {
        for fact in &page {
            match &fact.event {
                Event::Account(AccountEvent::AccountTwoFactorDisabled { generation, at, .. }) => {
                    let (event, by) = (fact.seq, fact.meta.actor.clone());
                    disables.push(Disable { event, at: *at, by, generation: *generation });
                }
                Event::User(user, UserEvent::TwoFactorReset { cause, effective_at }) => match cause {
                    ResetCause::AccountDisabled { generation } => {
                        written.insert((*generation, *user), fact.seq);
                    }
                    cause => {
                        rows.insert((fact.seq, *user), one(fact, *user, cause, *effective_at));
                    }
                },
                _ => {}
            }
        }
    }
    for Disable { event, at, by, generation } in disables {
        for user in reset_by(asked.store.views(), asked.account, event).await? {
            let own = written.get(&(generation, user)).map_or(Cell::Empty, |seq| Cell::Event(*seq));
            let row = vec![
                at.into(),
                Cell::Event(event),
                user.into(),
                Cell::word("account_disabled"),
                by.clone().into(),
                Cell::Empty,
                generation.into(),
                own,
            ];
            rows.insert((event, user), row);
        }
    }
    Ok(rows.into_values().collect())
}

fn one(fact: &Fact, user: UserId, cause: &ResetCause, effective_at: Timestamp) -> Row {
    let compromise = match cause {
        ResetCause::Staff { compromise, .. } => (*compromise).into(),
        _ => Cell::Empty,
    };
    vec![
        effective_at.into(),
        Cell::Event(fact.seq),
        user.into(),
        Cell::word(audit::reset_cause(cause)),
        fact.meta.actor.clone().into(),
        compromise,
        Cell::Empty,
        Cell::Event(fact.seq),
    ]
}
