//! Putting new tables in the place of the old ones.

use std::sync::Arc;

use twofold_domain::ids::AccountId;
use twofold_infra::store::{EventStore, StoreError, Value, ViewsTx};

use crate::ddl::{self, NEW};
use crate::live::{Build, News};
use crate::owners::Owners;
use crate::registry::{self, Serving};
use crate::view::Projection;
use crate::witness;

/// Events that the new tables are caught up with at a time.
const TAIL: u32 = 8_000;

/// Catches the new tables up with whatever the log has by now, outside the exchange, and tells of each step's events.
pub(super) async fn with_log(
    store: &EventStore,
    projection: &Projection,
    tell: &(impl Fn(u64) + Send + Sync),
) -> Result<(), StoreError> {
    let build = Build { projection, suffix: NEW };
    let tail = "select c.account_id, coalesce(k.position, 0) from twofold.counters c \
                left join views.checkpoints k on k.account_id = c.account_id and k.projection = $1 \
                and k.version = $2 where c.last_seq > coalesce(k.position, 0) and k.parked is null \
                order by c.account_id limit 1000";
    let binds = [format!("{}{NEW}", projection.name).into(), projection.version.into()];
    catch_up(store, None, &build, tail, &binds, tell).await
}

/// Catches the new tables up with the old ones and puts them in their place. Returns the number of rows that
/// differ, if asked to compare.
pub(super) async fn exchange(
    store: &EventStore,
    projection: &Projection,
    verify: bool,
) -> Result<Option<u64>, StoreError> {
    let views = store.views();
    let build = Build { projection, suffix: NEW };
    // Outside the exchange as much as possible.
    with_log(store, projection, &|_| {}).await?;
    let name: Value = format!("{}{NEW}", projection.name).into();
    let on_record = witness::open(store).await?;
    let mut tx = views.begin().await?;
    if let (ViewsTx::Pg(_), Some(first)) = (&tx, projection.views.first()) {
        // Projectors wait; readers do not, until the tables are renamed.
        let table = ddl::current(first.as_ref()).qualified("");
        let there = tx.fetch_optional("select to_regclass($1) is not null", &[table.as_str().into()]).await?;
        if there.map_or(Ok(false), |row| row.get(0))? {
            tx.execute_script(&format!("lock table {table} in share row exclusive mode")).await?;
        }
    }
    // Then what the old tables have: an answer never gets older by the exchange.
    let tail = "select o.account_id, coalesce(n.position, 0) from views.checkpoints o \
                left join views.checkpoints n on n.account_id = o.account_id and n.projection = $1 \
                and n.version = $2 where o.projection = $3 and o.position > coalesce(n.position, 0) \
                and n.parked is null order by o.account_id limit 1000";
    let binds = [name.clone(), projection.version.into(), projection.name.into()];
    catch_up(store, Some(&mut tx), &build, tail, &binds, &|_| {}).await?;
    // Whatever the log lost while they were built, the old ones are the last to know: they stay, unless it is on record.
    for row in tx.fetch(tail, &binds).await? {
        let account = AccountId::from_uuid(row.get(0)?);
        if !on_record.iter().any(|found| found.account == account) {
            let end = row.count(1)?;
            return Err(StoreError::Corrupt(format!(
                "{account}: its log ends with event {end}, and its read models do not"
            )));
        }
    }
    let before = registry::serving(&mut tx, projection.name).await?;
    let same = before.is_some_and(|serving| serving.version == projection.version);
    let differences = if verify && same { Some(compare(&mut tx, projection).await?) } else { None };
    tx.execute("delete from views.checkpoints where projection = $1", &[projection.name.into()]).await?;
    let sql = "update views.checkpoints set projection = $1 where projection = $2";
    tx.execute(sql, &[projection.name.into(), name]).await?;
    if let ViewsTx::Pg(_) = tx {
        // A reader that takes longer makes this fail, and the old tables go on serving.
        tx.execute_script("set local lock_timeout = '10s'").await?;
    }
    for table in ddl::tables(projection) {
        tx.execute_script(&table.exchange()).await?;
    }
    let build = before.map_or(0, |serving| serving.build) + 1;
    registry::record(&mut tx, projection, Serving { version: projection.version, build }).await?;
    tx.commit().await?;
    Ok(differences)
}

/// Takes in, row by row, what the accounts that `lagging` lists have more, until it lists none.
async fn catch_up(
    store: &EventStore,
    mut tx: Option<&mut ViewsTx>,
    build: &Build<'_>,
    lagging: &str,
    binds: &[Value],
    tell: &(impl Fn(u64) + Send + Sync),
) -> Result<(), StoreError> {
    let owners = Owners::new(store.reader());
    loop {
        let rows = match &mut tx {
            Some(tx) => tx.fetch(lagging, binds).await?,
            None => store.views().fetch(lagging, binds).await?,
        };
        let mut moved = false;
        for row in rows {
            let account = AccountId::from_uuid(row.get(0)?);
            let before = row.count(1)?;
            let events = store.read(account, before, TAIL).await?;
            let (facts, poison) = owners.facts(&events).await?;
            let news = [News { account, facts: Arc::new(facts), poison }];
            let advances = match &mut tx {
                Some(tx) => build.advance_in(tx, &news).await?,
                None => build.advance(store.views(), &news).await?,
            };
            moved |= !advances.is_empty();
            tell(advances.iter().map(|advance| advance.position.saturating_sub(before)).sum());
        }
        if !moved {
            return Ok(());
        }
    }
}

/// Rows, each counted once by its key, in which new and old tables differ, over the accounts that are at the same event in both.
async fn compare(tx: &mut ViewsTx, projection: &Projection) -> Result<u64, StoreError> {
    let mut differences = 0;
    for table in ddl::tables(projection) {
        let rows = |suffix: &str| {
            format!(
                "select {} from {} where account_id in (select o.account_id from views.checkpoints o \
                 join views.checkpoints n on n.account_id = o.account_id and n.position = o.position \
                 where o.projection = $1 and n.projection = $2)",
                table.column_list(),
                table.qualified(suffix)
            )
        };
        let binds = [projection.name.into(), format!("{}{NEW}", projection.name).into()];
        let key = table.key.join(", ");
        let lone = |one, other| {
            format!(
                "select {key} from (select * from ({} except {}) as lone) as keyed",
                rows(one),
                rows(other)
            )
        };
        let sql = format!("select count(*) from ({} union {}) as differ", lone("", NEW), lone(NEW, ""));
        differences += tx.fetch_optional(&sql, &binds).await?.map_or(Ok(0), |row| row.count(0))?;
    }
    Ok(differences)
}
