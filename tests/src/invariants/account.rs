//! Rules of the account's own stream: the switch, generations, the census.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};
use twofold_domain::account::AccountEvent;
use twofold_domain::ids::UserId;
use twofold_domain::policy::{Audience, AudiencePolicy};
use twofold_domain::time::Timestamp;

use super::Book;

/// The switch as the log tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Switch {
    #[default]
    On,
    Suspended(u32),
    Off,
}

/// What is known of the account.
#[derive(Default)]
pub(super) struct AccountBook {
    pub(super) opened: bool,
    pub(super) switch: Switch,
    pub(super) generation: u32,
    suspensions: u32,
    policy_version: u32,
    team: Option<AudiencePolicy>,
    end_users: Option<AudiencePolicy>,
    /// Whom each disable reset, and when, by the generation that it opened.
    pub(super) disables: BTreeMap<u32, (BTreeSet<UserId>, Timestamp)>,
    /// Whose streams carry that reset.
    pub(super) reached: BTreeMap<u32, BTreeSet<UserId>>,
    complete: BTreeSet<u32>,
}

impl AccountBook {
    /// The running suspension.
    pub(super) fn suspension(&self) -> Option<u32> {
        match self.switch {
            Switch::Suspended(n) => Some(n),
            Switch::On | Switch::Off => None,
        }
    }
}

/// How a census is written down: sorted ids, one a line, SHA-256 in hexadecimal.
fn digest(people: &BTreeSet<UserId>) -> String {
    let mut lines: Vec<_> = people.iter().map(|user| (user.uuid(), user.to_string())).collect();
    lines.sort();
    let mut hash = Sha256::new();
    for (_, id) in lines {
        hash.update(format!("{id}\n"));
    }
    format!("{:x}", hash.finalize())
}

impl Book {
    pub(super) fn account_event(&mut self, event: &AccountEvent) {
        let opening = matches!(event, AccountEvent::AccountOpened { .. });
        let opened = std::mem::replace(&mut self.account.opened, true);
        self.expect(opened != opening, "an account opens once, before anything else", String::new);
        let (switch, generation) = (self.account.switch, self.account.generation);
        match event {
            AccountEvent::AccountOpened { .. }
            | AccountEvent::PolicyScheduleCancelled { .. }
            | AccountEvent::OwnerFloorChanged { .. }
            | AccountEvent::ProfileChosen { .. }
            | AccountEvent::GovernanceChanged { .. }
            | AccountEvent::AccountSettingsChanged { .. }
            | AccountEvent::GroupCreated { .. }
            | AccountEvent::GroupRenamed { .. }
            | AccountEvent::GroupDeleted { .. }
            | AccountEvent::ClientRegistered { .. }
            | AccountEvent::ClientRemoved { .. }
            | AccountEvent::ClientTokenIssued { .. }
            | AccountEvent::ClientTokenRevoked { .. }
            | AccountEvent::ApprovalRequested { .. }
            | AccountEvent::ApprovalUsed { .. }
            | AccountEvent::ApprovalCancelled { .. }
            | AccountEvent::SandboxClockSet { .. }
            | AccountEvent::AccountClosed { .. }
            | AccountEvent::OperatorActed { .. } => {}
            AccountEvent::PolicyScheduled { version, .. } => {
                self.account.policy_version += 1;
                let counted = self.account.policy_version;
                self.expect(*version == counted, "policies are counted", || version.to_string());
            }
            AccountEvent::PolicyChanged { audience, version, before, after, .. } => {
                self.account.policy_version += 1;
                let counted = self.account.policy_version;
                self.expect(*version == counted, "policies are counted", || {
                    format!("{version}, not {counted}")
                });
                let held = match audience {
                    Audience::Team => self.account.team.replace(after.clone()),
                    Audience::EndUsers => self.account.end_users.replace(after.clone()),
                };
                self.expect(
                    held.is_none_or(|held| held == *before),
                    "a change names what held before",
                    || format!("{before:?}"),
                );
            }
            AccountEvent::AccountTwoFactorDisabled {
                generation: opened, people, digest: said, at, ..
            } => {
                self.expect(switch != Switch::Off, "only what is on can be disabled", String::new);
                self.expect(*opened == generation + 1, "a disable opens the next generation", || {
                    format!("{opened} after {generation}")
                });
                self.census(generation, *people, said);
                let enrolled = self.enrolled_in(generation);
                self.account.disables.insert(*opened, (enrolled, *at));
                self.account.generation = *opened;
                self.account.switch = Switch::Off;
            }
            AccountEvent::AccountTwoFactorEnabled { generation: named, .. } => {
                self.expect(switch == Switch::Off, "only what is off can be enabled", String::new);
                self.expect(*named == generation, "enabling keeps the generation", || named.to_string());
                self.account.switch = Switch::On;
            }
            AccountEvent::AccountTwoFactorSuspended { suspension, .. } => {
                self.expect(switch == Switch::On, "only what is on can be suspended", String::new);
                self.account.suspensions += 1;
                let counted = self.account.suspensions;
                self.expect(*suspension == counted, "suspensions are counted", || suspension.to_string());
                self.account.switch = Switch::Suspended(*suspension);
            }
            AccountEvent::AccountTwoFactorResumed { suspension, .. } => {
                self.expect(
                    switch == Switch::Suspended(*suspension),
                    "only what is suspended resumes",
                    || format!("{switch:?}"),
                );
                self.account.switch = Switch::On;
            }
            AccountEvent::ResetFanOutCompleted { generation: closed, people, digest: said } => {
                self.closing(*closed, *people, said);
            }
        }
    }

    /// A disable announces exactly those who are enrolled at its place in the log.
    fn census(&mut self, generation: u32, people: u64, said: &str) {
        let enrolled = self.enrolled_in(generation);
        self.expect(people == enrolled.len() as u64, "a disable says how many it resets", || {
            format!("{people} announced, {} enrolled", enrolled.len())
        });
        let enrolled = digest(&enrolled);
        self.expect(said == enrolled, "a disable says whom it resets", || format!("{said}, not {enrolled}"));
    }

    fn enrolled_in(&self, generation: u32) -> BTreeSet<UserId> {
        let people = self.people.iter();
        people.filter(|(_, p)| p.enrolled == Some(generation)).map(|(&user, _)| user).collect()
    }

    fn closing(&mut self, generation: u32, people: u64, said: &str) {
        let first = self.account.complete.insert(generation);
        self.expect(first, "a reset is proved complete once", || generation.to_string());
        let announced = self.account.disables.get(&generation).map(|(announced, _)| announced.clone());
        let announced = announced.unwrap_or_default();
        let reached = self.account.reached.get(&generation).cloned().unwrap_or_default();
        self.expect(reached == announced, "a reset reaches exactly those announced", || {
            format!("{} reached, {} announced", reached.len(), announced.len())
        });
        let right = people == announced.len() as u64 && said == digest(&announced);
        self.expect(right, "the proof of a reset says whom it reached", || format!("{people}, {said}"));
    }
}
