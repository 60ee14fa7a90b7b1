//! Codes that are sent somewhere and typed here: how many are open at once, and how often one is sent.

use serde::{Deserialize, Serialize};

use crate::time::{Span, Timestamp};

/// Life of a code that was sent (NIST SP 800-63B-4 §3.1.3.2).
pub const SENT_CODE_LIFE: Span = Span::minutes(10);
/// Least time between two codes.
pub const RESEND_AFTER: Span = Span::seconds(60);
/// Codes open at once: asking again does not spoil the one that is still on its way.
const OPEN_AT_ONCE: usize = 3;

/// A code that was sent.
pub trait Sent {
    /// When.
    fn issued_at(&self) -> Timestamp;
    /// When it ends.
    fn expires_at(&self) -> Timestamp;
    /// Whether both count against the same limits.
    fn beside(&self, other: &Self) -> bool;
}

/// The codes that can be typed, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Series<C> {
    pub(super) open: Vec<C>,
}

impl<C> Default for Series<C> {
    fn default() -> Self {
        Self { open: vec![] }
    }
}

impl<C: Sent> Series<C> {
    /// Whether this one may be sent now; otherwise from when on.
    pub(super) fn ready(&self, new: &C) -> Result<(), Timestamp> {
        let last = self.open.iter().rev().find(|open| open.beside(new));
        match last.map(|last| last.issued_at() + RESEND_AFTER) {
            Some(from) if new.issued_at() < from => Err(from),
            _ => Ok(()),
        }
    }

    pub(super) fn issued(&mut self, new: C) {
        self.open.retain(|open| new.issued_at() < open.expires_at());
        if self.open.iter().filter(|open| open.beside(&new)).count() >= OPEN_AT_ONCE
            && let Some(oldest) = self.open.iter().position(|open| open.beside(&new))
        {
            self.open.remove(oldest);
        }
        self.open.push(new);
    }
}
