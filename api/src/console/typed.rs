//! Secrets as a form sends them, until they are parsed.

use serde::{Deserialize, Deserializer};
use twofold_infra::acts::{Proof, ShownFirst, Signed};
use twofold_infra::verify::code::OtpCode;
use twofold_infra::verify::grant::GrantCode;
use twofold_infra::verify::recovery::RecoveryCode;
use twofold_infra::verify::webauthn::{Assertion, Attestation};
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
            Ok(otp) => Some(Proof::Digits(otp.into())),
            Err(_) => match GrantCode::parse(&self.0) {
                Ok(granted) => Some(Proof::Grant(granted.into())),
                Err(_) => RecoveryCode::parse(&self.0).ok().map(|code| Proof::Recovery(code.into())),
            },
        }
    }
}

/// What a form brings of a security key or passkey: nothing, where a code was typed.
#[derive(Deserialize, Default)]
pub(super) struct KeyAnswer {
    #[serde(default)]
    state: String,
    #[serde(default)]
    credential: String,
}

impl KeyAnswer {
    /// Whether a key answered.
    pub(super) fn given(&self) -> bool {
        !self.credential.is_empty()
    }

    /// The credential that was made; `None` where it is none.
    pub(super) fn made(&self) -> Option<ShownFirst> {
        let value = serde_json::from_str(&self.credential).ok()?;
        Attestation::parse(&value).ok().map(|made| ShownFirst::Key(made.into()))
    }

    /// The second factor that it is; `None` where it is none.
    pub(super) fn proof(&self) -> Option<Proof> {
        let value = serde_json::from_str(&self.credential).ok()?;
        let answer = Assertion::parse(&value).ok()?;
        Some(Proof::Assertion(Signed { answer, state: self.state.clone() }.into()))
    }
}

impl<'de> Deserialize<'de> for Typed {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        String::deserialize(source).map(|text| Self(Zeroizing::new(text)))
    }
}
