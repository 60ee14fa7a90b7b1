//! The append, whole: where things stand, the decision, sealing, numbering, the durable commit.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use sqlx::Executor as _;
use tokio::task::JoinSet;

use super::Options;
use super::batches::{self, Batches};
use super::floors::{PgInserts, SqliteInserts};
use super::report::{Figure, Latency, Report, Samples, Target, Unit};
use super::world::{Way, World};
use crate::postgres::TestDb;

const CLIENTS: [usize; 4] = [1, 8, 32, 128];
const CROWDS: [usize; 2] = [32, 128];

/// People of each crowd; with one account all of them are in it, else each is alone in theirs.
const PEOPLE: usize = 1_000;
const PEOPLE_QUICK: usize = 50;

fn people(options: &Options) -> usize {
    if options.quick { PEOPLE_QUICK } else { PEOPLE }
}

const PGBENCH: &str = "pgbench, insert";
const RAW: &str = "one insert per transaction";

/// One kind of crowd in the making of a figure.
struct Crowd<'a> {
    what: String,
    world: &'a Arc<World>,
    way: Way,
    target: Option<Target>,
    rates: Samples,
    took: Vec<Duration>,
    batches: Batches,
}

impl<'a> Crowd<'a> {
    fn new(what: impl Into<String>, world: &'a Arc<World>, way: Way, target: Option<Target>) -> Self {
        Self {
            what: what.into(),
            world,
            way,
            target,
            rates: Samples::default(),
            took: vec![],
            batches: Batches::default(),
        }
    }

    async fn run(&mut self, clients: usize, seconds: u64) -> Result<()> {
        batches::take();
        let (rate, took) = crowd(self.world, self.way, clients, Duration::from_secs(seconds)).await?;
        self.rates.0.push(rate);
        self.batches += batches::take();
        self.took.extend(took);
        Ok(())
    }

    fn figure(self, section: &'static str, floor_is: &'static str, floor: &Samples) -> Figure {
        let ratio = self.rates.median() / floor.median();
        Figure {
            section,
            what: self.what,
            unit: Unit::PerSecond,
            work: self.rates,
            floor_is,
            floor: floor.clone(),
            ratio,
            target: self.target,
            latency: Latency::of(self.took),
            batches: self.batches.shown(),
            peak_mb: None,
        }
    }
}

/// Lets clients act as fast as they are answered. Each has people of its own, so none waits for another's turn.
async fn crowd(
    world: &Arc<World>,
    way: Way,
    clients: usize,
    length: Duration,
) -> Result<(f64, Vec<Duration>)> {
    let started = Instant::now();
    let mut running = JoinSet::new();
    for client in 0..clients {
        let world = Arc::clone(world);
        running.spawn(async move {
            let mut took = vec![];
            let mut people = world.crowd(way).skip(client).step_by(clients).cycle();
            while started.elapsed() < length {
                let person = people.next().context("more clients than people")?;
                let asked = Instant::now();
                world.act(person, way).await?;
                took.push(asked.elapsed());
            }
            anyhow::Ok(took)
        });
    }
    let mut took = vec![];
    while let Some(client) = running.join_next().await {
        took.extend(client??);
    }
    Ok((took.len() as f64 / started.elapsed().as_secs_f64(), took))
}

fn clients(options: &Options, usual: &[usize]) -> Vec<usize> {
    if options.clients.is_empty() { usual.to_vec() } else { options.clients.clone() }
}

/// Free fsync: what the disk of this machine does. 32 clients of 1,000 accounts and 128 of a hot one have
/// targets of their own.
fn target(clients: usize, hot: bool, fast_disk: bool) -> Option<Target> {
    match (clients, hot) {
        (32, false) => Some(Target { reach: if fast_disk { 0.5 } else { 0.8 }, aim: 1.2 }),
        (128, true) => Some(Target { reach: 0.8, aim: 1.5 }),
        _ => None,
    }
}

/// PostgreSQL as it comes.
pub(super) async fn postgres(options: &Options, report: &mut Report) -> Result<()> {
    pg_crowds(options, report, "append, PostgreSQL", None, &CLIENTS).await
}

/// PostgreSQL where the disk is slow: every flush of the log waits 5 ms more (`commit_delay`), for us and
/// for the floor.
pub(super) async fn slow_postgres(options: &Options, report: &mut Report) -> Result<()> {
    pg_crowds(options, report, "append, slow disk", Some(5_000), &CROWDS).await
}

async fn pg_crowds(
    options: &Options,
    report: &mut Report,
    section: &'static str,
    commit_delay: Option<u32>,
    usual: &[usize],
) -> Result<()> {
    let (hot_db, wide_db) = (TestDb::postgres().await?, TestDb::postgres().await?);
    if let Some(delay) = commit_delay {
        slow_down(&hot_db, delay).await?;
        slow_down(&wide_db, delay).await?;
    }
    let people = people(options);
    report.say(&format!("{section}: {people} people in one account, {people} in one each"));
    let hot = World::make(hot_db.store().await?, 1, 2 * people).await?;
    let wide = World::make(wide_db.store().await?, 2 * people, 2 * people).await?;
    let mut floor = PgInserts::prepare(&wide_db.url, &wide.sample().await?).await?;
    let fast_disk = commit_delay.is_none();
    for clients in clients(options, usual) {
        let mut floors = Samples::default();
        let targeted = |hot| target(clients, hot, fast_disk);
        let mut crowds = vec![
            Crowd::new(format!("{clients} clients, 1 account"), &hot, Way::Desk, targeted(true)),
            Crowd::new(format!("{clients} clients, {people} accounts"), &wide, Way::Desk, targeted(false)),
        ];
        if CROWDS.contains(&clients) {
            let what = |accounts: &str| format!("{clients} clients, {accounts}, only the append");
            crowds.push(Crowd::new(what("1 account"), &hot, Way::Append, None));
            crowds.push(Crowd::new(what(&format!("{people} accounts")), &wide, Way::Append, None));
        }
        for _ in 0..options.runs {
            floors.0.push(floor.run(clients, options.seconds).await?);
            for crowd in &mut crowds {
                crowd.run(clients, options.seconds).await?;
            }
        }
        for crowd in crowds {
            report.add(crowd.figure(section, PGBENCH, &floors));
        }
    }
    Ok(())
}

/// Connections to this database that are opened from now on wait before they flush the log.
async fn slow_down(db: &TestDb, delay: u32) -> Result<()> {
    let mut admin = db.connect().await?;
    let name: String = sqlx::query_scalar("select current_database()").fetch_one(&mut admin).await?;
    admin.execute(format!("alter database {name} set commit_delay = {delay}").as_str()).await?;
    admin.execute(format!("alter database {name} set commit_siblings = 0").as_str()).await?;
    Ok(())
}

/// SQLite, with its two files and one writer.
pub(super) async fn sqlite(options: &Options, report: &mut Report) -> Result<()> {
    const SECTION: &str = "append, SQLite";
    let (hot_db, wide_db, floor_folder) = (TestDb::sqlite()?, TestDb::sqlite()?, tempfile::tempdir()?);
    let people = people(options);
    report.say(&format!("{SECTION}: {people} people in one account, {people} in one each"));
    let hot = World::make(hot_db.store().await?, 1, 2 * people).await?;
    let wide = World::make(wide_db.store().await?, 2 * people, 2 * people).await?;
    let mut floor = SqliteInserts::prepare(floor_folder.path(), wide.sample().await?)?;
    for clients in clients(options, &CLIENTS) {
        let mut floors = Samples::default();
        let aims = (clients == 32).then_some(Target { reach: 2.5, aim: 5.0 });
        let mut crowds = [
            Crowd::new(format!("{clients} clients, 1 account"), &hot, Way::Desk, aims),
            Crowd::new(format!("{clients} clients, {people} accounts"), &wide, Way::Desk, aims),
        ];
        for _ in 0..options.runs {
            let seconds = options.seconds;
            let (back, rate) = tokio::task::spawn_blocking(move || {
                let rate = floor.run(seconds);
                (floor, rate)
            })
            .await?;
            floor = back;
            floors.0.push(rate?);
            for crowd in &mut crowds {
                crowd.run(clients, options.seconds).await?;
            }
        }
        for crowd in crowds {
            report.add(crowd.figure(SECTION, RAW, &floors));
        }
    }
    Ok(())
}
