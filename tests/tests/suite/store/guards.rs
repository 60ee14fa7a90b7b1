//! Who may change what: history is only added to, the schema belongs to its owner.

use anyhow::{Result, ensure};
use sqlx::Executor as _;
use twofold_infra::store::{EventStore, Role, StoreError};
use twofold_tests::postgres::TestDb;

use super::{open_account, whole};

#[tokio::test(flavor = "multi_thread")]
async fn history_in_postgres_cannot_be_changed_by_anybody() -> Result<()> {
    let db = TestDb::postgres().await?;
    let store = db.store().await?;
    open_account(&store).await?;
    let mut owner = db.connect().await?;
    for sql in [
        "update twofold.events set payload = '{}'",
        "delete from twofold.events",
        "truncate twofold.events",
        "delete from twofold.events where false",
    ] {
        assert!(owner.execute(sql).await.is_err(), "{sql}");
    }
    owner.execute("create role serving_test login in role twofold_serve").await?;
    let url = db.url_as("serving_test");
    let serving = EventStore::open(&url, Role::Serving).await?;
    let account = open_account(&serving).await?;
    assert_eq!(serving.read(account, 0, 10).await?.len(), 1);
    let mut tx = serving.views().begin().await?;
    tx.execute_script("create table views.mine (n bigint)").await?;
    tx.commit().await?;
    let mut connection = sqlx::Connection::connect(&url).await?;
    let connection: &mut sqlx::PgConnection = &mut connection;
    for sql in [
        "insert into twofold.events values ('user', 'x', 1, 'A', '1', '{}', '{}', gen_random_uuid(), 1, 1)",
        "update twofold.counters set last_seq = 0",
        "delete from twofold.verifiers",
        "delete from twofold.migrations",
        "alter table twofold.events disable trigger all",
        "create table twofold.mine (n int)",
        "drop function twofold.append",
    ] {
        assert!(connection.execute(sql).await.is_err(), "{sql}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn history_in_sqlite_cannot_be_changed_by_mistake() -> Result<()> {
    let db = TestDb::sqlite()?;
    let store = db.store().await?;
    open_account(&store).await?;
    let file = db.url.replacen("sqlite:", "sqlite://", 1) + "/log.db";
    let mut connection: sqlx::SqliteConnection = sqlx::Connection::connect(&file).await?;
    for sql in [
        "update events set payload = '{}'",
        "delete from events",
        "insert or replace into events select * from events",
        "insert into events select aggregate_type, aggregate_id, 3, event_type, event_version, payload, \
         metadata, account_id, 2, recorded_at from events",
    ] {
        assert!(connection.execute(sql).await.is_err(), "{sql}");
    }
    assert_eq!(whole(&store).await?.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_is_changed_by_its_owner_only() -> Result<()> {
    let db = TestDb::empty_postgres().await?;
    let mut owner = db.connect().await?;
    owner.execute("create role stranger login").await?;
    let stranger = EventStore::open(&db.url_as("stranger"), Role::Serving).await;
    ensure!(matches!(stranger, Err(StoreError::Schema(_))), "{stranger:?}");
    let (one, two) =
        tokio::join!(EventStore::open(&db.url, Role::Owner), EventStore::open(&db.url, Role::Serving));
    open_account(&one?).await?;
    assert_eq!(whole(&two?).await?.len(), 1);
    owner.execute("insert into twofold.migrations values (999, 'future', '')").await?;
    let newer = EventStore::open(&db.url, Role::Owner).await;
    ensure!(matches!(newer, Err(StoreError::Schema(_))), "{newer:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_is_said_to_be_away() -> Result<()> {
    let nowhere = EventStore::open("postgres://nobody@127.0.0.1:1/nothing", Role::Serving).await;
    ensure!(matches!(&nowhere, Err(error) if error.is_retryable()), "{nowhere:?}");
    Ok(())
}
