//! `GET /v1/events/{position}`: one event.

use axum::extract::State;
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_projections::audit::{self, Filter};

use super::shown::EventShown;
use crate::app::App;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::routes::reader::Reader;
use crate::routes::usual::Reading;

/// One event of the account's history.
#[utoipa::path(get, path = "/v1/events/{position}", tag = "events", security(("bearer" = []), ("password" = [])),
    params(("position" = u64, Path, description = "Its place in the account's history.")),
    responses((status = 200, description = "The event.", body = EventShown), Reading))]
pub(super) async fn event(
    State(app): State<App>,
    reader: Reader,
    Path(position): Path<u64>,
) -> Result<Json<EventShown>, Problem> {
    let me = reader
        .reads(&app, Deed::ReadAudit, Question::of(Matter::Events).narrowed("position", Some(position)))
        .await?;
    if position == 0 || position > app.position(me.account).await? {
        return Err(Problem::not_found());
    }
    app.caught_up(audit::NAME, me.account, position).await?;
    let after = audit::Page::After(position - 1);
    let found = audit::page(app.store().views(), me.account, &Filter::default(), after, 1).await?;
    let found = found.into_iter().next().ok_or_else(Problem::not_found)?;
    Ok(Json(found.try_into()?))
}
