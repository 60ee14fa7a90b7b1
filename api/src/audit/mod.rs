//! The audit log as it leaves the program: events in words and as data, whom they name as they were called then,
//! and whole ranges as files.

pub(crate) mod changes;
pub(crate) mod export;
pub(crate) mod names;
pub(crate) mod shown;
