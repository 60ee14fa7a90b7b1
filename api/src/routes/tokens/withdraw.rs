//! `POST /v1/users/{user}/hardware-tokens/withdraw`: take back a token that is not bound.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::ids::StockTokenId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::user::Help;
use twofold_infra::acts::WithdrawToken;
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::routes::change::{Answer, Nothing, Placed};
use crate::routes::door::{Session, UserName};
use crate::routes::usual::Changing;

/// Which token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Withdrawn {
    /// As it was handed out: `stk_…`.
    #[schema(value_type = String)]
    token: StockTokenId,
}

/// Take back a hardware token.
///
/// One that they have not bound; a bound one is theirs until they remove it or are reset.
#[utoipa::path(post, path = "/v1/users/{user}/hardware-tokens/withdraw", tag = "factors",
    security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`")), request_body = Withdrawn,
    responses((status = 200, description = "In the stock again.", body = Placed<Nothing>), Changing))]
pub(super) async fn withdraw_token(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Json(Withdrawn { token }): Json<Withdrawn>,
) -> Result<Response, Problem> {
    let (_, user) = session.may_help(&app, who, Deed::AssignToken, Help::Token).await?;
    let act = WithdrawToken { credential: session.credential.clone(), user, token };
    let done = app.perform(session.credential.account(), session.context, act).await?;
    Ok(Answer::ok(Nothing {}).at(done.position))
}
