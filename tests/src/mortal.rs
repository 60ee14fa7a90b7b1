//! A PostgreSQL that dies and comes back, for the tests of bad weather. Its own, so that no other test
//! feels it.

use std::path::PathBuf;
use std::process::{Child, Stdio};

use anyhow::{Result, ensure};
use tempfile::TempDir;
use twofold_infra::store::EventStore;

use crate::postgres::{TestDb, User, programs, unprivileged};

/// One server with one migrated database.
pub struct Mortal {
    folder: PathBuf,
    bin: PathBuf,
    user: User,
    /// Holds the pipe whose end stops the server and removes its folder, however the test ends.
    _keeper: Child,
}

impl Mortal {
    /// Makes a cluster and starts it.
    pub async fn start() -> Result<Self> {
        let bin = programs()?;
        let folder = TempDir::with_prefix("twofold-weather-")?.keep();
        let user = unprivileged(&folder)?;
        let keeper = user
            .command(std::path::Path::new("sh"))
            .args([
                "-c",
                r#"trap '' INT TERM HUP; read -r _; "$1" -D "$2/data" -m immediate stop; rm -rf "$2""#,
                "sh",
            ])
            .arg(bin.join("pg_ctl"))
            .arg(&folder)
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mortal = Self { folder, bin, user, _keeper: keeper };
        let initdb = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];
        mortal.run("initdb", &initdb)?;
        mortal.rise()?;
        EventStore::migrate(&mortal.url()).await?;
        Ok(mortal)
    }

    /// The URL of its database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.folder.display())
    }

    /// The database, for a town.
    pub fn db(&self) -> TestDb {
        TestDb::of_url(self.url())
    }

    /// Ends it as a power cut does.
    pub fn die(&self) -> Result<()> {
        self.run("pg_ctl", &["-m", "immediate", "stop"])
    }

    /// Starts it again, and returns when it has recovered.
    pub fn rise(&self) -> Result<()> {
        let socket = format!("-c listen_addresses= -c unix_socket_directories={}", self.folder.display());
        let log = self.folder.join("log").display().to_string();
        self.run("pg_ctl", &["-w", "-l", &log, "-o", &socket, "start"])
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<()> {
        let mut command = self.user.command(&self.bin.join(program));
        command.arg("-D").arg(self.folder.join("data")).args(arguments).current_dir(&self.folder);
        // A server that is started inherits what it is given, so no pipe that somebody would wait for.
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        ensure!(status.success(), "{program} {arguments:?}: {status}\n{log}");
        Ok(())
    }
}
