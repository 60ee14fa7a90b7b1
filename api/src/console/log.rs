//! The audit log, newest first, in words.

use std::collections::HashMap;
use std::io;

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures::TryStreamExt as _;
use serde::Deserialize;
use twofold_domain::account::AccountEvent;
use twofold_domain::ids::{DeviceId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_infra::acts::{ActError, Look};
use twofold_projections::audit::{self, Entry, Page};
use twofold_projections::directory;
use twofold_projections::fact::event_types;
use twofold_projections::status::{self, reset_by::reset_by};

use super::door::{Door, with_query};
use super::names::{self, Names, actor_words};
use super::people::may;
use super::refused::Refused;
use super::security::called;
use super::telling::{Told, changed, key, tell};
use crate::audit::export::{Export, ExportForm};
use crate::audit::is_cause;
use crate::audit::names::{Meant, NamesThen, search};
use crate::audit::shown::open_change;
use crate::cursor::Cursor;
use crate::extract::Query;
use crate::layers::concern;
use crate::pages::account::{Filter, Log, LogRow, Reset};
use crate::pages::frame::{Field, Section};
use crate::pages::render;

/// Events on a page.
const ROWS: u32 = 50;
/// The cursor's list.
const LIST: &str = "console/log";
/// Names under an account-wide disable. The report of the event before it has everyone.
const NAMED: usize = 500;

#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    #[serde(default, rename = "type")]
    event_type: String,
    #[serde(default)]
    actor: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    /// Words in the name or address that somebody bore then.
    #[serde(default)]
    q: String,
    /// By what it came about.
    #[serde(default)]
    cause: String,
    /// As the log was right after this event.
    #[serde(default)]
    at_event: String,
    /// Begin with this event.
    event: Option<u64>,
    before: Option<Cursor>,
}

impl Asked {
    fn pairs(&self) -> [(&'static str, &str); 8] {
        [
            ("type", &self.event_type),
            ("actor", &self.actor),
            ("subject", &self.subject),
            ("from", &self.from),
            ("to", &self.to),
            ("q", &self.q),
            ("cause", &self.cause),
            ("at_event", &self.at_event),
        ]
    }
}

/// What the page's rows share: names, devices, and the disables that resets follow from.
#[derive(Default)]
struct Known {
    /// As of today, of whom a disable reset.
    names: Names,
    /// As of each event.
    then: NamesThen,
    devices: HashMap<DeviceId, String>,
    disables: Option<HashMap<u32, u64>>,
}

/// A page of it.
pub(super) async fn show(mut door: Door, Query(asked): Query<Asked>) -> Result<Response, Refused> {
    let me = door.enter(Deed::ReadAudit).await?;
    door.frame = door.frame.clone().section(Section::Log);
    for projection in [audit::NAME, directory::NAME, status::NAME] {
        door.caught_up(projection).await?;
    }
    let (wanted, filter) = read(&door, &asked).await?;
    let look = Look::from(question(wanted.as_ref(), asked.event)).searching(words(&asked));
    door.shows(&me, look).await?;
    let page = match (&asked.before, asked.event) {
        (Some(cursor), _) => Page::Before(cursor.open::<u64>(LIST)?),
        (None, Some(event)) => Page::Before(event.saturating_add(1)),
        (None, None) => Page::Newest,
    };
    let mut entries = match wanted {
        Some(wanted) => {
            let views = door.app.store().views();
            audit::page(views, door.account, &wanted, page, ROWS + 1).await.map_err(ActError::from)?
        }
        None => Vec::new(),
    };
    let more = entries.len() > ROWS as usize;
    entries.truncate(ROWS as usize);
    let next = match entries.last() {
        Some(last) if more => {
            let cursor = Cursor::seal(LIST, &last.row.account_seq)?.to_string();
            with_query(&door.path("log"), asked.pairs().into_iter().chain([("before", cursor.as_str())]))
        }
        _ => String::new(),
    };
    let mut known = Known::default();
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        rows.push(row(&door, &mut known, entry).await?);
    }
    let f = door.frame.clone();
    let download = |form: &str| with_query(&door.path(&format!("log.{form}")), asked.pairs());
    let forms = [("CSV", "csv"), ("JSON Lines", "jsonl"), ("OCSF", "ocsf")];
    Ok(render(&Log {
        downloads: if may(&me, Deed::Export) {
            forms.map(|(name, form)| (name, download(form))).to_vec()
        } else {
            vec![]
        },
        types: event_types().map(|name| (name, f.s(&key(name)))).collect(),
        filtered: asked.event.is_some() || asked.pairs().iter().any(|(_, value)| !value.is_empty()),
        filter,
        rows,
        next,
        f,
    }))
}

/// What of the log is looked at.
fn question(filter: Option<&audit::Filter>, event: Option<u64>) -> Question {
    let Some(filter) = filter else { return Question::of(Matter::Events) };
    let question = Question::of(Matter::Events)
        .between(filter.from, filter.to)
        .narrowed("type", filter.event_type.as_deref())
        .narrowed("actor", filter.actor.as_deref())
        .narrowed("cause", filter.cause.as_deref())
        .narrowed("at_event", filter.up_to)
        .narrowed("position", event);
    Question { subject: filter.subject, ..question }
}

/// The filter that was typed; nothing where it names somebody who is not here.
async fn read(door: &Door, asked: &Asked) -> Result<(Option<audit::Filter>, Filter), Refused> {
    let mut shown = Filter {
        event_type: asked.event_type.clone(),
        actor: Field::of(&asked.actor),
        subject: Field::of(&asked.subject),
        from: Field::of(&asked.from),
        to: Field::of(&asked.to),
        q: Field::of(&asked.q),
        cause: Field::of(&asked.cause),
        at_event: Field::of(&asked.at_event),
    };
    let mut filter = audit::Filter {
        event_type: Some(asked.event_type.clone()).filter(|name| !name.is_empty()),
        ..audit::Filter::default()
    };
    let mut good = true;
    let mut wrong = |field: &mut Field, key: &str| {
        field.error = door.frame.s(key);
        good = false;
    };
    let actor = asked.actor.trim();
    if ["operator", "anonymous"].contains(&actor) || actor.starts_with("system:") {
        filter.actor = Some(actor.to_owned());
    } else if !actor.is_empty() {
        match names::find(door, actor).await? {
            Some(user) => filter.actor = Some(user.to_string()),
            None => wrong(&mut shown.actor, "log-nobody"),
        }
    }
    if !asked.subject.trim().is_empty() {
        match names::find(door, &asked.subject).await? {
            Some(user) => filter.subject = Some(user),
            None => wrong(&mut shown.subject, "log-nobody"),
        }
    }
    // A day begins with its first instant and, read as it is, ends with its last.
    let zone = concern::zone();
    for (text, at, field, place) in [
        (&asked.from, zone.first_of(&asked.from), &mut shown.from, &mut filter.from),
        (&asked.to, zone.last_of(&asked.to), &mut shown.to, &mut filter.to),
    ] {
        match at {
            None if !text.is_empty() => wrong(field, "as-of-wrong"),
            at => *place = at,
        }
    }
    let cause = asked.cause.trim();
    if !cause.is_empty() {
        if is_cause(cause) {
            filter.cause = Some(cause.to_owned());
        } else {
            wrong(&mut shown.cause, "log-cause-wrong");
        }
    }
    match asked.at_event.trim().trim_start_matches('#') {
        "" => {}
        number => match number.parse() {
            Ok(number) => filter.up_to = Some(number),
            Err(_) => wrong(&mut shown.at_event, "as-of-no-event"),
        },
    }
    if let Some(words) = words(asked) {
        match search(&door.app.desk, door.account, words).await? {
            Meant::People(spans) => filter.people = Some(spans),
            Meant::TooMany => wrong(&mut shown.q, "log-too-many"),
        }
    }
    Ok((good.then_some(filter), shown))
}

/// The words that are searched for, if any are.
fn words(asked: &Asked) -> Option<&str> {
    Some(asked.q.trim()).filter(|words| !words.is_empty())
}

/// The log as a file, as it is filtered; the same writer as the API's.
async fn download(mut door: Door, asked: Asked, form: ExportForm) -> Result<Response, Refused> {
    door.back = with_query(&door.path("log"), asked.pairs());
    let me = door.enter(Deed::Export).await?;
    door.caught_up(audit::NAME).await?;
    let last = audit::head(door.app.store().views(), door.account).await.map_err(ActError::from)?;
    let (Some(filter), _) = read(&door, &asked).await? else {
        return Err(door.explain(StatusCode::UNPROCESSABLE_ENTITY, "error-bad"));
    };
    let look = Look::from(question(Some(&filter), None)).searching(words(&asked));
    door.shows(&me, look.as_file(form.into())).await?;
    let up_to = Some(filter.up_to.map_or(last, |asked| asked.min(last)));
    let filter = audit::Filter { up_to, ..filter };
    let export = Export { account: door.account, filter, form, frame: door.frame.clone() };
    let pieces = export.write(door.app.desk.clone()).map_ok(|(_, piece)| piece).map_err(io::Error::other);
    let name = format!("attachment; filename=\"events-to-{last}.{}\"", form.ending());
    let head = [(header::CONTENT_TYPE, form.media_type()), (header::CONTENT_DISPOSITION, name.as_str())];
    Ok((head, Body::from_stream(pieces)).into_response())
}

/// For a spreadsheet.
pub(super) async fn csv(door: Door, Query(asked): Query<Asked>) -> Result<Response, Refused> {
    download(door, asked, ExportForm::Csv).await
}

/// For a program.
pub(super) async fn jsonl(door: Door, Query(asked): Query<Asked>) -> Result<Response, Refused> {
    download(door, asked, ExportForm::Jsonl).await
}

/// For whoever gathers the logs of many systems.
pub(super) async fn ocsf(door: Door, Query(asked): Query<Asked>) -> Result<Response, Refused> {
    download(door, asked, ExportForm::Ocsf).await
}

async fn row(door: &Door, known: &mut Known, entry: Entry) -> Result<LogRow, Refused> {
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
    let device = match event.device_id {
        Some(device) => device_words(door, known, device).await?,
        None => String::new(),
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
