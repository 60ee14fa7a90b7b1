//! The rules of read models: three executors, one meaning.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Result, ensure};
use futures::TryStreamExt as _;
use twofold_domain::ids::{AccountId, StreamId};
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::store::{AggregateKind, Append, EventStore, NewEvent, Outcome, Stream, Write};
use twofold_projections::audit::{self, Filter, Page};
use twofold_projections::fact::decode;
use twofold_projections::memory::Replay;
use twofold_projections::owners::Owners;
use twofold_projections::projector::Projector;
use twofold_projections::status::report::{self, AsOf, Line, Population};
use twofold_projections::status::{self, DeviceTrust, UserStatus};
use twofold_projections::{all, bulk, dump, overview};
use twofold_tests::both;
use twofold_tests::generate::Generator;

/// A seed of its own for every run, printed with a failure.
fn seed() -> u64 {
    let seed = std::env::var("TWOFOLD_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or_else(rand::random);
    println!("TWOFOLD_SEED={seed}");
    seed
}

async fn write(store: &EventStore, generator: &mut Generator, events: usize) -> Result<()> {
    let mut written = 0;
    while written < events {
        let append = generator.next().append();
        written += append.event_count();
        let outcome = store.append(append).await?;
        ensure!(matches!(outcome, Outcome::Committed { .. }), "{outcome:?}");
    }
    Ok(())
}

async fn last(store: &EventStore, account: AccountId) -> Result<u64> {
    Ok(store.counter(account).await?.map_or(0, |counter| counter.last_seq))
}

async fn replay(store: &EventStore, account: AccountId, until: u64) -> Result<Replay> {
    Ok(Replay::of(store, &all(), account, until).await?)
}

async fn report(store: &EventStore, account: AccountId, as_of: AsOf) -> Result<Vec<Line>> {
    let pages = report::status_report(store.views(), account, as_of, Population::Everyone);
    Ok(pages.try_concat().await?)
}

/// The tables hold what a replay of the log in memory comes to, byte for byte.
async fn tables_equal_replay(store: &EventStore, accounts: &[AccountId]) -> Result<()> {
    for account in accounts {
        let replayed = replay(store, *account, last(store, *account).await?).await?.tables();
        let stored = dump::tables(store.views(), &all(), *account).await?;
        for (table, rows) in &replayed {
            ensure!(stored.get(table) == Some(rows), "{table} of {account}");
        }
        ensure!(stored.len() == replayed.len());
    }
    Ok(())
}

both! {
    async fn live_rebuilt_and_replayed_are_the_same(db) {
        let store = db.store().await?;
        let mut generator = Generator::new(seed(), 5, 12);
        let projector = Projector::install(store.clone(), all()).await?;
        // In pieces, so that batches end in the middle of everything.
        for _ in 0..6 {
            write(&store, &mut generator, 400).await?;
            projector.catch_up().await?;
        }
        let accounts = generator.accounts();
        tables_equal_replay(&store, &accounts).await?;
        let rebuilt = bulk::rebuild(&store, all(), true, |_| {}).await?;
        ensure!(rebuilt.differences == Some(0) && rebuilt.parked == 0, "{rebuilt:?}");
        tables_equal_replay(&store, &accounts).await?;
        // And the live executor goes on where the bulk ended.
        write(&store, &mut generator, 500).await?;
        projector.catch_up().await?;
        tables_equal_replay(&store, &accounts).await?;
        Ok(())
    }

    async fn a_rebuild_catches_up_with_what_is_written_meanwhile(db) {
        let store = db.store().await?;
        let mut generator = Generator::new(seed(), 3, 8);
        let projector = Projector::install(store.clone(), all()).await?;
        write(&store, &mut generator, 2_000).await?;
        projector.catch_up().await?;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let running = projector.clone();
        let task = tokio::spawn(async move { running.run(async { _ = stopped.await }).await });
        let rebuilding = async {
            for _ in 0..3 {
                bulk::rebuild(&store, all(), false, |_| {}).await?;
            }
            Ok::<_, anyhow::Error>(())
        };
        let writing = write(&store, &mut generator, 1_500);
        tokio::try_join!(rebuilding, writing)?;
        for account in generator.accounts() {
            for projection in all() {
                let position = last(&store, account).await?;
                let patience = Duration::from_secs(20);
                ensure!(projector.wait_for(projection.name, account, position, patience).await?);
            }
        }
        _ = stop.send(());
        task.await?;
        tables_equal_replay(&store, &generator.accounts()).await
    }

    async fn a_report_of_the_past_is_what_a_replay_up_to_then_says(db) {
        let store = db.store().await?;
        let mut generator = Generator::new(seed(), 2, 30);
        let projector = Projector::install(store.clone(), all()).await?;
        write(&store, &mut generator, 2_000).await?;
        projector.catch_up().await?;
        let account = generator.accounts()[0];
        let mut answers = BTreeMap::new();
        let end = last(&store, account).await?;
        for position in (1..=end).step_by(151) {
            let replayed = replay(&store, account, position).await?;
            let recorded = audit::instant_of(store.views(), account, position).await?;
            let instant = recorded.unwrap_or_default() + Span::days(5);
            let as_of = AsOf { position, instant };
            let lines = report(&store, account, as_of).await?;
            ensure!(lines == replayed.report(instant, Population::Everyone), "at event {position}");
            answers.insert(position, (as_of, lines));
        }
        // The same bytes whenever it is asked again.
        write(&store, &mut generator, 2_000).await?;
        projector.catch_up().await?;
        for (as_of, lines) in answers.values() {
            ensure!(report(&store, account, *as_of).await? == *lines);
        }
        Ok(())
    }

    /// Rules: D1.
    async fn a_disable_is_in_the_report_at_the_next_read(db) {
        let store = db.store().await?;
        let mut generator = Generator::new(seed(), 1, 30);
        let projector = Projector::install(store.clone(), all()).await?;
        let account = generator.accounts()[0];
        write(&store, &mut generator, 500).await?;
        let mut disabled = false;
        while !disabled {
            let append = generator.next().append();
            let mut events = append.writes.iter().flat_map(|write| &write.events);
            disabled = events.any(|event| event.event_type == "AccountTwoFactorDisabled");
            store.append(append).await?;
        }
        projector.catch_up().await?;
        let position = last(&store, account).await?;
        let far = Timestamp::from_micros(2_000_000_000_000_000);
        let lines = report(&store, account, AsOf { position, instant: far }).await?;
        ensure!(lines.iter().all(|l| l.factors.is_empty() && l.trusted_devices == 0));
        let before = replay(&store, account, position - 1).await?;
        let generation = generator.account(account).map_or(0, |a| a.generation);
        let rows = before.rows::<UserStatus>().unwrap_or_default();
        let enrolled: Vec<_> = rows.values().filter(|u| u.enrolled(generation - 1)).map(|u| u.user_id).collect();
        ensure!(status::reset_by::reset_by(store.views(), account, position).await? == enrolled);
        let overview = overview::overview(store.views(), account).await?;
        ensure!(overview.is_some_and(|o| o.team_enrolled + o.end_users_enrolled == 0));
        Ok(())
    }

    async fn an_event_that_cannot_be_read_parks_its_account_only(db) {
        let store = db.store().await?;
        let mut generator = Generator::new(seed(), 2, 5);
        let projector = Projector::install(store.clone(), all()).await?;
        write(&store, &mut generator, 300).await?;
        let accounts = generator.accounts();
        let (bad, good) = (accounts[0], accounts[1]);
        let poison = last(&store, bad).await? + 1;
        let stream = Stream { kind: AggregateKind::Account, id: StreamId::account(bad) };
        let head = store.heads(&[stream]).await?[0];
        let event = NewEvent {
            event_type: "SomethingNew".to_owned(),
            event_version: "1".to_owned(),
            payload: r#"{"SomethingNew":{}}"#.to_owned(),
            metadata: "{}".to_owned(),
        };
        let write_it = Write { stream, expected: head, events: vec![event] };
        store.append(Append::new(bad, Timestamp::default(), vec![write_it])).await?;
        projector.catch_up().await?;
        for listing in projector.list().await? {
            let [parked] = listing.parked.as_slice() else { anyhow::bail!("{listing:?}") };
            ensure!(parked.account == bad && parked.position == poison - 1 && parked.parked.event == poison);
        }
        ensure!(replayed_equal(&store, good).await?, "others go on");
        ensure!(store.pending(10).await?.is_empty(), "a parked account is no news");
        ensure!(projector.retry(status::NAME, bad).await?);
        ensure!(projector.list().await?.iter().all(|l| l.parked.len() == 1), "parked again");
        let rebuilt = bulk::rebuild(&store, all(), true, |_| {}).await?;
        ensure!(rebuilt.differences == Some(0) && rebuilt.parked == all().len() as u64, "{rebuilt:?}");
        ensure!(!projector.wait_for(status::NAME, bad, poison, Duration::from_secs(5)).await?);
        Ok(())
    }

    async fn pages_of_the_audit_log_are_the_log_backwards(db) {
        let store = db.store().await?;
        let mut generator = Generator::new(seed(), 2, 8);
        let projector = Projector::install(store.clone(), all()).await?;
        write(&store, &mut generator, 1_200).await?;
        projector.catch_up().await?;
        let account = generator.accounts()[1];
        let log = store.read(account, 0, 10_000).await?;
        let user = generator.people(account)[0].0;
        let middle = log[log.len() / 2].recorded_at;
        let filters = [
            Filter::default(),
            Filter { event_type: Some("SessionStarted".to_owned()), ..Filter::default() },
            Filter { subject: Some(user), ..Filter::default() },
            Filter { from: Some(middle), ..Filter::default() },
            Filter { to: Some(middle), ..Filter::default() },
        ];
        for filter in filters {
            let mut found = Vec::new();
            let mut page = Page::Newest;
            loop {
                let entries = audit::page(store.views(), account, &filter, page, 50).await?;
                let Some(oldest) = entries.last() else { break };
                page = Page::Before(oldest.row.account_seq);
                found.extend(entries);
            }
            let expected: Vec<u64> = log.iter().rev()
                .filter(|e| filter.event_type.as_ref().is_none_or(|t| *t == e.event_type))
                .filter(|e| filter.from.is_none_or(|t| e.recorded_at >= t))
                .filter(|e| filter.to.is_none_or(|t| e.recorded_at <= t))
                .filter(|e| filter.subject.is_none() || found.iter().any(|f| f.row.account_seq == e.account_seq))
                .map(|e| e.account_seq).collect();
            ensure!(found.iter().map(|e| e.row.account_seq).collect::<Vec<_>>() == expected, "{filter:?}");
            ensure!(!found.is_empty(), "{filter:?}");
            for entry in found {
                let event = &log[entry.row.account_seq as usize - 1];
                ensure!(entry.payload == event.payload && entry.sequence == event.sequence);
            }
        }
        Ok(())
    }
}

async fn replayed_equal(store: &EventStore, account: AccountId) -> Result<bool> {
    tables_equal_replay(store, &[account]).await.map(|()| true)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn instances_side_by_side_take_every_event_in_once() -> Result<()> {
    let db = twofold_tests::postgres::TestDb::postgres().await?;
    let stores = [db.store().await?, db.store().await?, db.store().await?];
    let mut generator = Generator::new(seed(), 6, 10);
    let mut tasks = Vec::new();
    let mut projectors = Vec::new();
    for store in &stores {
        let projector = Projector::install(store.clone(), all()).await?;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let running = projector.clone();
        let task = tokio::spawn(async move { running.run(async { _ = stopped.await }).await });
        tasks.push((stop, task));
        projectors.push(projector);
    }
    for _ in 0..10 {
        for store in &stores[..2] {
            write(store, &mut generator, 100).await?;
        }
    }
    for account in generator.accounts() {
        let position = last(&stores[0], account).await?;
        for projection in all() {
            // The third instance wrote nothing and hears of nothing; it finds the news all the same.
            let waited =
                projectors[2].wait_for(projection.name, account, position, Duration::from_secs(20)).await?;
            ensure!(waited, "{} of {account}", projection.name);
        }
    }
    for (stop, task) in tasks {
        _ = stop.send(());
        task.await?;
    }
    tables_equal_replay(&stores[0], &generator.accounts()).await
}

#[test]
fn rows_agree_with_the_domains_own_fold() -> Result<()> {
    let seed = seed();
    for round in 0..20 {
        let mut generator = Generator::new(seed.wrapping_add(round), 1, 6);
        let account = generator.accounts()[0];
        let mut replay = Replay::new(&all(), account);
        let owners = Owners::learned();
        for _ in 0..40 {
            let events = generator.recorded(25);
            let mut facts = events.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
            owners.learn(&mut facts);
            replay.fold(&facts)?;
            let rows = replay.rows::<UserStatus>().unwrap_or_default();
            let generation = generator.account(account).map_or(0, |a| a.generation);
            for (id, user) in generator.people(account) {
                let Some(row) = rows.get(&id) else { anyhow::bail!("no row of {id}") };
                ensure!(row.epoch == user.epoch, "epoch");
                ensure!(row.locks.any() == user.locked_out(), "locks");
                ensure!(row.erased == user.erased && row.email_verified == user.email_verified);
                let enrolled = user.enrolled(generation);
                ensure!(row.enrolled(generation) == enrolled.is_some(), "enrolled");
                if let Some(enrolled) = enrolled {
                    ensure!(row.enabled_since == Some(enrolled.since), "since");
                    ensure!(row.factors.0.keys().eq(enrolled.factors.keys()), "factors");
                }
            }
            let trusts = replay.rows::<DeviceTrust>().unwrap_or_default();
            for (id, device) in generator.devices(account) {
                let trust = trusts.get(&id).filter(|row| !row.withdrawn);
                ensure!(trust.map(|t| t.until) == device.trust.map(|t| t.until), "trust");
                ensure!(
                    trust.map(|t| (t.generation, t.epoch)) == device.trust.map(|t| (t.generation, t.epoch))
                );
            }
        }
    }
    Ok(())
}
