//! The append on SQLite: one writing connection, one transaction per batch.
//!
//! What PostgreSQL does in a function happens here between `begin immediate` and `commit`, when nobody
//! else, not even another process, can write: read what the batch depends on, give each member its
//! verdict, write what the accepted ones say.

use std::collections::{HashMap, HashSet};

use sqlx::sqlite::SqlitePool;
use sqlx::{Row as _, Sqlite, Transaction};
use twofold_domain::ids::{AccountId, MessageId, ReportJobId};
use twofold_domain::time::Timestamp;
use uuid::Uuid;

use super::append::{Append, Outcome, RosterChange, Stream};
use super::dispatch::{BatchError, Verdicts};
use super::files::Progress;
use super::reader::Counter;
use super::rows::{DUE, Due, DueMessage, RECOUNT, fixed, message};
use super::sql::{Row, Value, bind_sqlite};
use super::{NewEvent, StoreError};

/// The connection that writes the log.
#[derive(Debug, Clone)]
pub(super) struct SqliteWriter {
    pub(super) pool: SqlitePool,
}

type Tx = Transaction<'static, Sqlite>;

/// An accepted event with its numbers.
struct Numbered<'a> {
    stream: Stream,
    sequence: u64,
    event: &'a NewEvent,
    account: AccountId,
    account_seq: u64,
    at: i64,
}

impl SqliteWriter {
    /// Commits a batch; a verdict per member, in order.
    pub(super) async fn commit(&self, batch: &[&Append]) -> Verdicts {
        self.run(batch).await.map_err(BatchError::Failed)
    }

    async fn run(&self, batch: &[&Append]) -> Result<Vec<Result<Outcome, StoreError>>, StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let mut counters = counters(&mut tx, batch).await?;
        let mut heads = heads(&mut tx, batch).await?;
        let mut verdicts = Vec::with_capacity(batch.len());
        let mut events = Vec::new();
        let mut news = HashSet::new();
        for append in batch {
            if let Some(refusal) = refusal(&mut tx, append, &counters, &heads).await? {
                verdicts.push(refusal);
                continue;
            }
            let counter = counters.entry(append.account).or_insert(Counter {
                last_seq: 0,
                last_at: Timestamp::from_micros(0),
                roster_seq: 0,
            });
            let first = counter.last_seq + 1;
            if append.event_count() > 0 {
                counter.last_at = counter.last_at.max(append.at);
            }
            for write in &append.writes {
                for (sequence, event) in (write.expected + 1..).zip(&write.events) {
                    counter.last_seq += 1;
                    let (account, account_seq) = (append.account, counter.last_seq);
                    let at = counter.last_at.micros();
                    events.push(Numbered { stream: write.stream, sequence, event, account, account_seq, at });
                    heads.insert(write.stream, sequence);
                }
            }
            if !append.extras.roster.is_empty() {
                counter.roster_seq = counter.last_seq;
            }
            if append.event_count() > 0 || append.extras.opens_account {
                news.insert(append.account);
            }
            extras(&mut tx, append).await?;
            verdicts.push(Ok(Outcome::Committed { first, last: counter.last_seq, at: counter.last_at }));
        }
        insert(&mut tx, &events).await?;
        count(&mut tx, &news, &counters).await?;
        tx.commit().await?;
        Ok(verdicts)
    }

    async fn alone(&self, sql: &str, binds: &[Value]) -> Result<u64, StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let changed = execute(&mut tx, sql, binds).await?;
        tx.commit().await?;
        Ok(changed)
    }

    pub(super) async fn raise(&self, account: AccountId, instant: i64) -> Result<(), StoreError> {
        let sql = "update twofold.counters set last_at = $2 where account_id = $1 and last_at < $2";
        self.alone(sql, &[account.uuid().into(), instant.into()]).await.map(|_| ())
    }

    pub(super) async fn recount(
        &self,
        account: AccountId,
        counted: u64,
        log_end: u64,
    ) -> Result<bool, StoreError> {
        let binds = [account.uuid().into(), log_end.into(), counted.into()];
        Ok(self.alone(RECOUNT, &binds).await? > 0)
    }

    pub(super) async fn settle(&self, account: AccountId, seen: u64) -> Result<bool, StoreError> {
        let sql = "delete from twofold.pending where account_id = $1 and not exists (select 1 \
                   from twofold.counters c where c.account_id = $1 and c.last_seq > $2)";
        Ok(self.alone(sql, &[account.uuid().into(), seen.into()]).await? > 0)
    }

    pub(super) async fn take_messages(
        &self,
        chosen: &[Due],
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<DueMessage>, StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let sql = format!(
            "update twofold.outbox set due_at = $3, attempts = attempts + 1 \
             where message_id = $1 and attempts = $2 and due_at <= $4 returning {DUE}"
        );
        let mut taken = vec![];
        for due in chosen {
            let binds = [due.id.uuid().into(), due.fence.into(), until.micros().into(), now.micros().into()];
            if let Some(row) = bind_sqlite(&sql, &binds).fetch_optional(&mut *tx).await? {
                taken.push(DueMessage { due_at: due.due_at, ..message(&Row::Sqlite(row))? });
            }
        }
        tx.commit().await?;
        Ok(taken)
    }

    pub(super) async fn drop_message(&self, id: Uuid) -> Result<(), StoreError> {
        self.alone("delete from twofold.outbox where message_id = $1", &[id.into()]).await.map(|_| ())
    }

    pub(super) async fn drop_messages(&self, ids: &[Uuid]) -> Result<(), StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        for id in ids {
            let sql = "delete from twofold.outbox where message_id = $1";
            bind_sqlite(sql, &[(*id).into()]).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    pub(super) async fn put_off_messages(
        &self,
        messages: &[(MessageId, u64, Timestamp)],
    ) -> Result<(), StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        for (id, fence, due) in messages {
            let sql = "update twofold.outbox set due_at = $3 where message_id = $1 and attempts = $2";
            execute(&mut tx, sql, &[id.uuid().into(), (*fence).into(), due.micros().into()]).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    pub(super) async fn count_message(
        &self,
        account: AccountId,
        day: i64,
        channel: &str,
        budgets: &[(String, u32)],
    ) -> Result<usize, StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        for (place, (name, most)) in (1..).zip(budgets) {
            let sql = "insert into twofold.message_counts (account_id, day, channel, whose, used) \
                       values ($1, $2, $3, $4, 1) on conflict do update set used = used + 1 where used < $5";
            let binds =
                [account.uuid().into(), day.into(), channel.into(), name.as_str().into(), (*most).into()];
            // Nothing is counted where one is spent: the transaction goes.
            if *most == 0 || execute(&mut tx, sql, &binds).await? == 0 {
                return Ok(place);
            }
        }
        tx.commit().await?;
        Ok(0)
    }

    pub(super) async fn take_report(
        &self,
        account: AccountId,
        job: ReportJobId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<u64, StoreError> {
        let sql = "insert into twofold.report_files (job_id, account_id, attempts, lease_until) \
                   values ($1, $2, 1, $4) on conflict do update set attempts = attempts + 1, \
                   lease_until = $4, rows_done = 0, rows_of = null, bytes_done = 0 \
                   where lease_until <= $3 and account_id = $2 returning attempts";
        let binds = [job.uuid().into(), account.uuid().into(), now.micros().into(), until.micros().into()];
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let taken = bind_sqlite(sql, &binds).fetch_optional(&mut *tx).await?;
        tx.commit().await?;
        taken.map_or(Ok(0), |row| Row::Sqlite(row).count(0))
    }

    pub(super) async fn continue_report(
        &self,
        job: ReportJobId,
        attempt: u64,
        until: Timestamp,
        progress: Progress,
        piece: Option<(u64, Vec<u8>)>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let sql = "update twofold.report_files set lease_until = $3, rows_done = $4, rows_of = $5, \
                   bytes_done = $6 where job_id = $1 and attempts = $2";
        let Progress { rows, of, bytes } = progress;
        let (job, attempt) = (Value::from(job.uuid()), Value::from(attempt));
        let binds = [job, attempt, until.micros().into(), rows.into(), of.into(), bytes.into()];
        if execute(&mut tx, sql, &binds).await? == 0 {
            return Ok(false);
        }
        if let Some((place, piece)) = piece {
            let sql = "insert into twofold.report_pieces (job_id, attempt, place, sealed) \
                       values ($1, $2, $3, $4)";
            let [job, attempt, ..] = binds;
            execute(&mut tx, sql, &[job, attempt, place.into(), piece.into()]).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    pub(super) async fn forget_report(&self, job: ReportJobId, but: u64) -> Result<(), StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let binds = [job.uuid().into(), but.into()];
        let pieces = "delete from twofold.report_pieces where job_id = $1 and attempt <> $2";
        execute(&mut tx, pieces, &binds).await?;
        execute(&mut tx, "delete from twofold.report_files where job_id = $1 and $2 = 0", &binds).await?;
        tx.commit().await?;
        Ok(())
    }

    pub(super) async fn forget_attempt(&self, job: ReportJobId, attempt: u64) -> Result<(), StoreError> {
        let sql = "delete from twofold.report_pieces where job_id = $1 and attempt = $2";
        self.alone(sql, &[job.uuid().into(), attempt.into()]).await.map(|_| ())
    }

    pub(super) async fn purge_counts(&self, before: i64) -> Result<(), StoreError> {
        self.alone("delete from twofold.message_counts where day < $1", &[before.into()]).await.map(|_| ())
    }

    pub(super) async fn purge_responses(&self, now: Timestamp) -> Result<(), StoreError> {
        let sql = "delete from twofold.idempotency where expires_at <= $1";
        self.alone(sql, &[now.micros().into()]).await.map(|_| ())
    }
}

async fn execute(tx: &mut Tx, sql: &str, binds: &[Value]) -> Result<u64, StoreError> {
    Ok(bind_sqlite(sql, binds).execute(&mut **tx).await?.rows_affected())
}

async fn exists(tx: &mut Tx, sql: &str, binds: &[Value]) -> Result<bool, StoreError> {
    Ok(bind_sqlite(sql, binds).fetch_optional(&mut **tx).await?.is_some())
}

async fn counters(tx: &mut Tx, batch: &[&Append]) -> Result<HashMap<AccountId, Counter>, StoreError> {
    let wanted: HashSet<String> = batch.iter().map(|a| a.account.uuid().simple().to_string()).collect();
    let sql = "select account_id, last_seq, last_at, roster_seq from twofold.counters \
               where account_id in (select unhex(value) from json_each($1))";
    let rows = sqlx::query(sql).bind(json(&wanted)?).fetch_all(&mut **tx).await?;
    rows.into_iter()
        .map(|row| {
            let counter = Counter {
                last_seq: row.try_get::<i64, _>(1)? as u64,
                last_at: Timestamp::from_micros(row.try_get(2)?),
                roster_seq: row.try_get::<i64, _>(3)? as u64,
            };
            Ok((AccountId::from_uuid(row.try_get(0)?), counter))
        })
        .collect()
}

async fn heads(tx: &mut Tx, batch: &[&Append]) -> Result<HashMap<Stream, u64>, StoreError> {
    let written = batch.iter().flat_map(|a| a.writes.iter().map(|w| w.stream));
    let read = batch.iter().flat_map(|a| a.reads.iter().map(|r| r.stream));
    let wanted: HashSet<Stream> = written.chain(read).collect();
    let wanted: Vec<Stream> = wanted.into_iter().collect();
    let pairs: Vec<_> = wanted.iter().map(|s| (s.id.to_string(), s.kind.name())).collect();
    let sql = "select coalesce((select e.sequence from twofold.events e \
               where e.aggregate_id = s.value ->> 0 and e.aggregate_type = s.value ->> 1 \
               order by e.sequence desc limit 1), 0) from json_each($1) s order by s.key";
    let heads: Vec<i64> = sqlx::query_scalar(sql).bind(json(&pairs)?).fetch_all(&mut **tx).await?;
    Ok(wanted.into_iter().zip(heads.into_iter().map(|head| head as u64)).collect())
}

fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Bug(e.to_string()))
}

/// Why a member is not recorded, if it is not. The order of the questions is PostgreSQL's.
async fn refusal(
    tx: &mut Tx,
    append: &Append,
    counters: &HashMap<AccountId, Counter>,
    heads: &HashMap<Stream, u64>,
) -> Result<Option<Result<Outcome, StoreError>>, StoreError> {
    let (account, extras) = (append.account, &append.extras);
    if let Some(wanted) = &extras.idempotency {
        let sql = "select fingerprint, response from twofold.idempotency \
                   where account_id = $1 and scope = $2 and expires_at > $3";
        let binds = [account.uuid().into(), wanted.scope.as_slice().into(), append.at.micros().into()];
        if let Some(row) = bind_sqlite(sql, &binds).fetch_optional(&mut **tx).await? {
            let fingerprint = fixed(&row.try_get::<Vec<u8>, _>(0)?)?;
            return Ok(Some(Ok(Outcome::Duplicate { fingerprint, response: row.try_get(1)? })));
        }
    }
    let roster_seq = match counters.get(&account) {
        Some(counter) => counter.roster_seq,
        None if extras.opens_account => 0,
        None => return Ok(Some(Err(StoreError::UnknownAccount(account)))),
    };
    let head = |stream: &Stream| heads.get(stream).copied().unwrap_or_default();
    if let Some(moved) = append.writes.iter().find(|w| head(&w.stream) != w.expected) {
        return Ok(Some(Ok(Outcome::StreamMoved { stream: moved.stream })));
    }
    if let Some(moved) = append.reads.iter().find(|r| head(&r.stream) != r.sequence) {
        return Ok(Some(Ok(Outcome::ReadMoved { stream: Some(moved.stream) })));
    }
    if extras.roster_read.is_some_and(|seen| seen != roster_seq) {
        return Ok(Some(Ok(Outcome::ReadMoved { stream: None })));
    }
    if let (Some(latest), Some(counter)) = (append.latest, counters.get(&account))
        && counter.last_at > latest
    {
        return Ok(Some(Ok(Outcome::Late { floor: counter.last_at })));
    }
    for claim in &extras.claims {
        let sql = "select owner from twofold.claims where account_id = $1 and kind = $2 and key = $3";
        let binds = [account.uuid().into(), claim.kind.as_str().into(), claim.key.as_slice().into()];
        let Some(row) = bind_sqlite(sql, &binds).fetch_optional(&mut **tx).await? else { continue };
        let owner: Uuid = row.try_get(0)?;
        let freed = |r: &super::Claim| r.kind == claim.kind && r.key == claim.key && r.owner == owner;
        if owner != claim.owner && !extras.releases.iter().any(freed) {
            return Ok(Some(Ok(Outcome::ClaimTaken { kind: claim.kind.clone() })));
        }
    }
    if let Some(slug) = &extras.slug {
        // The account's own name is one more that it cannot take twice.
        let sql = "select 1 from twofold.account_slugs where (slug = $1 and account_id <> $2) \
                   or (slug <> $1 and account_id = $2)";
        if exists(tx, sql, &[slug.as_str().into(), account.uuid().into()]).await? {
            return Ok(Some(Ok(Outcome::ClaimTaken { kind: "slug".to_owned() })));
        }
    }
    Ok(None)
}

/// Inserts events in the order of their numbers, many per statement.
async fn insert(tx: &mut Tx, events: &[Numbered<'_>]) -> Result<(), StoreError> {
    const INTO: &str = "insert into twofold.events (aggregate_type, aggregate_id, sequence, event_type, \
                        event_version, payload, metadata, account_id, account_seq, recorded_at) values ";
    const ROW: &str = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    // Powers of two, so that few texts are prepared.
    const MOST: usize = 64;
    let mut rest = events;
    while !rest.is_empty() {
        let n = MOST.min(1 << rest.len().ilog2());
        let (now, later) = rest.split_at(n);
        let sql = format!("{INTO}{}", vec![ROW; n].join(", "));
        let mut query = sqlx::query(&sql);
        for e in now {
            query = query
                .bind(e.stream.kind.name())
                .bind(e.stream.id.to_string())
                .bind(e.sequence as i64)
                .bind(&e.event.event_type)
                .bind(&e.event.event_version)
                .bind(&e.event.payload)
                .bind(&e.event.metadata)
                .bind(e.account.uuid())
                .bind(e.account_seq as i64)
                .bind(e.at);
        }
        query.execute(&mut **tx).await?;
        rest = later;
    }
    Ok(())
}

/// Writes the counters of accounts with news, and tells the projectors.
async fn count(
    tx: &mut Tx,
    news: &HashSet<AccountId>,
    counters: &HashMap<AccountId, Counter>,
) -> Result<(), StoreError> {
    let rows: Vec<_> = news
        .iter()
        .filter_map(|account| Some((account, counters.get(account)?)))
        .map(|(account, c)| {
            (account.uuid().simple().to_string(), c.last_seq, c.last_at.micros(), c.roster_seq)
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let rows: [Value; 1] = [json(&rows)?.into()];
    // `where true` tells the parser that `on` is not a join's.
    let sql = "insert into twofold.counters (account_id, last_seq, last_at, roster_seq) \
               select unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3 from json_each($1) where true \
               on conflict (account_id) do update set last_seq = excluded.last_seq, \
               last_at = excluded.last_at, roster_seq = excluded.roster_seq";
    execute(tx, sql, &rows).await?;
    let sql = "insert into twofold.pending (account_id) select unhex(value ->> 0) from json_each($1) \
               where value ->> 1 > 0 on conflict do nothing";
    execute(tx, sql, &rows).await.map(|_| ())
}

/// Writes the rows that change along with an accepted member.
async fn extras(tx: &mut Tx, append: &Append) -> Result<(), StoreError> {
    let (account, extras) = (append.account.uuid(), &append.extras);
    for claim in &extras.releases {
        let sql =
            "delete from twofold.claims where account_id = $1 and kind = $2 and key = $3 and owner = $4";
        let binds =
            [account.into(), claim.kind.as_str().into(), claim.key.as_slice().into(), claim.owner.into()];
        execute(tx, sql, &binds).await?;
    }
    for claim in &extras.claims {
        let sql = "insert into twofold.claims (account_id, kind, key, owner) values ($1, $2, $3, $4) \
                   on conflict do nothing";
        let binds =
            [account.into(), claim.kind.as_str().into(), claim.key.as_slice().into(), claim.owner.into()];
        execute(tx, sql, &binds).await?;
    }
    if let Some(slug) = &extras.slug {
        let sql =
            "insert into twofold.account_slugs (slug, account_id) values ($1, $2) on conflict do nothing";
        execute(tx, sql, &[slug.as_str().into(), account.into()]).await?;
    }
    if let Some(row) = &extras.idempotency {
        let sql = "insert into twofold.idempotency (account_id, scope, fingerprint, response, expires_at) \
                   values ($1, $2, $3, $4, $5) on conflict (account_id, scope) do update \
                   set fingerprint = $3, response = $4, expires_at = $5";
        let binds = [
            account.into(),
            row.scope.as_slice().into(),
            row.fingerprint.as_slice().into(),
            row.response.as_slice().into(),
            row.expires_at.micros().into(),
        ];
        execute(tx, sql, &binds).await?;
    }
    for change in &extras.roster {
        match *change {
            RosterChange::Add { user, generation } => {
                let sql = "insert into twofold.roster (account_id, user_id, generation) values ($1, $2, $3) \
                           on conflict (account_id, user_id) do update set generation = $3";
                execute(tx, sql, &[account.into(), user.uuid().into(), generation.into()]).await?;
            }
            RosterChange::Remove { user } => {
                let sql = "delete from twofold.roster where account_id = $1 and user_id = $2";
                execute(tx, sql, &[account.into(), user.uuid().into()]).await?;
            }
        }
    }
    secrets(tx, append).await
}

async fn secrets(tx: &mut Tx, append: &Append) -> Result<(), StoreError> {
    let (account, extras) = (append.account.uuid(), &append.extras);
    for id in &extras.destroy_verifiers {
        let sql = "delete from twofold.verifiers where verifier_id = $1 and account_id = $2";
        execute(tx, sql, &[id.uuid().into(), account.into()]).await?;
    }
    for row in &extras.verifiers {
        let sql = "insert into twofold.verifiers (verifier_id, account_id, owner, sealed) \
                   values ($1, $2, $3, $4) on conflict (verifier_id) do update set sealed = $4 \
                   where account_id = $2 and owner = $3";
        let binds = [row.id.uuid().into(), account.into(), row.owner.into(), row.sealed.as_slice().into()];
        execute(tx, sql, &binds).await?;
    }
    for subject in &extras.destroy_keys {
        let sql = "delete from twofold.keys where account_id = $1 and subject = $2";
        execute(tx, sql, &[account.into(), (*subject).into()]).await?;
        let sql = "delete from twofold.outbox where account_id = $1 and subject = $2";
        execute(tx, sql, &[account.into(), (*subject).into()]).await?;
    }
    for row in &extras.keys {
        let sql = "insert into twofold.keys (account_id, subject, version, wrapped) values ($1, $2, $3, $4) \
                   on conflict (account_id, subject, version) do update set wrapped = $4";
        let binds = [account.into(), row.subject.into(), row.version.into(), row.wrapped.as_slice().into()];
        execute(tx, sql, &binds).await?;
    }
    for id in &extras.ended {
        let sql = "delete from twofold.outbox where message_id = $1 and account_id = $2";
        execute(tx, sql, &[id.uuid().into(), account.into()]).await?;
    }
    for row in &extras.outbox {
        let sql = "insert into twofold.outbox (message_id, account_id, kind, subject, sealed, due_at, \
                   queued_at, purpose, letter, expires_at) \
                   values ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9) on conflict do nothing";
        let binds = [
            row.id.uuid().into(),
            account.into(),
            row.channel.name().into(),
            row.subject.into(),
            row.sealed.as_slice().into(),
            row.due_at.micros().into(),
            row.purpose.name().into(),
            row.letter.as_str().into(),
            row.expires_at.micros().into(),
        ];
        execute(tx, sql, &binds).await?;
    }
    Ok(())
}
