//! The audit log, newest first, in words.

use std::io;

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures::TryStreamExt as _;
use serde::Deserialize;
use twofold_domain::ids::ClientId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_infra::acts::{ActError, Look};
use twofold_infra::store::AggregateKind;
use twofold_projections::audit::{self, Entry, Page};
use twofold_projections::directory;
use twofold_projections::fact::event_types;
use twofold_projections::status;

use super::door::{Door, with_query};
use super::log_rows::{Known, row};
use super::names;
use super::people::may;
use super::refused::Refused;
use super::telling::key;
use crate::audit::export::{Export, ExportForm};
use crate::audit::is_cause;
use crate::audit::names::{Meant, search};
use crate::cursor::Cursor;
use crate::extract::Query;
use crate::layers::concern;
use crate::pages::account::{Filter, Log};
use crate::pages::frame::{Field, Section};
use crate::pages::render;

/// Events on a page.
const ROWS: u32 = 50;
/// The kinds of stream, in the order of the choice.
const STREAMS: [AggregateKind; 4] =
    [AggregateKind::Account, AggregateKind::User, AggregateKind::Device, AggregateKind::Reading];
/// The cursor's list.
const LIST: &str = "console/log";

#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    #[serde(default, rename = "type")]
    event_type: String,
    #[serde(default)]
    actor: String,
    #[serde(default)]
    subject: String,
    /// On which device.
    #[serde(default)]
    device: String,
    /// In which kind of stream.
    #[serde(default)]
    stream: String,
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
    /// Behind this one, towards the past.
    before: Option<Cursor>,
    /// Behind this one, towards the present.
    after: Option<Cursor>,
}

impl Asked {
    fn pairs(&self) -> [(&'static str, &str); 10] {
        [
            ("type", &self.event_type),
            ("actor", &self.actor),
            ("subject", &self.subject),
            ("device", &self.device),
            ("stream", &self.stream),
            ("from", &self.from),
            ("to", &self.to),
            ("q", &self.q),
            ("cause", &self.cause),
            ("at_event", &self.at_event),
        ]
    }
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
    let end = match &wanted {
        Some(wanted) => end(&door, wanted).await?,
        None => None,
    };
    door.shows(&me, look).await?;
    let wanted = wanted.map(|wanted| match end {
        Some(end) => audit::Filter { to: None, up_to: Some(end), ..wanted },
        None => wanted,
    });
    let Shown { entries, older, newer } = match wanted {
        Some(wanted) => turned(&door, &wanted, &asked).await?,
        None => Shown::default(),
    };
    let way = |name: &'static str, seq: Option<u64>| -> Result<String, Refused> {
        let Some(seq) = seq else { return Ok(String::new()) };
        let cursor = Cursor::seal(LIST, &seq)?.to_string();
        Ok(with_query(&door.path("log"), asked.pairs().into_iter().chain([(name, cursor.as_str())])))
    };
    let (next, previous) = (way("before", older)?, way("after", newer)?);
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
        streams: STREAMS.map(|kind| (kind.name(), f.s(&format!("log-stream-{}", kind.name())))).to_vec(),
        rows,
        next,
        previous,
        f,
    }))
}

/// Events of a page, the newest first, and where there are more: behind which of them.
#[derive(Default)]
struct Shown {
    entries: Vec<Entry>,
    older: Option<u64>,
    newer: Option<u64>,
}

/// The page that was turned to. One that reaches the newest event is the first page: it is full, and nothing
/// newer is missing from it.
async fn turned(door: &Door, wanted: &audit::Filter, asked: &Asked) -> Result<Shown, Refused> {
    let views = door.app.store().views();
    let take =
        async |page| audit::page(views, door.account, wanted, page, ROWS + 1).await.map_err(ActError::from);
    if let Some(cursor) = &asked.after {
        let behind = cursor.open::<u64>(LIST)?;
        let mut entries = take(Page::After(behind)).await?;
        if entries.len() > ROWS as usize {
            entries.truncate(ROWS as usize);
            entries.reverse();
            let end = |entry: Option<&Entry>| entry.map(|entry| entry.row.account_seq);
            let (older, newer) = (end(entries.last()), end(entries.first()));
            return Ok(Shown { entries, older, newer });
        }
    }
    let page = match (&asked.after, &asked.before, asked.event) {
        (None, Some(cursor), _) => Page::Before(cursor.open::<u64>(LIST)?),
        (None, None, Some(event)) => Page::Before(event.saturating_add(1)),
        (Some(_), ..) | (None, None, None) => Page::Newest,
    };
    let mut entries = take(page).await?;
    let more = entries.len() > ROWS as usize;
    entries.truncate(ROWS as usize);
    let older = entries.last().map(|last| last.row.account_seq).filter(|_| more);
    let first = entries.first().map(|first| first.row.account_seq).filter(|_| page != Page::Newest);
    let newer = match first {
        Some(first) => {
            let beyond = audit::page(views, door.account, wanted, Page::After(first), 1).await;
            let none = beyond.map_err(ActError::from)?.is_empty();
            Some(first).filter(|_| !none)
        }
        None => None,
    };
    Ok(Shown { entries, older, newer })
}

/// The last event of the log that is asked for, if an end was named; nothing is recorded before it any more.
async fn end(door: &Door, wanted: &audit::Filter) -> Result<Option<u64>, Refused> {
    if wanted.to.is_none() && wanted.up_to.is_none() {
        return Ok(None);
    }
    Ok(Some(door.app.stands_up_to(door.account, wanted.to, wanted.up_to).await?.position()))
}

/// What of the log is looked at.
fn question(filter: Option<&audit::Filter>, event: Option<u64>) -> Question {
    let Some(filter) = filter else { return Question::of(Matter::Events) };
    let question = Question::of(Matter::Events)
        .between(filter.from, filter.to)
        .narrowed("type", filter.event_type.as_deref())
        .narrowed("actor", filter.actor.as_deref())
        .narrowed("device", filter.device)
        .narrowed("stream", filter.stream)
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
        device: Field::of(&asked.device),
        stream: asked.stream.clone(),
        from: Field::of(&asked.from),
        to: Field::of(&asked.to),
        q: Field::of(&asked.q),
        cause: Field::of(&asked.cause),
        at_event: Field::of(&asked.at_event),
    };
    let mut filter = audit::Filter {
        event_type: Some(asked.event_type.clone()).filter(|name| !name.is_empty()),
        stream: STREAMS.iter().map(|kind| kind.name()).find(|name| *name == asked.stream),
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
    } else if let Ok(program) = actor.parse::<ClientId>() {
        filter.actor = Some(program.to_string());
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
    if !asked.device.trim().is_empty() {
        match asked.device.trim().parse() {
            Ok(device) => filter.device = Some(device),
            Err(_) => wrong(&mut shown.device, "log-no-device"),
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
    let last = end(&door, &filter).await?.unwrap_or(last);
    door.shows(&me, look.as_file(form.into())).await?;
    let filter = audit::Filter { to: None, up_to: Some(last), ..filter };
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
