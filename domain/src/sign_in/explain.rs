//! Why somebody was asked at a sign-in, or was not: the reasons that were recorded with it, and for each the
//! event that made it true.
//!
//! Nothing is looked up in a table of causes. The histories are folded again, in the order of the log, and after
//! each event the course is asked that the sign-in would have taken at its own instant: the event after which a
//! reason appeared for the last time is the one that it stands on.

use super::course::course;
use crate::account::{Account, AccountEvent};
use crate::device::{Decision, Device, DeviceEvent, FirstFactor, Method, Why};
use crate::ids::SignInId;
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
/// no such sign-in among them.
pub fn explain(past: &[(u64, Past)], sign_in: SignInId) -> Option<Explanation> {
    let (place, mut found) = past.iter().enumerate().find_map(|(place, (_, event))| match event {
        Past::Device(DeviceEvent::SignInStarted {
            sign_in: id, decision, reasons, first_factor, at, ..
        }) if *id == sign_in => Some((
            place,
            Explanation {
                decision: *decision,
                reasons: reasons.iter().map(|why| (*why, None)).collect(),
                policy: None,
                first_factor: *first_factor,
                at: *at,
                method: None,
                completed: None,
            },
        )),
        _ => None,
    })?;
    let completed = past[place..].iter().find_map(|(position, event)| match event {
        Past::Device(DeviceEvent::SignInCompleted { sign_in: id, method }) if *id == sign_in => {
            Some((*method, *position))
        }
        _ => None,
    });
    (found.method, found.completed) = completed.unzip();
    let before = &past[..place];
    let mut last = World::default();
    for (_, event) in before {
        last.fold(event);
    }
    let (role, first, at) = (last.user.role()?, found.first_factor, found.at);
    let mut world = World::default();
    let (mut version, mut held) = (0, vec![false; found.reasons.len()]);
    for (position, event) in before {
        world.fold(event);
        let today = world.account.demand(role.audience()).version(at);
        if today != version {
            (version, found.policy) = (today, Some(*position));
        }
        for ((why, cause), held) in found.reasons.iter_mut().zip(&mut held) {
            let holds = match (stands_on(*why), event) {
                (Ground::Account, Past::Account(_)) => {
                    reasons(&world.account, &last.user, &last.device, first, at).contains(why)
                }
                (Ground::User, Past::User(_)) => {
                    reasons(&last.account, &world.user, &last.device, first, at).contains(why)
                }
                (Ground::Device, Past::Device(_)) => {
                    reasons(&last.account, &last.user, &world.device, first, at).contains(why)
                }
                (Ground::All, _) => {
                    reasons(&world.account, &world.user, &world.device, first, at).contains(why)
                }
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
    Some(found)
}

/// Account, person, and device, as far as they are folded.
#[derive(Debug, Default)]
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
}

fn reasons(account: &Account, user: &User, device: &Device, first: FirstFactor, at: Timestamp) -> Vec<Why> {
    let Some(role) = user.role() else { return vec![] };
    course(account, user, device, role, at).of(first).reasons
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
        Why::TrustEnded | Why::RequiredNotEnrolled | Why::InGrace | Why::OptionalNotEnrolled => Ground::All,
    }
}
