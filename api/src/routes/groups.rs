//! Groups of people: for policies, and for finding somebody.

mod create;
mod delete;
mod list;
mod rename;

use twofold_domain::permission::Act as Deed;
use utoipa_axum::routes;

use super::guard::{Guard, Routes};

pub(super) fn routes() -> Routes {
    Routes::new()
        .route(Guard::act(Deed::ReadPeople), routes!(list::groups))
        .route(Guard::act(Deed::ManageGroups), routes!(create::create_group))
        .route(Guard::act(Deed::ManageGroups), routes!(rename::rename_group))
        .route(Guard::act(Deed::ManageGroups), routes!(delete::delete_group))
}
