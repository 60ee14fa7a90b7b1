//! The schema: numbered SQL files that never change once released.
//!
//! The database records which ran, with a checksum. A program works with exactly the schema it knows:
//! behind an older one it would fail at random, ahead of a newer one it might write what that one forbids.

use sha2::{Digest, Sha256};
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use sqlx::{Postgres, Row as _, Sqlite, Transaction};

use super::StoreError;

/// One step of the schema.
struct Step {
    version: i64,
    name: &'static str,
    sql: &'static str,
}

macro_rules! steps {
    ($folder:literal: $($version:literal => $name:literal),+ $(,)?) => {
        &[$(Step {
            version: $version,
            name: $name,
            sql: include_str!(concat!("schema/", $folder, "/", $name, ".sql")),
        }),+]
    };
}

const POSTGRES: &[Step] = steps!["postgres": 1 => "0001_log", 2 => "0002_append", 3 => "0003_serving_role", 4 => "0004_account_time",
    5 => "0005_delivery", 7 => "0007_report_files", 8 => "0008_erasures"];
const SQLITE_LOG: &[Step] = steps!["sqlite": 1 => "0001_log", 2 => "0002_delivery", 4 => "0004_report_files",
    5 => "0005_erasures"];
const SQLITE_VIEWS: &[Step] = steps!["sqlite": 1 => "0001_views"];

/// The read models' schema, which no step of its own brings back once it is gone.
const VIEWS: &str = include_str!("schema/postgres/views.sql");

/// Two programs that start at once migrate one after the other. Any fixed number that others do not use.
const MIGRATION_LOCK: i64 = 0x0074_776f_666f_6c64;

/// What the database says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Current,
    Behind,
    /// The log's schema is current; that of the read models is not there, or not this connection's to use.
    WithoutViews,
}

impl Step {
    fn checksum(&self) -> String {
        format!("{:x}", Sha256::digest(self.sql))
    }
}

/// Compares what ran with what this program knows.
fn judge(known: &[Step], ran: &[(i64, String)]) -> Result<State, StoreError> {
    for (version, checksum) in ran {
        match known.iter().find(|step| step.version == *version) {
            None => {
                return Err(StoreError::Schema(format!(
                    "the database has schema {version}, this program knows {}: start a newer program",
                    known.len()
                )));
            }
            Some(step) if step.checksum() != *checksum => {
                return Err(StoreError::Schema(format!(
                    "schema step {} was not the released one",
                    step.name
                )));
            }
            Some(_) => {}
        }
    }
    Ok(if ran.len() == known.len() { State::Current } else { State::Behind })
}

/// Whether this database has the schema that this program works with.
pub(super) async fn state_pg(pool: &PgPool) -> Result<State, StoreError> {
    let exists: bool =
        sqlx::query_scalar("select to_regclass('twofold.migrations') is not null").fetch_one(pool).await?;
    if !exists {
        return Ok(State::Behind);
    }
    let rows = sqlx::query("select version, checksum from twofold.migrations order by version");
    let rows = rows.fetch_all(pool).await?;
    let ran = rows
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect::<Result<Vec<_>, sqlx::Error>>();
    let state = judge(POSTGRES, &ran?)?;
    Ok(if state == State::Current && !has_views(pool).await? { State::WithoutViews } else { state })
}

/// Whether the read models' schema is there for this connection.
async fn has_views(pool: &PgPool) -> Result<bool, StoreError> {
    // Several privileges in one question would ask for any of them.
    let sql = "select count(*) = 2 from pg_class t join pg_namespace n on n.oid = t.relnamespace \
               where n.nspname = 'views' and t.relname in ('checkpoints', 'snapshots') \
               and has_schema_privilege(n.oid, 'usage') and has_schema_privilege(n.oid, 'create') \
               and has_table_privilege(t.oid, 'select') and has_table_privilege(t.oid, 'insert')";
    Ok(sqlx::query_scalar(sql).fetch_one(pool).await?)
}

/// Whether this connection may change the schema.
pub(super) async fn owns_pg(pool: &PgPool) -> Result<bool, StoreError> {
    let sql = "select coalesce((select pg_has_role(current_user, nspowner, 'usage') from pg_namespace \
               where nspname = 'twofold'), has_database_privilege(current_database(), 'create'))";
    Ok(sqlx::query_scalar(sql).fetch_one(pool).await?)
}

/// Brings the schema up to date, in one transaction.
pub(super) async fn migrate_pg(pool: &PgPool) -> Result<(), StoreError> {
    let mut tx: Transaction<'_, Postgres> = pool.begin().await?;
    sqlx::query("select pg_advisory_xact_lock($1)").bind(MIGRATION_LOCK).execute(&mut *tx).await?;
    sqlx::raw_sql(
        "create schema if not exists twofold; create table if not exists twofold.migrations \
         (version bigint primary key, name text not null, checksum text not null)",
    )
    .execute(&mut *tx)
    .await?;
    let rows = sqlx::query("select version, checksum from twofold.migrations order by version");
    let rows = rows.fetch_all(&mut *tx).await?;
    let ran = rows
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect::<Result<Vec<_>, sqlx::Error>>()?;
    judge(POSTGRES, &ran)?;
    for step in POSTGRES.iter().filter(|step| ran.iter().all(|(version, _)| *version != step.version)) {
        sqlx::raw_sql(step.sql)
            .execute(&mut *tx)
            .await
            .map_err(|e| StoreError::Schema(format!("schema step {} failed: {e}", step.name)))?;
        sqlx::query("insert into twofold.migrations (version, name, checksum) values ($1, $2, $3)")
            .bind(step.version)
            .bind(step.name)
            .bind(step.checksum())
            .execute(&mut *tx)
            .await?;
    }
    sqlx::raw_sql(VIEWS).execute(&mut *tx).await.map_err(|e| {
        StoreError::Schema(format!("the schema of the read models could not be made again: {e}"))
    })?;
    tx.commit().await?;
    Ok(())
}

/// Brings one file up to date. Whoever opens it owns it.
pub(super) async fn migrate_sqlite(pool: &SqlitePool, file: SqliteFile) -> Result<(), StoreError> {
    let (schema, steps) = match file {
        SqliteFile::Log => ("twofold", SQLITE_LOG),
        SqliteFile::Views => ("views", SQLITE_VIEWS),
    };
    let mut tx: Transaction<'_, Sqlite> = pool.begin_with("begin immediate").await?;
    let sql = format!(
        "create table if not exists {schema}.migrations \
         (version integer primary key, name text not null, checksum text not null)"
    );
    sqlx::query(&sql).execute(&mut *tx).await?;
    let sql = format!("select version, checksum from {schema}.migrations order by version");
    let rows = sqlx::query(&sql).fetch_all(&mut *tx).await?;
    let ran = rows
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect::<Result<Vec<_>, sqlx::Error>>()?;
    judge(steps, &ran)?;
    if matches!(file, SqliteFile::Views) && !ran.is_empty() {
        // They may be thrown away, one by one, too; what is there stays.
        for step in steps {
            let missing = step.sql.replace("create table", "create table if not exists");
            sqlx::raw_sql(&missing).execute(&mut *tx).await?;
        }
    }
    let insert = format!("insert into {schema}.migrations (version, name, checksum) values ($1, $2, $3)");
    for step in steps.iter().filter(|step| ran.iter().all(|(version, _)| *version != step.version)) {
        sqlx::raw_sql(step.sql)
            .execute(&mut *tx)
            .await
            .map_err(|e| StoreError::Schema(format!("schema step {} failed: {e}", step.name)))?;
        let query = sqlx::query(&insert).bind(step.version).bind(step.name).bind(step.checksum());
        query.execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The two files of a data directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SqliteFile {
    Log,
    Views,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(steps: &[Step]) -> Vec<(i64, String)> {
        steps.iter().map(|step| (step.version, step.checksum())).collect()
    }

    #[test]
    fn a_newer_or_changed_schema_is_refused() {
        assert_eq!(judge(POSTGRES, &ran(POSTGRES)), Ok(State::Current));
        assert_eq!(judge(POSTGRES, &ran(&POSTGRES[..1])), Ok(State::Behind));
        let mut newer = ran(POSTGRES);
        newer.push((99, String::new()));
        assert!(judge(POSTGRES, &newer).is_err());
        let mut changed = ran(POSTGRES);
        changed[0].1 = "0".repeat(64);
        assert!(judge(POSTGRES, &changed).is_err());
    }
}
