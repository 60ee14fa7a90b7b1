//! What happens to an account as a whole: its policy, and its switch.

use twofold_domain::account::{AccountEvent, Switch};
use twofold_domain::policy::{Audience, AudiencePolicy};

use super::{Generator, Says};

impl Generator {
    pub(super) fn policy(&mut self, tenant: usize) -> Vec<Says> {
        let audience = if self.chance(50) { Audience::Team } else { Audience::EndUsers };
        let before = self.tenants[tenant].account.policy(audience, self.now).clone();
        let required = self.chance(60);
        let trust_days = [0, 7, 30, 90][self.below(4)];
        let grace_days = if self.chance(30) { 14 } else { 0 };
        let after = AudiencePolicy { required, trust_days, grace_days, ..before.clone() };
        let since = self.tenants[tenant].account.required_since(audience, self.now);
        let required_since = if required { since.or(Some(self.now)) } else { None };
        let version = self.tenants[tenant].account.policy_version + 1;
        let at = self.now;
        vec![Says::Account(AccountEvent::PolicyChanged {
            audience,
            version,
            before,
            after,
            required_since,
            at,
        })]
    }

    pub(super) fn switch(&mut self, tenant: usize) -> Vec<Says> {
        let (at, reason) = (self.now, Some(self.sealed()));
        let disable = self.chance(30);
        let account = &self.tenants[tenant].account;
        let generation = account.generation;
        vec![Says::Account(match account.switch {
            Switch::On if disable => {
                let people = &self.tenants[tenant].people;
                let people = people.iter().filter(|h| h.user.enrolled(generation).is_some()).count() as u64;
                let digest = "00".repeat(32);
                let generation = generation + 1;
                AccountEvent::AccountTwoFactorDisabled { generation, people, digest, reason, at }
            }
            Switch::On => {
                AccountEvent::AccountTwoFactorSuspended { suspension: account.suspensions + 1, reason, at }
            }
            Switch::Suspended { suspension, .. } => AccountEvent::AccountTwoFactorResumed { suspension, at },
            Switch::Off { .. } => AccountEvent::AccountTwoFactorEnabled { generation, at },
        })]
    }
}
