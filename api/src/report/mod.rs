//! Reports as they leave the program: JSON, CSV, or a spreadsheet, written page by page as their rows are read.
//!
//! One writer for every report of the registry ([`twofold_projections::reports`]); API, command line, and console
//! all use it, so that the same question has the same bytes wherever it is asked. Rows are pseudonymous. Names are
//! an annex, as they are today: who was erased since has none.

mod answer;
mod background;
mod delimited;
mod json;
mod names;
mod sheet;

pub(crate) use answer::{ShownTo, Wish, answer, look, misread, place};
pub use background::Forms;
pub(crate) use background::{Asking, FileRow, Standing, Writing, file_answer, files_of, wish_of};
pub(crate) use names::{Called, Names};

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Bytes;
use futures::{Stream, StreamExt as _};
use serde::Serialize;
use strum::{EnumString, IntoStaticStr};
use tokio::sync::mpsc;
use twofold_domain::reading::FileForm;
use twofold_infra::acts::ActError;
use twofold_infra::desk::Desk;
use twofold_infra::store::StoreError;
use twofold_projections::reports::{Asked, Cell, Pages, Report, Row};

/// Pieces written ahead of whoever reads.
const AHEAD: usize = 2;

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Form {
    /// One object; the rows are one of its arrays.
    #[default]
    Json,
    /// RFC 4180, safe to open in a spreadsheet.
    Csv,
    /// A workbook (ISO/IEC 29500): the rows, and a second sheet that says what they are.
    Xlsx,
}

impl Form {
    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The ending of a file's name, and the form's own.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl From<Form> for FileForm {
    fn from(form: Form) -> Self {
        match form {
            Form::Json => Self::Json,
            Form::Csv => Self::Csv,
            Form::Xlsx => Self::Xlsx,
        }
    }
}

/// A report to write.
#[derive(Clone)]
pub struct Written {
    /// Which.
    pub report: &'static Report,
    /// The question that it answers.
    pub asked: Asked,
    /// In which form.
    pub form: Form,
    /// With the annex of names.
    pub with_names: bool,
    /// Counts rows as they are written, for whoever waits.
    pub counts: Option<Arc<AtomicU64>>,
}

/// Where the pieces go.
type Out = mpsc::Sender<Result<Bytes, ActError>>;

/// The reader of a report went away; nobody is told anything.
struct Gone;

impl From<Gone> for Option<ActError> {
    fn from(_: Gone) -> Self {
        None
    }
}

/// What stands before the rows: the question, so that the answer can be had again.
#[derive(Serialize)]
pub(crate) struct Head<'a> {
    report: &'static str,
    account: String,
    definition: u32,
    position: u64,
    as_of: String,
    #[serde(flatten)]
    arguments: &'a twofold_projections::reports::Arguments,
    /// The first and the last event that the rows speak of.
    events: [u64; 2],
}

impl Written {
    /// The report, in pieces.
    pub fn write(self, desk: Desk) -> impl Stream<Item = Result<Bytes, ActError>> + Send {
        let (send, receive) = mpsc::channel(AHEAD);
        tokio::spawn(async move {
            let pages = self.pages();
            let written = match self.form {
                Form::Json => self.json(&desk, pages, &send).await,
                Form::Csv => self.csv(&desk, pages, &send).await,
                Form::Xlsx => self.xlsx(&desk, pages, &send).await,
            };
            if let Err(Some(error)) = written {
                tracing::error!(%error, report = self.report.name, "a report broke off");
                let _ = send.send(Err(error)).await;
            }
        });
        futures::stream::unfold(receive, async |mut receive| Some((receive.recv().await?, receive)))
    }

    /// The rows.
    pub(crate) fn pages(&self) -> Pages {
        let pages = (self.report.pages)(self.asked.clone());
        let Some(counts) = self.counts.clone() else { return pages };
        let count = move |page: &Result<Vec<Row>, StoreError>| {
            let rows = page.as_ref().map_or(0, Vec::len) as u64;
            counts.fetch_add(rows, Ordering::Relaxed);
        };
        pages.inspect(count).boxed()
    }

    /// The question.
    pub(crate) fn head(&self) -> Head<'_> {
        let Asked { as_of, arguments, .. } = &self.asked;
        Head {
            report: self.report.name,
            account: self.asked.account.to_string(),
            definition: self.report.definition,
            position: as_of.position,
            as_of: as_of.instant.to_string(),
            arguments,
            events: [self.first_event(), as_of.position],
        }
    }

    /// The first event that the rows speak of; the last is the question's own.
    pub(crate) fn first_event(&self) -> u64 {
        self.asked.arguments.after() + 1
    }

    /// The projections that it was made from: `status=4`, by `, `; the log itself where there is none.
    pub(crate) fn built_from(&self) -> String {
        let from = self.report.built_from();
        if from.is_empty() {
            return "log".to_owned();
        }
        from.iter().map(|(name, version)| format!("{name}={version}")).collect::<Vec<_>>().join(", ")
    }

    /// The head and what stands behind the rows, as names and values.
    pub(crate) fn about(&self) -> Result<Vec<(String, String)>, ActError> {
        let head = serde_json::to_value(self.head()).map_err(bug)?;
        let text = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Array(range) => {
                range.iter().map(ToString::to_string).collect::<Vec<_>>().join("–")
            }
            other => other.to_string(),
        };
        let mut about: Vec<_> =
            head.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), text(value))).collect();
        about.push(("projections".to_owned(), self.built_from()));
        Ok(about)
    }

    /// The name of a file: `mfa-status-event-512.csv`.
    pub(crate) fn file_name(&self) -> String {
        format!("{}-event-{}.{}", self.report.name, self.asked.as_of.position, self.form.name())
    }
}

/// A share as a decimal number: `0.1234`.
pub(crate) fn decimal(ten_thousandths: u32) -> String {
    format!("{}.{:04}", ten_thousandths / 10_000, ten_thousandths % 10_000)
}

/// A cell as text for people to read.
pub(crate) fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Person(user) => user.to_string(),
        Cell::Text(text) => text.clone().into_owned(),
        Cell::Number(n) | Cell::Seconds(n) => n.to_string(),
        Cell::Share(share) => decimal(*share),
        Cell::Flag(flag) => flag.to_string(),
        Cell::Instant(at) => at.to_string(),
        Cell::Event(seq) => seq.to_string(),
    }
}

fn bug(error: impl std::fmt::Display) -> ActError {
    ActError::Bug(format!("a report that cannot be written: {error}"))
}

async fn send(out: &Out, text: String) -> Result<(), Gone> {
    if text.is_empty() {
        return Ok(());
    }
    out.send(Ok(text.into())).await.map_err(|_| Gone)
}
