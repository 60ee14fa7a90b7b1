//! Evidence: named reports and the audit log.

mod catalogue;
mod event;
mod events;
mod export;
mod files;
mod filters;
mod named;
mod record;
mod stream;

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
        .route(Guard::act(Deed::PrepareReport), routes!(files::order))
        .route(
            Guard::cases([
                (When::Own, Ask::Act(Deed::ReadOwn)),
                (When::Everybody, Ask::Act(Deed::ReadReportJobs)),
            ]),
            routes!(files::list),
        )
        .route(Guard::act(Deed::ReadOwn), routes!(files::one))
        .route(Guard::act(Deed::EndOwn), routes!(files::cancel))
        .route(Guard::act(Deed::PrepareReport), routes!(files::take))
        .route(Guard::act(Deed::ReadAudit), routes!(events::events))
        .route(Guard::cases([(When::File, Ask::Act(Deed::Export))]), routes!(export::export))
        .route(Guard::act(Deed::ReadAudit), routes!(stream::stream))
        .route(Guard::act(Deed::ReadAudit), routes!(event::event))
        .route(Guard::act(Deed::ReadAudit), routes!(record::record))
}
