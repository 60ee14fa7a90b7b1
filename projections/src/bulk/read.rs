//! The whole log in the order `(account, account_seq)`, in chunks that are decoded elsewhere.
//!
//! PostgreSQL is read by binary `COPY` in slices of bounded size, several at once: each slice is found by the
//! index and sorted in memory, so that nothing is sorted on disk and no cursor stays open for long.

use std::ops::Range;

use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use sqlx::postgres::PgPool;
use tokio::task::spawn_blocking;
use twofold_domain::ids::{AccountId, StreamId};
use twofold_domain::time::Timestamp;
use twofold_infra::store::{AggregateKind, EventStore, Reader, Recorded, StoreError};
use uuid::Uuid;

use crate::fact::{Fact, Poison, Raw, decode, decode_raw};

/// Events of one slice: some 6 MB.
const SLICE: u64 = 8_000;
/// Events of one account read at a time by whoever folds it alone.
const PIECE: u64 = 4_000;
/// Slices under way at once. Each holds a connection of the log's readers.
const AT_ONCE: usize = 3;

/// Events as the database gave them.
pub(super) enum Chunk {
    /// Rows of a binary `COPY`, one behind the other, and where each ends.
    Rows(Vec<u8>, Vec<usize>),
    /// Read by the store.
    Events(Vec<Recorded>),
}

/// What a chunk has of one account.
pub(crate) struct Piece {
    pub(crate) account: AccountId,
    /// Its first and its last event in the chunk.
    pub(crate) span: (u64, u64),
    pub(crate) facts: Vec<Fact>,
    /// The event behind the facts, if it cannot be read; what follows it does not count.
    pub(crate) poison: Option<Poison>,
}

/// A slice of the log: whole accounts, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Slice {
    first: AccountId,
    last: AccountId,
    /// Their events from here up to there; everything where whole accounts are meant.
    events: Range<u64>,
}

/// Every chunk of the log as it is now, in order.
pub(super) async fn chunks(
    store: &EventStore,
) -> Result<BoxStream<'static, Result<Chunk, StoreError>>, StoreError> {
    let Reader::Pg(pool) = store.reader() else {
        let chunks = futures::stream::try_unfold(store.read_all(), async |mut reading| {
            Ok(reading.next().await?.map(|events| (Chunk::Events(events), reading)))
        });
        return Ok(chunks.boxed());
    };
    let slices = slices(&store.accounts().await?, SLICE);
    let read = move |slice| {
        let pool = pool.clone();
        async move { tokio::spawn(copy(pool, slice)).await.map_err(|e| super::fold::gone(&e))? }
    };
    Ok(futures::stream::iter(slices).map(read).buffered(AT_ONCE).boxed())
}

/// One account's events up to and including `until`, in chunks that are read and decoded ahead of whoever takes them.
pub(crate) fn pieces_of(
    store: &EventStore,
    account: AccountId,
    until: u64,
) -> BoxStream<'static, Result<Vec<Piece>, StoreError>> {
    let (store, reader) = (store.clone(), store.reader());
    let read = move |after: u64| {
        let last = until.min(after + PIECE);
        let (store, reader) = (store.clone(), reader.clone());
        let read = async move {
            let chunk = match reader {
                Reader::Pg(pool) => {
                    copy(pool, Slice { first: account, last: account, events: after + 1..last + 1 }).await?
                }
                Reader::Sqlite(_) => Chunk::Events(store.read(account, after, (last - after) as u32).await?),
            };
            decoded(chunk).await
        };
        async move { tokio::spawn(read).await.map_err(|e| super::fold::gone(&e))? }
    };
    futures::stream::iter((0..until).step_by(PIECE as usize)).map(read).buffered(AT_ONCE).boxed()
}

/// Decodes a chunk on a thread of its own.
pub(super) async fn decoded(chunk: Chunk) -> Result<Vec<Piece>, StoreError> {
    spawn_blocking(move || chunk.decode()).await.map_err(|e| super::fold::gone(&e))?
}

/// Cuts accounts, in order, into slices of about equally many events.
fn slices(accounts: &[(AccountId, u64)], size: u64) -> Vec<Slice> {
    let mut slices: Vec<Slice> = Vec::new();
    let mut room = 0;
    for (account, events) in accounts {
        if *events > size {
            for from in (0..*events).step_by(size as usize) {
                let events = from + 1..(from + size).min(*events) + 1;
                slices.push(Slice { first: *account, last: *account, events });
            }
            room = 0;
        } else if let Some(open) = slices.last_mut().filter(|_| room >= *events) {
            open.last = *account;
            room -= events;
        } else {
            slices.push(Slice { first: *account, last: *account, events: 1..i64::MAX as u64 });
            room = size - events;
        }
    }
    slices
}

async fn copy(pool: PgPool, slice: Slice) -> Result<Chunk, StoreError> {
    // Values come from the database itself: UUIDs and numbers. `copy` takes no placeholders.
    let Slice { first, last, events } = &slice;
    let sql = format!(
        "copy (select account_id, account_seq, recorded_at, aggregate_type, aggregate_id, event_type, \
         event_version, payload, metadata from twofold.events \
         where account_id >= '{}' and account_id <= '{}' and account_seq >= {} and account_seq < {} \
         order by account_id, account_seq) to stdout (format binary)",
        first.uuid(),
        last.uuid(),
        events.start,
        events.end
    );
    let mut connection = pool.acquire().await?;
    let mut copied = connection.copy_out_raw(&sql).await?;
    let mut bytes = Vec::new();
    let mut ends = Vec::with_capacity(SLICE as usize + 1);
    while let Some(row) = copied.try_next().await? {
        bytes.extend_from_slice(&row);
        ends.push(bytes.len());
    }
    Ok(Chunk::Rows(bytes, ends))
}

impl Chunk {
    /// Decodes everything, account by account.
    pub(super) fn decode(&self) -> Result<Vec<Piece>, StoreError> {
        let mut pieces = Pieces::default();
        match self {
            Self::Events(events) => {
                for event in events {
                    pieces.add(event.account, event.account_seq, || decode(event))?;
                }
            }
            Self::Rows(bytes, ends) => {
                let mut start = 0;
                for end in ends {
                    let row = &bytes[start..*end];
                    let Some(raw) = parse(row, start == 0)? else { break };
                    start = *end;
                    pieces.add(raw.account, raw.seq, || decode_raw(&raw))?;
                }
            }
        }
        Ok(pieces.done)
    }
}

#[derive(Default)]
struct Pieces {
    done: Vec<Piece>,
}

impl Pieces {
    fn add(
        &mut self,
        account: AccountId,
        seq: u64,
        decode: impl FnOnce() -> Result<Fact, Poison>,
    ) -> Result<(), StoreError> {
        let piece = match self.done.pop() {
            Some(piece) if piece.account == account => piece,
            before => {
                self.done.extend(before);
                Piece { account, span: (seq, seq - 1), facts: Vec::new(), poison: None }
            }
        };
        follows(account, seq, piece.span.1)?;
        let mut piece = Piece { span: (piece.span.0, seq), ..piece };
        if piece.poison.is_none() {
            match decode() {
                Ok(fact) => piece.facts.push(fact),
                Err(poison) => piece.poison = Some(poison),
            }
        }
        self.done.push(piece);
        Ok(())
    }
}

/// Events of an account have no gaps; a log with one is not read further.
pub(crate) fn follows(account: AccountId, seq: u64, last: u64) -> Result<(), StoreError> {
    if seq == last + 1 {
        return Ok(());
    }
    Err(StoreError::Corrupt(format!("{account}: event {seq} follows event {last}")))
}

/// The signature, the flags, and the length of the header's extension, which is empty.
const HEADER: usize = 19;

/// One row of the binary format; `None` at its trailer. The header comes with the first row.
fn parse(row: &[u8], first: bool) -> Result<Option<Raw<'_>>, StoreError> {
    let damaged = || StoreError::Corrupt("a row of COPY that is cut short".to_owned());
    let mut rest = if first { row.get(HEADER..).ok_or_else(damaged)? } else { row };
    if first && rest.is_empty() {
        return Ok(None);
    }
    let columns = i16::from_be_bytes(take(&mut rest).ok_or_else(damaged)?);
    if columns == -1 {
        return Ok(None);
    }
    let mut field = || -> Option<&[u8]> {
        let length = i32::from_be_bytes(take(&mut rest)?);
        rest.split_off(..usize::try_from(length).ok()?)
    };
    let mut raw = || -> Option<Raw<'_>> {
        let account = AccountId::from_uuid(Uuid::from_slice(field()?).ok()?);
        let seq = u64::from_be_bytes(field()?.try_into().ok()?);
        let at = Timestamp::from_micros(i64::from_be_bytes(field()?.try_into().ok()?));
        let mut text = || std::str::from_utf8(field()?).ok();
        let kind = AggregateKind::parse(text()?)?;
        let stream: StreamId = text()?.parse().ok()?;
        let (event_type, event_version, payload, metadata) = (text()?, text()?, text()?, text()?);
        let aggregate = stream.aggregate;
        Some(Raw { account, seq, at, kind, aggregate, event_type, event_version, payload, metadata })
    };
    raw().ok_or_else(damaged).map(Some)
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    bytes.split_off(..N)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(n: u128) -> AccountId {
        AccountId::from_uuid(Uuid::from_u128(n))
    }

    #[test]
    fn slices_cover_every_event_once() {
        let accounts = [(account(1), 3), (account(2), 4), (account(3), 25), (account(4), 0), (account(5), 9)];
        let slices = slices(&accounts, 10);
        let covered = |id: AccountId, seq: u64| {
            slices.iter().filter(|s| s.first <= id && id <= s.last && s.events.contains(&seq)).count()
        };
        for (id, events) in accounts {
            assert!((1..=events).all(|seq| covered(id, seq) == 1), "{id}");
        }
        assert_eq!(slices.len(), 5);
    }
}
