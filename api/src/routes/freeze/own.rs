//! `POST /v1/users/me/freeze`: freeze one's own sign-in.

use axum::extract::State;
use axum::response::Response;
use twofold_infra::acts::FreezeOwn;

use super::FrozenShown;
use crate::app::App;
use crate::extract::Json;
use crate::problem::Problem;
use crate::routes::change::{Answer, Empty, Placed};
use crate::routes::door::Session;
use crate::routes::usual::Changing;

/// This was not me: freeze my sign-in.
///
/// This session ends with every other one. A link back goes to the address that recovery uses.
#[utoipa::path(post, path = "/v1/users/me/freeze", tag = "recovery", operation_id = "freeze_own",
    security(("bearer" = [])), request_body = Empty,
    responses((status = 200, description = "It is frozen.", body = Placed<FrozenShown>), Changing))]
pub(super) async fn freeze_own(
    State(app): State<App>,
    session: Session,
    _nothing: Json<Empty>,
) -> Result<Response, Problem> {
    let account = session.credential.account();
    let act = FreezeOwn { credential: session.credential };
    let done = app.perform(account, session.context, act).await?;
    let shown = FrozenShown::from(done.reply).with_recent(&app, account).await?;
    Ok(Answer::ok(shown).at(done.position))
}
