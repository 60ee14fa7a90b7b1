//! What a factor is, as its events describe it.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// The kinds of factor that can be bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FactorKind {
    /// An authenticator app or token, RFC 6238.
    Totp,
}

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

/// The parameters of a TOTP factor.
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
