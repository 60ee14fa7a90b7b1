//! What a read model is: a table, and a pure function from its row and a fact to its next row.
//!
//! Three executors run the same views: `live` in the database's own tables, `bulk` in memory on the way
//! into new tables, `memory` for questions about the past that no table answers. They share `slate`, so
//! that a rebuilt row is the live row by construction.

use std::fmt::Debug;
use std::hash::Hash;
use std::marker::PhantomData;

use crate::fact::Fact;
use crate::record::{Column, ColumnDef, Record};
use crate::slate::{AnySlate, Slate};
use twofold_domain::ids::AccountId;

/// What a table keeps of rows that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// Only what holds now.
    Current,
    /// What holds now, and in `<table>_history` what held before, each with the events between which it did:
    /// `valid_from <= position < valid_to`.
    History,
    /// Everything: a row is written once and never changes, so none is ever read back.
    Everything,
}

/// A table of read models. Every table begins with the column `account_id`.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name in the schema `views`.
    pub name: &'static str,
    /// The column that, within an account, names a row. `account_id` where an account has one row.
    pub key: &'static str,
    /// What it keeps.
    pub keeps: Keeps,
    /// Columns of further indexes. Ids that are unique everywhere need no `account_id` before them.
    pub indexes: &'static [&'static str],
    /// Whether rows are counted by group in `<table>_tally`.
    pub tally: bool,
}

impl Table {
    /// A table of current rows without further indexes.
    pub const fn of(name: &'static str, key: &'static str) -> Self {
        Self { name, key, keeps: Keeps::Current, indexes: &[], tally: false }
    }
}

/// A type that names rows.
pub trait Key: Column + Copy + Eq + Hash + Ord + Debug + Send + Sync + 'static {}
impl<T: Column + Copy + Eq + Hash + Ord + Debug + Send + Sync + 'static> Key for T {}

/// One table's meaning. Pure: the executor that runs it owns transactions, positions, and history.
pub trait View: Send + Sync + 'static {
    /// Its rows.
    type Row: Record;
    /// What names a row within an account.
    type Key: Key;
    /// Where they are kept.
    const TABLE: Table;

    /// The row that a fact touches. One event is one fact about one thing, so there is at most one.
    fn key(fact: &Fact) -> Option<Self::Key>;

    /// The row after the fact, given the row before it. `None` is no row.
    fn apply(row: Option<Self::Row>, key: Self::Key, fact: &Fact) -> Option<Self::Row>;

    /// The group that a row counts in, for tables with a tally.
    fn group(_row: &Self::Row) -> Option<String> {
        None
    }
}

/// A view whose types are forgotten, as executors handle them.
pub trait AnyView: Send + Sync {
    /// Where its rows are kept.
    fn table(&self) -> Table;
    /// The columns of its rows.
    fn columns(&self) -> &'static [ColumnDef];
    /// The storage class of its key.
    fn key_column(&self) -> ColumnDef;
    /// An empty slate for one account.
    fn slate(&self, account: AccountId) -> Box<dyn AnySlate>;
}

struct Erased<V>(PhantomData<fn() -> V>);

impl<V: View> AnyView for Erased<V> {
    fn table(&self) -> Table {
        V::TABLE
    }
    fn columns(&self) -> &'static [ColumnDef] {
        V::Row::COLUMNS
    }
    fn key_column(&self) -> ColumnDef {
        ColumnDef { name: V::TABLE.key, kind: V::Key::KIND, nullable: false }
    }
    fn slate(&self, account: AccountId) -> Box<dyn AnySlate> {
        Box::new(Slate::<V>::new(account))
    }
}

/// Views that move together, under one position per account.
pub struct Projection {
    /// Its name; never changes.
    pub name: &'static str,
    /// Counts up whenever its tables or their meaning change; then it is rebuilt.
    pub version: u32,
    /// Its tables.
    pub views: Vec<Box<dyn AnyView>>,
}

impl Projection {
    /// A projection without views.
    pub fn new(name: &'static str, version: u32) -> Self {
        Self { name, version, views: Vec::new() }
    }

    /// The same with one more view.
    #[must_use]
    pub fn with<V: View>(mut self) -> Self {
        self.views.push(Box::new(Erased::<V>(PhantomData)));
        self
    }
}

impl Debug for Projection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.name, self.version)
    }
}
