//! Accounts: open, look, policy, switch.

mod disable;
mod governance;
mod open;
mod overview;
mod policy;
mod preview;
mod switch;

use twofold_domain::permission::Act as Deed;
use utoipa_axum::routes;

use super::guard::{Guard, Routes};

pub(super) fn routes() -> Routes {
    Routes::new()
        .route(Guard::Operator, routes!(open::open))
        .route(Guard::act(Deed::ReadAccount), routes!(overview::overview))
        .route(Guard::act(Deed::ReadAccount), routes!(policy::read))
        .route(Guard::act(Deed::ChangePolicy), routes!(policy::save))
        .route(Guard::act(Deed::ReadAccount), routes!(governance::show))
        .route(Guard::act(Deed::ChangeGovernance), routes!(governance::govern))
        .route(Guard::act(Deed::ReadAccount), routes!(preview::preview))
        .route(Guard::act(Deed::SwitchAccount), routes!(disable::disable))
        .route(Guard::act(Deed::SwitchAccount), routes!(switch::suspend))
        .route(Guard::act(Deed::SwitchAccount), routes!(switch::resume))
        .route(Guard::act(Deed::SwitchAccount), routes!(switch::enable))
}
