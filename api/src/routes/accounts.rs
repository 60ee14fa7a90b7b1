//! Accounts: open, look, policy, switch.

mod clock;
mod demands;
mod disable;
mod floor;
mod forecast;
mod governance;
mod open;
mod overview;
mod policy;
mod preview;
mod profile;
mod schedule;
mod settings;
mod switch;
mod what_if;

use twofold_domain::permission::Act as Deed;
use utoipa_axum::routes;

pub(crate) use policy::NewPolicy;

use super::guard::{Guard, Routes};

pub(super) fn routes() -> Routes {
    Routes::new()
        .route(Guard::Operator, routes!(open::open))
        .route(Guard::act(Deed::ReadAccount), routes!(overview::overview))
        .route(Guard::act(Deed::ReadAccount), routes!(policy::read))
        .route(Guard::act(Deed::ChangePolicy), routes!(policy::save))
        .route(Guard::act(Deed::ReadAccount), routes!(governance::show))
        .route(Guard::act(Deed::ChangeGovernance), routes!(governance::govern))
        .route(Guard::act(Deed::ReadAccount), routes!(settings::settings))
        .route(Guard::act(Deed::ChangeSettings), routes!(settings::show_as))
        .route(Guard::act(Deed::SetClock), routes!(clock::set_clock))
        .route(Guard::act(Deed::PreviewChange), routes!(preview::preview))
        .route(Guard::act(Deed::PreviewChange), routes!(preview::people))
        .route(Guard::act(Deed::PreviewChange), routes!(what_if::what_if))
        .route(Guard::act(Deed::ChangePolicy), routes!(schedule::schedule))
        .route(Guard::act(Deed::ChangePolicy), routes!(schedule::withdraw))
        .route(Guard::act(Deed::ReadStatus), routes!(forecast::forecast))
        .route(Guard::act(Deed::ChangeFloor), routes!(floor::set))
        .route(Guard::act(Deed::ChangePolicy), routes!(profile::choose))
        .route(Guard::act(Deed::ReadAccount), routes!(profile::report))
        .route(Guard::act(Deed::SwitchAccount), routes!(disable::disable))
        .route(Guard::act(Deed::SwitchAccount), routes!(switch::suspend))
        .route(Guard::act(Deed::SwitchAccount), routes!(switch::resume))
        .route(Guard::act(Deed::SwitchAccount), routes!(switch::enable))
}
