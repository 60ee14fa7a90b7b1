//! What the installation's operator is let do inside an account, and did.

use askama::Template;

use super::account::Tick;
use super::frame::{Field, Frame, When};
use super::then::Then;

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "operator.html")]
pub struct Operator {
    /// What stands around it.
    pub f: Frame,
    /// What they are let do now.
    pub grants: Vec<Grant>,
    /// Where more is granted; empty where the reader may not.
    pub action: String,
    /// What that takes beside the reader's word; empty where nothing.
    pub takes: String,
    /// `link`, `unlock`, …
    pub scopes: Vec<Tick>,
    /// What was wrong with what was typed.
    pub wrong: String,
    /// `hours`
    pub hours: Field,
    /// `reason`
    pub reason: Field,
    /// What they did, the newest first: in words, and when.
    pub acts: Vec<(String, When)>,
    /// As of when.
    pub then: Then,
}

/// Leave to act.
#[derive(Debug, Clone)]
pub struct Grant {
    /// What for, in words.
    pub scopes: Vec<String>,
    /// Who granted it.
    pub by: String,
    /// When.
    pub since: When,
    /// When it ends by itself.
    pub until: When,
    /// Why.
    pub reason: String,
    /// Where it is ended; empty where the reader may not.
    pub end: String,
}
