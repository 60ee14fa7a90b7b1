//! The status report of a large account as CSV over HTTP, from a server in a process of its own: now, and as of a
//! year ago. The floor is the least that the database could be asked for: the very same rows, put into a table of
//! their own, as raw CSV. And the report as of a year ago beside the report of now.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use futures::TryStreamExt as _;
use rusqlite::types::ValueRef;
use sqlx::{Executor as _, PgConnection};
use twofold_projections::reports::mfa_status;

use super::Options;
use super::lived::{Kind, Lived};
use super::program::At;
use super::report::{Figure, Report, Samples, Target, Unit};

/// The rows of the report, as they are.
enum Rows {
    Postgres(PgConnection),
    Sqlite(rusqlite::Connection),
}

pub(super) async fn measure(options: &Options, lived: &Lived, report: &mut Report) -> Result<()> {
    let section = lived.section("status report, PostgreSQL", "status report, SQLite");
    let at = At { program: &options.program, url: &lived.url, data: &lived.data };
    let (served, _) = at.serve().await?;
    let token = &*lived.about.token;
    let now = "/v1/reports/mfa-status?format=csv".to_owned();
    let then = format!("{now}&as_of={}", lived.about.a_year_before());
    let mut rows = Rows::open(lived).await?;
    let (mut people, mut bytes) = ([0; 2], [0; 2]);
    for (which, path) in [&now, &then].into_iter().enumerate() {
        let csv = served.read(path, token).await?.body()?;
        bytes[which] = csv.len();
        people[which] = rows.take(&table(which), csv).await?;
    }
    let (mut asked, mut floor) = <([Samples; 2], [Samples; 2])>::default();
    for _ in 0..options.runs {
        for (which, path) in [&now, &then].into_iter().enumerate() {
            floor[which].0.push(rows.copied(&table(which)).await?);
            let started = Instant::now();
            served.read(path, token).await?;
            asked[which].0.push(started.elapsed().as_secs_f64());
        }
    }
    let (peak_mb, events) = (Some(served.peak_mb()?), lived.about.events);
    served.stop().await?;
    let what = |which: usize, when: &str| {
        let (people, kilobytes) = (people[which], bytes[which] / 1_000);
        (section, format!("{people} people, {events} events, {when}, {kilobytes} kB of CSV over HTTP"))
    };
    let [of_now, of_then] = asked;
    let [floor_now, floor_then] = floor;
    let same = |floor| ("the same rows as raw CSV", floor);
    let target = Some(Target { reach: 1.4, aim: 1.1 });
    let figure = Figure::new(what(0, "now"), Unit::Seconds, of_now.clone(), same(floor_now));
    report.add(Figure { target, peak_mb, ..figure });
    let figure = Figure::new(what(1, "as of a year ago"), Unit::Seconds, of_then.clone(), same(floor_then));
    report.add(Figure { peak_mb, ..figure });
    let target = Some(Target { reach: 2.0, aim: 1.1 });
    let figure =
        Figure::new(what(1, "as of a year ago"), Unit::Seconds, of_then, ("the report of now", of_now));
    report.add(Figure { target, peak_mb, ..figure });
    Ok(())
}

fn table(which: usize) -> String {
    format!("measured_{which}")
}

impl Rows {
    async fn open(lived: &Lived) -> Result<Self> {
        Ok(match lived.kind {
            Kind::Postgres => Self::Postgres(lived.db.connect().await?),
            Kind::Sqlite => Self::Sqlite(rusqlite::Connection::open(lived.data.join("measured.db"))?),
        })
    }

    /// Puts the rows of a report into a table as they are. Returns how many there are.
    async fn take(&mut self, table: &str, csv: Vec<u8>) -> Result<u64> {
        let columns = mfa_status::REPORT.columns.iter().map(|column| format!("\"{}\" text", column.name));
        let columns = columns.collect::<Vec<_>>().join(", ");
        let create = format!("drop table if exists {table}; create table {table} ({columns})");
        match self {
            Self::Postgres(connection) => {
                connection.execute(create.as_str()).await?;
                let copy = format!("copy {table} from stdin (format csv, header)");
                let mut copy = connection.copy_in_raw(&copy).await?;
                copy.send(csv).await?;
                Ok(copy.finish().await?)
            }
            Self::Sqlite(file) => {
                file.execute_batch(&create)?;
                let places = vec!["?"; mfa_status::REPORT.columns.len()].join(", ");
                let transaction = file.transaction()?;
                let mut people = 0;
                {
                    let mut insert =
                        transaction.prepare(&format!("insert into {table} values ({places})"))?;
                    for row in csv::Reader::from_reader(csv.as_slice()).records() {
                        insert.execute(rusqlite::params_from_iter(row?.iter()))?;
                        people += 1;
                    }
                }
                transaction.commit()?;
                Ok(people)
            }
        }
    }

    /// Seconds of these rows as raw CSV.
    async fn copied(&mut self, table: &str) -> Result<f64> {
        let started = Instant::now();
        let mut bytes = 0;
        match self {
            Self::Postgres(connection) => {
                let copy = format!("copy {table} to stdout (format csv)");
                let mut rows = connection.copy_out_raw(&copy).await?;
                while let Some(chunk) = rows.try_next().await? {
                    bytes += chunk.len();
                }
            }
            Self::Sqlite(file) => {
                let mut csv =
                    csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(vec![]);
                let mut select = file.prepare(&format!("select * from {table}"))?;
                let columns = select.column_count();
                let mut rows = select.query([])?;
                while let Some(row) = rows.next()? {
                    for column in 0..columns {
                        match row.get_ref(column)? {
                            ValueRef::Text(text) => csv.write_field(text)?,
                            _ => csv.write_field(b"")?,
                        }
                    }
                    csv.write_record(None::<&[u8]>)?;
                }
                bytes = csv.into_inner().context("rows that are not written")?.len();
            }
        }
        ensure!(bytes > 0, "an empty report");
        Ok(started.elapsed().as_secs_f64())
    }
}
