//! An event as answers show it.

use serde::Serialize;
use serde_json::Value;
use twofold_domain::ids::{DeviceId, UserId};
use twofold_projections::audit::Entry;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::routes::show::Instant;

/// An event of the account's history.
#[derive(Serialize, ToSchema)]
pub(super) struct EventShown {
    /// Its place in the account's history: gap-free, from 1.
    pub(super) position: u64,
    /// Its own id.
    id: Option<String>,
    /// When it was recorded.
    at: Instant,
    /// What happened: `TwoFactorEnabled`, and so on.
    r#type: String,
    /// In whose history: `account`, `user`, `device`.
    stream: String,
    /// Its place there.
    sequence: u64,
    /// Who did it: a person, `operator`, `anonymous`, `system:…`.
    actor: Option<String>,
    /// To whom.
    #[schema(value_type = Option<String>)]
    subject: Option<UserId>,
    /// On which device.
    #[schema(value_type = Option<String>)]
    device: Option<DeviceId>,
    /// Of a reset: what did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    /// The event that it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    causation: Option<String>,
    /// The request that it belongs to.
    correlation: Option<String>,
    /// What it says. Personal values are sealed.
    #[schema(value_type = Object)]
    data: Value,
}

impl TryFrom<Entry> for EventShown {
    type Error = Problem;

    fn try_from(entry: Entry) -> Result<Self, Problem> {
        let Entry { row, sequence, payload, metadata, .. } = entry;
        let payload: Value = serde_json::from_str(&payload).map_err(Problem::internal)?;
        let metadata: Value = serde_json::from_str(&metadata).map_err(Problem::internal)?;
        // The payload is `{"Name": {…}}`; the name stands beside it already.
        let data = match payload {
            Value::Object(outer) => outer.into_iter().next().map_or(Value::Null, |(_, inner)| inner),
            other => other,
        };
        Ok(Self {
            position: row.account_seq,
            id: metadata["event_id"].as_str().map(str::to_owned),
            at: row.recorded_at.into(),
            r#type: row.event_type.into(),
            stream: row.stream.into(),
            sequence,
            actor: row.actor.map(Into::into),
            subject: row.subject,
            device: row.device_id,
            cause: row.cause.map(Into::into),
            causation: row.causation.map(Into::into),
            correlation: row.correlation.map(Into::into),
            data,
        })
    }
}
