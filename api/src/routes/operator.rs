//! The installation's operator inside an account: what owners let them do, and until when.

mod grant;
mod list;
mod revoke;

use twofold_domain::permission::Act as Deed;
use utoipa_axum::routes;

use super::guard::{Guard, Routes};

pub(super) fn routes() -> Routes {
    Routes::new()
        .route(Guard::act(Deed::ReadOperator), routes!(list::list))
        .route(Guard::act(Deed::GrantOperator), routes!(grant::grant))
        .route(Guard::act(Deed::RevokeOperator), routes!(revoke::revoke))
}
