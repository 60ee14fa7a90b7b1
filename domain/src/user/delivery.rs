//! What became of messages to a person, and whether a way to them is broken.

use serde::{Deserialize, Serialize};

use super::events::UserEvent;
use super::state::User;
use crate::delivery::{Channel, Ended, Posted, Undelivered};
use crate::time::Timestamp;

/// Failures in a row by one way, after which owners and admins are told: one may be an accident of the day,
/// and a person who waits for a code asks again at least once.
pub const TROUBLE_AFTER: u16 = 3;

/// A way by which messages fail to reach a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// How often in a row.
    pub in_a_row: u16,
    /// Why, the last time.
    pub why: Undelivered,
    /// When, the first time.
    pub since: Timestamp,
}

/// What became of a message, as the event that records it.
pub(super) fn outcome(posted: Posted, ended: Ended, at: Timestamp) -> UserEvent {
    match ended {
        Ended::Sent => UserEvent::MessageSent { posted, at },
        Ended::Failed { why, reply } => UserEvent::MessageFailed { posted, why, reply, at },
    }
}

impl User {
    /// The ways by which they are not reached: whoever asks is told, and offered another.
    pub fn unreached(&self) -> impl Iterator<Item = (Channel, &Failing)> {
        let lasting = |(_, failing): &(&Channel, &Failing)| failing.in_a_row >= TROUBLE_AFTER;
        self.undelivered.iter().filter(lasting).map(|(channel, failing)| (*channel, failing))
    }

    pub(super) fn message_failed(&mut self, channel: Channel, why: Undelivered, at: Timestamp) {
        if !why.is_trouble() {
            return;
        }
        let failing = self.undelivered.entry(channel).or_insert(Failing { in_a_row: 0, why, since: at });
        failing.in_a_row = failing.in_a_row.saturating_add(1);
        failing.why = why;
    }
}
