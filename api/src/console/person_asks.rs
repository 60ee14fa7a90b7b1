//! What is asked for one person, says first what it does, and may take a second owner: making them an owner,
//! handing ownership over to them, erasing them.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::account::{Consent, Gist, Guarded, GuardedAct};
use twofold_domain::ids::UserId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_infra::acts::{ActError, Circle, Consented, ErasePerson, RequestAct};
use twofold_projections::directory;

use super::close::{consent, takes};
use super::door::{Door, Me, Said};
use super::refused::Refused;
use super::{names, person};
use crate::extract::{Form, Path};
use crate::pages::account::Confirm;
use crate::pages::frame::Field;
use crate::pages::render;
use crate::problem::Problem;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ask {
    MakeOwner,
    Transfer,
    Erase,
}

/// Whose, and what.
#[derive(Deserialize)]
pub(super) struct Place {
    #[serde(rename = "slug")]
    _slug: String,
    user: UserId,
    ask: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decided {
    #[serde(rename = "version")]
    _version: u64,
    #[serde(default)]
    reason: String,
}

impl Ask {
    fn of(place: &Place) -> Result<Self, Refused> {
        match place.ask.as_str() {
            "make-owner" => Ok(Self::MakeOwner),
            "transfer-ownership" => Ok(Self::Transfer),
            "erase" => Ok(Self::Erase),
            _ => Err(Problem::not_found().into()),
        }
    }

    const fn deed(self, role: Role) -> Deed {
        match self {
            Self::MakeOwner | Self::Transfer => Deed::ChangeRole { from: role, to: Role::Owner },
            Self::Erase => Deed::Erase(role),
        }
    }

    /// What it comes down to, of this person, where it may take two.
    const fn gist(self, user: UserId) -> Gist {
        match self {
            Self::MakeOwner | Self::Transfer => Gist::ALWAYS.about(user),
            Self::Erase => Gist::of(Guarded::Erase).about(user),
        }
    }

    /// Title, button, and effects.
    const fn words(self) -> (&'static str, &'static str, &'static [&'static str]) {
        match self {
            Self::MakeOwner => {
                ("make-owner-title", "make-owner", &["effect-make-owner", "effect-role-sessions"])
            }
            Self::Transfer => (
                "transfer-title",
                "transfer",
                &["effect-transfer", "effect-transfer-you", "effect-role-sessions"],
            ),
            Self::Erase => {
                ("erase-title", "erase", &["effect-erase", "effect-erase-proofs", "effect-erase-final"])
            }
        }
    }
}

/// Says what it does.
pub(super) async fn ask(mut door: Door, Path(place): Path<Place>) -> Result<Response, Refused> {
    let (asked, me, called) = enter(&mut door, &place).await?;
    page(&door, &me, &place, asked, called, Field::default()).await
}

/// Asks for it.
pub(super) async fn decide(
    mut door: Door,
    Path(place): Path<Place>,
    Form(decided): Form<Decided>,
) -> Result<Response, Refused> {
    let (asked, me, called) = enter(&mut door, &place).await?;
    let circle = door.app.circle(door.account).await?;
    match carry(&door, &me, place.user, asked, &decided.reason, circle).await {
        Ok(Said::Waits) => Ok(door.go("approvals", Some(Said::Waits))),
        Ok(said) => Ok(door.go("people", Some(said))),
        Err(ActError::Field { .. }) => {
            let reason = Field { value: decided.reason, error: door.frame.s("reason-wrong") };
            let page = page(&door, &me, &place, asked, called, reason).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(door.refuse(error)),
    }
}

async fn carry(
    door: &Door,
    me: &Me,
    user: UserId,
    ask: Ask,
    reason: &str,
    circle: Circle,
) -> Result<Said, ActError> {
    let credential = me.credential.clone();
    let act = match ask {
        Ask::MakeOwner => GuardedAct::GrantOwner { user },
        Ask::Transfer => GuardedAct::TransferOwnership { from: me.principal.user, to: user },
        Ask::Erase => {
            let devices = directory::devices(door.app.store().views(), door.account, user).await?;
            let devices = devices.into_iter().map(|row| row.device_id).collect();
            let reason = Some(reason.to_owned());
            let act = ErasePerson { credential, user, devices, reason, circle };
            return Ok(match door.perform(act).await?.reply {
                Consented::Done(()) => Said::Erased,
                Consented::Waits(_) => Said::Waits,
            });
        }
    };
    door.perform(RequestAct { credential, act, reason: reason.to_owned(), circle }).await?;
    Ok(Said::Waits)
}

async fn enter(door: &mut Door, place: &Place) -> Result<(Ask, Me, String), Refused> {
    let asked = Ask::of(place)?;
    let (_, found) = person::enter(door, place.user).await?;
    door.back = action(door, place);
    let role = found.role().ok_or(ActError::UnknownUser)?;
    let me = door.enter(asked.deed(role)).await?;
    // Of somebody erased the directory must know every device that was ever seen with them.
    door.caught_up(directory::NAME).await?;
    let called = names::of_user(door, &found).await?.shown(door);
    Ok((asked, me, called))
}

fn action(door: &Door, place: &Place) -> String {
    door.path(&format!("people/{}/{}", place.user, place.ask))
}

async fn page(
    door: &Door,
    me: &Me,
    place: &Place,
    ask: Ask,
    called: String,
    reason: Field,
) -> Result<Response, Refused> {
    let (title, button, effects) = ask.words();
    let mut effects: Vec<String> = effects.iter().map(|key| door.frame.s(key)).collect();
    // Whoever only asks for it learns that before they do.
    let gist = ask.gist(place.user);
    let asks = consent(door, me, gist).await? != Consent::AtOnce;
    if asks {
        effects.push(takes(door, me, gist).await?);
    }
    Ok(render(&Confirm {
        f: door.frame.clone(),
        title,
        subject: called,
        effects,
        findings: None,
        hidden: vec![],
        action: action(door, place),
        version: 0,
        reason_asked: true,
        reason_needed: true,
        reason,
        button: if asks { "confirm-ask" } else { button },
        compromise: false,
        danger: ask == Ask::Erase,
        cancel: door.path(&format!("people/{}", place.user)),
    }))
}
