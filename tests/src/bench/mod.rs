//! How fast Twofold is, as ratios to floors that are measured in the same run.
//!
//! A figure is a **work** of ours (appending, replaying, loading) beside a **floor**: the least that the same
//! database could be asked for the same effect (`pgbench` inserting the same row, `copy … to stdout`, one
//! indexed row). Both are run by turns, so that whatever else the machine does falls on both, and medians
//! are compared. Durability is never traded: PostgreSQL runs with `fsync` and `synchronous_commit` on,
//! SQLite with `synchronous = full`, and both on the same disk.
//!
//! - `machine` says what the figures were measured on; `report` prints the table and writes JSON.
//! - `world` is people and one act about them; `append` lets clients loose who ask for it.
//! - `batches` overhears how the store groups commits; `floors` are the floors of the append; `history` makes a long log quickly.
//! - `replay` and `load` read it.
//! - `inspect` reads it by the invariants.
//! - `lived` is an installation with a log from a seed, people and events as many as wished, kept where wished;
//!   `program` runs the program on it as processes of their own.
//! - `status` asks it for the status report, `page` for pages of the audit log, `evidence` replays, inspects, and
//!   exports its log, `start` starts a server on it.
//! - `rebuild` rebuilds read models while others write.
//! - `proof` answers challenges over HTTP.
//! - `disable` resets a large account while `traffic` goes on.
//!
//! **Architecture invariant:** nothing here fails because something was slow.

mod append;
mod batches;
mod disable;
mod evidence;
mod floors;
mod history;
mod inspect;
mod lived;
mod load;
mod machine;
mod page;
mod program;
mod proof;
mod rebuild;
mod replay;
mod report;
mod start;
mod status;
mod traffic;
mod world;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, ValueEnum};

pub use report::Report;

use lived::{Kind, Lived};

/// What to measure, and how thoroughly.
#[derive(Debug, Clone, Parser)]
#[command(
    about = "Measures Twofold against floors of the same machine",
    bin_name = "cargo bench -p twofold-tests --"
)]
pub struct Options {
    /// The sections to measure; all without one.
    #[arg(value_enum)]
    pub sections: Vec<Section>,
    /// Runs of every work and every floor, by turns.
    #[arg(long, default_value_t = 5)]
    pub runs: usize,
    /// Seconds of one run of something that is counted per second.
    #[arg(long, default_value_t = 2)]
    pub seconds: u64,
    /// Clients of the append, instead of 1, 8, 32, 128.
    #[arg(long, value_delimiter = ',')]
    pub clients: Vec<usize>,
    /// Events of the log that is replayed, inspected, rebuilt from, or reported on.
    #[arg(long, default_value_t = 1_000_000)]
    pub events: usize,
    /// Enrolled people of the account that is disabled; people of the one that is reported on.
    #[arg(long, default_value_t = 100_000)]
    pub people: usize,
    /// The seed of the log that is reported on: the same seed, people, and events are the same log.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// A folder in which the log that is reported on stays, and is found again: 10 million events take 20 GB.
    #[arg(long)]
    pub keep: Option<PathBuf>,
    /// The program as it is run beside this one.
    #[arg(long, hide = true, default_value = "twofold")]
    pub program: PathBuf,
    /// Of the disable and of what asks the log from a seed, only PostgreSQL.
    #[arg(long, conflicts_with = "sqlite")]
    pub postgres: bool,
    /// Of these, only SQLite.
    #[arg(long)]
    pub sqlite: bool,
    /// Only whether everything runs: one short run of each, over a short log. Its figures mean nothing.
    #[arg(long)]
    pub quick: bool,
    /// Where the figures go as JSON.
    #[arg(long, default_value_os_t = default_json())]
    pub json: PathBuf,
    /// Said by `cargo bench`.
    #[arg(long, hide = true)]
    pub bench: bool,
}

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Section {
    /// Appends of 1 to 128 clients, one hot account and a thousand, both databases.
    Append,
    /// The same in PostgreSQL where a commit takes 5 ms and more.
    Slow,
    /// Replaying a long log into typed events, and rebuilding the projections from it.
    Replay,
    /// Loading one aggregate with a short, a long, and a very long history.
    Load,
    /// Reading one account's long log by the invariants, and what is held in memory meanwhile.
    Inspect,
    /// The status report of a large account over HTTP, now and as of a year ago, beside the same rows as raw CSV.
    Status,
    /// The first and the last page of a long audit log, by several filters, beside one indexed select.
    Page,
    /// Replaying, inspecting, and exporting a long log by the command line, and what that holds in memory.
    Evidence,
    /// How soon a server answers on a long log, and what it holds in memory when nobody asks.
    Start,
    /// Rebuilding one and all read models while others write and read.
    Rebuild,
    /// Answering open challenges over HTTP, PostgreSQL.
    Proof,
    /// Disabling two-factor authentication in a large account while people sign in.
    Disable,
}

impl Options {
    /// The smoke run of a test.
    pub fn smoke(json: PathBuf, program: PathBuf) -> Self {
        Self {
            sections: vec![],
            runs: 5,
            seconds: 2,
            clients: vec![],
            events: 0,
            people: 0,
            seed: 1,
            keep: None,
            program,
            postgres: false,
            sqlite: false,
            quick: true,
            json,
            bench: false,
        }
    }

    fn wants(&self, section: Section) -> bool {
        self.sections.is_empty() || self.sections.contains(&section)
    }

    fn wants_postgres(&self) -> bool {
        !self.sqlite
    }

    fn wants_sqlite(&self) -> bool {
        !self.postgres
    }

    fn wants_kind(&self, kind: Kind) -> bool {
        match kind {
            Kind::Postgres => self.wants_postgres(),
            Kind::Sqlite => self.wants_sqlite(),
        }
    }

    /// What `--quick` makes of the rest.
    fn settled(&self) -> Self {
        let mut settled = self.clone();
        if self.quick {
            settled.runs = 1;
            settled.seconds = 1;
            settled.events = 2_000;
            settled.people = 500;
            settled.clients = vec![8];
        }
        settled.runs = settled.runs.max(1);
        settled
    }
}

/// What is asked of an installation with a log from a seed.
async fn lived(options: &Options, kind: Kind, report: &mut Report) -> Result<()> {
    let asked = [Section::Status, Section::Page, Section::Evidence, Section::Start];
    if !asked.into_iter().any(|section| options.wants(section)) {
        return Ok(());
    }
    let lived = Lived::find(options, kind, report).await?;
    if options.wants(Section::Start) {
        start::measure(options, &lived, report).await?;
    }
    if options.wants(Section::Status) {
        status::measure(options, &lived, report).await?;
    }
    if options.wants(Section::Page) {
        page::measure(options, &lived, report).await?;
    }
    if options.wants(Section::Evidence) {
        evidence::measure(options, &lived, report).await?;
    }
    Ok(())
}

/// `figures.json` among what cargo builds.
fn default_json() -> PathBuf {
    let built = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let built = built.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target")));
    built.join("bench").join("figures.json")
}

/// Measures, prints, and writes what the options ask for.
pub async fn run(options: &Options) -> Result<()> {
    let options = options.settled();
    let mut report = Report::new(machine::Machine::look()?, &options);
    if options.wants(Section::Append) {
        append::postgres(&options, &mut report).await?;
        append::sqlite(&options, &mut report).await?;
    }
    if options.wants(Section::Slow) {
        append::slow_postgres(&options, &mut report).await?;
    }
    if options.wants(Section::Replay) {
        replay::measure(&options, &mut report).await?;
    }
    if options.wants(Section::Load) {
        load::measure(&options, &mut report).await?;
    }
    if options.wants(Section::Inspect) {
        inspect::measure(&options, &mut report).await?;
    }
    for kind in [Kind::Postgres, Kind::Sqlite].into_iter().filter(|kind| options.wants_kind(*kind)) {
        lived(&options, kind, &mut report).await?;
    }
    if options.wants(Section::Rebuild) {
        rebuild::measure(&options, &mut report).await?;
    }
    if options.wants(Section::Proof) && options.wants_postgres() {
        proof::measure(&options, &mut report).await?;
    }
    if options.wants(Section::Disable) {
        disable::measure(&options, &mut report).await?;
    }
    report.finish(&options.json)
}
