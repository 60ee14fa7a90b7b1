//! `POST /v1/users/{user}/hardware-tokens`: hand a token of the stock to somebody.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::ids::StockTokenId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::user::Help;
use twofold_infra::acts::AssignToken;
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::routes::change::{Answer, Placed};
use crate::routes::door::{Session, UserName};
use crate::routes::usual::Changing;

/// Which token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Serial {
    /// What is printed on it.
    serial: String,
}

/// A token that was handed out.
#[derive(Serialize, ToSchema)]
pub(super) struct HandedOut {
    /// Which: the person sends it as `assigned` to begin its binding.
    #[schema(value_type = String)]
    token: StockTokenId,
}

/// Hand a hardware token to somebody.
///
/// It protects nothing before their own first code, which takes what every binding takes. Code `taken` where
/// somebody has it; 404 where the stock has no such serial.
#[utoipa::path(post, path = "/v1/users/{user}/hardware-tokens", tag = "factors", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`")), request_body = Serial,
    responses((status = 200, description = "Handed out.", body = Placed<HandedOut>), Changing))]
pub(super) async fn assign_token(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Json(Serial { serial }): Json<Serial>,
) -> Result<Response, Problem> {
    let (_, user) = session.may_help(&app, who, Deed::AssignToken, Help::Token).await?;
    let act = AssignToken { credential: session.credential.clone(), user, serial };
    let done = app.perform(session.credential.account(), session.context, act).await?;
    Ok(Answer::ok(HandedOut { token: done.reply }).at(done.position))
}
