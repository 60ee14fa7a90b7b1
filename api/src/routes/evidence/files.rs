//! `POST|GET /v1/report-jobs` and what is under it: reports that are prepared in the background, as files.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::ids::{ReportJobId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question as Read};
use twofold_infra::acts::{CancelReport, OrderReport};
use twofold_projections::report_files;
use twofold_projections::reports::ask::Wrong;
use twofold_projections::reports::{self, Question};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::as_of::Viewed;
use crate::cursor::{Cursor, Limit, Page};
use crate::extract::Path;
use crate::problem::{Missing, Problem, kinds};
use crate::report::{Asking, FileRow, Form, Wish, Writing, file_answer, files_of, place, wish_of};
use crate::routes::as_of::AsOf;
use crate::routes::change::{Answer, Change, Placed, Repeatably, no_content, perform};
use crate::routes::door::Session;
use crate::routes::show::Instant;
use crate::routes::usual::{Changing, Reading};

const LIST: &str = "report-jobs";

/// A report to prepare as a file.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewFile {
    /// The report's name.
    #[schema(example = "mfa-status")]
    report: String,
    /// `json`, `csv`, or `xlsx`.
    #[schema(value_type = String, example = "xlsx")]
    format: String,
    /// `names`: with the names and addresses of these people as they are when the file is written.
    annex: Option<String>,
    /// What `GET /v1/reports/{name}` takes, `as_of` and `at_event` included; each as a text.
    #[serde(default)]
    #[schema(example = json!({ "population": "team" }))]
    parameters: BTreeMap<String, String>,
}

/// The file that was ordered.
#[derive(Serialize, Clone, ToSchema)]
pub(super) struct Ordered {
    /// The file.
    #[schema(value_type = String, example = "rpj_01jwn0pk00e00800000000000c")]
    id: ReportJobId,
    /// The last event that it takes in.
    at_event: u64,
    /// The instant that it is as of.
    as_of: Instant,
}

impl Repeatably for Ordered {
    fn repeated(self) -> Self {
        self
    }
}

/// A file, and how far it is.
#[derive(Serialize, ToSchema)]
pub(super) struct FileShown {
    /// The file.
    #[schema(value_type = String)]
    id: ReportJobId,
    /// Whose it is.
    #[schema(value_type = String)]
    ordered_by: UserId,
    /// The report.
    report: String,
    /// In which form.
    format: String,
    /// Whether names stand beside ids.
    names: bool,
    /// The last event that it takes in.
    at_event: u64,
    /// The instant that it is as of.
    as_of: Instant,
    /// `queued` (until it is written), `ready`, `failed`, `cancelled`, `withdrawn`, `expired`.
    state: &'static str,
    /// Why it cannot be had: `redefined`, `unanswerable`, `given_up`, `cancelled`, `lost_right`, `name_erased`
    /// (somebody of the account was erased since it was ordered, and their name may stand in it: order it anew).
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// Rows, once it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<u64>,
    /// Bytes, once it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    /// SHA-256 of the file in hexadecimal, once it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// When it was ordered.
    ordered_at: Instant,
    /// When it was written, or came to its end without that.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Instant>,
    /// Until when it can be taken; one with names no longer than until somebody of the account is erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Instant>,
    /// How far it is now, while it is `queued` and was begun. Of no past instant: it stands beside the log, and is
    /// forgotten.
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<ProgressShown>,
    /// The event that ordered it.
    #[serde(skip)]
    ordered_seq: u64,
}

/// How far a file is.
#[derive(Serialize, ToSchema)]
struct ProgressShown {
    /// Whether it is being written at this moment.
    running: bool,
    /// Rows that are written.
    rows: u64,
    /// Rows that there are, once they were counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<u64>,
    /// Bytes that are written.
    bytes: u64,
}

impl From<Writing> for ProgressShown {
    fn from(Writing { running, so_far }: Writing) -> Self {
        Self { running, rows: so_far.rows, of: so_far.of, bytes: so_far.bytes }
    }
}

impl From<FileRow> for FileShown {
    fn from(FileRow { row, standing, writing }: FileRow) -> Self {
        Self {
            id: row.job_id,
            ordered_by: row.user_id,
            report: row.report,
            format: row.form,
            names: row.names,
            at_event: row.position,
            as_of: row.instant.into(),
            state: standing.into(),
            why: row.why,
            rows: row.rows,
            bytes: row.bytes,
            sha256: row.digest,
            ordered_at: row.ordered_at.into(),
            ended_at: row.ended_at.map(Instant),
            expires_at: row.until.map(Instant),
            progress: writing.map(ProgressShown::from),
            ordered_seq: row.ordered_seq,
        }
    }
}

/// Prepare a report in the background.
///
/// The file says what the report says now, or at the instant and event that are named, however late it is written:
/// it has the same bytes as the report that is asked for directly with the answered `as_of` and `at_event`. You are
/// told by mail. It is yours alone, for a week; one with names is over as soon as somebody of the account is erased.
/// `too_many` where you have 20. Takes a session that was stepped up.
#[utoipa::path(post, path = "/v1/report-jobs", tag = "reports", operation_id = "order",
    security(("bearer" = [])), request_body = NewFile,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key orders one file.")),
    responses((status = 201, description = "Ordered.", body = Placed<Ordered>), Changing))]
pub(super) async fn order(
    State(app): State<App>,
    session: Session,
    Change { body, repeat }: Change<NewFile>,
) -> Result<Response, Problem> {
    let me = session.may(&app, Deed::PrepareReport).await?;
    let Some(report) = reports::named(&body.report) else {
        let why = "there is no such report; `GET /v1/reports` lists them";
        return Err(Problem::new(kinds::INVALID_FIELDS).field("/report", "unknown_value", why));
    };
    session.may(&app, report.reads).await?;
    let form = body.format.parse::<Form>().map_err(|_| {
        let why = "expected `json`, `csv`, or `xlsx`";
        Problem::new(kinds::INVALID_FIELDS).field("/format", "unknown_value", why)
    })?;
    let names = match body.annex.as_deref() {
        None => false,
        Some("names") => true,
        Some(_) => {
            let field = ("/annex", "unknown_value", "expected `names`");
            return Err(Problem::new(kinds::INVALID_FIELDS).field(field.0, field.1, field.2));
        }
    };
    let pairs = || body.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let question = Question::read(report, pairs()).map_err(misread)?;
    let point = question.point();
    let asked = place(&app, me.account, question).await?.map_err(misread)?;
    let given = pairs().filter(|(name, _)| !matches!(*name, "as_of" | "to" | "at_event")).collect();
    let wish = wish_of(&Asking { report, asked: &asked, point, given }, Wish { form, names }).await?;
    let (at_event, as_of) = (wish.position, wish.instant);
    let act = OrderReport { credential: session.credential.clone(), wish };
    perform(&app, &session, &repeat, act, move |id| {
        Answer::created(format!("/v1/report-jobs/{id}"), Ordered { id: *id, at_event, as_of: as_of.into() })
    })
    .await
}

fn misread(Wrong { name, code, why }: Wrong) -> Problem {
    Problem::new(kinds::INVALID_FIELDS).field(format!("/parameters/{name}"), code, why)
}

/// Whose files, and which page of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// `everyone`: those of the whole account, for owners. One's own if not said.
    #[param(inline)]
    whose: Option<Whose>,
    /// Where the list goes on.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
    /// Rows of a page, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>)]
    limit: Limit,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Whose {
    Everyone,
}

/// Files of reports, the newest first: one's own; owners see that others have some, and cannot take them.
///
/// As of an event it says what had become of each by then; how far one is (`progress`) only of now.
#[utoipa::path(get, path = "/v1/report-jobs", tag = "reports", operation_id = "files",
    security(("bearer" = [])), params(Which),
    responses((status = 200, description = "One page.", body = Viewed<Page<FileShown>>), Reading))]
pub(super) async fn list(
    State(app): State<App>,
    session: Session,
    asked: AsOf<Which>,
) -> Result<Viewed<Page<FileShown>>, Problem> {
    let Which { whose, cursor, limit } = &asked.rest;
    let before = cursor.as_ref().map(|cursor| cursor.open::<u64>(LIST)).transpose()?;
    let read_models = [report_files::NAME];
    let (seen, of) = match whose {
        None => {
            let me = session.may(&app, Deed::ReadOwn).await?;
            (asked.stand(&app, me.account, &read_models).await?, Some(me.user))
        }
        Some(Whose::Everyone) => {
            let me = session.may(&app, Deed::ReadReportJobs).await?;
            let all = Read::of(Matter::ReportJobs);
            let record = async |at| session.is_shown(&app, &me, all.as_of(at)).await;
            (asked.shown(&app, me.account, &read_models, record).await?, None)
        }
    };
    let files = files_of(&app, &seen, of, before, limit.get() as u32 + 1).await?;
    let files = files.into_iter().map(FileShown::from).collect();
    Ok(seen.shows(Page::cut(files, *limit, LIST, |file: &FileShown| file.ordered_seq)?))
}

/// One of one's own files, and how far it is.
#[utoipa::path(get, path = "/v1/report-jobs/{job}", tag = "reports", operation_id = "file_state",
    security(("bearer" = [])),
    params(("job" = String, Path, description = "`rpj_…`")),
    responses((status = 200, description = "The file.", body = Viewed<FileShown>), Reading))]
pub(super) async fn one(
    State(app): State<App>,
    session: Session,
    Path(job): Path<ReportJobId>,
    asked: AsOf,
) -> Result<Viewed<FileShown>, Problem> {
    let me = session.may(&app, Deed::ReadOwn).await?;
    let seen = asked.stand(&app, me.account, &[report_files::NAME]).await?;
    let row = report_files::one(app.store().views(), me.account, seen.position(), job).await?;
    let row = row.filter(|row| row.user_id == me.user).ok_or_else(|| Problem::missing(Missing::File))?;
    Ok(seen.shows(FileRow::of(&app, &seen, row).await?.into()))
}

/// Take one of one's own files.
///
/// Takes a session that was stepped up, of the person who ordered it and of nobody else, and asks again whether
/// they may. Each time is recorded. `not_ready` while it is being written.
#[utoipa::path(get, path = "/v1/report-jobs/{job}/file", tag = "reports", operation_id = "take",
    security(("bearer" = [])),
    params(("job" = String, Path, description = "`rpj_…`")),
    responses((status = 200, description = "The file.", content((Vec<u8> = "application/octet-stream")),
        headers(("Repr-Digest" = String))),
        (status = 409, description = "`not_ready`."), Reading))]
pub(super) async fn take(
    State(app): State<App>,
    session: Session,
    Path(job): Path<ReportJobId>,
) -> Result<Response, Problem> {
    session.may(&app, Deed::PrepareReport).await?;
    let account = session.credential.account();
    file_answer(&app, account, session.context.clone(), &session.credential, job).await
}

/// Cancel one of one's own files.
///
/// What is written of it is thrown away.
#[utoipa::path(delete, path = "/v1/report-jobs/{job}", tag = "reports", operation_id = "cancel",
    security(("bearer" = [])),
    params(("job" = String, Path, description = "`rpj_…`")),
    responses((status = 204, description = "Cancelled.", headers(("Twofold-Position" = u64))), Changing))]
pub(super) async fn cancel(
    State(app): State<App>,
    session: Session,
    Path(job): Path<ReportJobId>,
) -> Result<Response, Problem> {
    let account = session.credential.account();
    let act = CancelReport { credential: session.credential, job };
    let done = app.perform(account, session.context, act).await?;
    app.store().forget_report(job, None).await?;
    Ok(no_content(&done))
}
