//! Codes by SMS. Restricted (NIST SP 800-63B-4 §3.1.3.3): they pass the telephone network.
//!
//! A code is good for ten minutes, once, and only for what it was asked for: one of a sign-in does not finish
//! another sign-in, or raise a session (§3.1.3.2). Guesses are charged to the person's budgets of second
//! factors, which another code does not restore. Known devices ask in a series of their own, so that somebody
//! else who has the password can neither keep a person's codes from coming nor push them aside.

use serde::{Deserialize, Serialize};

use crate::ids::{FactorId, SmsCodeId, VerifierId};
use crate::sealed::{PhoneNumber, Sealed};
use crate::time::Timestamp;
use crate::user::{Familiarity, Purpose, Refusal, Sent};

/// A number that is being bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// The number.
    pub number: Sealed<PhoneNumber>,
}

/// A number that was bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The number.
    pub number: Sealed<PhoneNumber>,
}

impl Begun {
    pub(super) fn confirmed(self) -> Held {
        Held { number: self.number }
    }
}

/// A code about to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewSmsCode {
    /// Pre-minted id.
    pub code: SmsCodeId,
    /// Where its verifier is kept.
    pub verifier: VerifierId,
}

/// A code that waits to be typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmsCode {
    /// Its id.
    pub code: SmsCodeId,
    /// The factor whose number it was sent to.
    pub factor: FactorId,
    /// Where its verifier is kept.
    pub verifier: VerifierId,
    /// What it was asked for, and is good for.
    pub purpose: Purpose,
    /// On what kind of device it was asked for.
    pub familiarity: Familiarity,
    /// Since when.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Sent for SmsCode {
    fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Numbers that are being bound count as one: beginning anew buys no text message.
    fn beside(&self, other: &Self) -> bool {
        let binding = |code: &Self| matches!(code.purpose, Purpose::Confirm(_));
        let same = if binding(self) { binding(other) } else { self.factor == other.factor };
        same && self.familiarity == other.familiarity
    }

    fn serves_as(&self, other: &Self) -> bool {
        self.purpose == other.purpose
    }
}

impl SmsCode {
    /// Whether it is good for this now; `None` where it is.
    pub(crate) fn refuses(&self, purpose: Purpose, at: Timestamp) -> Option<Refusal> {
        match self {
            other if other.purpose != purpose => Some(Refusal::Wrong),
            late if at >= late.expires_at => Some(Refusal::Expired),
            _ => None,
        }
    }
}
