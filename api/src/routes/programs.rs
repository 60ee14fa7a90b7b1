//! Programs that use this API: tokens of people and of programs, and who still shows a password.

mod client_tokens;
mod clients;
mod integrations;
mod own;
mod shown;

use twofold_domain::permission::Act as Deed;
use utoipa_axum::routes;

use super::guard::{Guard, Routes};

pub(super) fn routes() -> Routes {
    Routes::new()
        .route(Guard::act(Deed::ReadOwn), routes!(own::list))
        .route(Guard::act(Deed::ManageOwnTokens), routes!(own::issue))
        .route(Guard::act(Deed::ManageOwnTokens), routes!(own::revoke))
        .route(Guard::act(Deed::ReadIntegrations), routes!(clients::list))
        .route(Guard::act(Deed::ManageClients), routes!(clients::register))
        .route(Guard::act(Deed::ManageClients), routes!(clients::remove))
        .route(Guard::act(Deed::ManageClients), routes!(client_tokens::issue))
        .route(Guard::act(Deed::ManageClients), routes!(client_tokens::revoke))
        .route(Guard::act(Deed::ReadIntegrations), routes!(integrations::integrations))
}
