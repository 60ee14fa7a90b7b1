//! Many rows of one answer without a cost for each: PostgreSQL sends them as one value in the binary form of its
//! records (`record_send`: the number of columns, then type, length, and bytes of each), and they are read in place.

use std::ops::Range;
use std::vec::IntoIter;

use uuid::Uuid;

use super::StoreError;
use super::sql::Row;

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
}

impl Rows {
    pub(super) fn each(rows: Vec<Row>) -> Self {
        Self(Source::Each(rows.into_iter(), None))
    }

    pub(super) fn packed(bytes: Vec<u8>) -> Self {
        Self(Source::Packed(Row::Packed(Packed { bytes, ..Packed::default() })))
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
        if self.next == self.bytes.len() {
            return Ok(false);
        }
        for _ in 0..self.int()? {
            let _type = self.int()?;
            let column = match self.int()? {
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

    fn int(&mut self) -> Result<i32, StoreError> {
        let bytes = self.bytes[self.next..].first_chunk().ok_or_else(cut)?;
        self.next += bytes.len();
        Ok(i32::from_be_bytes(*bytes))
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
    bool = |bytes| bytes.first().map(|byte| *byte != 0);
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
        let mut bytes = (columns.len() as i32).to_be_bytes().to_vec();
        for column in columns {
            bytes.extend(20_i32.to_be_bytes());
            bytes.extend(column.map_or(-1, |column| column.len() as i32).to_be_bytes());
            bytes.extend(column.unwrap_or_default());
        }
        bytes
    }

    #[test]
    fn rows_in_one_piece_are_read_one_by_one() {
        let seven = 7_i64.to_be_bytes();
        let sent = [record(&[Some(&seven), None]), record(&[None, Some(b"text")])].concat();
        let mut rows = Rows::packed(sent.clone());
        let row = rows.next().unwrap().unwrap();
        assert_eq!((row.get::<i64>(0).unwrap(), row.text(1).unwrap()), (7, None));
        assert!(row.get::<i64>(1).is_err() && row.get::<i64>(2).is_err());
        let row = rows.next().unwrap().unwrap();
        assert_eq!((row.get::<Option<i64>>(0).unwrap(), row.text(1).unwrap()), (None, Some("text")));
        assert!(row.get::<i64>(1).is_err(), "four bytes are no number");
        assert!(rows.next().unwrap().is_none() && rows.next().unwrap().is_none());
        for end in 1..sent.len() {
            let mut rows = Rows::packed(sent[..end].to_vec());
            let whole = std::iter::from_fn(|| rows.next().map(|row| row.map(|_| ())).transpose());
            let whole = whole.take(3).collect::<Result<Vec<_>, _>>();
            assert_eq!(whole.is_ok(), end == record(&[Some(&seven), None]).len(), "{end}");
        }
    }
}
