//! Reading a real log by the invariants of `twofold_domain::invariants`, in bounded memory.
//!
//! A record that cannot be read is a breach like any other; the reading goes on behind it. What it did
//! is missing from there on, so what follows may look worse than it is: the first breach is the one to
//! look at.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;

use futures::{StreamExt as _, TryStreamExt as _};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::invariants::{Auditor, Breach, Entry, Event, Tally};
use twofold_infra::acts::census_of;
use twofold_infra::store::{EventStore, Recorded, StoreError};

use crate::fact::{self, Fact};

/// Events read at a time.
const CHUNK: u32 = 2_000;
/// Chunks decoded at once, and chunks that wait.
const DECODERS: usize = 2;

/// One account's log under inspection, event by event from its first.
pub struct Inspection(Auditor);

impl Default for Inspection {
    fn default() -> Self {
        Self(Auditor::new(digest))
    }
}

fn digest(people: &BTreeSet<UserId>) -> String {
    census_of(people.iter().copied().collect()).digest
}

impl Inspection {
    /// Reads the next record, and says what is wrong with it.
    pub fn read(&mut self, recorded: &Recorded) -> Vec<Breach> {
        self.take(recorded.account_seq, entry(recorded))
    }

    /// How many events were read.
    pub fn events(&self) -> u64 {
        self.0.events()
    }

    /// How often each rule had something to look at.
    pub fn tallies(&self) -> &[Tally] {
        self.0.tallies()
    }

    /// Reads an account's whole log. `read` is told of each chunk: how many events it had, and what was
    /// wrong with them.
    pub async fn of(
        store: &EventStore,
        account: AccountId,
        mut read: impl FnMut(u64, Vec<Breach>),
    ) -> Result<Self, StoreError> {
        let mut inspection = Self::default();
        // Counted before the reading begins: what is recorded meanwhile makes the log longer, never shorter.
        let counted = store.counter(account).await?.map_or(0, |counter| counter.last_seq);
        let mut last = 0;
        let mut chunks = ahead(store.clone(), account);
        while let Some(chunk) = chunks.recv().await {
            let chunk = chunk?;
            last = chunk.last().map_or(last, |(seq, _)| *seq);
            let events = chunk.len() as u64;
            let breaches = chunk.into_iter().flat_map(|(seq, entry)| inspection.take(seq, entry)).collect();
            read(events, breaches);
        }
        read(0, inspection.0.ended(last, counted).into_iter().collect());
        Ok(inspection)
    }

    fn take(&mut self, seq: u64, entry: Result<Entry, String>) -> Vec<Breach> {
        match entry {
            Ok(entry) => self.0.read(&entry),
            Err(why) => vec![self.0.unreadable(seq, why)],
        }
    }
}

/// Records with their numbers.
type Entries = Vec<(u64, Result<Entry, String>)>;

async fn entries(events: Vec<Recorded>) -> Result<Entries, StoreError> {
    let each = move || events.iter().map(|event| (event.account_seq, entry(event))).collect();
    spawn_blocking(each).await.map_err(|e| StoreError::Bug(format!("a chunk ended early: {e}")))
}

/// An account's log, gaps and all, read and decoded while what came before it is judged.
fn ahead(store: EventStore, account: AccountId) -> mpsc::Receiver<Result<Entries, StoreError>> {
    let (send, receive) = mpsc::channel(DECODERS);
    tokio::spawn(async move {
        let chunks = futures::stream::try_unfold((store, 0), |(store, position)| async move {
            let events = store.read_as_is(account, position, CHUNK).await?;
            let last = events.last().map(|event| event.account_seq);
            Ok(last.map(|last| (events, (store, last))))
        });
        let mut chunks = pin!(chunks.map_ok(entries).try_buffered(DECODERS));
        while let Some(chunk) = chunks.next().await {
            if send.send(chunk).await.is_err() {
                return;
            }
        }
    });
    receive
}

/// A record as the rules see it, or why it cannot be.
fn entry(recorded: &Recorded) -> Result<Entry, String> {
    let metadata: BTreeMap<String, String> = serde_json::from_str(&recorded.metadata)
        .map_err(|error| format!("its metadata is not flat, string to string: {error}"))?;
    let said = |key: &str| metadata.get(key).ok_or_else(|| format!("its metadata has no `{key}`"));
    said("build")?;
    let id = said("event_id")?.parse().map_err(|error| format!("its `event_id`: {error}"))?;
    let session = metadata.get("session").map(|session| session.parse()).transpose();
    let token = metadata.get("token").map(|token| token.parse()).transpose();
    let (actor, correlation) = (said("actor")?, said("correlation")?);
    let Fact { event, .. } = fact::decode(recorded).map_err(|poison| poison.why)?;
    Ok(Entry {
        seq: recorded.account_seq,
        recorded_at: recorded.recorded_at,
        stream: recorded.stream.id.aggregate,
        sequence: recorded.sequence,
        event: match event {
            fact::Event::Account(event) => Event::Account(event),
            fact::Event::User(user, event) => Event::User(user, event),
            fact::Event::Device(device, event) => Event::Device(device, event),
            fact::Event::Reading(event) => Event::Reading(event),
        },
        id,
        correlation: correlation.as_str().into(),
        by: match actor.parse() {
            Ok(by) => by,
            Err(never) => match never {},
        },
        session: session.map_err(|error| format!("its `session`: {error}"))?,
        token: token.map_err(|error| format!("its `token`: {error}"))?,
    })
}
