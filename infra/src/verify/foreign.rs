//! Password hashes that people bring along from another system, and what they may cost.
//!
//! Whoever imports chooses the figures that a sign-in then pays for. So a hash whose check takes more than
//! about a second or 128 MiB is refused: an import must not become a way to exhaust the server.

use argon2::password_hash::{Decimal, PasswordHash as Phc, PasswordVerifier as _};
use scrypt::Scrypt;
use zeroize::Zeroizing;

use super::password::PasswordHash;

/// Most memory of one check: Argon2's `m`, and scrypt's `128 · N · r`.
const MAX_MEMORY_KIB: u64 = 128 * 1024;
/// Most work of Argon2: memory in KiB times passes. OWASP's costliest recommendation is a tenth of it.
const MAX_ARGON2_WORK: u64 = 512 * 1024;
/// Most lanes.
const MAX_LANES: u64 = 16;
/// Most `p` of scrypt.
const MAX_SCRYPT_P: u64 = 4;
/// Most iterations of PBKDF2; OWASP recommends 600,000 for SHA-256.
const MAX_PBKDF2_ROUNDS: u64 = 2_000_000;
/// Cost factors of bcrypt: each one more doubles it; 14 is about a second.
const BCRYPT_COST: std::ops::RangeInclusive<u32> = 4..=14;
/// The longest text of a hash.
const MAX_TEXT: usize = 512;

/// Why a hash of another system is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// None that is known here.
    #[error(
        "is not a hash that is known here: argon2id, argon2i, scrypt, pbkdf2-sha256 or -sha512 in PHC form, or bcrypt"
    )]
    Unknown,
    /// Its check would cost too much.
    #[error("would cost too much to check: its memory, passes, or cost factor is out of bounds")]
    TooCostly,
}

/// A hash of another system.
#[derive(Clone)]
pub struct ForeignHash {
    /// `argon2id`, `argon2i`, `scrypt`, `pbkdf2-sha256`, `pbkdf2-sha512`, `bcrypt`.
    pub scheme: &'static str,
    /// What to store.
    pub hash: PasswordHash,
}

impl ForeignHash {
    /// Takes a hash within the bounds.
    pub fn parse(text: &str) -> Result<Self, Unfit> {
        let text = text.trim();
        if text.len() > MAX_TEXT {
            return Err(Unfit::Unknown);
        }
        let scheme = if is_bcrypt(text) { bcrypt_scheme(text)? } else { phc_scheme(text)? };
        Ok(Self { scheme, hash: PasswordHash::of_text(text) })
    }
}

/// A hash that costs what this one does, that no password matches, and that says nothing of this one: the same
/// scheme and figures, and nothing but zeros for salt and digest.
pub(super) fn cost_of(text: &str) -> String {
    if is_bcrypt(text) {
        return format!("$2b${}${}", &text[4..6], ".".repeat(53));
    }
    let zeros = |part: &str| "A".repeat(part.len());
    let mut parts = text.rsplitn(3, '$');
    let (digest, salt, rest) = (parts.next(), parts.next(), parts.next());
    format!(
        "{}${}${}",
        rest.unwrap_or_default(),
        salt.map_or_else(String::new, zeros),
        digest.map_or_else(String::new, zeros)
    )
}

/// Whether a text is bcrypt's: `$2b$12$` and 53 characters.
pub(super) fn is_bcrypt(text: &str) -> bool {
    let alphabet = |b: u8| b.is_ascii_alphanumeric() || b == b'.' || b == b'/';
    let bytes = text.as_bytes();
    bytes.len() == 60
        && ["$2a$", "$2b$", "$2y$"].iter().any(|prefix| text.starts_with(prefix))
        && bytes[4..6].iter().all(u8::is_ascii_digit)
        && bytes[6] == b'$'
        && bytes[7..].iter().copied().all(alphabet)
}

fn bcrypt_scheme(text: &str) -> Result<&'static str, Unfit> {
    let cost = text.get(4..6).and_then(|cost| cost.parse().ok()).ok_or(Unfit::Unknown)?;
    if BCRYPT_COST.contains(&cost) { Ok("bcrypt") } else { Err(Unfit::TooCostly) }
}

fn phc_scheme(text: &str) -> Result<&'static str, Unfit> {
    let phc = Phc::new(text).map_err(|_| Unfit::Unknown)?;
    if phc.salt.is_none() || phc.hash.is_none_or(|hash| hash.len() < 16) {
        return Err(Unfit::Unknown);
    }
    let figure = |name: &str| phc.params.get_decimal(name).map(|n: Decimal| u64::from(n));
    let (scheme, cheap) = match phc.algorithm.as_str() {
        name @ ("argon2id" | "argon2i") => {
            let (Some(m), Some(t), Some(p)) = (figure("m"), figure("t"), figure("p")) else {
                return Err(Unfit::Unknown);
            };
            let cheap = m <= MAX_MEMORY_KIB && m * t <= MAX_ARGON2_WORK && (1..=MAX_LANES).contains(&p);
            (if name == "argon2id" { "argon2id" } else { "argon2i" }, cheap)
        }
        "scrypt" => {
            let (Some(ln), Some(r), Some(p)) = (figure("ln"), figure("r"), figure("p")) else {
                return Err(Unfit::Unknown);
            };
            let memory = 1_u64.checked_shl(ln.min(40) as u32).and_then(|n| n.checked_mul(128 * r));
            ("scrypt", memory.is_some_and(|m| m <= MAX_MEMORY_KIB * 1024) && p <= MAX_SCRYPT_P)
        }
        name @ ("pbkdf2-sha256" | "pbkdf2-sha512") => {
            let Some(rounds) = figure("i") else { return Err(Unfit::Unknown) };
            let scheme = if name == "pbkdf2-sha256" { "pbkdf2-sha256" } else { "pbkdf2-sha512" };
            (scheme, rounds <= MAX_PBKDF2_ROUNDS)
        }
        _ => return Err(Unfit::Unknown),
    };
    if cheap { Ok(scheme) } else { Err(Unfit::TooCostly) }
}

/// Whether a password is the one of a hash that is not Argon2's. One that is unusable has none: an error would
/// tell its person apart.
pub(super) fn verify(password: &[u8], text: &str) -> bool {
    if is_bcrypt(text) {
        // bcrypt looks at 72 bytes; so did the system that made it.
        let typed = Zeroizing::new(password.iter().copied().take_while(|b| *b != 0).collect::<Vec<u8>>());
        return bcrypt::verify(typed.as_slice(), text).unwrap_or(false);
    }
    let Ok(phc) = Phc::new(text) else { return false };
    match phc.algorithm.as_str() {
        "scrypt" => Scrypt.verify_password(password, &phc).is_ok(),
        "pbkdf2-sha256" | "pbkdf2-sha512" => pbkdf2::Pbkdf2.verify_password(password, &phc).is_ok(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::mint::Mint;
    use crate::verify::password::{Password, Passwords};

    const SECRET: &str = "correct horse battery staple";

    /// Rules: H1.
    #[tokio::test]
    async fn a_password_of_another_system_is_recognised() {
        use argon2::password_hash::{PasswordHasher as _, SaltString};
        let salt = SaltString::encode_b64(b"0123456789abcdef").unwrap();
        let params = argon2::Params::new(8, 1, 1, None).unwrap();
        let argon2i = argon2::Argon2::new(argon2::Algorithm::Argon2i, argon2::Version::V0x13, params);
        let quick = scrypt::Params::new(4, 8, 1, 32).unwrap();
        let hashes = [
            ("bcrypt", bcrypt::hash(SECRET, 4).unwrap()),
            ("argon2i", argon2i.hash_password(SECRET.as_bytes(), &salt).unwrap().to_string()),
            (
                "scrypt",
                Scrypt
                    .hash_password_customized(SECRET.as_bytes(), None, None, quick, &salt)
                    .unwrap()
                    .to_string(),
            ),
            (
                "pbkdf2-sha256",
                pbkdf2::Pbkdf2
                    .hash_password_customized(
                        SECRET.as_bytes(),
                        None,
                        None,
                        pbkdf2::Params { rounds: 1_000, output_length: 32 },
                        &salt,
                    )
                    .unwrap()
                    .to_string(),
            ),
        ];
        let passwords = Passwords::new(Mint::system(Clock::system()), 1);
        for (scheme, text) in hashes {
            let foreign = ForeignHash::parse(&text).map_err(|e| e.to_string()).unwrap();
            assert_eq!(foreign.scheme, scheme);
            let stored = || PasswordHash::from_bytes(foreign.hash.bytes());
            assert!(stored().is_some(), "{scheme}");
            for (typed, right) in [(SECRET, true), ("correct horse battery stable", false)] {
                let typed = Password::parse(typed).unwrap_or_else(|_| panic!("typed"));
                assert_eq!(passwords.verify(typed, stored()).await, Ok(right), "{scheme}");
            }
        }
    }

    /// Rules: H1.
    #[test]
    fn a_hash_that_would_cost_minutes_or_gigabytes_is_refused() {
        let rest = "AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let bcrypt = |cost: u8| format!("$2b${cost:02}${}", "a".repeat(53));
        let rows = [
            (format!("$argon2id$v=19$m=19456,t=2,p=1${rest}"), Ok("argon2id")),
            (format!("$argon2id$v=19$m=65536,t=3,p=4${rest}"), Ok("argon2id")),
            (format!("$argon2i$v=19$m=131072,t=4,p=1${rest}"), Ok("argon2i")),
            (format!("$argon2id$v=19$m=131072,t=5,p=1${rest}"), Err(Unfit::TooCostly)),
            (format!("$argon2id$v=19$m=4194304,t=1,p=1${rest}"), Err(Unfit::TooCostly)),
            (format!("$argon2id$v=19$m=8,t=4294967295,p=1${rest}"), Err(Unfit::TooCostly)),
            (format!("$argon2d$v=19$m=19456,t=2,p=1${rest}"), Err(Unfit::Unknown)),
            ("$argon2id$v=19$m=19456,t=2,p=1".to_owned(), Err(Unfit::Unknown)),
            (format!("$scrypt$ln=17,r=8,p=1${rest}"), Ok("scrypt")),
            (format!("$scrypt$ln=18,r=8,p=1${rest}"), Err(Unfit::TooCostly)),
            (format!("$scrypt$ln=63,r=8,p=1${rest}"), Err(Unfit::TooCostly)),
            (format!("$pbkdf2-sha256$i=600000,l=32${rest}"), Ok("pbkdf2-sha256")),
            (format!("$pbkdf2-sha512$i=4000000000,l=32${rest}"), Err(Unfit::TooCostly)),
            (bcrypt(12), Ok("bcrypt")),
            (bcrypt(15), Err(Unfit::TooCostly)),
            (bcrypt(31), Err(Unfit::TooCostly)),
            ("secret".to_owned(), Err(Unfit::Unknown)),
            ("5f4dcc3b5aa765d61d8327deb882cf99".to_owned(), Err(Unfit::Unknown)),
            (String::new(), Err(Unfit::Unknown)),
            ("$2b$12$".to_owned() + &"a".repeat(600), Err(Unfit::Unknown)),
        ];
        for (text, expected) in rows {
            assert_eq!(ForeignHash::parse(&text).map(|f| f.scheme), expected, "{text}");
        }
    }
}
