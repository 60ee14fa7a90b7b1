//! `PUT /v1/accounts/{account}/profile`, `GET …/conformance`: named sets of rules, and where an account meets them.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::{Audience, Bound, Finding, Profile};
use twofold_infra::acts::ChooseProfile;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::as_of::Viewed;
use crate::extract::{Json, Path};
use crate::problem::{Problem, kinds};
use crate::routes::as_of::AsOf;
use crate::routes::change::{Answer, Nothing, Placed};
use crate::routes::door::{AccountName, Session};
use crate::routes::reader::Reader;
use crate::routes::show::Instant;
use crate::routes::usual::{Changing, Reading};

/// A profile to choose.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Choice {
    /// `nist-aal2`, `pci-dss-4`, `seed`; `null` for none.
    #[schema(value_type = Option<String>)]
    profile: Option<Profile>,
}

/// Which profile.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// `nist-aal2`, `pci-dss-4`, `seed`; the account's own if not said.
    #[param(value_type = Option<String>)]
    profile: Option<Profile>,
}

/// How an account stands to a profile.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Conformance {
    /// Which.
    #[schema(value_type = String)]
    profile: Profile,
    /// When it was looked at.
    at: Instant,
    /// The policy's version then.
    policy_version: u32,
    /// Whether every rule is met.
    meets: bool,
    /// Each rule and audience.
    rules: Vec<RuleShown>,
}

/// A rule, and how one audience stands to it.
#[derive(Debug, Serialize, ToSchema)]
struct RuleShown {
    /// A stable word for it.
    rule: &'static str,
    /// Where it is written.
    source: &'static str,
    /// Whose policy: `team`, `end_users`.
    #[schema(value_type = String)]
    audience: Audience,
    /// Whether it is met.
    meets: bool,
    /// What the policy says; 1 is yes and 0 no where `wanted` is one of these.
    value: u64,
    /// What the rule wants: `at_most`, `at_least`, or `is`.
    #[schema(value_type = Object)]
    wanted: Bound,
}

impl From<Finding> for RuleShown {
    fn from(Finding { rule, source, audience, meets, value, bound }: Finding) -> Self {
        Self { rule, source, audience, meets, value, wanted: bound }
    }
}

/// Hold the account to a profile, or to none. It changes no setting; the conformance report says what is missed.
#[utoipa::path(put, path = "/v1/accounts/{account}/profile", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name.")),
    request_body = Choice,
    responses((status = 200, description = "Chosen.", body = Placed<Nothing>), Changing))]
pub(super) async fn choose(
    State(app): State<App>,
    session: Session,
    Path(account): Path<AccountName>,
    Json(choice): Json<Choice>,
) -> Result<Response, Problem> {
    let me = session.of_account(&app, &account, Deed::ChangePolicy).await?;
    let act = ChooseProfile { credential: session.credential.clone(), profile: choice.profile };
    let done = app.perform(me.account, session.context, act).await?;
    let answer = Answer { status: StatusCode::OK, etag: None, location: None, body: Ok(Nothing {}) };
    Ok(answer.at(done.position))
}

/// Where the account meets a profile, rule by rule and audience by audience, and where it misses it.
#[utoipa::path(get, path = "/v1/accounts/{account}/conformance", tag = "accounts", security(("bearer" = []), ("password" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name."), Which),
    responses((status = 200, description = "Each rule.", body = Viewed<Conformance>), Reading))]
pub(super) async fn report(
    State(app): State<App>,
    reader: Reader,
    Path(account): Path<AccountName>,
    asked: AsOf<Which>,
) -> Result<Viewed<Conformance>, Problem> {
    let me = reader.of_account(&app, &account, Deed::ReadAccount).await?;
    let seen = asked.stand(&app, me.account, &[]).await?;
    let loaded = seen.account(&app).await?.state;
    let chosen = asked.rest.profile.or_else(|| loaded.profile.as_deref()?.parse().ok());
    let profile = chosen.ok_or_else(|| {
        let words = "the account holds itself to none; say which: `nist-aal2`, `pci-dss-4`, `seed`";
        Problem::new(kinds::INVALID_FIELDS).field("query/profile", "missing_field", words)
    })?;
    let at = seen.instant();
    let findings = profile.findings(|audience| loaded.policy(audience, at), loaded.switch, at);
    Ok(seen.shows(Conformance {
        profile,
        at: at.into(),
        policy_version: loaded.policy_version(at),
        meets: findings.iter().all(|finding| finding.meets),
        rules: findings.into_iter().map(Into::into).collect(),
    }))
}
