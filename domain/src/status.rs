//! The state that a report puts a person into, and the rule that does it. One function for the
//! live view, for any past instant, and for the person's own page.

use serde::{Deserialize, Serialize};
use strum::{EnumIter, IntoStaticStr};

use crate::account::{Account, Switch};
use crate::factor::FactorKind;
use crate::policy::{AudiencePolicy, Role, Whom};
use crate::time::Timestamp;
use crate::user::{Factor, User};

/// Where a person stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr, EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Standing {
    /// Has a second factor.
    Enabled,
    /// Must enrol before anything else.
    Pending,
    /// Need not have one and has none.
    Optional,
    /// Is not asked: signs in through an identity provider, or holds a time-limited exemption.
    Exempt,
    /// The account's two-factor authentication is suspended.
    Suspended,
    /// The account's two-factor authentication is switched off.
    Off,
    /// Reached the hard cap of wrong tries.
    Locked,
    /// May not sign in.
    Deactivated,
    /// Said that it was not them: nothing of theirs opens anything until they are back.
    Frozen,
}

/// The rule that put a person into their state.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr, EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Rule {
    /// Bound a factor in the generation in force.
    HasFactor,
    /// The policy requires a factor.
    PolicyRequires,
    /// The policy requires a factor, and its grace still runs.
    Grace,
    /// Every factor they have is of a kind that the policy does not allow any more.
    KindNotAllowed,
    /// The policy does not require one.
    PolicyOptional,
    /// The account-wide switch is suspended.
    AccountSuspended,
    /// The account-wide switch is off.
    AccountDisabled,
    /// The hard cap of consecutive failures.
    HardCap,
    /// Signs in through an identity provider only.
    IdentityProvider,
    /// Holds an exemption, which ends by itself.
    Exemption,
    /// Was deactivated.
    Deactivated,
    /// Was erased.
    Erased,
    /// They, or staff for them, froze their sign-in.
    Frozen,
}

/// What a standing depends on.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The account-wide switch.
    pub switch: Switch,
    /// The policy of the person's audience.
    pub policy: &'a AudiencePolicy,
    /// Whom it is asked about.
    pub whom: Whom<'a>,
    /// Since when it requires a factor of them.
    pub required_since: Option<Timestamp>,
    /// The kinds of factor that they have, of the generation in force.
    pub kinds: &'a [FactorKind],
    /// Whether they reached the hard cap.
    pub locked: bool,
    /// Whether they sign in through an identity provider only.
    pub provider_only: bool,
    /// Until when they are, or were, exempt.
    pub exempt_until: Option<Timestamp>,
    /// Whether they may not sign in.
    pub deactivated: bool,
    /// Whether their sign-in is frozen.
    pub frozen: bool,
}

/// The state and the rule behind it, at an instant.
pub fn standing(facts: &Facts<'_>, at: Timestamp) -> (Standing, Rule) {
    if facts.deactivated {
        return (Standing::Deactivated, Rule::Deactivated);
    }
    if facts.frozen {
        return (Standing::Frozen, Rule::Frozen);
    }
    if facts.locked {
        return (Standing::Locked, Rule::HardCap);
    }
    match facts.switch {
        Switch::Off { .. } => return (Standing::Off, Rule::AccountDisabled),
        Switch::Suspended { .. } => return (Standing::Suspended, Rule::AccountSuspended),
        Switch::On => {}
    }
    if facts.provider_only {
        (Standing::Exempt, Rule::IdentityProvider)
    } else if facts.exempt_until.is_some_and(|until| at < until) {
        (Standing::Exempt, Rule::Exemption)
    } else if facts.kinds.iter().any(|kind| facts.policy.allows(*kind)) {
        (Standing::Enabled, Rule::HasFactor)
    } else if !facts.kinds.is_empty() {
        // What they have is asked of them all the same; where one is required they bind another one next.
        if facts.policy.demands_enrolment(facts.whom, facts.required_since, at) {
            (Standing::Pending, Rule::KindNotAllowed)
        } else {
            (Standing::Enabled, Rule::HasFactor)
        }
    } else if facts.policy.demands_enrolment(facts.whom, facts.required_since, at) {
        (Standing::Pending, Rule::PolicyRequires)
    } else if facts.policy.requires(facts.whom) {
        (Standing::Optional, Rule::Grace)
    } else {
        (Standing::Optional, Rule::PolicyOptional)
    }
}

/// The same of a person by their own stream and their account's.
pub fn stands(account: &Account, user: &User, role: Role, at: Timestamp) -> (Standing, Rule) {
    if user.erased {
        return (Standing::Deactivated, Rule::Erased);
    }
    let held = user.enrolled_at(account.generation, at);
    let kinds: Vec<FactorKind> =
        held.into_iter().flat_map(|e| e.factors.values().map(Factor::kind)).collect();
    let whom = Whom { role, groups: &user.groups, trail: &user.trail };
    let facts = Facts {
        switch: account.switch,
        policy: account.policy(role.audience(), at),
        whom,
        required_since: account.required_since_of(whom, at),
        kinds: &kinds,
        locked: user.locked_out(),
        provider_only: user.through_provider_only(),
        exempt_until: user.exemption.map(|e| e.until),
        deactivated: user.deactivated,
        frozen: user.frozen.is_some(),
    };
    standing(&facts, at)
}
