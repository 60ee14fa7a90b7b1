//! Where read models live: the schema `views`, disposable as a whole.
//!
//! In SQLite it is a file of its own with one writing connection, so that a projector never makes an
//! append wait.

use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use sqlx::{Executor as _, Postgres, Sqlite, Transaction};

use super::StoreError;
use super::packed::Rows;
use super::sql::{Reader, Row, Value, bind_pg, bind_sqlite, unnamed};

/// The views' side of the store.
#[derive(Debug, Clone)]
pub enum Views {
    /// PostgreSQL: one pool reads and writes.
    Pg(PgPool),
    /// SQLite: a pool that reads, and a pool of one connection that writes.
    Sqlite {
        /// Refuses to write.
        readers: SqlitePool,
        /// One connection.
        writer: SqlitePool,
    },
}

/// A transaction on the views' side. It sees the log, too. Dropped without [`commit`](Self::commit), it
/// changes nothing.
#[derive(Debug)]
pub enum ViewsTx {
    /// In PostgreSQL.
    Pg(Transaction<'static, Postgres>),
    /// In SQLite.
    Sqlite(Transaction<'static, Sqlite>),
}

impl Views {
    /// The pool to read from.
    pub fn reader(&self) -> Reader {
        match self {
            Self::Pg(pool) => Reader::Pg(pool.clone()),
            Self::Sqlite { readers, .. } => Reader::Sqlite(readers.clone()),
        }
    }

    /// Starts a transaction that may write. In SQLite it waits for the one before it.
    pub async fn begin(&self) -> Result<ViewsTx, StoreError> {
        Ok(match self {
            Self::Pg(pool) => ViewsTx::Pg(pool.begin().await?),
            Self::Sqlite { writer, .. } => ViewsTx::Sqlite(writer.begin_with("begin immediate").await?),
        })
    }

    /// Starts a transaction that only reads, and sees one state of the views throughout, whatever is written
    /// meanwhile. Nobody waits for it.
    pub async fn look(&self) -> Result<ViewsTx, StoreError> {
        Ok(match self {
            Self::Pg(pool) => {
                ViewsTx::Pg(pool.begin_with("begin isolation level repeatable read read only").await?)
            }
            Self::Sqlite { readers, .. } => ViewsTx::Sqlite(readers.begin().await?),
        })
    }

    /// All rows of a query outside a transaction.
    pub async fn fetch(&self, sql: &str, binds: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.reader().fetch(sql, binds).await
    }

    /// All rows of a query outside a transaction, as [`Reader::fetch_many`] has them.
    pub async fn fetch_many(&self, sql: &str, binds: &[Value], width: usize) -> Result<Rows, StoreError> {
        self.reader().fetch_many(sql, binds, width).await
    }

    /// The only row of a query outside a transaction, if there is one.
    pub async fn fetch_optional(&self, sql: &str, binds: &[Value]) -> Result<Option<Row>, StoreError> {
        self.reader().fetch_optional(sql, binds).await
    }

    /// One statement in a transaction of its own. Returns how many rows it changed.
    pub async fn execute(&self, sql: &str, binds: &[Value]) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let changed = tx.execute(sql, binds).await?;
        tx.commit().await?;
        Ok(changed)
    }
}

impl ViewsTx {
    /// Runs a statement. Returns how many rows it changed.
    pub async fn execute(&mut self, sql: &str, binds: &[Value]) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Pg(tx) => bind_pg(sql, binds).execute(&mut **tx).await?.rows_affected(),
            Self::Sqlite(tx) => {
                let sql = unnamed(sql, binds.len());
                bind_sqlite(&sql, binds).execute(&mut **tx).await?.rows_affected()
            }
        })
    }

    /// Runs several statements without placeholders, such as the tables of a read model.
    pub async fn execute_script(&mut self, sql: &str) -> Result<(), StoreError> {
        match self {
            Self::Pg(tx) => (&mut **tx).execute(sqlx::raw_sql(sql)).await.map(|_| ())?,
            Self::Sqlite(tx) => (&mut **tx).execute(sqlx::raw_sql(sql)).await.map(|_| ())?,
        }
        Ok(())
    }

    /// All rows of a query.
    pub async fn fetch(&mut self, sql: &str, binds: &[Value]) -> Result<Vec<Row>, StoreError> {
        Ok(match self {
            Self::Pg(tx) => {
                let rows = bind_pg(sql, binds).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Pg).collect()
            }
            Self::Sqlite(tx) => {
                let sql = unnamed(sql, binds.len());
                let rows = bind_sqlite(&sql, binds).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
        })
    }

    /// The only row of a query, if there is one.
    pub async fn fetch_optional(&mut self, sql: &str, binds: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.fetch(sql, binds).await?.into_iter().next())
    }

    /// Makes the changes durable, as far as views are.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Pg(tx) => tx.commit().await?,
            Self::Sqlite(tx) => tx.commit().await?,
        }
        Ok(())
    }
}
