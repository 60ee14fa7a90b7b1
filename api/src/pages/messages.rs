//! Pages about messages by mail and SMS.

use askama::Template;

use super::frame::{Frame, Mark, When};
use super::then::Then;

/// Messages to one person, and what became of each.
#[derive(Debug, Clone, Template)]
#[template(path = "messages.html")]
pub struct Messages {
    /// What stands around it.
    pub f: Frame,
    /// As of when.
    pub then: Then,
    /// Whose; empty where they are the reader's own.
    pub called: String,
    /// What waits, and then what ended, newest first.
    pub rows: Vec<MessageRow>,
    /// Where they came from.
    pub back: String,
}

/// One message.
#[derive(Debug, Clone)]
pub struct MessageRow {
    /// What it is called.
    pub subject: String,
    /// The way it goes, in words.
    pub channel: String,
    /// What became of it.
    pub mark: Mark,
    /// Why it failed; empty where it did not.
    pub why: String,
    /// How often it was tried.
    pub tries: String,
    /// When it was written, or ended.
    pub at: When,
}

/// Whom messages of the account do not reach.
#[derive(Debug, Clone, Template)]
#[template(path = "delivery.html")]
pub struct Delivery {
    /// What stands around it.
    pub f: Frame,
    /// As of when.
    pub then: Then,
    /// What waits: the way, how many, since when.
    pub waiting: Vec<(String, u64, When)>,
    /// Ways by which nothing goes out: in words, how often in a row, why, since when.
    pub outages: Vec<(String, String, String, Option<When>)>,
    /// Budgets that are spent.
    pub spent: Vec<Spent>,
    /// Whom, by person.
    pub rows: Vec<Unreached>,
}

/// A budget of the day that is spent.
#[derive(Debug, Clone)]
pub struct Spent {
    /// The way, in words.
    pub channel: String,
    /// Which, in words.
    pub which: String,
    /// Whose, and the messages to them, of a person's.
    pub whose: Option<(String, String)>,
    /// When it begins anew.
    pub until: When,
}

/// Somebody whom a way does not reach.
#[derive(Debug, Clone)]
pub struct Unreached {
    /// Who.
    pub called: String,
    /// The messages to them.
    pub href: String,
    /// The way, in words.
    pub channel: String,
    /// How often in a row.
    pub failures: String,
    /// Why, the last time.
    pub why: String,
    /// Since when.
    pub since: When,
}
