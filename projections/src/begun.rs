//! Pages of rows by the event that each began with (`order`), as they were at a position: such a row was there if it
//! had begun, so where a page begins and ends stands in the index of the current rows. The cost of a page follows its
//! rows, however many there are and whatever happened since.

use twofold_domain::ids::AccountId;
use twofold_infra::store::{StoreError, Value, Views};
use uuid::Uuid;

use crate::as_of;
use crate::record::Record as _;
use crate::view::View;

/// Which rows: of an account as of a position, by the column of the event that they began with.
#[derive(Debug, Clone, Copy)]
pub struct Begun {
    /// Of which account.
    pub account: AccountId,
    /// As they were right after this event.
    pub position: u64,
    /// The column.
    pub order: &'static str,
    /// Only those that have this in a column.
    pub only: Option<(&'static str, Uuid)>,
}

impl Begun {
    /// The newest of them, or the newest that began before an event: at most so many.
    pub async fn newest<V: View>(
        self,
        views: &Views,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<V::Row>, StoreError> {
        let last = before.map_or(self.position, |before| self.position.min(before.saturating_sub(1)));
        let first = self.edge::<V>(views, "desc", (1, last), limit).await?.unwrap_or(1);
        self.rows::<V>(views, "desc", (first, last)).await
    }

    /// The oldest that began behind an event: at most so many.
    pub async fn oldest<V: View>(
        self,
        views: &Views,
        after: u64,
        limit: u32,
    ) -> Result<Vec<V::Row>, StoreError> {
        let first = after.saturating_add(1);
        let last = self.edge::<V>(views, "asc", (first, self.position), limit).await?;
        self.rows::<V>(views, "asc", (first, last.unwrap_or(self.position))).await
    }

    /// The event that the last row of a page began with; nothing where the page is not full.
    async fn edge<V: View>(
        self,
        views: &Views,
        way: &str,
        (first, last): (u64, u64),
        limit: u32,
    ) -> Result<Option<u64>, StoreError> {
        let Self { order, .. } = self;
        let sql = format!(
            "select {order} from views.{} where account_id = $1 and {order} >= $2 and {order} <= $3{} \
             order by {order} {way} limit 1 offset {}",
            V::TABLE.name,
            self.only("$4"),
            limit.saturating_sub(1)
        );
        let mut binds: Vec<Value> = vec![self.account.uuid().into(), first.into(), last.into()];
        binds.extend(self.only.map(|(_, id)| Value::from(id)));
        views.fetch_optional(&sql, &binds).await?.map(|row| row.count(0)).transpose()
    }

    async fn rows<V: View>(
        self,
        views: &Views,
        way: &str,
        (first, last): (u64, u64),
    ) -> Result<Vec<V::Row>, StoreError> {
        let Self { order, .. } = self;
        let only = self.only("$5");
        let which = format!("account_id = $1 and {order} >= $3 and {order} <= $4{only}");
        let sql = format!("{} order by {order} {way}", as_of::sql::<V>(views, &which, ""));
        let mut binds: Vec<Value> =
            vec![self.account.uuid().into(), self.position.into(), first.into(), last.into()];
        binds.extend(self.only.map(|(_, id)| Value::from(id)));
        views.fetch(&sql, &binds).await?.iter().map(|row| V::Row::get(row, 0)).collect()
    }

    fn only(self, place: &str) -> String {
        self.only.map_or_else(String::new, |(column, _)| format!(" and {column} = {place}"))
    }
}
