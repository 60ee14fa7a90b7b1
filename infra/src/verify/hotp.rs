//! Counter-based one-time passwords, RFC 4226.
//!
//! The server never knows how often the button was pressed without a sign-in, so it looks ahead a little
//! (§7.2). A counter that was passed is recognised, so that the record says "used before" and not "wrong".

use totp_rs::{Algorithm, Builder, Totp};
use twofold_domain::factor::otp::OtpAlgorithm;
use twofold_domain::factor::token::{LOOK_AHEAD, RESYNC_AHEAD};
use zeroize::Zeroizing;

use super::code::OtpCode;
use super::totp::{OutOfBounds, Seed};

/// How many counters below the least good one are recognised as used.
const RECOGNISED: u64 = 10;

/// A token that codes can be checked against.
pub struct Hotp(Totp);

impl Hotp {
    /// A token of this seed.
    pub fn new(seed: &Seed, algorithm: OtpAlgorithm, digits: u8) -> Result<Self, OutOfBounds> {
        if !(6..=8).contains(&digits) {
            return Err(OutOfBounds::Digits);
        }
        let algorithm = match algorithm {
            OtpAlgorithm::Sha1 => Algorithm::SHA1,
            OtpAlgorithm::Sha256 => Algorithm::SHA256,
            OtpAlgorithm::Sha512 => Algorithm::SHA512,
        };
        // A time step of one second makes the time the counter: RFC 6238 §4.2.
        let builder = Builder::new().with_algorithm(algorithm).with_digits(digits).with_step_duration(1);
        Ok(Self(builder.with_skew(0).with_secret(seed.bytes()).build_noncompliant()))
    }

    /// The counter that `code` belongs to, if it is not far from `next`, the least good one. A good counter
    /// is found before a spent one. Every counter that is looked at is computed and compared.
    pub fn matched(&self, code: &OtpCode, next: u64) -> Option<u64> {
        let found = |counters: &mut dyn Iterator<Item = u64>| {
            counters.fold(None, |found, counter| {
                let matched = self.is_code_of(code, counter).then_some(counter);
                found.or(matched)
            })
        };
        let ahead = found(&mut (0..LOOK_AHEAD).filter_map(|n| next.checked_add(n)));
        let behind = found(&mut (1..=RECOGNISED).filter_map(|n| next.checked_sub(n)));
        ahead.or(behind)
    }

    /// The counter of the second of two codes that follow each other, far ahead as the token may be (§7.4).
    pub fn resynchronised(&self, code: &OtpCode, next: u64) -> Option<u64> {
        let (first, second) = code.consecutive()?;
        let mut found = None;
        for ahead in 0..RESYNC_AHEAD {
            let (Some(counter), Some(then)) = (next.checked_add(ahead), next.checked_add(ahead + 1)) else {
                break;
            };
            let both = self.is(first, counter) & self.is(second, then);
            found = found.or(both.then_some(then));
        }
        found
    }

    /// In constant time for codes of the right length.
    fn is_code_of(&self, code: &OtpCode, counter: u64) -> bool {
        self.is(code.expose(), counter)
    }

    fn is(&self, digits: &str, counter: u64) -> bool {
        self.0.check(digits, counter).is_some()
    }

    /// The code of a counter: for tests, and nobody else.
    pub fn code_of(&self, counter: u64) -> Zeroizing<String> {
        Zeroizing::new(self.0.generate(counter).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> Hotp {
        let seed = Seed::from_bytes(Zeroizing::new(b"12345678901234567890".to_vec())).unwrap();
        Hotp::new(&seed, OtpAlgorithm::Sha1, 6).unwrap()
    }

    fn code(text: &str) -> OtpCode {
        OtpCode::parse(text).map_err(|_| ()).unwrap()
    }

    /// RFC 4226 appendix D.
    #[test]
    fn the_codes_are_those_of_the_rfc() {
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
            "520489",
        ];
        for (counter, expected) in (0..).zip(codes) {
            assert_eq!(token().code_of(counter).as_str(), expected);
            assert_eq!(token().matched(&code(expected), counter), Some(counter));
        }
    }

    /// Rules: E4.
    #[test]
    fn two_codes_in_a_row_find_a_counter_again_far_ahead_and_never_behind() {
        for (next, first, second, matched) in [
            (10, 10, 11, Some(11)),
            (10, 109, 110, Some(110)),
            (10, 110, 111, None),
            (10, 9, 10, None),
            (10, 50, 52, None),
            (10, 51, 50, None),
        ] {
            let typed = [token().code_of(first).as_str(), token().code_of(second).as_str()].concat();
            assert_eq!(token().resynchronised(&code(&typed), next), matched, "{first} {second} from {next}");
            assert_eq!(token().matched(&code(&typed), next), None, "two are no single one");
        }
    }

    /// Rules: E4.
    #[test]
    fn a_button_pressed_in_a_pocket_is_forgiven_and_a_spent_counter_recognised() {
        for (next, shown, matched) in [
            (100, 100, Some(100)),
            (100, 109, Some(109)),
            (100, 110, None),
            (100, 99, Some(99)),
            (100, 90, Some(90)),
            (100, 89, None),
            (0, 0, Some(0)),
            (u64::MAX, u64::MAX, Some(u64::MAX)),
        ] {
            let typed = token().code_of(shown);
            assert_eq!(token().matched(&code(&typed), next), matched, "{shown} where {next} is next");
        }
    }
}
