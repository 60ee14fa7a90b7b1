//! `DELETE /v1/users/me/factors/{factor}`: remove one of several factors.

use axum::extract::State;
use axum::response::Response;
use twofold_domain::ids::FactorId;
use twofold_infra::acts::RemoveFactor;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::no_content;
use crate::routes::door::Session;
use crate::routes::usual::Changing;

/// Remove one of my factors.
///
/// Not the last one: code `last_factor`; switch two-factor authentication off instead.
#[utoipa::path(delete, path = "/v1/users/me/factors/{factor}", tag = "factors", security(("bearer" = [])),
    params(("factor" = String, Path, description = "`fac_…`")),
    responses((status = 204, description = "Removed.", headers(("Twofold-Position" = u64))), Changing))]
pub(super) async fn remove(
    State(app): State<App>,
    session: Session,
    Path(factor): Path<FactorId>,
) -> Result<Response, Problem> {
    let act = RemoveFactor { credential: session.credential.clone(), factor };
    Ok(no_content(&app.perform(session.credential.account(), session.context, act).await?))
}
