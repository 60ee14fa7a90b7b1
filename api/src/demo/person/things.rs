//! What people carry: an authenticator app, and browsers that keep a cookie.

use anyhow::{Context as _, Result};
use rand::Rng;
use rand::rngs::StdRng;
use twofold_domain::ids::FactorId;
use twofold_infra::acts::{DeviceCredential, EnrolmentStarted};
use twofold_infra::verify::totp::{Otp, Seed};
use zeroize::Zeroizing;

/// Seconds of one code.
pub(super) const STEP: u64 = 30;

/// An authenticator app.
pub(super) struct App {
    pub(super) factor: FactorId,
    pub(super) otp: Otp,
    /// The step of the last code that was shown; nobody shows one twice by accident.
    pub(super) shown: u64,
}

impl App {
    /// Takes the key over, as it was shown.
    pub(super) fn scan(started: &EnrolmentStarted) -> Result<Self> {
        let app = started.app.as_ref().context("no authenticator app")?;
        let seed = Seed::from_bytes(base32(&app.key).context("a key that is no base 32")?)?;
        Ok(Self { factor: started.factor, otp: Otp::new(&seed, app.parameters)?, shown: 0 })
    }
}

/// RFC 4648 §6, without padding.
fn base32(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (mut bytes, mut buffer, mut bits) = (Zeroizing::new(Vec::with_capacity(20)), 0_u32, 0);
    for symbol in text.bytes().filter(|b| *b != b' ') {
        let value = match symbol {
            b'A'..=b'Z' => symbol - b'A',
            b'2'..=b'7' => symbol - b'2' + 26,
            _ => return None,
        };
        buffer = (buffer << 5) | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
            buffer &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

/// A browser, with the cookie that it keeps.
#[derive(Clone)]
pub(in crate::demo) struct Browser {
    pub(in crate::demo) token: Option<DeviceCredential>,
    pub(in crate::demo) agent: &'static str,
    pub(in crate::demo) ip: String,
}

impl Browser {
    /// One that nobody has seen.
    pub(in crate::demo) fn new(agent: &'static str, ip: String) -> Self {
        Self { token: None, agent, ip }
    }
}

/// The browser at work.
pub(in crate::demo) const LAPTOP: usize = 0;
/// The browser in the pocket.
pub(in crate::demo) const PHONE: usize = 1;
/// A window that keeps no cookies.
pub(in crate::demo) const PRIVATE: usize = 2;

const LAPTOPS: [&str; 4] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
];
const PHONES: [&str; 2] = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 Chrome/138.0.0.0 Mobile Safari/537.36",
];

/// The browsers that somebody has.
pub(super) fn browsers(rng: &mut StdRng) -> [Browser; 3] {
    let ip = |rng: &mut StdRng| format!("198.51.100.{}", rng.random_range(1..255));
    [
        Browser::new(LAPTOPS[rng.random_range(0..LAPTOPS.len())], ip(rng)),
        Browser::new(
            PHONES[rng.random_range(0..PHONES.len())],
            format!("203.0.113.{}", rng.random_range(1..255)),
        ),
        Browser::new(LAPTOPS[rng.random_range(0..LAPTOPS.len())], ip(rng)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_an_app_reads_it() {
        // RFC 4648 §10.
        for (text, bytes) in [("MZXW 6YTB OI", "foobar"), ("MZXW6", "foo"), ("", "")] {
            assert_eq!(base32(text).unwrap().as_slice(), bytes.as_bytes());
        }
        assert!(base32("0").is_none());
    }
}
