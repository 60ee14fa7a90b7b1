//! `GET /v1/users/me/recovery-codes`: how many are left.

use axum::extract::State;
use serde::Serialize;
use twofold_domain::permission::Act as Deed;
use utoipa::ToSchema;

use crate::app::App;
use crate::as_of::Viewed;
use crate::problem::Problem;
use crate::routes::as_of::AsOf;
use crate::routes::door::Session;
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
    responses((status = 200, description = "How many.", body = Viewed<CodesLeft>), Reading))]
pub(super) async fn codes(
    State(app): State<App>,
    session: Session,
    asked: AsOf,
) -> Result<Viewed<CodesLeft>, Problem> {
    let me = session.may(&app, Deed::ReadOwn).await?;
    let at = asked.stand(&app, me.account, &[]).await?;
    let generation = at.account(&app).await?.state.generation;
    let state = at.user(&app, me.user).await?.state;
    let codes = state.enrolled(generation).and_then(|enrolled| enrolled.codes.as_ref());
    let (left, of) = codes.map_or((0, 0), |codes| (codes.left(), codes.count));
    Ok(at.shows(CodesLeft { left, of }))
}
