//! `GET /v1/users/{user}`: one person.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use twofold_domain::ids::{GroupId, UserId};
use twofold_domain::policy::Role;
use twofold_domain::status::{Rule, Standing, stands};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{Codes, User};
use utoipa::ToSchema;

use super::list::erased_by_now;
use crate::app::App;
use crate::as_of::Viewed;
use crate::extract::{ETag, Path};
use crate::problem::{Missing, Problem};
use crate::routes::as_of::AsOf;
use crate::routes::door::UserName;
use crate::routes::reader::Reader;
use crate::routes::show::{Instant, open};
use crate::routes::usual::Reading;

/// One person.
#[derive(Serialize, ToSchema)]
pub(super) struct Person {
    /// Who.
    #[schema(value_type = String)]
    id: UserId,
    /// Their role.
    #[schema(value_type = String)]
    role: Role,
    /// Their name; absent once they were erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Their address; absent once they were erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Whether the address is proved to be theirs.
    email_verified: bool,
    /// The language of messages to them.
    language: String,
    /// Whether they have set a password.
    password_set: bool,
    /// Whether their password came from another system and was never shown here.
    password_claimed: bool,
    /// Groups that they are in.
    #[schema(value_type = Vec<String>)]
    groups: Vec<GroupId>,
    /// Identity providers through which they can sign in.
    identity_providers: Vec<String>,
    /// The link by which they set a password, where they have none: `open` or `expired`, and when it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    invitation: Option<Invited>,
    /// Where they stand: `enabled`, `pending`, `optional`, `exempt`, `suspended`, `off`, `locked`, `deactivated`, `frozen`.
    #[schema(value_type = String)]
    state: Standing,
    /// The rule that puts them there.
    #[schema(value_type = String)]
    rule: Rule,
    /// Since when they have a second factor.
    enabled_since: Option<Instant>,
    /// How many factors they have.
    factors: usize,
    /// How many of these came from another system, without a code that was ever accepted here.
    factors_claimed: usize,
    /// Recovery codes left; absent without a second factor.
    recovery_codes_left: Option<u8>,
    /// Whether they were erased.
    erased: bool,
    /// When they were erased, by now: of an earlier event, too, nothing is left to call them by.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    erased_since: Option<Instant>,
    /// The person's version, for `If-Match`.
    version: u64,
}

/// An invitation.
#[derive(Serialize, ToSchema)]
pub(super) struct Invited {
    /// `open` or `expired`.
    state: &'static str,
    /// When its link ends, or ended.
    #[schema(value_type = String)]
    expires_at: Instant,
}

fn invitation(user: &User, now: Timestamp) -> Option<Invited> {
    let purpose = user.welcome()?;
    let link = user.links.values().find(|link| link.purpose == purpose)?;
    let state = if now < link.expires_at { "open" } else { "expired" };
    Some(Invited { state, expires_at: link.expires_at.into() })
}

/// One person.
///
/// Everybody sees themselves (`me`); owners, admins, agents, and auditors see others.
#[utoipa::path(get, path = "/v1/users/{user}", tag = "people", security(("bearer" = []), ("password" = [])),
    params(("user" = String, Path, description = "`usr_…` or `me`.")),
    responses((status = 200, description = "The person.", body = Viewed<Person>, headers(("ETag" = String))), Reading))]
pub(super) async fn one(
    State(app): State<App>,
    reader: Reader,
    Path(who): Path<UserName>,
    asked: AsOf,
) -> Result<Response, Problem> {
    let (at, id) = reader.may_see(&app, who, &asked, &[]).await?;
    let (in_account, account) = (at.account_id(), at.account(&app).await?.state);
    let loaded = at.user(&app, id).await?;
    let (state, who) = (&loaded.state, loaded.state.who().ok_or_else(|| Problem::missing(Missing::Person))?);
    let enrolled = state.enrolled_at(account.generation, at.instant());
    let (standing, rule) = stands(&account, state, who.role, at.instant());
    let name = open(&app, in_account, id, &who.name).await?;
    let nameless = if name.is_none() { vec![id] } else { vec![] };
    let erased_since = erased_by_now(&app, in_account, &nameless).await?.remove(&id);
    let shown = Person {
        id,
        role: who.role,
        name,
        email: open(&app, in_account, id, &who.email).await?,
        email_verified: state.email_verified,
        language: who.language.clone(),
        password_set: state.password.is_some(),
        password_claimed: state.password.is_some_and(|password| password.claimed),
        groups: state.groups.iter().copied().filter(|group| account.groups.contains_key(group)).collect(),
        identity_providers: state.providers.keys().cloned().collect(),
        invitation: invitation(state, at.instant()),
        state: standing,
        rule,
        enabled_since: enrolled.map(|e| e.since.into()),
        factors: enrolled.map_or(0, |e| e.factors.len()),
        factors_claimed: enrolled.map_or(0, |e| e.factors.values().filter(|factor| factor.claimed).count()),
        recovery_codes_left: enrolled.and_then(|e| e.codes.as_ref()).map(Codes::left),
        erased: state.erased,
        erased_since: erased_since.map(Instant::from),
        version: loaded.sequence,
    };
    Ok((ETag(loaded.sequence), at.shows(shown)).into_response())
}
