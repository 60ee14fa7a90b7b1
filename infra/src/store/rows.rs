//! The rows that are not history: verifiers, wrapped keys, claims, stored responses, outgoing messages.
//!
//! They are written by an append, in its transaction; here they are read, and the messages delivered.

use std::collections::HashMap;

use twofold_domain::delivery::{Channel, MessagePurpose};
use twofold_domain::ids::{AccountId, MessageId, UserId, VerifierId};
use twofold_domain::time::Timestamp;
use uuid::Uuid;

use super::reader::account;
use super::sql::Row;
use crate::mail::Letter;

use super::{EventStore, IdempotencyRow, KeyRow, StoreError, Value, VerifierRow};

/// A message that somebody has to deliver now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueMessage {
    /// Its id; repeats carry the same.
    pub id: MessageId,
    /// The tenant.
    pub account: AccountId,
    /// The way it goes.
    pub channel: Channel,
    /// What it is for.
    pub purpose: MessagePurpose,
    /// The stable name of its words.
    pub letter: String,
    /// The person it is about.
    pub subject: Option<Uuid>,
    /// Ciphertext.
    pub sealed: Vec<u8>,
    /// How often it was taken for delivery, this time included. Its fence: whoever takes it again has another.
    pub attempts: u64,
    /// When it was written.
    pub queued_at: Timestamp,
    /// When it was due.
    pub due_at: Timestamp,
    /// From then on it is not worth sending.
    pub expires_at: Timestamp,
}

/// A message that is due, as far as it takes to choose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Its id.
    pub id: MessageId,
    /// The tenant.
    pub account: AccountId,
    /// How often it was taken for delivery.
    pub fence: u64,
    /// Since when it is due.
    pub due_at: Timestamp,
    /// Whether it is one of many, for which nobody waits at a door: an invitation, or an announcement.
    pub to_many: bool,
}

/// What waits to be sent by one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backlog {
    /// The way.
    pub channel: Channel,
    /// How many messages.
    pub waiting: u64,
    /// When the oldest of them was written.
    pub oldest: Timestamp,
}

/// Sets a counter to the last event that is there. A counter that is gone begins anew.
pub(super) const RECOUNT: &str = "insert into twofold.counters (account_id, last_seq) select $1, $2 where $3 = 0 \
    or exists (select 1 from twofold.counters where account_id = $1) on conflict (account_id) \
    do update set last_seq = excluded.last_seq where counters.last_seq = $3";

/// The columns of a message, in the order in which [`message`] reads them.
pub(super) const DUE: &str = "message_id, account_id, kind, subject, sealed, attempts, purpose, letter, \
                              queued_at, due_at, expires_at";

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

    /// Who owns verifiers, after one of them, in the order of accounts and owners.
    pub async fn verifier_owners(
        &self,
        (account, owner): (Uuid, Uuid),
        limit: u32,
    ) -> Result<Vec<(AccountId, Uuid)>, StoreError> {
        let sql = "select distinct account_id, owner from twofold.verifiers \
                   where (account_id, owner) > ($1, $2) order by account_id, owner limit $3";
        let rows = self.reader().fetch(sql, &[account.into(), owner.into(), limit.into()]).await?;
        rows.iter().map(|row| Ok((self::account(row, 0)?, row.get(1)?))).collect()
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

    /// Who has each of these claims of a kind, where anybody does.
    pub async fn claims(
        &self,
        account: AccountId,
        kind: &str,
        keys: &[[u8; 32]],
    ) -> Result<HashMap<[u8; 32], Uuid>, StoreError> {
        /// Keys per statement.
        const PAGE: usize = 500;
        let mut owners = HashMap::with_capacity(keys.len());
        for page in keys.chunks(PAGE) {
            let places: Vec<String> = (3..page.len() + 3).map(|place| format!("${place}")).collect();
            let sql = format!(
                "select key, owner from twofold.claims where account_id = $1 and kind = $2 and key in ({})",
                places.join(", ")
            );
            let mut binds: Vec<Value> = vec![account.uuid().into(), kind.into()];
            binds.extend(page.iter().map(|key| Value::from(key.as_slice())));
            for row in self.reader().fetch(&sql, &binds).await? {
                let key: Vec<u8> = row.get(0)?;
                let key = key.try_into().map_err(|_| StoreError::Corrupt(format!("a claim of {kind}")))?;
                owners.insert(key, row.get(1)?);
            }
        }
        Ok(owners)
    }

    /// The verifiers that an owner has, after one, in the order of their ids, as they are kept.
    pub async fn sealed_after(
        &self,
        account: AccountId,
        owner: Uuid,
        after: Uuid,
        limit: u32,
    ) -> Result<Vec<(VerifierId, Vec<u8>)>, StoreError> {
        let sql = "select verifier_id, sealed from twofold.verifiers \
                   where account_id = $1 and owner = $2 and verifier_id > $3 order by verifier_id limit $4";
        let binds = [account.uuid().into(), owner.into(), after.into(), limit.into()];
        let rows = self.reader().fetch(sql, &binds).await?;
        rows.iter().map(|row| Ok((VerifierId::from_uuid(row.get(0)?), row.get(1)?))).collect()
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
        let sql = format!(
            "select {DUE} from twofold.outbox where account_id = $1 order by due_at, message_id limit $2"
        );
        let rows = self.reader().fetch(&sql, &[account.uuid().into(), limit.into()]).await?;
        rows.iter().map(message).collect()
    }

    /// Messages to one person that wait, newest first.
    pub async fn outbox_of(
        &self,
        account: AccountId,
        person: UserId,
        limit: u32,
    ) -> Result<Vec<DueMessage>, StoreError> {
        let sql = format!(
            "select {DUE} from twofold.outbox where account_id = $1 and subject = $2 \
             order by message_id desc limit $3"
        );
        let binds = [account.uuid().into(), person.uuid().into(), limit.into()];
        self.reader().fetch(&sql, &binds).await?.iter().map(message).collect()
    }

    /// How many messages of one way were counted on a day against each of these budgets, in their order.
    pub async fn counted(
        &self,
        account: AccountId,
        day: i64,
        channel: Channel,
        budgets: &[String],
    ) -> Result<Vec<u64>, StoreError> {
        let sql = "select used from twofold.message_counts \
                   where account_id = $1 and day = $2 and channel = $3 and whose = $4";
        let mut counted = vec![];
        for whose in budgets {
            let binds = [account.uuid().into(), day.into(), channel.name().into(), whose.as_str().into()];
            let row = self.reader().fetch_optional(sql, &binds).await?;
            counted.push(row.map_or(Ok(0), |row| row.count(0))?);
        }
        Ok(counted)
    }

    /// Whether a message of this way is due. Costs no lock, unlike taking it.
    pub async fn any_due(&self, channel: Channel, now: Timestamp) -> Result<bool, StoreError> {
        let sql = "select 1 from twofold.outbox where kind = $1 and due_at <= $2 limit 1";
        let binds = [channel.name().into(), now.micros().into()];
        Ok(self.reader().fetch_optional(sql, &binds).await?.is_some())
    }

    /// The accounts of which a message of this way is due. Walks from account to account, not from message to message.
    pub async fn due_accounts(&self, channel: Channel, now: Timestamp) -> Result<Vec<AccountId>, StoreError> {
        let sql = "with recursive waiting(account_id) as ( \
                   select (select o.account_id from twofold.outbox o order by o.account_id limit 1) union all \
                   select (select o.account_id from twofold.outbox o where o.account_id > w.account_id \
                   order by o.account_id limit 1) from waiting w where w.account_id is not null) \
                   select w.account_id from waiting w where exists (select 1 from twofold.outbox o \
                   where o.account_id = w.account_id and o.due_at <= $2 and o.kind = $1)";
        let binds = [channel.name().into(), now.micros().into()];
        self.reader().fetch(sql, &binds).await?.iter().map(|row| account(row, 0)).collect()
    }

    /// Messages of an account that are due by this way, in the order in which they should go: what somebody waits for
    /// before what goes to many, and the oldest first.
    pub async fn due_of(
        &self,
        account: AccountId,
        channel: Channel,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Due>, StoreError> {
        let many = Letter::TO_MANY.map(|letter| format!("'{letter}'")).join(", ");
        let sql = format!(
            "select message_id, attempts, due_at, cast(case when letter in ({many}) then 1 else 0 end as bigint) as to_many \
             from twofold.outbox where account_id = $1 and kind = $2 and due_at <= $3 \
             order by to_many, due_at, message_id limit $4"
        );
        let binds = [account.uuid().into(), channel.name().into(), now.micros().into(), limit.into()];
        let read = |row: &Row| {
            Ok(Due {
                id: MessageId::from_uuid(row.get(0)?),
                account,
                fence: row.count(1)?,
                due_at: Timestamp::from_micros(row.get(2)?),
                to_many: row.get::<i64>(3)? == 1,
            })
        };
        self.reader().fetch(&sql, &binds).await?.iter().map(read).collect()
    }

    /// The message under this id, while it waits.
    pub async fn waiting_message(&self, id: MessageId) -> Result<Option<DueMessage>, StoreError> {
        let sql = format!("select {DUE} from twofold.outbox where message_id = $1");
        self.reader().fetch_optional(&sql, &[id.uuid().into()]).await?.as_ref().map(message).transpose()
    }

    /// What waits, by way: of one account, or of all.
    pub async fn backlog(&self, account: Option<AccountId>) -> Result<Vec<Backlog>, StoreError> {
        let sql = "select kind, count(*), min(queued_at) from twofold.outbox \
                   where ($1 is null or account_id = $1) group by kind order by kind";
        let account = crate::store::Value::Uuid(account.map(AccountId::uuid));
        let rows = self.reader().fetch(sql, &[account]).await?;
        let read = |row: &Row| {
            let oldest = Timestamp::from_micros(row.get(2)?);
            Ok(Backlog { channel: channel(row, 0)?, waiting: row.count(1)?, oldest })
        };
        rows.iter().map(read).collect()
    }

    /// The messages that were handed over last, of every account, newest first. For the page of a
    /// development server; ids are UUIDv7, so their order is that of their making.
    pub async fn latest_messages(&self, limit: u32) -> Result<Vec<DueMessage>, StoreError> {
        let sql = format!("select {DUE} from twofold.outbox order by message_id desc limit $1");
        self.reader().fetch(&sql, &[limit.into()]).await?.iter().map(message).collect()
    }
}

pub(super) fn message(row: &Row) -> Result<DueMessage, StoreError> {
    let purpose: String = row.get(6)?;
    let strange = || StoreError::Corrupt(format!("a message for `{purpose}`"));
    Ok(DueMessage {
        id: MessageId::from_uuid(row.get(0)?),
        account: account(row, 1)?,
        channel: channel(row, 2)?,
        subject: row.get(3)?,
        sealed: row.get(4)?,
        attempts: row.count(5)?,
        purpose: MessagePurpose::of_name(&purpose).ok_or_else(strange)?,
        letter: row.get(7)?,
        queued_at: Timestamp::from_micros(row.get(8)?),
        due_at: Timestamp::from_micros(row.get(9)?),
        expires_at: Timestamp::from_micros(row.get(10)?),
    })
}

fn channel(row: &Row, index: usize) -> Result<Channel, StoreError> {
    let name: String = row.get(index)?;
    Channel::of_name(&name).ok_or_else(|| StoreError::Corrupt(format!("a message by `{name}`")))
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
