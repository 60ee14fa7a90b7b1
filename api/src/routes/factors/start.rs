//! `POST /v1/users/me/factors`: begin to bind a factor.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::factor::otp::OtpAlgorithm;
use twofold_domain::factor::token::{MAX_COUNTER, Moves};
use twofold_domain::ids::{FactorId, StockTokenId};
use twofold_infra::acts::{Binding, StartEnrolment, StartKey, TokenSeed};
use twofold_infra::import::seed_bytes;
use twofold_infra::mail::{NotANumber, Number};
use twofold_infra::verify::totp::{OutOfBounds, Seed};
use utoipa::ToSchema;

use super::shown::Started;
use crate::app::App;
use crate::problem::{Problem, kinds};
use crate::routes::change::{Answer, Change, Placed, perform};
use crate::routes::door::Session;
use crate::routes::show::{Secret, invalid};
use crate::routes::usual::Changing;

/// A factor to bind.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewFactor {
    /// What you call it: at most 100 characters.
    #[schema(example = "My phone")]
    name: String,
    /// A hardware token whose seed is known, in place of an authenticator app.
    token: Option<TypedToken>,
    /// A hardware token that staff handed you: `stk_…`, in place of either.
    #[schema(value_type = Option<String>)]
    assigned: Option<StockTokenId>,
    /// `sms` with a `number`, or `webauthn`; otherwise it need not be said.
    kind: Option<NamedKind>,
    /// A telephone number with its country code, to which a code is sent now.
    #[schema(value_type = Option<String>, example = "+44 7911 123456")]
    number: Option<Secret>,
}

/// A kind of factor, where it is said.
#[derive(Deserialize, ToSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum NamedKind {
    /// An authenticator app.
    Totp,
    /// A hardware token.
    Token,
    /// A telephone number.
    Sms,
    /// A security key or passkey.
    Webauthn,
}

/// A hardware token, such as a card that was programmed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TypedToken {
    /// Its seed, in hexadecimal or base 32: 10 to 128 bytes.
    #[schema(value_type = String)]
    seed: Secret,
    /// `SHA1`, `SHA256`, `SHA512`.
    #[serde(default)]
    algorithm: Hash,
    /// Digits of a code: 6 or 8.
    #[serde(default = "six")]
    digits: u8,
    /// Seconds of a time step: 30 or 60; of a token with a clock. 30 if neither this nor `counter` is said.
    period: Option<u8>,
    /// Of a token with a button: its next counter.
    counter: Option<u64>,
}

/// The hash of a token.
#[derive(Deserialize, ToSchema, Default, Clone, Copy)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Hash {
    #[default]
    Sha1,
    Sha256,
    Sha512,
}

const fn six() -> u8 {
    6
}

impl NewFactor {
    /// Whether it is a security key or passkey, of which nothing else is known before.
    fn is_key(&self) -> Result<bool, Problem> {
        if self.kind != Some(NamedKind::Webauthn) {
            return Ok(false);
        }
        let others = [
            ("/token", self.token.is_some()),
            ("/assigned", self.assigned.is_some()),
            ("/number", self.number.is_some()),
        ];
        match others.into_iter().find(|(_, given)| *given) {
            None => Ok(true),
            Some((pointer, _)) => {
                let words = "nothing but a name goes with `kind: webauthn`";
                Err(Problem::new(kinds::INVALID_FIELDS).field(pointer, "unexpected_field", words))
            }
        }
    }

    fn binding(&self) -> Result<Binding, Problem> {
        let fault = |pointer: &str, code: &'static str, words: &str| {
            Err(Problem::new(kinds::INVALID_FIELDS).field(pointer.to_owned(), code, words.to_owned()))
        };
        let by_token = self.token.is_some() || self.assigned.is_some();
        match (self.kind, &self.number) {
            (Some(NamedKind::Sms), None) => return fault("/number", "missing_field", "required"),
            (Some(NamedKind::Sms), Some(_)) if by_token => {
                return fault("/token", "unexpected_field", "a number is no token");
            }
            (Some(NamedKind::Sms), Some(number)) => {
                let number =
                    Number::of_mobile(number.expose()).map_err(|why: NotANumber| invalid("/number", &why))?;
                return Ok(Binding::Phone(number));
            }
            (_, Some(_)) => return fault("/number", "unexpected_field", "a number goes with `kind: sms`"),
            (Some(NamedKind::Totp), None) if by_token => {
                return fault("/kind", "invalid_value", "a token is of kind `token`");
            }
            (Some(NamedKind::Token), None) if !by_token => {
                return fault("/token", "missing_field", "send `token` or `assigned`");
            }
            (Some(NamedKind::Totp | NamedKind::Token | NamedKind::Webauthn) | None, None) => {}
        }
        match (&self.token, self.assigned) {
            (None, None) => Ok(Binding::App),
            (None, Some(token)) => Ok(Binding::Assigned(token)),
            (Some(_), Some(_)) => Err(Problem::new(kinds::INVALID_FIELDS).field(
                "/assigned",
                "unexpected_field",
                "send either `token` or `assigned`, not both",
            )),
            (Some(token), None) => token.read().map(Binding::Token),
        }
    }
}

impl TypedToken {
    fn read(&self) -> Result<TokenSeed, Problem> {
        let bytes = seed_bytes(self.seed.expose()).map_err(|why| invalid("/token/seed", &why))?;
        let seed = Seed::from_bytes(bytes).map_err(|why| invalid("/token/seed", &why))?;
        let moves = match (self.period, self.counter) {
            (Some(_), Some(_)) => {
                return Err(Problem::new(kinds::INVALID_FIELDS).field(
                    "/token/counter",
                    "unexpected_field",
                    "a token has either a clock or a counter",
                ));
            }
            (None, Some(from)) if from > MAX_COUNTER => {
                return Err(invalid("/token/counter", &OutOfBounds::Counter));
            }
            (None, Some(from)) => Moves::Counter { from },
            (period, None) => Moves::Clock { period: period.unwrap_or(30) },
        };
        if !matches!(self.digits, 6 | 8) {
            return Err(invalid("/token/digits", &"a code has 6 or 8 digits"));
        }
        let algorithm = match self.algorithm {
            Hash::Sha1 => OtpAlgorithm::Sha1,
            Hash::Sha256 => OtpAlgorithm::Sha256,
            Hash::Sha512 => OtpAlgorithm::Sha512,
        };
        Ok(TokenSeed { seed: seed.into(), algorithm, digits: self.digits, moves })
    }
}

/// Where a factor is read.
fn place(factor: FactorId) -> String {
    format!("/v1/users/me/factors/{factor}")
}

/// Begin to bind a factor: an authenticator app, a hardware token, a telephone number, a security key, or a passkey.
///
/// For a key, hand `public_key` to `navigator.credentials.create()` and confirm with what it makes; code
/// `keys_not_offered` where the installation is reached by an IP address.
///
/// A first factor takes a code that is mailed along; a further one takes a session that was stepped up. A
/// binding under way is replaced. Codes `enrolment_closed`, `kind_not_allowed`,
/// `ticket_needed`, `too_many_factors`. A token's first code, or two in a row if it is out of step, confirms it.
/// To a number a code is sent: codes `text_later` (429), and `not_texted` where none can be sent; `instead` names
/// the kinds that can be bound. Another number is another factor: bind it, then remove the old one; both are told.
#[utoipa::path(post, path = "/v1/users/me/factors", tag = "factors", security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat shows no secret again.")),
    request_body = NewFactor,
    responses((status = 201, description = "Scan it, or make a credential; then confirm it.", body = Placed<Started>), Changing))]
pub(super) async fn start(
    State(app): State<App>,
    session: Session,
    Change { body, repeat }: Change<NewFactor>,
) -> Result<Response, Problem> {
    let credential = session.credential.clone();
    if body.is_key()? {
        let act = StartKey { credential, name: body.name };
        return perform(&app, &session, &repeat, act, |started| {
            Answer::created(place(started.factor), Started::from(started))
        })
        .await;
    }
    let binding = body.binding()?;
    let act = StartEnrolment { credential, name: body.name, binding };
    perform(&app, &session, &repeat, act, |started| {
        Answer::created(place(started.factor), Started::from(started))
    })
    .await
}
