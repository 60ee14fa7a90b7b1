//! Whether a log goes on from what read models were made of, among many events: nothing is found where none is torn,
//! and every end that was replaced is.

use std::collections::BTreeSet;
use std::future::pending;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::time::timeout;
use twofold_domain::ids::AccountId;
use twofold_domain::time::Span;
use twofold_infra::store::{EventStore, Outcome};
use twofold_projections::all;
use twofold_projections::projector::Projector;
use twofold_projections::witness::contradictions;
use twofold_tests::both;
use twofold_tests::generate::Generator;
use twofold_tests::postgres::TestDb;

use super::rules::past_the_rules;

/// Events that each of two writers records.
const EVENTS: usize = 2_000;
/// Accounts that both write to.
const SHARED: usize = 3;

/// A seed of its own for every run, printed with a failure.
fn seed() -> u64 {
    let seed = std::env::var("TWOFOLD_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or_else(rand::random);
    println!("TWOFOLD_SEED={seed}");
    seed
}

/// Accounts with a few events each.
async fn begun(store: &EventStore, seed: u64, accounts: usize) -> Result<Vec<AccountId>> {
    let mut generator = Generator::new(seed, accounts, 4);
    let wanted: BTreeSet<AccountId> = generator.accounts().into_iter().collect();
    for _ in 0..40 * accounts {
        let outcome = store.append(generator.next().append()).await?;
        ensure!(matches!(outcome, Outcome::Committed { .. }), "{outcome:?}");
    }
    Ok(wanted.into_iter().collect())
}

/// A writer with people of its own in an account, behind what is there.
async fn writer(store: &EventStore, seed: u64, account: AccountId) -> Result<Generator> {
    Generator::behind(seed, &store.read_as_is(account, 0, 10_000).await?, 12, Span::seconds(1))
}

/// Writes until so many events are recorded. What another writer was quicker with is not.
async fn write(store: &EventStore, writers: &mut [Generator], events: usize) -> Result<()> {
    let mut written = 0;
    for turn in 0.. {
        if written >= events {
            break;
        }
        let at = turn % writers.len();
        let append = writers[at].next().append();
        let many = append.event_count();
        if matches!(store.append(append).await?, Outcome::Committed { .. }) {
            written += many;
        }
    }
    Ok(())
}

/// Projectors that go away in the middle of whatever they do, one after the other: how many.
async fn crashing(db: &TestDb, rng: &mut StdRng, done: &AtomicBool) -> Result<u32> {
    let mut crashes = 0;
    while !done.load(Ordering::Acquire) {
        let store = db.store().await?;
        let projector = Projector::install(store.clone(), all()).await?;
        let life = Duration::from_millis(rng.random_range(1..120));
        if timeout(life, projector.run(pending())).await.is_err() {
            crashes += 1;
        }
        let found = contradictions(&store).await?;
        ensure!(found.is_empty(), "after {crashes} crashes: {found:?}");
    }
    Ok(crashes)
}

both! {
    /// Rules: S8.
    async fn among_thousands_of_events_and_crashes_no_honest_log_is_said_to_be_torn(db) {
        let seed = seed();
        let mut rng = StdRng::seed_from_u64(seed);
        let (one, other) = (db.store().await?, db.store().await?);
        Projector::install(one.clone(), all()).await?;
        let accounts = begun(&one, seed, SHARED).await?;
        let (mut ones, mut others) = (vec![], vec![]);
        for (nth, account) in accounts.iter().enumerate() {
            let own = seed.wrapping_add(1 + nth as u64);
            ones.push(writer(&one, own, *account).await?);
            others.push(writer(&other, own.wrapping_add(1_000), *account).await?);
        }
        let done = AtomicBool::new(false);
        let writing = async {
            let both = tokio::try_join!(write(&one, &mut ones, EVENTS), write(&other, &mut others, EVENTS));
            done.store(true, Ordering::Release);
            both.map(|_| ())
        };
        let ((), crashes) = tokio::try_join!(writing, crashing(&db, &mut rng, &done))?;
        ensure!(crashes > 0, "no projector went away");
        let store = db.store().await?;
        let projector = Projector::install(store.clone(), all()).await?;
        projector.catch_up().await?;
        let found = contradictions(&store).await?;
        ensure!(found.is_empty(), "{found:?}");
        for account in accounts {
            let end = store.counter(account).await?.map_or(0, |counter| counter.last_seq);
            ensure!(end > 40 && projector.reached("audit", account).await? == end, "{account} to event {end}");
        }
        Ok(())
    }

    /// Rules: S8.
    async fn every_end_of_a_log_that_others_replaced_is_found(db) {
        const ACCOUNTS: usize = 12;
        let seed = seed();
        let mut rng = StdRng::seed_from_u64(seed);
        let store = db.store().await?;
        let accounts = begun(&store, seed, ACCOUNTS).await?;
        Projector::install(store.clone(), all()).await?.catch_up().await?;
        // All but the last lose some of their last events, and others come in their place, as many or more.
        let (honest, torn) = accounts.split_last().context("accounts")?;
        let mut ends = vec![];
        for account in torn {
            let end = store.counter(*account).await?.map_or(0, |counter| counter.last_seq);
            let left = end - rng.random_range(1..end.min(6));
            let id = account.uuid();
            let of = if db.is_postgres() { format!("'{id}'") } else { format!("x'{}'", id.simple()) };
            let cut = format!(
                "delete from events where account_id = {of} and account_seq > {left}; \
                 update counters set last_seq = {left} where account_id = {of}"
            );
            past_the_rules(&db, &db.url, &cut).await?;
            ends.push(end - left + rng.random_range(0..40));
        }
        drop(store);
        let store = db.store().await?;
        for ((account, more), nth) in torn.iter().zip(ends).zip(1..) {
            let mut writers = [writer(&store, seed.wrapping_add(nth), *account).await?];
            write(&store, &mut writers, more as usize).await?;
        }
        Projector::install(store.clone(), all()).await?.catch_up().await?;
        let found: Vec<AccountId> = contradictions(&store).await?.iter().map(|found| found.account).collect();
        ensure!(found == torn, "{found:?}, not {torn:?}; {honest} is honest");
        Ok(())
    }
}
