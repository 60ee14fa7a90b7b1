//! Who uses the API without a person at the keyboard, and whom a stricter policy would break: the report of the
//! API, the command line, and the console.

use serde::{Serialize, Serializer};
use twofold_domain::access::{PasswordOff, password_door};
use twofold_domain::account::Account;
use twofold_domain::ids::{AccountId, ClientId, StreamId, TokenId, UserId};
use twofold_domain::policy::{AudiencePolicy, RequiredOf, Role};
use twofold_domain::sealed::{TokenName, UserAgent};
use twofold_domain::time::Timestamp;
use twofold_domain::user::User;
use twofold_infra::acts::ActError;
use twofold_infra::desk::Desk;
use twofold_projections::audit;
use twofold_projections::integrations::{self, Held, MOST, PasswordRow};
use utoipa::ToSchema;

use crate::app::App;
use crate::as_of::Standpoint;
use crate::problem::Problem;

/// Who uses the API without a person at the keyboard.
#[derive(Debug, Serialize, ToSchema)]
pub struct Integrations {
    /// Whose password programs show on requests.
    pub passwords: Vec<PasswordUser>,
    /// API tokens that are good.
    pub tokens: Vec<TokenInUse>,
    /// Whether there are more than are listed: 1,000 of each.
    pub more: bool,
}

/// Somebody whose password a program shows.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasswordUser {
    /// Whose.
    #[schema(value_type = String)]
    pub user: UserId,
    /// Their role.
    #[schema(value_type = String)]
    pub role: Role,
    /// When it was last shown; recorded once a day.
    #[schema(value_type = String)]
    #[serde(serialize_with = "instant")]
    pub last_used_at: Timestamp,
    /// What became of it: `allowed`, `warned`, `refused`.
    pub outcome: &'static str,
    /// By which program.
    pub user_agent: Option<String>,
    /// What would become of it now: `open`, `ending`, `off`.
    pub now: &'static str,
    /// Whether it would break the moment a second factor is required of everybody.
    pub breaks_if_required: bool,
    /// When it breaks as things stand: an announced end, or a policy that begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "instant_or_null")]
    pub breaks_at: Option<Timestamp>,
}

/// A token that is good. No policy on second factors breaks it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenInUse {
    /// The token.
    #[schema(value_type = String)]
    pub token: TokenId,
    /// The person whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub user: Option<UserId>,
    /// Or the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub client: Option<ClientId>,
    /// What it, or its program, is called.
    pub name: Option<String>,
    /// What it may be used for.
    pub scopes: Vec<String>,
    /// When it ends.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "instant_or_null")]
    pub expires_at: Option<Timestamp>,
    /// When it was last used; recorded at most hourly.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "instant_or_null")]
    pub last_used_at: Option<Timestamp>,
}

/// RFC 3339, as everywhere.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a field over so")]
fn instant<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

#[expect(clippy::ref_option, reason = "serde hands a field over so")]
fn instant_or_null<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serializer.collect_str(at),
        None => serializer.serialize_none(),
    }
}

/// What would become of somebody's password on a request.
fn door(account: &Account, user: &User, at: Timestamp) -> Result<Option<Timestamp>, PasswordOff> {
    if user.deactivated || user.password.is_none() {
        return Err(PasswordOff::Setting { since: None });
    }
    account.password_door(user, at)
}

/// The earliest instant from which it opens nothing any more, as things stand.
fn breaks_at(account: &Account, user: &User, now: Timestamp) -> Option<Timestamp> {
    let role = user.role()?;
    let announced = door(account, user, now).ok()?;
    let begins = account.demand(role.audience()).scheduled(now).map(|s| s.begins_at);
    // Under a policy that is going to begin, the announced end may be another one.
    let scheduled = begins.and_then(|at| match door(account, user, at) {
        Err(_) => Some(at),
        Ok(end) => end,
    });
    match (announced, begins) {
        (Some(end), Some(begin)) if begin <= end => scheduled,
        (Some(end), _) => Some(end),
        (None, _) => scheduled,
    }
}

fn breaks_if_required(account: &Account, user: &User, now: Timestamp) -> bool {
    let Some(whom) = user.whom() else { return false };
    let policy = account.policy(whom.role.audience(), now);
    let stricter = AudiencePolicy { required: true, required_of: RequiredOf::EVERYONE, ..policy.clone() };
    door(account, user, now).is_ok() && password_door(&stricter, whom, None, None, None, now).is_err()
}

/// The last outcome that was recorded.
fn last(row: &PasswordRow) -> Option<(Timestamp, &'static str, Option<Vec<u8>>)> {
    [
        (row.allowed_at, "allowed", &row.allowed_agent),
        (row.warned_at, "warned", &row.warned_agent),
        (row.refused_at, "refused", &row.refused_agent),
    ]
    .into_iter()
    .filter_map(|(at, outcome, agent)| Some((at?, outcome, agent.clone())))
    .max_by_key(|(at, _, _)| *at)
}

/// Tokens and shown passwords, of one person where one is named: of now as they are kept, of the past as the log's
/// events make them.
pub(crate) async fn held(app: &App, at: &Standpoint, user: Option<UserId>) -> Result<Held, Problem> {
    let (views, account) = (app.store().views(), at.account_id());
    let now = match user {
        Some(user) => {
            Held { tokens: integrations::tokens_of(views, account, user).await?, passwords: vec![] }
        }
        None => Held::now(views, account).await?,
    };
    if at.still_holds(app, &[integrations::NAME]).await? {
        return Ok(now);
    }
    app.caught_up(audit::NAME, account, at.position()).await?;
    Ok(Held::as_of(&at.asked(app), user).await?)
}

/// The report, right after an event and at an instant.
pub async fn report(
    desk: &Desk,
    account: AccountId,
    held: Held,
    position: u64,
    now: Timestamp,
) -> Result<Integrations, ActError> {
    let state = desk.log().accounts.load_as_of(StreamId::account(account), position).await?.state;
    let Held { tokens: mut issued, passwords: mut rows } = held;
    let more = rows.len() > MOST || issued.len() > MOST;
    rows.truncate(MOST);
    issued.truncate(MOST);
    let mut passwords = vec![];
    for row in rows {
        let user = desk.log().users.load_as_of(StreamId::user(account, row.user_id), position).await?.state;
        let (Some(role), Some((last_used_at, outcome, agent))) = (user.role(), last(&row)) else { continue };
        passwords.push(PasswordUser {
            user: row.user_id,
            role,
            last_used_at,
            outcome,
            user_agent: clear::<UserAgent>(desk, account, row.user_id, agent).await?,
            now: match door(&state, &user, now) {
                Err(_) => "off",
                Ok(Some(_)) => "ending",
                Ok(None) => "open",
            },
            breaks_if_required: breaks_if_required(&state, &user, now),
            breaks_at: breaks_at(&state, &user, now),
        });
    }
    let mut tokens = vec![];
    for row in issued {
        if row.expires_at.is_some_and(|end| end <= now) {
            continue;
        }
        let name = match (row.user_id, row.client) {
            (Some(user), _) => clear::<TokenName>(desk, account, user, row.name).await?,
            (None, Some(client)) => state.clients.get(&client).map(|client| client.name.clone()),
            (None, None) => None,
        };
        tokens.push(TokenInUse {
            token: row.token_id,
            user: row.user_id,
            client: row.client,
            name,
            scopes: row.scopes.split_whitespace().map(str::to_owned).collect(),
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
        });
    }
    Ok(Integrations { passwords, tokens, more })
}

async fn clear<K: twofold_domain::sealed::Kind>(
    desk: &Desk,
    account: AccountId,
    person: UserId,
    sealed: Option<Vec<u8>>,
) -> Result<Option<String>, ActError> {
    let Some(bytes) = sealed else { return Ok(None) };
    let sealed = twofold_domain::sealed::Sealed::<K>::from_bytes(bytes);
    let text = desk.vault().unseal(account, person, &sealed).await?;
    Ok(text.map(|text| text.as_str().to_owned()))
}
