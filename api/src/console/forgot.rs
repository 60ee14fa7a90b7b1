//! A forgotten password: asked for here, and answered in the same words whoever asks.

use axum::response::Response;
use serde::Deserialize;
use twofold_infra::acts::RequestPasswordReset;

use super::door::{Door, Said};
use super::refused::Refused;
use crate::extract::Form;
use crate::pages::entry::Forgot;
use crate::pages::frame::Field;
use crate::pages::render;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Typed {
    #[serde(default)]
    email: String,
}

/// Asks for the address.
pub(super) async fn show(door: Door) -> Response {
    render(&Forgot {
        f: door.frame.clone(),
        action: door.path("forgot"),
        back: door.path("sign-in"),
        email: Field::default(),
    })
}

/// Has a link mailed, if there is anybody; says the same in any case.
pub(super) async fn submit(door: Door, Form(typed): Form<Typed>) -> Result<Response, Refused> {
    let asked = door.perform(RequestPasswordReset { email: typed.email }).await;
    asked.map_err(|error| door.refuse(error))?;
    Ok(door.go("sign-in", Some(Said::ResetAsked)))
}
