//! Says in an answer that the way in which its caller came ends: `Deprecation` (RFC 9745), `Sunset` (RFC 8594),
//! and, for old clients, `Warning`.

use std::sync::{Arc, OnceLock};

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use twofold_domain::time::Timestamp;

/// When the way in which a request's caller came ends, where an end is announced.
#[derive(Debug, Clone, Default)]
pub struct Ending(Arc<OnceLock<Timestamp>>);

impl Ending {
    /// Announces it.
    pub fn at(&self, end: Timestamp) {
        let _ = self.0.set(end);
    }
}

pub(super) async fn announce(mut request: Request, next: Next) -> Response {
    let ending = Ending::default();
    request.extensions_mut().insert(ending.clone());
    let mut response = next.run(request).await;
    if let Some(end) = ending.0.get() {
        let warning =
            format!("299 twofold \"E-mail and password open the API until {end}; use an API token\"");
        let lines = [
            (HeaderName::from_static("deprecation"), format!("@{}", end.micros() / 1_000_000)),
            (HeaderName::from_static("sunset"), end.to_http_date()),
            (header::WARNING, warning),
        ];
        for (name, value) in lines {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(name, value);
            }
        }
    }
    response
}
