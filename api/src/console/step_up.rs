//! A fresh second factor, for something sensitive.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::account::Switch;
use twofold_domain::ids::FactorId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::user::Purpose;
use twofold_infra::acts::{Proof, StepUp, SteppedUp, TextFor, TextHere};

use super::challenge::{not_a_code, refusal_of, session_key};
use super::door::{Door, Me, Said, redirect, with_query};
use super::offered::answers;
use super::refused::Refused;
use super::texted::{not_sent, own_ways, say};
use super::typed::{KeyAnswer, Typed};
use crate::extract::{Form, Query};
use crate::pages::entry;
use crate::pages::frame::Field;
use crate::pages::render;

#[derive(Deserialize)]
pub(super) struct Asked {
    next: Option<String>,
    /// The number to which a code is sent.
    factor: Option<FactorId>,
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

/// Sends a code to their number.
pub(super) async fn text(mut door: Door, Form(asked): Form<Asked>) -> Result<Response, Refused> {
    let me = door.enter(Deed::StepUp).await?;
    let next = asked.next.as_deref();
    let act = TextHere { credential: me.credential.clone(), factor: asked.factor, purpose: TextFor::StepUp };
    match door.perform(act).await {
        Ok(_) => {
            let pairs = [("said", Said::CodeTexted.word()), ("next", next.unwrap_or_default())];
            Ok(redirect(&with_query(&door.path("step-up"), pairs)))
        }
        Err(error) => {
            let (status, words) = not_sent(&door, error).map_err(|error| door.refuse(error))?;
            say(&mut door, words);
            let page = page(&door, &me, next, Field::default(), String::new()).await?;
            Ok((status, page).into_response())
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
    let purpose = Purpose::StepUp(me.principal.session_id);
    let hidden = [("next", next.unwrap_or_default().to_owned())];
    Ok(render(&entry::StepUp {
        texts: own_ways(door, me, &door.path("step-up/text"), &hidden, purpose).await?,
        answers: answers(door, me).await?,
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
