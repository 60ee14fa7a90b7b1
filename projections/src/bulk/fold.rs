//! Folding the log into new tables: read once, decoded on several cores, folded by each projection on a thread
//! of its own, written by a connection of its own.

use std::sync::Arc;

use futures::TryStreamExt as _;
use tokio::sync::mpsc;
use tokio::task::{JoinError, spawn_blocking};
use twofold_domain::ids::AccountId;
use twofold_infra::store::{EventStore, StoreError, Views, ViewsTx};

use super::read::{Piece, chunks, decoded, follows};
use crate::copy::{CopyTables, Rows};
use crate::ddl::{self, Dialect, Merge, NEW, Physical};
use crate::live::{Advance, Build, Parked, apply_all};
use crate::owners::Owners;
use crate::slate::AnySlate;
use crate::view::Projection;

/// Current rows of one account and projection that are held in memory: some 50 MB.
const HELD: usize = 250_000;
/// Bytes of rows handed to the database at a time.
const BUFFER: usize = 1 << 20;
/// Chunks of the log decoded at once.
const DECODERS: usize = 3;
/// Chunks of facts, or of rows, that wait for whoever takes them.
const WAITING: usize = 2;

/// One chunk of the log, in its order.
type Decoded = Vec<Piece>;

/// Where a projection came to.
#[derive(Default)]
pub(super) struct Filled {
    pub(super) advances: Vec<Advance>,
    /// Accounts that a view failed in: which of their rows are right is not known.
    pub(super) anew: Vec<AccountId>,
    /// Rows written.
    pub(super) rows: u64,
}

/// Reads the log once into the new tables of all projections.
pub(super) async fn fill(
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
    let owners = Owners::new(store.reader());
    let mut chunks = Box::pin(chunks(store).await?.map_ok(decoded).try_buffered(DECODERS));
    let mut events = 0;
    let mut before: Option<(AccountId, u64)> = None;
    'reading: while let Some(mut chunk) = chunks.try_next().await? {
        for piece in &mut chunk {
            let last = before.filter(|(account, _)| *account == piece.account).map_or(0, |(_, last)| last);
            follows(piece.account, piece.span.0, last)?;
            before = Some((piece.account, piece.span.1));
            events += piece.span.1 - last;
            owners.resolve(&mut piece.facts).await?;
        }
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

pub(super) fn gone(error: &JoinError) -> StoreError {
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
            for piece in chunk.iter() {
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
        let held: usize = folding.slates.iter().map(|slate| slate.held()).sum();
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
