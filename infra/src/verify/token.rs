//! Bearer tokens: `tfs_…` for a session, `tfd_…` for a device, `tfl_…` for a one-time link, `tfa_…` for the API.
//!
//! ```text
//! prefix ‖ base64url( account (16) ‖ holder (16) ‖ id (16) ‖ secret (32) [ ‖ seal (32) ] )
//! ```
//! A token says where to look, so there is no directory of tokens; only the secret's 256 bits prove
//! anything. Stored is HMAC-SHA-256 of the whole under the account's token key.
//!
//! A device's token carries a seal: HMAC-SHA-256 of what is before it, under the same key. It opens
//! nothing, but it tells a token that this server once made for this device from one that it never
//! made, long after the row of that token is gone. One made before there were seals has none.
//!
//! The token that takes its place is made from it: HMAC-SHA-256 of it and of the handle of what is stored of the next,
//! under the same key. So whoever shows a token that was replaced a moment ago, another tab, or one whose answer was
//! lost, is told the same successor again: however many come at once, the token is renewed once. Neither the log nor the
//! database, nor both with the key, make one without the token before it.

use std::marker::PhantomData;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use twofold_domain::ids::{AccountId, DeviceId, LinkId, SessionId, TokenId, UserId, VerifierId};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::keys::MacKey;
use crate::mint::{Mint, TypedId};

const LABEL: &str = "twofold/bearer-token/v1";
const SEAL_LABEL: &str = "twofold/device-token-seal/v1";
const SUCCESSOR_LABEL: &str = "twofold/device-token-successor/v1";
const SECRET: usize = 32;
const SEAL: usize = 32;
const BYTES: usize = 16 * 3 + SECRET;

/// A kind of bearer token.
pub trait TokenKind {
    /// How its text starts.
    const PREFIX: &'static str;
    /// Whose stream knows it.
    type Holder: TypedId;
    /// What it is the token of.
    type Id: TypedId;
    /// Bytes that it may carry behind its secret.
    const SEAL: usize = 0;
}

/// The token of a session, kept by the device's stream.
pub enum SessionToken {}
impl TokenKind for SessionToken {
    const PREFIX: &'static str = "tfs_";
    type Holder = DeviceId;
    type Id = SessionId;
}

/// The token by which a device is known again.
pub enum DeviceToken {}
impl TokenKind for DeviceToken {
    const PREFIX: &'static str = "tfd_";
    type Holder = UserId;
    type Id = DeviceId;
    const SEAL: usize = SEAL;
}

/// The token in a one-time link.
pub enum LinkToken {}
impl TokenKind for LinkToken {
    const PREFIX: &'static str = "tfl_";
    type Holder = UserId;
    type Id = LinkId;
}

/// The token of a program, or of a person's program. Its holder is a client or a user; the account knows.
pub enum ApiToken {}
impl TokenKind for ApiToken {
    const PREFIX: &'static str = "tfa_";
    type Holder = Uuid;
    type Id = TokenId;
}

/// A text that is not a token of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a token that starts with `{expected}`")]
pub struct NotAToken {
    /// The prefix of the expected kind.
    pub expected: &'static str,
}

/// One token. Cannot be printed; zeroised.
pub struct Bearer<K> {
    bytes: Zeroizing<Vec<u8>>,
    kind: PhantomData<fn() -> K>,
}

impl<K: TokenKind> Bearer<K> {
    /// A fresh token.
    pub fn mint(mint: &Mint, account: AccountId, holder: K::Holder, id: K::Id) -> Self {
        // All of its room at once: growing would leave a copy of the secret behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(BYTES + K::SEAL));
        bytes.extend_from_slice(account.uuid().as_bytes());
        bytes.extend_from_slice(holder.bare().as_bytes());
        bytes.extend_from_slice(id.bare().as_bytes());
        bytes.extend_from_slice(mint.secret::<SECRET>().as_slice());
        Self { bytes, kind: PhantomData }
    }

    /// Reads a token. There is one spelling of each: no padding, no spaces, no spare bits.
    pub fn parse(text: &str) -> Result<Self, NotAToken> {
        let wrong = NotAToken { expected: K::PREFIX };
        let encoded = text.strip_prefix(K::PREFIX).ok_or(wrong)?;
        let mut bytes = Zeroizing::new(vec![0; BYTES + K::SEAL]);
        match URL_SAFE_NO_PAD.decode_slice(encoded, &mut bytes) {
            Ok(length) if length == BYTES || length == BYTES + K::SEAL => {
                bytes.truncate(length);
                Ok(Self { bytes, kind: PhantomData })
            }
            _ => Err(wrong),
        }
    }

    /// The account, as claimed.
    pub fn account(&self) -> AccountId {
        AccountId::from_uuid(self.uuid_at(0))
    }

    /// Whose stream knows the token, as claimed.
    pub fn holder(&self) -> K::Holder {
        K::Holder::of(self.uuid_at(16))
    }

    /// What it is the token of, as claimed.
    pub fn id(&self) -> K::Id {
        K::Id::of(self.uuid_at(32))
    }

    /// The text: for a cookie, a link, or an answer that is given once.
    pub fn reveal(&self) -> Zeroizing<String> {
        let mut text =
            Zeroizing::new(String::with_capacity(K::PREFIX.len() + self.bytes.len().div_ceil(3) * 4));
        text.push_str(K::PREFIX);
        URL_SAFE_NO_PAD.encode_string(self.bytes.as_slice(), &mut text);
        text
    }

    /// What is stored. `key` is the token key of [`account`](Self::account).
    pub fn verifier(&self, key: &MacKey) -> [u8; 32] {
        key.tag(LABEL, &[K::PREFIX.as_bytes(), &self.bytes])
    }

    /// Whether this is the token that `stored` was made from.
    pub fn matches(&self, key: &MacKey, stored: &[u8]) -> bool {
        key.matches(LABEL, &[K::PREFIX.as_bytes(), &self.bytes], stored)
    }

    fn uuid_at(&self, start: usize) -> Uuid {
        let mut uuid = [0; 16];
        uuid.copy_from_slice(&self.bytes[start..start + 16]);
        Uuid::from_bytes(uuid)
    }
}

impl Bearer<DeviceToken> {
    /// The same with its seal. `key` is the token key of [`account`](Self::account).
    #[must_use]
    pub fn sealed(mut self, key: &MacKey) -> Self {
        self.bytes.truncate(BYTES);
        let seal = key.tag(SEAL_LABEL, &[&self.bytes]);
        self.bytes.extend_from_slice(&seal);
        self
    }

    /// The token that takes this one's place, sealed: for one handle always the same.
    #[must_use]
    pub fn successor(&self, key: &MacKey, handle: VerifierId) -> Self {
        let secret = Zeroizing::new(key.tag(SUCCESSOR_LABEL, &[&self.bytes, handle.uuid().as_bytes()]));
        let mut bytes = Zeroizing::new(Vec::with_capacity(BYTES + SEAL));
        bytes.extend_from_slice(&self.bytes[..BYTES - SECRET]);
        bytes.extend_from_slice(secret.as_slice());
        Self { bytes, kind: PhantomData }.sealed(key)
    }

    /// Whether this server made it, however long ago. Says nothing about whether it is still good.
    pub fn is_genuine(&self, key: &MacKey) -> bool {
        self.bytes
            .split_at_checked(BYTES)
            .is_some_and(|(token, seal)| key.matches(SEAL_LABEL, &[token], seal))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::Clock;
    use crate::keys::envelope::Key;

    fn token() -> (MacKey, Bearer<SessionToken>) {
        let mint = Mint::seeded(Clock::system(), 11);
        let key = MacKey::for_tests(Key::new(mint.secret()));
        (key, Bearer::mint(&mint, mint.id(), mint.id(), mint.id()))
    }

    #[test]
    fn a_token_says_where_to_look_and_matches_itself() {
        let (key, token) = token();
        let text = token.reveal();
        assert!(text.starts_with("tfs_") && text.len() == 4 + 107);
        let read = Bearer::<SessionToken>::parse(&text).map_err(|_| ()).unwrap();
        assert_eq!((read.account(), read.holder(), read.id()), (token.account(), token.holder(), token.id()));
        assert!(read.matches(&key, &token.verifier(&key)));
    }

    #[test]
    fn a_token_of_one_kind_is_none_of_another() {
        let (key, token) = token();
        let text = token.reveal();
        assert!(Bearer::<DeviceToken>::parse(&text).is_err());
        let relabelled = text.replacen("tfs_", "tfd_", 1);
        let device = Bearer::<DeviceToken>::parse(&relabelled).map_err(|_| ()).unwrap();
        assert!(!device.matches(&key, &token.verifier(&key)));
    }

    #[test]
    fn there_is_one_spelling_of_each_token() {
        let (_, token) = token();
        let text = token.reveal();
        let parse = |text: &str| Bearer::<SessionToken>::parse(text).is_ok();
        assert!(parse(&text));
        for wrong in [
            format!("{}=", *text),
            format!(" {}", *text),
            format!("{}A", *text),
            text[..text.len() - 1].to_owned(),
            text.to_uppercase(),
            format!("tfs_{}", "A".repeat(108)),
            "tfs_".to_owned(),
            String::new(),
        ] {
            assert!(!parse(&wrong), "{wrong}");
        }
        let last = text.chars().last().unwrap();
        let spare: Vec<char> =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".chars().collect();
        let spellings = spare.iter().filter(|c| parse(&format!("{}{c}", &text[..text.len() - 1]))).count();
        assert_eq!(spellings, 16, "four of the last six bits are meant, two must be zero ({last})");
    }

    #[test]
    fn another_secret_another_id_or_another_key_does_not_match() {
        let (key, token) = token();
        let stored = token.verifier(&key);
        for byte in 0..BYTES {
            let mut changed = Bearer::<SessionToken> { bytes: token.bytes.clone(), kind: PhantomData };
            changed.bytes[byte] ^= 1;
            assert!(!changed.matches(&key, &stored), "byte {byte}");
        }
        assert!(!token.matches(&MacKey::for_tests(Key::new(Zeroizing::new([0; 32]))), &stored));
        assert!(!token.matches(&key, &[]));
    }

    #[test]
    fn a_seal_tells_a_token_that_was_made_here_from_one_that_was_not() {
        let (key, _) = token();
        let mint = Mint::seeded(Clock::system(), 12);
        let bare = || Bearer::<DeviceToken>::mint(&mint, mint.id(), mint.id(), mint.id());
        let sealed = bare().sealed(&key);
        let text = sealed.reveal();
        let read = |text: &str| Bearer::<DeviceToken>::parse(text).map_err(|_| ());
        assert!(read(&text).is_ok_and(|t| t.is_genuine(&key) && t.matches(&key, &sealed.verifier(&key))));
        assert!(read(&bare().reveal()).is_ok_and(|t| !t.is_genuine(&key)), "of before there were seals");
        let other = MacKey::for_tests(Key::new(Zeroizing::new([0; 32])));
        assert!(!sealed.is_genuine(&other));
        for byte in 0..BYTES + SEAL {
            let mut changed = Bearer::<DeviceToken> { bytes: sealed.bytes.clone(), kind: PhantomData };
            changed.bytes[byte] ^= 1;
            assert!(!changed.is_genuine(&key), "byte {byte}");
        }
        let seal_on_a_session = format!("tfs_{}", &text[4..]);
        assert!(Bearer::<SessionToken>::parse(&seal_on_a_session).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "(tfs_)?\\PC{0,120}") {
            let _ = Bearer::<SessionToken>::parse(&text);
        }
    }

    /// Rules: T5.
    #[test]
    fn the_successor_of_a_devices_token_is_always_the_same_and_nobody_elses() {
        let mint = Mint::seeded(Clock::system(), 13);
        let [key, other] = [0, 1].map(|_| MacKey::for_tests(Key::new(mint.secret())));
        let (account, user, device) = (mint.id(), mint.id(), mint.id());
        let token = Bearer::<DeviceToken>::mint(&mint, account, user, device).sealed(&key);
        let (handle, elsewhere): (VerifierId, VerifierId) = (mint.id(), mint.id());
        let text = |token: &Bearer<DeviceToken>| token.reveal().as_str().to_owned();
        let next = token.successor(&key, handle);
        assert_eq!(text(&next), text(&token.successor(&key, handle)));
        assert_eq!((next.account(), next.holder(), next.id()), (account, user, device));
        assert!(next.is_genuine(&key));
        let twin = Bearer::<DeviceToken>::mint(&mint, account, user, device).sealed(&key);
        for another in
            [token.successor(&key, elsewhere), token.successor(&other, handle), twin.successor(&key, handle)]
        {
            assert_ne!(text(&next), text(&another));
        }
        assert!(
            !next.matches(&key, &token.verifier(&key)) && text(&next) != text(&next.successor(&key, handle))
        );
    }
}
