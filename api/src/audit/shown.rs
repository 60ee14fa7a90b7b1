//! An event as answers show it: in words and as data.

use serde::{Serialize, Serializer};
use serde_json::Value;
use twofold_domain::device::Origin;
use twofold_domain::ids::{AccountId, DeviceId, StreamId, UserId};
use twofold_domain::permission::{Act as Deed, Need, need};
use twofold_domain::policy::Role;
use twofold_domain::sealed::{Email, Kind, PersonName, Sealed};
use twofold_domain::time::Timestamp;
use twofold_infra::acts::ActError;
use twofold_infra::desk::Desk;
use twofold_projections::audit::{self, Entry};
use utoipa::ToSchema;

use super::changes::Change;
use super::names::NamesThen;
use crate::console::telling::{Told, key, tell};
use crate::pages::frame::Frame;

/// An event of the account's history.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventShown {
    /// Its place in the account's history: gap-free, from 1.
    pub(crate) position: u64,
    /// Its own id.
    id: Option<String>,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    #[serde(serialize_with = "in_text")]
    at: Timestamp,
    /// What happened: `TwoFactorEnabled`, and so on.
    r#type: String,
    /// The same in words, in the reader's language (`Accept-Language`: `en`, `es`, `ko`).
    text: String,
    /// What varies from one to the next, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    particulars: Vec<String>,
    /// In whose history: `account`, `user`, `device`, `reading`.
    stream: String,
    /// Its place there.
    sequence: u64,
    /// Who did it: a person, a program, `operator`, `anonymous`, `system:…`.
    actor: Option<String>,
    /// What they were called then; with `annex=names`.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_name: Option<String>,
    /// For whom, where that is somebody else.
    #[serde(skip_serializing_if = "Option::is_none")]
    on_behalf_of: Option<String>,
    /// To whom.
    #[schema(value_type = Option<String>)]
    subject: Option<UserId>,
    /// What they were called then; with `annex=names`.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject_name: Option<String>,
    /// On which device.
    #[schema(value_type = Option<String>)]
    device: Option<DeviceId>,
    /// The session that it was done in.
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    /// The API token that it was done by.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// Where from, for whoever may see that of this person, and until they are erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<OriginShown>,
    /// Why, in the words of who did it, until whoever it is about is erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// By what it came about: of a reset `account_disabled:2`, `staff`; of a refused proof `replayed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    /// The event that it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    causation: Option<String>,
    /// The request that it belongs to.
    correlation: Option<String>,
    /// What it changed, before and after. Personal values are sealed; with `annex=names`, a name and an address
    /// are opened, until their person is erased.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<Change>,
    /// What it says. Personal values are sealed.
    #[schema(value_type = Object)]
    data: Value,
}

/// Where something was done from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OriginShown {
    /// The network address.
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<String>,
    /// The browser or app.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
}

/// Who tells events to a reader, by that reader's language and rights.
pub(crate) struct Teller {
    desk: Desk,
    account: AccountId,
    frame: Frame,
    /// The role of a reader who may see where people came from: only somebody in a session.
    role: Option<Role>,
    names: Option<NamesThen>,
}

/// What an event says, without the name around it, which stands beside it already.
pub(crate) fn data(payload: &str) -> Result<Value, ActError> {
    let payload: Value = serde_json::from_str(payload).map_err(unreadable)?;
    Ok(match payload {
        Value::Object(outer) => outer.into_iter().next().map_or(Value::Null, |(_, inner)| inner),
        other => other,
    })
}

/// An instant as RFC 3339 writes it.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a field over so")]
pub(crate) fn in_text<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

#[expect(clippy::needless_pass_by_value, reason = "what `map_err` hands over")]
pub(crate) fn unreadable(error: serde_json::Error) -> ActError {
    ActError::Bug(format!("an event that is not JSON: {error}"))
}

/// Opens a name or an address on both sides of a change. What cannot be opened any more stays sealed.
pub(crate) async fn open_change(
    desk: &Desk,
    account: AccountId,
    user: UserId,
    change: &mut audit::Change,
) -> Result<(), ActError> {
    for side in [&mut change.before, &mut change.after] {
        let clear = match (change.what.as_str(), &*side) {
            ("name", Value::String(sealed)) => open_text::<PersonName>(desk, account, user, sealed).await?,
            ("email", Value::String(sealed)) => open_text::<Email>(desk, account, user, sealed).await?,
            _ => None,
        };
        if let Some(clear) = clear {
            *side = clear.into();
        }
    }
    Ok(())
}

async fn open_text<K: Kind>(
    desk: &Desk,
    account: AccountId,
    user: UserId,
    sealed: &str,
) -> Result<Option<String>, ActError> {
    let sealed: Sealed<K> = serde_json::from_value(sealed.into()).map_err(unreadable)?;
    Ok(desk.vault().unseal(account, user, &sealed).await?.map(|clear| clear.to_string()))
}

impl Teller {
    pub(crate) fn new(
        desk: &Desk,
        account: AccountId,
        frame: Frame,
        role: Option<Role>,
        names: bool,
    ) -> Self {
        Self { desk: desk.clone(), account, frame, role, names: names.then(NamesThen::default) }
    }

    /// An event, told.
    pub(crate) async fn tell(&mut self, entry: Entry) -> Result<EventShown, ActError> {
        let Told { particulars, reason, .. } = tell(&self.frame, &entry);
        let changes = self.changes(&entry).await?;
        let Entry { row, sequence, payload, metadata, .. } = entry;
        let (data, metadata) =
            (data(&payload)?, serde_json::from_str::<Value>(&metadata).map_err(unreadable)?);
        let said = |field: &str| metadata[field].as_str().map(str::to_owned);
        let by: Option<UserId> = row.actor.as_deref().and_then(|actor| actor.parse().ok());
        // A reason is sealed under the person whom it describes: the subject, or whoever threw the switch.
        let reason = match (reason, row.subject.or(by)) {
            (Some(sealed), Some(user)) => self.open(user, Some(sealed)).await?,
            _ => None,
        };
        let actor_name = self.named(by, row.account_seq).await?;
        let subject_name = self.named(row.subject, row.account_seq).await?;
        Ok(EventShown {
            position: row.account_seq,
            id: said("event_id"),
            at: row.recorded_at,
            text: self.frame.s(&key(&row.event_type)),
            particulars,
            stream: row.stream.into(),
            sequence,
            actor: row.actor.map(Into::into),
            actor_name,
            on_behalf_of: row.on_behalf_of.map(Into::into),
            subject: row.subject,
            subject_name,
            device: row.device_id,
            session: said("session"),
            token: said("token"),
            origin: self.origin(row.subject, &data).await?,
            reason,
            cause: row.cause.map(Into::into),
            causation: row.causation.map(Into::into),
            correlation: row.correlation.map(Into::into),
            changes,
            data,
            r#type: row.event_type.into(),
        })
    }

    async fn changes(&self, entry: &Entry) -> Result<Vec<Change>, ActError> {
        let mut changes = audit::changes(self.desk.store().views(), self.account, entry).await?;
        if let (Some(_), Some(user)) = (&self.names, entry.row.subject) {
            for change in &mut changes {
                open_change(&self.desk, self.account, user, change).await?;
            }
        }
        Ok(changes.into_iter().map(Change::from).collect())
    }

    async fn named(&mut self, user: Option<UserId>, at: u64) -> Result<Option<String>, ActError> {
        let (Some(names), Some(user)) = (&mut self.names, user) else { return Ok(None) };
        let called = names.of(&self.desk, self.account, user, at).await?;
        Ok(Some(called.name).filter(|name| !name.is_empty()))
    }

    /// Where it came from, for whoever may see the devices of this person.
    async fn origin(&self, subject: Option<UserId>, data: &Value) -> Result<Option<OriginShown>, ActError> {
        let (Some(reader), Some(subject)) = (self.role, subject) else { return Ok(None) };
        let origin = match (data.get("origin"), data.get("user_agent")) {
            (Some(origin), _) => serde_json::from_value(origin.clone()).map_err(unreadable)?,
            (None, Some(agent)) => {
                Origin { ip: None, user_agent: serde_json::from_value(agent.clone()).map_err(unreadable)? }
            }
            (None, None) => return Ok(None),
        };
        let stream = StreamId::user(self.account, subject);
        let role = self.desk.log().users.load(stream).await?.state.role();
        if role.is_none_or(|role| need(reader, Deed::ReadDevices(role)) == Need::Never) {
            return Ok(None);
        }
        let (ip, user_agent) =
            (self.open(subject, origin.ip).await?, self.open(subject, origin.user_agent).await?);
        Ok((ip.is_some() || user_agent.is_some()).then_some(OriginShown { ip, user_agent }))
    }

    async fn open<K: Kind>(
        &self,
        user: UserId,
        sealed: Option<Sealed<K>>,
    ) -> Result<Option<String>, ActError> {
        let Some(sealed) = sealed else { return Ok(None) };
        let clear = self.desk.vault().unseal(self.account, user, &sealed).await?;
        Ok(clear.map(|clear| clear.to_string()))
    }
}
