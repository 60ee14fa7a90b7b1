//! Many rows of one answer without a cost for each: PostgreSQL copies them out in the binary format of its `COPY`
//! (<https://www.postgresql.org/docs/current/sql-copy.html>, "Binary Format"), and they are read in place.
//!
//! What is sent names no types. Whoever asks says in the query what each column is (`epoch::bigint`).

use std::ops::Range;
use std::vec::IntoIter;

use futures::TryStreamExt as _;
use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPool;
use uuid::Uuid;

use super::StoreError;
use super::sql::Row;

/// The signature, no flags, no header extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// In the place of a row's number of columns: there is no other row.
const END: i16 = -1;

/// Rows of an answer, one after the other.
pub struct Rows(Source);

enum Source {
    Each(IntoIter<Row>, Option<Row>),
    Packed(Row),
}

/// Rows in one piece, and where the columns of the one that is read are.
#[derive(Debug, Default)]
pub struct Packed {
    bytes: Vec<u8>,
    next: usize,
    columns: Vec<Option<Range<usize>>>,
    width: usize,
}

/// A connection that goes back to the others only after a whole answer. What is left of one would be read by
/// whoever asks next.
struct Lent {
    connection: PoolConnection<Postgres>,
    whole: bool,
}

impl Drop for Lent {
    fn drop(&mut self) {
        if !self.whole {
            self.connection.close_on_drop();
        }
    }
}

impl Rows {
    pub(super) fn each(rows: Vec<Row>) -> Self {
        Self(Source::Each(rows.into_iter(), None))
    }

    /// The rows of a query, of so many columns.
    pub(super) async fn copied(pool: &PgPool, sql: &str, width: usize) -> Result<Self, StoreError> {
        let mut lent = Lent { connection: pool.acquire().await?, whole: false };
        let sql = format!("copy ({sql}) to stdout (format binary)");
        let mut bytes = Vec::new();
        let mut pieces = lent.connection.copy_out_raw(&sql).await?;
        while let Some(piece) = pieces.try_next().await? {
            bytes.extend_from_slice(&piece);
        }
        drop(pieces);
        lent.whole = true;
        Self::packed(bytes, width)
    }

    fn packed(bytes: Vec<u8>, width: usize) -> Result<Self, StoreError> {
        if !bytes.starts_with(HEADER) {
            return Err(cut());
        }
        Ok(Self(Source::Packed(Row::Packed(Packed { bytes, next: HEADER.len(), columns: vec![], width }))))
    }

    /// The next row; it gives way to the one after it.
    #[expect(clippy::should_implement_trait, reason = "the row is lent")]
    pub fn next(&mut self) -> Result<Option<&Row>, StoreError> {
        match &mut self.0 {
            Source::Each(rows, row) => {
                *row = rows.next();
                Ok(row.as_ref())
            }
            Source::Packed(row) => {
                let Row::Packed(packed) = row else { return Ok(None) };
                Ok(if packed.advance()? { Some(row) } else { None })
            }
        }
    }
}

impl Packed {
    /// Goes to the next row. Says whether there is one.
    fn advance(&mut self) -> Result<bool, StoreError> {
        self.columns.clear();
        let start = self.next;
        let width = i16::from_be_bytes(self.take()?);
        if width == END && self.next == self.bytes.len() {
            self.next = start;
            return Ok(false);
        }
        if usize::try_from(width) != Ok(self.width) {
            return Err(cut());
        }
        for _ in 0..width {
            let column = match i32::from_be_bytes(self.take()?) {
                -1 => None,
                length => {
                    let end = usize::try_from(length).ok().and_then(|length| self.next.checked_add(length));
                    let end = end.filter(|end| *end <= self.bytes.len()).ok_or_else(cut)?;
                    Some(std::mem::replace(&mut self.next, end)..end)
                }
            };
            self.columns.push(column);
        }
        Ok(true)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        let bytes = *self.bytes[self.next..].first_chunk().ok_or_else(cut)?;
        self.next += N;
        Ok(bytes)
    }

    /// The column at `index`; `None` where it is null.
    pub(super) fn column(&self, index: usize) -> Result<Option<&[u8]>, StoreError> {
        let column = self.columns.get(index).ok_or_else(cut)?;
        Ok(column.clone().map(|range| &self.bytes[range]))
    }
}

/// What can be read from a column as it was sent.
pub trait Plain: Sized {
    /// From its bytes; `None` where it is null.
    fn read(column: Option<&[u8]>) -> Result<Self, StoreError>;
}

impl<T: Plain> Plain for Option<T> {
    fn read(column: Option<&[u8]>) -> Result<Self, StoreError> {
        column.map(|bytes| T::read(Some(bytes))).transpose()
    }
}

macro_rules! plain {
    ($($type:ty = |$bytes:ident| $get:expr;)+) => {$(
        impl Plain for $type {
            fn read(column: Option<&[u8]>) -> Result<Self, StoreError> {
                let $bytes = column.ok_or_else(cut)?;
                $get.ok_or_else(cut)
            }
        }
    )+};
}

plain! {
    i64 = |bytes| bytes.try_into().ok().map(Self::from_be_bytes);
    bool = |bytes| match bytes { [0] => Some(false), [1] => Some(true), _ => None };
    Uuid = |bytes| Self::from_slice(bytes).ok();
    String = |bytes| std::str::from_utf8(bytes).ok().map(str::to_owned);
    Vec<u8> = |bytes| Some(bytes.to_vec());
}

pub(super) fn cut() -> StoreError {
    StoreError::Corrupt("a row that is not what was asked for".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(columns: &[Option<&[u8]>]) -> Vec<u8> {
        let mut bytes = (columns.len() as i16).to_be_bytes().to_vec();
        for column in columns {
            bytes.extend(column.map_or(-1, |column| column.len() as i32).to_be_bytes());
            bytes.extend(column.unwrap_or_default());
        }
        bytes
    }

    fn read(sent: &[u8], width: usize) -> Result<usize, StoreError> {
        let mut rows = Rows::packed(sent.to_vec(), width)?;
        let mut count = 0;
        while rows.next()?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    #[test]
    fn rows_in_one_piece_are_read_one_by_one() {
        let (seven, end) = (7_i64.to_be_bytes(), END.to_be_bytes());
        let rows = [record(&[Some(&seven), None]), record(&[None, Some(b"text")])];
        let sent = [HEADER, &rows.concat(), &end].concat();
        let mut rows = Rows::packed(sent.clone(), 2).unwrap();
        let row = rows.next().unwrap().unwrap();
        assert_eq!((row.get::<i64>(0).unwrap(), row.text(1).unwrap()), (7, None));
        assert!(row.get::<i64>(1).is_err() && row.get::<i64>(2).is_err());
        let row = rows.next().unwrap().unwrap();
        assert_eq!((row.get::<Option<i64>>(0).unwrap(), row.text(1).unwrap()), (None, Some("text")));
        assert!(row.get::<i64>(1).is_err() && row.get::<bool>(1).is_err() && row.get::<Uuid>(1).is_err());
        assert!(rows.next().unwrap().is_none() && rows.next().unwrap().is_none());
    }

    #[test]
    fn rows_that_are_cut_or_of_another_width_are_refused() {
        let row = record(&[None, Some(b"text")]);
        let sent = [HEADER, &row, &row, &END.to_be_bytes()].concat();
        assert_eq!(read(&sent, 2).ok(), Some(2));
        assert!(read(&sent, 1).is_err() && read(&sent, 3).is_err());
        for end in 0..sent.len() {
            assert!(read(&sent[..end], 2).is_err(), "{end}");
        }
        assert!(read(&[&sent[..], b"more"].concat(), 2).is_err(), "more behind the end");
        let long = [&2_i16.to_be_bytes()[..], &i32::MAX.to_be_bytes(), b"text"].concat();
        let less = [&2_i16.to_be_bytes()[..], &(-2_i32).to_be_bytes(), b"text"].concat();
        for row in [long, less] {
            assert!(read(&[HEADER, &row].concat(), 2).is_err());
        }
    }
}
