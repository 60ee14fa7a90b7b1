//! The account's pages: status report, audit log, policy and its confirmations.

use askama::Template;

use super::frame::{Field, Frame, Mark, When};
use super::governing::Place;
use super::then::Then;

/// Who has two-factor authentication, who must, and since when.
#[derive(Debug, Clone, Template)]
#[template(path = "status.html")]
pub struct Status {
    /// What stands around it.
    pub f: Frame,
    /// `day`: `2026-03-01`; empty for now.
    pub day: Field,
    /// `time`: `14:05`; empty for the end of the day.
    pub time: Field,
    /// `event`: the number of an event; empty where an instant was asked for.
    pub event: Field,
    /// Is it about the past?
    pub past: bool,
    /// `population`: key of the words, value, and whether it is chosen.
    pub populations: Vec<(&'static str, &'static str, bool)>,
    /// The latest day that may be asked for.
    pub today: String,
    /// The instant that the report speaks of.
    pub at: When,
    /// The last event that counts.
    pub position: u64,
    /// That event in the log; empty where the reader may not read it.
    pub position_href: String,
    /// The switch then.
    pub switch: Mark,
    /// The policy then in force, a sentence for each audience.
    pub policy: Vec<String>,
    /// How many people are in each state.
    pub counts: Vec<(Mark, u64)>,
    /// One page of people.
    pub rows: Vec<StatusRow>,
    /// The next page; empty on the last.
    pub next: String,
    /// The form and the path of each download; none where the reader may not export.
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
    /// Whether one of theirs came along from elsewhere, and was never shown here.
    pub claimed: bool,
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
    /// Each type of event for the choice: the type, and the same in words.
    pub types: Vec<(&'static str, String)>,
    /// Is any filter set?
    pub filtered: bool,
    /// Each kind of stream for the choice: the kind, and the same in words.
    pub streams: Vec<(&'static str, String)>,
    /// One page of events, newest first.
    pub rows: Vec<LogRow>,
    /// The next page, of older events; empty on the last.
    pub next: String,
    /// The page before, of newer events; empty on the first.
    pub previous: String,
    /// The same as files: the form's name, and where.
    pub downloads: Vec<(&'static str, String)>,
}

/// `type`, `actor`, `subject`, `device`, `stream`, `from`, `to`, `q`, `cause`, `at_event`.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Type of event.
    pub event_type: String,
    /// Who did it.
    pub actor: Field,
    /// To whom.
    pub subject: Field,
    /// On which device.
    pub device: Field,
    /// In which kind of stream.
    pub stream: String,
    /// Not before this day.
    pub from: Field,
    /// Not after this day.
    pub to: Field,
    /// Words in the name or address that somebody bore then.
    pub q: Field,
    /// By what it came about.
    pub cause: Field,
    /// As the log was right after this event.
    pub at_event: Field,
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
    /// The particulars.
    pub particulars: Vec<String>,
    /// Its type.
    pub event_type: String,
    /// Who did it.
    pub who: String,
    /// What else they did; empty if they are nobody in particular.
    pub who_href: String,
    /// To whom; empty if to nobody.
    pub whom: String,
    /// What else happened to them.
    pub whom_href: String,
    /// On which device; empty if on none.
    pub device: String,
    /// What else happened on it.
    pub device_href: String,
    /// Why, in the words of who did it; empty if not said.
    pub why: String,
    /// The number of the event that caused it, and where it is.
    pub cause: Option<(u64, String)>,
    /// Of an account-wide disable: exactly whom it reset.
    pub reset: Option<Reset>,
    /// It as data.
    pub data: String,
}

/// The policy of each audience, and the switch of two-factor authentication.
#[derive(Debug, Clone, Template)]
#[template(path = "policy.html")]
pub struct Policy {
    /// What stands around it.
    pub f: Frame,
    /// As of when it is.
    pub then: Then,
    /// `version`: what the reader decides on.
    pub version: u64,
    /// The state of the switch: `switch-on`, `switch-suspended`, `switch-off`.
    pub switch: Mark,
    /// In that state since.
    pub since: Option<When>,
    /// People with a second factor now.
    pub enrolled: u64,
    /// One form each.
    pub audiences: Vec<AudienceForm>,
    /// Where it is disabled for all; empty if not offered now.
    pub disable: String,
    /// Where it is suspended; empty if not offered now.
    pub suspend: String,
    /// Where it is resumed; empty if not offered now.
    pub resume: String,
    /// Where it is enabled again; empty if not offered now.
    pub enable: String,
    /// May the reader change the policy?
    pub may_change: bool,
    /// May the reader throw the switch?
    pub may_switch: bool,
    /// What else there is to decide.
    pub places: Vec<Place>,
}

/// The policy of one audience.
#[derive(Debug, Clone)]
pub struct AudienceForm {
    /// Sets the ids of its fields apart.
    pub key: &'static str,
    /// The key of its title.
    pub title: &'static str,
    /// Where the form goes.
    pub action: String,
    /// `required`
    pub required: bool,
    /// How many people it concerns, and how many of them have no second factor.
    pub affected: String,
    /// Roles and groups that the requirement may name.
    pub meant: Vec<Tick>,
    /// Its figures.
    pub figures: Vec<Figure>,
    /// Its choices.
    pub choices: Vec<Tick>,
    /// `password_api`: `allowed`, `until`, `off`.
    pub password_api: String,
    /// `password_until`
    pub password_until: Field,
    /// What is scheduled, in the reader's language.
    pub scheduled: Option<String>,
    /// Where past sign-ins are gone through under what the form says; empty where that is not offered.
    pub what_if: String,
}

/// Something to tick.
#[derive(Debug, Clone)]
pub struct Tick {
    /// The name of its field.
    pub name: String,
    /// What it is.
    pub label: String,
    /// Default and effect; empty where there is none to tell.
    pub hint: String,
    /// Is it ticked?
    pub on: bool,
}

/// What a preview found.
#[derive(Debug, Clone)]
pub struct Findings {
    /// What happens in words, to how many people, and the first of their names.
    pub lines: Vec<(String, u64, String)>,
    /// Of how many people.
    pub of: u64,
    /// How many more or fewer prompts.
    pub prompts: String,
    /// `confirmation`: what is brought back.
    pub confirmation: String,
    /// Where past sign-ins are gone through under it; empty where it is no policy of today.
    pub what_if: String,
}

/// One figure of a policy.
#[derive(Debug, Clone)]
pub struct Figure {
    /// The id of its field.
    pub id: String,
    /// The name of its field.
    pub name: &'static str,
    /// The key of its label.
    pub label: &'static str,
    /// Default, effect, and bounds, in the reader's language.
    pub hint: String,
    /// Its field.
    pub field: Field,
}

/// Says what an act does before it is done.
#[derive(Debug, Clone, Template)]
#[template(path = "confirm.html")]
pub struct Confirm {
    /// What stands around it.
    pub f: Frame,
    /// The key of its title: `confirm-disable-title`.
    pub title: &'static str,
    /// Whom it concerns; empty if all.
    pub subject: String,
    /// What it does, a sentence each, in the reader's language.
    pub effects: Vec<String>,
    /// What a preview of it found, where it is previewed.
    pub findings: Option<Findings>,
    /// Fields that come back as they are.
    pub hidden: Vec<(String, String)>,
    /// Where the form goes.
    pub action: String,
    /// `version`: what the reader decides on.
    pub version: u64,
    /// Is a reason asked for at all?
    pub reason_asked: bool,
    /// Is it not done without a reason?
    pub reason_needed: bool,
    /// `reason`
    pub reason: Field,
    /// The key of the button's words.
    pub button: &'static str,
    /// Is it asked whether the factor may be in wrong hands?
    pub compromise: bool,
    /// Is it something that cannot be undone?
    pub danger: bool,
    /// Where the reader goes instead.
    pub cancel: String,
}

/// Whom an account-wide disable reset.
#[derive(Debug, Clone)]
pub struct Reset {
    /// Their names, as many as are shown.
    pub names: Vec<String>,
    /// How many more there are.
    pub more: u64,
}
