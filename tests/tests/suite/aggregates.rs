//! Aggregates through the stock repositories of cqrs-es, over the store's own table.

use std::collections::HashMap;

use anyhow::{Result, ensure};
use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::{PersistedEventRepository as _, PersistedEventStore, SemanticVersionEventUpcaster};
use cqrs_es::{Aggregate, AggregateError, CqrsFramework, DomainEvent, EventStore as _};
use postgres_es::PostgresEventRepository;
use serde::{Deserialize, Serialize};
use twofold_domain::ids::{AccountId, StreamId};
use twofold_domain::time::Timestamp;
use twofold_infra::store::aggregates::{Aggregates, new_events};
use twofold_infra::store::{Append, EventStore, Outcome, Reader, Write};
use twofold_tests::both;
use twofold_tests::postgres::TestDb;
use uuid::Uuid;

/// A tally that stands in for a user: small enough to see every event that is applied.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
struct Tally {
    sum: u64,
    applied: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum TallyEvent {
    Added { n: u64, unit: String },
}

impl DomainEvent for TallyEvent {
    fn event_type(&self) -> String {
        "Added".to_owned()
    }
    fn event_version(&self) -> String {
        "2.0.0".to_owned()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("nothing is refused here")]
struct Never;

impl Aggregate for Tally {
    const TYPE: &'static str = "user";
    type Command = u64;
    type Event = TallyEvent;
    type Error = Never;
    type Services = ();

    async fn handle(&mut self, n: u64, (): &(), sink: &EventSink<Self>) -> Result<(), Never> {
        sink.write(added(n), self).await;
        Ok(())
    }

    fn apply(&mut self, TallyEvent::Added { n, .. }: TallyEvent) {
        self.sum += n;
        self.applied += 1;
    }
}

fn added(n: u64) -> TallyEvent {
    TallyEvent::Added { n, unit: "each".to_owned() }
}

fn aggregates(store: &EventStore) -> Aggregates<Tally> {
    // Version 1 had no unit.
    let unit = SemanticVersionEventUpcaster::new(
        "Added",
        "2",
        Box::new(|mut payload| {
            payload["Added"]["unit"] = "each".into();
            payload
        }),
    );
    Aggregates::new(store.clone(), vec![Box::new(unit)], 1, || Timestamp::from_micros(1))
}

/// A user of a fresh account with `n` events of 1.
async fn user_with(store: &EventStore, n: usize) -> Result<StreamId> {
    let id = StreamId {
        account: AccountId::from_uuid(Uuid::from_u128(rand::random())),
        aggregate: Uuid::from_u128(rand::random()),
    };
    record(store, id, 0, n).await?;
    Ok(id)
}

async fn record(store: &EventStore, id: StreamId, expected: u64, n: usize) -> Result<()> {
    let events = new_events(&vec![added(1); n], &HashMap::new())?;
    let write = Write { stream: aggregates(store).stream(id)?, expected, events };
    let mut append = Append::new(id.account, Timestamp::from_micros(1), vec![write]);
    append.extras.opens_account = true;
    let outcome = store.append(append).await?;
    ensure!(matches!(outcome, Outcome::Committed { .. }), "{outcome:?}");
    Ok(())
}

both! {
    async fn a_loaded_aggregate_has_each_event_once(db) {
        let store = db.store().await?;
        let id = user_with(&store, 3).await?;
        let (one, two) = (aggregates(&store), aggregates(&store));
        assert_eq!(*one.load(id).await?.state, Tally { sum: 3, applied: 3 });
        // Somebody else records; what was kept is not believed.
        record(&store, id, 3, 2).await?;
        let loaded = one.load(id).await?;
        assert_eq!((&*loaded.state, loaded.sequence), (&Tally { sum: 5, applied: 5 }, 5));
        assert_eq!(*two.load(id).await?.state, *loaded.state);
        Ok(())
    }

    async fn a_snapshot_shortens_the_reading_and_changes_nothing(db) {
        let store = db.store().await?;
        let id = user_with(&store, 450).await?;
        let whole = aggregates(&store).load(id).await?;
        assert_eq!(whole.state.applied, 450);
        let count = "select count(*) from views.snapshots";
        assert_eq!(store.views().fetch(count, &[]).await?[0].count(0)?, 1);
        record(&store, id, 450, 1).await?;
        let from_snapshot = aggregates(&store).load(id).await?;
        assert_eq!((from_snapshot.state.applied, from_snapshot.sequence), (451, 451));
        // A state version that does not match, or nonsense, means that there was none.
        let other = Aggregates::<Tally>::new(store.clone(), Vec::new(), 2, || Timestamp::from_micros(1));
        assert_eq!(other.load(id).await?.state.applied, 451);
        store.views().execute("update views.snapshots set state = 'nonsense'", &[]).await?;
        assert_eq!(aggregates(&store).load(id).await?.state.applied, 451);
        Ok(())
    }

    /// Rules: S3.
    async fn whoever_looks_back_leaves_snapshots_that_the_next_one_begins_at(db) {
        let store = db.store().await?;
        let id = user_with(&store, 900).await?;
        for before in [900, 1_800, 2_700] {
            record(&store, id, before, 900).await?;
        }
        // Each event is its account's own number, too.
        let look = async |position: u64| aggregates(&store).load_as_of(id, position).await;
        let stayed = async || {
            let sql = "select sequence, state from views.snapshots where aggregate_id like '%@%' order by sequence";
            store.views().fetch(sql, &[]).await?.iter().map(|row| row.count(0)).collect::<Result<Vec<_>, _>>()
        };
        // Whoever loads a long stream anew reads it piece by piece, and leaves one at each piece's end.
        ensure!(aggregates(&store).load(id).await?.state.applied == 3_600);
        ensure!(stayed().await? == [1_000, 2_000, 3_000], "{:?}", stayed().await?);
        for position in [3_599, 1, 999, 1_000, 1_001, 2_500, 3_000, 3_600] {
            let then = look(position).await?;
            ensure!((then.state.applied, then.sequence) == (position, position), "{then:?} as of {position}");
        }
        ensure!(stayed().await? == [1_000, 2_000, 3_000], "{:?}", stayed().await?);
        // They are what is begun at: one that says something else is believed, and one that says nothing is not.
        let other = "update views.snapshots set state = '{\"sum\":7,\"applied\":7}' where aggregate_id like '%@2000'";
        store.views().execute(other, &[]).await?;
        ensure!(look(2_500).await?.state.applied == 507);
        store.views().execute("update views.snapshots set state = 'nonsense'", &[]).await?;
        ensure!(look(2_500).await?.state.applied == 2_500);
        Ok(())
    }

    async fn an_old_event_is_read_in_its_new_shape(db) {
        let store = db.store().await?;
        let id = user_with(&store, 1).await?;
        let mut events = new_events(&[added(7)], &HashMap::new())?;
        "1".clone_into(&mut events[0].event_version);
        r#"{"Added":{"n":7}}"#.clone_into(&mut events[0].payload);
        let write = Write { stream: aggregates(&store).stream(id)?, expected: 1, events };
        store.append(Append::new(id.account, Timestamp::from_micros(1), vec![write])).await?;
        assert_eq!(aggregates(&store).load(id).await?.state.sum, 8);
        Ok(())
    }

    async fn commands_through_the_framework_are_recorded_by_the_append(db) {
        let store = db.store().await?;
        let id = user_with(&store, 1).await?;
        let framework = CqrsFramework::new(aggregates(&store), Vec::new(), ());
        let metadata = HashMap::from([("b".to_owned(), "2".to_owned()), ("a".to_owned(), "1".to_owned())]);
        framework.execute_with_metadata(&id.to_string(), 5, metadata).await?;
        let events = store.read(id.account, 0, 10).await?;
        assert_eq!(events.len(), 2);
        assert_eq!(events[1].payload, r#"{"Added":{"n":5,"unit":"each"}}"#);
        assert_eq!(events[1].metadata, r#"{"a":"1","b":"2"}"#);

        let aggregates = aggregates(&store);
        let first = aggregates.load_aggregate(&id.to_string()).await?;
        let second = aggregates.load_aggregate(&id.to_string()).await?;
        aggregates.commit(vec![added(1)], first, HashMap::new()).await?;
        let late = aggregates.commit(vec![added(1)], second, HashMap::new()).await;
        ensure!(matches!(late, Err(AggregateError::AggregateConflict)), "{late:?}");
        assert_eq!(aggregates.load_events(&id.to_string()).await?.len(), 3);
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stock_repository_reads_our_table() -> Result<()> {
    let db = TestDb::postgres().await?;
    let store = db.store().await?;
    let id = user_with(&store, 3).await?;
    let Reader::Pg(pool) = store.reader() else { anyhow::bail!("not PostgreSQL") };
    let stock = PostgresEventRepository::new(pool).with_tables("twofold.events", "twofold.none");
    assert_eq!(stock.get_last_events::<Tally>(&id.to_string(), 1).await?.len(), 2);
    let stock = PersistedEventStore::<_, Tally>::new_event_store(stock);
    let loaded = stock.load_aggregate(&id.to_string()).await?;
    assert_eq!(loaded.aggregate, Tally { sum: 3, applied: 3 });
    Ok(())
}
