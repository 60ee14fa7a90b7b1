//! `DELETE /v1/groups/{group}`: delete a group; nobody is in it from then on.

use axum::extract::State;
use axum::response::Response;
use twofold_domain::ids::GroupId;
use twofold_infra::acts::{ChangeGroup, GroupChange};

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::no_content;
use crate::routes::door::Session;
use crate::routes::usual::Changing;

/// Delete a group of people.
///
/// The people stay. Code `group_in_use` while a policy, in force or to come, names it.
#[utoipa::path(delete, path = "/v1/groups/{group}", tag = "people", security(("bearer" = [])),
    params(("group" = String, Path, description = "`grp_…`")),
    responses((status = 204, description = "Deleted."), Changing))]
pub(super) async fn delete_group(
    State(app): State<App>,
    session: Session,
    Path(group): Path<GroupId>,
) -> Result<Response, Problem> {
    let act = ChangeGroup { credential: session.credential.clone(), group, change: GroupChange::Delete };
    Ok(no_content(&app.perform(session.credential.account(), session.context.clone(), act).await?))
}
