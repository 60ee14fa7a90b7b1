//! The account's stock of hardware tokens.

mod assign;
mod import;
mod list;
mod spare;
mod withdraw;

use twofold_domain::permission::Act as Deed;
use utoipa_axum::routes;

use super::guard::{Guard, Routes};

pub(super) fn routes() -> Routes {
    Routes::new()
        .route(Guard::act(Deed::ManageStock), routes!(import::import_tokens))
        .route(Guard::act(Deed::ManageStock), routes!(list::stock))
        .route(Guard::act(Deed::ManageStock), routes!(spare::spare))
        .route(Guard::upon(Deed::AssignToken), routes!(assign::assign_token))
        .route(Guard::upon(Deed::AssignToken), routes!(withdraw::withdraw_token))
}
