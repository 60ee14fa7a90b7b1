//! `GET /v1/groups`: the groups of people of an account.

use axum::extract::State;
use serde::Serialize;
use twofold_domain::ids::GroupId;
use twofold_domain::permission::Act as Deed;
use utoipa::ToSchema;

use crate::app::App;
use crate::as_of::Viewed;
use crate::problem::Problem;
use crate::routes::as_of::AsOf;
use crate::routes::reader::Reader;
use crate::routes::usual::Reading;

/// A group of people.
#[derive(Serialize, ToSchema)]
pub(super) struct Group {
    /// Which.
    #[schema(value_type = String)]
    id: GroupId,
    /// Its name.
    name: String,
}

/// All of them: at most 200.
#[derive(Serialize, ToSchema)]
pub(super) struct Groups {
    /// By name.
    items: Vec<Group>,
}

/// The groups of people.
#[utoipa::path(get, path = "/v1/groups", tag = "people", security(("bearer" = []), ("password" = [])),
    responses((status = 200, description = "All of them.", body = Viewed<Groups>), Reading))]
pub(super) async fn groups(
    State(app): State<App>,
    reader: Reader,
    asked: AsOf,
) -> Result<Viewed<Groups>, Problem> {
    let me = reader.may(&app, Deed::ReadPeople).await?;
    let at = asked.stand(&app, me.account, &[]).await?;
    let account = at.account(&app).await?.state;
    let mut items: Vec<Group> =
        account.groups.iter().map(|(id, name)| Group { id: *id, name: name.clone() }).collect();
    items.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(at.shows(Groups { items }))
}
