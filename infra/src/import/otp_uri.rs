//! `otpauth://totp/…` links, as authenticator apps exchange them.

use std::sync::Arc;

use twofold_domain::factor::otp::{OtpAlgorithm, OtpParameters};
use url::Url;
use zeroize::Zeroizing;

use crate::verify::totp::{Otp, OutOfBounds, Seed};

/// A seed and its parameters.
#[derive(Clone)]
pub struct OtpUri {
    /// The seed.
    pub seed: Arc<Seed>,
    /// Its parameters.
    pub parameters: OtpParameters,
}

/// Why a text is not the link of an authenticator that works here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOtp {
    /// Not such a link at all.
    #[error("is a link such as otpauth://totp/Acme:ada@example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DP")]
    Malformed,
    /// A counter instead of a clock.
    #[error("is of a kind that is not supported here: only totp is")]
    Kind,
    /// A hash that no authenticator of ours has.
    #[error("has an algorithm that is not one of SHA1, SHA256, SHA512")]
    Algorithm,
    /// Outside the bounds of a factor.
    #[error(transparent)]
    Bounds(#[from] OutOfBounds),
}

impl OtpUri {
    /// Reads a link. Issuer and label are the other system's, and not kept.
    pub fn parse(text: &str) -> Result<Self, NotOtp> {
        let url = Url::parse(text.trim()).map_err(|_| NotOtp::Malformed)?;
        match (url.scheme(), url.host_str()) {
            ("otpauth", Some("totp")) => {}
            ("otpauth", Some(_)) => return Err(NotOtp::Kind),
            _ => return Err(NotOtp::Malformed),
        }
        let mut parameters = OtpParameters::APP;
        let mut secret = None;
        for (name, value) in url.query_pairs() {
            match &*name {
                "secret" => secret = Some(Zeroizing::new(value.into_owned())),
                "algorithm" => {
                    parameters.algorithm = match value.to_ascii_uppercase().as_str() {
                        "SHA1" => OtpAlgorithm::Sha1,
                        "SHA256" => OtpAlgorithm::Sha256,
                        "SHA512" => OtpAlgorithm::Sha512,
                        _ => return Err(NotOtp::Algorithm),
                    }
                }
                "digits" => parameters.digits = value.parse().map_err(|_| OutOfBounds::Digits)?,
                "period" => parameters.period = value.parse().map_err(|_| OutOfBounds::Period)?,
                _ => {}
            }
        }
        let secret = secret.ok_or(NotOtp::Malformed)?;
        let plain = Zeroizing::new(
            secret.chars().filter(|c| !matches!(c, ' ' | '-' | '=')).collect::<String>().to_ascii_uppercase(),
        );
        let bytes = totp_rs::Secret::try_from_base32(plain.as_str()).map_err(|_| NotOtp::Malformed)?;
        let seed = Seed::from_bytes(Zeroizing::new(bytes.as_ref().to_vec()))?;
        Otp::new(&seed, parameters)?;
        Ok(Self { seed: Arc::new(seed), parameters })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules: H1.
    #[test]
    fn a_link_is_read_within_the_bounds_of_a_factor() {
        let app = OtpParameters::APP;
        let token = OtpParameters { algorithm: OtpAlgorithm::Sha256, digits: 8, period: 60 };
        let secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
        let rows = [
            (format!("otpauth://totp/Acme:ada@example.com?secret={secret}&issuer=Acme"), Ok(app)),
            (format!("otpauth://totp/x?secret={}", secret.to_lowercase()), Ok(app)),
            ("otpauth://totp/x?secret=JBSW%20Y3DP-EHPK3PXP".to_owned(), Ok(app)),
            (format!("otpauth://totp/x?secret={secret}&algorithm=sha256&digits=8&period=60"), Ok(token)),
            (format!("otpauth://hotp/x?secret={secret}&counter=1"), Err(NotOtp::Kind)),
            (format!("otpauth://totp/x?secret={secret}&algorithm=MD5"), Err(NotOtp::Algorithm)),
            (format!("otpauth://totp/x?secret={secret}&digits=9"), Err(OutOfBounds::Digits.into())),
            (format!("otpauth://totp/x?secret={secret}&digits=-1"), Err(OutOfBounds::Digits.into())),
            (format!("otpauth://totp/x?secret={secret}&period=1"), Err(OutOfBounds::Period.into())),
            ("otpauth://totp/x?secret=JBSWY3DP".to_owned(), Err(OutOfBounds::Seed.into())),
            (format!("otpauth://totp/x?secret={}", "A".repeat(400)), Err(OutOfBounds::Seed.into())),
            ("otpauth://totp/x?secret=1890".to_owned(), Err(NotOtp::Malformed)),
            ("otpauth://totp/x".to_owned(), Err(NotOtp::Malformed)),
            (format!("https://totp/x?secret={secret}"), Err(NotOtp::Malformed)),
            (secret.to_owned(), Err(NotOtp::Malformed)),
            (String::new(), Err(NotOtp::Malformed)),
        ];
        for (text, expected) in rows {
            assert_eq!(OtpUri::parse(&text).map(|uri| uri.parameters), expected, "{text}");
        }
    }
}
