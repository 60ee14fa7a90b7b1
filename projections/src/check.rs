//! Every table of read models held against the log: each row that is missing, too many, or other than the log
//! says, by table, key, and column, with the event that should have set it.
//!
//! The tables are looked at in one state, while projectors go on, and each projection is compared as of the event
//! that its tables have come to in it. The log goes by in chunks, and rows that cannot change any more are
//! compared as they pass. What is held follows the rows that hold now and the differences, not the length of the
//! log; where something differs, the log is read a second time, for the events.

mod causes;
mod compare;

use serde::Serialize;
use twofold_domain::ids::AccountId;
use twofold_infra::store::{EventStore, StoreError, Value, ViewsTx};

use self::compare::Comparison;
use crate::ddl::{self, Physical};
use crate::fact::Fact;
use crate::facts::Facts;
use crate::live::apply_all;
use crate::memory::ReplayError;
use crate::slate::AnySlate;
use crate::view::{Keeps, Projection};
use crate::witness::{self, Contradiction};

/// Rows that cannot change any more are compared when so many wait: some 50 MB.
const WAITING: usize = 100_000;
/// Differences that are listed; more are only counted. Whoever has so many rebuilds.
pub const LISTED: usize = 1_000;

/// What was compared, and what differs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Checked {
    /// Each projection, as of which event.
    pub projections: Vec<CheckedProjection>,
    /// Rows that the log says.
    pub rows: u64,
    /// Differences found.
    pub differences: u64,
    /// The first of them.
    pub listed: Vec<Difference>,
}

/// One projection under comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckedProjection {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: u32,
    /// The last event that its tables contain.
    pub position: u64,
    /// Whether it stays there, at an event that it cannot take in.
    pub parked: bool,
}

/// One thing that a table says otherwise than the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The table, history and counts by their own names.
    pub table: String,
    /// The row: its key within the account, `column=value`.
    pub key: String,
    /// The column; none where the whole row is missing or too many.
    pub column: Option<String>,
    /// What the table has; none where it has no such row.
    pub live: Option<String>,
    /// What the log says; none where it says there is no such row.
    pub folded: Option<String>,
    /// The event that should have set it, or taken the row away; none where no event ever touched it.
    pub event: Option<u64>,
}

/// Holds an account's tables against its log. `read` is told of each chunk how many events it had, the second
/// reading included.
pub async fn check(
    store: &EventStore,
    projections: &[Projection],
    account: AccountId,
    read: impl FnMut(u64),
) -> Result<Checked, ReplayError> {
    let mut checked = compare(store, projections, account, read).await?;
    if let Some(found) = witness::contradiction(store, account).await? {
        checked.differences += 1;
        checked.listed.insert(0, cut_off(found));
    }
    Ok(checked)
}

/// The same, whatever else is known of where the log ends.
pub(crate) async fn compare(
    store: &EventStore,
    projections: &[Projection],
    account: AccountId,
    mut read: impl FnMut(u64),
) -> Result<Checked, ReplayError> {
    let mut live = store.views().look().await?;
    let mut folds = Vec::new();
    for projection in projections {
        folds.push(Fold::begin(&mut live, projection, account).await?);
    }
    let until = folds.iter().map(|fold| fold.came.position).max().unwrap_or(0);
    let mut compared = Comparison::of(account);
    let mut reading = Facts::of(store, account, until);
    while let Some(facts) = reading.next().await? {
        for fold in &mut folds {
            fold.take(&facts)?;
            if fold.waiting() > WAITING {
                fold.pass(&mut live, &mut compared).await?;
            }
        }
        read(facts.len() as u64);
    }
    for fold in &mut folds {
        fold.pass(&mut live, &mut compared).await?;
        fold.end(&mut live, &mut compared).await?;
    }
    let came: Vec<CheckedProjection> = folds.into_iter().map(|fold| fold.came).collect();
    if compared.needs_causes() {
        causes::find(store, &mut live, projections, &came, &mut compared, read).await?;
    }
    Ok(compared.finish(came))
}

/// The log ends elsewhere than its counter says, or before an event that tables were made from.
fn cut_off(found: Contradiction) -> Difference {
    let Contradiction { log_end, counted, taken_in, .. } = found;
    Difference {
        table: "events".to_owned(),
        key: format!("account_seq={}", log_end + 1),
        column: None,
        live: Some(format!("counted up to event {counted}, read models have come to event {taken_in}")),
        folded: None,
        event: Some(log_end),
    }
}

/// One projection on its way.
struct Fold {
    came: CheckedProjection,
    keeps: Vec<Keeps>,
    parts: Vec<[Option<Physical>; 3]>,
    slates: Vec<Box<dyn AnySlate>>,
    /// By view: rows written once, and rows that held before, since the last pass.
    once: Vec<Vec<Vec<Value>>>,
    past: Vec<Vec<Vec<Value>>>,
    /// Up to which event these are compared already.
    passed: u64,
    position: u64,
}

impl Fold {
    async fn begin(
        live: &mut ViewsTx,
        projection: &Projection,
        account: AccountId,
    ) -> Result<Self, StoreError> {
        let sql = "select k.position, k.parked is not null from views.checkpoints k \
                   join views.projections p on p.name = k.projection and p.version = k.version \
                   where k.projection = $1 and k.version = $2 and k.account_id = $3";
        let binds = [projection.name.into(), projection.version.into(), account.uuid().into()];
        let row = live.fetch_optional(sql, &binds).await?;
        let (position, parked) = match row {
            Some(row) => (row.count(0)?, row.get(1)?),
            None => (0, false),
        };
        let views = projection.views.len();
        Ok(Self {
            came: CheckedProjection { name: projection.name, version: projection.version, position, parked },
            keeps: projection.views.iter().map(|view| view.table().keeps).collect(),
            parts: projection.views.iter().map(|view| ddl::parts(view.as_ref())).collect(),
            slates: projection.views.iter().map(|view| view.slate(account)).collect(),
            once: vec![Vec::new(); views],
            past: vec![Vec::new(); views],
            passed: 0,
            position: 0,
        })
    }

    /// Folds in what the tables contain of these facts.
    fn take(&mut self, facts: &[Fact]) -> Result<(), ReplayError> {
        let mine = facts.partition_point(|fact| fact.seq <= self.came.position);
        let facts = &facts[..mine];
        apply_all(&mut self.slates, facts)?;
        self.position = facts.last().map_or(self.position, |fact| fact.seq);
        for (view, slate) in self.slates.iter_mut().enumerate() {
            let settled = slate.settled();
            self.once[view].extend(settled.upserts);
            self.past[view].extend(settled.history);
        }
        Ok(())
    }

    fn waiting(&self) -> usize {
        self.once.iter().chain(&self.past).map(Vec::len).sum()
    }

    /// Compares what cannot change any more.
    async fn pass(&mut self, live: &mut ViewsTx, compared: &mut Comparison) -> Result<(), StoreError> {
        let span = self.passed..self.position;
        for (view, [current, history, _]) in self.parts.iter().enumerate() {
            if let Some(table) = current {
                let rows = std::mem::take(&mut self.once[view]);
                compared.written_once(live, table, rows).await?;
            }
            if let Some(table) = history {
                let rows = std::mem::take(&mut self.past[view]);
                compared.past(live, table, rows, span.clone()).await?;
            }
        }
        self.passed = self.position;
        Ok(())
    }

    /// Compares what holds, and the counts.
    async fn end(&mut self, live: &mut ViewsTx, compared: &mut Comparison) -> Result<(), StoreError> {
        for ((slate, keeps), [current, history, tally]) in
            self.slates.iter_mut().zip(&self.keeps).zip(&self.parts)
        {
            let changes = slate.changes();
            if let Some(table) = current {
                match keeps {
                    Keeps::Everything => compared.count(live, table).await?,
                    Keeps::Current | Keeps::History => {
                        compared.current(live, table, changes.upserts).await?;
                    }
                }
            }
            if let Some(table) = history {
                compared.past(live, table, Vec::new(), self.position..i64::MAX as u64).await?;
            }
            if let Some(table) = tally {
                compared.all(live, table, changes.tally).await?;
            }
        }
        Ok(())
    }
}
