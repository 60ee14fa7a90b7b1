//! `GET /v1/accounts/{account}/integrations`: who uses the API without a person at the keyboard.

use axum::extract::State;
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_projections::{integrations, status};

use crate::app::App;
use crate::extract::{Json, Path};
use crate::integrations::{Integrations, report};
use crate::problem::Problem;
use crate::routes::door::AccountName;
use crate::routes::reader::Reader;
use crate::routes::usual::Reading;

/// Who uses the API without a person at the keyboard.
///
/// Programs that show somebody's password, each with what would become of it: now, if a second factor were
/// required of everybody, and under the policy that is scheduled. And API tokens with their last use; no such
/// policy breaks those. At most 1,000 of each, as of now; the report `integrations` has all of them, as of any
/// instant.
#[utoipa::path(get, path = "/v1/accounts/{account}/integrations", tag = "programs", operation_id = "integrations",
    security(("bearer" = []), ("password" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name.")),
    responses((status = 200, description = "The integrations.", body = Integrations), Reading))]
pub(super) async fn integrations(
    State(app): State<App>,
    reader: Reader,
    Path(account): Path<AccountName>,
) -> Result<Json<Integrations>, Problem> {
    let me = reader
        .reads_of_account(&app, &account, Deed::ReadIntegrations, Question::of(Matter::Integrations))
        .await?;
    let position = app.position(me.account).await?;
    for projection in [integrations::NAME, status::NAME] {
        app.caught_up(projection, me.account, position).await?;
    }
    let found = report(&app.desk, me.account, position, app.now_of(me.account)).await;
    found.map(Json).map_err(|error| app.problem(error))
}
