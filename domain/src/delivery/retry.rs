//! How often a message is tried, and until when.

use super::{MessagePurpose, Undelivered};
use crate::time::{Span, Timestamp};

/// How long a notice is worth sending. RFC 5321 §4.5.4.1 gives up after four to five days; whoever is told
/// of a reset after three is told late enough.
pub const NOTICE_LIFE: Span = Span::days(3);
/// The first wait after a failure.
const FIRST_WAIT: Span = Span::seconds(10);
/// The longest. RFC 5321 §4.5.4.1 asks for half an hour once a message was put off repeatedly.
const LONGEST_WAIT: Span = Span::minutes(30);
/// Jitter is given in thousandths.
const WHOLE: i64 = 1_000;

/// What follows a failure that may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next<W = Undelivered> {
    /// It is tried again.
    Again(Timestamp),
    /// It is not.
    Over(W),
}

impl<W> Next<W> {
    /// The same with another word for the end.
    pub fn map<V>(self, word: impl FnOnce(W) -> V) -> Next<V> {
        match self {
            Self::Again(at) => Next::Again(at),
            Self::Over(why) => Next::Over(word(why)),
        }
    }
}

/// What follows the `attempts`-th failure of a message that is worth sending before `until`. A code or a link
/// is over by then; somebody who was to be told of something was not reached.
///
/// Each wait is twice the one before, from ten seconds to half an hour, shortened at random by up to a
/// quarter, so that what failed together does not come back together. `jitter` is in thousandths.
pub fn after_failure(
    purpose: MessagePurpose,
    attempts: u16,
    jitter: u16,
    until: Timestamp,
    at: Timestamp,
) -> Next {
    let doubled = FIRST_WAIT.micros().saturating_mul(1 << attempts.saturating_sub(1).min(16));
    let wait = doubled.min(LONGEST_WAIT.micros());
    let shorter = wait / 4 * i64::from(jitter).min(WHOLE) / WHOLE;
    let again = at + Span::of_micros(wait - shorter);
    match purpose {
        _ if again < until => Next::Again(again),
        MessagePurpose::Code
        | MessagePurpose::Link
        | MessagePurpose::OpenLink
        | MessagePurpose::Invitation => Next::Over(Undelivered::Expired),
        MessagePurpose::Notice => Next::Over(Undelivered::Unreachable),
    }
}
