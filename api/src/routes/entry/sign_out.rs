//! `POST /v1/sign-out`: end one's own session.

use axum::extract::State;
use axum::response::Response;
use twofold_infra::acts::SignOut;

use crate::app::App;
use crate::problem::Problem;
use crate::routes::change::no_content;
use crate::routes::door::Session;
use crate::routes::usual::Changing;

/// Sign out.
///
/// The session is over at once; the device keeps its trust and its token.
#[utoipa::path(post, path = "/v1/sign-out", tag = "entry", security(("bearer" = [])),
    responses((status = 204, description = "Signed out.", headers(("Twofold-Position" = u64))), Changing))]
pub(super) async fn sign_out(State(app): State<App>, session: Session) -> Result<Response, Problem> {
    let act = SignOut { credential: session.credential.clone() };
    Ok(no_content(&app.perform(session.credential.account(), session.context, act).await?))
}
