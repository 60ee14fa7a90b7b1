//! `POST /v1/step-up/resend`: have a code sent by SMS, to show a second factor again with.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::ids::FactorId;
use twofold_infra::acts::{TextFor, TextHere};
use utoipa::ToSchema;

use super::text::TextShown;
use crate::app::App;
use crate::extract::Json;
use crate::problem::Problem;
use crate::routes::change::{Answer, Placed};
use crate::routes::door::Session;
use crate::routes::usual::Changing;

/// To which number, and what for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Text {
    /// The factor; the first number that is asked for if not said.
    #[schema(value_type = Option<String>)]
    factor: Option<FactorId>,
    /// `step_up` if not said.
    #[serde(default, rename = "for")]
    purpose: Wanted,
}

/// What the code will be good for.
#[derive(Deserialize, ToSchema, Default, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(super) enum Wanted {
    /// To raise this session.
    #[default]
    StepUp,
    /// To switch off one's own second factor.
    Disable,
}

/// Send a code by SMS to one of my numbers.
///
/// It is good in this session only, for what it was asked for, once, for ten minutes. Codes `text_later`,
/// `not_texted`, `not_by_text`.
#[utoipa::path(post, path = "/v1/step-up/resend", tag = "entry", security(("bearer" = [])), request_body = Text,
    responses((status = 200, description = "On its way.", body = Placed<TextShown>), Changing))]
pub(super) async fn text(
    State(app): State<App>,
    session: Session,
    Json(body): Json<Text>,
) -> Result<Response, Problem> {
    let account = session.credential.account();
    let purpose = match body.purpose {
        Wanted::StepUp => TextFor::StepUp,
        Wanted::Disable => TextFor::Disable,
    };
    let act = TextHere { credential: session.credential, factor: body.factor, purpose };
    let done = app.perform(account, session.context, act).await?;
    Ok(Answer::ok(TextShown::from(done.reply)).at(done.position))
}
