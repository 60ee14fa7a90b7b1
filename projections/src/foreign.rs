//! Who has a password of another system, and of which schemes some came: for [`crate::foreign_passwords`].

use std::collections::BTreeSet;

use twofold_domain::account::AccountEvent;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::user::UserEvent;
use twofold_infra::store::{StoreError, Views};
use uuid::Uuid;

use crate::fact::{Event, Fact};
use crate::record::{Record as _, record};
use crate::view::{Table, View};

/// Everybody whose password is still kept as another system kept it. Part of the projection of
/// [`crate::notices`].
pub enum Holders {}

record! {
    /// One of them.
    pub struct HolderRow {
        /// Who.
        pub user_id: UserId,
        /// The scheme of their hash.
        pub scheme: String,
    }
}

impl View for Holders {
    type Row = HolderRow;
    type Key = UserId;
    const TABLE: Table = Table { indexes: &["scheme"], ..Table::of("foreign_passwords", "user_id") };

    fn key(fact: &Fact) -> Option<UserId> {
        match &fact.event {
            Event::User(
                user,
                UserEvent::PasswordClaimed { .. }
                | UserEvent::PasswordRehashed { .. }
                | UserEvent::PasswordSet { .. }
                | UserEvent::UserDeactivated { .. }
                | UserEvent::PersonErased { .. },
            ) => Some(*user),
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => None,
        }
    }

    fn apply(_: Option<HolderRow>, user_id: UserId, fact: &Fact) -> Option<HolderRow> {
        match &fact.event {
            Event::User(_, UserEvent::PasswordClaimed { scheme, .. }) => {
                Some(HolderRow { user_id, scheme: scheme.clone() })
            }
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => None,
        }
    }
}

/// The accounts whose refused passwords do the work of other systems' schemes. Part of the same projection.
pub enum Schemes {}

record! {
    /// One of them.
    pub struct SchemesRow {
        /// The schemes.
        pub schemes: BTreeSet<String>,
    }
}

impl View for Schemes {
    type Row = SchemesRow;
    type Key = Uuid;
    const TABLE: Table = Table::of("foreign_schemes", "account_id");

    fn key(fact: &Fact) -> Option<Uuid> {
        match &fact.event {
            Event::Account(
                AccountEvent::ForeignPasswordsArrived { .. } | AccountEvent::ForeignPasswordsGone { .. },
            ) => Some(fact.account.uuid()),
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => None,
        }
    }

    fn apply(row: Option<SchemesRow>, _: Uuid, fact: &Fact) -> Option<SchemesRow> {
        let mut schemes = row.map(|row| row.schemes).unwrap_or_default();
        match &fact.event {
            Event::Account(AccountEvent::ForeignPasswordsArrived { scheme, .. }) => {
                schemes.insert(scheme.clone());
            }
            Event::Account(AccountEvent::ForeignPasswordsGone { scheme, .. }) => {
                schemes.remove(scheme);
            }
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => {}
        }
        (!schemes.is_empty()).then_some(SchemesRow { schemes })
    }
}

/// Every account with such schemes.
pub async fn accounts(views: &Views) -> Result<Vec<(AccountId, SchemesRow)>, StoreError> {
    let rows = views.fetch("select account_id, schemes from views.foreign_schemes", &[]).await?;
    rows.iter().map(|row| Ok((AccountId::from_uuid(row.get(0)?), SchemesRow::get(row, 1)?))).collect()
}

/// Whether anybody of an account has a password of a scheme.
pub async fn anybody(views: &Views, account: AccountId, scheme: &str) -> Result<bool, StoreError> {
    let sql = "select user_id from views.foreign_passwords where account_id = $1 and scheme = $2 limit 1";
    Ok(!views.fetch(sql, &[account.uuid().into(), scheme.into()]).await?.is_empty())
}
