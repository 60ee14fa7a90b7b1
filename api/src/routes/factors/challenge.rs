//! `POST /v1/users/me/two-factor/disable/challenges`: what a security key is to sign, to switch it all off.

use axum::extract::State;
use axum::response::Response;
use twofold_infra::acts::AskKey;

use crate::app::App;
use crate::problem::Problem;
use crate::routes::change::{Answer, Placed};
use crate::routes::door::Session;
use crate::routes::show::KeyChallenge;
use crate::routes::usual::Changing;

/// Ask what a security key is to sign, to switch off my second factor.
///
/// As at the sign-in; good for this session and for nothing else.
#[utoipa::path(post, path = "/v1/users/me/two-factor/disable/challenges", tag = "factors",
    security(("bearer" = [])),
    responses((status = 200, description = "To be signed.", body = Placed<KeyChallenge>), Changing))]
pub(super) async fn disable_challenge(State(app): State<App>, session: Session) -> Result<Response, Problem> {
    let account = session.credential.account();
    let act = AskKey { credential: session.credential, disable: true };
    let done = app.perform(account, session.context, act).await?;
    Ok(Answer::ok(KeyChallenge::from(done.reply)).at(done.position))
}
