//! The devices and sessions of somebody, for whoever may help them.

use std::collections::BTreeMap;

use axum::response::Response;
use twofold_domain::ids::{DeviceId, SessionId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::Matter;
use twofold_infra::acts::{EndSession, Revocation, RevokeDevice};
use twofold_projections::directory;

use super::door::{Door, Me, Said};
use super::names;
use super::person::{let_see_devices, load, shown};
use super::policy_form::Typed;
use super::refused::Refused;
use super::security::{end_several, places, session_field};
use super::then::linked;
use crate::extract::{Form, Path, Query};
use crate::pages::frame::Section;
use crate::pages::{own, render};

/// The page.
pub(super) async fn show(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
    Query(typed): Query<Typed>,
) -> Result<Response, Refused> {
    let me = let_see_devices(&mut door, user, "devices").await?;
    door.caught_up(directory::NAME).await?;
    let then = door.look_back(&typed, &door.path(&format!("people/{user}/devices"))).await?;
    let person = load(&door, user).await?;
    shown(&door, &me, user, Matter::Devices).await?;
    let mine = Some(&me).filter(|me| me.principal.user == user);
    let page = own::DevicesOf {
        f: door.frame.clone(),
        called: names::of_user(&door, &person).await?.shown(&door),
        places: places(&door, &person, mine, &format!("people/{user}")).await?,
        back: linked(&then, &door.path(&format!("people/{user}"))),
        then,
    };
    Ok(render(&page))
}

/// Takes the trust of one of their devices back.
pub(super) async fn distrust(
    door: Door,
    Path((_, user, device)): Path<(String, UserId, DeviceId)>,
) -> Result<Response, Refused> {
    revoke(door, user, device, Revocation::Distrust, Said::Distrusted).await
}

/// Reports one of their devices lost.
pub(super) async fn lost(
    door: Door,
    Path((_, user, device)): Path<(String, UserId, DeviceId)>,
) -> Result<Response, Refused> {
    revoke(door, user, device, Revocation::Lost, Said::Lost).await
}

async fn revoke(
    mut door: Door,
    user: UserId,
    device: DeviceId,
    revocation: Revocation,
    said: Said,
) -> Result<Response, Refused> {
    let me = enter(&mut door, user).await?;
    let done = door.perform(RevokeDevice { credential: me.credential, device, revocation }).await;
    done.map_err(|error| door.refuse(error))?;
    Ok(back(&door, user, said))
}

/// Ends one of their sessions.
pub(super) async fn end(
    mut door: Door,
    Path((_, user, device, session)): Path<(String, UserId, DeviceId, SessionId)>,
) -> Result<Response, Refused> {
    let me = enter(&mut door, user).await?;
    let done = door.perform(EndSession { credential: me.credential, device, session }).await;
    done.map_err(|error| door.refuse(error))?;
    Ok(back(&door, user, Said::Ended))
}

/// Ends those of their sessions that were ticked.
pub(super) async fn end_chosen(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
    Form(ticked): Form<BTreeMap<String, String>>,
) -> Result<Response, Refused> {
    let me = enter(&mut door, user).await?;
    end_several(&door, &me, user, |session| ticked.contains_key(&session_field(session))).await?;
    Ok(back(&door, user, Said::SeveralEnded))
}

/// Ends every session but the reader's own, where it is among them.
pub(super) async fn end_others(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
) -> Result<Response, Refused> {
    let me = enter(&mut door, user).await?;
    end_several(&door, &me, user, |session| session != me.principal.session_id).await?;
    Ok(back(&door, user, Said::OthersEnded))
}

/// Ends all of them.
pub(super) async fn end_all(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
) -> Result<Response, Refused> {
    let me = enter(&mut door, user).await?;
    end_several(&door, &me, user, |_| true).await?;
    Ok(back(&door, user, Said::SeveralEnded))
}

async fn enter(door: &mut Door, user: UserId) -> Result<Me, Refused> {
    door.back = door.path(&format!("people/{user}/devices"));
    let me = door.enter(Deed::ReadPeople).await?;
    door.frame = door.frame.clone().section(Section::People);
    Ok(me)
}

fn back(door: &Door, user: UserId, said: Said) -> Response {
    door.go(&format!("people/{user}/devices"), Some(said))
}
