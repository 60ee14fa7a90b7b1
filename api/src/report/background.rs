//! Reports as files that are written in the background, and taken later.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use twofold_domain::ids::{AccountId, ReportJobId, UserId};
use twofold_domain::reading::{FileForm, Reader, ReportFile, ReportOrder, Withdrawal, ended_by_erasure};
use twofold_domain::time::Timestamp;
use twofold_infra::acts::{ActError, Credential, FileWish, Look, Onlooker, TakeReport, Taken};
use twofold_infra::context::Context;
use twofold_infra::desk::Desk;
use twofold_infra::store::{Progress, StoreError};
use twofold_projections::report_files::{self, ReportFileRow, Stage};
use twofold_projections::report_writer::{Pieces, Task, WriteReports};
use twofold_projections::reports::ask::Point;
use twofold_projections::reports::{Asked, Report};

use super::answer::DEFINITION;
use super::{Form, Wish, Written, look};
use crate::app::App;
use crate::as_of::{AS_OF, Standpoint};
use crate::problem::{Missing, Problem};
use crate::routes::POSITION;

/// The digest of the whole file (RFC 9530 section 3).
const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");

/// Writes ordered reports as they are written for whoever asks directly.
pub struct Forms(pub Desk);

impl WriteReports for Forms {
    fn write(&self, task: Task) -> Pieces {
        let Task { report, asked, form, names, rows } = task;
        let Some(form) = form_of(form) else {
            let error = ActError::Bug(format!("a report as {form:?}"));
            return stream::once(std::future::ready(Err(error))).boxed();
        };
        let written = Written { report, asked, form, with_names: names, counts: Some(rows) };
        written.write(self.0.clone()).map_ok(|piece| piece.to_vec()).boxed()
    }
}

/// The form of a report's file; the log's own forms are none.
fn form_of(form: FileForm) -> Option<Form> {
    match form {
        FileForm::Json => Some(Form::Json),
        FileForm::Csv => Some(Form::Csv),
        FileForm::Xlsx => Some(Form::Xlsx),
        FileForm::Jsonl | FileForm::Ocsf => None,
    }
}

/// A question that was placed, and how it was asked.
pub(crate) struct Asking<'a> {
    /// Of which report.
    pub(crate) report: &'static Report,
    /// Placed.
    pub(crate) asked: &'a Asked,
    /// As of which instant and event it was asked.
    pub(crate) point: Point,
    /// What was asked, by name, besides the instant and the event.
    pub(crate) given: Vec<(&'a str, &'a str)>,
}

/// What is ordered by a question.
pub(crate) async fn wish_of(asking: &Asking<'_>, wish: Wish) -> Result<FileWish, Problem> {
    let Asking { report, asked, point, given } = asking;
    Ok(FileWish {
        question: look(report, asked, *point, wish, true).await?.question,
        arguments: serde_json::to_string(given).map_err(Problem::internal)?,
        definition: report.definition,
        position: asked.as_of.position,
        instant: asked.as_of.instant,
        form: wish.form.into(),
        names: wish.names,
    })
}

/// How a file stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Standing {
    /// It is still to be written, or being written.
    Queued,
    /// It can be taken.
    Ready,
    /// It was not written.
    Failed,
    /// Its owner cancelled it.
    Cancelled,
    /// Its owner may not have it any more.
    Withdrawn,
    /// Its time is over.
    Expired,
}

/// A file, how it stands, and how far it is.
pub(crate) struct FileRow {
    /// The file.
    pub(crate) row: ReportFileRow,
    /// How it stands.
    pub(crate) standing: Standing,
    /// How far it is, while it is still to be written. Beside the log: the past does not know it.
    pub(crate) writing: Option<Writing>,
}

/// How far a file is.
pub(crate) struct Writing {
    /// Whether somebody is writing it.
    pub(crate) running: bool,
    /// What is written.
    pub(crate) so_far: Progress,
}

impl FileRow {
    /// A row of the read model; of the present, with what the store knows of its writing.
    pub(crate) async fn of(app: &App, seen: &Standpoint, mut row: ReportFileRow) -> Result<Self, StoreError> {
        let erased = app.store().last_erasure(seen.account_id(), seen.position()).await?;
        // From the erasure on nobody can take it, before its withdrawal is recorded too.
        if row.stage == Stage::Ready && ended_by_erasure(row.names, row.ordered_at, erased) {
            row.stage = Stage::Withdrawn;
            row.why = Some(<&str>::from(Withdrawal::NameErased).to_owned());
        }
        let mut writing = None;
        if row.stage == Stage::Ordered && !seen.is_past() {
            let file = app.store().report_file(row.job_id).await?;
            let now = app.now();
            writing = file.map(|file| Writing { running: file.lease_until > now, so_far: file.progress });
        }
        let standing = match row.stage {
            Stage::Ordered => Standing::Queued,
            Stage::Ready if row.until.is_some_and(|until| seen.instant() < until) => Standing::Ready,
            Stage::Ready => Standing::Expired,
            Stage::GivenUp => Standing::Failed,
            Stage::Withdrawn if row.why.as_deref() == Some("cancelled") => Standing::Cancelled,
            Stage::Withdrawn => Standing::Withdrawn,
        };
        Ok(Self { row, standing, writing })
    }
}

/// Files of somebody, or of everybody, the newest first, from before the event that ordered another one.
pub(crate) async fn files_of(
    app: &App,
    seen: &Standpoint,
    of: Option<UserId>,
    before: Option<u64>,
    limit: u32,
) -> Result<Vec<FileRow>, Problem> {
    let (views, account) = (app.store().views(), seen.account_id());
    let rows = report_files::files(views, account, seen.position(), of, before, limit).await?;
    let mut files = Vec::with_capacity(rows.len());
    for row in rows {
        files.push(FileRow::of(app, seen, row).await?);
    }
    Ok(files)
}

/// A file as the answer to the person whose it is, and who is on record for taking it.
pub(crate) async fn file_answer(
    app: &App,
    account: AccountId,
    context: Context,
    credential: &Credential,
    job: ReportJobId,
) -> Result<Response, Problem> {
    let act = TakeReport { credential: credential.clone(), job };
    let Taken { who, job: ordered, file } = app.perform(account, context.clone(), act).await?.reply;
    let ReportOrder { question, definition, position, instant, form, .. } = ordered.order;
    // What cannot be given is not recorded as given.
    let place = Place { account, job, file: file.clone(), next: 0, bytes: 0 };
    let kept = app.store().report_piece(job, file.attempt, 0).await?.is_some();
    let (Some(form), true) = (form_of(form), kept || file.bytes == 0) else {
        return Err(Problem::missing(Missing::File));
    };
    let name = question.matter.report().unwrap_or_default().to_owned();
    let question = question.narrowed("report_job", Some(job));
    let look = Look { form: Some(form.into()), ..question.into() };
    let onlooker = Onlooker::Shown(credential.clone(), Reader::User(who.user));
    app.is_shown(account, context, onlooker, look).await?;
    let pieces = stream::try_unfold((app.desk.clone(), place), |(desk, place)| next_piece(desk, place));
    let mut response = Body::from_stream(pieces.map_err(std::io::Error::other)).into_response();
    let text = |text: String| HeaderValue::try_from(text).map_err(Problem::internal);
    let digest = digest(&file.digest).ok_or_else(|| Problem::internal("a digest that is none"))?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(form.media_type()));
    headers.insert(header::CONTENT_LENGTH, file.bytes.into());
    headers.insert(REPR_DIGEST, text(format!("sha-256=:{}:", STANDARD.encode(digest)))?);
    headers.insert(POSITION, position.into());
    headers.insert(AS_OF, text(Timestamp::to_string(&instant))?);
    headers.insert(DEFINITION, definition.into());
    let name = format!("attachment; filename=\"{name}-event-{position}.{}\"", form.name());
    headers.insert(header::CONTENT_DISPOSITION, text(name)?);
    Ok(response)
}

/// How far a file was given.
struct Place {
    account: AccountId,
    job: ReportJobId,
    file: ReportFile,
    next: u64,
    bytes: u64,
}

/// One more piece of a file; one that is not there breaks the answer off.
async fn next_piece(desk: Desk, mut place: Place) -> Result<Option<(Vec<u8>, (Desk, Place))>, ActError> {
    let Place { account, job, file, next, bytes } = &place;
    if *bytes >= file.bytes {
        return Ok(None);
    }
    let sealed = desk.store().report_piece(*job, file.attempt, *next).await?;
    let sealed = sealed.ok_or_else(|| ActError::Bug(format!("{job} has no piece {next}")))?;
    let keys = desk.vault().account_keys(*account).await?;
    let piece = keys.open_piece(*job, (file.attempt, *next), &sealed);
    let piece = piece.map_err(|error| ActError::Bug(format!("{job}, piece {next}: {error}")))?.to_vec();
    place.next += 1;
    place.bytes += piece.len() as u64;
    Ok(Some((piece, (desk, place))))
}

/// The bytes of a digest in hexadecimal.
fn digest(text: &str) -> Option<Vec<u8>> {
    let byte = |place: usize| u8::from_str_radix(text.get(place..place + 2)?, 16).ok();
    (0..text.len()).step_by(2).map(byte).collect()
}
