//! The tables of projections as plain rows, to be compared.

use twofold_domain::ids::AccountId;
use twofold_infra::store::{Row, StoreError, Value, Views};

use crate::ddl::{self, Physical};
use crate::memory::{TableRows, sort};
use crate::record::{Column, Kind};
use crate::view::Projection;

/// Everything that the serving tables hold of an account, history and counts included.
pub async fn tables(
    views: &Views,
    projections: &[Projection],
    account: AccountId,
) -> Result<TableRows, StoreError> {
    let mut all = TableRows::new();
    for projection in projections {
        for table in ddl::tables(projection) {
            let sql =
                format!("select {} from {} where account_id = $1", table.column_list(), table.qualified(""));
            let rows = views.fetch(&sql, &[account.uuid().into()]).await?;
            let mut rows: Vec<_> = rows.iter().map(|row| read(&table, row)).collect::<Result<_, _>>()?;
            sort(&table, &mut rows);
            all.insert(table.name, rows);
        }
    }
    Ok(all)
}

/// A row of a table as its columns.
pub(crate) fn read(table: &Physical, row: &Row) -> Result<Vec<Value>, StoreError> {
    let value = |(i, column): (usize, &crate::record::ColumnDef)| {
        Ok(match column.kind {
            Kind::Text => Value::Text(Column::get(row, i)?),
            Kind::Int => Value::Int(Column::get(row, i)?),
            Kind::Bool => Value::Bool(Column::get(row, i)?),
            Kind::Uuid => Value::Uuid(Column::get(row, i)?),
            Kind::Bytes => Value::Bytes(Column::get(row, i)?),
        })
    };
    table.columns.iter().enumerate().map(value).collect()
}
