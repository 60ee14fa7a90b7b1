//! A long log as an auditor takes it in hand: replayed, inspected by every invariant, exported in each form, by the
//! command line in processes of their own, so that what each holds in memory is seen. The floor is what the database
//! needs to hand the same seven columns over, in no order, to somebody who throws them away.

use std::time::Instant;

use anyhow::{Result, ensure};
use futures::TryStreamExt as _;

use super::Options;
use super::lived::{Kind, Lived};
use super::program::{At, Ran};
use super::report::{Figure, Report, Samples, Target, Unit};

const COLUMNS: &str = "aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata";
/// `twofold audit invariants` where the log breaks some: nobody lived what was invented.
const BROKEN: i32 = 8;

pub(super) async fn measure(options: &Options, lived: &Lived, report: &mut Report) -> Result<()> {
    let section = lived.section("evidence, PostgreSQL", "evidence, SQLite");
    let at = At { program: &options.program, url: &lived.url, data: &lived.data };
    let slug = &*lived.about.slug;
    let year = lived.about.a_year_before().to_string();
    let commands: [(&str, Vec<&str>, Option<Target>); 6] = [
        ("replay, now", vec!["replay", "--format", "csv"], Some(Target { reach: 1.5, aim: 1.0 })),
        ("replay as of a year ago", vec!["replay", "--format", "csv", "--as-of", &year], None),
        ("invariants", vec!["invariants"], None),
        ("export as JSON Lines", vec!["export", "--format", "jsonl"], None),
        ("export as CSV", vec!["export", "--format", "csv"], None),
        ("export as OCSF", vec!["export", "--format", "ocsf"], None),
    ];
    let mut floor = Samples::default();
    let mut ran: Vec<Vec<Ran>> = commands.iter().map(|_| vec![]).collect();
    for _ in 0..options.runs {
        floor.0.push(floor_of(lived).await?);
        for ((name, words, _), ran) in commands.iter().zip(&mut ran) {
            let words = [&["audit"], words.as_slice(), &["--account", slug]].concat();
            let one = at.run(&words, &[0, BROKEN]).await?;
            report.say(&format!("{name}: {:.1} s, {:.0} MB", one.seconds, one.peak_mb));
            ran.push(one);
        }
    }
    for ((name, _, target), ran) in commands.into_iter().zip(ran) {
        let what = (section, format!("{} events, {name}", lived.about.events));
        let took = Samples(ran.iter().map(|ran| ran.seconds).collect());
        let peak_mb = ran.iter().map(|ran| ran.peak_mb).reduce(f64::max);
        let floor = ("copy 7 columns of the log", floor.clone());
        report.add(Figure { target, peak_mb, ..Figure::new(what, Unit::Seconds, took, floor) });
    }
    Ok(())
}

/// Seconds to hand the log over.
async fn floor_of(lived: &Lived) -> Result<f64> {
    let started = Instant::now();
    let mut bytes = 0;
    match lived.kind {
        Kind::Postgres => {
            let mut connection = lived.db.connect().await?;
            let sql = format!("copy (select {COLUMNS} from twofold.events) to stdout");
            let mut rows = connection.copy_out_raw(&sql).await?;
            while let Some(chunk) = rows.try_next().await? {
                bytes += chunk.len();
            }
        }
        Kind::Sqlite => {
            let file = lived.log_file()?;
            let mut select = file.prepare(&format!("select {COLUMNS} from events"))?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                for column in [0, 1, 3, 4, 5, 6] {
                    bytes += row.get_ref(column)?.as_str()?.len();
                }
            }
        }
    }
    ensure!(bytes > 0, "an empty log");
    Ok(started.elapsed().as_secs_f64())
}
