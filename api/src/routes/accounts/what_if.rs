//! `POST /v1/accounts/{account}/policy/what-if`: how recorded sign-ins would have gone under another policy.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use twofold_domain::account::Change;
use twofold_domain::ids::{StreamId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::{Audience, AudiencePolicy};
use twofold_domain::reading::{Matter, Question as Read};
use twofold_projections::what_if::{Day, Reckoning, Tally};
use utoipa::ToSchema;

use super::demands::Wish;
use super::policy::wished;
use crate::app::App;
use crate::assess::NAMED;
use crate::extract::{Json, Path};
use crate::problem::{Problem, kinds};
use crate::routes::door::{AccountName, Session};
use crate::routes::show::{Instant, Since};
use crate::routes::usual::Reading;
use crate::suppose::{Otherwise, USUAL, check, place, suppose};

/// Another policy, and the span whose sign-ins are gone through under it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WhatIfQuestion)]
pub(super) struct Question {
    /// Owners, admins, agents, auditors. What is not sent stays as it was at each moment.
    team: Option<Wish>,
    /// The account's own customers. What is not sent stays as it was at each moment.
    end_users: Option<Wish>,
    /// The first instant of the other policy, as if it had been saved then; 30 days before `to`, if not said. A bare
    /// date means its beginning in UTC.
    from: Option<Since>,
    /// The last instant that is looked at; now, if not said. At most 92 days after `from`. A bare date means its end
    /// in UTC, or now where that day is not over.
    to: Option<Instant>,
    /// Of each kind of difference so many people are named at most; 20 if not said.
    #[schema(minimum = 1, maximum = 500)]
    limit: Option<u16>,
}

/// Somebody for whom something would have been otherwise.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WhatIfPerson)]
struct Somebody {
    /// Who.
    #[schema(value_type = String)]
    user: UserId,
    /// How often.
    events: u64,
}

/// One kind of difference.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WhatIfDifference)]
struct Difference {
    /// What: `extra_prompts`, `fewer_prompts` (second factors asked for in addition, or not), `without_factor`
    /// (sign-ins without a second factor that counts), `need_not_bind` (bindings that had not been demanded),
    /// `no_session` (sessions that had not started), `cut_short` (sessions that had been over while in use).
    kind: &'static str,
    /// How many events.
    events: u64,
    /// Of how many people.
    people: u64,
    /// The first of them, in the order of their ids.
    first: Vec<Somebody>,
}

impl From<Otherwise> for Difference {
    fn from(Otherwise { kind, events, people, first }: Otherwise) -> Self {
        let first = first.into_iter().map(|(user, events)| Somebody { user, events }).collect();
        Self { kind, events, people, first }
    }
}

/// A calendar day, in UTC.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WhatIfDay)]
struct OneDay {
    /// `2026-03-31`.
    day: String,
    /// Sign-ins on it.
    sign_ins: u64,
    /// Second factors that would have been asked for, and were not.
    extra_prompts: u64,
    /// Second factors that were asked for, and would not have been.
    fewer_prompts: u64,
    /// Bindings that would have been demanded.
    bindings: u64,
    /// Bindings that were demanded, and would not have been.
    need_not_bind: u64,
    /// Sessions that would not have started.
    no_session: u64,
}

impl From<Day> for OneDay {
    fn from(Day { day, tally }: Day) -> Self {
        let Tally { sign_ins, extra_prompts, fewer_prompts, bindings, need_not_bind, no_session } = tally;
        Self { day, sign_ins, extra_prompts, fewer_prompts, bindings, need_not_bind, no_session }
    }
}

/// What cannot be gone through again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WhatIfUntold)]
struct Untold {
    /// The category, a stable word.
    category: &'static str,
    /// How many.
    events: u64,
    /// What is not told of them.
    meaning: &'static str,
}

/// How the sign-ins of a span would have gone.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WhatIf {
    /// The first instant of the other policy.
    from: Instant,
    /// The last instant that was looked at.
    to: Instant,
    /// The last event of the span.
    position: u64,
    /// Sign-ins that a first factor opened, in the span.
    sign_ins: u64,
    /// Of them, those that would have gone as they went.
    same: u64,
    /// What would have been otherwise; every kind is named.
    differences: Vec<Difference>,
    /// Each day with sign-ins.
    days: Vec<OneDay>,
    /// What is not told, by category.
    untold: Vec<Untold>,
}

/// How recorded sign-ins would have gone under another policy.
///
/// Each sign-in of the span is decided twice by today's rules, as things were and as they would have been. Changes
/// nothing; that it was looked at is recorded. One at a time per session, two per account: more are
/// `too_many_requests`. A span is at most 92 days long; `twofold audit what-if` goes through
/// any, lists everybody with the number of each event, and comes to the same numbers.
#[utoipa::path(post, path = "/v1/accounts/{account}/policy/what-if", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name.")),
    request_body = Question,
    responses((status = 200, description = "How they would have gone.", body = WhatIf), Reading))]
pub(super) async fn what_if(
    State(app): State<App>,
    session: Session,
    Path(account): Path<AccountName>,
    Json(question): Json<Question>,
) -> Result<Json<WhatIf>, Problem> {
    let me = session.of_account(&app, &account, Deed::PreviewChange).await?;
    let Question { team, end_users, from, to, limit } = question;
    // As it was said: what moves along with the clock is the same question.
    let said = (from.map(|from| from.0), to.map(|to| to.0));
    let now = app.now_of(me.account);
    let to = to.map_or(now, |to| to.0.asked_at(now).unwrap_or(to.0));
    let from = from.map_or(to - USUAL, |from| from.0);
    check(from, to, now).map_err(|(field, words)| {
        Problem::new(kinds::INVALID_FIELDS).field(format!("/{field}"), "out_of_range", words)
    })?;
    // What could not be saved is no policy.
    let loaded = app.desk.log().accounts.load(StreamId::account(me.account)).await?.state;
    let policies = wished(&loaded, now, team.as_ref(), end_users.as_ref())?;
    loaded
        .foresee(&Change::Policy(policies), me.role, &app.desk.offer(), now)
        .map_err(|error| app.problem(error.into()))?;
    let place = place(&me)?;
    session.is_shown(&app, &me, Read::of(Matter::WhatIf).between(said.0, said.1)).await?;
    let imagine = |audience, held: &AudiencePolicy| {
        let wish = match audience {
            Audience::Team => &team,
            Audience::EndUsers => &end_users,
        };
        wish.as_ref().map_or_else(|| held.clone(), |wish| wish.over(held))
    };
    let named = usize::from(limit.unwrap_or(NAMED as u16).clamp(1, 500));
    let found = suppose(&app, me.account, (from, to), imagine, named, place).await?;
    let Reckoning { position, sign_ins, same, days, untold, .. } = found.reckoning;
    Ok(Json(WhatIf {
        from: from.into(),
        to: to.into(),
        position,
        sign_ins,
        same,
        differences: found.kinds.into_iter().map(Into::into).collect(),
        days: days.into_iter().map(Into::into).collect(),
        untold: untold
            .categories()
            .map(|(category, events, meaning)| Untold { category, events, meaning })
            .into(),
    }))
}
