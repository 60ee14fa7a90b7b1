//! A fresh second factor, for something sensitive.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::account::Switch;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::{Proof, StepUp, SteppedUp};

use super::challenge::{not_a_code, refusal_of, session_key};
use super::door::{Door, Me, Said, redirect, with_query};
use super::refused::Refused;
use super::typed::{KeyAnswer, Typed};
use crate::extract::{Form, Query};
use crate::pages::entry;
use crate::pages::frame::Field;
use crate::pages::render;

#[derive(Deserialize)]
pub(super) struct Asked {
    next: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Shown {
    next: Option<String>,
    #[serde(default)]
    code: Typed,
    #[serde(flatten)]
    key: KeyAnswer,
}

/// Asks for a code again.
pub(super) async fn show(mut door: Door, Query(asked): Query<Asked>) -> Result<Response, Refused> {
    let me = door.enter(Deed::StepUp).await?;
    if let Switch::Off { .. } = door.state.switch {
        // Nobody has a second factor: a fresh password must do.
        let pairs =
            [("said", Said::PasswordAgain.word()), ("next", asked.next.as_deref().unwrap_or_default())];
        return Ok(redirect(&with_query(&door.path("sign-in"), pairs)));
    }
    page(&door, &me, asked.next.as_deref(), Field::default(), String::new()).await
}

/// Raises the session and goes back to what it was needed for.
pub(super) async fn submit(mut door: Door, Form(shown): Form<Shown>) -> Result<Response, Refused> {
    let me = door.enter(Deed::StepUp).await?;
    let next = shown.next.as_deref();
    let by_key = shown.key.given();
    let wrong = async |door: &Door, text: String| {
        let (code, key) = if by_key { (Field::default(), text) } else { (Field::wrong(text), String::new()) };
        let page = page(door, &me, next, code, key).await?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    let Some(proof) = (if by_key { shown.key.proof() } else { shown.code.proof() }) else {
        return wrong(&door, door.frame.s(if by_key { "key-wrong" } else { not_a_code(false) })).await;
    };
    let recovery = matches!(proof, Proof::Recovery(_));
    let step_up = StepUp { credential: me.credential.clone(), proof };
    match door.perform(step_up).await.map_err(|error| door.refuse(error))?.reply {
        SteppedUp::Refused(why) => wrong(&door, refusal_of(&door, why, recovery, by_key)).await,
        SteppedUp::Raised(grant) => {
            let there = door.go_on(next, "security");
            Ok((door.session_cookie(&grant, door.stays), redirect(&there)).into_response())
        }
    }
}

async fn page(
    door: &Door,
    me: &Me,
    next: Option<&str>,
    code: Field,
    wrong_key: String,
) -> Result<Response, Refused> {
    let key = session_key(door, me, false, wrong_key).await?;
    Ok(render(&entry::StepUp {
        f: door.frame.clone(),
        action: door.path("step-up"),
        next: next.unwrap_or_default().to_owned(),
        enrolled: me.user.enrolled(door.state.generation).is_some(),
        enrol: door.path("enrol"),
        cancel: door.path("security"),
        code,
        key,
    }))
}
