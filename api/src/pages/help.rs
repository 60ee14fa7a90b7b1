//! What staff sees of somebody's second factor, and what it does for them.

use askama::Template;

use super::frame::{Field, Frame, Mark, When};

/// Where somebody stands, and what can be done. Part of their page.
#[derive(Debug, Clone)]
pub struct Help {
    /// Their state.
    pub state: Mark,
    /// The rule that puts them there, in words.
    pub why: String,
    /// Why they cannot set up a second factor: everything that is in the way.
    pub obstacles: Vec<InTheWay>,
    /// A reset that waits.
    pub waiting: Option<Waiting>,
    /// Since when their sign-in is frozen.
    pub frozen: Option<When>,
    /// From when the way back takes no second factor.
    pub opens: Option<When>,
    /// Where the way back goes while it is frozen, and what to look at, a sentence each.
    pub back: Vec<String>,
    /// A code that was granted and has not ended.
    pub grant: Option<RunningGrant>,
    /// Hardware tokens that they were handed and have not bound: serial, and `token`.
    pub tokens: Vec<(String, String)>,
    /// Where those are taken back; empty where the reader may not.
    pub withdraw: String,
    /// An exemption that holds.
    pub exemption: Option<Exempt>,
    /// When their enrolment ticket ends, where one is open.
    pub ticket: Option<When>,
    /// Acts about them that take two and wait, in words.
    pub asked: Vec<String>,
    /// Where those are; empty where the reader may not see them.
    pub approvals: String,
    /// What can be done: the address, the key of its words, and whether it takes something away. What each
    /// does stands under the same key with `-hint`.
    pub ways: Vec<(String, &'static str, bool)>,
}

/// What is in the way of an enrolment.
#[derive(Debug, Clone)]
pub struct InTheWay {
    /// The rule, in words.
    pub rule: String,
    /// What to do, in words.
    pub fix: String,
    /// The event that set it: its words, its number, when, and where it is; the last is empty where the reader
    /// may not read the log.
    pub event: Option<(String, u64, When, String)>,
}

/// A reset that waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Who asked.
    pub by: String,
    /// When.
    pub since: When,
    /// From when it holds.
    pub due: When,
    /// Why, in the words of who asked.
    pub reason: String,
    /// How it is stopped, where the reader may.
    pub stop: Option<Stop>,
}

/// A code that was granted.
#[derive(Debug, Clone)]
pub struct RunningGrant {
    /// When it ends.
    pub until: When,
    /// Whether nobody has seen its code yet.
    pub unseen: bool,
    /// How it is stopped, where the reader may.
    pub stop: Option<Stop>,
}

/// How a case is stopped.
#[derive(Debug, Clone)]
pub struct Stop {
    /// Where the form goes.
    pub action: String,
    /// `case`
    pub case: String,
    /// The case itself; empty where the reader may not see it.
    pub href: String,
}

/// An exemption that holds.
#[derive(Debug, Clone)]
pub struct Exempt {
    /// `exemption`
    pub id: String,
    /// When it ends by itself.
    pub until: When,
    /// Where it is ended before; empty where the reader may not.
    pub end: String,
}

/// For how long somebody is let in without a second factor.
#[derive(Debug, Clone, Template)]
#[template(path = "exempt.html")]
pub struct Exemption {
    /// What stands around it.
    pub f: Frame,
    /// Whom.
    pub subject: String,
    /// What it does, a sentence each.
    pub effects: Vec<String>,
    /// Where the form goes.
    pub action: String,
    /// Where the reader goes instead.
    pub cancel: String,
    /// `hours`: each that can be chosen, in words, and whether it is.
    pub spans: Vec<(i64, String, bool)>,
    /// `reason`
    pub reason: Field,
}

/// An enrolment ticket, shown once.
#[derive(Debug, Clone, Template)]
#[template(path = "ticket.html")]
pub struct Ticket {
    /// What stands around it.
    pub f: Frame,
    /// For whom.
    pub subject: String,
    /// What is told to them.
    pub code: String,
    /// When it ends.
    pub expires: When,
    /// Back to their page.
    pub back: String,
}
