//! The memory executor: views as they were at an event, folded from the log. For checks of the tables against
//! the log, and for questions that no table answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use twofold_domain::ids::AccountId;
use twofold_domain::time::Timestamp;
use twofold_infra::store::{EventStore, StoreError, Value};

use crate::ddl::{self, Physical};
use crate::fact::{Fact, Poison};
use crate::live::apply_all;
use crate::owners::Owners;
use crate::reports::people::{Folded, Held, Page};
use crate::slate::{AnySlate, Slate};
use crate::status::{AsOf, DeviceTrust, Line, Population, Posture, UserActivity, UserStatus};
use crate::view::{Projection, View};

/// Events read at a time.
const CHUNK: u32 = 2_000;

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
        let owners = Owners::new(store.reader());
        while replay.position < until {
            let limit = (until - replay.position).min(CHUNK.into()) as u32;
            let events = store.read(account, replay.position, limit).await?;
            if events.is_empty() {
                break;
            }
            let (facts, poison) = owners.facts(&events).await?;
            replay.fold(&facts)?;
            if let Some(poison) = poison {
                return Err(poison.into());
            }
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

    /// The account's people as of the replay's last event, for reports from memory alone.
    pub fn folded(&self) -> Folded {
        let (Some(postures), Some(people), Some(mut activities), Some(trusts)) = (
            self.rows::<Posture>(),
            self.rows::<UserStatus>(),
            self.rows::<UserActivity>(),
            self.rows::<DeviceTrust>(),
        ) else {
            return Folded::default();
        };
        let mut of_user: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for trust in trusts.into_values() {
            of_user.entry(trust.user_id).or_default().push(trust);
        }
        let held = |(id, user)| {
            let (activity, trusts) = (activities.remove(&id), of_user.remove(&id).unwrap_or_default());
            (id, Held { user, activity, trusts })
        };
        let posture = postures.into_values().next().map(Arc::new);
        Folded { posture, people: people.into_iter().map(held).collect() }
    }

    /// The status report as of the replay's last event, from memory alone. Equal to the tables' own.
    pub fn report(&self, at: Timestamp, population: Population) -> Vec<Line> {
        let Folded { posture: Some(posture), people } = self.folded() else { return Vec::new() };
        let people = people.into_values().filter(|held| population.includes(held.user.role)).collect();
        let page = Page { posture, as_of: AsOf { position: self.position, instant: at }, people };
        page.lines().map(|(_, line)| line).collect()
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
    let places: Vec<usize> =
        table.key.iter().filter_map(|key| table.columns.iter().position(|c| c.name == *key)).collect();
    let of =
        |row: &Vec<Value>| -> Vec<Vec<u8>> { places.iter().map(|place| sortable(&row[*place])).collect() };
    rows.sort_by_cached_key(of);
}

fn sortable(value: &Value) -> Vec<u8> {
    match value {
        Value::Text(x) => x.clone().unwrap_or_default().into_bytes(),
        // Flipping the sign bit orders negative numbers first.
        Value::Int(x) => (x.unwrap_or_default() ^ i64::MIN).to_be_bytes().to_vec(),
        Value::Bool(x) => vec![u8::from(x.unwrap_or_default())],
        Value::Uuid(x) => x.unwrap_or_default().as_bytes().to_vec(),
        Value::Bytes(x) => x.clone().unwrap_or_default(),
    }
}
