//! Entering and leaving: one-time links, signing in, step-up, signing out.

mod me;
mod prove;
mod set_up;
mod sign_in;
mod sign_out;
mod step_up;

use axum::middleware::from_fn;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::limits::strangers;

pub(super) fn routes() -> OpenApiRouter<App> {
    let strangers_may = OpenApiRouter::new()
        .routes(routes!(set_up::set_up))
        .routes(routes!(sign_in::sign_in))
        .routes(routes!(prove::prove))
        .route_layer(from_fn(strangers));
    OpenApiRouter::new()
        .merge(strangers_may)
        .routes(routes!(sign_out::sign_out))
        .routes(routes!(step_up::step_up))
        .routes(routes!(me::me))
}
