//! `GET /v1/recovery-cases[/{case}]`: who lost their second factor, and how each case went.

use axum::extract::State;
use serde::Deserialize;
use twofold_domain::ids::RecoveryId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_projections::{audit, recovery};
use utoipa::IntoParams;

use crate::app::App;
use crate::extract::{Json, Path, Query};
use crate::problem::Problem;
use crate::recovery::{CaseTold, RecoveryCases, report, told};
use crate::routes::reader::Reader;
use crate::routes::usual::Reading;

/// How fresh the list must be.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Fresh {
    /// Wait until this position is visible.
    min_position: Option<u64>,
}

/// Every recovery case, the newest first, and what was left lying.
#[utoipa::path(get, path = "/v1/recovery-cases", tag = "recovery", operation_id = "recovery_cases",
    security(("bearer" = []), ("password" = [])), params(Fresh),
    responses((status = 200, description = "The cases.", body = RecoveryCases), Reading))]
pub(super) async fn list(
    State(app): State<App>,
    reader: Reader,
    Query(fresh): Query<Fresh>,
) -> Result<Json<RecoveryCases>, Problem> {
    let me = reader.reads(&app, Deed::ReadRecoveries, Question::of(Matter::Recoveries)).await?;
    let position = match fresh.min_position {
        Some(position) => position,
        None => app.position(me.account).await?,
    };
    app.caught_up(recovery::NAME, me.account, position).await?;
    let found = report(&app.desk, me.account, app.now_of(me.account)).await;
    found.map(Json).map_err(|error| app.problem(error))
}

/// One recovery case, with what happened in it.
#[utoipa::path(get, path = "/v1/recovery-cases/{case}", tag = "recovery", operation_id = "recovery_case",
    security(("bearer" = []), ("password" = [])),
    params(("case" = String, Path, description = "`rec_…`"), Fresh),
    responses((status = 200, description = "The case.", body = CaseTold), Reading))]
pub(super) async fn one(
    State(app): State<App>,
    reader: Reader,
    Path(case): Path<RecoveryId>,
    Query(fresh): Query<Fresh>,
) -> Result<Json<CaseTold>, Problem> {
    let me = reader.reads(&app, Deed::ReadRecoveries, Question::of(Matter::Recoveries)).await?;
    let position = match fresh.min_position {
        Some(position) => position,
        None => app.position(me.account).await?,
    };
    app.caught_up(recovery::NAME, me.account, position).await?;
    app.caught_up(audit::NAME, me.account, position).await?;
    let found =
        recovery::case(app.store().views(), me.account, case).await?.ok_or_else(Problem::not_found)?;
    let case = told(&app.desk, me.account, found, app.now_of(me.account)).await;
    case.map(Json).map_err(|error| app.problem(error))
}
