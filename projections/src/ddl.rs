//! The tables of a view, as SQL: to create, to fill, to read by key, to exchange for a newer build.
//!
//! Names come from constants of this program, never from input.

use std::fmt::Write as _;

use twofold_infra::store::Views;

use crate::record::{ColumnDef, Kind};
use crate::view::{AnyView, Keeps, Projection, Table};

/// Behind the name of tables, and of the projection in the checkpoints, while they are built.
pub const NEW: &str = "__new";

/// Which of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// PostgreSQL.
    Pg,
    /// SQLite.
    Sqlite,
}

impl Dialect {
    /// That of a connection.
    pub fn of(views: &Views) -> Self {
        match views {
            Views::Pg(_) => Self::Pg,
            Views::Sqlite { .. } => Self::Sqlite,
        }
    }

    /// A column in a query, with its type where who reads it is not told by the database.
    pub fn typed(self, column: ColumnDef) -> String {
        match self {
            Self::Pg => format!("{}::{}", column.name, self.name(column.kind)),
            Self::Sqlite => column.name.to_owned(),
        }
    }

    fn name(self, kind: Kind) -> &'static str {
        match (self, kind) {
            // Bytes compare faster than a language's rules, and mean the same on every machine.
            (Self::Pg, Kind::Text) => "text collate \"C\"",
            (Self::Sqlite, Kind::Text) => "text",
            (Self::Pg, Kind::Int) => "bigint",
            (Self::Sqlite, Kind::Int) => "integer",
            (_, Kind::Bool) => "boolean",
            (Self::Pg, Kind::Uuid) => "uuid",
            (Self::Pg, Kind::Bytes) => "bytea",
            (Self::Sqlite, Kind::Uuid | Kind::Bytes) => "blob",
        }
    }
}

/// One physical table of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Physical {
    /// Its name without a suffix.
    pub name: String,
    /// Every column, in order.
    pub columns: Vec<ColumnDef>,
    /// The columns of its primary key.
    pub key: Vec<&'static str>,
    /// Further indexes: their columns.
    pub indexes: Vec<String>,
}

const ACCOUNT: ColumnDef = ColumnDef { name: "account_id", kind: Kind::Uuid, nullable: false };
const VALID_FROM: ColumnDef = ColumnDef { name: "valid_from", kind: Kind::Int, nullable: false };
const VALID_TO: ColumnDef = ColumnDef { name: "valid_to", kind: Kind::Int, nullable: false };
const GROUP: ColumnDef = ColumnDef { name: "label", kind: Kind::Text, nullable: false };
const COUNT: ColumnDef = ColumnDef { name: "n", kind: Kind::Int, nullable: false };

/// The key of a row within the table, the account first.
pub fn key_columns(table: Table) -> Vec<&'static str> {
    if table.key == ACCOUNT.name { vec![ACCOUNT.name] } else { vec![ACCOUNT.name, table.key] }
}

/// The table of current rows.
pub fn current(view: &dyn AnyView) -> Physical {
    let table = view.table();
    let mut columns = vec![ACCOUNT];
    columns.extend_from_slice(view.columns());
    if table.keeps == Keeps::History {
        columns.push(VALID_FROM);
    }
    let indexes = table.indexes.iter().map(|columns| (*columns).to_owned()).collect();
    Physical { name: table.name.to_owned(), columns, key: key_columns(table), indexes }
}

/// The table of rows that held before. Its key finds what held at a position with one probe per row, so the
/// cost of looking back does not depend on how much happened since.
pub fn history(view: &dyn AnyView) -> Option<Physical> {
    let table = view.table();
    (table.keeps == Keeps::History).then(|| {
        let mut columns = vec![ACCOUNT];
        columns.extend_from_slice(view.columns());
        columns.extend([VALID_FROM, VALID_TO]);
        let mut key = key_columns(table);
        key.push(VALID_TO.name);
        Physical { name: format!("{}_history", table.name), columns, key, indexes: Vec::new() }
    })
}

/// The table of counts by group.
pub fn tally(view: &dyn AnyView) -> Option<Physical> {
    let table = view.table();
    table.tally.then(|| Physical {
        name: format!("{}_tally", table.name),
        columns: vec![ACCOUNT, GROUP, COUNT],
        key: vec![ACCOUNT.name, GROUP.name],
        indexes: Vec::new(),
    })
}

/// The tables of a view: current rows, history, counts.
pub fn parts(view: &dyn AnyView) -> [Option<Physical>; 3] {
    [Some(current(view)), history(view), tally(view)]
}

/// Every physical table of a projection.
pub fn tables(projection: &Projection) -> Vec<Physical> {
    projection.views.iter().flat_map(|view| parts(view.as_ref())).flatten().collect()
}

impl Physical {
    /// The name in SQL.
    pub fn qualified(&self, suffix: &str) -> String {
        format!("views.{}{suffix}", self.name)
    }

    /// Every column, by commas.
    pub fn column_list(&self) -> String {
        self.columns.iter().map(|c| c.name).collect::<Vec<_>>().join(", ")
    }

    /// Creates it empty. In PostgreSQL a table that is filled by `COPY` gets its key afterwards.
    pub fn create(&self, dialect: Dialect, suffix: &str, keyed: bool) -> String {
        let mut sql = format!("create table {} (", self.qualified(suffix));
        for (i, column) in self.columns.iter().enumerate() {
            let null = if column.nullable { "" } else { " not null" };
            let comma = if i == 0 { "" } else { ", " };
            let _ = write!(sql, "{comma}{} {}{null}", column.name, dialect.name(column.kind));
        }
        let key = self.key.join(", ");
        match (dialect, keyed) {
            (Dialect::Sqlite, _) => _ = write!(sql, ", primary key ({key})) without rowid;"),
            (Dialect::Pg, true) => _ = write!(sql, ", primary key ({key}));"),
            (Dialect::Pg, false) => sql.push_str(");"),
        }
        sql
    }

    /// Its primary key, where [`create`](Self::create) left it out.
    pub fn add_key(&self, suffix: &str) -> String {
        format!("alter table {} add primary key ({});", self.qualified(suffix), self.key.join(", "))
    }

    /// Its further indexes, named after the build, so that two builds can stand side by side.
    pub fn create_indexes(&self, dialect: Dialect, suffix: &str, build: u64) -> Vec<String> {
        let index = |(i, columns): (usize, &String)| {
            let name = format!("{}_{}_{build}", self.name, i + 1);
            match dialect {
                Dialect::Pg => format!("create index {name} on {} ({columns});", self.qualified(suffix)),
                Dialect::Sqlite => {
                    format!("create index views.{name} on {}{suffix} ({columns});", self.name)
                }
            }
        };
        self.indexes.iter().enumerate().map(index).collect()
    }

    /// Removes it, where it is there.
    pub fn drop(&self, suffix: &str) -> String {
        format!("drop table if exists {};", self.qualified(suffix))
    }

    /// Puts the new build in the place of the old one.
    pub fn exchange(&self) -> String {
        format!("{} alter table {} rename to {};", self.drop(""), self.qualified(NEW), self.name)
    }

    /// Inserts `rows` rows; where the key is there already, `merge` says what happens.
    pub fn insert(&self, suffix: &str, rows: usize, merge: Merge) -> String {
        let width = self.columns.len();
        let mut sql = format!("insert into {} ({}) values ", self.qualified(suffix), self.column_list());
        placeholders(&mut sql, rows, width);
        let rest = || self.columns.iter().map(|c| c.name).filter(|name| !self.key.contains(name));
        match merge {
            Merge::Never => {}
            Merge::Replace => {
                let set: Vec<String> = rest().map(|name| format!("{name} = excluded.{name}")).collect();
                let _ =
                    write!(sql, " on conflict ({}) do update set {}", self.key.join(", "), set.join(", "));
            }
            Merge::Add => {
                let name = format!("{}{suffix}", self.name);
                let key = self.key.join(", ");
                let _ = write!(sql, " on conflict ({key}) do update set n = {name}.n + excluded.n");
            }
        }
        sql
    }
}

/// What an insert does where the key is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// Fail: it cannot be.
    Never,
    /// The new row takes the old one's place.
    Replace,
    /// The counts add up.
    Add,
}

/// Appends `($1, $2), ($3, $4)` to a statement.
pub fn placeholders(sql: &mut String, rows: usize, width: usize) {
    let mut n = 0;
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..width {
            n += 1;
            let _ = write!(sql, "{}${n}", if column == 0 { "" } else { ", " });
        }
        sql.push(')');
    }
}
