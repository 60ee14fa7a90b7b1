//! What was not found, in words: one place for all of them.
//!
//! **Architecture invariant:** what is another account's, or another person's where only one's own is shown, is missing
//! in the words of what is not there at all. So a kind of thing has one sentence, whatever the reason.

use super::{Problem, kinds};

/// A kind of thing that is not there, or not for this caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// An account: unknown, or not the caller's.
    Account,
    /// A person of the account.
    Person,
    /// A device of a person, or a session on one.
    Device,
    /// A request that takes a second owner.
    Approval,
    /// A file that was ordered.
    File,
    /// A report by its name.
    Report,
    /// An event by its position.
    Event,
    /// A sign-in by its position.
    SignIn,
    /// A second factor.
    Factor,
    /// An identity provider that somebody is linked to.
    Provider,
    /// An exemption.
    Exemption,
    /// A case of somebody who lost their second factor.
    Case,
    /// A group of people.
    Group,
    /// A program.
    Program,
    /// A token of the API.
    Token,
    /// A hardware token of the account's stock, in somebody's hands or not.
    StockToken,
    /// A policy that waits for its date.
    Schedule,
    /// A grant to the installation's operator.
    OperatorGrant,
    /// Whatever a path or a page names.
    Name,
}

impl Missing {
    /// What is not there, and where those are listed that are.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Account => "There is no such account, or it is not yours.",
            Self::Person => {
                "There is no such person in this account. Its people are listed at GET /v1/users."
            }
            Self::Device => "There is no such device or session of this person.",
            Self::Approval => {
                "No such request is open: it was never made, or is carried out, cancelled, or over. Those that wait \
                 are listed at GET /v1/approvals."
            }
            Self::File => "There is no such file of yours: it was never ordered, or is over.",
            Self::Report => "There is no report of this name. They are listed in the document at /docs.",
            Self::Event => "The account's log has no event at this position.",
            Self::SignIn => "There is no sign-in of this person at this position of the log.",
            Self::Factor => "This person has no such second factor.",
            Self::Provider => "This person is not linked to that identity provider.",
            Self::Exemption => "No such exemption of this person holds: it ended, or never was.",
            Self::Case => "There is no such recovery case in this account.",
            Self::Group => "There is no such group of people in this account.",
            Self::Program => "There is no such program in this account.",
            Self::Token => "There is no such API token: it was revoked, or never was.",
            Self::StockToken => "There is no such hardware token in the account's stock, or for this person.",
            Self::Schedule => "No policy is scheduled for this audience.",
            Self::OperatorGrant => "No such grant to the operator runs: it ended, or never was.",
            Self::Name => "Nothing here goes by that name.",
        }
    }
}

impl Problem {
    /// Something is not there, or not for this caller.
    pub fn missing(what: Missing) -> Self {
        Self::new(kinds::NOT_FOUND).detail(what.words())
    }
}
