//! What an account demands of one audience, now and from a date on.

use serde::{Deserialize, Serialize};

use super::events::AccountEvent;
use crate::ids::ScheduleId;
use crate::policy::{Audience, AudiencePolicy, PasswordApi, RequiredOf, Whom, forgotten};
use crate::time::Timestamp;

/// An audience's policy, since when it requires a second factor, and what is going to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demand {
    audience: Audience,
    saved: AudiencePolicy,
    version: u32,
    required_since: Option<Timestamp>,
    /// Of whom it required one, one after the other; before the first, of nobody.
    required: Vec<Required>,
    /// Since when the saved policy says what it says about passwords and the API, where it was ever changed.
    password_api_since: Option<Timestamp>,
    scheduled: Option<Scheduled>,
    /// The loosest policy that an admin may save, where the owner said.
    pub floor: Option<AudiencePolicy>,
}

/// Of whom a second factor is required, until another requirement, or none, begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Required {
    since: Timestamp,
    of: Option<RequiredOf>,
}

impl Required {
    /// Whether it means nobody whom another one does not.
    fn within(&self, other: &Self) -> bool {
        let covers = |of: &RequiredOf| other.of.as_ref().is_some_and(|other| other.covers(of));
        self.of.as_ref().is_none_or(covers)
    }
}

/// A policy that begins on a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheduled {
    /// Its id.
    pub schedule: ScheduleId,
    /// The policy's version from then on.
    pub version: u32,
    /// What will hold.
    pub policy: AudiencePolicy,
    /// From when.
    pub begins_at: Timestamp,
}

impl Demand {
    /// As a new account has it.
    pub const fn of_new(audience: Audience) -> Self {
        let saved = AudiencePolicy::of_new(audience);
        Self {
            audience,
            saved,
            version: 0,
            required_since: None,
            required: Vec::new(),
            password_api_since: None,
            scheduled: None,
            floor: None,
        }
    }

    /// The policy at an instant. A scheduled one holds from its date, without an event.
    pub fn policy(&self, at: Timestamp) -> &AudiencePolicy {
        self.begun(at).map_or(&self.saved, |scheduled| &scheduled.policy)
    }

    /// The version that it has.
    pub fn version(&self, at: Timestamp) -> u32 {
        self.begun(at).map_or(self.version, |scheduled| scheduled.version)
    }

    /// Since when a second factor is required of anybody, where it is.
    pub fn required_since(&self, at: Timestamp) -> Option<Timestamp> {
        let Some(begun) = self.begun(at) else { return self.required_since };
        let before = self.required_since.filter(|_| self.saved.required);
        begun.policy.required.then_some(before.unwrap_or(begun.begins_at))
    }

    /// Of whom a second factor is required at an instant, and was before, the newest first, each with the instant from
    /// which it was.
    fn requirements(&self, at: Timestamp) -> impl Iterator<Item = (Timestamp, Option<&RequiredOf>)> {
        let begun = self.begun(at).map(|begun| (begun.begins_at, of(&begun.policy)));
        let saved = self.required.iter().rev().map(|required| (required.since, required.of.as_ref()));
        let never = (Timestamp::from_micros(i64::MIN), None);
        begun.into_iter().chain(saved).chain([never])
    }

    /// Since when e-mail and password do not open the API any more, where the policy says so.
    pub fn password_api_since(&self, at: Timestamp) -> Option<Timestamp> {
        let begun = self.begun(at).filter(|b| b.policy.password_api != self.saved.password_api);
        let since = begun.map_or(self.password_api_since, |b| Some(b.begins_at));
        since.filter(|_| self.policy(at).password_api == PasswordApi::Off)
    }

    /// The policy that is going to hold, unless it has begun.
    pub fn scheduled(&self, at: Timestamp) -> Option<&Scheduled> {
        self.scheduled.as_ref().filter(|s| at < s.begins_at)
    }

    /// A schedule that has begun is the policy that was saved last.
    fn settle(&mut self, at: Timestamp) {
        let since = self.required_since(at);
        if let Some(begun) = self.scheduled.take_if(|s| s.begins_at <= at) {
            if begun.policy.password_api != self.saved.password_api {
                self.password_api_since = Some(begun.begins_at);
            }
            self.requires(&begun.policy, begun.begins_at);
            (self.saved, self.version, self.required_since) = (begun.policy, begun.version, since);
        }
    }

    /// Another requirement holds from an instant on, unless it is the same one. An instant before the last one began
    /// is the one at which that did: clocks differ, and older events did not say.
    fn requires(&mut self, policy: &AudiencePolicy, since: Timestamp) {
        let of = of(policy).cloned();
        let last = self.required.last();
        if last.and_then(|last| last.of.as_ref()) == of.as_ref() {
            return;
        }
        let since = last.map_or(since, |last| since.max(last.since));
        // What held for no time at all never did.
        self.required.pop_if(|last| last.since == since);
        if self.required.last().and_then(|last| last.of.as_ref()) != of.as_ref() {
            self.required.push(Required { since, of });
        }
        let former = self.required.len().saturating_sub(1);
        if let Some(n) = forgotten(&self.required[..former], Required::within) {
            let since = self.required.remove(n).since;
            self.required[n].since = since;
        }
    }

    /// Another policy in the place of the one that holds at an instant; what is scheduled does not follow it. What
    /// was required until then is what it was, or what `before` says.
    pub(super) fn hold(&mut self, policy: AudiencePolicy, before: Option<&Self>, at: Timestamp) {
        let mut begins_at = at;
        if let Some(before) = before {
            begins_at = self.begun(at).map_or(at, |begun| begun.begins_at);
            self.settle(at);
            // What it asks as the account does, it asks from when the account does.
            let asked = self.required.last().filter(|last| last.of.as_ref() == of(&policy));
            begins_at = asked.map_or(begins_at, |asked| asked.since);
            self.required.clone_from(&before.required);
        }
        self.settle(at);
        self.requires(&policy, begins_at);
        let since = self.required.iter().rev().take_while(|required| required.of.is_some()).last();
        self.required_since = since.map(|required| required.since);
        (self.saved, self.scheduled) = (policy, None);
    }

    fn begun(&self, at: Timestamp) -> Option<&Scheduled> {
        self.scheduled.as_ref().filter(|s| s.begins_at <= at)
    }

    /// Folds one event of the account in. Total: never fails and never decides.
    pub fn evolve(&mut self, event: &AccountEvent) {
        match event {
            AccountEvent::PolicyChanged { audience, version, after, required_since, at, .. }
                if *audience == self.audience =>
            {
                // What was scheduled and had begun is what was changed; what has not waits on.
                self.settle(*at);
                if self.saved.password_api != after.password_api {
                    self.password_api_since = Some(*at);
                }
                let begins = if self.saved.required { None } else { *required_since };
                self.requires(after, begins.unwrap_or(*at));
                self.saved.clone_from(after);
                (self.version, self.required_since) = (*version, *required_since);
            }
            AccountEvent::PolicyScheduled { schedule, audience, version, after, begins_at, at }
                if *audience == self.audience =>
            {
                self.settle(*at);
                let (schedule, version, begins_at) = (*schedule, *version, *begins_at);
                self.scheduled = Some(Scheduled { schedule, version, policy: after.clone(), begins_at });
            }
            AccountEvent::PolicyScheduleCancelled { schedule, .. } => {
                self.scheduled.take_if(|s| s.schedule == *schedule);
            }
            AccountEvent::OwnerFloorChanged { audience, after, .. } if *audience == self.audience => {
                self.floor.clone_from(after);
            }
            _ => {}
        }
    }
}

fn of(policy: &AudiencePolicy) -> Option<&RequiredOf> {
    policy.required.then_some(&policy.required_of)
}

/// Since when, without a break, a second factor is required of somebody by what an account demands of its audiences,
/// where one is at an instant: since the later of when the requirement began and when they came into it, by a
/// registration, another role, or another group. Whoever goes from one thing that it names to another one stays
/// in it; whoever it did not mean for a while comes into it anew. Days of grace count from here.
///
/// Nothing else makes a break: no suspension, and no switch that is off; no exemption, lock, freeze, deactivation, or
/// identity provider. They end, and nobody begins anew then.
pub fn required_since_of<'a>(
    demand: impl Fn(Audience) -> &'a Demand,
    whom: Whom<'_>,
    at: Timestamp,
) -> Option<Timestamp> {
    let mut since = None;
    for (came, place) in whom.places() {
        for (began, of) in demand(place.role.audience()).requirements(at) {
            let from = began.max(came);
            match since {
                // It began only after what is known to hold, or at once with it.
                Some(known) if from >= known => {}
                _ if of.is_some_and(|of| of.means(place)) => since = Some(from),
                _ => return since,
            }
        }
    }
    since
}

#[cfg(test)]
mod spec {
    use super::*;
    use crate::ids::ScheduleId;
    use crate::time::Span;

    const NOW: Timestamp = Timestamp::from_micros(1_780_300_800_000_000);

    fn scheduled(version: u32, trust_days: u16, begins: i64, at: i64) -> AccountEvent {
        AccountEvent::PolicyScheduled {
            schedule: ScheduleId::from_uuid(uuid::Uuid::from_u128(version.into())),
            audience: Audience::Team,
            version,
            after: AudiencePolicy { required: true, trust_days, ..AudiencePolicy::TEAM },
            begins_at: NOW + Span::days(begins),
            at: NOW + Span::days(at),
        }
    }

    /// Rules: P10.
    #[test]
    fn a_schedule_holds_from_its_instant_and_stays_when_another_follows() {
        let mut demand = Demand::of_new(Audience::Team);
        demand.evolve(&scheduled(1, 7, 10, 0));
        demand.evolve(&scheduled(2, 1, 30, 20));
        // day | trust | version | required since day
        let rows = [(20, 7, 1, Some(10)), (29, 7, 1, Some(10)), (30, 1, 2, Some(10))];
        for (day, trust, version, since) in rows {
            let at = NOW + Span::days(day);
            assert_eq!(demand.policy(at).trust_days, trust, "on day {day}");
            assert_eq!(demand.version(at), version, "on day {day}");
            assert_eq!(demand.required_since(at), since.map(|d| NOW + Span::days(d)), "on day {day}");
        }
    }
}
