//! `POST /v1/thaws/challenges`: what a security key or passkey is to sign, to come back to a sign-in that is frozen.

use axum::extract::State;
use axum::response::Response;
use twofold_infra::acts::AskKeyForThaw;

use super::thaw::{Back, by_link, parse};
use crate::app::App;
use crate::extract::Json;
use crate::problem::Problem;
use crate::routes::change::{Answer, Placed};
use crate::routes::door::Visitor;
use crate::routes::show::KeyChallenge;
use crate::routes::usual::Entering;

/// Ask what a security key is to sign, to come back to a frozen sign-in.
///
/// As at the sign-in; send what it answers as `assertion` to `/v1/thaws`, with the `state`. It is good once, for this
/// way back only. Code `no_key` where the person has no security key or passkey that counts.
#[utoipa::path(post, path = "/v1/thaws/challenges", tag = "recovery", operation_id = "challenge_for_thaw",
    request_body = Back,
    responses((status = 200, description = "To be signed.", body = Placed<KeyChallenge>), Entering))]
pub(super) async fn challenge(
    State(app): State<App>,
    Visitor(context): Visitor,
    Json(body): Json<Back>,
) -> Result<Response, Problem> {
    let done = by_link(&app, context, parse(&body.token)?, |token| AskKeyForThaw { token }).await?;
    Ok(Answer::ok(KeyChallenge::from(done.reply)).at(done.position))
}
