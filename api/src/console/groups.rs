//! Groups of people: made, renamed, deleted, and who is in them. Somebody is put into one on their own page.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::account::AccountError;
use twofold_domain::ids::{GroupId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_infra::acts::{ActError, ChangeGroup, GroupChange};
use twofold_projections::status::{self, person};

use super::door::{Door, Me, Said, with_query};
use super::names;
use super::people::{by_name, may};
use super::refused::Refused;
use crate::extract::{Form, Path};
use crate::pages::account::Confirm;
use crate::pages::frame::{Field, Section};
use crate::pages::people::{Group, Groups};
use crate::pages::render;
use crate::problem::Problem;

/// People of a group on its page; the list of people has the rest.
const SHOWN: u32 = 50;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    #[serde(default)]
    name: String,
}

/// All of them.
pub(super) async fn list(mut door: Door) -> Result<Response, Refused> {
    let me = enter(&mut door, Deed::ReadPeople, "people/groups").await?;
    all(&door, &me, Field::default()).await
}

/// Makes one.
pub(super) async fn make(mut door: Door, Form(named): Form<Named>) -> Result<Response, Refused> {
    let me = enter(&mut door, Deed::ManageGroups, "people/groups").await?;
    let (credential, group) = (me.credential.clone(), door.app.desk.mint().id());
    let change = GroupChange::Create(named.name.clone());
    match door.perform(ChangeGroup { credential, group, change }).await {
        Ok(_) => Ok(door.go("people/groups", Some(Said::GroupMade))),
        Err(error) => {
            let Some(error) = at_fault(&door, &error) else { return Err(door.refuse(error)) };
            let page = all(&door, &me, Field { value: named.name, error }).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// One of them, and who is in it.
pub(super) async fn show(
    mut door: Door,
    Path((_, group)): Path<(String, GroupId)>,
) -> Result<Response, Refused> {
    let me = enter(&mut door, Deed::ReadPeople, &format!("people/groups/{group}")).await?;
    one(&door, &me, group, None).await
}

/// Renames it.
pub(super) async fn rename(
    mut door: Door,
    Path((_, group)): Path<(String, GroupId)>,
    Form(named): Form<Named>,
) -> Result<Response, Refused> {
    let here = format!("people/groups/{group}");
    let me = enter(&mut door, Deed::ManageGroups, &here).await?;
    let (credential, change) = (me.credential.clone(), GroupChange::Rename(named.name.clone()));
    match door.perform(ChangeGroup { credential, group, change }).await {
        Ok(_) => Ok(door.go(&here, Some(Said::GroupRenamed))),
        Err(error) => {
            let Some(error) = at_fault(&door, &error) else { return Err(door.refuse(error)) };
            let page = one(&door, &me, group, Some(Field { value: named.name, error })).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// Says what deleting it does.
pub(super) async fn ask_to_delete(
    mut door: Door,
    Path((_, group)): Path<(String, GroupId)>,
) -> Result<Response, Refused> {
    let here = format!("people/groups/{group}");
    enter(&mut door, Deed::ManageGroups, &format!("{here}/delete")).await?;
    door.caught_up(status::NAME).await?;
    let people = counts(&door).await?.get(&group).copied().unwrap_or(0);
    let called = door.state.groups.get(&group).cloned().ok_or_else(Problem::not_found)?;
    let f = &door.frame;
    Ok(render(&Confirm {
        title: "group-delete-title",
        subject: called,
        effects: vec![f.n("effect-group-people", people), f.s("effect-group-stay"), f.s("effect-group-log")],
        findings: None,
        hidden: vec![],
        action: door.path(&format!("{here}/delete")),
        version: door.version,
        reason_asked: false,
        reason_needed: false,
        reason: Field::default(),
        button: "group-delete",
        compromise: false,
        danger: true,
        cancel: door.path(&here),
        f: f.clone(),
    }))
}

/// Deletes it. The people stay.
pub(super) async fn delete(
    mut door: Door,
    Path((_, group)): Path<(String, GroupId)>,
) -> Result<Response, Refused> {
    let me = enter(&mut door, Deed::ManageGroups, &format!("people/groups/{group}/delete")).await?;
    let act = ChangeGroup { credential: me.credential, group, change: GroupChange::Delete };
    match door.perform(act).await {
        Ok(_) => Ok(door.go("people/groups", Some(Said::GroupDeleted))),
        Err(error) => Err(door.refuse(error)),
    }
}

async fn enter(door: &mut Door, deed: Deed, here: &str) -> Result<Me, Refused> {
    door.back = door.path(here);
    let me = door.enter(deed).await?;
    door.frame = door.frame.clone().section(Section::People);
    Ok(me)
}

/// What is wrong with a name, where it is the name.
fn at_fault(door: &Door, error: &ActError) -> Option<String> {
    match error {
        ActError::Account(AccountError::BadName) => Some(door.frame.s("group-name-wrong")),
        ActError::Account(AccountError::GroupNameTaken) => Some(door.frame.s("group-name-taken")),
        ActError::Account(AccountError::TooManyGroups(most)) => Some(door.frame.n("group-too-many", most)),
        _ => None,
    }
}

async fn counts(door: &Door) -> Result<std::collections::BTreeMap<GroupId, u64>, Refused> {
    let counts = person::people_in_groups(door.app.store().views(), door.account).await;
    Ok(counts.map_err(ActError::from)?)
}

async fn all(door: &Door, me: &Me, name: Field) -> Result<Response, Refused> {
    door.caught_up(status::NAME).await?;
    let counts = counts(door).await?;
    let row = |(group, called): (GroupId, &str)| {
        let people = counts.get(&group).copied().unwrap_or(0);
        (called.to_owned(), people, door.path(&format!("people/groups/{group}")))
    };
    let make = may(me, Deed::ManageGroups);
    Ok(render(&Groups {
        f: door.frame.clone(),
        back: door.path("people"),
        make: if make { door.path("people/groups") } else { String::new() },
        naming: name,
        rows: by_name(&door.state).into_iter().map(row).collect(),
    }))
}

async fn one(door: &Door, me: &Me, group: GroupId, name: Option<Field>) -> Result<Response, Refused> {
    let called = door.state.groups.get(&group).cloned().ok_or_else(Problem::not_found)?;
    door.shows(me, Question::of(Matter::People).narrowed("group", Some(group))).await?;
    door.caught_up(status::NAME).await?;
    let people = counts(door).await?.get(&group).copied().unwrap_or(0);
    let views = door.app.store().views();
    let first = UserId::from_uuid(uuid::Uuid::nil());
    let rows =
        person::people(views, door.account, first, Some(group), SHOWN).await.map_err(ActError::from)?;
    let mut members = Vec::with_capacity(rows.len());
    for (user, person) in rows.iter().filter(|(user, _)| !user.erased) {
        let called = names::of_row(door, Some(person)).await?;
        let page = door.path(&format!("people/{}", user.user_id));
        members.push((called.shown(door), called.email, user.role.name(), page));
    }
    let manages = may(me, Deed::ManageGroups);
    let in_policy = door.state.names_group(group, door.now());
    let here = door.path(&format!("people/groups/{group}"));
    let more = people > members.len() as u64;
    Ok(render(&Group {
        f: door.frame.clone(),
        back: door.path("people/groups"),
        naming: name.unwrap_or_else(|| Field::of(called.clone())),
        called,
        rename: if manages { here.clone() } else { String::new() },
        delete: if manages && !in_policy { format!("{here}/delete") } else { String::new() },
        in_policy,
        people,
        members,
        more: if more {
            with_query(&door.path("people"), [("group", group.to_string().as_str())])
        } else {
            String::new()
        },
    }))
}
