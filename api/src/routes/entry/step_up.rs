//! `POST /v1/step-up`: show a second factor again, for something sensitive (RFC 9470).

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_infra::acts::{StepUp, SteppedUp};
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Json;
use crate::problem::{Problem, kinds};
use crate::routes::change::{Answer, Placed};
use crate::routes::door::Session;
use crate::routes::show::{Granted, Secret, Signature, proof};
use crate::routes::usual::Changing;

/// One proof.
#[derive(Deserialize, ToSchema)]
#[schema(as = StepUpProof)]
#[serde(deny_unknown_fields)]
pub(super) struct Again {
    /// The code of the authenticator app or hardware token: 6 to 8 digits; spaces and hyphens are passed over. A token
    /// that counts presses and went out of step is found again by two codes in a row, one behind the other in this field.
    #[schema(example = "123456")]
    otp: Option<Secret>,
    /// Or a code that was sent by SMS for this.
    sms_code: Option<Secret>,
    /// Or a recovery code.
    recovery_code: Option<Secret>,
    /// Or what a security key or passkey answered to a challenge of this session.
    assertion: Option<Signature>,
}

/// A session that was raised.
#[derive(Serialize, ToSchema)]
pub(super) struct Raised {
    /// The session goes on under this new token; the old one is void.
    session: Granted,
}

/// Show a second factor again.
///
/// Raises the session for ten minutes. Code `proof_rejected` (422) where the code is not good; it is charged.
#[utoipa::path(post, path = "/v1/step-up", tag = "entry", security(("bearer" = [])), request_body = Again,
    responses((status = 200, description = "The session is raised.", body = Placed<Raised>), Changing))]
pub(super) async fn step_up(
    State(app): State<App>,
    session: Session,
    Json(body): Json<Again>,
) -> Result<Response, Problem> {
    let (otp, sms_code) = (body.otp.as_ref(), body.sms_code.as_ref());
    let typed = proof(otp, sms_code, body.recovery_code.as_ref(), body.assertion.as_ref())?;
    let account = session.credential.account();
    let act = StepUp { credential: session.credential, proof: typed.proof };
    let done = app.perform(account, session.context, act).await?;
    match done.reply {
        SteppedUp::Refused(why) => {
            Err(Problem::of_refusal(kinds::PROOF_REJECTED_HERE, why, typed.pointer, app.now_of(account)))
        }
        SteppedUp::Raised(grant) => Ok(Answer::ok(Raised { session: grant.into() }).at(done.position)),
    }
}
