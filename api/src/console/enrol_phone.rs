//! Binding a telephone number: a code comes to it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::device::Scope;
use twofold_domain::user::UserError;
use twofold_infra::acts::{ActError, Binding, EnrolmentStarted, StartEnrolment, TextFor, TextHere};
use twofold_infra::mail::Number;

use super::door::{Door, Me, Said};
use super::enrol::{beginning_with, enter, free_name, otherwise, pending};
use super::refused::Refused;
use super::texted::{not_sent, say, standing};
use super::typed::Typed;
use crate::extract::Form;
use crate::pages::entry::{EnrolPhone, Mailed, TextWay};
use crate::pages::frame::Field;
use crate::pages::render;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Numbered {
    #[serde(default)]
    number: Typed,
}

/// Begins: a code is sent.
pub(super) async fn start(mut door: Door, Form(given): Form<Numbered>) -> Result<Response, Refused> {
    let me = enter(&mut door).await?;
    let example = Field::of(free_name(&door, &me, "enrol-name-example").await?);
    let Ok(number) = Number::of_mobile(given.number.text()) else {
        let number = Field { value: given.number.text().to_owned(), error: door.frame.s("phone-wrong") };
        let page = beginning_with(&door, &me, example, number);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let name = free_name(&door, &me, "phone-name").await?;
    let act = StartEnrolment { credential: me.credential.clone(), name, binding: Binding::Phone(number) };
    let (status, words) = match door.perform(act).await {
        Ok(_) => return Ok(door.go("enrol", None)),
        Err(ActError::User(UserError::MailedTriesSpent(at))) => {
            let text = format!("{} {}", door.frame.s("mailed-tries-spent"), door.wait(Some(at)));
            (StatusCode::TOO_MANY_REQUESTS, text)
        }
        Err(ActError::User(UserError::TicketNeeded)) => (StatusCode::CONFLICT, door.frame.s("ticket-needed")),
        Err(error) => not_sent(&door, error).map_err(|error| door.refuse(error))?,
    };
    say(&mut door, words);
    let number = Field::of(given.number.text().to_owned());
    Ok((status, beginning_with(&door, &me, example, number)).into_response())
}

/// Sends another code.
pub(super) async fn text(mut door: Door) -> Result<Response, Refused> {
    let me = enter(&mut door).await?;
    let act = TextHere { credential: me.credential.clone(), factor: None, purpose: TextFor::Confirm };
    let (status, words) = match door.perform(act).await {
        Ok(_) => return Ok(door.go("enrol", Some(Said::CodeTexted))),
        Err(ActError::User(UserError::NoPending)) => return Ok(door.go("enrol", None)),
        Err(error) => not_sent(&door, error).map_err(|error| door.refuse(error))?,
    };
    let Some(factor) = pending(&door, &me) else { return Ok(door.go("enrol", None)) };
    say(&mut door, words);
    let page = super::enrol::under_way(&door, &me, factor, Field::default(), Field::default()).await?;
    Ok((status, page).into_response())
}

/// The code is on its way, or could not be sent.
pub(super) async fn under_way(
    door: &Door,
    me: &Me,
    started: &EnrolmentStarted,
    code: Field,
    mailed: Option<Mailed>,
) -> Result<Response, Refused> {
    let (state, bad) = standing(door, &me.user).await?;
    let number = started.text.as_ref().map(|text| text.number.clone()).unwrap_or_default();
    let mut f = door.frame.clone();
    f.path = door.path("enrol");
    Ok(render(&EnrolPhone {
        f,
        action: door.path("enrol/confirm"),
        required: me.principal.session.scope == Scope::Enrolment,
        factor: started.factor.to_string(),
        text: TextWay { number, send: door.path("enrol/text"), hidden: vec![], sent: true, state, bad },
        anew: door.path("enrol?anew=yes"),
        cancel: otherwise(door, me),
        code,
        mailed,
    }))
}
