//! Findings, counted into a reckoning.

use std::collections::{BTreeMap, HashSet};

use twofold_domain::device::DeviceEvent;
use twofold_domain::ids::{SignInId, UserId};
use twofold_domain::policy::{Audience, AudiencePolicy};
use twofold_domain::sign_in::{Finding, What, WhatIf};
use twofold_domain::time::Timestamp;
use twofold_domain::user::UserEvent;

use super::reckoning::{Bare, Day, Month, NoSession, Person, Reckoning, Tally};
use crate::fact::{Event, Fact};

/// A reckoning under way. It holds the differences of the people that are gone through at the moment.
pub(super) struct Count {
    from: Option<Timestamp>,
    reckoning: Reckoning,
    days: BTreeMap<String, Tally>,
    people: BTreeMap<UserId, Person>,
    /// Sign-ins that would have been let in, and that nobody finished yet.
    unanswered: HashSet<SignInId>,
}

impl Count {
    /// Nothing counted yet, from an instant on.
    pub(super) fn new(from: Option<Timestamp>) -> Self {
        let (days, people, unanswered) = Default::default();
        Self { from, reckoning: Reckoning::default(), days, people, unanswered }
    }

    /// The log was read this far.
    pub(super) fn reads(&mut self, seq: u64) {
        self.reckoning.position = self.reckoning.position.max(seq);
    }

    /// Takes a fact in, and counts what becomes of it.
    pub(super) fn take<F>(&mut self, what_if: &mut WhatIf<F>, fact: &Fact)
    where
        F: Fn(Audience, &AudiencePolicy) -> AudiencePolicy,
    {
        match &fact.event {
            Event::Account(event) => what_if.account(event, fact.at),
            Event::User(user, event) => {
                what_if.user(*user, event);
                let refused =
                    matches!(event, UserEvent::PasswordRejected { .. } | UserEvent::ProofRejected { .. });
                if refused && self.from.is_none_or(|from| from <= fact.at) {
                    self.reckoning.untold.refused += 1;
                }
            }
            // Who read what changes nothing of how people come in.
            Event::Reading(_) => {}
            Event::Device(device, event) => {
                let found = what_if.device(fact.seq, *device, event, fact.at);
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

    /// Nobody of those who are gone through comes again: hands them over in the order of their ids.
    pub(super) fn settle(&mut self, keep: impl FnMut(Person)) {
        self.reckoning.untold.never_answered += self.unanswered.drain().count() as u64;
        std::mem::take(&mut self.people).into_values().for_each(keep);
    }

    fn count(&mut self, found: Finding) {
        let Finding { event, at, user, what } = found;
        let day: String = at.to_string().chars().take("2026-03-31".len()).collect();
        let day = self.days.entry(day).or_default();
        let all = &mut self.reckoning;
        if !matches!(what, What::NoSession { .. } | What::CutShort | What::NotOffered) {
            all.sign_ins += 1;
            day.sign_ins += 1;
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
                day.extra_prompts += 1;
                person.extra_prompts.push(event);
            }
            What::FewerPrompt => {
                all.fewer_prompts += 1;
                day.fewer_prompts += 1;
                person.fewer_prompts.push(event);
            }
            What::NeedNotBind => {
                all.need_not_bind += 1;
                day.need_not_bind += 1;
                person.need_not_bind.push(event);
            }
            What::NoSession { sign_in } => {
                all.no_session += 1;
                day.no_session += 1;
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
            day.bindings += 1;
            person.without_factor.push(Bare { event, why });
        }
    }

    /// The whole, with the people that are to be listed.
    pub(super) fn finish(self, people: Vec<Person>) -> Reckoning {
        let Self { mut reckoning, days, .. } = self;
        let mut months: BTreeMap<String, Tally> = BTreeMap::new();
        for (day, tally) in &days {
            months.entry(day.chars().take("2026-03".len()).collect()).or_default().add(tally);
        }
        reckoning.days = days.into_iter().map(|(day, tally)| Day { day, tally }).collect();
        reckoning.months = months.into_iter().map(|(month, tally)| Month { month, tally }).collect();
        reckoning.people = people;
        reckoning
    }
}
