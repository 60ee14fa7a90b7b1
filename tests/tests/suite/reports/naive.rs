//! The log folded by the domain's aggregates alone: no read model, no row, no history.

use std::collections::BTreeMap;

use anyhow::Result;
use twofold_domain::account::{Account, Switch};
use twofold_domain::factor::FactorKind;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::policy::{Role, Whom};
use twofold_domain::status::Rule;
use twofold_domain::time::Timestamp;
use twofold_domain::user::{Factor, User};
use twofold_infra::store::EventStore;
use twofold_projections::fact::{Event, Fact, decode};

/// An account and its people so far.
#[derive(Default)]
pub(super) struct Naive {
    pub(super) account: Account,
    pub(super) people: BTreeMap<UserId, User>,
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
                    Event::User(user, event) => self.people.entry(*user).or_default().evolve(event),
                    Event::Device(..) | Event::Reading(_) => {}
                }
                position = fact.seq;
                after(self, &fact);
            }
        }
        Ok(())
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
        on && native && self.account.policy(role.audience(), at).requires(Whom { role, groups: &user.groups })
    }
}

/// What lets somebody go without a factor that is required of them, said in the words of the rule: required, and
/// none that counts.
pub(super) fn exposed(account: &Account, user: &User, role: Role, at: Timestamp) -> Option<Rule> {
    let whom = Whom { role, groups: &user.groups };
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
    let over = policy.demands_enrolment(whom, account.required_since(role.audience(), at), at);
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
