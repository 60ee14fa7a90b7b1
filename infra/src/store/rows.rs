//! The rows that are not history: verifiers, wrapped keys, claims, stored responses, outgoing messages.
//!
//! They are written by an append, in its transaction; here they are read, and the messages delivered.

use twofold_domain::ids::{AccountId, MessageId, VerifierId};
use twofold_domain::time::Timestamp;
use uuid::Uuid;

use super::reader::account;
use super::sql::Row;
use super::{EventStore, IdempotencyRow, KeyRow, StoreError, VerifierRow};

/// A message that somebody has to deliver now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueMessage {
    /// Its id; repeats carry the same.
    pub id: MessageId,
    /// The tenant.
    pub account: AccountId,
    /// Which channel and template family.
    pub kind: String,
    /// The person it is about.
    pub subject: Option<Uuid>,
    /// Ciphertext.
    pub sealed: Vec<u8>,
    /// How often it was taken for delivery, this time included.
    pub attempts: u64,
}

impl EventStore {
    /// The verifier behind a handle; `None` once it is destroyed.
    pub async fn verifier(
        &self,
        account: AccountId,
        id: VerifierId,
    ) -> Result<Option<VerifierRow>, StoreError> {
        let sql = "select verifier_id, owner, sealed from twofold.verifiers \
                   where verifier_id = $1 and account_id = $2";
        let row = self.reader().fetch_optional(sql, &[id.uuid().into(), account.uuid().into()]).await?;
        row.as_ref().map(verifier).transpose()
    }

    /// Every verifier of one owner, for an erasure or a change of keys.
    pub async fn verifiers_of(
        &self,
        account: AccountId,
        owner: Uuid,
    ) -> Result<Vec<VerifierRow>, StoreError> {
        let sql = "select verifier_id, owner, sealed from twofold.verifiers \
                   where account_id = $1 and owner = $2 order by verifier_id";
        let rows = self.reader().fetch(sql, &[account.uuid().into(), owner.into()]).await?;
        rows.iter().map(verifier).collect()
    }

    /// The wrapped keys of one subject, newest version first.
    pub async fn keys(&self, account: AccountId, subject: Uuid) -> Result<Vec<KeyRow>, StoreError> {
        let sql = "select subject, version, wrapped from twofold.keys \
                   where account_id = $1 and subject = $2 order by version desc";
        let rows = self.reader().fetch(sql, &[account.uuid().into(), subject.into()]).await?;
        rows.iter().map(key).collect()
    }

    /// Every wrapped key of an account, for a backup or a change of the key above them.
    pub async fn all_keys(&self, account: AccountId) -> Result<Vec<KeyRow>, StoreError> {
        let sql = "select subject, version, wrapped from twofold.keys \
                   where account_id = $1 order by subject, version";
        let rows = self.reader().fetch(sql, &[account.uuid().into()]).await?;
        rows.iter().map(key).collect()
    }

    /// Who holds a value.
    pub async fn claim(
        &self,
        account: AccountId,
        kind: &str,
        key: &[u8; 32],
    ) -> Result<Option<Uuid>, StoreError> {
        let sql = "select owner from twofold.claims where account_id = $1 and kind = $2 and key = $3";
        let binds = [account.uuid().into(), kind.into(), key.as_slice().into()];
        self.reader().fetch_optional(sql, &binds).await?.map(|row| row.get(0)).transpose()
    }

    /// The verifiers that an owner has, after one, in the order of their ids.
    pub async fn verifiers_after(
        &self,
        account: AccountId,
        owner: Uuid,
        after: Uuid,
        limit: u32,
    ) -> Result<Vec<VerifierId>, StoreError> {
        let sql = "select verifier_id from twofold.verifiers \
                   where account_id = $1 and owner = $2 and verifier_id > $3 order by verifier_id limit $4";
        let binds = [account.uuid().into(), owner.into(), after.into(), limit.into()];
        let rows = self.reader().fetch(sql, &binds).await?;
        rows.iter().map(|row| Ok(VerifierId::from_uuid(row.get(0)?))).collect()
    }

    /// The account with this name in addresses.
    pub async fn slug(&self, slug: &str) -> Result<Option<AccountId>, StoreError> {
        let sql = "select account_id from twofold.account_slugs where slug = $1";
        let row = self.reader().fetch_optional(sql, &[slug.into()]).await?;
        row.map(|row| account(&row, 0)).transpose()
    }

    /// What was answered to an earlier request with this key, if it has not expired at `now`.
    pub async fn idempotency(
        &self,
        account: AccountId,
        scope: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<IdempotencyRow>, StoreError> {
        let sql = "select fingerprint, response, expires_at from twofold.idempotency \
                   where account_id = $1 and scope = $2 and expires_at > $3";
        let binds = [account.uuid().into(), scope.as_slice().into(), now.micros().into()];
        let Some(row) = self.reader().fetch_optional(sql, &binds).await? else { return Ok(None) };
        Ok(Some(IdempotencyRow {
            scope: *scope,
            fingerprint: fixed(&row.get::<Vec<u8>>(0)?)?,
            response: row.get(1)?,
            expires_at: Timestamp::from_micros(row.get(2)?),
        }))
    }

    /// Messages that wait, the ones that are not due yet included. For a page, not for delivery.
    pub async fn outbox(&self, account: AccountId, limit: u32) -> Result<Vec<DueMessage>, StoreError> {
        let sql = "select message_id, account_id, kind, subject, sealed, attempts from twofold.outbox \
                   where account_id = $1 order by due_at, message_id limit $2";
        let rows = self.reader().fetch(sql, &[account.uuid().into(), limit.into()]).await?;
        rows.iter().map(message).collect()
    }

    /// The messages that were handed over last, of every account, newest first. For the page of a
    /// development server; ids are UUIDv7, so their order is that of their making.
    pub async fn latest_messages(&self, limit: u32) -> Result<Vec<DueMessage>, StoreError> {
        let sql = "select message_id, account_id, kind, subject, sealed, attempts from twofold.outbox \
                   order by message_id desc limit $1";
        self.reader().fetch(sql, &[limit.into()]).await?.iter().map(message).collect()
    }
}

pub(super) fn message(row: &Row) -> Result<DueMessage, StoreError> {
    Ok(DueMessage {
        id: MessageId::from_uuid(row.get(0)?),
        account: account(row, 1)?,
        kind: row.get(2)?,
        subject: row.get(3)?,
        sealed: row.get(4)?,
        attempts: row.count(5)?,
    })
}

fn verifier(row: &Row) -> Result<VerifierRow, StoreError> {
    Ok(VerifierRow { id: VerifierId::from_uuid(row.get(0)?), owner: row.get(1)?, sealed: row.get(2)? })
}

fn key(row: &Row) -> Result<KeyRow, StoreError> {
    Ok(KeyRow { subject: row.get(0)?, version: row.count(1)? as u32, wrapped: row.get(2)? })
}

/// A hash as the database returned it.
pub(super) fn fixed(bytes: &[u8]) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Corrupt(format!("a hash of {} bytes", bytes.len())))
}
