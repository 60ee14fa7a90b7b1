//! `POST /v1/users/{user}/unlock`: lift one person's locks and waits.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::Unlock;
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Nothing, Placed, perform};
use crate::routes::door::{Session, UserName};
use crate::routes::usual::Changing;

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UnlockReason {
    /// In your words: at most 500 characters. It stands in the log, sealed under the person's key.
    reason: String,
}

/// Lift every lock and wait of one person.
#[utoipa::path(post, path = "/v1/users/{user}/unlock", tag = "people", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = UnlockReason,
    responses((status = 200, description = "They may try again.", body = Placed<Nothing>), Changing))]
pub(super) async fn unlock(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Change { body, repeat }: Change<UnlockReason>,
) -> Result<Response, Problem> {
    let user = who.of(&session.may(&app, Deed::ReadOwn).await?);
    let act = Unlock { credential: session.credential.clone(), user, reason: body.reason };
    perform(&app, &session, &repeat, act, |()| Answer::ok(Nothing {})).await
}
