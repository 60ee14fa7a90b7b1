//! The process manager of reports that were ordered as files: orders in, files and letters out.
//!
//! Whoever writes a file takes it for a while and says so again with every piece, so that any number of servers may
//! run beside each other and each file has one writer. Whoever is killed in the middle leaves a lease that ends;
//! the next one begins again. The order fixes what the file says, so whoever finishes it wrote the same bytes.
//!
//! A file is never in memory as a whole: its pieces go into the store as they are written, sealed under a key of
//! the account. It ends with an event, and a letter to whoever ordered it. Files whose time is over, or whose owner
//! may not have them any more, are thrown away.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::BoxStream;
use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use twofold_domain::ids::{AccountId, ReportJobId, StreamId, UserId};
use twofold_domain::reading::{FileForm, JobError, MOST_ATTEMPTS, Reader, ReportOrder, Unwritten};
use twofold_domain::time::Span;
use twofold_infra::acts::{ActError, EndReport, Written};
use twofold_infra::context::{Actor, Context};
use twofold_infra::desk::Desk;
use twofold_infra::store::{Progress, StoreError};
use uuid::Uuid;

use crate::as_of::NOW;
use crate::audit;
use crate::projector::Projector;
use crate::report_files::{self, ReportFileRow, Stage};
use crate::reports::{self, Asked, Question, Report, Unanswerable};
use crate::status::AsOf;

/// Who the log says did it.
const NAME: &str = "report_files";
/// How long a file is nobody else's without a word from its writer.
pub const LEASE: Span = Span::seconds(30);
/// Between two words of a writer that has no piece to say it with.
const WORD: Duration = Duration::from_secs(5);
/// Between looks at what was ordered.
const LOOK: Duration = Duration::from_secs(1);
/// Between looks at what is to be thrown away.
const SWEEP: Duration = Duration::from_mins(1);
/// How long a file that could not be written is left alone here.
const AFTER_AN_ERROR: Duration = Duration::from_secs(30);
/// Files written at once: a small one does not wait for a large one.
const AT_ONCE: usize = 2;
/// Orders of one look, and files of one look at what is to be thrown away.
const MANY: u32 = 100;
/// Bytes of one piece; what is sealed at once is at most 64 KiB.
const PIECE: usize = 60 * 1024;
/// How long a file waits for the read models to have what it takes in.
const PATIENCE: Duration = Duration::from_secs(20);

/// A file that is to be written.
#[derive(Clone)]
pub struct Task {
    /// The report.
    pub report: &'static Report,
    /// The question that it answers.
    pub asked: Asked,
    /// In which form.
    pub form: FileForm,
    /// Whether names stand beside ids.
    pub names: bool,
    /// Counts its rows as they are written.
    pub rows: Arc<AtomicU64>,
}

/// The pieces of a file, however large each is.
pub type Pieces = BoxStream<'static, Result<Vec<u8>, ActError>>;

/// Puts a report into a form.
pub trait WriteReports: Send + Sync {
    /// The file, in pieces; the same as whoever asks for it directly gets.
    fn write(&self, task: Task) -> Pieces;
}

/// Writes files.
#[derive(Clone)]
pub struct ReportWriter {
    desk: Desk,
    projector: Projector,
    forms: Arc<dyn WriteReports>,
}

/// One attempt to write one file.
struct Attempt {
    account: AccountId,
    job: ReportJobId,
    user: UserId,
    number: u64,
}

/// Why an attempt ended without a file.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("another writer has it")]
    Lost,
    #[error("{0:?}")]
    Never(Unwritten),
    #[error("the read models are behind")]
    Behind,
    #[error(transparent)]
    Act(#[from] ActError),
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        Self::Act(error.into())
    }
}

impl From<Unanswerable> for Broken {
    fn from(error: Unanswerable) -> Self {
        match error {
            Unanswerable::Wrong(_) => Self::Never(Unwritten::Unanswerable),
            Unanswerable::Store(error) => error.into(),
        }
    }
}

impl ReportWriter {
    /// A process manager on this desk; the projector must be running.
    pub fn new(desk: Desk, projector: Projector, forms: Arc<dyn WriteReports>) -> Self {
        Self { desk, projector, forms }
    }

    /// Runs until `stop` is ready. What is being written then is left, and begun again by another server, or by
    /// this one when it is back.
    pub async fn run(&self, stop: impl Future<Output = ()> + Send) {
        tokio::select! {
            () = stop => {}
            () = self.go_on() => {}
        }
    }

    async fn go_on(&self) {
        let mut later: HashMap<ReportJobId, Instant> = HashMap::new();
        let mut swept: Option<Instant> = None;
        loop {
            later.retain(|_, until| *until > Instant::now());
            match self.round(|job| !later.contains_key(&job)).await {
                Ok(broken) => {
                    later.extend(broken.into_iter().map(|job| (job, Instant::now() + AFTER_AN_ERROR)));
                }
                Err(error) => tracing::warn!(%error, "reports that were ordered cannot be seen"),
            }
            if swept.is_none_or(|last| last.elapsed() >= SWEEP) {
                if let Err(error) = self.sweep().await {
                    tracing::warn!(%error, "files whose time is over stay");
                }
                swept = Some(Instant::now());
            }
            sleep(LOOK).await;
        }
    }

    /// Writes what was ordered and nobody writes, here and now. The files that could not be written this time.
    pub async fn round(
        &self,
        wanted: impl Fn(ReportJobId) -> bool + Send,
    ) -> Result<Vec<ReportJobId>, ActError> {
        let open = report_files::open(self.desk.store().views(), MANY).await?;
        let open = open.into_iter().filter(|(_, row)| wanted(row.job_id));
        let each = |(account, row): (AccountId, ReportFileRow)| async move {
            match self.write(account, &row).await {
                Ok(()) => None,
                Err(error) => {
                    tracing::warn!(job = %row.job_id, %error, "a file was not written");
                    Some(row.job_id)
                }
            }
        };
        let broken = futures::stream::iter(open.map(each)).buffer_unordered(AT_ONCE);
        Ok(broken.filter_map(std::future::ready).collect().await)
    }

    /// Throws away what nobody can take any more, here and now.
    pub async fn sweep(&self) -> Result<(), ActError> {
        let store = self.desk.store();
        let mut behind = ReportJobId::from_uuid(Uuid::nil());
        loop {
            let files = store.report_files(behind, MANY).await?;
            let Some(last) = files.last() else { return Ok(()) };
            behind = last.job;
            for file in files {
                // One that the read model does not know yet is not over.
                let Some(row) = report_files::one(store.views(), file.account, NOW, file.job).await? else {
                    continue;
                };
                let stays = match row.stage {
                    Stage::Ordered | Stage::Ready => {
                        self.end(file.account, row.user_id, file.job, None).await?
                    }
                    Stage::GivenUp | Stage::Withdrawn => false,
                };
                if !stays {
                    store.forget_report(file.job, None).await?;
                }
            }
        }
    }

    /// Writes one file, if nobody else does.
    async fn write(&self, account: AccountId, row: &ReportFileRow) -> Result<(), ActError> {
        let (store, job, user) = (self.desk.store(), row.job_id, row.user_id);
        let now = self.desk.clock().now();
        let Some(number) = store.take_report(account, job, now, LEASE).await? else { return Ok(()) };
        // The read model may be behind: what the log says counts.
        if !self.end(account, user, job, None).await? {
            return Ok(store.forget_report(job, None).await?);
        }
        let reading = self.desk.log().readings.load(StreamId::reading(account, Reader::User(user))).await?;
        let known = reading.state.job(job, self.desk.clock_of(account));
        let Some(order) = known.filter(|known| known.file.is_none()).map(|known| known.order.clone()) else {
            return Ok(());
        };
        let attempt = Attempt { account, job, user, number };
        let written = if number > MOST_ATTEMPTS {
            Err(Broken::Never(Unwritten::GivenUp))
        } else {
            self.attempt(&attempt, &order).await
        };
        let ended = match written {
            Ok(whole) => self.end(account, user, job, Some(whole)).await,
            Err(Broken::Never(why)) => self.end(account, user, job, Some(Written::Not(why))).await,
            Err(Broken::Lost) => return Ok(store.forget_attempt(job, number).await?),
            Err(Broken::Behind) => return Err(ActError::NotCounted),
            Err(Broken::Act(error)) => {
                store.forget_attempt(job, number).await?;
                return Err(error);
            }
        };
        match ended {
            Ok(true) => Ok(store.forget_report(job, Some(number)).await?),
            Ok(false) | Err(ActError::Job(JobError::Unknown)) => Ok(store.forget_report(job, None).await?),
            // Another writer was faster.
            Err(ActError::Job(JobError::Written)) => Ok(store.forget_attempt(job, number).await?),
            Err(error) => Err(error),
        }
    }

    /// Says what became of a file, or asks whether its owner may still have it. Whether they may.
    async fn end(
        &self,
        account: AccountId,
        user: UserId,
        job: ReportJobId,
        written: Option<Written>,
    ) -> Result<bool, ActError> {
        let context = Context::of(Actor::System(NAME), job.to_string());
        Ok(self.desk.perform(account, context, EndReport { user, job, written }).await?.reply)
    }

    async fn attempt(&self, attempt: &Attempt, order: &ReportOrder) -> Result<Written, Broken> {
        let task = self.held(attempt, Progress::default, self.place(attempt, order)).await??;
        let of = self.held(attempt, Progress::default, count(&task)).await??;
        let progress =
            |bytes| Progress { rows: task.rows.load(Ordering::Relaxed).min(of), of: Some(of), bytes };
        let keys = self.desk.vault().account_keys(attempt.account).await?;
        let (mut pieces, mut rest, mut hash) = (self.forms.write(task.clone()), Vec::new(), Sha256::new());
        let (mut place, mut bytes, mut ended) = (0, 0_u64, false);
        while !ended || !rest.is_empty() {
            while rest.len() < PIECE && !ended {
                match self.held(attempt, || progress(bytes), pieces.next()).await? {
                    Some(piece) => rest.extend(piece?),
                    None => ended = true,
                }
            }
            let next = rest.split_off(rest.len().min(PIECE));
            let piece = std::mem::replace(&mut rest, next);
            if piece.is_empty() {
                break;
            }
            hash.update(&piece);
            bytes += piece.len() as u64;
            let at = (attempt.number, place);
            let sealed = keys.seal_piece(self.desk.mint(), attempt.job, at, &piece);
            let sealed = sealed.map_err(|error| ActError::Key(error.into()))?;
            self.go_on_with(attempt, progress(bytes), Some((place, sealed))).await?;
            place += 1;
        }
        let digest = crate::reports::sample::hex(&hash.finalize());
        Ok(Written::Whole { attempt: attempt.number, rows: of, bytes, digest })
    }

    /// What is to be written, once the read models have it.
    async fn place(&self, attempt: &Attempt, order: &ReportOrder) -> Result<Task, Broken> {
        let never = Broken::Never;
        let account = attempt.account;
        let clear = self.desk.vault().unseal(account, attempt.user, &order.arguments).await?;
        let given = clear.and_then(|text| serde_json::from_str::<Vec<(String, String)>>(&text).ok());
        let given = given.ok_or(never(Unwritten::Unanswerable))?;
        let report = order.question.matter.report().and_then(reports::named);
        let report = report.filter(|report| report.definition == order.definition);
        let report = report.ok_or(never(Unwritten::Redefined))?;
        let pairs = given.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let question = Question::read(report, pairs).map_err(Unanswerable::from)?;
        for projection in report.from.iter().chain([&audit::NAME]) {
            if !self.projector.wait_for(projection, account, order.position, PATIENCE).await? {
                return Err(Broken::Behind);
            }
        }
        let as_of = AsOf { position: order.position, instant: order.instant };
        let asked = question.place(self.desk.store(), account, as_of).await?;
        Ok(Task { report, asked, form: order.form, names: order.names, rows: Arc::default() })
    }

    /// Waits for something while others are told that this attempt goes on.
    async fn held<T>(
        &self,
        attempt: &Attempt,
        progress: impl Fn() -> Progress,
        work: impl Future<Output = T>,
    ) -> Result<T, Broken> {
        let mut work = std::pin::pin!(work);
        let mut words = interval(WORD);
        words.set_missed_tick_behavior(MissedTickBehavior::Delay);
        words.reset();
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                _ = words.tick() => self.go_on_with(attempt, progress(), None).await?,
            }
        }
    }

    async fn go_on_with(
        &self,
        attempt: &Attempt,
        progress: Progress,
        piece: Option<(u64, Vec<u8>)>,
    ) -> Result<(), Broken> {
        let until = self.desk.clock().now() + LEASE;
        let store = self.desk.store();
        let mine = store.continue_report(attempt.job, attempt.number, until, progress, piece).await?;
        if mine { Ok(()) } else { Err(Broken::Lost) }
    }
}

/// How many rows there are: so that whoever waits sees how far it is.
async fn count(task: &Task) -> Result<u64, Broken> {
    let mut pages = (task.report.pages)(task.asked.clone());
    let mut rows = 0;
    while let Some(page) = pages.next().await {
        rows += page?.len() as u64;
    }
    Ok(rows)
}
