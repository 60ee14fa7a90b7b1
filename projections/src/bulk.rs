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

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt};
use tokio::sync::mpsc;
use tokio::task::{JoinError, spawn_blocking};
use twofold_domain::ids::AccountId;
use twofold_infra::store::{EventStore, Recorded, StoreError, Value, Views, ViewsTx};

use crate::copy::{CopyTables, Rows};
use crate::ddl::{self, Dialect, Merge, NEW, Physical};
use crate::fact::{Fact, Poison, decode};
use crate::live::{Advance, Build, News, Parked, apply_all};
use crate::owners::Owners;
use crate::registry::{self, Serving};
use crate::slate::AnySlate;
use crate::view::Projection;

/// Current rows of one account and projection that are held in memory: some 100 MB.
const HELD: usize = 500_000;
/// Bytes of rows handed to the database at a time.
const BUFFER: usize = 1 << 20;
/// Chunks of the log decoded at once.
const DECODERS: usize = 3;
/// Chunks of facts, or of rows, that wait for whoever takes them.
const WAITING: usize = 2;
/// Keys and indexes built at once: below the number of connections, which the projector uses as well.
const INDEXERS: usize = 3;
/// Sorting a million keys without a file.
const INDEX_MEMORY: &str = "set local maintenance_work_mem = '128MB'";
/// Events that the new tables are caught up with at a time.
const TAIL: u32 = 2_000;

/// How far a rebuild is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Events folded.
    pub events: u64,
    /// Events in the log when it began.
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
    let report = |events| progress(Progress { events, of });
    let (filled, events) = fill(store, &projections, dialect, &report).await?;
    let mut rebuilt = Rebuilt { events, ..Rebuilt::default() };
    index(views, &projections, dialect).await?;
    for (projection, filled) in projections.iter().zip(filled) {
        rebuilt.rows += filled.rows;
        rebuilt.parked += filled.advances.iter().filter(|a| a.parked.is_some()).count() as u64;
        keep(views, projection, &filled).await?;
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

/// Builds keys and indexes of all new tables, a few at once.
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

/// One chunk of the log.
struct Decoded {
    /// In the order of the log.
    pieces: Vec<Piece>,
    events: u64,
}

/// What a chunk has of one account.
struct Piece {
    account: AccountId,
    facts: Vec<Fact>,
    /// The event behind the facts, if it cannot be read; what follows it does not count.
    poison: Option<Poison>,
}

fn decode_all(events: &[Recorded]) -> Decoded {
    let piece = |events: &[Recorded]| {
        let mut piece =
            Piece { account: events[0].account, facts: Vec::with_capacity(events.len()), poison: None };
        for event in events {
            match decode(event) {
                Ok(fact) => piece.facts.push(fact),
                Err(poison) => {
                    piece.poison = Some(poison);
                    break;
                }
            }
        }
        piece
    };
    let pieces = events.chunk_by(|a, b| a.account == b.account).map(piece).collect();
    Decoded { pieces, events: events.len() as u64 }
}

/// Where a projection came to.
#[derive(Default)]
struct Filled {
    advances: Vec<Advance>,
    /// Accounts that a view failed in: which of their rows are right is not known.
    anew: Vec<AccountId>,
    rows: u64,
}

/// Reads the log once into the new tables of all projections.
async fn fill(
    store: &EventStore,
    projections: &[Arc<Projection>],
    dialect: Dialect,
    progress: &(impl Fn(u64) + Send + Sync),
) -> Result<(Vec<Filled>, u64), StoreError> {
    let mut senders = Vec::new();
    let mut folders = Vec::new();
    for projection in projections {
        let (send, receive) = mpsc::channel::<Arc<Decoded>>(WAITING);
        let (rows, written) = mpsc::channel::<(usize, Rows)>(WAITING);
        let writer = tokio::spawn(write(store.views().clone(), Arc::clone(projection), written));
        let folding = Arc::clone(projection);
        let folder = spawn_blocking(move || Folder::new(&folding, dialect, rows).run(receive));
        senders.push(send);
        folders.push((folder, writer));
    }
    let chunks = futures::stream::try_unfold(store.read_all(), async |mut reading| {
        Ok(reading.next().await?.map(|events| (events, reading)))
    });
    let owners = Owners::new(store.reader());
    let mut decoded = Box::pin(
        chunks
            .map_ok(|events| async move {
                spawn_blocking(move || decode_all(&events)).await.map_err(|e| gone(&e))
            })
            .try_buffered(DECODERS),
    );
    let mut events = 0;
    'reading: while let Some(mut chunk) = decoded.try_next().await? {
        for piece in &mut chunk.pieces {
            owners.resolve(&mut piece.facts).await?;
        }
        events += chunk.events;
        let chunk = Arc::new(chunk);
        for sender in &senders {
            if sender.send(Arc::clone(&chunk)).await.is_err() {
                // A writer failed and says why below.
                break 'reading;
            }
        }
        progress(events);
    }
    drop(senders);
    let mut filled = Vec::new();
    for (folder, writer) in folders {
        let rows = writer.await.map_err(|e| gone(&e))??;
        filled.push(Filled { rows, ..folder.await.map_err(|e| gone(&e))? });
    }
    Ok((filled, events))
}

fn gone(error: &JoinError) -> StoreError {
    StoreError::Bug(format!("a part of the rebuild ended early: {error}"))
}

/// Folds one projection.
struct Folder<'a> {
    projection: &'a Projection,
    tables: Vec<CopyTables>,
    rows: mpsc::Sender<(usize, Rows)>,
    filled: Filled,
    current: Option<Folding>,
}

/// The account that is being folded.
struct Folding {
    advance: Advance,
    slates: Vec<Box<dyn AnySlate>>,
    /// Left to the live executor from its position on.
    left: bool,
    /// A view failed in it.
    failed: bool,
}

impl<'a> Folder<'a> {
    fn new(projection: &'a Projection, dialect: Dialect, rows: mpsc::Sender<(usize, Rows)>) -> Self {
        let tables = projection.views.iter().map(|_| CopyTables::new(dialect)).collect();
        Self { projection, tables, rows, filled: Filled::default(), current: None }
    }

    /// Runs to the end of the facts; ends early if nobody takes the rows.
    fn run(mut self, mut facts: mpsc::Receiver<Arc<Decoded>>) -> Filled {
        while let Some(chunk) = facts.blocking_recv() {
            for piece in &chunk.pieces {
                self.fold(piece);
            }
            if !self.flush(BUFFER) {
                return self.filled;
            }
        }
        self.finish();
        self.flush(0);
        self.filled
    }

    fn fold(&mut self, piece: &Piece) {
        let folding = self.account(piece.account);
        if folding.advance.parked.is_some() || folding.left {
            return;
        }
        match apply_all(&mut folding.slates, &piece.facts) {
            Ok(()) => {
                folding.advance.position = piece.facts.last().map_or(folding.advance.position, |f| f.seq);
                folding.advance.parked = piece.poison.clone().map(Parked::from);
            }
            Err(poison) => {
                // Its account begins anew, row by row, up to that event.
                tracing::error!(account = %piece.account, event = poison.seq, error = %poison.why, "a view failed");
                folding.slates = Vec::new();
                folding.left = true;
                folding.failed = true;
            }
        }
        self.settle();
    }

    /// Goes on with an account, or begins it.
    fn account(&mut self, account: AccountId) -> &mut Folding {
        if self.current.as_ref().is_none_or(|folding| folding.advance.account != account) {
            self.finish();
        }
        let projection = self.projection;
        self.current.get_or_insert_with(|| Folding {
            advance: Advance { account, position: 0, parked: None },
            slates: projection.views.iter().map(|view| view.slate(account)).collect(),
            left: false,
            failed: false,
        })
    }

    /// Hands over what cannot change any more, and everything if it is too much to hold.
    fn settle(&mut self) {
        let Some(folding) = &mut self.current else { return };
        let held: usize = folding.slates.iter().map(|slate| slate.len()).sum();
        let all = held > HELD;
        for (slate, tables) in folding.slates.iter_mut().zip(&mut self.tables) {
            slate.copy(tables, all);
        }
        if all {
            folding.left = true;
        }
    }

    fn finish(&mut self) {
        let Some(mut folding) = self.current.take() else { return };
        if !folding.left {
            for (slate, tables) in folding.slates.iter_mut().zip(&mut self.tables) {
                slate.copy(tables, true);
            }
        }
        if folding.failed {
            self.filled.anew.push(folding.advance.account);
        } else {
            self.filled.advances.push(folding.advance);
        }
    }

    /// Hands buffers of at least this size to the writer. False if it is gone.
    fn flush(&mut self, least: usize) -> bool {
        for (view, tables) in self.tables.iter_mut().enumerate() {
            for (part, buffer) in tables.buffers().into_iter().enumerate() {
                if buffer.size() < least {
                    continue;
                }
                if let Some((rows, _)) = buffer.finish()
                    && self.rows.blocking_send((view * 3 + part, rows)).is_err()
                {
                    return false;
                }
            }
        }
        true
    }
}

/// Writes rows into the new tables of one projection. Returns how many.
async fn write(
    views: Views,
    projection: Arc<Projection>,
    mut rows: mpsc::Receiver<(usize, Rows)>,
) -> Result<u64, StoreError> {
    let parts: Vec<Option<Physical>> =
        projection.views.iter().flat_map(|view| ddl::parts(view.as_ref())).collect();
    let build = Build { projection: &projection, suffix: NEW };
    let mut written = 0;
    while let Some((place, rows)) = rows.recv().await {
        let Some(Some(table)) = parts.get(place) else { continue };
        let mut tx = views.begin().await?;
        written += match (&mut tx, rows) {
            (ViewsTx::Pg(tx), Rows::Binary(bytes)) => {
                sqlx::query("set local synchronous_commit = off").execute(&mut **tx).await?;
                let sql = format!(
                    "copy {} ({}) from stdin (format binary)",
                    table.qualified(NEW),
                    table.column_list()
                );
                let mut copy = tx.copy_in_raw(&sql).await?;
                copy.send(bytes).await?;
                copy.finish().await?
            }
            (tx, Rows::Values(rows)) => {
                build.insert(tx, table, &rows, Merge::Never).await?;
                rows.len() as u64
            }
            (ViewsTx::Sqlite(_), Rows::Binary(_)) => 0,
        };
        tx.commit().await?;
    }
    Ok(written)
}

/// Catches the new tables up with the old ones and puts them in their place. Returns the number of rows that
/// differ, if asked to compare.
async fn exchange(store: &EventStore, projection: &Projection, verify: bool) -> Result<Option<u64>, StoreError> {
    let views = store.views();
    let build = Build { projection, suffix: NEW };
    // Outside the exchange as much as possible: whatever the log has by now.
    let tail = "select c.account_id, coalesce(k.position, 0) from twofold.counters c \
                left join views.checkpoints k on k.account_id = c.account_id and k.projection = $1 \
                and k.version = $2 where c.last_seq > coalesce(k.position, 0) and k.parked is null \
                order by c.account_id limit 1000";
    let binds = [format!("{}{NEW}", projection.name).into(), projection.version.into()];
    catch_up(store, None, &build, tail, &binds).await?;
    let mut tx = views.begin().await?;
    if let (ViewsTx::Pg(_), Some(first)) = (&tx, projection.views.first()) {
        // Projectors wait; readers do not, until the tables are renamed.
        let table = ddl::current(first.as_ref()).qualified("");
        tx.execute_script(&format!("lock table {table} in share row exclusive mode")).await?;
    }
    // Then what the old tables have: an answer never gets older by the exchange.
    let tail = "select o.account_id, coalesce(n.position, 0) from views.checkpoints o \
                left join views.checkpoints n on n.account_id = o.account_id and n.projection = $1 \
                and n.version = $2 where o.projection = $3 and o.position > coalesce(n.position, 0) \
                and n.parked is null order by o.account_id limit 1000";
    let binds = [binds[0].clone(), binds[1].clone(), projection.name.into()];
    catch_up(store, Some(&mut tx), &build, tail, &binds).await?;
    let before = registry::serving(&mut tx, projection.name).await?;
    let same = before.is_some_and(|serving| serving.version == projection.version);
    let differences = if verify && same { Some(compare(&mut tx, projection).await?) } else { None };
    tx.execute("delete from views.checkpoints where projection = $1", &[projection.name.into()]).await?;
    let sql = "update views.checkpoints set projection = $1 where projection = $2";
    tx.execute(sql, &[projection.name.into(), binds[0].clone()]).await?;
    if let ViewsTx::Pg(_) = tx {
        // A reader that takes longer makes this fail, and the old tables go on serving.
        tx.execute_script("set local lock_timeout = '10s'").await?;
    }
    for table in ddl::tables(projection) {
        tx.execute_script(&table.exchange()).await?;
    }
    let build = before.map_or(0, |serving| serving.build) + 1;
    registry::record(&mut tx, projection, Serving { version: projection.version, build }).await?;
    tx.commit().await?;
    Ok(differences)
}

/// Takes in, row by row, what the accounts that `lagging` lists have more, until it lists none.
async fn catch_up(
    store: &EventStore,
    mut tx: Option<&mut ViewsTx>,
    build: &Build<'_>,
    lagging: &str,
    binds: &[Value],
) -> Result<(), StoreError> {
    let owners = Owners::new(store.reader());
    loop {
        let rows = match &mut tx {
            Some(tx) => tx.fetch(lagging, binds).await?,
            None => store.views().fetch(lagging, binds).await?,
        };
        let mut moved = false;
        for row in rows {
            let account = AccountId::from_uuid(row.get(0)?);
            let events = store.read(account, row.count(1)?, TAIL).await?;
            let (facts, poison) = owners.facts(&events).await?;
            let news = [News { account, facts: Arc::new(facts), poison }];
            let advances = match &mut tx {
                Some(tx) => build.advance_in(tx, &news).await?,
                None => build.advance(store.views(), &news).await?,
            };
            moved |= !advances.is_empty();
        }
        if !moved {
            return Ok(());
        }
    }
}

/// Rows in which new and old tables differ, over the accounts that are at the same event in both.
async fn compare(tx: &mut ViewsTx, projection: &Projection) -> Result<u64, StoreError> {
    let mut differences = 0;
    for table in ddl::tables(projection) {
        let rows = |suffix: &str| {
            format!(
                "select {} from {} where account_id in (select o.account_id from views.checkpoints o \
                 join views.checkpoints n on n.account_id = o.account_id and n.position = o.position \
                 where o.projection = $1 and n.projection = $2)",
                table.column_list(),
                table.qualified(suffix)
            )
        };
        let binds = [projection.name.into(), format!("{}{NEW}", projection.name).into()];
        for (one, other) in [("", NEW), (NEW, "")] {
            let sql =
                format!("select count(*) from ({} except {}) as lone", rows(one), rows(other));
            differences += tx.fetch_optional(&sql, &binds).await?.map_or(Ok(0), |row| row.count(0))?;
        }
    }
    Ok(differences)
}
