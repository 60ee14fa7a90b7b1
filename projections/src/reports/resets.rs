//! `resets`: whose second factor ended by somebody else's doing, and exactly whom an account-wide disable reset.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use twofold_domain::account::AccountEvent;
use twofold_domain::ids::{RecoveryId, UserId};
use twofold_domain::permission::Act;
use twofold_domain::time::Timestamp;
use twofold_domain::user::{ResetCause, UserEvent};
use twofold_infra::store::StoreError;

use super::ask::FROM;
use super::cell::{Cell, Kind, Row, column};
use super::events::facts;
use super::{Asked, Pages, Report};
use crate::audit;
use crate::fact::{Event, Fact};
use crate::recovery;
use crate::status::reset_by::{self, Reset};
use crate::status::{self, AsOf};

/// The report.
pub const REPORT: Report = Report {
    name: "resets",
    meaning: "Resets: everybody whose second factor ended by a reset, one row each, in the order of the events that \
              caused them. An account-wide disable has a row for every person whom it reset, from its very event on, \
              whether the reset was written into that person's own history by then or not; where it was, the row says \
              by which event. A reset that waited for its day has a row from that day on, by the event that scheduled it, \
              likewise. With `from`, a reset is listed that was caused or written in the period, or caused \
              before it and not written yet when it began: so everybody whom a disable reset is listed for each \
              period in which it happened or its writing went on. What people switched off themselves is not a reset.",
    definition: 4,
    reads: Act::ReadAudit,
    from: &[audit::NAME, recovery::NAME, status::NAME],
    rows: "resets",
    parameters: &[FROM],
    columns: &[
        column("at", Kind::Instant, "As of when the second factor was gone."),
        column(
            "event",
            Kind::Event,
            "The event that caused it: of a disable, the disable; of a wait, what scheduled it.",
        ),
        column("user", Kind::Person, "Whose."),
        column(
            "cause",
            Kind::Word,
            "`account_disabled`, `staff`, `staff_after_wait`, `after_wait`, `granted`.",
        ),
        column("by", Kind::Actor, "Who caused it."),
        column("compromise", Kind::Flag, "Whether staff said that somebody else had the factor."),
        column("generation", Kind::Number, "The enrolment generation that a disable opened."),
        column("written", Kind::Event, "The event in the person's own history; nothing while there is none."),
    ],
    pages,
};

/// What causes or writes a reset.
const CAUSES: [&str; 3] = ["AccountTwoFactorDisabled", "TwoFactorResetScheduled", "TwoFactorReset"];

/// What the rows of a disable share.
struct Disable {
    event: u64,
    at: Timestamp,
    by: Option<Box<str>>,
    generation: u32,
}

fn pages(asked: Asked) -> Pages {
    let from = asked.arguments.after();
    // What was caused before the period, and written in it or not at all.
    let before = facts(&asked, &["AccountTwoFactorDisabled", "TwoFactorResetScheduled"], 0)
        .try_take_while(move |page| std::future::ready(Ok(page.first().is_some_and(|fact| fact.seq <= from))))
        .map_ok(move |page| page.into_iter().filter(|fact| fact.seq <= from).collect::<Vec<_>>());
    let within = facts(&asked, &CAUSES, from);
    before
        .chain(within)
        .and_then(move |page| {
            let rows = page.into_iter().filter_map(|fact| of_fact(&asked, &fact, from));
            std::future::ready(Ok(stream::iter(rows.collect::<Vec<_>>()).flatten()))
        })
        .try_flatten()
        .boxed()
}

/// The rows that follow from a fact: one, or everybody's whom a disable reset.
fn of_fact(asked: &Asked, fact: &Fact, from: u64) -> Option<Pages> {
    match &fact.event {
        Event::Account(AccountEvent::AccountTwoFactorDisabled { generation, at, .. }) => {
            let (event, by) = (fact.seq, fact.meta.actor.clone());
            let disable = Disable { event, at: *at, by, generation: *generation };
            let position = asked.as_of.position;
            let from_where = reset_by::Disable { event, generation: *generation, position };
            let everybody = reset_by::resets(asked.store.views(), asked.account, from_where);
            let rows = everybody.map_ok(move |page: Vec<Reset>| {
                let open = page.iter().filter(|reset| reset.written.is_none_or(|seq| seq > from));
                open.map(|reset| of_disable(&disable, reset)).collect()
            });
            Some(rows.boxed())
        }
        Event::User(_, UserEvent::TwoFactorResetScheduled { recovery: Some(recovery), .. }) => {
            Some(stream::once(waited(asked.clone(), fact.clone(), *recovery, from)).boxed())
        }
        Event::User(user, UserEvent::TwoFactorReset { cause, effective_at }) => match cause {
            ResetCause::AccountDisabled { .. } => None,
            ResetCause::AfterWait { recovery, .. } => {
                let row = one(fact, *user, cause, *effective_at);
                Some(stream::once(unscheduled(asked.clone(), fact.seq, *recovery, row)).boxed())
            }
            cause => {
                let row = one(fact, *user, cause, *effective_at);
                Some(stream::iter([Ok::<_, StoreError>(vec![row])]).boxed())
            }
        },
        _ => None,
    }
}

/// The row of a reset that was scheduled, where it holds by then: because its day came, written or not.
async fn waited(asked: Asked, fact: Fact, recovery: RecoveryId, from: u64) -> Result<Vec<Row>, StoreError> {
    let AsOf { position, instant } = asked.as_of;
    let case = recovery::case(asked.store.views(), asked.account, position, recovery).await?;
    // Scheduled anew, an earlier day counts no more.
    let Some(case) = case.filter(|case| case.row.waits_seq == Some(fact.seq)) else { return Ok(vec![]) };
    let written = case.row.reset_seq;
    let open = fact.seq > from || written.is_none_or(|seq| seq > from);
    let Some(at) = case.reset_at(instant).filter(|_| open) else { return Ok(vec![]) };
    Ok(vec![vec![
        at.into(),
        Cell::Event(fact.seq),
        case.row.user_id.into(),
        Cell::word("after_wait"),
        fact.meta.actor.into(),
        Cell::Empty,
        Cell::Empty,
        written.map_or(Cell::Empty, Cell::Event),
    ]])
}

/// The row of a reset after a wait that no event scheduled: any other has its row where it was scheduled.
async fn unscheduled(asked: Asked, seq: u64, recovery: RecoveryId, row: Row) -> Result<Vec<Row>, StoreError> {
    let case = recovery::case(asked.store.views(), asked.account, asked.as_of.position, recovery).await?;
    let scheduled = case.is_some_and(|case| case.row.waits_seq.is_some() && case.row.reset_seq == Some(seq));
    Ok(if scheduled { vec![] } else { vec![row] })
}

fn of_disable(Disable { event, at, by, generation }: &Disable, reset: &Reset) -> Row {
    vec![
        (*at).into(),
        Cell::Event(*event),
        reset.user.into(),
        Cell::word("account_disabled"),
        by.clone().into(),
        Cell::Empty,
        (*generation).into(),
        reset.written.map_or(Cell::Empty, Cell::Event),
    ]
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
