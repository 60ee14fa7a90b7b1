//! What one append says and what comes back: the words of the store, without a database in them.
//!
//! An [`Append`] belongs to one account and is all or nothing. Its **writes** name the head that each
//! decision saw; its **reads** name streams that the decision relied on and that must not have moved;
//! its **extras** change, in the same transaction, the rows that are not history: unique claims,
//! verifiers, wrapped keys, outgoing messages, stored responses, the roster.

use twofold_domain::delivery::{Channel, MessagePurpose};
use twofold_domain::ids::{AccountId, MessageId, StreamId, UserId, VerifierId};
use twofold_domain::time::Timestamp;
use uuid::Uuid;

/// The kinds of stream in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AggregateKind {
    /// The account's own stream.
    Account,
    /// A person's stream.
    User,
    /// A browser's or app's stream.
    Device,
    /// What one reader read.
    Reading,
}

impl AggregateKind {
    /// The stored name; never changes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::User => "user",
            Self::Device => "device",
            Self::Reading => "reading",
        }
    }

    /// The kind with this stored name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "account" => Some(Self::Account),
            "user" => Some(Self::User),
            "device" => Some(Self::Device),
            "reading" => Some(Self::Reading),
            _ => None,
        }
    }
}

/// One stream: what it is, and its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Stream {
    /// Which aggregate lives here.
    pub kind: AggregateKind,
    /// `<account>/<aggregate>`.
    pub id: StreamId,
}

/// One event to be recorded. The store numbers and dates it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The event's stored name.
    pub event_type: String,
    /// The version of its shape.
    pub event_version: String,
    /// Canonical JSON (RFC 8785).
    pub payload: String,
    /// A flat JSON object, string to string.
    pub metadata: String,
}

/// Events for one stream, decided on its head `expected`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// Where they go.
    pub stream: Stream,
    /// The sequence of the last event that the decision saw; 0 for a stream that did not exist.
    pub expected: u64,
    /// What happened, in order. At least one.
    pub events: Vec<NewEvent>,
}

/// A stream that the decision relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// Which.
    pub stream: Stream,
    /// The head that the decision saw.
    pub sequence: u64,
}

/// One act's facts: all of them are recorded, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// The tenant. Every stream in it is this account's.
    pub account: AccountId,
    /// The decision's instant; recorded as the later of it and the account's last one.
    pub at: Timestamp,
    /// The latest last instant of the account that the decision can follow. Beyond it the outcome is
    /// [`Outcome::Late`].
    pub latest: Option<Timestamp>,
    /// What is recorded.
    pub writes: Vec<Write>,
    /// What must not have moved.
    pub reads: Vec<Read>,
    /// Rows that change along with it.
    pub extras: Extras,
}

/// Rows outside the log that one append changes in its own transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extras {
    /// This append opens the account. Without it, an account that nobody opened is an error.
    pub opens_account: bool,
    /// The account's name in addresses, unique in the installation. Only with `opens_account`.
    pub slug: Option<String>,
    /// Values that become this account's and this owner's alone.
    pub claims: Vec<Claim>,
    /// Values given up; released before `claims` are taken.
    pub releases: Vec<Claim>,
    /// Sealed secrets to keep.
    pub verifiers: Vec<VerifierRow>,
    /// Sealed secrets to delete.
    pub destroy_verifiers: Vec<VerifierId>,
    /// Wrapped keys to keep.
    pub keys: Vec<KeyRow>,
    /// Subjects of this account whose wrapped keys, all versions, are deleted, and with them every
    /// message about them that waits.
    pub destroy_keys: Vec<Uuid>,
    /// Messages to deliver.
    pub outbox: Vec<OutboxRow>,
    /// Messages that ended, and are deleted with what they said.
    pub ended: Vec<MessageId>,
    /// The response to repeat if the same request comes again.
    pub idempotency: Option<IdempotencyRow>,
    /// Who is enrolled from now on, and who is not any more.
    pub roster: Vec<RosterChange>,
    /// The `account_seq` of the last change of the roster that the decision saw. If the roster has
    /// changed since, the outcome is [`Outcome::ReadMoved`] without a stream.
    pub roster_read: Option<u64>,
}

/// A value that at most one owner of an account may hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Claim {
    /// What kind of value, e.g. `email`.
    pub kind: String,
    /// A blind index of the value; the value itself never comes here.
    pub key: [u8; 32],
    /// Whose it is.
    pub owner: Uuid,
}

/// A sealed verifier: what a proof is checked against. Events carry only its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierRow {
    /// The handle in events.
    pub id: VerifierId,
    /// The person (or other subject) it belongs to.
    pub owner: Uuid,
    /// Ciphertext.
    pub sealed: Vec<u8>,
}

/// A wrapped key of one subject of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Whom it protects: a person, or the account itself.
    pub subject: Uuid,
    /// Counts up with each rotation.
    pub version: u32,
    /// The key, wrapped by the key above it.
    pub wrapped: Vec<u8>,
}

/// A sealed message that is delivered after the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its id; a message is delivered at least once, and the id tells repeats.
    pub id: MessageId,
    /// The way it goes.
    pub channel: Channel,
    /// What it is for.
    pub purpose: MessagePurpose,
    /// The stable name of its words.
    pub letter: String,
    /// The person it is about, so that an erasure finds it.
    pub subject: Option<Uuid>,
    /// Ciphertext of the message.
    pub sealed: Vec<u8>,
    /// Not before.
    pub due_at: Timestamp,
    /// From then on it is not worth sending.
    pub expires_at: Timestamp,
}

/// The stored response of a request that carried an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRow {
    /// A hash over principal, route, and key.
    pub scope: [u8; 32],
    /// A keyed hash of the request's body.
    pub fingerprint: [u8; 32],
    /// What was answered.
    pub response: Vec<u8>,
    /// From then on the key may be used again.
    pub expires_at: Timestamp,
}

/// A change of the authoritative set of enrolled people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RosterChange {
    /// Enrolled, under this generation of enrolment.
    Add {
        /// Who.
        user: UserId,
        /// The account's enrolment generation at that moment.
        generation: u64,
    },
    /// Not enrolled any more.
    Remove {
        /// Who.
        user: UserId,
    },
}

/// What became of an append. Everything but `Committed` changed nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Durable. `first` and `last` are the account's sequence numbers of the first and the last event
    /// (`last` is `first - 1` if there were none); `at` is the instant recorded with all of them.
    Committed {
        /// `account_seq` of the first event.
        first: u64,
        /// `account_seq` of the last event.
        last: u64,
        /// The recorded instant.
        at: Timestamp,
    },
    /// A written stream has another head than the decision saw. Decide again.
    StreamMoved {
        /// Which.
        stream: Stream,
    },
    /// A stream (or, with `None`, the roster) that the decision relied on has moved. Decide again.
    ReadMoved {
        /// Which; `None` is the roster.
        stream: Option<Stream>,
    },
    /// The account's last recorded instant is later than `latest`. Decide again, on the account's time.
    Late {
        /// That instant.
        floor: Timestamp,
    },
    /// Somebody else holds a value that this append wanted.
    ClaimTaken {
        /// The claim's kind, or `slug`.
        kind: String,
    },
    /// The idempotency key was used before: what was answered then. Whether the fingerprint may
    /// differ is the caller's decision.
    Duplicate {
        /// Of the earlier request.
        fingerprint: [u8; 32],
        /// Of the earlier request.
        response: Vec<u8>,
    },
}

impl Append {
    /// An append without reads and extras.
    pub fn new(account: AccountId, at: Timestamp, writes: Vec<Write>) -> Self {
        Self { account, at, latest: None, writes, reads: Vec::new(), extras: Extras::default() }
    }

    /// How many events it records.
    pub fn event_count(&self) -> usize {
        self.writes.iter().map(|w| w.events.len()).sum()
    }

    /// Roughly how many bytes it sends.
    pub(super) fn weight(&self) -> usize {
        const PER_EVENT: usize = 256;
        let events = self.writes.iter().flat_map(|w| &w.events);
        let extras = &self.extras;
        events.map(|e| e.payload.len() + e.metadata.len() + PER_EVENT).sum::<usize>()
            + extras.outbox.iter().map(|o| o.sealed.len() * 2).sum::<usize>()
            + extras.verifiers.iter().map(|v| v.sealed.len() * 2).sum::<usize>()
            + extras.keys.iter().map(|k| k.wrapped.len() * 2).sum::<usize>()
            + extras.idempotency.iter().map(|i| i.response.len() * 2).sum::<usize>()
    }
}
