//! Secrets as a form sends them, until they are parsed.

use serde::{Deserialize, Deserializer};
use twofold_infra::acts::Proof;
use twofold_infra::verify::code::OtpCode;
use twofold_infra::verify::grant::GrantCode;
use twofold_infra::verify::recovery::RecoveryCode;
use zeroize::Zeroizing;

/// A secret that somebody typed. Cannot be printed; zeroised.
#[derive(Default)]
pub(super) struct Typed(Zeroizing<String>);

impl Typed {
    /// The text, to be parsed at once.
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// The second factor that it is: recovery codes are longer than OTPs, so one field takes both.
    pub(super) fn proof(&self) -> Option<Proof> {
        match OtpCode::parse(&self.0) {
            Ok(otp) => Some(Proof::Otp(otp.into())),
            Err(_) => match GrantCode::parse(&self.0) {
                Ok(granted) => Some(Proof::Grant(granted.into())),
                Err(_) => RecoveryCode::parse(&self.0).ok().map(|code| Proof::Recovery(code.into())),
            },
        }
    }
}

impl<'de> Deserialize<'de> for Typed {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        String::deserialize(source).map(|text| Self(Zeroizing::new(text)))
    }
}
