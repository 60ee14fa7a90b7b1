//! `POST /v1/sign-ins/{sign_in}/challenges`, `POST /v1/step-up/challenges`: what a security key or passkey is to
//! sign.

use axum::extract::State;
use axum::response::Response;
use twofold_domain::ids::SignInId;
use twofold_infra::acts::{AskKey, AskKeyAtSignIn};

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Placed};
use crate::routes::door::{Session, ThisDevice, Visitor, of_device};
use crate::routes::show::KeyChallenge;
use crate::routes::usual::{Changing, Entering};

/// Ask what a security key is to sign, to finish a sign-in.
///
/// Hand `public_key` to `navigator.credentials.get()`, and send what it answers as `assertion` to
/// `/v1/sign-ins/{sign_in}/proofs`, with the `state`. It is good once, for this sign-in only. Code `no_key` where
/// the person has no security key or passkey that counts.
#[utoipa::path(post, path = "/v1/sign-ins/{sign_in}/challenges", tag = "entry",
    params(("sign_in" = String, Path, description = "`sin_…`"),
        ("Twofold-Device" = String, Header, description = "The device token of the challenge.")),
    responses((status = 200, description = "To be signed.", body = Placed<KeyChallenge>), Entering))]
pub(super) async fn at_sign_in(
    State(app): State<App>,
    Visitor(context): Visitor,
    ThisDevice(device): ThisDevice,
    Path(sign_in): Path<SignInId>,
) -> Result<Response, Problem> {
    let account = device.account();
    let act = AskKeyAtSignIn { device, sign_in };
    let done = app.perform(account, context, act).await.map_err(of_device)?;
    Ok(Answer::ok(KeyChallenge::from(done.reply)).at(done.position))
}

/// Ask what a security key is to sign, to show a second factor again.
///
/// As at the sign-in; good for this session only.
#[utoipa::path(post, path = "/v1/step-up/challenges", tag = "entry", security(("bearer" = [])),
    responses((status = 200, description = "To be signed.", body = Placed<KeyChallenge>), Changing))]
pub(super) async fn at_step_up(State(app): State<App>, session: Session) -> Result<Response, Problem> {
    let account = session.credential.account();
    let act = AskKey { credential: session.credential, disable: false };
    let done = app.perform(account, session.context, act).await?;
    Ok(Answer::ok(KeyChallenge::from(done.reply)).at(done.position))
}
