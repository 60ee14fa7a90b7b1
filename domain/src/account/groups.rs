//! Groups of people: for policies, and for finding somebody. Who is in one stands in each person's own stream.

use std::collections::BTreeSet;

use super::decide::AccountError;
use super::events::AccountEvent;
use super::state::Account;
use crate::ids::GroupId;
use crate::time::Timestamp;
use crate::written::misleads;

/// Groups of one account: as many as a list on a page bears.
pub const MAX_GROUPS: usize = 200;
/// Longest name of a group, in characters.
const MAX_NAME: usize = 80;

/// What is asked about a group.
#[derive(Debug, Clone)]
pub enum GroupCommand {
    /// Make one.
    Create {
        /// Pre-minted id.
        group: GroupId,
        /// Its name; unique in the account, capitals and outer spaces aside.
        name: String,
        /// Now.
        at: Timestamp,
    },
    /// Give it another name.
    Rename {
        /// Which.
        group: GroupId,
        /// Its name from now on.
        name: String,
    },
    /// Delete it; nobody is in it from then on.
    Delete {
        /// Which.
        group: GroupId,
        /// Now.
        at: Timestamp,
    },
}

impl Account {
    pub(super) fn group(&self, command: GroupCommand) -> Result<Vec<AccountEvent>, AccountError> {
        match command {
            GroupCommand::Create { .. } if self.groups.len() >= MAX_GROUPS => {
                Err(AccountError::TooManyGroups(MAX_GROUPS))
            }
            GroupCommand::Create { group, name, at } => {
                let name = self.group_name(&name, None)?;
                Ok(vec![AccountEvent::GroupCreated { group, name, at }])
            }
            GroupCommand::Rename { group, name } => {
                let name = self.group_name(&name, Some(group))?;
                let known = self.groups.get(&group).ok_or(AccountError::NoGroup)?;
                let other = *known != name;
                Ok(other.then_some(AccountEvent::GroupRenamed { group, name }).into_iter().collect())
            }
            GroupCommand::Delete { group, at } => {
                self.groups.get(&group).ok_or(AccountError::NoGroup)?;
                // Whom it means must not change behind a policy's back.
                if self.names_group(group, at) {
                    return Err(AccountError::GroupInUse);
                }
                Ok(vec![AccountEvent::GroupDeleted { group }])
            }
        }
    }

    /// Whether all of these are groups of the account.
    pub fn has_groups(&self, groups: &BTreeSet<GroupId>) -> Result<(), AccountError> {
        if groups.iter().all(|group| self.groups.contains_key(group)) {
            Ok(())
        } else {
            Err(AccountError::NoGroup)
        }
    }

    fn group_name(&self, name: &str, of: Option<GroupId>) -> Result<String, AccountError> {
        let name = name.trim();
        let good =
            !name.is_empty() && name.chars().count() <= MAX_NAME && !name.chars().any(misleads);
        if !good {
            return Err(AccountError::BadName);
        }
        let folded = name.to_lowercase();
        let taken = |(id, known): (&GroupId, &String)| Some(*id) != of && known.to_lowercase() == folded;
        if self.groups.iter().any(taken) { Err(AccountError::GroupNameTaken) } else { Ok(name.to_owned()) }
    }
}
