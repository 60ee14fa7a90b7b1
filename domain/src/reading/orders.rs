//! Files of reports that somebody ordered: from the order to the file, and to its end.
//!
//! An order fixes the event and the instant that its report is as of, so that the file says what the report said
//! when it was ordered, however late it is written. A file belongs to whoever ordered it, for a week.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::{FileForm, Question, Reader, Reading, ReadingEvent};
use crate::ids::ReportJobId;
use crate::permission::{Act, Need, need};
use crate::policy::Role;
use crate::sealed::{ReportArguments, Sealed};
use crate::time::{Span, Timestamp};

/// How long a file can be taken. The people whom it is about change: what is older is better asked again.
pub const FILE_LASTS: Span = Span::days(7);

/// Files of one person that are kept at once, those that are still to be written included: each may be as large
/// as the account.
pub const MOST_FILES: usize = 20;

/// How often a file is begun. Whatever kept it from being finished so often will do so again.
pub const MOST_ATTEMPTS: u64 = 5;

/// Everything that the bytes of a file depend on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportOrder {
    /// What it says, in a form that can be shown: nothing that somebody typed.
    pub question: Question,
    /// The report's arguments as they were given, those that somebody typed among them.
    pub arguments: Sealed<ReportArguments>,
    /// The number of the report's definition.
    pub definition: u32,
    /// The last event that it takes in.
    pub position: u64,
    /// The instant that it is as of.
    pub instant: Timestamp,
    /// In which form.
    pub form: FileForm,
    /// Whether names stand beside ids.
    pub names: bool,
}

impl ReportOrder {
    /// What somebody must be allowed to do, all of it, to order the file and to take it.
    pub fn acts(&self) -> impl Iterator<Item = Act> {
        let read = self.question.matter.act(Role::EndUser);
        [Act::PrepareReport, read].into_iter().chain(self.names.then_some(Act::ReadPeople))
    }

    /// Whether somebody of this role may have the file, once they show whatever it takes.
    pub fn is_for(&self, role: Role) -> bool {
        self.acts().all(|act| need(role, act) != Need::Never)
    }
}

/// A file that was ordered and is neither over nor given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportJob {
    /// What was ordered.
    pub order: ReportOrder,
    /// When.
    pub ordered_at: Timestamp,
    /// The file, once it is written.
    pub file: Option<ReportFile>,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportFile {
    /// Which attempt wrote it; what others left behind is not part of it.
    pub attempt: u64,
    /// Rows of the report.
    pub rows: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// SHA-256 of the file, in hexadecimal.
    pub digest: String,
    /// From then on nobody can take it.
    pub until: Timestamp,
}

/// Why a file was not written.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    IntoStaticStr,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Unwritten {
    /// The program has another definition of the report by now.
    Redefined,
    /// Its question has no answer.
    Unanswerable,
    /// It was begun too often.
    GivenUp,
}

/// Why nobody can take a file any more that was ordered.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    IntoStaticStr,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Withdrawal {
    /// Whoever ordered it does not want it.
    Cancelled,
    /// Whoever ordered it may not have it any more.
    LostRight,
    /// It was to have names in it, and somebody of the account was erased since it was ordered. Ordered anew, it
    /// says what may still be said.
    NameErased,
}

/// Whether a file that was ordered then is over because somebody of its account was erased, the last time at
/// `erased`: their name may stand in it. Counted from the order, not from the writing, so that it makes no
/// difference how far the writer was; an erasure of the very same instant counts as later.
pub fn ended_by_erasure(names: bool, ordered_at: Timestamp, erased: Option<Timestamp>) -> bool {
    names && erased.is_some_and(|erased| erased >= ordered_at)
}

/// A command about a file.
#[derive(Debug, Clone)]
pub enum JobCommand {
    /// Order it.
    Order(ReportOrder),
    /// It is written.
    Deliver(ReportFile),
    /// It is not written, and will not be.
    GiveUp(Unwritten),
    /// It is not to be had any more.
    Withdraw(Withdrawal),
}

/// Why a command about a file is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// There is none, or it is over.
    #[error("there is no such file, or it is over")]
    Unknown,
    /// It is not written yet.
    #[error("this file is not ready yet")]
    Unwritten,
    /// It was written already.
    #[error("this file was written already")]
    Written,
    /// There are enough.
    #[error("you have {0} files already; cancel one first")]
    TooMany(usize),
}

impl Reading {
    /// A file that was ordered here and is not over.
    pub fn job(&self, job: ReportJobId, at: Timestamp) -> Option<&ReportJob> {
        self.jobs.get(&job).filter(|found| found.lasts(at))
    }

    /// What is recorded of a command about a file of this reader.
    pub fn decide_job(
        &self,
        reader: Reader,
        job: ReportJobId,
        command: JobCommand,
        at: Timestamp,
    ) -> Result<Vec<ReadingEvent>, JobError> {
        let known = || self.job(job, at).ok_or(JobError::Unknown);
        let unwritten =
            || known().and_then(|job| if job.file.is_none() { Ok(()) } else { Err(JobError::Written) });
        let event = match command {
            JobCommand::Order(order) => {
                if self.jobs.values().filter(|job| job.lasts(at)).count() >= MOST_FILES {
                    return Err(JobError::TooMany(MOST_FILES));
                }
                ReadingEvent::ReportOrdered { reader, job, order, at }
            }
            JobCommand::Deliver(file) => {
                unwritten()?;
                ReadingEvent::ReportPrepared { reader, job, file, at }
            }
            JobCommand::GiveUp(why) => {
                unwritten()?;
                ReadingEvent::ReportGivenUp { reader, job, why, at }
            }
            JobCommand::Withdraw(why) => {
                known()?;
                ReadingEvent::ReportWithdrawn { reader, job, why, at }
            }
        };
        Ok(vec![event])
    }

    /// The files after one more event about one of them.
    pub(super) fn order(&mut self, job: ReportJobId, order: ReportOrder, at: Timestamp) {
        self.jobs.retain(|_, job| job.lasts(at));
        self.jobs.insert(job, ReportJob { order, ordered_at: at, file: None });
    }
}

impl ReportJob {
    /// Whether the erasure of somebody of the account, the last time at this instant, ended it.
    pub fn is_ended_by_erasure(&self, erased: Option<Timestamp>) -> bool {
        ended_by_erasure(self.order.names, self.ordered_at, erased)
    }

    fn lasts(&self, at: Timestamp) -> bool {
        self.file.as_ref().is_none_or(|file| at < file.until)
    }
}
