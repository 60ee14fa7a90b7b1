//! An authenticator app that shares no line with the program: RFC 6238 written from its text, over
//! RFC 4226 and RFC 4648, so that a mistake of ours cannot confirm itself.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use hmac::{Hmac, Mac as _};
use sha1::Sha1;
use twofold_domain::time::Timestamp;

/// What a phone keeps after it scanned a QR code.
#[derive(Clone)]
pub struct Authenticator {
    seed: Vec<u8>,
    /// Whom the app shows above the code.
    pub issuer: String,
    /// The key as it stood in the link, for the search of places where it must not be.
    pub secret: String,
}

impl Authenticator {
    /// Scans the link of a QR code. Takes only what every app understands: SHA-1, six digits, 30 seconds.
    pub fn scan(uri: &str) -> Result<Self> {
        let (_, query) = uri
            .strip_prefix("otpauth://totp/")
            .and_then(|rest| rest.split_once('?'))
            .with_context(|| format!("no otpauth link of the kind totp: {uri}"))?;
        let value = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
        };
        for (name, usual) in [("algorithm", "SHA1"), ("digits", "6"), ("period", "30")] {
            let given = value(name);
            ensure!(given.as_deref().is_none_or(|v| v == usual), "{name} is {given:?}, apps expect {usual}");
        }
        let secret = value("secret").context("the link has no secret")?;
        let issuer = percent_decoded(&value("issuer").context("the link names no issuer")?);
        Ok(Self { seed: base32(&secret)?, issuer, secret })
    }

    /// Types the key that stands beside the QR code.
    pub fn typed(key: &str) -> Result<Self> {
        let secret: String = key.chars().filter(|c| !c.is_whitespace()).collect();
        Ok(Self { seed: base32(&secret)?, issuer: String::new(), secret })
    }

    /// What the screen shows at an instant.
    pub fn code(&self, at: Timestamp) -> String {
        hotp(&self.seed, at.unix_seconds() / 30, 6)
    }

    /// Six digits that are none of the codes near an instant.
    pub fn wrong_code(&self, at: Timestamp) -> String {
        let step = at.unix_seconds() / 30;
        let near: Vec<String> =
            (step.saturating_sub(20)..=step + 20).map(|s| hotp(&self.seed, s, 6)).collect();
        let candidates = (0..1_000_000).map(|n: u32| format!("{n:06}"));
        candidates.into_iter().find(|code| !near.contains(code)).unwrap_or_default()
    }
}

/// RFC 4226 §5.3.
fn hotp(seed: &[u8], counter: u64, digits: u32) -> String {
    // HMAC takes keys of every length.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(seed) else { return String::new() };
    mac.update(&counter.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash[19] & 0x0f);
    let four = [hash[offset] & 0x7f, hash[offset + 1], hash[offset + 2], hash[offset + 3]];
    let number = u32::from_be_bytes(four) % 10_u32.pow(digits);
    format!("{number:0width$}", width = digits as usize)
}

/// RFC 4648 §6, without padding.
fn base32(text: &str) -> Result<Vec<u8>> {
    let mut bytes = vec![];
    let (mut bits, mut held) = (0_u32, 0_u32);
    for c in text.trim_end_matches('=').chars() {
        let value = match c.to_ascii_uppercase() {
            c @ 'A'..='Z' => c as u32 - 'A' as u32,
            c @ '2'..='7' => c as u32 - '2' as u32 + 26,
            other => anyhow::bail!("{other:?} is not base 32"),
        };
        bits = bits << 5 | value;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    Ok(bytes)
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = vec![];
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits: Vec<u8> = rest.by_ref().take(2).collect();
            let digits = String::from_utf8_lossy(&digits).into_owned();
            bytes.push(u8::from_str_radix(&digits, 16).unwrap_or(b'?'));
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What `oathtool` says the code is.
pub fn oathtool(secret: &str, at: Timestamp) -> Result<String> {
    let now = format!("@{}", at.unix_seconds());
    let output = Command::new("oathtool").args(["--totp", "--base32", "--now", &now, secret]).output();
    let output = output.context("oathtool is not installed: apt-get install oathtool, or run .ci/test")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        for (seconds, expected) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let code = hotp(b"12345678901234567890", at(seconds).unix_seconds() / 30, 8);
            assert_eq!(code, expected, "RFC 6238 appendix B at {seconds}");
        }
    }

    #[test]
    fn another_authenticator_shows_the_same_code() {
        let secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
        let ours = Authenticator::typed(secret).unwrap();
        for seconds in (1_774_958_400..1_774_958_400 + 3_000).step_by(299) {
            let theirs = oathtool(secret, at(seconds)).unwrap();
            assert_eq!(ours.code(at(seconds)), theirs, "oathtool differs at {seconds}");
        }
    }

    #[test]
    fn base_32_is_that_of_the_rfc() {
        for (text, bytes) in [("MY======", "f"), ("MZXW6===", "foo"), ("MZXW6YTBOI======", "foobar")] {
            assert_eq!(base32(text).unwrap(), bytes.as_bytes());
        }
        assert!(base32("0").is_err());
    }
}
