//! The stock of hardware tokens as far as events tell of it: how many came, who was handed which, and how many were
//! bound. A token that was handed to nobody is in no event by name: it is a row beside the log, with its seed.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use twofold_domain::account::AccountEvent;
use twofold_domain::factor::{FactorDetail, token};
use twofold_domain::ids::{AccountId, FactorId, StockTokenId, UserId};
use twofold_domain::user::UserEvent;
use twofold_infra::store::{Row, StoreError, Value, Views};
use uuid::Uuid;

use crate::as_of::{self, Ranges};
use crate::fact::{Event, Fact};
use crate::record::{Column, Kind, Record as _, Sink, record};
use crate::view::{Keeps, Projection, Table, View};

/// The projection's name.
pub const NAME: &str = "stock";

/// The projection.
pub fn projection() -> Projection {
    Projection::new(NAME, 1).with::<Holders>().with::<Imports>()
}

/// Something small by its id, as text in one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ById<K: Ord, T>(pub BTreeMap<K, T>);

impl<K, T> Column for ById<K, T>
where
    K: Ord + Serialize + DeserializeOwned,
    T: Serialize + DeserializeOwned,
{
    const KIND: Kind = Kind::Text;
    fn put(&self, sink: &mut impl Sink) {
        // Ids are texts and values have names, so nothing of it can fail to be JSON.
        sink.text(&serde_json::to_string(&self.0).unwrap_or_default());
    }
    fn get(row: &Row, index: usize) -> Result<Self, StoreError> {
        let null = || StoreError::Corrupt("a read model holds null, which nothing here is called".to_owned());
        Self::get_optional(row, index)?.ok_or_else(null)
    }
    fn get_optional(row: &Row, index: usize) -> Result<Option<Self>, StoreError> {
        let Some(stored) = row.text(index)? else { return Ok(None) };
        let read = serde_json::from_str(stored);
        read.map(|all| Some(Self(all))).map_err(|e| StoreError::Corrupt(format!("{stored:?}: {e}")))
    }
}

/// Everybody who was ever handed a token.
pub enum Holders {}

record! {
    /// The tokens of the stock that somebody was handed.
    pub struct HolderRow {
        /// Who.
        pub user_id: UserId,
        /// Those that are not bound, each as it was handed out.
        pub handed: ById<StockTokenId, token::Begun>,
        /// How many these are.
        pub waiting: u32,
        /// Which of them each factor is that they began to bind.
        pub begun: ById<FactorId, StockTokenId>,
        /// How many they ever bound.
        pub bound: u32,
    }
}

/// The token of the stock that a factor is.
fn of_stock(detail: &FactorDetail) -> Option<StockTokenId> {
    match detail {
        FactorDetail::Token(begun) => begun.stock.as_ref().map(|stock| stock.token),
        FactorDetail::Totp(_) | FactorDetail::Sms(_) | FactorDetail::Webauthn(_) => None,
    }
}

impl View for Holders {
    type Row = HolderRow;
    type Key = UserId;
    const TABLE: Table = Table { keeps: Keeps::History, ..Table::of("stock_holders", "user_id") };

    fn key(fact: &Fact) -> Option<UserId> {
        match &fact.event {
            Event::User(
                user,
                UserEvent::TokenAssigned { .. }
                | UserEvent::TokenWithdrawn { .. }
                | UserEvent::FactorConfirmed { .. }
                | UserEvent::PersonErased { .. },
            ) => Some(*user),
            Event::User(user, UserEvent::FactorEnrolmentStarted { detail, .. }) => {
                of_stock(detail).map(|_| *user)
            }
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => None,
        }
    }

    fn apply(row: Option<HolderRow>, user_id: UserId, fact: &Fact) -> Option<HolderRow> {
        let Event::User(_, event) = &fact.event else { return row };
        let nothing = || HolderRow {
            user_id,
            handed: ById(BTreeMap::new()),
            waiting: 0,
            begun: ById(BTreeMap::new()),
            bound: 0,
        };
        let mut row = match event {
            UserEvent::TokenAssigned { .. } => row.unwrap_or_else(nothing),
            _ => row?,
        };
        match event {
            UserEvent::TokenAssigned { token, detail, .. } => {
                row.handed.0.insert(*token, detail.clone());
            }
            UserEvent::TokenWithdrawn { token, .. } => {
                row.handed.0.remove(token);
            }
            UserEvent::FactorEnrolmentStarted { factor, detail, .. } => {
                row.begun.0.extend(of_stock(detail).map(|token| (*factor, token)));
            }
            UserEvent::FactorConfirmed { factor, .. } => {
                if let Some(token) = row.begun.0.remove(factor) {
                    row.bound += u32::from(row.handed.0.remove(&token).is_some());
                }
            }
            UserEvent::PersonErased { .. } => row = HolderRow { bound: row.bound, ..nothing() },
            // `key` names everything that matters.
            _ => {}
        }
        // A binding of a token that is not theirs any more comes to nothing.
        let HolderRow { handed, begun, .. } = &mut row;
        begun.0.retain(|_, token| handed.0.contains_key(token));
        row.waiting = row.handed.0.len() as u32;
        Some(row)
    }
}

/// What came into the stock.
pub enum Imports {}

record! {
    /// How much that was.
    pub struct ImportsRow {
        /// How many files.
        pub files: u32,
        /// How many tokens.
        pub tokens: u64,
    }
}

impl View for Imports {
    type Row = ImportsRow;
    type Key = Uuid;
    const TABLE: Table = Table { keeps: Keeps::History, ..Table::of("stock_imports", "account_id") };

    fn key(fact: &Fact) -> Option<Uuid> {
        match &fact.event {
            Event::Account(AccountEvent::HardwareTokensImported { .. }) => Some(fact.account.uuid()),
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => None,
        }
    }

    fn apply(row: Option<ImportsRow>, _: Uuid, fact: &Fact) -> Option<ImportsRow> {
        let Event::Account(AccountEvent::HardwareTokensImported { count, .. }) = &fact.event else {
            return row;
        };
        let ImportsRow { files, tokens } = row.unwrap_or(ImportsRow { files: 0, tokens: 0 });
        Some(ImportsRow { files: files + 1, tokens: tokens + u64::from(*count) })
    }
}

/// Counts of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// That came.
    pub imported: u64,
    /// That were handed to somebody, and not bound.
    pub handed: u64,
    /// That somebody bound.
    pub bound: u64,
}

/// How many tokens had come, were in somebody's hands, and had been bound, right after an event.
pub async fn counts(views: &Views, account: AccountId, position: u64) -> Result<Counts, StoreError> {
    let binds: [Value; 2] = [account.uuid().into(), position.into()];
    let imports = views.fetch_optional(&as_of::sql::<Imports>(views, "account_id = $1", ""), &binds).await?;
    let imported = imports.map(|row| ImportsRow::get(&row, 0)).transpose()?.map_or(0, |row| row.tokens);
    let of_holders = as_of::sql::<Holders>(views, "account_id = $1", "");
    let sql = format!(
        "select cast(coalesce(sum(h.waiting), 0) as bigint), cast(coalesce(sum(h.bound), 0) as bigint) \
         from ({of_holders}) h"
    );
    let sums = views.fetch_optional(&sql, &binds).await?;
    let (handed, bound) =
        sums.map(|row| Ok::<_, StoreError>((row.count(0)?, row.count(1)?))).transpose()?.unwrap_or_default();
    Ok(Counts { imported, handed, bound })
}

/// People behind somebody in the order of their ids who held tokens of the stock right after an event that they had
/// not bound: so many that these are at least `tokens`, if there are as many; and whether there may be more.
pub async fn holders(
    views: &Views,
    account: AccountId,
    position: u64,
    after: Option<UserId>,
    tokens: usize,
) -> Result<(Vec<HolderRow>, bool), StoreError> {
    /// People per statement.
    const PAGE: u32 = 500;
    let sql = as_of::range::<Holders>(views, "user_id", "waiting > 0");
    let (mut found, mut held) = (vec![], 0);
    let mut ranges = Ranges::behind::<Holders>(account, PAGE, after.map(UserId::uuid));
    while let Some((behind, last)) = ranges.next(views).await? {
        let binds = [account.uuid().into(), position.into(), behind.into(), last.into()];
        for row in views.fetch(&sql, &binds).await? {
            if held >= tokens {
                return Ok((found, true));
            }
            let row = HolderRow::get(&row, 0)?;
            held += row.handed.0.len();
            found.push(row);
        }
    }
    Ok((found, false))
}
