//! Loading one aggregate, however long its history: from nothing, from a snapshot, from the cache. The floor is
//! one indexed row through sqlx, which is what a look at a head costs in any case.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use twofold_domain::ids::StreamId;
use twofold_domain::user::User;
use twofold_infra::clock::Clock;
use twofold_infra::store::EventStore;
use twofold_infra::store::aggregates::Aggregates;

use super::Options;
use super::report::{Figure, Report, Samples, Target, Unit};
use super::world::World;
use crate::postgres::TestDb;

const LENGTHS: [usize; 3] = [10, 1_000, 10_000];
const FLOOR: &str = "one indexed row";
/// A snapshot is worth its row from here on.
const SNAPSHOTS_FROM: usize = 1_000;
/// Loads whose median is one run.
const OFTEN: usize = 200;
const SELDOM: usize = 10;

/// Both databases, short and long.
pub(super) async fn measure(options: &Options, report: &mut Report) -> Result<()> {
    let postgres = TestDb::postgres().await?;
    loads("load, PostgreSQL", postgres.store().await?, options, report).await?;
    let sqlite = TestDb::sqlite()?;
    loads("load, SQLite", sqlite.store().await?, options, report).await
}

async fn loads(
    section: &'static str,
    store: EventStore,
    options: &Options,
    report: &mut Report,
) -> Result<()> {
    let lengths = if options.quick { &LENGTHS[..2] } else { &LENGTHS[..] };
    let world = World::make(store.clone(), 1, lengths.len()).await?;
    for (place, &length) in lengths.iter().enumerate() {
        world.live_on(place, length as u64).await?;
        let person = world.people.get(place).context("nobody there")?;
        let id = StreamId::user(person.account, person.user);
        let warm = users(&store, 1);
        ensure!(warm.load(id).await?.sequence == length as u64, "another history than was written");
        let mut floor = Samples::default();
        let (mut cold, mut snapshot, mut cached) = <(Samples, Samples, Samples)>::default();
        for run in 0..options.runs {
            floor.0.push(median(OFTEN, async |_| one_row(&store, id).await).await?);
            cached.0.push(median(OFTEN, async |_| load(&warm, id).await).await?);
            // A state version of its own each time: no snapshot counts.
            let version = |i: usize| (1_000 + run * SELDOM + i) as u32;
            cold.0.push(median(SELDOM, async |i| load(&users(&store, version(i)), id).await).await?);
            if length >= SNAPSHOTS_FROM {
                users(&store, 1).load(id).await?;
                snapshot.0.push(median(OFTEN, async |_| load(&users(&store, 1), id).await).await?);
            }
        }
        let ways = [
            ("from nothing", cold, None),
            ("from a snapshot", snapshot, None),
            ("cached", cached, Some(Target { reach: 2.0, aim: 1.0 })),
        ];
        for (way, work, target) in ways {
            if work.0.is_empty() {
                continue;
            }
            report.add(Figure {
                section,
                what: format!("{length} events, {way}"),
                unit: Unit::Micros,
                ratio: work.median() / floor.median(),
                work,
                floor_is: FLOOR,
                floor: floor.clone(),
                target,
                latency: None,
                batches: None,
                peak_mb: None,
            });
        }
    }
    Ok(())
}

fn users(store: &EventStore, state_version: u32) -> Aggregates<User> {
    let clock = Clock::system();
    Aggregates::new(store.clone(), vec![], state_version, move || clock.now())
}

async fn load(users: &Aggregates<User>, id: StreamId) -> Result<()> {
    users.load(id).await?;
    Ok(())
}

async fn one_row(store: &EventStore, id: StreamId) -> Result<()> {
    let sql = "select payload, sequence from twofold.events \
               where aggregate_id = $1 and aggregate_type = $2 and sequence = $3";
    let binds = [id.to_string().into(), "user".into(), 1_u64.into()];
    store.reader().fetch_optional(sql, &binds).await?.context("no first event")?;
    Ok(())
}

/// Microseconds of the median of so many.
async fn median(times: usize, mut load: impl AsyncFnMut(usize) -> Result<()>) -> Result<f64> {
    let mut took = Samples::default();
    for i in 0..times {
        let started = Instant::now();
        load(i).await?;
        took.0.push(started.elapsed().as_secs_f64() * 1e6);
    }
    Ok(took.median())
}
