//! One's own security: factors, codes, devices, sessions.

use askama::Template;

use super::frame::{Field, Frame, When};
use super::then::Then;

/// One's own security.
#[derive(Debug, Clone, Template)]
#[template(path = "security.html")]
pub struct Security {
    /// What stands around it.
    pub f: Frame,
    /// From when a reset holds that waits, where the reader objects, and the key of who asked for it.
    pub waiting: Option<(When, String, &'static str)>,
    /// Until when a code lets the reader in that was granted, its case, and where the reader objects.
    pub granted: Option<(When, String, String)>,
    /// Where a lost factor is replaced after a wait; empty where that is not open here.
    pub repair: String,
    /// Does the policy require a second factor of this person?
    pub required: bool,
    /// Bound factors.
    pub factors: Vec<Factor>,
    /// Until when none can be bound, where they are exempt and have none.
    pub exempt: Option<When>,
    /// Where another is bound; empty while nobody can enrol, or they cannot.
    pub enrol: String,
    /// Where all are removed; empty where the policy does not let them.
    pub switch_off: String,
    /// Unused recovery codes; nothing without a set.
    pub codes_left: Option<u32>,
    /// Where a new set is made.
    pub new_codes: String,
    /// Known devices and open sessions.
    pub places: Places,
    /// As of when.
    pub then: Then,
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
    /// As of when.
    pub then: Then,
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
    /// Is it asked for first, of several?
    pub first: bool,
    /// Where it gets another name, is asked for first, or is removed.
    pub change: String,
}

/// One of one's own factors: another name, asked for first, removed.
#[derive(Debug, Clone, Template)]
#[template(path = "own_factor.html")]
pub struct OwnFactor {
    /// What stands around it.
    pub f: Frame,
    /// What it is.
    pub factor: Factor,
    /// What is printed on it, where it is a token of the account's.
    pub serial: String,
    /// `name`
    pub called: Field,
    /// Where the name goes.
    pub action: String,
    /// Where it is asked for first from then on; empty where it is, or is the only one.
    pub prefer: String,
    /// Where it is removed; empty where it is the only one.
    pub remove: String,
    /// Where the reader goes back to.
    pub back: String,
}

/// Before a hardware token is bound: one that was handed out, or one whose seed is known.
#[derive(Debug, Clone, Template)]
#[template(path = "token_begin.html")]
pub struct TokenBegin {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes.
    pub action: String,
    /// `name`
    pub called: Field,
    /// `which`: the tokens that staff handed out: value, serial, and whether it is chosen.
    pub handed: Vec<(String, String, bool)>,
    /// Is one chosen whose seed is typed?
    pub by_seed: bool,
    /// `seed`; never given back.
    pub seed: Field,
    /// `algorithm`: each, and whether it is chosen.
    pub algorithms: Vec<(&'static str, bool)>,
    /// `digits`: each, and whether it is chosen.
    pub digits: Vec<(u8, bool)>,
    /// `moves`: value, the key of its words, and whether it is chosen.
    pub moves: Vec<(&'static str, &'static str, bool)>,
    /// `counter`
    pub counter: Field,
    /// To which address a code will be mailed, masked; empty where none is needed.
    pub mailed_to: String,
    /// Where the reader goes instead.
    pub back: String,
}

/// Binding a hardware token: its first code.
#[derive(Debug, Clone, Template)]
#[template(path = "token_confirm.html")]
pub struct TokenConfirm {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes.
    pub action: String,
    /// Must they enrol before they can do anything else?
    pub required: bool,
    /// `factor`: its id.
    pub factor: String,
    /// Where another beginning is made.
    pub anew: String,
    /// Where the reader goes instead; empty where they must enrol.
    pub cancel: String,
    /// `code`
    pub code: Field,
    /// The code that was mailed, where the rule asks for one.
    pub mailed: Option<super::entry::Mailed>,
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
    /// What answers.
    pub answers: super::entry::Answers,
    /// The numbers that a code can be sent to.
    pub texts: Vec<super::entry::TextWay>,
    /// `password`
    pub password: Field,
    /// `code`
    pub code: Field,
    /// The key that may be asked instead.
    pub key: Option<super::entry::Key>,
}
