//! Files that are written piece by piece, by one writer at a time on any of several servers.
//!
//! A writer takes a file for a while and says with every piece that it goes on. Whoever is killed in the middle
//! leaves a lease that ends; the next writer begins again under the next number. What the one before still writes
//! is refused, and its pieces are never mistaken for another's.

use twofold_domain::ids::{AccountId, ReportJobId};
use twofold_domain::time::{Span, Timestamp};

use super::dispatch::Writer;
use super::{EventStore, StoreError};

/// How far a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Rows that are written.
    pub rows: u64,
    /// Rows that there are, once they were counted.
    pub of: Option<u64>,
    /// Bytes that are written.
    pub bytes: u64,
}

/// A file as its writer left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileState {
    /// The file.
    pub job: ReportJobId,
    /// Whose.
    pub account: AccountId,
    /// How often it was begun.
    pub attempts: u64,
    /// Until when somebody writes it.
    pub lease_until: Timestamp,
    /// How far it is.
    pub progress: Progress,
}

impl EventStore {
    /// Takes a file that nobody writes; others do not get it for the span `lease`. The number of the attempt.
    pub async fn take_report(
        &self,
        account: AccountId,
        job: ReportJobId,
        now: Timestamp,
        lease: Span,
    ) -> Result<Option<u64>, StoreError> {
        let attempt = match &self.inner.writer {
            Writer::Pg(writer) => writer.take_report(account, job, now, now + lease).await,
            Writer::Sqlite(writer) => writer.take_report(account, job, now, now + lease).await,
        }?;
        Ok((attempt > 0).then_some(attempt))
    }

    /// Says how far an attempt is, and keeps one more sealed piece where there is one. False once somebody else
    /// took the file.
    pub async fn continue_report(
        &self,
        job: ReportJobId,
        attempt: u64,
        until: Timestamp,
        progress: Progress,
        piece: Option<(u64, Vec<u8>)>,
    ) -> Result<bool, StoreError> {
        match &self.inner.writer {
            Writer::Pg(writer) => writer.continue_report(job, attempt, until, progress, piece).await,
            Writer::Sqlite(writer) => writer.continue_report(job, attempt, until, progress, piece).await,
        }
    }

    /// Forgets what a file is made of; what one attempt wrote stays where it is named.
    pub async fn forget_report(&self, job: ReportJobId, but: Option<u64>) -> Result<(), StoreError> {
        let but = but.unwrap_or(0);
        match &self.inner.writer {
            Writer::Pg(writer) => writer.forget_report(job, but).await,
            Writer::Sqlite(writer) => writer.forget_report(job, but).await,
        }
    }

    /// Forgets what one attempt wrote.
    pub async fn forget_attempt(&self, job: ReportJobId, attempt: u64) -> Result<(), StoreError> {
        match &self.inner.writer {
            Writer::Pg(writer) => writer.forget_attempt(job, attempt).await,
            Writer::Sqlite(writer) => writer.forget_attempt(job, attempt).await,
        }
    }

    /// How far a file is; nothing where nobody began it, or where nothing of it is left.
    pub async fn report_file(&self, job: ReportJobId) -> Result<Option<FileState>, StoreError> {
        let sql = format!("select {STATE} from twofold.report_files where job_id = $1");
        self.reader().fetch_optional(&sql, &[job.uuid().into()]).await?.as_ref().map(state).transpose()
    }

    /// Files of every account of which something is left, behind one of them.
    pub async fn report_files(&self, behind: ReportJobId, limit: u32) -> Result<Vec<FileState>, StoreError> {
        let sql =
            format!("select {STATE} from twofold.report_files where job_id > $1 order by job_id limit $2");
        let rows = self.reader().fetch(&sql, &[behind.uuid().into(), limit.into()]).await?;
        rows.iter().map(state).collect()
    }

    /// One sealed piece of what an attempt wrote.
    pub async fn report_piece(
        &self,
        job: ReportJobId,
        attempt: u64,
        place: u64,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let sql =
            "select sealed from twofold.report_pieces where job_id = $1 and attempt = $2 and place = $3";
        let binds = [job.uuid().into(), attempt.into(), place.into()];
        self.reader().fetch_optional(sql, &binds).await?.map(|row| row.get(0)).transpose()
    }

    /// How many pieces of a file are kept, whoever wrote them.
    pub async fn report_pieces(&self, job: ReportJobId) -> Result<u64, StoreError> {
        let sql = "select count(*) from twofold.report_pieces where job_id = $1";
        let row = self.reader().fetch_optional(sql, &[job.uuid().into()]).await?;
        row.map_or(Ok(0), |row| row.count(0))
    }
}

const STATE: &str = "job_id, account_id, attempts, lease_until, rows_done, rows_of, bytes_done";

fn state(row: &super::Row) -> Result<FileState, StoreError> {
    let of: Option<i64> = row.get(5)?;
    Ok(FileState {
        job: ReportJobId::from_uuid(row.get(0)?),
        account: AccountId::from_uuid(row.get(1)?),
        attempts: row.count(2)?,
        lease_until: Timestamp::from_micros(row.get(3)?),
        progress: Progress { rows: row.count(4)?, of: of.map(|of| of as u64), bytes: row.count(6)? },
    })
}
