//! What an account's past amounts to.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::demand::{Demand, required_since_of};
use super::events::{AccountEvent, ClockKind};
use super::foreign::Foreign;
use super::operator::{OperatorGrant, OperatorLink};
use super::terms::{Governance, GuardedAct, Settings, TokenScope};
use crate::delivery::{Channel, SpentBudget};
use crate::device::Method;
use crate::ids::{
    AccountId, ApprovalId, ClientId, GroupId, OperatorGrantId, ScheduleId, TokenId, UserId, VerifierId,
};
use crate::policy::{Audience, AudiencePolicy, Role, Whom};
use crate::proof::Era;
use crate::sealed::{Reason, Sealed};
use crate::time::{Span, Timestamp};
use crate::user::User;

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    opened: Option<Opened>,
    /// The account-wide switch.
    pub switch: Switch,
    /// The enrolment generation in force; factors, codes, trust, and sessions carry the one they
    /// were made in, and one of an older generation is as if it had never been.
    pub generation: u32,
    /// Suspensions so far.
    pub suspensions: u32,
    /// Version of the policy as last saved or scheduled; 0 as opened.
    pub policy_version: u32,
    /// Announced resets whose fan-out is not proved yet, by the generation that they opened.
    pub fan_outs: Vec<FanOut>,
    team: Demand,
    end_users: Demand,
    /// The named set of rules that the account holds itself to.
    pub profile: Option<String>,
    /// How it keeps its own powers in check.
    pub governance: Governance,
    /// How it shows itself.
    pub settings: Settings,
    /// Its groups of people, by name.
    pub groups: BTreeMap<GroupId, String>,
    /// The programs that use the API in their own name.
    pub clients: BTreeMap<ClientId, Client>,
    /// Acts that wait for a second approval or for their time.
    pub approvals: BTreeMap<ApprovalId, Approval>,
    /// Leave for the installation's operator to act here; whether it is over is a question of time.
    pub operator_grants: BTreeMap<OperatorGrantId, OperatorGrant>,
    /// The newest link that the operator made each person under one, while it could be used.
    pub(super) operator_links: BTreeMap<UserId, OperatorLink>,
    /// How far a sandbox's clock is ahead of the server's, in microseconds.
    pub clock_ahead: i64,
    /// Since when it wishes for the notices that it wishes for.
    pub wished_since: Option<Timestamp>,
    /// When owners and admins were last told that messages fail, by way.
    pub trouble_told: BTreeMap<Channel, Timestamp>,
    /// The same of a way by which nothing goes out to several people.
    pub outage_told: BTreeMap<Channel, Timestamp>,
    /// Budgets of messages that were spent and, when the last was, had not begun anew.
    pub spent: Vec<SpentBudget>,
    /// Passwords that people brought along from other systems, by scheme.
    pub foreign: BTreeMap<String, Foreign>,
    /// Whether it is closed for good.
    pub closed: bool,
}

/// A program that uses the API in its own name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Its name.
    pub name: String,
    /// Its tokens.
    pub tokens: BTreeMap<TokenId, ApiToken>,
}

/// An API token, of a program or of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiToken {
    /// Where its verifier is kept.
    pub verifier: VerifierId,
    /// What it may be used for.
    pub scopes: BTreeSet<TokenScope>,
    /// When it ends, if ever.
    pub expires_at: Option<Timestamp>,
}

/// An act that waits for a second approval or for its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// What is to be done.
    pub act: GuardedAct,
    /// Who asked.
    pub by: UserId,
    /// Why.
    pub reason: Sealed<Reason>,
    /// From when it may be carried out without a second approval, if ever.
    pub matures_at: Option<Timestamp>,
    /// When the request ends.
    pub expires_at: Timestamp,
    /// Since when.
    pub since: Timestamp,
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
    clock: ClockKind,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            opened: None,
            switch: Switch::default(),
            generation: 0,
            suspensions: 0,
            policy_version: 0,
            fan_outs: vec![],
            team: Demand::of_new(Audience::Team),
            end_users: Demand::of_new(Audience::EndUsers),
            profile: None,
            governance: Governance::default(),
            settings: Settings::default(),
            groups: BTreeMap::new(),
            clients: BTreeMap::new(),
            approvals: BTreeMap::new(),
            operator_grants: BTreeMap::new(),
            operator_links: BTreeMap::new(),
            clock_ahead: 0,
            wished_since: None,
            trouble_told: BTreeMap::new(),
            outage_told: BTreeMap::new(),
            spent: vec![],
            foreign: BTreeMap::new(),
            closed: false,
        }
    }
}

impl Account {
    /// Where every secret is kept that the account's state still speaks of: of its programs' tokens.
    pub fn verifiers(&self) -> BTreeSet<VerifierId> {
        let tokens = self.clients.values().flat_map(|client| client.tokens.values());
        tokens.map(|token| token.verifier).collect()
    }

    /// Where the tokens of programs are kept that are over since an instant, although no event said so.
    pub fn over(&self, at: Timestamp) -> BTreeSet<VerifierId> {
        let tokens = self.clients.values().flat_map(|client| client.tokens.values());
        tokens.filter(|token| !token.good(at)).map(|token| token.verifier).collect()
    }

    /// The account's id, once opened.
    pub fn id(&self) -> Option<AccountId> {
        self.opened.as_ref().map(|o| o.account)
    }

    /// The account's name as prompts show it; empty before it is opened.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// The account's short name in addresses; empty before it is opened.
    pub fn slug(&self) -> &str {
        self.opened.as_ref().map_or("", |o| &o.slug)
    }

    /// The account's kind of clock.
    pub fn clock(&self) -> ClockKind {
        self.opened.as_ref().map_or(ClockKind::Real, |o| o.clock)
    }

    /// Now in this account, by what the server's clock shows: a sandbox's own clock may be ahead of it.
    pub fn now(&self, real: Timestamp) -> Timestamp {
        Timestamp::from_micros(real.micros().saturating_add(self.clock_ahead))
    }

    /// What is demanded of an audience, now and from a date on.
    pub const fn demand(&self, audience: Audience) -> &Demand {
        match audience {
            Audience::Team => &self.team,
            Audience::EndUsers => &self.end_users,
        }
    }

    /// When a schedule that has not begun will.
    pub fn begins_at(&self, schedule: ScheduleId, at: Timestamp) -> Option<Timestamp> {
        let mut open = [&self.team, &self.end_users].into_iter().filter_map(|demand| demand.scheduled(at));
        open.find(|open| open.schedule == schedule).map(|open| open.begins_at)
    }

    /// The policy of an audience at an instant. A scheduled one holds from its date, without an event.
    pub fn policy(&self, audience: Audience, at: Timestamp) -> &AudiencePolicy {
        self.demand(audience).policy(at)
    }

    /// Has another policy hold for an audience from an instant on, as if it had been saved: for those who ask
    /// what would be. `before` is the account as it would have been until then, where that was asked.
    pub(crate) fn hold(
        &mut self,
        audience: Audience,
        policy: AudiencePolicy,
        before: Option<&Self>,
        at: Timestamp,
    ) {
        let before = before.map(|account| account.demand(audience));
        match audience {
            Audience::Team => self.team.hold(policy, before, at),
            Audience::EndUsers => self.end_users.hold(policy, before, at),
        }
    }

    /// The version of the policy in force at an instant; counts both audiences.
    pub fn policy_version(&self, at: Timestamp) -> u32 {
        self.team.version(at).max(self.end_users.version(at))
    }

    /// Since when an audience, or some of it, is required to have a second factor, where it is.
    pub fn required_since(&self, audience: Audience, at: Timestamp) -> Option<Timestamp> {
        self.demand(audience).required_since(at)
    }

    /// Since when, without a break, a second factor is required of somebody, where it is.
    pub fn required_since_of(&self, whom: Whom<'_>, at: Timestamp) -> Option<Timestamp> {
        required_since_of(|audience| self.demand(audience), whom, at)
    }

    /// Whether somebody without a factor must enrol before anything else, the account's switch aside.
    pub fn demands_enrolment(&self, whom: Whom<'_>, at: Timestamp) -> bool {
        let policy = self.policy(whom.role.audience(), at);
        policy.demands_enrolment(whom, self.required_since_of(whom, at), at)
    }

    /// Whether the policy requires a second factor of somebody, grace and suspension aside. While
    /// the switch is off nothing is required.
    pub fn requires(&self, whom: Whom<'_>, at: Timestamp) -> bool {
        !matches!(self.switch, Switch::Off { .. }) && self.policy(whom.role.audience(), at).requires(whom)
    }

    /// The same of a person.
    pub fn requires_of(&self, user: &User, at: Timestamp) -> bool {
        user.whom().is_some_and(|whom| self.requires(whom, at))
    }

    /// The least characters of a password that somebody chooses now (NIST SP 800-63B-4 §3.1.1.2): fewer
    /// beside a second factor that they have, or must have, than alone. While the switch is off it is alone.
    pub fn least_password(&self, user: &User, at: Timestamp) -> u8 {
        let policy = |role: Role| self.policy(role.audience(), at);
        let Some(whom) = user.whom() else { return AudiencePolicy::TEAM.password_length_alone };
        let off = matches!(self.switch, Switch::Off { .. });
        if off {
            return policy(whom.role).password_length_alone;
        }
        policy(whom.role).least_password(whom, user.enrolled(self.generation).is_some())
    }

    /// For how long a session may outlive the browser that it began in, if at all. Nobody of the team goes
    /// without password and passcode at once, on a device that is trusted, or becomes so with this sign-in, and stays
    /// signed in, unless the owner allows it.
    pub fn stays_signed_in(&self, role: Role, method: Method, trusted: bool, at: Timestamp) -> Option<Span> {
        let both_waived = (trusted || method == Method::Trust) && role.audience() == Audience::Team;
        let days = self.policy(role.audience(), at).stay_signed_in_days;
        let allowed = days > 0 && (!both_waived || self.governance.team_may_waive_both);
        allowed.then(|| Span::days(days.into()))
    }

    /// The running suspension, where there is one.
    pub fn suspension(&self) -> Option<u32> {
        match self.switch {
            Switch::Suspended { suspension, .. } => Some(suspension),
            Switch::On | Switch::Off { .. } => None,
        }
    }

    /// Whether who grants somebody of a role a code may see it, to tell it themselves. An owner's never: whoever
    /// saw it would be one.
    pub fn shows_granted_codes(&self, of: Role) -> bool {
        self.governance.issuers_see_codes && of != Role::Owner
    }

    /// What a decision about somebody's factors must know of their account.
    pub fn era(&self, at: Timestamp) -> Era {
        Era {
            at,
            closed: self.closed,
            off: matches!(self.switch, Switch::Off { .. }),
            issuers_see_codes: self.governance.issuers_see_codes,
            operator_links_over: self.operator_links_over(at),
            generation: self.generation,
            disables: self.fan_outs.iter().map(|f| (f.generation, f.at)).collect(),
            team: self.team.clone(),
            end_users: self.end_users.clone(),
        }
    }

    /// Folds one event in. Total: never fails and never decides.
    pub fn evolve(&mut self, event: &AccountEvent) {
        self.team.evolve(event);
        self.end_users.evolve(event);
        match event {
            AccountEvent::AccountOpened { account, slug, name, clock, .. } => {
                self.opened = Some(Opened { account: *account, slug: slug.clone(), clock: *clock });
                self.settings.name.clone_from(name);
            }
            AccountEvent::PolicyChanged { version, .. } | AccountEvent::PolicyScheduled { version, .. } => {
                self.policy_version = *version;
            }
            AccountEvent::ProfileChosen { profile, .. } => self.profile.clone_from(profile),
            AccountEvent::GovernanceChanged { after, .. } => self.governance.clone_from(after),
            AccountEvent::AccountSettingsChanged { before, after, at } => {
                if before.notices != after.notices {
                    self.wished_since = Some(*at);
                }
                self.settings.clone_from(after);
            }
            AccountEvent::GroupCreated { group, name, .. } | AccountEvent::GroupRenamed { group, name } => {
                self.groups.insert(*group, name.clone());
            }
            AccountEvent::GroupDeleted { group } => {
                self.groups.remove(group);
            }
            AccountEvent::ClientRegistered { client, name, .. } => {
                self.clients.insert(*client, Client { name: name.clone(), tokens: BTreeMap::new() });
            }
            AccountEvent::ClientRemoved { client, .. } => {
                self.clients.remove(client);
            }
            AccountEvent::ClientTokenIssued { client, token, verifier, scopes, expires_at, at } => {
                if let Some(client) = self.clients.get_mut(client) {
                    client.tokens.retain(|_, token| token.good(*at));
                    let issued =
                        ApiToken { verifier: *verifier, scopes: scopes.clone(), expires_at: *expires_at };
                    client.tokens.insert(*token, issued);
                }
            }
            AccountEvent::ClientTokenRevoked { client, token, .. } => {
                if let Some(client) = self.clients.get_mut(client) {
                    client.tokens.remove(token);
                }
            }
            AccountEvent::ApprovalRequested { approval, act, by, reason, matures_at, expires_at, at } => {
                self.approvals.retain(|_, open| *at < open.expires_at);
                let open = Approval {
                    act: act.clone(),
                    by: *by,
                    reason: reason.clone(),
                    matures_at: *matures_at,
                    expires_at: *expires_at,
                    since: *at,
                };
                self.approvals.insert(*approval, open);
            }
            AccountEvent::ApprovalUsed { approval, .. }
            | AccountEvent::ApprovalCancelled { approval, .. } => {
                self.approvals.remove(approval);
            }
            AccountEvent::SandboxClockSet { to, real } => {
                self.clock_ahead = to.micros() - real.micros();
            }
            AccountEvent::DeliveryTroubleRaised { channel, at, .. } => {
                self.trouble_told.insert(*channel, *at);
            }
            AccountEvent::OutageRaised { channel, at, .. } => {
                self.outage_told.insert(*channel, *at);
            }
            AccountEvent::BudgetSpent { budget, at } => {
                self.spent.retain(|spent| *at < spent.until);
                self.spent.push(*budget);
            }
            AccountEvent::ForeignPasswordsArrived { scheme, cost, at } => {
                self.foreign_arrived(scheme, cost, *at);
            }
            AccountEvent::ForeignPasswordsGone { scheme, .. } => {
                self.foreign.remove(scheme);
            }
            AccountEvent::AccountClosed { .. } => {
                self.closed = true;
                self.clients.clear();
                self.approvals.clear();
                self.operator_grants.clear();
            }
            AccountEvent::OperatorGranted { grant, scopes, reason, by, until, at } => {
                self.operator_grants.retain(|_, alive| *at < alive.until);
                let (scopes, reason, by) = (scopes.clone(), reason.clone(), *by);
                let granted = OperatorGrant { scopes, reason, by, since: *at, until: *until };
                self.operator_grants.insert(*grant, granted);
            }
            AccountEvent::OperatorActed { act, subject, grant, at, .. } => {
                self.operated(act, *subject, *grant, *at);
            }
            AccountEvent::OperatorGrantRevoked { grant, .. } => {
                self.operator_grants.remove(grant);
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
            AccountEvent::PolicyScheduleCancelled { .. }
            | AccountEvent::OwnerFloorChanged { .. }
            | AccountEvent::SignInsRefused { .. }
            | AccountEvent::HardwareTokensImported { .. } => {}
        }
    }
}
