//! Inviting somebody.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::permission::{Act as Deed, Denied, Lack};
use twofold_domain::policy::Role;
use twofold_infra::acts::{ActError, NewPerson, RegisterUser};

use super::door::{Door, Me, Said};
use super::people::{ROLES, may};
use super::refused::Refused;
use crate::extract::Form;
use crate::pages::frame::{Field, Section};
use crate::pages::people::Invite;
use crate::pages::{Language, render};

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Invitation {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    language: String,
}

/// Asks whom to invite.
pub(super) async fn ask_to_invite(mut door: Door) -> Result<Response, Refused> {
    let roles = enter_to_invite(&mut door).await?.1;
    let language = door.state.settings.first_language().to_owned();
    Ok(invitation(
        &door,
        &roles,
        &Invitation { language, ..Invitation::default() },
        Field::default(),
        Field::default(),
    ))
}

/// Registers somebody and mails them a link.
pub(super) async fn invite(mut door: Door, Form(typed): Form<Invitation>) -> Result<Response, Refused> {
    door.back = door.path("people/invite");
    let (me, roles) = enter_to_invite(&mut door).await?;
    let Some(role) = roles.iter().copied().find(|role| role.name() == typed.role) else {
        return Err(door.refuse(ActError::Denied(Denied::Role(Lack::of(
            me.principal.role,
            Deed::Register(Role::Owner),
        )))));
    };
    let language = Language::of_tag(&typed.language).unwrap_or(door.frame.language);
    let person = NewPerson {
        user: door.app.desk.mint().id(),
        role,
        name: typed.name.clone(),
        email: typed.email.clone(),
        language: Some(language.tag().to_owned()),
    };
    let (mut name, mut email) = (Field::of(&typed.name), Field::of(&typed.email));
    match door.perform(RegisterUser { credential: me.credential, person }).await {
        Ok(_) => return Ok(door.go("people", Some(Said::Invited))),
        Err(ActError::Field { field: "name", .. }) => name.error = door.frame.s("name-wrong"),
        Err(ActError::Field { .. }) => email.error = door.frame.s("email-wrong"),
        Err(ActError::Taken(_)) => email.error = door.frame.s("email-taken"),
        Err(ActError::SomebodyElses(_)) => email.error = door.frame.s("email-kept"),
        Err(error) => return Err(door.refuse(error)),
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, invitation(&door, &roles, &typed, name, email)).into_response())
}

/// Whoever may register somebody, and the roles that they may give.
async fn enter_to_invite(door: &mut Door) -> Result<(Me, Vec<Role>), Refused> {
    let me = door.enter(Deed::ReadPeople).await?;
    let roles: Vec<Role> = ROLES.into_iter().filter(|role| may(&me, Deed::Register(*role))).collect();
    let some = roles.first().copied().unwrap_or(Role::EndUser);
    let me = door.enter(Deed::Register(some)).await?;
    door.frame = door.frame.clone().section(Section::People);
    Ok((me, roles))
}

fn invitation(door: &Door, roles: &[Role], typed: &Invitation, name: Field, email: Field) -> Response {
    render(&Invite {
        f: door.frame.clone(),
        action: door.path("people/invite"),
        cancel: door.path("people"),
        person: name,
        email,
        roles: roles.iter().map(|role| (role.name(), role.name() == typed.role)).collect(),
        languages: door.spoken(&typed.language),
    })
}
