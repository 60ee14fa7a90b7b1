//! `PUT /v1/accounts/{account}/floor`: the loosest policy that an admin may save.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::ids::StreamId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::AudiencePolicy;
use twofold_infra::acts::SetFloors;
use utoipa::ToSchema;

use super::demands::Wish;
use super::policy::{AUDIENCES, Policy};
use crate::app::App;
use crate::extract::{IfMatch, Json, Path};
use crate::problem::{Problem, kinds};
use crate::routes::change::{Answer, Placed};
use crate::routes::door::{AccountName, Session};
use crate::routes::usual::ChangingVersion;

/// Floors to set. An audience that is not sent keeps its own; `null` takes it away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewFloor {
    /// For the team. What is not sent in it is as the floor has it, or as a new account.
    #[serde(default)]
    #[schema(value_type = Option<Wish>)]
    team: Sent,
    /// For end users.
    #[serde(default)]
    #[schema(value_type = Option<Wish>)]
    end_users: Sent,
}

/// What was sent for an audience; null is not the same as nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Option<Wish>")]
enum Sent {
    #[default]
    Nothing,
    Null,
    Floor(Box<Wish>),
}

impl From<Option<Wish>> for Sent {
    fn from(wish: Option<Wish>) -> Self {
        wish.map_or(Self::Null, |wish| Self::Floor(Box::new(wish)))
    }
}

/// Set the loosest policy that an admin may save.
///
/// Owners only, and above their own floor. Each setting has a direction in which it is looser; what holds
/// already is not changed by a floor.
#[utoipa::path(put, path = "/v1/accounts/{account}/floor", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name."),
        ("If-Match" = String, Header, description = "The ETag of your last read.")),
    request_body = NewFloor,
    responses((status = 200, description = "Set.", body = Placed<Policy>, headers(("ETag" = String))),
        ChangingVersion))]
pub(super) async fn set(
    State(app): State<App>,
    session: Session,
    Path(account): Path<AccountName>,
    seen: Option<IfMatch>,
    Json(new): Json<NewFloor>,
) -> Result<Response, Problem> {
    let me = session.of_account(&app, &account, Deed::ChangeFloor).await?;
    let IfMatch(seen) = IfMatch::required(seen)?;
    let now = app.desk.log().accounts.load(StreamId::account(me.account)).await?.state;
    let mut floors = BTreeMap::new();
    let mut wrong = Problem::new(kinds::INVALID_FIELDS);
    for ((name, audience), sent) in AUDIENCES.into_iter().zip([new.team, new.end_users]) {
        let base = now.demand(audience).floor.clone().unwrap_or(AudiencePolicy::of_new(audience));
        let floor = match sent {
            Sent::Nothing => continue,
            Sent::Null => None,
            Sent::Floor(wish) => Some(wish.over(&base)),
        };
        if let Some(Err(out)) = floor.as_ref().map(AudiencePolicy::check) {
            wrong = wrong.field(format!("/{name}/{}", out.field), "out_of_range", out.to_string());
        }
        floors.insert(audience, floor);
    }
    if floors.is_empty() {
        wrong = wrong.field("", "missing_field", "send `team`, `end_users`, or both");
    }
    if !wrong.errors().is_empty() {
        return Err(wrong);
    }
    let act = SetFloors { credential: session.credential.clone(), seen, floors };
    let done = app.perform(me.account, session.context, act).await?;
    let (version, after) = &done.reply;
    let answer = Answer {
        status: StatusCode::OK,
        etag: Some(*version),
        location: None,
        body: Ok(Policy::of(after, done.at)),
    };
    Ok(answer.at(done.position))
}
