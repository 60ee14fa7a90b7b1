//! How an account keeps its own powers in check: which acts take two, and who may throw the switch.

use std::collections::BTreeSet;

use super::events::AccountEvent;
use super::state::Account;
use super::terms::{Governance, Guarded, GuardedAct};
use crate::owners::Owners;
use crate::time::Timestamp;

/// Owners from which every act of [`Guarded`] takes two, as long as nobody said otherwise.
const TWO: usize = 2;

/// A command about governance.
#[derive(Debug, Clone)]
pub enum GovernanceCommand {
    /// Save how the account keeps its powers in check. That a weaker one takes two is asked before, of
    /// [`Account::consent`].
    Change {
        /// What is to hold.
        to: Governance,
        /// Now.
        at: Timestamp,
    },
}

impl Governance {
    /// The acts that take two where these are the owners. Help for an owner always does: nobody is above one, and
    /// nobody is to let themself in.
    pub fn guards(&self, owners: &Owners) -> BTreeSet<Guarded> {
        let mut guards = match &self.dual_control {
            Some(chosen) => chosen.clone(),
            None if owners.registered() >= TWO => Guarded::ALL.into(),
            None => BTreeSet::new(),
        };
        guards.extend(Guarded::always());
        guards
    }

    /// Whether this one guards less than another.
    pub(super) fn weaker_than(&self, other: &Self, owners: &Owners) -> bool {
        !self.guards(owners).is_superset(&other.guards(owners))
    }
}

impl GuardedAct {
    /// What dual control has to be chosen for, so that this act takes two; `None` for what always does.
    pub const fn chosen_by(&self) -> Option<Guarded> {
        match self {
            Self::Disable { .. } => Some(Guarded::Disable),
            Self::Suspend => Some(Guarded::Suspend),
            Self::ResetOwner { .. }
            | Self::ExemptOwner { .. }
            | Self::GrantOwnerRecovery { .. }
            | Self::ChangeOwnerIdentity { .. } => Some(Guarded::HelpOwner),
            Self::Erase { .. } => Some(Guarded::Erase),
            Self::GrantOperator { .. } => Some(Guarded::Operator),
            Self::GrantOwner { .. }
            | Self::DemoteOwner { .. }
            | Self::DeactivateOwner { .. }
            | Self::TransferOwnership { .. }
            | Self::CloseAccount
            | Self::ChangeGovernance { .. } => None,
        }
    }
}

impl Account {
    /// One save is one event; a save that changes nothing is none.
    pub(super) fn govern(&self, command: GovernanceCommand) -> Vec<AccountEvent> {
        let GovernanceCommand::Change { to, at } = command;
        if to == self.governance {
            return vec![];
        }
        vec![AccountEvent::GovernanceChanged { before: self.governance.clone(), after: to, at }]
    }
}
