//! Ways back in of people who lost their second factor: the cases, a grant, and one's own new handset.

use askama::Template;

use super::account::Tick;
use super::frame::{Field, Frame, Mark, When};
use super::people::Choice;
use super::then::Then;

/// Every case.
#[derive(Debug, Clone, Template)]
#[template(path = "recoveries.html")]
pub struct Recoveries {
    /// What stands around it.
    pub f: Frame,
    /// `stage`: what is asked for.
    pub stages: Vec<Choice>,
    /// Grants and resets of owners that wait for a second one.
    pub asked: Vec<AskedFor>,
    /// Where those are approved; empty where the reader may not see them.
    pub approvals: String,
    /// How many were left lying, in words; empty where none was.
    pub orphans: String,
    /// One page of cases.
    pub rows: Vec<CaseRow>,
    /// The next page; empty on the last.
    pub next: String,
    /// Resets by staff that belong to no case.
    pub bare: Vec<Bare>,
    /// Are there more of either than are known here?
    pub more: bool,
    /// As of when.
    pub then: Then,
}

/// Something about an owner that waits for a second one.
#[derive(Debug, Clone)]
pub struct AskedFor {
    /// What, in words.
    pub act: String,
    /// About whom.
    pub subject: String,
    /// Who asked.
    pub by: String,
    /// Until when it waits.
    pub until: When,
}

/// One case in the list.
#[derive(Debug, Clone)]
pub struct CaseRow {
    /// Whose.
    pub name: String,
    /// By which way, in words.
    pub route: String,
    /// Where it stands.
    pub stage: Mark,
    /// What was left lying.
    pub orphan: Option<Mark>,
    /// When it began.
    pub at: When,
    /// Who asked.
    pub by: String,
    /// It.
    pub href: String,
}

/// A reset that belongs to no case.
#[derive(Debug, Clone)]
pub struct Bare {
    /// Whose.
    pub name: String,
    /// Their page.
    pub href: String,
    /// When.
    pub at: Option<When>,
    /// By whom.
    pub by: String,
    /// The event in the log: its number, and where it is.
    pub event: Option<(u64, String)>,
    /// Have they another factor since?
    pub reenrolled: bool,
}

/// One case.
#[derive(Debug, Clone, Template)]
#[template(path = "recovery_case.html")]
pub struct Case {
    /// What stands around it.
    pub f: Frame,
    /// Where the reader goes back to.
    pub back: String,
    /// Whose.
    pub name: String,
    /// Their page.
    pub href: String,
    /// By which way, in words.
    pub route: String,
    /// Where it stands.
    pub stage: Mark,
    /// What was left lying: the mark, and what to do about it.
    pub orphan: Option<(Mark, String)>,
    /// Who did what, and when it ends: the key of the words, and what stands there.
    pub facts: Vec<(&'static str, Fact)>,
    /// Why, in the words of who asked.
    pub reason: String,
    /// Its events, the first one first.
    pub events: Vec<Event>,
    /// `case`
    pub id: String,
    /// Where it is stopped; empty where there is nothing to stop, or the reader may not.
    pub stop: String,
    /// As of when.
    pub then: Then,
}

/// What is known of a case.
#[derive(Debug, Clone)]
pub enum Fact {
    /// Somebody.
    Who(String),
    /// An instant, and who, where somebody did it.
    When(When, String),
    /// In words.
    Words(String),
}

/// An event of a case.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its number, and where it is in the log.
    pub number: (u64, String),
    /// When.
    pub at: When,
    /// What happened, in words.
    pub what: String,
    /// The particulars.
    pub particulars: Vec<String>,
    /// Who did it.
    pub who: String,
}

/// Let somebody of the team in once, with a code.
#[derive(Debug, Clone, Template)]
#[template(path = "grant.html")]
pub struct Grant {
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
    pub spans: Vec<(u8, String, bool)>,
    /// `show_code`: where the reader may see the code.
    pub show: Option<Tick>,
    /// `reason`
    pub reason: Field,
}

/// The code of a grant, shown once to who granted it.
#[derive(Debug, Clone, Template)]
#[template(path = "granted.html")]
pub struct Granted {
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

/// A new handset, on a device that is still trusted.
#[derive(Debug, Clone, Template)]
#[template(path = "repair.html")]
pub struct Repair {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes.
    pub action: String,
    /// Where the reader goes back to.
    pub back: String,
    /// How long the wait is, in words.
    pub wait: String,
    /// Is the mailed code asked for, and not the password?
    pub mailed: bool,
    /// `password`
    pub password: Field,
    /// `code`
    pub code: Field,
}
