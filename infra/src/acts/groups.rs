//! Groups of people.

use twofold_domain::account::{AccountCommand, GroupCommand};
use twofold_domain::ids::GroupId;
use twofold_domain::permission::Act as Deed;

use super::ActError;
use super::principal::Credential;
use crate::desk::Act;
use crate::work::Work;

/// What to do with a group.
#[derive(Debug, Clone)]
pub enum GroupChange {
    /// Make one of this name.
    Create(String),
    /// Give it this name.
    Rename(String),
    /// Delete it; nobody is in it from then on.
    Delete,
}

/// Make, rename, or delete a group of people.
pub struct ChangeGroup {
    /// Who asks.
    pub credential: Credential,
    /// Pre-minted where it is to be made.
    pub group: GroupId,
    /// What to do.
    pub change: GroupChange,
}

impl Act for ChangeGroup {
    type Reply = GroupId;

    async fn run(&self, work: &mut Work) -> Result<GroupId, ActError> {
        self.credential.principal(work, Deed::ManageGroups).await?;
        let (group, at) = (self.group, work.at());
        let command = match self.change.clone() {
            GroupChange::Create(name) => GroupCommand::Create { group, name, at },
            GroupChange::Rename(name) => GroupCommand::Rename { group, name },
            GroupChange::Delete => GroupCommand::Delete { group, at },
        };
        work.tell_account(AccountCommand::Group(command)).await?;
        Ok(group)
    }
}
