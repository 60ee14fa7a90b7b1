//! Rows on their way into new tables: in the binary format of PostgreSQL's `COPY`
//! (<https://www.postgresql.org/docs/current/sql-copy.html>, "Binary Format"), or as values for SQLite.

use twofold_infra::store::Value;
use uuid::Uuid;

use crate::ddl::Dialect;

use crate::record::{Kind, Sink};

/// The signature, no flags, no header extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// The end of the rows.
const TRAILER: [u8; 2] = (-1_i16).to_be_bytes();

/// Rows of one table.
#[derive(Debug)]
pub struct RowBuffer {
    rows: Rows,
    count: u64,
    size: usize,
}

/// Complete rows, as a database takes them.
#[derive(Debug)]
pub enum Rows {
    /// What `COPY … (format binary)` reads; empty without a row.
    Binary(Vec<u8>),
    /// The columns of each row.
    Values(Vec<Vec<Value>>),
}

impl RowBuffer {
    fn new(dialect: Dialect) -> Self {
        let rows = match dialect {
            Dialect::Pg => Rows::Binary(Vec::new()),
            Dialect::Sqlite => Rows::Values(Vec::new()),
        };
        Self { rows, count: 0, size: 0 }
    }

    /// Begins a row of `columns` columns with its account.
    pub fn start(&mut self, columns: usize, account: Uuid) {
        match &mut self.rows {
            Rows::Binary(bytes) => {
                if bytes.is_empty() {
                    bytes.extend_from_slice(HEADER);
                }
                bytes.extend_from_slice(&(columns as i16).to_be_bytes());
            }
            Rows::Values(rows) => rows.push(Vec::with_capacity(columns)),
        }
        self.count += 1;
        self.uuid(account);
    }

    /// Columns that hold positions.
    pub fn positions(&mut self, positions: &[u64]) {
        for position in positions {
            self.int(*position as i64);
        }
    }

    /// Roughly the bytes so far.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The rows so far, and how many they are. Leaves none behind.
    pub fn finish(&mut self) -> Option<(Rows, u64)> {
        if self.count == 0 {
            return None;
        }
        self.size = 0;
        let rows = match &mut self.rows {
            Rows::Binary(bytes) => {
                bytes.extend_from_slice(&TRAILER);
                Rows::Binary(std::mem::take(bytes))
            }
            Rows::Values(rows) => Rows::Values(std::mem::take(rows)),
        };
        Some((rows, std::mem::take(&mut self.count)))
    }

    fn field(&mut self, field: &[u8], value: impl FnOnce() -> Value) {
        self.size += field.len() + 4;
        match &mut self.rows {
            Rows::Binary(bytes) => {
                bytes.extend_from_slice(&(field.len() as i32).to_be_bytes());
                bytes.extend_from_slice(field);
            }
            Rows::Values(rows) => {
                if let Some(row) = rows.last_mut() {
                    row.push(value());
                }
            }
        }
    }
}

impl Sink for RowBuffer {
    fn text(&mut self, value: &str) {
        self.field(value.as_bytes(), || value.into());
    }
    fn int(&mut self, value: i64) {
        self.field(&value.to_be_bytes(), || value.into());
    }
    fn bool(&mut self, value: bool) {
        self.field(&[u8::from(value)], || value.into());
    }
    fn uuid(&mut self, value: Uuid) {
        self.field(value.as_bytes(), || value.into());
    }
    fn bytes(&mut self, value: &[u8]) {
        self.field(value, || value.into());
    }
    fn null(&mut self, kind: Kind) {
        self.size += 4;
        match &mut self.rows {
            Rows::Binary(bytes) => bytes.extend_from_slice(&(-1_i32).to_be_bytes()),
            Rows::Values(rows) => {
                if let Some(row) = rows.last_mut() {
                    row.null(kind);
                }
            }
        }
    }
}

/// The tables of one view.
#[derive(Debug)]
pub struct CopyTables {
    current: RowBuffer,
    history: RowBuffer,
    tally: RowBuffer,
}

impl CopyTables {
    /// Empty buffers.
    pub fn new(dialect: Dialect) -> Self {
        let empty = || RowBuffer::new(dialect);
        Self { current: empty(), history: empty(), tally: empty() }
    }

    /// The buffers in the order of `ddl::parts`.
    pub fn buffers(&mut self) -> [&mut RowBuffer; 3] {
        [&mut self.current, &mut self.history, &mut self.tally]
    }

    /// The table itself.
    pub fn current(&mut self) -> &mut RowBuffer {
        &mut self.current
    }

    /// Its history.
    pub fn history(&mut self) -> &mut RowBuffer {
        &mut self.history
    }

    /// Its counts.
    pub fn tally(&mut self) -> &mut RowBuffer {
        &mut self.tally
    }
}
