//! Acts that take two: what waits, approving it, carrying it out, cancelling it; and those that always do.

mod act;
mod ask;
mod list;

pub(crate) use act::devices_of_subject;
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use utoipa_axum::routes;

use super::guard::{Guard, Routes};

const fn to_owner(from: Role) -> Deed {
    Deed::ChangeRole { from, to: Role::Owner }
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .route(Guard::act(Deed::ReadApprovals), routes!(list::list))
        .route(Guard::act(Deed::ReadApprovals), routes!(list::one))
        .route(Guard::act(Deed::Approve), routes!(act::approve))
        .route(Guard::act(Deed::Approve), routes!(act::carry_out))
        .route(Guard::act(Deed::CancelApproval), routes!(act::cancel))
        .route(Guard::upon(to_owner), routes!(ask::make_owner))
        .route(Guard::upon(to_owner), routes!(ask::transfer))
        .route(Guard::act(Deed::CloseAccount), routes!(ask::close))
}
