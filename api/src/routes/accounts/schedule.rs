//! `POST /v1/accounts/{account}/policy/schedule`, `DELETE …/schedule/{schedule}`: policies that begin on a date.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::ids::{ScheduleId, StreamId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Audience;
use twofold_infra::acts::{ActError, CancelSchedule, SchedulePolicy};
use utoipa::ToSchema;

use super::demands::Wish;
use super::policy::Policy;
use super::preview::Confirmation;
use crate::app::App;
use crate::extract::{IfMatch, Json, Path};
use crate::problem::Problem;
use crate::routes::change::{Answer, Placed, no_content};
use crate::routes::door::{AccountName, Session};
use crate::routes::show::Instant;
use crate::routes::usual::{Changing, ChangingVersion};

/// A policy that is to hold from a date on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSchedule {
    /// Whom it concerns: `team`, `end_users`.
    #[schema(value_type = String)]
    audience: Audience,
    /// What will hold; what is not sent is as it is now.
    policy: Wish,
    /// From when: ahead, within a year.
    begins_at: Instant,
    /// The `confirmation` of the preview, as it was received. Needed where it concerns anybody.
    preview: Option<Confirmation>,
}

/// Schedule a policy.
///
/// It holds from its instant on, without anybody's doing. One an audience may be open: `already_scheduled`.
/// Owners and admins are told by mail.
#[utoipa::path(post, path = "/v1/accounts/{account}/policy/schedule", tag = "accounts",
    security(("bearer" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name."),
        ("If-Match" = String, Header, description = "The ETag of your last read.")),
    request_body = NewSchedule,
    responses((status = 201, description = "Scheduled.", body = Placed<Policy>, headers(("ETag" = String))),
        ChangingVersion))]
pub(super) async fn schedule(
    State(app): State<App>,
    session: Session,
    Path(account): Path<AccountName>,
    seen: Option<IfMatch>,
    Json(new): Json<NewSchedule>,
) -> Result<Response, Problem> {
    let me = session.of_account(&app, &account, Deed::ChangePolicy).await?;
    let IfMatch(seen) = IfMatch::required(seen)?;
    let now = app.desk.log().accounts.load(StreamId::account(me.account)).await?;
    if now.sequence != seen {
        return Err(app.problem(ActError::Outdated { actual: now.sequence }));
    }
    let (audience, begins_at) = (new.audience, new.begins_at.0);
    let policy = new.policy.over(now.state.policy(audience, app.now_of(me.account)));
    let (credential, statement) = (session.credential.clone(), new.preview.map(Into::into));
    let act = SchedulePolicy { credential, seen, audience, policy, begins_at, statement };
    let done = app.perform(me.account, session.context, act).await?;
    let (version, after, schedule) = &done.reply;
    let answer = Answer {
        status: StatusCode::CREATED,
        etag: Some(*version),
        location: Some(format!("/v1/accounts/{}/policy/schedule/{schedule}", me.account)),
        body: Ok(Policy::of(after, done.at)),
    };
    Ok(answer.at(done.position))
}

/// Withdraw a scheduled policy before it begins.
#[utoipa::path(delete, path = "/v1/accounts/{account}/policy/schedule/{schedule}", tag = "accounts",
    security(("bearer" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name."),
        ("schedule" = String, Path, description = "`sch_…`")),
    responses((status = 204, description = "It will not hold."), Changing))]
pub(super) async fn withdraw(
    State(app): State<App>,
    session: Session,
    Path((account, schedule)): Path<(AccountName, ScheduleId)>,
) -> Result<Response, Problem> {
    let me = session.of_account(&app, &account, Deed::ChangePolicy).await?;
    let act = CancelSchedule { credential: session.credential.clone(), schedule };
    Ok(no_content(&app.perform(me.account, session.context, act).await?))
}
