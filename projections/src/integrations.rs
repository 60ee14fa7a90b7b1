//! Who uses the API without a person at the keyboard: tokens with their last use, and programs that show
//! somebody's password, now and as of any event. Whether a token is good is decided on the aggregates, never here.
//!
//! What ends all of a holder's tokens at once (another role, the removal of a program) is one row about the
//! holder: a token that was issued before it is over.

use std::collections::HashMap;

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
    Projection::new(NAME, 3).with::<Tokens>().with::<TokenEnds>().with::<PasswordUsers>()
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

/// Whose tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// A person's.
    User(UserId),
    /// Every program's.
    Programs,
}

/// Tokens that were not ended right after an event, by their holders; at most [`MOST`] and one. Their time may be over.
pub async fn tokens(
    views: &Views,
    account: AccountId,
    position: u64,
    whose: Whose,
) -> Result<Vec<TokenRow>, StoreError> {
    let mut binds: Vec<Value> = vec![account.uuid().into(), position.into()];
    let (tokens, ends) = match whose {
        Whose::User(user) => {
            binds.push(user.uuid().into());
            ("account_id = $1 and user_id = $3", "account_id = $1 and holder = $3")
        }
        Whose::Programs => (
            "account_id = $1 and client is not null",
            "account_id = $1 and holder in (select t.client from views.api_tokens t where t.account_id = $1)",
        ),
    };
    let mut ended = HashMap::new();
    for row in views.fetch(&as_of::sql::<TokenEnds>(views, ends, ""), &binds).await? {
        let row = TokenEndRow::get(&row, 0)?;
        ended.insert(row.holder, row.ended_seq);
    }
    let mut open = vec![];
    for row in views.fetch(&as_of::sql::<Tokens>(views, tokens, "revoked_at is null"), &binds).await? {
        let row = TokenRow::get(&row, 0)?;
        if !row.ended(&ended) {
            open.push(row);
        }
    }
    open.sort_by_key(|row| (row.client, row.user_id, row.token_id));
    open.truncate(MOST + 1);
    Ok(open)
}

impl TokenRow {
    /// Whether it was revoked, or ended with everything that its holder had: by their last such events.
    pub fn ended(&self, ends: &HashMap<Uuid, u64>) -> bool {
        let holder = self.user_id.map(UserId::uuid).or(self.client.map(ClientId::uuid));
        let end = holder.and_then(|holder| ends.get(&holder));
        self.revoked_at.is_some() || end.is_some_and(|seq| *seq > self.issued_seq)
    }
}
