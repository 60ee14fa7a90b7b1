//! `POST /v1/users/{user}/freeze`: freeze somebody's sign-in for them.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::{FreezeSomebody, Froze};
use utoipa::ToSchema;

use super::FrozenShown;
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Placed, perform};
use crate::routes::door::{Session, UserName};
use crate::routes::usual::Changing;

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FreezeReason {
    /// In your words: at most 500 characters. It stands in the log, sealed under the person's key.
    reason: String,
}

/// Freeze somebody's sign-in.
///
/// Of strictly lower roles only. Sessions, trust, tokens, links, and whatever waits end, and the person is mailed the
/// way back: they choose a new password there.
#[utoipa::path(post, path = "/v1/users/{user}/freeze", tag = "recovery", operation_id = "freeze",
    security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = FreezeReason,
    responses((status = 200, description = "It is frozen.", body = Placed<FrozenShown>), Changing))]
pub(super) async fn freeze(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Change { body, repeat }: Change<FreezeReason>,
) -> Result<Response, Problem> {
    let user = who.of(&session.may(&app, Deed::ReadOwn).await?);
    let act = FreezeSomebody { credential: session.credential.clone(), user, reason: body.reason };
    perform(&app, &session, &repeat, act, |froze: &Froze| Answer::ok(FrozenShown::from(*froze))).await
}
