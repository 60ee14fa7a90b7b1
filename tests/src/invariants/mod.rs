//! What must be true of every log, whoever wrote it and whatever raced, failed, or vanished meanwhile.
//!
//! The log is folded by rules written anew from the design, without the program's own states, so that a
//! mistake there does not hide itself here. Each rule has a name; each breach says where and what.

mod account;
mod device;
mod person;

use std::collections::{BTreeMap, HashMap, HashSet};

use aho_corasick::AhoCorasick;
use twofold_domain::account::AccountEvent;
use twofold_domain::device::DeviceEvent;
use twofold_domain::ids::{DeviceId, SessionId, SignInId, UserId};
use twofold_domain::time::Timestamp;
use twofold_domain::user::UserEvent;
use twofold_infra::store::{AggregateKind, Recorded, Stream};

/// Checks one account's whole log, and returns every breach in words; none of `secrets` may be in it.
pub fn broken(log: &[Recorded], secrets: &[String]) -> Vec<String> {
    let mut book = Book::default();
    for event in log {
        book.read(event);
    }
    book.breaches.extend(leaks(log, secrets));
    book.breaches
}

/// Everything that is remembered while the log is read from its beginning.
#[derive(Default)]
struct Book {
    breaches: Vec<String>,
    place: Place,
    last_at: Timestamp,
    heads: HashMap<Stream, u64>,
    event_ids: HashSet<String>,
    account: account::AccountBook,
    people: BTreeMap<UserId, person::PersonBook>,
    devices: BTreeMap<DeviceId, device::DeviceBook>,
    /// On which device each session began.
    sessions: BTreeMap<SessionId, DeviceId>,
    /// Accepted second factors, by what they were shown for, and the act that recorded them.
    proofs: HashMap<Shown, u64>,
}

/// Where the reading is: one act is one append, and its events stand side by side.
#[derive(Default)]
struct Place {
    seq: u64,
    act: u64,
    correlation: String,
    at: Timestamp,
}

/// What a second factor was shown for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Shown {
    SignIn(SignInId),
    StepUp(SessionId),
    /// To confirm or to disable: raises whatever session did it.
    Own(UserId),
}

impl Book {
    fn breach(&mut self, rule: &str, what: impl std::fmt::Display) {
        self.breaches.push(format!("event {}: {rule}: {what}", self.place.seq));
    }

    fn expect(&mut self, holds: bool, rule: &str, what: impl FnOnce() -> String) {
        if !holds {
            self.breach(rule, what());
        }
    }

    fn read(&mut self, event: &Recorded) {
        self.shape(event);
        match event.stream.kind {
            AggregateKind::Account => match serde_json::from_str::<AccountEvent>(&event.payload) {
                Ok(known) => self.account_event(&known),
                Err(error) => self.breach("every event can be read", error),
            },
            AggregateKind::User => match serde_json::from_str::<UserEvent>(&event.payload) {
                Ok(known) => self.user_event(UserId::from_uuid(event.stream.id.aggregate), &known),
                Err(error) => self.breach("every event can be read", error),
            },
            AggregateKind::Device => match serde_json::from_str::<DeviceEvent>(&event.payload) {
                Ok(known) => self.device_event(DeviceId::from_uuid(event.stream.id.aggregate), &known),
                Err(error) => self.breach("every event can be read", error),
            },
        }
    }

    /// Numbers, times, names, metadata.
    fn shape(&mut self, event: &Recorded) {
        let before = self.place.seq;
        self.place.seq = event.account_seq;
        self.expect(event.account_seq == before + 1, "the account is numbered without gaps", || {
            format!("follows {before}")
        });
        let last_at = self.last_at;
        self.expect(event.recorded_at >= last_at, "time never runs backwards", || {
            format!("{} after {last_at}", event.recorded_at)
        });
        (self.last_at, self.place.at) = (event.recorded_at, event.recorded_at);
        let head = self.heads.insert(event.stream, event.sequence).unwrap_or_default();
        self.expect(event.sequence == head + 1, "every stream is numbered without gaps", || {
            format!("{} follows {head}", event.sequence)
        });
        let tag = format!("{{\"{}\":", event.event_type);
        self.expect(event.payload.starts_with(&tag), "the payload is of the type it says", || {
            event.event_type.clone()
        });
        match serde_json::from_str::<BTreeMap<String, String>>(&event.metadata) {
            Ok(metadata) => self.metadata(&metadata),
            Err(error) => self.breach("metadata is flat, string to string", error),
        }
    }

    fn metadata(&mut self, metadata: &BTreeMap<String, String>) {
        for key in ["actor", "build", "correlation", "event_id"] {
            self.expect(metadata.contains_key(key), "metadata says who and why", || format!("no {key}"));
        }
        let id = metadata.get("event_id").cloned().unwrap_or_default();
        let own = self.event_ids.insert(id.clone());
        self.expect(own, "an event's id is its own", || id);
        let correlation = metadata.get("correlation").cloned().unwrap_or_default();
        if correlation != self.place.correlation {
            self.place.correlation = correlation;
            self.place.act += 1;
            if let Some(session) = metadata.get("session").and_then(|s| s.parse().ok()) {
                self.acts_in(session, metadata.get("actor").map_or("", String::as_str));
            }
        }
    }
}

/// No secret and no personal value stands in the log in clear.
fn leaks(log: &[Recorded], secrets: &[String]) -> Vec<String> {
    let known: Vec<&String> = secrets.iter().filter(|s| s.len() >= 6).collect();
    let finder = match AhoCorasick::builder().ascii_case_insensitive(true).build(&known) {
        Ok(finder) => finder,
        Err(error) => return vec![format!("the search for secrets cannot begin: {error}")],
    };
    let mut found = vec![];
    for event in log {
        for text in [&event.payload, &event.metadata] {
            if let Some(hit) = finder.find(text.as_str()) {
                let (seq, name) = (event.account_seq, &event.event_type);
                let what = known[hit.pattern().as_usize()];
                found
                    .push(format!("event {seq}: nothing secret or personal in clear: {name} holds {what:?}"));
            }
        }
    }
    found
}
