//! The programs that use the API in their own name, and their tokens.

use super::decide::AccountError;
use super::events::AccountEvent;
use super::state::Account;
use crate::access::{MOST_CLIENT_TOKENS, MOST_CLIENTS, NewToken};
use crate::ids::{ClientId, TokenId};
use crate::time::Timestamp;
use crate::written::misleads;

/// Longest name of a program, in characters.
const MAX_NAME: usize = 80;

/// A command about programs.
#[derive(Debug, Clone)]
pub enum ClientCommand {
    /// Register one.
    Register {
        /// Pre-minted id.
        client: ClientId,
        /// Its name; sessions that it vouches for show it.
        name: String,
        /// Now.
        at: Timestamp,
    },
    /// Remove one: its tokens end, and the sessions that it vouched for.
    Remove {
        /// Which.
        client: ClientId,
        /// Now.
        at: Timestamp,
    },
    /// Issue a token.
    IssueToken {
        /// To which.
        client: ClientId,
        /// The token.
        new: NewToken,
        /// Now.
        at: Timestamp,
    },
    /// End one.
    RevokeToken {
        /// Whose.
        client: ClientId,
        /// Which.
        token: TokenId,
        /// Now.
        at: Timestamp,
    },
}

impl Account {
    pub(super) fn manage(&self, command: ClientCommand) -> Result<Vec<AccountEvent>, AccountError> {
        let known = |client| self.clients.get(&client).ok_or(AccountError::NoClient);
        match command {
            ClientCommand::Register { client, name, at } => {
                let name = self.client_name(&name)?;
                if self.clients.len() >= MOST_CLIENTS {
                    return Err(AccountError::TooManyClients(MOST_CLIENTS));
                }
                Ok(vec![AccountEvent::ClientRegistered { client, name, at }])
            }
            ClientCommand::Remove { client, at } => {
                known(client)?;
                Ok(vec![AccountEvent::ClientRemoved { client, at }])
            }
            ClientCommand::IssueToken { client, new, at } => {
                new.check(known(client)?.tokens.values(), MOST_CLIENT_TOKENS, at)?;
                let expires_at = Some(new.expires_at(at));
                let NewToken { token, verifier, scopes, .. } = new;
                Ok(vec![AccountEvent::ClientTokenIssued { client, token, verifier, scopes, expires_at, at }])
            }
            ClientCommand::RevokeToken { client, token, at } => {
                known(client)?.tokens.get(&token).ok_or(AccountError::NoClientToken)?;
                Ok(vec![AccountEvent::ClientTokenRevoked { client, token, at }])
            }
        }
    }

    /// A name that people can tell from the others.
    fn client_name(&self, given: &str) -> Result<String, AccountError> {
        let name = given.trim();
        let usable =
            !name.is_empty() && name.chars().count() <= MAX_NAME && !name.chars().any(misleads);
        if !usable {
            return Err(AccountError::BadClientName);
        }
        let same = |other: &str| other.to_lowercase() == name.to_lowercase();
        if self.clients.values().any(|client| same(&client.name)) {
            return Err(AccountError::ClientNameTaken);
        }
        Ok(name.to_owned())
    }
}
