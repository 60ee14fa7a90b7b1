//! The recorded sign-ins of an account under another policy: who would have been asked more often or less, who
//! would have stood there without a second factor that counts, which sessions would not have been, and what
//! cannot be told.
//!
//! What is decided is the domain's; here it is counted, by month and by person, each with its events. The log
//! goes by in chunks. What is held follows the people and devices of the account, and the differences: eight
//! bytes for each.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;
use twofold_domain::device::DeviceEvent;
use twofold_domain::ids::{AccountId, SignInId, UserId};
use twofold_domain::policy::{Audience, AudiencePolicy};
use twofold_domain::sign_in::{Finding, What, WhatIf};
use twofold_domain::time::Timestamp;
use twofold_domain::user::UserEvent;
use twofold_infra::store::EventStore;

use crate::fact::{Event, Fact};
use crate::facts::Facts;
use crate::memory::ReplayError;

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

/// What another policy makes of the recorded sign-ins. Pseudonymous, and the same whenever it is asked again of
/// the same events.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Reckoning {
    /// The last event that was read.
    pub position: u64,
    /// Sign-ins that a first factor opened, in the span.
    pub sign_ins: u64,
    /// Of them, those that would have gone as they went.
    pub same: u64,
    /// Second factors that would have been asked for, and were not.
    pub extra_prompts: u64,
    /// Second factors that were asked for, and would not have been.
    pub fewer_prompts: u64,
    /// People who would have come without a second factor that counts.
    pub without_factor: u64,
    /// Sessions that would not have started.
    pub no_session: u64,
    /// Sessions that would have been over while they were still used.
    pub cut_short: u64,
    /// By calendar month, in UTC.
    pub months: Vec<Month>,
    /// Everybody for whom something would have been otherwise, in the order of their ids.
    pub people: Vec<Person>,
    /// What cannot be gone through again.
    pub untold: Untold,
}

/// A calendar month.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Month {
    /// `2026-03`.
    pub month: String,
    /// Sign-ins in it.
    pub sign_ins: u64,
    /// Second factors that would have been asked for, and were not.
    pub extra_prompts: u64,
    /// Second factors that were asked for, and would not have been.
    pub fewer_prompts: u64,
    /// Bindings that would have been demanded.
    pub bindings: u64,
    /// Sessions that would not have started.
    pub no_session: u64,
}

/// One person: the numbers of their events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Who.
    pub user: UserId,
    /// Sign-ins at which a second factor would have been asked for, and was not.
    pub extra_prompts: Vec<u64>,
    /// Sign-ins at which one was asked for, and would not have been.
    pub fewer_prompts: Vec<u64>,
    /// Sign-ins at which they would have stood there without a second factor that counts.
    pub without_factor: Vec<Bare>,
    /// Sign-ins at which a binding was demanded, and would not have been.
    pub need_not_bind: Vec<u64>,
    /// Sessions that would not have started.
    pub no_session: Vec<NoSession>,
    /// The first sign of life of each session that would have been over by then.
    pub cut_short: Vec<u64>,
}

/// A sign-in without a second factor that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Bare {
    /// The sign-in.
    pub event: u64,
    /// `no_factor`: they had none; `kind_not_allowed`: none of theirs would have been of an allowed kind.
    pub why: &'static str,
}

/// A session that would not have started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct NoSession {
    /// The session's first event.
    pub event: u64,
    /// Its sign-in.
    pub sign_in: u64,
    /// `binding_first`: a second factor would have had to be bound; `word_does_not_count`: a program's word for
    /// them would not have opened it.
    pub why: &'static str,
}

/// What cannot be gone through again, by category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Untold {
    /// Sign-ins after a binding that would have been demanded and was never made.
    pub after_binding: u64,
    /// Sign-ins that today's rules do not decide as they were decided then.
    pub decided_otherwise: u64,
    /// Second factors that would have been asked for: nobody knows whether they had been shown.
    pub supposed_answered: u64,
    /// Sign-ins that would have been let in where a second factor was asked for and not shown.
    pub never_answered: u64,
    /// Sign-ins at which a device could have been remembered, and nobody was asked.
    pub never_offered: u64,
    /// Passwords and second factors that were refused, and stay so.
    pub refused: u64,
    /// Sessions that would have been over while they were used: how often their people had signed in again.
    pub sessions_cut_short: u64,
}

impl Untold {
    /// Each category: its stable word, how many, and what is not told of them.
    pub fn categories(&self) -> [(&'static str, u64, &'static str); 7] {
        [
            (
                "after_binding",
                self.after_binding,
                "sign-ins after a second factor would have had to be set up, and was not: whoever had set one up \
                 would have been asked for it, or not; they count as neither",
            ),
            (
                "decided_otherwise",
                self.decided_otherwise,
                "sign-ins that today's rules decide otherwise than they were decided then: they are not compared",
            ),
            (
                "supposed_answered",
                self.supposed_answered,
                "second factors that were never asked for: each is taken as shown at once, and the device as \
                 remembered again where it was before",
            ),
            (
                "never_answered",
                self.never_answered,
                "sign-ins that stopped at a second factor and would have been let in: what had followed is not \
                 known",
            ),
            (
                "never_offered",
                self.never_offered,
                "sign-ins at which the device could have been remembered, and nobody was asked: it is taken as not \
                 wanted where it had never been remembered before",
            ),
            (
                "refused",
                self.refused,
                "passwords and second factors that were refused: they stay refused, and another limit of failures \
                 locks nobody here",
            ),
            (
                "sessions_cut_short",
                self.sessions_cut_short,
                "sessions that would have been over while they were used: the sign-ins that had followed are not \
                 counted, nor those that a longer session had saved",
            ),
        ]
    }
}

/// Goes through an account's recorded sign-ins under another policy. `imagine` says what it makes of the one
/// that held; `read` is told of each chunk how many events it had.
pub async fn what_if(
    store: &EventStore,
    account: AccountId,
    span: Span,
    imagine: impl Fn(Audience, &AudiencePolicy) -> AudiencePolicy,
    mut read: impl FnMut(u64),
) -> Result<Reckoning, ReplayError> {
    let mut count = Count::new(WhatIf::new(imagine, span.from), span.from);
    let mut reading = Facts::of(store, account, span.until);
    'reading: while let Some(facts) = reading.next().await? {
        for fact in &facts {
            if span.to.is_some_and(|to| fact.at > to) {
                break 'reading;
            }
            count.take(fact);
        }
        read(facts.len() as u64);
    }
    Ok(count.finish())
}

/// A reckoning under way.
struct Count<F> {
    what_if: WhatIf<F>,
    from: Option<Timestamp>,
    reckoning: Reckoning,
    months: BTreeMap<String, Month>,
    people: BTreeMap<UserId, Person>,
    /// Sign-ins that would have been let in, and that nobody finished yet.
    unanswered: HashSet<SignInId>,
}

impl<F: Fn(Audience, &AudiencePolicy) -> AudiencePolicy> Count<F> {
    fn new(what_if: WhatIf<F>, from: Option<Timestamp>) -> Self {
        let (months, people, unanswered) = Default::default();
        Self { what_if, from, reckoning: Reckoning::default(), months, people, unanswered }
    }

    fn take(&mut self, fact: &Fact) {
        self.reckoning.position = fact.seq;
        match &fact.event {
            Event::Account(event) => self.what_if.account(event, fact.at),
            Event::User(user, event) => {
                self.what_if.user(*user, event);
                let refused =
                    matches!(event, UserEvent::PasswordRejected { .. } | UserEvent::ProofRejected { .. });
                if refused && self.from.is_none_or(|from| from <= fact.at) {
                    self.reckoning.untold.refused += 1;
                }
            }
            // Who read what changes nothing of how people come in.
            Event::Reading(_) => {}
            Event::Device(device, event) => {
                let found = self.what_if.device(fact.seq, *device, event, fact.at);
                match event {
                    DeviceEvent::SignInCompleted { sign_in, .. } => _ = self.unanswered.remove(sign_in),
                    DeviceEvent::SignInStarted { sign_in, .. }
                        if found.is_some_and(|found| found.what == What::FewerPrompt) =>
                    {
                        self.unanswered.insert(*sign_in);
                    }
                    _ => {}
                }
                if let Some(found) = found {
                    self.count(found);
                }
            }
        }
    }

    fn count(&mut self, found: Finding) {
        let Finding { event, at, user, what } = found;
        let of_month: String = at.to_string().chars().take("2026-03".len()).collect();
        let month = self
            .months
            .entry(of_month.clone())
            .or_insert_with(|| Month { month: of_month, ..Month::default() });
        let all = &mut self.reckoning;
        if !matches!(what, What::NoSession { .. } | What::CutShort | What::NotOffered) {
            all.sign_ins += 1;
            month.sign_ins += 1;
        }
        let person = match what {
            What::Same => {
                all.same += 1;
                return;
            }
            What::AfterBinding => {
                all.untold.after_binding += 1;
                return;
            }
            What::NotOffered => {
                all.untold.never_offered += 1;
                return;
            }
            What::DecidedOtherwise => {
                all.untold.decided_otherwise += 1;
                return;
            }
            _ => self.people.entry(user).or_insert_with(|| Person::of(user)),
        };
        match what {
            What::ExtraPrompt | What::MustRebind { asked: true } => {
                all.extra_prompts += 1;
                all.untold.supposed_answered += 1;
                month.extra_prompts += 1;
                person.extra_prompts.push(event);
            }
            What::FewerPrompt => {
                all.fewer_prompts += 1;
                month.fewer_prompts += 1;
                person.fewer_prompts.push(event);
            }
            What::NeedNotBind => person.need_not_bind.push(event),
            What::NoSession { sign_in } => {
                all.no_session += 1;
                month.no_session += 1;
                let binds = person.without_factor.iter().any(|bare| bare.event == sign_in);
                let why = if binds { "binding_first" } else { "word_does_not_count" };
                person.no_session.push(NoSession { event, sign_in, why });
            }
            What::CutShort => {
                all.cut_short += 1;
                all.untold.sessions_cut_short += 1;
                person.cut_short.push(event);
            }
            What::MustEnrol
            | What::MustRebind { asked: false }
            | What::NotOpened
            | What::Same
            | What::AfterBinding
            | What::NotOffered
            | What::DecidedOtherwise => {}
        }
        let bare = match what {
            What::MustEnrol => Some("no_factor"),
            What::MustRebind { .. } => Some("kind_not_allowed"),
            _ => None,
        };
        if let Some(why) = bare {
            all.without_factor += u64::from(person.without_factor.is_empty());
            month.bindings += 1;
            person.without_factor.push(Bare { event, why });
        }
    }

    fn finish(self) -> Reckoning {
        let Self { mut reckoning, months, people, unanswered, .. } = self;
        reckoning.untold.never_answered = unanswered.len() as u64;
        reckoning.months = months.into_values().collect();
        reckoning.people = people.into_values().collect();
        reckoning
    }
}

impl Person {
    fn of(user: UserId) -> Self {
        let (extra_prompts, fewer_prompts, need_not_bind, cut_short) = (vec![], vec![], vec![], vec![]);
        let (without_factor, no_session) = (vec![], vec![]);
        Self { user, extra_prompts, fewer_prompts, without_factor, need_not_bind, no_session, cut_short }
    }
}
