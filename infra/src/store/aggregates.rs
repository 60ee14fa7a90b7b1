//! From streams to state: one `cqrs_es::EventStore` over the stock repositories of both databases.
//!
//! State that was built once is kept, and counts only at the head it was built from: a load asks the
//! database for the head first, in one indexed query, and what is decided on [`Aggregates::last_seen`] is
//! checked by the append. Behind the head, only the events in between are
//! read. Long streams leave a snapshot among the views now and then; it is disposable, and a state version
//! that does not match means that it was never there. (The snapshots of `cqrs-es` apply events twice.)

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::BuildHasher;
use std::sync::Arc;

use cqrs_es::persist::{EventUpcaster, PersistedEventRepository, PersistenceError, SerializedEvent};
use cqrs_es::{Aggregate, AggregateContext, AggregateError, DomainEvent, EventEnvelope};
use postgres_es::PostgresEventRepository;
use sqlite_es::SqliteEventRepository;
use twofold_domain::ids::StreamId;
use twofold_domain::time::Timestamp;

use super::sql::Reader;
use super::{AggregateKind, Append, EventStore, NewEvent, Outcome, Row, StoreError, Stream, Write};

/// The table as the stock repositories are told to name it. Their own snapshots are never used.
const EVENTS: &str = "twofold.events";
const NO_SNAPSHOTS: &str = "twofold.no_snapshots";

/// Events read since the last snapshot that make a new one worth its write.
const SNAPSHOT_EVERY: u64 = 200;

/// Events between two snapshots that stay, so that no look back folds more than about so many: the state of a busy
/// account is some ten kilobytes, so its history of a million events leaves ten megabytes of these.
const STAYS_EVERY: u64 = 1_000;

/// Snapshots that stay are looked for so far behind the event that is asked about; where there is none that near, the log
/// is read from its first event once, as by whoever loads a long stream anew, and leaves them.
const STAYING: u64 = 8;

/// Aggregates kept per kind. A user's state is a few hundred bytes to a few kilobytes.
const CACHED: u64 = 20_000;

/// An aggregate at the head of its stream.
#[derive(Debug)]
pub struct Loaded<A> {
    /// Its state.
    pub state: Arc<A>,
    /// The sequence of the last event in it; 0 if nothing is recorded.
    pub sequence: u64,
}

impl<A> Clone for Loaded<A> {
    fn clone(&self) -> Self {
        Self { state: Arc::clone(&self.state), sequence: self.sequence }
    }
}

/// The aggregates of one kind.
pub struct Aggregates<A> {
    store: EventStore,
    stock: Stock,
    cache: moka::sync::Cache<StreamId, Loaded<A>>,
    upcasters: Vec<Box<dyn EventUpcaster>>,
    state_version: u32,
    clock: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

enum Stock {
    Pg(PostgresEventRepository),
    Sqlite(SqliteEventRepository),
}

impl Stock {
    async fn after<A: Aggregate>(
        &self,
        id: &str,
        sequence: u64,
    ) -> Result<Vec<SerializedEvent>, PersistenceError> {
        match (self, sequence) {
            (Self::Pg(stock), 0) => stock.get_events::<A>(id).await,
            (Self::Sqlite(stock), 0) => stock.get_events::<A>(id).await,
            (Self::Pg(stock), _) => stock.get_last_events::<A>(id, sequence as usize).await,
            (Self::Sqlite(stock), _) => stock.get_last_events::<A>(id, sequence as usize).await,
        }
    }
}

impl<A> fmt::Debug for Aggregates<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aggregates").field("cached", &self.cache.entry_count()).finish_non_exhaustive()
    }
}

impl<A: Aggregate + Clone + 'static> Aggregates<A> {
    /// The aggregates of `A`'s kind in this store. `state_version` changes whenever the meaning of a stored
    /// state does; `clock` dates what is committed through `cqrs_es::EventStore`.
    pub fn new(
        store: EventStore,
        upcasters: Vec<Box<dyn EventUpcaster>>,
        state_version: u32,
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Self {
        let stock = match store.reader() {
            Reader::Pg(pool) => {
                Stock::Pg(PostgresEventRepository::new(pool).with_tables(EVENTS, NO_SNAPSHOTS))
            }
            Reader::Sqlite(pool) => {
                Stock::Sqlite(SqliteEventRepository::new(pool).with_tables(EVENTS, NO_SNAPSHOTS))
            }
        };
        let cache = moka::sync::Cache::new(CACHED);
        Self { store, stock, cache, upcasters, state_version, clock: Box::new(clock) }
    }

    /// The stream of one of these aggregates.
    pub fn stream(&self, id: StreamId) -> Result<Stream, StoreError> {
        let kind = AggregateKind::parse(A::TYPE)
            .ok_or_else(|| StoreError::Bug(format!("an unknown kind of aggregate: {}", A::TYPE)))?;
        Ok(Stream { kind, id })
    }

    /// The aggregate at its present head.
    pub async fn load(&self, id: StreamId) -> Result<Loaded<A>, StoreError> {
        let heads = self.store.heads(&[self.stream(id)?]).await?;
        self.load_at(id, heads.first().copied().unwrap_or_default()).await
    }

    /// The aggregate at a head that [`EventStore::heads`] has just returned, so that one query serves
    /// several aggregates. It may come back newer, never older.
    pub async fn load_at(&self, id: StreamId, head: u64) -> Result<Loaded<A>, StoreError> {
        let mut known = self.cache.get(&id).unwrap_or_else(fresh);
        if known.sequence == head {
            return Ok(known);
        }
        if head < known.sequence {
            known = fresh();
        }
        if head - known.sequence >= SNAPSHOT_EVERY
            && let Some(snapshot) = self.snapshot(id).await
            && snapshot.sequence > known.sequence
            && snapshot.sequence <= head
        {
            known = snapshot;
        }
        let from = known.sequence;
        if head - from > STAYS_EVERY {
            // Piece by piece: a stream of any length is never held at once, and whoever looks back finds its snapshots.
            known = self.fold_to(id, known, head).await?;
        }
        let loaded = self.fold(id, known).await?;
        let sequence = loaded.sequence;
        if sequence < head {
            return Err(StoreError::Corrupt(format!("{id} ends at {sequence}, its head is {head}")));
        }
        if sequence - from >= SNAPSHOT_EVERY {
            self.keep(id, &loaded).await;
        }
        self.cache.insert(id, loaded.clone());
        Ok(loaded)
    }

    /// The aggregate as it was right after event `position` of its account: nothing recorded where it did not exist
    /// yet. What it costs depends on this one stream, however long the account's history is; and of a long stream, on
    /// what happened since the snapshot before that event, once somebody looked back.
    pub async fn load_as_of(&self, id: StreamId, position: u64) -> Result<Loaded<A>, StoreError> {
        let then = self.store.head_as_of(self.stream(id)?, position).await?;
        if then == 0 {
            return Ok(fresh());
        }
        if self.cache.get(&id).is_none_or(|known| known.sequence < then) {
            // What was seen last is behind even that; the head is read, and kept for whoever comes next.
            self.load(id).await?;
        }
        if let Some(known) = self.cache.get(&id).filter(|known| known.sequence == then) {
            return Ok(known);
        }
        let known = self.stayed(id, then).await;
        let known = match self.snapshot(id).await {
            Some(newest) if newest.sequence <= then && newest.sequence >= known.sequence => newest,
            _ => known,
        };
        let loaded = self.fold_to(id, known, then).await?;
        if loaded.sequence < then {
            return Err(StoreError::Corrupt(format!("{id} ends at {}, before {then}", loaded.sequence)));
        }
        Ok(loaded)
    }

    /// What the events behind a known state make of it up to a sequence, a piece at a time. Where a snapshot is to stay,
    /// it is left.
    async fn fold_to(&self, id: StreamId, known: Loaded<A>, then: u64) -> Result<Loaded<A>, StoreError> {
        let mut known = known;
        while known.sequence < then {
            let until = then.min((known.sequence / STAYS_EVERY + 1) * STAYS_EVERY);
            let events = self.between(id, known.sequence, until).await?;
            let before = known.sequence;
            known = self.apply(id, known, events)?;
            if known.sequence == before {
                break;
            }
            if known.sequence.is_multiple_of(STAYS_EVERY) {
                self.keep_as(&staying(id, known.sequence), &known).await;
            }
        }
        Ok(known)
    }

    /// The events of a stream behind a sequence, up to another one.
    async fn between(
        &self,
        id: StreamId,
        after: u64,
        until: u64,
    ) -> Result<Vec<SerializedEvent>, StoreError> {
        let sql = "select sequence, event_type, event_version, cast(payload as text), cast(metadata as text) \
                   from twofold.events where aggregate_id = $1 and aggregate_type = $2 and sequence > $3 \
                   and sequence <= $4 order by sequence";
        let binds = [id.to_string().into(), A::TYPE.into(), after.into(), until.into()];
        let json =
            |text: String| serde_json::from_str(&text).map_err(|e| StoreError::Corrupt(format!("{id}: {e}")));
        let read = |row: &Row| {
            Ok(SerializedEvent {
                aggregate_id: id.to_string(),
                sequence: row.count(0)? as usize,
                aggregate_type: A::TYPE.to_owned(),
                event_type: row.get(1)?,
                event_version: row.get(2)?,
                payload: json(row.get(3)?)?,
                metadata: json(row.get(4)?)?,
            })
        };
        self.store.reader().fetch(sql, &binds).await?.iter().map(read).collect()
    }

    /// What the events behind a known state make of it.
    async fn fold(&self, id: StreamId, known: Loaded<A>) -> Result<Loaded<A>, StoreError> {
        let events = self.stock.after::<A>(&id.to_string(), known.sequence).await.map_err(persistence)?;
        self.apply(id, known, events)
    }

    fn apply(
        &self,
        id: StreamId,
        known: Loaded<A>,
        events: Vec<SerializedEvent>,
    ) -> Result<Loaded<A>, StoreError> {
        let mut sequence = known.sequence;
        let mut state = Arc::unwrap_or_clone(known.state);
        for event in events {
            let envelope = self.envelope(event)?;
            sequence += 1;
            if envelope.sequence as u64 != sequence {
                return Err(StoreError::Corrupt(format!("{id}: no event {sequence}")));
            }
            state.apply(envelope.payload);
        }
        Ok(Loaded { state: Arc::new(state), sequence })
    }

    /// The aggregate as it was last seen, which may be behind its head. Whatever is decided on it must
    /// be checked against the head before it counts.
    pub fn last_seen(&self, id: StreamId) -> Option<Loaded<A>> {
        self.cache.get(&id)
    }

    /// What a committed append made of an aggregate, so that the next load finds it.
    pub fn committed(&self, id: StreamId, state: A, sequence: u64) {
        let loaded = Loaded { state: Arc::new(state), sequence };
        self.cache.insert(id, loaded);
    }

    /// Forgets a cached state, e.g. after an erasure.
    pub fn forget(&self, id: StreamId) {
        self.cache.invalidate(&id);
    }

    /// Forgets every cached state: the log may not be the one that they were made of.
    pub fn forget_all(&self) {
        self.cache.invalidate_all();
    }

    fn envelope(&self, event: SerializedEvent) -> Result<EventEnvelope<A>, StoreError> {
        let at = format!("{} {}", event.aggregate_id, event.sequence);
        let event = self.upcasters.iter().fold(event, |event, upcaster| {
            if upcaster.can_upcast(&event.event_type, &event.event_version) {
                upcaster.upcast(event)
            } else {
                event
            }
        });
        let version = event.event_version.clone();
        let envelope: EventEnvelope<A> =
            event.try_into().map_err(|e| StoreError::Corrupt(format!("{at}: {e}")))?;
        if envelope.payload.event_version() != version {
            return Err(StoreError::Corrupt(format!("{at}: version {version} is not known here")));
        }
        Ok(envelope)
    }

    /// A snapshot that this program understands. Whatever is wrong with one, the log has the truth.
    async fn snapshot(&self, id: StreamId) -> Option<Loaded<A>> {
        self.snapshot_called(&[id.to_string()]).await
    }

    /// The last of the snapshots that stay at or before a sequence, if one is near; otherwise nothing yet.
    async fn stayed(&self, id: StreamId, then: u64) -> Loaded<A> {
        let last = then / STAYS_EVERY;
        let near = (last.saturating_sub(STAYING).max(1)..=last).rev();
        let names: Vec<String> = near.map(|place| staying(id, place * STAYS_EVERY)).collect();
        let found = if names.is_empty() { None } else { self.snapshot_called(&names).await };
        found.unwrap_or_else(fresh)
    }

    /// The newest of the snapshots of these names.
    async fn snapshot_called(&self, names: &[String]) -> Option<Loaded<A>> {
        let places: Vec<String> = (3..names.len() + 3).map(|place| format!("${place}")).collect();
        let sql = format!(
            "select sequence, state from views.snapshots where aggregate_type = $1 and state_version = $2 \
             and aggregate_id in ({}) order by sequence desc limit 1",
            places.join(", ")
        );
        let mut binds = vec![A::TYPE.into(), self.state_version.into()];
        binds.extend(names.iter().map(|name| name.as_str().into()));
        let row = self.store.views().fetch_optional(&sql, &binds).await.ok()??;
        let state: A = serde_json::from_str(&row.get::<String>(1).ok()?).ok()?;
        Some(Loaded { state: Arc::new(state), sequence: row.count(0).ok()? })
    }

    async fn keep(&self, id: StreamId, loaded: &Loaded<A>) {
        self.keep_as(&id.to_string(), loaded).await;
    }

    async fn keep_as(&self, name: &str, loaded: &Loaded<A>) {
        let Ok(state) = serde_json::to_string(&*loaded.state) else { return };
        let sql = "insert into views.snapshots (aggregate_type, aggregate_id, state_version, sequence, state) \
                   values ($1, $2, $3, $4, $5) on conflict (aggregate_type, aggregate_id) do update \
                   set state_version = $3, sequence = $4, state = $5";
        let binds =
            [A::TYPE.into(), name.into(), self.state_version.into(), loaded.sequence.into(), state.into()];
        if let Err(error) = self.store.views().execute(sql, &binds).await {
            tracing::warn!(%error, snapshot = name, "no snapshot was kept");
        }
    }
}

/// Throws all snapshots away: they are made of the log, as read models are, and are made of it again.
pub async fn drop_snapshots(store: &EventStore) -> Result<(), StoreError> {
    store.views().execute("delete from views.snapshots", &[]).await.map(|_| ())
}

/// The name of the snapshot that stays at a sequence of a stream; no stream is called so.
fn staying(id: StreamId, sequence: u64) -> String {
    format!("{id}@{sequence}")
}

fn fresh<A: Aggregate>() -> Loaded<A> {
    Loaded { state: Arc::new(A::default()), sequence: 0 }
}

fn persistence(error: PersistenceError) -> StoreError {
    match error {
        PersistenceError::OptimisticLockError => StoreError::Bug(error.to_string()),
        PersistenceError::DeserializationError(_) => StoreError::Corrupt(error.to_string()),
        PersistenceError::ConnectionError(_) => StoreError::unavailable(error.to_string()),
        PersistenceError::UnknownError(source) => match source.downcast::<sqlx::Error>() {
            Ok(error) => StoreError::from(*error),
            Err(other) => StoreError::Bug(other.to_string()),
        },
    }
}

impl From<StoreError> for PersistenceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { .. } => Self::ConnectionError(Box::new(error)),
            StoreError::Corrupt(_) => Self::DeserializationError(Box::new(error)),
            _ => Self::UnknownError(Box::new(error)),
        }
    }
}

/// An aggregate on its way through a command of `cqrs-es`.
#[derive(Debug)]
pub struct Context<A> {
    id: StreamId,
    state: A,
    sequence: u64,
}

impl<A: Aggregate> AggregateContext<A> for Context<A> {
    fn aggregate(&mut self) -> &mut A {
        &mut self.state
    }
}

impl<A: Aggregate + Clone + 'static> cqrs_es::EventStore<A> for Aggregates<A> {
    type AC = Context<A>;

    async fn load_events(&self, id: &str) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        let events = self.stock.after::<A>(id, 0).await?;
        let envelopes: Result<_, StoreError> = events.into_iter().map(|event| self.envelope(event)).collect();
        Ok(envelopes.map_err(PersistenceError::from)?)
    }

    async fn load_aggregate(&self, id: &str) -> Result<Context<A>, AggregateError<A::Error>> {
        let id: StreamId =
            id.parse().map_err(|e| PersistenceError::from(StoreError::Refused(format!("{id}: {e}"))))?;
        let loaded = self.load(id).await.map_err(PersistenceError::from)?;
        Ok(Context { id, state: Arc::unwrap_or_clone(loaded.state), sequence: loaded.sequence })
    }

    async fn commit(
        &self,
        events: Vec<A::Event>,
        context: Context<A>,
        metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let new = new_events(&events, &metadata).map_err(PersistenceError::from)?;
        let stream = self.stream(context.id).map_err(PersistenceError::from)?;
        let write = Write { stream, expected: context.sequence, events: new };
        let append = Append::new(context.id.account, (self.clock)(), vec![write]);
        match self.store.append(append).await.map_err(PersistenceError::from)? {
            Outcome::Committed { .. } => {}
            Outcome::StreamMoved { .. } | Outcome::ReadMoved { .. } => {
                return Err(AggregateError::AggregateConflict);
            }
            other => {
                let strange = StoreError::Bug(format!("{other:?}"));
                return Err(PersistenceError::from(strange).into());
            }
        }
        // Whether the context's aggregate has the events applied is the caller's affair, so it is not
        // kept: the next load reads them.
        let envelopes =
            (context.sequence as usize + 1..).zip(events).map(|(sequence, payload)| EventEnvelope {
                aggregate_id: context.id.to_string(),
                sequence,
                payload,
                metadata: metadata.clone(),
            });
        Ok(envelopes.collect())
    }
}

/// Events as the log wants them: canonical JSON, and metadata in the order of its keys.
pub fn new_events<E: DomainEvent>(
    events: &[E],
    metadata: &HashMap<String, String, impl BuildHasher>,
) -> Result<Vec<NewEvent>, StoreError> {
    let refused = |e: serde_json::Error| StoreError::Refused(format!("an event that is not JSON: {e}"));
    let sorted: BTreeMap<_, _> = metadata.iter().collect();
    let metadata = serde_json_canonicalizer::to_string(&sorted).map_err(refused)?;
    events
        .iter()
        .map(|event| {
            Ok(NewEvent {
                event_type: event.event_type(),
                event_version: event.event_version(),
                payload: serde_json_canonicalizer::to_string(event).map_err(refused)?,
                metadata: metadata.clone(),
            })
        })
        .collect()
}
