//! The projector: keeps the tables of all projections up to date while the program runs.
//!
//! It wakes by a hint of this instance's own commits, and sweeps the list of accounts with news for those of
//! others and for hints that were lost. Any number of instances do this side by side: who holds an
//! account's checkpoint works on it, and the others pass over it.

use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{broadcast, oneshot, watch};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout_at};
use twofold_domain::ids::AccountId;
use twofold_infra::store::{EventStore, StoreError, Value};
use uuid::Uuid;

use crate::bulk;
use crate::ddl::placeholders;
use crate::live::{Advance, Build, News, sized};
use crate::owners::Owners;
use crate::registry::{self, Installed, Listing};
use crate::view::Projection;
use crate::witness;

/// How long news of other instances may wait.
const SWEEP: Duration = Duration::from_millis(500);
/// Accounts of one round: one transaction per projection.
const ACCOUNTS: usize = 64;
/// Events of one account in one round: what a transaction holds stays small.
const EVENTS: u32 = 500;
/// How long the projector leaves a database alone that did not answer.
const AFTER_AN_ERROR: Duration = Duration::from_secs(1);
/// How often the projector looks whether its tables are there.
const TABLES: Duration = Duration::from_secs(2);
/// How often a waiting reader looks at the checkpoint when nothing tells it of progress: another instance
/// may have done the work.
const LOOK: Duration = Duration::from_millis(25);

/// Keeps projections up to date. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Projector {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    store: EventStore,
    projections: Vec<Projection>,
    owners: Owners,
    /// Counts rounds that moved something.
    progress: watch::Sender<u64>,
    /// Accounts that somebody waits for.
    wanted: Mutex<BTreeSet<AccountId>>,
    wake: tokio::sync::Notify,
}

impl Projector {
    /// Creates the tables that are missing. Nothing moves before [`run`](Self::run) or
    /// [`catch_up`](Self::catch_up).
    pub async fn install(store: EventStore, projections: Vec<Projection>) -> Result<Self, StoreError> {
        registry::install(&store, &projections).await?;
        let owners = Owners::new(store.reader());
        let (progress, _) = watch::channel(0);
        let inner = Inner {
            store,
            projections,
            owners,
            progress,
            wanted: Mutex::default(),
            wake: tokio::sync::Notify::new(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The log that they follow.
    pub fn store(&self) -> &EventStore {
        &self.inner.store
    }

    /// The projections, in order.
    pub fn projections(&self) -> &[Projection] {
        &self.inner.projections
    }

    /// Names of projections whose tables must be rebuilt before they answer rightly.
    pub async fn stale(&self) -> Result<Vec<&'static str>, StoreError> {
        self.of_state(|state| state != Installed::Serving).await
    }

    /// Names of projections whose tables do not say how far they are, so that nothing can be compared with them.
    pub async fn unplaced(&self) -> Result<Vec<&'static str>, StoreError> {
        self.of_state(|state| state == Installed::Unplaced).await
    }

    /// Names of projections of which tables are not there: somebody threw them away beneath a running program.
    pub async fn missing(&self) -> Result<Vec<&'static str>, StoreError> {
        registry::missing(self.inner.store.views(), &self.inner.projections).await
    }

    /// Makes missing tables again from the log, on a thread of its own: whole logs are folded. It ends when nobody waits
    /// for it any more. False if nothing is missing.
    async fn remake(&self) -> Result<bool, StoreError> {
        let missing = self.missing().await?;
        if missing.is_empty() {
            return Ok(false);
        }
        tracing::error!(?missing, "read models are missing: they are made again from the log");
        let (_waiting, given_up) = oneshot::channel::<()>();
        let (projector, runtime) = (self.clone(), Handle::current());
        let remade = spawn_blocking(move || {
            runtime.block_on(async {
                tokio::select! {
                    remade = projector.remake_these(&missing) => remade,
                    _ = given_up => Ok(()),
                }
            })
        });
        remade.await.map_err(|error| StoreError::Bug(error.to_string()))?.map(|()| true)
    }

    /// Those of another version are a newer program's, and left to it.
    async fn remake_these(&self, missing: &[&'static str]) -> Result<(), StoreError> {
        self.inner.store.remake_views().await?;
        let stale = self.stale().await?;
        let mut projections = crate::all();
        projections.retain(|p| missing.contains(&p.name) && stale.contains(&p.name));
        bulk::rebuild(&self.inner.store, projections, false, |_| {}).await?;
        tracing::warn!(?missing, "read models were made again");
        Ok(())
    }

    async fn of_state(&self, is_it: impl Fn(Installed) -> bool) -> Result<Vec<&'static str>, StoreError> {
        let states = registry::install(&self.inner.store, &self.inner.projections).await?;
        let named = self.inner.projections.iter().zip(states);
        Ok(named.filter(|(_, state)| is_it(*state)).map(|(projection, _)| projection.name).collect())
    }

    /// Runs until `stop` is ready; a round that has begun is finished. A database that is away is waited for.
    pub async fn run(&self, stop: impl Future<Output = ()> + Send) {
        let mut stop = std::pin::pin!(stop);
        let mut hints = self.inner.store.hints();
        let mut sweep = interval(SWEEP);
        sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut tables = interval(TABLES);
        tables.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut news: BTreeSet<AccountId> = BTreeSet::new();
        let mut lagging = true;
        loop {
            tokio::select! {
                biased;
                () = &mut stop => return,
                hint = hints.recv() => match hint {
                    Ok((account, _)) => _ = news.insert(account),
                    // The sweep finds what was lost.
                    Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return,
                },
                _ = tables.tick() => {
                    let remade = tokio::select! {
                        () = &mut stop => return,
                        remade = self.remake() => remade,
                    };
                    match remade {
                        // Those of few events are made empty, and take them in as ever.
                        Ok(anything) => lagging |= anything,
                        Err(error) => {
                            tracing::error!(%error, "read models are missing, and could not be made again");
                        }
                    }
                }
                () = self.inner.wake.notified() => {}
                _ = sweep.tick() => match self.news(lagging).await {
                    Ok(found) => {
                        lagging = false;
                        news.extend(found);
                    }
                    Err(error) => {
                        lagging = true;
                        tracing::warn!(%error, "the projector cannot see what is new");
                        sleep(AFTER_AN_ERROR).await;
                    }
                },
            }
            while let Ok((account, _)) = hints.try_recv() {
                news.insert(account);
            }
            news.append(&mut self.inner.wanted.lock().unwrap_or_else(PoisonError::into_inner));
            while !news.is_empty() {
                let round: Vec<AccountId> = news.iter().copied().take(ACCOUNTS).collect();
                match self.round(&round).await {
                    Ok(unfinished) => {
                        news.retain(|account| !round.contains(account));
                        news.extend(unfinished);
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the projector could not go on");
                        // They are still in the list of accounts with news, unless that was settled by tables that are gone.
                        news.clear();
                        lagging = true;
                        sleep(AFTER_AN_ERROR).await;
                    }
                }
                if futures::poll!(&mut stop).is_ready() {
                    return;
                }
            }
        }
    }

    /// Takes in everything there is, here and now. For commands that do not run the projector.
    pub async fn catch_up(&self) -> Result<(), StoreError> {
        let mut news: BTreeSet<AccountId> = self.news(true).await?.into_iter().collect();
        while !news.is_empty() {
            let round: Vec<AccountId> = news.iter().copied().take(ACCOUNTS).collect();
            let unfinished = self.round(&round).await?;
            news.retain(|account| !round.contains(account));
            news.extend(unfinished);
        }
        Ok(())
    }

    /// The same for one account.
    pub async fn bring(&self, account: AccountId) -> Result<(), StoreError> {
        let mut round = vec![account];
        while !round.is_empty() {
            round = self.round(&round).await?;
        }
        Ok(())
    }

    /// Accounts with news; with `all`, also those that some projection lags behind in for any other reason.
    async fn news(&self, all: bool) -> Result<Vec<AccountId>, StoreError> {
        const AT_ONCE: u32 = 10_000;
        let pending = self.inner.store.pending(AT_ONCE).await?;
        let mut accounts: Vec<AccountId> = pending.iter().map(|p| p.account).collect();
        if all {
            let sql = "select c.account_id from twofold.counters c left join views.checkpoints k \
                       on k.account_id = c.account_id and k.projection = $1 and k.version = $2 \
                       where coalesce(k.position, 0) < c.last_seq and k.parked is null";
            for projection in &self.inner.projections {
                let binds: [Value; 2] = [projection.name.into(), projection.version.into()];
                for row in self.inner.store.views().fetch(sql, &binds).await? {
                    accounts.push(AccountId::from_uuid(row.get::<Uuid>(0)?));
                }
            }
        }
        Ok(accounts)
    }

    /// One round: a batch of every projection over these accounts. Returns the accounts that have more.
    async fn round(&self, accounts: &[AccountId]) -> Result<Vec<AccountId>, StoreError> {
        let before = self.positions(accounts).await?;
        let mut news = Vec::with_capacity(accounts.len());
        let mut more = BTreeSet::new();
        for account in accounts {
            // Parked accounts have no say in where reading begins.
            let least = before.get(account).map_or(Some(0), Positions::least);
            let Some(least) = least else { continue };
            let Some(events) = witness::continued(&self.inner.store, *account, least, EVENTS).await? else {
                continue;
            };
            let (facts, poison) = self.inner.owners.facts(&events).await?;
            if events.len() == EVENTS as usize && poison.is_none() {
                more.insert(*account);
            }
            if !events.is_empty() {
                news.push(News { account: *account, facts: Arc::new(facts), poison });
            }
        }
        if news.is_empty() {
            self.settle(accounts).await?;
            return Ok(Vec::new());
        }
        let news = news.as_slice();
        let mut batches = Vec::new();
        for projection in &self.inner.projections {
            batches.push(self.batch(projection, news));
        }
        let advanced = futures::future::try_join_all(batches).await?;
        let moved = advanced.iter().flatten().count();
        if moved > 0 {
            self.inner.progress.send_modify(|rounds| *rounds += 1);
            metrics::counter!("twofold_projector_rounds_total").increment(1);
        }
        // What somebody else holds is theirs; the sweep comes back for it.
        more.retain(|account| advanced.iter().flatten().any(|advance| advance.account == *account));
        let done: Vec<AccountId> = accounts.iter().filter(|a| !more.contains(a)).copied().collect();
        self.settle(&done).await?;
        Ok(more.into_iter().collect())
    }

    async fn batch(&self, projection: &Projection, news: &[News]) -> Result<Vec<Advance>, StoreError> {
        let advances = Build { projection, suffix: "" }.advance(self.inner.store.views(), news).await?;
        alarm(projection, &advances);
        Ok(advances)
    }

    /// Takes accounts off the list where every projection has everything, or stands still.
    async fn settle(&self, accounts: &[AccountId]) -> Result<(), StoreError> {
        let positions = self.positions(accounts).await?;
        let mut lag = vec![0_u64; self.inner.projections.len()];
        for account in accounts {
            let Some(positions) = positions.get(account) else { continue };
            for (lag, position) in lag.iter_mut().zip(&positions.reached) {
                *lag += positions.log.saturating_sub(position.unwrap_or(positions.log));
            }
            if positions.least().is_none_or(|least| least >= positions.log) {
                self.inner.store.settle(*account, positions.log).await?;
            }
        }
        for (projection, lag) in self.inner.projections.iter().zip(lag) {
            metrics::gauge!("twofold_projection_lag_events", "projection" => projection.name).set(lag as f64);
        }
        Ok(())
    }

    async fn positions(&self, accounts: &[AccountId]) -> Result<HashMap<AccountId, Positions>, StoreError> {
        let mut rows = Vec::new();
        for (size, accounts) in sized(accounts) {
            let mut sql = "select c.account_id, c.last_seq, k.projection, k.version, k.position, k.parked \
                           from twofold.counters c left join views.checkpoints k \
                           on k.account_id = c.account_id where c.account_id in (values "
                .to_owned();
            placeholders(&mut sql, size, 1);
            sql.push(')');
            let binds: Vec<Value> = accounts.iter().map(|account| account.uuid().into()).collect();
            rows.extend(self.inner.store.views().fetch(&sql, &binds).await?);
        }
        let projections = &self.inner.projections;
        let mut all = HashMap::with_capacity(accounts.len());
        for row in rows {
            let account = AccountId::from_uuid(row.get::<Uuid>(0)?);
            let log = row.count(1)?;
            let positions: &mut Positions = all
                .entry(account)
                .or_insert_with(|| Positions { log, reached: vec![Some(0); projections.len()] });
            let Some(name) = row.get::<Option<String>>(2)? else { continue };
            let version = row.count(3)?;
            let ours = |p: &Projection| p.name == name && u64::from(p.version) == version;
            let Some(index) = projections.iter().position(ours) else { continue };
            let parked: Option<String> = row.get(5)?;
            let position = row.count(4)?;
            positions.reached[index] = parked.is_none().then_some(position);
        }
        Ok(all)
    }

    /// Waits until a projection has an account's events up to `position`. False if that did not happen within
    /// `patience`, or cannot because the account is parked.
    pub async fn wait_for(
        &self,
        projection: &str,
        account: AccountId,
        position: u64,
        patience: Duration,
    ) -> Result<bool, StoreError> {
        let deadline = Instant::now() + patience;
        let mut progress = self.inner.progress.subscribe();
        let version = self.inner.projections.iter().find(|p| p.name == projection).map_or(0, |p| p.version);
        let sql = "select position, parked from views.checkpoints \
                   where projection = $1 and version = $2 and account_id = $3";
        let binds = [projection.into(), version.into(), account.uuid().into()];
        let mut asked = false;
        loop {
            let row = self.inner.store.views().fetch_optional(sql, &binds).await?;
            if let Some(row) = row {
                if row.count(0)? >= position {
                    return Ok(true);
                }
                if row.get::<Option<String>>(1)?.is_some() {
                    return Ok(false);
                }
            }
            if Instant::now() >= deadline {
                return Ok(false);
            }
            if !asked {
                self.inner.wanted.lock().unwrap_or_else(PoisonError::into_inner).insert(account);
                self.inner.wake.notify_one();
                asked = true;
            }
            // Either something moved here, or it is time to look whether it moved elsewhere.
            let _ = timeout_at(deadline.min(Instant::now() + LOOK), progress.changed()).await;
        }
    }

    /// The last event of an account that a projection has taken in; 0 before the first.
    pub async fn reached(&self, projection: &str, account: AccountId) -> Result<u64, StoreError> {
        let version = self.inner.projections.iter().find(|p| p.name == projection).map_or(0, |p| p.version);
        let sql = "select position from views.checkpoints \
                   where projection = $1 and version = $2 and account_id = $3";
        let binds = [projection.into(), version.into(), account.uuid().into()];
        let row = self.inner.store.views().fetch_optional(sql, &binds).await?;
        row.map_or(Ok(0), |row| row.count(0))
    }

    /// Every projection as an operator sees it.
    pub async fn list(&self) -> Result<Vec<Listing>, StoreError> {
        let contradictions = witness::contradictions(&self.inner.store).await?;
        registry::list(self.inner.store.views(), &self.inner.projections, &contradictions).await
    }

    /// Lets a parked account try again. False if it was not parked.
    pub async fn retry(&self, projection: &str, account: AccountId) -> Result<bool, StoreError> {
        let Some(projection) = self.inner.projections.iter().find(|p| p.name == projection) else {
            return Ok(false);
        };
        let was_parked = registry::unpark(self.inner.store.views(), projection, account).await?;
        if was_parked {
            self.bring(account).await?;
        }
        Ok(was_parked)
    }

    /// Rebuilds every projection that must be before it answers rightly.
    pub async fn rebuild_stale(
        &self,
        catalogue: impl Fn() -> Vec<Projection>,
        progress: impl Fn(bulk::Progress) + Send + Sync,
    ) -> Result<(), StoreError> {
        let stale = self.stale().await?;
        if stale.is_empty() {
            return Ok(());
        }
        let projections = catalogue().into_iter().filter(|p| stale.contains(&p.name)).collect();
        bulk::rebuild(&self.inner.store, projections, false, progress).await.map(|_| ())
    }
}

/// How far an account is, in the log and in each projection (`None` where it is parked).
#[derive(Debug)]
struct Positions {
    log: u64,
    reached: Vec<Option<u64>>,
}

impl Positions {
    fn least(&self) -> Option<u64> {
        self.reached.iter().flatten().min().copied()
    }
}

fn alarm(projection: &Projection, advances: &[Advance]) {
    for advance in advances {
        if let Some(parked) = &advance.parked {
            metrics::counter!("twofold_projection_parked_total", "projection" => projection.name)
                .increment(1);
            tracing::error!(
                projection = projection.name,
                account = %advance.account,
                event = parked.event,
                error = %parked.error,
                "parked: the account stays before this event until somebody retries it"
            );
        }
    }
}
