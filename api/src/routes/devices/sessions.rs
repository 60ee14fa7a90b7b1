//! `GET /v1/users/{user}/sessions`: the sessions of somebody that are good.

use axum::extract::State;
use serde::Serialize;
use twofold_domain::ids::StreamId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::Matter;
use twofold_domain::sign_in::SignedIn;
use twofold_projections::directory;
use utoipa::ToSchema;

use super::list::Seen;
use crate::app::App;
use crate::extract::{Json, Path, Query};
use crate::problem::Problem;
use crate::routes::door::{Session, UserName, user};
use crate::routes::show::{ClientShown, Instant, SessionShown};
use crate::routes::usual::Reading;

/// Somebody's sessions.
#[derive(Serialize, ToSchema)]
pub(super) struct Sessions {
    /// The newest first.
    items: Vec<SessionShown>,
}

/// Somebody's sessions that are good now.
///
/// Everybody sees their own (`me`); staff see those of whom they may help.
#[utoipa::path(get, path = "/v1/users/{user}/sessions", tag = "devices", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…` or `me`."), Seen),
    responses((status = 200, description = "The sessions.", body = Sessions), Reading))]
pub(super) async fn sessions(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Query(seen): Query<Seen>,
) -> Result<Json<Sessions>, Problem> {
    let (me, id) = session.reads_of(&app, who, Deed::ReadDevices, Matter::Devices).await?;
    let person = user(&app, me.account, id).await?.state;
    let account = app.desk.log().accounts.load(StreamId::account(me.account)).await?.state;
    if let Some(position) = seen.min_position {
        app.caught_up(directory::NAME, me.account, position).await?;
    }
    let now = app.now_of(me.account);
    let mut items = vec![];
    for row in directory::sessions(app.store().views(), me.account, id).await? {
        // The list says where to look; whether a session is good, its device decides.
        let device = app.desk.log().devices.load(StreamId::device(me.account, row.device_id)).await?.state;
        let Ok(good) = SignedIn::recall(&account, &person, &device, row.session_id, now) else { continue };
        let s = good.session();
        items.push(SessionShown {
            id: row.session_id,
            device: row.device_id,
            current: row.session_id == me.session_id,
            scope: s.scope,
            method: s.method.into(),
            assurance: s.assurance(),
            started_at: s.started_at.into(),
            proved_at: s.proved_at.map(Instant),
            active_at: s.active_at.into(),
            reauthorised_at: s.reauthorised_at.map(Instant),
            ends_at: s.ends_at.into(),
            client: ClientShown::of(&account, s.client),
        });
    }
    Ok(Json(Sessions { items }))
}
