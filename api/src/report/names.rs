//! What people are called today, for a report's annex.

use std::collections::BTreeMap;

use serde::Serialize;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::sealed::{Email, PersonName, Sealed};
use twofold_infra::acts::ActError;
use twofold_infra::desk::Desk;
use twofold_projections::reports::Row;
use twofold_projections::status::{PersonRow, person, report};
use uuid::Uuid;
use zeroize::Zeroizing;

/// What somebody is called; nothing once they were erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Called {
    /// Their name.
    pub(crate) name: Option<String>,
    /// Their address.
    pub(crate) email: Option<String>,
    /// When they were erased.
    pub(crate) erased_since: Option<String>,
}

/// Names of an account's people.
pub(crate) struct Names<'a> {
    /// Whose keys open them.
    pub(crate) desk: &'a Desk,
    /// The account.
    pub(crate) account: AccountId,
}

impl Names<'_> {
    /// Of these people.
    pub(crate) async fn of(&self, people: &[UserId]) -> Result<BTreeMap<UserId, Called>, ActError> {
        let rows = report::names_of(self.desk.store().views(), self.account, people).await?;
        self.open(rows.into_values()).await
    }

    /// Of so many people behind somebody, in the order of their ids.
    pub(crate) async fn behind(
        &self,
        after: Option<UserId>,
        most: usize,
    ) -> Result<BTreeMap<UserId, Called>, ActError> {
        let after = after.unwrap_or(UserId::from_uuid(Uuid::nil()));
        let people =
            person::people(self.desk.store().views(), self.account, after, None, most as u32).await?;
        self.open(people.into_iter().map(|(_, person)| person)).await
    }

    /// Of everybody whom these cells of these rows name.
    pub(crate) async fn in_rows(
        &self,
        rows: &[Row],
        columns: &[usize],
    ) -> Result<BTreeMap<UserId, Called>, ActError> {
        let mut people: Vec<UserId> =
            rows.iter().flat_map(|row| columns.iter().filter_map(|place| row[*place].person())).collect();
        people.sort_unstable();
        people.dedup();
        self.of(&people).await
    }

    async fn open(
        &self,
        rows: impl Iterator<Item = PersonRow>,
    ) -> Result<BTreeMap<UserId, Called>, ActError> {
        let mut called = BTreeMap::new();
        for row in rows {
            called.insert(row.user_id, self.called(row).await?);
        }
        Ok(called)
    }

    async fn called(&self, row: PersonRow) -> Result<Called, ActError> {
        let (vault, user) = (self.desk.vault(), row.user_id);
        let clear = |text: Option<Zeroizing<String>>| text.map(|text| text.as_str().to_owned());
        let name = match row.name {
            Some(bytes) => vault.unseal(self.account, user, &Sealed::<PersonName>::from_bytes(bytes)).await?,
            None => None,
        };
        let email = match row.email {
            Some(bytes) => vault.unseal(self.account, user, &Sealed::<Email>::from_bytes(bytes)).await?,
            None => None,
        };
        let erased_since = row.erased_at.map(|at| at.to_string());
        Ok(Called { name: clear(name), email: clear(email), erased_since })
    }
}
