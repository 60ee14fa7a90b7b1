//! Where keys, sealed values, and verifiers meet their rows.
//!
//! Events carry ciphertext and handles; this opens the one with a person's key and follows the
//! other to its deletable row.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use twofold_domain::ids::{AccountId, MessageId, UserId, VerifierId};
use twofold_domain::sealed::{Kind, Sealed};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::acts::ActError;
use crate::keys::{self, AccountKeys, KeyError, Keyring, PersonKey, WrappedKey};
use crate::mail::{Letter, Message};
use crate::mint::Mint;
use crate::store::{EventStore, KeyRow, OutboxRow, VerifierRow};
use crate::work::Work;

/// What a verifier row is the verifier of; bound to its ciphertext.
pub(crate) mod kind {
    pub(crate) use crate::verify::password::PASSWORD_KIND as PASSWORD;
    pub(crate) use crate::verify::recovery::CODES_KIND as RECOVERY_CODES;
    pub(crate) use crate::verify::totp::SEED_KIND as OTP_SEED;
    pub(crate) use crate::verify::webauthn::{CEREMONY_KIND as CEREMONY, KEY_KIND as WEBAUTHN_KEY};
    /// Tag of a mailed code.
    pub(crate) const MAILED_CODE: &str = "mailed_code";
    /// Tag of a code by SMS.
    pub(crate) const SMS_CODE: &str = "sms_code";
    /// Tag of an enrolment ticket.
    pub(crate) const TICKET: &str = "enrolment_ticket";
    /// A hardware token that nobody has bound.
    pub(crate) const STOCK_TOKEN: &str = "stock_token";
    /// Tag of the code of a recovery grant.
    pub(crate) const GRANT: &str = "recovery_grant";
    /// Nothing: what a refused sign-in writes that charges nobody.
    pub(crate) const DECOY: &str = "decoy";
    /// Tag of a token: of a session, a device, a link, or the API.
    pub(crate) const TOKEN: &str = "token";
}

/// Verifier rows kept sealed in memory: enough for the sessions of a busy day.
const CACHED_VERIFIERS: u64 = 100_000;
/// How long. A deleted row's event ends what it verified long before.
const CACHED_FOR: Duration = Duration::from_mins(5);

/// Opens and makes what is kept outside the log. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    store: EventStore,
    keyring: Keyring,
    mint: Mint,
    verifiers: Cache<(AccountId, VerifierId), Arc<Vec<u8>>>,
}

impl Vault {
    /// A vault over a store's rows.
    pub fn new(store: EventStore, keyring: Keyring, mint: Mint) -> Self {
        let verifiers = Cache::builder().max_capacity(CACHED_VERIFIERS).time_to_live(CACHED_FOR).build();
        Self { store, keyring, mint, verifiers }
    }

    /// The same vault with another source of ids and nonces.
    pub(crate) fn minting(&self, mint: Mint) -> Self {
        Self { mint, ..self.clone() }
    }

    /// The keys of an account.
    pub async fn account_keys(&self, account: AccountId) -> Result<Arc<AccountKeys>, ActError> {
        if let Some(keys) = self.keyring.account(account) {
            return Ok(keys);
        }
        let rows: Vec<_> =
            self.store.all_keys(account).await?.into_iter().map(|row| wrapped(account, row)).collect();
        // The installation itself holds a key check, and nobody's data.
        if rows.is_empty() || account == AccountId::INSTALLATION {
            return Err(ActError::UnknownAccount);
        }
        Ok(self.keyring.open_account(account, &rows).await?)
    }

    /// The key of a person; an error once they are erased.
    pub async fn person_key(&self, account: AccountId, person: UserId) -> Result<PersonKey, ActError> {
        if let Some(key) = self.keyring.person(account, person) {
            return Ok(key);
        }
        let keys = self.account_keys(account).await?;
        let rows = self.store.keys(account, person.uuid()).await?;
        let newest = rows.into_iter().next().map(|row| wrapped(account, row));
        Ok(self.keyring.open_person(&keys, person, newest.as_ref())?)
    }

    /// Makes the key of a new person, and has the work store it.
    pub fn new_person_with(
        &self,
        keys: &AccountKeys,
        work: &mut Work,
        person: UserId,
    ) -> Result<PersonKey, ActError> {
        let (key, row) = self.keyring.new_person(keys, person)?;
        work.extras().keys.push(KeyRow { subject: row.subject, version: row.version, wrapped: row.bytes });
        Ok(key)
    }

    /// Makes the keys of a new account, and has the work store them.
    pub async fn new_account(&self, work: &mut Work) -> Result<Arc<AccountKeys>, ActError> {
        let (keys, rows) = self.keyring.new_account(work.account_id()).await?;
        let rows = rows.into_iter();
        work.extras().keys.extend(rows.map(|r| KeyRow {
            subject: r.subject,
            version: r.version,
            wrapped: r.bytes,
        }));
        Ok(keys)
    }

    /// Forgets an erased person's key in this process.
    pub fn forget(&self, account: AccountId, person: UserId) {
        self.keyring.forget(account, person);
    }

    /// Seals a personal value under the key of the person it describes.
    pub async fn seal<K: Kind>(
        &self,
        account: AccountId,
        person: UserId,
        plaintext: &str,
    ) -> Result<Sealed<K>, ActError> {
        let key = self.person_key(account, person).await?;
        self.seal_with(&key, account, person, plaintext)
    }

    /// Seals a personal value under a key at hand.
    pub fn seal_with<K: Kind>(
        &self,
        key: &PersonKey,
        account: AccountId,
        person: UserId,
        plaintext: &str,
    ) -> Result<Sealed<K>, ActError> {
        Ok(keys::seal(&self.mint, key, account, person, plaintext).map_err(KeyError::from)?)
    }

    /// Opens a personal value; `None` once its person is erased.
    pub async fn unseal<K: Kind>(
        &self,
        account: AccountId,
        person: UserId,
        sealed: &Sealed<K>,
    ) -> Result<Option<Zeroizing<String>>, ActError> {
        let key = match self.person_key(account, person).await {
            Ok(key) => key,
            Err(ActError::Key(KeyError::Erased(_))) => return Ok(None),
            Err(other) => return Err(other),
        };
        keys::unseal(&key, account, person, sealed).map(Some).map_err(|e| ActError::Bug(e.to_string()))
    }

    /// Keeps a new secret beside the work's events; they carry the handle.
    pub async fn keep(
        &self,
        work: &mut Work,
        owner: UserId,
        id: VerifierId,
        kind: &'static str,
        secret: &[u8],
    ) -> Result<(), ActError> {
        self.keep_for(work, owner.uuid(), id, kind, secret).await
    }

    /// The same for an owner who need not be a person.
    pub async fn keep_for(
        &self,
        work: &mut Work,
        owner: Uuid,
        id: VerifierId,
        kind: &'static str,
        secret: &[u8],
    ) -> Result<(), ActError> {
        let keys = self.account_keys(work.account_id()).await?;
        let sealed = keys.seal_verifier(&self.mint, id, kind, secret).map_err(KeyError::from)?;
        work.extras().verifiers.push(VerifierRow { id, owner, sealed });
        Ok(())
    }

    /// The secret behind a handle; `None` once it is destroyed.
    pub async fn secret(
        &self,
        account: AccountId,
        id: VerifierId,
        kind: &'static str,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, ActError> {
        let sealed = if let Some(sealed) = self.verifiers.get(&(account, id)) {
            sealed
        } else {
            let Some(row) = self.store.verifier(account, id).await? else { return Ok(None) };
            let sealed = Arc::new(row.sealed);
            self.verifiers.insert((account, id), Arc::clone(&sealed));
            sealed
        };
        self.opened(account, id, kind, &sealed).await.map(Some)
    }

    /// The same as it is at this moment, for what may change under its handle.
    pub async fn secret_now(
        &self,
        account: AccountId,
        id: VerifierId,
        kind: &'static str,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, ActError> {
        let Some(row) = self.store.verifier(account, id).await? else { return Ok(None) };
        self.opened(account, id, kind, &row.sealed).await.map(Some)
    }

    /// What is kept under an id, as it was read.
    pub async fn opened(
        &self,
        account: AccountId,
        id: VerifierId,
        kind: &'static str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, ActError> {
        let keys = self.account_keys(account).await?;
        keys.open_verifier(id, kind, sealed).map_err(|e| ActError::Bug(format!("verifier {id}: {e}")))
    }

    /// Puts a message beside the work's events, to be delivered after the commit. Its id tells what becomes
    /// of it.
    pub async fn send(
        &self,
        work: &mut Work,
        to: UserId,
        letter: &Letter,
        message: &Message,
    ) -> Result<MessageId, ActError> {
        let row = self.sealed(work.account_id(), to, letter, message).await?;
        let id = row.id;
        work.extras().outbox.push(row);
        Ok(id)
    }

    /// The row of a message about somebody, under an id of its own.
    pub(crate) async fn sealed(
        &self,
        account: AccountId,
        to: UserId,
        letter: &Letter,
        message: &Message,
    ) -> Result<OutboxRow, ActError> {
        let keys = self.account_keys(account).await?;
        let id: MessageId = self.mint.id();
        let sealed = message.seal(&self.mint, &keys, id).map_err(KeyError::from)?;
        // By the clock, which is what the delivery goes by.
        let due_at = self.mint.now();
        Ok(OutboxRow {
            id,
            channel: message.channel,
            purpose: letter.purpose(),
            letter: letter.name().to_owned(),
            subject: Some(to.uuid()),
            sealed,
            due_at,
            expires_at: due_at + letter.worth_sending(),
        })
    }

    /// Reads a message that waits.
    pub async fn open_message(
        &self,
        account: AccountId,
        id: MessageId,
        sealed: &[u8],
    ) -> Result<Message, ActError> {
        let keys = self.account_keys(account).await?;
        Message::open(&keys, id, sealed).map_err(|e| ActError::Bug(e.to_string()))
    }
}

fn wrapped(account: AccountId, row: KeyRow) -> WrappedKey {
    WrappedKey { account, subject: row.subject, version: row.version, bytes: row.wrapped }
}
