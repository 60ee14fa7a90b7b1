//! Another place in the account for somebody, another role or other groups: what it does to them, and who may
//! take them out of what the owner's floor requires.

use std::collections::BTreeSet;

use super::decide::AccountError;
use super::impact::{Concerned, Effects, step};
use super::policy::PolicyError;
use super::state::Account;
use crate::factor::FactorKind;
use crate::ids::GroupId;
use crate::policy::{Role, Whom};
use crate::sign_in::Holder;
use crate::time::Timestamp;
use crate::user::{Factor, User, UserEvent};

/// A place in the account, as far as a policy looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The role.
    pub role: Role,
    /// All groups.
    pub groups: BTreeSet<GroupId>,
}

impl Place {
    /// Where somebody is; nothing of nobody.
    pub fn of(user: &User) -> Option<Self> {
        Some(Self { role: user.role()?, groups: user.groups.clone() })
    }
}

impl Account {
    /// Whether somebody may be moved to another place. Of whom the owner's floor requires a second factor, only an
    /// owner takes out of that: it would be looser than what an admin may save.
    pub fn may_move(&self, user: &User, to: &Place, by: Role) -> Result<(), AccountError> {
        let Some(from) = user.whom() else { return Ok(()) };
        let floor = |whom: Whom<'_>| {
            let floor = self.demand(whom.role.audience()).floor.as_ref();
            floor.filter(|floor| floor.requires(whom))
        };
        let there = Whom { role: to.role, groups: &to.groups, trail: from.trail };
        match floor(from) {
            Some(held) if by != Role::Owner && floor(there).is_none() => {
                Err(PolicyError::BelowFloor { field: "required_of", floor: Box::new(held.clone()) }.into())
            }
            _ => Ok(()),
        }
    }

    /// What another place does to somebody: whether they must enrol, or are not asked any more. That another role
    /// ends sessions and trust is so whatever a policy says, and is not told here.
    pub fn foresee_move(&self, user: &User, to: &Place, at: Timestamp) -> Effects {
        let Some(from) = user.role() else { return Effects::default() };
        let mut moved = user.clone();
        if from != to.role {
            moved.evolve(&UserEvent::RoleChanged { from, to: to.role, at });
        }
        if user.groups != to.groups {
            moved.evolve(&UserEvent::GroupsChanged { groups: to.groups.clone(), at });
        }
        let kinds: Vec<FactorKind> = user
            .enrolled(self.generation)
            .map(|enrolled| enrolled.factors.values().map(Factor::kind).collect())
            .unwrap_or_default();
        match (self.concerned(user, &kinds, at), self.concerned(&moved, &kinds, at)) {
            (Some(before), Some(after)) => step((&before, self), (&after, self), at),
            _ => Effects::default(),
        }
    }

    fn concerned<'a>(&self, user: &'a User, kinds: &'a [FactorKind], at: Timestamp) -> Option<Concerned<'a>> {
        Some(Concerned {
            whom: user.whom()?,
            holder: Holder::of(user, at),
            enrolled: user.enrolled(self.generation).map(|_| self.generation),
            kinds,
            provider_only: user.through_provider_only(),
            locked: user.locked_out(),
            email_verified: user.email_verified,
            trusts: &[],
            sessions: &[],
            password_used: None,
        })
    }
}
