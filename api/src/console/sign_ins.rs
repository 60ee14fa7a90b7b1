//! Why somebody was asked at a sign-in, or was not: one's own, or, for whoever may help them, somebody's.

use axum::response::Response;
use twofold_domain::device::{DeviceEvent, Why};
use twofold_domain::ids::UserId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::Matter;
use twofold_infra::acts::ActError;
use twofold_projections::audit;
use twofold_projections::directory::{self, DeviceRow};

use super::door::{Door, Me, with_query};
use super::names;
use super::people::may;
use super::person::{let_see_devices, load, shown};
use super::policy_form::Typed;
use super::refused::Refused;
use super::security::{called, devices};
use super::then::linked;
use crate::explained::{explained, sign_ins};
use crate::extract::{Path, Query};
use crate::pages::frame::{Section, When};
use crate::pages::render;
use crate::pages::sign_ins::{Reason, SignIn, SignIns, WhyAsked};
use crate::pages::then::Then;

/// Sign-ins on the page.
const SHOWN: u32 = 50;

/// Whose sign-ins, and what leads around them.
struct Whose {
    user: UserId,
    /// How they are called; empty where it is the reader.
    called: String,
    /// The page with their sign-ins.
    list: String,
    /// The page it is reached from.
    back: String,
    /// Whether the reader may open the log.
    log: bool,
}

/// One's own.
pub(super) async fn own(mut door: Door, Query(typed): Query<Typed>) -> Result<Response, Refused> {
    let whose = myself(&mut door).await?;
    let then = door.look_back(&typed, &whose.list).await?;
    list(&door, &whose, then).await
}

/// Why one of them went as it went.
pub(super) async fn own_why(
    mut door: Door,
    Path((_, position)): Path<(String, u64)>,
) -> Result<Response, Refused> {
    let whose = myself(&mut door).await?;
    why(&door, &whose, position).await
}

/// Somebody's.
pub(super) async fn of_person(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
    Query(typed): Query<Typed>,
) -> Result<Response, Refused> {
    let me = let_see_devices(&mut door, user, "sign-ins").await?;
    let list_path = door.path(&format!("people/{user}/sign-ins"));
    let then = door.look_back(&typed, &list_path).await?;
    let whose = somebody(&door, &me, user).await?;
    list(&door, &whose, then).await
}

/// Why one of theirs went as it went.
pub(super) async fn why_of_person(
    mut door: Door,
    Path((_, user, position)): Path<(String, UserId, u64)>,
) -> Result<Response, Refused> {
    let me = let_see_devices(&mut door, user, "sign-ins").await?;
    let whose = somebody(&door, &me, user).await?;
    why(&door, &whose, position).await
}

async fn myself(door: &mut Door) -> Result<Whose, Refused> {
    door.back = door.path("security/sign-ins");
    let me = door.enter(Deed::ReadOwn).await?;
    door.frame = door.frame.clone().section(Section::Own);
    Ok(Whose {
        user: me.principal.user,
        called: String::new(),
        list: door.path("security/sign-ins"),
        back: door.path("security"),
        log: may(&me, Deed::ReadAudit),
    })
}

async fn somebody(door: &Door, me: &Me, user: UserId) -> Result<Whose, Refused> {
    let person = load(door, user).await?;
    shown(door, me, user, Matter::SignIns).await?;
    Ok(Whose {
        user,
        called: names::of_user(door, &person).await?.shown(door),
        list: door.path(&format!("people/{user}/sign-ins")),
        back: door.path(&format!("people/{user}")),
        log: may(me, Deed::ReadAudit),
    })
}

async fn list(door: &Door, whose: &Whose, then: Then) -> Result<Response, Refused> {
    let f = &door.frame;
    let mut rows = vec![];
    let at = door.stands(&[audit::NAME]).await?;
    door.caught_up(directory::NAME).await?;
    let known = devices(door, whose.user).await?;
    for found in sign_ins(&door.app, &at, whose.user, None, SHOWN).await? {
        let DeviceEvent::SignInStarted { decision, reasons, at, .. } = &found.event else { continue };
        let words: Vec<String> = reasons.iter().map(|why| value(door, why.into())).collect();
        rows.push(SignIn {
            device: words_of(door, known.iter().find(|row| row.device_id == found.device)).await?,
            at: When::from(*at),
            decision: value(door, decision.into()),
            reasons: words.join(", "),
            why: format!("{}/{}", whose.list, found.position),
        });
    }
    let (called, back) = (whose.called.clone(), linked(&then, &whose.back));
    Ok(render(&SignIns { f: f.clone(), then, called, rows, back }))
}

async fn why(door: &Door, whose: &Whose, position: u64) -> Result<Response, Refused> {
    let at = door.stands(&[audit::NAME]).await?;
    let (_, device, found) = explained(&door.app, &at, whose.user, position).await?;
    let event = |event: Option<u64>| event.map(|number| (number, event_path(door, whose, number)));
    let told = found.told();
    let reasons = found.reasons.into_iter();
    Ok(render(&WhyAsked {
        f: door.frame.clone(),
        called: whose.called.clone(),
        device: device_words(door, device).await?,
        at: When::from(found.at),
        decision: value(door, found.decision.into()),
        method: told.map(|method| value(door, method)).unwrap_or_default(),
        reasons: reasons.map(|(why, cause)| reason(door, why, event(cause))).collect(),
        policy: event(found.policy),
        back: whose.list.clone(),
    }))
}

fn reason(door: &Door, why: Why, event: Option<(u64, String)>) -> Reason {
    Reason { words: value(door, why.into()), event }
}

/// The event in the log, for whoever may read it.
fn event_path(door: &Door, whose: &Whose, number: u64) -> String {
    let path = || with_query(&door.path("log"), [("event", number.to_string().as_str())]);
    if whose.log { path() } else { String::new() }
}

async fn device_words(door: &Door, device: twofold_domain::ids::DeviceId) -> Result<String, Refused> {
    door.caught_up(directory::NAME).await?;
    let views = door.app.store().views();
    let row = directory::device(views, door.account, device).await.map_err(ActError::from)?;
    words_of(door, row.as_ref()).await
}

async fn words_of(door: &Door, row: Option<&DeviceRow>) -> Result<String, Refused> {
    match row {
        Some(row) => called(door, row).await,
        None => Ok(door.frame.s("unknown-browser")),
    }
}

/// The words of one of the domain's values.
fn value(door: &Door, name: &'static str) -> String {
    door.frame.s(&format!("value-{}", name.replace('_', "-")))
}
