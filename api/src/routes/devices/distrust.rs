//! `DELETE /v1/users/{user}/devices/{device}`: the device is not trusted any more.

use axum::extract::State;
use axum::response::Response;
use twofold_domain::permission::Act as Deed;
use twofold_domain::user::Help;
use twofold_infra::acts::{Revocation, RevokeDevice};

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::no_content;
use crate::routes::door::{DevicePath, Session, device_of};
use crate::routes::usual::Changing;

/// Withdraw trust from a device.
///
/// It is asked for the second factor at its next sign-in. Its sessions go on; to end them too, report it lost.
#[utoipa::path(delete, path = "/v1/users/{user}/devices/{device}", tag = "devices", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…` or `me`."),
        ("device" = String, Path, description = "`dev_…`")),
    responses((status = 204, description = "Not trusted.", headers(("Twofold-Position" = u64))), Changing))]
pub(super) async fn distrust(
    State(app): State<App>,
    session: Session,
    Path(DevicePath { user, device }): Path<DevicePath>,
) -> Result<Response, Problem> {
    let (me, user) = session.may_help(&app, user, |_| Deed::EndOwn, Help::Sessions).await?;
    device_of(&app, me.account, user, device).await?;
    let act =
        RevokeDevice { credential: session.credential.clone(), device, revocation: Revocation::Distrust };
    Ok(no_content(&app.perform(me.account, session.context, act).await?))
}
