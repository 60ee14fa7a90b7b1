//! The people of the account, and what is done for one of them.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures::StreamExt as _;
use serde::Deserialize;
use twofold_domain::ids::{StreamId, UserId};
use twofold_domain::permission::{Act as Deed, Need, need};
use twofold_domain::policy::Role;
use twofold_domain::status::Standing;
use twofold_infra::acts::{ActError, Consented, NewPerson, RegisterUser, Reset, ResetFactor, Unlock};
use twofold_projections::status::{self, AsOf, Line, Population, report};

use super::door::{Door, Me, Said, redirect, with_query};
use super::names::{self, Called};
use super::refused::Refused;
use super::words;
use crate::cursor::Cursor;
use crate::extract::{Form, Path, Query};
use crate::pages::account::{Confirm, Invite, People, PersonRow};
use crate::pages::frame::{Field, Section, Tone};
use crate::pages::{Language, render};

/// People on a page.
const ROWS: usize = 50;
/// The cursor's list.
const LIST: &str = "console/people";
/// Each role, as it is offered to whoever may give it.
const ROLES: [Role; 5] = [Role::EndUser, Role::Agent, Role::Auditor, Role::Admin, Role::Owner];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    q: Option<String>,
    after: Option<Cursor>,
    #[serde(rename = "said")]
    _said: Option<String>,
}

/// A page of them.
pub(super) async fn list(mut door: Door, Query(asked): Query<Asked>) -> Result<Response, Refused> {
    let me = door.enter(Deed::ReadPeople).await?;
    door.frame = door.frame.clone().section(Section::People);
    door.caught_up(status::NAME).await?;
    let mut after = match &asked.after {
        Some(cursor) => cursor.open::<UserId>(LIST)?,
        None => UserId::from_uuid(uuid::Uuid::nil()),
    };
    let query = asked.q.clone().unwrap_or_default();
    let wanted = query.trim().to_lowercase();
    let (views, now) = (door.app.store().views(), door.now());
    let as_of = AsOf { position: i64::MAX as u64, instant: now };
    let mut pages = std::pin::pin!(report::status_report(views, door.account, as_of, Population::Everyone));
    let mut rows: Vec<(UserId, PersonRow)> = Vec::new();
    'pages: while let Some(lines) = pages.next().await {
        let lines: Vec<Line> =
            lines.map_err(ActError::from)?.into_iter().filter(|l| l.user > after).collect();
        let Some(last) = lines.last().map(|line| line.user) else { continue };
        let people = report::names(views, door.account, after, last).await.map_err(ActError::from)?;
        for line in lines {
            let called = names::of_row(&door, people.get(&line.user)).await?;
            let matches = |text: &str| text.to_lowercase().contains(&wanted);
            if wanted.is_empty() || matches(&called.name) || matches(&called.email) {
                rows.push((line.user, row(&door, &me, &line, &called)));
            }
            if rows.len() > ROWS {
                break 'pages;
            }
        }
        after = last;
    }
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let next = match rows.last() {
        Some((last, _)) if more => {
            let cursor = Cursor::seal(LIST, last)?.to_string();
            with_query(&door.path("people"), [("q", query.as_str()), ("after", &cursor)])
        }
        _ => String::new(),
    };
    let may_invite = ROLES.into_iter().any(|role| may(&me, Deed::Register(role)));
    Ok(render(&People {
        f: door.frame.clone(),
        query,
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        next,
        invite: if may_invite { door.path("people/invite") } else { String::new() },
    }))
}

fn may(me: &Me, deed: Deed) -> bool {
    need(me.principal.role, deed) != Need::Never
}

fn row(door: &Door, me: &Me, line: &Line, called: &Called) -> PersonRow {
    let own = line.user == me.principal.user;
    let path = |act: &str| door.path(&format!("people/{}/{act}", line.user));
    let reset = !own && !line.factors.is_empty() && may(me, Deed::ResetFactor(line.role));
    let unlock = line.state == Standing::Locked && may(me, Deed::Unlock(line.role));
    let log = may(me, Deed::ReadAudit);
    PersonRow {
        name: called.shown(door),
        email: called.email.clone(),
        role: line.role.name(),
        state: words::standing_of(line),
        why: door.frame.s(words::rule(line.rule)),
        manage: if called.name.is_empty() {
            String::new()
        } else {
            door.path(&format!("people/{}", line.user))
        },
        href: if log {
            with_query(&door.path("log"), [("subject", called.email.as_str())])
        } else {
            String::new()
        },
        reset: if reset { path("reset") } else { String::new() },
        unlock: if unlock { path("unlock") } else { String::new() },
    }
}

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
        return Err(door.refuse(ActError::Denied(twofold_domain::permission::Denied::Role)));
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
        languages: door
            .frame
            .offered
            .iter()
            .map(|l| (l.tag(), l.own_name(), l.tag() == typed.language))
            .collect(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decided {
    version: u64,
    #[serde(default)]
    reason: String,
    /// Whether the factor may be in wrong hands.
    #[serde(default)]
    compromise: String,
    /// Confirmations of the account-wide switch carry more; these do not.
    #[serde(default, rename = "digest")]
    _digest: String,
}

/// Says what a reset of one person does.
pub(super) async fn ask_to_reset(
    door: Door,
    Path((_, user)): Path<(String, UserId)>,
) -> Result<Response, Refused> {
    ask(door, user, Help::Reset).await
}

/// Resets one person.
pub(super) async fn reset(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
    Form(decided): Form<Decided>,
) -> Result<Response, Refused> {
    let page = Subject::enter(&mut door, user, Help::Reset).await?;
    let (credential, reason) = (page.me.credential.clone(), decided.reason.clone());
    let circle = door.app.circle(door.account).await?;
    let compromise = !decided.compromise.is_empty();
    let act = ResetFactor { credential, user, reason, compromise, seen: Some(decided.version), circle };
    let done = door.perform(act).await.map(|done| done.reply);
    let said = match done {
        Ok(Consented::Waits(_)) => return Ok(door.go("approvals", Some(Said::Waits))),
        Ok(Consented::Done(Reset::Scheduled(_))) => Said::ResetLater,
        Ok(Consented::Done(Reset::Done)) | Err(_) => Said::WasReset,
    };
    after(door, &page, done.map(|_| ()), decided, said)
}

/// Says what an unlock does.
pub(super) async fn ask_to_unlock(
    door: Door,
    Path((_, user)): Path<(String, UserId)>,
) -> Result<Response, Refused> {
    ask(door, user, Help::Unlock).await
}

/// Lifts one person's locks.
pub(super) async fn unlock(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
    Form(decided): Form<Decided>,
) -> Result<Response, Refused> {
    let page = Subject::enter(&mut door, user, Help::Unlock).await?;
    let (credential, reason) = (page.me.credential.clone(), decided.reason.clone());
    let done = door.perform(Unlock { credential, user, reason }).await.map(|_| ());
    after(door, &page, done, decided, Said::Unlocked)
}

/// What staff can do for one person.
#[derive(Clone, Copy)]
enum Help {
    Reset,
    Unlock,
}

/// The person whom it is about, and who does it.
struct Subject {
    me: Me,
    called: Called,
    version: u64,
    /// Whether a reset holds at once, and a ticket can bind anew.
    team: bool,
    help: Help,
    action: String,
}

async fn ask(mut door: Door, user: UserId, help: Help) -> Result<Response, Refused> {
    let page = Subject::enter(&mut door, user, help).await?;
    Ok(page.confirm(&door, Field::default()))
}

fn after(
    mut door: Door,
    page: &Subject,
    done: Result<(), ActError>,
    decided: Decided,
    said: Said,
) -> Result<Response, Refused> {
    match done {
        Ok(()) => Ok(redirect(&with_query(&door.path("people"), [("said", said.word())]))),
        Err(ActError::Field { .. }) => {
            let reason = Field { value: decided.reason, error: door.frame.s("reason-wrong") };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page.confirm(&door, reason)).into_response())
        }
        Err(ActError::Outdated { .. }) => {
            let text = door.frame.s("changed-meanwhile");
            door.frame = door.frame.clone().notice(Tone::Warn, text);
            Ok((StatusCode::CONFLICT, page.confirm(&door, Field::of(decided.reason))).into_response())
        }
        Err(error) => Err(door.refuse(error)),
    }
}

impl Subject {
    async fn enter(door: &mut Door, user: UserId, help: Help) -> Result<Self, Refused> {
        let word = match help {
            Help::Reset => "reset",
            Help::Unlock => "unlock",
        };
        let action = door.path(&format!("people/{user}/{word}"));
        door.back.clone_from(&action);
        door.enter(Deed::ReadPeople).await?;
        let loaded = door.app.desk.log().users.load(StreamId::user(door.account, user)).await;
        let loaded = loaded.map_err(ActError::from)?;
        let Some(role) = loaded.state.role() else { return Err(ActError::UnknownUser.into()) };
        let deed = match help {
            Help::Reset => Deed::ResetFactor(role),
            Help::Unlock => Deed::Unlock(role),
        };
        let me = door.enter(deed).await?;
        door.frame = door.frame.clone().section(Section::People);
        let called = names::of_user(door, &loaded.state).await?;
        let team = !loaded.state.help_waits(door.now());
        Ok(Self { me, called, version: loaded.sequence, team, help, action })
    }

    fn confirm(&self, door: &Door, reason: Field) -> Response {
        let (title, button, effects): (_, _, &[&str]) = match self.help {
            Help::Reset => (
                "confirm-reset-title",
                "confirm-reset",
                &["effect-reset-factors", "effect-reset-again", "effect-reset-only", "effect-told"],
            ),
            Help::Unlock => {
                ("confirm-unlock-title", "confirm-unlock", &["effect-unlock", "effect-unlock-factors"])
            }
        };
        render(&Confirm {
            f: door.frame.clone(),
            title,
            subject: self.called.shown(door),
            effects: effects.iter().map(|key| door.frame.s(key)).collect(),
            findings: None,
            hidden: vec![],
            action: self.action.clone(),
            version: self.version,
            reason_asked: true,
            reason_needed: true,
            reason,
            button,
            compromise: matches!(self.help, Help::Reset) && self.team,
            danger: matches!(self.help, Help::Reset),
            cancel: door.path("people"),
        })
    }
}
