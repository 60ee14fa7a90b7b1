//! Evidence: named reports and the audit log.

mod catalogue;
mod event;
mod events;
mod named;
mod shown;

use twofold_domain::permission::Act as Deed;
use utoipa_axum::routes;

use super::guard::{Ask, Guard, Routes, When};

pub(super) fn routes() -> Routes {
    Routes::new()
        .route(Guard::act(Deed::ReadStatus), routes!(catalogue::catalogue))
        .route(
            Guard::cases([(When::Page, Ask::Act(Deed::ReadStatus)), (When::File, Ask::Act(Deed::Export))]),
            routes!(named::named),
        )
        .route(Guard::act(Deed::ReadAudit), routes!(events::events))
        .route(Guard::act(Deed::ReadAudit), routes!(event::event))
}
