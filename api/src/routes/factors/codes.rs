//! `GET /v1/users/me/recovery-codes`: how many are left.

use axum::extract::State;
use serde::Serialize;
use twofold_domain::ids::StreamId;
use twofold_domain::permission::Act as Deed;
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Json;
use crate::problem::Problem;
use crate::routes::door::{Session, user};
use crate::routes::usual::Reading;

/// How many recovery codes are left. The codes themselves are shown once, when they are made.
#[derive(Serialize, ToSchema)]
pub(super) struct CodesLeft {
    /// How many can still be used.
    left: u8,
    /// How many there were.
    of: u8,
}

/// My recovery codes: how many are left.
#[utoipa::path(get, path = "/v1/users/me/recovery-codes", tag = "factors", security(("bearer" = [])),
    responses((status = 200, description = "How many.", body = CodesLeft), Reading))]
pub(super) async fn codes(State(app): State<App>, session: Session) -> Result<Json<CodesLeft>, Problem> {
    let me = session.may(&app, Deed::ReadOwn).await?;
    let generation = app.desk.log().accounts.load(StreamId::account(me.account)).await?.state.generation;
    let state = user(&app, me.account, me.user).await?.state;
    let codes = state.enrolled(generation).and_then(|enrolled| enrolled.codes.as_ref());
    let (left, of) = codes.map_or((0, 0), |codes| (codes.left(), codes.count));
    Ok(Json(CodesLeft { left, of }))
}
