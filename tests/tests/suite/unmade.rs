//! Read models that are thrown away beneath a running server: nobody is told that it is a fault of theirs or ours, and
//! they are made again.

use anyhow::{Result, ensure};
use serde_json::Value;
use twofold_infra::clock::Clock;
use twofold_tests::both;
use twofold_tests::postgres::TestDb;
use twofold_tests::town::Town;

use super::replaying::program_with;
use super::rules::past_the_rules;
use super::served::Served;

const PEOPLE: &str = "/v1/users";

both! {
    /// Rules: S8.
    async fn a_table_that_is_gone_is_made_again_beneath_a_running_server(db) {
        let gone = ["user_status", "audit_log", "projections"];
        let town = Town::found(db).await?;
        town.time.set(Clock::system().now());
        let owner = town.owner().await?;
        let session = owner.session()?.to_owned();
        let served = Served::start(&town).await?;
        let before = served.until_there(PEOPLE, &session).await?;
        let views = town.here().store().views();
        for gone in gone {
            let mut tx = views.begin().await?;
            tx.execute_script(&format!("drop table views.{gone}")).await?;
            tx.commit().await?;
            let after = served.until_there(PEOPLE, &session).await?;
            ensure!(after.body["items"] == before.body["items"], "{gone}: {after:?}");
            served.until_ready().await?;
        }
        Ok(())
    }
}

/// Rules: S8.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_schema_that_only_its_owner_makes_again_is_asked_for_until_it_is_there() -> Result<()> {
    let db = TestDb::postgres().await?;
    let superuser = TestDb::of_url(db.url.clone());
    let town = Town::found(db).await?;
    town.time.set(Clock::system().now());
    let session = town.owner().await?.session()?.to_owned();
    let served = Served::start(&town).await?;
    let before = served.until_there(PEOPLE, &session).await?;
    past_the_rules(&superuser, town.url(), "drop schema views cascade").await?;

    let said = served.ask("GET", PEOPLE, Some(&session), &Value::Null).await?;
    said.is_away()?;
    ensure!(said.body["detail"].as_str().is_some_and(|words| words.contains("twofold migrate")), "{said:?}");
    let ready = served.ask("GET", "/readyz", None, &Value::Null).await?;
    let (well, words) = ready.check("projections")?;
    ensure!(ready.status == 503 && !well && words.contains("read models are missing"), "{ready:?}");

    let migrated = program_with(&town, Some(&superuser.url), &["migrate"])?;
    ensure!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
    let after = served.until_there(PEOPLE, &session).await?;
    ensure!(after.body["items"] == before.body["items"], "{after:?}");
    Ok(())
}
