//! `POST /v1/users/{user}/recovery/stop`: end a grant, or a reset that waits.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::ids::RecoveryId;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::StopRecovery;
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Nothing, Placed, perform};
use crate::routes::door::{Session, UserName};
use crate::routes::usual::Changing;

/// Which case.
#[derive(Deserialize, ToSchema)]
#[schema(as = RecoveryToStop)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// `rec_…`
    #[schema(value_type = String)]
    case: RecoveryId,
}

/// End a grant, or a reset that waits.
///
/// It only ever keeps things as they are, so it takes no second factor. The person is told. What leads back from a freeze,
/// owners and admins end, and no agent: whoever may freeze would keep somebody out with it. Nobody ends the word of a
/// higher role (403, on record).
#[utoipa::path(post, path = "/v1/users/{user}/recovery/stop", tag = "recovery", operation_id = "stop_recovery",
    security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…` or `me`."),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = Which,
    responses((status = 200, description = "It is over.", body = Placed<Nothing>), Changing))]
pub(super) async fn stop(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Change { body, repeat }: Change<Which>,
) -> Result<Response, Problem> {
    let me = session.may(&app, Deed::ReadOwn).await?;
    let act = StopRecovery { credential: session.credential.clone(), user: who.of(&me), recovery: body.case };
    perform(&app, &session, &repeat, act, |()| Answer::ok(Nothing {})).await
}
