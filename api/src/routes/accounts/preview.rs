//! `POST /v1/accounts/{account}/two-factor/preview`: what a disable would do.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use twofold_domain::ids::StreamId;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::preview_disable;
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::{ETag, Json, Path};
use crate::problem::Problem;
use crate::routes::door::AccountName;
use crate::routes::reader::Reader;
use crate::routes::usual::Reading;

/// What a disable would do now. Its confirmation carries both.
#[derive(Serialize, ToSchema)]
pub(super) struct Preview {
    /// How many enrolled people it would reset.
    people: u64,
    /// SHA-256 over their sorted ids, one a line, hexadecimal.
    digest: String,
}

/// What disabling two-factor authentication for everyone would do.
///
/// Changes nothing. Send `people` and `digest` to `…/two-factor/disable`, with the ETag of this answer.
#[utoipa::path(post, path = "/v1/accounts/{account}/two-factor/preview", tag = "accounts",
    security(("bearer" = []), ("password" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name.")),
    responses((status = 200, description = "The people it would reset.", body = Preview,
        headers(("ETag" = String))), Reading))]
pub(super) async fn preview(
    State(app): State<App>,
    reader: Reader,
    Path(account): Path<AccountName>,
) -> Result<Response, Problem> {
    let me = reader.of_account(&app, &account, Deed::ReadAccount).await?;
    let loaded = app.desk.log().accounts.load(StreamId::account(me.account)).await?;
    let census = preview_disable(&app.desk, me.account, loaded.state.generation)
        .await
        .map_err(|error| app.problem(error))?;
    let preview = Preview { people: census.people, digest: census.digest };
    Ok((ETag(loaded.sequence), Json(preview)).into_response())
}
