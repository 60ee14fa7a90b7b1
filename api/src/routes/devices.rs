//! Devices and sessions, one's own or, for staff, somebody's.

mod distrust;
mod end;
mod end_several;
mod list;
mod lost;
mod sessions;
mod sign_ins;

use twofold_domain::permission::Act as Deed;
use utoipa_axum::routes;

use super::guard::{Guard, Routes};

pub(super) fn routes() -> Routes {
    Routes::new()
        .route(Guard::own_or_upon(Deed::ReadOwn, Deed::ReadDevices), routes!(list::list))
        .route(Guard::own_or_upon(Deed::EndOwn, Deed::EndSessions), routes!(distrust::distrust))
        .route(Guard::own_or_upon(Deed::EndOwn, Deed::EndSessions), routes!(lost::lost))
        .route(Guard::own_or_upon(Deed::ReadOwn, Deed::ReadDevices), routes!(sessions::sessions))
        .route(Guard::own_or_upon(Deed::EndOwn, Deed::EndSessions), routes!(end::end))
        .route(Guard::own_or_upon(Deed::EndOwn, Deed::EndSessions), routes!(end_several::end_several))
        .route(Guard::own_or_upon(Deed::ReadOwn, Deed::ReadDevices), routes!(sign_ins::sign_ins))
        .route(Guard::own_or_upon(Deed::ReadOwn, Deed::ReadDevices), routes!(sign_ins::why))
}
