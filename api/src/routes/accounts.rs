//! Accounts: open, look, policy, switch.

mod disable;
mod open;
mod overview;
mod policy;
mod preview;
mod switch;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(open::open))
        .routes(routes!(overview::overview))
        .routes(routes!(policy::read, policy::save))
        .routes(routes!(preview::preview))
        .routes(routes!(disable::disable))
        .routes(routes!(switch::suspend))
        .routes(routes!(switch::resume))
        .routes(routes!(switch::enable))
}
