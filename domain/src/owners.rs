//! Who can act as an owner: no act may leave an account without one.

use crate::ids::UserId;
use crate::policy::Role;
use crate::user::User;

/// The act would leave the account without an owner who can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an account keeps at least one owner who can sign in; make somebody else an owner first")]
pub struct LastOwner;

/// The owners of one account as their own streams say. Whoever decides on them has loaded each, so that
/// two who unmake each other at once never leave none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Owners {
    able: Vec<UserId>,
    all: Vec<UserId>,
    /// Whether any of them ever had a way in.
    came_in: bool,
}

impl Owners {
    /// Of these people, the owners who can sign in: active, and with a password or an identity provider.
    pub fn among<'a>(people: impl IntoIterator<Item = &'a User>) -> Self {
        let mut owners = Self::default();
        for user in people.into_iter().filter(|user| user.role() == Some(Role::Owner) && !user.erased) {
            let Some(who) = user.who() else { continue };
            owners.all.push(who.user);
            owners.came_in |= user.ever_let_in;
            owners.able.extend(user.may_sign_in().then_some(who.user));
        }
        for ids in [&mut owners.able, &mut owners.all] {
            ids.sort_unstable();
            ids.dedup();
        }
        owners
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.able.len()
    }

    /// How many there are with those who cannot sign in. Deactivating an owner takes one person, so it
    /// must not turn an act that takes two into one that takes nobody else.
    pub fn registered(&self) -> usize {
        self.all.len()
    }

    /// Whether any of them ever had a password, or an identity provider. An owner is made or unmade only where
    /// another one could come in, so where none of today's ever could, none before them could.
    pub fn ever_came_in(&self) -> bool {
        self.came_in
    }

    /// Whether somebody is an owner, able to sign in or not.
    pub fn owns(&self, user: UserId) -> bool {
        self.all.contains(&user)
    }

    /// Whether somebody is one of them.
    pub fn contains(&self, user: UserId) -> bool {
        self.able.contains(&user)
    }

    /// Those who can sign in.
    pub fn iter(&self) -> impl Iterator<Item = UserId> + '_ {
        self.able.iter().copied()
    }

    /// Whether there is an owner without this one.
    pub fn without(&self, user: UserId) -> Result<(), LastOwner> {
        if self.able.iter().any(|owner| *owner != user) { Ok(()) } else { Err(LastOwner) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::*;
    use crate::user::{User, UserEvent};

    fn owner(n: u128, more: &[UserEvent]) -> User {
        let mut first = registered(Role::Owner);
        if let UserEvent::UserRegistered { user, .. } = &mut first {
            *user = UserId::from_uuid(uuid::Uuid::from_u128(n));
        }
        fold(std::iter::once(first).chain(more.iter().cloned()))
    }

    /// Rules: H4.
    #[test]
    fn an_owner_who_cannot_sign_in_does_not_count() {
        let at = NOW;
        let gone = UserEvent::UserDeactivated { reason: None, at };
        let demoted = UserEvent::RoleChanged { from: Role::Owner, to: Role::Admin, at };
        let provider = UserEvent::IdentityProviderLinked { provider: "google".into(), subject: sealed(), at };
        let rows: [(&[UserEvent], usize); 6] = [
            (&[], 0),
            (&[password_set()], 1),
            (&[provider], 1),
            (&[password_set(), gone], 0),
            (&[password_set(), demoted], 0),
            (&[password_set(), UserEvent::PersonErased { values: 2, at }], 0),
        ];
        for (past, able) in rows {
            assert_eq!(Owners::among([&owner(1, past)]).count(), able, "{past:?}");
        }
    }

    /// Rules: H4.
    #[test]
    fn an_account_keeps_an_owner() {
        let [ana, ben] = [owner(1, &[password_set()]), owner(2, &[password_set()])];
        let (a, b) =
            (UserId::from_uuid(uuid::Uuid::from_u128(1)), UserId::from_uuid(uuid::Uuid::from_u128(2)));
        assert_eq!(Owners::among([&ana, &ben, &ana]).count(), 2, "each counts once");
        assert_eq!(Owners::among([&ana, &ben]).without(a), Ok(()));
        assert_eq!(Owners::among([&ana]).without(a), Err(LastOwner));
        assert_eq!(Owners::among([&ana]).without(b), Ok(()));
    }
}
