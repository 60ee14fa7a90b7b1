//! Why a person's own rules refuse.

use twofold_domain::time::Timestamp;
use twofold_domain::user::{Gate, UserError};

use super::of_token;
use crate::problem::{Kind, Missing, Problem, kinds};

pub(super) fn of_user(error: &UserError, now: Timestamp) -> Problem {
    let says = |kind: Kind| Problem::new(kind).detail(error.to_string());
    match error {
        UserError::Unknown => Problem::missing(Missing::Person),
        UserError::NoFactor => Problem::missing(Missing::Factor),
        UserError::NoProvider => Problem::missing(Missing::Provider),
        UserError::NoExemption => Problem::missing(Missing::Exemption),
        UserError::AlreadyRegistered
        | UserError::TokenTheirs
        | UserError::NotClaimable
        | UserError::NoPassword
        | UserError::LinkForTeamOnly
        | UserError::ResetWaits => says(kinds::CONFLICT),
        UserError::SwitchedOff => says(kinds::ENROLMENT_CLOSED),
        UserError::Deactivated => says(kinds::DEACTIVATED),
        UserError::NotDeactivated => says(kinds::NOT_DEACTIVATED),
        UserError::Frozen => says(kinds::FROZEN),
        UserError::NotFrozen => says(kinds::NOT_FROZEN),
        UserError::ProofNeeded => says(kinds::PROOF_NEEDED),
        UserError::SameRole => says(kinds::SAME_ROLE),
        UserError::ProviderLinked => says(kinds::PROVIDER_LINKED),
        UserError::TooManyProviders(_) | UserError::TooManyAssigned(_) => says(kinds::TOO_MANY),
        UserError::LastWayIn => says(kinds::LAST_WAY_IN),
        UserError::TooManyGroups(_) => {
            Problem::new(kinds::INVALID_FIELDS).field("/groups", "too_many", error.to_string())
        }
        UserError::BadProvider => {
            Problem::new(kinds::INVALID_FIELDS).field("/provider", "invalid_value", error.to_string())
        }
        UserError::MailboxTooFresh { after, until } => says(kinds::MAILBOX_TOO_FRESH)
            .member("change", <&str>::from(*after))
            .member("by", if after.by_staff() { "staff" } else { "self" })
            .member("retry_at", until.to_string())
            .wait_until(*until, now),
        UserError::CompromiseFresh(at) => {
            says(kinds::COMPROMISE_FRESH).member("retry_at", at.to_string()).wait_until(*at, now)
        }
        UserError::Erased => says(kinds::ERASED),
        UserError::LinkOver => says(kinds::LINK_OVER),
        UserError::BadLanguage => {
            Problem::new(kinds::INVALID_FIELDS).field("/language", "unknown_value", error.to_string())
        }
        UserError::Locked { gate, until } => {
            let gate = match gate {
                Gate::Password => "password",
                Gate::SecondFactor => "second_factor",
                Gate::MailedCode => "mailed_code",
                Gate::Ticket => "ticket",
            };
            let problem = says(kinds::LOCKED).member("gate", gate);
            match until {
                Some(at) => problem.member("retry_at", at.to_string()).wait_until(*at, now),
                // Only an administrator ends it, so there is no time to come back at.
                None => problem.detail(format!("{error}; an administrator can unlock it")),
            }
        }
        UserError::NotEnabled => says(kinds::NOT_ENROLLED),
        UserError::NotByText => says(kinds::NOT_BY_TEXT),
        UserError::TextedJustNow(at) | UserError::TextsOpen(at) => {
            says(kinds::TEXT_LATER).member("retry_at", at.to_string()).wait_until(*at, now)
        }
        UserError::MailedJustNow(at) | UserError::MailsOpen(at) | UserError::MailedTriesSpent(at) => {
            says(kinds::MAIL_LATER).member("retry_at", at.to_string()).wait_until(*at, now)
        }
        UserError::NoCodeNeeded => says(kinds::NO_CODE_NEEDED),
        UserError::MailedCodeNeeded => {
            Problem::new(kinds::INVALID_FIELDS).field("/mailed_code", "missing_field", error.to_string())
        }
        UserError::TicketOver => says(kinds::TICKET_OVER),
        UserError::TicketForTeamOnly => says(kinds::TICKET_FOR_TEAM),
        UserError::AlreadyEnabled => says(kinds::ALREADY_ENROLLED),
        UserError::AlreadyWaiting(at) => says(kinds::RESET_WAITING).member("due_at", at.to_string()),
        UserError::NothingRequested => says(kinds::NOTHING_REQUESTED),
        UserError::AskYourTeam => says(kinds::ASK_YOUR_TEAM),
        UserError::NotTrusted => says(kinds::NOT_TRUSTED),
        UserError::PasswordNeeded => says(kinds::PASSWORD_NEEDED),
        UserError::IssuerMayNotSee => says(kinds::ISSUER_MAY_NOT_SEE),
        UserError::GrantSpan(_) => {
            Problem::new(kinds::INVALID_FIELDS).field("/hours", "out_of_range", error.to_string())
        }
        UserError::OwnHelp => says(kinds::OWN_HELP),
        UserError::NoChangeWaits => says(kinds::NO_CHANGE_WAITS),
        UserError::NothingWaits => says(kinds::NOTHING_WAITS),
        UserError::ResetsSpent(at) => {
            says(kinds::RESETS_SPENT).member("retry_at", at.to_string()).wait_until(*at, now)
        }
        UserError::HelpSpent(at) => {
            says(kinds::HELP_SPENT).member("retry_at", at.to_string()).wait_until(*at, now)
        }
        UserError::OutOfReach(at) => {
            says(kinds::OUT_OF_REACH).member("retry_at", at.to_string()).wait_until(*at, now)
        }
        UserError::AddressDisputed => says(kinds::ADDRESS_DISPUTED),
        UserError::InCorrection(until) => {
            says(kinds::IN_CORRECTION).member("ends_at", until.to_string()).wait_until(*until, now)
        }
        UserError::AlreadyFrozen => says(kinds::ALREADY_FROZEN),
        UserError::ExemptionSpan(_) => {
            Problem::new(kinds::INVALID_FIELDS).field("/until", "out_of_range", error.to_string())
        }
        UserError::TicketNeeded => says(kinds::TICKET_NEEDED),
        UserError::NoPending => says(kinds::NO_ENROLMENT),
        UserError::KindNotAllowed(_) => says(kinds::KIND_NOT_ALLOWED),
        UserError::TooManyFactors(_) => says(kinds::TOO_MANY_FACTORS),
        UserError::NoStockToken => Problem::missing(Missing::StockToken),
        UserError::NoToken => Problem::missing(Missing::Token),
        UserError::Token(why) => of_token(*why),
        UserError::LastFactor => says(kinds::LAST_FACTOR),
        UserError::Required => says(kinds::REQUIRED),
    }
}
