//! The people of an account: who they are, and help for them.

mod enrolment;
mod erase;
mod list;
mod one;
mod register;
mod reset;
mod unlock;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list, register::register))
        .routes(routes!(one::one))
        .routes(routes!(enrolment::enrolment))
        .routes(routes!(reset::reset))
        .routes(routes!(unlock::unlock))
        .routes(routes!(erase::erase))
}
