//! The link in a notice that says "this was not me": `tfn_…`.
//!
//! ```text
//! tfn_ ‖ base64url( account (16) ‖ person (16) ‖ freezes so far (4) ‖ end in µs (8) ‖ mailbox (8) ‖ seal (32) )
//! ```
//! The seal is HMAC-SHA-256 of what is before it under the account's token key: nothing is stored when one is made,
//! so every notice can carry one. It names how often the person's sign-in was frozen when it was made, so that each
//! freeze leaves every earlier one dead; and, by the start of its blind index, the mailbox that it went to, so that an
//! objection from the address before is told from one from the address that they have. Those of 0.1.0 name none.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::time::Timestamp;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::keys::MacKey;

const PREFIX: &str = "tfn_";
const LABEL: &str = "twofold/not-me-link/v1";
const OLD_BODY: usize = 16 + 16 + 4 + 8;
const BODY: usize = OLD_BODY + MAILBOX;
/// Bytes of a mailbox's blind index.
const MAILBOX: usize = 8;
const SEAL: usize = 32;

/// A text that is not such a link's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a token that starts with `tfn_`")]
pub struct NotANotice;

/// The token of such a link. Cannot be printed.
pub struct NotMe {
    body: Vec<u8>,
    seal: [u8; SEAL],
}

impl NotMe {
    /// The link of a notice to a mailbox, given by its blind index. `key` is the account's token key.
    pub fn seal(
        (account, user): (AccountId, UserId),
        freezes: u32,
        until: Timestamp,
        mailbox: &[u8; 32],
        key: &MacKey,
    ) -> Self {
        let mut body = Vec::with_capacity(BODY);
        body.extend_from_slice(account.uuid().as_bytes());
        body.extend_from_slice(user.uuid().as_bytes());
        body.extend_from_slice(&freezes.to_be_bytes());
        body.extend_from_slice(&until.micros().to_be_bytes());
        body.extend_from_slice(&mailbox[..MAILBOX]);
        let seal = key.tag(LABEL, &[&body]);
        Self { body, seal }
    }

    /// Reads one. There is one spelling of each.
    pub fn parse(text: &str) -> Result<Self, NotANotice> {
        let encoded = text.strip_prefix(PREFIX).ok_or(NotANotice)?;
        let mut bytes = [0; BODY + SEAL];
        match URL_SAFE_NO_PAD.decode_slice(encoded, &mut bytes) {
            Ok(length) if length == bytes.len() || length == OLD_BODY + SEAL => {
                let (body, end) = bytes[..length].split_at(length - SEAL);
                let mut seal = [0; SEAL];
                seal.copy_from_slice(end);
                Ok(Self { body: body.to_vec(), seal })
            }
            _ => Err(NotANotice),
        }
    }

    /// Its text.
    pub fn reveal(&self) -> Zeroizing<String> {
        let bytes = Zeroizing::new([self.body.as_slice(), &self.seal].concat());
        Zeroizing::new(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes.as_slice())))
    }

    /// The account, as claimed.
    pub fn account(&self) -> AccountId {
        AccountId::from_uuid(self.uuid_at(0))
    }

    /// The person, as claimed.
    pub fn user(&self) -> UserId {
        UserId::from_uuid(self.uuid_at(16))
    }

    /// Whether it was made here for somebody who was frozen so often, and is not over. `key` is the token key of
    /// [`account`](Self::account).
    pub fn is_good(&self, key: &MacKey, freezes: u32, at: Timestamp) -> bool {
        let (mut named, mut until) = ([0; 4], [0; 8]);
        named.copy_from_slice(&self.body[32..36]);
        until.copy_from_slice(&self.body[36..OLD_BODY]);
        key.matches(LABEL, &[&self.body], &self.seal)
            && u32::from_be_bytes(named) == freezes
            && at < Timestamp::from_micros(i64::from_be_bytes(until))
    }

    /// Whether it says where it went: those of 0.1.0 do not, and speak for the address that the person has.
    pub fn says_where(&self) -> bool {
        self.body.len() > OLD_BODY
    }

    /// Whether it went to this mailbox, given by its blind index.
    pub fn went_to(&self, mailbox: &[u8; 32]) -> bool {
        self.body.get(OLD_BODY..).is_some_and(|known| known == &mailbox[..MAILBOX])
    }

    fn uuid_at(&self, start: usize) -> Uuid {
        let mut uuid = [0; 16];
        uuid.copy_from_slice(&self.body[start..start + 16]);
        Uuid::from_bytes(uuid)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use twofold_domain::time::Span;

    use super::*;
    use crate::keys::envelope::Key;

    const NOW: Timestamp = Timestamp::from_micros(1_780_300_800_000_000);

    fn made() -> (MacKey, NotMe) {
        let key = MacKey::for_tests(Key::new(Zeroizing::new([7; 32])));
        let id = |n| Uuid::from_u128(n);
        let until = NOW + Span::days(30);
        let link =
            NotMe::seal((AccountId::from_uuid(id(1)), UserId::from_uuid(id(2))), 3, until, &[5; 32], &key);
        (key, link)
    }

    /// Rules: C6.
    #[test]
    fn a_link_is_good_for_its_number_until_its_end_and_under_its_key() {
        let (key, link) = made();
        let read = NotMe::parse(&link.reveal()).ok().unwrap();
        assert_eq!((read.account(), read.user()), (link.account(), link.user()));
        assert!(read.went_to(&[5; 32]) && !read.went_to(&[6; 32]));
        let other = MacKey::for_tests(Key::new(Zeroizing::new([8; 32])));
        let last = Timestamp::from_micros((NOW + Span::days(30)).micros() - 1);
        // key | freezes | at | good
        let rows = [
            (&key, 3, NOW, true),
            (&key, 3, last, true),
            (&key, 3, NOW + Span::days(30), false),
            (&key, 4, NOW, false),
            (&key, 2, NOW, false),
            (&other, 3, NOW, false),
        ];
        for (key, freezes, at, good) in rows {
            assert_eq!(read.is_good(key, freezes, at), good, "{freezes} at {at}");
        }
    }

    #[test]
    fn every_changed_byte_is_found() {
        let (key, link) = made();
        for place in 0..BODY + SEAL {
            let mut other = NotMe { body: link.body.clone(), seal: link.seal };
            match other.body.get_mut(place) {
                Some(byte) => *byte ^= 1,
                None => other.seal[place - BODY] ^= 1,
            }
            assert!(!other.is_good(&key, 3, NOW), "byte {place}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "(tfn_)?\\PC{0,120}") {
            let _ = NotMe::parse(&text);
        }
    }
}
