//! What an account demands of each audience, and the bounds that every policy keeps.

mod floor;
mod profile;
mod trail;

pub use profile::{Bound, Finding, Profile, ProfileRule};
pub use trail::Trail;
pub(crate) use trail::forgotten;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strum::IntoEnumIterator as _;

use crate::factor::{FactorKind, Offer};
use crate::ids::GroupId;
use crate::time::{Span, Timestamp};

/// The two audiences that a policy speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Owners, admins, agents, auditors.
    Team,
    /// The account's own customers.
    EndUsers,
}

/// A user's one role within the account.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// May do everything, including giving the account away.
    Owner,
    /// Runs the account, below the owner's floor.
    Admin,
    /// Serves end users.
    Agent,
    /// Reads evidence, changes nothing.
    Auditor,
    /// A customer of the account.
    EndUser,
}

impl Role {
    /// Every role, from the most to the least powerful.
    pub const ALL: [Self; 5] = [Self::Owner, Self::Admin, Self::Agent, Self::Auditor, Self::EndUser];

    /// The audience whose policy applies.
    pub const fn audience(self) -> Audience {
        match self {
            Self::Owner | Self::Admin | Self::Agent | Self::Auditor => Audience::Team,
            Self::EndUser => Audience::EndUsers,
        }
    }

    /// The stored name.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// What a policy asks of somebody before it says whether it means them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whom<'a> {
    /// Their role.
    pub role: Role,
    /// The groups that they are in.
    pub groups: &'a BTreeSet<GroupId>,
    /// Since when, and where they were before.
    pub trail: &'a Trail,
}

/// Of whom a policy requires a second factor: of everyone of the audience, or of some roles and groups.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequiredOf {
    /// Of these roles.
    pub roles: BTreeSet<Role>,
    /// And of whoever is in one of these groups.
    pub groups: BTreeSet<GroupId>,
}

impl RequiredOf {
    /// Everyone of the audience.
    pub const EVERYONE: Self = Self { roles: BTreeSet::new(), groups: BTreeSet::new() };

    /// Whether it means somebody. Nobody named is everybody meant.
    pub fn means(&self, whom: Whom<'_>) -> bool {
        *self == Self::EVERYONE || self.roles.contains(&whom.role) || !self.groups.is_disjoint(whom.groups)
    }

    /// Whether it means everybody of an audience, by naming nobody or each of its roles.
    pub fn means_all(&self, audience: Audience) -> bool {
        let mut roles = Role::ALL.into_iter().filter(|role| role.audience() == audience);
        *self == Self::EVERYONE || roles.all(|role| self.roles.contains(&role))
    }
}

/// Whether e-mail and password open the API (HTTP Basic) to those whom nothing else forbids it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordApi {
    /// They do, except for whoever must have, or has, a second factor.
    #[default]
    Allowed,
    /// They do for everyone until this instant, with a warning; then for nobody.
    Until(Timestamp),
    /// They do not.
    Off,
}

/// What one audience must do. Defaults are those of a new account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AudiencePolicy {
    /// Whether a second factor is required at native sign-in.
    pub required: bool,
    /// Of whom, where it is.
    pub required_of: RequiredOf,
    /// Days after the requirement began for somebody in which they may still sign in without a factor; 0 for none.
    pub grace_days: u16,
    /// Days for which a device may skip the second factor; 0 means every sign-in.
    pub trust_days: u16,
    /// Whether a device's trust ends when a session on it ends by idle time or age.
    pub trust_ends_with_session: bool,
    /// Days for which closing the browser does not end a session.
    pub stay_signed_in_days: u16,
    /// Minutes without activity after which a session ends.
    pub idle_minutes: u32,
    /// Hours after which a session ends whatever happens.
    pub lifetime_hours: u32,
    /// The kinds of factor that may be bound; none named is every kind.
    pub allowed_kinds: BTreeSet<FactorKind>,
    /// Least characters of a new password that a second factor stands beside.
    pub password_length: u8,
    /// Least characters of a new password that stands alone.
    pub password_length_alone: u8,
    /// Consecutive failures on one budget at which nothing is looked at until an unlock.
    pub failure_limit: u16,
    /// Whether e-mail and password open the API.
    pub password_api: PasswordApi,
    /// Whether a product may vouch for the first factor of these people. Never for owners.
    pub asserted_sign_in: bool,
    /// Whether an app must ask for its PIN or biometrics when it is opened.
    pub reauthorise_on_open: bool,
}

impl AudiencePolicy {
    /// Longest grace before a requirement bites.
    pub const MAX_GRACE_DAYS: u16 = 90;
    /// Longest trust in a device.
    pub const MAX_TRUST_DAYS: u16 = 365;
    /// Longest stay without a password.
    pub const MAX_STAY_DAYS: u16 = 90;
    /// Shortest and longest idle time of a session, in minutes (30 days at most).
    pub const IDLE_MINUTES: (u32, u32) = (5, 43_200);
    /// Shortest and longest life of a session, in hours. NIST SP 800-63B-4 §2.1.3 allows 30 days at level 1.
    pub const LIFETIME_HOURS: (u32, u32) = (1, 720);
    /// Bounds of the least length beside a second factor (NIST SP 800-63B-4 §3.1.1.2 asks for 8).
    pub const PASSWORD_LENGTH: (u32, u32) = (8, 64);
    /// Bounds of the least length of a password that stands alone (the same section asks for 15).
    pub const PASSWORD_LENGTH_ALONE: (u32, u32) = (15, 64);
    /// Bounds of the failure limit; two budgets a gate stay within the 100 of NIST SP 800-63B-4 §3.2.2.
    pub const FAILURE_LIMIT: (u32, u32) = (5, 50);
    /// The most groups that a requirement may name: one event must hold them.
    pub const MAX_GROUPS: u32 = 100;

    /// A new account's rule for team members.
    pub const TEAM: Self = Self {
        required: false,
        required_of: RequiredOf::EVERYONE,
        grace_days: 0,
        trust_days: 30,
        trust_ends_with_session: false,
        stay_signed_in_days: 14,
        idle_minutes: 480,
        lifetime_hours: 336,
        allowed_kinds: BTreeSet::new(),
        password_length: 8,
        password_length_alone: 15,
        failure_limit: 50,
        password_api: PasswordApi::Allowed,
        asserted_sign_in: false,
        reauthorise_on_open: false,
    };

    /// A new account's rule for end users.
    pub const END_USERS: Self = Self {
        required: false,
        required_of: RequiredOf::EVERYONE,
        grace_days: 0,
        trust_days: 30,
        trust_ends_with_session: false,
        stay_signed_in_days: 14,
        idle_minutes: 10_080,
        lifetime_hours: 720,
        allowed_kinds: BTreeSet::new(),
        password_length: 8,
        password_length_alone: 15,
        failure_limit: 50,
        password_api: PasswordApi::Allowed,
        asserted_sign_in: true,
        reauthorise_on_open: false,
    };

    /// A new account's rule for an audience.
    pub const fn of_new(audience: Audience) -> Self {
        match audience {
            Audience::Team => Self::TEAM,
            Audience::EndUsers => Self::END_USERS,
        }
    }

    /// Whether every figure is within its bounds; otherwise the first that is not.
    pub fn check(&self) -> Result<(), OutOfRange> {
        let within = |field, value, (min, max)| {
            if (min..=max).contains(&value) { Ok(()) } else { Err(OutOfRange { field, min, max, value }) }
        };
        within("grace_days", self.grace_days.into(), (0, Self::MAX_GRACE_DAYS.into()))?;
        within("trust_days", self.trust_days.into(), (0, Self::MAX_TRUST_DAYS.into()))?;
        within("stay_signed_in_days", self.stay_signed_in_days.into(), (0, Self::MAX_STAY_DAYS.into()))?;
        within("idle_minutes", self.idle_minutes, Self::IDLE_MINUTES)?;
        within("lifetime_hours", self.lifetime_hours, Self::LIFETIME_HOURS)?;
        within("password_length", self.password_length.into(), Self::PASSWORD_LENGTH)?;
        within("password_length_alone", self.password_length_alone.into(), Self::PASSWORD_LENGTH_ALONE)?;
        within("failure_limit", self.failure_limit.into(), Self::FAILURE_LIMIT)?;
        within("required_of/groups", self.required_of.groups.len() as u32, (0, Self::MAX_GROUPS))
    }

    /// Whether a factor of this kind may be bound.
    pub fn allows(&self, kind: FactorKind) -> bool {
        self.allowed_kinds.is_empty() || self.allowed_kinds.contains(&kind)
    }

    /// The kinds that may be bound.
    pub fn kinds(&self) -> impl Iterator<Item = FactorKind> {
        FactorKind::iter().filter(|kind| self.allows(*kind))
    }

    /// Whether any of the kinds that may be bound can be had in an installation that offers these.
    pub fn can_be_met(&self, offer: &Offer) -> bool {
        self.kinds().any(|kind| offer.has(kind))
    }

    /// The least characters of a password that somebody chooses now: fewer beside a second factor that they
    /// have, or must have, than alone (NIST SP 800-63B-4 §3.1.1.2).
    pub fn least_password(&self, whom: Whom<'_>, has_factor: bool) -> u8 {
        if has_factor || self.requires(whom) { self.password_length } else { self.password_length_alone }
    }

    /// How long a device granted trust now may skip the second factor; `None` at every sign-in.
    pub fn trust(&self) -> Option<Span> {
        (self.trust_days > 0).then(|| Span::days(self.trust_days.into()))
    }

    /// Idle time after which a session ends.
    pub fn idle(&self) -> Span {
        Span::minutes(self.idle_minutes.into())
    }

    /// Life of a session from its start.
    pub fn lifetime(&self) -> Span {
        Span::hours(self.lifetime_hours.into())
    }

    /// Whether it requires a second factor of somebody, grace aside.
    pub fn requires(&self, whom: Whom<'_>) -> bool {
        self.required && self.required_of.means(whom)
    }

    /// Whether somebody without a factor must enrol at `at`, given when the requirement began for them.
    pub fn demands_enrolment(
        &self,
        whom: Whom<'_>,
        required_since: Option<Timestamp>,
        at: Timestamp,
    ) -> bool {
        let over = |since| at >= since + Span::days(self.grace_days.into());
        self.requires(whom) && required_since.is_none_or(over)
    }
}

/// A policy figure outside its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` must be between {min} and {max}, not {value}")]
pub struct OutOfRange {
    /// The field at fault.
    pub field: &'static str,
    /// Least allowed value.
    pub min: u32,
    /// Greatest allowed value.
    pub max: u32,
    /// The value that was given.
    pub value: u32,
}
