//! The memory executor: views as they were at an event, folded from the log. For checks of the tables against
//! the log, and for questions that no table answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use twofold_domain::ids::AccountId;
use twofold_domain::time::Timestamp;
use twofold_infra::store::{EventStore, StoreError, Value};

use crate::ddl::{self, Physical};
use crate::fact::{Fact, Poison};
use crate::facts::Facts;
use crate::live::apply_all;
use crate::reports::history::{Folded, Held};
use crate::reports::people;
use crate::slate::{AnySlate, Slate};
use crate::status::{AsOf, DeviceTrust, Line, Population, Posture, TrustRow, UserActivity, UserStatus};
use crate::view::{Projection, View};

/// One account's projections, folded up to an event.
pub struct Replay {
    /// The last event that counts.
    pub position: u64,
    account: AccountId,
    slates: Vec<Box<dyn AnySlate>>,
    tables: Vec<[Option<Physical>; 3]>,
}

/// Why a replay ended early.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// The log could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An event could not be taken in.
    #[error(transparent)]
    Poison(#[from] Poison),
}

/// The rows of one table, each as its columns, in the order of keys.
pub type TableRows = BTreeMap<String, Vec<Vec<Value>>>;

impl Replay {
    /// Nothing yet.
    pub fn new(projections: &[Projection], account: AccountId) -> Self {
        let views = || projections.iter().flat_map(|p| &p.views);
        Self {
            position: 0,
            account,
            slates: views().map(|view| view.slate(account)).collect(),
            tables: views().map(|view| ddl::parts(view.as_ref())).collect(),
        }
    }

    /// Folds the log up to and including event `until`.
    pub async fn of(
        store: &EventStore,
        projections: &[Projection],
        account: AccountId,
        until: u64,
    ) -> Result<Self, ReplayError> {
        let mut replay = Self::new(projections, account);
        let mut reading = Facts::of(store, account, until);
        while let Some(facts) = reading.next().await? {
            replay.fold(&facts)?;
        }
        Ok(replay)
    }

    /// The same for whoever asks only what holds at `until`: what held before is let go at once, so what is
    /// held follows the rows, not the length of the log. `read` is told of each chunk how many events it had.
    pub async fn at(
        store: &EventStore,
        projections: &[Projection],
        account: AccountId,
        until: u64,
        mut read: impl FnMut(u64),
    ) -> Result<Self, ReplayError> {
        let mut replay = Self::new(projections, account);
        let mut reading = Facts::of(store, account, until);
        while let Some(facts) = reading.next().await? {
            replay.fold(&facts)?;
            replay.slates.iter_mut().for_each(|slate| _ = slate.settled());
            read(facts.len() as u64);
        }
        Ok(replay)
    }

    /// Folds facts in, which follow the ones before.
    pub fn fold(&mut self, facts: &[Fact]) -> Result<(), Poison> {
        apply_all(&mut self.slates, facts)?;
        self.position = facts.last().map_or(self.position, |fact| fact.seq);
        Ok(())
    }

    /// The rows of a view as they stand, in the order of keys; `None` if it is not among the replayed.
    pub fn rows<V: View>(&self) -> Option<BTreeMap<V::Key, V::Row>> {
        self.slates.iter().find_map(|slate| slate.as_any().downcast_ref::<Slate<V>>()).map(Slate::rows)
    }

    /// The account's people and their history up to the replay's last event, for reports from memory alone.
    pub fn folded(mut self) -> Folded {
        let of = |row: &TrustRow| (row.user_id, row.device_id);
        let mut trusts: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for ((user, _), versions) in self.versions::<DeviceTrust, _>(of) {
            trusts.entry(user).or_default().extend(versions);
        }
        Folded {
            postures: self.versions::<Posture, _>(|_| ()).remove(&()).unwrap_or_default(),
            people: self.versions::<UserStatus, _>(|row| row.user_id),
            activities: self.versions::<UserActivity, _>(|row| row.user_id),
            trusts,
        }
    }

    /// Every version of the rows of a view, by their keys and in order.
    fn versions<V: View, K: Ord>(&mut self, key: impl Fn(&V::Row) -> K) -> BTreeMap<K, Vec<Held<V::Row>>> {
        let slate = self.slates.iter_mut().find_map(|slate| slate.as_any_mut().downcast_mut::<Slate<V>>());
        let mut versions: BTreeMap<K, Vec<_>> = BTreeMap::new();
        for held in slate.map(Slate::take_versions).unwrap_or_default() {
            versions.entry(key(&held.row)).or_default().push(held);
        }
        versions
    }

    /// The status report as of the replay's last event, from memory alone. Equal to the tables' own.
    pub fn report(self, at: Timestamp, population: Population) -> Vec<Line> {
        let as_of = AsOf { position: self.position, instant: at };
        let pages = people::of_fold(Arc::new(self.folded()), as_of, population);
        pages.flat_map(|page| page.lines().map(|(_, line)| line).collect::<Vec<_>>()).collect()
    }

    /// Everything that the tables of this account would hold, history and counts included.
    pub fn tables(mut self) -> TableRows {
        let mut all = TableRows::new();
        for (slate, tables) in self.slates.iter_mut().zip(&self.tables) {
            let changes = slate.changes();
            for (table, mut rows) in tables.iter().zip([changes.upserts, changes.history, changes.tally]) {
                let Some(table) = table else { continue };
                sort(table, &mut rows);
                all.insert(table.name.clone(), rows);
            }
        }
        all
    }

    /// Whose history this is.
    pub fn account(&self) -> AccountId {
        self.account
    }
}

/// Sorts rows by the key of their table.
pub(crate) fn sort(table: &Physical, rows: &mut [Vec<Value>]) {
    rows.sort_by_cached_key(|row| key_of(table, row));
}

/// The key of a row, in the order in which both databases sort keys.
pub(crate) fn key_of(table: &Physical, row: &[Value]) -> Vec<Vec<u8>> {
    let place = |key: &&str| table.columns.iter().position(|column| column.name == *key);
    table.key.iter().filter_map(place).map(|place| sortable(&row[place])).collect()
}

/// Bytes that sort as the values of one column do.
pub(crate) fn sortable(value: &Value) -> Vec<u8> {
    match value {
        Value::Text(x) => x.clone().unwrap_or_default().into_bytes(),
        // Flipping the sign bit orders negative numbers first.
        Value::Int(x) => (x.unwrap_or_default() ^ i64::MIN).to_be_bytes().to_vec(),
        Value::Bool(x) => vec![u8::from(x.unwrap_or_default())],
        Value::Uuid(x) => x.unwrap_or_default().as_bytes().to_vec(),
        Value::Bytes(x) => x.clone().unwrap_or_default(),
    }
}
