//! `POST /v1/users/me/factors`: begin to bind an authenticator app.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_infra::acts::StartEnrolment;
use utoipa::ToSchema;

use super::shown::Started;
use crate::app::App;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Placed, perform};
use crate::routes::door::Session;
use crate::routes::usual::Changing;

/// A factor to bind.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewFactor {
    /// What you call it: at most 100 characters.
    #[schema(example = "My phone")]
    name: String,
}

/// Begin to bind an authenticator app.
///
/// A first factor takes a code that is mailed along; a further one takes a session that was stepped up. A
/// binding under way is replaced. Codes `enrolment_closed`, `ticket_needed`, `too_many_factors`.
#[utoipa::path(post, path = "/v1/users/me/factors", tag = "factors", security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat shows no secret again.")),
    request_body = NewFactor,
    responses((status = 201, description = "Scan it, then confirm it.", body = Placed<Started>), Changing))]
pub(super) async fn start(
    State(app): State<App>,
    session: Session,
    Change { body, repeat }: Change<NewFactor>,
) -> Result<Response, Problem> {
    let act = StartEnrolment { credential: session.credential.clone(), name: body.name };
    perform(&app, &session, &repeat, act, |started| {
        Answer::created(format!("/v1/users/me/factors/{}", started.factor), Started::from(started))
    })
    .await
}
