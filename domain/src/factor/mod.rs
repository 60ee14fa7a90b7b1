//! Factors: what a person holds besides their password. One kind, one file.
//!
//! A kind's file says what its events hold when a binding begins (`Begun`), what is held once it is confirmed
//! (`Held`), and what a proof of it is worth; nothing else of the kind is in the domain. What is common to all
//! (names, budgets, generations) is in `user`, and never asks which kind it deals with.
//!
//! **To add a kind**: its file here, then a variant of [`FactorKind`], [`FactorDetail`], and [`Held`]. No match
//! over these has a catch-all, so the compiler names every place that must have an answer: the policy's words,
//! the upcasts, the views, the console, verification. [`FactorKind`] is the one list that policies, reports,
//! and enrolment read.
//!
//! Every kind counts as a second factor (assurance level 2, NIST SP 800-63B-4 §2.2). Codes by SMS are
//! *restricted* there (§3.1.3.3, §3.2.9): they may be used, and an account must be able to see who has nothing
//! else.

pub mod otp;
pub mod sms;
pub mod token;
pub mod totp;
pub mod webauthn;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strum::{EnumIter, IntoEnumIterator as _, IntoStaticStr};

use crate::ids::{SmsCodeId, StockTokenId, VerifierId};
use crate::user::Refusal;

/// The kinds of factor that can be bound.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr, EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FactorKind {
    /// An authenticator app, RFC 6238.
    Totp,
    /// A hardware token, by time (RFC 6238) or by counter (RFC 4226).
    Token,
    /// A telephone number that codes are sent to.
    Sms,
    /// A security key or passkey (WebAuthn).
    Webauthn,
}

impl FactorKind {
    /// The stable word for it.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether its use is restricted: NIST SP 800-63B-4 §3.1.3.3 of what goes over the telephone network.
    pub const fn restricted(self) -> bool {
        match self {
            Self::Sms => true,
            Self::Totp | Self::Token | Self::Webauthn => false,
        }
    }
}

/// The kinds of factor that an installation can offer: one that nothing sends text messages for has no numbers, and
/// one that is reached by an IP address no keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer(BTreeSet<FactorKind>);

impl Offer {
    /// Every kind of which this is true.
    pub fn of(offered: impl Fn(FactorKind) -> bool) -> Self {
        Self(FactorKind::iter().filter(|kind| offered(*kind)).collect())
    }

    /// Every kind.
    pub fn everything() -> Self {
        Self::of(|_| true)
    }

    /// Whether it has this kind.
    pub fn has(&self, kind: FactorKind) -> bool {
        self.0.contains(&kind)
    }
}

/// What is said of a factor when its binding begins, by kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorDetail {
    /// An authenticator app.
    Totp(totp::Begun),
    /// A hardware token.
    Token(token::Begun),
    /// A telephone number.
    Sms(sms::Begun),
    /// A security key or passkey.
    Webauthn(webauthn::Begun),
}

/// What a factor was confirmed with. That is spent for every purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstUse {
    /// A code of this time step, or of this counter.
    Step(u64),
    /// A code by SMS.
    Code(SmsCodeId),
    /// The credential that the authenticator made.
    Credential(webauthn::Credential),
}

/// What is held of a confirmed factor, by kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// An authenticator app.
    Totp(totp::Held),
    /// A hardware token.
    Token(token::Held),
    /// A telephone number.
    Sms(sms::Held),
    /// A security key or passkey.
    Webauthn(webauthn::Held),
}

impl FactorDetail {
    /// Its kind.
    pub const fn kind(&self) -> FactorKind {
        match self {
            Self::Totp(_) => FactorKind::Totp,
            Self::Token(_) => FactorKind::Token,
            Self::Sms(_) => FactorKind::Sms,
            Self::Webauthn(_) => FactorKind::Webauthn,
        }
    }

    /// Where its secret is kept, to be destroyed with it.
    pub const fn verifier(&self) -> Option<VerifierId> {
        match self {
            Self::Totp(begun) => Some(begun.seed),
            Self::Token(begun) => Some(begun.seed),
            Self::Webauthn(begun) => Some(begun.ceremony),
            Self::Sms(_) => None,
        }
    }

    /// Whether it is this token of the account's stock.
    pub(crate) fn is_of_stock(&self, token: StockTokenId) -> bool {
        match self {
            Self::Token(begun) => begun.stock.as_ref().is_some_and(|stock| stock.token == token),
            Self::Totp(_) | Self::Sms(_) | Self::Webauthn(_) => false,
        }
    }

    /// Sealed personal values in it.
    pub(crate) fn sealed_values(&self) -> u32 {
        match self {
            Self::Totp(_) | Self::Webauthn(_) => 0,
            Self::Token(begun) => u32::from(begun.stock.is_some()),
            Self::Sms(_) => 1,
        }
    }

    /// What is held once it is confirmed; `None` where it was confirmed by what proves no factor of its kind,
    /// which no decision allows.
    pub(crate) fn confirmed(self, first: &FirstUse) -> Option<Held> {
        match (self, first) {
            (Self::Totp(begun), FirstUse::Step(step)) => Some(Held::Totp(begun.confirmed(*step))),
            (Self::Token(begun), FirstUse::Step(step)) => Some(Held::Token(begun.confirmed(*step))),
            (Self::Sms(begun), FirstUse::Code(_)) => Some(Held::Sms(begun.confirmed())),
            (Self::Webauthn(_), FirstUse::Credential(credential)) => Some(Held::Webauthn(credential.held())),
            (Self::Totp(_) | Self::Token(_), FirstUse::Code(_) | FirstUse::Credential(_))
            | (Self::Sms(_), FirstUse::Step(_) | FirstUse::Credential(_))
            | (Self::Webauthn(_), FirstUse::Step(_) | FirstUse::Code(_)) => None,
        }
    }

    /// What is held of one that came from another system, where a kind can come so.
    pub(crate) fn claimed(self) -> Option<Held> {
        match self {
            Self::Totp(begun) => Some(Held::Totp(begun.claimed())),
            Self::Token(begun) => Some(Held::Token(begun.claimed())),
            Self::Sms(_) | Self::Webauthn(_) => None,
        }
    }
}

impl Held {
    /// Its kind.
    pub const fn kind(&self) -> FactorKind {
        match self {
            Self::Totp(_) => FactorKind::Totp,
            Self::Token(_) => FactorKind::Token,
            Self::Sms(_) => FactorKind::Sms,
            Self::Webauthn(_) => FactorKind::Webauthn,
        }
    }

    /// Where its secret is kept, to be destroyed with it.
    pub const fn verifier(&self) -> Option<VerifierId> {
        match self {
            Self::Totp(held) => Some(held.seed),
            Self::Token(held) => Some(held.seed),
            Self::Webauthn(held) => Some(held.credential),
            Self::Sms(_) => None,
        }
    }

    /// Which token of the account's stock it is, where it is one.
    pub const fn stock(&self) -> Option<&token::FromStock> {
        match self {
            Self::Token(held) => held.stock.as_ref(),
            Self::Totp(_) | Self::Sms(_) | Self::Webauthn(_) => None,
        }
    }

    /// Whether a code of this step is good; `None` where it is.
    pub(crate) const fn refuses_step(&self, step: u64) -> Option<Refusal> {
        match self {
            Self::Totp(held) => otp::refuses(held.next_step, step),
            Self::Token(held) => otp::refuses(held.pace.next(), step),
            Self::Sms(_) | Self::Webauthn(_) => Some(Refusal::Wrong),
        }
    }

    /// A code of this step was accepted.
    pub(crate) fn spend_step(&mut self, step: u64) {
        match self {
            Self::Totp(held) => held.next_step = otp::after(held.next_step, step),
            Self::Token(held) => held.pace.spend(step),
            Self::Sms(_) | Self::Webauthn(_) => {}
        }
    }

    /// How many steps its clock is known to be ahead; `None` where it has none.
    pub const fn drift(&self) -> Option<i8> {
        match self {
            Self::Totp(held) => Some(held.drift),
            Self::Token(held) => held.pace.drift(),
            Self::Sms(_) | Self::Webauthn(_) => None,
        }
    }

    /// Its clock turned out to be ahead by so many steps.
    pub(crate) fn drifts(&mut self, drift: i8) {
        match self {
            Self::Totp(held) => held.drift = drift,
            Self::Token(held) => held.pace.drifts(drift),
            Self::Sms(_) | Self::Webauthn(_) => {}
        }
    }

    /// Whether it is a passkey, which may be kept in several places, rather than a security key; `None` of any
    /// other kind.
    pub const fn is_passkey(&self) -> Option<bool> {
        match self {
            Self::Webauthn(held) => Some(held.backup_eligible),
            Self::Totp(_) | Self::Token(_) | Self::Sms(_) => None,
        }
    }

    /// Whether an assertion with this signature counter is good; `None` where it is.
    pub(crate) const fn refuses_assertion(&self, sign_count: u32) -> Option<Refusal> {
        match self {
            Self::Webauthn(held) => held.refuses(sign_count),
            Self::Totp(_) | Self::Token(_) | Self::Sms(_) => Some(Refusal::Wrong),
        }
    }

    /// An assertion with this signature counter was accepted.
    pub(crate) fn asserted(&mut self, sign_count: u32) {
        match self {
            Self::Webauthn(held) => held.sign_count = sign_count,
            Self::Totp(_) | Self::Token(_) | Self::Sms(_) => {}
        }
    }
}

/// Whether two factors of one person would be told apart by nobody: the same name, but for case.
pub fn same_name(one: &str, other: &str) -> bool {
    let fold = |name: &str| name.trim().to_lowercase();
    fold(one) == fold(other)
}
