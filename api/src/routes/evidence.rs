//! Evidence: the status report and the audit log.

mod event;
mod events;
mod mfa_status;
mod shown;

use twofold_domain::permission::Act as Deed;
use utoipa_axum::routes;

use super::guard::{Ask, Guard, Routes, When};

pub(super) fn routes() -> Routes {
    Routes::new()
        .route(
            Guard::cases([(When::Page, Ask::Act(Deed::ReadStatus)), (When::File, Ask::Act(Deed::Export))]),
            routes!(mfa_status::mfa_status),
        )
        .route(Guard::act(Deed::ReadAudit), routes!(events::events))
        .route(Guard::act(Deed::ReadAudit), routes!(event::event))
}
