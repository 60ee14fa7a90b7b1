//! One person's page: what stands of them, and what staff does about it. Which forms are offered, the table of
//! permissions says; whether one is granted, the act.

use std::collections::BTreeSet;

use axum::response::Response;
use serde::Deserialize;
use twofold_domain::ids::{GroupId, StreamId, UserId};
use twofold_domain::permission::{Act as Deed, Need, need};
use twofold_domain::policy::Role;
use twofold_domain::user::User;
use twofold_infra::acts::{
    ActError, ChangeRole, Deactivate, EditPerson, InviteAgain, Reactivate, RequestEmailChange,
};
use twofold_projections::status::user_status;

use super::door::{Door, Me, Said};
use super::names;
use super::refused::Refused;
use crate::extract::{Form, Path};
use crate::pages::account::Person;
use crate::pages::frame::{Field, Section};
use crate::pages::{Language, render};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Changed {
    /// `edit`, `email`, `role`, `invite`, `deactivate`, `reactivate`: which of the page's forms.
    form: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    language: String,
    /// Names with `;` between.
    #[serde(default)]
    groups: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    reason: String,
}

/// What a form's fields have to say about it.
#[derive(Default)]
struct Wrong {
    name: String,
    groups: String,
    email: String,
    reason: String,
}

/// Shows them.
pub(super) async fn show(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
) -> Result<Response, Refused> {
    let (me, person) = enter(&mut door, user).await?;
    page(&door, &me, user, &person, None, Wrong::default()).await
}

/// Does what one of its forms asks for.
pub(super) async fn change(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
    Form(changed): Form<Changed>,
) -> Result<Response, Refused> {
    let (me, person) = enter(&mut door, user).await?;
    let credential = me.credential.clone();
    let mut wrong = Wrong::default();
    let (done, said) = match changed.form.as_str() {
        "edit" => {
            let Some(groups) = named(&door, &changed.groups) else {
                wrong.groups = door.frame.s("groups-wrong");
                return page(&door, &me, user, &person, Some(&changed), wrong).await;
            };
            let (name, language) = (Some(changed.name.clone()), Some(changed.language.clone()));
            let act = EditPerson { credential, user, seen: None, name, language, groups: Some(groups) };
            (door.perform(act).await.map(|_| ()), Said::Saved)
        }
        "email" => {
            let act = RequestEmailChange { credential, user, email: changed.email.clone() };
            (door.perform(act).await.map(|_| ()), Said::EmailAsked)
        }
        "role" => {
            let Some(role) = Role::ALL.into_iter().find(|role| role.name() == changed.role) else {
                return Err(door.refuse(ActError::Denied(twofold_domain::permission::Denied::Role)));
            };
            let act = ChangeRole { credential, user, role, owners: owners(&door).await? };
            (door.perform(act).await.map(|_| ()), Said::RoleChanged)
        }
        "invite" => (door.perform(InviteAgain { credential, user }).await.map(|_| ()), Said::Invited),
        "deactivate" => {
            let reason = Some(changed.reason.clone()).filter(|reason| !reason.trim().is_empty());
            let act = Deactivate { credential, user, reason, owners: owners(&door).await? };
            (door.perform(act).await.map(|_| ()), Said::Deactivated)
        }
        _ => (door.perform(Reactivate { credential, user }).await.map(|_| ()), Said::Reactivated),
    };
    match done {
        Ok(()) => return Ok(door.go(&format!("people/{user}"), Some(said))),
        Err(ActError::Field { field: "name", .. }) => wrong.name = door.frame.s("name-wrong"),
        Err(ActError::Field { field: "email", .. }) => wrong.email = door.frame.s("email-wrong"),
        Err(ActError::Field { field: "reason", .. }) => wrong.reason = door.frame.s("reason-wrong"),
        Err(error) => return Err(door.refuse(error)),
    }
    page(&door, &me, user, &person, Some(&changed), wrong).await
}

async fn enter(door: &mut Door, user: UserId) -> Result<(Me, User), Refused> {
    door.back = door.path(&format!("people/{user}"));
    let me = door.enter(Deed::ReadPeople).await?;
    door.frame = door.frame.clone().section(Section::People);
    let loaded = door.app.desk.log().users.load(StreamId::user(door.account, user)).await;
    let person = loaded.map_err(ActError::from)?.state;
    if person.who().is_none() || person.erased {
        return Err(ActError::UnknownUser.into());
    }
    Ok((me, std::sync::Arc::unwrap_or_clone(person)))
}

async fn owners(door: &Door) -> Result<Vec<UserId>, Refused> {
    Ok(user_status::owners(door.app.store().views(), door.account).await.map_err(ActError::from)?)
}

/// The groups of these names; nothing if one is not there.
fn named(door: &Door, text: &str) -> Option<BTreeSet<GroupId>> {
    let names = text.split(';').map(str::trim).filter(|name| !name.is_empty());
    let find = |name: &str| {
        let same = |known: &String| known.to_lowercase() == name.to_lowercase();
        door.state.groups.iter().find(|(_, known)| same(known)).map(|(id, _)| *id)
    };
    names.map(find).collect()
}

async fn page(
    door: &Door,
    me: &Me,
    user: UserId,
    person: &User,
    typed: Option<&Changed>,
    wrong: Wrong,
) -> Result<Response, Refused> {
    let called = names::of_user(door, person).await?;
    let who = person.who().ok_or(ActError::UnknownUser)?;
    let role = who.role;
    let may = |deed| need(me.principal.role, deed) != Need::Never;
    let edits = may(Deed::EditPerson(role)) && !person.deactivated;
    let of = |form: &str| typed.filter(|typed| typed.form == form);
    let groups: Vec<&str> =
        person.groups.iter().filter_map(|id| door.state.groups.get(id)).map(String::as_str).collect();
    let field = |value: Option<&String>, known: String, error: &str| Field {
        value: value.cloned().unwrap_or(known),
        error: error.to_owned(),
    };
    let gives = |to: &Role| {
        let deed = Deed::ChangeRole { from: role, to: *to };
        *to == role || matches!(need(me.principal.role, deed), Need::Session | Need::StepUp)
    };
    let roles: Vec<(&'static str, bool)> =
        Role::ALL.into_iter().filter(gives).map(|to| (to.name(), to == role)).collect();
    let language = of("edit").map_or(&who.language, |typed| &typed.language);
    let acts = |deed: bool| deed && user != me.principal.user;
    Ok(render(&Person {
        f: door.frame.clone(),
        action: door.path(&format!("people/{user}")),
        back: door.path("people"),
        called: called.shown(door),
        address: called.email.clone(),
        role: role.name(),
        verified: person.email_verified,
        providers: person.providers.keys().cloned().collect(),
        edits,
        person: field(of("edit").map(|t| &t.name), called.name.clone(), &wrong.name),
        languages: Language::ALL
            .into_iter()
            .filter(|l| l.tag() == language || door.frame.offered.contains(l))
            .map(|l| (l.tag(), l.own_name(), l.tag() == language))
            .collect(),
        groups: field(of("edit").map(|t| &t.groups), groups.join("; "), &wrong.groups),
        known_groups: door.state.groups.values().cloned().collect(),
        email: field(of("email").map(|t| &t.email), String::new(), &wrong.email),
        roles: if roles.len() > 1 && !person.deactivated { roles } else { vec![] },
        invites: edits && person.providers.is_empty() && person.welcome().is_some(),
        deactivates: acts(may(Deed::Deactivate(role))) && !person.deactivated,
        reactivates: acts(may(Deed::Deactivate(role))) && person.deactivated,
        reason: field(of("deactivate").map(|t| &t.reason), String::new(), &wrong.reason),
    }))
}
