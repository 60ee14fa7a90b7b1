//! Files of reports: ordered, taken, and cancelled by the person whose they are; ended by the process manager that
//! writes them. Who may have one is asked when it is ordered, when it is done, and whenever it is taken.

use twofold_domain::account::Account;
use twofold_domain::ids::{ReportJobId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{
    FILE_LASTS, FileForm, JobCommand, JobError, Question, Reader, ReportFile, ReportJob, ReportOrder,
    Unwritten, Withdrawal,
};
use twofold_domain::sealed::{Kind as _, ReportArguments};
use twofold_domain::time::Timestamp;
use twofold_domain::user::User;

use super::principal::{Credential, Principal};
use super::{ActError, notify};
use crate::desk::Act;
use crate::mail::Letter;
use crate::store::EVERY_EVENT;
use crate::work::Work;

/// What somebody wishes to have as a file.
#[derive(Debug, Clone)]
pub struct FileWish {
    /// What it says, in a form that can be shown.
    pub question: Question,
    /// The report's arguments as they were given.
    pub arguments: String,
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

/// Order a report as a file.
pub struct OrderReport {
    /// Who asks.
    pub credential: Credential,
    /// For what.
    pub wish: FileWish,
}

impl Act for OrderReport {
    type Reply = ReportJobId;

    async fn run(&self, work: &mut Work) -> Result<ReportJobId, ActError> {
        let (me, seat) = self.credential.sit(work).await?;
        let FileWish { question, arguments, definition, position, instant, form, names } = self.wish.clone();
        if arguments.len() > ReportArguments::LIMIT {
            let why = format!("expected at most {} bytes", ReportArguments::LIMIT);
            return Err(ActError::Field { field: "parameters", why });
        }
        let vault = work.desk().vault().clone();
        let arguments = vault.seal(me.account, me.user, &arguments).await?;
        let order = ReportOrder { question, arguments, definition, position, instant, form, names };
        for deed in order.acts() {
            seat.signed_in()?.permit(deed)?;
        }
        let job = work.desk().mint().id();
        work.tell_job(Reader::User(me.user), job, JobCommand::Order(order)).await?;
        Ok(job)
    }
}

/// Cancel a file of one's own, whether it is written yet or not.
pub struct CancelReport {
    /// Who asks.
    pub credential: Credential,
    /// Which.
    pub job: ReportJobId,
}

impl Act for CancelReport {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let me = self.credential.principal(work, Deed::EndOwn).await?;
        work.tell_job(Reader::User(me.user), self.job, JobCommand::Withdraw(Withdrawal::Cancelled)).await
    }
}

/// Asks for a file of one's own that is written.
pub struct TakeReport {
    /// Who asks.
    pub credential: Credential,
    /// For which.
    pub job: ReportJobId,
}

/// Who takes a file, and what was ordered.
pub struct Taken {
    /// Who.
    pub who: Principal,
    /// What.
    pub job: ReportJob,
    /// The file.
    pub file: ReportFile,
}

impl Act for TakeReport {
    type Reply = Taken;

    async fn run(&self, work: &mut Work) -> Result<Taken, ActError> {
        let (who, seat) = self.credential.sit(work).await?;
        // Whoever may take no file at all does not learn whether there is one.
        seat.signed_in()?.permit(Deed::PrepareReport)?;
        let at = work.at();
        let reading = work.reading(Reader::User(who.user)).await?;
        let job = reading.job(self.job, at).cloned().ok_or(JobError::Unknown)?;
        // An erasure that was committed by now is seen, whichever server it was; nobody waits until the file is
        // thrown away.
        if job.is_ended_by_erasure(work.desk().store().last_erasure(who.account, EVERY_EVENT).await?) {
            return Err(JobError::Unknown.into());
        }
        for deed in job.order.acts() {
            seat.signed_in()?.permit(deed)?;
        }
        let file = job.file.clone().ok_or(JobError::Unwritten)?;
        Ok(Taken { who, job, file })
    }
}

/// What a writer made of a file.
#[derive(Debug, Clone)]
pub enum Written {
    /// It is whole: by this attempt so many rows and bytes, with this digest.
    Whole {
        /// Which attempt wrote it.
        attempt: u64,
        /// Rows of the report.
        rows: u64,
        /// Bytes of the file.
        bytes: u64,
        /// SHA-256 of the file, in hexadecimal.
        digest: String,
    },
    /// It is not, and will not be.
    Not(Unwritten),
}

/// Say what became of a file that was ordered. The command of a process manager.
pub struct EndReport {
    /// Who ordered it.
    pub user: UserId,
    /// Which.
    pub job: ReportJobId,
    /// What became of it; nothing where it is only asked whether they may still have it.
    pub written: Option<Written>,
}

impl Act for EndReport {
    /// Whether the file is there to be taken, or still to be written.
    type Reply = bool;

    async fn run(&self, work: &mut Work) -> Result<bool, ActError> {
        let (reader, at) = (Reader::User(self.user), work.at());
        let (account, user) = (work.account().await?, work.user(self.user).await?);
        let reading = work.reading(reader).await?;
        let Some(known) = reading.job(self.job, at) else { return Ok(false) };
        if !is_for(&account, &user, &known.order) {
            work.tell_job(reader, self.job, JobCommand::Withdraw(Withdrawal::LostRight)).await?;
            return Ok(false);
        }
        let page = format!("{}/a/{}/files", work.desk().house().public_url, account.slug());
        let report = known.order.question.matter.report().unwrap_or_default().to_owned();
        if known.is_ended_by_erasure(work.desk().store().last_erasure(work.account_id(), EVERY_EVENT).await?)
        {
            let waits = known.file.is_none();
            work.tell_job(reader, self.job, JobCommand::Withdraw(Withdrawal::NameErased)).await?;
            if waits {
                notify(work, self.user, &Letter::ReportNotWritten { report, page }).await?;
            }
            return Ok(false);
        }
        let Some(written) = self.written.clone() else { return Ok(true) };
        match written {
            Written::Whole { attempt, rows, bytes, digest } => {
                let until = at + FILE_LASTS;
                let file = ReportFile { attempt, rows, bytes, digest, until };
                work.tell_job(reader, self.job, JobCommand::Deliver(file)).await?;
                let page = format!("{page}/{}", self.job);
                notify(work, self.user, &Letter::ReportReady { report, page, until }).await?;
                Ok(true)
            }
            Written::Not(why) => {
                work.tell_job(reader, self.job, JobCommand::GiveUp(why)).await?;
                notify(work, self.user, &Letter::ReportNotWritten { report, page }).await?;
                Ok(false)
            }
        }
    }
}

/// Whether a person may have what they ordered, once they show whatever it takes.
fn is_for(account: &Account, user: &User, order: &ReportOrder) -> bool {
    let there = !account.closed && !user.erased && !user.deactivated;
    there && user.role().is_some_and(|role| order.is_for(role))
}
