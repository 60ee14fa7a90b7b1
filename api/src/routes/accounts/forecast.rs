//! `GET /v1/accounts/{account}/policy/forecast`: who would not comply on a day, if nothing changed until then.

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
use crate::extract::Path;
use crate::problem::{Problem, kinds};
use crate::routes::as_of::AsOf;
use crate::routes::door::AccountName;
use crate::routes::reader::Reader;
use crate::routes::show::Instant;
use crate::routes::usual::Reading;

/// The question.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Question {
    /// On which day, or at which instant: not before the instant that it is as of.
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

/// Who would not comply with the policy of a coming instant, as people stand.
///
/// Counts exemptions that will have ended by then, grace that will be over, and a policy that will have begun. As of a
/// past event it says what was to be expected then: the policy that was scheduled, and whom it would have met.
#[utoipa::path(get, path = "/v1/accounts/{account}/policy/forecast", tag = "accounts", security(("bearer" = []), ("password" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name."), Question),
    responses((status = 200, description = "Who would not.", body = Viewed<Forecast>), Reading))]
pub(super) async fn forecast(
    State(app): State<App>,
    reader: Reader,
    Path(account): Path<AccountName>,
    asked: AsOf<Question>,
) -> Result<Viewed<Forecast>, Problem> {
    let me = reader.of_account(&app, &account, Deed::ReadStatus).await?;
    let (question, at) = (&asked.rest, asked.rest.at.0);
    let record = async |as_of| reader.is_shown(&app, &me, Read::of(Matter::Forecast).as_of(as_of)).await;
    let seen = asked.shown(&app, me.account, &[status::NAME], record).await?;
    if at < seen.instant() {
        let words = "a forecast is of an instant ahead; ask the status report for the past";
        return Err(Problem::new(kinds::INVALID_FIELDS).field("query/at", "out_of_range", words));
    }
    let limit = usize::from(question.limit.unwrap_or(NAMED as u16).clamp(1, 500));
    let loaded = seen.account(&app).await?.state;
    let (views, then) = (app.store().views(), (me.account, seen.position()));
    let found = impact::forecast(views, then, &loaded, at, question.after, limit + 1).await?;
    let page = &found.people[..found.people.len().min(limit)];
    Ok(seen.shows(Forecast {
        at: at.into(),
        policy_version: loaded.policy_version(at),
        by_role: found.by_role,
        items: page.iter().map(Into::into).collect(),
        after: page.last().map(|last| last.user).filter(|_| found.people.len() > limit),
    }))
}
