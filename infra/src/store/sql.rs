//! One SQL text on either database.
//!
//! Both name the log's tables `twofold.x` and the read models' tables `views.x` (SQLite attaches its two
//! files under these names), both number placeholders `$1`, and sqlx binds a [`Uuid`] as `uuid` here and
//! as 16 bytes there. What differs between them (casts with `::`, arrays, locks) is kept out of shared
//! texts. Whole numbers are `bigint` everywhere.

use std::borrow::Cow;

use sqlx::postgres::{PgArguments, PgPool, PgRow};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqlitePool, SqliteRow};
use sqlx::{Decode, Postgres, Row as _, Sqlite, Type};
use uuid::Uuid;

use super::StoreError;
use super::packed::{Packed, Plain, Rows, cut};

/// A value for a placeholder. Each kind may be null.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `text`
    Text(Option<String>),
    /// `bigint`
    Int(Option<i64>),
    /// `boolean`
    Bool(Option<bool>),
    /// `uuid`, a 16-byte blob in SQLite
    Uuid(Option<Uuid>),
    /// `bytea`, a blob in SQLite
    Bytes(Option<Vec<u8>>),
}

macro_rules! values {
    ($($variant:ident($from:ty) = |$x:ident| $into:expr;)+) => {$(
        impl From<$from> for Value {
            fn from($x: $from) -> Self {
                Self::$variant(Some($into))
            }
        }
        impl From<Option<$from>> for Value {
            fn from(maybe: Option<$from>) -> Self {
                Self::$variant(maybe.map(|$x| $into))
            }
        }
    )+};
}

values! {
    Text(String) = |x| x;
    Text(&str) = |x| x.to_owned();
    Int(i64) = |x| x;
    Int(u64) = |x| x as i64;
    Int(u32) = |x| i64::from(x);
    Bool(bool) = |x| x;
    Uuid(Uuid) = |x| x;
    Bytes(Vec<u8>) = |x| x;
    Bytes(&[u8]) = |x| x.to_vec();
}

/// One row of an answer.
pub enum Row {
    /// From PostgreSQL.
    Pg(PgRow),
    /// From SQLite.
    Sqlite(SqliteRow),
    /// One of many from PostgreSQL, in one piece.
    Packed(Packed),
}

impl Row {
    /// The column at `index`, counted from 0.
    pub fn get<T>(&self, index: usize) -> Result<T, StoreError>
    where
        T: for<'r> Decode<'r, Postgres> + Type<Postgres> + for<'r> Decode<'r, Sqlite> + Type<Sqlite> + Plain,
    {
        Ok(match self {
            Self::Pg(row) => row.try_get(index)?,
            Self::Sqlite(row) => row.try_get(index)?,
            Self::Packed(row) => T::read(row.column(index)?)?,
        })
    }

    /// A text column without a copy of it.
    pub fn text(&self, index: usize) -> Result<Option<&str>, StoreError> {
        Ok(match self {
            Self::Pg(row) => row.try_get(index)?,
            Self::Sqlite(row) => row.try_get(index)?,
            Self::Packed(row) => {
                row.column(index)?.map(std::str::from_utf8).transpose().map_err(|_| cut())?
            }
        })
    }

    /// A column that is a count or a position, and therefore never negative.
    pub fn count(&self, index: usize) -> Result<u64, StoreError> {
        let n: i64 = self.get(index)?;
        u64::try_from(n).map_err(|_| StoreError::Corrupt(format!("a negative count: {n}")))
    }
}

pub(super) fn bind_pg<'q>(sql: &'q str, binds: &'q [Value]) -> Query<'q, Postgres, PgArguments> {
    binds.iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Text(x) => query.bind(x),
        Value::Int(x) => query.bind(x),
        Value::Bool(x) => query.bind(x),
        Value::Uuid(x) => query.bind(x),
        Value::Bytes(x) => query.bind(x),
    })
}

pub(super) fn bind_sqlite<'q>(sql: &'q str, binds: &'q [Value]) -> Query<'q, Sqlite, SqliteArguments<'q>> {
    binds.iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Text(x) => query.bind(x),
        Value::Int(x) => query.bind(x),
        Value::Bool(x) => query.bind(x),
        Value::Uuid(x) => query.bind(x),
        Value::Bytes(x) => query.bind(x),
    })
}

/// Binds above this many are worth a text without names.
const MANY: usize = 64;

/// A long statement whose placeholders stand in the order of their numbers, with `?` instead: SQLite keeps a
/// list of the names `$1`, `$2` …, and sqlx walks it once for each value that it binds.
pub(super) fn unnamed(sql: &str, binds: usize) -> Cow<'_, str> {
    if binds <= MANY {
        return Cow::Borrowed(sql);
    }
    let mut text = String::with_capacity(sql.len());
    let mut parts = sql.split('$');
    text.push_str(parts.next().unwrap_or_default());
    for (part, number) in parts.by_ref().zip(1..) {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if part[..digits].parse() != Ok(number) || number > binds {
            return Cow::Borrowed(sql);
        }
        text.push('?');
        text.push_str(&part[digits..]);
    }
    Cow::Owned(text)
}

/// A statement with its values in their places: `COPY` takes none beside it. Only what cannot be read as
/// anything else: numbers, ids, yes and no.
fn spelt_out(sql: &str, binds: &[Value]) -> Result<String, StoreError> {
    let mut parts = sql.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = part.split_at(digits);
        let value = number.parse().ok().and_then(|number: usize| binds.get(number.checked_sub(1)?));
        let spelt = match value {
            Some(Value::Int(Some(number))) => format!("'{number}'::bigint"),
            Some(Value::Uuid(Some(id))) => format!("'{id}'::uuid"),
            Some(Value::Bool(Some(truth))) => truth.to_string(),
            _ => return Err(StoreError::Bug(format!("${number} cannot be spelt out in {sql}"))),
        };
        text += &spelt;
        text += rest;
    }
    Ok(text)
}

/// A pool of either database, for reading.
#[derive(Debug, Clone)]
pub enum Reader {
    /// PostgreSQL.
    Pg(PgPool),
    /// SQLite; its connections refuse to write.
    Sqlite(SqlitePool),
}

impl Reader {
    /// All rows of a query.
    pub async fn fetch(&self, sql: &str, binds: &[Value]) -> Result<Vec<Row>, StoreError> {
        Ok(match self {
            Self::Pg(pool) => {
                let rows = bind_pg(sql, binds).fetch_all(pool).await?;
                rows.into_iter().map(Row::Pg).collect()
            }
            Self::Sqlite(pool) => {
                let rows = bind_sqlite(sql, binds).fetch_all(pool).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
        })
    }

    /// All rows of a query, of so many columns, for whoever reads thousands at once. For PostgreSQL the query says
    /// the type of each, and takes neither texts nor bytes.
    pub async fn fetch_many(&self, sql: &str, binds: &[Value], width: usize) -> Result<Rows, StoreError> {
        Ok(match self {
            Self::Pg(pool) => Rows::copied(pool, &spelt_out(sql, binds)?, width).await?,
            Self::Sqlite(_) => Rows::each(self.fetch(sql, binds).await?),
        })
    }

    /// The only row of a query, if there is one.
    pub async fn fetch_optional(&self, sql: &str, binds: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(match self {
            Self::Pg(pool) => bind_pg(sql, binds).fetch_optional(pool).await?.map(Row::Pg),
            Self::Sqlite(pool) => bind_sqlite(sql, binds).fetch_optional(pool).await?.map(Row::Sqlite),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_in_order_lose_their_names() {
        let many = |from: usize| (from..from + 70).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
        assert_eq!(unnamed(&many(1), 70), vec!["?"; 70].join(", "));
        for (sql, binds) in [(many(2), 70), (many(1), 69), (format!("$1, {}", many(1)), 70)] {
            assert_eq!(unnamed(&sql, binds), sql);
        }
        assert_eq!(unnamed("$1", 1), "$1", "a short one is not worth it");
    }

    #[test]
    fn a_statement_takes_numbers_and_ids_but_no_text() {
        let binds = [Value::from(-7_i64), Uuid::nil().into(), true.into(), "text".into(), Value::Int(None)];
        assert_eq!(
            spelt_out("a = $2 and b > $1 or $3", &binds).unwrap(),
            "a = '00000000-0000-0000-0000-000000000000'::uuid and b > '-7'::bigint or true"
        );
        for sql in ["$4", "$5", "$6", "$0", "$", "$$1$$", "$99999999999999999999"] {
            assert!(spelt_out(sql, &binds).is_err(), "{sql}");
        }
    }
}
