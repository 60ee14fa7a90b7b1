//! `POST /v1/users/me/reset-two-factor/cancel`: object to the reset of one's own that waits.

use axum::extract::State;
use axum::response::Response;
use twofold_infra::acts::CancelReset;

use crate::app::App;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Empty, Nothing, Placed, perform};
use crate::routes::door::Session;
use crate::routes::usual::Changing;

/// Object to the reset of my second factor.
///
/// Where staff asked for it and it waits. Signing in with a code or a recovery code does the same. Code
/// `nothing_waits`.
#[utoipa::path(post, path = "/v1/users/me/reset-two-factor/cancel", tag = "people",
    security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    responses((status = 200, description = "It will not happen.", body = Placed<Nothing>), Changing))]
pub(super) async fn object(
    State(app): State<App>,
    session: Session,
    Change { repeat, .. }: Change<Empty>,
) -> Result<Response, Problem> {
    let act = CancelReset { credential: session.credential.clone() };
    perform(&app, &session, &repeat, act, |()| Answer::ok(Nothing {})).await
}
