//! `GET /v1/events/{position}`: one event.

use axum::extract::State;
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_projections::audit::{self, Filter};

use super::events::role;
use crate::app::App;
use crate::audit::shown::{EventShown, Teller};
use crate::extract::{Json, Path};
use crate::pages::frame::Frame;
use crate::problem::{Missing, Problem};
use crate::routes::reader::Reader;
use crate::routes::usual::Reading;

/// One event of the account's history.
#[utoipa::path(get, path = "/v1/events/{position}", tag = "events", security(("bearer" = []), ("password" = [])),
    params(("position" = u64, Path, description = "Its place in the account's history.")),
    responses((status = 200, description = "The event.", body = EventShown), Reading))]
pub(super) async fn event(
    State(app): State<App>,
    reader: Reader,
    frame: Frame,
    Path(position): Path<u64>,
) -> Result<Json<EventShown>, Problem> {
    let question = Question::of(Matter::Events).narrowed("position", Some(position));
    let me = reader.reads(&app, Deed::ReadAudit, question).await?;
    if position == 0 || position > app.position(me.account).await? {
        return Err(Problem::missing(Missing::Event));
    }
    app.caught_up(audit::NAME, me.account, position).await?;
    let after = audit::Page::After(position - 1);
    let found = audit::page(app.store().views(), me.account, &Filter::default(), after, 1).await?;
    let found = found.into_iter().next().ok_or_else(|| Problem::missing(Missing::Event))?;
    let mut teller = Teller::new(&app.desk, me.account, frame, role(&me), false);
    teller.tell(found).await.map(Json).map_err(|error| app.problem(error))
}
