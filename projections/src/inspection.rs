//! Reading a real log by the invariants of `twofold_domain::invariants`, in bounded memory.
//!
//! A record that cannot be read is a breach like any other; the reading goes on behind it. What it did
//! is missing from there on, so what follows may look worse than it is: the first breach is the one to
//! look at.

use std::collections::{BTreeMap, BTreeSet};

use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::invariants::{Auditor, Breach, Entry, Event, Tally};
use twofold_infra::acts::census_of;
use twofold_infra::store::{EventStore, Recorded, StoreError};

use crate::fact::{self, Fact};

/// Events read at a time.
const CHUNK: u32 = 2_000;

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
        match entry(recorded) {
            Ok(entry) => self.0.read(&entry),
            Err(why) => vec![self.0.unreadable(recorded.account_seq, why)],
        }
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
        let mut position = 0;
        loop {
            let events = store.read_as_is(account, position, CHUNK).await?;
            let Some(last) = events.last() else { return Ok(inspection) };
            position = last.account_seq;
            let breaches = events.iter().flat_map(|recorded| inspection.read(recorded)).collect();
            read(events.len() as u64, breaches);
        }
    }
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
