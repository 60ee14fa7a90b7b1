//! `POST /v1/users/me/factors`: begin to bind a factor.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::factor::otp::OtpAlgorithm;
use twofold_domain::factor::token::Moves;
use twofold_domain::ids::{FactorId, StockTokenId};
use twofold_infra::acts::{Binding, StartEnrolment, StartKey, TokenSeed};
use twofold_infra::import::seed_bytes;
use twofold_infra::verify::totp::Seed;
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
    /// Whether it is a security key or passkey (WebAuthn), in place of any of these.
    #[serde(default)]
    security_key: bool,
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
    fn binding(&self) -> Result<Binding, Problem> {
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

/// Begin to bind a factor: an authenticator app, a hardware token, a security key, or a passkey.
///
/// For a key, hand `public_key` to `navigator.credentials.create()` and confirm with what it makes; code
/// `keys_not_offered` where the installation is reached by an IP address.
///
/// A first factor takes a code that is mailed along; a further one takes a session that was stepped up. A
/// binding under way is replaced. Codes `enrolment_closed`, `kind_not_allowed`,
/// `ticket_needed`, `too_many_factors`. A token's first code, or two in a row if it is out of step, confirms it.
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
    if body.security_key {
        if body.token.is_some() || body.assigned.is_some() {
            return Err(Problem::new(kinds::INVALID_FIELDS).field(
                "/security_key",
                "unexpected_field",
                "send one of `security_key`, `token`, and `assigned`",
            ));
        }
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
