//! The one place that asks what time it is.
//!
//! **Architecture invariant:** no other module reads the system's clock; the linter refuses it. So
//! a test, the demo's virtual year, and a sandbox account can each have a time of their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use twofold_domain::time::{Span, Timestamp};

/// Where the present comes from. Cheap to clone; clones show the same time.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => system_now(),
            Source::Manual(micros) => Timestamp::from_micros(micros.load(Ordering::SeqCst)),
        }
    }

    /// Whether this clock is set by hand. What depends on it can never be mistaken for real.
    pub const fn is_manual(&self) -> bool {
        matches!(self.0, Source::Manual(_))
    }
}

/// A clock that stands still until it is moved. Only who holds this can move it.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock that shows `at`.
    pub fn starting_at(at: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(at.micros())))
    }

    /// The face of this clock, to hand to whoever asks for the time.
    pub fn clock(&self) -> Clock {
        Clock(Source::Manual(Arc::clone(&self.0)))
    }

    /// Sets it, forwards or backwards.
    pub fn set(&self, to: Timestamp) {
        self.0.store(to.micros(), Ordering::SeqCst);
    }

    /// Moves it forwards and says what it then shows.
    pub fn advance(&self, by: Span) -> Timestamp {
        Timestamp::from_micros(self.0.fetch_add(by.micros(), Ordering::SeqCst) + by.micros())
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the lawful home of the system's clock")]
fn system_now() -> Timestamp {
    // Before 1970 the machine has no idea of the time, and after 2262 neither have we.
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX)).min(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_moved() {
        let hand = ManualClock::starting_at(Timestamp::from_micros(5));
        let clock = hand.clock();
        let twin = clock.clone();
        assert_eq!(clock.now(), clock.now());
        assert_eq!(hand.advance(Span::seconds(2)), Timestamp::from_micros(2_000_005));
        assert_eq!(twin.now(), Timestamp::from_micros(2_000_005));
        hand.set(Timestamp::from_micros(1));
        assert_eq!(clock.now(), Timestamp::from_micros(1), "clocks may jump backwards");
        assert!(clock.is_manual() && !Clock::system().is_manual());
    }

    #[test]
    fn the_system_clock_is_in_this_century() {
        let now = Clock::system().now();
        assert!(now > Timestamp::from_micros(1_700_000_000_000_000) && now < Timestamp::MAX);
    }
}
