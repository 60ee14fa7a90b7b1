//! `POST /v1/groups`: make a group of people.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::ids::GroupId;
use twofold_infra::acts::{ChangeGroup, GroupChange};
use utoipa::ToSchema;

use crate::app::App;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Placed, Repeatably, perform};
use crate::routes::door::Session;
use crate::routes::usual::Changing;

/// What it is called.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupName {
    /// 1 to 80 characters; unique in the account, capitals aside. No personal value: it stands in the log as it is.
    #[schema(example = "Night shift")]
    pub(super) name: String,
}

/// A group that was made.
#[derive(Serialize, ToSchema)]
pub(super) struct MadeGroup {
    /// Which.
    #[schema(value_type = String)]
    group: GroupId,
}

impl Repeatably for MadeGroup {
    fn repeated(self) -> Self {
        self
    }
}

/// Make a group of people.
///
/// An account has at most 200. People are put into it by `PATCH /v1/users/{user}`. Code `taken` where another one
/// has the name.
#[utoipa::path(post, path = "/v1/groups", tag = "people", security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = GroupName,
    responses((status = 201, description = "Made.", body = Placed<MadeGroup>), Changing))]
pub(super) async fn create_group(
    State(app): State<App>,
    session: Session,
    Change { body, repeat }: Change<GroupName>,
) -> Result<Response, Problem> {
    let group = app.desk.mint().id();
    let act =
        ChangeGroup { credential: session.credential.clone(), group, change: GroupChange::Create(body.name) };
    perform(&app, &session, &repeat, act, |group| {
        Answer::created(format!("/v1/groups/{group}"), MadeGroup { group: *group })
    })
    .await
}
