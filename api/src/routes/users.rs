//! The people of an account: who they are, and help for them.

mod enrolment;
mod erase;
mod exempt;
mod list;
mod object;
mod one;
mod register;
mod reset;
mod ticket;
mod unlock;

use twofold_domain::permission::Act as Deed;
use utoipa_axum::routes;

use super::guard::{Guard, Routes};

pub(super) fn routes() -> Routes {
    Routes::new()
        .route(Guard::act(Deed::ReadPeople), routes!(list::list))
        .route(Guard::upon(Deed::Register), routes!(register::register))
        .route(Guard::own_or(Deed::ReadOwn, Deed::ReadPeople), routes!(one::one))
        .route(Guard::own_or(Deed::ReadOwn, Deed::ReadPeople), routes!(enrolment::enrolment))
        .route(Guard::upon(Deed::ResetFactor), routes!(reset::reset))
        .route(Guard::act(Deed::EndOwn), routes!(object::object))
        .route(Guard::upon(Deed::Exempt), routes!(exempt::exempt))
        .route(Guard::upon(Deed::Exempt), routes!(exempt::end))
        .route(Guard::upon(Deed::IssueTicket), routes!(ticket::issue))
        .route(Guard::upon(Deed::Unlock), routes!(unlock::unlock))
        .route(Guard::upon(Deed::Erase), routes!(erase::erase))
}
