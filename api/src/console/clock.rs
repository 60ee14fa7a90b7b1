//! The clock of a sandbox: shown, and set forwards.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::account::{AccountError, ClockKind, MAX_AHEAD};
use twofold_domain::permission::{Act as Deed, Denied, Lack};
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::acts::{ActError, SetClock};

use super::door::{Door, Me, Said};
use super::people::may;
use super::refused::Refused;
use crate::extract::Form;
use crate::layers::concern;
use crate::pages::frame::{Field, Section, When};
use crate::pages::render;
use crate::pages::settings::Clock;
use crate::problem::Problem;

/// What it is to show: an instant, or so much later.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Typed {
    #[serde(default)]
    day: String,
    #[serde(default)]
    time: String,
    /// In minutes.
    later: Option<u32>,
}

/// Shows it.
pub(super) async fn show(mut door: Door) -> Result<Response, Refused> {
    // Whoever set it forwards sees it, though what they proved before is long ago now.
    let me = enter(&mut door, Deed::ReadOwn).await?;
    if !may(&me, Deed::SetClock) {
        return Err(door.refuse(ActError::Denied(Denied::Role(Lack::of(me.principal.role, Deed::SetClock)))));
    }
    Ok(page(&door, None, String::new(), String::new()))
}

/// Sets it.
pub(super) async fn set(mut door: Door, Form(typed): Form<Typed>) -> Result<Response, Refused> {
    let me = enter(&mut door, Deed::SetClock).await?;
    let refused = |door: &Door, day: String, time: String| {
        let page = page(door, Some(&typed), day, time);
        (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
    };
    let to = match typed.later {
        Some(minutes) => door.now() + Span::minutes(minutes.into()),
        None => match instant(typed.day.trim(), typed.time.trim()) {
            Some(to) => to,
            None => return Ok(refused(&door, door.frame.s("as-of-wrong"), String::new())),
        },
    };
    match door.perform(SetClock { credential: me.credential, to }).await {
        Ok(_) => {
            door.app.concerns(door.account);
            Ok(door.go("clock", Some(Said::ClockSet)))
        }
        Err(ActError::Account(AccountError::ClockBackwards)) => {
            Ok(refused(&door, door.frame.s("clock-backwards"), String::new()))
        }
        Err(ActError::Account(AccountError::ClockTooFar)) => {
            Ok(refused(&door, door.frame.s("clock-too-far"), String::new()))
        }
        Err(error) => Err(door.refuse(error)),
    }
}

async fn enter(door: &mut Door, deed: Deed) -> Result<Me, Refused> {
    if door.state.clock() != ClockKind::Sandbox {
        return Err(Problem::not_found().into());
    }
    door.back = door.path("clock");
    let me = door.enter(deed).await?;
    door.frame = door.frame.clone().section(Section::Clock);
    Ok(me)
}

/// A day and a time of it, as a clock of the account's zone shows them; midnight, where no time is said.
fn instant(day: &str, time: &str) -> Option<Timestamp> {
    concern::zone().instant(day, if time.is_empty() { "00:00" } else { time })
}

fn page(door: &Door, typed: Option<&Typed>, day: String, time: String) -> Response {
    let now = When::from(door.now());
    let hour = now.plain.get(11..16).unwrap_or_default().to_owned();
    let (typed_day, typed_time) = match typed.filter(|typed| typed.later.is_none()) {
        Some(typed) => (typed.day.clone(), typed.time.clone()),
        None => (now.day.clone(), hour),
    };
    let latest = When::from(door.app.now() + MAX_AHEAD);
    render(&Clock {
        f: door.frame.clone(),
        action: door.path("clock"),
        now,
        day: Field { value: typed_day, error: day },
        time: Field { value: typed_time, error: time },
        latest: latest.day,
    })
}
