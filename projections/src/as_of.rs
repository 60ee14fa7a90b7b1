//! Rows of tables with history, as they were at a position (`$2`) of an account (`$1`).
//!
//! A row that still holds what it held is read from the table; one that changed since is found with one probe
//! of its history. So the cost follows the rows that are asked for, not what happened since.

use twofold_domain::ids::AccountId;
pub use twofold_infra::store::EVERY_EVENT as NOW;
use twofold_infra::store::{StoreError, Views};
use uuid::Uuid;

use crate::ddl::Dialect;
use crate::record::Record;
use crate::view::View;

/// Every row at the position whose current row satisfies `which`, and which itself satisfies `condition`
/// (both may be empty).
pub fn sql<V: View>(views: &Views, which: &str, condition: &str) -> String {
    let columns: Vec<&str> = V::Row::COLUMNS.iter().map(|c| c.name).collect();
    let columns = columns.join(", ");
    let dialect = Dialect::of(views);
    let typed: Vec<String> = V::Row::COLUMNS.iter().map(|c| dialect.typed(*c)).collect();
    let typed = typed.join(", ");
    let (table, key) = (V::TABLE.name, V::TABLE.key);
    let and = if condition.is_empty() { "" } else { " and " };
    let which = if which.is_empty() { "account_id = $1" } else { which };
    let qualified = |alias: &str| {
        let columns: Vec<String> = V::Row::COLUMNS.iter().map(|c| format!("{alias}.{}", c.name)).collect();
        columns.join(", ")
    };
    let probe = match dialect {
        // Row by row whatever the planner thinks of it: it would rather read the whole history for each page.
        Dialect::Pg => format!(
            "cross join lateral (select * from views.{table}_history x \
               where x.account_id = c.account_id and x.{key} = c.changed and x.valid_to > $2 \
               order by x.valid_to limit 1) h"
        ),
        Dialect::Sqlite => format!(
            "join views.{table}_history h on h.account_id = c.account_id and h.{key} = c.changed \
               and h.valid_to = (select min(x.valid_to) from views.{table}_history x \
                 where x.account_id = c.account_id and x.{key} = c.changed and x.valid_to > $2)"
        ),
    };
    format!(
        "select {typed} from (\
           select {columns} from views.{table} where {which} and valid_from <= $2{and}{condition} \
           union all \
           select {} from (select account_id, {key} as changed from views.{table} \
             where {which} and valid_from > $2) c {probe} \
           where h.valid_from <= $2{and}{condition}) as rows_then",
        qualified("h")
    )
}

/// The same for the rows whose `order` is behind `$3` and not behind `$4`, in that order.
pub fn range<V: View>(views: &Views, order: &str, condition: &str) -> String {
    let which = format!("account_id = $1 and {order} > $3 and {order} <= $4");
    format!("{} order by {order}", sql::<V>(views, &which, condition))
}

/// Goes through a table's current rows by ranges of about equally many keys. Rows of these tables never go
/// away, so whatever held in the past is found in the range of its key.
#[derive(Debug)]
pub struct Ranges {
    sql: String,
    account: Uuid,
    after: Option<Uuid>,
}

impl Ranges {
    /// Ranges of `rows` rows.
    pub fn of<V: View>(account: AccountId, rows: u32) -> Self {
        Self::behind::<V>(account, rows, None)
    }

    /// The same, behind a key.
    pub fn behind<V: View>(account: AccountId, rows: u32, after: Option<Uuid>) -> Self {
        let (table, key) = (V::TABLE.name, V::TABLE.key);
        let sql = format!(
            "select {key} from views.{table} where account_id = $1 and {key} > $2 order by {key} \
             limit 1 offset {}",
            rows.saturating_sub(1)
        );
        Self { sql, account: account.uuid(), after: Some(after.unwrap_or(Uuid::nil())) }
    }

    /// The next range: behind the first key, up to and including the second.
    pub async fn next(&mut self, views: &Views) -> Result<Option<(Uuid, Uuid)>, StoreError> {
        let Some(after) = self.after else { return Ok(None) };
        let row = views.fetch_optional(&self.sql, &[self.account.into(), after.into()]).await?;
        self.after = row.map(|row| row.get(0)).transpose()?;
        Ok(Some((after, self.after.unwrap_or(Uuid::max()))))
    }
}
