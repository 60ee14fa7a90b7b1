//! `GET /v1/users/{user}/sessions`: the sessions of somebody that are good.

use axum::extract::State;
use serde::Serialize;
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::Matter;
use twofold_domain::sign_in::SignedIn;
use twofold_projections::{audit, directory};
use utoipa::ToSchema;

use super::list::Seen;
use crate::app::App;
use crate::as_of::Viewed;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::as_of::AsOf;
use crate::routes::door::{Session, UserName};
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
    responses((status = 200, description = "The sessions.", body = Viewed<Sessions>), Reading))]
pub(super) async fn sessions(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    asked: AsOf<Seen>,
) -> Result<Viewed<Sessions>, Problem> {
    let (deed, matter, from) = (Deed::ReadDevices, Matter::Devices, [directory::NAME, audit::NAME]);
    let (at, me, id) = session.sees(&app, who, deed, matter, &asked, &from).await?;
    asked.rest.check(&app, &at).await?;
    let (account, person) = (at.account(&app).await?.state, at.user(&app, id).await?.state);
    let views = app.store().views();
    let then = app.store().recorded_at(me.account, at.position()).await?.unwrap_or(at.instant());
    let mut items = vec![];
    for row in directory::sessions_since(views, me.account, id, then).await? {
        // The list says where to look; whether a session is good, its device decides.
        let device = at.device(&app, row.device_id).await?.state;
        let good = SignedIn::recall(&account, &person, &device, row.session_id, at.instant());
        let Ok(good) = good else { continue };
        let s = good.session();
        items.push(SessionShown {
            id: row.session_id,
            device: row.device_id,
            current: (!at.is_past()).then_some(row.session_id == me.session_id),
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
    Ok(at.shows(Sessions { items }))
}
