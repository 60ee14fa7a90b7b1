//! No refusal leaves as anything but a problem: unknown paths, panics, time limits, and whatever a
//! library answers on its own.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt as _;

use crate::problem::{Problem, kinds};
use crate::site::Site;

pub(super) async fn unknown_path() -> Problem {
    Problem::not_found().detail("No such path. The paths are listed at /docs.")
}

pub(super) async fn unknown_method() -> Problem {
    Problem::new(kinds::METHOD_NOT_ALLOWED).detail("The header `Allow` lists the methods of this path.")
}

/// Answers in time, also when the work takes longer.
pub(super) async fn limit_time(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(site.request_timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(kinds::TIMED_OUT)
            .detail("It may still have been done. Look, or repeat it with the same Idempotency-Key.")
            .retry_after(5)
            .into_response(),
    }
}

/// A panic costs its own request, nothing else. The message goes to the log through the panic hook.
pub(super) async fn catch_panics(request: Request, next: Next) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => Problem::internal("the handler panicked").into_response(),
    }
}

/// Turns an error that a library wrote in its own words into a problem of the same status.
pub(super) async fn speak_plainly(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let own = response.extensions().get::<Problem>().is_some() || has_body_of_ours(&response);
    if own || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let mut problem = Problem::new(kinds::for_status(status.as_u16()));
    for name in [header::ALLOW, header::RETRY_AFTER, header::WWW_AUTHENTICATE, header::ACCEPT] {
        if let Some(value) = response.headers().get(&name) {
            problem = problem.header(name, value.clone());
        }
    }
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!("a library answered with an error of its own");
    }
    problem.into_response()
}

/// Pages and the readiness report bring a body with their error status.
fn has_body_of_ours(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html") || kind.starts_with("application/json"))
}
