//! Security headers (OWASP ASVS 5.0, V 3.4): one strict set, and named exceptions by [`Surface`].

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;

use crate::site::Site;

/// What a route shows, and so what its content policy must allow. The default is [`Surface::Data`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// JSON, CSV, plain text: nothing may run or load.
    Data,
    /// The console's pages: own style sheet, own images, own forms; no inline code at all.
    Page,
    /// The vendored API reference. It sets styles from its own script, and calls the API of this site.
    Reference,
    /// Files with their hash in the name.
    Asset,
}

impl Surface {
    const fn content_policy(self) -> &'static str {
        match self {
            Self::Data | Self::Asset => {
                "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            }
            Self::Page => {
                "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                 form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            }
            Self::Reference => {
                "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; \
                 connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            }
        }
    }

    const fn cache_control(self) -> &'static str {
        match self {
            Self::Data | Self::Page => "no-store",
            Self::Reference => "no-cache",
            Self::Asset => "public, max-age=31536000, immutable",
        }
    }
}

/// Says what these routes show.
pub fn on<S: Clone + Send + Sync + 'static>(surface: Surface, routes: Router<S>) -> Router<S> {
    routes.layer(from_fn_with_state(surface, mark))
}

async fn mark(State(surface): State<Surface>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    // What stands further inside knows better.
    if response.extensions().get::<Surface>().is_none() {
        response.extensions_mut().insert(surface);
    }
    response
}

pub(super) async fn headers(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let surface = match response.extensions().get::<Surface>() {
        // An asset that is not there must not be remembered as absent for a year.
        Some(Surface::Asset) if !response.status().is_success() => Surface::Data,
        Some(surface) => *surface,
        None => Surface::Data,
    };
    let mut fixed = vec![
        (header::CONTENT_SECURITY_POLICY, surface.content_policy()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    if site.origin.is_https() {
        fixed.push((header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"));
    }
    let headers = response.headers_mut();
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(surface.cache_control()));
    response
}
