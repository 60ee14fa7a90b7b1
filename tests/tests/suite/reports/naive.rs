//! The log folded by the domain's aggregates alone: no read model, no row, no history.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use twofold_domain::account::{Account, Switch};
use twofold_domain::device::Device;
use twofold_domain::factor::FactorKind;
use twofold_domain::ids::{AccountId, DeviceId, UserId};
use twofold_domain::policy::{Role, Whom};
use twofold_domain::sign_in::trust_holds;
use twofold_domain::status::{Rule, stands};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{Factor, User, UserEvent};
use twofold_infra::store::EventStore;
use twofold_projections::fact::{Event, Fact, decode};

/// An account and its people so far.
#[derive(Default)]
pub(super) struct Naive {
    pub(super) account: Account,
    pub(super) people: BTreeMap<UserId, User>,
    pub(super) devices: BTreeMap<DeviceId, Device>,
    /// When each person's second factor was last accepted.
    pub(super) used: BTreeMap<UserId, Timestamp>,
}

impl Naive {
    /// Folds the log from its first event, and says so after each.
    pub(super) async fn read(
        &mut self,
        store: &EventStore,
        account: AccountId,
        until: u64,
        mut after: impl FnMut(&Self, &Fact),
    ) -> Result<()> {
        let mut position = 0;
        while position < until {
            let limit = (until - position).min(1_000) as u32;
            let events = store.read(account, position, limit).await?;
            if events.is_empty() {
                break;
            }
            for recorded in &events {
                let fact = decode(recorded)?;
                match &fact.event {
                    Event::Account(event) => self.account.evolve(event),
                    Event::User(user, event) => {
                        self.people.entry(*user).or_default().evolve(event);
                        self.see(*user, event);
                    }
                    Event::Device(device, event) => self.devices.entry(*device).or_default().evolve(event),
                    Event::Reading(_) => {}
                }
                position = fact.seq;
                after(self, &fact);
            }
        }
        Ok(())
    }

    fn see(&mut self, user: UserId, event: &UserEvent) {
        match event {
            UserEvent::FactorConfirmed { at, .. }
            | UserEvent::OtpAccepted { at, .. }
            | UserEvent::SmsCodeAccepted { at, .. }
            | UserEvent::AssertionAccepted { at, .. }
            | UserEvent::RecoveryCodeUsed { at, .. } => _ = self.used.insert(user, *at),
            UserEvent::TwoFactorDisabled { .. } | UserEvent::TwoFactorReset { .. } => {
                self.used.remove(&user);
            }
            _ => {}
        }
    }

    /// Somebody's line of the status report, behind their id.
    pub(super) fn line(&self, id: UserId, user: &User, role: Role, at: Timestamp) -> Vec<String> {
        let (state, because) = stands(&self.account, user, role, at);
        let held = user.enrolled_at(self.account.generation, at);
        let factors = || held.iter().flat_map(|held| held.factors.values());
        let kinds = named(factors());
        let mut claimed =
            vec!["password"; usize::from(user.password.is_some_and(|password| password.claimed))];
        claimed.extend(named(factors().filter(|factor| factor.claimed)));
        let trusted = self.devices.values().filter(|device| {
            let theirs = device.owner.as_ref().is_some_and(|owner| owner.user == id);
            theirs && device.trust.as_ref().is_some_and(|trust| trust_holds(&self.account, user, trust, at))
        });
        let since = self.account.required_since_of(whom(user, role), at);
        let when = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
        let codes = held.and_then(|held| held.codes.as_ref()).map(|codes| codes.left().to_string());
        vec![
            role.name().to_owned(),
            <&str>::from(state).to_owned(),
            <&str>::from(because).to_owned(),
            kinds.into_iter().collect::<Vec<_>>().join("+"),
            claimed.join("+"),
            when(held.map(|held| held.since)),
            when(held.and_then(|_| self.used.get(&id).copied())),
            codes.unwrap_or_default(),
            trusted.count().to_string(),
            when(since),
            self.account.demand(role.audience()).version(at).to_string(),
            when(user.exempt(at).map(|exemption| exemption.until)),
            user.providers.keys().cloned().collect::<Vec<_>>().join("+"),
        ]
    }

    /// Whoever was not erased.
    pub(super) fn living(&self) -> impl Iterator<Item = (UserId, &User, Role)> {
        let living = self.people.iter().filter(|(_, user)| !user.erased);
        living.filter_map(|(id, user)| Some((*id, user, user.role()?)))
    }

    /// Whether a second factor is required of somebody, grace and exemptions aside.
    pub(super) fn required(&self, user: &User, role: Role, at: Timestamp) -> bool {
        let on = self.account.switch == Switch::On && !self.account.closed;
        let native = !user.deactivated && !user.through_provider_only();
        on && native && self.account.policy(role.audience(), at).requires(whom(user, role))
    }
}

/// The kinds of factors, each once.
fn named<'a>(factors: impl Iterator<Item = &'a Factor>) -> BTreeSet<&'static str> {
    factors.map(|factor| factor.kind().name()).collect()
}

const fn whom(user: &User, role: Role) -> Whom<'_> {
    Whom { role, groups: &user.groups, trail: &user.trail }
}

/// What lets somebody go without a factor that is required of them, said in the words of the rule: required, and
/// none that counts.
pub(super) fn exposed(account: &Account, user: &User, role: Role, at: Timestamp) -> Option<Rule> {
    let whom = whom(user, role);
    let policy = account.policy(role.audience(), at);
    let away = user.erased || user.deactivated || account.closed || account.switch != Switch::On;
    if away || user.through_provider_only() || !policy.requires(whom) {
        return None;
    }
    let held = user.enrolled_at(account.generation, at);
    let kinds: Vec<FactorKind> =
        held.into_iter().flat_map(|e| e.factors.values().map(Factor::kind)).collect();
    if kinds.iter().any(|kind| policy.allows(*kind)) {
        return None;
    }
    let over = account.demands_enrolment(whom, at);
    let why = match (over, kinds.is_empty()) {
        (true, true) => Rule::PolicyRequires,
        (true, false) => Rule::KindNotAllowed,
        (false, true) => Rule::Grace,
        // What they have is asked of them while the grace runs.
        (false, false) => return None,
    };
    let exempt = user.exemption.is_some_and(|exemption| at < exemption.until);
    Some(if exempt { Rule::Exemption } else { why })
}
