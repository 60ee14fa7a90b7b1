//! What comes with a person from another system: a password hash, an authenticator's seed. Both are good,
//! and claimed: nobody has shown them here yet.

use super::command::UserError;
use super::events::UserEvent;
use super::state::User;
use crate::factor::FactorDetail;
use crate::ids::{FactorId, VerifierId};
use crate::proof::Era;
use crate::sealed::{FactorName, Sealed};
use crate::time::Timestamp;

/// Longest name of a scheme.
const MAX_SCHEME: usize = 20;

/// What came with a person.
#[derive(Debug, Clone)]
pub enum ClaimCommand {
    /// A password hash.
    Password {
        /// Where it is kept.
        verifier: VerifierId,
        /// Its scheme: `argon2id`, `bcrypt`, …
        scheme: String,
        /// Now.
        at: Timestamp,
    },
    /// An authenticator's seed.
    Factor {
        /// Pre-minted id.
        factor: FactorId,
        /// What it is.
        detail: FactorDetail,
        /// What its owner calls it.
        name: Sealed<FactorName>,
        /// Now.
        at: Timestamp,
    },
}

/// How a claimed password is kept once it was shown and was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rehash {
    /// Where its verifier will be kept.
    pub verifier: VerifierId,
    /// Whether it is long enough to stand alone.
    pub stands_alone: bool,
}

impl User {
    /// Takes what somebody brings along who has nothing of its kind here yet: a claim never replaces what
    /// was shown.
    pub(super) fn claim(&self, era: &Era, command: ClaimCommand) -> Result<Vec<UserEvent>, UserError> {
        match command {
            ClaimCommand::Password { verifier, scheme, at } => {
                if self.password.is_some() || scheme.is_empty() || scheme.len() > MAX_SCHEME {
                    return Err(UserError::NotClaimable);
                }
                Ok(vec![UserEvent::PasswordClaimed { verifier, scheme, at }])
            }
            ClaimCommand::Factor { factor, detail, name, at } => {
                let comes_along = detail.clone().claimed().is_some();
                let has = self.enrolled(era.generation).is_some() || self.needs_ticket || self.had_factor;
                if has || !comes_along {
                    return Err(UserError::NotClaimable);
                }
                if era.off {
                    return Err(UserError::SwitchedOff);
                }
                let generation = era.generation;
                Ok(vec![
                    UserEvent::FactorClaimed { factor, detail, name, generation, at },
                    UserEvent::TwoFactorEnabled { generation, at },
                ])
            }
        }
    }

    /// A claimed password that was right is kept under today's scheme from now on.
    pub(crate) fn rehash(&self, new: Option<Rehash>, at: Timestamp) -> Option<UserEvent> {
        let Rehash { verifier, stands_alone } = new.filter(|_| self.password.is_some_and(|p| p.claimed))?;
        Some(UserEvent::PasswordRehashed { verifier, stands_alone, at })
    }
}
