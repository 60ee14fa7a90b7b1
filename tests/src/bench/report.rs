//! Figures, as a table for people and as JSON for whatever compares runs.

use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use comfy_table::{CellAlignment, Table, presets};
use serde::{Serialize, Serializer};

use super::Options;
use super::batches::Batch;
use super::machine::{Machine, load_average};

/// What was measured.
#[derive(Debug, Serialize)]
pub struct Report {
    machine: Machine,
    runs: usize,
    quick: bool,
    figures: Vec<Figure>,
    load_average_at_the_end: Option<f64>,
    seconds: f64,
    #[serde(skip)]
    started: Instant,
}

/// In what something is measured, and which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// More is better.
    PerSecond,
    /// Less is better.
    Seconds,
    /// Less is better.
    Micros,
    /// Less is better.
    Megabytes,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::PerSecond => "/s",
            Self::Seconds => "s",
            Self::Micros => "µs",
            Self::Megabytes => "MB",
        }
    }
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// What a figure is to reach: a ratio to its floor, at least and at best.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Target {
    pub(super) reach: f64,
    pub(super) aim: f64,
}

/// One work beside its floor.
#[derive(Debug, Serialize)]
pub(super) struct Figure {
    pub(super) section: &'static str,
    pub(super) what: String,
    pub(super) unit: Unit,
    pub(super) work: Samples,
    pub(super) floor_is: &'static str,
    pub(super) floor: Samples,
    /// Of the medians; the reciprocal of nothing: more is better for a rate, less for a time.
    pub(super) ratio: f64,
    pub(super) target: Option<Target>,
    /// How long one act took for its client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) latency: Option<Latency>,
    /// How appends travelled together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) batches: Option<Batch>,
    /// The most that the process ever held, megabytes, where that is bounded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) peak_mb: Option<f64>,
}

impl Figure {
    /// A work beside its floor, and nothing else known.
    pub(super) fn new(
        (section, what): (&'static str, String),
        unit: Unit,
        work: Samples,
        (floor_is, floor): (&'static str, Samples),
    ) -> Self {
        let ratio = work.median() / floor.median();
        let (target, latency, batches, peak_mb) = (None, None, None, None);
        Self { section, what, unit, work, floor_is, floor, ratio, target, latency, batches, peak_mb }
    }
}

/// The same thing measured several times.
#[derive(Debug, Clone, Default)]
pub(super) struct Samples(pub(super) Vec<f64>);

impl Samples {
    pub(super) fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        match sorted.len() {
            0 => f64::NAN,
            n if n % 2 == 1 => sorted[middle],
            _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
        }
    }

    fn least(&self) -> f64 {
        self.0.iter().copied().fold(f64::INFINITY, f64::min)
    }

    fn most(&self) -> f64 {
        self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }
}

impl Serialize for Samples {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shown<'a> {
            median: f64,
            min: f64,
            max: f64,
            runs: &'a [f64],
        }
        Shown { median: self.median(), min: self.least(), max: self.most(), runs: &self.0 }
            .serialize(serializer)
    }
}

impl fmt::Display for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}–{})", number(self.median()), number(self.least()), number(self.most()))
    }
}

/// Three digits that matter, and no more.
fn number(x: f64) -> String {
    match x {
        x if x >= 100.0 => {
            let digits = format!("{x:.0}");
            let groups: Vec<&str> = digits
                .as_bytes()
                .rchunks(3)
                .rev()
                .map(|group| std::str::from_utf8(group).unwrap_or_default())
                .collect();
            groups.join(" ")
        }
        x if x >= 10.0 => format!("{x:.1}"),
        x => format!("{x:.2}"),
    }
}

/// The middle and the slow end of many durations.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Latency {
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
}

impl Latency {
    pub(super) fn of(mut took: Vec<Duration>) -> Option<Self> {
        took.sort_unstable();
        let at = |part: usize| took.get(took.len() * part / 100).map(|d| d.as_secs_f64() * 1e3);
        Some(Self { p50_ms: at(50)?, p99_ms: at(99)? })
    }
}

impl Report {
    pub(super) fn new(machine: Machine, options: &Options) -> Self {
        let report = Self {
            machine,
            runs: options.runs,
            quick: options.quick,
            figures: vec![],
            load_average_at_the_end: None,
            seconds: 0.0,
            started: Instant::now(),
        };
        report.say(&format!(
            "{} cores, load {:.1}; {} ({}), where the disk answers in {:.0} µs (one in ten: over {:.0} µs)",
            report.machine.cores,
            report.machine.load_average.unwrap_or(f64::NAN),
            report.machine.folder,
            report.machine.file_system.as_deref().unwrap_or("unknown"),
            report.machine.sync_us,
            report.machine.sync_p90_us,
        ));
        if report.machine.is_memory() {
            report.say("warning: that is memory, not a disk; set TMPDIR to a folder on one");
        }
        if !report.machine.optimised {
            report.say("warning: built without optimisation; the figures mean nothing");
        }
        report
    }

    /// Progress, where it does not mix with the table.
    pub(super) fn say(&self, line: &str) {
        eprintln!("{:>6.1} s  {line}", self.started.elapsed().as_secs_f64());
    }

    pub(super) fn add(&mut self, figure: Figure) {
        self.say(&format!(
            "{}: {} {} against {}, × {:.2}",
            figure.what,
            figure.work,
            figure.unit.name(),
            figure.floor,
            figure.ratio,
        ));
        self.figures.push(figure);
    }

    /// Prints and writes everything.
    pub(super) fn finish(mut self, json: &Path) -> Result<()> {
        self.load_average_at_the_end = load_average();
        self.seconds = self.started.elapsed().as_secs_f64();
        let mut table = Table::new();
        table.load_style(presets::UTF8_HORIZONTAL_ONLY);
        table.set_header([
            "section",
            "work",
            "median (min–max)",
            "floor",
            "median (min–max)",
            "ratio",
            "reach / aim",
            "p50 / p99 ms",
            "batch",
            "peak MB",
        ]);
        for figure in &self.figures {
            let unit = figure.unit.name();
            table.add_row([
                figure.section.to_owned(),
                figure.what.clone(),
                format!("{} {unit}", figure.work),
                figure.floor_is.to_owned(),
                format!("{} {unit}", figure.floor),
                format!("{:.2}", figure.ratio),
                figure.target.map_or_else(String::new, |t| format!("{} / {}", t.reach, t.aim)),
                figure.latency.map_or_else(String::new, |l| format!("{:.2} / {:.2}", l.p50_ms, l.p99_ms)),
                figure.batches.map_or_else(String::new, |b| format!("{:.0} in {:.1} ms", b.members, b.ms)),
                figure.peak_mb.map_or_else(String::new, number),
            ]);
        }
        for column in [2, 4, 5, 7, 8, 9] {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        println!("{table}");
        let load = |load: Option<f64>| load.map_or_else(|| "?".to_owned(), |l| format!("{l:.1}"));
        println!(
            "{} runs of each, by turns; load of the machine {} before and {} after, on {} cores.",
            self.runs,
            load(self.machine.load_average),
            load(self.load_average_at_the_end),
            self.machine.cores,
        );
        if let Some(folder) = json.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        }
        std::fs::write(json, serde_json::to_string_pretty(&self)?)
            .with_context(|| format!("writing {}", json.display()))?;
        println!("{}", json.display());
        Ok(())
    }
}
