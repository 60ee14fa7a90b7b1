//! The settings of an account, and the clock of a sandbox.

use askama::Template;

use super::account::Tick;
use super::frame::{Field, Frame, When};
use super::then::Then;

/// How the account shows itself, and whom it tells what.
#[derive(Debug, Clone, Template)]
#[template(path = "settings.html")]
pub struct Settings {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes.
    pub action: String,
    /// `version`: what the reader decides on.
    pub version: u64,
    /// May the reader change them?
    pub may_change: bool,
    /// `name`
    pub naming: Field,
    /// The short name, which stays.
    pub slug: String,
    /// Where the present logo is; empty without one.
    pub logo: String,
    /// What is wrong with the logo; empty if nothing.
    pub logo_wrong: String,
    /// `language_…`
    pub languages: Vec<Tick>,
    /// `first_language`: tag, own name, and whether it is that.
    pub first_language: Vec<(&'static str, &'static str, bool)>,
    /// `time_zone`
    pub time_zone: Field,
    /// Every time zone that there is.
    pub zones: Vec<String>,
    /// `help`
    pub help: Field,
    /// `notice_…`
    pub notices: Vec<Tick>,
    /// As of when.
    pub then: Then,
}

/// The clock of a sandbox.
#[derive(Debug, Clone, Template)]
#[template(path = "clock.html")]
pub struct Clock {
    /// What stands around it.
    pub f: Frame,
    /// Where the forms go.
    pub action: String,
    /// What it shows.
    pub now: When,
    /// `day`
    pub day: Field,
    /// `time`
    pub time: Field,
    /// The latest that it can be set to.
    pub latest: String,
}
