//! What every request passes on its way in and out.
//!
//! From outside inwards: request id and span, metrics, the sign of a sandbox, security headers, plain answers turned into
//! problems (and problems into pages, for whoever asked for a page), panics caught, time limit, body limit, cross-site check, then the routes.

mod announce;
pub(crate) mod concern;
mod cross_site;
mod faults;
mod observe;
mod secure;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};

use crate::pages;
use crate::site::{Site, ThisSite};

pub use announce::Ending;
pub use secure::{Surface, on};

/// Puts the routes into their shell. Nothing is served without it.
pub fn shell(routes: Router, site: &Arc<Site>) -> Router {
    routes
        .fallback(faults::unknown_path)
        .method_not_allowed_fallback(faults::unknown_method)
        .layer(from_fn(announce::announce))
        .layer(from_fn_with_state(site.clone(), cross_site::refuse))
        .layer(DefaultBodyLimit::max(site.body_limit))
        .layer(from_fn_with_state(site.clone(), faults::limit_time))
        .layer(from_fn(faults::catch_panics))
        .layer(from_fn(faults::speak_plainly))
        .layer(from_fn_with_state(site.clone(), pages::show_problems))
        .layer(from_fn_with_state(site.clone(), secure::headers))
        .layer(from_fn(concern::announce))
        .layer(from_fn(observe::observe))
        .layer(axum::Extension(ThisSite(site.clone())))
}
