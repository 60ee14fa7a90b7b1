//! Pages about sign-ins: whether somebody was asked for a code, and why.

use askama::Template;

use super::frame::{Frame, When};
use super::then::Then;

/// Sign-ins of one person.
#[derive(Debug, Clone, Template)]
#[template(path = "sign_ins.html")]
pub struct SignIns {
    /// What stands around it.
    pub f: Frame,
    /// Whose; empty where they are the reader's own.
    pub called: String,
    /// The newest first.
    pub rows: Vec<SignIn>,
    /// Where they came from.
    pub back: String,
    /// As of when.
    pub then: Then,
}

/// One sign-in.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Browser and system, in words.
    pub device: String,
    /// When.
    pub at: When,
    /// What was asked, in words.
    pub decision: String,
    /// Why, in words.
    pub reasons: String,
    /// Where each reason names its event.
    pub why: String,
}

/// Why one sign-in went as it went.
#[derive(Debug, Clone, Template)]
#[template(path = "why_asked.html")]
pub struct WhyAsked {
    /// What stands around it.
    pub f: Frame,
    /// Whose; empty where it is the reader's own.
    pub called: String,
    /// Browser and system, in words.
    pub device: String,
    /// When.
    pub at: When,
    /// What was asked, in words.
    pub decision: String,
    /// How it was completed, in words; empty where it was not.
    pub method: String,
    /// Why.
    pub reasons: Vec<Reason>,
    /// The event that set the policy in force, and where it is read, where the reader may.
    pub policy: Option<(u64, String)>,
    /// Where they came from.
    pub back: String,
}

/// One reason.
#[derive(Debug, Clone)]
pub struct Reason {
    /// In words.
    pub words: String,
    /// The event that it stands on, and where it is read, where the reader may.
    pub event: Option<(u64, String)>,
}
