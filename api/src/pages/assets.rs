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
const KEY_JS: &str = include_str!("../../assets/security-key.js");

static STYLESHEET: LazyLock<String> = LazyLock::new(|| named("console", CONSOLE_CSS, "css"));
static KEY_SCRIPT: LazyLock<String> = LazyLock::new(|| named("security-key", KEY_JS, "js"));

fn named(stem: &str, content: &str, ending: &str) -> String {
    let hash = Sha256::digest(content);
    let name = hash.iter().take(8).fold(0_u64, |name, byte| (name << 8) | u64::from(*byte));
    format!("/assets/{stem}-{name:016x}.{ending}")
}

/// The path of the console's style sheet.
pub(super) fn stylesheet() -> &'static str {
    &STYLESHEET
}

/// The path of the script that asks security keys, the only one that the console has.
pub(super) fn key_script() -> &'static str {
    &KEY_SCRIPT
}

pub(super) fn routes() -> Router {
    on(Surface::Asset, Router::new().route("/assets/{name}", get(asset)))
}

async fn asset(Path(name): Path<String>) -> Response {
    if STYLESHEET.strip_prefix("/assets/") == Some(name.as_str()) {
        return ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], CONSOLE_CSS).into_response();
    }
    if KEY_SCRIPT.strip_prefix("/assets/") == Some(name.as_str()) {
        return ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], KEY_JS).into_response();
    }
    Problem::not_found().into_response()
}
