//! The account's pages: people, status report, audit log, policy and its confirmations.

use askama::Template;

use super::frame::{Field, Frame, Mark, When};

/// The people of the account.
#[derive(Debug, Clone, Template)]
#[template(path = "people.html")]
pub struct People {
    /// What stands around it.
    pub f: Frame,
    /// `q`: what was searched for.
    pub query: String,
    /// One page of them.
    pub rows: Vec<PersonRow>,
    /// The next page; empty on the last.
    pub next: String,
}

/// One person.
#[derive(Debug, Clone)]
pub struct PersonRow {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// `owner`, `admin`, `agent`, `auditor`, or `end_user`.
    pub role: &'static str,
    /// Their state.
    pub state: Mark,
    /// Their own page; empty if there is none.
    pub href: String,
    /// Where their second factor is reset; empty where the rules do not let the reader.
    pub reset: String,
}

/// Who has two-factor authentication, who must, and since when.
#[derive(Debug, Clone, Template)]
#[template(path = "status.html")]
pub struct Status {
    /// What stands around it.
    pub f: Frame,
    /// `as_of`: the day that was asked for, `2026-03-01`; empty for now.
    pub as_of: Field,
    /// The latest day that may be asked for.
    pub today: String,
    /// The instant that the report speaks of.
    pub at: When,
    /// The event that it speaks of.
    pub event: u64,
    /// The policy then in force, in words.
    pub policy: String,
    /// How many people are in each state.
    pub counts: Vec<(Mark, u64)>,
    /// One page of people.
    pub rows: Vec<StatusRow>,
    /// The next page; empty on the last.
    pub next: String,
    /// The form and the path of each download.
    pub downloads: Vec<(&'static str, String)>,
}

/// One person's status.
#[derive(Debug, Clone)]
pub struct StatusRow {
    /// Their name.
    pub name: String,
    /// `owner`, `admin`, `agent`, `auditor`, or `end_user`.
    pub role: &'static str,
    /// Their state.
    pub state: Mark,
    /// The rule that puts them there, in words.
    pub why: String,
    /// Bound since.
    pub since: Option<When>,
    /// Used last.
    pub last_used: Option<When>,
    /// Unused recovery codes.
    pub codes_left: Option<u32>,
    /// Trusted devices.
    pub devices: u32,
}

/// The audit log.
#[derive(Debug, Clone, Template)]
#[template(path = "log.html")]
pub struct Log {
    /// What stands around it.
    pub f: Frame,
    /// What was asked for.
    pub filter: Filter,
    /// Each type of event, for the choice.
    pub types: Vec<String>,
    /// One page of events, newest first.
    pub rows: Vec<LogRow>,
    /// The next page; empty on the last.
    pub next: String,
}

/// `type`, `actor`, `subject`, `from`, `to`.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Type of event.
    pub event_type: String,
    /// Who did it.
    pub actor: Field,
    /// To whom.
    pub subject: Field,
    /// Not before this day.
    pub from: Field,
    /// Not after this day.
    pub to: Field,
}

/// One event.
#[derive(Debug, Clone)]
pub struct LogRow {
    /// Its number in the account.
    pub number: u64,
    /// Recorded.
    pub at: When,
    /// What happened, in words.
    pub what: String,
    /// Its type.
    pub event_type: String,
    /// Who did it.
    pub who: String,
    /// To whom; empty if to nobody.
    pub whom: String,
    /// Why, in words; empty if not said.
    pub why: String,
    /// The number of the event that caused it.
    pub cause: Option<u64>,
    /// It as data.
    pub data: String,
}

/// The policy, and the switch of two-factor authentication.
#[derive(Debug, Clone, Template)]
#[template(path = "policy.html")]
pub struct Policy {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes.
    pub action: String,
    /// `version`: what the reader decides on.
    pub version: u64,
    /// The state of the switch: `switch-on`, `switch-suspended`, `switch-off`.
    pub switch: Mark,
    /// In that state since.
    pub since: Option<When>,
    /// `members_required`
    pub members_required: bool,
    /// `users_required`
    pub users_required: bool,
    /// `members_trust_days`; 0 is every sign-in.
    pub members_trust_days: Field,
    /// `users_trust_days`; 0 is every sign-in.
    pub users_trust_days: Field,
    /// `grace_days`
    pub grace_days: Field,
    /// Where it is disabled for all; empty if not offered now.
    pub disable: String,
    /// Where it is suspended; empty if not offered now.
    pub suspend: String,
    /// Where it is resumed; empty if not offered now.
    pub resume: String,
    /// Where it is enabled again; empty if not offered now.
    pub enable: String,
    /// May the reader change it?
    pub may_change: bool,
}

/// Says what an act does before it is done.
#[derive(Debug, Clone, Template)]
#[template(path = "confirm.html")]
pub struct Confirm {
    /// What stands around it.
    pub f: Frame,
    /// The key of its title: `confirm-disable-title`.
    pub title: &'static str,
    /// What it does, a sentence each, in the reader's language.
    pub effects: Vec<String>,
    /// How many people it resets.
    pub people: u64,
    /// Where the form goes.
    pub action: String,
    /// `version`: what the reader decides on.
    pub version: u64,
    /// `digest`: of the preview that is shown here.
    pub digest: String,
    /// `reason`
    pub reason: Field,
    /// `code`: a fresh proof.
    pub code: Field,
    /// The key of the button's words.
    pub button: &'static str,
    /// Where the reader goes instead.
    pub cancel: String,
}
