//! What an act came to that may take two: done, or a request that waits for a second owner.

use axum::http::StatusCode;
use serde::Serialize;
use twofold_domain::ids::ApprovalId;
use twofold_infra::acts::{Consented, Requested};
use utoipa::ToSchema;

use super::change::{Answer, Repeatably};
use super::show::Instant;

/// What an act came to that may take two.
#[derive(Serialize, Clone, Copy, Default, ToSchema)]
pub(super) struct Came {
    /// It did not happen yet: a second owner approves it, or its time comes. Answered with 202.
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<Waiting>,
    /// It happens by itself at this instant, unless somebody objects. Answered with 202.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<Instant>,
}

/// A request that waits.
#[derive(Serialize, Clone, Copy, ToSchema)]
pub(super) struct Waiting {
    /// Its id.
    #[schema(value_type = String)]
    id: ApprovalId,
    /// From when it can be carried out without a second approval; absent where another owner can give one.
    #[serde(skip_serializing_if = "Option::is_none")]
    matures_at: Option<Instant>,
    /// When the request ends.
    expires_at: Instant,
}

impl Repeatably for Came {
    fn repeated(self) -> Self {
        self
    }
}

impl From<Requested> for Waiting {
    fn from(requested: Requested) -> Self {
        Self {
            id: requested.approval,
            matures_at: requested.matures_at.map(Instant),
            expires_at: Instant(requested.expires_at),
        }
    }
}

/// 202, and where the request is.
pub(super) fn waits(requested: Requested) -> Answer<Came> {
    Answer {
        status: StatusCode::ACCEPTED,
        etag: None,
        location: Some(format!("/v1/approvals/{}", requested.approval)),
        body: Ok(Came { approval: Some(requested.into()), due_at: None }),
    }
}

/// 200, or 202.
pub(super) fn came(came: &Consented<()>) -> Answer<Came> {
    match came {
        Consented::Done(()) => Answer::ok(Came::default()),
        Consented::Waits(requested) => waits(*requested),
    }
}

/// 202 with the instant at which it happens by itself.
pub(super) fn due(at: twofold_domain::time::Timestamp) -> Answer<Came> {
    Answer {
        status: StatusCode::ACCEPTED,
        etag: None,
        location: None,
        body: Ok(Came { approval: None, due_at: Some(Instant(at)) }),
    }
}

/// 200 with the version that it left, or 202.
pub(super) fn at_version(came: &Consented<u64>) -> Answer<Came> {
    match came {
        Consented::Done(version) => Answer::ok(Came::default()).version(*version),
        Consented::Waits(requested) => waits(*requested),
    }
}
