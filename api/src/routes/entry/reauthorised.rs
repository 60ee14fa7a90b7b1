//! `POST /v1/session/reauthorised`: an app says that it was unlocked.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::device::Means;
use twofold_infra::acts::Reauthorise;
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Json;
use crate::problem::Problem;
use crate::routes::change::no_content;
use crate::routes::door::Session;
use crate::routes::usual::Changing;

/// How an app made sure that the person before it is its own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Unlocked {
    /// `pin` or `biometric`.
    #[schema(value_type = String, example = "biometric")]
    means: Means,
}

/// Say that the app was unlocked.
///
/// For an app whose `reauthorise_on_open` is true: it asked for its PIN or biometrics when it was opened, and was
/// satisfied. The word of the app, kept with the session for whoever looks at it, once a minute at most. It is no
/// second factor and raises nothing.
#[utoipa::path(post, path = "/v1/session/reauthorised", tag = "entry", security(("bearer" = [])),
    request_body = Unlocked,
    responses((status = 204, description = "It is known.", headers(("Twofold-Position" = u64))), Changing))]
pub(super) async fn reauthorised(
    State(app): State<App>,
    session: Session,
    Json(body): Json<Unlocked>,
) -> Result<Response, Problem> {
    let act = Reauthorise { credential: session.credential.clone(), means: body.means };
    Ok(no_content(&app.perform(session.credential.account(), session.context, act).await?))
}
