//! Evidence: the status report and the audit log.

mod event;
mod events;
mod mfa_status;
mod shown;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(mfa_status::mfa_status))
        .routes(routes!(events::events))
        .routes(routes!(event::event))
}
