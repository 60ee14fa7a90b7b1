//! Time-based one-time passwords, RFC 6238.
//!
//! The window is the present time step and the one before it (RFC 6238 §5.2: one step for the way
//! from the screen to the server), moved by the drift that is stored for a token whose clock runs
//! ahead or behind (§6). A step ahead of that is never accepted: nobody can have read that code.

use totp_rs::{Algorithm, Builder, Totp};
use twofold_domain::factor::otp::{OtpAlgorithm, OtpParameters};
use twofold_domain::time::Timestamp;
use zeroize::Zeroizing;

use super::code::OtpCode;
use crate::mint::Mint;

/// Bytes of a fresh seed: 160 bits, RFC 4226 §4 R6.
pub const SEED_BYTES: usize = 20;

/// Seeds of imported tokens: programmable cards have 80 bits and more; none has more than a block
/// of SHA-512.
const IMPORTED_SEED_BYTES: std::ops::RangeInclusive<usize> = 10..=128;

/// How many steps a token's clock may be known to be ahead or behind.
pub const MAX_DRIFT: i8 = 10;

/// How many steps before the window a code is still recognised as expired, so that the record says
/// "too late" and not "wrong".
const EXPIRED_STEPS: u64 = 10;

/// The kind under which a seed's row is sealed.
pub const SEED_KIND: &str = "otp_seed";

/// A seed or parameters that no factor may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutOfBounds {
    /// The seed.
    #[error("an OTP seed has 10 to 128 bytes")]
    Seed,
    /// The digits.
    #[error("a code has 6 to 8 digits")]
    Digits,
    /// The period.
    #[error("a time step has 30 or 60 seconds")]
    Period,
    /// The counter.
    #[error("a counter is at most 2^48")]
    Counter,
}

/// The seed of one factor. Cannot be printed; zeroised.
pub struct Seed(Zeroizing<Vec<u8>>);

impl Seed {
    /// A fresh seed of 160 bits.
    pub fn mint(mint: &Mint) -> Self {
        Self(Zeroizing::new(mint.secret::<SEED_BYTES>().to_vec()))
    }

    /// A seed from its bytes.
    pub fn from_bytes(bytes: Zeroizing<Vec<u8>>) -> Result<Self, OutOfBounds> {
        if IMPORTED_SEED_BYTES.contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(OutOfBounds::Seed) }
    }

    /// The bytes, to be sealed.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The key as text for those who type it: base 32 in groups of four.
    pub fn reveal(&self) -> Zeroizing<String> {
        let text = Zeroizing::new(totp_rs::Secret::from(self.bytes()).to_base32());
        let mut grouped = Zeroizing::new(String::with_capacity(text.len() * 5 / 4 + 1));
        for (i, c) in text.chars().enumerate() {
            if i > 0 && i % 4 == 0 {
                grouped.push(' ');
            }
            grouped.push(c);
        }
        grouped
    }
}

/// A factor that codes can be checked against.
pub struct Otp(Totp, u64);

impl Otp {
    /// A factor of this seed.
    pub fn new(seed: &Seed, parameters: OtpParameters) -> Result<Self, OutOfBounds> {
        Self::labelled(seed, parameters, None, "")
    }

    fn labelled(
        seed: &Seed,
        parameters: OtpParameters,
        issuer: Option<&str>,
        label: &str,
    ) -> Result<Self, OutOfBounds> {
        if !(6..=8).contains(&parameters.digits) {
            return Err(OutOfBounds::Digits);
        }
        if !matches!(parameters.period, 30 | 60) {
            return Err(OutOfBounds::Period);
        }
        let period = u64::from(parameters.period);
        let totp = Builder::new()
            .with_algorithm(match parameters.algorithm {
                OtpAlgorithm::Sha1 => Algorithm::SHA1,
                OtpAlgorithm::Sha256 => Algorithm::SHA256,
                OtpAlgorithm::Sha512 => Algorithm::SHA512,
            })
            .with_digits(parameters.digits)
            .with_step_duration(period)
            .with_skew(0)
            .with_secret(seed.bytes())
            .with_issuer(issuer)
            .with_account_name(label)
            // Ours are the bounds: `build` refuses the 80-bit seeds of real tokens.
            .build_noncompliant();
        Ok(Self(totp, period))
    }

    /// The time step that `code` belongs to, if it is in the window at `now`; the later of the two
    /// if both have this code, so that it cannot be used again in the next step. `drift` is how many
    /// steps the token's clock is ahead. Both steps are always computed and compared.
    pub fn matched_step(&self, code: &OtpCode, now: Timestamp, drift: i8) -> Option<u64> {
        let present = self.present_step(now, drift)?;
        let matched = |step: u64| self.is_code_of(code, step).then_some(step);
        let (newer, older) = (matched(present), present.checked_sub(1).and_then(matched));
        newer.or(older)
    }

    /// Whether `code` was right in one of the steps just before the window. It is refused all the
    /// same; only the reason on record differs.
    pub fn has_expired(&self, code: &OtpCode, now: Timestamp, drift: i8) -> bool {
        let Some(present) = self.present_step(now, drift) else { return false };
        (2..2 + EXPIRED_STEPS)
            .filter_map(|back| present.checked_sub(back))
            .fold(false, |found, step| self.is_code_of(code, step) | found)
    }

    /// The step of a code of a hardware token, whose clock nobody sets right, and how many steps that clock is
    /// ahead: the window is one step to either side of where it was last (RFC 6238 §6 has the validator keep
    /// the drift that it found), and it follows the token.
    pub fn matched_about(&self, code: &OtpCode, now: Timestamp, drift: i8) -> Option<(u64, i8)> {
        let about = [0, -1, 1].map(|off| drift.saturating_add(off));
        let found = about.map(|drift| {
            let step = self.present_step(now, drift)?;
            self.is_code_of(code, step).then_some((step, drift.clamp(-MAX_DRIFT, MAX_DRIFT)))
        });
        found.into_iter().flatten().next()
    }

    /// The step of the second of two codes that follow each other, and how many steps the clock is ahead that
    /// made them: within [`MAX_DRIFT`] either way, however far it was off before.
    pub fn resynchronised(&self, code: &OtpCode, now: Timestamp) -> Option<(u64, i8)> {
        let (first, second) = code.consecutive()?;
        let mut found = None;
        for drift in -MAX_DRIFT..=MAX_DRIFT {
            let Some(step) = self.present_step(now, drift) else { continue };
            let Some(before) = step.checked_sub(1) else { continue };
            let both = self.is(first, before) & self.is(second, step);
            found = found.or(both.then_some((step, drift)));
        }
        found
    }

    fn present_step(&self, now: Timestamp, drift: i8) -> Option<u64> {
        let drift = i64::from(drift.clamp(-MAX_DRIFT, MAX_DRIFT));
        (now.unix_seconds() / self.1).checked_add_signed(drift)
    }

    /// In constant time for codes of the right length.
    fn is_code_of(&self, code: &OtpCode, step: u64) -> bool {
        self.is(code.expose(), step)
    }

    fn is(&self, digits: &str, step: u64) -> bool {
        self.0.check(digits, step.saturating_mul(self.1)).is_some()
    }

    /// The code of the step at `at`: for tests, the demo's people, and nobody else.
    pub fn code_at(&self, at: Timestamp) -> Zeroizing<String> {
        Zeroizing::new(self.0.generate(at.unix_seconds()).to_string())
    }
}

/// The `otpauth:` link for a QR code. The issuer is `<product> (<account name>)`, so that two
/// accounts never look alike in an app; the label is the user.
pub fn uri(
    seed: &Seed,
    parameters: OtpParameters,
    product: &str,
    account_name: &str,
    user: &str,
) -> Result<Zeroizing<String>, OutOfBounds> {
    let issuer = label_text(&format!("{product} ({account_name})"));
    let Otp(totp, _) = Otp::labelled(seed, parameters, Some(&issuer), &label_text(user))?;
    // Refused only for an empty label or one with a colon, and `label_text` makes neither.
    Ok(Zeroizing::new(totp.to_url().unwrap_or_default()))
}

/// A colon separates issuer from label, so neither may hold one.
fn label_text(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c == ':' || c.is_control() { ' ' } else { c }).collect();
    let clean = clean.trim();
    if clean.is_empty() { "-".to_owned() } else { clean.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn seed(bytes: &[u8]) -> Seed {
        Seed::from_bytes(Zeroizing::new(bytes.to_vec())).unwrap()
    }

    fn code(text: &str) -> OtpCode {
        OtpCode::parse(text).map_err(|_| ()).unwrap()
    }

    /// RFC 6238 appendix B.
    #[test]
    fn the_codes_are_those_of_the_rfc() {
        let long = b"1234567890123456789012345678901234567890123456789012345678901234";
        for (seconds, algorithm, bytes, expected) in [
            (59, OtpAlgorithm::Sha1, 20, "94287082"),
            (59, OtpAlgorithm::Sha256, 32, "46119246"),
            (59, OtpAlgorithm::Sha512, 64, "90693936"),
            (1_111_111_109, OtpAlgorithm::Sha1, 20, "07081804"),
            (1_111_111_111, OtpAlgorithm::Sha256, 32, "67062674"),
            (20_000_000_000, OtpAlgorithm::Sha512, 64, "47863826"),
        ] {
            let parameters = OtpParameters { algorithm, digits: 8, period: 30 };
            let otp = Otp::new(&seed(&long[..bytes]), parameters).unwrap();
            assert_eq!(otp.code_at(at(seconds)).as_str(), expected);
            assert_eq!(otp.matched_step(&code(expected), at(seconds), 0), Some(seconds as u64 / 30));
        }
    }

    #[test]
    fn the_window_is_this_step_and_the_one_before_and_never_the_next() {
        let otp = Otp::new(&seed(&[7; 20]), OtpParameters::APP).unwrap();
        let now = at(30_000_015);
        let step = 1_000_000;
        for (offset, matched) in [(-60, None), (-30, Some(step - 1)), (0, Some(step)), (30, None), (60, None)]
        {
            let shown = otp.code_at(at(30_000_015 + offset));
            assert_eq!(otp.matched_step(&code(&shown), now, 0), matched, "offset {offset}");
        }
    }

    #[test]
    fn a_code_that_came_too_late_is_told_from_a_wrong_one() {
        let otp = Otp::new(&seed(&[7; 20]), OtpParameters::APP).unwrap();
        let now = at(30_000_015);
        for (offset, expired) in
            [(-360, false), (-330, true), (-60, true), (-30, false), (0, false), (30, false)]
        {
            let shown = otp.code_at(at(30_000_015 + offset));
            assert_eq!(otp.has_expired(&code(&shown), now, 0), expired, "offset {offset}");
        }
        assert!(!otp.has_expired(&code("000000"), at(0), 0));
    }

    #[test]
    fn a_stored_drift_moves_the_window_and_does_not_widen_it() {
        let otp = Otp::new(&seed(&[7; 20]), OtpParameters::APP).unwrap();
        let now = at(30_000_015);
        for (drift, offset, matched) in [
            (2, 60, Some(1_000_002)),
            (2, 30, Some(1_000_001)),
            (2, 0, None),
            (2, 90, None),
            (-3, -90, Some(999_997)),
            (-3, -120, Some(999_996)),
            (-3, 0, None),
            (i8::MAX, 300, Some(1_000_010)),
        ] {
            let shown = otp.code_at(at(30_000_015 + offset));
            assert_eq!(otp.matched_step(&code(&shown), now, drift), matched, "drift {drift} offset {offset}");
        }
        assert_eq!(otp.matched_step(&code(&otp.code_at(at(0))), at(0), 0), Some(0), "before any step");
        assert_eq!(otp.matched_step(&code("000000"), at(0), -1), None);
    }

    /// Rules: E4.
    #[test]
    fn a_hardware_tokens_window_follows_its_clock_one_step_either_way() {
        let otp = Otp::new(&seed(&[7; 20]), OtpParameters::APP).unwrap();
        let now = at(30_000_015);
        for (drift, offset, matched) in [
            (0, 0, Some((1_000_000, 0))),
            (0, 30, Some((1_000_001, 1))),
            (0, -30, Some((999_999, -1))),
            (0, 60, None),
            (0, -60, None),
            (3, 120, Some((1_000_004, 4))),
            (3, 60, Some((1_000_002, 2))),
            (3, 0, None),
            (MAX_DRIFT, 30 * i64::from(MAX_DRIFT + 1), None),
        ] {
            let shown = otp.code_at(at(30_000_015 + offset));
            assert_eq!(
                otp.matched_about(&code(&shown), now, drift),
                matched,
                "drift {drift} offset {offset}"
            );
        }
    }

    /// Rules: E4.
    #[test]
    fn two_codes_in_a_row_find_a_clock_again_and_one_or_two_others_do_not() {
        let otp = Otp::new(&seed(&[7; 20]), OtpParameters::APP).unwrap();
        let now = at(30_000_015);
        let shown = |offset: i64| otp.code_at(at(30_000_015 + 30 * offset));
        for (first, second, matched) in [
            (-1, 0, Some((1_000_000, 0))),
            (6, 7, Some((1_000_007, 7))),
            (-11, -10, Some((999_990, -10))),
            (9, 10, Some((1_000_010, 10))),
            (10, 11, None),
            (7, 6, None),
            (5, 7, None),
            (7, 7, None),
        ] {
            let typed = [shown(first).as_str(), " ", shown(second).as_str()].concat();
            assert_eq!(otp.resynchronised(&code(&typed), now), matched, "{first} {second}");
            assert_eq!(otp.matched_step(&code(&typed), now, 0), None, "two are no single one");
        }
        assert_eq!(otp.resynchronised(&code(&shown(0)), now), None);
    }

    #[test]
    fn a_code_of_another_length_never_matches() {
        let eight = OtpParameters { digits: 8, ..OtpParameters::APP };
        let otp = Otp::new(&seed(&[7; 20]), eight).unwrap();
        let shown = otp.code_at(at(600));
        assert_eq!(otp.matched_step(&code(&shown[2..]), at(600), 0), None);
        assert_eq!(otp.matched_step(&code(&shown), at(600), 0), Some(20));
    }

    #[test]
    fn bounds_are_ours() {
        let ok = seed(&[1; 10]);
        assert!(Seed::from_bytes(Zeroizing::new(vec![1; 9])).is_err());
        assert!(Seed::from_bytes(Zeroizing::new(vec![1; 129])).is_err());
        for digits in [0, 5, 9, 10, 255] {
            assert!(Otp::new(&ok, OtpParameters { digits, ..OtpParameters::APP }).is_err());
        }
        for period in [0, 1, 29, 90] {
            assert!(Otp::new(&ok, OtpParameters { period, ..OtpParameters::APP }).is_err());
        }
        assert_eq!(Seed::mint(&Mint::system(Clock::system())).bytes().len() * 8, 160);
    }

    /// Rules: H8.
    #[test]
    fn the_link_names_product_account_and_user() {
        let link =
            uri(&seed(b"12345678901234567890"), OtpParameters::APP, "Twofold", "Acme: EU", "ada@example.com");
        assert_eq!(
            link.unwrap().as_str(),
            "otpauth://totp/Twofold%20%28Acme%20%20EU%29:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Twofold%20%28Acme%20%20EU%29"
        );
        let token = OtpParameters { algorithm: OtpAlgorithm::Sha256, digits: 8, period: 60 };
        let link = uri(&seed(&[1; 20]), token, "Twofold", "Acme", "").unwrap();
        for part in ["digits=8", "algorithm=SHA256", "period=60"] {
            assert!(link.contains(part), "{part}");
        }
    }

    #[test]
    fn the_key_as_text_is_grouped_base_32() {
        assert_eq!(
            seed(b"12345678901234567890").reveal().as_str(),
            "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
        );
    }
}
