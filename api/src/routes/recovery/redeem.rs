//! `POST /v1/recovery-grants/redeem`: the link of a grant shows its code, once.
//!
//! The token comes in the body, not in the path: paths end in the logs of whatever stands between.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::ids::RecoveryId;
use twofold_infra::acts::RevealGrant;
use twofold_infra::verify::token::{Bearer, LinkToken};
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Json;
use crate::problem::{Problem, kinds};
use crate::routes::change::{Answer, Placed};
use crate::routes::door::Visitor;
use crate::routes::show::{Instant, Secret};
use crate::routes::usual::Entering;

/// A link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Redeem {
    /// The last segment of the link: `tfl_…`.
    token: Secret,
}

/// The code, shown once.
#[derive(Serialize, ToSchema)]
pub(super) struct Redeemed {
    /// The case.
    #[schema(value_type = String)]
    case: RecoveryId,
    /// Send it as `recovery_code` after the password.
    code: Secret,
    /// When it ends.
    expires_at: Instant,
}

/// See the code of a recovery grant.
///
/// A link works once; `link_over` says nothing about whether there ever was one.
#[utoipa::path(post, path = "/v1/recovery-grants/redeem", tag = "recovery", operation_id = "redeem_recovery",
    request_body = Redeem,
    responses((status = 200, description = "The code.", body = Placed<Redeemed>), Entering))]
pub(super) async fn redeem(
    State(app): State<App>,
    Visitor(context): Visitor,
    Json(body): Json<Redeem>,
) -> Result<Response, Problem> {
    let over = || Problem::new(kinds::LINK_OVER).detail("this link is no longer valid");
    let token = Bearer::<LinkToken>::parse(body.token.expose()).map_err(|_| over())?;
    let act = RevealGrant { token: token.into() };
    let account = act.account();
    let done = app.perform(account, context, act).await.map_err(|problem| {
        // An account that is not there is a link that was never made.
        if problem.kind() == kinds::NOT_FOUND { over() } else { problem }
    })?;
    let reply = done.reply;
    let (code, expires_at) = (Secret::from(reply.code), Instant(reply.expires_at));
    Ok(Answer::ok(Redeemed { case: reply.recovery, code, expires_at }).at(done.position))
}
