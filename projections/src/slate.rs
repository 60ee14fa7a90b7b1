//! The rows of one view and one account while facts are folded into them.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};

use rustc_hash::FxBuildHasher;
use twofold_domain::ids::AccountId;
use twofold_infra::store::{Row, StoreError, Value};

use crate::copy::CopyTables;
use crate::fact::Fact;
use crate::record::{Column, Record};
use crate::reports::history::Held;
use crate::view::{Keeps, View};

/// Rows under way.
pub struct Slate<V: View> {
    account: AccountId,
    slots: HashMap<V::Key, Slot<V::Row>, FxBuildHasher>,
    written_once: Vec<V::Row>,
    superseded: Vec<Superseded<V::Row>>,
    tally: BTreeMap<String, i64>,
}

struct Slot<R> {
    row: Option<R>,
    valid_from: u64,
    /// Whether the table has a row under this key.
    stored: bool,
    changed: bool,
}

impl<R> Default for Slot<R> {
    fn default() -> Self {
        Self { row: None, valid_from: 0, stored: false, changed: false }
    }
}

struct Superseded<R> {
    row: R,
    valid_from: u64,
    valid_to: u64,
}

/// What a slate has to say to a table, in a fixed order.
#[derive(Debug, Default)]
pub struct Changes {
    /// New rows and new contents of rows: `account_id`, the columns, and `valid_from` where history is kept.
    pub upserts: Vec<Vec<Value>>,
    /// Keys of rows that are no more.
    pub deletes: Vec<Value>,
    /// Rows that held before: `account_id`, the columns, `valid_from`, `valid_to`.
    pub history: Vec<Vec<Value>>,
    /// Changes of counts: `account_id`, the group, the difference.
    pub tally: Vec<Vec<Value>>,
}

/// A row that a fact is about to touch, or touched.
#[derive(Debug, Clone, PartialEq)]
pub struct Touched {
    /// Its key within the account.
    pub key: Value,
    /// Its columns; none where there is no row. Of a row that is written once, only the key is known.
    pub columns: Option<Vec<Value>>,
    /// The group that it counts in.
    pub group: Option<String>,
}

/// A slate whose types are forgotten.
pub trait AnySlate: Send {
    /// The keys of rows that these facts touch and that the slate does not have, in the order of keys.
    fn wanted(&self, facts: &[Fact]) -> Vec<Value>;
    /// Takes in a stored row; its columns begin behind `account_id`.
    fn load(&mut self, row: &Row) -> Result<(), StoreError>;
    /// Folds a fact in.
    fn apply(&mut self, fact: &Fact);
    /// Rows held in memory.
    fn held(&self) -> usize;
    /// Everything that changed, for a database. Leaves nothing behind.
    fn changes(&mut self) -> Changes;
    /// Of that, what cannot change any more. Leaves the rows that hold.
    fn settled(&mut self) -> Changes;
    /// The row that a fact touches: its key, its columns as they stand, and the group that it counts in.
    fn touched(&self, fact: &Fact) -> Option<Touched>;
    /// Everything that changed and cannot change any more, as rows of `COPY`; with `all`, everything.
    fn copy(&mut self, tables: &mut CopyTables, all: bool);
    /// For callers that know the view's type.
    fn as_any(&self) -> &dyn Any;
    /// The same, for callers that take something out.
    fn as_any_mut(&mut self) -> &mut dyn Any;
}

impl<V: View> Slate<V> {
    pub(crate) fn new(account: AccountId) -> Self {
        Self {
            account,
            slots: HashMap::default(),
            written_once: Vec::new(),
            superseded: Vec::new(),
            tally: BTreeMap::new(),
        }
    }

    /// The rows as they stand, in the order of keys.
    pub(crate) fn rows(&self) -> BTreeMap<V::Key, V::Row> {
        self.slots.iter().filter_map(|(key, slot)| Some((*key, slot.row.clone()?))).collect()
    }

    /// Every version of every row, in the order of the events that they begin with. Leaves none behind: there may
    /// be as many as memory holds.
    pub(crate) fn take_versions(&mut self) -> Vec<Held<V::Row>> {
        let of =
            |old: Superseded<V::Row>| Held { row: old.row, from: old.valid_from, to: Some(old.valid_to) };
        let now = |(_, slot): (V::Key, Slot<V::Row>)| {
            Some(Held { row: slot.row?, from: slot.valid_from, to: None })
        };
        let mut versions: Vec<_> = std::mem::take(&mut self.superseded).into_iter().map(of).collect();
        versions.extend(std::mem::take(&mut self.slots).into_iter().filter_map(now));
        versions.sort_by_key(|held| held.from);
        versions
    }

    fn count(&mut self, before: Option<&V::Row>, after: Option<&V::Row>) {
        let (before, after) = (before.and_then(V::group), after.and_then(V::group));
        if before != after {
            for (group, change) in [(before, -1), (after, 1)] {
                if let Some(group) = group {
                    *self.tally.entry(group).or_default() += change;
                }
            }
        }
    }

    fn sorted(&mut self) -> Vec<(V::Key, Slot<V::Row>)> {
        let mut slots: Vec<_> = self.slots.drain().collect();
        slots.sort_unstable_by_key(|(key, _)| *key);
        slots
    }

    fn values(&self, row: &V::Row, validity: &[u64]) -> Vec<Value> {
        let mut values = Vec::with_capacity(V::Row::COLUMNS.len() + 3);
        values.push(self.account.uuid().into());
        row.put(&mut values);
        values.extend(validity.iter().map(|position| Value::from(*position)));
        values
    }
}

impl<V: View> AnySlate for Slate<V> {
    fn wanted(&self, facts: &[Fact]) -> Vec<Value> {
        if V::TABLE.keeps == Keeps::Everything {
            return Vec::new();
        }
        let mut keys: Vec<V::Key> =
            facts.iter().filter_map(V::key).filter(|key| !self.slots.contains_key(key)).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut values = Vec::with_capacity(keys.len());
        for key in keys {
            key.put(&mut values);
        }
        values
    }

    fn load(&mut self, row: &Row) -> Result<(), StoreError> {
        // `account_id`, the key, the columns, and `valid_from` where history is kept.
        const FIRST: usize = 2;
        let key = V::Key::get(row, 1)?;
        let stored = V::Row::get(row, FIRST)?;
        let valid_from = match V::TABLE.keeps {
            Keeps::History => row.count(FIRST + V::Row::COLUMNS.len())?,
            Keeps::Current | Keeps::Everything => 0,
        };
        self.slots.insert(key, Slot { row: Some(stored), valid_from, stored: true, changed: false });
        Ok(())
    }

    fn apply(&mut self, fact: &Fact) {
        let Some(key) = V::key(fact) else { return };
        if V::TABLE.keeps == Keeps::Everything {
            self.written_once.extend(V::apply(None, key, fact));
            return;
        }
        let slot = self.slots.entry(key).or_default();
        if V::TABLE.keeps == Keeps::Current && !V::TABLE.tally {
            slot.row = V::apply(slot.row.take(), key, fact);
            slot.changed = true;
            return;
        }
        let before = slot.row.clone();
        slot.row = V::apply(slot.row.take(), key, fact);
        if slot.row == before {
            return;
        }
        slot.changed = true;
        let valid_from = std::mem::replace(&mut slot.valid_from, fact.seq);
        if V::TABLE.tally {
            let after = slot.row.clone();
            self.count(before.as_ref(), after.as_ref());
        }
        if V::TABLE.keeps == Keeps::History
            && let Some(row) = before
        {
            self.superseded.push(Superseded { row, valid_from, valid_to: fact.seq });
        }
    }

    fn held(&self) -> usize {
        self.slots.len() + self.written_once.len() + self.superseded.len()
    }

    fn settled(&mut self) -> Changes {
        let mut changes = Changes::default();
        for row in std::mem::take(&mut self.written_once) {
            changes.upserts.push(self.values(&row, &[]));
        }
        for old in std::mem::take(&mut self.superseded) {
            changes.history.push(self.values(&old.row, &[old.valid_from, old.valid_to]));
        }
        changes
    }

    fn touched(&self, fact: &Fact) -> Option<Touched> {
        let key = V::key(fact)?;
        let row = self.slots.get(&key).and_then(|slot| slot.row.as_ref());
        let columns = row.map(|row| {
            let mut columns = Vec::with_capacity(V::Row::COLUMNS.len());
            row.put(&mut columns);
            columns
        });
        let mut named = Vec::with_capacity(1);
        key.put(&mut named);
        Some(Touched { key: named.pop()?, columns, group: row.and_then(V::group) })
    }

    fn changes(&mut self) -> Changes {
        let mut changes = Changes::default();
        let keeps_history = V::TABLE.keeps == Keeps::History;
        for (key, slot) in self.sorted() {
            if !slot.changed {
                continue;
            }
            match slot.row {
                Some(row) => {
                    let validity: &[u64] = if keeps_history { &[slot.valid_from] } else { &[] };
                    changes.upserts.push(self.values(&row, validity));
                }
                None if slot.stored => key.put(&mut changes.deletes),
                None => {}
            }
        }
        let settled = self.settled();
        changes.upserts.extend(settled.upserts);
        changes.history = settled.history;
        for (group, difference) in std::mem::take(&mut self.tally) {
            if difference != 0 {
                changes.tally.push(vec![self.account.uuid().into(), group.into(), difference.into()]);
            }
        }
        changes
    }

    fn copy(&mut self, tables: &mut CopyTables, all: bool) {
        let account = self.account.uuid();
        let width = V::Row::COLUMNS.len();
        for old in self.superseded.drain(..) {
            let out = tables.history();
            out.start(width + 3, account);
            old.row.put(out);
            out.positions(&[old.valid_from, old.valid_to]);
        }
        for row in self.written_once.drain(..) {
            let out = tables.current();
            out.start(width + 1, account);
            row.put(out);
        }
        if !all {
            return;
        }
        for (_, slot) in self.sorted() {
            let Some(row) = slot.row else { continue };
            let out = tables.current();
            if V::TABLE.keeps == Keeps::History {
                out.start(width + 2, account);
                row.put(out);
                out.positions(&[slot.valid_from]);
            } else {
                out.start(width + 1, account);
                row.put(out);
            }
        }
        for (group, n) in std::mem::take(&mut self.tally) {
            if n != 0 {
                let out = tables.tally();
                out.start(3, account);
                group.put(out);
                n.put(out);
            }
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}
