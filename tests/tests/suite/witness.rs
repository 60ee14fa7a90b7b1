//! A log that lost its end is named by whatever still knows of it, and nothing throws that away.

use anyhow::{Result, ensure};
use twofold_infra::store::EventStore;
use twofold_projections::all;
use twofold_projections::projector::Projector;
use twofold_projections::witness::contradictions;
use twofold_tests::both;
use twofold_tests::postgres::TestDb;
use twofold_tests::town::Town;

use super::replaying::{json, program, tamper};
use super::rules::{cut_off, past_the_rules};

/// A town with its read models made, and the number of its last event.
async fn town(db: TestDb) -> Result<(std::sync::Arc<Town>, EventStore, u64)> {
    let town = Town::found(db).await?;
    let mut owner = town.owner().await?;
    owner.step_up(&town, town.here()).await?;
    let store = town.here().store().clone();
    Projector::install(store.clone(), all()).await?.catch_up().await?;
    let end = town.log().await?.len() as u64;
    ensure!(contradictions(&store).await?.is_empty(), "an honest log");
    Ok((town, store, end))
}

/// What each command says: its exit code.
async fn named(town: &Town, store: &EventStore, ends: (u64, u64, u64)) -> Result<()> {
    let slug = town.slug();
    let found = contradictions(store).await?;
    let [found] = found.as_slice() else { anyhow::bail!("{found:?}") };
    ensure!(
        (found.log_end, found.counted, found.taken_in) == ends && found.account == town.account,
        "{found}"
    );
    let (checked, code) = json(town, &["audit", "replay", "--account", &slug, "--check"])?;
    ensure!(code == Some(6) && checked["listed"][0]["table"] == "events", "{code:?} {checked}");
    ensure!(checked["listed"][0]["event"] == ends.0, "{checked}");
    let (listed, code) = json(town, &["projections", "list"])?;
    ensure!(code == Some(8), "{code:?}");
    let ahead = ends.1.max(ends.2).saturating_sub(ends.0);
    ensure!(listed[0]["ahead"] == ahead && listed[0]["lag"] == 0, "{listed}");
    let commands: [&[&str]; 4] = [
        &["projections", "rebuild"],
        &["projections", "rebuild", "--verify"],
        &["audit", "invariants", "--account", &slug],
        &["report", "coverage", "--account", &slug],
    ];
    for command in commands {
        let answer = program(town, command)?;
        let said = String::from_utf8_lossy(&answer.stderr);
        ensure!(answer.status.code() == Some(8), "{command:?}: {:?} {said}", answer.status);
        ensure!(said.contains(&format!("ends with event {}", ends.0)), "{command:?}: {said}");
    }
    // Nothing of it was thrown away.
    ensure!(contradictions(store).await?.as_slice() == [*found], "the trace is still there");
    Ok(())
}

both! {
    /// Rules: S8.
    async fn a_log_without_its_last_events_is_named_and_its_trace_is_kept(db) {
        let superuser = TestDb::of_url(db.url.clone());
        let (town, store, end) = town(db).await?;
        cut_off(&superuser, town.url(), end - 3).await?;
        named(&town, &store, (end - 3, end, end)).await?;

        // With its counter set back, too, the read models know.
        let counter = format!("update counters set last_seq = {} where last_seq = {end}", end - 3);
        past_the_rules(&superuser, town.url(), &counter).await?;
        named(&town, &store, (end - 3, end - 3, end)).await?;

        // Whoever says that this is the log gets read models of it.
        let rebuilt = program(&town, &["projections", "rebuild", "--forget-missing-events"])?;
        ensure!(rebuilt.status.success(), "{}", String::from_utf8_lossy(&rebuilt.stderr));
        ensure!(contradictions(&store).await?.is_empty(), "read models of this log");
        Ok(())
    }

    /// Rules: S8.
    async fn what_is_wrong_with_read_models_is_named_with_its_fix(db) {
        let (town, store, _) = town(db).await?;
        let slug = town.slug();
        let check = ["audit", "replay", "--account", &slug, "--check"];
        let report = ["report", "mfa-status", "--account", &slug];
        let verify = ["projections", "rebuild", "--verify"];
        let says = |arguments: &[&str], words: &[&str]| -> Result<()> {
            let answer = program(&town, arguments)?;
            let said = String::from_utf8_lossy(&answer.stderr).into_owned();
            ensure!(!answer.status.success(), "{arguments:?} went well");
            ensure!(!said.contains("UNIQUE") && !said.contains("unique") && !said.contains("the log is damaged"), "{said}");
            ensure!(words.iter().all(|word| said.contains(word)), "{arguments:?}: {said}");
            Ok(())
        };

        // A row that differs is one row.
        let (account, here) = (town.account.uuid(), &[town.account.uuid().into()]);
        tamper(&store, "update views.user_status set role = 'agent' where account_id = $1", here).await?;
        let (compared, code) = json(&town, &verify)?;
        ensure!(code == Some(6) && compared["differences"] == 1, "{code:?} {compared}");

        // A row that cannot be read is named, and is no damage of the log.
        tamper(&store, "update views.user_status set role = 'wizard' where account_id = $1", here).await?;
        let user: uuid::Uuid = store.views().fetch("select user_id from views.user_status where account_id = $1", here)
            .await?[0].get(0)?;
        says(&report, &["`role`", "wizard", &user.to_string(), "twofold projections rebuild"])?;
        ensure!(program(&town, &["projections", "rebuild"])?.status.success());
        ensure!(program(&town, &report)?.status.success());

        // Tables without a checkpoint.
        let gone = "delete from views.checkpoints where projection = 'status' and account_id = $1";
        tamper(&store, gone, &[account.into()]).await?;
        says(&check, &["must be built first: status", "twofold projections rebuild"])?;
        says(&verify, &["without a checkpoint", "twofold projections rebuild status"])?;
        ensure!(program(&town, &["projections", "rebuild", "status"])?.status.success());
        ensure!(program(&town, &check)?.status.success() && program(&town, &verify)?.status.success());
        Ok(())
    }

    /// Rules: S8.
    async fn an_account_that_is_wholly_gone_is_missed_by_what_was_made_of_it(db) {
        let superuser = TestDb::of_url(db.url.clone());
        let (town, store, end) = town(db).await?;
        let slug = town.slug();
        let id = town.account.uuid();
        let of = if superuser.is_postgres() { format!("'{id}'") } else { format!("x'{}'", id.simple()) };
        let gone = |table: &str| format!("delete from {table} where account_id = {of}; ");
        let says = |arguments: &[&str], code: i32, words: &str| -> Result<()> {
            let answer = program(&town, arguments)?;
            let said = String::from_utf8_lossy(&answer.stderr).into_owned();
            ensure!(answer.status.code() == Some(code), "{arguments:?}: {:?} {said}", answer.status);
            ensure!(said.contains(words), "{arguments:?}: {said}");
            Ok(())
        };
        let check = ["audit", "replay", "--account", &slug, "--check"];
        let known = format!("read models have come to event {end}");

        past_the_rules(&superuser, town.url(), &(gone("events") + &gone("counters"))).await?;
        let (checked, code) = json(&town, &check)?;
        ensure!(code == Some(6) && checked["listed"][0]["table"] == "events", "{code:?} {checked}");
        ensure!(checked["listed"][0]["live"].to_string().contains(&known), "{checked}");
        says(&["report", "coverage", "--account", &slug], 8, &known)?;
        says(&["audit", "replay", "--account", &slug], 8, &known)?;

        // With its name gone, too, it is known by its id.
        past_the_rules(&superuser, town.url(), &gone("account_slugs")).await?;
        says(&check, 8, &town.account.to_string())?;
        ensure!(contradictions(&store).await?.len() == 1);
        Ok(())
    }

    /// Rules: S8.
    async fn a_counter_that_was_set_back_alone_is_named(db) {
        let superuser = TestDb::of_url(db.url.clone());
        let (town, store, end) = town(db).await?;
        let counter = format!("update counters set last_seq = {} where last_seq = {end}", end - 3);
        past_the_rules(&superuser, town.url(), &counter).await?;
        named(&town, &store, (end, end - 3, end)).await
    }
}
