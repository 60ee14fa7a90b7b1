//! Files that pages load: embedded, and named by their content, so that browsers may keep them for ever.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

use crate::layers::{Surface, on};
use crate::problem::Problem;

const CONSOLE_CSS: &str = include_str!("../../assets/console.css");

static STYLESHEET: LazyLock<String> = LazyLock::new(|| {
    let hash = Sha256::digest(CONSOLE_CSS);
    let name = hash.iter().take(8).fold(0_u64, |name, byte| (name << 8) | u64::from(*byte));
    format!("/assets/console-{name:016x}.css")
});

/// The path of the console's style sheet.
pub(super) fn stylesheet() -> &'static str {
    &STYLESHEET
}

pub(super) fn routes() -> Router {
    on(Surface::Asset, Router::new().route("/assets/{name}", get(asset)))
}

async fn asset(Path(name): Path<String>) -> Response {
    if STYLESHEET.strip_prefix("/assets/") == Some(name.as_str()) {
        return ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], CONSOLE_CSS).into_response();
    }
    Problem::not_found().into_response()
}
