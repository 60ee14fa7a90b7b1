//! Messages by mail and SMS: one's own, somebody's, and whom some way does not reach.

use axum::response::Response;
use twofold_domain::delivery::{BudgetOf, Channel, Undelivered};
use twofold_domain::ids::UserId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_infra::acts::ActError;
use twofold_projections::messages;

use super::door::Door;
use super::names::{self, Names};
use super::person::{let_see_devices, load, shown};
use super::policy_form::Typed;
use super::refused::Refused;
use super::telling::{letter_name, spent_budget};
use crate::extract::{Path, Query};
use crate::pages::frame::{Mark, Section, Tone, When};
use crate::pages::messages::{Delivery, MessageRow, Messages, Spent, Unreached};
use crate::pages::render;

/// Messages on the page.
const SHOWN: u32 = 100;

/// One's own.
pub(super) async fn own(mut door: Door, Query(typed): Query<Typed>) -> Result<Response, Refused> {
    door.back = door.path("messages");
    let me = door.enter(Deed::ReadOwn).await?;
    door.frame = door.frame.clone().section(Section::Own);
    door.caught_up(messages::NAME).await?;
    let then = door.look_back(&typed, &door.path("messages")).await?;
    let (rows, back) = (rows(&door, me.principal.user).await?, door.path("security"));
    Ok(render(&Messages { f: door.frame.clone(), then, called: String::new(), rows, back }))
}

/// Somebody's, for whoever may help them.
pub(super) async fn of_person(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
    Query(typed): Query<Typed>,
) -> Result<Response, Refused> {
    let here = door.path(&format!("people/{user}/messages"));
    let me = let_see_devices(&mut door, user, "messages").await?;
    door.caught_up(messages::NAME).await?;
    let then = door.look_back(&typed, &here).await?;
    let person = load(&door, user).await?;
    shown(&door, &me, user, Matter::Messages).await?;
    let called = names::of_user(&door, &person).await?.shown(&door);
    let (rows, back) = (rows(&door, user).await?, door.path(&format!("people/{user}")));
    Ok(render(&Messages { f: door.frame.clone(), then, called, rows, back }))
}

/// Whom messages of the account do not reach.
pub(super) async fn delivery(mut door: Door, Query(typed): Query<Typed>) -> Result<Response, Refused> {
    door.back = door.path("delivery");
    let me = door.enter(Deed::ReadStatus).await?;
    door.frame = door.frame.clone().section(Section::Status);
    door.caught_up(messages::NAME).await?;
    let then = door.look_back(&typed, &door.path("delivery")).await?;
    door.shows(&me, Question::of(Matter::Delivery).as_of(door.asked_at())).await?;
    let store = door.app.store();
    // What waited in the past stood beside the log, and is gone.
    let waiting = if door.is_past() {
        vec![]
    } else {
        store.backlog(Some(door.account)).await.map_err(ActError::from)?
    };
    let waiting = waiting.iter().map(|of| (channel(&door, of.channel), of.waiting, When::from(of.oldest)));
    let waiting = waiting.collect();
    let found =
        messages::unreached(store.views(), door.account, door.position()).await.map_err(ActError::from)?;
    let mut names = Names::default();
    let mut rows = Vec::with_capacity(found.len());
    for row in &found {
        let called = names.of(&door, row.user_id).await?.shown(&door);
        for failing in row.failing() {
            rows.push(Unreached {
                called: called.clone(),
                href: door.path(&format!("people/{}/messages", row.user_id)),
                channel: channel(&door, failing.channel),
                failures: door.frame.n("told-in-a-row", failing.failures),
                why: why(&door, failing.why),
                since: When::from(failing.since),
            });
        }
    }
    let failing = messages::ways_out(store.views(), door.account, door.position()).await;
    let outage = |way: messages::WayOutRow| {
        let said = door.frame.v("delivery-outage", channel(&door, way.channel));
        let reason = way.why.map(|reason| why(&door, reason)).unwrap_or_default();
        (said, door.frame.n("told-in-a-row", way.failures), reason, way.since.map(When::from))
    };
    let outages = failing.map_err(ActError::from)?.into_iter().map(outage).collect();
    let spent = spent(&door, &mut names).await?;
    Ok(render(&Delivery { f: door.frame.clone(), then, waiting, outages, spent, rows }))
}

/// What waits now, and then what had ended, newest first.
async fn rows(door: &Door, user: UserId) -> Result<Vec<MessageRow>, Refused> {
    let store = door.app.store();
    let waiting = if door.is_past() {
        vec![]
    } else {
        store.outbox_of(door.account, user, SHOWN).await.map_err(ActError::from)?
    };
    let ended = messages::messages_of(store.views(), door.account, door.position(), user, None, SHOWN).await;
    let ended = ended.map_err(ActError::from)?;
    let queued = waiting.into_iter().map(|row| MessageRow {
        subject: letter_name(&door.frame, &row.letter),
        channel: channel(door, row.channel),
        mark: Mark::new(Tone::Plain, "message-queued"),
        why: String::new(),
        tries: door.frame.n("told-attempts", row.attempts),
        at: When::from(row.queued_at),
    });
    let over = ended.into_iter().map(|row| MessageRow {
        subject: letter_name(&door.frame, &row.letter),
        channel: channel(door, row.channel),
        mark: match row.why {
            None => Mark::new(Tone::Good, "message-sent"),
            Some(_) => Mark::new(Tone::Bad, "message-failed"),
        },
        why: row.why.map(|reason| why(door, reason)).unwrap_or_default(),
        tries: door.frame.n("told-attempts", row.attempts),
        at: When::from(row.ended_at),
    });
    Ok(queued.chain(over).collect())
}

fn channel(door: &Door, channel: Channel) -> String {
    door.frame.s(&format!("value-{}", channel.name()))
}

fn why(door: &Door, why: Undelivered) -> String {
    door.frame.s(&format!("value-{}", why.name().replace('_', "-")))
}

/// Budgets that were spent at the instant that is looked at.
async fn spent(door: &Door, names: &mut Names) -> Result<Vec<Spent>, Refused> {
    let mut rows = vec![];
    for budget in door.state.spent_at(door.now()) {
        let whose = match budget.whose {
            BudgetOf::Person(user) => {
                let called = names.of(door, user).await?.shown(door);
                Some((called, door.path(&format!("people/{user}/messages"))))
            }
            BudgetOf::Account | BudgetOf::Country(_) => None,
        };
        let (channel, which) = (channel(door, budget.channel), spent_budget(&door.frame, budget));
        rows.push(Spent { channel, which, whose, until: When::from(budget.until) });
    }
    Ok(rows)
}
