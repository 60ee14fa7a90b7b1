//! `POST /v1/users/{user}/reactivate`: let somebody in again.

use axum::extract::State;
use axum::response::Response;
use twofold_domain::user::Help;
use twofold_infra::acts::Reactivate;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Empty, Nothing, Placed, perform};
use crate::routes::door::{Session, UserName};
use crate::routes::usual::Changing;

/// Reactivate a person.
///
/// They prove their address and set a password anew by the link that is mailed; no device is trusted.
#[utoipa::path(post, path = "/v1/users/{user}/reactivate", tag = "people", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    responses((status = 200, description = "A link is on its way to them.", body = Placed<Nothing>), Changing))]
pub(super) async fn reactivate(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Change { repeat, .. }: Change<Empty>,
) -> Result<Response, Problem> {
    let (_, user) = session.whom_to_help(&app, who, Help::Return).await?;
    let act = Reactivate { credential: session.credential.clone(), user };
    perform(&app, &session, &repeat, act, |()| Answer::ok(Nothing {})).await
}
