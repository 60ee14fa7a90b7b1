//! `PATCH /v1/users/me/factors/{factor}`: rename a factor, or have it asked for first.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::ids::FactorId;
use twofold_infra::acts::EditFactor;
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::routes::change::{Answer, Nothing, Placed};
use crate::routes::door::Session;
use crate::routes::usual::Changing;

/// What changes; the rest stays.
#[derive(Deserialize, ToSchema)]
#[schema(as = FactorEdit)]
#[serde(deny_unknown_fields)]
pub(super) struct Edit {
    /// What you call it: at most 100 characters.
    name: Option<String>,
    /// Have it asked for first.
    #[serde(default)]
    preferred: bool,
}

/// Rename one of my factors, or have it asked for first.
#[utoipa::path(patch, path = "/v1/users/me/factors/{factor}", tag = "factors", security(("bearer" = [])),
    params(("factor" = String, Path, description = "`fac_…`")), request_body = Edit,
    responses((status = 200, description = "Changed.", body = Placed<Nothing>), Changing))]
pub(super) async fn edit(
    State(app): State<App>,
    session: Session,
    Path(factor): Path<FactorId>,
    Json(Edit { name, preferred }): Json<Edit>,
) -> Result<Response, Problem> {
    let act = EditFactor { credential: session.credential.clone(), factor, name, prefer: preferred };
    let done = app.perform(session.credential.account(), session.context, act).await?;
    Ok(Answer::ok(Nothing {}).at(done.position))
}
