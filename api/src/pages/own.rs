//! One's own security: factors, codes, devices, sessions.

use askama::Template;

use super::frame::{Field, Frame, When};

/// One's own security.
#[derive(Debug, Clone, Template)]
#[template(path = "security.html")]
pub struct Security {
    /// What stands around it.
    pub f: Frame,
    /// From when a reset holds that staff asked for, and where the reader objects.
    pub waiting: Option<(When, String)>,
    /// Does the policy require a second factor of this person?
    pub required: bool,
    /// Bound factors.
    pub factors: Vec<Factor>,
    /// Where another is bound; empty while nobody can enrol.
    pub enrol: String,
    /// Where all are removed; empty where the policy does not let them.
    pub switch_off: String,
    /// Unused recovery codes; nothing without a set.
    pub codes_left: Option<u32>,
    /// Where a new set is made.
    pub new_codes: String,
    /// Known devices and open sessions.
    pub places: Places,
}

/// The known devices and open sessions of one person.
#[derive(Debug, Clone)]
pub struct Places {
    /// Known devices.
    pub devices: Vec<Device>,
    /// Open sessions.
    pub sessions: Vec<Session>,
    /// Where those that were ticked are ended.
    pub end_chosen: String,
    /// Where all others but the reader's own are ended; empty where there are none, or where none is the reader's.
    pub end_others: String,
    /// Where all are ended.
    pub end_all: String,
}

/// The devices and sessions of somebody, for whoever may help them.
#[derive(Debug, Clone, Template)]
#[template(path = "devices_of.html")]
pub struct DevicesOf {
    /// What stands around it.
    pub f: Frame,
    /// Whose.
    pub called: String,
    /// Their devices and sessions.
    pub places: Places,
    /// Where they came from.
    pub back: String,
}

/// One bound factor.
#[derive(Debug, Clone)]
pub struct Factor {
    /// What its owner calls it.
    pub name: String,
    /// The key of its kind: `factor-totp`.
    pub kind: &'static str,
    /// The last digits of its number, where it has one.
    pub number: String,
    /// Bound.
    pub since: When,
    /// Used last.
    pub last_used: Option<When>,
    /// Where it is removed; empty where the rules do not let it.
    pub remove: String,
}

/// One known device.
#[derive(Debug, Clone)]
pub struct Device {
    /// Browser and system, in words.
    pub name: String,
    /// Is it the one that shows the page?
    pub this: bool,
    /// Until when it lets its user in without a code.
    pub trusted_until: Option<When>,
    /// Seen last.
    pub last_seen: When,
    /// Where its trust is taken back.
    pub revoke: String,
    /// Where it is reported lost.
    pub lost: String,
}

/// One open session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Browser and system, in words.
    pub device: String,
    /// Is it the one that shows the page?
    pub this: bool,
    /// The key of how it was opened: `by-code`, `by-recovery-code`, `by-trust`, `by-password`.
    pub by: &'static str,
    /// Opened.
    pub since: When,
    /// Ends at the latest.
    pub ends: When,
    /// What its tick is called.
    pub field: String,
    /// Where it is ended.
    pub end: String,
}

/// Before one's own second factor is switched off: password and a fresh proof.
#[derive(Debug, Clone, Template)]
#[template(path = "switch_off.html")]
pub struct SwitchOff {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes.
    pub action: String,
    /// Where the reader goes instead.
    pub cancel: String,
    /// The number that a code can be sent to.
    pub text: Option<super::entry::TextWay>,
    /// `password`
    pub password: Field,
    /// `code`
    pub code: Field,
    /// The key that may be asked instead.
    pub key: Option<super::entry::Key>,
}
