//! The bulk executor: builds a projection's tables anew beside the ones that serve, and exchanges them.
//!
//! The log is read once and decoded on several cores; each projection folds it in memory, account by account,
//! and its rows go into new tables through `COPY` (in SQLite: through inserts of many rows). Keys and indexes
//! are built when the rows are there. What was recorded meanwhile is caught up with by the live executor on
//! the new tables, and one transaction puts them in the place of the old ones.
//!
//! Memory stays bounded whatever the size of the log: of an account, only its current rows are held; what can
//! not change any more leaves at once; and an account with too many of them is left to the live executor from
//! there on.

mod exchange;
mod fold;
pub(crate) mod read;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::{StreamExt as _, TryStreamExt as _};
use twofold_infra::store::{EventStore, StoreError, Views, ViewsTx};

use self::exchange::{exchange, with_log};
use self::fold::{Filled, fill};
use crate::ddl::{self, Dialect, NEW};
use crate::live::Build;
use crate::registry;
use crate::view::Projection;

/// Keys and indexes built at once: below the number of connections, which the projector uses as well.
const INDEXERS: usize = 3;
/// Projections that take in what the bulk left, at once.
const CATCHING_UP: usize = 3;
/// Sorting a million keys without a file.
const INDEX_MEMORY: &str = "set local maintenance_work_mem = '128MB'";

/// What a rebuild is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reading the log into new tables.
    Reading,
    /// Building their keys and indexes.
    Indexing,
    /// Catching them up with what was written meanwhile, and with what accounts of very many rows have left.
    CatchingUp,
    /// Putting them in the place of the old ones.
    Exchanging,
}

/// How far a rebuild is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What it is at.
    pub stage: Stage,
    /// Events folded; while catching up, by each projection for itself.
    pub events: u64,
    /// Events in the log when it began; while catching up, those that each projection lacked.
    pub of: u64,
}

/// What a rebuild did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rebuilt {
    /// Events folded.
    pub events: u64,
    /// Rows written by the bulk.
    pub rows: u64,
    /// Accounts that a projection could not go on with.
    pub parked: u64,
    /// Rows in which the new tables differ from the ones that they replaced; only if asked to compare.
    pub differences: Option<u64>,
}

/// Rebuilds projections while their old tables serve. With `verify`, compares old and new first.
pub async fn rebuild(
    store: &EventStore,
    projections: Vec<Projection>,
    verify: bool,
    progress: impl Fn(Progress) + Send + Sync,
) -> Result<Rebuilt, StoreError> {
    let views = store.views();
    let dialect = Dialect::of(views);
    let projections: Vec<Arc<Projection>> = projections.into_iter().map(Arc::new).collect();
    let only_one = hold(views, &projections).await?;
    for projection in &projections {
        create(views, projection, dialect).await?;
    }
    let of = store.accounts().await?.iter().map(|(_, last)| last).sum();
    let report = |events| progress(Progress { stage: Stage::Reading, events, of });
    let (filled, events) = fill(store, &projections, dialect, &report).await?;
    let mut rebuilt = Rebuilt { events, ..Rebuilt::default() };
    progress(Progress { stage: Stage::Indexing, events, of });
    index(views, &projections, dialect).await?;
    for (projection, filled) in projections.iter().zip(&filled) {
        rebuilt.rows += filled.rows;
        rebuilt.parked += filled.advances.iter().filter(|a| a.parked.is_some()).count() as u64;
        keep(views, projection, filled).await?;
    }
    catch_up(store, &projections, &filled, dialect, &progress).await?;
    progress(Progress { stage: Stage::Exchanging, events, of });
    for projection in &projections {
        let differences = exchange(store, projection, verify).await?;
        if let Some(found) = differences {
            *rebuilt.differences.get_or_insert(0) += found;
        }
    }
    if let Some(lock) = only_one {
        lock.commit().await?;
    }
    Ok(rebuilt)
}

/// Has the live executor take in what the bulk left: side by side, for it may be much.
async fn catch_up(
    store: &EventStore,
    projections: &[Arc<Projection>],
    filled: &[Filled],
    dialect: Dialect,
    progress: &(impl Fn(Progress) + Send + Sync),
) -> Result<(), StoreError> {
    let last: u64 = store.accounts().await?.iter().map(|(_, last)| last).sum();
    let reached = |filled: &Filled| filled.advances.iter().map(|advance| advance.position).sum();
    let of = filled.iter().map(|filled| last.saturating_sub(reached(filled))).sum();
    let taken_in = AtomicU64::new(0);
    let tell = |events| {
        let events = taken_in.fetch_add(events, Ordering::Relaxed) + events;
        // Others write meanwhile: more than was lacking is no progress of its own.
        progress(Progress { stage: Stage::CatchingUp, events: events.min(of), of });
    };
    tell(0);
    let at_once = if dialect == Dialect::Pg { CATCHING_UP } else { 1 };
    futures::stream::iter(projections)
        .map(|projection| with_log(store, projection, &tell))
        .buffer_unordered(at_once)
        .try_collect()
        .await
}

/// Sees to it that a projection is rebuilt once at a time. The lock ends with the transaction.
async fn hold(views: &Views, projections: &[Arc<Projection>]) -> Result<Option<ViewsTx>, StoreError> {
    if Dialect::of(views) == Dialect::Sqlite {
        // One process has the file; within it, the second one fails on the tables of the first.
        return Ok(None);
    }
    let mut tx = views.begin().await?;
    for projection in projections {
        let sql = "select pg_try_advisory_xact_lock(hashtext($1))";
        let row = tx.fetch_optional(sql, &[format!("rebuild {}", projection.name).into()]).await?;
        if !row.map_or(Ok(false), |row| row.get(0))? {
            return Err(StoreError::Refused(format!("{} is being rebuilt already", projection.name)));
        }
    }
    Ok(Some(tx))
}

async fn create(views: &Views, projection: &Projection, dialect: Dialect) -> Result<(), StoreError> {
    let mut tx = views.begin().await?;
    for table in ddl::tables(projection) {
        tx.execute_script(&table.drop(NEW)).await?;
        tx.execute_script(&table.create(dialect, NEW, false)).await?;
    }
    let sql = "delete from views.checkpoints where projection = $1";
    tx.execute(sql, &[format!("{}{NEW}", projection.name).into()]).await?;
    tx.commit().await
}

/// Builds keys and indexes of all new tables, and has the database look at them, a few at once.
async fn index(views: &Views, projections: &[Arc<Projection>], dialect: Dialect) -> Result<(), StoreError> {
    let mut statements = Vec::new();
    for projection in projections {
        let mut tx = views.begin().await?;
        let build = registry::serving(&mut tx, projection.name).await?.map_or(0, |serving| serving.build) + 1;
        for table in ddl::tables(projection) {
            if dialect == Dialect::Pg {
                statements.push(table.add_key(NEW));
            }
            statements.extend(table.create_indexes(dialect, NEW, build));
            if dialect == Dialect::Pg {
                // Or the planner knows nothing of a table that serves at once: a page then costs what the log is long.
                statements.push(format!("analyze {};", table.qualified(NEW)));
            }
        }
    }
    let at_once = if dialect == Dialect::Pg { INDEXERS } else { 1 };
    futures::stream::iter(statements)
        .map(|sql| async move {
            let mut tx = views.begin().await?;
            if let ViewsTx::Pg(_) = tx {
                tx.execute_script(INDEX_MEMORY).await?;
            }
            tx.execute_script(&sql).await?;
            tx.commit().await
        })
        .buffer_unordered(at_once)
        .try_collect()
        .await
}

/// Writes down how far the bulk came, for the live executor to go on from.
async fn keep(views: &Views, projection: &Projection, filled: &Filled) -> Result<(), StoreError> {
    let mut tx = views.begin().await?;
    for account in &filled.anew {
        for table in ddl::tables(projection) {
            let sql = format!("delete from {} where account_id = $1", table.qualified(NEW));
            tx.execute(&sql, &[account.uuid().into()]).await?;
        }
    }
    Build { projection, suffix: NEW }.keep_positions(&mut tx, &filled.advances).await?;
    tx.commit().await
}
