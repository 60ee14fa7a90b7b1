//! Why somebody was asked at a sign-in, or was not: the reasons that were recorded with it, and for each the
//! event that made it true.
//!
//! Nothing is looked up in a table of causes. The histories are folded again, in the order of the log, and after
//! each event it is asked whether the reason holds at the sign-in's own instant: the event after which it held for
//! the last time anew is the one that it stands on. Each reason is asked for by itself, and as if two-factor
//! authentication had been on throughout, so that the end of a suspension, of an exemption or of any other rule
//! that came before it in the course is no cause of what it only uncovered.
//!
//! That a device's trust had ended is asked from its last granting on, at each event's own instant: what ended it
//! first is its cause, and where time alone did, the event that set the date.

use super::course::{ended_with_session, left_without, trust_holds};
use crate::account::{Account, AccountEvent, Switch};
use crate::device::{Decision, Device, DeviceEvent, FirstFactor, Method, Why};
use crate::ids::SignInId;
use crate::policy::Whom;
use crate::time::Timestamp;
use crate::user::{User, UserEvent};

/// An event of the account, of the person, or of the device that a sign-in was on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Past {
    /// The account's.
    Account(AccountEvent),
    /// The person's.
    User(UserEvent),
    /// The device's.
    Device(DeviceEvent),
}

/// What was decided at a sign-in, and on which events that stands. An event is named by its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What was asked.
    pub decision: Decision,
    /// The reasons, in the order in which they were found, each with the event that made it true; without one
    /// where today's rules find another course than those of that day.
    pub reasons: Vec<(Why, Option<u64>)>,
    /// Until when the device had been trusted at most, where its trust ended by time: what the event that granted
    /// it said.
    pub trusted_until: Option<Timestamp>,
    /// The event that set the policy in force: a save, or a schedule whose day had come; without one where the
    /// account began with it.
    pub policy: Option<u64>,
    /// What opened it.
    pub first_factor: FirstFactor,
    /// When.
    pub at: Timestamp,
    /// How it was completed, if it was.
    pub method: Option<Method>,
    /// The event that completed it.
    pub completed: Option<u64>,
}

impl Explanation {
    /// The word for how it was completed, if it was.
    pub fn told(&self) -> Option<&'static str> {
        self.method.map(|method| self.first_factor.completed_by(method).into())
    }
}

/// Explains a sign-in from the events of account, person, and device, in the order of the log; `None` if there is
/// no such sign-in among them. Each comes with its position and the instant at which it was recorded.
pub fn explain(past: &[(u64, Timestamp, Past)], sign_in: SignInId) -> Option<Explanation> {
    let (place, mut found) = past.iter().enumerate().find_map(|(place, (_, _, event))| match event {
        Past::Device(DeviceEvent::SignInStarted {
            sign_in: id, decision, reasons, first_factor, at, ..
        }) if *id == sign_in => Some((
            place,
            Explanation {
                decision: *decision,
                reasons: reasons.iter().map(|why| (*why, None)).collect(),
                trusted_until: None,
                policy: None,
                first_factor: *first_factor,
                at: *at,
                method: None,
                completed: None,
            },
        )),
        _ => None,
    })?;
    let completed = past[place..].iter().find_map(|(position, _, event)| match event {
        Past::Device(DeviceEvent::SignInCompleted { sign_in: id, method }) if *id == sign_in => {
            Some((*method, *position))
        }
        _ => None,
    });
    (found.method, found.completed) = completed.unzip();
    let before = &past[..place];
    let mut last = World::default();
    for (_, _, event) in before {
        last.fold(event);
    }
    let (role, at) = (last.user.role()?, found.at);
    let mut world = World::default();
    let (mut version, mut held) = (0, vec![false; found.reasons.len()]);
    for (position, _, event) in before {
        world.fold(event);
        let today = world.account.demand(role.audience()).version(at);
        if today != version {
            (version, found.policy) = (today, Some(*position));
        }
        for ((why, cause), held) in found.reasons.iter_mut().zip(&mut held) {
            let holds = match (stands_on(*why), event) {
                (Ground::Account, Past::Account(_)) => {
                    holds(*why, &mut world.account, &last.user, &last.device, at)
                }
                (Ground::User, Past::User(_)) => {
                    holds(*why, &mut last.account, &world.user, &last.device, at)
                }
                (Ground::Device, Past::Device(_)) => {
                    holds(*why, &mut last.account, &last.user, &world.device, at)
                }
                (Ground::All, _) => holds(*why, &mut world.account, &world.user, &world.device, at),
                _ => continue,
            };
            if holds && !*held {
                *cause = Some(*position);
            }
            *held = holds;
        }
    }
    // What does not hold at the end is not what it was decided by.
    for ((_, cause), held) in found.reasons.iter_mut().zip(held) {
        *cause = cause.filter(|_| held);
    }
    if let Some((_, cause)) = found.reasons.iter_mut().find(|(why, _)| *why == Why::TrustEnded)
        && let Some(end) = trust_end(before, at)
    {
        (*cause, found.trusted_until) = (Some(end.event), end.date);
    }
    Some(found)
}

/// What ended a device's trust.
struct TrustEnd {
    event: u64,
    /// The date that was granted, where time alone ended it.
    date: Option<Timestamp>,
}

/// What ended the trust that was granted last: the first event after which it did not hold at that event's own
/// instant; or, where time had ended it by the next event, the one after which it was to end by then.
fn trust_end(before: &[(u64, Timestamp, Past)], at: Timestamp) -> Option<TrustEnd> {
    let granting = |(_, _, event): &(u64, Timestamp, Past)| {
        matches!(event, Past::Device(DeviceEvent::DeviceTrusted { .. }))
    };
    let granted = before.iter().rposition(granting)?;
    let mut start = World::default();
    before.iter().take(granted).for_each(|(_, _, event)| start.fold(event));
    let since = &before[granted..];
    let mut world = start.clone();
    for (index, (position, then, event)) in since.iter().enumerate() {
        if index > 0 && !world.trusts(*then) {
            return by_time(start, &since[..index], *then);
        }
        world.fold(event);
        if index > 0 && !world.trusts(*then) {
            return Some(TrustEnd { event: *position, date: None });
        }
    }
    by_time(start, since, at)
}

/// The event after which trust was to end by an instant; the first of them granted it.
fn by_time(mut world: World, since: &[(u64, Timestamp, Past)], over: Timestamp) -> Option<TrustEnd> {
    let mut found = None;
    for (position, _, event) in since {
        world.fold(event);
        if world.trusts(over) {
            found = None;
        } else if found.is_none() {
            let date = world.device.trust.as_ref().map(|trust| trust.until).filter(|until| *until <= over);
            found = Some(TrustEnd { event: *position, date });
        }
    }
    found
}

/// Account, person, and device, as far as they are folded.
#[derive(Debug, Clone, Default)]
struct World {
    account: Account,
    user: User,
    device: Device,
}

impl World {
    fn fold(&mut self, event: &Past) {
        match event {
            Past::Account(event) => self.account.evolve(event),
            Past::User(event) => self.user.evolve(event),
            Past::Device(event) => self.device.evolve(event),
        }
    }

    fn trusts(&mut self, at: Timestamp) -> bool {
        as_if_on(&mut self.account, |account| trusts(account, &self.user, &self.device, at))
    }
}

/// Whether a reason holds, each for itself.
fn holds(why: Why, account: &mut Account, user: &User, device: &Device, at: Timestamp) -> bool {
    match why {
        Why::AccountSuspended => return matches!(account.switch, Switch::Suspended { .. }),
        Why::AccountDisabled => return matches!(account.switch, Switch::Off { .. }),
        _ => {}
    }
    as_if_on(account, |account| {
        let Some(whom) = user.whom() else { return false };
        let enrolled = || user.enrolled(account.generation).is_some();
        match why {
            Why::AccountSuspended | Why::AccountDisabled => false,
            Why::EverySignIn => account.policy(whom.role.audience(), at).trust().is_none(),
            Why::KindNotAllowed => left_without(account, user, whom.role, at),
            Why::Enrolled => enrolled(),
            Why::Exempted => user.exempt(at).is_some(),
            Why::NewDevice => !device.completed_before,
            Why::NotTrusted => device.completed_before && !device.trusted_before,
            Why::DeviceTrusted | Why::Asserted => trusts(account, user, device, at),
            Why::TrustEnded => device.trusted_before && !trusts(account, user, device, at),
            Why::ProviderOnly => {
                let requires = account.policy(whom.role.audience(), at).requires(whom);
                !enrolled() && requires && user.through_provider_only()
            }
            Why::RequiredNotEnrolled => !enrolled() && account.demands_enrolment(whom, at),
            Why::InGrace => !enrolled() && in_grace(account, whom, at),
            Why::OptionalNotEnrolled => {
                !enrolled() && !account.policy(whom.role.audience(), at).requires(whom)
            }
        }
    })
}

fn in_grace(account: &Account, whom: Whom<'_>, at: Timestamp) -> bool {
    account.policy(whom.role.audience(), at).requires(whom) && !account.demands_enrolment(whom, at)
}

/// Asks something of an account as if two-factor authentication were on in it.
fn as_if_on<T>(account: &mut Account, ask: impl FnOnce(&Account) -> T) -> T {
    let switch = std::mem::replace(&mut account.switch, Switch::On);
    let told = ask(account);
    account.switch = switch;
    told
}

/// Whether a device's trust counts.
fn trusts(account: &Account, user: &User, device: &Device, at: Timestamp) -> bool {
    let Some(role) = user.role() else { return false };
    device.trust.as_ref().is_some_and(|trust| {
        trust_holds(account, user, trust, at) && !ended_with_session(account, role, device, trust, at)
    })
}

/// Whose history makes a reason true, the others being as they were at the sign-in.
enum Ground {
    Account,
    User,
    Device,
    All,
}

const fn stands_on(why: Why) -> Ground {
    match why {
        Why::EverySignIn | Why::AccountSuspended | Why::AccountDisabled | Why::KindNotAllowed => {
            Ground::Account
        }
        Why::Enrolled | Why::Exempted => Ground::User,
        Why::NewDevice | Why::NotTrusted | Why::DeviceTrusted | Why::Asserted => Ground::Device,
        Why::TrustEnded
        | Why::ProviderOnly
        | Why::RequiredNotEnrolled
        | Why::InGrace
        | Why::OptionalNotEnrolled => Ground::All,
    }
}
