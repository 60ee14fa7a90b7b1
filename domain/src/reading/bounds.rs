//! How much one reader is shown in an hour. What is on record by itself has a bound that refuses, and forgets nothing.

use super::JobError;
use crate::time::Timestamp;

/// What one reader may look for in an hour: words, and people or devices by whom a list is narrowed. Each of them
/// is on record by itself, so whoever looks for more is refused; nobody reads so many answers in an hour.
pub const MOST_SOUGHT: usize = 200;

/// Files that one reader may take away and samples that they may draw in an hour: twice as many as a program that
/// asks every minute takes.
pub const MOST_EXPORTS: u32 = 120;

/// Why somebody is not shown what they ask for: they were shown as much as may be in an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooMuch {
    /// They looked for as many.
    #[error("you have searched for {MOST_SOUGHT} different words and people within the hour")]
    Sought {
        /// From then on they may go on.
        until: Timestamp,
    },
    /// They took as many files away, or drew as many samples.
    #[error("you have taken {MOST_EXPORTS} files or samples away within the hour")]
    Exports {
        /// From then on they may take more.
        until: Timestamp,
    },
}

impl TooMuch {
    /// From when on it is possible again.
    pub const fn until(self) -> Timestamp {
        match self {
            Self::Sought { until } | Self::Exports { until } => until,
        }
    }
}

/// Why a command is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadingError {
    /// Too much was read.
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
    /// A file is not to be had so.
    #[error(transparent)]
    Job(#[from] JobError),
}
