//! The console: server-rendered pages that are complete without JavaScript.
//!
//! A page is a struct of plain fields with a template beside it (`api/templates`); handlers fill it and
//! answer [`render`]. Words come from `api/locales` through the [`Frame`]. A handler that refuses answers a
//! [`Problem`] like any other, and the shell turns it into a page for whoever asked for one.

pub mod account;
pub mod approvals;
mod assets;
pub mod entry;
pub mod frame;
pub mod freeze;
pub mod governing;
pub mod help;
pub mod messages;
pub mod operator;
pub mod other;
pub mod own;
pub mod people;
pub mod programs;
pub mod qr;
pub mod recovery;
pub mod reports;
pub mod settings;
pub mod sign_ins;
pub mod stock;
pub mod then;
mod words;

#[cfg(test)]
mod samples;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::post;
use serde::Deserialize;

pub use frame::Frame;
pub use words::Language;

use crate::extract::{Cookies, Form};
use crate::layers::{Surface, concern};
use crate::problem::Problem;
use crate::request_id;
use crate::site::{Site, ThisSite};

/// A page as an answer.
pub fn render(page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => Html(text).into_response(),
        Err(error) => Problem::internal(error).into_response(),
    }
}

/// The routes that need nothing behind them: files, and the choice of language.
pub fn routes() -> Router {
    assets::routes().route("/language", post(choose_language))
}

/// A language that was chosen, and on which page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Choice {
    pub(crate) language: String,
    pub(crate) back: Option<String>,
}

/// Remembers the choice and goes back to where it was made.
async fn choose_language(site: ThisSite, Form(choice): Form<Choice>) -> Response {
    let back = choice.back.filter(|path| is_own_path(path)).unwrap_or_else(|| "/".to_owned());
    let language = Language::of_tag(&choice.language).unwrap_or_default();
    (Cookies::of(&site.origin).language(language.tag()), Redirect::to(&back)).into_response()
}

/// A path of this site, not a way to another: `//elsewhere` and `/\elsewhere` are addresses to a browser.
pub fn is_own_path(path: &str) -> bool {
    let mut rest = path.chars();
    rest.next() == Some('/')
        && !matches!(rest.next(), Some('/' | '\\'))
        && path.chars().all(|c| c.is_ascii_graphic() && c != '\\')
}

/// Shows refusals as pages, to whoever asked for a page.
pub(crate) async fn show_problems(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if request.uri().path().starts_with("/v1/") || !accept.is_some_and(|kinds| kinds.contains("text/html")) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let frame = Frame::from_request_parts(&mut parts, &()).await;
    let headers = parts.headers.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(problem) = response.extensions().get::<Problem>() else { return response };
    let mut frame = frame.unwrap_or_else(|_| Frame::new(Language::default(), &site));
    if let Some(account) = concern::account() {
        frame = frame.offering(&account.settings, &site, &headers);
    }
    let status = problem.status();
    let (title, advice) = words_for(problem, &frame);
    let page = other::Error {
        f: frame,
        status: status.as_u16(),
        title,
        advice,
        request_id: request_id::current().to_string(),
    };
    let mut shown = render(&page);
    *shown.status_mut() = status;
    shown.extensions_mut().insert(Surface::Page);
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = response.headers().get(&name) {
            shown.headers_mut().insert(name, value.clone());
        }
    }
    shown
}

/// What a reader is told; the particulars of a problem are written for programmers.
fn words_for(problem: &Problem, frame: &Frame) -> (String, String) {
    let kind = match problem.kind().status {
        400..=400 | 413 | 415 | 422 => "bad",
        401 => "signed-out",
        403 => "forbidden",
        404 | 405 | 410 => "gone",
        409 | 412 | 428 => "changed",
        429 => "slow",
        503 => "away",
        _ => "fault",
    };
    (frame.s(&format!("error-{kind}")), frame.s(&format!("error-{kind}-advice")))
}
