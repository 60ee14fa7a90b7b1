//! The status report of a large account as CSV, now and as of the middle of its history. The floor is the least
//! that PostgreSQL could be asked for: the very same rows, put into a table, as raw CSV. And the read models made
//! again from that log; their floor is the raw log, read in order.

use std::pin::pin;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use futures::{StreamExt as _, TryStreamExt as _};
use sqlx::{Executor as _, PgConnection};
use twofold_api::report::{Form, Written};
use twofold_domain::ids::AccountId;
use twofold_infra::desk::Desk;
use twofold_infra::store::EventStore;
use twofold_projections::audit;
use twofold_projections::bulk::rebuild;
use twofold_projections::registry;
use twofold_projections::reports::{Question, mfa_status};
use twofold_projections::status::AsOf;

use super::report::{Figure, Report, Samples, Unit};
use super::{Options, invented};
use crate::postgres::TestDb;
use crate::town::Town;

const SECTION: &str = "status report, PostgreSQL";
/// The table of the very same rows.
const ROWS: &str = "views.measured";

/// The report, and the rebuild before it.
pub(super) async fn measure(options: &Options, report: &mut Report) -> Result<()> {
    let db = TestDb::postgres().await?;
    let town = Town::found(TestDb::of_url(db.url.clone())).await?;
    let desk = town.here();
    let store = desk.store();
    let size = (options.seed, options.people, options.events);
    let (account, events) = invented::make(&db, store, size, report).await?;
    registry::install(store, &twofold_projections::all()).await?;
    let mut connection = db.connect().await?;
    let (mut raw, mut rebuilt) = <(Samples, Samples)>::default();
    for _ in 0..options.runs {
        raw.0.push(events as f64 / read(store).await?);
        let started = Instant::now();
        let done = rebuild(store, twofold_projections::all(), false, |_| ()).await?;
        ensure!(done.events >= events && done.parked == 0, "not every event was projected: {done:?}");
        rebuilt.0.push(events as f64 / started.elapsed().as_secs_f64());
    }
    report.add(Figure {
        section: SECTION,
        what: format!("{events} events, all projections rebuilt"),
        unit: Unit::PerSecond,
        ratio: rebuilt.median() / raw.median(),
        work: rebuilt,
        floor_is: "the raw log, read in order",
        floor: raw,
        target: None,
        latency: None,
        batches: None,
    });
    for (what, position) in [("now", events), ("as of the middle", events / 2)] {
        let as_of = at(store, account, position).await?;
        let csv = written(desk, account, as_of).await?;
        let people = same_rows(&mut connection, csv).await?;
        let (mut asked, mut floor) = <(Samples, Samples)>::default();
        for _ in 0..options.runs {
            floor.0.push(copied(&mut connection).await?);
            let started = Instant::now();
            written(desk, account, as_of).await?;
            asked.0.push(started.elapsed().as_secs_f64());
        }
        report.add(Figure {
            section: SECTION,
            what: format!("{people} people, {events} events, {what}"),
            unit: Unit::Seconds,
            ratio: asked.median() / floor.median(),
            work: asked,
            floor_is: "copy the same rows to CSV",
            floor,
            target: None,
            latency: None,
            batches: None,
        });
    }
    Ok(())
}

/// Seconds to read the whole log in order.
async fn read(store: &EventStore) -> Result<f64> {
    let started = Instant::now();
    let mut reading = store.read_all();
    while reading.next().await?.is_some() {}
    Ok(started.elapsed().as_secs_f64())
}

async fn at(store: &EventStore, account: AccountId, position: u64) -> Result<AsOf> {
    let instant = audit::instant_of(store.views(), account, position).await?.context("no such event")?;
    Ok(AsOf { position, instant })
}

/// The report as a file.
async fn written(desk: &Desk, account: AccountId, as_of: AsOf) -> Result<Vec<u8>> {
    let question = Question::read(&mfa_status::REPORT, [])?;
    let asked = question.place(desk.store(), account, as_of).await?;
    let written =
        Written { report: &mfa_status::REPORT, asked, form: Form::Csv, with_names: false, counts: None };
    let mut pieces = pin!(written.write(desk.clone()));
    let mut file = Vec::new();
    while let Some(piece) = pieces.next().await {
        file.extend_from_slice(&piece?);
    }
    Ok(file)
}

/// Puts the rows of the report into a table as they are. Returns how many there are.
async fn same_rows(connection: &mut PgConnection, csv: Vec<u8>) -> Result<u64> {
    let columns = mfa_status::REPORT.columns.iter().map(|column| format!("\"{}\" text", column.name));
    let columns = columns.collect::<Vec<_>>().join(", ");
    connection
        .execute(format!("drop table if exists {ROWS}; create table {ROWS} ({columns})").as_str())
        .await?;
    let mut copy = connection.copy_in_raw(&format!("copy {ROWS} from stdin (format csv, header)")).await?;
    copy.send(csv).await?;
    Ok(copy.finish().await?)
}

/// Seconds of the same rows as raw CSV.
async fn copied(connection: &mut PgConnection) -> Result<f64> {
    let started = Instant::now();
    let mut rows = connection.copy_out_raw(&format!("copy {ROWS} to stdout (format csv)")).await?;
    let mut bytes = 0;
    while let Some(chunk) = rows.try_next().await? {
        bytes += chunk.len();
    }
    ensure!(bytes > 0, "an empty report");
    Ok(started.elapsed().as_secs_f64())
}
