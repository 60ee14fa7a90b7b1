//! Groups of people: made, renamed, deleted, and who is in them. Somebody is put into one on their own page.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::account::AccountError;
use twofold_domain::ids::{GroupId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_infra::acts::{ActError, ChangeGroup, GroupChange};
use twofold_projections::audit::{self, names as names_then};
use twofold_projections::status::{self, person};

use super::door::{Door, Me, Said};
use super::names;
use super::people::{by_name, may};
use super::policy_form::Typed;
use super::refused::Refused;
use super::then::{linked, onward};
use crate::extract::{Form, Path, Query};
use crate::pages::account::Confirm;
use crate::pages::frame::{Field, Section};
use crate::pages::people::{Group, Groups};
use crate::pages::render;
use crate::pages::then::Then;
use crate::problem::Problem;

/// People looked at in one go.
const BATCH: u32 = 500;
/// Behind nobody.
const FIRST: UserId = UserId::from_uuid(uuid::Uuid::nil());
/// People of a group on its page; the list of people has the rest.
const SHOWN: u32 = 50;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    #[serde(default)]
    name: String,
}

/// All of them.
pub(super) async fn list(mut door: Door, Query(typed): Query<Typed>) -> Result<Response, Refused> {
    let me = enter(&mut door, Deed::ReadPeople, "people/groups").await?;
    door.caught_up(status::NAME).await?;
    let then = door.look_back(&typed, &door.path("people/groups")).await?;
    all(&door, &me, Field::default(), then).await
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
            let then = door.at_present("people/groups").await?;
            let page = all(&door, &me, Field { value: named.name, error }, then).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// One of them, and who is in it.
pub(super) async fn show(
    mut door: Door,
    Path((_, group)): Path<(String, GroupId)>,
    Query(typed): Query<Typed>,
) -> Result<Response, Refused> {
    let here = format!("people/groups/{group}");
    let me = enter(&mut door, Deed::ReadPeople, &here).await?;
    door.caught_up(status::NAME).await?;
    door.caught_up(audit::NAME).await?;
    let then = door.look_back(&typed, &door.path(&here)).await?;
    one(&door, &me, group, None, then).await
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
            let then = door.at_present(&here).await?;
            let page = one(&door, &me, group, Some(Field { value: named.name, error }), then).await?;
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

/// How many people each group has: of now as they are counted anyway, of the past one by one.
async fn counts(door: &Door) -> Result<BTreeMap<GroupId, u64>, Refused> {
    let views = door.app.store().views();
    let Some(then) = door.then else {
        let counts = person::people_in_groups(views, door.account).await;
        return Ok(counts.map_err(ActError::from)?);
    };
    let (mut counts, mut after) = (BTreeMap::new(), FIRST);
    loop {
        let batch = person::people_as_of(views, door.account, then.position(), after, None, BATCH).await;
        let batch = batch.map_err(ActError::from)?;
        let Some(last) = batch.last() else { return Ok(counts) };
        after = last.user_id;
        for group in batch.iter().filter(|user| !user.erased).flat_map(|user| &user.groups) {
            *counts.entry(*group).or_default() += 1;
        }
    }
}

async fn all(door: &Door, me: &Me, name: Field, then: Then) -> Result<Response, Refused> {
    door.caught_up(status::NAME).await?;
    let counts = counts(door).await?;
    let row = |(group, called): (GroupId, &str)| {
        let people = counts.get(&group).copied().unwrap_or(0);
        (called.to_owned(), people, linked(&then, &door.path(&format!("people/groups/{group}"))))
    };
    Ok(render(&Groups {
        f: door.frame.clone(),
        back: linked(&then, &door.path("people")),
        make: door.offer(may(me, Deed::ManageGroups), "people/groups"),
        naming: name,
        rows: by_name(&door.state).into_iter().map(row).collect(),
        then,
    }))
}

async fn one(
    door: &Door,
    me: &Me,
    group: GroupId,
    name: Option<Field>,
    then: Then,
) -> Result<Response, Refused> {
    let called = door.state.groups.get(&group).cloned().ok_or_else(Problem::not_found)?;
    let question = Question::of(Matter::People).narrowed("group", Some(group));
    door.shows(me, question.as_of(door.asked_at())).await?;
    door.caught_up(status::NAME).await?;
    door.caught_up(audit::NAME).await?;
    let people = counts(door).await?.get(&group).copied().unwrap_or(0);
    let views = door.app.store().views();
    let position = door.position();
    let rows = person::people_as_of(views, door.account, position, FIRST, Some(group), SHOWN).await;
    let rows = rows.map_err(ActError::from)?;
    let end = rows.last().map_or(FIRST, |last| last.user_id);
    let called_then = names_then::as_of(views, door.account, FIRST, end, position).await;
    let mut called_then = called_then.map_err(ActError::from)?;
    let mut members = Vec::with_capacity(rows.len());
    for user in rows.iter().filter(|user| !user.erased) {
        let called = names::of_borne(door, called_then.remove(&user.user_id)).await?;
        let called = called.or_erased(door, user.user_id).await?;
        let page = linked(&then, &door.path(&format!("people/{}", user.user_id)));
        members.push((called.shown(door), called.email, user.role.name(), page));
    }
    let manages = may(me, Deed::ManageGroups) && !door.is_past();
    let in_policy = door.state.names_group(group, door.now());
    let here = door.path(&format!("people/groups/{group}"));
    let more = people > members.len() as u64;
    Ok(render(&Group {
        f: door.frame.clone(),
        back: linked(&then, &door.path("people/groups")),
        naming: name.unwrap_or_else(|| Field::of(called.clone())),
        called,
        rename: if manages { here.clone() } else { String::new() },
        delete: if manages && !in_policy { format!("{here}/delete") } else { String::new() },
        in_policy,
        people,
        members,
        more: if more {
            onward(door, "people", [("group", group.to_string())], &then)
        } else {
            String::new()
        },
        then,
    }))
}
