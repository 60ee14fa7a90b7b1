//! What became of a message: an event in its person's stream.

use serde::{Deserialize, Serialize};
use strum::{EnumIter, IntoStaticStr};

use super::{Channel, MessagePurpose};
use crate::ids::MessageId;
use crate::time::{Span, Timestamp};

/// How often owners and admins are told of trouble with one way: once a day, or a broken mail server would
/// fill the log with letters about letters.
pub const TROUBLE_AGAIN: Span = Span::days(1);

/// Failures in a row by one way, to more than one person of an account, after which owners and admins are told that
/// nothing goes out by it.
pub const OUTAGE_AFTER: u16 = 3;

/// Why a message did not go out. A closed list: what a provider says in its own words is not kept.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, EnumIter, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Undelivered {
    /// The next system said no, for good: an SMTP reply of 5xx, an HTTP status of 4xx.
    Refused,
    /// The next system could not be reached, or put it off, until the tries were spent.
    Unreachable,
    /// No encrypted connection came about to whom it should be: the next system offers none, or shows a certificate
    /// that is not to be trusted. It was tried until the tries were spent, and never sent in clear.
    NotSecure,
    /// What it brings was over before it could be sent.
    Expired,
    /// The address is none that anything can be sent to.
    BadAddress,
    /// Nothing is configured that sends by this way.
    NoTransport,
    /// As many codes and links as a person is sent in a day.
    PersonBudget,
    /// As many codes and links as an account sends in a day.
    AccountBudget,
    /// As many codes as an account sends into one country in a day.
    CountryBudget,
    /// What was stored of it cannot be read.
    Unreadable,
}

impl Undelivered {
    /// The stable word.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether it says that this way to the person, or the way out of here, is broken.
    pub const fn is_trouble(self) -> bool {
        match self {
            Self::Refused
            | Self::Unreachable
            | Self::NotSecure
            | Self::Expired
            | Self::BadAddress
            | Self::NoTransport
            | Self::AccountBudget
            | Self::CountryBudget
            | Self::Unreadable => true,
            // Somebody asked again and again; what was sent arrived.
            Self::PersonBudget => false,
        }
    }

    /// Whether it may be that nothing goes out by this way, whoever it is to. A budget that is spent is told of by
    /// itself, and an address or a row that is unreadable says nothing of the way.
    pub const fn may_be_outage(self) -> bool {
        match self {
            Self::Refused | Self::Unreachable | Self::NotSecure | Self::Expired | Self::NoTransport => true,
            Self::BadAddress
            | Self::PersonBudget
            | Self::AccountBudget
            | Self::CountryBudget
            | Self::Unreadable => false,
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The next system took it over.
    Sent,
    /// It did not go out.
    Failed {
        /// Why.
        why: Undelivered,
        /// What the next system answered last, where it answered: an SMTP reply or an HTTP status.
        reply: Option<u16>,
    },
}

/// What is on record of a message, whatever became of it. Nothing of what it said, and not where it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// The message.
    pub message: MessageId,
    /// Its way.
    pub channel: Channel,
    /// What it was for.
    pub purpose: MessagePurpose,
    /// The stable name of its words: `invitation`, `password-changed`, …
    pub letter: String,
    /// How often it was handed to the next system.
    pub attempts: u16,
    /// When it was written.
    pub queued_at: Timestamp,
}
