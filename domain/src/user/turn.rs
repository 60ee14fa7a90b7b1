//! What ended a credential epoch of a person, so that whoever's session fell with it can be told why.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// Ends of epochs that are remembered: more than happen to anybody within a session's longest life.
const TURNS_KEPT: usize = 16;

/// What opened a new credential epoch of a person. As a word, it is the member `change` of a refusal.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error, strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Turn {
    /// They chose another password, or one came along for them from elsewhere.
    #[error("the password was changed")]
    PasswordChanged,
    /// Too many wrong second factors came behind the right password, which therefore opens nothing any more.
    #[error("the password has to be changed, for too many wrong codes came behind it")]
    PasswordEnded,
    /// A first factor was bound.
    #[error("two-factor authentication was set up")]
    FactorBound,
    /// One of several factors was removed.
    #[error("a second factor was removed")]
    FactorRemoved,
    /// They switched their second factor off.
    #[error("two-factor authentication was switched off")]
    FactorsOff,
    /// Their second factor was reset.
    #[error("the second factor was reset")]
    FactorsReset,
    /// Two-factor authentication was switched off for the whole account.
    #[error("two-factor authentication was switched off for the account")]
    AccountDisabled,
    /// They have another role.
    #[error("the role was changed")]
    RoleChanged,
    /// Staff replaced their address.
    #[error("staff replaced the e-mail address")]
    AddressReplaced,
    /// An identity provider opens nothing any more.
    #[error("an identity provider was unlinked")]
    ProviderUnlinked,
    /// Their sign-in was frozen; they are back since.
    #[error("the sign-in was frozen, and is open again since")]
    Frozen,
    /// They were deactivated; where a session is told so, they were let in again since.
    #[error(
        "the person was deactivated, and let in again since; a new password is chosen by the link that was mailed"
    )]
    Deactivated,
    /// They were let in again, which takes a new password.
    #[error("the person was let in again; a new password is chosen by the link that was mailed")]
    Reactivated,
    /// They were erased.
    #[error("the person was erased")]
    Erased,
}

/// The last ends of epochs, the newest last.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Turns(VecDeque<Turn>);

impl Turns {
    pub(super) fn push(&mut self, turn: Turn) {
        self.0.push_back(turn);
        if self.0.len() > TURNS_KEPT {
            self.0.pop_front();
        }
    }

    /// The first of the last so many.
    pub(super) fn first_of(&self, last: u32) -> Option<Turn> {
        let from = self.0.len().checked_sub(usize::try_from(last).ok()?)?;
        self.0.get(from).copied()
    }
}
