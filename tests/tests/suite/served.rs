//! The program as a server of its own on a town's installation, asked over HTTP.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use twofold_tests::town::Town;

/// How long a server may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);
/// Between questions.
const AGAIN: Duration = Duration::from_millis(20);

/// A server that runs until this is dropped.
pub(super) struct Served {
    child: Child,
    /// What it writes on its standard error, read as it comes: it would wait for its reader.
    written: JoinHandle<std::io::Result<String>>,
    address: SocketAddr,
}

/// What it answered.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) status: u16,
    /// In lower case.
    pub(super) head: String,
    pub(super) body: Value,
}

impl Served {
    /// Starts one and waits until it answers.
    pub(super) async fn start(town: &Town) -> Result<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_twofold-under-test"));
        let key = town.master_key_file();
        command.env_clear().arg("--data-dir").arg(key.parent().context("a folder")?);
        command.args(["--database-url", town.url(), "serve", "--listen", &address.to_string()]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn()?;
        let mut stderr = child.stderr.take().context("a standard error")?;
        let written = tokio::spawn(async move {
            let mut all = Vec::new();
            stderr.read_to_end(&mut all).await?;
            Ok(String::from_utf8_lossy(&all).into_owned())
        });
        let mut served = Self { child, written, address };
        let begun = Instant::now();
        while served.ask("GET", "/livez", None, &Value::Null).await.is_err() {
            if let Some(status) = served.child.try_wait()? {
                bail!("the server ended: {status}: {}", served.told().await?);
            }
            ensure!(begun.elapsed() < PATIENCE, "the server does not answer");
            tokio::time::sleep(AGAIN).await;
        }
        Ok(served)
    }

    /// A request.
    pub(super) async fn ask(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: &Value,
    ) -> Result<Said> {
        let mut stream = TcpStream::connect(self.address).await?;
        let bearer = token.map_or_else(String::new, |token| format!("authorization: Bearer {token}\r\n"));
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\n{bearer}content-type: application/json\r\n\
             content-length: {length}\r\nconnection: close\r\n\r\n{body}",
            self.address
        );
        stream.write_all(request.as_bytes()).await?;
        let mut raw = String::new();
        stream.read_to_string(&mut raw).await?;
        let (head, body) = raw.split_once("\r\n\r\n").context("no head")?;
        let status = head.split(' ').nth(1).context("no status")?.parse()?;
        Ok(Said { status, head: head.to_lowercase(), body: serde_json::from_str(body).unwrap_or_default() })
    }

    /// Asks for something until it is there. Until then, it is said to be away for a moment, and nothing else.
    pub(super) async fn until_there(&self, path: &str, token: &str) -> Result<Said> {
        let begun = Instant::now();
        loop {
            let said = self.ask("GET", path, Some(token), &Value::Null).await?;
            if said.status == 200 {
                return Ok(said);
            }
            said.is_away()?;
            ensure!(begun.elapsed() < PATIENCE, "{said:?}");
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Waits until it says that it is ready.
    pub(super) async fn until_ready(&self) -> Result<()> {
        let begun = Instant::now();
        loop {
            let said = self.ask("GET", "/readyz", None, &Value::Null).await?;
            if said.status == 200 {
                return Ok(());
            }
            ensure!(begun.elapsed() < PATIENCE, "{said:?}");
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Ends it, and returns what it wrote on its standard error.
    pub(super) async fn told(&mut self) -> Result<String> {
        let _ = self.child.start_kill();
        self.child.wait().await?;
        Ok((&mut self.written).await??)
    }
}

impl Said {
    /// That it is a problem document which says that this passes, and when to ask again.
    pub(super) fn is_away(&self) -> Result<()> {
        let problem = self.head.contains("content-type: application/problem+json");
        ensure!(self.status == 503 && self.body["code"] == "unavailable" && problem, "{self:?}");
        ensure!(self.head.contains("\r\nretry-after: "), "{self:?}");
        Ok(())
    }

    /// What `/readyz` says of a check.
    pub(super) fn check(&self, name: &str) -> Result<(bool, String)> {
        let checks = self.body["checks"].as_array().context("checks")?;
        let check = checks.iter().find(|check| check["name"] == name).context("this check")?;
        Ok((check["ok"] == true, check["detail"].as_str().unwrap_or_default().to_owned()))
    }
}
