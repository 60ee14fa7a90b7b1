//! `POST /v1/accounts/{account}/policy/preview` and `…/preview/people`: what a change would do, and to whom.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use twofold_domain::account::{Change, Effect};
use twofold_domain::ids::{StreamId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::{Audience, Role};
use twofold_domain::reading::{Matter, Question as Read};
use twofold_infra::acts::{Principal, Statement};
use twofold_projections::impact::Affected;
use utoipa::ToSchema;

use super::demands::Wish;
use super::policy::wished;
use crate::app::App;
use crate::assess::{NAMED, consider};
use crate::extract::{ETag, Json, Path};
use crate::problem::Problem;
use crate::routes::door::{AccountName, Session};
use crate::routes::show::Instant;
use crate::routes::usual::Reading;

/// A change that may reset, demand, or end something for somebody.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Wished {
    /// Save this policy of one audience, or of both.
    Policy {
        /// Owners, admins, agents, auditors.
        team: Option<Wish>,
        /// The account's own customers.
        end_users: Option<Wish>,
    },
    /// Let a policy hold from a date on.
    Schedule {
        /// Whom it concerns: `team`, `end_users`.
        #[schema(value_type = String)]
        audience: Audience,
        /// What will hold.
        policy: Wish,
        /// From when.
        begins_at: Instant,
    },
    /// Switch off for everyone, and reset everyone.
    Disable,
    /// Stop requirement and challenges.
    Suspend,
    /// End the suspension.
    Resume,
    /// Switch on again.
    Enable,
}

/// What is to be previewed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    /// The change.
    change: Wished,
}

/// Of whom more is to be listed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PeopleQuestion {
    /// The change.
    change: Wished,
    /// What it does to them.
    #[schema(value_type = String)]
    effect: Effect,
    /// The last person of the page before.
    #[schema(value_type = Option<String>)]
    after: Option<UserId>,
    /// At most so many; 20 if not said.
    #[schema(minimum = 1, maximum = 500)]
    limit: Option<u16>,
}

/// What a confirmation carries back, as it was received.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Confirmation {
    /// The policy's version that it was made under.
    version: u32,
    /// The most people by effect that it stands for: what was counted, and in a large account a hundredth more.
    #[schema(value_type = BTreeMap<String, u64>)]
    maxima: BTreeMap<Effect, u64>,
    /// When it was made; it may be confirmed for an hour.
    at: Instant,
    /// A keyed hash over the account, the change, and the rest.
    digest: String,
}

impl From<Statement> for Confirmation {
    fn from(Statement { version, maxima, at, digest }: Statement) -> Self {
        Self { version, maxima, at: at.into(), digest }
    }
}

impl From<Confirmation> for Statement {
    fn from(Confirmation { version, maxima, at, digest }: Confirmation) -> Self {
        Self { version, maxima, at: at.0, digest }
    }
}

/// Somebody whom the change concerns.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Somebody {
    /// Who.
    #[schema(value_type = String)]
    pub(super) user: UserId,
    /// Their role.
    #[schema(value_type = String)]
    pub(super) role: Role,
    /// When their password last opened the API, where it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) password_used_at: Option<Instant>,
}

impl From<&Affected> for Somebody {
    fn from(affected: &Affected) -> Self {
        let Affected { user, role, password_used_at } = *affected;
        Self { user, role, password_used_at: password_used_at.map(Into::into) }
    }
}

/// One thing that the change does.
#[derive(Debug, Serialize, ToSchema)]
struct Category {
    /// What: `reset`, `must_enrol_now`, `must_enrol_after_grace`, `no_working_factor`, `trust_ends`,
    /// `sessions_end`, `integrations_break`, `no_longer_asked`, `password_suffices` (their
    /// password alone opens the API past their second factor).
    #[schema(value_type = String)]
    effect: Effect,
    /// To how many people.
    people: u64,
    /// The most that a confirmation of this preview stands for.
    at_most: u64,
    /// The first of them, in the order of their ids.
    first: Vec<Somebody>,
    /// Send it as `after` to `…/preview/people` for more; absent where these are all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    after: Option<UserId>,
}

/// How often people would be asked for a second factor.
#[derive(Debug, Serialize, ToSchema)]
struct Prompts {
    /// Since when recorded sign-ins were run again: 30 days, or as long as the account has people.
    since: Instant,
    /// How often they ask under what holds.
    now: u64,
    /// How often they would.
    then: u64,
    /// What that makes more in a month, or less. Absent where the recorded sign-ins are those of less than a
    /// week, which tell nothing of a month: then `now` and `then` are all that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    extra_a_month: Option<i64>,
}

/// What the change would do.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Preview {
    /// When people would feel it: at once, or on the date of a schedule, as they stand now.
    tells_at: Instant,
    /// Whether it takes this preview's confirmation.
    confirmation_needed: bool,
    /// What it does, and to whom.
    categories: Vec<Category>,
    /// How often people would be asked.
    prompts: Prompts,
    /// Send it with the change.
    confirmation: Confirmation,
}

/// People whom the change concerns.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct People {
    /// A page of them.
    items: Vec<Somebody>,
    /// Send it as `after` for the next; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    after: Option<UserId>,
}

impl Wished {
    async fn change(&self, app: &App, me: &Principal) -> Result<Change, Problem> {
        let account = || app.desk.log().accounts.load(StreamId::account(me.account));
        Ok(match self {
            Self::Policy { team, end_users } => Change::Policy(wished(
                &account().await?.state,
                app.now_of(me.account),
                team.as_ref(),
                end_users.as_ref(),
            )?),
            Self::Schedule { audience, policy, begins_at } => Change::Schedule {
                audience: *audience,
                policy: policy.over(account().await?.state.policy(*audience, app.now_of(me.account))),
                begins_at: begins_at.0,
            },
            Self::Disable => Change::Disable,
            Self::Suspend => Change::Suspend,
            Self::Resume => Change::Resume,
            Self::Enable => Change::Enable,
        })
    }
}

/// What a change of the policy or of the account-wide switch would do.
///
/// Changes nothing; that it was looked at is recorded. Counts are exact; each category names its first people, and `…/preview/people` the rest.
/// Send `confirmation` as `preview` with the change, within an hour: it is refused as `preview_outdated` once
/// it concerns more people than `at_most`, or the policy was changed.
#[utoipa::path(post, path = "/v1/accounts/{account}/policy/preview", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name.")),
    request_body = Question,
    responses((status = 200, description = "What it would do.", body = Preview, headers(("ETag" = String))),
        Reading))]
pub(super) async fn preview(
    State(app): State<App>,
    session: Session,
    Path(account): Path<AccountName>,
    Json(question): Json<Question>,
) -> Result<Response, Problem> {
    let me = session.of_account(&app, &account, Deed::PreviewChange).await?;
    let change = question.change.change(&app, &me).await?;
    let considered = consider(&app, me.account, &change, me.role).await?;
    session.is_shown(&app, &me, Read::of(Matter::Preview)).await?;
    let made = considered.preview(&app, &change).await?;
    let found = made.found;
    let category = |(effect, people): (&Effect, &u64)| {
        let first = found.people.get(effect).map_or(&[][..], Vec::as_slice);
        Category {
            effect: *effect,
            people: *people,
            at_most: made.statement.maxima.get(effect).copied().unwrap_or(0),
            first: first.iter().map(Into::into).collect(),
            after: first.last().map(|last| last.user).filter(|_| first.len() as u64 != *people),
        }
    };
    let shown = Preview {
        tells_at: considered.tells_at.into(),
        confirmation_needed: found.counts.values().any(|people| *people > 0),
        categories: found.counts.iter().map(category).collect(),
        prompts: Prompts {
            since: found.since.into(),
            now: found.prompts_before,
            then: found.prompts_after,
            extra_a_month: found.extra_prompts_a_month(made.statement.at),
        },
        confirmation: made.statement.into(),
    };
    Ok((ETag(considered.version), Json(shown)).into_response())
}

/// More of the people whom a change would concern in one way, in the order of their ids.
#[utoipa::path(post, path = "/v1/accounts/{account}/policy/preview/people", tag = "accounts",
    security(("bearer" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name.")),
    request_body = PeopleQuestion,
    responses((status = 200, description = "A page of them.", body = People), Reading))]
pub(super) async fn people(
    State(app): State<App>,
    session: Session,
    Path(account): Path<AccountName>,
    Json(question): Json<PeopleQuestion>,
) -> Result<Json<People>, Problem> {
    let me = session.of_account(&app, &account, Deed::PreviewChange).await?;
    let change = question.change.change(&app, &me).await?;
    let limit = usize::from(question.limit.unwrap_or(NAMED as u16).clamp(1, 500));
    let considered = consider(&app, me.account, &change, me.role).await?;
    session
        .is_shown(&app, &me, Read::of(Matter::Preview).narrowed("effect", Some(question.effect.name())))
        .await?;
    let found = considered.concerned(&app, question.effect, question.after, limit + 1).await?;
    let page = &found[..found.len().min(limit)];
    let after = page.last().map(|last| last.user).filter(|_| found.len() > limit);
    Ok(Json(People { items: page.iter().map(Into::into).collect(), after }))
}
