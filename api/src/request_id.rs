//! The id of the request that the current task serves.
//!
//! Minted here for each request. One that comes from outside is not taken: it would let a caller write
//! into our log.

use std::fmt;

tokio::task_local! {
    static CURRENT: RequestId;
}

/// The header that carries the id back to the caller.
pub const HEADER: &str = "x-request-id";

/// A request's id: `req_` and 128 random bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(u128);

impl RequestId {
    /// A new one.
    pub fn mint() -> Self {
        Self(rand::random())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "req_{:032x}", self.0)
    }
}

/// The id of the request being served; a fresh one outside of any.
pub fn current() -> RequestId {
    CURRENT.try_with(|id| *id).unwrap_or_else(|_| RequestId::mint())
}

/// Runs `work` as part of request `id`.
pub async fn scope<T>(id: RequestId, work: impl Future<Output = T>) -> T {
    CURRENT.scope(id, work).await
}
