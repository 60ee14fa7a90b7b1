//! What staff does for one person who cannot get in: a reset, an unlock.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::ids::{StreamId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::{ActError, Consented, Reset, ResetFactor, Unlock};

use super::door::{Door, Me, Said, redirect, with_query};
use super::names::{self, Called};
use super::refused::Refused;
use crate::extract::{Form, Path};
use crate::pages::account::Confirm;
use crate::pages::frame::{Field, Section, Tone};
use crate::pages::render;

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
    /// Their page.
    person: String,
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
        Ok(()) => Ok(redirect(&with_query(&page.person, [("said", said.word())]))),
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
        let person = door.path(&format!("people/{user}"));
        Ok(Self { me, called, version: loaded.sequence, team, help, action, person })
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
            cancel: self.person.clone(),
        })
    }
}
