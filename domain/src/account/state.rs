//! What an account's past amounts to.

use serde::{Deserialize, Serialize};

use super::events::{AccountEvent, ClockKind};
use crate::ids::AccountId;
use crate::policy::{Audience, AudiencePolicy, Role};
use crate::proof::Era;
use crate::time::Timestamp;

/// The account-wide switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Switch {
    /// People may enrol, and are challenged.
    #[default]
    On,
    /// Nobody is asked; enrolments wait unharmed.
    Suspended {
        /// Which suspension this is.
        suspension: u32,
        /// Since when.
        since: Timestamp,
    },
    /// Switched off; nobody is enrolled and nobody can be.
    Off {
        /// Since when.
        since: Timestamp,
    },
}

/// One tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Account {
    opened: Option<Opened>,
    /// The account-wide switch.
    pub switch: Switch,
    /// The enrolment generation in force; factors, codes, trust, and sessions carry the one they
    /// were made in, and one of an older generation is as if it had never been.
    pub generation: u32,
    /// Suspensions so far.
    pub suspensions: u32,
    /// Version of the policy; 0 as opened.
    pub policy_version: u32,
    /// Announced resets whose fan-out is not proved yet, by the generation that they opened.
    pub fan_outs: Vec<FanOut>,
    team: Held,
    end_users: Held,
}

/// An announced account-wide reset, until its closing event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FanOut {
    /// The generation that the disable opened.
    pub generation: u32,
    /// People announced.
    pub people: u64,
    /// Their digest.
    pub digest: String,
    /// When the disable was accepted.
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Opened {
    account: AccountId,
    slug: String,
    name: String,
    clock: ClockKind,
}

/// A policy and since when its requirement holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Held {
    policy: Option<AudiencePolicy>,
    required_since: Option<Timestamp>,
}

impl Account {
    /// The account's id, once opened.
    pub fn id(&self) -> Option<AccountId> {
        self.opened.as_ref().map(|o| o.account)
    }

    /// The account's name as prompts show it; empty before it is opened.
    pub fn name(&self) -> &str {
        self.opened.as_ref().map_or("", |o| &o.name)
    }

    /// The account's short name in addresses; empty before it is opened.
    pub fn slug(&self) -> &str {
        self.opened.as_ref().map_or("", |o| &o.slug)
    }

    /// The account's kind of clock.
    pub fn clock(&self) -> ClockKind {
        self.opened.as_ref().map_or(ClockKind::Real, |o| o.clock)
    }

    /// The policy of an audience.
    pub fn policy(&self, audience: Audience) -> AudiencePolicy {
        self.held(audience).policy.unwrap_or(match audience {
            Audience::Team => AudiencePolicy::TEAM,
            Audience::EndUsers => AudiencePolicy::END_USERS,
        })
    }

    /// Since when an audience is required to have a second factor, where it is.
    pub fn required_since(&self, audience: Audience) -> Option<Timestamp> {
        self.held(audience).required_since
    }

    /// Whether the policy requires a second factor of this role, grace and suspension aside. While
    /// the switch is off nothing is required.
    pub fn requires(&self, role: Role) -> bool {
        !matches!(self.switch, Switch::Off { .. }) && self.policy(role.audience()).required
    }

    /// The running suspension, where there is one.
    pub fn suspension(&self) -> Option<u32> {
        match self.switch {
            Switch::Suspended { suspension, .. } => Some(suspension),
            Switch::On | Switch::Off { .. } => None,
        }
    }

    /// What a decision about somebody's factors must know of their account.
    pub fn era(&self) -> Era {
        Era {
            generation: self.generation,
            disables: self.fan_outs.iter().map(|f| (f.generation, f.at)).collect(),
        }
    }

    fn held(&self, audience: Audience) -> &Held {
        match audience {
            Audience::Team => &self.team,
            Audience::EndUsers => &self.end_users,
        }
    }

    /// Folds one event in. Total: never fails and never decides.
    pub fn evolve(&mut self, event: &AccountEvent) {
        match event {
            AccountEvent::AccountOpened { account, slug, name, clock, .. } => {
                self.opened =
                    Some(Opened { account: *account, slug: slug.clone(), name: name.clone(), clock: *clock });
            }
            AccountEvent::PolicyChanged { audience, version, after, required_since, .. } => {
                self.policy_version = *version;
                let held = Held { policy: Some(*after), required_since: *required_since };
                match audience {
                    Audience::Team => self.team = held,
                    Audience::EndUsers => self.end_users = held,
                }
            }
            AccountEvent::AccountTwoFactorDisabled { generation, people, digest, at, .. } => {
                self.generation = *generation;
                self.switch = Switch::Off { since: *at };
                self.fan_outs.push(FanOut {
                    generation: *generation,
                    people: *people,
                    digest: digest.clone(),
                    at: *at,
                });
            }
            AccountEvent::AccountTwoFactorEnabled { .. } | AccountEvent::AccountTwoFactorResumed { .. } => {
                self.switch = Switch::On;
            }
            AccountEvent::AccountTwoFactorSuspended { suspension, at, .. } => {
                self.suspensions = *suspension;
                self.switch = Switch::Suspended { suspension: *suspension, since: *at };
            }
            AccountEvent::ResetFanOutCompleted { generation, .. } => {
                self.fan_outs.retain(|f| f.generation != *generation);
            }
            AccountEvent::OperatorActed { .. } => {}
        }
    }
}
