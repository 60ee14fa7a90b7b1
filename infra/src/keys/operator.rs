//! The bearer token of the installation's operator, who may open accounts and nothing in them.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::secret_file::{SecretFile, SecretFileError};
use crate::mint::Mint;

const WHAT: &str = "the operator token file";
const PREFIX: &str = "tfo_";

/// The operator's token, known by its hash only. No `Debug`.
#[derive(Clone)]
pub struct OperatorToken([u8; 32]);

impl OperatorToken {
    /// Reads the token's file, or makes one of 256 random bits.
    pub fn open(path: &Path, mint: &Mint) -> Result<Self, SecretFileError> {
        let file = SecretFile { what: WHAT, path };
        let text = if let Some(text) = file.read()? {
            text
        } else {
            let secret = Zeroizing::new(URL_SAFE_NO_PAD.encode(*mint.secret::<32>()));
            let text = Zeroizing::new([PREFIX, &secret].concat());
            file.create(&text)?;
            text
        };
        // 43 characters are 256 bits; what is shorter was typed by a person.
        if text.strip_prefix(PREFIX).is_none_or(|secret| secret.len() < 43) {
            return Err(
                file.malformed("a token that starts with `tfo_`; delete it and start again to get one")
            );
        }
        Ok(Self(Sha256::digest(text.as_bytes()).into()))
    }

    /// Whether `presented` is the token, in a time that says nothing about it.
    pub fn matches(&self, presented: &str) -> bool {
        Sha256::digest(presented.as_bytes()).as_slice().ct_eq(&self.0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn the_operator_token_is_made_once_and_matches_itself_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("operator.token");
        let mint = Mint::system(Clock::system());
        OperatorToken::open(&path, &mint).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let token = OperatorToken::open(&path, &mint).unwrap();
        assert!(token.matches(text.trim()));
        assert!(!token.matches("") && !token.matches("tfo_") && !token.matches(&text.trim()[1..]));
    }
}
