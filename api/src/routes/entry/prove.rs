//! `POST /v1/sign-ins/{sign_in}/proofs`: answer a challenge.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::ids::SignInId;
use twofold_infra::acts::{ProveSignIn, Proved};
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::{Json, Path};
use crate::problem::{Problem, kinds};
use crate::routes::change::{Answer, Placed};
use crate::routes::door::{ThisDevice, Visitor, not_recognised, of_device};
use crate::routes::show::{Granted, Instant, Secret, Signature, proof};
use crate::routes::usual::Entering;

/// One proof, and whether this device is to be trusted from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewProof {
    /// The code of the authenticator app or hardware token: 6 to 8 digits; spaces and hyphens are passed over. A token
    /// that counts presses and went out of step is found again by two codes in a row, one behind the other in this field.
    #[schema(example = "123456")]
    otp: Option<Secret>,
    /// Or a code that was sent by SMS for this.
    sms_code: Option<Secret>,
    /// Or a recovery code.
    recovery_code: Option<Secret>,
    /// Or what a security key or passkey answered to a challenge of this sign-in.
    assertion: Option<Signature>,
    /// Let this device skip the second factor for the days that were offered.
    #[serde(default)]
    trust_device: bool,
}

/// A sign-in that was completed.
#[derive(Serialize, ToSchema)]
pub(super) struct Completed {
    /// The session.
    session: Granted,
    /// Until when this device may skip the second factor, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    trusted_until: Option<Instant>,
}

/// Answer a challenge with a second factor.
///
/// The device token of the challenge must come along. A wrong answer is charged before it is told: code
/// `proof_rejected` with `reason` `wrong`, `expired`, or `replayed`, and `retry_at` where there is a wait.
/// Code `trust_not_offered` where the policy asks at every sign-in.
#[utoipa::path(post, path = "/v1/sign-ins/{sign_in}/proofs", tag = "entry",
    params(("sign_in" = String, Path, description = "`sin_…`"),
        ("Twofold-Device" = String, Header, description = "The device token of the challenge.")),
    request_body = NewProof,
    responses((status = 200, description = "Signed in.", body = Placed<Completed>), Entering))]
pub(super) async fn prove(
    State(app): State<App>,
    Visitor(context): Visitor,
    ThisDevice(device): ThisDevice,
    Path(sign_in): Path<SignInId>,
    Json(body): Json<NewProof>,
) -> Result<Response, Problem> {
    let (otp, sms_code) = (body.otp.as_ref(), body.sms_code.as_ref());
    let typed = proof(otp, sms_code, body.recovery_code.as_ref(), body.assertion.as_ref())?;
    let act = ProveSignIn { device, sign_in, proof: typed.proof, trust: body.trust_device };
    let account = act.account();
    let done = app.perform(account, context, act).await.map_err(of_device)?;
    match done.reply {
        Proved::Refused(why) => {
            Err(Problem::of_refusal(kinds::PROOF_REJECTED, why, typed.pointer, app.now_of(account)))
        }
        Proved::NotRecognised => Err(not_recognised()),
        Proved::Session { grant, trusted_until } => {
            let body = Completed { session: grant.into(), trusted_until: trusted_until.map(Instant) };
            Ok(Answer::ok(body).at(done.position))
        }
    }
}
