//! Who uses the API without a person at the keyboard: tokens with their last use, and programs that show
//! somebody's password, now and as of any event. Whether a token is good is decided on the aggregates, never here.
//!
//! What ends all of a holder's tokens at once (another role, the removal of a program) is one row about the
//! holder: a token that was issued before it is over.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use twofold_domain::account::AccountEvent;
use twofold_domain::device::DeviceEvent;
use twofold_domain::ids::{AccountId, ClientId, TokenId, UserId};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{PasswordAccess, ResetCause, UserEvent};
use twofold_infra::store::{StoreError, Value, Views};
use uuid::Uuid;

use crate::as_of;
use crate::fact::{Event, Fact};
use crate::record::{Record, record};
use crate::view::{Keeps, Projection, Table, View};

/// The projection's name.
pub const NAME: &str = "integrations";

/// The most rows of one list.
pub const MOST: usize = 1_000;

/// The projection.
pub fn projection() -> Projection {
    Projection::new(NAME, 4).with::<Tokens>().with::<TokenEnds>().with::<PasswordUsers>().with::<Programs>()
}

/// Every API token that was ever issued.
pub enum Tokens {}

record! {
    /// One API token.
    pub struct TokenRow {
        /// The token.
        pub token_id: TokenId,
        /// The person whose it is.
        pub user_id: Option<UserId>,
        /// Or the program.
        pub client: Option<ClientId>,
        /// What its person calls it, sealed.
        pub name: Option<Vec<u8>>,
        /// What it may be used for, by spaces.
        pub scopes: String,
        /// When it was issued.
        pub issued_at: Timestamp,
        /// By which event.
        pub issued_seq: u64,
        /// When it ends.
        pub expires_at: Option<Timestamp>,
        /// When its use was last recorded, which happens at most hourly.
        pub last_used_at: Option<Timestamp>,
        /// Where that was, sealed.
        pub ip: Option<Vec<u8>>,
        /// And by what, sealed.
        pub user_agent: Option<Vec<u8>>,
        /// When it was revoked.
        pub revoked_at: Option<Timestamp>,
    }
}

impl View for Tokens {
    type Row = TokenRow;
    type Key = TokenId;
    const TABLE: Table = Table {
        keeps: Keeps::History,
        indexes: &["user_id", "client"],
        ..Table::of("api_tokens", "token_id")
    };

    fn key(fact: &Fact) -> Option<TokenId> {
        match &fact.event {
            Event::User(
                _,
                UserEvent::ApiTokenIssued { token, .. } | UserEvent::ApiTokenRevoked { token, .. },
            )
            | Event::Account(
                AccountEvent::ClientTokenIssued { token, .. }
                | AccountEvent::ClientTokenRevoked { token, .. },
            )
            | Event::Device(_, DeviceEvent::ApiTokenUsed { token, .. }) => Some(*token),
            _ => None,
        }
    }

    fn apply(row: Option<TokenRow>, token_id: TokenId, fact: &Fact) -> Option<TokenRow> {
        let new = |user_id, client, name, scopes: &std::collections::BTreeSet<_>, expires_at, at| {
            let names: Vec<&str> =
                scopes.iter().map(|scope: &twofold_domain::account::TokenScope| scope.name()).collect();
            TokenRow {
                token_id,
                user_id,
                client,
                name,
                scopes: names.join(" "),
                issued_at: at,
                issued_seq: fact.seq,
                expires_at,
                last_used_at: None,
                ip: None,
                user_agent: None,
                revoked_at: None,
            }
        };
        match &fact.event {
            Event::User(user, UserEvent::ApiTokenIssued { name, scopes, expires_at, at, .. }) => {
                return Some(new(Some(*user), None, Some(name.bytes().to_vec()), scopes, *expires_at, *at));
            }
            Event::Account(AccountEvent::ClientTokenIssued { client, scopes, expires_at, at, .. }) => {
                return Some(new(None, Some(*client), None, scopes, *expires_at, *at));
            }
            _ => {}
        }
        let mut row = row?;
        match &fact.event {
            Event::User(_, UserEvent::ApiTokenRevoked { at, .. })
            | Event::Account(AccountEvent::ClientTokenRevoked { at, .. }) => row.revoked_at = Some(*at),
            Event::Device(_, DeviceEvent::ApiTokenUsed { origin, at, .. }) => {
                row.last_used_at = Some(*at);
                row.ip = origin.ip.as_ref().map(|ip| ip.bytes().to_vec());
                row.user_agent = origin.user_agent.as_ref().map(|agent| agent.bytes().to_vec());
            }
            // `key` names everything that matters.
            _ => {}
        }
        Some(row)
    }
}

/// What ended every token of a holder.
pub enum TokenEnds {}

record! {
    /// The last event that ended every token that a person or a program had.
    pub struct TokenEndRow {
        /// The person or the program.
        pub holder: Uuid,
        /// By which event.
        pub ended_seq: u64,
        /// When.
        pub ended_at: Timestamp,
    }
}

impl View for TokenEnds {
    type Row = TokenEndRow;
    type Key = Uuid;
    const TABLE: Table = Table { keeps: Keeps::History, ..Table::of("api_token_ends", "holder") };

    fn key(fact: &Fact) -> Option<Uuid> {
        match &fact.event {
            Event::User(
                user,
                UserEvent::RoleChanged { .. }
                | UserEvent::UserDeactivated { .. }
                | UserEvent::UserFrozen { .. }
                | UserEvent::PersonErased { .. }
                | UserEvent::TwoFactorReset { cause: ResetCause::Staff { compromise: true, .. }, .. },
            ) => Some(user.uuid()),
            Event::Account(AccountEvent::ClientRemoved { client, .. }) => Some(client.uuid()),
            _ => None,
        }
    }

    fn apply(_: Option<TokenEndRow>, holder: Uuid, fact: &Fact) -> Option<TokenEndRow> {
        Some(TokenEndRow { holder, ended_seq: fact.seq, ended_at: fact.at })
    }
}

/// Every program that was ever registered.
pub enum Programs {}

record! {
    /// What the account calls it.
    pub struct ProgramRow {
        /// The program.
        pub client_id: ClientId,
        /// Its name, which never changes.
        pub name: String,
    }
}

impl View for Programs {
    type Row = ProgramRow;
    type Key = ClientId;
    const TABLE: Table = Table { keeps: Keeps::Everything, ..Table::of("api_programs", "client_id") };

    fn key(fact: &Fact) -> Option<ClientId> {
        match &fact.event {
            Event::Account(AccountEvent::ClientRegistered { client, .. }) => Some(*client),
            _ => None,
        }
    }

    fn apply(_: Option<ProgramRow>, client_id: ClientId, fact: &Fact) -> Option<ProgramRow> {
        let Event::Account(AccountEvent::ClientRegistered { name, .. }) = &fact.event else { return None };
        Some(ProgramRow { client_id, name: name.clone() })
    }
}

/// Everybody whose password a program showed.
pub enum PasswordUsers {}

record! {
    /// When a person's right password was last shown by a program, by what became of it; recorded once a day.
    pub struct PasswordRow {
        /// Whose.
        pub user_id: UserId,
        /// When it last opened the API.
        pub allowed_at: Option<Timestamp>,
        /// By which program, sealed.
        pub allowed_agent: Option<Vec<u8>>,
        /// When it last opened the API with a warning.
        pub warned_at: Option<Timestamp>,
        /// By which program, sealed.
        pub warned_agent: Option<Vec<u8>>,
        /// When it was last refused for the setting's sake.
        pub refused_at: Option<Timestamp>,
        /// By which program, sealed.
        pub refused_agent: Option<Vec<u8>>,
    }
}

impl View for PasswordUsers {
    type Row = PasswordRow;
    type Key = UserId;
    const TABLE: Table = Table { keeps: Keeps::History, ..Table::of("password_users", "user_id") };

    fn key(fact: &Fact) -> Option<UserId> {
        match &fact.event {
            Event::User(user, UserEvent::PasswordAccessUsed { .. } | UserEvent::PersonErased { .. }) => {
                Some(*user)
            }
            _ => None,
        }
    }

    fn apply(row: Option<PasswordRow>, user_id: UserId, fact: &Fact) -> Option<PasswordRow> {
        let nothing = PasswordRow {
            user_id,
            allowed_at: None,
            allowed_agent: None,
            warned_at: None,
            warned_agent: None,
            refused_at: None,
            refused_agent: None,
        };
        let Event::User(_, UserEvent::PasswordAccessUsed { outcome, user_agent, at }) = &fact.event else {
            // Of somebody erased nothing is left to tell; what was before, the history knows.
            return row.map(|_| nothing);
        };
        let mut row = row.unwrap_or(nothing);
        let agent = user_agent.as_ref().map(|agent| agent.bytes().to_vec());
        match outcome {
            PasswordAccess::Allowed => (row.allowed_at, row.allowed_agent) = (Some(*at), agent),
            PasswordAccess::Warned => (row.warned_at, row.warned_agent) = (Some(*at), agent),
            PasswordAccess::Refused => (row.refused_at, row.refused_agent) = (Some(*at), agent),
        }
        Some(row)
    }
}

/// What is known of these tokens right after an event, by their holders. Whether one is good, its holder's own history
/// says, which has names of few.
pub async fn tokens(
    views: &Views,
    account: AccountId,
    position: u64,
    ids: &[TokenId],
) -> Result<Vec<TokenRow>, StoreError> {
    let mut found = vec![];
    for page in ids.chunks(PAGE) {
        let mut binds: Vec<Value> = vec![account.uuid().into(), position.into()];
        binds.extend(page.iter().map(|token| Value::from(token.uuid())));
        let which = format!("account_id = $1 and token_id in ({})", places(3, page.len()));
        for row in views.fetch(&as_of::sql::<Tokens>(views, &which, ""), &binds).await? {
            found.push(TokenRow::get(&row, 0)?);
        }
    }
    found.sort_by_key(|row| (row.client, row.user_id, row.token_id));
    Ok(found)
}

/// The last event, up to one, that ended every token of each of these holders.
pub async fn ends(
    views: &Views,
    account: AccountId,
    position: u64,
    holders: &BTreeSet<Uuid>,
) -> Result<HashMap<Uuid, u64>, StoreError> {
    let holders: Vec<Uuid> = holders.iter().copied().collect();
    let mut found = HashMap::new();
    for page in holders.chunks(PAGE) {
        let mut binds: Vec<Value> = vec![account.uuid().into(), position.into()];
        binds.extend(page.iter().map(|holder| Value::from(*holder)));
        let which = format!("account_id = $1 and holder in ({})", places(3, page.len()));
        for row in views.fetch(&as_of::sql::<TokenEnds>(views, &which, ""), &binds).await? {
            let row = TokenEndRow::get(&row, 0)?;
            found.insert(row.holder, row.ended_seq);
        }
    }
    Ok(found)
}

/// What these programs are called.
pub async fn called(
    views: &Views,
    account: AccountId,
    ids: &BTreeSet<ClientId>,
) -> Result<BTreeMap<ClientId, String>, StoreError> {
    let ids: Vec<ClientId> = ids.iter().copied().collect();
    let mut found = BTreeMap::new();
    for page in ids.chunks(PAGE) {
        let sql = format!(
            "select client_id, name from views.api_programs where account_id = $1 and client_id in ({})",
            places(2, page.len())
        );
        let mut binds: Vec<Value> = vec![account.uuid().into()];
        binds.extend(page.iter().map(|client| Value::from(client.uuid())));
        for row in views.fetch(&sql, &binds).await? {
            found.insert(ClientId::from_uuid(row.get(0)?), row.get(1)?);
        }
    }
    Ok(found)
}

/// Ids per statement.
const PAGE: usize = 500;

/// So many places of a statement, from one on.
fn places(first: usize, many: usize) -> String {
    (first..first + many).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ")
}

impl TokenRow {
    /// The person or the program whose it is.
    pub fn holder(&self) -> Option<Uuid> {
        self.user_id.map(UserId::uuid).or(self.client.map(ClientId::uuid))
    }

    /// Whether it was revoked, or ended with everything that its holder had: by their last such events.
    pub fn ended(&self, ends: &HashMap<Uuid, u64>) -> bool {
        let end = self.holder().and_then(|holder| ends.get(&holder));
        self.revoked_at.is_some() || end.is_some_and(|seq| *seq > self.issued_seq)
    }
}
