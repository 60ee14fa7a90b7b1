//! The append on PostgreSQL: one call of `twofold.append` per batch, in one round trip, committed by its
//! own end. See `schema/postgres/0005_delivery.sql` for what the call does.

use std::collections::HashMap;

use serde_json::{Value as Json, json};
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgPool, PgRow};
use sqlx::types::Json as Jsonb;
use twofold_domain::ids::{AccountId, MessageId, ReportJobId};
use twofold_domain::time::Timestamp;
use uuid::Uuid;

use super::StoreError;
use super::append::{Append, Claim, Outcome, RosterChange};
use super::dispatch::{BatchError, Verdicts};
use super::error::rolled_back;
use super::files::Progress;
use super::rows::{DUE, Due, DueMessage, RECOUNT, fixed, message};
use super::sql::Row;

const APPEND: &str = "select * from twofold.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
                      $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)";

/// The connections that write the log.
#[derive(Debug, Clone)]
pub(super) struct PgWriter {
    pub(super) pool: PgPool,
}

/// A batch as columns; places and members count from 1, as SQL does.
#[derive(Default)]
struct Columns<'a> {
    accounts: Vec<Uuid>,
    instants: Vec<i64>,
    latest: Vec<Option<i64>>,
    rosters: Vec<Option<i64>>,
    opens: Vec<bool>,
    stream_members: Vec<i32>,
    stream_kinds: Vec<&'static str>,
    stream_ids: Vec<String>,
    stream_heads: Vec<i64>,
    event_members: Vec<i32>,
    event_kinds: Vec<&'static str>,
    event_ids: Vec<String>,
    event_sequences: Vec<i64>,
    event_types: Vec<&'a str>,
    event_versions: Vec<&'a str>,
    payloads: Vec<&'a str>,
    metadata: Vec<&'a str>,
    extras: ExtraRows,
}

#[derive(Default)]
struct ExtraRows {
    slugs: Vec<Json>,
    releases: Vec<Json>,
    claims: Vec<Json>,
    idempotency: Vec<Json>,
    roster: Vec<Json>,
    destroyed_verifiers: Vec<Json>,
    verifiers: Vec<Json>,
    destroyed_keys: Vec<Json>,
    keys: Vec<Json>,
    outbox: Vec<Json>,
}

impl<'a> Columns<'a> {
    fn of(batch: &[&'a Append]) -> Self {
        let mut columns = Self::default();
        for (member, append) in (1..).zip(batch) {
            columns.add(member, append);
        }
        columns
    }

    fn add(&mut self, member: i32, append: &'a Append) {
        self.accounts.push(append.account.uuid());
        self.instants.push(append.at.micros());
        self.latest.push(append.latest.map(Timestamp::micros));
        self.rosters.push(append.extras.roster_read.map(|seq| seq as i64));
        self.opens.push(append.extras.opens_account);
        let written = append.writes.iter().map(|w| (w.stream, w.expected));
        let read = append.reads.iter().map(|r| (r.stream, r.sequence));
        for (stream, head) in written.chain(read) {
            self.stream_members.push(member);
            self.stream_kinds.push(stream.kind.name());
            self.stream_ids.push(stream.id.to_string());
            self.stream_heads.push(head as i64);
        }
        for write in &append.writes {
            for (sequence, event) in (write.expected as i64 + 1..).zip(&write.events) {
                self.event_members.push(member);
                self.event_kinds.push(write.stream.kind.name());
                self.event_ids.push(write.stream.id.to_string());
                self.event_sequences.push(sequence);
                self.event_types.push(&event.event_type);
                self.event_versions.push(&event.event_version);
                self.payloads.push(&event.payload);
                self.metadata.push(&event.metadata);
            }
        }
        self.extras.add(member, append);
    }
}

impl ExtraRows {
    fn add(&mut self, m: i32, append: &Append) {
        let claim = |c: &Claim| json!({"m": m, "kind": c.kind, "key": hex(&c.key), "owner": c.owner});
        let extras = &append.extras;
        self.slugs.extend(extras.slug.iter().map(|slug| json!({"m": m, "slug": slug})));
        self.releases.extend(extras.releases.iter().map(claim));
        self.claims.extend(extras.claims.iter().map(claim));
        self.idempotency.extend(extras.idempotency.iter().map(|i| {
            json!({"m": m, "scope": hex(&i.scope), "fingerprint": hex(&i.fingerprint),
                   "response": hex(&i.response), "expires_at": i.expires_at})
        }));
        self.roster.extend(extras.roster.iter().map(|change| match *change {
            RosterChange::Add { user, generation } => {
                json!({"m": m, "user": user.uuid(), "generation": generation})
            }
            RosterChange::Remove { user } => json!({"m": m, "user": user.uuid()}),
        }));
        let destroyed = &extras.destroy_verifiers;
        self.destroyed_verifiers.extend(destroyed.iter().map(|id| json!({"m": m, "id": id.uuid()})));
        self.verifiers.extend(
            extras
                .verifiers
                .iter()
                .map(|v| json!({"m": m, "id": v.id.uuid(), "owner": v.owner, "sealed": hex(&v.sealed)})),
        );
        self.destroyed_keys.extend(extras.destroy_keys.iter().map(|s| json!({"m": m, "subject": s})));
        self.keys.extend(extras.keys.iter().map(
            |k| json!({"m": m, "subject": k.subject, "version": k.version, "wrapped": hex(&k.wrapped)}),
        ));
        self.outbox.extend(extras.outbox.iter().map(|o| {
            json!({"m": m, "id": o.id.uuid(), "kind": o.channel, "purpose": o.purpose, "letter": o.letter,
                   "subject": o.subject, "sealed": hex(&o.sealed), "due_at": o.due_at,
                   "expires_at": o.expires_at})
        }));
        self.outbox.extend(extras.ended.iter().map(|id| json!({"m": m, "id": id.uuid()})));
    }
}

impl PgWriter {
    /// Commits a batch; a verdict per member, in order.
    pub(super) async fn commit(&self, batch: &[&Append]) -> Verdicts {
        let columns = Columns::of(batch);
        let extras = columns.extras;
        let query = sqlx::query(APPEND)
            .bind(columns.accounts)
            .bind(columns.instants)
            .bind(columns.latest)
            .bind(columns.rosters)
            .bind(columns.opens)
            .bind(columns.stream_members)
            .bind(columns.stream_kinds)
            .bind(columns.stream_ids)
            .bind(columns.stream_heads)
            .bind(columns.event_members)
            .bind(columns.event_kinds)
            .bind(columns.event_ids)
            .bind(columns.event_sequences)
            .bind(columns.event_types)
            .bind(columns.event_versions)
            .bind(columns.payloads)
            .bind(columns.metadata)
            .bind(some(extras.slugs))
            .bind(some(extras.releases))
            .bind(some(extras.claims))
            .bind(some(extras.idempotency))
            .bind(some(extras.roster))
            .bind(some(extras.destroyed_verifiers))
            .bind(some(extras.verifiers))
            .bind(some(extras.destroyed_keys))
            .bind(some(extras.keys))
            .bind(some(extras.outbox));
        let rows = query.fetch_all(&self.pool).await.map_err(|error| {
            if rolled_back(&error) {
                BatchError::Again(error.into())
            } else {
                BatchError::Failed(error.into())
            }
        })?;
        let missing = || Err(StoreError::Corrupt("a member without a verdict".to_owned()));
        let mut verdicts: Vec<_> = batch.iter().map(|_| missing()).collect();
        for row in rows {
            let answer = Answer::read(&row).map_err(BatchError::Failed)?;
            if let Some(place) = verdicts.get_mut(answer.member) {
                *place = answer.outcome(batch);
            }
        }
        Ok(verdicts)
    }

    pub(super) async fn raise(&self, account: AccountId, instant: i64) -> Result<(), StoreError> {
        let sql = "select twofold.raise_floor($1, $2)";
        sqlx::query(sql).bind(account.uuid()).bind(instant).execute(&self.pool).await?;
        Ok(())
    }

    pub(super) async fn recount(
        &self,
        account: AccountId,
        counted: u64,
        log_end: u64,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(RECOUNT).bind(account.uuid()).bind(log_end as i64).bind(counted as i64);
        Ok(query.execute(&self.pool).await?.rows_affected() > 0)
    }

    pub(super) async fn settle(&self, account: AccountId, seen: u64) -> Result<bool, StoreError> {
        let sql = "select twofold.settle($1, $2)";
        Ok(sqlx::query_scalar(sql).bind(account.uuid()).bind(seen as i64).fetch_one(&self.pool).await?)
    }

    /// The function of the schema takes what is due longest: what is chosen is made that, in the same transaction, so
    /// that nobody else ever sees it so.
    pub(super) async fn take_messages(
        &self,
        channel: &str,
        chosen: &[Due],
        until: Timestamp,
    ) -> Result<Vec<DueMessage>, StoreError> {
        let first = Timestamp::from_micros(i64::MIN);
        let messages: Vec<_> = chosen.iter().map(|due| (due.id, due.fence, first)).collect();
        let mut tx = self.pool.begin().await?;
        put_off(&mut tx, &messages).await?;
        let sql = format!("select {DUE} from twofold.take_messages($1, $2, $3, $4)");
        let query = sqlx::query(&sql)
            .bind(channel)
            .bind(first.micros())
            .bind(until.micros())
            .bind(chosen.len() as i64);
        let rows = query.fetch_all(&mut *tx).await?;
        tx.commit().await?;
        let since: HashMap<_, _> = chosen.iter().map(|due| (due.id, due.due_at)).collect();
        let read = |row| {
            let taken = message(&Row::Pg(row))?;
            let due_at = since.get(&taken.id).copied().unwrap_or(taken.due_at);
            Ok(DueMessage { due_at, ..taken })
        };
        rows.into_iter().map(read).collect()
    }

    pub(super) async fn drop_message(&self, id: Uuid) -> Result<(), StoreError> {
        sqlx::query("select twofold.drop_message($1)").bind(id).execute(&self.pool).await?;
        Ok(())
    }

    pub(super) async fn drop_messages(&self, ids: &[Uuid]) -> Result<(), StoreError> {
        sqlx::query("select twofold.drop_message(id) from unnest($1::uuid[]) id")
            .bind(ids)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub(super) async fn put_off_messages(
        &self,
        messages: &[(MessageId, u64, Timestamp)],
    ) -> Result<(), StoreError> {
        put_off(&mut *self.pool.acquire().await?, messages).await
    }

    pub(super) async fn count_message(
        &self,
        account: AccountId,
        day: i64,
        channel: &str,
        budgets: &[(String, u32)],
    ) -> Result<usize, StoreError> {
        let (names, most): (Vec<&str>, Vec<i64>) =
            budgets.iter().map(|(name, most)| (name.as_str(), i64::from(*most))).unzip();
        let sql = "select twofold.count_message($1, $2, $3, $4, $5)";
        let query =
            sqlx::query_scalar(sql).bind(account.uuid()).bind(day).bind(channel).bind(names).bind(most);
        let place: i32 = query.fetch_one(&self.pool).await?;
        Ok(place as usize)
    }

    pub(super) async fn take_report(
        &self,
        account: AccountId,
        job: ReportJobId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<u64, StoreError> {
        let query = sqlx::query_scalar("select twofold.take_report($1, $2, $3, $4)")
            .bind(job.uuid())
            .bind(account.uuid())
            .bind(now.micros())
            .bind(until.micros());
        let attempt: i64 = query.fetch_one(&self.pool).await?;
        Ok(attempt as u64)
    }

    pub(super) async fn continue_report(
        &self,
        job: ReportJobId,
        attempt: u64,
        until: Timestamp,
        progress: Progress,
        piece: Option<(u64, Vec<u8>)>,
    ) -> Result<bool, StoreError> {
        let (place, piece) = piece.unzip();
        let query = sqlx::query_scalar("select twofold.continue_report($1, $2, $3, $4, $5, $6, $7, $8)")
            .bind(job.uuid())
            .bind(attempt as i64)
            .bind(until.micros())
            .bind(progress.rows as i64)
            .bind(progress.of.map(|of| of as i64))
            .bind(progress.bytes as i64)
            .bind(place.map(|place| place as i64))
            .bind(piece);
        Ok(query.fetch_one(&self.pool).await?)
    }

    pub(super) async fn forget_report(&self, job: ReportJobId, but: u64) -> Result<(), StoreError> {
        let query = sqlx::query("select twofold.forget_report($1, $2)").bind(job.uuid()).bind(but as i64);
        query.execute(&self.pool).await?;
        Ok(())
    }

    pub(super) async fn forget_attempt(&self, job: ReportJobId, attempt: u64) -> Result<(), StoreError> {
        let query = sqlx::query("select twofold.forget_attempt($1, $2)").bind(job.uuid());
        query.bind(attempt as i64).execute(&self.pool).await?;
        Ok(())
    }

    pub(super) async fn purge_counts(&self, before: i64) -> Result<(), StoreError> {
        sqlx::query("select twofold.purge_counts($1)").bind(before).execute(&self.pool).await?;
        Ok(())
    }

    pub(super) async fn purge_responses(&self, now: Timestamp) -> Result<(), StoreError> {
        let sql = "select twofold.purge_responses($1)";
        sqlx::query(sql).bind(now.micros()).execute(&self.pool).await?;
        Ok(())
    }
}

/// One row of the function's answer.
struct Answer {
    member: usize,
    verdict: i32,
    detail: Option<i64>,
    first: Option<i64>,
    last: Option<i64>,
    at: Option<i64>,
    fingerprint: Option<Vec<u8>>,
    response: Option<Vec<u8>>,
}

impl Answer {
    fn read(row: &PgRow) -> Result<Self, StoreError> {
        let member: i32 = row.try_get(0)?;
        Ok(Self {
            member: (member - 1) as usize,
            verdict: row.try_get(1)?,
            detail: row.try_get(2)?,
            first: row.try_get(3)?,
            last: row.try_get(4)?,
            at: row.try_get(5)?,
            fingerprint: row.try_get(6)?,
            response: row.try_get(7)?,
        })
    }

    fn outcome(self, batch: &[&Append]) -> Result<Outcome, StoreError> {
        let strange =
            || StoreError::Corrupt(format!("verdict {} with detail {:?}", self.verdict, self.detail));
        let place = self.detail.and_then(|place| usize::try_from(place - 1).ok());
        match self.verdict {
            0 => match (self.first, self.last, self.at) {
                (Some(first), Some(last), Some(at)) => Ok(Outcome::Committed {
                    first: first as u64,
                    last: last as u64,
                    at: Timestamp::from_micros(at),
                }),
                _ => Err(strange()),
            },
            1 => Err(StoreError::UnknownAccount(batch.get(self.member).ok_or_else(strange)?.account)),
            2 => Ok(Outcome::Duplicate {
                fingerprint: fixed(&self.fingerprint.unwrap_or_default())?,
                response: self.response.unwrap_or_default(),
            }),
            3 => {
                let looked_at = batch.iter().flat_map(|append| {
                    let written = append.writes.iter().map(|w| Outcome::StreamMoved { stream: w.stream });
                    let read = append.reads.iter().map(|r| Outcome::ReadMoved { stream: Some(r.stream) });
                    written.chain(read)
                });
                place.and_then(|place| looked_at.into_iter().nth(place)).ok_or_else(strange)
            }
            4 => Ok(Outcome::ReadMoved { stream: None }),
            5 => {
                let mut claims = batch.iter().flat_map(|append| &append.extras.claims);
                let claim = place.and_then(|place| claims.nth(place)).ok_or_else(strange)?;
                Ok(Outcome::ClaimTaken { kind: claim.kind.clone() })
            }
            6 => Ok(Outcome::ClaimTaken { kind: "slug".to_owned() }),
            7 => match self.at {
                Some(floor) => Ok(Outcome::Late { floor: Timestamp::from_micros(floor) }),
                None => Err(strange()),
            },
            _ => Err(strange()),
        }
    }
}

fn some(rows: Vec<Json>) -> Option<Jsonb<Vec<Json>>> {
    (!rows.is_empty()).then_some(Jsonb(rows))
}

/// Bytes as PostgreSQL reads them in text.
fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 + bytes.len() * 2);
    text.push_str("\\x");
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// In the order of ids, so that no two wait for each other.
async fn put_off(
    connection: &mut PgConnection,
    messages: &[(MessageId, u64, Timestamp)],
) -> Result<(), StoreError> {
    let mut messages = messages.to_vec();
    messages.sort_unstable_by_key(|(id, ..)| id.uuid());
    let ids: Vec<Uuid> = messages.iter().map(|(id, ..)| id.uuid()).collect();
    let fences: Vec<i64> = messages.iter().map(|(_, fence, _)| *fence as i64).collect();
    let due: Vec<i64> = messages.iter().map(|(.., due)| due.micros()).collect();
    let sql = "select twofold.delay_message(x.id, x.fence, x.due) \
               from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as x (id, fence, due)";
    sqlx::query(sql).bind(ids).bind(fences).bind(due).execute(connection).await?;
    Ok(())
}
