//! Makes, opens, caches, and forgets keys. Loading and storing their rows is the caller's work.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use moka::sync::Cache;
use twofold_domain::ids::{AccountId, UserId};
use uuid::Uuid;

use super::KeyError;
use super::account::{AccountKeys, KeyPurpose, Opened};
use super::envelope::{self, EnvelopeError, Key, Place};
use super::master::KeyWrap;
use super::seal::{Erased, PersonKey};
use crate::mint::Mint;

const ACCOUNT_KEY_LABEL: &str = "twofold/account-key/v1";
const PERSON_KEY_LABEL: &str = "twofold/person-key/v1";
const CHECK_LABEL: &str = "twofold/master-key-check/v1";
const CHECK_TEXT: &[u8] = b"this database and this master key belong together";

/// Accounts whose keys are kept open: some hundred bytes each.
const CACHED_ACCOUNTS: u64 = 10_000;
/// Persons whose keys are kept open: some hundred bytes each.
const CACHED_PERSONS: u64 = 200_000;
/// How long an opened key is used before its row is asked for again, which is also how long
/// another instance can go on reading an erased person that nobody told it of.
const CACHED_FOR: Duration = Duration::from_mins(5);

/// One row of wrapped key material, as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// The account.
    pub account: AccountId,
    /// The person, or the reserved subject of an account key ([`KeyPurpose::subject`]).
    pub subject: Uuid,
    /// Which key of this subject, from 1.
    pub version: u32,
    /// The wrapped key. A person's starts with the version of the data key that wraps it.
    pub bytes: Vec<u8>,
}

/// Opens keys and keeps them open for a while. Cheap to clone; clones share the cache.
#[derive(Clone)]
pub struct Keyring {
    wrap: Arc<dyn KeyWrap>,
    mint: Mint,
    accounts: Cache<AccountId, Arc<AccountKeys>>,
    people: Cache<(AccountId, UserId), PersonKey>,
    /// Whoever was erased while this process ran: a row that was read before an erasure must not
    /// bring the key back after it.
    forgotten: Arc<RwLock<HashSet<(AccountId, UserId)>>>,
}

impl Keyring {
    /// A keyring under this master key.
    pub fn new(wrap: Arc<dyn KeyWrap>, mint: Mint) -> Self {
        Self {
            wrap,
            mint,
            accounts: Cache::builder().max_capacity(CACHED_ACCOUNTS).time_to_live(CACHED_FOR).build(),
            people: Cache::builder().max_capacity(CACHED_PERSONS).time_to_live(CACHED_FOR).build(),
            forgotten: Arc::default(),
        }
    }

    /// A value to store once in a new database; [`verify_check`](Self::verify_check) takes it at
    /// every later start.
    pub async fn check_value(&self) -> Result<Vec<u8>, KeyError> {
        Ok(self.wrap.wrap(&check_place(), CHECK_TEXT).await?)
    }

    /// Whether this master key is the one that the database was made with.
    pub async fn verify_check(&self, stored: &[u8]) -> Result<(), KeyError> {
        match self.wrap.unwrap(&check_place(), stored).await {
            Ok(text) if text.as_slice() == CHECK_TEXT => Ok(()),
            _ => Err(KeyError::WrongMasterKey { source_name: self.wrap.source_name() }),
        }
    }

    /// Makes the keys of a new account: the rows to store, and the keys to use at once. They enter
    /// the cache with the first [`open_account`](Self::open_account), when the account exists.
    pub async fn new_account(
        &self,
        account: AccountId,
    ) -> Result<(Arc<AccountKeys>, Vec<WrappedKey>), KeyError> {
        let mut rows = Vec::with_capacity(KeyPurpose::ALL.len());
        for purpose in KeyPurpose::ALL {
            let key = self.mint.secret::<32>();
            let kind = versioned(purpose, 1);
            let bytes = self.wrap.wrap(&account_key_place(account, purpose, &kind), key.as_slice()).await?;
            rows.push(WrappedKey { account, subject: purpose.subject(), version: 1, bytes });
        }
        Ok((Arc::new(self.unwrap_account(account, &rows).await?), rows))
    }

    /// The account's keys, if they are open.
    pub fn account(&self, account: AccountId) -> Option<Arc<AccountKeys>> {
        self.accounts.get(&account)
    }

    /// Opens the account's keys from its rows (those of persons among them are passed over).
    pub async fn open_account(
        &self,
        account: AccountId,
        rows: &[WrappedKey],
    ) -> Result<Arc<AccountKeys>, KeyError> {
        let keys = Arc::new(self.unwrap_account(account, rows).await?);
        self.accounts.insert(account, Arc::clone(&keys));
        Ok(keys)
    }

    /// Makes the key of a new person: the row to store, and the key to use at once.
    pub fn new_person(
        &self,
        keys: &AccountKeys,
        person: UserId,
    ) -> Result<(PersonKey, WrappedKey), KeyError> {
        let account = keys.account();
        let (version, data) = keys.newest_data().ok_or(missing(account, KeyPurpose::Data, 1))?;
        let key = self.mint.secret::<32>();
        let kind = versioned(KeyPurpose::Data, version);
        let place = person_key_place(account, person, &kind);
        let mut bytes = version.to_be_bytes().to_vec();
        bytes.extend(envelope::seal(data, &place, self.mint.bytes(), key.as_slice())?);
        let row = WrappedKey { account, subject: person.uuid(), version: 1, bytes };
        Ok((PersonKey(Arc::new(Key::new(key))), row))
    }

    /// The person's key, if it is open.
    pub fn person(&self, account: AccountId, person: UserId) -> Option<PersonKey> {
        self.people.get(&(account, person))
    }

    /// Opens the person's key from the newest of their rows. No row means that they were erased.
    pub fn open_person(
        &self,
        keys: &AccountKeys,
        person: UserId,
        row: Option<&WrappedKey>,
    ) -> Result<PersonKey, KeyError> {
        let account = keys.account();
        let key = unwrap_person(keys, person, row.ok_or(Erased)?)?;
        // Held while inserting: `forget` either runs before, and is seen here, or after, and
        // removes what was inserted.
        let forgotten = self.forgotten.read().unwrap_or_else(PoisonError::into_inner);
        if forgotten.contains(&(account, person)) {
            return Err(Erased.into());
        }
        self.people.insert((account, person), key.clone());
        Ok(key)
    }

    /// Forgets an erased person's key, for good: a row that was read before the erasure does not
    /// bring it back.
    pub fn forget(&self, account: AccountId, person: UserId) {
        let mut forgotten = self.forgotten.write().unwrap_or_else(PoisonError::into_inner);
        forgotten.insert((account, person));
        self.people.invalidate(&(account, person));
    }

    async fn unwrap_account(&self, account: AccountId, rows: &[WrappedKey]) -> Result<AccountKeys, KeyError> {
        let mut data = BTreeMap::new();
        let mut others: BTreeMap<KeyPurpose, (u32, Key)> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.account == account) {
            let Some(purpose) = KeyPurpose::of_subject(row.subject) else { continue };
            let kind = versioned(purpose, row.version);
            let place = account_key_place(account, purpose, &kind);
            let key = match self.wrap.unwrap(&place, &row.bytes).await {
                Ok(bytes) => Key::from_slice(&bytes).ok_or(damaged(row, EnvelopeError::Malformed))?,
                Err(cause) => return Err(damaged(row, cause)),
            };
            if purpose == KeyPurpose::Data {
                data.insert(row.version, Arc::new(key));
            } else if others.get(&purpose).is_none_or(|(version, _)| *version < row.version) {
                others.insert(purpose, (row.version, key));
            }
        }
        if data.is_empty() {
            return Err(missing(account, KeyPurpose::Data, 1));
        }
        let mut take =
            |purpose| others.remove(&purpose).map(|(_, key)| key).ok_or(missing(account, purpose, 1));
        let opened = Opened {
            data,
            verifier: take(KeyPurpose::Verifier)?,
            index: take(KeyPurpose::Index)?,
            token: take(KeyPurpose::Token)?,
            outbox: take(KeyPurpose::Outbox)?,
        };
        Ok(AccountKeys::new(account, opened))
    }
}

fn unwrap_person(keys: &AccountKeys, person: UserId, row: &WrappedKey) -> Result<PersonKey, KeyError> {
    let account = keys.account();
    let (version, wrapped) = row.bytes.split_first_chunk().ok_or(damaged(row, EnvelopeError::Malformed))?;
    let version = u32::from_be_bytes(*version);
    let data = keys.data(version).ok_or(missing(account, KeyPurpose::Data, version))?;
    let kind = versioned(KeyPurpose::Data, version);
    let bytes = envelope::open(data, &person_key_place(account, person, &kind), wrapped)
        .map_err(|cause| damaged(row, cause))?;
    let key = Key::from_slice(&bytes).ok_or(damaged(row, EnvelopeError::Malformed))?;
    Ok(PersonKey(Arc::new(key)))
}

fn versioned(purpose: KeyPurpose, version: u32) -> String {
    format!("{}/{version}", purpose.name())
}

fn account_key_place(account: AccountId, purpose: KeyPurpose, kind: &str) -> Place<'_> {
    Place { label: ACCOUNT_KEY_LABEL, account, subject: purpose.subject(), kind }
}

fn person_key_place(account: AccountId, person: UserId, kind: &str) -> Place<'_> {
    Place { label: PERSON_KEY_LABEL, account, subject: person.uuid(), kind }
}

const fn check_place() -> Place<'static> {
    Place { label: CHECK_LABEL, account: AccountId::INSTALLATION, subject: Uuid::nil(), kind: "check" }
}

const fn missing(account: AccountId, purpose: KeyPurpose, version: u32) -> KeyError {
    KeyError::Missing { account, purpose: purpose.name(), version }
}

const fn damaged(row: &WrappedKey, cause: EnvelopeError) -> KeyError {
    KeyError::Damaged { account: row.account, subject: row.subject, cause }
}

#[cfg(test)]
mod tests {
    use twofold_domain::ids::VerifierId;
    use twofold_domain::sealed::PersonName;

    use super::*;
    use crate::clock::Clock;
    use crate::keys::{MasterKey, seal, unseal};

    fn keyring(dir: &tempfile::TempDir, file: &str) -> Keyring {
        let mint = Mint::system(Clock::system());
        let master = MasterKey::open(&dir.path().join(file), true, &mint).ok().unwrap();
        Keyring::new(Arc::new(master), mint)
    }

    fn ids(ring: &Keyring) -> (AccountId, UserId) {
        (ring.mint.id(), ring.mint.id())
    }

    #[tokio::test]
    async fn keys_survive_a_restart_as_wrapped_rows() {
        let dir = tempfile::tempdir().unwrap();
        let ring = keyring(&dir, "a");
        let (acme, ada) = ids(&ring);
        let (keys, rows) = ring.new_account(acme).await.ok().unwrap();
        let (key, row) = ring.new_person(&keys, ada).ok().unwrap();
        let name = seal::<PersonName>(&ring.mint, &key, acme, ada, "Ada").unwrap();
        let tag = keys.verifiers().tag("test", &[b"code"]);

        let later = keyring(&dir, "a");
        assert!(later.account(acme).is_none() && later.person(acme, ada).is_none());
        let keys = later.open_account(acme, &rows).await.ok().unwrap();
        let key = later.open_person(&keys, ada, Some(&row)).ok().unwrap();
        assert_eq!(unseal(&key, acme, ada, &name).unwrap().as_str(), "Ada");
        assert!(keys.verifiers().matches("test", &[b"code"], &tag));
        assert!(later.account(acme).is_some() && later.person(acme, ada).is_some());
    }

    #[tokio::test]
    async fn a_wrong_master_key_is_noticed_at_start_and_its_file_named() {
        let dir = tempfile::tempdir().unwrap();
        let check = keyring(&dir, "right").check_value().await.ok().unwrap();
        assert!(keyring(&dir, "right").verify_check(&check).await.is_ok());
        let error = keyring(&dir, "wrong").verify_check(&check).await.unwrap_err();
        assert!(matches!(error, KeyError::WrongMasterKey { .. }));
        assert!(error.to_string().contains("/wrong"), "{error}");
    }

    #[tokio::test]
    async fn an_erased_person_has_no_key_even_for_a_row_that_was_read_before() {
        let dir = tempfile::tempdir().unwrap();
        let ring = keyring(&dir, "a");
        let (acme, ada) = ids(&ring);
        let (keys, _) = ring.new_account(acme).await.ok().unwrap();
        let (_, row) = ring.new_person(&keys, ada).ok().unwrap();
        ring.open_person(&keys, ada, Some(&row)).ok().unwrap();

        ring.forget(acme, ada);
        assert!(ring.person(acme, ada).is_none());
        assert!(matches!(ring.open_person(&keys, ada, Some(&row)).err(), Some(KeyError::Erased(Erased))));
        assert!(matches!(ring.open_person(&keys, ada, None).err(), Some(KeyError::Erased(Erased))));
        assert!(ring.clone().person(acme, ada).is_none());
    }

    #[tokio::test]
    async fn a_wrapped_key_serves_neither_another_account_nor_another_purpose_nor_another_person() {
        let dir = tempfile::tempdir().unwrap();
        let ring = keyring(&dir, "a");
        let (acme, ada) = ids(&ring);
        let (other, bob) = ids(&ring);
        let (keys, rows) = ring.new_account(acme).await.ok().unwrap();

        let moved: Vec<_> = rows.iter().map(|r| WrappedKey { account: other, ..r.clone() }).collect();
        assert!(matches!(ring.open_account(other, &moved).await.err(), Some(KeyError::Damaged { .. })));
        let mut swapped = rows.clone();
        swapped[2].bytes.clone_from(&rows[3].bytes);
        assert!(matches!(ring.open_account(acme, &swapped).await.err(), Some(KeyError::Damaged { .. })));
        assert!(matches!(ring.open_account(acme, &rows[1..]).await.err(), Some(KeyError::Missing { .. })));

        let (_, row) = ring.new_person(&keys, ada).ok().unwrap();
        assert!(matches!(ring.open_person(&keys, bob, Some(&row)).err(), Some(KeyError::Damaged { .. })));
    }

    #[tokio::test]
    async fn the_same_address_has_another_index_in_another_account() {
        let dir = tempfile::tempdir().unwrap();
        let ring = keyring(&dir, "a");
        let (acme, other) = (ring.mint.id(), ring.mint.id());
        let (ours, _) = ring.new_account(acme).await.ok().unwrap();
        let (theirs, _) = ring.new_account(other).await.ok().unwrap();
        assert_eq!(ours.blind_index("Ada@example.com "), ours.blind_index("ada@example.com"));
        assert_ne!(ours.blind_index("ada@example.com"), ours.blind_index("bob@example.com"));
        assert_ne!(ours.blind_index("ada@example.com"), theirs.blind_index("ada@example.com"));
    }

    #[tokio::test]
    async fn a_verifiers_row_opens_under_its_own_id_and_kind_only() {
        let dir = tempfile::tempdir().unwrap();
        let ring = keyring(&dir, "a");
        let (keys, _) = ring.new_account(ring.mint.id()).await.ok().unwrap();
        let id: VerifierId = ring.mint.id();
        let row = keys.seal_verifier(&ring.mint, id, "otp_seed", b"seed").unwrap();
        assert_eq!(keys.open_verifier(id, "otp_seed", &row).unwrap().as_slice(), b"seed");
        assert!(keys.open_verifier(id, "password", &row).is_err());
        assert!(keys.open_verifier(ring.mint.id(), "otp_seed", &row).is_err());
    }
}
