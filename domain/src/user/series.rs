//! Codes that are sent somewhere and typed here: how many are open at once, and how often one is sent.
//!
//! A code stays good until its own end, ten minutes at most (NIST SP 800-63B-4 §3.1.3.2), whatever is sent
//! after it. So it is the sending that is limited: none pushes out another.

use serde::{Deserialize, Serialize};

use crate::time::{Span, Timestamp};

/// Life of a code that was sent (NIST SP 800-63B-4 §3.1.3.2).
pub const SENT_CODE_LIFE: Span = Span::minutes(10);
/// Least time between two codes.
pub const RESEND_AFTER: Span = Span::seconds(60);
/// Codes open at once for the same thing: each is one more that a guess may hit.
pub const OPEN_AT_ONCE: usize = 3;

/// Why no code is sent now, and from when on one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotYet {
    /// One was sent a moment ago.
    JustNow(Timestamp),
    /// There are as many as may be, and each is good.
    Enough(Timestamp),
}

/// A code that was sent.
pub trait Sent {
    /// When.
    fn issued_at(&self) -> Timestamp;
    /// When it ends.
    fn expires_at(&self) -> Timestamp;
    /// Whether both count against the same limits.
    fn beside(&self, other: &Self) -> bool;
    /// Whether both are good for the same thing.
    fn serves_as(&self, other: &Self) -> bool;
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
    pub(super) fn ready(&self, new: &C) -> Result<(), NotYet> {
        let now = new.issued_at();
        match (self.rested(new), self.room(new)) {
            (_, Some(from)) if now < from => Err(NotYet::Enough(from)),
            (Some(from), _) if now < from => Err(NotYet::JustNow(from)),
            _ => Ok(()),
        }
    }

    /// From when on another one like this may be sent, as far as those that were sent say.
    pub(super) fn again_at(&self, like: &C) -> Option<Timestamp> {
        self.rested(like).max(self.room(like))
    }

    /// When the last one beside it lies far enough behind.
    fn rested(&self, new: &C) -> Option<Timestamp> {
        let last = self.open.iter().rev().find(|open| open.beside(new));
        last.map(|last| last.issued_at() + RESEND_AFTER)
    }

    /// When one of those that serve as well has ended, where there are as many as may be.
    fn room(&self, new: &C) -> Option<Timestamp> {
        let mut serving = self.open.iter().rev().filter(|open| open.beside(new) && open.serves_as(new));
        serving.nth(OPEN_AT_ONCE - 1).map(Sent::expires_at)
    }

    pub(super) fn issued(&mut self, new: C) {
        self.open.retain(|open| new.issued_at() < open.expires_at());
        self.open.push(new);
    }
}
