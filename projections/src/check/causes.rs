//! The events behind differences: the log is read once more, and each event that touches a row that differs is
//! asked what it changed.

use std::collections::{HashMap, HashSet};

use twofold_infra::store::{EventStore, StoreError, Value, ViewsTx};

use super::CheckedProjection;
use super::compare::{Comparison, Listed, fetch};
use crate::ddl::{self, Physical};
use crate::fact::Fact;
use crate::facts::Facts;
use crate::memory::{ReplayError, sortable};
use crate::slate::{AnySlate, Touched};
use crate::view::{AnyView, Keeps, Projection};

/// A view with differences in its tables.
struct Watched<'a> {
    view: &'a dyn AnyView,
    /// The last event that its tables contain.
    position: u64,
    slate: Box<dyn AnySlate>,
    /// Places in the list, by the key of the row.
    rows: HashMap<Vec<u8>, Vec<usize>>,
    /// Places in the list, by group.
    groups: HashMap<String, Vec<usize>>,
    /// Every key that the log knows, where rows are too many.
    keys: Option<HashSet<Vec<u8>>>,
}

/// Names the event of each listed difference, and lists the rows that the log does not know.
pub(super) async fn find(
    store: &EventStore,
    live: &mut ViewsTx,
    projections: &[Projection],
    came: &[CheckedProjection],
    compared: &mut Comparison,
    mut read: impl FnMut(u64),
) -> Result<(), ReplayError> {
    let mut watched: Vec<Watched<'_>> = Vec::new();
    for (projection, came) in projections.iter().zip(came) {
        for view in &projection.views {
            watched.extend(Watched::of(view.as_ref(), came.position, compared));
        }
    }
    let until = watched.iter().map(|watched| watched.position).max().unwrap_or(0);
    let mut reading = Facts::of(store, compared.account, until);
    while let Some(facts) = reading.next().await? {
        for watched in &mut watched {
            let mine = facts.partition_point(|fact| fact.seq <= watched.position);
            for fact in &facts[..mine] {
                watched.take(fact, &mut compared.listed);
            }
            let _ = watched.slate.settled();
        }
        read(facts.len() as u64);
    }
    for table in std::mem::take(&mut compared.surplus) {
        let keys = watched.iter_mut().find(|watched| watched.view.table().name == table.name);
        let keys = keys.and_then(|watched| watched.keys.take()).unwrap_or_default();
        surplus(live, &table, &keys, compared).await?;
    }
    Ok(())
}

impl<'a> Watched<'a> {
    fn of(view: &'a dyn AnyView, position: u64, compared: &Comparison) -> Option<Self> {
        let [current, history, tally] =
            ddl::parts(view).map(|table| table.map(|table| table.name).unwrap_or_default());
        let (mut rows, mut groups): (HashMap<_, Vec<usize>>, HashMap<_, Vec<usize>>) = Default::default();
        for (place, listed) in compared.listed.iter().enumerate() {
            let table = &listed.difference.table;
            if *table == current || *table == history {
                rows.entry(sortable(&listed.key)).or_default().push(place);
            } else if *table == tally
                && let Value::Text(Some(group)) = &listed.key
            {
                groups.entry(group.clone()).or_default().push(place);
            }
        }
        let too_many = compared.surplus.iter().any(|table| table.name == current);
        let keys = too_many.then(HashSet::new);
        if rows.is_empty() && groups.is_empty() && keys.is_none() {
            return None;
        }
        let slate = view.slate(compared.account);
        Some(Self { view, position, slate, rows, groups, keys })
    }

    fn take(&mut self, fact: &Fact, listed: &mut [Listed]) {
        let before = self.slate.touched(fact);
        self.slate.apply(fact);
        let (Some(before), Some(after)) = (before, self.slate.touched(fact)) else { return };
        let key = sortable(&before.key);
        if let Some(places) = self.rows.get(&key) {
            for place in places {
                self.tell(fact.seq, &before, &after, &mut listed[*place]);
            }
        }
        for group in [&before.group, &after.group].into_iter().flatten() {
            if before.group != after.group
                && let Some(places) = self.groups.get(group)
            {
                for place in places {
                    listed[*place].difference.event = Some(fact.seq);
                }
            }
        }
        if let Some(keys) = &mut self.keys {
            keys.insert(key);
        }
    }

    /// Whether this event is the one that set what differs, as far as the log has gone by.
    fn tell(&self, seq: u64, before: &Touched, after: &Touched, listed: &mut Listed) {
        let difference = &mut listed.difference;
        if self.view.table().keeps == Keeps::Everything {
            difference.event = Some(seq);
            return;
        }
        // No event ends a row that never was.
        if listed.valid_to.is_some() && difference.folded.is_none() {
            return;
        }
        // What held before was set before it ended; its end put it there.
        if listed.valid_to.is_some_and(|end| seq > end || (seq == end && difference.column.is_some())) {
            return;
        }
        let named = |name: &String| self.view.columns().iter().position(|column| column.name == name);
        let column = difference.column.as_ref().and_then(named);
        let value = |touched: &Touched| match (column, &touched.columns) {
            (Some(place), Some(columns)) => columns.get(place).cloned().map(|value| vec![value]),
            (_, columns) => columns.clone(),
        };
        if value(before) != value(after) {
            difference.event = Some(seq);
        }
    }
}

/// Lists the rows of a table whose keys the log does not know.
async fn surplus(
    live: &mut ViewsTx,
    table: &Physical,
    keys: &HashSet<Vec<u8>>,
    compared: &mut Comparison,
) -> Result<(), StoreError> {
    let Some(key) = table.key.last() else { return Ok(()) };
    let Some(place) = table.columns.iter().position(|column| column.name == *key) else { return Ok(()) };
    let mut after: Option<Value> = None;
    loop {
        let behind = if after.is_some() { format!("and {key} > $2 ") } else { String::new() };
        let sql = format!(
            "select {} from {} where account_id = $1 {behind}order by {key} limit 4096",
            table.column_list(),
            table.qualified("")
        );
        let binds: Vec<Value> = std::iter::once(compared.account.uuid().into()).chain(after.take()).collect();
        let page = fetch(live, table, &sql, &binds).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last[place].clone());
        for row in page.iter().filter(|row| !keys.contains(&sortable(&row[place]))) {
            compared.too_many(table, row);
        }
    }
}
