//! Reports that were ordered as files: whose they are, what they say, and what became of each. How far one is that
//! is being written stands in the store beside the log.

use twofold_domain::ids::{AccountId, ReportJobId, UserId};
use twofold_domain::reading::{ReadingEvent, ReportFile, ReportOrder};
use twofold_domain::time::Timestamp;
use twofold_infra::store::{Row, StoreError, Views};

use crate::as_of;
use crate::begun::Begun;
use crate::fact::{Event, Fact};
use crate::record::{Named as _, Record as _, record};
use crate::view::{Keeps, Projection, Table, View};

/// The projection's name.
pub const NAME: &str = "report_files";

/// The projection.
pub fn projection() -> Projection {
    Projection::new(NAME, 2).with::<ReportFiles>()
}

/// Every file that was ever ordered.
pub enum ReportFiles {}

/// What became of a file, as far as events say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It is still to be written.
    Ordered,
    /// It can be taken until its time is over.
    Ready,
    /// It is not written.
    GivenUp,
    /// Nobody can take it any more.
    Withdrawn,
}

record! {
    /// One file.
    pub struct ReportFileRow {
        /// The file.
        pub job_id: ReportJobId,
        /// Whose it is.
        pub user_id: UserId,
        /// The report.
        pub report: String,
        /// In which form.
        pub form: String,
        /// Whether names stand beside ids.
        pub names: bool,
        /// The last event that it takes in.
        pub position: u64,
        /// The instant that it is as of.
        pub instant: Timestamp,
        /// When it was ordered.
        pub ordered_at: Timestamp,
        /// By which event.
        pub ordered_seq: u64,
        /// What became of it.
        pub stage: Stage,
        /// When.
        pub ended_at: Option<Timestamp>,
        /// Why, where it cannot be taken.
        pub why: Option<String>,
        /// Rows, once it is written.
        pub rows: Option<u64>,
        /// Bytes, once it is written.
        pub bytes: Option<u64>,
        /// SHA-256 in hexadecimal, once it is written.
        pub digest: Option<String>,
        /// Until when it can be taken, once it is written.
        pub until: Option<Timestamp>,
    }
}

impl View for ReportFiles {
    type Row = ReportFileRow;
    type Key = ReportJobId;
    const TABLE: Table = Table {
        keeps: Keeps::History,
        indexes: &["account_id, ordered_seq", "user_id, ordered_seq", "stage, job_id"],
        ..Table::of("report_files", "job_id")
    };

    fn key(fact: &Fact) -> Option<ReportJobId> {
        match &fact.event {
            Event::Reading(
                ReadingEvent::ReportOrdered { job, .. }
                | ReadingEvent::ReportPrepared { job, .. }
                | ReadingEvent::ReportGivenUp { job, .. }
                | ReadingEvent::ReportWithdrawn { job, .. },
            ) => Some(*job),
            Event::Reading(ReadingEvent::DataRead { .. } | ReadingEvent::DataExported { .. })
            | Event::Account(_)
            | Event::User(..)
            | Event::Device(..) => None,
        }
    }

    fn apply(row: Option<ReportFileRow>, job_id: ReportJobId, fact: &Fact) -> Option<ReportFileRow> {
        let Event::Reading(event) = &fact.event else { return row };
        match event {
            ReadingEvent::DataRead { .. } | ReadingEvent::DataExported { .. } => row,
            ReadingEvent::ReportOrdered { reader, order, at, .. } => {
                let ReportOrder { question, position, instant, form, names, .. } = order;
                Some(ReportFileRow {
                    job_id,
                    user_id: reader.user()?,
                    report: question.matter.report().unwrap_or_default().to_owned(),
                    form: <&str>::from(*form).to_owned(),
                    names: *names,
                    position: *position,
                    instant: *instant,
                    ordered_at: *at,
                    ordered_seq: fact.seq,
                    stage: Stage::Ordered,
                    ended_at: None,
                    why: None,
                    rows: None,
                    bytes: None,
                    digest: None,
                    until: None,
                })
            }
            ReadingEvent::ReportPrepared { file, at, .. } => {
                let ReportFile { rows, bytes, digest, until, .. } = file;
                row.map(|row| ReportFileRow {
                    stage: Stage::Ready,
                    ended_at: Some(*at),
                    rows: Some(*rows),
                    bytes: Some(*bytes),
                    digest: Some(digest.clone()),
                    until: Some(*until),
                    ..row
                })
            }
            ReadingEvent::ReportGivenUp { why, at, .. } => {
                row.map(|row| over(row, Stage::GivenUp, (*why).into(), *at))
            }
            ReadingEvent::ReportWithdrawn { why, at, .. } => {
                row.map(|row| over(row, Stage::Withdrawn, (*why).into(), *at))
            }
        }
    }
}

fn over(row: ReportFileRow, stage: Stage, why: &'static str, at: Timestamp) -> ReportFileRow {
    ReportFileRow { stage, ended_at: Some(at), why: Some(why.to_owned()), ..row }
}

fn columns() -> String {
    ReportFileRow::COLUMNS.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
}

/// Files of every account that are still to be written, the oldest first.
pub async fn open(views: &Views, limit: u32) -> Result<Vec<(AccountId, ReportFileRow)>, StoreError> {
    let sql = format!(
        "select account_id, {} from views.report_files where stage = $1 order by job_id limit $2",
        columns()
    );
    let read = |row: &Row| Ok((AccountId::from_uuid(row.get(0)?), ReportFileRow::get(row, 1)?));
    views.fetch(&sql, &[Stage::Ordered.name().into(), limit.into()]).await?.iter().map(read).collect()
}

/// One file of an account, as it was right after an event.
pub async fn one(
    views: &Views,
    account: AccountId,
    position: u64,
    job: ReportJobId,
) -> Result<Option<ReportFileRow>, StoreError> {
    let sql = as_of::sql::<ReportFiles>(views, "account_id = $1 and job_id = $3", "");
    let binds = [account.uuid().into(), position.into(), job.uuid().into()];
    let row = views.fetch_optional(&sql, &binds).await?;
    row.map(|row| ReportFileRow::get(&row, 0)).transpose()
}

/// Files of an account, or of one person there, as they were right after an event: the last that was ordered first,
/// from before the event that ordered another one where it is named.
pub async fn files(
    views: &Views,
    account: AccountId,
    position: u64,
    of: Option<UserId>,
    before: Option<u64>,
    limit: u32,
) -> Result<Vec<ReportFileRow>, StoreError> {
    let only = of.map(|user| ("user_id", user.uuid()));
    let begun = Begun { account, position, order: "ordered_seq", only };
    begun.newest::<ReportFiles>(views, before, limit).await
}
