//! The audit log as it leaves the program: events in words and as data, whom they name as they were called then,
//! and whole ranges as files.

pub(crate) mod changes;
pub(crate) mod export;
pub(crate) mod names;
pub(crate) mod shown;

/// A word of the log by which something came about, and nobody's name: `staff`, `account_disabled:2`.
pub(crate) fn is_cause(text: &str) -> bool {
    /// A word, or a little more than one.
    const LONGEST: usize = 64;
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | ':');
    text.len() <= LONGEST && text.chars().all(word)
}
