//! Messages by mail and SMS: what became of each, and whom some way does not reach.

mod delivery;
mod list;

use twofold_domain::permission::Act as Deed;
use utoipa_axum::routes;

use super::guard::{Guard, Routes};

pub(super) fn routes() -> Routes {
    Routes::new()
        .route(Guard::own_or_upon(Deed::ReadOwn, Deed::ReadDevices), routes!(list::messages))
        .route(Guard::act(Deed::ReadStatus), routes!(delivery::delivery))
}
