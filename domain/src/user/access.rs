//! A person's API tokens, and the record of their password's use by programs.

use super::command::UserError;
use super::events::UserEvent;
use super::state::User;
use super::values::PasswordAccess;
use crate::access::{MOST_TOKENS, NewToken};
use crate::ids::TokenId;
use crate::sealed::{Sealed, TokenName, UserAgent};
use crate::time::{Span, Timestamp};

/// How often the same outcome of password access is recorded.
const NOTED_EVERY: Span = Span::hours(24);

/// A command about how programs use the API in a person's name.
#[derive(Debug, Clone)]
pub enum AccessCommand {
    /// Issue a token.
    IssueToken {
        /// The token.
        new: NewToken,
        /// What its person calls it.
        name: Sealed<TokenName>,
        /// Now.
        at: Timestamp,
    },
    /// End one.
    RevokeToken {
        /// Which.
        token: TokenId,
        /// Now.
        at: Timestamp,
    },
    /// Record that the right password was shown by a program; once a day and outcome.
    NotePassword {
        /// What became of it.
        outcome: PasswordAccess,
        /// The program.
        user_agent: Option<Sealed<UserAgent>>,
        /// Now.
        at: Timestamp,
    },
}

impl User {
    pub(super) fn access(&self, command: AccessCommand) -> Result<Vec<UserEvent>, UserError> {
        match command {
            AccessCommand::IssueToken { new, name, at } => {
                new.check_of(self.role().ok_or(UserError::Unknown)?)?;
                new.check(self.tokens.values(), MOST_TOKENS, at)?;
                let expires_at = Some(new.expires_at(at));
                let NewToken { token, verifier, scopes, .. } = new;
                Ok(vec![UserEvent::ApiTokenIssued { token, name, verifier, scopes, expires_at, at }])
            }
            AccessCommand::RevokeToken { token, at } => {
                self.tokens.get(&token).ok_or(UserError::NoToken)?;
                Ok(vec![UserEvent::ApiTokenRevoked { token, at }])
            }
            AccessCommand::NotePassword { outcome, user_agent, at } => {
                let noted = self.password_access.get(&outcome);
                let due = noted.is_none_or(|last| at >= *last + NOTED_EVERY);
                let event = UserEvent::PasswordAccessUsed { outcome, user_agent, at };
                Ok(due.then_some(event).into_iter().collect())
            }
        }
    }
}
