//! The link back to a sign-in that is frozen: shown by GET, used by POST.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::user::UserError;
use twofold_infra::acts::{ActError, Proof, ShowThaw, ShownThaw, Thaw, ThawWait, Thawing, WaitForThaw};
use twofold_infra::verify::password::Password;

use super::challenge::{not_a_code, refusal_of};
use super::door::Said;
use super::refused::Refused;
use super::set_up::Link;
use super::typed::Typed;
use crate::extract::Form;
use crate::pages::frame::{Field, Tone, When};
use crate::pages::{freeze, render};

/// The shortest password that is taken beside a second factor.
const SHORTEST: u32 = 8;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chosen {
    #[serde(default)]
    code: Typed,
    #[serde(default)]
    password: Typed,
    /// For the browser's password manager; whose link it is, the link says.
    #[serde(default, rename = "username")]
    _username: String,
}

/// Says what it takes. Uses nothing.
pub(super) async fn show(link: Link) -> Result<Response, Refused> {
    let shown = look(&link).await?;
    Ok(page(&link, &shown, Field::default(), Field::default()))
}

/// Weighs the code, and sets the password.
pub(super) async fn submit(link: Link, Form(chosen): Form<Chosen>) -> Result<Response, Refused> {
    let shown = look(&link).await?;
    let door = &link.door;
    let wrong = |code: Field, password: Field| {
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&link, &shown, code, password)).into_response())
    };
    let Ok(password) = Password::parse(chosen.password.text()) else {
        return wrong(Field::default(), Field::wrong(door.frame.n("password-too-short", SHORTEST)));
    };
    let proof = if shown.takes_factor {
        let Some(proof) = chosen.code.proof() else {
            return wrong(Field::wrong(door.frame.s(not_a_code(false))), Field::default());
        };
        Some(proof)
    } else {
        None
    };
    let recovery = matches!(proof, Some(Proof::Recovery(_)));
    match door.perform(Thaw { token: link.token.clone(), proof, password }).await.map(|done| done.reply) {
        Ok(Thawing::Back { .. }) => Ok(door.go("sign-in", Some(Said::Thawed))),
        Ok(Thawing::Refused(why)) => {
            wrong(Field::wrong(refusal_of(door, why, recovery, false)), Field::default())
        }
        Err(ActError::Field { .. }) if chosen.password.text().chars().count() < SHORTEST as usize => {
            wrong(Field::default(), Field::wrong(door.frame.n("password-too-short", SHORTEST)))
        }
        Err(ActError::Field { why, .. }) if why.contains("somebody else") => {
            wrong(Field::default(), Field::wrong(door.frame.s("thaw-same")))
        }
        Err(ActError::Field { .. }) => {
            wrong(Field::default(), Field::wrong(door.frame.n("password-obvious", SHORTEST)))
        }
        Err(ActError::User(UserError::NotEnabled)) => {
            wrong(Field::wrong(door.frame.s("code-wrong")), Field::default())
        }
        Err(error) => Err(link.over(error)),
    }
}

/// Asks for the wait that takes the place of a factor.
pub(super) async fn wait(mut link: Link) -> Result<Response, Refused> {
    let circle = link.door.app.circle(link.door.account).await?;
    let asked = link.door.perform(WaitForThaw { token: link.token.clone(), circle }).await;
    match asked.map(|done| done.reply) {
        Ok(ThawWait::Waits(_))
        | Err(ActError::User(UserError::AlreadyWaiting(_) | UserError::AskYourTeam)) => show(link).await,
        Ok(ThawWait::Doubted(_, until)) => {
            let text = link.door.frame.v("thaw-doubted", When::from(until).plain);
            link.door.frame = link.door.frame.clone().notice(Tone::Warn, text);
            let shown = look(&link).await?;
            let page = page(&link, &shown, Field::default(), Field::default());
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(error) => Err(link.over(error)),
    }
}

async fn look(link: &Link) -> Result<ShownThaw, Refused> {
    let shown = link.door.perform(ShowThaw { token: link.token.clone() }).await;
    Ok(shown.map_err(|error| link.over(error))?.reply)
}

fn page(link: &Link, shown: &ShownThaw, code: Field, password: Field) -> Response {
    let wait = if shown.may_wait { format!("/thaw/{}/wait", link.text) } else { String::new() };
    render(&freeze::Thaw {
        f: link.door.frame.clone(),
        action: format!("/thaw/{}", link.text),
        name: shown.name.clone(),
        email: shown.email.clone(),
        expires: shown.expires_at.into(),
        takes_factor: shown.takes_factor,
        code,
        password,
        shortest: SHORTEST,
        from: shown.open_from.map(When::from),
        wait,
    })
}
