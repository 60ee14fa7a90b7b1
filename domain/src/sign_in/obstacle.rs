//! Why somebody cannot set up a second factor: everything that is in the way, in the order in which they would
//! meet it. Whoever takes away the first of two must not find the second behind it.

use strum::{EnumIter, IntoEnumIterator as _, IntoStaticStr};

use super::may_enrol;
use crate::account::Account;
use crate::factor::Offer;
use crate::policy::Role;
use crate::time::Timestamp;
use crate::user::{Fresh, User, UserError};

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
    /// Their password opens nothing until they choose another one: too many wrong codes were shown behind it.
    PasswordSpent,
    /// Their sign-in is frozen.
    Frozen,
    /// They reached the hard cap of wrong tries.
    HardCap,
    /// Too many wrong codes in a row: nothing that they show is looked at for a while.
    TriesSpent,
    /// The account's switch is off.
    AccountDisabled,
    /// They hold an exemption: its sessions bind nothing.
    Exemption,
    /// After a compromise only a ticket binds, and none is open.
    TicketNeeded,
    /// After a compromise they became a customer of the account: then time binds, and no ticket.
    CompromiseFresh,
    /// The password came from the mailbox that the code would go to.
    MailboxTooFresh,
    /// Staff replaced the address that the code would go to.
    AddressReplaced,
    /// None of the kinds that the policy allows them can be had on this installation.
    NothingToBind,
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
            Self::PasswordSpent => "PasswordChangeDemanded",
            Self::Frozen => "UserFrozen",
            Self::HardCap => "LockedOut",
            Self::TriesSpent => "ProofRejected",
            Self::AccountDisabled => "AccountTwoFactorDisabled",
            Self::Exemption => "ExemptionGranted",
            Self::TicketNeeded => "TwoFactorReset",
            Self::CompromiseFresh => "RoleChanged",
            Self::MailboxTooFresh => "PasswordSet",
            Self::AddressReplaced => "EmailChanged",
            Self::NothingToBind => "PolicyChanged",
            Self::TooManyFactors => "FactorConfirmed",
        }
    }

    /// Whether that event is the account's, not the person's.
    pub const fn of_account(self) -> bool {
        matches!(self, Self::AccountDisabled | Self::NothingToBind)
    }
}

/// Everything that keeps somebody from setting up a second factor, or a further one, at an instant, where these kinds
/// can be had.
pub fn obstacles(account: &Account, user: &User, offer: &Offer, at: Timestamp) -> Vec<Obstacle> {
    if user.erased {
        return vec![Obstacle::Erased];
    }
    let era = account.era(at);
    let enrolled = user.enrolled_at(account.generation, at).is_some();
    let binding = match user.may_begin_binding(&era, at) {
        Err(UserError::TooManyFactors(_)) => Some(Obstacle::TooManyFactors),
        Err(UserError::TicketNeeded) => Some(Obstacle::TicketNeeded),
        Err(UserError::CompromiseFresh(_)) => Some(Obstacle::CompromiseFresh),
        Err(UserError::MailboxTooFresh { after: Fresh::AddressReplaced, .. }) => {
            Some(Obstacle::AddressReplaced)
        }
        Err(UserError::MailboxTooFresh { .. }) => Some(Obstacle::MailboxTooFresh),
        _ => None,
    };
    let other_way = comes_in_otherwise(account, user, at);
    let policy = user.role().map(|role| account.policy(role.audience(), at));
    let rows = [
        (user.deactivated, Obstacle::Deactivated),
        (user.frozen.is_some(), Obstacle::Frozen),
        // Whoever is let in again is sent the link that sets one.
        (
            user.password.is_none() && !user.deactivated && user.frozen.is_none() && !other_way,
            Obstacle::NoPassword,
        ),
        (user.password_change_demanded && !other_way, Obstacle::PasswordSpent),
        (user.locked_out(), Obstacle::HardCap),
        (user.binding_waits(enrolled, at).is_some(), Obstacle::TriesSpent),
        (may_enrol(account).is_err(), Obstacle::AccountDisabled),
        (user.exempt(at).is_some() && !enrolled, Obstacle::Exemption),
        (policy.is_some_and(|policy| !policy.can_be_met(offer)), Obstacle::NothingToBind),
    ];
    let met = rows.into_iter().filter(|(met, _)| *met).map(|(_, obstacle)| obstacle);
    met.chain(binding).collect()
}

/// Whether there is a way in for them without a password that could lead to a binding.
fn comes_in_otherwise(account: &Account, user: &User, at: Timestamp) -> bool {
    let vouched = |role: Role| role != Role::Owner && account.policy(role.audience(), at).asserted_sign_in;
    !user.providers.is_empty() || user.role().is_some_and(vouched)
}
