//! Says in an answer that it is about a sandbox, so that none is taken for one about a real account.

use std::cell::Cell;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

tokio::task_local! {
    static CONCERNED: Cell<bool>;
}

/// The header of every answer about a sandbox: `true`.
const HEADER: HeaderName = HeaderName::from_static("twofold-sandbox");

/// The answer of the request that is being served is about a sandbox.
pub(crate) fn mark() {
    // Outside of any request there is no answer.
    let _ = CONCERNED.try_with(|concerned| concerned.set(true));
}

pub(super) async fn announce(request: Request, next: Next) -> Response {
    let served = async {
        let mut response = next.run(request).await;
        if CONCERNED.with(Cell::get) {
            response.headers_mut().insert(HEADER, HeaderValue::from_static("true"));
        }
        response
    };
    CONCERNED.scope(Cell::new(false), served).await
}
