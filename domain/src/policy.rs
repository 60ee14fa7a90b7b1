//! What an account demands of each audience, and the bounds that every policy keeps.

use serde::{Deserialize, Serialize};

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

/// What one audience must do. Defaults are those of a new account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AudiencePolicy {
    /// Whether a second factor is required at native sign-in.
    pub required: bool,
    /// Days after the requirement began in which people without a factor may still sign in; 0 for none.
    pub grace_days: u16,
    /// Days for which a device may skip the second factor; 0 means every sign-in.
    pub trust_days: u16,
    /// Days for which closing the browser does not end a session.
    pub stay_signed_in_days: u16,
    /// Minutes without activity after which a session ends.
    pub idle_minutes: u32,
    /// Hours after which a session ends whatever happens.
    pub lifetime_hours: u32,
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

    /// A new account's rule for team members.
    pub const TEAM: Self = Self {
        required: false,
        grace_days: 0,
        trust_days: 30,
        stay_signed_in_days: 14,
        idle_minutes: 480,
        lifetime_hours: 336,
    };

    /// A new account's rule for end users.
    pub const END_USERS: Self = Self { idle_minutes: 10_080, lifetime_hours: 720, ..Self::TEAM };

    /// Whether every figure is within its bounds; otherwise the first that is not.
    pub fn check(&self) -> Result<(), OutOfRange> {
        let within = |field, value, (min, max)| {
            if (min..=max).contains(&value) { Ok(()) } else { Err(OutOfRange { field, min, max, value }) }
        };
        within("grace_days", self.grace_days.into(), (0, Self::MAX_GRACE_DAYS.into()))?;
        within("trust_days", self.trust_days.into(), (0, Self::MAX_TRUST_DAYS.into()))?;
        within("stay_signed_in_days", self.stay_signed_in_days.into(), (0, Self::MAX_STAY_DAYS.into()))?;
        within("idle_minutes", self.idle_minutes, Self::IDLE_MINUTES)?;
        within("lifetime_hours", self.lifetime_hours, Self::LIFETIME_HOURS)
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

    /// Whether a person without a factor must enrol at `at`, given when the requirement began.
    pub fn demands_enrolment(&self, required_since: Option<Timestamp>, at: Timestamp) -> bool {
        self.required && required_since.is_none_or(|since| at >= since + Span::days(self.grace_days.into()))
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
