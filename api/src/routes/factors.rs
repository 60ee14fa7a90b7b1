//! One's own second factors and recovery codes.

mod codes;
mod confirm;
mod disable;
mod list;
mod mail_code;
mod one;
mod regenerate;
mod remove;
mod shown;
mod start;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list, start::start))
        .routes(routes!(one::one, remove::remove))
        .routes(routes!(confirm::confirm))
        .routes(routes!(mail_code::mail_code))
        .routes(routes!(codes::codes))
        .routes(routes!(regenerate::regenerate))
        .routes(routes!(disable::disable))
}
