//! The people of an account: who they are, and help for them.

mod deactivate;
mod edit;
mod email_change;
mod enrolment;
mod erase;
mod exempt;
mod import;
mod invite_again;
mod list;
mod object;
mod one;
mod preview;
mod provider;
mod reactivate;
mod register;
mod reset;
mod role;
mod ticket;
mod unlink;
mod unlock;

use twofold_domain::permission::Act as Deed;
use utoipa_axum::routes;

pub(crate) use list::erased_by_now;

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
        .route(Guard::own_or_upon(Deed::EditOwn, Deed::EditPerson), routes!(edit::edit))
        .route(
            Guard::own_or_upon(Deed::ChangeOwnEmail, Deed::ChangeIdentity),
            routes!(email_change::change_email),
        )
        .route(Guard::own_or_upon(Deed::EndOwn, Deed::EndSessions), routes!(email_change::keep_email))
        .route(Guard::upon(Deed::EditPerson), routes!(invite_again::invite_again))
        .route(Guard::upon(Deed::Deactivate), routes!(deactivate::deactivate))
        .route(Guard::upon(Deed::Deactivate), routes!(reactivate::reactivate))
        .route(Guard::giving(Deed::change_role), routes!(role::change_role))
        .route(Guard::act(Deed::PreviewChange), routes!(preview::preview_move))
        .route(Guard::upon(Deed::ChangeIdentity), routes!(provider::link))
        .route(Guard::upon(Deed::UnlinkProvider), routes!(unlink::unlink))
        .route(Guard::act(Deed::ImportPeople), routes!(import::import_people))
}
