//! Opening a store: which database, in which role, with which connections.

use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};

use super::StoreError;
use super::dispatch::Writer;
use super::migrate::{self, SqliteFile, State};
use super::postgres::PgWriter;
use super::sql::Reader;
use super::sqlite::SqliteWriter;
use super::views::Views;

/// As whom a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// May change the schema, and does so if it is older.
    Owner,
    /// Serves. An older schema is refused, unless the connection turns out to own it.
    Serving,
}

/// How many connections a store may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// For questions to the log.
    pub readers: u32,
    /// For the read models (in SQLite: for reading them).
    pub views: u32,
    /// Whether a commit waits for SQLite's disk. Only a history that is thrown away unless it is completed
    /// may do without; whoever completes it sees to the disk.
    pub waits_for_disk: bool,
}

impl Default for Connections {
    fn default() -> Self {
        Self { readers: 8, views: 8, waits_for_disk: true }
    }
}

/// Connections that write the log in PostgreSQL: one per batch in flight and one for everything else.
const WRITERS: u32 = 4;

/// How long a caller waits for a connection before the database counts as away.
const ACQUIRE: Duration = Duration::from_secs(5);

/// A connection idle for longer is asked whether it still lives before it is used, so that a restart of
/// the database costs nobody an error.
const ASK_AFTER: Duration = Duration::from_secs(1);

/// How long SQLite waits for another process that writes.
const BUSY: Duration = Duration::from_secs(5);

pub(super) struct Parts {
    pub(super) writer: Writer,
    pub(super) reader: Reader,
    pub(super) views: Views,
}

pub(super) async fn open(url: &str, role: Role, connections: Connections) -> Result<Parts, StoreError> {
    if is_pg(url) {
        open_pg(url, role, connections).await
    } else if let Some(path) = url.strip_prefix("sqlite:") {
        open_sqlite(Path::new(path.strip_prefix("//").unwrap_or(path)), connections).await
    } else {
        Err(StoreError::Schema("a database is postgres://… or sqlite:<directory>".to_owned()))
    }
}

pub(super) async fn migrate(url: &str) -> Result<(), StoreError> {
    if !is_pg(url) {
        return open(url, Role::Owner, Connections::default()).await.map(|_| ());
    }
    let pool = pg_pool(&pg_options(url)?, 1);
    let migrated = migrate::migrate_pg(&pool).await;
    pool.close().await;
    migrated
}

fn is_pg(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

fn pg_options(url: &str) -> Result<PgConnectOptions, StoreError> {
    let options = PgConnectOptions::from_str(url);
    let options = options.map_err(|e| StoreError::Schema(format!("the database URL: {e}")))?;
    Ok(options.application_name("twofold"))
}

fn pg_pool(options: &PgConnectOptions, size: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(ACQUIRE)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move { Ok(meta.idle_for < ASK_AFTER || connection.ping().await.is_ok()) })
        })
        .connect_lazy_with(options.clone())
}

async fn open_pg(url: &str, role: Role, connections: Connections) -> Result<Parts, StoreError> {
    let options = pg_options(url)?;
    let writers = pg_pool(&options, WRITERS);
    fit_pg(&writers, role).await?;
    Ok(Parts {
        writer: Writer::Pg(PgWriter { pool: writers }),
        reader: Reader::Pg(pg_pool(&options, connections.readers)),
        views: Views::Pg(pg_pool(&options, connections.views)),
    })
}

/// Sees to it that the database has the schema that this program works with, as far as this connection may.
pub(super) async fn fit_pg(pool: &PgPool, role: Role) -> Result<(), StoreError> {
    let state = migrate::state_pg(pool).await?;
    if state == State::Current {
        return Ok(());
    }
    if role == Role::Serving && !migrate::owns_pg(pool).await? {
        let advice = if state == State::Behind {
            "the database has an older schema: run `twofold migrate` as its owner"
        } else {
            "the schema `views` of the read models is not there, or not open to this user: run `twofold migrate` \
             as its owner; read models are then made again from the log"
        };
        return Err(StoreError::Schema(advice.to_owned()));
    }
    if role == Role::Serving {
        tracing::warn!("serving as the owner of the schema: the log's protection is weaker than it could be");
    }
    migrate::migrate_pg(pool).await
}

/// What a SQLite connection has attached, and what it may do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    WritesLog,
    WritesLogInPassing,
    WritesViews,
    Reads,
}

impl Access {
    /// The statements that turn a fresh in-memory connection into one of ours. A writer attaches the other
    /// file read-only or not at all: `begin immediate` locks whatever it could write.
    fn attach(self, directory: &Path) -> String {
        let file = |name: &str| directory.join(name).display().to_string().replace('\'', "''");
        let (log, views) = (file("log.db"), file("views.db"));
        match self {
            Self::WritesLog | Self::WritesLogInPassing => format!(
                "attach '{log}' as twofold; pragma twofold.journal_mode = wal; \
                 pragma twofold.synchronous = {};",
                if self == Self::WritesLog { "full" } else { "off" }
            ),
            Self::WritesViews => format!(
                "attach '{views}' as views; pragma views.journal_mode = wal; \
                 pragma views.synchronous = normal; attach 'file:{}?mode=ro' as twofold;",
                uri(&log)
            ),
            Self::Reads => {
                format!("attach '{log}' as twofold; attach '{views}' as views; pragma query_only = on;")
            }
        }
    }
}

/// Characters with a meaning in a URI's path.
fn uri(path: &str) -> String {
    path.replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}

fn sqlite_pool(directory: &Path, access: Access, size: u32) -> SqlitePool {
    let attach = access.attach(directory);
    let options = SqliteConnectOptions::new().create_if_missing(true).busy_timeout(BUSY);
    SqlitePoolOptions::new()
        .max_connections(size)
        .acquire_timeout(ACQUIRE)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(move |connection, _| {
            let attach = attach.clone();
            Box::pin(async move { connection.execute(sqlx::raw_sql(&attach)).await.map(|_| ()) })
        })
        .connect_lazy_with(options)
}

fn away(path: &Path, e: &io::Error) -> StoreError {
    StoreError::unavailable(format!("{}: {e}", path.display()))
}

/// Whether a file is a SQLite database, or not there yet, or empty, which will do as well.
///
/// SQLite looks itself. Whoever opens a database beside it, and closes it again, takes away the locks that this
/// process holds on it ("How To Corrupt An SQLite Database File", §2.2), and another process that leaves then
/// throws away what it believes nobody reads.
async fn is_database(path: &Path) -> Result<bool, StoreError> {
    if !path.exists() {
        return Ok(true);
    }
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(BUSY);
    let mut connection = options.connect().await?;
    let version = connection.execute("pragma schema_version").await;
    connection.close().await?;
    match version {
        Ok(_) => Ok(true),
        // SQLITE_NOTADB
        Err(sqlx::Error::Database(e)) if e.code().as_deref() == Some("26") => Ok(false),
        Err(e) => Err(e.into()),
    }
}

/// The log is not disposable: a file that is no database is left as it is.
async fn insist_on_a_log(directory: &Path) -> Result<(), StoreError> {
    let log = directory.join("log.db");
    if is_database(&log).await? {
        return Ok(());
    }
    Err(StoreError::Schema(format!(
        "{} is not a SQLite database: put the log back from a backup, or name another directory",
        log.display()
    )))
}

/// Read models are disposable: a file that is no database gives way to a new one.
async fn set_damaged_views_aside(directory: &Path) -> Result<(), StoreError> {
    let views = directory.join("views.db");
    if is_database(&views).await? {
        return Ok(());
    }
    let aside = directory.join("views.db.damaged");
    tracing::error!(file = %views.display(), aside = %aside.display(), "no database; read models are made again");
    std::fs::rename(&views, aside).map_err(|e| away(&views, &e))?;
    for companion in ["views.db-wal", "views.db-shm"] {
        match std::fs::remove_file(directory.join(companion)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(away(&views, &e)),
            _ => {}
        }
    }
    Ok(())
}

/// Makes the directory if it is missing, for its owner alone: it will hold the log and what proofs are
/// checked against.
fn private_directory(directory: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

async fn open_sqlite(directory: &Path, connections: Connections) -> Result<Parts, StoreError> {
    let directory: PathBuf = directory.to_owned();
    private_directory(&directory)
        .map_err(|e| StoreError::unavailable(format!("{}: {e}", directory.display())))?;
    insist_on_a_log(&directory).await?;
    let writes = if connections.waits_for_disk { Access::WritesLog } else { Access::WritesLogInPassing };
    let log = sqlite_pool(&directory, writes, 1);
    migrate::migrate_sqlite(&log, SqliteFile::Log).await?;
    set_damaged_views_aside(&directory).await?;
    let views = sqlite_pool(&directory, Access::WritesViews, 1);
    migrate::migrate_sqlite(&views, SqliteFile::Views).await?;
    let readers = sqlite_pool(&directory, Access::Reads, connections.readers);
    let view_readers = sqlite_pool(&directory, Access::Reads, connections.views);
    Ok(Parts {
        writer: Writer::Sqlite(SqliteWriter { pool: log }),
        reader: Reader::Sqlite(readers),
        views: Views::Sqlite { readers: view_readers, writer: views },
    })
}
