//! Reading one account's long log by the invariants, as `twofold audit invariants` does: how fast, beside
//! reading it and doing nothing, and how much memory that takes.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use twofold_domain::ids::AccountId;
use twofold_infra::store::EventStore;
use twofold_projections::inspection::Inspection;

use super::Options;
use super::history;
use super::report::{Figure, Report, Samples, Unit};
use crate::postgres::TestDb;

/// Events read at a time, as the inspection does.
const CHUNK: u32 = 2_000;
/// Events between two words of progress.
const SAID: u64 = 1_000_000;

/// One run: what it remembers is what matters.
pub(super) async fn measure(options: &Options, report: &mut Report) -> Result<()> {
    let db = TestDb::postgres().await?;
    let events = history::make(&db, options.events, usize::MAX, report).await?;
    let store = db.store().await?;
    let accounts = store.accounts().await?.into_iter().max_by_key(|(_, last)| *last);
    let (account, last) = accounts.context("an account")?;
    ensure!(last + 1_000 > events, "{last} of {events} events are one account's");
    let started = Instant::now();
    read(&store, account).await?;
    let floor = last as f64 / started.elapsed().as_secs_f64();
    let before = resident()?;
    let (started, mut seen) = (Instant::now(), 0);
    let inspection = Inspection::of(&store, account, |events, _| {
        seen += events;
        if seen % SAID < events {
            let held = resident().unwrap_or(0);
            report.say(&format!("{seen} events inspected, {held} MB resident, {before} MB before"));
        }
    })
    .await?;
    let work = inspection.events() as f64 / started.elapsed().as_secs_f64();
    // A history put there in bulk is no history that anybody lived: what it breaks is only counted.
    for tally in inspection.tallies().iter().filter(|tally| tally.breaches > 0) {
        report.say(&format!("{}: {} of {} break it", tally.rule, tally.breaches, tally.examined));
    }
    report.say(&format!("{} MB resident after all, {before} MB before", resident()?));
    report.add(Figure {
        section: "inspect, PostgreSQL",
        what: format!("{last} events of one account by every invariant"),
        unit: Unit::PerSecond,
        work: Samples(vec![work]),
        floor_is: "reading them",
        floor: Samples(vec![floor]),
        ratio: work / floor,
        target: None,
        latency: None,
        batches: None,
        peak_mb: None,
    });
    Ok(())
}

async fn read(store: &EventStore, account: AccountId) -> Result<()> {
    let mut position = 0;
    while let Some(last) = store.read_as_is(account, position, CHUNK).await?.last() {
        position = last.account_seq;
    }
    Ok(())
}

/// Megabytes that this process holds now.
fn resident() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes / 1_024)
}
