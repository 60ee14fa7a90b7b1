//! Facts: recorded events as the projections see them, decoded and typed.
//!
//! Decoding is where a log that this program cannot read shows. An event of an unknown name, shape, or
//! version is never skipped; the caller parks its account there.

#[cfg(test)]
pub(crate) mod samples;

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use strum::VariantNames as _;
use twofold_domain::account::AccountEvent;
use twofold_domain::device::{DeviceEvent, TokenHolder};
use twofold_domain::ids::{AccountId, DeviceId, UserId};
use twofold_domain::reading::ReadingEvent;
use twofold_domain::time::Timestamp;
use twofold_domain::upcast;
use twofold_domain::user::UserEvent;
use twofold_infra::store::{AggregateKind, Recorded};
use uuid::Uuid;

#[cfg(test)]
pub(crate) use samples::samples;

/// One recorded event.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// The tenant.
    pub account: AccountId,
    /// Its place in the account's history, from 1, without gaps: the position of every projection.
    pub seq: u64,
    /// When; never before the fact before it in the account.
    pub at: Timestamp,
    /// What happened, and to what.
    pub event: Event,
    /// The person it happened to: whose stream it is, who owns the device, or whose data were read. `None` for
    /// the account's own events.
    pub subject: Option<UserId>,
    /// Who did it, and because of what.
    pub meta: Metadata,
}

/// What happened, by the stream it was recorded in.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// To the account as a whole.
    Account(AccountEvent),
    /// To one person.
    User(UserId, UserEvent),
    /// On one person's device.
    Device(DeviceId, DeviceEvent),
    /// Somebody read data of other people.
    Reading(ReadingEvent),
}

/// The stored name of every event.
pub fn event_types() -> impl Iterator<Item = &'static str> {
    let all = [AccountEvent::VARIANTS, UserEvent::VARIANTS, DeviceEvent::VARIANTS, ReadingEvent::VARIANTS];
    all.into_iter().flatten().copied()
}

impl Event {
    /// The stored name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Account(event) => event.into(),
            Self::User(_, event) => event.into(),
            Self::Device(_, event) => event.into(),
            Self::Reading(event) => event.into(),
        }
    }

    /// The kind of stream.
    pub const fn kind(&self) -> AggregateKind {
        match self {
            Self::Account(_) => AggregateKind::Account,
            Self::User(..) => AggregateKind::User,
            Self::Device(..) => AggregateKind::Device,
            Self::Reading(_) => AggregateKind::Reading,
        }
    }
}

/// The part of an event's metadata that read models use. Other entries stay in the log.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// Who did it, in the form in which the log holds it.
    pub actor: Option<Box<str>>,
    /// For whom they did it, where that is somebody else.
    pub on_behalf_of: Option<Box<str>>,
    /// The request or process that it belongs to.
    pub correlation: Option<Box<str>>,
    /// The event that it follows from.
    pub causation: Option<Box<str>>,
}

/// An event that this program cannot read, or that a read model failed on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event {seq} of {account}: {why}")]
pub struct Poison {
    /// The tenant.
    pub account: AccountId,
    /// Its place in the account's history.
    pub seq: u64,
    /// What is wrong with it.
    pub why: String,
}

/// A recorded event whose texts are still somebody else's.
#[derive(Debug, Clone, Copy)]
pub struct Raw<'a> {
    /// The tenant.
    pub account: AccountId,
    /// Its place in the account's history.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// The kind of stream.
    pub kind: AggregateKind,
    /// Whose stream.
    pub aggregate: Uuid,
    /// Its stored name.
    pub event_type: &'a str,
    /// The version of its shape.
    pub event_version: &'a str,
    /// Canonical JSON.
    pub payload: &'a str,
    /// A flat JSON object, string to string.
    pub metadata: &'a str,
}

impl<'a> From<&'a Recorded> for Raw<'a> {
    fn from(recorded: &'a Recorded) -> Self {
        Self {
            account: recorded.account,
            seq: recorded.account_seq,
            at: recorded.recorded_at,
            kind: recorded.stream.kind,
            aggregate: recorded.stream.id.aggregate,
            event_type: &recorded.event_type,
            event_version: &recorded.event_version,
            payload: &recorded.payload,
            metadata: &recorded.metadata,
        }
    }
}

/// Decodes an event. The person behind a device is not in its events; `Owners` fills `subject` in.
pub fn decode(recorded: &Recorded) -> Result<Fact, Poison> {
    decode_raw(&recorded.into())
}

/// The same for borrowed texts.
pub fn decode_raw(raw: &Raw<'_>) -> Result<Fact, Poison> {
    let poison = |why: String| Poison { account: raw.account, seq: raw.seq, why };
    let payload = current_shape(raw).map_err(poison)?;
    let (event, subject) = match raw.kind {
        AggregateKind::Account => {
            let event: AccountEvent = typed(&payload).map_err(poison)?;
            // The account lets the operator act; some of what they do is done to somebody.
            let about = match &event {
                AccountEvent::OperatorActed { subject, .. } => *subject,
                _ => None,
            };
            (Event::Account(event), about)
        }
        AggregateKind::User => {
            let user = UserId::from_uuid(raw.aggregate);
            (Event::User(user, typed(&payload).map_err(poison)?), Some(user))
        }
        AggregateKind::Device => {
            let event: DeviceEvent = typed(&payload).map_err(poison)?;
            let owner = match &event {
                DeviceEvent::DeviceRegistered { user, .. }
                | DeviceEvent::ApiTokenUsed { holder: TokenHolder::User(user), .. } => Some(*user),
                _ => None,
            };
            (Event::Device(DeviceId::from_uuid(raw.aggregate), event), owner)
        }
        AggregateKind::Reading => {
            let event: ReadingEvent = typed(&payload).map_err(poison)?;
            let about = event.question().and_then(|question| question.subject);
            (Event::Reading(event), about)
        }
    };
    if event.name() != raw.event_type {
        return Err(poison(format!("recorded as {}, but it says {}", raw.event_type, event.name())));
    }
    let meta = typed(raw.metadata).map_err(poison)?;
    Ok(Fact { account: raw.account, seq: raw.seq, at: raw.at, event, subject, meta })
}

/// The payload in the shape of today's version: as it is stored, or through the domain's upcasters. A
/// version of a newer program is not guessed at.
fn current_shape<'a>(raw: &Raw<'a>) -> Result<Cow<'a, str>, String> {
    let Raw { event_type, event_version: version, payload, .. } = *raw;
    if version == upcast::version_today(event_type) {
        return Ok(Cow::Borrowed(payload));
    }
    match upcast::to_today(event_type, version, typed(payload)?) {
        Some(today) => Ok(Cow::Owned(today.to_string())),
        None => Err(format!("{event_type} of version {version} is not known here")),
    }
}

fn typed<T: DeserializeOwned>(json: &str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|e| e.to_string())
}
