//! `GET /v1/accounts/{account}/policy/forecast`: who would not comply on a day, if nothing changes.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use twofold_domain::ids::UserId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_domain::reading::{Matter, Question as Read};
use twofold_projections::{impact, status};
use utoipa::{IntoParams, ToSchema};

use super::preview::Somebody;
use crate::app::App;
use crate::as_of::Viewed;
use crate::assess::NAMED;
use crate::extract::{Path, Query};
use crate::problem::{Problem, kinds};
use crate::routes::as_of::now;
use crate::routes::door::AccountName;
use crate::routes::reader::Reader;
use crate::routes::show::Instant;
use crate::routes::usual::Reading;

/// The question.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Question {
    /// On which day, or at which instant: now or ahead.
    #[param(value_type = String, example = "2027-01-31")]
    at: Instant,
    /// The last person of the page before.
    #[param(value_type = Option<String>)]
    after: Option<UserId>,
    /// At most so many people; 20 if not said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u16>,
}

/// Who would have to enrol before anything else.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Forecast {
    /// When.
    at: Instant,
    /// The policy's version that will hold then.
    policy_version: u32,
    /// How many by role; a role that nobody is named of is absent.
    #[schema(value_type = BTreeMap<String, u64>)]
    by_role: BTreeMap<Role, u64>,
    /// A page of them.
    items: Vec<Somebody>,
    /// Send it as `after` for the next; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    after: Option<UserId>,
}

/// Who would not comply with the policy of a coming instant, as people stand now.
///
/// Counts exemptions that will have ended by then, grace that will be over, and a policy that will have begun.
#[utoipa::path(get, path = "/v1/accounts/{account}/policy/forecast", tag = "accounts", security(("bearer" = []), ("password" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name."), Question),
    responses((status = 200, description = "Who would not.", body = Viewed<Forecast>), Reading))]
pub(super) async fn forecast(
    State(app): State<App>,
    reader: Reader,
    Path(account): Path<AccountName>,
    Query(question): Query<Question>,
) -> Result<Viewed<Forecast>, Problem> {
    let me = reader.reads_of_account(&app, &account, Deed::ReadStatus, Read::of(Matter::Forecast)).await?;
    let at = question.at.0;
    if at < app.now_of(me.account) {
        let words = "a forecast is of an instant ahead; ask the status report for the past";
        return Err(Problem::new(kinds::INVALID_FIELDS).field("query/at", "out_of_range", words));
    }
    let limit = usize::from(question.limit.unwrap_or(NAMED as u16).clamp(1, 500));
    let seen = now(&app, me.account, &[status::NAME]).await?;
    let loaded = seen.account(&app).await?.state;
    let views = app.store().views();
    let found = impact::forecast(views, me.account, &loaded, at, question.after, limit + 1).await?;
    let page = &found.people[..found.people.len().min(limit)];
    Ok(seen.shows(Forecast {
        at: at.into(),
        policy_version: loaded.policy_version(at),
        by_role: found.by_role,
        items: page.iter().map(Into::into).collect(),
        after: page.last().map(|last| last.user).filter(|_| found.people.len() > limit),
    }))
}
