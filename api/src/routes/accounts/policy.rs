//! `GET|PUT /v1/accounts/{account}/policy`: what each audience must do.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use twofold_domain::account::Account;
use twofold_domain::ids::{ScheduleId, StreamId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::{Audience, AudiencePolicy};
use twofold_domain::time::Timestamp;
use twofold_infra::acts::ChangePolicies;
use utoipa::ToSchema;

use super::demands::{Demands, Wish};
use super::preview::Confirmation;
use crate::app::App;
use crate::as_of::Viewed;
use crate::extract::{ETag, IfMatch, Json, Path};
use crate::problem::{Problem, kinds};
use crate::routes::as_of::AsOf;
use crate::routes::change::{Answer, Placed};
use crate::routes::door::{AccountName, Session};
use crate::routes::reader::Reader;
use crate::routes::show::Instant;
use crate::routes::usual::{ChangingVersion, Reading};

/// A policy to save: one audience, or both. What is not sent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPolicy {
    /// Owners, admins, agents, auditors.
    team: Option<Wish>,
    /// The account's own customers.
    end_users: Option<Wish>,
    /// The `confirmation` of the preview, as it was received. Needed where the change concerns anybody.
    preview: Option<Confirmation>,
}

impl NewPolicy {
    /// The policies that it would save now; each figure out of its bounds is named.
    pub(crate) fn today(
        &self,
        account: &Account,
        at: Timestamp,
    ) -> Result<BTreeMap<Audience, AudiencePolicy>, Problem> {
        wished(account, at, self.team.as_ref(), self.end_users.as_ref())
    }

    /// What it makes of a policy that holds.
    pub(crate) fn over(&self, audience: Audience, held: &AudiencePolicy) -> AudiencePolicy {
        let wish = match audience {
            Audience::Team => &self.team,
            Audience::EndUsers => &self.end_users,
        };
        wish.as_ref().map_or_else(|| held.clone(), |wish| wish.over(held))
    }
}

/// The policy.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Policy {
    /// Owners, admins, agents, auditors.
    team: Demands,
    /// The account's own customers.
    end_users: Demands,
    /// Since when a second factor is required of team members, or of some; of each person the report says it.
    team_required_since: Option<Instant>,
    /// The same of end users.
    end_users_required_since: Option<Instant>,
    /// What is going to hold.
    scheduled: Vec<Scheduled>,
    /// The loosest policy of the team that an admin may save.
    team_floor: Option<Demands>,
    /// The loosest policy of end users that an admin may save.
    end_users_floor: Option<Demands>,
    /// The named set of rules that the account holds itself to.
    profile: Option<String>,
    /// Counts saves; 0 as opened.
    #[serde(rename = "policy_version")]
    saves: u32,
}

/// A policy that is going to hold.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Scheduled {
    /// The schedule.
    #[schema(value_type = String)]
    id: ScheduleId,
    /// Whom it concerns: `team`, `end_users`.
    #[schema(value_type = String)]
    audience: Audience,
    /// From when.
    begins_at: Instant,
    /// What will hold.
    policy: Demands,
}

/// Both audiences, by the name of their member.
pub(super) const AUDIENCES: [(&str, Audience); 2] =
    [("team", Audience::Team), ("end_users", Audience::EndUsers)];

impl Policy {
    pub(super) fn of(account: &Account, at: Timestamp) -> Self {
        let floor = |audience| account.demand(audience).floor.as_ref().map(Into::into);
        let scheduled = AUDIENCES.iter().filter_map(|(_, audience)| {
            let ahead = account.demand(*audience).scheduled(at)?;
            Some(Scheduled {
                id: ahead.schedule,
                audience: *audience,
                begins_at: ahead.begins_at.into(),
                policy: (&ahead.policy).into(),
            })
        });
        Self {
            team: account.policy(Audience::Team, at).into(),
            end_users: account.policy(Audience::EndUsers, at).into(),
            team_required_since: account.required_since(Audience::Team, at).map(Instant),
            end_users_required_since: account.required_since(Audience::EndUsers, at).map(Instant),
            scheduled: scheduled.collect(),
            team_floor: floor(Audience::Team),
            end_users_floor: floor(Audience::EndUsers),
            profile: account.profile.clone(),
            saves: account.policy_version(at),
        }
    }
}

/// What wishes make of the policies that hold; each figure out of its bounds is named.
pub(super) fn wished(
    account: &Account,
    at: Timestamp,
    team: Option<&Wish>,
    end_users: Option<&Wish>,
) -> Result<BTreeMap<Audience, AudiencePolicy>, Problem> {
    let mut policies = BTreeMap::new();
    let mut wrong = Problem::new(kinds::INVALID_FIELDS);
    for ((name, audience), wish) in AUDIENCES.into_iter().zip([team, end_users]) {
        let Some(wish) = wish else { continue };
        let policy = wish.over(account.policy(audience, at));
        if let Err(out) = policy.check() {
            wrong = wrong.field(format!("/{name}/{}", out.field), "out_of_range", out.to_string());
        }
        policies.insert(audience, policy);
    }
    if policies.is_empty() {
        wrong = wrong.field("", "missing_field", "send `team`, `end_users`, or both");
    }
    if wrong.errors().is_empty() { Ok(policies) } else { Err(wrong) }
}

/// The policy of both audiences, what is scheduled, the owner's floor, and the profile.
#[utoipa::path(get, path = "/v1/accounts/{account}/policy", tag = "accounts", security(("bearer" = []), ("password" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name.")),
    responses((status = 200, description = "The policy.", body = Viewed<Policy>, headers(("ETag" = String))), Reading))]
pub(super) async fn read(
    State(app): State<App>,
    reader: Reader,
    Path(account): Path<AccountName>,
    asked: AsOf,
) -> Result<Response, Problem> {
    let me = reader.of_account(&app, &account, Deed::ReadAccount).await?;
    let at = asked.stand(&app, me.account, &[]).await?;
    let loaded = at.account(&app).await?;
    let policy = Policy::of(&loaded.state, at.instant());
    Ok((ETag(loaded.sequence), at.shows(policy)).into_response())
}

/// Save the policy of one audience or of both.
///
/// One save of one audience is one event, with what held before and after. Out-of-range figures are named,
/// each as `out_of_range`. A save that changes nothing records nothing. One that resets, demands, or ends
/// something for anybody takes the confirmation of its preview: `preview_required`, `preview_outdated`. An
/// admin saves nothing looser than the owner's floor: `below_floor`.
#[utoipa::path(put, path = "/v1/accounts/{account}/policy", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name."),
        ("If-Match" = String, Header, description = "The ETag of your last read.")),
    request_body = NewPolicy,
    responses((status = 200, description = "Saved.", body = Placed<Policy>, headers(("ETag" = String))),
        ChangingVersion))]
pub(super) async fn save(
    State(app): State<App>,
    session: Session,
    Path(account): Path<AccountName>,
    seen: Option<IfMatch>,
    Json(new): Json<NewPolicy>,
) -> Result<Response, Problem> {
    let me = session.of_account(&app, &account, Deed::ChangePolicy).await?;
    let IfMatch(seen) = IfMatch::required(seen)?;
    let now = app.desk.log().accounts.load(StreamId::account(me.account)).await?;
    let policies = new.today(&now.state, app.now_of(me.account))?;
    if now.sequence != seen {
        return Err(app.problem(twofold_infra::acts::ActError::Outdated { actual: now.sequence }));
    }
    let (credential, statement) = (session.credential.clone(), new.preview.map(Into::into));
    let act = ChangePolicies { credential, seen, policies, statement };
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
