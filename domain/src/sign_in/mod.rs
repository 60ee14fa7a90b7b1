//! Where account, user, and device meet: signing in, and what a signed-in person does with their
//! own factors. Pure functions over the three states.
//!
//! Each act answers with [`Steps`]: what to append to the user's and to the device's stream, both or
//! neither, and what it came to. A refused proof is a step too: it is charged before anybody learns
//! that it was refused. `Err` means that there is nothing to record.
//!
//! **Architecture invariant:** a session's method is what the user's events accepted. No caller
//! names it.

mod begin;
mod course;
mod explain;
mod finish;
mod obstacle;
mod plead;
mod prompts;
mod signed_in;
#[cfg(test)]
mod spec;
mod what_if;

pub use begin::{Begin, Begun, FirstShown, NotVouched};
pub use course::{
    Course, Recognition, at_the_factor, recognise, trust_counts, trust_holds, trust_kept, trust_offer,
    trusted,
};
pub use explain::{Explanation, Past, explain};
pub use finish::{Finish, TextAtSignIn, challenged, shown_late};
pub use obstacle::{Obstacle, obstacles};
pub use plead::{Plead, Pleaded, own_way};
pub use prompts::{MONTH, Visit, Visits, a_month, prompts};
pub use signed_in::{Holder, STEP_UP_LIFE, SignedIn, Stale, session_end, session_holds};
pub use what_if::{Finding, What, WhatIf};

use crate::account::{Account, AccountError, Switch};
use crate::device::{DeviceError, DeviceEvent, Method};
use crate::permission::Denied;
use crate::time::Timestamp;
use crate::user::{Gate, ProofKind, Refusal, User, UserError, UserEvent};

/// What one act records, and what it came to. Nothing of it is true before it is committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps<T> {
    /// For the user's stream.
    pub user: Vec<UserEvent>,
    /// For the device's stream.
    pub device: Vec<DeviceEvent>,
    /// What may be told once the steps are committed.
    pub came_to: T,
}

/// What became of what somebody showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It was good.
    Accepted(Method),
    /// It was not, and was charged.
    Refused(Refused),
}

/// A proof that was not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Where it failed.
    pub gate: Gate,
    /// Why.
    pub refusal: Refusal,
    /// When the next try is looked at, where there is a wait.
    pub retry_at: Option<Timestamp>,
}

/// Why there is nothing to record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// The account refuses.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The user refuses.
    #[error(transparent)]
    User(#[from] UserError),
    /// The device refuses.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The session is not good any more.
    #[error(transparent)]
    Stale(#[from] Stale),
    /// The person may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The program's word for the first factor does not count.
    #[error(transparent)]
    NotVouched(#[from] NotVouched),
    /// Nobody of this account can enrol now.
    #[error(transparent)]
    EnrolmentClosed(#[from] EnrolmentClosed),
    /// Trust was asked for where the policy asks at every sign-in.
    #[error("this account asks for a code at every sign-in; a device cannot be trusted")]
    TrustNotOffered,
}

/// Why nobody of an account can enrol now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("two-factor authentication is disabled for this account; an owner can enable it again")]
pub struct EnrolmentClosed;

/// Whether people may enrol: at any time except while the account's switch is off.
pub fn may_enrol(account: &Account) -> Result<(), EnrolmentClosed> {
    match account.switch {
        Switch::On | Switch::Suspended { .. } => Ok(()),
        Switch::Off { .. } => Err(EnrolmentClosed),
    }
}

/// The user is one of this account, and the account is open.
pub(crate) fn same_account(account: &Account, user: &User) -> Result<(), SignInError> {
    let id = account.id().ok_or(AccountError::Unknown)?;
    match user.who() {
        Some(_) if account.closed => Err(AccountError::Closed.into()),
        Some(who) if who.account == id => Ok(()),
        _ => Err(UserError::Unknown.into()),
    }
}

fn method(kind: ProofKind) -> Method {
    match kind {
        ProofKind::Otp => Method::Otp,
        ProofKind::RecoveryCode => Method::RecoveryCode,
        ProofKind::SmsCode => Method::SmsCode,
        ProofKind::Assertion => Method::Assertion,
        ProofKind::RecoveryGrant => Method::RecoveryGrant,
    }
}

/// What the recorded refusal says. There is one wherever nothing was accepted.
pub(crate) fn refused(events: &[UserEvent]) -> Answer {
    let nothing_right = Refused { gate: Gate::SecondFactor, refusal: Refusal::Wrong, retry_at: None };
    Answer::Refused(refusal(events).unwrap_or(nothing_right))
}

/// The refusal among recorded events, if there is one.
pub fn refusal(events: &[UserEvent]) -> Option<Refused> {
    events.iter().find_map(|event| match event {
        UserEvent::PasswordRejected { retry_at, .. } => {
            Some(Refused { gate: Gate::Password, refusal: Refusal::Wrong, retry_at: *retry_at })
        }
        UserEvent::ProofRejected { refusal, retry_at, .. } => {
            Some(Refused { gate: Gate::SecondFactor, refusal: *refusal, retry_at: *retry_at })
        }
        UserEvent::MailedCodeRejected { refusal, .. } => {
            Some(Refused { gate: Gate::MailedCode, refusal: *refusal, retry_at: None })
        }
        UserEvent::EnrolmentTicketRejected { .. } => {
            Some(Refused { gate: Gate::Ticket, refusal: Refusal::Wrong, retry_at: None })
        }
        _ => None,
    })
}
