//! The event store on PostgreSQL and on SQLite.
//!
//! - `append` says what one act records, [`EventStore::append`] records it: one mechanism for every
//!   race, batched by `dispatch`, carried out by `postgres` or `sqlite`.
//! - [`reader`] reads the log in the order `(account, account_seq)`; [`rows`] reads what is not history.
//! - [`aggregates`] turns streams into state through the stock repositories, with a cache and snapshots.
//! - [`views`] is the other schema (or file), where read models live; [`sql`] runs one text on either.
//! - `migrate` owns the schema, `open` the connections.
//!
//! **Architecture invariant:** nothing outside this module writes to the schema `twofold`, and nothing in
//! it decides anything: it only makes sure that what a decision saw is still so when it is recorded.

pub mod aggregates;
mod append;
mod check;
mod dispatch;
mod error;
mod files;
mod migrate;
mod open;
mod packed;
mod postgres;
pub mod reader;
pub mod rows;
pub mod sql;
mod sqlite;
mod times;
pub mod views;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::broadcast;
use twofold_domain::delivery::Channel;
use twofold_domain::ids::{AccountId, MessageId};
use twofold_domain::time::{Span, Timestamp};

pub use append::{
    AggregateKind, Append, Claim, Extras, IdempotencyRow, KeyRow, NewEvent, OutboxRow, Outcome, Read,
    RosterChange, Stream, VerifierRow, Write,
};
pub use check::{MAX_EVENTS, MAX_RECORD_BYTES};
pub use dispatch::MAX_OUTSTANDING;
pub use error::{RETRY_AFTER, StoreError};
pub use files::{FileState, Progress};
pub use open::{Connections, Role};
pub use packed::{Plain, Rows};
pub use reader::{Counter, Look, Pending, Reading, Recorded, Roster};
pub use rows::{Backlog, Due, DueMessage};
pub use sql::{Reader, Row, Value};
pub use views::{Views, ViewsTx};

use dispatch::{Dispatcher, Writer};
use migrate::SqliteFile;
use times::Times;

/// Behind every event of an account: up to here is up to the last one.
pub const EVERY_EVENT: u64 = i64::MAX as u64;

/// Hints kept for a listener that is behind. Whoever misses some finds the accounts in `pending`.
const HINTS: usize = 4_096;

/// The event store. Cheap to clone; the last clone that goes away ends its task.
#[derive(Debug, Clone)]
pub struct EventStore {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    dispatcher: Dispatcher,
    writer: Writer,
    reader: Reader,
    views: Views,
    hints: broadcast::Sender<(AccountId, u64)>,
    times: Times,
    appends: AtomicU64,
    /// Accounts that take nothing.
    shut: RwLock<BTreeSet<AccountId>>,
}

impl EventStore {
    /// Opens the store behind `postgres://…` or `sqlite:<directory>`.
    pub async fn open(url: &str, role: Role) -> Result<Self, StoreError> {
        Self::open_with(url, role, Connections::default()).await
    }

    /// Closes every connection of this store, and of its clones, and waits until they are closed: from then on
    /// nothing of this process holds SQLite's files.
    pub async fn close(&self) {
        match &self.inner.writer {
            Writer::Pg(writer) => writer.pool.close().await,
            Writer::Sqlite(writer) => writer.pool.close().await,
        }
        match &self.inner.reader {
            Reader::Pg(pool) => pool.close().await,
            Reader::Sqlite(pool) => pool.close().await,
        }
        match &self.inner.views {
            Views::Pg(pool) => pool.close().await,
            Views::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
        }
    }

    /// The same with a number of connections of one's own.
    pub async fn open_with(url: &str, role: Role, connections: Connections) -> Result<Self, StoreError> {
        let parts = open::open(url, role, connections).await?;
        let (hints, _) = broadcast::channel(HINTS);
        let dispatcher = Dispatcher::start(parts.writer.clone(), hints.clone());
        let (writer, reader, views) = (parts.writer, parts.reader, parts.views);
        Ok(Self {
            inner: Arc::new(Inner {
                dispatcher,
                writer,
                reader,
                views,
                hints,
                times: Times::default(),
                appends: AtomicU64::new(0),
                shut: RwLock::default(),
            }),
        })
    }

    /// Creates the schema or brings it up to date, as its owner, and closes the connection again.
    pub async fn migrate(url: &str) -> Result<(), StoreError> {
        open::migrate(url).await
    }

    /// Makes again what every read model stands on, checkpoints and snapshots, where it was thrown away beneath a running
    /// program. In PostgreSQL the schema's owner may.
    pub async fn remake_views(&self) -> Result<(), StoreError> {
        match (&self.inner.writer, &self.inner.views) {
            (Writer::Pg(writer), _) => open::fit_pg(&writer.pool, Role::Serving).await,
            (_, Views::Sqlite { writer, .. }) => migrate::migrate_sqlite(writer, SqliteFile::Views).await,
            (Writer::Sqlite(_), Views::Pg(_)) => Ok(()),
        }
    }

    /// Records an act, whole or not at all. When this returns `Committed`, it is durable. The work goes on
    /// even if the caller stops waiting.
    pub async fn append(&self, append: Append) -> Result<Outcome, StoreError> {
        let account = append.account;
        self.insist_on_open(account)?;
        self.inner.appends.fetch_add(1, Ordering::Relaxed);
        let outcome = self.inner.dispatcher.append(append).await?;
        if let Outcome::Committed { at, .. } | Outcome::Late { floor: at } = outcome {
            self.inner.times.passed(account, at);
        }
        Ok(outcome)
    }

    /// That an account was not [`shut`](Self::shut).
    fn insist_on_open(&self, account: AccountId) -> Result<(), StoreError> {
        let shut = self.inner.shut.read().unwrap_or_else(PoisonError::into_inner);
        if shut.contains(&account) { Err(StoreError::Shut(account)) } else { Ok(()) }
    }

    /// From now on nothing is recorded in these accounts by this process and nobody is answered there, and in all others
    /// again: events are missing from the end of their logs. New ones would bury that, and whoever was let out by the
    /// missing ones would be let in again. Returns those that were not shut before, and whether
    /// anything changed at all.
    pub fn shut(&self, accounts: BTreeSet<AccountId>) -> (BTreeSet<AccountId>, bool) {
        let mut shut = self.inner.shut.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *shut, accounts);
        (shut.difference(&before).copied().collect(), *shut != before)
    }

    /// How many appends this store was asked for since it was opened, whatever became of them.
    pub fn appends(&self) -> u64 {
        self.inner.appends.load(Ordering::Relaxed)
    }

    /// How late it is in an account, as far as this process knows; the beginning of time if it knows
    /// nothing yet.
    pub fn time_of(&self, account: AccountId) -> Timestamp {
        self.inner.times.of(account)
    }

    /// An answer was given in this account at this instant: it is at least that late there.
    pub fn answered_at(&self, account: AccountId, instant: Timestamp) {
        self.inner.times.passed(account, instant);
    }

    fn times(&self) -> &Times {
        &self.inner.times
    }

    /// Has an account's counter go on from the last event that is there, for an operator who said that those behind it
    /// are not coming back. False if the counter is not at `counted` any more. In PostgreSQL the schema's owner may.
    pub async fn recount(&self, account: AccountId, counted: u64, log_end: u64) -> Result<bool, StoreError> {
        match &self.inner.writer {
            Writer::Pg(writer) => writer.recount(account, counted, log_end).await,
            Writer::Sqlite(writer) => writer.recount(account, counted, log_end).await,
        }
    }

    /// Sees to it that nothing is recorded in this account at or before `instant` any more.
    pub async fn raise(&self, account: AccountId, instant: Timestamp) -> Result<(), StoreError> {
        let floor = instant.micros().saturating_add(1);
        match &self.inner.writer {
            Writer::Pg(writer) => writer.raise(account, floor).await,
            Writer::Sqlite(writer) => writer.raise(account, floor).await,
        }?;
        self.times().passed(account, Timestamp::from_micros(floor));
        Ok(())
    }

    /// Says that every projector has seen the account up to `seen`. False if there are newer events (or
    /// there was nothing to settle).
    pub async fn settle(&self, account: AccountId, seen: u64) -> Result<bool, StoreError> {
        match &self.inner.writer {
            Writer::Pg(writer) => writer.settle(account, seen).await,
            Writer::Sqlite(writer) => writer.settle(account, seen).await,
        }
    }

    /// Takes these messages of one way, those of them that nobody took meanwhile; others do not get them for the span
    /// `lease`.
    pub async fn take_messages(
        &self,
        channel: Channel,
        chosen: &[Due],
        now: Timestamp,
        lease: Span,
    ) -> Result<Vec<DueMessage>, StoreError> {
        if chosen.is_empty() {
            return Ok(vec![]);
        }
        let until = now + lease;
        match &self.inner.writer {
            Writer::Pg(writer) => writer.take_messages(channel.name(), chosen, until).await,
            Writer::Sqlite(writer) => writer.take_messages(chosen, now, until).await,
        }
    }

    /// Forgets a message: delivered, or given up.
    pub async fn drop_message(&self, id: MessageId) -> Result<(), StoreError> {
        match &self.inner.writer {
            Writer::Pg(writer) => writer.drop_message(id.uuid()).await,
            Writer::Sqlite(writer) => writer.drop_message(id.uuid()).await,
        }
    }

    /// Forgets several messages, all or none.
    pub async fn drop_messages(&self, ids: &[MessageId]) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        match &self.inner.writer {
            Writer::Pg(writer) => writer.drop_messages(&ids).await,
            Writer::Sqlite(writer) => writer.drop_messages(&ids).await,
        }
    }

    /// Puts messages off, each until its instant, unless it was taken again after the attempt of this number.
    pub async fn put_off_messages(&self, messages: &[(MessageId, u64, Timestamp)]) -> Result<(), StoreError> {
        if messages.is_empty() {
            return Ok(());
        }
        match &self.inner.writer {
            Writer::Pg(writer) => writer.put_off_messages(messages).await,
            Writer::Sqlite(writer) => writer.put_off_messages(messages).await,
        }
    }

    /// Counts one message against several budgets of a day, each a name and how many there may be: all or
    /// none. The index of the first that is spent; `None` if it was counted.
    pub async fn count_message(
        &self,
        account: AccountId,
        day: i64,
        channel: Channel,
        budgets: &[(String, u32)],
    ) -> Result<Option<usize>, StoreError> {
        let place = match &self.inner.writer {
            Writer::Pg(writer) => writer.count_message(account, day, channel.name(), budgets).await,
            Writer::Sqlite(writer) => writer.count_message(account, day, channel.name(), budgets).await,
        }?;
        Ok(place.checked_sub(1))
    }

    /// Forgets the counts of days before `day`.
    pub async fn purge_counts(&self, day: i64) -> Result<(), StoreError> {
        match &self.inner.writer {
            Writer::Pg(writer) => writer.purge_counts(day).await,
            Writer::Sqlite(writer) => writer.purge_counts(day).await,
        }
    }

    /// Forgets stored responses whose time is over.
    pub async fn purge_responses(&self, now: Timestamp) -> Result<(), StoreError> {
        match &self.inner.writer {
            Writer::Pg(writer) => writer.purge_responses(now).await,
            Writer::Sqlite(writer) => writer.purge_responses(now).await,
        }
    }

    /// Accounts and their last position, as they are committed through this handle. Only a hint: other
    /// instances' commits are not in it, and a slow listener loses some.
    pub fn hints(&self) -> broadcast::Receiver<(AccountId, u64)> {
        self.inner.hints.subscribe()
    }

    /// Where read models live.
    pub fn views(&self) -> &Views {
        &self.inner.views
    }

    /// Connections for questions to the log; they also see the views.
    pub fn reader(&self) -> Reader {
        self.inner.reader.clone()
    }
}
