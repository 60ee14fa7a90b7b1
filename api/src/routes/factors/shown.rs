//! A factor as answers show it.

use serde::Serialize;
use serde_json::Value;
use twofold_domain::factor::FactorKind;
use twofold_domain::ids::FactorId;
use twofold_infra::acts::{EnrolmentStarted, KeyStarted};
use utoipa::ToSchema;

use crate::routes::change::Repeatably;
use crate::routes::entry::TextShown;
use crate::routes::show::{Instant, Secret};

/// A factor.
#[derive(Serialize, ToSchema)]
pub(super) struct FactorShown {
    /// Its id.
    #[schema(value_type = String)]
    pub(super) id: FactorId,
    /// `pending` until it is confirmed: it protects nothing yet. Then `active`.
    pub(super) state: &'static str,
    /// `totp`, `token`, `sms`, `webauthn`.
    #[schema(value_type = String)]
    pub(super) kind: FactorKind,
    /// Of `webauthn`: `true` of a passkey, which may be kept in several places, `false` of a security key, which
    /// cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) passkey: Option<bool>,
    /// What its owner calls it.
    pub(super) name: Option<String>,
    /// Since when.
    pub(super) since: Instant,
    /// The last two digits of its number, where it has one: `••56`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) number: Option<String>,
    /// Whether it is asked for first.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) preferred: bool,
    /// When it was last accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_used: Option<Instant>,
}

/// A binding that began; of an authenticator app with what it has to know.
///
/// Shown to the session that began it, until the factor is confirmed; never to another, and never again.
#[derive(Serialize, ToSchema)]
pub(super) struct Started {
    /// The factor.
    #[schema(value_type = String)]
    id: FactorId,
    /// `pending`.
    state: &'static str,
    /// `totp`, `token`, `sms`, `webauthn`.
    #[schema(value_type = String)]
    kind: FactorKind,
    /// The seed in base32, in groups of four, for typing.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<Secret>,
    /// The same as `otpauth://totp/…`, for a QR code.
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<Secret>,
    /// `SHA1`, `SHA256`, `SHA512`; of an authenticator app.
    #[serde(skip_serializing_if = "Option::is_none")]
    algorithm: Option<String>,
    /// Digits of a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    digits: Option<u8>,
    /// Seconds for which a code is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<u32>,
    /// The code that was sent to its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<TextShown>,
    /// What a security key or passkey is asked to make: `PublicKeyCredentialCreationOptionsJSON` of WebAuthn
    /// level 3, for `PublicKeyCredential.parseCreationOptionsFromJSON()`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    public_key: Option<Value>,
    /// Whether the confirmation takes the code that was mailed as well.
    mailed_code_needed: bool,
    /// Whether it takes an administrator's ticket instead: nothing was mailed.
    ticket_needed: bool,
    /// The request was repeated: what is shown once was shown. Read the factor from the same session.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    already_shown: bool,
}

impl From<&EnrolmentStarted> for Started {
    fn from(started: &EnrolmentStarted) -> Self {
        let app = started.app.as_ref();
        let parameters = app.map(|app| app.parameters);
        Self {
            id: started.factor,
            state: "pending",
            kind: started.kind,
            key: app.map(|app| app.key.clone().into()),
            uri: app.map(|app| app.uri.clone().into()),
            algorithm: parameters.map(|p| algorithm_name(p.algorithm).to_owned()),
            digits: parameters.map(|p| p.digits),
            period: parameters.map(|p| p.period.into()),
            text: started.text.clone().map(TextShown::from),
            public_key: None,
            mailed_code_needed: started.mailed_code_needed,
            ticket_needed: started.ticket_needed,
            already_shown: false,
        }
    }
}

impl From<&KeyStarted> for Started {
    fn from(started: &KeyStarted) -> Self {
        Self {
            id: started.factor,
            state: "pending",
            kind: FactorKind::Webauthn,
            key: None,
            uri: None,
            algorithm: None,
            digits: None,
            period: None,
            text: None,
            public_key: Some(started.options.clone()),
            mailed_code_needed: started.mailed_code_needed,
            ticket_needed: started.ticket_needed,
            already_shown: false,
        }
    }
}

pub(in crate::routes) const fn algorithm_name(
    algorithm: twofold_domain::factor::otp::OtpAlgorithm,
) -> &'static str {
    use twofold_domain::factor::otp::OtpAlgorithm::{Sha1, Sha256, Sha512};
    match algorithm {
        Sha1 => "SHA1",
        Sha256 => "SHA256",
        Sha512 => "SHA512",
    }
}

impl Repeatably for Started {
    fn repeated(self) -> Self {
        Self { key: None, uri: None, public_key: None, already_shown: true, ..self }
    }
}
