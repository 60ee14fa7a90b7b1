//! Why the store could not answer.

use std::time::Duration;

use twofold_domain::ids::AccountId;

/// When a caller may try again after the database was away: long enough for a failover to show.
pub const RETRY_AFTER: Duration = Duration::from_secs(1);

/// What is not an [`Outcome`](super::Outcome): the store could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database is away, full, read-only, or overloaded. Whether an append in progress was
    /// committed is unknown; with an idempotency key it can be repeated safely.
    #[error("the database is not available: {detail}")]
    Unavailable {
        /// When to try again.
        retry_after: Duration,
        /// For the operator.
        detail: String,
    },
    /// The append itself is malformed: too large, not JSON, or against a rule of the store.
    #[error("refused: {0}")]
    Refused(String),
    /// Nobody opened this account.
    #[error("no such account: {0}")]
    UnknownAccount(AccountId),
    /// Events are missing from the end of this account's log, so nothing is recorded in it, and nobody answered.
    #[error(
        "events are missing from the end of the log of {0}, and new ones would bury that: twofold projections list"
    )]
    Shut(AccountId),
    /// The database holds another schema than this program works with.
    #[error("{0}")]
    Schema(String),
    /// What was read contradicts what the store guarantees.
    #[error("the log is damaged: {0}")]
    Corrupt(String),
    /// A row of a read model holds what the log never made of it. The log is not concerned.
    #[error("a read model is damaged: {0}; twofold projections rebuild makes it again from the log")]
    Misread(String),
    /// A table of read models is not there. The log is not concerned.
    #[error("read models are missing: {0}; twofold projections rebuild makes them again from the log")]
    Unmade(String),
    /// The database refused what this program should never send.
    #[error("unexpected answer of the database: {0}")]
    Bug(String),
}

impl StoreError {
    /// The database is away for now.
    pub(super) fn unavailable(detail: impl Into<String>) -> Self {
        Self::Unavailable { retry_after: RETRY_AFTER, detail: detail.into() }
    }

    /// Whether trying later can help.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}

/// Whether the transaction is known to have done nothing and simply may run again.
pub(super) fn rolled_back(error: &sqlx::Error) -> bool {
    // deadlock_detected, serialization_failure
    matches!(error, sqlx::Error::Database(e) if matches!(e.code().as_deref(), Some("40P01" | "40001")))
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match &error {
            E::Io(_)
            | E::Tls(_)
            | E::PoolTimedOut
            | E::PoolClosed
            | E::WorkerCrashed
            | E::Protocol(_)
            | E::Configuration(_) => Self::unavailable(error.to_string()),
            E::Database(db) => match db.code().as_deref() {
                Some(code) if postgres_is_away(code) || sqlite_is_away(code) => {
                    Self::unavailable(error.to_string())
                }
                // SQLITE_CORRUPT, SQLITE_NOTADB; data_corrupted, index_corrupted
                Some("11" | "26" | "267" | "523" | "779" | "XX001" | "XX002") => {
                    Self::Corrupt(error.to_string())
                }
                Some(code) if lacks_views(code, db.message()) => Self::Unmade(db.message().to_owned()),
                _ => Self::Bug(error.to_string()),
            },
            E::ColumnDecode { .. } | E::Decode(_) => Self::Corrupt(error.to_string()),
            _ => Self::Bug(error.to_string()),
        }
    }
}

/// Whether the read models' schema, or a table of it, is not there: undefined_table, invalid_schema_name;
/// SQLITE_ERROR, which says in words only what it is.
fn lacks_views(code: &str, message: &str) -> bool {
    match code {
        "42P01" => message.contains("views."),
        "3F000" => message.contains("views"),
        "1" => message.starts_with("no such table: views."),
        _ => false,
    }
}

/// SQLSTATE classes that pass: connection, resources, operator, system; a read-only transaction; a lock
/// or serialization that did not come in time; a password or role that is being changed.
fn postgres_is_away(code: &str) -> bool {
    const CLASSES: [&str; 6] = ["08", "28", "40", "53", "57", "58"];
    const SINGLE: [&str; 2] = ["25006", "55P03"];
    code.len() == 5 && (CLASSES.iter().any(|class| code.starts_with(class)) || SINGLE.contains(&code))
}

/// SQLite's result codes that pass: busy, locked, no memory, read-only, I/O, full, cannot open, protocol, another schema.
/// The low byte is the primary code.
fn sqlite_is_away(code: &str) -> bool {
    code.len() < 5
        && code.parse::<u32>().is_ok_and(|n| matches!(n & 0xff, 5 | 6 | 7 | 8 | 10 | 13 | 14 | 15 | 17))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_by_itself_is_told_from_what_does_not() {
        assert!(postgres_is_away("57P01"), "terminated by the operator");
        assert!(postgres_is_away("53100"), "disk full");
        assert!(postgres_is_away("25006"), "read-only");
        assert!(!postgres_is_away("23505"), "unique violation");
        assert!(sqlite_is_away("5") && sqlite_is_away("517") && sqlite_is_away("13") && sqlite_is_away("17"));
        assert!(!sqlite_is_away("1555"), "constraint");
        assert!(lacks_views("42P01", "relation \"views.people\" does not exist"));
        assert!(lacks_views("1", "no such table: views.people"));
        assert!(
            !lacks_views("42P01", "relation \"twofold.events\" does not exist"),
            "the log is no read model"
        );
    }
}
