//! One's own profile: what one is called, in which language, at which address, and a new password.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::{
    ActError, Authenticate, CancelEmailChange, EditPerson, RequestEmailChange, RequestPasswordReset,
};

use super::door::{Door, Me, Said, redirect, with_query};
use super::people::may;
use super::policy_form::Typed;
use super::refused::Refused;
use crate::extract::Form;
use crate::pages::frame::{Field, Section, When};
use crate::pages::people::Profile;
use crate::pages::{Choice, Language, render};

/// Shows it.
pub(super) async fn show(mut door: Door) -> Result<Response, Refused> {
    let me = enter(&mut door, Deed::EditOwn).await?;
    Ok(page(&door, &me, &Typed::new(), ("", String::new())))
}

/// Does what one of its forms asks for.
pub(super) async fn change(mut door: Door, Form(typed): Form<Typed>) -> Result<Response, Refused> {
    let form = typed.get("form").map_or("", String::as_str).to_owned();
    let deed = if form == "email" { Deed::ChangeOwnEmail } else { Deed::EditOwn };
    let me = enter(&mut door, deed).await?;
    let (credential, user) = (me.credential.clone(), me.principal.user);
    let text = |field: &str| typed.get(field).cloned().unwrap_or_default();
    let done = match form.as_str() {
        "email" => {
            let (email, reason) = (text("email"), None);
            let circle = door.app.circle(door.account).await?;
            let act = RequestEmailChange { credential, user, email, reason, circle };
            door.perform(act).await.map(|_| Said::EmailAsked)
        }
        "keep-email" => {
            let act = CancelEmailChange { credential, user };
            door.perform(act).await.map(|_| Said::EmailKept)
        }
        "password" => {
            let act = RequestPasswordReset { email: me.email.clone() };
            door.perform(act).await.map(|_| Said::PasswordMailed)
        }
        _ => {
            let (name, language) = (Some(text("name")), Some(text("language")));
            let act = EditPerson { credential, user, seen: None, name, language, groups: None };
            door.perform(act).await.map(|_| Said::ProfileSaved)
        }
    };
    let wrong = match done {
        Ok(Said::ProfileSaved) => {
            // The pages follow at once.
            let language = Language::of_tag(&text("language")).unwrap_or(door.frame.language);
            let there = with_query(&door.path("profile"), [("said", Said::ProfileSaved.word())]);
            return Ok((door.cookies().language(language.tag()), redirect(&there)).into_response());
        }
        Ok(said) => return Ok(door.go("profile", Some(said))),
        Err(ActError::Field { field: "name", .. }) => ("name", door.frame.s("name-wrong")),
        Err(ActError::Field { field: "email", .. }) => ("email", door.frame.s("email-wrong")),
        Err(ActError::SameEmail) => ("email", door.frame.s("email-same")),
        Err(error) => return Err(door.refuse(error)),
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&door, &me, &typed, wrong)).into_response())
}

/// Chooses a language at the foot of a page: it is theirs in every browser, and in their letters. Who cannot change
/// what stands of them yet has it in this browser.
pub(super) async fn speak(door: Door, Form(choice): Form<Choice>) -> Result<Response, Refused> {
    let language = Language::of_tag(&choice.language).unwrap_or(door.frame.language);
    let there = door.go_on(choice.back.as_deref(), "security");
    let kept = (door.cookies().language(language.tag()), redirect(&there)).into_response();
    let Some(credential) = door.shown_session().cloned() else { return Ok(kept) };
    let ask = Authenticate { credential: credential.clone(), deed: Deed::EditOwn, counts_as_activity: true };
    let user = match door.perform(ask).await {
        Ok(done) => done.reply.user,
        Err(ActError::Denied(_) | ActError::Stale(_) | ActError::NotSignedIn) => return Ok(kept),
        Err(error) => return Err(door.refuse(error)),
    };
    let language = Some(language.tag().to_owned());
    let act = EditPerson { credential, user, seen: None, name: None, language, groups: None };
    door.perform(act).await.map_err(|error| door.refuse(error))?;
    Ok(kept)
}

async fn enter(door: &mut Door, deed: Deed) -> Result<Me, Refused> {
    door.back = door.path("profile");
    let me = door.enter(deed).await?;
    door.frame = door.frame.clone().section(Section::Profile);
    Ok(me)
}

fn page(door: &Door, me: &Me, typed: &Typed, (at, why): (&str, String)) -> Response {
    let field = |name: &str, known: &str| Field {
        value: typed.get(name).map_or(known, String::as_str).to_owned(),
        error: if at == name { why.clone() } else { String::new() },
    };
    let known = door.frame.person.as_ref().map_or("", |person| person.name.as_str());
    let language = typed.get("language").map_or(me.principal.who.language.as_str(), String::as_str);
    let waits = me.user.open_change(door.now()).and_then(|change| me.user.links.get(&change.link));
    let groups = me.user.groups.iter().filter_map(|group| door.state.groups.get(group)).map(String::as_str);
    render(&Profile {
        action: door.path("profile"),
        person: field("name", known),
        languages: door.spoken(language),
        address: me.email.clone(),
        email: field("email", ""),
        email_waits: waits.map(|link| When::from(link.expires_at)),
        password: me.user.may_reset_password(),
        groups: groups.collect::<Vec<_>>().join(", "),
        tokens: if may(me, Deed::ManageOwnTokens) { door.path("programs") } else { String::new() },
        security: door.path("security"),
        f: door.frame.clone(),
    })
}
