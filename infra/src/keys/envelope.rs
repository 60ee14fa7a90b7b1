//! The one ciphertext format, version 1.
//!
//! ```text
//! 0x01 ‖ salt (16) ‖ commitment (32) ‖ AES-256-GCM-SIV ciphertext and tag (plaintext + 16)
//!
//! info        = label ‖ 0x00 ‖ account (16) ‖ subject (16) ‖ kind
//! value key   = HKDF-SHA-256(key, salt, info)                       32 bytes
//! encryption key ‖ commitment = HKDF-Expand(value key, "…")         64 bytes
//! AAD         = 0x01 ‖ info; nonce = 0, since no encryption key is used twice
//! ```
//!
//! Each value has a key of its own, so one can be disclosed without another. The commitment binds
//! the bytes to that key: nobody can make one ciphertext that opens to two texts under two keys
//! (AES-GCM-SIV alone does not promise that). Sources: RFC 5869, RFC 8452.

use aes_gcm_siv::aead::{AeadInPlace as _, KeyInit as _};
use aes_gcm_siv::{Aes256GcmSiv, Nonce, Tag};
use hkdf::Hkdf;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use twofold_domain::ids::AccountId;
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

/// The version byte.
pub const VERSION: u8 = 1;

/// Bytes of random salt.
pub const SALT: usize = 16;

/// Bytes that an envelope adds to its plaintext.
pub const OVERHEAD: usize = 1 + SALT + COMMITMENT + TAG;

/// The longest plaintext: an event record is at most 65,535 bytes, a mailed message a few thousand.
pub const MAX_PLAINTEXT: usize = 64 * 1024;

const COMMITMENT: usize = 32;
const TAG: usize = 16;
const EXPAND_INFO: &[u8] = b"twofold/envelope/v1 encryption and commitment";

/// A 256-bit key. No `Debug`, no `Serialize`; zeroised when dropped.
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// Takes 32 uniformly random bytes.
    pub const fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// A key from opened bytes, if there are 32 of them.
    pub(super) fn from_slice(bytes: &[u8]) -> Option<Self> {
        let mut key = Zeroizing::new([0; 32]);
        if bytes.len() != key.len() {
            return None;
        }
        key.copy_from_slice(bytes);
        Some(Self(key))
    }

    /// The raw key, for the primitives of this module and its neighbours only.
    pub(super) fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key for one purpose that says nothing about this one.
    pub(super) fn derive(&self, purpose: &[u8]) -> Self {
        let mut derived = Zeroizing::new([0; 32]);
        expand(&Hkdf::<Sha256>::new(None, self.expose()), purpose, derived.as_mut_slice());
        Self(derived)
    }
}

/// Where an envelope belongs. One that is moved anywhere else does not open.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// What family of things it is, with a version.
    pub label: &'static str,
    /// The account.
    pub account: AccountId,
    /// The person, key, message, or row in it.
    pub subject: Uuid,
    /// What the plaintext is.
    pub kind: &'a str,
}

impl Place<'_> {
    fn info(&self) -> Vec<u8> {
        [
            self.label.as_bytes(),
            &[0],
            self.account.uuid().as_bytes().as_slice(),
            self.subject.as_bytes().as_slice(),
            self.kind.as_bytes(),
        ]
        .concat()
    }
}

/// Why an envelope cannot be made or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The plaintext is longer than [`MAX_PLAINTEXT`].
    #[error("the plaintext is longer than {MAX_PLAINTEXT} bytes")]
    TooLong,
    /// The plaintext is longer than a value of its kind may be.
    #[error("a {kind} has at most {limit} bytes")]
    OverLimit {
        /// The kind.
        kind: &'static str,
        /// Bytes of UTF-8.
        limit: usize,
    },
    /// Not an envelope, or one of a version that this program does not know.
    #[error("not an envelope of a known version")]
    Malformed,
    /// Made under another key or for another place.
    #[error("made under another key or for another place")]
    WrongKey,
    /// The right key, but the bytes were changed.
    #[error("changed since it was made")]
    Tampered,
}

/// Encrypts. `salt` must be fresh random bytes.
pub fn seal(
    key: &Key,
    place: &Place<'_>,
    salt: [u8; SALT],
    plaintext: &[u8],
) -> Result<Vec<u8>, EnvelopeError> {
    if plaintext.len() > MAX_PLAINTEXT {
        return Err(EnvelopeError::TooLong);
    }
    let info = place.info();
    let subkeys = Subkeys::of(key, &salt, &info);
    let mut out = Vec::with_capacity(OVERHEAD + plaintext.len());
    out.push(VERSION);
    out.extend_from_slice(&salt);
    out.extend_from_slice(subkeys.commitment());
    let body = out.len();
    out.extend_from_slice(plaintext);
    let sealed = subkeys.cipher().encrypt_in_place_detached(&Nonce::default(), &aad(&info), &mut out[body..]);
    if let Ok(tag) = sealed {
        out.extend_from_slice(&tag);
        Ok(out)
    } else {
        out.zeroize();
        Err(EnvelopeError::TooLong)
    }
}

/// Decrypts.
pub fn open(key: &Key, place: &Place<'_>, envelope: &[u8]) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
    let (head, rest) = envelope.split_at_checked(1 + SALT + COMMITMENT).ok_or(EnvelopeError::Malformed)?;
    let (version, salt, commitment) = (head[0], &head[1..=SALT], &head[1 + SALT..]);
    let length =
        rest.len().checked_sub(TAG).filter(|n| *n <= MAX_PLAINTEXT).ok_or(EnvelopeError::Malformed)?;
    if version != VERSION {
        return Err(EnvelopeError::Malformed);
    }
    let info = place.info();
    let subkeys = Subkeys::of(key, salt, &info);
    if !bool::from(subkeys.commitment().ct_eq(commitment)) {
        return Err(EnvelopeError::WrongKey);
    }
    let (ciphertext, tag) = rest.split_at(length);
    let mut plaintext = Zeroizing::new(ciphertext.to_vec());
    subkeys
        .cipher()
        .decrypt_in_place_detached(&Nonce::default(), &aad(&info), &mut plaintext, Tag::from_slice(tag))
        .map_err(|_| EnvelopeError::Tampered)?;
    Ok(plaintext)
}

struct Subkeys(Zeroizing<[u8; 64]>);

impl Subkeys {
    fn of(key: &Key, salt: &[u8], info: &[u8]) -> Self {
        let mut value_key = Zeroizing::new([0; 32]);
        expand(&Hkdf::<Sha256>::new(Some(salt), key.expose()), info, value_key.as_mut_slice());
        let mut both = Zeroizing::new([0; 64]);
        // The value key is uniform, so expanding it needs no second extraction (RFC 5869 §3.3).
        if let Ok(value) = Hkdf::<Sha256>::from_prk(value_key.as_slice()) {
            expand(&value, EXPAND_INFO, both.as_mut_slice());
        }
        Self(both)
    }

    fn cipher(&self) -> Aes256GcmSiv {
        Aes256GcmSiv::new(aes_gcm_siv::Key::<Aes256GcmSiv>::from_slice(&self.0[..32]))
    }

    fn commitment(&self) -> &[u8] {
        &self.0[32..]
    }
}

/// HKDF refuses only outputs longer than 255 hashes, and ours are one or two.
fn expand(hkdf: &Hkdf<Sha256>, info: &[u8], out: &mut [u8]) {
    let expanded = hkdf.expand(info, out);
    debug_assert!(expanded.is_ok(), "no more than two blocks are ever asked for");
}

fn aad(info: &[u8]) -> Vec<u8> {
    [&[VERSION], info].concat()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn key(n: u8) -> Key {
        Key::new(Zeroizing::new([n; 32]))
    }

    const fn place(kind: &str) -> Place<'_> {
        Place { label: "test/v1", account: AccountId::INSTALLATION, subject: Uuid::from_u128(7), kind }
    }

    #[test]
    fn what_is_sealed_opens_under_the_same_key_and_place() {
        for text in ["", "a", "김민서", &"x".repeat(MAX_PLAINTEXT)] {
            let sealed = seal(&key(1), &place("name"), [9; SALT], text.as_bytes()).unwrap();
            assert_eq!(sealed.len(), text.len() + OVERHEAD);
            assert_eq!(open(&key(1), &place("name"), &sealed).unwrap().as_slice(), text.as_bytes());
        }
    }

    #[test]
    fn another_key_is_recognised_by_the_commitment() {
        let sealed = seal(&key(1), &place("name"), [9; SALT], b"Ada").unwrap();
        assert_eq!(open(&key(2), &place("name"), &sealed).unwrap_err(), EnvelopeError::WrongKey);
    }

    #[test]
    fn a_value_cannot_be_moved_to_another_kind_person_account_or_label() {
        let sealed = seal(&key(1), &place("name"), [9; SALT], b"Ada").unwrap();
        for elsewhere in [
            place("email"),
            Place { subject: Uuid::from_u128(8), ..place("name") },
            Place { account: AccountId::from_uuid(Uuid::from_u128(1)), ..place("name") },
            Place { label: "test/v2", ..place("name") },
        ] {
            assert_eq!(open(&key(1), &elsewhere, &sealed).unwrap_err(), EnvelopeError::WrongKey);
        }
    }

    #[test]
    fn no_changed_bit_and_no_cut_goes_unnoticed() {
        let sealed = seal(&key(1), &place("name"), [9; SALT], b"Ada Lovelace").unwrap();
        for byte in 0..sealed.len() {
            for bit in 0..8 {
                let mut changed = sealed.clone();
                changed[byte] ^= 1 << bit;
                assert!(open(&key(1), &place("name"), &changed).is_err(), "byte {byte} bit {bit}");
            }
            assert!(open(&key(1), &place("name"), &sealed[..byte]).is_err(), "cut at {byte}");
        }
        let longer = [sealed.as_slice(), &[0]].concat();
        assert_eq!(open(&key(1), &place("name"), &longer).unwrap_err(), EnvelopeError::Tampered);
    }

    #[test]
    fn equal_texts_look_different_and_too_long_ones_are_refused() {
        let first = seal(&key(1), &place("name"), [1; SALT], b"Ada").unwrap();
        let second = seal(&key(1), &place("name"), [2; SALT], b"Ada").unwrap();
        assert_ne!(first[1 + SALT..], second[1 + SALT..]);
        let long = vec![0; MAX_PLAINTEXT + 1];
        assert_eq!(seal(&key(1), &place("name"), [1; SALT], &long).unwrap_err(), EnvelopeError::TooLong);
    }

    /// Version 1 is storage: these bytes must open in every later version of this program.
    #[test]
    fn version_one_is_frozen() {
        let sealed = seal(&key(1), &place("name"), [9; SALT], b"Ada").unwrap();
        assert_eq!(URL_SAFE_NO_PAD.encode(sealed), FROZEN);
    }

    const FROZEN: &str =
        "AQkJCQkJCQkJCQkJCQkJCQnO68NOIlDe1OK5IszoRw-97B6MLLjzYw9r8M78I-ev-QY_tGTKcLkDkV4dXw5Ki6Px9Rc";
}
