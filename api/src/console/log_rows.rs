//! Events of the audit log as its page shows them: in words, with whoever they concern.

use std::collections::HashMap;

use twofold_domain::account::AccountEvent;
use twofold_domain::ids::{DeviceId, UserId};
use twofold_infra::acts::ActError;
use twofold_projections::audit::{self, Entry};
use twofold_projections::directory;
use twofold_projections::status::reset_by::reset_by;

use super::door::{Door, with_query};
use super::names::{Names, actor_words};
use super::refused::Refused;
use super::security::called;
use super::telling::{Told, changed, key, tell};
use crate::audit::names::NamesThen;
use crate::audit::shown::open_change;
use crate::pages::account::{LogRow, Reset};

/// Names under an account-wide disable. The report of the event before it has everyone.
const NAMED: usize = 500;

/// What the page's rows share: names, devices, and the disables that resets follow from.
#[derive(Default)]
pub(super) struct Known {
    /// As of today, of whom a disable reset.
    names: Names,
    /// As of each event.
    then: NamesThen,
    devices: HashMap<DeviceId, String>,
    disables: Option<HashMap<u32, u64>>,
}

/// An event in words.
pub(super) async fn row(door: &Door, known: &mut Known, entry: Entry) -> Result<LogRow, Refused> {
    let Told { mut particulars, reason, reset_by } = tell(&door.frame, &entry);
    let desk = &door.app.desk;
    let mut changes =
        audit::replaced(desk.store().views(), door.account, &entry).await.map_err(ActError::from)?;
    if let Some(user) = entry.row.subject {
        for change in &mut changes {
            open_change(desk, door.account, user, change).await?;
        }
    }
    particulars.extend(changed(&door.frame, &entry.row.event_type, &changes, &door.state.groups));
    let event = entry.row;
    let actor: Option<UserId> = event.actor.as_deref().and_then(|actor| actor.parse().ok());
    let (by, by_href) = match actor {
        Some(user) => person(door, known, user, event.account_seq, "actor").await?,
        None => (actor_words(door, event.actor.as_deref()), String::new()),
    };
    let (whom, whom_href) = match event.subject {
        Some(user) => person(door, known, user, event.account_seq, "subject").await?,
        None => Default::default(),
    };
    // A reason is sealed under the person whom it describes: the subject, or whoever threw the switch.
    let why = match (reason, event.subject.or(actor)) {
        (Some(sealed), Some(user)) => door.app.desk.vault().unseal(door.account, user, &sealed).await?,
        _ => None,
    };
    let cause = match reset_by {
        Some(generation) => disabled_at(door, known, generation).await?,
        None => None,
    };
    let reset = if &*event.event_type == "AccountTwoFactorDisabled" {
        Some(reset_people(door, known, event.account_seq).await?)
    } else {
        None
    };
    let (device, device_href) = match event.device_id {
        Some(device) => {
            let filtered = with_query(&door.path("log"), [("device", device.to_string().as_str())]);
            (device_words(door, known, device).await?, filtered)
        }
        None => Default::default(),
    };
    Ok(LogRow {
        number: event.account_seq,
        at: event.recorded_at.into(),
        what: door.frame.s(&key(&event.event_type)),
        particulars,
        event_type: event.event_type.into(),
        who: by,
        who_href: by_href,
        whom,
        whom_href,
        device,
        device_href,
        why: why.map_or_else(String::new, |why| why.as_str().to_owned()),
        cause: cause.map(|seq| (seq, with_query(&door.path("log"), [("event", seq.to_string().as_str())]))),
        reset,
        data: data(&entry.payload, &entry.metadata),
    })
}

/// A person's name as they bore it then, and the log filtered by them.
async fn person(
    door: &Door,
    known: &mut Known,
    user: UserId,
    at: u64,
    filter: &'static str,
) -> Result<(String, String), Refused> {
    let called = known.then.of(&door.app.desk, door.account, user, at).await?;
    let name = if called.name.is_empty() { door.frame.s("erased-person") } else { called.name };
    Ok((name, with_query(&door.path("log"), [(filter, user.to_string().as_str())])))
}

/// The event of the account-wide disable that opened a generation.
async fn disabled_at(door: &Door, known: &mut Known, generation: u32) -> Result<Option<u64>, Refused> {
    if known.disables.is_none() {
        let views = door.app.store().views();
        let found = audit::of_type(views, door.account, "AccountTwoFactorDisabled", 0).await;
        let generations =
            found.map_err(ActError::from)?.into_iter().filter_map(
                |(seq, payload)| match serde_json::from_str(&payload) {
                    Ok(AccountEvent::AccountTwoFactorDisabled { generation, .. }) => Some((generation, seq)),
                    _ => None,
                },
            );
        known.disables = Some(generations.collect());
    }
    Ok(known.disables.as_ref().and_then(|disables| disables.get(&generation).copied()))
}

async fn reset_people(door: &Door, known: &mut Known, seq: u64) -> Result<Reset, Refused> {
    let users = reset_by(door.app.store().views(), door.account, seq).await.map_err(ActError::from)?;
    let mut names = Vec::new();
    for user in users.iter().take(NAMED) {
        names.push(known.names.of(door, *user).await?.shown(door));
    }
    Ok(Reset { names, more: users.len().saturating_sub(NAMED) as u64 })
}

async fn device_words(door: &Door, known: &mut Known, device: DeviceId) -> Result<String, Refused> {
    if let Some(words) = known.devices.get(&device) {
        return Ok(words.clone());
    }
    let views = door.app.store().views();
    let row = directory::device(views, door.account, device).await.map_err(ActError::from)?;
    let words = match row {
        Some(row) => called(door, &row).await?,
        None => door.frame.s("unknown-browser"),
    };
    known.devices.insert(device, words.clone());
    Ok(words)
}

/// The event as it is recorded, laid out for reading.
fn data(payload: &str, metadata: &str) -> String {
    let pretty = |text: &str| {
        let value: Result<serde_json::Value, _> = serde_json::from_str(text);
        value
            .ok()
            .and_then(|value| serde_json::to_string_pretty(&value).ok())
            .unwrap_or_else(|| text.to_owned())
    };
    format!("{}\n{}", pretty(payload), pretty(metadata))
}
