//! `POST /v1/users/{user}/erase`: erase a person; what the log says of them can never be read again.

use axum::extract::State;
use axum::response::Response;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::ErasePerson;
use twofold_projections::directory;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Empty, Nothing, Placed, perform};
use crate::routes::door::{Session, UserName};
use crate::routes::usual::Changing;

/// Erase a person.
///
/// Their key is destroyed: names, addresses, and reasons in the log become unreadable, while every proof and
/// count still holds. Cannot be undone. Code `erased` where they were erased before.
#[utoipa::path(post, path = "/v1/users/{user}/erase", tag = "people", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    responses((status = 200, description = "Erased.", body = Placed<Nothing>), Changing))]
pub(super) async fn erase(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Change { repeat, .. }: Change<Empty>,
) -> Result<Response, Problem> {
    let (me, id) = session.may_upon(&app, who, Deed::Erase, Deed::Erase).await?;
    // The directory must know every device that was ever seen with them.
    app.caught_up(directory::NAME, me.account, app.position(me.account).await?).await?;
    let devices = directory::devices(app.store().views(), me.account, id).await?;
    let devices = devices.into_iter().map(|row| row.device_id).collect();
    let act = ErasePerson { credential: session.credential.clone(), user: id, devices };
    perform(&app, &session, &repeat, act, |()| Answer::ok(Nothing {})).await
}
