//! Fresh ids, random bytes, and numeric codes.
//!
//! **Architecture invariant:** the only place that draws a random number or makes an id. An id is
//! a UUIDv7 of the [`Clock`]'s time (RFC 9562 §5.7, with the microseconds in the field that follows
//! the milliseconds, §6.2 method 3), so that rows made together lie together.

use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use twofold_domain::ids::{
    AccountId, ApprovalId, ChallengeId, ClientId, CodeSetId, DeviceId, EventId, ExemptionId, FactorId,
    GroupId, ImportId, LinkId, MailedCodeId, MessageId, OperatorGrantId, RecoveryId, ScheduleId, SessionId,
    SignInId, SmsCodeId, StockTokenId, TicketId, TokenId, UserId, VerifierId,
};
use twofold_domain::time::Timestamp;
use uuid::{Builder, Uuid};
use zeroize::{Zeroize, Zeroizing};

use crate::clock::Clock;

/// A typed id that can be made from a UUID and turned back into one.
pub trait TypedId: Copy {
    /// Gives a UUID its kind.
    fn of(uuid: Uuid) -> Self;
    /// The bare UUID.
    fn bare(self) -> Uuid;
}

impl TypedId for Uuid {
    fn of(uuid: Uuid) -> Self {
        uuid
    }
    fn bare(self) -> Uuid {
        self
    }
}

macro_rules! typed_ids {
    ($($name:ident)+) => {$(
        impl TypedId for $name {
            fn of(uuid: Uuid) -> Self {
                Self::from_uuid(uuid)
            }
            fn bare(self) -> Uuid {
                self.uuid()
            }
        }
    )+};
}

typed_ids! {
    AccountId UserId DeviceId SessionId SignInId FactorId CodeSetId LinkId MailedCodeId VerifierId MessageId
    SmsCodeId ChallengeId StockTokenId ImportId
    EventId ApprovalId ClientId ExemptionId GroupId OperatorGrantId RecoveryId ScheduleId TicketId TokenId
}

/// Digits of the longest numeric code.
pub const MAX_DIGITS: u8 = 18;

/// Makes ids, keys, and codes. Cheap to clone.
#[derive(Clone)]
pub struct Mint {
    clock: Clock,
    source: Source,
}

#[derive(Clone)]
enum Source {
    /// The thread's ChaCha generator, seeded and re-seeded by the operating system.
    System,
    /// The same numbers for the same seed. Its output is guessable by whoever knows the seed.
    Seeded(Arc<Mutex<StdRng>>),
}

impl Mint {
    /// A mint for real use.
    pub const fn system(clock: Clock) -> Self {
        Self { clock, source: Source::System }
    }

    /// A mint that always makes the same ids and codes in the same order, for tests and for the
    /// demo's history. **Never give one to a [`Keyring`](crate::keys::Keyring) that keeps anything.**
    pub fn seeded(clock: Clock, seed: u64) -> Self {
        Self { clock, source: Source::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))) }
    }

    /// A mint of its own that continues from this one: if this is seeded, so is the child, and
    /// tasks that each hold a child no longer depend on the order in which they run.
    #[must_use]
    pub fn fork(&self) -> Self {
        match &self.source {
            Source::System => self.clone(),
            Source::Seeded(_) => {
                let mut seed = [0; 8];
                self.fill(&mut seed);
                Self::seeded(self.clock.clone(), u64::from_le_bytes(seed))
            }
        }
    }

    /// The clock that dates the ids.
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The present instant, as the clock shows it.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A fresh id.
    pub fn id<T: TypedId>(&self) -> T {
        T::of(self.uuid())
    }

    /// A fresh UUIDv7.
    pub fn uuid(&self) -> Uuid {
        let micros = u64::try_from(self.now().micros()).unwrap_or(0);
        let mut random = [0; 10];
        self.fill(&mut random);
        // Thousandths of a millisecond as a 12-bit fraction; 62 random bits follow.
        let fraction = ((micros % 1_000) * 4_096 / 1_000) as u16;
        [random[0], random[1]] = fraction.to_be_bytes();
        Builder::from_unix_timestamp_millis(micros / 1_000, &random).into_uuid()
    }

    /// Random bytes that are no secret: nonces, salts.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// Random bytes that are a secret.
    pub fn secret<const N: usize>(&self) -> Zeroizing<[u8; N]> {
        let mut bytes = Zeroizing::new([0; N]);
        self.fill(bytes.as_mut_slice());
        bytes
    }

    /// A numeric code of `digits` digits (at most [`MAX_DIGITS`]), every one equally likely.
    pub fn digits(&self, digits: u8) -> Zeroizing<String> {
        let digits = digits.clamp(1, MAX_DIGITS);
        let range = 10_u64.pow(u32::from(digits));
        // Draws above the last whole multiple would favour small codes.
        let fair = u64::MAX - u64::MAX % range;
        loop {
            let mut bytes = [0; 8];
            self.fill(&mut bytes);
            let mut drawn = u64::from_le_bytes(bytes);
            bytes.zeroize();
            if drawn < fair {
                let code = Zeroizing::new(format!("{:0width$}", drawn % range, width = usize::from(digits)));
                drawn.zeroize();
                return code;
            }
        }
    }

    fn fill(&self, bytes: &mut [u8]) {
        match &self.source {
            Source::System => rand::rng().fill_bytes(bytes),
            Source::Seeded(rng) => rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn ids_are_version_7_of_the_clocks_time_and_sort_by_it() {
        let hand = ManualClock::starting_at(Timestamp::from_micros(1_774_999_999_000_001));
        let mint = Mint::system(hand.clock());
        let first = mint.uuid();
        assert_eq!(first.get_version_num(), 7);
        assert_eq!(first.get_timestamp().map(|t| t.to_unix().0), Some(1_774_999_999));
        hand.set(Timestamp::from_micros(1_774_999_999_000_002));
        assert!(mint.uuid() > first, "a microsecond later sorts later");
        assert_ne!(mint.id::<UserId>(), mint.id::<UserId>());
    }

    #[test]
    fn the_same_seed_makes_the_same_things() {
        let clock = ManualClock::starting_at(Timestamp::from_micros(1)).clock();
        let run = |seed| {
            let mint = Mint::seeded(clock.clone(), seed);
            let child = mint.fork();
            (mint.uuid(), mint.digits(8).to_string(), child.bytes::<16>())
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
    }

    #[test]
    fn numeric_codes_have_their_length_and_use_every_digit_in_every_place() {
        let mint = Mint::seeded(Clock::system(), 1);
        let mut seen = HashSet::new();
        for _ in 0..2_000 {
            let code = mint.digits(8);
            assert_eq!(code.len(), 8);
            seen.extend(code.chars().enumerate());
        }
        assert_eq!(seen.len(), 80);
    }

    #[test]
    fn system_randomness_does_not_repeat() {
        let mint = Mint::system(Clock::system());
        assert_ne!(*mint.secret::<32>(), *mint.secret::<32>());
    }
}
