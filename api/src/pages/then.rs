//! As of when a page is: the fields that ask for another instant, and what says that it is not the present.

use super::frame::{Field, When};

/// As of when a page is.
#[derive(Debug, Clone, Default)]
pub struct Then {
    /// `day`: `2026-03-01`; empty for now.
    pub day: Field,
    /// `time`: `14:05`; empty for the end of the day.
    pub time: Field,
    /// `event`: the number of an event; empty where an instant was asked for.
    pub event: Field,
    /// The latest day that may be asked for.
    pub today: String,
    /// The instant, the last event that counts, and where the log has it; nothing of the present.
    pub past: Option<(When, u64, String)>,
    /// The same page as of now.
    pub now: String,
}
