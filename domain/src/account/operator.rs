//! The operator of the installation inside an account. They have no role in it: what they do there from the command
//! line rests on an owner's grant, which names what for, ends by itself, and is there for the account to see; each
//! use is an event of the account's log. The one exception is the first link of an account whose owners never came
//! in: there is nobody yet who could grant anything.
//!
//! **Architecture invariant:** no act of the operator without a grant that was alive then, and none of their links
//! outlives its grant.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::events::AccountEvent;
use super::state::Account;
use crate::ids::{OperatorGrantId, RecoveryId, UserId};
use crate::owners::Owners;
use crate::sealed::{Reason, Sealed};
use crate::time::{Span, Timestamp};
use crate::user::LinkPurpose;

/// The longest grant, in hours: long enough for a weekend's trouble.
pub const OPERATOR_HOURS_AT_MOST: u8 = 72;
/// Grants alive at once. The account's stream is read by every sign-in and stays short.
const GRANTS_AT_ONCE: usize = 10;

/// What the operator is let do inside an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum OperatorScope {
    /// Make a set-up link for a member of the team.
    Link,
    /// Lift somebody's locks.
    Unlock,
    /// Print reports with the names of people.
    Read,
    /// Bring hardware tokens into the stock.
    Import,
}

impl OperatorScope {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Link, Self::Unlock, Self::Read, Self::Import];

    /// The stable word.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// An act of the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperatorAct {
    /// Made a set-up link for somebody.
    Link,
    /// Lifted somebody's locks.
    Unlock,
    /// Printed a report with names.
    ReadNames,
    /// Brought hardware tokens into the stock.
    ImportTokens,
}

impl OperatorAct {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Link, Self::Unlock, Self::ReadNames, Self::ImportTokens];

    /// The stable word, as it stands in the log.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Link => "admin_link",
            Self::Unlock => "admin_unlock",
            Self::ReadNames => "read_names",
            Self::ImportTokens => "import_tokens",
        }
    }

    /// What it is by its word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.word() == word)
    }

    /// Whether it lets somebody back in: then, under a grant, it is a recovery case.
    const fn lets_back_in(self) -> bool {
        match self {
            Self::Link | Self::Unlock => true,
            Self::ReadNames | Self::ImportTokens => false,
        }
    }

    /// What a grant has to name for it.
    pub const fn scope(self) -> OperatorScope {
        match self {
            Self::Link => OperatorScope::Link,
            Self::Unlock => OperatorScope::Unlock,
            Self::ReadNames => OperatorScope::Read,
            Self::ImportTokens => OperatorScope::Import,
        }
    }
}

/// Leave for the operator, until it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorGrant {
    /// What for.
    pub scopes: BTreeSet<OperatorScope>,
    /// Why; sealed under the key of who granted it.
    pub reason: Sealed<Reason>,
    /// Who granted it.
    pub by: UserId,
    /// Since when.
    pub since: Timestamp,
    /// When it ends by itself.
    pub until: Timestamp,
}

/// A set-up link that the operator made under a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OperatorLink {
    grant: OperatorGrantId,
    at: Timestamp,
}

/// A command about the operator.
#[derive(Debug, Clone)]
pub enum OperatorCommand {
    /// Let them act.
    Grant {
        /// Pre-minted id.
        grant: OperatorGrantId,
        /// What for.
        scopes: BTreeSet<OperatorScope>,
        /// For how long.
        hours: u8,
        /// Why.
        reason: Sealed<Reason>,
        /// Who grants it.
        by: UserId,
        /// Now.
        at: Timestamp,
    },
    /// End that before its time.
    Revoke {
        /// Which.
        grant: OperatorGrantId,
        /// Who ends it.
        by: UserId,
        /// Now.
        at: Timestamp,
    },
    /// They act.
    Act {
        /// How.
        act: OperatorAct,
        /// Upon whom.
        subject: Option<UserId>,
        /// Pre-minted id of the case that it may be; of a link, the link's own.
        recovery: RecoveryId,
        /// Who owns the account.
        owners: Owners,
        /// Now.
        at: Timestamp,
    },
}

/// Why the operator is not let act, or may not. Nothing was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OperatorError {
    /// No grant for it is alive.
    #[error(
        "no owner of this account lets the operator do this now; an owner grants `{}` in the console, under Operator",
        .0.name()
    )]
    NoGrant(OperatorScope),
    /// It names nothing.
    #[error("a grant names at least one thing that the operator may do")]
    NoScope,
    /// It ends too late, or at once.
    #[error("a grant to the operator is for 1 to {OPERATOR_HOURS_AT_MOST} hours")]
    TooLong,
    /// As many as may be alive at once.
    #[error("at most {GRANTS_AT_ONCE} grants to the operator are alive at once; end some")]
    TooMany,
    /// There is none of this id that is alive.
    #[error("this grant to the operator is over")]
    Over,
}

/// Whether a grant could be made so.
pub fn check_operator_grant(scopes: &BTreeSet<OperatorScope>, hours: u8) -> Result<(), OperatorError> {
    if scopes.is_empty() {
        return Err(OperatorError::NoScope);
    }
    if hours == 0 || hours > OPERATOR_HOURS_AT_MOST {
        return Err(OperatorError::TooLong);
    }
    Ok(())
}

impl Account {
    /// The grants that are alive at an instant.
    pub fn operator_grants_at(
        &self,
        at: Timestamp,
    ) -> impl Iterator<Item = (OperatorGrantId, &OperatorGrant)> {
        self.operator_grants.iter().filter(move |(_, grant)| at < grant.until).map(|(id, grant)| (*id, grant))
    }

    /// The grant by which the operator may do something at an instant: the one that lasts longest.
    fn operator_grant(&self, scope: OperatorScope, at: Timestamp) -> Option<OperatorGrantId> {
        let naming = self.operator_grants_at(at).filter(|(_, grant)| grant.scopes.contains(&scope));
        naming.max_by_key(|(_, grant)| grant.until).map(|(id, _)| id)
    }

    /// Until when the grant lasts under which the operator made somebody's newest link, as far as is known at an
    /// instant; `None` of a link that took none.
    pub fn operator_link_until(&self, user: UserId, at: Timestamp) -> Option<Timestamp> {
        let made = self.operator_links.get(&user)?;
        let alive = self.operator_grants_at(at).find(|(id, _)| *id == made.grant);
        Some(alive.map_or(at, |(_, grant)| grant.until))
    }

    /// Whose link of the operator's is over at an instant, because the grant is under which it was made.
    pub(super) fn operator_links_over(&self, at: Timestamp) -> BTreeSet<UserId> {
        let over = |user: &&UserId| self.operator_link_until(**user, at).is_some_and(|until| until <= at);
        self.operator_links.keys().filter(over).copied().collect()
    }

    /// Folds in that the operator acted. A link is remembered as long as it could live.
    pub(super) fn operated(
        &mut self,
        act: &str,
        subject: Option<UserId>,
        grant: Option<OperatorGrantId>,
        at: Timestamp,
    ) {
        let Some(user) = subject.filter(|_| OperatorAct::of_word(act) == Some(OperatorAct::Link)) else {
            return;
        };
        self.operator_links.retain(|_, made| at < made.at + LinkPurpose::SetUp.life());
        self.operator_links.remove(&user);
        if let Some(grant) = grant {
            self.operator_links.insert(user, OperatorLink { grant, at });
        }
    }

    pub(super) fn operate(&self, command: OperatorCommand) -> Result<Vec<AccountEvent>, OperatorError> {
        match command {
            OperatorCommand::Grant { grant, scopes, hours, reason, by, at } => {
                check_operator_grant(&scopes, hours)?;
                if self.operator_grants_at(at).count() >= GRANTS_AT_ONCE {
                    return Err(OperatorError::TooMany);
                }
                let until = at + Span::hours(hours.into());
                Ok(vec![AccountEvent::OperatorGranted { grant, scopes, reason, by, until, at }])
            }
            OperatorCommand::Revoke { grant, by, at } => {
                let alive = self.operator_grants_at(at).any(|(id, _)| id == grant);
                let revoked = AccountEvent::OperatorGrantRevoked { grant, by, at };
                if alive { Ok(vec![revoked]) } else { Err(OperatorError::Over) }
            }
            OperatorCommand::Act { act, subject, recovery, owners, at } => {
                let grant = self.operator_grant(act.scope(), at);
                let theirs = subject.is_some_and(|user| owners.owns(user));
                let first = act == OperatorAct::Link && theirs && !owners.ever_came_in();
                if grant.is_none() && !first {
                    return Err(OperatorError::NoGrant(act.scope()));
                }
                let recovery = Some(recovery).filter(|_| act.lets_back_in() && grant.is_some());
                let act = act.word().to_owned();
                Ok(vec![AccountEvent::OperatorActed { act, subject, grant, recovery, at }])
            }
        }
    }
}
