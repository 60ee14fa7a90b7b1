//! An installation with one account that was lived in: opened by real acts, then as many people and events as
//! wished, of every kind that there is, as [`Generator`] invents them, put into the log in bulk; at the end its
//! owner signs in again and gives a program a token to read with. The same seed, people, and number of events are
//! the same history but for the owner's own part in it, on every machine. With `--keep` it stays in a folder.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use axum::body::Body;
use axum::http::Request;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::{Executor as _, PgConnection};
use tempfile::TempDir;
use twofold_domain::account::Switch;
use twofold_domain::ids::{AccountId, StreamId};
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::clock::Clock;
use twofold_infra::desk::Desk;
use twofold_infra::store::Recorded;
use twofold_projections::bulk::rebuild;
use twofold_projections::registry;

use super::Options;
use super::history::{CHUNK, COPY, row, settle};
use super::report::Report;
use crate::doors::Doors;
use crate::generate::{BEGIN, Generator};
use crate::person::Person;
use crate::postgres::{Cluster, TestDb};
use crate::town::{Town, config, instance};

/// All that happens, from the first event to the last.
const HISTORY: Span = Span::days(680);
/// Events of one act, on average, times ten.
const EVENTS_OF_TEN_ACTS: i64 = 24;
/// Events between two words of progress.
const SAID: usize = 500_000;
/// Written once everything is there.
const ABOUT: &str = "about.json";

/// On which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Postgres,
    Sqlite,
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Sqlite => "SQLite",
        }
    }
}

/// What there is to know of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct About {
    pub(super) account: AccountId,
    pub(super) slug: String,
    /// A program's, to read and take away everything.
    pub(super) token: String,
    /// The number of its last event when it was made.
    pub(super) events: u64,
    /// When that was, microseconds.
    ends: i64,
}

/// The installation.
pub(super) struct Lived {
    pub(super) kind: Kind,
    pub(super) about: About,
    /// Its database as its owner.
    pub(super) db: TestDb,
    /// Its database as a server reaches it.
    pub(super) url: String,
    /// Its keys.
    pub(super) data: PathBuf,
    _folder: Option<TempDir>,
}

impl About {
    /// When its last event was recorded.
    pub(super) const fn ends(&self) -> Timestamp {
        Timestamp::from_micros(self.ends)
    }

    /// A year before that; of a history that is no longer than that, never.
    pub(super) fn a_year_before(&self) -> Timestamp {
        self.ends() - Span::days(365)
    }
}

impl Lived {
    /// The one that is kept, or a new one.
    pub(super) async fn find(options: &Options, kind: Kind, report: &Report) -> Result<Self> {
        let folder = if options.keep.is_none() { Some(TempDir::new()?) } else { None };
        let root = folder.as_ref().map(TempDir::path).or(options.keep.as_deref()).context("a folder")?;
        let name = format!("lived_{}_{}_{}", options.seed, options.people, options.events);
        let data = root.join(format!("{name}_{}", kind.name().to_lowercase()));
        let about = std::fs::read_to_string(data.join(ABOUT)).ok();
        let about: Option<About> = about.map(|text| serde_json::from_str(&text)).transpose()?;
        if about.is_none() && data.exists() {
            std::fs::remove_dir_all(&data)?;
        }
        std::fs::create_dir_all(&data)?;
        let (owner, url) = match kind {
            Kind::Postgres => database(options.keep.as_deref(), &name, about.is_none()).await?,
            Kind::Sqlite => {
                let url = format!("sqlite:{}", data.join("log").display());
                (url.clone(), url)
            }
        };
        let db = TestDb::of_url(owner);
        let about = if let Some(about) = about {
            about
        } else {
            let about = make(options, kind, &url, (&db, &data), report).await?;
            std::fs::write(data.join(ABOUT), serde_json::to_string_pretty(&about)?)?;
            about
        };
        Ok(Self { kind, about, db, url, data, _folder: folder })
    }

    /// An instance of the server in this process.
    pub(super) async fn desk(&self) -> Result<Desk> {
        Ok(instance(&config(&self.url, &self.data)?, Clock::system()).await?)
    }

    /// A bare connection to the SQLite file of the log.
    pub(super) fn log_file(&self) -> Result<rusqlite::Connection> {
        Ok(rusqlite::Connection::open(self.data.join("log").join("log.db"))?)
    }

    /// The head of a section's figures.
    pub(super) fn section(&self, postgres: &'static str, sqlite: &'static str) -> &'static str {
        match self.kind {
            Kind::Postgres => postgres,
            Kind::Sqlite => sqlite,
        }
    }
}

/// A PostgreSQL database: its URL for its owner, and for who serves.
async fn database(keep: Option<&Path>, name: &str, anew: bool) -> Result<(String, String)> {
    static KEPT: OnceLock<Cluster> = OnceLock::new();
    let cluster = match keep {
        None => Cluster::get()?,
        Some(folder) => {
            if let Some(cluster) = KEPT.get() {
                cluster
            } else {
                let cluster = Cluster::kept(&folder.join("postgres"))?;
                KEPT.get_or_init(|| cluster)
            }
        }
    };
    let (owner, role) = (cluster.url("postgres", name), format!("serves_{name}"));
    if anew {
        let mut admin = TestDb::of_url(cluster.url("postgres", "postgres")).connect().await?;
        admin.execute(format!("drop database if exists {name}").as_str()).await?;
        admin.execute(format!("create database {name}").as_str()).await?;
        twofold_infra::store::EventStore::migrate(&owner).await?;
        let there: bool = sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
            .bind(&role)
            .fetch_one(&mut admin)
            .await?;
        if !there {
            admin.execute(format!("create role {role} login in role twofold_serve").as_str()).await?;
        }
    }
    Ok((owner, cluster.url(&role, name)))
}

/// Makes everything: an account, its history, its read models, and a token.
async fn make(
    options: &Options,
    kind: Kind,
    url: &str,
    (db, data): (&TestDb, &Path),
    report: &Report,
) -> Result<About> {
    let Options { people, events, seed, .. } = *options;
    report.say(&format!("{}: {events} events of at most {people} people, from the seed {seed}", kind.name()));
    if kind == Kind::Sqlite {
        std::fs::create_dir_all(data.join("log"))?;
    }
    let town = Town::found_at(TestDb::of_url(db.url.clone()), url.to_owned()).await?;
    town.time.set(BEGIN);
    let mut owner = town.owner().await?;
    let begun = town.log().await?;
    let pace = Span::of_micros(HISTORY.micros() / events.max(1) as i64 * EVENTS_OF_TEN_ACTS / 10);
    let mut generator = Generator::behind(seed, &begun, people, pace.max(Span::of_micros(1)))?;
    let mut written = Written { begun: begun.len(), events, said: 0, report };
    match kind {
        Kind::Postgres => copied(db.connect().await?, &mut generator, &mut written).await?,
        Kind::Sqlite => {
            let file = rusqlite::Connection::open(data.join("log").join("log.db"))?;
            inserted(file, town.account, &mut generator, &mut written)?;
        }
    }
    let store = town.here().store();
    registry::install(store, &twofold_projections::all()).await?;
    let started = Instant::now();
    let done = rebuild(store, twofold_projections::all(), false, |_| ()).await?;
    ensure!(done.parked == 0, "a projection could not go on: {done:?}");
    report.say(&format!("read models in {:.1} s", started.elapsed().as_secs_f64()));
    town.time.set(generator.now());
    let token = token(&town, &mut owner).await?;
    for file in ["master.key", "operator.token"] {
        std::fs::copy(town.master_key_file().with_file_name(file), data.join(file))?;
    }
    let counter = store.counter(town.account).await?.context("an account without a counter")?;
    let (events, ends) = (counter.last_seq, counter.last_at.micros());
    Ok(About { account: town.account, slug: town.slug(), token, events, ends })
}

/// How far it is.
struct Written<'a> {
    begun: usize,
    events: usize,
    said: usize,
    report: &'a Report,
}

impl Written<'_> {
    /// The events of the next act; none once there are enough and the account is as its owner wants it.
    fn next(&mut self, generator: &mut Generator) -> Vec<Recorded> {
        let account = generator.accounts()[0];
        let on = generator.account(account).is_some_and(|account| account.switch == Switch::On);
        if self.begun >= self.events && on {
            return Vec::new();
        }
        let recorded = generator.next().recorded();
        self.begun += recorded.len();
        if self.begun - self.said >= SAID {
            self.said = self.begun;
            self.report.say(&format!("{} events", self.said));
        }
        recorded
    }
}

async fn copied(
    mut connection: PgConnection,
    generator: &mut Generator,
    written: &mut Written<'_>,
) -> Result<()> {
    let mut copy = connection.copy_in_raw(COPY).await?;
    let mut rows = String::new();
    loop {
        let events = written.next(generator);
        for event in &events {
            row(&mut rows, event)?;
        }
        if events.is_empty() || rows.len() >= CHUNK {
            copy.send(std::mem::take(&mut rows).into_bytes()).await?;
        }
        if events.is_empty() {
            break;
        }
    }
    copy.finish().await?;
    settle(&mut connection).await?;
    Ok(())
}

/// The same into a file. The rows are those that appends would have left; nobody waits for the disk.
fn inserted(
    mut file: rusqlite::Connection,
    account: AccountId,
    generator: &mut Generator,
    written: &mut Written<'_>,
) -> Result<()> {
    file.execute_batch("pragma synchronous = off; pragma cache_size = -200000;")?;
    let mut last = None;
    loop {
        let transaction = file.transaction()?;
        let before = written.begun;
        let mut ended = false;
        let mut insert = transaction.prepare(
            "insert into events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, \
             metadata, account_id, account_seq, recorded_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?;
        while written.begun - before < 20_000 && !ended {
            let events = written.next(generator);
            ended = events.is_empty();
            for event in &events {
                insert.execute(rusqlite::params![
                    event.stream.kind.name(),
                    event.stream.id.to_string(),
                    event.sequence,
                    event.event_type,
                    event.event_version,
                    event.payload,
                    event.metadata,
                    event.account.uuid().as_bytes().as_slice(),
                    event.account_seq,
                    event.recorded_at.micros(),
                ])?;
                last = Some((event.account_seq, event.recorded_at.micros()));
            }
        }
        drop(insert);
        if let Some((seq, at)) = last {
            transaction.execute(
                "update counters set last_seq = ?, last_at = ? where account_id = ?",
                rusqlite::params![seq, at, account.uuid().as_bytes().as_slice()],
            )?;
        }
        transaction.commit()?;
        if ended {
            return Ok(());
        }
    }
}

/// The owner signs in after all that time, binds an authenticator again where theirs was reset, and issues a
/// token to a program.
async fn token(town: &Town, owner: &mut Person) -> Result<String> {
    let desk = town.newcomer().await?;
    owner.browser = crate::person::Browser::default();
    owner.sign_in(town, &desk).await?;
    let generation = town.generation(&desk).await?;
    let state = desk.log().users.load(StreamId::user(town.account, owner.user)).await?.state;
    if state.enrolled(generation).is_none() {
        owner.enrol(town, &desk).await?;
    }
    let doors = Doors::open_at(town, &desk).await?;
    let ask = async |path: &str, body: serde_json::Value| {
        let request = Request::builder()
            .method("POST")
            .uri(path)
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", owner.session()?));
        let answer = doors.ask(request.body(Body::from(serde_json::to_vec(&body)?))?).await?;
        ensure!(answer.status.is_success(), "POST {path}: {} {}", answer.gist(), answer.body);
        anyhow::Ok(answer.body)
    };
    let program = ask("/v1/clients", json!({ "name": "Auditor's desk" })).await?;
    let program = program["client"].as_str().context("no program")?;
    let scopes: HashSet<_> = ["read_account", "read_people", "read_status", "read_audit", "export"].into();
    let wish = json!({ "scopes": scopes, "days": 365 });
    let issued = ask(&format!("/v1/clients/{program}/tokens"), wish).await?;
    Ok(issued["token"].as_str().context("no token")?.to_owned())
}
