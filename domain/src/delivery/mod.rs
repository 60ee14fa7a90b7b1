//! Messages to people: by which way they go, how long they are worth sending, how often they are tried,
//! how many there may be, and what became of each.
//!
//! What is sent, and how, is not here: a decision knows a message by its id, its way, and its purpose.

mod budget;
mod outcome;
mod retry;
#[cfg(test)]
mod spec;

pub use budget::{Allowance, BudgetOf, Share, SpentBudget, day_ends, day_of};
pub use outcome::{Ended, OUTAGE_AFTER, Posted, TROUBLE_AGAIN, Undelivered};
pub use retry::{NOTICE_LIFE, Next, after_failure};

use serde::{Deserialize, Serialize};
use strum::{EnumIter, IntoStaticStr};

/// The way a message goes.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, EnumIter, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Channel {
    /// E-mail.
    Mail,
    /// A text message to a phone.
    Sms,
}

/// What a message is for: it decides how long it is worth sending, and whether there can be too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MessagePurpose {
    /// It brings a code that somebody asked for and waits for.
    Code,
    /// It brings a link that lets somebody in.
    Link,
    /// It brings a link that whoever knows the address may have sent there.
    OpenLink,
    /// It brings a link to somebody who was registered, by themselves or with a town; nobody waits for it at a door.
    Invitation,
    /// It tells somebody what happened. No budget silences it: whoever could exhaust one could act unseen.
    Notice,
}

impl Channel {
    /// The stable word.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The way of a stable word.
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Mail, Self::Sms].into_iter().find(|channel| channel.name() == name)
    }
}

impl MessagePurpose {
    /// The stable word.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The purpose of a stable word.
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Code, Self::Link, Self::OpenLink, Self::Invitation, Self::Notice]
            .into_iter()
            .find(|purpose| purpose.name() == name)
    }
}
