//! Who uses the API without a person at the keyboard, and whom a stricter policy would break: the first rows of the
//! report `integrations`, opened for whoever looks after the account.

use serde::{Serialize, Serializer};
use twofold_domain::ids::{AccountId, ClientId, StreamId, TokenId, UserId};
use twofold_domain::policy::Role;
use twofold_domain::sealed::{TokenName, UserAgent};
use twofold_domain::time::Timestamp;
use twofold_infra::acts::ActError;
use twofold_infra::desk::Desk;
use twofold_projections::integrations::MOST;
use twofold_projections::reports::integrations;
use twofold_projections::status::AsOf;
use utoipa::ToSchema;

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
    /// When it was issued.
    #[schema(value_type = String)]
    #[serde(serialize_with = "instant")]
    pub issued_at: Timestamp,
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

/// The report `integrations`, with what its people and their programs call things; 1,000 of each.
pub async fn report(desk: &Desk, account: AccountId, as_of: AsOf) -> Result<Integrations, ActError> {
    let (mut rows, mut issued) = integrations::first(desk.store().views(), account, as_of, MOST + 1).await?;
    let more = rows.len() > MOST || issued.len() > MOST;
    rows.truncate(MOST);
    issued.truncate(MOST);
    let mut passwords = vec![];
    for shown in rows {
        let (user, agent) = (shown.row.user_id, shown.agent().map(<[u8]>::to_vec));
        passwords.push(PasswordUser {
            user,
            role: shown.role,
            last_used_at: shown.last_used,
            outcome: shown.outcome,
            user_agent: clear::<UserAgent>(desk, account, user, agent).await?,
            now: shown.now,
            breaks_if_required: shown.breaks_if_required,
            breaks_at: shown.breaks_at,
        });
    }
    let state = desk.log().accounts.load_as_of(StreamId::account(account), as_of.position).await?.state;
    let mut tokens = vec![];
    for row in issued {
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
            issued_at: row.issued_at,
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
