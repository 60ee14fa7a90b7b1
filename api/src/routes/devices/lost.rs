//! `POST /v1/users/{user}/devices/{device}/report-lost`: a device in wrong hands.

use axum::extract::State;
use axum::response::Response;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::{Revocation, RevokeDevice};

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Empty, Nothing, Placed, perform};
use crate::routes::door::{DevicePath, Session, device_of};
use crate::routes::usual::Changing;

/// Report a device lost.
///
/// Its trust and every session on it end at once, and its token is worth nothing: found again, it is a new one.
#[utoipa::path(post, path = "/v1/users/{user}/devices/{device}/report-lost", tag = "devices",
    security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…` or `me`."),
        ("device" = String, Path, description = "`dev_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    responses((status = 200, description = "Reported.", body = Placed<Nothing>), Changing))]
pub(super) async fn lost(
    State(app): State<App>,
    session: Session,
    Path(DevicePath { user, device }): Path<DevicePath>,
    Change { repeat, .. }: Change<Empty>,
) -> Result<Response, Problem> {
    let (me, user) = session.may_upon(&app, user, |_| Deed::EndOwn, Deed::EndSessions).await?;
    device_of(&app, me.account, user, device).await?;
    let act = RevokeDevice { credential: session.credential.clone(), device, revocation: Revocation::Lost };
    perform(&app, &session, &repeat, act, |()| Answer::ok(Nothing {})).await
}
