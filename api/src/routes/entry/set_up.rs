//! `POST /v1/set-up`: use a one-time link to set a password.
//!
//! The token comes in the body, not in the path: paths end in the logs of whatever stands between.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::ids::{AccountId, UserId};
use twofold_infra::acts::RedeemLink;
use twofold_infra::verify::token::{Bearer, LinkToken};
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Json;
use crate::problem::{Problem, kinds};
use crate::routes::change::{Answer, Placed};
use crate::routes::door::Visitor;
use crate::routes::show::Secret;
use crate::routes::usual::Entering;

/// A link and the password that was chosen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetUp {
    /// The last segment of the link: `tfl_…`.
    token: Secret,
    /// At least as many characters as the account asks of this person, 8 beside a second factor and 15 alone unless it
    /// asks for more; a refusal says how many. Every character counts.
    password: Secret,
}

/// Whose password was set.
#[derive(Serialize, ToSchema)]
pub(super) struct SetUpDone {
    /// Their account.
    #[schema(value_type = String)]
    account: AccountId,
    /// The person.
    #[schema(value_type = String)]
    user: UserId,
}

/// Set a password with a one-time link.
///
/// A link works once; `link_over` says nothing about whether there ever was one. Signing in comes next.
#[utoipa::path(post, path = "/v1/set-up", tag = "entry", request_body = SetUp,
    responses((status = 200, description = "The password is set.", body = Placed<SetUpDone>), Entering))]
pub(super) async fn set_up(
    State(app): State<App>,
    Visitor(context): Visitor,
    Json(body): Json<SetUp>,
) -> Result<Response, Problem> {
    let over = || Problem::new(kinds::LINK_OVER).detail("this link is no longer valid");
    let token = Bearer::<LinkToken>::parse(body.token.expose()).map_err(|_| over())?;
    let act = RedeemLink { token: token.into(), password: body.password.password()? };
    let account = act.account();
    let done = app.perform(account, context, act).await.map_err(|problem| {
        // An account that is not there is a link that was never made.
        if problem.kind() == kinds::NOT_FOUND { over() } else { problem }
    })?;
    Ok(Answer::ok(SetUpDone { account, user: done.reply }).at(done.position))
}
