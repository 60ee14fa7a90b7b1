//! Devices and sessions, one's own or, for staff, somebody's.

mod distrust;
mod end;
mod list;
mod lost;
mod sessions;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(distrust::distrust))
        .routes(routes!(lost::lost))
        .routes(routes!(sessions::sessions))
        .routes(routes!(end::end))
}
