//! An account's logo, from our own origin: a picture that was checked when it was saved, under a name that
//! changes with it.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use twofold_domain::account::{Account, logo_bytes};
use twofold_domain::ids::StreamId;
use twofold_infra::acts::ActError;

use super::refused::Refused;
use crate::app::App;
use crate::extract::{Path, Query};
use crate::problem::Problem;

/// Where an account's logo is; nowhere if it has none.
pub(super) fn path(account: &Account) -> Option<String> {
    let (name, _) = picture(account)?;
    Some(format!("/a/{}/logo/{name}", account.slug()))
}

/// Which of its pictures.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Of {
    /// The one right after this event; today's where it is not said.
    event: Option<u64>,
}

/// The picture. No secret: it stands on the page where strangers sign in.
pub(super) async fn show(
    State(app): State<App>,
    Path((slug, wanted)): Path<(String, String)>,
    Query(of): Query<Of>,
) -> Result<Response, Refused> {
    let account = app.store().slug(&slug).await.map_err(ActError::from)?.ok_or_else(Problem::not_found)?;
    let (accounts, stream) = (&app.desk.log().accounts, StreamId::account(account));
    let loaded = match of.event {
        Some(event) => accounts.load_as_of(stream, event).await,
        None => accounts.load(stream).await,
    };
    let loaded = loaded.map_err(ActError::from)?;
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
