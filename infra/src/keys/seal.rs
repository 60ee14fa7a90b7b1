//! Personal values, each sealed under the key of the person it describes.

use std::sync::Arc;

use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::sealed::{Kind, Sealed};
use zeroize::Zeroizing;

use super::envelope::{self, EnvelopeError, Key, Place};
use crate::mint::Mint;

/// The label of a personal value; never changes.
const LABEL: &str = "twofold/personal-value/v1";

/// The key of one person. Clones share one copy, which is zeroised with the last of them.
#[derive(Clone)]
pub struct PersonKey(pub(super) Arc<Key>);

/// The person's key was destroyed: what was sealed under it is unreadable for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this person was erased; their personal data is unreadable for good")]
pub struct Erased;

/// A sealed value that this key does not open, or that holds no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed {kind} cannot be read: {cause}")]
pub struct Unreadable {
    /// The kind of value.
    pub kind: &'static str,
    /// Why.
    pub cause: EnvelopeError,
}

/// Seals `plaintext` as a `K` of this person. One that is longer than its kind allows is refused.
pub fn seal<K: Kind>(
    mint: &Mint,
    key: &PersonKey,
    account: AccountId,
    person: UserId,
    plaintext: &str,
) -> Result<Sealed<K>, EnvelopeError> {
    if plaintext.len() > K::LIMIT {
        return Err(EnvelopeError::OverLimit { kind: K::NAME, limit: K::LIMIT });
    }
    envelope::seal(&key.0, &place::<K>(account, person), mint.bytes(), plaintext.as_bytes())
        .map(Sealed::from_bytes)
}

/// Reads a `K` of this person.
pub fn unseal<K: Kind>(
    key: &PersonKey,
    account: AccountId,
    person: UserId,
    sealed: &Sealed<K>,
) -> Result<Zeroizing<String>, Unreadable> {
    let unreadable = |cause| Unreadable { kind: K::NAME, cause };
    let mut bytes =
        envelope::open(&key.0, &place::<K>(account, person), sealed.bytes()).map_err(unreadable)?;
    String::from_utf8(std::mem::take(&mut *bytes))
        .map(Zeroizing::new)
        .map_err(|_| unreadable(EnvelopeError::Malformed))
}

fn place<K: Kind>(account: AccountId, person: UserId) -> Place<'static> {
    Place { label: LABEL, account, subject: person.uuid(), kind: K::NAME }
}

#[cfg(test)]
mod tests {
    use twofold_domain::sealed::{Email, PersonName};
    use uuid::Uuid;

    use super::*;
    use crate::clock::Clock;

    const ACCOUNT: AccountId = AccountId::from_uuid(Uuid::from_u128(1));
    const ADA: UserId = UserId::from_uuid(Uuid::from_u128(2));

    #[test]
    fn a_value_is_read_back_by_its_person_and_kind_only() {
        let mint = Mint::seeded(Clock::system(), 1);
        let key = PersonKey(Arc::new(Key::new(mint.secret())));
        let sealed = seal::<PersonName>(&mint, &key, ACCOUNT, ADA, "Ada").unwrap();
        assert_eq!(unseal(&key, ACCOUNT, ADA, &sealed).unwrap().as_str(), "Ada");

        let as_email = Sealed::<Email>::from_bytes(sealed.bytes().to_vec());
        assert_eq!(unseal(&key, ACCOUNT, ADA, &as_email).unwrap_err().cause, EnvelopeError::WrongKey);
        let bob = UserId::from_uuid(Uuid::from_u128(3));
        assert_eq!(unseal(&key, ACCOUNT, bob, &sealed).unwrap_err().cause, EnvelopeError::WrongKey);
        let other = PersonKey(Arc::new(Key::new(mint.secret())));
        assert_eq!(unseal(&other, ACCOUNT, ADA, &sealed).unwrap_err().cause, EnvelopeError::WrongKey);
    }

    #[test]
    fn sealing_twice_gives_two_ciphertexts() {
        let mint = Mint::seeded(Clock::system(), 1);
        let key = PersonKey(Arc::new(Key::new(mint.secret())));
        let once = seal::<PersonName>(&mint, &key, ACCOUNT, ADA, "Ada").unwrap();
        assert!(once != seal::<PersonName>(&mint, &key, ACCOUNT, ADA, "Ada").unwrap());
    }

    #[test]
    fn a_value_longer_than_its_kind_allows_is_not_sealed() {
        let mint = Mint::seeded(Clock::system(), 1);
        let key = PersonKey(Arc::new(Key::new(mint.secret())));
        let sealed = |bytes: usize| seal::<PersonName>(&mint, &key, ACCOUNT, ADA, &"a".repeat(bytes));
        assert!(sealed(PersonName::LIMIT).is_ok());
        let refused = sealed(PersonName::LIMIT + 1).map(|_| ());
        assert_eq!(refused, Err(EnvelopeError::OverLimit { kind: "name", limit: PersonName::LIMIT }));
    }
}
