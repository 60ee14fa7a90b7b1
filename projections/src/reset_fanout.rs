//! The process manager of account-wide disables: events in, commands out.
//!
//! A disable resets everybody with its own event. What follows here is the record of it in each person's own
//! stream, in batches that leave the server room for others, and a closing event that proves that exactly the
//! people announced were reached. Its position is the log itself: a reset is under way until its closing
//! event, and who was reached carries it. So it may stop anywhere, begin again, or run twice at once. Who is
//! missing is asked of the read models when a run begins and once more before it closes, never for each
//! batch: a run over n people costs what n people cost.
//!
//! The same manager writes down resets that staff asked for and whose wait is over; they hold by time alone.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::future::Future;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt};
use serde::Deserialize;
use tokio::time::{Instant, sleep};
use twofold_domain::ids::{AccountId, EventId, StreamId, UserId};
use twofold_domain::time::Timestamp;
use twofold_infra::acts::{ActError, CompleteFanOut, ReachReset, census_of};
use twofold_infra::context::{Actor, Context};
use twofold_infra::desk::Desk;
use twofold_infra::store::{StoreError, ViewsTx};

use crate::projector::Projector;
use crate::status::reset_by::reset_by;
use crate::status::{self, FanOutRow, fan_out, user_status};
use crate::{audit, status::FanOuts, view::View as _};

/// Who the log says did it.
const NAME: &str = "reset_fan_out";
/// The same of resets that waited.
const WAITS: &str = "reset_wait";
/// People of one batch.
const BATCH: usize = 200;
/// Commands at once: they share commits, and leave most of the store's places to people.
const AT_ONCE: usize = 16;
/// Between batches.
const PAUSE: Duration = Duration::from_millis(20);
/// Between looks at what is under way.
const LOOK: Duration = Duration::from_millis(500);
/// How long a reset that could not go on is left alone.
const AFTER_AN_ERROR: Duration = Duration::from_secs(30);
/// How long a batch waits for the read models to have what came before it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whom each run has still to reach, by account and generation. Only a memory: the log is what counts.
#[derive(Default)]
struct UnderWay(HashMap<(AccountId, u32), VecDeque<UserId>>);

/// Writes account-wide resets into people's streams.
#[derive(Clone)]
pub struct ResetFanOut {
    desk: Desk,
    projector: Projector,
}

/// Why a reset could not go on.
#[derive(Debug, thiserror::Error)]
pub enum FanOutError {
    /// A read model did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A command was refused.
    #[error(transparent)]
    Act(#[from] ActError),
    /// The read models do not move.
    #[error("the read models of {0} are behind")]
    Behind(AccountId),
}

/// Writes an account's resets that waited and fell due by an instant, a batch of them, into the streams of their
/// people; how many. Whoever cannot be written keeps no other one back.
pub(crate) async fn write_due(desk: &Desk, account: AccountId, at: Timestamp) -> Result<usize, ActError> {
    let due = user_status::resets_due(desk.store().views(), account, at, BATCH as u32).await?;
    let mut first = Ok(due.len());
    for user in due {
        let context = Context::of(Actor::System(WAITS), WAITS.to_owned());
        if let Err(error) = desk.perform(account, context, ReachReset { user }).await {
            tracing::error!(%account, %user, %error, "a reset that fell due cannot be written");
            first = first.and(Err(error));
        }
    }
    first
}

impl ResetFanOut {
    /// A process manager on this desk; the projector must be running.
    pub const fn new(desk: Desk, projector: Projector) -> Self {
        Self { desk, projector }
    }

    /// Runs until `stop` is ready; a batch that has begun is finished.
    pub async fn run(&self, stop: impl Future<Output = ()> + Send) {
        let mut stop = std::pin::pin!(stop);
        let mut later: HashMap<AccountId, Instant> = HashMap::new();
        let mut under_way = UnderWay::default();
        loop {
            later.retain(|_, until| *until > Instant::now());
            let open = fan_out::open(self.desk.store().views()).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "resets under way cannot be seen");
                Vec::new()
            });
            if let Err(error) = self.write_due().await {
                tracing::warn!(%error, "resets that fell due cannot be written");
            }
            let mut pause = LOOK;
            for (account, row) in open {
                if later.contains_key(&account) {
                    continue;
                }
                match self.step(account, &row, &mut under_way).await {
                    Ok(true) => pause = PAUSE,
                    Ok(false) => {}
                    Err(error) => {
                        tracing::error!(%account, generation = row.generation, %error, "a reset cannot go on");
                        metrics::counter!("twofold_reset_fan_out_errors_total").increment(1);
                        later.insert(account, Instant::now() + AFTER_AN_ERROR);
                    }
                }
                if futures::poll!(&mut stop).is_ready() {
                    return;
                }
            }
            tokio::select! {
                () = &mut stop => return,
                () = sleep(pause) => {}
            }
        }
    }

    /// Finishes every reset that is under way, here and now. For commands and tests.
    pub async fn finish(&self) -> Result<(), FanOutError> {
        let mut under_way = UnderWay::default();
        loop {
            self.projector.catch_up().await?;
            let open = fan_out::open(self.desk.store().views()).await?;
            if open.is_empty() {
                return Ok(());
            }
            for (account, row) in open {
                self.step(account, &row, &mut under_way).await?;
            }
        }
    }

    /// One batch. False if another instance is at it.
    async fn step(
        &self,
        account: AccountId,
        row: &FanOutRow,
        under_way: &mut UnderWay,
    ) -> Result<bool, FanOutError> {
        let Some(_mine) = self.claim(account).await? else { return Ok(false) };
        let key = (account, row.generation);
        let context = self.context(account, row).await?;
        if under_way.0.get(&key).is_none_or(VecDeque::is_empty) {
            let (missing, reached) = self.missing(account, row).await?;
            if missing.is_empty() {
                under_way.0.remove(&key);
                let complete = CompleteFanOut { generation: row.generation, reached: census_of(reached) };
                let last = self.desk.perform(account, context, complete).await?.position;
                self.see(account, last).await?;
                return Ok(true);
            }
            under_way.0.insert(key, missing);
        }
        let Some(missing) = under_way.0.get_mut(&key) else { return Ok(true) };
        let batch: Vec<UserId> = missing.drain(..BATCH.min(missing.len())).collect();
        let emptied = missing.is_empty();
        let reach = |user| self.desk.perform(account, context.clone(), ReachReset { user });
        let commands = futures::stream::iter(batch).map(reach);
        let done: Vec<_> = commands.buffer_unordered(AT_ONCE).try_collect().await?;
        metrics::counter!("twofold_reset_fan_out_people_total").increment(done.len() as u64);
        if emptied {
            // The next look must not find the same people missing.
            self.see(account, done.iter().filter_map(|done| done.position).max()).await?;
        }
        Ok(true)
    }

    /// Who was announced and is not reached yet; and who is reached.
    async fn missing(
        &self,
        account: AccountId,
        row: &FanOutRow,
    ) -> Result<(VecDeque<UserId>, Vec<UserId>), FanOutError> {
        let views = self.desk.store().views();
        let announced = reset_by(views, account, row.disabled_seq).await?;
        let reached = audit::reached(views, account, row.generation).await?;
        let known: BTreeSet<UserId> = reached.iter().copied().collect();
        Ok((announced.into_iter().filter(|user| !known.contains(user)).collect(), reached))
    }

    /// Waits until the read models show what was recorded.
    async fn see(&self, account: AccountId, last: Option<u64>) -> Result<(), FanOutError> {
        self.projector.bring(account).await?;
        for projection in [audit::NAME, status::NAME] {
            if let Some(last) = last
                && !self.projector.wait_for(projection, account, last, PATIENCE).await?
            {
                return Err(FanOutError::Behind(account));
            }
        }
        Ok(())
    }

    /// Writes resets that waited and fell due, each by its account's clock, into the streams of their people.
    /// They hold without it.
    pub async fn write_due(&self) -> Result<(), FanOutError> {
        let views = self.desk.store().views();
        let mut first = Ok(());
        for account in user_status::resets_waiting(views).await? {
            // Whatever keeps one account back keeps no other one.
            if let Err(error) = self.write_due_of(account).await {
                tracing::error!(%account, %error, "resets that fell due cannot be written");
                first = first.and(Err(error));
            }
        }
        first
    }

    async fn write_due_of(&self, account: AccountId) -> Result<(), FanOutError> {
        // A sandbox whose clock was set is seen with it.
        self.desk.log().accounts.load(StreamId::account(account)).await.map_err(ActError::from)?;
        write_due(&self.desk, account, self.desk.clock_of(account)).await?;
        Ok(())
    }

    /// One instance at a time per account, where there can be several. The lock ends with the transaction.
    async fn claim(&self, account: AccountId) -> Result<Option<Option<ViewsTx>>, StoreError> {
        let views = self.desk.store().views();
        if let twofold_infra::store::Views::Sqlite { .. } = views {
            return Ok(Some(None));
        }
        let mut tx = views.begin().await?;
        let lock = format!("{} {account}", FanOuts::TABLE.name);
        let sql = "select pg_try_advisory_xact_lock(hashtext($1))";
        let row = tx.fetch_optional(sql, &[lock.into()]).await?;
        let mine = row.map_or(Ok(false), |row| row.get(0))?;
        Ok(mine.then_some(Some(tx)))
    }

    /// On behalf of nobody, because of the disable.
    async fn context(&self, account: AccountId, row: &FanOutRow) -> Result<Context, FanOutError> {
        #[derive(Deserialize, Default)]
        #[serde(default)]
        struct Cause {
            event_id: Option<EventId>,
            correlation: Option<String>,
        }
        let disable = self.desk.store().read(account, row.disabled_seq - 1, 1).await?;
        let cause: Cause =
            disable.first().and_then(|event| serde_json::from_str(&event.metadata).ok()).unwrap_or_default();
        let correlation = cause.correlation.unwrap_or_else(|| NAME.to_owned());
        let mut context = Context::of(Actor::System(NAME), correlation);
        context.causation = cause.event_id;
        Ok(context)
    }
}
