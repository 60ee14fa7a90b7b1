//! Databases for tests: one private PostgreSQL per test binary, one database in it per test, and a SQLite
//! directory per test.
//!
//! The server listens on a socket in a temporary folder only, runs with `fsync`, and ends with the test
//! binary however that ends: a shell holds the other end of a pipe, and when the pipe closes it stops the
//! server it started and removes the folder.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, postgres::PgConnectOptions};
use tempfile::TempDir;
use twofold_infra::store::{EventStore, Role};

/// The database that every test's database is a copy of.
const TEMPLATE: &str = "twofold_template";

/// How long a server may take to start on a busy machine.
const START: Duration = Duration::from_mins(1);

/// One database for one test.
#[derive(Debug)]
pub struct TestDb {
    /// For [`EventStore::open`], as the owner.
    pub url: String,
    _directory: Option<TempDir>,
}

impl TestDb {
    /// A migrated PostgreSQL database.
    pub async fn postgres() -> Result<Self> {
        let cluster = Cluster::get()?;
        template(cluster).await?;
        let name = name();
        let mut admin = cluster.connect("postgres").await?;
        let sql = format!("create database {name} template {TEMPLATE}");
        sqlx::query(&sql).execute(&mut admin).await?;
        admin.close().await?;
        Ok(Self { url: cluster.url("postgres", &name), _directory: None })
    }

    /// A PostgreSQL database without a schema.
    pub async fn empty_postgres() -> Result<Self> {
        let cluster = Cluster::get()?;
        let name = name();
        let mut admin = cluster.connect("postgres").await?;
        sqlx::query(&format!("create database {name}")).execute(&mut admin).await?;
        Ok(Self { url: cluster.url("postgres", &name), _directory: None })
    }

    /// An empty SQLite directory.
    pub fn sqlite() -> Result<Self> {
        let directory = TempDir::new()?;
        Ok(Self { url: format!("sqlite:{}", directory.path().display()), _directory: Some(directory) })
    }

    /// A database that somebody else keeps.
    pub const fn of_url(url: String) -> Self {
        Self { url, _directory: None }
    }

    /// A store on it; each call is an instance of its own.
    pub async fn store(&self) -> Result<EventStore> {
        Ok(EventStore::open(&self.url, Role::Owner).await?)
    }

    /// Whether this is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }

    /// The same PostgreSQL database for another role.
    pub fn url_as(&self, role: &str) -> String {
        self.url.replacen("postgres://postgres@", &format!("postgres://{role}@"), 1)
    }

    /// A bare connection to the PostgreSQL database, for what the store would not do.
    pub async fn connect(&self) -> Result<PgConnection> {
        self.url.parse::<PgConnectOptions>()?.connect().await.context("connecting to the test database")
    }
}

/// A name that no other database of this server has.
fn name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Runs each test on both databases: `both! { async fn the_rule(db) { …; Ok(()) } }`.
#[macro_export]
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn run($db: $crate::postgres::TestDb) -> anyhow::Result<()> $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn on_postgres() -> anyhow::Result<()> {
                run($crate::postgres::TestDb::postgres().await?).await
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn on_sqlite() -> anyhow::Result<()> {
                run($crate::postgres::TestDb::sqlite()?).await
            }
        }
    )+};
}

/// The private server of this test binary.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    /// Holds the pipe whose end stops the server.
    _keeper: Child,
}

impl Cluster {
    /// Starts it, once.
    pub fn get() -> Result<&'static Self> {
        static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
        let started = CLUSTER.get_or_init(|| Self::start().map_err(|e| format!("{e:#}")));
        started.as_ref().map_err(|e| anyhow::anyhow!("the test database: {e}"))
    }

    /// The URL of a database for a role.
    pub fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@localhost/{database}?host={}", self.folder.display())
    }

    async fn connect(&self, database: &str) -> Result<PgConnection> {
        Ok(self.url("postgres", database).parse::<PgConnectOptions>()?.connect().await?)
    }

    fn start() -> Result<Self> {
        Self::run(TempDir::with_prefix("twofold-pg-")?.keep(), "rm -rf")
    }

    /// A server whose databases stay in a folder when it stops, and are there again the next time.
    pub fn kept(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        Self::run(folder.canonicalize()?, "true")
    }

    /// Makes a new server in a folder, or starts the one that is there. `then` is done with the folder at its end.
    fn run(folder: PathBuf, then: &str) -> Result<Self> {
        let bin = programs()?;
        let user = unprivileged(&folder)?;
        let data = folder.join("data");
        if !data.join("PG_VERSION").exists() {
            let made = user
                .command(&bin.join("initdb"))
                .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"])
                .arg("--pgdata")
                .arg(&data)
                .stdin(Stdio::null())
                .output()?;
            ensure!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
        }
        let deadline = Instant::now() + START;
        // One that was just told to stop may still be writing down what it knows.
        while data.join("postmaster.pid").exists() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(100));
        }
        let script = r#"
            trap '' INT TERM HUP
            cd "$2"
            "$1" -D "$2/data" -c listen_addresses= -c unix_socket_directories="$2" \
                -c max_connections=400 -c fsync=on -c synchronous_commit=on </dev/null >"$2/log" 2>&1 &
            server=$!
            read -r _
            kill -INT "$server"
            wait "$server"
            $3 "$2"
        "#;
        let keeper = user
            .command(Path::new("sh"))
            .args(["-c", script, "sh"])
            .arg(bin.join("postgres"))
            .arg(&folder)
            .arg(then)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let cluster = Self { folder, _keeper: keeper };
        loop {
            let ready =
                Command::new(bin.join("pg_isready")).arg("-q").arg("-h").arg(&cluster.folder).status()?;
            if ready.success() {
                return Ok(cluster);
            }
            let log = || std::fs::read_to_string(cluster.folder.join("log")).unwrap_or_default();
            ensure!(Instant::now() < deadline, "PostgreSQL did not start: {}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

async fn template(cluster: &Cluster) -> Result<()> {
    static TEMPLATE_MADE: tokio::sync::OnceCell<()> = tokio::sync::OnceCell::const_new();
    let made = TEMPLATE_MADE.get_or_try_init(|| async {
        let mut admin = cluster.connect("postgres").await?;
        sqlx::query(&format!("create database {TEMPLATE}")).execute(&mut admin).await?;
        EventStore::migrate(&cluster.url("postgres", TEMPLATE)).await?;
        anyhow::Ok(())
    });
    made.await.copied()
}

/// Where `initdb` and `postgres` are: the newest under `/usr/lib/postgresql`, or on the path.
pub(crate) fn programs() -> Result<PathBuf> {
    let packaged = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = packaged
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    found.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let candidates = found.into_iter().rev().map(|(_, bin)| bin).chain(std::env::split_paths(&path));
    for bin in candidates {
        if bin.join("initdb").exists() && bin.join("postgres").exists() {
            return Ok(bin);
        }
    }
    bail!(
        "these tests start a PostgreSQL of their own and found none: install it \
         (Debian, Ubuntu: `apt install postgresql`; macOS: `brew install postgresql`) or put initdb and \
         postgres on the PATH"
    )
}

/// Who runs the server: PostgreSQL refuses to run as root.
pub(crate) struct User {
    id: Option<u32>,
}

impl User {
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if let Some(id) = self.id {
            command.uid(id).gid(id);
        }
        command
    }
}

pub(crate) fn unprivileged(folder: &Path) -> Result<User> {
    let id = |arguments: &[&str]| -> Result<Option<u32>> {
        let output = Command::new("id").args(arguments).stderr(Stdio::null()).output()?;
        Ok(String::from_utf8(output.stdout)?.trim().parse().ok().filter(|_| output.status.success()))
    };
    if id(&["-u"])? != Some(0) {
        return Ok(User { id: None });
    }
    let someone = match id(&["-u", "postgres"])? {
        Some(postgres) => postgres,
        None => id(&["-u", "nobody"])?.context("neither a user `postgres` nor `nobody`")?,
    };
    chown(folder, Some(someone), Some(someone))?;
    Ok(User { id: Some(someone) })
}
