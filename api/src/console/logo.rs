//! An account's logo, from our own origin: a picture that was checked when it was saved, under a name that
//! changes with it.

use std::fmt::Write as _;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};
use twofold_domain::account::{Account, logo_bytes};
use twofold_domain::ids::StreamId;
use twofold_infra::acts::ActError;

use super::refused::Refused;
use crate::app::App;
use crate::problem::Problem;

/// Where an account's logo is; nowhere if it has none.
pub(super) fn path(account: &Account) -> Option<String> {
    let (name, _) = picture(account)?;
    Some(format!("/a/{}/logo/{name}", account.slug()))
}

/// The picture. No secret: it stands on the page where strangers sign in.
pub(super) async fn show(
    State(app): State<App>,
    Path((slug, wanted)): Path<(String, String)>,
) -> Result<Response, Refused> {
    let account = app.store().slug(&slug).await.map_err(ActError::from)?.ok_or_else(Problem::not_found)?;
    let loaded = app.desk.log().accounts.load(StreamId::account(account)).await.map_err(ActError::from)?;
    app.concerns(account);
    match picture(&loaded.state).filter(|(name, _)| *name == wanted) {
        Some((_, png)) => Ok(([(header::CONTENT_TYPE, "image/png")], png).into_response()),
        None => Err(Problem::not_found().into()),
    }
}

/// The picture and its name.
fn picture(account: &Account) -> Option<(String, Vec<u8>)> {
    let png = logo_bytes(account.settings.logo.as_deref()?)?;
    let mut name = String::new();
    for byte in Sha256::digest(&png).iter().take(8) {
        write!(name, "{byte:02x}").ok()?;
    }
    Some((name + ".png", png))
}
