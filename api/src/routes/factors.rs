//! One's own second factors and recovery codes.

mod challenge;
mod codes;
mod confirm;
mod disable;
mod edit;
mod list;
mod mail_code;
mod one;
mod regenerate;
mod remove;
mod resend;
mod shown;
mod start;

pub(super) use shown::algorithm_name;
use twofold_domain::permission::Act as Deed;
use utoipa_axum::routes;

use super::guard::{Ask, Guard, Routes, When};

pub(super) fn routes() -> Routes {
    Routes::new()
        .route(Guard::act(Deed::ReadOwn), routes!(list::list))
        .route(binding(), routes!(start::start))
        .route(Guard::act(Deed::ReadOwn), routes!(one::one))
        .route(Guard::act(Deed::ChangeOwnFactors), routes!(edit::edit))
        .route(Guard::act(Deed::ChangeOwnFactors), routes!(remove::remove))
        .route(binding(), routes!(confirm::confirm))
        .route(binding(), routes!(mail_code::mail_code))
        .route(binding(), routes!(resend::resend))
        .route(Guard::act(Deed::ReadOwn), routes!(codes::codes))
        .route(Guard::act(Deed::ChangeOwnFactors), routes!(regenerate::regenerate))
        .route(Guard::act(Deed::DisableOwn), routes!(disable::disable))
        .route(Guard::act(Deed::DisableOwn), routes!(challenge::disable_challenge))
}

/// A first factor can be bound in any session, a further one only after showing one that is bound.
fn binding() -> Guard {
    Guard::cases([
        (When::FirstFactor, Ask::Act(Deed::EnrolOwn)),
        (When::FurtherFactor, Ask::Act(Deed::ChangeOwnFactors)),
    ])
}
