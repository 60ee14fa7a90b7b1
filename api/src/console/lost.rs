//! "Lost your device?" before a challenge: a code by mail, and with it a wait begins.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::device::DeviceError;
use twofold_domain::ids::SignInId;
use twofold_domain::sign_in::Pleaded;
use twofold_domain::time::Timestamp;
use twofold_domain::user::UserError;
use twofold_infra::acts::{ActError, AskedBack, ConfirmWayBack, DeviceCredential, RequestWayBack, Way};
use twofold_infra::verify::code::MailedCode;

use super::door::{Door, Said, redirect, with_query};
use super::refused::Refused;
use super::typed::Typed;
use crate::extract::{Form, Query};
use crate::pages::entry::Lost;
use crate::pages::frame::{Field, Tone};
use crate::pages::render;

/// The attempt that waits for its second factor.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    sign_in: String,
}

/// What was sent: nothing asks for a code by mail, a code shows it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sent {
    #[serde(default)]
    sign_in: String,
    #[serde(default)]
    step: String,
    #[serde(default)]
    code: Typed,
}

/// Where somebody stands.
enum Step {
    Ask,
    Mailed(Field),
    Waits(Timestamp),
}

/// Says what comes next. Records nothing.
pub(super) async fn show(door: Door, Query(asked): Query<Asked>) -> Result<Response, Refused> {
    attempt(&door, &asked.sign_in)?;
    Ok(page(&door, &asked.sign_in, Step::Ask))
}

/// Has a code mailed, or looks at the one that was typed.
pub(super) async fn submit(mut door: Door, Form(sent): Form<Sent>) -> Result<Response, Refused> {
    let (sign_in, device) = attempt(&door, &sent.sign_in)?;
    let way = Way::Door { device, sign_in };
    let circle = door.app.circle(door.account).await?;
    let done = if sent.step == "code" {
        let Ok(code) = MailedCode::parse(sent.code.text()) else {
            let wrong = Field::wrong(door.frame.s("lost-code-malformed"));
            let page = page(&door, &sent.sign_in, Step::Mailed(wrong));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        };
        door.perform(ConfirmWayBack { way, code: code.into(), circle }).await
    } else {
        door.perform(RequestWayBack { way, password: None, circle }).await
    };
    match done.map(|done| done.reply) {
        Ok(AskedBack { came_to, .. }) => match came_to {
            Pleaded::Mailed => Ok(page(&door, &sent.sign_in, Step::Mailed(Field::default()))),
            Pleaded::Waits(from) => Ok(page(&door, &sent.sign_in, Step::Waits(from))),
            Pleaded::Refused(_) => {
                let wrong = Field::wrong(door.frame.s("lost-code-wrong"));
                let page = page(&door, &sent.sign_in, Step::Mailed(wrong));
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
            Pleaded::Doubted(_, until) => {
                let text = format!("{} {}", door.frame.s("lost-doubted"), door.wait(Some(until)));
                door.frame = door.frame.clone().notice(Tone::Bad, text);
                let page = page(&door, &sent.sign_in, Step::Ask);
                Ok((StatusCode::CONFLICT, page).into_response())
            }
        },
        // The code of a moment ago serves as well.
        Err(ActError::User(UserError::MailedJustNow(_) | UserError::MailsOpen(_))) => {
            Ok(page(&door, &sent.sign_in, Step::Mailed(Field::default())))
        }
        Err(ActError::User(UserError::AlreadyWaiting(from))) => {
            Ok(page(&door, &sent.sign_in, Step::Waits(from)))
        }
        Err(ActError::User(UserError::AskYourTeam | UserError::PasswordNeeded)) => {
            let text = door.frame.s("lost-team");
            door.frame = door.frame.clone().notice(Tone::Warn, text);
            Ok((StatusCode::CONFLICT, page(&door, &sent.sign_in, Step::Ask)).into_response())
        }
        Err(ActError::Device(
            DeviceError::SignInOver | DeviceError::NotRecognised | DeviceError::Unknown,
        )) => Err(over(&door)),
        Err(error) => Err(door.refuse(error)),
    }
}

fn attempt(door: &Door, sign_in: &str) -> Result<(SignInId, DeviceCredential), Refused> {
    match (sign_in.parse(), &door.device) {
        (Ok(sign_in), Some(device)) => Ok((sign_in, device.clone())),
        _ => Err(over(door)),
    }
}

fn over(door: &Door) -> Refused {
    redirect(&with_query(&door.path("sign-in"), [("said", Said::SignInOver.word())])).into()
}

fn page(door: &Door, sign_in: &str, step: Step) -> Response {
    let mailed = matches!(step, Step::Mailed(_));
    let (code, due) = match step {
        Step::Ask => (Field::default(), None),
        Step::Mailed(code) => (code, None),
        Step::Waits(from) => (Field::default(), Some(from.into())),
    };
    let word = if mailed { "code" } else { "" };
    render(&Lost {
        f: door.frame.clone(),
        action: door.path("lost"),
        hidden: vec![("sign_in", sign_in.to_owned()), ("step", word.to_owned())],
        mailed,
        code,
        due,
        back: door.path("sign-in"),
    })
}
