//! Rows of a table beside the rows that the log says.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use twofold_domain::ids::AccountId;
use twofold_infra::store::{StoreError, Value, ViewsTx};

use super::{Checked, CheckedProjection, Difference, LISTED};
use crate::ddl::{Physical, placeholders};
use crate::dump;
use crate::live::sized;
use crate::memory::{key_of, sort};

/// Rows of a table read at a time.
const PAGE: usize = 4_096;

/// A row as its columns.
pub(super) type Columns = Vec<Value>;

/// What was compared so far.
pub(super) struct Comparison {
    pub(super) account: AccountId,
    pub(super) listed: Vec<Listed>,
    /// Tables of rows that are written once, which have more of them than the log says.
    pub(super) surplus: Vec<Physical>,
    rows: u64,
    differences: u64,
    /// How many rows of such a table were found there.
    found: BTreeMap<String, u64>,
}

/// A difference, and where to look for its event.
pub(super) struct Listed {
    pub(super) difference: Difference,
    /// The row's key within the account.
    pub(super) key: Value,
    /// Of a row that held before: the event that ended it.
    pub(super) valid_to: Option<u64>,
}

impl Comparison {
    pub(super) fn of(account: AccountId) -> Self {
        let (listed, surplus, found) = (Vec::new(), Vec::new(), BTreeMap::new());
        Self { account, listed, surplus, rows: 0, differences: 0, found }
    }

    pub(super) fn needs_causes(&self) -> bool {
        !self.listed.is_empty() || !self.surplus.is_empty()
    }

    pub(super) fn finish(self, projections: Vec<CheckedProjection>) -> Checked {
        let Self { rows, differences, listed, .. } = self;
        let listed = listed.into_iter().map(|listed| listed.difference).collect();
        Checked { projections, rows, differences, listed }
    }

    /// Rows that are written once, by their keys.
    pub(super) async fn written_once(
        &mut self,
        live: &mut ViewsTx,
        table: &Physical,
        rows: Vec<Columns>,
    ) -> Result<(), StoreError> {
        for (size, rows) in sized(&rows) {
            let mut sql = format!(
                "select {} from {} where ({}) in (values ",
                table.column_list(),
                table.qualified(""),
                table.key.join(", ")
            );
            placeholders(&mut sql, size, table.key.len());
            sql.push(')');
            let places = places(table);
            let binds: Vec<Value> =
                rows.iter().flat_map(|row| places.iter().map(|place| row[*place].clone())).collect();
            let stored = fetch(live, table, &sql, &binds).await?;
            *self.found.entry(table.name.clone()).or_default() += stored.len() as u64;
            // A statement is filled up with its last row.
            let mut rows = rows;
            rows.dedup();
            self.merge(table, rows, stored);
        }
        Ok(())
    }

    /// Whether a table of such rows has more than were found.
    pub(super) async fn count(&mut self, live: &mut ViewsTx, table: &Physical) -> Result<(), StoreError> {
        let sql = format!("select count(*) from {} where account_id = $1", table.qualified(""));
        let row = live.fetch_optional(&sql, &[self.account.uuid().into()]).await?;
        let stored = row.map_or(Ok(0), |row| row.count(0))?;
        if stored > self.found.get(&table.name).copied().unwrap_or(0) {
            self.surplus.push(table.clone());
        }
        Ok(())
    }

    /// Rows that held before, and ended in this span: behind its first event, up to its last.
    pub(super) async fn past(
        &mut self,
        live: &mut ViewsTx,
        table: &Physical,
        rows: Vec<Columns>,
        ended: Range<u64>,
    ) -> Result<(), StoreError> {
        let sql = format!(
            "select {} from {} where account_id = $1 and valid_to > $2 and valid_to <= $3",
            table.column_list(),
            table.qualified("")
        );
        let binds = [self.account.uuid().into(), ended.start.into(), ended.end.into()];
        let stored = fetch(live, table, &sql, &binds).await?;
        self.merge(table, rows, stored);
        Ok(())
    }

    /// Every row that a table has of the account, page by page.
    pub(super) async fn current(
        &mut self,
        live: &mut ViewsTx,
        table: &Physical,
        mut rows: Vec<Columns>,
    ) -> Result<(), StoreError> {
        let [_, key] = table.key[..] else { return self.all(live, table, rows).await };
        sort(table, &mut rows);
        let mut after: Option<Value> = None;
        loop {
            let behind = if after.is_some() { format!("and {key} > $2 ") } else { String::new() };
            let sql = format!(
                "select {} from {} where account_id = $1 {behind}order by {key} limit {PAGE}",
                table.column_list(),
                table.qualified("")
            );
            let binds: Vec<Value> = std::iter::once(self.account.uuid().into()).chain(after.take()).collect();
            let page = fetch(live, table, &sql, &binds).await?;
            let full = page.len() == PAGE;
            let Some(last) = page.last().filter(|_| full).map(|row| key_of(table, row)) else {
                self.merge(table, rows, page);
                return Ok(());
            };
            after = page.last().map(|row| row[places(table)[1]].clone());
            let rest = rows.split_off(rows.partition_point(|row| key_of(table, row) <= last));
            self.merge(table, std::mem::replace(&mut rows, rest), page);
        }
    }

    /// Every row that a small table has of the account.
    pub(super) async fn all(
        &mut self,
        live: &mut ViewsTx,
        table: &Physical,
        rows: Vec<Columns>,
    ) -> Result<(), StoreError> {
        let sql =
            format!("select {} from {} where account_id = $1", table.column_list(), table.qualified(""));
        let stored = fetch(live, table, &sql, &[self.account.uuid().into()]).await?;
        self.merge(table, rows, stored);
        Ok(())
    }

    fn merge(&mut self, table: &Physical, mut folded: Vec<Columns>, mut live: Vec<Columns>) {
        sort(table, &mut folded);
        sort(table, &mut live);
        self.rows += folded.len() as u64;
        let (mut folded, mut live) = (folded.iter().peekable(), live.iter().peekable());
        loop {
            let order = match (folded.peek(), live.peek()) {
                (None, None) => return,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(said), Some(stored)) => key_of(table, said).cmp(&key_of(table, stored)),
            };
            match order {
                Ordering::Less => {
                    if let Some(said) = folded.next() {
                        self.differ(table, said, None, None, Some(whole(table, said)));
                    }
                }
                Ordering::Greater => {
                    if let Some(stored) = live.next() {
                        self.too_many(table, stored);
                    }
                }
                Ordering::Equal => {
                    let (Some(said), Some(stored)) = (folded.next(), live.next()) else { return };
                    for (place, column) in table.columns.iter().enumerate() {
                        if said[place] != stored[place] {
                            let (stored, value) = (text(&stored[place]), text(&said[place]));
                            self.differ(table, said, Some(column.name), Some(stored), Some(value));
                        }
                    }
                }
            }
        }
    }

    /// A row that the log does not know.
    pub(super) fn too_many(&mut self, table: &Physical, stored: &Columns) {
        self.differ(table, stored, None, Some(whole(table, stored)), None);
    }

    fn differ(
        &mut self,
        table: &Physical,
        row: &Columns,
        column: Option<&'static str>,
        live: Option<String>,
        folded: Option<String>,
    ) {
        self.differences += 1;
        if self.listed.len() >= LISTED {
            return;
        }
        let places = places(table);
        let mut key = String::new();
        for place in places.iter().skip(usize::from(places.len() > 1)) {
            let between = if key.is_empty() { "" } else { ", " };
            let _ = write!(key, "{between}{}={}", table.columns[*place].name, text(&row[*place]));
        }
        let valid_to = match (table.key.last(), places.last().map(|place| &row[*place])) {
            (Some(&"valid_to"), Some(Value::Int(Some(at)))) => Some(*at as u64),
            _ => None,
        };
        // Of a row of the past: the key of the row that it was.
        let own = places.len() - 1 - usize::from(valid_to.is_some());
        let column = column.map(str::to_owned);
        let difference = Difference { table: table.name.clone(), key, column, live, folded, event: None };
        self.listed.push(Listed { difference, key: row[places[own]].clone(), valid_to });
    }
}

/// Where the columns of a table's key stand.
fn places(table: &Physical) -> Vec<usize> {
    table.key.iter().filter_map(|key| table.columns.iter().position(|column| column.name == *key)).collect()
}

pub(super) async fn fetch(
    live: &mut ViewsTx,
    table: &Physical,
    sql: &str,
    binds: &[Value],
) -> Result<Vec<Columns>, StoreError> {
    live.fetch(sql, binds).await?.iter().map(|row| dump::read(table, row)).collect()
}

fn whole(table: &Physical, row: &Columns) -> String {
    let columns = table.columns.iter().zip(row).skip(1);
    columns.map(|(column, value)| format!("{}={}", column.name, text(value))).collect::<Vec<_>>().join(", ")
}

/// A value as it is told: what is sealed, as hexadecimal digits.
fn text(value: &Value) -> String {
    const NULL: &str = "null";
    match value {
        Value::Text(x) => x.clone().unwrap_or_else(|| NULL.to_owned()),
        Value::Int(x) => x.map_or_else(|| NULL.to_owned(), |x| x.to_string()),
        Value::Bool(x) => x.map_or_else(|| NULL.to_owned(), |x| x.to_string()),
        Value::Uuid(x) => x.map_or_else(|| NULL.to_owned(), |x| x.to_string()),
        Value::Bytes(None) => NULL.to_owned(),
        Value::Bytes(Some(bytes)) => bytes.iter().fold("\\x".to_owned(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        }),
    }
}
