//! What happens to an account as a whole: its policy, its switch, its terms with itself, its programs.

use std::collections::BTreeSet;

use twofold_domain::account::{
    AccountEvent, ClockKind, FanOut, Governance, GuardedAct, Notice, OperatorScope, Settings, Switch,
    TokenScope,
};
use twofold_domain::factor::token::TokenFile;
use twofold_domain::ids::{
    ApprovalId, ClientId, GroupId, ImportId, OperatorGrantId, ScheduleId, TokenId, UserId,
};
use twofold_domain::policy::{Audience, AudiencePolicy, RequiredOf, Role};
use twofold_domain::time::{Span, Timestamp};

use super::{Generator, Says};

impl Generator {
    pub(super) fn policy(&mut self, tenant: usize) -> Vec<Says> {
        let audience = if self.chance(50) { Audience::Team } else { Audience::EndUsers };
        let before = self.tenants[tenant].account.policy(audience, self.now).clone();
        let required = self.chance(60);
        let trust_days = [0, 7, 30, 90][self.below(4)];
        let grace_days = if self.chance(30) { 14 } else { 0 };
        let required_of = self.some_of(tenant, audience);
        let after = AudiencePolicy { required, required_of, trust_days, grace_days, ..before.clone() };
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

    /// Everyone of an audience, or some roles and groups.
    fn some_of(&mut self, tenant: usize, audience: Audience) -> RequiredOf {
        if self.chance(40) {
            return RequiredOf::EVERYONE;
        }
        let roles = Role::ALL.into_iter().filter(|role| role.audience() == audience);
        let roles = roles.filter(|_| self.chance(50)).collect();
        let groups: Vec<GroupId> = self.tenants[tenant].account.groups.keys().copied().collect();
        RequiredOf { roles, groups: groups.into_iter().filter(|_| self.chance(50)).collect() }
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

    /// What the account agrees with itself: schedules, floors, profile, governance, settings.
    pub(super) fn terms(&mut self, tenant: usize) -> Vec<Says> {
        let at = self.now;
        let account = &self.tenants[tenant].account;
        let audience = Audience::Team;
        let waiting = account.demand(audience).scheduled(at).map(|ahead| ahead.schedule);
        let (version, policy) = (account.policy_version + 1, account.policy(audience, at).clone());
        let (floor, governance) = (account.demand(audience).floor.clone(), account.governance.clone());
        let settings = account.settings.clone();
        vec![Says::Account(match self.below(5) {
            0 => match waiting {
                Some(schedule) => AccountEvent::PolicyScheduleCancelled { schedule, at },
                None => AccountEvent::PolicyScheduled {
                    schedule: ScheduleId::from_uuid(self.uuid()),
                    audience,
                    version,
                    after: AudiencePolicy { required: true, ..policy },
                    begins_at: at + Span::hours(12),
                    at,
                },
            },
            1 => {
                let after = floor.is_none().then_some(policy);
                AccountEvent::OwnerFloorChanged { audience, before: floor, after, at }
            }
            2 => {
                let profile = self.chance(70).then(|| "nist-aal2".to_owned());
                AccountEvent::ProfileChosen { profile, at }
            }
            3 => {
                let admins_may_switch = !governance.admins_may_switch;
                let after = Governance { admins_may_switch, ..governance.clone() };
                AccountEvent::GovernanceChanged { before: governance, after, at }
            }
            _ => {
                let notices = if self.chance(50) { [Notice::LockedOut].into() } else { BTreeSet::new() };
                let after = Settings { notices, languages: vec!["ko".to_owned()], ..settings.clone() };
                AccountEvent::AccountSettingsChanged { before: settings, after, at }
            }
        })]
    }

    /// An act that takes two is asked for, carried out, or cancelled.
    pub(super) fn approvals(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let at = self.now;
        let by = self.tenants[tenant].people[who].id;
        let open = self.tenants[tenant].account.approvals.keys().next().copied();
        vec![Says::Account(match open {
            Some(approval) if self.chance(50) => {
                AccountEvent::ApprovalUsed { approval, approved_by: Some(by), at }
            }
            Some(approval) => AccountEvent::ApprovalCancelled { approval, by, at },
            None => AccountEvent::ApprovalRequested {
                approval: ApprovalId::from_uuid(self.uuid()),
                act: GuardedAct::Suspend,
                by,
                reason: self.sealed(),
                matures_at: None,
                expires_at: at + Span::days(7),
                at,
            },
        })]
    }

    /// Groups, programs, the end of a fan-out, and what happens once in a long while.
    pub(super) fn chores(&mut self, tenant: usize) -> Vec<Says> {
        let at = self.now;
        let others_open = self.tenants.iter().filter(|tenant| !tenant.account.closed).count() > 1;
        let account = &self.tenants[tenant].account;
        let (group, client) = (account.groups.keys().next().copied(), account.clients.keys().next().copied());
        let token =
            account.clients.iter().find_map(|(client, held)| Some((*client, *held.tokens.keys().next()?)));
        let fan_out = account.fan_outs.first().cloned();
        let sandbox = account.clock() == ClockKind::Sandbox;
        let claimed = |human: &super::Human| human.user.password.is_some_and(|password| password.claimed);
        let over = !account.foreign.is_empty() && !self.tenants[tenant].people.iter().any(claimed);
        vec![Says::Account(match self.below(32) {
            0..4 => AccountEvent::GroupCreated {
                group: GroupId::from_uuid(self.uuid()),
                name: "Night shift".to_owned(),
                at,
            },
            4..6 => match group {
                Some(group) => AccountEvent::GroupRenamed { group, name: "Day shift".to_owned() },
                None => return Vec::new(),
            },
            6 => match group {
                Some(group) => AccountEvent::GroupDeleted { group },
                None => return Vec::new(),
            },
            7..11 => AccountEvent::ClientRegistered {
                client: ClientId::from_uuid(self.uuid()),
                name: "Help desk".to_owned(),
                at,
            },
            11..17 => match client {
                Some(client) => AccountEvent::ClientTokenIssued {
                    client,
                    token: TokenId::from_uuid(self.uuid()),
                    verifier: self.verifier(),
                    scopes: [TokenScope::ReadPeople].into(),
                    expires_at: Some(at + Span::days(90)),
                    at,
                },
                None => return Vec::new(),
            },
            17..19 => match token {
                Some((client, token)) => AccountEvent::ClientTokenRevoked { client, token, at },
                None => return Vec::new(),
            },
            19 => match client {
                Some(client) => AccountEvent::ClientRemoved { client, at },
                None => return Vec::new(),
            },
            20..24 => match fan_out {
                Some(FanOut { generation, people, digest, .. }) => {
                    AccountEvent::ResetFanOutCompleted { generation, people, digest }
                }
                None => return Vec::new(),
            },
            24..26 => {
                let from = at - Span::hours(1);
                AccountEvent::SignInsRefused { unknown: 3, locked: 1, from, to: at }
            }
            26 => {
                let (scheme, cost) = ("bcrypt".to_owned(), format!("$2b$12${}", ".".repeat(53)));
                if over {
                    AccountEvent::ForeignPasswordsGone { scheme, at }
                } else {
                    AccountEvent::ForeignPasswordsArrived { scheme, cost, at }
                }
            }
            27 => return self.operate(at),
            28 if sandbox => AccountEvent::SandboxClockSet { to: at, real: at - Span::days(1) },
            30..32 => {
                let (import, format) = (ImportId::from_uuid(self.uuid()), TokenFile::Pskc);
                AccountEvent::HardwareTokensImported { import, count: 25, format, at }
            }
            29 if others_open && self.chance(20) => AccountEvent::AccountClosed { at },
            _ => return Vec::new(),
        })]
    }

    /// An owner lets the operator act, who does; now and then it is ended before its time.
    fn operate(&mut self, at: Timestamp) -> Vec<Says> {
        let (grant, by) = (OperatorGrantId::from_uuid(self.uuid()), UserId::from_uuid(self.uuid()));
        let (scopes, reason, until) = ([OperatorScope::Unlock].into(), self.sealed(), at + Span::hours(4));
        let (act, subject, named) = ("admin_unlock".to_owned(), None, Some(grant));
        let recovery = None;
        let mut says = vec![
            Says::Account(AccountEvent::OperatorGranted { grant, scopes, reason, by, until, at }),
            Says::Account(AccountEvent::OperatorActed { act, subject, grant: named, recovery, at }),
        ];
        if self.chance(30) {
            says.push(Says::Account(AccountEvent::OperatorGrantRevoked { grant, by, at }));
        }
        says
    }
}
