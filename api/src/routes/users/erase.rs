//! `POST /v1/users/{user}/erase`: erase a person; what the log says of them can never be read again.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::{Consented, ErasePerson};
use twofold_projections::directory;
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Placed, perform};
use crate::routes::consent::{Came, waits};
use crate::routes::door::{Session, UserName};
use crate::routes::usual::Changing;

/// Why.
#[derive(Deserialize, ToSchema)]
#[schema(as = ErasureReason)]
#[serde(deny_unknown_fields)]
pub(super) struct Why {
    /// In your words: at most 500 characters. Needed where it takes a second owner.
    reason: Option<String>,
}

/// Erase a person.
///
/// Their key is destroyed: names, addresses, and reasons in the log become unreadable, while every proof and
/// count still holds. Cannot be undone. Code `erased` where they were erased before.
#[utoipa::path(post, path = "/v1/users/{user}/erase", tag = "people", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = Why,
    responses((status = 200, description = "Erased.", body = Placed<Came>),
        (status = 202, description = "It waits for a second owner, or its time.", body = Placed<Came>), Changing))]
pub(super) async fn erase(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Change { body, repeat }: Change<Why>,
) -> Result<Response, Problem> {
    let (me, id) = session.may_upon(&app, who, Deed::Erase, Deed::Erase).await?;
    // The directory must know every device that was ever seen with them.
    app.caught_up(directory::NAME, me.account, app.position(me.account).await?).await?;
    let devices = directory::devices(app.store().views(), me.account, id).await?;
    let devices = devices.into_iter().map(|row| row.device_id).collect();
    let act = ErasePerson {
        credential: session.credential.clone(),
        user: id,
        devices,
        reason: body.reason,
        circle: app.circle(me.account).await?,
    };
    perform(&app, &session, &repeat, act, |came| match came {
        Consented::Done(()) => Answer::ok(Came::default()),
        Consented::Waits(requested) => waits(*requested),
    })
    .await
}
