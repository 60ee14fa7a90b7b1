//! `GET /v1/users/{user}/devices`: the browsers and apps somebody signed in on.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use twofold_domain::device::Trust;
use twofold_domain::ids::{DeviceId, StreamId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::Matter;
use twofold_domain::sealed::{IpAddress, UserAgent};
use twofold_domain::sign_in::trust_holds;
use twofold_projections::directory::{self, DeviceRow};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::extract::{Json, Path, Query};
use crate::problem::Problem;
use crate::routes::door::{Session, UserName, user};
use crate::routes::show::{Instant, open_bytes};
use crate::routes::usual::Reading;

/// What the read must have seen.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Seen {
    /// Wait until this position is visible.
    pub(super) min_position: Option<u64>,
}

/// Somebody's devices.
#[derive(Serialize, ToSchema)]
pub(super) struct Devices {
    /// The one seen last first.
    items: Vec<DeviceShown>,
}

/// A browser or app.
#[derive(Serialize, ToSchema)]
struct DeviceShown {
    /// The device.
    #[schema(value_type = String)]
    id: DeviceId,
    /// Whether it is the one that asks.
    current: bool,
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
    responses((status = 200, description = "The devices.", body = Devices), Reading))]
pub(super) async fn list(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Query(seen): Query<Seen>,
) -> Result<Json<Devices>, Problem> {
    let (me, id) = session.reads_of(&app, who, Deed::ReadDevices, Matter::Devices).await?;
    let person = user(&app, me.account, id).await?.state;
    let account = app.desk.log().accounts.load(StreamId::account(me.account)).await?.state;
    if let Some(position) = seen.min_position {
        app.caught_up(directory::NAME, me.account, position).await?;
    }
    let now = app.now_of(me.account);
    let mut items = vec![];
    for row in directory::devices(app.store().views(), me.account, id).await? {
        let trust = trust(&row).filter(|trust| trust_holds(&account, &person, trust, now));
        items.push(DeviceShown {
            id: row.device_id,
            current: row.device_id == me.device,
            first_seen_at: row.first_seen_at.into(),
            last_seen_at: row.last_seen_at.into(),
            ip: open_bytes::<IpAddress>(&app, me.account, id, row.ip).await?,
            user_agent: open_bytes::<UserAgent>(&app, me.account, id, row.user_agent).await?,
            trusted_until: trust.map(|trust| trust.until.into()),
        });
    }
    Ok(Json(Devices { items }))
}
