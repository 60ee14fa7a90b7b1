//! Failure budgets: how many wrong guesses in a row are looked at, and how long the wait grows.

use serde::{Deserialize, Serialize};

use crate::time::{Span, Timestamp};

/// Consecutive failures on one budget after which nothing is looked at until an audited unlock.
/// A gate has two budgets, for known devices and for strangers; together they stay within the 100
/// of NIST SP 800-63B-4 §3.2.2.
pub const HARD_CAP: u16 = 50;
/// Wrong second factors in a row behind the right password, on whatever devices, after which another
/// password is demanded: whoever has only that one has had their tries.
pub const PASSWORD_BEARS: u16 = 10;
/// Failures that cost nothing but the try.
const FREE: u16 = 4;
/// The first wait; it doubles with each further failure.
const FIRST_WAIT: Span = Span::seconds(30);
/// The longest wait.
const LONGEST_WAIT: Span = Span::hours(1);

/// One counter of consecutive failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Budget {
    /// Failures in a row.
    pub consecutive: u16,
    /// Until when nothing is looked at.
    pub retry_at: Option<Timestamp>,
    /// Whether the hard cap was reached.
    pub locked: bool,
}

impl Budget {
    /// Whether a proof may be looked at.
    pub fn open(&self, at: Timestamp) -> Result<(), Wait> {
        match self {
            Self { locked: true, .. } => Err(Wait::Unlock),
            Self { retry_at: Some(until), .. } if at < *until => Err(Wait::Until(*until)),
            _ => Ok(()),
        }
    }

    /// What one more failure costs: the new count, and until when to wait.
    pub fn charge(&self, at: Timestamp) -> (u16, Option<Timestamp>) {
        let consecutive = self.consecutive.saturating_add(1);
        let waits = consecutive.saturating_sub(FREE);
        let retry_at = (waits > 0).then(|| {
            let doubled = (FIRST_WAIT.micros() / 1_000_000) << (waits - 1).min(16);
            at + Span::seconds(doubled).min(LONGEST_WAIT)
        });
        (consecutive, retry_at)
    }
}

/// How long nothing is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Until an instant.
    Until(Timestamp),
    /// Until somebody unlocks it.
    Unlock,
}

/// A budget for known devices and one for strangers, so that neither can exhaust the other's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Budgets {
    known: Budget,
    strangers: Budget,
}

impl Budgets {
    pub(super) fn of(&self, familiarity: super::Familiarity) -> &Budget {
        match familiarity {
            super::Familiarity::Known => &self.known,
            super::Familiarity::Stranger => &self.strangers,
        }
    }

    pub(super) fn of_mut(&mut self, familiarity: super::Familiarity) -> &mut Budget {
        match familiarity {
            super::Familiarity::Known => &mut self.known,
            super::Familiarity::Stranger => &mut self.strangers,
        }
    }

    pub(super) fn any_locked(&self) -> bool {
        self.known.locked || self.strangers.locked
    }
}
