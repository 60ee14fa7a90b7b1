//! The recorded sign-ins of an account under another policy: who would have been asked more often or less, who
//! would have stood there without a second factor that counts, which sessions would not have been, and what
//! cannot be told.
//!
//! What is decided is the domain's; here it is counted, by day, by month, and by person, each with its events.
//! Nothing of one person depends on another, so what is held at once is some of the people with their devices,
//! however many the account has: [`what_if`] reads the raw log once for each of their parts, and [`in_pages`]
//! finds by the audit log's table what happened to a page of them, for a span whose price must not follow the
//! length of the log.

mod count;
mod pages;
mod reckoning;

pub use pages::{Between, in_pages};
pub use reckoning::{Bare, Day, Month, NoSession, Person, Reckoning, Tally, Untold};

use std::collections::HashSet;

use twofold_domain::ids::AccountId;
use twofold_domain::policy::{Audience, AudiencePolicy};
use twofold_domain::sign_in::WhatIf;
use twofold_domain::time::Timestamp;
use twofold_domain::user::UserEvent;
use twofold_infra::store::EventStore;

use crate::fact::Event;
use crate::facts::Facts;
use crate::memory::ReplayError;
use count::Count;

/// People who are gone through in one reading of the log: with their devices some 100 MB.
pub const AT_ONCE: usize = 20_000;

/// From when on the other policy holds, and how far the log is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// The first instant of the other policy; the account's beginning without one.
    pub from: Option<Timestamp>,
    /// The last instant that is looked at; without one, the end of the log.
    pub to: Option<Timestamp>,
    /// The last event that is read.
    pub until: u64,
}

/// Goes through an account's recorded sign-ins under another policy, from the raw log alone. `imagine` says what
/// it makes of the one that held; of `at_once` people at a time, each part in a reading of its own. `read` is
/// told of each chunk which reading it belongs to, from 0, and how many events it had.
pub async fn what_if(
    store: &EventStore,
    account: AccountId,
    span: Span,
    at_once: usize,
    imagine: impl Fn(Audience, &AudiencePolicy) -> AudiencePolicy,
    mut read: impl FnMut(usize, u64),
) -> Result<Reckoning, ReplayError> {
    let at_once = at_once.max(1);
    let mut count = Count::new(span.from);
    let (mut people, mut reading) = (vec![], 0);
    loop {
        let mut what_if = WhatIf::new(&imagine, span.from);
        // People are told apart by the order in which they came.
        let (mut came, mut part) = (0_usize, HashSet::new());
        let mut facts_of = Facts::of(store, account, span.until);
        'reading: while let Some(facts) = facts_of.next().await? {
            read(reading, facts.len() as u64);
            for fact in &facts {
                if span.to.is_some_and(|to| fact.at > to) {
                    break 'reading;
                }
                if let Event::User(user, UserEvent::UserRegistered { .. }) = &fact.event {
                    if came / at_once == reading {
                        part.insert(*user);
                    }
                    came += 1;
                }
                if fact.subject.is_none_or(|user| part.contains(&user)) {
                    count.take(&mut what_if, fact);
                }
                count.reads(fact.seq);
            }
        }
        count.settle(|person| people.push(person));
        reading += 1;
        if came <= reading * at_once {
            break;
        }
    }
    people.sort_by_key(|person| person.user);
    Ok(count.finish(people))
}
