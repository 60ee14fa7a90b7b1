//! The request's id, its span, and its metrics. All three know a request by its route, never by its path:
//! a path may hold the secret of a one-time link.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use metrics::{counter, histogram};
use tracing::Instrument as _;

use crate::request_id::{self, RequestId};

pub(super) async fn observe(request: Request, next: Next) -> Response {
    let id = RequestId::mint();
    let method = known(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", %id, method, route);
    let begun = Instant::now();

    let mut response = request_id::scope(id, next.run(request)).instrument(span.clone()).await;

    let took = begun.elapsed();
    let status = response.status().as_u16();
    span.in_scope(|| tracing::info!(status, ms = took.as_millis() as u64, "answered"));
    counter!("twofold_http_requests_total",
        "method" => method, "route" => route.clone(), "status" => status.to_string())
    .increment(1);
    histogram!("twofold_http_request_seconds", "method" => method, "route" => route)
        .record(took.as_secs_f64());
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(HeaderName::from_static(request_id::HEADER), value);
    }
    response
}

/// Methods are free text in HTTP; a label is not.
fn known(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN.into_iter().find(|name| *name == method.as_str()).unwrap_or("other")
}
