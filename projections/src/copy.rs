//! Rows in the binary format of PostgreSQL's `COPY`
//! (<https://www.postgresql.org/docs/current/sql-copy.html>, "Binary Format").

use uuid::Uuid;

use crate::record::{Kind, Sink};

/// The signature, no flags, no header extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// The end of the rows.
const TRAILER: [u8; 2] = (-1_i16).to_be_bytes();

/// Rows of one table.
#[derive(Debug, Default)]
pub struct CopyBuffer {
    bytes: Vec<u8>,
    rows: u64,
}

impl CopyBuffer {
    /// Begins a row of `columns` columns with its account.
    pub fn start(&mut self, columns: usize, account: Uuid) {
        if self.bytes.is_empty() {
            self.bytes.extend_from_slice(HEADER);
        }
        self.bytes.extend_from_slice(&(columns as i16).to_be_bytes());
        self.rows += 1;
        self.uuid(account);
    }

    /// Columns that hold positions.
    pub fn positions(&mut self, positions: &[u64]) {
        for position in positions {
            self.int(*position as i64);
        }
    }

    /// Bytes so far.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The rows so far as one complete `COPY`, and how many they are.
    pub fn finish(&mut self) -> Option<(Vec<u8>, u64)> {
        if self.bytes.is_empty() {
            return None;
        }
        self.bytes.extend_from_slice(&TRAILER);
        Some((std::mem::take(&mut self.bytes), std::mem::take(&mut self.rows)))
    }

    fn field(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(&(bytes.len() as i32).to_be_bytes());
        self.bytes.extend_from_slice(bytes);
    }
}

impl Sink for CopyBuffer {
    fn text(&mut self, value: &str) {
        self.field(value.as_bytes());
    }
    fn int(&mut self, value: i64) {
        self.field(&value.to_be_bytes());
    }
    fn bool(&mut self, value: bool) {
        self.field(&[u8::from(value)]);
    }
    fn uuid(&mut self, value: Uuid) {
        self.field(value.as_bytes());
    }
    fn bytes(&mut self, value: &[u8]) {
        self.field(value);
    }
    fn null(&mut self, _: Kind) {
        self.bytes.extend_from_slice(&(-1_i32).to_be_bytes());
    }
}

/// The tables of one view.
#[derive(Debug, Default)]
pub struct CopyTables {
    current: CopyBuffer,
    history: CopyBuffer,
    tally: CopyBuffer,
}

impl CopyTables {
    /// The table itself.
    pub fn current(&mut self) -> &mut CopyBuffer {
        &mut self.current
    }

    /// Its history.
    pub fn history(&mut self) -> &mut CopyBuffer {
        &mut self.history
    }

    /// Its counts.
    pub fn tally(&mut self) -> &mut CopyBuffer {
        &mut self.tally
    }
}
