//! `GET /v1/reports`: which reports there are, and what they mean.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Serialize;
use twofold_domain::permission::Act as Deed;
use twofold_projections::reports::{self, Report};
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Json;
use crate::problem::Problem;
use crate::routes::reader::Reader;
use crate::routes::usual::Reading;

/// Every named report.
#[derive(Serialize, ToSchema)]
pub(super) struct Catalogue {
    /// In the order of their names.
    reports: Vec<Described>,
}

/// A named report: what it means, takes, and says.
#[derive(Serialize, ToSchema)]
pub(super) struct Described {
    /// `name`, `meaning`, `definition` (counts up when its meaning changes), `reads` (what its reader must be
    /// allowed to do), `rows` (what one calls its rows), `parameters`, `columns`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    report: &'static Report,
    /// The read models that it is made from, and their versions.
    #[schema(value_type = Object)]
    projections: BTreeMap<&'static str, u32>,
}

/// Which reports there are: what each means, its parameters, and its columns.
#[utoipa::path(get, path = "/v1/reports", tag = "reports", security(("bearer" = []), ("password" = [])),
    responses((status = 200, description = "The reports.", body = Catalogue), Reading))]
pub(super) async fn catalogue(State(app): State<App>, reader: Reader) -> Result<Json<Catalogue>, Problem> {
    reader.may(&app, Deed::ReadStatus).await?;
    let described = |report: &'static Report| Described { report, projections: report.built_from() };
    Ok(Json(Catalogue { reports: reports::ALL.iter().map(described).collect() }))
}
