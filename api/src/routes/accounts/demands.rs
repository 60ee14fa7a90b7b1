//! A policy as the API spells it: whole in answers, and in part in wishes, where what is not sent stays.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use twofold_domain::factor::FactorKind;
use twofold_domain::ids::GroupId;
use twofold_domain::policy::{AudiencePolicy, PasswordApi, RequiredOf, Role};
use utoipa::ToSchema;

use crate::routes::show::Instant;

/// Whether e-mail and password open the API: `allowed` (not to whoever must have, or has, a second factor),
/// `off`, or `until` a date.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Passwords {
    /// They do, except for whoever must have, or has, a second factor.
    Allowed,
    /// They do for everyone until then, with a warning.
    Until(Instant),
    /// They do not.
    Off,
}

impl From<PasswordApi> for Passwords {
    fn from(api: PasswordApi) -> Self {
        match api {
            PasswordApi::Allowed => Self::Allowed,
            PasswordApi::Until(end) => Self::Until(end.into()),
            PasswordApi::Off => Self::Off,
        }
    }
}

impl From<Passwords> for PasswordApi {
    fn from(api: Passwords) -> Self {
        match api {
            Passwords::Allowed => Self::Allowed,
            Passwords::Until(end) => Self::Until(end.0),
            Passwords::Off => Self::Off,
        }
    }
}

/// Of whom a second factor is required. Nobody named is everybody meant.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Meant {
    /// Of these roles.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    roles: BTreeSet<Role>,
    /// And of whoever is in one of these groups.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    groups: BTreeSet<GroupId>,
}

/// What one audience must do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Demands {
    /// Whether a second factor is required at sign-in with e-mail and password. Off in a new account.
    required: bool,
    /// Of whom, where it is. Of everyone in a new account.
    required_of: Meant,
    /// Days after the requirement began for somebody in which they may still sign in without a factor; 0 in a new
    /// account. Whoever comes into it later, by registration, role, group, or a wider requirement, has as many.
    grace_days: u16,
    /// Days for which a device may skip the second factor; 0 means every sign-in. 30 in a new account.
    trust_days: u16,
    /// Whether a device's trust ends when a session on it ends by idle time or age. No in a new account.
    trust_ends_with_session: bool,
    /// Days for which closing the browser does not end a session; 14 in a new account.
    stay_signed_in_days: u16,
    /// Minutes without activity after which a session ends; 480, and 10,080 for end users, in a new account.
    idle_minutes: u32,
    /// Hours after which a session ends whatever happens; 336, and 720 for end users, in a new account.
    lifetime_hours: u32,
    /// Kinds of factor that may be bound; none named is every kind, as in a new account.
    #[schema(value_type = Vec<String>)]
    allowed_kinds: BTreeSet<FactorKind>,
    /// Least characters of a new password that a second factor stands beside; 8 in a new account.
    password_length: u8,
    /// Least characters of a new password that stands alone; 15 in a new account.
    password_length_alone: u8,
    /// Consecutive failures at which nothing is looked at until an unlock; 50 in a new account.
    failure_limit: u16,
    /// Whether e-mail and password open the API.
    password_api: Passwords,
    /// Whether a product may vouch for the first factor of these people; no, and yes of end users, in a new account.
    asserted_sign_in: bool,
    /// Whether an app must ask for its PIN or biometrics when it is opened. No in a new account.
    reauthorise_on_open: bool,
}

/// What one audience shall have to do. What is not sent stays as it is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    required: Option<bool>,
    required_of: Option<Meant>,
    #[schema(minimum = 0, maximum = 90, example = 0)]
    grace_days: Option<u16>,
    #[schema(minimum = 0, maximum = 365, example = 30)]
    trust_days: Option<u16>,
    trust_ends_with_session: Option<bool>,
    #[schema(minimum = 0, maximum = 90, example = 14)]
    stay_signed_in_days: Option<u16>,
    #[schema(minimum = 5, maximum = 43200, example = 480)]
    idle_minutes: Option<u32>,
    #[schema(minimum = 1, maximum = 720, example = 336)]
    lifetime_hours: Option<u32>,
    #[schema(value_type = Option<Vec<String>>)]
    allowed_kinds: Option<BTreeSet<FactorKind>>,
    #[schema(minimum = 8, maximum = 64, example = 8)]
    password_length: Option<u8>,
    #[schema(minimum = 15, maximum = 64, example = 15)]
    password_length_alone: Option<u8>,
    #[schema(minimum = 5, maximum = 50, example = 50)]
    failure_limit: Option<u16>,
    password_api: Option<Passwords>,
    asserted_sign_in: Option<bool>,
    reauthorise_on_open: Option<bool>,
}

impl From<&AudiencePolicy> for Demands {
    fn from(p: &AudiencePolicy) -> Self {
        let RequiredOf { roles, groups } = p.required_of.clone();
        Self {
            required: p.required,
            required_of: Meant { roles, groups },
            grace_days: p.grace_days,
            trust_days: p.trust_days,
            trust_ends_with_session: p.trust_ends_with_session,
            stay_signed_in_days: p.stay_signed_in_days,
            idle_minutes: p.idle_minutes,
            lifetime_hours: p.lifetime_hours,
            allowed_kinds: p.allowed_kinds.clone(),
            password_length: p.password_length,
            password_length_alone: p.password_length_alone,
            failure_limit: p.failure_limit,
            password_api: p.password_api.into(),
            asserted_sign_in: p.asserted_sign_in,
            reauthorise_on_open: p.reauthorise_on_open,
        }
    }
}

impl Wish {
    /// The policy that it makes of the one that holds.
    pub(super) fn over(&self, now: &AudiencePolicy) -> AudiencePolicy {
        let meant = |Meant { roles, groups }| RequiredOf { roles, groups };
        let wish = self.clone();
        AudiencePolicy {
            required: wish.required.unwrap_or(now.required),
            required_of: wish.required_of.map_or_else(|| now.required_of.clone(), meant),
            grace_days: wish.grace_days.unwrap_or(now.grace_days),
            trust_days: wish.trust_days.unwrap_or(now.trust_days),
            trust_ends_with_session: wish.trust_ends_with_session.unwrap_or(now.trust_ends_with_session),
            stay_signed_in_days: wish.stay_signed_in_days.unwrap_or(now.stay_signed_in_days),
            idle_minutes: wish.idle_minutes.unwrap_or(now.idle_minutes),
            lifetime_hours: wish.lifetime_hours.unwrap_or(now.lifetime_hours),
            allowed_kinds: wish.allowed_kinds.unwrap_or_else(|| now.allowed_kinds.clone()),
            password_length: wish.password_length.unwrap_or(now.password_length),
            password_length_alone: wish.password_length_alone.unwrap_or(now.password_length_alone),
            failure_limit: wish.failure_limit.unwrap_or(now.failure_limit),
            password_api: wish.password_api.map_or(now.password_api, Into::into),
            asserted_sign_in: wish.asserted_sign_in.unwrap_or(now.asserted_sign_in),
            reauthorise_on_open: wish.reauthorise_on_open.unwrap_or(now.reauthorise_on_open),
        }
    }
}
