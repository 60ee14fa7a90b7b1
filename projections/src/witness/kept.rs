//! `views.findings`: what was found of a log's end, and what the operator had forgotten of it.
//!
//! Read models can be thrown away, and this table with them; then nothing knows any more but what was exported.

use serde::Serialize;
use twofold_domain::ids::AccountId;
use twofold_domain::time::Timestamp;
use twofold_infra::store::{EventStore, Row, StoreError, Value, Views};

use super::{Contradiction, read, standing};
use crate::check;
use crate::ddl::Dialect;
use crate::memory::ReplayError;
use crate::view::Projection;

const COLUMNS: &str = "account_id, log_end, counted, taken_in";

/// Events that the operator said are not coming back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Forgotten {
    /// What the witnesses said.
    #[serde(flatten)]
    pub what: Contradiction,
    /// When the operator said so.
    pub at: Timestamp,
}

/// Whether anything was ever found here. Looking makes no table.
async fn is_there(views: &Views) -> Result<bool, StoreError> {
    let sql = match Dialect::of(views) {
        Dialect::Pg => "select count(*) from pg_tables where schemaname = 'views' and tablename = 'findings'",
        Dialect::Sqlite => {
            "select count(*) from views.sqlite_master where type = 'table' and name = 'findings'"
        }
    };
    let there = views.fetch_optional(sql, &[]).await?;
    Ok(there.map_or(Ok(0), |row| row.count(0))? > 0)
}

async fn make(views: &Views) -> Result<(), StoreError> {
    let id = if Dialect::of(views) == Dialect::Pg { "uuid" } else { "blob" };
    let sql = format!(
        "create table if not exists views.findings (account_id {id} not null, log_end bigint not null, \
         counted bigint not null, taken_in bigint not null, found_at bigint not null, forgotten_at bigint)"
    );
    let mut tx = views.begin().await?;
    tx.execute_script(&sql).await?;
    tx.commit().await
}

/// What was found and is neither back nor forgotten.
pub(crate) async fn open(store: &EventStore) -> Result<Vec<Contradiction>, StoreError> {
    let views = store.views();
    if !is_there(views).await? {
        return Ok(vec![]);
    }
    let sql = format!(
        "select {COLUMNS} from views.findings where forgotten_at is null order by account_id, found_at"
    );
    let mut all: Vec<Contradiction> = vec![];
    for row in views.fetch(&sql, &[]).await? {
        let found = read(&row)?;
        if all.last().is_none_or(|last| last.account != found.account) {
            let end = store.counter(found.account).await?.map_or(0, |counter| counter.last_seq);
            all.push(Contradiction { by_now: Some(end), ..found });
        }
    }
    Ok(all)
}

/// Keeps what was found, unless something of that account is kept already: the first look saw most.
pub async fn keep(store: &EventStore, found: &[Contradiction], at: Timestamp) -> Result<(), StoreError> {
    let views = store.views();
    let news: Vec<_> = found.iter().filter(|found| found.by_now.is_none()).collect();
    if news.is_empty() {
        return Ok(());
    }
    make(views).await?;
    let sql = "insert into views.findings (account_id, log_end, counted, taken_in, found_at) \
               select $1, $2, $3, $4, $5 where not exists \
               (select 1 from views.findings where account_id = $1 and forgotten_at is null)";
    for found in news {
        views.execute(sql, &binds(found, at)).await?;
    }
    Ok(())
}

/// Says of what was found, and kept, that it is forgotten: the read models that knew of it are no more.
pub async fn forget(store: &EventStore, found: &[Contradiction], at: Timestamp) -> Result<(), StoreError> {
    for found in found {
        let sql =
            "update views.findings set forgotten_at = $2 where account_id = $1 and forgotten_at is null";
        store.views().execute(sql, &[found.account.uuid().into(), at.micros().into()]).await?;
    }
    Ok(())
}

/// Everything that was forgotten, the latest last.
pub async fn forgotten(store: &EventStore) -> Result<Vec<Forgotten>, StoreError> {
    let views = store.views();
    if !is_there(views).await? {
        return Ok(vec![]);
    }
    let sql = format!(
        "select {COLUMNS}, forgotten_at from views.findings where forgotten_at is not null \
         order by forgotten_at, account_id"
    );
    let read = |row: &Row| Ok(Forgotten { what: read(row)?, at: Timestamp::from_micros(row.get(4)?) });
    views.fetch(&sql, &[]).await?.iter().map(read).collect()
}

/// Lets go of what was found where the log is whole again: it is as long as what was made of it, and every row of
/// every read model is what it says. Returns these accounts.
pub async fn settle(store: &EventStore, projections: &[Projection]) -> Result<Vec<AccountId>, ReplayError> {
    let mut settled = vec![];
    for found in open(store).await? {
        if standing(store, found.account).await?.is_some() {
            continue;
        }
        let checked = check::compare(store, projections, found.account, |_| {}).await?;
        let known = found.taken_in.max(found.counted);
        let as_far = checked.projections.iter().all(|came| came.position >= known);
        if as_far && checked.differences == 0 {
            let sql = "delete from views.findings where account_id = $1 and forgotten_at is null";
            store.views().execute(sql, &[found.account.uuid().into()]).await?;
            settled.push(found.account);
        }
    }
    Ok(settled)
}

fn binds(found: &Contradiction, at: Timestamp) -> [Value; 5] {
    let Contradiction { account, log_end, counted, taken_in, .. } = *found;
    [account.uuid().into(), log_end.into(), counted.into(), taken_in.into(), at.micros().into()]
}
