//! `POST /v1/users/{user}/devices/{device}/report-lost`: a device in wrong hands.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use twofold_domain::ids::{SessionId, SignInId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::user::Help;
use twofold_infra::acts::{Revocation, RevokeDevice, Revoked};
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Empty, Placed, Repeatably, perform};
use crate::routes::door::{DevicePath, Session, device_of};
use crate::routes::show::Instant;
use crate::routes::usual::Changing;

/// What ended with the device.
#[derive(Serialize, ToSchema)]
#[schema(as = LostDeviceEnded)]
struct Ended {
    /// Until when it was trusted; absent where it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    trusted_until: Option<Instant>,
    /// Its sessions, dead at their next request.
    #[schema(value_type = Vec<String>)]
    sessions: Vec<SessionId>,
    /// Sign-ins on it that waited for a second factor and cannot be completed any more.
    #[schema(value_type = Vec<String>)]
    sign_ins: Vec<SignInId>,
}

/// The answer of a report.
#[derive(Serialize, ToSchema)]
pub(super) struct Lost {
    /// What depended on the device.
    ended: Ended,
}

impl From<&Revoked> for Lost {
    fn from(revoked: &Revoked) -> Self {
        let Revoked { trust, sessions, sign_ins } = revoked;
        let trusted_until = trust.map(|trust| trust.until.into());
        Self { ended: Ended { trusted_until, sessions: sessions.clone(), sign_ins: sign_ins.clone() } }
    }
}

impl Repeatably for Lost {
    fn repeated(self) -> Self {
        self
    }
}

/// Report a device lost.
///
/// Its trust and every session on it end at once, and its token is worth nothing: found again, it is a new one.
/// The answer lists what depended on it.
#[utoipa::path(post, path = "/v1/users/{user}/devices/{device}/report-lost", tag = "devices",
    security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…` or `me`."),
        ("device" = String, Path, description = "`dev_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    responses((status = 200, description = "Reported.", body = Placed<Lost>), Changing))]
pub(super) async fn lost(
    State(app): State<App>,
    session: Session,
    Path(DevicePath { user, device }): Path<DevicePath>,
    Change { repeat, .. }: Change<Empty>,
) -> Result<Response, Problem> {
    let (me, user) = session.may_help(&app, user, |_| Deed::EndOwn, Help::Sessions).await?;
    device_of(&app, me.account, user, device).await?;
    let act = RevokeDevice { credential: session.credential.clone(), device, revocation: Revocation::Lost };
    perform(&app, &session, &repeat, act, |revoked| Answer::ok(Lost::from(revoked))).await
}
