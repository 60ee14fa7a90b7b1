//! What one-time passwords of apps and of hardware tokens have in common. No kind of its own.

use serde::{Deserialize, Serialize};

use crate::user::Refusal;

/// The hash of an OTP factor, RFC 6238 §1.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OtpAlgorithm {
    /// HMAC-SHA-1, what authenticator apps expect.
    #[serde(rename = "SHA1")]
    Sha1,
    /// HMAC-SHA-256.
    #[serde(rename = "SHA256")]
    Sha256,
    /// HMAC-SHA-512.
    #[serde(rename = "SHA512")]
    Sha512,
}

/// The parameters of a time-based OTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtpParameters {
    /// The hash.
    pub algorithm: OtpAlgorithm,
    /// Digits of a code: 6 or 8.
    pub digits: u8,
    /// Seconds of a time step: 30 or 60.
    pub period: u8,
}

impl OtpParameters {
    /// What every authenticator app understands.
    pub const APP: Self = Self { algorithm: OtpAlgorithm::Sha1, digits: 6, period: 30 };
}

/// A step is accepted once, and only above the last accepted one, whatever that was used for (RFC 6238 §5.2;
/// for a counter RFC 4226 §7.2). `next` is the least that is still good.
pub(super) const fn refuses(next: u64, step: u64) -> Option<Refusal> {
    if step < next { Some(Refusal::Replayed) } else { None }
}

/// The least step that is good once this one was accepted.
pub(super) fn after(next: u64, step: u64) -> u64 {
    next.max(step.saturating_add(1))
}
