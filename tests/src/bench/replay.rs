//! Reading the whole log back: into typed events, folded into every aggregate there ever was, and into new
//! tables of every projection. The floor is
//! what PostgreSQL needs to hand the same seven columns over, in no order, to somebody who throws them away.

use std::collections::HashMap;
use std::time::Instant;

use anyhow::{Result, ensure};
use futures::TryStreamExt as _;
use sqlx::PgConnection;
use twofold_domain::account::{Account, AccountEvent};
use twofold_domain::device::{Device, DeviceEvent};
use twofold_domain::ids::StreamId;
use twofold_domain::reading::{Reading, ReadingEvent};
use twofold_domain::user::{User, UserEvent};
use twofold_infra::store::{AggregateKind, EventStore, Recorded};
use twofold_projections::bulk::rebuild;
use twofold_projections::registry;

use super::Options;
use super::history;
use super::report::{Figure, Report, Samples, Target, Unit};
use crate::postgres::TestDb;

const COPY: &str = "copy (select aggregate_type, aggregate_id, sequence, event_type, event_version, payload, \
                    metadata from twofold.events) to stdout";
const FLOOR: &str = "copy 7 columns to stdout";

/// The replays of one long log.
pub(super) async fn measure(options: &Options, report: &mut Report) -> Result<()> {
    let db = TestDb::postgres().await?;
    let events = history::make(&db, options.events, history::PEOPLE_EACH, report).await?;
    let store = db.store().await?;
    registry::install(&store, &twofold_projections::all()).await?;
    let (mut floor, mut read, mut folded, mut rebuilt) = <(Samples, Samples, Samples, Samples)>::default();
    for _ in 0..options.runs {
        floor.0.push(copy(&db).await?);
        let started = Instant::now();
        ensure!(count(&store).await? == events, "not every event was read");
        read.0.push(started.elapsed().as_secs_f64());
        let started = Instant::now();
        ensure!(fold(&store).await? == events, "not every event was folded");
        folded.0.push(started.elapsed().as_secs_f64());
        let started = Instant::now();
        let done = rebuild(&store, twofold_projections::all(), false, |_| ()).await?;
        ensure!(done.events == events && done.parked == 0, "not every event was projected: {done:?}");
        rebuilt.0.push(started.elapsed().as_secs_f64());
    }
    let figure = |what: &str, work: Samples, target| Figure {
        section: "replay, PostgreSQL",
        what: format!("{events} events, {what}"),
        unit: Unit::Seconds,
        ratio: work.median() / floor.median(),
        work,
        floor_is: FLOOR,
        floor: floor.clone(),
        target,
        latency: None,
        batches: None,
        peak_mb: None,
    };
    report.add(figure("read in order", read, None));
    report.add(figure("typed and folded", folded, Some(Target { reach: 1.5, aim: 1.0 })));
    report.add(figure("all projections rebuilt", rebuilt, Some(Target { reach: 4.0, aim: 2.0 })));
    Ok(())
}

async fn copy(db: &TestDb) -> Result<f64> {
    let mut connection: PgConnection = db.connect().await?;
    let started = Instant::now();
    let mut bytes = 0;
    let mut rows = connection.copy_out_raw(COPY).await?;
    while let Some(chunk) = rows.try_next().await? {
        bytes += chunk.len();
    }
    ensure!(bytes > 0, "an empty log");
    Ok(started.elapsed().as_secs_f64())
}

async fn count(store: &EventStore) -> Result<u64> {
    let mut reading = store.read_all();
    let mut events = 0;
    while let Some(chunk) = reading.next().await? {
        events += chunk.len() as u64;
    }
    Ok(events)
}

/// Every aggregate of the log, at its head.
#[derive(Default)]
struct Everything {
    accounts: HashMap<StreamId, Account>,
    users: HashMap<StreamId, User>,
    devices: HashMap<StreamId, Device>,
    readings: HashMap<StreamId, Reading>,
}

impl Everything {
    fn evolve(&mut self, event: &Recorded) -> Result<()> {
        let id = event.stream.id;
        match event.stream.kind {
            AggregateKind::Account => {
                let typed: AccountEvent = serde_json::from_str(&event.payload)?;
                self.accounts.entry(id).or_default().evolve(&typed);
            }
            AggregateKind::User => {
                let typed: UserEvent = serde_json::from_str(&event.payload)?;
                self.users.entry(id).or_default().evolve(&typed);
            }
            AggregateKind::Device => {
                let typed: DeviceEvent = serde_json::from_str(&event.payload)?;
                self.devices.entry(id).or_default().evolve(&typed);
            }
            AggregateKind::Reading => {
                let typed: ReadingEvent = serde_json::from_str(&event.payload)?;
                self.readings.entry(id).or_default().evolve(typed);
            }
        }
        Ok(())
    }
}

async fn fold(store: &EventStore) -> Result<u64> {
    let mut reading = store.read_all();
    let mut everything = Everything::default();
    let mut events = 0;
    while let Some(chunk) = reading.next().await? {
        events += chunk.len() as u64;
        for event in &chunk {
            everything.evolve(event)?;
        }
    }
    let people = everything.users.values().filter(|user| user.enrolled(0).is_some()).count();
    ensure!(people == everything.users.len(), "somebody lost their second factor on the way");
    Ok(events)
}
