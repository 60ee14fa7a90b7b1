//! The rules of the event store, on both databases.

mod guards;
mod many;
mod races;
mod record;
mod rows;

use anyhow::{Result, bail, ensure};
use std::collections::BTreeMap;
use twofold_domain::ids::{AccountId, StreamId};
use twofold_domain::time::Timestamp;
use twofold_infra::store::{AggregateKind, Append, EventStore, NewEvent, Outcome, Recorded, Stream, Write};
use uuid::Uuid;

const NOON: Timestamp = Timestamp::from_micros(1_774_958_400_000_000);

fn fresh() -> Uuid {
    Uuid::from_u128(rand::random())
}

fn event(name: &str, n: u64) -> NewEvent {
    NewEvent {
        event_type: name.to_owned(),
        event_version: "1".to_owned(),
        payload: format!(r#"{{"{name}":{{"n":{n},"text":"Grüße ☃ \"quoted\" \\u0041"}}}}"#),
        metadata: r#"{"actor":"nobody"}"#.to_owned(),
    }
}

fn account_stream(account: AccountId) -> Stream {
    Stream { kind: AggregateKind::Account, id: StreamId::account(account) }
}

fn user_stream(account: AccountId, user: Uuid) -> Stream {
    Stream { kind: AggregateKind::User, id: StreamId { account, aggregate: user } }
}

fn write(stream: Stream, expected: u64) -> Write {
    Write { stream, expected, events: vec![event("Happened", expected + 1)] }
}

fn opening(account: AccountId, at: Timestamp) -> Append {
    let mut append = Append::new(account, at, vec![write(account_stream(account), 0)]);
    append.extras.opens_account = true;
    append
}

async fn open_account(store: &EventStore) -> Result<AccountId> {
    let account = AccountId::from_uuid(fresh());
    committed(store.append(opening(account, NOON)).await?)?;
    Ok(account)
}

fn committed(outcome: Outcome) -> Result<(u64, u64, Timestamp)> {
    match outcome {
        Outcome::Committed { first, last, at } => Ok((first, last, at)),
        other => bail!("not committed: {other:?}"),
    }
}

/// Every account is numbered from 1 without gaps, every stream too, and time never runs backwards.
async fn whole(store: &EventStore) -> Result<Vec<Recorded>> {
    let mut reading = store.read_all();
    let mut all = Vec::new();
    while let Some(events) = reading.next().await? {
        all.extend(events);
    }
    let mut accounts: BTreeMap<AccountId, (u64, Timestamp)> = BTreeMap::new();
    let mut streams: BTreeMap<Stream, u64> = BTreeMap::new();
    for event in &all {
        let (seq, at) = accounts.entry(event.account).or_default();
        ensure!(event.account_seq == *seq + 1, "gap in account: {event:?}");
        ensure!(event.recorded_at >= *at, "time runs backwards: {event:?}");
        (*seq, *at) = (event.account_seq, event.recorded_at);
        let head = streams.entry(event.stream).or_default();
        ensure!(event.sequence == *head + 1, "gap in stream: {event:?}");
        *head = event.sequence;
    }
    for (account, last) in store.accounts().await? {
        let counted = accounts.get(&account).map_or(0, |(seq, _)| *seq);
        ensure!(counted == last, "{account}: counter {last}, events {counted}");
    }
    Ok(all)
}
