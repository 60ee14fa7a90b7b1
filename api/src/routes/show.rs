//! Shapes that several answers share.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use twofold_domain::account::Account;
use twofold_domain::device::{Method, Scope};
use twofold_domain::ids::{ClientId, DeviceId, SessionId, UserId};
use twofold_domain::policy::Role;
use twofold_domain::sealed::{Kind, Sealed};
use twofold_domain::time::Timestamp;
use twofold_infra::acts::{Challenged, Proof, SessionGrant, Signed};
use twofold_infra::verify::code::{OtpCode, TextedCode};
use twofold_infra::verify::grant::GrantCode;
use twofold_infra::verify::password::Password;
use twofold_infra::verify::recovery::RecoveryCode;
use twofold_infra::verify::webauthn::Assertion;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::app::App;
use crate::problem::{Problem, kinds};

/// An instant as RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = DateTime, example = "2026-03-31T23:59:59.000000Z")]
pub(super) struct Instant(pub(super) Timestamp);

impl TryFrom<String> for Instant {
    type Error = twofold_domain::time::NotAnInstant;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

/// Where a span begins: an instant as RFC 3339, or a bare date, which means its beginning in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = DateTime, example = "2026-03-31T00:00:00.000000Z")]
pub(super) struct Since(pub(super) Timestamp);

impl TryFrom<String> for Since {
    type Error = twofold_domain::time::NotAnInstant;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Timestamp::beginning(&text).map(Self)
    }
}

impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl From<Timestamp> for Instant {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

/// A text that only its reader may know, on its way out or in. It is not printed; zeroised.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(from = "String")]
#[schema(value_type = String, format = Password)]
pub(super) struct Secret(Zeroizing<String>);

impl Secret {
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// As a password.
    pub(super) fn password(&self) -> Result<Password, Problem> {
        Password::parse(self.expose()).map_err(|why| invalid("/password", &why))
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<Zeroizing<String>> for Secret {
    fn from(text: Zeroizing<String>) -> Self {
        Self(text)
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// A field with a text that cannot be what it should.
pub(super) fn invalid(pointer: &'static str, why: &impl ToString) -> Problem {
    Problem::new(kinds::INVALID_FIELDS).field(pointer, "invalid_value", why.to_string())
}

/// What a security key or passkey answered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Signature {
    /// The `state` of the challenge, as it was given out.
    state: String,
    /// What `navigator.credentials.get()` made, as its `toJSON()` writes it.
    #[schema(value_type = Object)]
    credential: Value,
}

/// What a security key or passkey is to sign.
#[derive(Serialize, ToSchema)]
pub(super) struct KeyChallenge {
    /// `PublicKeyCredentialRequestOptionsJSON` of WebAuthn level 3, for
    /// `PublicKeyCredential.parseRequestOptionsFromJSON()`.
    #[schema(value_type = Object)]
    public_key: Value,
    /// Sealed: send it back with the answer.
    state: String,
    /// When the challenge is over.
    expires_at: Instant,
}

impl From<Challenged> for KeyChallenge {
    fn from(challenged: Challenged) -> Self {
        let Challenged { options, state, expires_at } = challenged;
        Self { public_key: options, state, expires_at: expires_at.into() }
    }
}

/// A second factor as it was shown: one of the four.
pub(super) struct Typed {
    pub(super) proof: Proof,
    pub(super) pointer: &'static str,
}

/// Reads the one proof of a body.
pub(super) fn proof(
    otp: Option<&Secret>,
    sms_code: Option<&Secret>,
    recovery_code: Option<&Secret>,
    assertion: Option<&Signature>,
) -> Result<Typed, Problem> {
    match (otp, sms_code, recovery_code, assertion) {
        (Some(text), None, None, None) => {
            let code = OtpCode::parse(text.expose()).map_err(|why| invalid("/otp", &why))?;
            Ok(Typed { proof: Proof::Otp(code.into()), pointer: "/otp" })
        }
        (None, Some(text), None, None) => {
            let code = TextedCode::parse(text.expose()).map_err(|why| invalid("/sms_code", &why))?;
            Ok(Typed { proof: Proof::Sms(code.into()), pointer: "/sms_code" })
        }
        (None, None, Some(text), None) => {
            let proof = if let Ok(granted) = GrantCode::parse(text.expose()) {
                Proof::Grant(granted.into())
            } else {
                let code = RecoveryCode::parse(text.expose());
                Proof::Recovery(code.map_err(|why| invalid("/recovery_code", &why))?.into())
            };
            Ok(Typed { proof, pointer: "/recovery_code" })
        }
        (None, None, None, Some(Signature { state, credential })) => {
            let answer =
                Assertion::parse(credential).map_err(|why| invalid("/assertion/credential", &why))?;
            let signed = Signed { answer, state: state.clone() };
            Ok(Typed { proof: Proof::Assertion(signed.into()), pointer: "/assertion" })
        }
        (None, None, None, None) => Err(Problem::new(kinds::INVALID_FIELDS).field(
            "/otp",
            "missing_field",
            "send `otp`, `sms_code`, `recovery_code`, or `assertion`",
        )),
        (Some(_), Some(_), ..) => Err(one_only("/sms_code")),
        (Some(_), _, Some(_), _) | (_, Some(_), Some(_), _) => Err(one_only("/recovery_code")),
        (.., Some(_)) => Err(one_only("/assertion")),
    }
}

fn one_only(pointer: &'static str) -> Problem {
    Problem::new(kinds::INVALID_FIELDS).field(
        pointer,
        "unexpected_field",
        "send one of `otp`, `sms_code`, `recovery_code`, and `assertion`",
    )
}

/// A session that began or was raised, with its new token. The token that was used before is void.
#[derive(Serialize, ToSchema)]
pub(super) struct Granted {
    /// The session.
    #[schema(value_type = String, example = "ses_01kabcdefghjkmnpqrstvwxyz0")]
    id: SessionId,
    /// Send it as `Authorization: Bearer`.
    token: Secret,
    /// Its person.
    #[schema(value_type = String)]
    user: UserId,
    /// Their role.
    #[schema(value_type = String)]
    role: Role,
    /// Its device.
    #[schema(value_type = String)]
    device: DeviceId,
    /// How its person was authenticated: `password`, `trust`, `otp`, `recovery_code`, `sms_code`, `assertion`;
    /// `asserted` where a program vouched for them and nothing else was shown.
    method: &'static str,
    /// The authenticator assurance level (NIST SP 800-63B-4): 2 where a second factor was shown in it.
    assurance: u8,
    /// Whether it may outlive the browser: a program that keeps the token must otherwise forget it when it is
    /// closed.
    persistent: bool,
    /// Whether an app must ask for its PIN or biometrics when it is opened.
    reauthorise_on_open: bool,
}

impl From<SessionGrant> for Granted {
    fn from(grant: SessionGrant) -> Self {
        Self {
            id: grant.session,
            assurance: assurance(grant.method),
            token: grant.token.into(),
            user: grant.user,
            role: grant.role,
            device: grant.device,
            method: grant.method.into(),
            persistent: grant.stays.is_some(),
            reauthorise_on_open: grant.reauthorise_on_open,
        }
    }
}

/// The assurance level that a method gives.
pub(super) const fn assurance(method: Method) -> u8 {
    match method {
        Method::Password | Method::Asserted | Method::Trust => 1,
        Method::Otp | Method::RecoveryCode | Method::SmsCode | Method::Assertion | Method::RecoveryGrant => 2,
    }
}

/// A session as lists show it.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionShown {
    /// The session.
    #[schema(value_type = String)]
    pub(super) id: SessionId,
    /// Its device.
    #[schema(value_type = String)]
    pub(super) device: DeviceId,
    /// Whether it is the one that asks; absent where it is of the past.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) current: Option<bool>,
    /// `full`, or `enrolment` where nothing but enrolling is possible.
    #[schema(value_type = String)]
    pub(super) scope: Scope,
    /// How its person was authenticated, `asserted` where a program vouched for them and nothing else was shown.
    pub(super) method: &'static str,
    /// Its assurance level.
    pub(super) assurance: u8,
    /// Since when.
    pub(super) started_at: Instant,
    /// When a second factor was last shown in it.
    pub(super) proved_at: Option<Instant>,
    /// When it was last seen in use; recorded now and then.
    pub(super) active_at: Instant,
    /// When its app last said that it asked for its PIN or biometrics, and was satisfied.
    pub(super) reauthorised_at: Option<Instant>,
    /// When it ends whatever happens.
    pub(super) ends_at: Instant,
    /// The program that vouched for the first factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client: Option<ClientShown>,
}

/// A program, as others name it.
#[derive(Serialize, ToSchema)]
pub(super) struct ClientShown {
    /// The program.
    #[schema(value_type = String)]
    id: ClientId,
    /// Its name.
    name: String,
}

impl ClientShown {
    /// The program behind a session.
    pub(super) fn of(account: &Account, client: Option<ClientId>) -> Option<Self> {
        let id = client?;
        Some(Self { id, name: account.clients.get(&id)?.name.clone() })
    }
}

/// Opens a personal value; nothing once its person is erased.
pub(super) async fn open<K: Kind>(
    app: &App,
    account: twofold_domain::ids::AccountId,
    person: UserId,
    sealed: &Sealed<K>,
) -> Result<Option<String>, Problem> {
    let clear = app.desk.vault().unseal(account, person, sealed).await.map_err(|error| app.problem(error))?;
    Ok(clear.map(|text| text.as_str().to_owned()))
}

/// The same for a value as a read model keeps it.
pub(super) async fn open_bytes<K: Kind>(
    app: &App,
    account: twofold_domain::ids::AccountId,
    person: UserId,
    sealed: Option<Vec<u8>>,
) -> Result<Option<String>, Problem> {
    match sealed {
        Some(bytes) => open(app, account, person, &Sealed::<K>::from_bytes(bytes)).await,
        None => Ok(None),
    }
}
