//! `POST /v1/users/{user}/preview`: what another role or other groups would do to a person.

use std::collections::BTreeSet;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use twofold_domain::account::{AccountError, Effect, Place};
use twofold_domain::ids::{GroupId, StreamId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_domain::reading::{Matter, Question as Read};
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::{Json, Path};
use crate::problem::{Missing, Problem};
use crate::routes::door::{Session, UserName};
use crate::routes::usual::Reading;

/// Where they would be; what is not said stays.
#[derive(Deserialize, ToSchema)]
#[schema(as = PlaceQuestion)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    /// `owner`, `admin`, `agent`, `auditor`, `end_user`.
    #[schema(value_type = Option<String>, example = "auditor")]
    role: Option<Role>,
    /// All groups that they would be in.
    #[schema(value_type = Option<Vec<String>>)]
    groups: Option<BTreeSet<GroupId>>,
}

/// What it would do.
#[derive(Serialize, ToSchema)]
#[schema(as = PlacePreview)]
pub(super) struct Preview {
    /// To whom.
    #[schema(value_type = String)]
    user: UserId,
    /// What a policy asks of them there and not here, or the other way round: `must_enrol_now`,
    /// `must_enrol_after_grace`, `no_working_factor`, `no_longer_asked`, `password_suffices`.
    #[schema(value_type = Vec<String>)]
    effects: Vec<Effect>,
}

/// What another role or other groups would do to a person.
///
/// Changes nothing; that it was looked at is recorded. Sessions, trust, and tokens end with another role whatever a
/// policy says. Only an owner takes somebody out of what the owner's floor requires: to everybody else this answers
/// `below_floor`, as the change does.
#[utoipa::path(post, path = "/v1/users/{user}/preview", tag = "people", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`")),
    request_body = Question,
    responses((status = 200, description = "What it would do.", body = Preview), Reading))]
pub(super) async fn preview_move(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Json(question): Json<Question>,
) -> Result<Json<Preview>, Problem> {
    let me = session.may(&app, Deed::PreviewChange).await?;
    let user = who.of(&me);
    session.is_shown(&app, &me, Read::of(Matter::Preview).about(user)).await?;
    let account = app.desk.log().accounts.load(StreamId::account(me.account)).await?.state;
    let person = app.desk.log().users.load(StreamId::user(me.account, user)).await?.state;
    let held =
        Place::of(&person).filter(|_| !person.erased).ok_or_else(|| Problem::missing(Missing::Person))?;
    let Question { role, groups } = question;
    let to = Place { role: role.unwrap_or(held.role), groups: groups.unwrap_or(held.groups) };
    let refused = |error: AccountError| app.problem(error.into());
    account.has_groups(&to.groups).map_err(refused)?;
    account.may_move(&person, &to, me.role).map_err(refused)?;
    let effects = account.foresee_move(&person, &to, app.now_of(me.account)).iter().collect();
    Ok(Json(Preview { user, effects }))
}
