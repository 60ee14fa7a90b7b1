//! Group commit: concurrent appends share a transaction.
//!
//! One task per store owns every append from the moment it is handed over, so a caller that goes away
//! leaves it whole or absent. It sends what waits as one batch, with several batches in flight. Two rules
//! keep a batch set-based: an account is in one batch at a time (its counter is a lock, and a second batch
//! would only wait for it), and no member touches what an earlier member of its batch writes.
//!
//! When callers come in crowds, the task lingers for a moment before it sends: those who were just
//! answered are about to ask again, and a batch that leaves without them costs them a whole commit.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast, mpsc, oneshot};
use tokio::task::JoinSet;
use twofold_domain::ids::AccountId;

use super::StoreError;
use super::append::{Append, Outcome};
use super::postgres::PgWriter;
use super::sqlite::SqliteWriter;

/// Appends accepted and not yet answered. At a few thousand commits a second this is a second or two of
/// work; whoever comes later is better told so at once.
pub const MAX_OUTSTANDING: usize = 8_192;

/// Members of one batch: enough for every caller of a busy server, small enough for a lock held briefly.
const MAX_MEMBERS: usize = 512;

/// Bytes of one batch, so that large messages travel in smaller company.
const MAX_BATCH_BYTES: usize = 4 << 20;

/// Attempts of a batch that the database rolled back for a deadlock or serialization failure.
const ATTEMPTS: u32 = 5;

/// The longest that a batch waits for company; a fraction of any commit that is slow enough to matter.
const MAX_LINGER: Duration = Duration::from_millis(2);

/// Members that make a batch worth sending while another is in flight. Commits share the disk's queue: a
/// few members more gain nothing by going ahead, and cost the next batch its company.
const COMPANY: usize = 48;

/// What a batch became: a verdict per member, or an error for all of them.
pub(super) type Verdicts = Result<Vec<Result<Outcome, StoreError>>, BatchError>;

/// Why a whole batch failed.
#[derive(Debug)]
pub(super) enum BatchError {
    /// It certainly did nothing and may simply run again.
    Again(StoreError),
    /// It may or may not be committed.
    Failed(StoreError),
}

/// The database behind the dispatcher.
#[derive(Debug, Clone)]
pub(super) enum Writer {
    Pg(PgWriter),
    Sqlite(SqliteWriter),
}

impl Writer {
    /// Batches in flight. More than this many commits at once gain nothing, and each is a connection.
    pub(super) const fn lanes(&self) -> usize {
        match self {
            Self::Pg(_) => 3,
            Self::Sqlite(_) => 1,
        }
    }

    async fn commit(&self, batch: &[&Append]) -> Verdicts {
        match self {
            Self::Pg(writer) => writer.commit(batch).await,
            Self::Sqlite(writer) => writer.commit(batch).await,
        }
    }
}

struct Job {
    append: Append,
    weight: usize,
    reply: oneshot::Sender<Result<Outcome, StoreError>>,
    _outstanding: OwnedSemaphorePermit,
}

/// The way to the task that owns the appends. The task ends after the last handle is gone and everything
/// handed over is done.
#[derive(Debug, Clone)]
pub(super) struct Dispatcher {
    queue: mpsc::UnboundedSender<Job>,
    outstanding: Arc<Semaphore>,
}

impl Dispatcher {
    pub(super) fn start(writer: Writer, hints: broadcast::Sender<(AccountId, u64)>) -> Self {
        let (queue, jobs) = mpsc::unbounded_channel();
        let task = Task {
            jobs,
            lanes: writer.lanes(),
            writer: Arc::new(writer),
            hints,
            waiting: VecDeque::new(),
            parked: HashMap::new(),
            parked_count: 0,
            flying: JoinSet::new(),
            cargo: HashMap::new(),
            busy: HashSet::new(),
            aloft: 0,
            crowd: 0.0,
            usual: Duration::ZERO,
        };
        tokio::spawn(task.run());
        Self { queue, outstanding: Arc::new(Semaphore::new(MAX_OUTSTANDING)) }
    }

    pub(super) async fn append(&self, append: Append) -> Result<Outcome, StoreError> {
        append.check()?;
        let Ok(permit) = Arc::clone(&self.outstanding).try_acquire_owned() else {
            return Err(StoreError::unavailable(format!("{MAX_OUTSTANDING} appends are waiting")));
        };
        let (reply, answer) = oneshot::channel();
        let job = Job { weight: append.weight(), append, reply, _outstanding: permit };
        let stopped = || StoreError::unavailable("the store is shutting down");
        self.queue.send(job).map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

struct Task {
    jobs: mpsc::UnboundedReceiver<Job>,
    lanes: usize,
    writer: Arc<Writer>,
    hints: broadcast::Sender<(AccountId, u64)>,
    /// Members that may leave with the next batch, oldest first.
    waiting: VecDeque<Job>,
    /// Members whose account is in flight, oldest first.
    parked: HashMap<AccountId, VecDeque<Job>>,
    parked_count: usize,
    flying: JoinSet<Duration>,
    /// Accounts and number of members of each batch in flight.
    cargo: HashMap<tokio::task::Id, (Vec<AccountId>, usize)>,
    /// Accounts in flight.
    busy: HashSet<AccountId>,
    /// Members in flight.
    aloft: usize,
    /// How many callers there seem to be: the most seen at once, fading.
    crowd: f64,
    /// How long a batch takes, smoothed.
    usual: Duration,
}

impl Task {
    async fn run(mut self) {
        let mut open = true;
        // What is parked waits for something in flight.
        while open || !self.waiting.is_empty() || !self.flying.is_empty() {
            tokio::select! {
                job = self.jobs.recv(), if open => match job {
                    Some(job) => self.queue(job),
                    None => open = false,
                },
                Some(landed) = self.flying.join_next_with_id() => self.land(landed),
            }
            self.drain();
            while self.may_send() {
                self.linger().await;
                let batch = self.select();
                self.send(batch);
            }
        }
    }

    fn may_send(&self) -> bool {
        let worth_it = self.flying.is_empty() || self.waiting.len() >= COMPANY;
        !self.waiting.is_empty() && self.flying.len() < self.lanes && worth_it
    }

    fn queue(&mut self, job: Job) {
        let account = job.append.account;
        if self.busy.contains(&account) {
            self.parked.entry(account).or_default().push_back(job);
            self.parked_count += 1;
        } else {
            self.waiting.push_back(job);
        }
    }

    fn drain(&mut self) {
        while let Ok(job) = self.jobs.try_recv() {
            self.queue(job);
        }
    }

    fn land(&mut self, landed: Result<(tokio::task::Id, Duration), tokio::task::JoinError>) {
        let id = match landed {
            Ok((id, took)) => {
                self.usual = (self.usual * 7 + took) / 8;
                id
            }
            Err(error) => {
                tracing::error!(%error, "a batch of appends ended without an answer");
                error.id()
            }
        };
        if let Some((accounts, members)) = self.cargo.remove(&id) {
            self.aloft -= members;
            for account in accounts {
                self.busy.remove(&account);
                if let Some(jobs) = self.parked.remove(&account) {
                    self.parked_count -= jobs.len();
                    self.waiting.extend(jobs);
                }
            }
        }
    }

    /// Waits for callers that are about to come back, a fraction of a commit at most.
    async fn linger(&mut self) {
        const SHORTEST_TIMER: Duration = Duration::from_millis(1);
        let longest = (self.usual / 8).min(MAX_LINGER);
        let until = Instant::now() + longest;
        loop {
            let present = (self.waiting.len() + self.parked_count + self.aloft) as f64;
            if present >= self.crowd || self.waiting.len() >= MAX_MEMBERS || Instant::now() >= until {
                self.crowd = (self.crowd * 0.9).max(present);
                return;
            }
            if longest < SHORTEST_TIMER {
                tokio::task::yield_now().await;
            } else if let Ok(Some(job)) = tokio::time::timeout_at(until.into(), self.jobs.recv()).await {
                self.queue(job);
            } else {
                self.crowd = (self.crowd * 0.9).max(present);
                return;
            }
            self.drain();
        }
    }

    /// Takes the next batch out of what waits, oldest first.
    fn select(&mut self) -> Vec<Job> {
        let mut batch: Vec<Job> = Vec::new();
        let mut weight = 0;
        let mut written: HashSet<u64> = HashSet::new();
        let mut left = VecDeque::new();
        while let Some(job) = self.waiting.pop_front() {
            if batch.len() == MAX_MEMBERS || (weight + job.weight > MAX_BATCH_BYTES && !batch.is_empty()) {
                left.push_back(job);
                break;
            }
            let (writes, reads) = footprint(&job.append);
            let meets = writes.iter().chain(&reads).any(|key| written.contains(key));
            // What waits behind a member that stays must not overtake it.
            written.extend(writes);
            if meets {
                left.push_back(job);
            } else {
                weight += job.weight;
                batch.push(job);
            }
        }
        left.append(&mut self.waiting);
        self.waiting = left;
        batch
    }

    fn send(&mut self, batch: Vec<Job>) {
        let mut accounts: Vec<AccountId> = batch.iter().map(|job| job.append.account).collect();
        accounts.sort_unstable();
        accounts.dedup();
        self.busy.extend(&accounts);
        for job in std::mem::take(&mut self.waiting) {
            self.queue(job);
        }
        let members = batch.len();
        self.aloft += members;
        let flight = fly(Arc::clone(&self.writer), self.hints.clone(), batch);
        let handle = self.flying.spawn(flight);
        self.cargo.insert(handle.id(), (accounts, members));
    }
}

/// Commits one batch and answers its callers. Returns how long the database took.
async fn fly(writer: Arc<Writer>, hints: broadcast::Sender<(AccountId, u64)>, batch: Vec<Job>) -> Duration {
    let started = Instant::now();
    let appends: Vec<&Append> = batch.iter().map(|job| &job.append).collect();
    let verdicts = match commit(&writer, &appends).await {
        Ok(verdicts) => verdicts,
        // Something in it that the database cannot take: find out whose it is.
        Err(StoreError::Bug(detail)) if batch.len() > 1 => {
            tracing::error!(detail, members = batch.len(), "a batch was refused; trying its members alone");
            let mut verdicts = Vec::with_capacity(batch.len());
            for append in &appends {
                verdicts.push(match commit(&writer, std::slice::from_ref(append)).await {
                    Ok(mut verdict) => verdict.pop().unwrap_or(Err(StoreError::Bug("no verdict".to_owned()))),
                    Err(error) => Err(error),
                });
            }
            verdicts
        }
        Err(error) => vec![Err(error); batch.len()],
    };
    let took = started.elapsed();
    metrics::histogram!("twofold_append_batch_seconds").record(took.as_secs_f64());
    metrics::histogram!("twofold_append_batch_members").record(batch.len() as f64);
    let mut news: HashMap<AccountId, u64> = HashMap::new();
    for (job, verdict) in batch.into_iter().zip(verdicts) {
        if let Ok(Outcome::Committed { first, last, .. }) = verdict
            && last >= first
        {
            let newest = news.entry(job.append.account).or_default();
            *newest = last.max(*newest);
        }
        // A caller that is gone wants no answer; what it asked for is done all the same.
        let _ = job.reply.send(verdict);
    }
    for hint in news {
        // Nobody listening is fine: the sweep of `pending` finds it.
        let _ = hints.send(hint);
    }
    took
}

async fn commit(
    writer: &Writer,
    appends: &[&Append],
) -> Result<Vec<Result<Outcome, StoreError>>, StoreError> {
    let mut attempt = 1;
    loop {
        match writer.commit(appends).await {
            Ok(verdicts) if verdicts.len() == appends.len() => return Ok(verdicts),
            Ok(verdicts) => {
                let (got, sent) = (verdicts.len(), appends.len());
                return Err(StoreError::Corrupt(format!("{got} verdicts for {sent} members")));
            }
            Err(BatchError::Again(_)) if attempt < ATTEMPTS => attempt += 1,
            Err(BatchError::Again(error) | BatchError::Failed(error)) => return Err(error),
        }
    }
}

/// What an append writes and what it only looks at, as hashes: two that collide merely take turns.
fn footprint(append: &Append) -> (Vec<u64>, Vec<u64>) {
    fn key(what: impl Hash) -> u64 {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        hasher.finish()
    }
    let (account, extras) = (append.account, &append.extras);
    let mut writes: Vec<u64> = append.writes.iter().map(|w| key(("stream", w.stream))).collect();
    let values = extras.claims.iter().chain(&extras.releases);
    writes.extend(values.map(|c| key(("claim", account, &c.kind, c.key))));
    writes.extend(extras.idempotency.iter().map(|i| key(("idempotency", account, i.scope))));
    writes.extend(extras.slug.iter().map(|slug| key(("slug", slug))));
    writes.extend(extras.verifiers.iter().map(|v| key(("verifier", v.id))));
    writes.extend(extras.destroy_verifiers.iter().map(|id| key(("verifier", id))));
    writes.extend(extras.keys.iter().map(|k| key(("key", account, k.subject))));
    writes.extend(extras.destroy_keys.iter().map(|subject| key(("key", account, subject))));
    if !extras.roster.is_empty() {
        writes.push(key(("roster", account)));
    }
    if extras.opens_account {
        writes.push(key(("opening", account)));
    }
    let mut reads: Vec<u64> = append.reads.iter().map(|r| key(("stream", r.stream))).collect();
    reads.extend(extras.roster_read.map(|_| key(("roster", account))));
    (writes, reads)
}
