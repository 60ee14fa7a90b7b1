//! Why somebody cannot set up a second factor: the first thing in the way, in the order in which they would
//! meet it.

use strum::{EnumIter, IntoEnumIterator as _, IntoStaticStr};

use super::may_enrol;
use crate::account::Account;
use crate::policy::Role;
use crate::time::Timestamp;
use crate::user::{User, UserError};

/// What keeps somebody from setting up a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Obstacle {
    /// They were erased.
    Erased,
    /// They may not sign in.
    Deactivated,
    /// They have not set a password yet, and come in no other way: through no provider, and no product may
    /// vouch for them.
    NoPassword,
    /// Their sign-in is frozen.
    Frozen,
    /// They reached the hard cap of wrong tries.
    HardCap,
    /// The account's switch is off.
    AccountDisabled,
    /// They hold an exemption: its sessions bind nothing.
    Exemption,
    /// After a compromise only a ticket binds, and none is open.
    TicketNeeded,
    /// The password came from the mailbox that the code would go to.
    MailboxTooFresh,
    /// They have as many as one can have.
    TooManyFactors,
}

impl Obstacle {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// The stable word for the rule.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The type of the event whose newest, of the person or of the account, set it.
    pub const fn set_by(self) -> &'static str {
        match self {
            Self::Erased => "PersonErased",
            Self::Deactivated => "UserDeactivated",
            Self::NoPassword => "UserRegistered",
            Self::Frozen => "UserFrozen",
            Self::HardCap => "LockedOut",
            Self::AccountDisabled => "AccountTwoFactorDisabled",
            Self::Exemption => "ExemptionGranted",
            Self::TicketNeeded => "TwoFactorReset",
            Self::MailboxTooFresh => "PasswordSet",
            Self::TooManyFactors => "FactorConfirmed",
        }
    }

    /// Whether that event is the account's, not the person's.
    pub const fn of_account(self) -> bool {
        matches!(self, Self::AccountDisabled)
    }
}

/// What keeps somebody from setting up a second factor, or a further one, at an instant.
pub fn obstacle(account: &Account, user: &User, at: Timestamp) -> Option<Obstacle> {
    let era = account.era(at);
    let enrolled = user.enrolled_at(account.generation, at).is_some();
    if user.erased {
        Some(Obstacle::Erased)
    } else if user.deactivated {
        Some(Obstacle::Deactivated)
    } else if user.frozen.is_some() {
        Some(Obstacle::Frozen)
    } else if !comes_in(account, user, at) {
        Some(Obstacle::NoPassword)
    } else if user.locked_out() {
        Some(Obstacle::HardCap)
    } else if may_enrol(account).is_err() {
        Some(Obstacle::AccountDisabled)
    } else if user.exempt(at).is_some() && !enrolled {
        Some(Obstacle::Exemption)
    } else {
        match user.may_begin_binding(&era, at) {
            Err(UserError::TooManyFactors(_)) => Some(Obstacle::TooManyFactors),
            Err(UserError::TicketNeeded) => Some(Obstacle::TicketNeeded),
            Err(UserError::MailboxTooFresh(_)) => Some(Obstacle::MailboxTooFresh),
            _ => None,
        }
    }
}

/// Whether there is any way in for them that could lead to a binding.
fn comes_in(account: &Account, user: &User, at: Timestamp) -> bool {
    let vouched = |role: Role| role != Role::Owner && account.policy(role.audience(), at).asserted_sign_in;
    user.password.is_some() || !user.providers.is_empty() || user.role().is_some_and(vouched)
}
