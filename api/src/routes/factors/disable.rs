//! `POST /v1/users/me/two-factor/disable`: switch off one's own second factor.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_infra::acts::{DisableOwn, Disabled};
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Json;
use crate::problem::{Problem, kinds};
use crate::routes::change::{Answer, Placed};
use crate::routes::door::Session;
use crate::routes::show::{Granted, Secret, Signature, proof};
use crate::routes::usual::Changing;

/// The password, and a fresh proof.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Fresh {
    password: Secret,
    /// The code of the authenticator app or hardware token: 6 to 8 digits; spaces and hyphens are passed over. A token
    /// that counts presses and went out of step is found again by two codes in a row, one behind the other in this field.
    #[schema(example = "123456")]
    otp: Option<Secret>,
    /// Or a code that was sent by SMS for this.
    sms_code: Option<Secret>,
    /// Or a recovery code.
    recovery_code: Option<Secret>,
    /// Or what a security key or passkey answered to a challenge for this.
    assertion: Option<Signature>,
}

/// A second factor that is off.
#[derive(Serialize, ToSchema)]
pub(super) struct Off {
    /// The session goes on under this new token; every other one ended.
    session: Granted,
}

/// Switch off my second factor.
///
/// Refused while the policy requires one (`required_by_policy`). Code `proof_rejected` (422) names what was not
/// good; it is charged.
#[utoipa::path(post, path = "/v1/users/me/two-factor/disable", tag = "factors", security(("bearer" = [])),
    request_body = Fresh,
    responses((status = 200, description = "It is off.", body = Placed<Off>), Changing))]
pub(super) async fn disable(
    State(app): State<App>,
    session: Session,
    Json(body): Json<Fresh>,
) -> Result<Response, Problem> {
    let (otp, sms_code) = (body.otp.as_ref(), body.sms_code.as_ref());
    let typed = proof(otp, sms_code, body.recovery_code.as_ref(), body.assertion.as_ref())?;
    let password = body.password.password()?;
    let account = session.credential.account();
    let act = DisableOwn { credential: session.credential, password, proof: typed.proof };
    let done = app.perform(account, session.context, act).await?;
    match done.reply {
        Disabled::Refused(why) => {
            Err(Problem::of_refusal(kinds::PROOF_REJECTED_HERE, why, typed.pointer, app.now_of(account)))
        }
        Disabled::Off(grant) => Ok(Answer::ok(Off { session: grant.into() }).at(done.position)),
    }
}
