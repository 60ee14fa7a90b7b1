//! `POST /v1/password-resets`: ask for a new password, without being told whether there is anybody.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use twofold_infra::acts::RequestPasswordReset;
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Json;
use crate::problem::Problem;
use crate::routes::door::{AccountName, Visitor};
use crate::routes::show::Secret;
use crate::routes::usual::Entering;

/// Whose password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Forgotten {
    /// `acc_…` or its short name.
    #[schema(value_type = String)]
    account: AccountName,
    /// The address that they sign in with.
    email: Secret,
}

/// It was looked at. Deliberately says no more.
#[derive(Serialize, ToSchema)]
pub(super) struct LookedAt {
    /// Always the same.
    note: &'static str,
}

/// Ask for a new password.
///
/// The answer is the same, in the same time, whether anybody has this address. Where somebody does and has a
/// password here, they get a link: single use, one hour, once a minute and five times an hour at most. It is
/// redeemed at `/v1/set-up`, ends sessions and trust, and touches no second factor.
#[utoipa::path(post, path = "/v1/password-resets", tag = "entry", request_body = Forgotten,
    responses((status = 202, description = "Looked at.", body = LookedAt), Entering))]
pub(super) async fn forgotten(
    State(app): State<App>,
    Visitor(context): Visitor,
    Json(body): Json<Forgotten>,
) -> Result<Response, Problem> {
    let account = body.account.find(&app).await?;
    let act = RequestPasswordReset { email: body.email.expose().to_owned() };
    app.perform(account, context, act).await?;
    let looked = LookedAt { note: "If somebody here has this address, a message is on its way." };
    Ok((StatusCode::ACCEPTED, Json(looked)).into_response())
}
