//! One's own files of reports: ordered on a report's page, written in the background, taken here. As it was, the list
//! says what had become of each; taken is what can be taken now.

use axum::response::Response;
use twofold_domain::ids::ReportJobId;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::{ActError, CancelReport, OrderReport};
use twofold_projections::report_files;
use twofold_projections::reports;

use super::door::{Door, with_query};
use super::refused::Refused;
use super::reports::{Typed, pairs_of, report_title};
use super::said::Said;
use crate::extract::{Form, Path, Query};
use crate::pages::frame::{Mark, Section, Tone, When};
use crate::pages::render;
use crate::pages::reports::{FileLine, Files};
use crate::pages::then::Then;
use crate::problem::Problem;
use crate::report::{Asking, FileRow, Standing, Wish, file_answer, files_of, misread, place, wish_of};

/// Files of a page; older ones are over.
const FILES: u32 = 100;

/// One's own files.
pub(super) async fn list(mut door: Door, Query(typed): Query<Typed>) -> Result<Response, Refused> {
    let me = door.enter(Deed::ReadOwn).await?;
    door.caught_up(report_files::NAME).await?;
    let then = door.look_back(&typed, &door.path("files")).await?;
    let seen = door.stands(&[report_files::NAME]).await?;
    let files = files_of(&door.app, &seen, Some(me.principal.user), None, FILES).await?;
    Ok(page(&mut door, &files, then))
}

/// One of them: where the letter leads.
pub(super) async fn one(
    mut door: Door,
    Path((_, job)): Path<(String, ReportJobId)>,
) -> Result<Response, Refused> {
    door.back = door.path(&format!("files/{job}"));
    let me = door.enter(Deed::ReadOwn).await?;
    door.caught_up(report_files::NAME).await?;
    let then = door.look_back(&Typed::new(), &door.path("files")).await?;
    let seen = door.stands(&[report_files::NAME]).await?;
    let row = report_files::one(door.app.store().views(), door.account, seen.position(), job).await;
    let row = row.map_err(Problem::from)?.filter(|row| row.user_id == me.principal.user);
    let row = row.ok_or_else(Problem::not_found)?;
    let file = FileRow::of(&door.app, &seen, row).await.map_err(Problem::from)?;
    Ok(page(&mut door, &[file], then))
}

/// The file itself.
pub(super) async fn take(
    mut door: Door,
    Path((_, job)): Path<(String, ReportJobId)>,
) -> Result<Response, Refused> {
    door.back = door.path(&format!("files/{job}"));
    let me = door.enter(Deed::PrepareReport).await?;
    Ok(file_answer(&door.app, door.account, door.context(), &me.credential, job).await?)
}

/// Cancels it, or throws it away.
pub(super) async fn cancel(
    mut door: Door,
    Path((_, job)): Path<(String, ReportJobId)>,
) -> Result<Response, Refused> {
    door.back = door.path("files");
    let me = door.enter(Deed::EndOwn).await?;
    match door.perform(CancelReport { credential: me.credential, job }).await {
        Ok(_) => {
            door.app.store().forget_report(job, None).await.map_err(ActError::from)?;
            Ok(door.go("files", Some(Said::FileCancelled)))
        }
        Err(error) => Err(door.refuse(error)),
    }
}

/// Orders what a report's page shows.
pub(super) async fn order(
    mut door: Door,
    Path((_, name)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    let form = typed.get("format").and_then(|form| form.parse().ok());
    let (Some(report), Some(form)) = (reports::named(&name), form) else {
        return Err(Problem::not_found().into());
    };
    let asked = typed.iter().filter(|(name, _)| name.as_str() != "format");
    let asked = asked.map(|(name, value)| (name.as_str(), value.as_str()));
    door.back = with_query(&door.path(&format!("reports/{name}")), asked);
    let me = door.enter(Deed::PrepareReport).await?;
    let pairs = pairs_of(report, &typed, door.now()).map_err(misread)?;
    let given = || pairs.iter().map(|(name, value)| (*name, value.as_str()));
    let question = reports::Question::read(report, given()).map_err(misread)?;
    let point = question.point();
    let asked = place(&door.app, door.account, question).await?.map_err(misread)?;
    let given = given().filter(|(name, _)| !matches!(*name, "as_of" | "at_event")).collect();
    let wish = wish_of(&Asking { report, asked: &asked, point, given }, Wish { form, names: true }).await?;
    match door.perform(OrderReport { credential: me.credential, wish }).await {
        Ok(_) => Ok(door.go("files", Some(Said::FileOrdered))),
        Err(error) => Err(door.refuse(error)),
    }
}

fn page(door: &mut Door, files: &[FileRow], then: Then) -> Response {
    door.frame = door.frame.clone().section(Section::Status);
    let files = files.iter().map(|file| line(door, file)).collect();
    render(&Files { f: door.frame.clone(), then, files, reports: door.path("reports") })
}

fn line(door: &Door, file: &FileRow) -> FileLine {
    let (f, row) = (&door.frame, &file.row);
    let now = !door.is_past();
    let open = now && matches!(file.standing, Standing::Queued | Standing::Ready);
    let writing = file.writing.as_ref().filter(|writing| writing.running);
    let so_far = writing.map(|writing| &writing.so_far);
    let (rows, bytes) = match so_far {
        Some(so_far) => ((so_far.rows, so_far.of.unwrap_or_default()), so_far.bytes),
        None => ((0, row.rows.unwrap_or_default()), row.bytes.unwrap_or_default()),
    };
    let here = |rest: &str| door.path(&format!("files/{}/{rest}", row.job_id));
    let only = |shown: bool, path: String| if shown { path } else { String::new() };
    FileLine {
        title: reports::named(&row.report).map_or_else(|| row.report.clone(), |r| f.s(&report_title(r))),
        form: row.form.to_uppercase(),
        at: row.instant.into(),
        ordered: row.ordered_at.into(),
        state: if writing.is_some() { Mark::new(Tone::Plain, "file-running") } else { state(file.standing) },
        why: row
            .why
            .as_ref()
            .filter(|_| file.standing != Standing::Cancelled)
            .map_or_else(String::new, |why| f.s(&format!("value-{}", why.replace('_', "-")))),
        running: writing.is_some(),
        rows,
        size: size(bytes),
        until: row.until.filter(|_| file.standing == Standing::Ready).map(When::from),
        take: only(now && file.standing == Standing::Ready, here("take")),
        cancel: only(open, here("cancel")),
    }
}

fn state(standing: Standing) -> Mark {
    match standing {
        Standing::Queued => Mark::new(Tone::Plain, "file-queued"),
        Standing::Ready => Mark::new(Tone::Good, "file-ready"),
        Standing::Failed => Mark::new(Tone::Bad, "file-failed"),
        Standing::Cancelled => Mark::new(Tone::Plain, "file-cancelled"),
        Standing::Withdrawn => Mark::new(Tone::Warn, "file-withdrawn"),
        Standing::Expired => Mark::new(Tone::Plain, "file-expired"),
    }
}

/// Bytes as people say them.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}
