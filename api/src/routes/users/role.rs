//! `POST /v1/users/{user}/role`: give somebody another role.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_infra::acts::ChangeRole;
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Change, Placed, perform};
use crate::routes::consent::{Came, came};
use crate::routes::door::{Session, UserName};
use crate::routes::usual::Changing;

/// Which.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRole {
    /// `owner`, `admin`, `agent`, `auditor`, `end_user`.
    #[schema(value_type = String, example = "agent")]
    role: Role,
    /// In your words: at most 500 characters. Needed of an owner, which takes a second one.
    reason: Option<String>,
}

/// Change a person's role.
///
/// Their sessions, trust, and tokens end, and they are told by mail. Owners give any role below their own, admins
/// those below theirs. Unmaking an owner, oneself too, takes a second owner, or, where there is nobody else to approve
/// it, 72 hours. Whoever would have to enrol there, or is not asked any more, `preview` says before; only an owner takes
/// somebody out of what the owner's floor requires: code `below_floor`. Making one is asked for by `make-owner`: code `takes_two`. Code `last_owner` where nobody else could act
/// as owner.
#[utoipa::path(post, path = "/v1/users/{user}/role", tag = "people", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = NewRole,
    responses((status = 200, description = "They have it.", body = Placed<Came>),
        (status = 202, description = "Of an owner: it waits for a second one, or its time.", body = Placed<Came>), Changing))]
pub(super) async fn change_role(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Change { body, repeat }: Change<NewRole>,
) -> Result<Response, Problem> {
    let me = session.may(&app, Deed::ReadOwn).await?;
    let (credential, circle) = (session.credential.clone(), app.circle(me.account).await?);
    let act = ChangeRole { credential, user: who.of(&me), role: body.role, reason: body.reason, circle };
    perform(&app, &session, &repeat, act, came).await
}
