//! Entering and leaving: one-time links, signing in, step-up, signing out.

mod challenge;
mod forgotten;
mod me;
mod new_email;
mod prove;
mod reauthorised;
mod set_up;
mod sign_in;
mod sign_out;
mod step_up;
mod step_up_text;
mod text;

use twofold_domain::permission::Act as Deed;
use utoipa_axum::routes;

use super::guard::{Guard, Routes};

pub(super) use sign_in::{Asked, methods};
pub(super) use text::{TextShown, TextsShown};

pub(super) fn routes() -> Routes {
    Routes::new()
        .route(Guard::Link, routes!(set_up::set_up))
        .route(Guard::Link, routes!(new_email::confirm_email))
        .route(Guard::Link, routes!(new_email::object_to_email))
        .route(Guard::Open("whoever forgot their password is nobody yet"), routes!(forgotten::forgotten))
        .route(Guard::Open("whoever signs in is nobody yet"), routes!(sign_in::sign_in))
        .route(Guard::DeviceToken, routes!(prove::prove))
        .route(Guard::DeviceToken, routes!(challenge::at_sign_in))
        .route(Guard::DeviceToken, routes!(text::challenge))
        .route(Guard::DeviceToken, routes!(text::resend))
        .route(Guard::act(Deed::EndOwn), routes!(sign_out::sign_out))
        .route(Guard::act(Deed::StepUp), routes!(step_up::step_up))
        .route(Guard::act(Deed::StepUp), routes!(challenge::at_step_up))
        .route(Guard::act(Deed::StepUp), routes!(step_up_text::text))
        .route(Guard::act(Deed::ReadOwn), routes!(me::me))
        .route(Guard::act(Deed::ReadOwn), routes!(reauthorised::reauthorised))
}
