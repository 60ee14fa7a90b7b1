//! How soon a server is ready on a long log, and what it holds in memory when nobody asks it anything. The floor is
//! the same program on an installation without an account: a log that is long should make no difference.

use std::time::Duration;

use anyhow::Result;
use tempfile::TempDir;
use twofold_infra::clock::Clock;

use super::Options;
use super::lived::{Kind, Lived};
use super::program::At;
use super::report::{Figure, Report, Samples, Target, Unit};
use crate::postgres::TestDb;
use crate::town::{config, instance};

/// As long as a server is left alone before its memory is looked at.
const QUIET: Duration = Duration::from_secs(3);

pub(super) async fn measure(options: &Options, lived: &Lived, report: &mut Report) -> Result<()> {
    let section = lived.section("start, PostgreSQL", "start, SQLite");
    let folder = TempDir::new()?;
    let db = match lived.kind {
        Kind::Postgres => TestDb::postgres().await?,
        Kind::Sqlite => TestDb::sqlite()?,
    };
    // Founded once, so that neither of them makes keys or tables while it is watched.
    drop(instance(&config(&db.url, folder.path())?, Clock::system()).await?);
    let empty = At { program: &options.program, url: &db.url, data: folder.path() };
    let long = At { program: &options.program, url: &lived.url, data: &lived.data };
    empty.serve().await?.0.stop().await?;
    let (mut ready, mut held) = <([Samples; 2], [Samples; 2])>::default();
    for _ in 0..options.runs {
        for (which, at) in [long, empty].into_iter().enumerate() {
            let (served, took) = at.serve().await?;
            tokio::time::sleep(if options.quick { Duration::ZERO } else { QUIET }).await;
            ready[which].0.push(took.as_secs_f64());
            held[which].0.push(served.resident_mb()?);
            served.stop().await?;
        }
    }
    let what = |what: &str| (section, format!("{} events, {what}", lived.about.events));
    let [ready, floor] = ready;
    let floor = ("the same without an account", floor);
    report.add(Figure::new(what("start to /readyz"), Unit::Seconds, ready, floor));
    let [held, floor] = held;
    let floor = ("the same without an account", floor);
    let target = Some(Target { reach: 1.5, aim: 1.1 });
    report.add(Figure {
        target,
        ..Figure::new(what("memory of an idle server"), Unit::Megabytes, held, floor)
    });
    Ok(())
}
