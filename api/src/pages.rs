//! pages
use crate::site::Site;
use axum::Router;
use std::sync::Arc;
/// tmp
pub fn routes() -> Router {
    Router::new()
}
/// tmp
pub fn with_error_pages(console: Router, _site: &Arc<Site>) -> Router {
    console
}
