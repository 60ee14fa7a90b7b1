//! What people are called, on a page of the past what they were called then: unsealed for whoever may see it. Who was
//! erased has no name any more.

use std::collections::{BTreeSet, HashMap};

use twofold_domain::ids::{StreamId, UserId};
use twofold_domain::sealed::{Email, PersonName, Sealed};
use twofold_domain::time::Timestamp;
use twofold_domain::user::User;
use twofold_infra::acts::ActError;
use twofold_projections::audit::names::Borne;
use twofold_projections::status::PersonRow;
use twofold_projections::{audit, status};

use super::door::Door;
use super::refused::Refused;
use crate::pages::frame::When;
use crate::routes::erased_by_now;

/// Somebody's name and address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Called {
    /// Their name; empty once they are erased.
    pub(super) name: String,
    /// Their address; empty once they are erased.
    pub(super) email: String,
    /// When they were erased, by now: of the past, too, nothing is left to call them by.
    pub(super) erased: Option<Timestamp>,
}

impl Called {
    /// The name, or the word for somebody who was erased.
    pub(super) fn shown(&self, door: &Door) -> String {
        match self.erased {
            _ if !self.name.is_empty() => self.name.clone(),
            Some(at) => erased_words(door, at),
            None => door.frame.s("erased-person"),
        }
    }

    /// The same with when they were erased, where they were.
    pub(super) async fn or_erased(mut self, door: &Door, user: UserId) -> Result<Self, Refused> {
        if self.name.is_empty() && self.erased.is_none() {
            self.erased = erased_by_now(&door.app, door.account, &[user]).await?.remove(&user);
        }
        Ok(self)
    }
}

/// The words for somebody who was erased at an instant.
pub(super) fn erased_words(door: &Door, at: Timestamp) -> String {
    door.frame.v("erased-person-on", When::from(at).day)
}

/// What the row of a read model says.
pub(super) async fn of_row(door: &Door, row: Option<&PersonRow>) -> Result<Called, Refused> {
    let Some(row) = row else { return Ok(Called::default()) };
    let (vault, account, user) = (door.app.desk.vault(), door.account, row.user_id);
    let name = match row.name.clone() {
        Some(bytes) => vault.unseal(account, user, &Sealed::<PersonName>::from_bytes(bytes)).await?,
        None => None,
    };
    let email = match row.email.clone() {
        Some(bytes) => vault.unseal(account, user, &Sealed::<Email>::from_bytes(bytes)).await?,
        None => None,
    };
    let text =
        |value: Option<zeroize::Zeroizing<String>>| value.map_or_else(String::new, |v| v.as_str().to_owned());
    Ok(Called { name: text(name), email: text(email), erased: row.erased_at })
}

/// What somebody was called for a while.
pub(super) async fn of_borne(door: &Door, borne: Option<Borne>) -> Result<Called, Refused> {
    let row = borne.map(|Borne { user, name, email, .. }| PersonRow {
        user_id: user,
        name,
        email,
        language: String::new(),
        erased_at: None,
    });
    of_row(door, row.as_ref()).await
}

/// What the log says of one person.
pub(super) async fn of_user(door: &Door, user: &User) -> Result<Called, Refused> {
    let Some(who) = user.who() else { return Ok(Called::default()) };
    let row = PersonRow {
        user_id: who.user,
        name: Some(who.name.bytes().to_vec()),
        email: Some(who.email.bytes().to_vec()),
        language: who.language.clone(),
        erased_at: None,
    };
    of_row(door, Some(&row)).await
}

/// The names of a page's people, each looked up once.
#[derive(Default)]
pub(super) struct Names(HashMap<UserId, Called>);

impl Names {
    /// Looks up these people at once, by the read models: who is not in them yet is looked up alone when asked for.
    pub(super) async fn meet(&mut self, door: &Door, people: &[UserId]) -> Result<(), Refused> {
        let (views, account) = (door.app.store().views(), door.account);
        let people: BTreeSet<UserId> =
            people.iter().filter(|user| !self.0.contains_key(user)).copied().collect();
        let people: Vec<UserId> = people.into_iter().collect();
        let mut rows = status::report::names_of(views, account, &people).await.map_err(ActError::from)?;
        if let Some(then) = door.then {
            let borne = audit::names::of_these(views, account, &people, then.position()).await;
            for (user, borne) in borne.map_err(ActError::from)? {
                if let Some(row) = rows.get_mut(&user) {
                    (row.name, row.email) = (borne.name, borne.email);
                }
            }
        }
        for (user, row) in rows {
            self.0.insert(user, of_row(door, Some(&row)).await?);
        }
        Ok(())
    }

    /// What somebody is called.
    pub(super) async fn of(&mut self, door: &Door, user: UserId) -> Result<Called, Refused> {
        if let Some(called) = self.0.get(&user) {
            return Ok(called.clone());
        }
        let stream = StreamId::user(door.account, user);
        let users = &door.app.desk.log().users;
        let loaded = match door.then {
            Some(then) => users.load_as_of(stream, then.position()).await,
            None => users.load(stream).await,
        };
        let state = loaded.map_err(ActError::from)?.state;
        let called = of_user(door, &state).await?.or_erased(door, user).await?;
        self.0.insert(user, called.clone());
        Ok(called)
    }

    /// What whoever did something is called, a person of the account or not.
    pub(super) async fn of_actor(&mut self, door: &Door, actor: Option<&str>) -> Result<String, Refused> {
        match actor.and_then(|actor| actor.parse().ok()) {
            Some(user) => Ok(self.of(door, user).await?.shown(door)),
            None => Ok(actor_words(door, actor)),
        }
    }
}

/// Whoever acts without being a person of the account.
pub(super) fn actor_words(door: &Door, actor: Option<&str>) -> String {
    match actor {
        Some("anonymous") => door.frame.s("actor-anonymous"),
        Some("operator") => door.frame.s("actor-operator"),
        Some(other) if other.starts_with("system:") => door.frame.s("actor-system"),
        Some(other) => other.to_owned(),
        None => String::new(),
    }
}

/// The person whom somebody typed: an id, or an address.
pub(super) async fn find(door: &Door, typed: &str) -> Result<Option<UserId>, Refused> {
    let typed = typed.trim();
    if let Ok(user) = typed.parse::<UserId>() {
        return Ok(Some(user));
    }
    let keys = door.app.desk.vault().account_keys(door.account).await?;
    let index = keys.blind_index(typed).bytes();
    let owner = door.app.store().claim(door.account, "email", &index).await.map_err(ActError::from)?;
    Ok(owner.map(UserId::from_uuid))
}
