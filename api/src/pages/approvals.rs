//! The page of acts that wait for a second owner, or for their time.

use askama::Template;

use super::frame::{Frame, When};
use super::then::Then;

/// What waits.
#[derive(Debug, Clone, Template)]
#[template(path = "approvals.html")]
pub struct Approvals {
    /// What stands around it.
    pub f: Frame,
    /// Each request, the oldest first.
    pub rows: Vec<Waiting>,
    /// As of when.
    pub then: Then,
}

/// A request.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// What is to be done, in words.
    pub act: String,
    /// What it would do, a line each.
    pub particulars: Vec<String>,
    /// Is it the reader's own request?
    pub own: bool,
    /// To whom; empty where it is about nobody.
    pub subject: String,
    /// Who asked.
    pub by: String,
    /// When.
    pub since: When,
    /// Why.
    pub reason: String,
    /// From when it can be carried out alone.
    pub from: Option<When>,
    /// When it ends.
    pub until: When,
    /// Whether it could still be done.
    pub stands: bool,
    /// Where it is approved; empty where the reader may not.
    pub approve: String,
    /// Where it is carried out; empty before its time.
    pub carry_out: String,
    /// Where it is cancelled.
    pub cancel: String,
}
