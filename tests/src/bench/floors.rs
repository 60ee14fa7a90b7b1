//! The least that recording one event durably can cost: what the append is measured against.
//!
//! PostgreSQL: `pgbench -M prepared`, one autocommit insert of the same row into an identical table in the
//! same cluster, by as many clients. SQLite: the bare library, one transaction per event, `synchronous =
//! full`, WAL, one thread (more only wait for each other). Neither numbers, checks, nor decides anything.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Executor as _};
use tempfile::TempDir;
use tokio::process::Command;
use twofold_infra::store::Recorded;

use super::machine;

/// `pgbench` against a table like `twofold.events`.
pub(super) struct PgInserts {
    options: PgConnectOptions,
    script: TempDir,
    /// Every run begins where no other one can have been.
    next: u64,
}

impl PgInserts {
    /// The table, and a script that inserts `row` with a number of its own each time.
    pub(super) async fn prepare(url: &str, row: &Recorded) -> Result<Self> {
        let options: PgConnectOptions = url.parse()?;
        let mut admin = options.connect().await?;
        admin
            .execute(
                "drop schema if exists floor cascade; create schema floor; \
                      create table floor.events (like twofold.events including all)",
            )
            .await?;
        let insert = format!(
            "\\set n :n + 1\n\
             insert into floor.events (aggregate_type, aggregate_id, sequence, event_type, event_version, \
             payload, metadata, account_id, account_seq, recorded_at) values ({}, {}, \
             :client_id * 1000000000000 + :n, {}, {}, {}, {}, {}, :client_id * 1000000000000 + :n, {});\n",
            text(row.stream.kind.name()),
            text(&row.stream.id.to_string()),
            text(&row.event_type),
            text(&row.event_version),
            text(&row.payload),
            text(&row.metadata),
            text(&row.account.uuid().to_string()),
            row.recorded_at.micros(),
        );
        let script = tempfile::tempdir()?;
        std::fs::write(script.path().join("insert.sql"), insert)?;
        Ok(Self { options, script, next: 0 })
    }

    /// Inserts per second of so many clients.
    pub(super) async fn run(&mut self, clients: usize, seconds: u64) -> Result<f64> {
        self.next += 1_000_000_000;
        let socket = self.options.get_socket().context("a database behind a socket")?;
        let output = Command::new("pgbench")
            .args(["--no-vacuum", "--protocol=prepared", "--username=postgres"])
            .arg(format!("--host={}", socket.display()))
            .arg(format!("--client={clients}"))
            .arg(format!("--jobs={}", clients.min(machine::cores())))
            .arg(format!("--time={seconds}"))
            .arg(format!("--define=n={}", self.next))
            .arg(format!("--file={}", self.script.path().join("insert.sql").display()))
            .arg(self.options.get_database().unwrap_or("postgres"))
            .output()
            .await
            .context("running pgbench, which comes with PostgreSQL")?;
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
        ensure!(said.contains("failed transactions: 0 "), "pgbench: {said}");
        let tps = said.lines().find_map(|line| line.strip_prefix("tps = ")).context("pgbench said no tps")?;
        Ok(tps.split(' ').next().unwrap_or_default().parse()?)
    }
}

/// A literal in which pgbench sees no variable: those begin with a colon.
fn text(value: &str) -> String {
    format!("E'{}'", value.replace('\\', "\\\\").replace('\'', "''").replace(':', "\\u003a"))
}

/// One file with a table like the log's.
pub(super) struct SqliteInserts {
    connection: rusqlite::Connection,
    row: Recorded,
    next: i64,
}

impl SqliteInserts {
    pub(super) fn prepare(folder: &Path, row: Recorded) -> Result<Self> {
        let connection = rusqlite::Connection::open(folder.join("floor.db"))?;
        connection.execute_batch(
            "pragma journal_mode = wal; pragma synchronous = full;
             create table events (
                 aggregate_type text    not null,
                 aggregate_id   text    not null,
                 sequence       integer not null check (sequence > 0),
                 event_type     text    not null,
                 event_version  text    not null,
                 payload        text    not null,
                 metadata       text    not null,
                 account_id     blob    not null,
                 account_seq    integer not null check (account_seq > 0),
                 recorded_at    integer not null,
                 primary key (aggregate_id, aggregate_type, sequence),
                 unique (account_id, account_seq)
             );",
        )?;
        Ok(Self { connection, row, next: 0 })
    }

    /// Inserts per second, one after the other.
    pub(super) fn run(&mut self, seconds: u64) -> Result<f64> {
        let mut insert =
            self.connection.prepare_cached("insert into events values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
        let row = &self.row;
        let id = row.stream.id.to_string();
        let account = row.account.uuid();
        let (started, mut done) = (Instant::now(), 0_u32);
        while started.elapsed() < Duration::from_secs(seconds) {
            self.next += 1;
            done += 1;
            insert.execute(rusqlite::params![
                row.stream.kind.name(),
                id,
                self.next,
                row.event_type,
                row.event_version,
                row.payload,
                row.metadata,
                account.as_bytes().as_slice(),
                self.next,
                row.recorded_at.micros(),
            ])?;
        }
        Ok(f64::from(done) / started.elapsed().as_secs_f64())
    }
}
