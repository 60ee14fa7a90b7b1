//! What handlers take from a request. Each refuses with a [`crate::problem::Problem`] that names the field.

mod body;
mod client;
mod credentials;
mod fault;
mod headers;
mod path;
mod query;

pub use body::{Exact, Form, Json};
pub use client::Client;
pub use credentials::{Cookies, Credentials, Presented, SetCookie, unauthenticated};
pub use headers::{ETag, IdempotencyKey, IfMatch};
pub use path::Path;
pub use query::Query;
pub(crate) use query::read_pairs;
