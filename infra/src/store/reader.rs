//! Reading the log: by account, across accounts, and the counters that say how far it goes.
//!
//! Every order here is `(account_id, account_seq)`. There is no order across accounts and no global
//! position, because none would survive concurrent commits, a restore, or sharding.

use futures::{Stream as Rows, StreamExt};
use tokio::sync::mpsc;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::time::Timestamp;
use uuid::Uuid;

use super::sql::{Reader, Row};
use super::{AggregateKind, EventStore, StoreError, Stream};

/// One event as it was recorded, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The tenant.
    pub account: AccountId,
    /// Its place in the account's history, from 1, without gaps.
    pub account_seq: u64,
    /// When; never before the event before it in the account.
    pub recorded_at: Timestamp,
    /// The stream it belongs to.
    pub stream: Stream,
    /// Its place in the stream, from 1, without gaps.
    pub sequence: u64,
    /// Its stored name.
    pub event_type: String,
    /// The version of its shape.
    pub event_version: String,
    /// Canonical JSON.
    pub payload: String,
    /// A flat JSON object, string to string.
    pub metadata: String,
}

/// How far an account's history goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counter {
    /// `account_seq` of the last event; 0 before the first.
    pub last_seq: u64,
    /// Nothing can be recorded before this instant any more.
    pub last_at: Timestamp,
    /// `account_seq` of the last change of the roster; 0 before the first.
    pub roster_seq: u64,
}

/// Where streams of an account stand, and how late it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The sequence of each stream's last event; 0 where nothing is recorded.
    pub heads: Vec<u64>,
    /// Nothing can be recorded in the account before this instant any more.
    pub last_at: Timestamp,
}

/// The authoritative set of enrolled people, and the change that made it so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roster {
    /// For [`Extras::roster_read`](super::Extras::roster_read).
    pub seq: u64,
    /// Who, and under which generation of enrolment; ordered by user.
    pub members: Vec<(UserId, u64)>,
}

impl Roster {
    /// Who is enrolled, in order.
    pub fn users(&self) -> Vec<UserId> {
        self.members.iter().map(|(user, _)| *user).collect()
    }
}

/// An account with events that some projector may not have seen, up to `position` at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// Which.
    pub account: AccountId,
    /// Its `last_seq` when the list was read.
    pub position: u64,
}

const EVENT: &str = "select account_id, account_seq, recorded_at, aggregate_type, aggregate_id, sequence, \
                     event_type, event_version, cast(payload as text), cast(metadata as text) from twofold.events";

impl EventStore {
    /// Up to `limit` events of an account after `after`, in order. Fails if there is a gap.
    pub async fn read(
        &self,
        account: AccountId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Recorded>, StoreError> {
        let events = self.read_as_is(account, after, limit).await?;
        let mut last = after;
        for event in &events {
            follows(event, last)?;
            last = event.account_seq;
        }
        Ok(events)
    }

    /// The same, gaps and all: for whoever looks for them.
    pub async fn read_as_is(
        &self,
        account: AccountId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Recorded>, StoreError> {
        let sql = format!("{EVENT} where account_id = $1 and account_seq > $2 order by account_seq limit $3");
        let rows = self.reader().fetch(&sql, &[account.uuid().into(), after.into(), limit.into()]).await?;
        rows.iter().map(recorded).collect()
    }

    /// The events of an account that have these numbers, in the order of the numbers, which ascend. Fails if one
    /// is not there.
    pub async fn read_numbered(
        &self,
        account: AccountId,
        numbers: &[u64],
    ) -> Result<Vec<Recorded>, StoreError> {
        if numbers.is_empty() {
            return Ok(vec![]);
        }
        let listed = numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
        let sql = format!("{EVENT} where account_id = $1 and account_seq in ({listed}) order by account_seq");
        let rows = self.reader().fetch(&sql, &[account.uuid().into()]).await?;
        let events = rows.iter().map(recorded).collect::<Result<Vec<_>, _>>()?;
        if events.iter().map(|event| event.account_seq).eq(numbers.iter().copied()) {
            return Ok(events);
        }
        Err(StoreError::Corrupt(format!("{account}: events of {} numbers are not all there", numbers.len())))
    }

    /// Every event of every account in the order `(account, account_seq)`, as of the moment the reading
    /// starts.
    pub fn read_all(&self) -> Reading {
        Reading::start(self.reader())
    }

    /// Every event of one stream, in order.
    pub async fn read_stream(&self, stream: Stream) -> Result<Vec<Recorded>, StoreError> {
        let sql = format!("{EVENT} where aggregate_id = $1 and aggregate_type = $2 order by sequence");
        let rows =
            self.reader().fetch(&sql, &[stream.id.to_string().into(), stream.kind.name().into()]).await?;
        rows.iter().map(recorded).collect()
    }

    /// The heads of an account's streams, in the order asked, and its time. One round trip.
    pub async fn look(&self, account: AccountId, streams: &[Stream]) -> Result<Look, StoreError> {
        self.insist_on_open(account)?;
        let ids: Vec<String> = streams.iter().map(|s| s.id.to_string()).collect();
        let kinds: Vec<&str> = streams.iter().map(|s| s.kind.name()).collect();
        let rows: Vec<(i64, i64)> = match self.reader() {
            Reader::Pg(pool) => {
                let sql = "select coalesce((select e.sequence from twofold.events e where e.aggregate_id = s.id \
                           and e.aggregate_type = s.kind order by e.sequence desc limit 1), 0), \
                           coalesce((select c.last_at from twofold.counters c where c.account_id = $3), 0) \
                           from unnest($1::text[], $2::text[]) with ordinality s(id, kind, ord) order by s.ord";
                sqlx::query_as(sql).bind(ids).bind(kinds).bind(account.uuid()).fetch_all(&pool).await?
            }
            Reader::Sqlite(pool) => {
                let sql = "select coalesce((select e.sequence from twofold.events e \
                           where e.aggregate_id = s.value ->> 0 and e.aggregate_type = s.value ->> 1 \
                           order by e.sequence desc limit 1), 0), \
                           coalesce((select c.last_at from twofold.counters c where c.account_id = $2), 0) \
                           from json_each($1) s order by s.key";
                let pairs: Vec<_> = ids.iter().zip(&kinds).collect();
                let pairs = serde_json::to_string(&pairs).map_err(|e| StoreError::Bug(e.to_string()))?;
                sqlx::query_as(sql).bind(pairs).bind(account.uuid()).fetch_all(&pool).await?
            }
        };
        if rows.len() != streams.len() {
            return Err(StoreError::Bug(format!("{} heads for {} streams", rows.len(), streams.len())));
        }
        let last_at = Timestamp::from_micros(rows.first().map_or(0, |(_, last_at)| *last_at));
        self.times().passed(account, last_at);
        Ok(Look { heads: rows.into_iter().map(|(head, _)| head as u64).collect(), last_at })
    }

    /// The heads of streams of one account, in the order asked; 0 where nothing is recorded.
    pub async fn heads(&self, streams: &[Stream]) -> Result<Vec<u64>, StoreError> {
        let Some(account) = streams.first().map(|s| s.id.account) else { return Ok(vec![]) };
        Ok(self.look(account, streams).await?.heads)
    }

    /// The sequence of a stream's last event up to event `position` of its account; 0 if there was none yet.
    pub async fn head_as_of(&self, stream: Stream, position: u64) -> Result<u64, StoreError> {
        let sql = "select sequence from twofold.events where aggregate_id = $1 and aggregate_type = $2 \
                   and account_seq <= $3 order by sequence desc limit 1";
        let binds = [stream.id.to_string().into(), stream.kind.name().into(), position.into()];
        let row = self.reader().fetch_optional(sql, &binds).await?;
        row.map_or(Ok(0), |row| row.count(0))
    }

    /// Every event of one stream up to event `position` of its account, in order.
    pub async fn read_stream_until(
        &self,
        stream: Stream,
        position: u64,
    ) -> Result<Vec<Recorded>, StoreError> {
        let mut events = self.read_stream(stream).await?;
        events.truncate(events.partition_point(|event| event.account_seq <= position));
        Ok(events)
    }

    /// When an event was recorded; `None` if the account has no event of this number.
    pub async fn recorded_at(&self, account: AccountId, seq: u64) -> Result<Option<Timestamp>, StoreError> {
        let sql = "select recorded_at from twofold.events where account_id = $1 and account_seq = $2";
        let row = self.reader().fetch_optional(sql, &[account.uuid().into(), seq.into()]).await?;
        row.map(|row| Ok(Timestamp::from_micros(row.get(0)?))).transpose()
    }

    /// The last event recorded at or before an instant; 0 if there is none. By the log itself, whatever the read models
    /// have taken in: instants never run backwards along the numbers, so halving finds the place.
    pub async fn position_at(&self, account: AccountId, instant: Timestamp) -> Result<u64, StoreError> {
        let (mut low, mut high) = (0, self.counter(account).await?.map_or(0, |counter| counter.last_seq));
        let mut middle = high;
        while low < high {
            match self.recorded_at(account, middle).await? {
                Some(recorded) if recorded <= instant => low = middle,
                _ => high = middle - 1,
            }
            middle = low + (high - low).div_ceil(2);
        }
        Ok(low)
    }

    /// How far an account's history goes; `None` if nobody opened it.
    pub async fn counter(&self, account: AccountId) -> Result<Option<Counter>, StoreError> {
        let sql = "select last_seq, last_at, roster_seq from twofold.counters where account_id = $1";
        let row = self.reader().fetch_optional(sql, &[account.uuid().into()]).await?;
        row.map(|row| {
            Ok(Counter {
                last_seq: row.count(0)?,
                last_at: Timestamp::from_micros(row.get(1)?),
                roster_seq: row.count(2)?,
            })
        })
        .transpose()
    }

    /// When somebody of an account was erased last, up to an event. By the log itself: no read model may lag behind it.
    pub async fn last_erasure(
        &self,
        account: AccountId,
        up_to: u64,
    ) -> Result<Option<Timestamp>, StoreError> {
        let sql = "select recorded_at from twofold.events where account_id = $1 and event_type = 'PersonErased' \
                   and account_seq <= $2 order by account_seq desc limit 1";
        let row = self.reader().fetch_optional(sql, &[account.uuid().into(), up_to.into()]).await?;
        row.map(|row| Ok(Timestamp::from_micros(row.get(0)?))).transpose()
    }

    /// Every account, in the order of ids, with its last position.
    pub async fn accounts(&self) -> Result<Vec<(AccountId, u64)>, StoreError> {
        let sql = "select account_id, last_seq from twofold.counters order by account_id";
        let rows = self.reader().fetch(sql, &[]).await?;
        rows.iter().map(|row| Ok((account(row, 0)?, row.count(1)?))).collect()
    }

    /// Who is enrolled in an account. One statement, so the set and its number belong together.
    pub async fn roster(&self, account: AccountId) -> Result<Roster, StoreError> {
        let sql = "select c.roster_seq, r.user_id, r.generation from twofold.counters c \
                   left join twofold.roster r on r.account_id = c.account_id where c.account_id = $1 \
                   order by r.user_id";
        let rows = self.reader().fetch(sql, &[account.uuid().into()]).await?;
        let mut roster = Roster::default();
        for row in &rows {
            roster.seq = row.count(0)?;
            if let Some(user) = row.get::<Option<Uuid>>(1)? {
                roster.members.push((UserId::from_uuid(user), row.count(2)?));
            }
        }
        Ok(roster)
    }

    /// Accounts with news for the projectors: whoever has caught up calls [`settle`](Self::settle).
    pub async fn pending(&self, limit: u32) -> Result<Vec<Pending>, StoreError> {
        let sql = "select p.account_id, c.last_seq from twofold.pending p \
                   join twofold.counters c on c.account_id = p.account_id order by p.account_id limit $1";
        let rows = self.reader().fetch(sql, &[limit.into()]).await?;
        rows.iter().map(|row| Ok(Pending { account: account(row, 0)?, position: row.count(1)? })).collect()
    }
}

/// Events on their way from [`EventStore::read_all`].
///
/// It ends with `Ok(None)` only after the database said that there is nothing more; a lost connection, a
/// missing number, or a reader that died is an error.
#[derive(Debug)]
pub struct Reading {
    chunks: mpsc::Receiver<Result<Chunk, StoreError>>,
    ended: bool,
}

#[derive(Debug)]
enum Chunk {
    Events(Vec<Recorded>),
    End,
}

impl Reading {
    /// Events handed over at a time: enough to make the hand-over cheap.
    const CHUNK: usize = 512;
    /// Chunks read ahead, so that memory stays bounded whatever the size of the log.
    const AHEAD: usize = 4;

    fn start(reader: Reader) -> Self {
        let (send, chunks) = mpsc::channel(Self::AHEAD);
        tokio::spawn(async move {
            let sql = format!("{EVENT} order by account_id, account_seq");
            let done = match reader {
                Reader::Pg(pool) => {
                    let rows = sqlx::query(&sql).fetch(&pool).map(|row| Ok(Row::Pg(row?)));
                    Self::forward(rows, &send).await
                }
                Reader::Sqlite(pool) => {
                    let rows = sqlx::query(&sql).fetch(&pool).map(|row| Ok(Row::Sqlite(row?)));
                    Self::forward(rows, &send).await
                }
            };
            // A receiver that is gone wants no answer.
            let _ = send.send(done.map(|()| Chunk::End)).await;
        });
        Self { chunks, ended: false }
    }

    async fn forward(
        mut rows: impl Rows<Item = Result<Row, StoreError>> + Unpin,
        send: &mpsc::Sender<Result<Chunk, StoreError>>,
    ) -> Result<(), StoreError> {
        let mut chunk = Vec::with_capacity(Self::CHUNK);
        let mut last: Option<(AccountId, u64)> = None;
        while let Some(row) = rows.next().await {
            let event = recorded(&row?)?;
            let before = last.filter(|(account, _)| *account == event.account).map_or(0, |(_, seq)| seq);
            follows(&event, before)?;
            last = Some((event.account, event.account_seq));
            chunk.push(event);
            if chunk.len() == Self::CHUNK {
                let full = std::mem::replace(&mut chunk, Vec::with_capacity(Self::CHUNK));
                if send.send(Ok(Chunk::Events(full))).await.is_err() {
                    return Ok(());
                }
            }
        }
        if !chunk.is_empty() {
            let _ = send.send(Ok(Chunk::Events(chunk))).await;
        }
        Ok(())
    }

    /// The next events, or `None` at the end of the log.
    pub async fn next(&mut self) -> Result<Option<Vec<Recorded>>, StoreError> {
        if self.ended {
            return Ok(None);
        }
        match self.chunks.recv().await {
            Some(Ok(Chunk::Events(events))) => Ok(Some(events)),
            Some(Ok(Chunk::End)) => {
                self.ended = true;
                Ok(None)
            }
            Some(Err(error)) => Err(error),
            None => Err(StoreError::unavailable("the reading of the log was cut short")),
        }
    }
}

/// Numbers have no gaps, so whatever comes after `last` is known.
fn follows(event: &Recorded, last: u64) -> Result<(), StoreError> {
    if event.account_seq == last + 1 {
        return Ok(());
    }
    let Recorded { account, account_seq, .. } = event;
    Err(StoreError::Corrupt(format!("{account}: event {account_seq} follows event {last}")))
}

pub(super) fn account(row: &Row, index: usize) -> Result<AccountId, StoreError> {
    Ok(AccountId::from_uuid(row.get(index)?))
}

fn recorded(row: &Row) -> Result<Recorded, StoreError> {
    let (kind, id): (String, String) = (row.get(3)?, row.get(4)?);
    let stream = AggregateKind::parse(&kind)
        .zip(id.parse().ok())
        .map(|(kind, id)| Stream { kind, id })
        .ok_or_else(|| StoreError::Corrupt(format!("an event of the stream {kind} {id}")))?;
    Ok(Recorded {
        account: account(row, 0)?,
        account_seq: row.count(1)?,
        recorded_at: Timestamp::from_micros(row.get(2)?),
        stream,
        sequence: row.count(5)?,
        event_type: row.get(6)?,
        event_version: row.get(7)?,
        payload: row.get(8)?,
        metadata: row.get(9)?,
    })
}
