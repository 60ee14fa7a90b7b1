//! `PATCH /v1/users/{user}`: change what stands of a person.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::ids::GroupId;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::{Credential, EditPerson};
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Nothing, Placed, perform};
use crate::routes::door::{Session, UserName};
use crate::routes::usual::Changing;

/// What changes; the rest stays.
#[derive(Deserialize, ToSchema)]
#[schema(as = PersonEdit)]
#[serde(deny_unknown_fields)]
pub(super) struct Edit {
    /// At most 100 characters.
    name: Option<String>,
    /// `en`, `es`, or `ko`.
    language: Option<String>,
    /// All groups that they are in from now on: at most 20. By staff only.
    #[schema(value_type = Option<Vec<String>>)]
    groups: Option<BTreeSet<GroupId>>,
}

/// Change a person's name, language, or groups.
///
/// Everybody changes their own name and language; who is in which group is staff's to say. Whoever would have to enrol
/// there, or is not asked any more, `preview` says before; only an owner takes somebody out of what the owner's floor
/// requires: code `below_floor`.
#[utoipa::path(patch, path = "/v1/users/{user}", tag = "people", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…` or `me`."),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = Edit,
    responses((status = 200, description = "As it stands now.", body = Placed<Nothing>,
        headers(("ETag" = String))), Changing))]
pub(super) async fn edit(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Change { body, repeat }: Change<Edit>,
) -> Result<Response, Problem> {
    let user = match (&session.credential, who) {
        (Credential::Token(_), UserName::Id(user)) => user,
        _ => who.of(&session.may(&app, Deed::ReadOwn).await?),
    };
    let Edit { name, language, groups } = body;
    let act = EditPerson { credential: session.credential.clone(), user, seen: None, name, language, groups };
    perform(&app, &session, &repeat, act, |version| Answer::ok(Nothing {}).version(*version)).await
}
