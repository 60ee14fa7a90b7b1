//! Where results and progress go.

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use comfy_table::{ContentArrangement, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::Failure;

/// Writes results the way the reader wants them.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    json: bool,
    terminal: bool,
    progress: bool,
}

impl Output {
    pub(super) fn new(json: bool) -> Self {
        Self { json, terminal: io::stdout().is_terminal(), progress: io::stderr().is_terminal() }
    }

    /// Does the reader want JSON?
    pub const fn is_json(self) -> bool {
        self.json
    }

    /// One result: `value` as JSON where that was asked for, else `text`.
    pub fn result(self, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), Failure> {
        let text = if self.json { json(value)? } else { text() };
        self.write(&text)
    }

    /// A list: JSON, a table on a terminal, else lines of tab-separated cells under a line of names.
    pub fn list<R: Serialize, const N: usize>(
        self,
        columns: [&str; N],
        rows: &[R],
        cells: impl Fn(&R) -> [String; N],
    ) -> Result<(), Failure> {
        if self.json {
            return self.write(&json(&rows)?);
        }
        let mut lines = rows.iter().map(|row| cells(row).map(|cell| one_line(&cell).into_owned()));
        if self.terminal {
            let mut table = Table::new();
            table
                .load_style(presets::UTF8_HORIZONTAL_ONLY)
                .set_content_arrangement(ContentArrangement::Dynamic);
            table.set_header(columns);
            table.add_rows(lines);
            return self.write(&table.to_string());
        }
        let first = columns.join("\t");
        self.write(&lines.by_ref().fold(first, |text, line| text + "\n" + &line.join("\t")))
    }

    /// A table whose rows come one after the other: on a terminal all at once, at its end; elsewhere lines of
    /// tab-separated cells under a line of names, as they come.
    pub(super) fn table(self, columns: impl Iterator<Item = &'static str>) -> Rows {
        let mut table = Table::new();
        table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
        let columns: Vec<&str> = columns.collect();
        table.set_header(&columns);
        Rows { output: self, table, names: Some(columns.join("\t")) }
    }

    /// Raw bytes, such as a report, exactly as they are.
    pub fn bytes(self, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(bytes).and_then(|()| out.flush()).or_else(reader_left)
    }

    fn write(self, text: &str) -> Result<(), Failure> {
        let end = if text.ends_with('\n') { "" } else { "\n" };
        self.bytes(format!("{text}{end}").as_bytes())
    }

    /// The same where results are printed meanwhile: on a terminal these are progress enough.
    pub fn progress_beside_results(self, what: &'static str, total: u64) -> Progress {
        if self.terminal {
            return Progress::of(what, total, Some(ProgressBar::hidden()));
        }
        self.progress(what, total)
    }

    /// Says that something long begins. `total` is the number of steps.
    pub fn progress(self, what: &'static str, total: u64) -> Progress {
        if !self.progress {
            eprintln!("{what}: 0/{total}");
            return Progress::of(what, total, None);
        }
        let style = ProgressStyle::with_template("  {msg:22} {bar:32} {pos}/{len}  {elapsed}")
            .map_or_else(|_| ProgressStyle::default_bar(), |style| style.progress_chars("━╸─"));
        let bar = ProgressBar::new(total).with_style(style).with_message(what);
        bar.enable_steady_tick(Duration::from_millis(100));
        Progress::of(what, total, Some(bar))
    }
}

/// A table under way.
pub(super) struct Rows {
    output: Output,
    table: Table,
    /// The line of names, until it is written.
    names: Option<String>,
}

impl Rows {
    /// One more row.
    pub(super) fn row(&mut self, cells: &[String]) -> Result<(), Failure> {
        let cells: Vec<String> = cells.iter().map(|cell| one_line(cell).into_owned()).collect();
        if self.output.terminal {
            self.table.add_row(cells);
            return Ok(());
        }
        self.head()?;
        self.output.write(&cells.join("\t"))
    }

    /// There are no more.
    pub(super) fn end(mut self) -> Result<(), Failure> {
        if self.output.terminal { self.output.write(&self.table.to_string()) } else { self.head() }
    }

    fn head(&mut self) -> Result<(), Failure> {
        self.names.take().map_or(Ok(()), |names| self.output.write(&names))
    }
}

/// A bar on a terminal; elsewhere a line at each tenth.
#[derive(Debug)]
pub struct Progress {
    what: &'static str,
    total: u64,
    bar: Option<ProgressBar>,
    done: std::cell::Cell<u64>,
    shown: std::cell::Cell<u64>,
}

impl Progress {
    fn of(what: &'static str, total: u64, bar: Option<ProgressBar>) -> Self {
        Self { what, total, bar, shown: std::cell::Cell::new(0), done: std::cell::Cell::new(0) }
    }

    /// So many more steps are done.
    pub fn step(&self, steps: u64) {
        self.done.set(self.done.get() + steps);
        if let Some(bar) = &self.bar {
            bar.inc(steps);
            return;
        }
        let tenth = self.done.get() * 10 / self.total.max(1);
        if tenth > self.shown.replace(tenth) {
            eprintln!("{}: {}/{}", self.what, self.done.get(), self.total);
        }
    }

    /// Something else begins. Without a number of steps none of it are told.
    pub fn next(&mut self, what: &'static str, total: Option<u64>) {
        if let Some(bar) = &self.bar {
            bar.set_message(what);
            if let Some(total) = total {
                bar.set_length(total);
                bar.set_position(0);
            }
        } else {
            match total {
                Some(total) => eprintln!("{what}: 0/{total}"),
                None => eprintln!("{what}"),
            }
        }
        (self.what, self.total) = (what, total.unwrap_or(self.total));
        self.done.set(0);
        self.shown.set(0);
    }

    /// All is done.
    pub fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish();
        }
    }
}

fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(value)
        .map_err(|error| Failure::new("cannot write the result").because(error))
}

/// A cell stays in its cell, and cannot drive the terminal.
pub(super) fn one_line(cell: &str) -> Cow<'_, str> {
    if cell.contains(char::is_control) {
        Cow::Owned(cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
    } else {
        Cow::Borrowed(cell)
    }
}

/// `twofold … | head` is no failure.
fn reader_left(error: io::Error) -> Result<(), Failure> {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Ok(());
    }
    Err(Failure::new("cannot write the result").because(error))
}
