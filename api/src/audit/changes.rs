//! What an event changed, as answers show it.

use serde::Serialize;
use serde_json::Value;
use twofold_projections::audit;
use utoipa::ToSchema;

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Change {
    /// Which field: `trust_days`, `role`, `language`.
    pub(super) what: String,
    /// What it was.
    #[schema(value_type = Option<Object>)]
    pub(super) before: Value,
    /// What it is from then on.
    #[schema(value_type = Option<Object>)]
    pub(super) after: Value,
}

impl From<audit::Change> for Change {
    fn from(audit::Change { what, before, after }: audit::Change) -> Self {
        Self { what, before, after }
    }
}
