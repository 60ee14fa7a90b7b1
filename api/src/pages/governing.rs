//! The pages beside the policy: governance, the owner's floor, profiles, schedules, the forecast, past sign-ins under
//! another policy, closing.

use askama::Template;

use super::account::AudienceForm;
use super::frame::{Field, Frame, When};
use super::reports::Plot;
use super::then::Then;

/// A way from the policy to one of these pages.
#[derive(Debug, Clone)]
pub struct Place {
    /// The key of its title.
    pub title: &'static str,
    /// Where it is.
    pub href: String,
    /// How it stands there, in the reader's language.
    pub state: String,
}

/// How the account keeps its own powers in check.
#[derive(Debug, Clone, Template)]
#[template(path = "governance.html")]
pub struct Governance {
    /// What stands around it.
    pub f: Frame,
    /// `version`: what the reader decides on.
    pub version: u64,
    /// Where the form goes.
    pub action: String,
    /// Where the reader goes instead.
    pub back: String,
    /// May the reader change it?
    pub may_change: bool,
    /// Whom each setting concerns, in the reader's language.
    pub concerns: Concerns,
    /// `admins_may_switch`
    pub admins_may_switch: bool,
    /// `dual_control`: `default`, `chosen`.
    pub chosen: bool,
    /// The acts.
    pub acts: Vec<Choice>,
    /// What takes two now, in the reader's language.
    pub now: String,
    /// `team_may_waive_both`
    pub team_may_waive_both: bool,
    /// `issuers_see_codes`
    pub issuers_see_codes: bool,
    /// `repair_wait_hours`
    pub repair_wait_hours: Field,
    /// Its default, effect, bounds, and whom it concerns, in the reader's language.
    pub repair_wait_hint: String,
    /// As of when.
    pub then: Then,
    /// `reason`
    pub reason: Field,
}

/// How many people a setting of the governance concerns, in the reader's language.
#[derive(Debug, Clone)]
pub struct Concerns {
    /// Administrators.
    pub admins: String,
    /// Owners.
    pub owners: String,
    /// The whole team.
    pub team: String,
}

/// The loosest policies that administrators may save.
#[derive(Debug, Clone, Template)]
#[template(path = "floor.html")]
pub struct Floor {
    /// What stands around it.
    pub f: Frame,
    /// `version`: what the reader decides on.
    pub version: u64,
    /// Where the reader goes back to.
    pub back: String,
    /// May the reader change them?
    pub may_change: bool,
    /// Whom they concern, in the reader's language.
    pub concerns: String,
    /// One for each audience.
    pub floors: Vec<FloorForm>,
    /// As of when.
    pub then: Then,
}

/// The floor of one audience.
#[derive(Debug, Clone)]
pub struct FloorForm {
    /// Its settings.
    pub form: AudienceForm,
    /// Is one set?
    pub set: bool,
    /// Settings of the present policy that are looser than it, in the reader's language.
    pub looser: Vec<String>,
    /// Where it is taken away.
    pub remove: String,
}

/// Named sets of rules, and where the account meets them.
#[derive(Debug, Clone, Template)]
#[template(path = "profile.html")]
pub struct Profiles {
    /// What stands around it.
    pub f: Frame,
    /// Where the choice goes.
    pub action: String,
    /// Where the reader goes back to.
    pub back: String,
    /// May the reader choose?
    pub may_choose: bool,
    /// Does the account hold itself to none?
    pub none: bool,
    /// Each.
    pub profiles: Vec<ProfileChoice>,
    /// The name of the one that is looked at; empty where none is.
    pub shown: String,
    /// Its rules.
    pub rules: Vec<RuleRow>,
    /// As of when.
    pub then: Then,
}

/// A profile to choose.
#[derive(Debug, Clone)]
pub struct ProfileChoice {
    /// `nist-aal2`
    pub name: &'static str,
    /// The key of its title; a sentence about it is under the same with `-hint`.
    pub title: String,
    /// Does the account hold itself to it?
    pub chosen: bool,
    /// How many of its rules are met, in the reader's language.
    pub meets: String,
    /// Where its rules are looked at.
    pub href: String,
}

/// A rule of a profile, and how the account stands to it.
#[derive(Debug, Clone)]
pub struct RuleRow {
    /// The key of its words.
    pub rule: String,
    /// Where it is written.
    pub source: String,
    /// What the rule wants, in words.
    pub wanted: String,
    /// One for each audience that it speaks of.
    pub stands: Vec<Stands>,
}

/// How one audience stands to a rule.
#[derive(Debug, Clone)]
pub struct Stands {
    /// The key of the audience.
    pub audience: &'static str,
    /// What the policy says, in words.
    pub value: String,
    /// Is it met?
    pub meets: bool,
}

/// What is scheduled for each audience.
#[derive(Debug, Clone, Template)]
#[template(path = "schedules.html")]
pub struct Schedules {
    /// What stands around it.
    pub f: Frame,
    /// Where the reader goes back to.
    pub back: String,
    /// One for each audience.
    pub audiences: Vec<Ahead>,
    /// As of when.
    pub then: Then,
}

/// What is scheduled for an audience.
#[derive(Debug, Clone)]
pub struct Ahead {
    /// Sets its ids apart.
    pub key: &'static str,
    /// The key of its title.
    pub title: &'static str,
    /// What begins.
    pub scheduled: Option<Beginning>,
    /// Where one is scheduled; empty where the reader may not, or one is.
    pub schedule: String,
}

/// A policy that begins on a date.
#[derive(Debug, Clone)]
pub struct Beginning {
    /// When.
    pub at: When,
    /// What changes then, a line each.
    pub changes: Vec<String>,
    /// Who would not comply on that day, in words.
    pub pending: Vec<String>,
    /// Everybody of them; empty where the reader may not see it.
    pub forecast: String,
    /// Where it is withdrawn; empty where the reader may not.
    pub withdraw: String,
}

/// A policy to be scheduled.
#[derive(Debug, Clone, Template)]
#[template(path = "schedule.html")]
pub struct Schedule {
    /// What stands around it.
    pub f: Frame,
    /// `version`: what the reader decides on.
    pub version: u64,
    /// The first and the last day that can be chosen.
    pub days: (String, String),
    /// `begins`
    pub begins: Field,
    /// The settings.
    pub form: AudienceForm,
    /// Where the reader goes instead.
    pub cancel: String,
}

/// Who would not comply on a day.
#[derive(Debug, Clone, Template)]
#[template(path = "forecast.html")]
pub struct Forecast {
    /// What stands around it.
    pub f: Frame,
    /// Where the reader goes back to.
    pub back: String,
    /// `on`: `2027-01-31`
    pub on: Field,
    /// The first day that can be asked for.
    pub today: String,
    /// The instant that it speaks of.
    pub at: When,
    /// The policy of that day, a sentence for each audience.
    pub policy: Vec<String>,
    /// How many of each role.
    pub counts: Vec<(&'static str, u64)>,
    /// One page of them: name, address, role, and their own page.
    pub rows: Vec<(String, String, &'static str, String)>,
    /// The next page; empty on the last.
    pub next: String,
    /// As of when.
    pub then: Then,
}

/// An act that dual control can be chosen for.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The name of its field.
    pub name: String,
    /// The key of its words.
    pub key: String,
    /// Whether it is ticked.
    pub on: bool,
    /// Whether it takes two whatever is ticked.
    pub fixed: bool,
}

/// How recorded sign-ins would have gone under another policy.
#[derive(Debug, Clone, Template)]
#[template(path = "what_if.html")]
pub struct WhatIf {
    /// What stands around it.
    pub f: Frame,
    /// Where the reader goes back to.
    pub back: String,
    /// The key of the audience whose policy it is.
    pub audience: &'static str,
    /// What differs from the policy of today, a line each.
    pub changes: Vec<String>,
    /// Where the policy is saved; empty where the reader may not.
    pub save: String,
    /// The policy, as its form sent it.
    pub hidden: Vec<(String, String)>,
    /// Spans that can be asked for: how many days, where, and whether it is the one that is shown.
    pub spans: Vec<(i64, String, bool)>,
    /// From when.
    pub from: When,
    /// Until when.
    pub to: When,
    /// The last event of the span.
    pub position: u64,
    /// Sign-ins in it, and those that would have gone as they went.
    pub sign_ins: (u64, u64),
    /// The differences.
    pub kinds: Vec<WhatIfKind>,
    /// How many prompts more and fewer by day.
    pub plot: Plot,
    /// The same as numbers: the day, sign-ins, more, fewer, bindings, no session.
    pub days: Vec<(String, [u64; 6])>,
    /// What is not told: how many, and why, in the reader's language.
    pub untold: Vec<(u64, String)>,
}

/// One kind of difference.
#[derive(Debug, Clone)]
pub struct WhatIfKind {
    /// What would have been otherwise, in the reader's language.
    pub words: String,
    /// How many events.
    pub events: u64,
    /// Of how many people.
    pub people: u64,
    /// The first of them: name, their own page (empty where the reader may not see it), and how often.
    pub first: Vec<(String, String, u64)>,
    /// How many more people there are.
    pub more: u64,
}
