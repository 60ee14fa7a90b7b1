//! The demo as a program, with other programs beside it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};

/// Ended with the test, however that ends.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

fn twofold(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_twofold-under-test"));
    command.env_clear().arg("--data-dir").arg(data).stderr(Stdio::null());
    command
}

/// Files that a process has open although they are gone.
fn unlinked(pid: u32) -> Result<Vec<String>> {
    let mut gone = vec![];
    for entry in std::fs::read_dir(format!("/proc/{pid}/fd"))? {
        if let Ok(target) = std::fs::read_link(entry?.path())
            && let target = target.display().to_string()
            && target.ends_with(" (deleted)")
        {
            gone.push(target);
        }
    }
    Ok(gone)
}

/// Whoever makes a demo and goes on to serve it must keep SQLite's locks: a program that comes and goes beside it
/// otherwise takes itself for the last one, and throws away the file that the server writes to.
#[test]
fn a_demo_that_was_just_made_keeps_its_log_while_others_come_and_go() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut demo = twofold(folder.path());
    demo.args(["demo", "--listen", "127.0.0.1:0", "--people", "20", "--months", "2"]).stdout(Stdio::piped());
    let mut served = Served(demo.spawn()?);
    let mut lines = BufReader::new(served.0.stdout.take().context("its output")?).lines();
    ensure!(lines.any(|line| line.is_ok_and(|line| line.contains("/setup/"))), "the demo did not start");
    let mut before = 0;
    for _ in 0..3 {
        let export = twofold(folder.path()).args(["audit", "export", "--account", "acme"]).output()?;
        ensure!(export.status.success(), "{}", export.status);
        let events = export.stdout.lines().count();
        ensure!(events > before, "{events} events, and {before} before: an export is in the log itself");
        before = events;
        let gone = unlinked(served.0.id())?;
        ensure!(gone.is_empty(), "the server writes into what is gone: {gone:?}");
    }
    Ok(())
}
