//! A range of the audit log as a file: JSON Lines, CSV, or OCSF, written page by page as it is read. Pseudonymous,
//! and the same bytes whenever the same range is asked again.

use std::fmt::Write as _;
use std::pin::pin;
use std::sync::Arc;

use axum::body::Bytes;
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use serde::Serialize;
use strum::{EnumString, IntoStaticStr};
use tokio::sync::mpsc;
use twofold_domain::ids::{AccountId, DeviceId, UserId};
use twofold_domain::reading::FileForm;
use twofold_domain::time::Timestamp;
use twofold_infra::acts::ActError;
use twofold_infra::desk::Desk;
use twofold_projections::audit::{self, Change, Entry, Filter, Page};
use twofold_projections::ocsf;

use super::shown::{data, in_text, unreadable};
use crate::console::telling::{key, tell};
use crate::csv::{Cell, write_row};
use crate::pages::frame::Frame;

/// Events read at a time.
const PAGE: u32 = 1_000;
/// Pieces written at once, and pieces that wait for whoever takes them.
const AHEAD: usize = 2;

/// In which form.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    IntoStaticStr,
    EnumString,
    serde::Deserialize,
    utoipa::ToSchema,
    clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub(crate) enum ExportForm {
    /// JSON Lines: one event a line, as the log holds it.
    Jsonl,
    /// RFC 4180, safe to open in a spreadsheet; with the events in words.
    Csv,
    /// JSON Lines of the Open Cybersecurity Schema Framework 1.8.0.
    Ocsf,
}

impl ExportForm {
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Jsonl | Self::Ocsf => "application/jsonl",
            Self::Csv => "text/csv; charset=utf-8; header=present",
        }
    }

    /// The ending of a file's name.
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Ocsf => "ocsf.jsonl",
            Self::Csv => "csv",
        }
    }
}

impl From<ExportForm> for FileForm {
    fn from(form: ExportForm) -> Self {
        match form {
            ExportForm::Jsonl => Self::Jsonl,
            ExportForm::Csv => Self::Csv,
            ExportForm::Ocsf => Self::Ocsf,
        }
    }
}

const COLUMNS: [&str; 17] = [
    "position",
    "at",
    "type",
    "text",
    "particulars",
    "stream",
    "sequence",
    "actor",
    "on_behalf_of",
    "subject",
    "device",
    "cause",
    "session",
    "token",
    "correlation",
    "changes",
    "data",
];

/// One line of JSON Lines.
#[derive(Serialize)]
struct Line<'a> {
    position: u64,
    id: Option<&'a str>,
    #[serde(serialize_with = "in_text")]
    at: Timestamp,
    r#type: &'a str,
    version: &'a str,
    stream: &'a str,
    sequence: u64,
    actor: Option<&'a str>,
    on_behalf_of: Option<&'a str>,
    subject: Option<UserId>,
    device: Option<DeviceId>,
    session: Option<&'a str>,
    token: Option<&'a str>,
    cause: Option<&'a str>,
    causation: Option<&'a str>,
    correlation: Option<&'a str>,
    #[serde(skip_serializing_if = "<[Change]>::is_empty")]
    changes: &'a [Change],
    data: serde_json::Value,
}

/// An event, and what it changed.
type Told = (Entry, Vec<Change>);

/// What is to be exported.
pub(crate) struct Export {
    pub(crate) account: AccountId,
    pub(crate) filter: Filter,
    pub(crate) form: ExportForm,
    /// The language of what is told in words.
    pub(crate) frame: Frame,
}

impl Export {
    /// The file, in pieces, oldest event first; with each the number of the last event in it. While one is taken,
    /// the next ones are read and written on other cores.
    pub(crate) fn write(self, desk: Desk) -> impl Stream<Item = Result<(u64, Bytes), ActError>> + Send {
        let (send, receive) = mpsc::channel(AHEAD);
        tokio::spawn(async move {
            let me = Arc::new(self);
            let found =
                futures::stream::try_unfold((Arc::clone(&me), desk, Some(0)), async |(me, desk, after)| {
                    let Some(after) = after else { return Ok::<_, ActError>(None) };
                    let views = desk.store().views();
                    let found =
                        audit::entries(views, me.account, &me.filter, Page::After(after), PAGE).await?;
                    let last = found.entries.last().map_or(after, |entry| entry.row.account_seq);
                    let mut entries = Vec::with_capacity(found.entries.len());
                    for entry in found.entries {
                        let changes = audit::changes(views, me.account, &entry).await?;
                        entries.push((entry, changes));
                    }
                    Ok(Some(((after == 0, last, entries), (me, desk, found.on))))
                });
            let write = |(first, last, entries): (bool, u64, Vec<Told>)| {
                let me = Arc::clone(&me);
                let written = tokio::task::spawn_blocking(move || me.piece(first, &entries));
                async move {
                    let piece =
                        written.await.map_err(|e| ActError::Bug(format!("a piece ended early: {e}")))?;
                    Ok((last, piece?))
                }
            };
            let mut pieces = pin!(found.map_ok(write).try_buffered(AHEAD));
            while let Some(piece) = pieces.next().await {
                if send.send(piece).await.is_err() {
                    return;
                }
            }
        });
        futures::stream::unfold(receive, async |mut receive| Some((receive.recv().await?, receive)))
    }

    fn piece(&self, first: bool, entries: &[Told]) -> Result<Bytes, ActError> {
        let mut text = if first { self.head() } else { String::new() };
        for (entry, changes) in entries {
            self.line(entry, changes, &mut text)?;
        }
        Ok(text.into())
    }

    fn head(&self) -> String {
        let mut text = String::new();
        if self.form == ExportForm::Csv {
            write_row(&mut text, COLUMNS.into_iter().map(Cell::Text));
        }
        text
    }

    fn line(&self, entry: &Entry, changes: &[Change], text: &mut String) -> Result<(), ActError> {
        match self.form {
            ExportForm::Jsonl => jsonl(entry, changes, text),
            ExportForm::Csv => self.csv(entry, changes, text),
            ExportForm::Ocsf => self.ocsf(entry, changes, text),
        }
    }

    fn csv(&self, entry: &Entry, changes: &[Change], text: &mut String) -> Result<(), ActError> {
        let (row, told) = (&entry.row, tell(&self.frame, entry));
        let metadata: serde_json::Value = serde_json::from_str(&entry.metadata).map_err(unreadable)?;
        let said = |field: &str| metadata[field].as_str();
        let (at, what) = (row.recorded_at.to_string(), self.frame.s(&key(&row.event_type)));
        let particulars = told.particulars.join("; ");
        let (subject, device) =
            (row.subject.map(|id| id.to_string()), row.device_id.map(|id| id.to_string()));
        let data = data(&entry.payload)?.to_string();
        let replaced =
            if changes.is_empty() { None } else { Some(serde_json::to_string(changes).map_err(unreadable)?) };
        let maybe = |text: Option<&'_ str>| text.map(str::to_owned);
        let texts = [
            Some(at),
            Some(row.event_type.to_string()),
            Some(what),
            Some(particulars),
            Some(row.stream.to_string()),
            None,
            maybe(row.actor.as_deref()),
            maybe(row.on_behalf_of.as_deref()),
            subject,
            device,
            maybe(row.cause.as_deref()),
            maybe(said("session")),
            maybe(said("token")),
            maybe(row.correlation.as_deref()),
            replaced,
            Some(data),
        ];
        let number = |n: u64| Cell::Number(i64::try_from(n).unwrap_or(i64::MAX));
        let cells = texts.iter().enumerate().map(|(place, text)| match text {
            // Behind the stream stands its number there.
            None if place == 5 => number(entry.sequence),
            None => Cell::Empty,
            Some(text) => Cell::Text(text),
        });
        write_row(text, std::iter::once(number(row.account_seq)).chain(cells));
        Ok(())
    }

    fn ocsf(&self, entry: &Entry, changes: &[Change], text: &mut String) -> Result<(), ActError> {
        let fact = entry.fact(self.account)?;
        let _ = writeln!(text, "{}", ocsf::record(&fact, changes));
        Ok(())
    }
}

fn jsonl(entry: &Entry, changes: &[Change], text: &mut String) -> Result<(), ActError> {
    let row = &entry.row;
    let metadata: serde_json::Value = serde_json::from_str(&entry.metadata).map_err(unreadable)?;
    let said = |field: &str| metadata[field].as_str();
    let line = Line {
        position: row.account_seq,
        id: said("event_id"),
        at: row.recorded_at,
        r#type: &row.event_type,
        version: &entry.event_version,
        stream: &row.stream,
        sequence: entry.sequence,
        actor: row.actor.as_deref(),
        on_behalf_of: row.on_behalf_of.as_deref(),
        subject: row.subject,
        device: row.device_id,
        session: said("session"),
        token: said("token"),
        cause: row.cause.as_deref(),
        causation: row.causation.as_deref(),
        correlation: row.correlation.as_deref(),
        changes,
        data: data(&entry.payload)?,
    };
    text.push_str(&serde_json::to_string(&line).map_err(unreadable)?);
    text.push('\n');
    Ok(())
}
