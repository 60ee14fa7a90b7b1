//! `PATCH /v1/groups/{group}`: give a group another name.

use axum::extract::State;
use axum::response::Response;
use twofold_domain::ids::GroupId;
use twofold_infra::acts::{ChangeGroup, GroupChange};

use super::create::GroupName;
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Nothing, Placed, perform};
use crate::routes::door::Session;
use crate::routes::usual::Changing;

/// Rename a group of people.
#[utoipa::path(patch, path = "/v1/groups/{group}", tag = "people", security(("bearer" = [])),
    params(("group" = String, Path, description = "`grp_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = GroupName,
    responses((status = 200, description = "It has this name.", body = Placed<Nothing>), Changing))]
pub(super) async fn rename_group(
    State(app): State<App>,
    session: Session,
    Path(group): Path<GroupId>,
    Change { body, repeat }: Change<GroupName>,
) -> Result<Response, Problem> {
    let act =
        ChangeGroup { credential: session.credential.clone(), group, change: GroupChange::Rename(body.name) };
    perform(&app, &session, &repeat, act, |_| Answer::ok(Nothing {})).await
}
