//! Who owns an account at an instant: what keeps the last owner in their place, and says whether there is
//! somebody to give a second approval. Made from the owners' own streams, which the append then guards, so
//! that two owners who demote each other at once never leave none.

use std::collections::BTreeSet;

use crate::ids::UserId;
use crate::policy::Role;
use crate::user::User;

/// The owners of an account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Owners {
    able: BTreeSet<UserId>,
    absent: BTreeSet<UserId>,
}

impl Owners {
    /// Those of these people who own the account.
    pub fn of<'a>(people: impl IntoIterator<Item = &'a User>) -> Self {
        let mut owners = Self::default();
        for user in people {
            let Some(who) = user.who().filter(|who| who.role == Role::Owner && !user.erased) else {
                continue;
            };
            if user.may_sign_in() {
                owners.able.insert(who.user)
            } else {
                owners.absent.insert(who.user)
            };
        }
        owners
    }

    /// Owners who can sign in: neither deactivated nor without any way in.
    pub const fn able(&self) -> &BTreeSet<UserId> {
        &self.able
    }

    /// All of them, deactivated ones included. Deactivating somebody takes one person, so it must not
    /// turn an act that takes two into one that takes none.
    pub fn count(&self) -> usize {
        self.able.len() + self.absent.len()
    }

    /// Whether the account would have no owner who can sign in without this one.
    pub fn rests_on(&self, user: UserId) -> bool {
        self.able.iter().all(|owner| *owner == user)
    }
}
