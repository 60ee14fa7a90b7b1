//! `DELETE /v1/users/me/factors/{factor}`: remove one of several factors.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use twofold_domain::ids::FactorId;
use twofold_infra::acts::RemoveFactor;
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Placed};
use crate::routes::door::Session;
use crate::routes::show::Granted;
use crate::routes::usual::Changing;

/// A factor that is gone.
#[derive(Serialize, ToSchema)]
pub(super) struct Removed {
    /// The session goes on under this new token; every other one ended, and all trust.
    session: Granted,
}

/// Remove one of my factors.
///
/// Devices that were trusted are not any more, and every other session ends: the factor may have earned
/// them. Not the last one: code `last_factor`; switch two-factor authentication off instead, unless the policy requires
/// one: code `required_by_policy`.
#[utoipa::path(delete, path = "/v1/users/me/factors/{factor}", tag = "factors", security(("bearer" = [])),
    params(("factor" = String, Path, description = "`fac_…`")),
    responses((status = 200, description = "Removed.", body = Placed<Removed>), Changing))]
pub(super) async fn remove(
    State(app): State<App>,
    session: Session,
    Path(factor): Path<FactorId>,
) -> Result<Response, Problem> {
    let act = RemoveFactor { credential: session.credential.clone(), factor };
    let done = app.perform(session.credential.account(), session.context, act).await?;
    Ok(Answer::ok(Removed { session: done.reply.into() }).at(done.position))
}
