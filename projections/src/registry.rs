//! Which build of each projection serves: its version, and a number that tells its indexes from those of the
//! next build.

use std::collections::BTreeSet;

use serde::Serialize;
use twofold_domain::ids::AccountId;
use twofold_infra::store::{EventStore, StoreError, Value, Views, ViewsTx};
use uuid::Uuid;

use crate::ddl::{self, Dialect};
use crate::live::Parked;
use crate::view::Projection;
use crate::witness::Contradiction;

/// A log of at most this many events is caught up with row by row when a projection is new.
const SMALL: u64 = 20_000;

/// The lock under which tables are created; held for one transaction.
const INSTALL_LOCK: i64 = 0x0074_776f_666f_6c64;

/// How the tables of a projection stand when the program starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Installed {
    /// They serve; the projector keeps them up to date.
    Serving,
    /// They are of another version, lack one, or do not exist for a log that is long: rebuild.
    Stale,
    /// They do not say how far they are, as their checkpoint is gone: rebuild.
    Unplaced,
}

/// What the registry says of a projection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Serving {
    /// The version of its tables.
    pub version: u32,
    /// Counts its builds.
    pub build: u64,
}

/// A projection as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listing {
    /// Its name.
    pub name: String,
    /// The version that this program has.
    pub version: u32,
    /// The version that serves; none before it is built.
    pub serving: Option<u32>,
    /// Accounts that it has rows of.
    pub accounts: u64,
    /// Events that it has not taken in, over all accounts.
    pub lag: u64,
    /// Events that it has taken in, or that counters say were recorded, and that the log does not have.
    pub ahead: u64,
    /// Accounts that stay where they are.
    pub parked: Vec<ParkedAccount>,
}

/// An account that a projection cannot go on with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParkedAccount {
    /// Which.
    pub account: AccountId,
    /// The last event that its rows contain.
    pub position: u64,
    /// Why.
    pub parked: Parked,
}

/// Creates what is missing and says how each projection stands, in order.
pub async fn install(store: &EventStore, projections: &[Projection]) -> Result<Vec<Installed>, StoreError> {
    let views = store.views();
    let mut tx = views.begin().await?;
    if let ViewsTx::Pg(_) = tx {
        tx.execute_script(&format!("select pg_advisory_xact_lock({INSTALL_LOCK})")).await?;
    }
    tx.execute_script(
        "create table if not exists views.projections \
         (name text not null primary key, version bigint not null, build bigint not null)",
    )
    .await?;
    let events = tx
        .fetch_optional("select cast(coalesce(sum(last_seq), 0) as bigint) from twofold.counters", &[])
        .await?
        .map_or(Ok(0), |row| row.count(0))?;
    let there = tx.fetch(tables(views), &[]).await?.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    let mut states = Vec::with_capacity(projections.len());
    for projection in projections {
        let state = match serving(&mut tx, projection.name).await? {
            None => {
                create(&mut tx, views, projection).await?;
                if events > SMALL { Installed::Stale } else { Installed::Serving }
            }
            Some(serving) if serving.version != projection.version => Installed::Stale,
            Some(_) if lacks_a_table(projection, &there) => Installed::Stale,
            Some(_) if forgotten(&mut tx, projection).await? => Installed::Unplaced,
            Some(_) => Installed::Serving,
        };
        states.push(state);
    }
    tx.commit().await?;
    Ok(states)
}

/// What serves under this name.
pub async fn serving(tx: &mut ViewsTx, name: &str) -> Result<Option<Serving>, StoreError> {
    let sql = "select version, build from views.projections where name = $1";
    let row = tx.fetch_optional(sql, &[name.into()]).await?;
    row.map(|row| Ok(Serving { version: row.count(0)? as u32, build: row.count(1)? })).transpose()
}

async fn create(tx: &mut ViewsTx, views: &Views, projection: &Projection) -> Result<(), StoreError> {
    let dialect = Dialect::of(views);
    for table in ddl::tables(projection) {
        tx.execute_script(&table.drop("")).await?;
        tx.execute_script(&table.create(dialect, "", true)).await?;
        for index in table.create_indexes(dialect, "", 1) {
            tx.execute_script(&index).await?;
        }
    }
    let sql = "delete from views.checkpoints where projection = $1";
    tx.execute(sql, &[projection.name.into()]).await?;
    record(tx, projection, Serving { version: projection.version, build: 1 }).await
}

/// Says what serves from now on.
pub(crate) async fn record(
    tx: &mut ViewsTx,
    projection: &Projection,
    serving: Serving,
) -> Result<(), StoreError> {
    let sql = "insert into views.projections (name, version, build) values ($1, $2, $3) \
               on conflict (name) do update set version = excluded.version, build = excluded.build";
    let binds = [projection.name.into(), serving.version.into(), serving.build.into()];
    tx.execute(sql, &binds).await.map(|_| ())
}

/// Names of projections of which a table is not there, or the registry or the checkpoints that all of them share.
pub async fn missing(views: &Views, projections: &[Projection]) -> Result<Vec<&'static str>, StoreError> {
    let there = views.fetch(tables(views), &[]).await?;
    let there: BTreeSet<String> = there.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    let shared = ["projections", "checkpoints", "snapshots"].iter().all(|shared| there.contains(*shared));
    let missing = projections.iter().filter(|projection| !shared || lacks_a_table(projection, &there));
    Ok(missing.map(|projection| projection.name).collect())
}

fn tables(views: &Views) -> &'static str {
    match Dialect::of(views) {
        Dialect::Pg => "select cast(tablename as text) from pg_tables where schemaname = 'views'",
        Dialect::Sqlite => "select name from views.sqlite_master where type = 'table'",
    }
}

fn lacks_a_table(projection: &Projection, there: &BTreeSet<String>) -> bool {
    ddl::tables(projection).iter().any(|table| !there.contains(&table.name))
}

/// Whether it has rows of an account without a checkpoint that says how far they are: to begin with the first event
/// would write them again.
async fn forgotten(tx: &mut ViewsTx, projection: &Projection) -> Result<bool, StoreError> {
    let none = "not exists (select 1 from views.checkpoints k where k.account_id = c.account_id \
                and k.projection = $1 and k.version = $2)";
    let binds: [Value; 2] = [projection.name.into(), projection.version.into()];
    // They are few: each account has one as soon as it has rows.
    let sql = format!("select c.account_id from twofold.counters c where {none} order by c.account_id");
    for account in tx.fetch(&sql, &binds).await? {
        let account: Uuid = account.get(0)?;
        for table in ddl::tables(projection) {
            let rows =
                format!("select 1 from {} c where c.account_id = $3 and {none} limit 1", table.qualified(""));
            let binds = [projection.name.into(), projection.version.into(), account.into()];
            if tx.fetch_optional(&rows, &binds).await?.is_some() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Forgets how far read models had come that this program does not have: no rebuild would ever bring them on.
pub async fn drop_unknown(views: &Views, projections: &[Projection]) -> Result<(), StoreError> {
    let mut tx = views.begin().await?;
    let stored = "select name from views.projections union select projection from views.checkpoints";
    for row in tx.fetch(stored, &[]).await? {
        let stored: String = row.get(0)?;
        // Those with the suffix of a rebuild are another one's, which may go on at this moment.
        let name = stored.strip_suffix(ddl::NEW).unwrap_or(&stored);
        if projections.iter().all(|projection| projection.name != name) {
            tracing::warn!(name = stored, "a read model that this program does not have is let go of");
            tx.execute("delete from views.checkpoints where projection = $1", &[stored.as_str().into()])
                .await?;
            tx.execute("delete from views.projections where name = $1", &[stored.as_str().into()]).await?;
        }
    }
    tx.commit().await
}

/// Every projection as an operator sees it, where the witnesses of these logs contradict each other.
pub async fn list(
    views: &Views,
    projections: &[Projection],
    contradictions: &[Contradiction],
) -> Result<Vec<Listing>, StoreError> {
    let mut listings = Vec::with_capacity(projections.len());
    for projection in projections {
        let name = projection.name;
        let serving = views
            .fetch_optional("select version from views.projections where name = $1", &[name.into()])
            .await?
            .map(|row| row.count(0))
            .transpose()?
            .map(|version| version as u32);
        let version = serving.unwrap_or(projection.version);
        let binds: [Value; 2] = [name.into(), version.into()];
        let counts = "select count(k.account_id), \
                      cast(coalesce(sum(case when c.last_seq > coalesce(k.position, 0) \
                      then c.last_seq - coalesce(k.position, 0) else 0 end), 0) as bigint) \
                      from twofold.counters c left join views.checkpoints k \
                      on k.account_id = c.account_id and k.projection = $1 and k.version = $2";
        let row = views.fetch_optional(counts, &binds).await?;
        let (accounts, lag) = match row {
            Some(row) => (row.count(0)?, row.count(1)?),
            None => (0, 0),
        };
        let mut ahead = 0;
        for found in contradictions {
            let sql = "select coalesce(max(position), 0) from views.checkpoints \
                       where projection = $1 and version = $2 and account_id = $3";
            let account = found.account.uuid().into();
            let row = views.fetch_optional(sql, &[name.into(), version.into(), account]).await?;
            let taken_in = row.map_or(Ok(0), |row| row.count(0))?;
            ahead += taken_in.max(found.counted).saturating_sub(found.log_end);
        }
        let parked = parked(views, name, version).await?;
        let (name, version) = (name.to_owned(), projection.version);
        listings.push(Listing { name, version, serving, accounts, lag, ahead, parked });
    }
    Ok(listings)
}

async fn parked(views: &Views, name: &str, version: u32) -> Result<Vec<ParkedAccount>, StoreError> {
    let sql = "select account_id, position, parked from views.checkpoints \
               where projection = $1 and version = $2 and parked is not null order by account_id";
    let rows = views.fetch(sql, &[name.into(), version.into()]).await?;
    let account = |row: &twofold_infra::store::Row| {
        Ok(ParkedAccount {
            account: AccountId::from_uuid(row.get::<Uuid>(0)?),
            position: row.count(1)?,
            parked: Parked::parse(&row.get::<String>(2)?),
        })
    };
    rows.iter().map(account).collect()
}

/// Lets an account go on in a projection. False if it was not parked.
pub async fn unpark(views: &Views, projection: &Projection, account: AccountId) -> Result<bool, StoreError> {
    let sql = "update views.checkpoints set parked = null where projection = $1 and version = $2 \
               and account_id = $3 and parked is not null";
    let binds = [projection.name.into(), projection.version.into(), account.uuid().into()];
    Ok(views.execute(sql, &binds).await? > 0)
}
