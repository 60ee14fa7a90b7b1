//! What is read: one recorded event with its place in the log, who did it, and in which act.

use std::convert::Infallible;
use std::str::FromStr;

use uuid::Uuid;

use crate::account::AccountEvent;
use crate::device::DeviceEvent;
use crate::ids::{ClientId, DeviceId, EventId, SessionId, TokenId, UserId};
use crate::reading::ReadingEvent;
use crate::time::Timestamp;
use crate::user::UserEvent;

/// One event of one account's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number within the account, from 1.
    pub seq: u64,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The id of its stream: the account's, the user's, the device's, or the reader's own.
    pub stream: Uuid,
    /// Its number within the stream, from 1.
    pub sequence: u64,
    /// What happened, and to what.
    pub event: Event,
    /// The event's own id.
    pub id: EventId,
    /// Ties together what one request caused. Events side by side that share it are one act.
    pub correlation: Box<str>,
    /// Who did it.
    pub by: By,
    /// The session that it was done in.
    pub session: Option<SessionId>,
    /// The API token that it was done by.
    pub token: Option<TokenId>,
}

/// What happened, by the stream it was recorded in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// To the account as a whole.
    Account(AccountEvent),
    /// To one person.
    User(UserId, UserEvent),
    /// On one person's device.
    Device(DeviceId, DeviceEvent),
    /// Somebody read data of other people.
    Reading(ReadingEvent),
}

impl Event {
    /// The kind of stream: a person, and what they read, share an id.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Account(_) => "account",
            Self::User(..) => "user",
            Self::Device(..) => "device",
            Self::Reading(_) => "reading",
        }
    }

    /// The stored name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Account(event) => event.into(),
            Self::User(_, event) => event.into(),
            Self::Device(_, event) => event.into(),
            Self::Reading(event) => event.into(),
        }
    }
}

/// Who did something, as an event's metadata says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// Nobody who is signed in.
    Nobody,
    /// The installation's operator.
    Operator,
    /// A process manager, by name.
    System(Box<str>),
    /// A person: signed in, or by one of their API tokens.
    Person(UserId),
    /// A program, in its own name.
    Program(ClientId),
    /// A word that means nothing to this program.
    Unknown(Box<str>),
}

impl FromStr for By {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "anonymous" => Self::Nobody,
            "operator" => Self::Operator,
            _ => match (text.strip_prefix("system:"), text.parse(), text.parse()) {
                (Some(name), ..) => Self::System(name.into()),
                (None, Ok(user), _) => Self::Person(user),
                (None, Err(_), Ok(client)) => Self::Program(client),
                (None, Err(_), Err(_)) => Self::Unknown(text.into()),
            },
        })
    }
}

impl By {
    /// The person, where it was one.
    pub(super) const fn person(&self) -> Option<UserId> {
        match self {
            Self::Person(user) => Some(*user),
            Self::Nobody | Self::Operator | Self::System(_) | Self::Program(_) | Self::Unknown(_) => None,
        }
    }
}
