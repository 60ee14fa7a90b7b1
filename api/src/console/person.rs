//! One person's page: what stands of them, and what staff does about it. Which forms are offered, the table of
//! permissions says; whether one is granted, the act.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use twofold_domain::account::{AccountError, Place, PolicyError};
use twofold_domain::ids::{GroupId, StreamId, UserId};
use twofold_domain::permission::{Act as Deed, Denied, Lack, Need, need};
use twofold_domain::policy::Role;
use twofold_domain::reading::{Matter, Question};
use twofold_domain::user::{User, UserError};
use twofold_infra::acts::{
    ActError, CancelEmailChange, ChangeRole, Circle, Consented, Deactivate, EditPerson, InviteAgain,
    LinkProvider, Reactivate, RequestEmailChange, UnlinkProvider, Whose,
};

use super::door::{Door, Me, Said};
use super::people::{by_name, may};
use super::place::asks;
use super::policy_form::Typed;
use super::refused::Refused;
use super::{helped, names};
use crate::extract::{Form, Path, Query};
use crate::pages::frame::{Field, Section};
use crate::pages::people::{Choice, Person};
use crate::pages::render;
use crate::pages::then::Then;

/// What somebody typed into one of the page's forms, and what its fields have to say about it.
#[derive(Default)]
struct Filled {
    typed: Typed,
    wrong: Vec<(&'static str, String)>,
}

impl Filled {
    /// Which of the page's forms: `edit`, `email`, `role`, `link`, `unlink`, `invite`, `deactivate`, `reactivate`.
    fn name(&self) -> &str {
        self.text("form")
    }

    fn text(&self, field: &str) -> &str {
        self.typed.get(field).map_or("", String::as_str)
    }

    /// A field of one of the forms: as it was typed there, or as it is known.
    fn field(&self, form: &str, field: &str, known: &str) -> Field {
        let here = self.name() == form;
        Field {
            value: if here { self.text(field) } else { known }.to_owned(),
            error: if here { self.wrong(field) } else { String::new() },
        }
    }

    fn wrong(&self, field: &str) -> String {
        self.wrong.iter().find(|(at, _)| *at == field).map_or_else(String::new, |(_, why)| why.clone())
    }
}

/// Shows them.
pub(super) async fn show(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
    Query(typed): Query<Typed>,
) -> Result<Response, Refused> {
    let me = let_in(&mut door, user).await?;
    let here = door.path(&format!("people/{user}"));
    let then = door.look_back(&typed, &here).await?;
    let person = load(&door, user).await?;
    shown(&door, &me, user, Matter::Person).await?;
    page(&door, &me, user, &person, &Filled::default(), then).await
}

/// Does what one of its forms asks for.
pub(super) async fn change(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    let (me, person) = enter(&mut door, user).await?;
    let mut form = Filled { typed, wrong: vec![] };
    if let Some(to) = place(&door, &person, &form)
        && let Some(asked) = asks(&door, &me, (user, &person), &to, &form.typed).await?
    {
        return Ok(asked);
    }
    let circle = match form.name() {
        "email" | "role" | "link" | "deactivate" => door.app.circle(door.account).await?,
        _ => Circle::default(),
    };
    match act(&door, &me, user, &form, circle).await {
        Ok(Said::Waits) => return Ok(door.go("approvals", Some(Said::Waits))),
        Ok(said) => return Ok(door.go(&format!("people/{user}"), Some(said))),
        Err(error) => match at_fault(&door, &form, &error) {
            Some(wrong) => form.wrong.push(wrong),
            None => return Err(door.refuse(error)),
        },
    }
    let then = door.at_present(&format!("people/{user}")).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&door, &me, user, &person, &form, then).await?)
        .into_response())
}

/// Where a form puts somebody, where it does.
fn place(door: &Door, person: &User, form: &Filled) -> Option<Place> {
    let held = Place::of(person)?;
    match form.name() {
        "edit" => Some(Place { groups: ticked(door, form), ..held }),
        "role" => Some(Place { role: named(form)?, ..held }),
        _ => None,
    }
}

fn ticked(door: &Door, form: &Filled) -> BTreeSet<GroupId> {
    let ticked = |group: &GroupId| form.typed.contains_key(&group_field(*group));
    door.state.groups.keys().copied().filter(ticked).collect()
}

fn named(form: &Filled) -> Option<Role> {
    Role::ALL.into_iter().find(|role| role.name() == form.text("role"))
}

async fn act(door: &Door, me: &Me, user: UserId, form: &Filled, circle: Circle) -> Result<Said, ActError> {
    let credential = me.credential.clone();
    let text = |field: &str| form.text(field).to_owned();
    let why = |field: &str| Some(text(field)).filter(|reason| !reason.trim().is_empty());
    Ok(match form.name() {
        "edit" => {
            let (name, language) = (Some(text("name")), Some(text("language")));
            let groups = Some(ticked(door, form));
            let act = EditPerson { credential, user, seen: None, name, language, groups };
            door.perform(act).await?;
            Said::PersonSaved
        }
        "email" => {
            let (email, reason) = (text("email"), why("why_email"));
            let act = RequestEmailChange { credential, user, email, reason, circle };
            match door.perform(act).await?.reply {
                Consented::Done(_) => Said::EmailAsked,
                Consented::Waits(_) => Said::Waits,
            }
        }
        "keep-email" => {
            door.perform(CancelEmailChange { credential, user }).await?;
            Said::Cancelled
        }
        "role" => {
            let role = named(form).ok_or_else(|| {
                let deed = Deed::change_role(Role::EndUser, Role::Owner);
                ActError::Denied(Denied::Role(Lack::of(me.principal.role, deed)))
            })?;
            let act = ChangeRole { credential, user, role, reason: why("why"), circle };
            waits_or(door.perform(act).await?.reply, Said::RoleChanged)
        }
        "link" => {
            let (provider, subject) = (text("provider").trim().to_lowercase(), text("subject"));
            let reason = why("why_link");
            let act = LinkProvider { credential, user, provider, subject, reason, circle };
            match door.perform(act).await?.reply {
                Consented::Done(()) => Said::Linked,
                Consented::Waits(_) => Said::Waits,
            }
        }
        "unlink" => {
            door.perform(UnlinkProvider { credential, user, provider: text("provider") }).await?;
            Said::Unlinked
        }
        "invite" => {
            door.perform(InviteAgain { credential, user }).await?;
            Said::Invited
        }
        "deactivate" => {
            let reason = why("reason");
            waits_or(
                door.perform(Deactivate { credential, user, reason, circle }).await?.reply,
                Said::Deactivated,
            )
        }
        _ => {
            door.perform(Reactivate { credential, user }).await?;
            Said::Reactivated
        }
    })
}

/// What is said of an act that may take two.
const fn waits_or(came: Consented<()>, done: Said) -> Said {
    match came {
        Consented::Done(()) => done,
        Consented::Waits(_) => Said::Waits,
    }
}

/// The field that an act refused, and what is wrong with it.
fn at_fault(door: &Door, form: &Filled, error: &ActError) -> Option<(&'static str, String)> {
    let say = |key: &str| door.frame.s(key);
    Some(match error {
        ActError::Field { field: "name", .. } => ("name", say("name-wrong")),
        ActError::Field { field: "email", .. } => ("email", say("email-wrong")),
        ActError::SameEmail => ("email", say("email-same")),
        ActError::SomebodyElses(Whose::Has(_)) => ("email", say("email-taken-fix")),
        ActError::SomebodyElses(Whose::KeptFor(_)) => ("email", say("email-kept")),
        ActError::Field { field: "reason", .. } => {
            let field = match form.name() {
                "email" => "why_email",
                "link" => "why_link",
                _ => "reason",
            };
            (field, say("reason-wrong"))
        }
        ActError::Field { field: "subject", .. } => ("subject", say("subject-wrong")),
        ActError::Field { field: "groups", .. } => ("groups", say("groups-gone")),
        ActError::Account(AccountError::Demand(PolicyError::BelowFloor { .. })) if form.name() == "edit" => {
            ("groups", say("groups-below-floor"))
        }
        ActError::User(UserError::TooManyGroups(most)) => ("groups", door.frame.n("groups-too-many", most)),
        ActError::User(UserError::BadProvider) => ("provider", say("provider-wrong")),
        ActError::User(UserError::ProviderLinked) => ("provider", say("provider-linked")),
        ActError::User(UserError::TooManyProviders(most)) => {
            ("provider", door.frame.n("provider-too-many", most))
        }
        ActError::Taken(_) if form.name() == "link" => ("subject", say("subject-taken")),
        _ => return None,
    })
}

/// Lets in whoever may see them, and loads them; somebody who was erased is not there any more.
pub(super) async fn enter(door: &mut Door, user: UserId) -> Result<(Me, User), Refused> {
    let (me, person) = come_to(door, user).await?;
    shown(door, &me, user, Matter::Person).await?;
    Ok((me, person))
}

async fn come_to(door: &mut Door, user: UserId) -> Result<(Me, User), Refused> {
    let me = let_in(door, user).await?;
    let person = load(door, user).await?;
    Ok((me, person))
}

async fn let_in(door: &mut Door, user: UserId) -> Result<Me, Refused> {
    door.back = door.path(&format!("people/{user}"));
    let me = door.enter(Deed::ReadPeople).await?;
    door.frame = door.frame.clone().section(Section::People);
    Ok(me)
}

/// The person, as of now or of then.
pub(super) async fn load(door: &Door, user: UserId) -> Result<User, Refused> {
    let (users, stream) = (&door.app.desk.log().users, StreamId::user(door.account, user));
    let loaded = match door.then {
        Some(then) => users.load_as_of(stream, then.position()).await,
        None => users.load(stream).await,
    };
    let person = loaded.map_err(ActError::from)?.state;
    if person.who().is_none() || person.erased {
        return Err(ActError::UnknownUser.into());
    }
    Ok(std::sync::Arc::unwrap_or_clone(person))
}

/// Lets in whoever may see somebody's devices, as they are now, to one of their pages.
pub(super) async fn let_see_devices(door: &mut Door, user: UserId, page: &str) -> Result<Me, Refused> {
    let (_, person) = come_to(door, user).await?;
    door.back = door.path(&format!("people/{user}/{page}"));
    let role = person.role().ok_or(ActError::UnknownUser)?;
    door.enter(Deed::ReadDevices(role)).await
}

/// What is somebody's own is shown without a record.
pub(super) async fn shown(door: &Door, me: &Me, user: UserId, matter: Matter) -> Result<(), Refused> {
    if user == me.principal.user {
        return Ok(());
    }
    let then = door.asked_at();
    door.shows(me, Question::of(matter).about(user).as_of(then)).await
}

fn group_field(group: GroupId) -> String {
    format!("group_{group}")
}

/// What else there is to know about somebody: what is not proved yet, and what is only claimed.
fn facts(door: &Door, person: &User) -> Vec<String> {
    let factors = person.enrolled(door.state.generation).map(|enrolled| enrolled.factors.values());
    let claimed = factors.is_some_and(|mut factors| factors.any(|factor| factor.claimed));
    [
        (!person.email_verified, "unverified"),
        (person.welcome().is_some() && person.providers.is_empty(), "fact-no-password"),
        (person.password.is_some_and(|password| password.claimed), "fact-password-claimed"),
        (claimed, "fact-factor-claimed"),
    ]
    .into_iter()
    .filter(|(holds, _)| *holds)
    .map(|(_, key)| door.frame.s(key))
    .collect()
}

async fn page(
    door: &Door,
    me: &Me,
    user: UserId,
    person: &User,
    form: &Filled,
    then: Then,
) -> Result<Response, Refused> {
    // In the past nothing is done.
    let may = |me: &Me, deed| !door.is_past() && may(me, deed);
    let called = names::of_user(door, person).await?.or_erased(door, user).await?;
    let who = person.who().ok_or(ActError::UnknownUser)?;
    let (role, f) = (who.role, &door.frame);
    let own = user == me.principal.user;
    let edits = may(me, Deed::EditPerson(role)) && !person.deactivated;
    let offer = |yes: bool, act: &str| {
        if yes { door.path(&format!("people/{user}/{act}")) } else { String::new() }
    };
    let gives = |to: &Role| {
        if door.is_past() {
            return false;
        }
        let deed = Deed::ChangeRole { from: role, to: *to };
        let to_owner = role != Role::Owner && *to == Role::Owner;
        *to == role || (!to_owner && need(me.principal.role, deed) != Need::Never)
    };
    let roles: Vec<(&'static str, bool)> =
        Role::ALL.into_iter().filter(gives).map(|to| (to.name(), to == role)).collect();
    let to_owner = may(me, Deed::ChangeRole { from: role, to: Role::Owner });
    let owner = !own && !person.deactivated && role != Role::Owner && to_owner;
    let edited = form.name() == "edit";
    let group = |(id, name): (GroupId, &str)| Choice {
        value: group_field(id),
        text: name.to_owned(),
        chosen: if edited { form.typed.contains_key(&group_field(id)) } else { person.groups.contains(&id) },
    };
    let groups: Vec<Choice> = by_name(&door.state).into_iter().map(group).collect();
    let inside = groups.iter().filter(|group| group.chosen).map(|group| group.text.as_str());
    let language = if edited { form.text("language") } else { &who.language };
    let asked = match person.open_change(door.now()) {
        Some(change) => door.app.desk.vault().unseal(door.account, user, &change.email).await?,
        None => None,
    };
    Ok(render(&Person {
        action: door.path(&format!("people/{user}")),
        back: door.path("people"),
        called: called.shown(door),
        address: called.email.clone(),
        role: role.name(),
        facts: facts(door, person),
        edits,
        person: form.field("edit", "name", &called.name),
        languages: door.spoken(language),
        in_groups: inside.collect::<Vec<_>>().join(", "),
        groups_wrong: form.wrong("groups"),
        groups,
        email: form.field("email", "email", ""),
        takes_two: role == Role::Owner,
        why_email: form.field("email", "why_email", ""),
        why_link: form.field("link", "why_link", ""),
        email_asked: asked.map_or_else(String::new, |email| email.as_str().to_owned()),
        roles: if roles.len() > 1 && !person.deactivated { roles } else { vec![] },
        make_owner: offer(owner, "make-owner"),
        transfer: offer(owner, "transfer-ownership"),
        providers: person.providers.keys().cloned().collect(),
        provider: form.field("link", "provider", ""),
        subject: form.field("link", "subject", ""),
        invites: edits && person.providers.is_empty() && person.welcome().is_some(),
        role_takes_two: role == Role::Owner,
        why: form.field("role", "why", ""),
        deactivates: !own && may(me, Deed::Deactivate(role)) && !person.deactivated,
        reactivates: !own && may(me, Deed::Deactivate(role)) && person.deactivated,
        reason: form.field("deactivate", "reason", ""),
        help: helped::help(door, me, user, person, role).await?,
        messages: offer(may(me, Deed::ReadDevices(role)), "messages"),
        erase: offer(!own && may(me, Deed::Erase(role)), "erase"),
        then,
        f: f.clone(),
    }))
}
