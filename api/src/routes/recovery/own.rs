//! `POST /v1/users/me/recovery`, `…/confirm`: a new handset, on a device that is still trusted.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_infra::acts::{Circle, ConfirmWayBack, RequestWayBack, Way};
use utoipa::ToSchema;

use super::door::Mailed;
use super::{WayBack, answer};
use crate::app::App;
use crate::extract::Json;
use crate::problem::Problem;
use crate::routes::change::Placed;
use crate::routes::door::Session;
use crate::routes::show::Secret;
use crate::routes::usual::Changing;

/// The password, again.
#[derive(Deserialize, ToSchema)]
#[schema(as = OwnRecoveryRequest)]
#[serde(deny_unknown_fields)]
pub(super) struct Again {
    password: Secret,
}

/// I have a new handset, and this device is still trusted.
///
/// In a session that the device's trust opened (`not_trusted` otherwise). A code goes to the address that recovery
/// uses; a wrong password is charged, and nothing is mailed behind it.
#[utoipa::path(post, path = "/v1/users/me/recovery", tag = "recovery", operation_id = "request_own_recovery",
    security(("bearer" = [])), request_body = Again,
    responses((status = 202, description = "A code was mailed.", body = Placed<WayBack>), Changing))]
pub(super) async fn request(
    State(app): State<App>,
    session: Session,
    Json(body): Json<Again>,
) -> Result<Response, Problem> {
    let account = session.credential.account();
    let way = Way::Session { credential: session.credential };
    let act = RequestWayBack { way, password: Some(body.password.password()?), circle: Circle::default() };
    let done = app.perform(account, session.context, act).await?;
    Ok(answer(&done.reply, app.now_of(account))?.at(done.position))
}

/// Show the code that was mailed.
///
/// The wait begins, as long as the account's governance says (24 hours, if nobody did). Any use of the second
/// factor, and your word, ends it. When it is over, sign in with the password and bind another factor.
#[utoipa::path(post, path = "/v1/users/me/recovery/confirm", tag = "recovery",
    operation_id = "confirm_own_recovery", security(("bearer" = [])), request_body = Mailed,
    responses((status = 202, description = "The wait began.", body = Placed<WayBack>), Changing))]
pub(super) async fn confirm(
    State(app): State<App>,
    session: Session,
    Json(body): Json<Mailed>,
) -> Result<Response, Problem> {
    let account = session.credential.account();
    let circle = app.circle(account).await?;
    let way = Way::Session { credential: session.credential };
    let act = ConfirmWayBack { way, code: body.code()?.into(), circle };
    let done = app.perform(account, session.context, act).await?;
    Ok(answer(&done.reply, app.now_of(account))?.at(done.position))
}
