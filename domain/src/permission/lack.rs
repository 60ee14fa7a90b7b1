//! What somebody's role lacks, in words: which permission of the table, and who has it.
//!
//! **Architecture invariant:** whoever may do a thing to nobody at all reads the same words whoever it is about, and
//! whether anybody is there: the role of a person is told only to those who may do it to people of other roles.

use std::fmt;

use super::{Act, Need, need};
use crate::policy::Role;

/// A permission that a role does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lack {
    act: Act,
    upon: Option<Role>,
}

impl Lack {
    /// What somebody of this role lacks for an act.
    pub fn of(role: Role, act: Act) -> Self {
        let others = of_name(act).any(|other| need(role, other) != Need::Never);
        Self { act, upon: act.upon().filter(|_| others) }
    }

    /// The permission, as the table calls it.
    pub fn permission(self) -> &'static str {
        self.act.name()
    }

    /// The roles that have it; some of them only where the owner lets them.
    pub fn roles(self) -> Vec<Role> {
        self.holders().map(|(role, _)| role).collect()
    }

    fn holders(self) -> impl Iterator<Item = (Role, bool)> {
        let acts: Vec<Act> = if self.upon.is_some() { vec![self.act] } else { of_name(self.act).collect() };
        Role::ALL.into_iter().filter_map(move |role| {
            let needs: Vec<Need> = acts.iter().map(|act| need(role, *act)).collect();
            let has = needs.iter().any(|need| *need != Need::Never);
            has.then(|| (role, needs.iter().all(|need| matches!(need, Need::Never | Need::Delegated))))
        })
    }
}

/// Every act that the table calls so, whomever it is upon.
fn of_name(act: Act) -> impl Iterator<Item = Act> {
    Act::all().into_iter().filter(move |other| other.name() == act.name())
}

const fn a(role: Role) -> &'static str {
    match role {
        Role::Owner => "an owner",
        Role::Admin => "an admin",
        Role::Agent => "an agent",
        Role::Auditor => "an auditor",
        Role::EndUser => "an end user",
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "your role may not do this; `{}`", self.permission())?;
        if let Some(role) = self.upon {
            write!(f, " upon {}", a(role))?;
        }
        let holders: Vec<String> = self
            .holders()
            .map(|(role, let_in)| {
                format!("{}{}", a(role), if let_in { " where the owner lets them" } else { "" })
            })
            .collect();
        match holders.split_last() {
            None => f.write_str(" is nobody's to do"),
            Some((only, [])) => write!(f, " takes {only}"),
            Some((last, others)) => write!(f, " takes {} or {last}", others.join(", ")),
        }
    }
}
