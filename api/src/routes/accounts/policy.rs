//! `GET|PUT /v1/accounts/{account}/policy`: what each audience must do.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use twofold_domain::account::Account;
use twofold_domain::ids::StreamId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::{Audience, AudiencePolicy};
use twofold_domain::time::Timestamp;
use twofold_infra::acts::ChangePolicies;
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::{ETag, IfMatch, Json, Path};
use crate::problem::{Problem, kinds};
use crate::routes::change::{Answer, Placed};
use crate::routes::door::{AccountName, Session};
use crate::routes::reader::Reader;
use crate::routes::show::Instant;
use crate::routes::usual::{ChangingVersion, Reading};

/// What one audience must do.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Demands {
    /// Whether a second factor is required at sign-in with e-mail and password. Off in a new account.
    required: bool,
    /// Days after the requirement began in which people without a factor may still sign in.
    #[schema(minimum = 0, maximum = 90, example = 0)]
    grace_days: u16,
    /// Days for which a device may skip the second factor; 0 means every sign-in.
    #[schema(minimum = 0, maximum = 365, example = 30)]
    trust_days: u16,
    /// Days for which closing the browser does not end a session.
    #[schema(minimum = 0, maximum = 90, example = 14)]
    stay_signed_in_days: u16,
    /// Minutes without activity after which a session ends.
    #[schema(minimum = 5, maximum = 43200, example = 480)]
    idle_minutes: u32,
    /// Hours after which a session ends whatever happens.
    #[schema(minimum = 1, maximum = 720, example = 336)]
    lifetime_hours: u32,
}

impl From<&AudiencePolicy> for Demands {
    fn from(p: &AudiencePolicy) -> Self {
        Self {
            required: p.required,
            grace_days: p.grace_days,
            trust_days: p.trust_days,
            stay_signed_in_days: p.stay_signed_in_days,
            idle_minutes: p.idle_minutes,
            lifetime_hours: p.lifetime_hours,
        }
    }
}

impl Demands {
    /// What was sent; what was not stays as it is.
    fn over(self, now: &AudiencePolicy) -> AudiencePolicy {
        AudiencePolicy {
            required: self.required,
            grace_days: self.grace_days,
            trust_days: self.trust_days,
            stay_signed_in_days: self.stay_signed_in_days,
            idle_minutes: self.idle_minutes,
            lifetime_hours: self.lifetime_hours,
            ..now.clone()
        }
    }
}

/// A policy to save: one audience, or both.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPolicy {
    /// Owners, admins, agents, auditors.
    team: Option<Demands>,
    /// The account's own customers.
    end_users: Option<Demands>,
}

/// The policy.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Policy {
    /// Owners, admins, agents, auditors.
    team: Demands,
    /// The account's own customers.
    end_users: Demands,
    /// Since when a second factor is required of team members.
    team_required_since: Option<Instant>,
    /// Since when a second factor is required of end users.
    end_users_required_since: Option<Instant>,
    /// Counts saves; 0 as opened.
    #[serde(rename = "policy_version")]
    saves: u32,
}

impl Policy {
    fn of(account: &Account, at: Timestamp) -> Self {
        Self {
            team: account.policy(Audience::Team, at).into(),
            end_users: account.policy(Audience::EndUsers, at).into(),
            team_required_since: account.required_since(Audience::Team, at).map(Instant),
            end_users_required_since: account.required_since(Audience::EndUsers, at).map(Instant),
            saves: account.policy_version(at),
        }
    }
}

/// The policy of both audiences.
#[utoipa::path(get, path = "/v1/accounts/{account}/policy", tag = "accounts", security(("bearer" = []), ("password" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name.")),
    responses((status = 200, description = "The policy.", body = Policy, headers(("ETag" = String))), Reading))]
pub(super) async fn read(
    State(app): State<App>,
    reader: Reader,
    Path(account): Path<AccountName>,
) -> Result<Response, Problem> {
    let me = reader.of_account(&app, &account, Deed::ReadAccount).await?;
    let loaded = app.desk.log().accounts.load(StreamId::account(me.account)).await?;
    Ok((ETag(loaded.sequence), Json(Policy::of(&loaded.state, app.now()))).into_response())
}

/// Save the policy of one audience or of both.
///
/// One save of one audience is one event, with what held before and after. Out-of-range figures are named,
/// each as `out_of_range`. A save that changes nothing records nothing.
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
    IfMatch(seen): IfMatch,
    Json(new): Json<NewPolicy>,
) -> Result<Response, Problem> {
    let me = session.of_account(&app, &account, Deed::ChangePolicy).await?;
    let audiences = [("team", Audience::Team, new.team), ("end_users", Audience::EndUsers, new.end_users)];
    let now = app.desk.log().accounts.load(StreamId::account(me.account)).await?.state;
    let mut changes = vec![];
    let mut wrong = Problem::new(kinds::INVALID_FIELDS);
    for (name, audience, demands) in audiences {
        let Some(demands) = demands else { continue };
        let policy = demands.over(now.policy(audience, app.now()));
        if let Err(out) = policy.check() {
            wrong = wrong.field(format!("/{name}/{}", out.field), "out_of_range", out.to_string());
        }
        changes.push((audience, policy));
    }
    if changes.is_empty() {
        wrong = wrong.field("", "missing_field", "send `team`, `end_users`, or both");
    }
    if !wrong.errors().is_empty() {
        return Err(wrong);
    }
    let act = ChangePolicies { credential: session.credential.clone(), seen, changes };
    let done = app.perform(me.account, session.context, act).await?;
    let (version, after) = &done.reply;
    let answer = Answer {
        status: StatusCode::OK,
        etag: Some(*version),
        location: None,
        body: Policy::of(after, done.at),
    };
    Ok(answer.at(done.position))
}
