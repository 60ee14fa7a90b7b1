//! `POST /v1/users/{user}/role`: give somebody another role.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_infra::acts::ChangeRole;
use utoipa::ToSchema;

use super::owners;
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Nothing, Placed, perform};
use crate::routes::door::{Session, UserName};
use crate::routes::usual::Changing;

/// Which.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRole {
    /// `owner`, `admin`, `agent`, `auditor`, `end_user`.
    #[schema(value_type = String, example = "agent")]
    role: Role,
}

/// Change a person's role.
///
/// Their sessions, trust, and tokens end, and they are told by mail. Owners give any role below their own, admins
/// those below theirs. Making an owner, and unmaking another one, takes a second owner: code `takes_two`. Code
/// `last_owner` where nobody else could act as owner.
#[utoipa::path(post, path = "/v1/users/{user}/role", tag = "people", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = NewRole,
    responses((status = 200, description = "They have it.", body = Placed<Nothing>), Changing))]
pub(super) async fn change_role(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Change { body, repeat }: Change<NewRole>,
) -> Result<Response, Problem> {
    let me = session.may(&app, Deed::ReadOwn).await?;
    let owners = owners(&app, me.account).await?;
    let credential = session.credential.clone();
    let act = ChangeRole { credential, user: who.of(&me), role: body.role, owners };
    perform(&app, &session, &repeat, act, |()| Answer::ok(Nothing {})).await
}
