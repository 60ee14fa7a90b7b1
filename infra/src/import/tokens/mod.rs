//! Hardware tokens as their makers deliver them: a table (CSV) or a key container (PSKC, RFC 6030).
//!
//! The whole file is looked at before anything is kept. What cannot be a factor here (another algorithm, another
//! encoding of codes, a broken seed) is refused with its line and the reason.

mod policy;
mod pskc;
mod table;

use std::sync::Arc;

use twofold_domain::factor::otp::OtpAlgorithm;
use twofold_domain::factor::token::{Moves, TokenFile};
use twofold_domain::time::Timestamp;
use twofold_domain::written::misleads;
use zeroize::Zeroizing;

use super::{Flaw, Flaws};
use crate::acts::TokenSeed;
use crate::verify::totp::{OutOfBounds, Seed};

pub use pskc::ContainerKey;

/// The most tokens in one file: one append takes them.
pub const MAX_TOKENS: usize = 1_000;
/// The largest file, in bytes.
pub const MAX_TOKEN_BYTES: usize = 2 << 20;
/// The longest serial, in bytes: as long as what is sealed of it may be.
const MAX_SERIAL: usize = 64;

/// In which form a file comes: a container is XML, and no table begins with a tag.
pub fn form_of(file: &str) -> TokenFile {
    let text = file.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('<') { TokenFile::Pskc } else { TokenFile::Csv }
}

/// A token of a file.
#[derive(Clone)]
pub struct FoundToken {
    /// Where it stands.
    pub line: u64,
    /// What is printed on it.
    pub serial: String,
    /// Seed and parameters.
    pub token: TokenSeed,
}

/// Reads a file: every token, or every flaw. A key opens a container whose seeds are encrypted; what a container may not
/// be used before or after is held against `now`.
pub fn read_tokens(
    file: &str,
    format: TokenFile,
    key: Option<&ContainerKey>,
    now: Timestamp,
) -> Result<Vec<FoundToken>, Flaws> {
    let mut flaws = Flaws::default();
    let mut found = vec![];
    if file.len() > MAX_TOKEN_BYTES {
        flaws.add(1, "", format!("a file has at most {MAX_TOKEN_BYTES} bytes"));
    } else {
        match format {
            TokenFile::Csv => table::read(file, &mut found, &mut flaws),
            TokenFile::Pskc => pskc::read(file, key, now, &mut found, &mut flaws),
        }
    }
    if let Some(over) = found.get(MAX_TOKENS) {
        flaws.add(over.line, "", format!("is one too many: a file has at most {MAX_TOKENS} tokens"));
    }
    let mut serials = std::collections::HashSet::new();
    for token in &found {
        if !serials.insert(token.serial.as_str()) {
            flaws.add(token.line, "serial", "stands there twice");
        }
    }
    if flaws.count == 0 && found.is_empty() {
        flaws.add(1, "", "holds no token");
    }
    if flaws.count == 0 { Ok(found) } else { Err(flaws) }
}

/// What a file says of one token, before it is known to be usable.
struct Claimed {
    line: u64,
    serial: String,
    seed: Zeroizing<Vec<u8>>,
    algorithm: OtpAlgorithm,
    digits: u8,
    moves: Moves,
}

impl Claimed {
    fn check(self, flaws: &mut Flaws) -> Option<FoundToken> {
        let Self { line, serial, seed, algorithm, digits, moves } = self;
        if serial.is_empty() || serial.len() > MAX_SERIAL || serial.chars().any(misleads) {
            flaws.add(line, "serial", format!("is a text of 1 to {MAX_SERIAL} bytes"));
            return None;
        }
        let checked = Seed::from_bytes(seed).and_then(|seed| {
            let token = TokenSeed { seed: Arc::new(seed), algorithm, digits, moves };
            token.check().map(|()| token)
        });
        match checked {
            Ok(token) if matches!(digits, 6 | 8) => Some(FoundToken { line, serial, token }),
            Ok(_) => {
                flaws.add(line, "digits", "are 6 or 8");
                None
            }
            Err(why) => {
                let field = match why {
                    OutOfBounds::Seed => "seed",
                    OutOfBounds::Digits => "digits",
                    OutOfBounds::Period => "period",
                    OutOfBounds::Counter => "counter",
                };
                flaws.add(line, field, why.to_string());
                None
            }
        }
    }
}

/// The hash that a name stands for, however it is written.
fn algorithm(name: &str) -> Option<OtpAlgorithm> {
    let plain: String = name.to_ascii_uppercase().chars().filter(char::is_ascii_alphanumeric).collect();
    match plain.trim_start_matches("HMAC") {
        "SHA1" => Some(OtpAlgorithm::Sha1),
        "SHA256" => Some(OtpAlgorithm::Sha256),
        "SHA512" => Some(OtpAlgorithm::Sha512),
        _ => None,
    }
}

/// Bytes in base 32 or, as most makers deliver them, in hexadecimal; spaces and hyphens are passed over. A text
/// that could be either is neither.
pub fn seed_bytes(text: &str) -> Result<Zeroizing<Vec<u8>>, &'static str> {
    let plain = plain(text);
    let is_hex =
        plain.len().is_multiple_of(2) && !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_hexdigit());
    let base32 = base32(&plain);
    match (is_hex, base32) {
        (true, Some(_)) => Err("could be hexadecimal or base 32; say which in a column `encoding`"),
        (true, None) => hex(&plain).ok_or("is not hexadecimal"),
        (false, Some(bytes)) => Ok(bytes),
        (false, None) => Err("is not hexadecimal, and not base 32"),
    }
}

fn plain(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.chars().filter(|c| !matches!(c, ' ' | '-' | '=')).collect())
}

fn base32(plain: &str) -> Option<Zeroizing<Vec<u8>>> {
    let upper = Zeroizing::new(plain.to_ascii_uppercase());
    let bytes = totp_rs::Secret::try_from_base32(upper.as_str()).ok()?;
    Some(Zeroizing::new(bytes.as_ref().to_vec()))
}

fn hex(plain: &str) -> Option<Zeroizing<Vec<u8>>> {
    let pair = |n: usize| u8::from_str_radix(plain.get(n..n + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..plain.len()).step_by(2).map(pair).collect();
    bytes.map(Zeroizing::new)
}

impl Flaws {
    /// The flaws as lines of a text.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.listed.iter().map(|Flaw { line, field, why }| match *field {
            "" => format!("line {line}: {why}"),
            field => format!("line {line}, {field}: {why}"),
        })
    }
}

#[cfg(test)]
mod tests;
