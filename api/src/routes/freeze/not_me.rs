//! `POST /v1/not-me`: use the link that stands in a notice; the sign-in of its person freezes.
//!
//! The token comes in the body, not in the path: paths end in the logs of whatever stands between.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_infra::acts::FreezeByLink;
use twofold_infra::verify::NotMe;
use utoipa::ToSchema;

use super::FrozenShown;
use crate::app::App;
use crate::extract::Json;
use crate::problem::{Problem, kinds};
use crate::routes::change::{Answer, Placed};
use crate::routes::door::Visitor;
use crate::routes::show::Secret;
use crate::routes::usual::Entering;

/// The link of a notice.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Denied {
    /// The last segment of the link: `tfn_…`.
    token: Secret,
}

/// This was not me: freeze my sign-in.
///
/// Every notice carries such a link. Sessions, trust, tokens, links, and whatever waits end; nothing of the person's
/// opens anything until they are back. Each freeze leaves the links of earlier notices dead: `link_over`, which says
/// nothing about whether there ever was one.
#[utoipa::path(post, path = "/v1/not-me", tag = "recovery", operation_id = "not_me", request_body = Denied,
    responses((status = 200, description = "It is frozen.", body = Placed<FrozenShown>), Entering))]
pub(super) async fn not_me(
    State(app): State<App>,
    Visitor(context): Visitor,
    Json(body): Json<Denied>,
) -> Result<Response, Problem> {
    let over = || Problem::new(kinds::LINK_OVER).detail("this link is no longer valid");
    let token = NotMe::parse(body.token.expose()).map_err(|_| over())?;
    let act = FreezeByLink { token: token.into() };
    let account = act.account();
    let done = app.perform(account, context, act).await.map_err(|problem| {
        // An account that is not there is a link that was never made.
        if problem.kind() == kinds::NOT_FOUND { over() } else { problem }
    })?;
    let shown = FrozenShown::from(done.reply).with_recent(&app, account).await?;
    Ok(Answer::ok(shown).at(done.position))
}
