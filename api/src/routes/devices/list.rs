//! `GET /v1/users/{user}/devices`: the browsers and apps somebody signed in on.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use twofold_domain::device::Trust;
use twofold_domain::ids::{DeviceId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::Matter;
use twofold_domain::sealed::{IpAddress, UserAgent};
use twofold_domain::sign_in::trust_holds;
use twofold_projections::directory::{self, DeviceRow};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::as_of::{Standpoint, Viewed};
use crate::extract::Path;
use crate::problem::{Problem, kinds};
use crate::routes::as_of::AsOf;
use crate::routes::door::{Session, UserName};
use crate::routes::erased_by_now;
use crate::routes::show::{Instant, open_bytes};
use crate::routes::usual::Reading;

/// What the read must have seen.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Seen {
    /// Wait until this position is visible.
    min_position: Option<u64>,
}

impl Seen {
    /// Refuses what does not reach that far.
    pub(super) async fn check(&self, app: &App, at: &Standpoint) -> Result<(), Problem> {
        let Some(position) = self.min_position.filter(|min| !at.is_past() && *min > at.position()) else {
            return Ok(());
        };
        app.caught_up(directory::NAME, at.account_id(), position).await?;
        Err(Problem::new(kinds::NOT_YET).retry_after(1))
    }
}

/// Somebody's devices.
#[derive(Serialize, ToSchema)]
pub(super) struct Devices {
    /// The one seen last first.
    items: Vec<DeviceShown>,
    /// When the person was erased, where they are by now: addresses and names of devices went with their key.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    erased_since: Option<Instant>,
}

/// A browser or app.
#[derive(Serialize, ToSchema)]
struct DeviceShown {
    /// The device.
    #[schema(value_type = String)]
    id: DeviceId,
    /// Whether it is the one that asks; absent where it is of the past.
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<bool>,
    /// When it was first seen.
    first_seen_at: Instant,
    /// When it last signed in or renewed its token.
    last_seen_at: Instant,
    /// The network address that it was seen at last.
    ip: Option<String>,
    /// What it calls itself.
    user_agent: Option<String>,
    /// Until when it may skip the second factor; absent where it may not.
    #[serde(skip_serializing_if = "Option::is_none")]
    trusted_until: Option<Instant>,
}

fn trust(row: &DeviceRow) -> Option<Trust> {
    Some(Trust {
        granted_at: row.trusted_at?,
        until: row.trusted_until?,
        generation: row.trust_generation?,
        epoch: row.trust_epoch?,
    })
}

/// Somebody's devices.
///
/// Everybody sees their own (`me`); staff see those of whom they may help.
#[utoipa::path(get, path = "/v1/users/{user}/devices", tag = "devices", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…` or `me`."), Seen),
    responses((status = 200, description = "The devices.", body = Viewed<Devices>), Reading))]
pub(super) async fn list(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    asked: AsOf<Seen>,
) -> Result<Viewed<Devices>, Problem> {
    let (deed, matter) = (Deed::ReadDevices, Matter::Devices);
    let (at, me, id) = session.sees(&app, who, deed, matter, &asked, &[directory::NAME]).await?;
    asked.rest.check(&app, &at).await?;
    let (account, person) = (at.account(&app).await?.state, at.user(&app, id).await?.state);
    let mut items = vec![];
    for row in rows(&app, &at, id).await? {
        let trust = trust(&row).filter(|trust| trust_holds(&account, &person, trust, at.instant()));
        items.push(DeviceShown {
            id: row.device_id,
            current: (!at.is_past()).then_some(row.device_id == me.device),
            first_seen_at: row.first_seen_at.into(),
            last_seen_at: row.last_seen_at.into(),
            ip: open_bytes::<IpAddress>(&app, me.account, id, row.ip).await?,
            user_agent: open_bytes::<UserAgent>(&app, me.account, id, row.user_agent).await?,
            trusted_until: trust.map(|trust| trust.until.into()),
        });
    }
    let erased_since = erased_by_now(&app, me.account, &[id]).await?.remove(&id).map(Instant::from);
    Ok(at.shows(Devices { items, erased_since }))
}

/// Their rows: of now as they are kept, of the past as their devices' own events make them.
async fn rows(app: &App, at: &Standpoint, user: UserId) -> Result<Vec<DeviceRow>, Problem> {
    let (store, account) = (app.store(), at.account_id());
    let rows = directory::devices(store.views(), account, user).await?;
    if at.still_holds(app, &[directory::NAME]).await? {
        return Ok(rows);
    }
    Ok(directory::devices_as_of(store, account, user, at.position()).await?)
}
