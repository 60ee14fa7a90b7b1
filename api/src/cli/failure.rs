//! How a command fails: what, why, what to do, and a number for scripts.

use std::fmt::{self, Write as _};
use std::process::ExitCode;

use crate::server::CannotListen;

/// The exit codes, as `--help` shows them.
pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed; the message says why and what to do
  2  the command line cannot be understood
  3  a setting is missing or wrong
  4  there is no such account, person, or report
  5  the rules do not allow it
  6  the comparison found a difference (replay, verify)
  7  the database is away
  8  the log breaks an invariant";

/// What the shell gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Failed for a reason that the message tells.
    Failed = 1,
    /// The command line cannot be understood.
    Usage = 2,
    /// A setting is missing or wrong.
    Settings = 3,
    /// There is no such thing.
    NotFound = 4,
    /// The rules do not allow it.
    Refused = 5,
    /// A comparison found a difference.
    Differs = 6,
    /// The database is away.
    Unavailable = 7,
    /// The log breaks what must be true of every log.
    Broken = 8,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What the shell gets.
    pub exit: Exit,
    what: String,
    why: Option<String>,
    fix: Option<String>,
}

impl Failure {
    /// Says what failed: `cannot open the log`.
    pub fn new(what: impl Into<String>) -> Self {
        Self { exit: Exit::Failed, what: what.into(), why: None, fix: None }
    }

    /// Says why.
    #[must_use]
    pub fn because(mut self, why: impl fmt::Display) -> Self {
        self.why = Some(why.to_string());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// Chooses the number for scripts.
    #[must_use]
    pub fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// Prints it to standard error.
    pub(super) fn print(&self, json: bool) {
        if json {
            let value = serde_json::json!({
                "error": self.what, "why": self.why, "fix": self.fix, "exit": self.exit as u8,
            });
            eprintln!("{value}");
        } else {
            eprint!("{self}");
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = format!("error: {}\n", self.what);
        for (label, line) in [("why", &self.why), ("fix", &self.fix)] {
            if let Some(line) = line {
                writeln!(text, "  {label}: {line}")?;
            }
        }
        f.write_str(&text)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        if let Some(cannot) = error.downcast_ref::<CannotListen>() {
            return Self::new(cannot.to_string()).fix(&cannot.fix);
        }
        let mut causes = error.chain();
        let what = causes.next().map(ToString::to_string).unwrap_or_default();
        let why = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
        let failure = Self::new(what);
        if why.is_empty() { failure } else { failure.because(why) }
    }
}
