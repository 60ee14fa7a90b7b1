//! The program itself, as a process of its own on an installation: a command that runs to its end, or a server that
//! is asked over HTTP. What either holds in memory is what the system says of it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::time::sleep;

/// Between looks at what a process holds.
const LOOK: Duration = Duration::from_millis(20);
/// Between questions whether a server is ready.
const ASK: Duration = Duration::from_millis(2);
/// As long as a server may take.
const PATIENCE: Duration = Duration::from_mins(10);
/// More requests than any section makes in a minute.
const NO_LIMIT: &str = "10000000";

/// Where the program finds its installation.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) program: &'a Path,
    pub(super) url: &'a str,
    pub(super) data: &'a Path,
}

/// What a command came to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ran {
    pub(super) seconds: f64,
    /// Megabytes that it held at most.
    pub(super) peak_mb: f64,
}

impl At<'_> {
    fn command(&self) -> Command {
        let mut command = Command::new(self.program);
        command
            .current_dir(self.data)
            .args(["--data-dir", &self.data.display().to_string(), "--database-url", self.url])
            .env("TWOFOLD_LIMIT_CLIENT_PER_MINUTE", NO_LIMIT)
            .env("TWOFOLD_LIMIT_ACCOUNT_PER_MINUTE", NO_LIMIT)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs a command whose results nobody reads. `found` are the codes that it may end with.
    pub(super) async fn run(&self, words: &[&str], found: &[i32]) -> Result<Ran> {
        let started = Instant::now();
        let mut child = self.command().args(words).spawn().context("running the program")?;
        let id = child.id().context("a process without a number")?;
        let mut said = child.stderr.take().context("no standard error")?;
        let words_of = tokio::spawn(async move {
            let mut text = String::new();
            said.read_to_string(&mut text).await.map(|_| text)
        });
        let mut peak_mb: f64 = 0.0;
        let status = loop {
            tokio::select! {
                status = child.wait() => break status?,
                () = sleep(LOOK) => peak_mb = peak_mb.max(memory(id, "VmHWM").unwrap_or(0.0)),
            }
        };
        let seconds = started.elapsed().as_secs_f64();
        let said = words_of.await??;
        ensure!(
            status.code().is_some_and(|code| found.contains(&code)),
            "twofold {words:?}: {status}: {said}"
        );
        Ok(Ran { seconds, peak_mb })
    }

    /// Starts a server, and says how long it took until it was ready.
    pub(super) async fn serve(&self) -> Result<(Served, Duration)> {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()?;
        let started = Instant::now();
        let child = self
            .command()
            .args(["serve", "--listen", &free.to_string()])
            .stderr(Stdio::null())
            .spawn()
            .context("running the program")?;
        let mut served = Served { child, address: free };
        loop {
            if let Ok(answer) = served.ask("/readyz", None).await
                && answer.status == 200
            {
                return Ok((served, started.elapsed()));
            }
            if let Some(status) = served.child.try_wait()? {
                bail!("the server ended: {status}");
            }
            ensure!(started.elapsed() < PATIENCE, "the server is not ready");
            sleep(ASK).await;
        }
    }
}

/// A server that runs.
pub(super) struct Served {
    child: Child,
    address: SocketAddr,
}

/// What it answered, as it came.
pub(super) struct Answer {
    pub(super) status: u16,
    chunked: bool,
    raw: Vec<u8>,
    body: usize,
}

impl Served {
    /// A request, and all of the answer.
    pub(super) async fn ask(&self, path: &str, token: Option<&str>) -> Result<Answer> {
        let mut stream = TcpStream::connect(self.address).await?;
        let bearer = token.map_or_else(String::new, |token| format!("authorization: Bearer {token}\r\n"));
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{bearer}connection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut raw = Vec::new();
        stream.read_to_end(&mut raw).await?;
        let body = raw.windows(4).position(|four| four == b"\r\n\r\n").context("no head")? + 4;
        let head = std::str::from_utf8(&raw[..body])?.to_lowercase();
        let status = head.split(' ').nth(1).context("no status")?.parse()?;
        let chunked = head.contains("\r\ntransfer-encoding: chunked\r\n");
        Ok(Answer { status, chunked, raw, body })
    }

    /// The same with a token, where nothing but success will do.
    pub(super) async fn read(&self, path: &str, token: &str) -> Result<Answer> {
        let answer = self.ask(path, Some(token)).await?;
        ensure!(answer.status == 200, "GET {path}: {}", String::from_utf8_lossy(&answer.raw));
        Ok(answer)
    }

    /// Megabytes that it holds now.
    pub(super) fn resident_mb(&self) -> Result<f64> {
        memory(self.child.id().context("it ended")?, "VmRSS")
    }

    /// Megabytes that it held at most.
    pub(super) fn peak_mb(&self) -> Result<f64> {
        memory(self.child.id().context("it ended")?, "VmHWM")
    }

    /// Stops it and waits for its end.
    pub(super) async fn stop(mut self) -> Result<()> {
        self.child.kill().await?;
        Ok(())
    }
}

impl Answer {
    /// The body, put together.
    pub(super) fn body(&self) -> Result<Vec<u8>> {
        let mut rest = &self.raw[self.body..];
        if !self.chunked {
            return Ok(rest.to_vec());
        }
        let mut body = Vec::with_capacity(rest.len());
        loop {
            let end = rest.windows(2).position(|two| two == b"\r\n").context("a chunk without a length")?;
            let length = usize::from_str_radix(std::str::from_utf8(&rest[..end])?, 16)?;
            if length == 0 {
                return Ok(body);
            }
            body.extend_from_slice(rest.get(end + 2..end + 2 + length).context("a chunk that is cut short")?);
            rest = &rest[end + 2 + length + 2..];
        }
    }
}

/// A figure of a process's memory, megabytes.
fn memory(process: u32, figure: &str) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(figure)?.strip_prefix(':'));
    let kilobytes: f64 = line.context("no such figure")?.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes / 1_024.0)
}
