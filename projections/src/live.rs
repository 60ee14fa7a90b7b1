//! The live executor: one batch of one projection, over several accounts, in one transaction.
//!
//! The transaction takes the accounts' checkpoints first and passes over those that somebody else holds, so
//! any number of instances work side by side without a leader. Rows, history, counts, and checkpoints are
//! committed together or not at all.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use twofold_domain::ids::AccountId;
use twofold_infra::store::{Row, StoreError, Value, Views, ViewsTx};
use uuid::Uuid;

use crate::ddl::{self, Merge, Physical, placeholders};
use crate::fact::{Fact, Poison};
use crate::slate::{AnySlate, Changes};
use crate::view::{AnyView, Keeps, Projection};

/// Rows per statement. Few sizes, so that few statements are prepared; the largest stays below SQLite's
/// 32,766 placeholders with 40 columns.
const SIZES: [usize; 4] = [256, 32, 4, 1];

/// New facts of one account, decoded once for every projection.
#[derive(Debug, Clone)]
pub struct News {
    /// The tenant.
    pub account: AccountId,
    /// In order, without gaps.
    pub facts: Arc<Vec<Fact>>,
    /// The event behind the last fact, if it cannot be read.
    pub poison: Option<Poison>,
}

/// How far an account came in a projection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advance {
    /// The tenant.
    pub account: AccountId,
    /// The last event that its rows contain.
    pub position: u64,
    /// Why it stays there.
    pub parked: Option<Parked>,
}

/// Why an account stays where it is in a projection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parked {
    /// The event that could not be taken in.
    pub event: u64,
    /// What was wrong with it.
    pub error: String,
}

/// A projection's tables: the ones that serve, or the ones that are being built.
#[derive(Debug, Clone, Copy)]
pub struct Build<'a> {
    /// Which projection.
    pub projection: &'a Projection,
    /// Behind the names of its tables and in its checkpoints; empty for those that serve.
    pub suffix: &'static str,
}

impl Build<'_> {
    fn checkpoint(&self) -> Value {
        format!("{}{}", self.projection.name, self.suffix).into()
    }

    fn version(&self) -> Value {
        self.projection.version.into()
    }

    /// Takes in what is new, in a transaction of its own. Returns the accounts that it got hold of.
    pub async fn advance(&self, views: &Views, news: &[News]) -> Result<Vec<Advance>, StoreError> {
        let mut tx = views.begin().await?;
        if let (ViewsTx::Pg(_), Some(first)) = (&tx, self.projection.views.first()) {
            // The lock waits for an exchange of tables. Losing the last commits to a crash loses nothing:
            // rows and checkpoints fall back together, and the events are still there.
            let table = ddl::current(first.as_ref()).qualified(self.suffix);
            let sql =
                format!("set local synchronous_commit = off; lock table {table} in row exclusive mode;");
            tx.execute_script(&sql).await?;
        }
        let advances = self.advance_in(&mut tx, news).await?;
        tx.commit().await?;
        Ok(advances)
    }

    /// The same within a transaction.
    pub async fn advance_in(&self, tx: &mut ViewsTx, news: &[News]) -> Result<Vec<Advance>, StoreError> {
        let claimed = self.claim(tx, news).await?;
        let fresh: Vec<(&News, &[Fact])> = news
            .iter()
            .filter_map(|news| {
                let position = *claimed.get(&news.account)?;
                let facts = behind(&news.facts, position)?;
                let stuck = news.poison.as_ref().is_some_and(|poison| poison.seq == position + 1);
                (stuck || !facts.is_empty()).then_some((news, facts))
            })
            .collect();
        if fresh.is_empty() {
            return Ok(Vec::new());
        }
        let mut folds: Vec<Fold<'_>> = fresh
            .iter()
            .map(|(news, facts)| Fold::new(self.projection, news, facts, claimed[&news.account]))
            .collect();
        let mut changes: Vec<Changes> = Vec::new();
        changes.resize_with(self.projection.views.len(), Changes::default);
        for (index, view) in self.projection.views.iter().enumerate() {
            self.load(tx, view.as_ref(), index, &mut folds).await?;
        }
        let mut advances = Vec::with_capacity(folds.len());
        for fold in folds {
            advances.push(fold.finish(&mut changes)?);
        }
        for (view, changes) in self.projection.views.iter().zip(changes) {
            self.write(tx, view.as_ref(), changes).await?;
        }
        self.keep_positions(tx, &advances).await?;
        Ok(advances)
    }

    /// Takes the checkpoints of these accounts, except those that somebody else holds or that are parked.
    async fn claim(&self, tx: &mut ViewsTx, news: &[News]) -> Result<HashMap<AccountId, u64>, StoreError> {
        let mut claimed = HashMap::with_capacity(news.len());
        for (size, news) in sized(news) {
            let mut create =
                "insert into views.checkpoints (projection, version, account_id, position) values "
                    .to_owned();
            placeholders(&mut create, size, 4);
            create.push_str(" on conflict do nothing");
            let binds: Vec<Value> = news
                .iter()
                .flat_map(|n| [self.checkpoint(), self.version(), n.account.uuid().into(), 0_u64.into()])
                .collect();
            if news.iter().any(|n| n.facts.first().is_none_or(|fact| fact.seq == 1)) {
                tx.execute(&create, &binds).await?;
            }
            let mut claim = "select account_id, position from views.checkpoints where projection = $1 \
                             and version = $2 and parked is null and account_id in ("
                .to_owned();
            // Tables of another version are not for this program; tables that are being built are.
            let serves = "exists (select 1 from views.projections p where p.name = $1 and p.version = $2)";
            let numbers: Vec<String> = (0..size).map(|i| format!("${}", i + 3)).collect();
            claim.push_str(&numbers.join(", "));
            claim.push(')');
            if self.suffix.is_empty() {
                claim.push_str(" and ");
                claim.push_str(serves);
            }
            claim.push_str(" order by account_id");
            if let ViewsTx::Pg(_) = tx {
                claim.push_str(" for update skip locked");
            }
            let mut binds = vec![self.checkpoint(), self.version()];
            binds.extend(news.iter().map(|n| Value::from(n.account.uuid())));
            for row in tx.fetch(&claim, &binds).await? {
                claimed.insert(AccountId::from_uuid(row.get::<Uuid>(0)?), row.count(1)?);
            }
        }
        Ok(claimed)
    }

    async fn load(
        &self,
        tx: &mut ViewsTx,
        view: &dyn AnyView,
        index: usize,
        folds: &mut [Fold<'_>],
    ) -> Result<(), StoreError> {
        let mut by_account = HashMap::with_capacity(folds.len());
        let mut wanted: Vec<[Value; 2]> = Vec::new();
        for (place, fold) in folds.iter().enumerate() {
            let account = fold.account.uuid();
            by_account.insert(account, place);
            let keys = fold.slates[index].wanted(fold.facts);
            wanted.extend(keys.into_iter().map(|key| [account.into(), key]));
        }
        let table = ddl::current(view);
        let key = view.table().key;
        for (size, keys) in sized(&wanted) {
            let mut sql = format!(
                "select account_id, {key}, {} from {} where (account_id, {key}) in (values ",
                table.columns[1..].iter().map(|c| c.name).collect::<Vec<_>>().join(", "),
                table.qualified(self.suffix),
            );
            placeholders(&mut sql, size, 2);
            sql.push(')');
            let binds: Vec<Value> = keys.iter().flatten().cloned().collect();
            for row in tx.fetch(&sql, &binds).await? {
                let account: Uuid = row.get(0)?;
                if let Some(place) = by_account.get(&account) {
                    folds[*place].load(index, row)?;
                }
            }
        }
        Ok(())
    }

    async fn write(&self, tx: &mut ViewsTx, view: &dyn AnyView, changes: Changes) -> Result<(), StoreError> {
        let table = ddl::current(view);
        let merge = if view.table().keeps == Keeps::Everything { Merge::Never } else { Merge::Replace };
        self.insert(tx, &table, &changes.upserts, merge).await?;
        let key = table.key.join(" = $1 and ");
        for keys in changes.deletes.chunks(2) {
            // Pairs of account and key.
            let sql = format!("delete from {} where {key} = $2", table.qualified(self.suffix));
            tx.execute(&sql, keys).await?;
        }
        if let Some(history) = ddl::history(view) {
            self.insert(tx, &history, &changes.history, Merge::Never).await?;
        }
        if let Some(tally) = ddl::tally(view)
            && !changes.tally.is_empty()
        {
            self.insert(tx, &tally, &changes.tally, Merge::Add).await?;
            let sql = format!("delete from {} where account_id = $1 and n = 0", tally.qualified(self.suffix));
            let mut accounts: Vec<&Value> = changes.tally.iter().filter_map(|row| row.first()).collect();
            accounts.dedup();
            for account in accounts {
                tx.execute(&sql, std::slice::from_ref(account)).await?;
            }
        }
        Ok(())
    }

    pub(crate) async fn insert(
        &self,
        tx: &mut ViewsTx,
        table: &Physical,
        rows: &[Vec<Value>],
        merge: Merge,
    ) -> Result<(), StoreError> {
        let mut rest = rows;
        for size in SIZES {
            while rest.len() >= size {
                let (now, later) = rest.split_at(size);
                let binds: Vec<Value> = now.iter().flatten().cloned().collect();
                tx.execute(&table.insert(self.suffix, size, merge), &binds).await?;
                rest = later;
            }
        }
        Ok(())
    }

    pub(crate) async fn keep_positions(
        &self,
        tx: &mut ViewsTx,
        advances: &[Advance],
    ) -> Result<(), StoreError> {
        let mut rest = advances;
        for size in SIZES {
            while rest.len() >= size {
                let (now, later) = rest.split_at(size);
                let mut sql =
                    "insert into views.checkpoints (projection, version, account_id, position, parked) \
                               values "
                        .to_owned();
                placeholders(&mut sql, size, 5);
                sql.push_str(
                    " on conflict (projection, version, account_id) \
                     do update set position = excluded.position, parked = excluded.parked",
                );
                let mut binds: Vec<Value> = Vec::with_capacity(size * 5);
                for advance in now {
                    let parked = advance.parked.as_ref().map(Parked::stored).transpose()?;
                    let account = advance.account.uuid().into();
                    let position = advance.position.into();
                    binds.extend([self.checkpoint(), self.version(), account, position, parked.into()]);
                }
                tx.execute(&sql, &binds).await?;
                rest = later;
            }
        }
        Ok(())
    }
}

impl Parked {
    pub(crate) fn stored(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|e| StoreError::Bug(e.to_string()))
    }

    pub(crate) fn parse(stored: &str) -> Self {
        serde_json::from_str(stored).unwrap_or_else(|_| Self { event: 0, error: stored.to_owned() })
    }
}

impl From<Poison> for Parked {
    fn from(poison: Poison) -> Self {
        Self { event: poison.seq, error: poison.why }
    }
}

/// Chunks of at most the largest size, each with the size of its statement: the last item fills the rest.
pub(crate) fn sized<T: Clone>(items: &[T]) -> Vec<(usize, Vec<T>)> {
    let mut chunks = Vec::new();
    for chunk in items.chunks(SIZES[0]) {
        let Some(last) = chunk.last() else { continue };
        let size = SIZES.iter().rev().copied().find(|size| *size >= chunk.len()).unwrap_or(SIZES[0]);
        let mut filled = chunk.to_vec();
        filled.resize(size, last.clone());
        chunks.push((size, filled));
    }
    chunks
}

/// The facts behind a position; `None` if they do not begin right behind it.
fn behind(facts: &[Fact], position: u64) -> Option<&[Fact]> {
    let Some(first) = facts.first() else { return Some(facts) };
    let known = (position + 1).checked_sub(first.seq)? as usize;
    Some(facts.get(known..).unwrap_or_default())
}

/// One account's facts on their way into a projection.
struct Fold<'a> {
    account: AccountId,
    projection: &'a Projection,
    facts: &'a [Fact],
    poison: Option<&'a Poison>,
    position: u64,
    slates: Vec<Box<dyn AnySlate>>,
    loaded: Vec<(usize, Row)>,
}

impl<'a> Fold<'a> {
    fn new(projection: &'a Projection, news: &'a News, facts: &'a [Fact], position: u64) -> Self {
        let slates = projection.views.iter().map(|view| view.slate(news.account)).collect();
        let end = facts.last().map_or(position, |fact| fact.seq);
        let poison = news.poison.as_ref().filter(|poison| poison.seq == end + 1);
        Self { account: news.account, projection, facts, poison, position, slates, loaded: Vec::new() }
    }

    fn load(&mut self, index: usize, row: Row) -> Result<(), StoreError> {
        self.slates[index].load(&row)?;
        self.loaded.push((index, row));
        Ok(())
    }

    /// Folds everything in. A fact that a view panics on is left out of all views, and the account stays
    /// before it.
    fn finish(mut self, changes: &mut [Changes]) -> Result<Advance, StoreError> {
        let mut parked = self.poison.cloned().map(Parked::from);
        if let Err(poison) = apply_all(&mut self.slates, self.facts) {
            let good = (poison.seq - self.facts[0].seq) as usize;
            self.facts = &self.facts[..good];
            self.slates = self.projection.views.iter().map(|view| view.slate(self.account)).collect();
            for (index, row) in &self.loaded {
                self.slates[*index].load(row)?;
            }
            apply_all(&mut self.slates, self.facts).map_err(|p| StoreError::Bug(p.to_string()))?;
            parked = Some(poison.into());
        }
        for (slate, all) in self.slates.iter_mut().zip(changes) {
            let mine = slate.changes();
            all.upserts.extend(mine.upserts);
            all.history.extend(mine.history);
            all.tally.extend(mine.tally);
            let account = self.account.uuid();
            all.deletes.extend(mine.deletes.into_iter().flat_map(|key| [Value::from(account), key]));
        }
        let position = self.facts.last().map_or(self.position, |fact| fact.seq);
        Ok(Advance { account: self.account, position, parked })
    }
}

/// Folds facts into every slate, up to the first one that a view fails on.
pub(crate) fn apply_all(slates: &mut [Box<dyn AnySlate>], facts: &[Fact]) -> Result<(), Poison> {
    for fact in facts {
        let folded = catch_unwind(AssertUnwindSafe(|| {
            for slate in slates.iter_mut() {
                slate.apply(fact);
            }
        }));
        if let Err(panic) = folded {
            let why = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()))
                .unwrap_or_else(|| "a view failed on it".to_owned());
            return Err(Poison { account: fact.account, seq: fact.seq, why });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
