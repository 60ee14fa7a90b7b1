//! E-mail and password, and what they lead to.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::account::Switch;
use twofold_domain::device::{Decision, Why};
use twofold_domain::policy::Audience;
use twofold_infra::acts::{ActError, BeginSignIn, Begun, SignOut};
use twofold_infra::verify::password::Password;

use super::door::{Door, Said, redirect, with_query};
use super::refused::Refused;
use super::typed::Typed;
use crate::extract::{Form, Query};
use crate::pages::entry::SignIn;
use crate::pages::frame::Field;
use crate::pages::render;

#[derive(Deserialize)]
pub(super) struct Asked {
    next: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shown {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: Typed,
    #[serde(default)]
    stay: String,
    next: Option<String>,
}

/// Asks for both.
pub(super) async fn show(door: Door, Query(asked): Query<Asked>) -> Response {
    page(&door, Field::default(), Field::default(), asked.next.as_deref())
}

/// Opens a sign-in.
pub(super) async fn submit(door: Door, Form(shown): Form<Shown>) -> Result<Response, Refused> {
    let next = shown.next.as_deref();
    let refused = |email: String| {
        let wrong = Field::wrong(door.frame.s("sign-in-refused"));
        (StatusCode::UNPROCESSABLE_ENTITY, page(&door, Field::of(email), wrong, next)).into_response()
    };
    let Ok(password) = Password::parse(shown.password.text()) else { return Ok(refused(shown.email)) };
    let begin = BeginSignIn::new(shown.email.clone(), password, door.device.clone());
    match door.perform(begin).await.map_err(|error| door.refuse(error))?.reply {
        Begun::Refused => Ok(refused(shown.email)),
        led => Ok(lead_on(&door, led, shown.stay == "on", next, "security")),
    }
}

/// Ends the session that is shown. Whoever has none is signed out already.
pub(super) async fn out(door: Door) -> Result<Response, Refused> {
    if let Some(credential) = door.shown_session().cloned() {
        match door.perform(SignOut { credential }).await {
            Ok(_) | Err(ActError::NotSignedIn | ActError::Stale(_)) => {}
            Err(error) => return Err(door.refuse(error)),
        }
    }
    Ok((door.cookies().end_session(), door.go("sign-in", Some(Said::SignedOut))).into_response())
}

/// Goes where a right password leads: in, to the challenge, or to enrolment.
pub(super) fn lead_on(
    door: &Door,
    begun: Begun,
    stay: bool,
    next: Option<&str>,
    otherwise: &str,
) -> Response {
    match begun {
        // A password that was set a moment ago and is refused: a lock, or somebody was faster.
        Begun::Refused => door.go("sign-in", None),
        Begun::Challenge { sign_in, reasons, device_token, .. } => {
            let why = reasons.last().copied().map_or("", why_key);
            let pairs = [
                ("sign_in", sign_in.to_string()),
                ("why", why.to_owned()),
                ("stay", if stay { "on".to_owned() } else { String::new() }),
                ("next", next.unwrap_or_default().to_owned()),
            ];
            let pairs = pairs.iter().map(|(name, value)| (*name, value.as_str()));
            let there = with_query(&door.path("challenge"), pairs);
            (door.cookies().device(&device_token), redirect(&there)).into_response()
        }
        Begun::Session { decision, device_token, grant, .. } => {
            let off = matches!(door.state.switch, Switch::Off { .. });
            let there = match decision {
                Decision::Enrol => door.path("enrol"),
                // Nobody can enrol while it is off.
                _ if off && otherwise == "enrol" => door.path("security"),
                _ => door.go_on(next, otherwise),
            };
            let device = door.cookies().device(&device_token);
            (device, door.session_cookie(&grant, stay), redirect(&there)).into_response()
        }
    }
}

/// Why a code is asked for, as a word in the address of the challenge.
fn why_key(why: Why) -> &'static str {
    match why {
        Why::NewDevice => "new-device",
        Why::TrustEnded => "trust-ended",
        Why::NotTrusted => "not-trusted",
        Why::EverySignIn => "every-sign-in",
        Why::KindNotAllowed => "kind-not-allowed",
        Why::Enrolled
        | Why::DeviceTrusted
        | Why::ProviderOnly
        | Why::RequiredNotEnrolled
        | Why::InGrace
        | Why::OptionalNotEnrolled
        | Why::AccountSuspended
        | Why::AccountDisabled
        | Why::Exempted
        | Why::Asserted => "",
    }
}

fn page(door: &Door, email: Field, password: Field, next: Option<&str>) -> Response {
    let days = |audience| door.state.policy(audience, door.now()).stay_signed_in_days;
    render(&SignIn {
        f: door.frame.clone(),
        action: door.path("sign-in"),
        forgot: door.path("forgot"),
        next: next.unwrap_or_default().to_owned(),
        email,
        password,
        stay: days(Audience::Team) > 0 || days(Audience::EndUsers) > 0,
    })
}
