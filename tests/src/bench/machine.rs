//! What the figures were measured on. Other people's work on it, too: a shared machine is part of the truth.

use std::io::{Seek as _, SeekFrom, Write as _};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde::Serialize;

/// The machine at the start of a run.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Machine {
    pub(super) cores: usize,
    /// Over the last minute, before anything was measured.
    pub(super) load_average: Option<f64>,
    /// Where the databases lie.
    pub(super) folder: String,
    pub(super) file_system: Option<String>,
    /// Writing 8 KiB at the same place and waiting for the disk, microseconds: the median and the ninth decile.
    pub(super) sync_us: f64,
    pub(super) sync_p90_us: f64,
    pub(super) optimised: bool,
}

impl Machine {
    pub(super) fn look() -> Result<Self> {
        let folder = std::env::temp_dir();
        let mut syncs = syncs()?;
        syncs.sort_unstable();
        let us = |d: Duration| d.as_secs_f64() * 1e6;
        Ok(Self {
            cores: cores(),
            load_average: load_average(),
            file_system: file_system(&folder.display().to_string()),
            folder: folder.display().to_string(),
            sync_us: us(syncs[syncs.len() / 2]),
            sync_p90_us: us(syncs[syncs.len() * 9 / 10]),
            optimised: !cfg!(debug_assertions),
        })
    }

    /// Whether a commit there reaches no disk.
    pub(super) fn is_memory(&self) -> bool {
        matches!(self.file_system.as_deref(), Some("tmpfs" | "ramfs"))
    }
}

pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Runnable processes over the last minute, where the system says.
pub(super) fn load_average() -> Option<f64> {
    std::fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}

fn file_system(folder: &str) -> Option<String> {
    let mounts = std::fs::read_to_string("/proc/mounts").ok()?;
    let fields = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        Some((fields.next()?, fields.next()?))
    });
    let above = fields.filter(|(point, _)| std::path::Path::new(folder).starts_with(point));
    above.max_by_key(|(point, _)| point.len()).map(|(_, kind)| kind.to_owned())
}

/// How long the disk takes to say that something is safe.
fn syncs() -> Result<Vec<Duration>> {
    const TRIES: usize = 50;
    let mut file = tempfile::tempfile().context("a file among the temporary ones")?;
    let page = [7_u8; 8_192];
    let mut took = Vec::with_capacity(TRIES);
    for _ in 0..TRIES {
        file.seek(SeekFrom::Start(0))?;
        let started = Instant::now();
        file.write_all(&page)?;
        file.sync_data()?;
        took.push(started.elapsed());
    }
    Ok(took)
}
