//! What was found of a log's end is kept: nothing is recorded above it, nothing that is told as a fix throws it away,
//! and only the operator's word lets it be forgotten.

use anyhow::{Result, ensure};
use twofold_domain::ids::{AccountId, StreamId};
use twofold_infra::acts::ActError;
use twofold_infra::desk::Desk;
use twofold_infra::store::{EventStore, StoreError};
use twofold_projections::projector::Projector;
use twofold_projections::witness::{Watch, contradictions, forgotten};
use twofold_projections::{all, bulk};
use twofold_tests::both;
use twofold_tests::person::Person;
use twofold_tests::postgres::TestDb;
use twofold_tests::town::Town;

use super::replaying::{json, program, program_with};
use super::rules::past_the_rules;

/// A town with a neighbour, both taken in by read models.
pub(super) struct Towns {
    superuser: TestDb,
    pub(super) town: std::sync::Arc<Town>,
    neighbour: std::sync::Arc<Town>,
    pub(super) owner: Person,
    /// The town's last event.
    end: u64,
}

const MISSING: u64 = 3;

impl Towns {
    pub(super) async fn found(db: TestDb) -> Result<Self> {
        let superuser = TestDb::of_url(db.url.clone());
        let town = Town::found(db).await?;
        let mut owner = town.owner().await?;
        owner.step_up(&town, town.here()).await?;
        town.let_operator(&owner).await?;
        for _ in 0..MISSING {
            town.admin_link(town.here(), owner.user).await?;
        }
        let neighbour = town.neighbour();
        neighbour.owner().await?;
        let towns = Self { superuser, town, neighbour, owner, end: 0 };
        towns.taken_in().await?;
        let end = towns.town.log().await?.len() as u64;
        Ok(Self { end, ..towns })
    }

    fn store(&self) -> &EventStore {
        self.town.here().store()
    }

    async fn taken_in(&self) -> Result<()> {
        Ok(Projector::install(self.store().clone(), all()).await?.catch_up().await?)
    }

    /// The town's account, as SQL writes it.
    fn account(&self) -> String {
        let id = self.town.account.uuid();
        if self.superuser.is_postgres() { format!("'{id}'") } else { format!("x'{}'", id.simple()) }
    }

    /// `statement` of whoever holds the disk, with `{account}` filled in.
    async fn tampered(&self, statement: &str) -> Result<()> {
        let statement = statement.replace("{account}", &self.account());
        past_the_rules(&self.superuser, self.town.url(), &statement).await
    }

    /// The town's last events are set aside, and its counter set back.
    pub(super) async fn cut(&self) -> Result<()> {
        let left = self.end - MISSING;
        let of = format!("account_id = {{account}} and account_seq > {left}");
        self.tampered(&format!(
            "create table aside as select * from events where {of}; delete from events where {of}; \
             update counters set last_seq = {left} where account_id = {{account}}"
        ))
        .await
    }

    /// They are put back, in the place of whatever came there meanwhile.
    async fn put_back(&self) -> Result<()> {
        let (left, end) = (self.end - MISSING, self.end);
        self.tampered(&format!(
            "delete from events where account_id = {{account}} and account_seq > {left}; \
             insert into events select * from aside; \
             update counters set last_seq = {end} where account_id = {{account}}"
        ))
        .await
    }

    /// Exits as it should, with these words.
    fn says(&self, arguments: &[&str], code: i32, words: &[&str]) -> Result<()> {
        let answer = program(&self.town, arguments)?;
        let said = String::from_utf8_lossy(&answer.stderr).into_owned();
        ensure!(answer.status.code() == Some(code), "{arguments:?}: {:?} {said}", answer.status);
        ensure!(words.iter().all(|word| said.contains(word)), "{arguments:?}: {said}");
        Ok(())
    }

    pub(super) fn forgets(&self) -> Result<()> {
        let arguments = ["projections", "rebuild", "--forget-missing-events"];
        let rebuilt = program_with(&self.town, Some(&self.superuser.url), &arguments)?;
        ensure!(rebuilt.status.success(), "{}", String::from_utf8_lossy(&rebuilt.stderr));
        Ok(())
    }
}

/// How far the read models of an account's log are.
async fn audited(store: &EventStore, account: AccountId) -> Result<u64> {
    Ok(Projector::install(store.clone(), all()).await?.reached("audit", account).await?)
}

/// Whether the operator, who makes the owner a link, is told that nothing is recorded.
async fn is_shut(towns: &Towns, desk: &Desk) -> Result<bool> {
    match towns.town.admin_link(desk, towns.owner.user).await {
        Ok(_) => Ok(false),
        Err(error) => match (error.downcast_ref::<StoreError>(), error.downcast_ref::<ActError>()) {
            (Some(StoreError::Shut(account)), _) | (_, Some(ActError::Store(StoreError::Shut(account)))) => {
                Ok(*account == towns.town.account)
            }
            _ => Err(error),
        },
    }
}

both! {
    /// Rules: S8.
    async fn a_fix_told_of_another_account_throws_no_trace_away(db) {
        let towns = Towns::found(db).await?;
        towns.cut().await?;
        let found = contradictions(towns.store()).await?;
        let slug = towns.neighbour.slug();
        let ends = format!("ends with event {}", towns.end - MISSING);
        let commands: [&[&str]; 6] = [
            &["report", "coverage", "--account", &slug],
            &["audit", "export", "--account", &slug],
            &["audit", "replay", "--account", &slug, "--check"],
            &["projections", "rebuild"],
            &["projections", "rebuild", "status"],
            &["audit", "invariants"],
        ];
        let (of_neighbour, of_all) = commands.split_at(3);
        for command in of_neighbour {
            towns.says(command, 0, &[])?;
        }
        for command in of_all {
            towns.says(command, 8, &[])?;
        }
        towns.says(of_all[0], 8, &[&ends, "--forget-missing-events"])?;
        ensure!(contradictions(towns.store()).await? == found && found.len() == 1, "{found:?}");

        // Only the operator's own word does, and it is on record.
        towns.forgets()?;
        ensure!(contradictions(towns.store()).await?.is_empty());
        let (checked, code) = json(&towns.town, &["audit", "invariants"])?;
        ensure!(code == Some(0) && checked["forgotten"][0]["taken_in"] == towns.end, "{code:?} {checked}");
        towns.says(&["report", "coverage", "--account", &slug], 0, &[])
    }

    /// Rules: S8.
    async fn a_running_server_takes_nothing_above_what_is_missing(db) {
        let mut towns = Towns::found(db).await?;
        let (here, there) = (towns.town.here().clone(), towns.town.there().clone());
        let watch = Watch::new(here.clone());
        ensure!(watch.look().await?.is_empty() && !is_shut(&towns, &here).await?);
        towns.taken_in().await?;
        towns.end = towns.town.log().await?.len() as u64;

        towns.cut().await?;
        let found = watch.look().await?;
        ensure!(found.len() == 1 && found[0].taken_in == towns.end, "{found:?}");
        // Whoever has it in memory still and whoever reads it now is told the same.
        let newcomer = towns.town.newcomer().await?;
        Watch::new(newcomer.clone()).look().await?;
        ensure!(is_shut(&towns, &here).await? && is_shut(&towns, &newcomer).await?);
        towns.town.neighbour().owner().await?;

        // One that has not looked yet makes the log as long as it was: what was found stands.
        let mut events = 0;
        while events <= towns.end {
            ensure!(!is_shut(&towns, &there).await?);
            events = there.store().counter(towns.town.account).await?.map_or(0, |counter| counter.last_seq);
        }
        towns.taken_in().await?;
        let found = watch.look().await?;
        ensure!(found.len() == 1 && found[0].by_now == Some(events), "{found:?}");
        ensure!(is_shut(&towns, &here).await?);
        let commands: [&[&str]; 3] = [&["projections", "list"], &["projections", "rebuild"], &["audit", "invariants"]];
        for command in commands {
            towns.says(command, 8, &["which may be others"])?;
        }

        towns.forgets()?;
        ensure!(watch.look().await?.is_empty() && !is_shut(&towns, &here).await?);
        ensure!(forgotten(towns.store()).await?.len() == 1);
        Ok(())
    }

    /// Rules: S8.
    async fn events_in_the_place_of_lost_ones_are_found_though_nobody_looked_in_between(db) {
        let towns = Towns::found(db).await?;
        let (store, account) = (towns.store(), towns.town.account);
        towns.cut().await?;
        // As many as there were, and one more: no number says that any are missing.
        let mut last = 0;
        while last <= towns.end {
            ensure!(!is_shut(&towns, towns.town.there()).await?);
            last = store.counter(account).await?.map_or(0, |counter| counter.last_seq);
        }
        ensure!(contradictions(store).await?.is_empty(), "by the numbers it is whole");
        towns.taken_in().await?;
        let found = contradictions(store).await?;
        let [found] = found.as_slice() else { anyhow::bail!("{found:?}") };
        let left = towns.end - MISSING;
        ensure!((found.account, found.log_end, found.taken_in) == (account, left, towns.end), "{found:?}");
        ensure!(audited(store, account).await? == towns.end, "nothing is taken in above what is missing");
        towns.says(&["projections", "rebuild"], 8, &["which may be others"])?;

        let watch = Watch::new(towns.town.here().clone());
        watch.look().await?;
        ensure!(is_shut(&towns, towns.town.here()).await?);
        towns.put_back().await?;
        towns.says(&["projections", "rebuild", "--verify"], 0, &[])?;
        ensure!(watch.look().await?.is_empty(), "they are back");
        Ok(())
    }

    /// Rules: S8.
    async fn what_was_forgotten_is_in_no_snapshot_and_in_no_memory(db) {
        let towns = Towns::found(db).await?;
        let here = towns.town.here().clone();
        let person = StreamId::user(towns.town.account, towns.owner.user);
        let watch = Watch::new(here.clone());
        let before = here.log().users.load(person).await?;
        let snapshot = "insert into views.snapshots (aggregate_type, aggregate_id, state_version, sequence, state) \
                        values ('user', $1, 1, 1, '{}')";
        towns.store().views().execute(snapshot, &[person.to_string().into()]).await?;
        towns.cut().await?;
        ensure!(watch.look().await?.len() == 1);
        towns.forgets()?;
        ensure!(watch.look().await?.is_empty());
        let left = "select count(*) from views.snapshots";
        let left = towns.store().views().fetch_optional(left, &[]).await?.map_or(Ok(0), |row| row.count(0))?;
        ensure!(left == 0, "{left} snapshots of events that are no more");

        let newcomer = towns.town.newcomer().await?;
        let mut after = newcomer.log().users.load(person).await?;
        ensure!(after.sequence < before.sequence, "the person's own events are among those cut");
        while after.sequence < before.sequence {
            towns.town.admin_link(&newcomer, towns.owner.user).await?;
            after = newcomer.log().users.load(person).await?;
        }
        let mine = here.log().users.load(person).await?;
        ensure!(mine.sequence == after.sequence && mine.state == after.state, "another state of the same events");
        ensure!(after.sequence > before.sequence || before.state != after.state, "the old one was of others");
        Ok(())
    }

    /// Rules: S8.
    async fn a_rebuild_during_which_events_are_lost_leaves_the_tables_that_know_of_them(db) {
        let towns = Towns::found(db).await?;
        // Whoever began before they were lost.
        towns.cut().await?;
        let rebuilt = bulk::rebuild(towns.store(), all(), false, |_| {}).await;
        ensure!(matches!(rebuilt, Err(StoreError::Corrupt(_))), "{rebuilt:?}");
        let found = contradictions(towns.store()).await?;
        ensure!(found.len() == 1 && found[0].taken_in == towns.end, "{found:?}");
        Ok(())
    }

    /// Rules: S8.
    async fn events_that_are_back_are_compared_and_let_go_of(db) {
        let towns = Towns::found(db).await?;
        let here = towns.town.here().clone();
        let watch = Watch::new(here.clone());
        towns.cut().await?;
        ensure!(watch.look().await?.len() == 1);
        towns.put_back().await?;
        ensure!(watch.look().await?.len() == 1 && is_shut(&towns, &here).await?, "nobody compared yet");
        towns.says(&["projections", "rebuild", "--verify"], 0, &[])?;
        ensure!(watch.look().await?.is_empty() && !is_shut(&towns, &here).await?);
        ensure!(forgotten(towns.store()).await?.is_empty());
        Ok(())
    }

    /// Rules: S8.
    async fn a_counter_ahead_of_the_log_goes_on_from_its_end_once_the_operator_says_so(db) {
        let towns = Towns::found(db).await?;
        towns.tampered("update counters set last_seq = last_seq + 2 where account_id = {account}").await?;
        towns.says(&["audit", "invariants"], 8, &["log-end"])?;
        towns.says(&["projections", "rebuild"], 8, &[])?;
        towns.forgets()?;
        towns.says(&["projections", "list"], 0, &[])?;
        let newcomer = towns.town.newcomer().await?;
        ensure!(!is_shut(&towns, &newcomer).await?);
        towns.says(&["audit", "invariants"], 0, &[])
    }

    /// Rules: S8.
    async fn an_account_that_is_wholly_gone_is_named_and_others_are_opened_beside_it(db) {
        let towns = Towns::found(db).await?;
        let gone = "delete from events where account_id = {account}; delete from counters where account_id = {account}";
        towns.tampered(gone).await?;
        let account = towns.town.account.to_string();
        towns.says(&["audit", "invariants"], 8, &["log-end", &account])?;
        towns.says(&["audit", "invariants", "--account", &account], 8, &["log-end"])?;
        let opened = ["--slug", "brobdingnag", "--name", "B", "--owner-name", "G", "--owner-email", "g@brob.example"];
        towns.says(&[&["admin", "open"], &opened[..]].concat(), 0, &[])?;
        towns.says(&["admin", "link", "--account", "brobdingnag"], 0, &[])?;
        towns.says(&["audit", "invariants"], 8, &["log-end", &account])
    }

    /// Rules: S8.
    async fn a_read_model_that_is_no_more_blocks_nothing(db) {
        let towns = Towns::found(db).await?;
        let bygone = "insert into views.checkpoints (projection, version, account_id, position) \
                      select 'bygone', 1, account_id, position + 5 from views.checkpoints where projection = 'status'";
        ensure!(towns.store().views().execute(bygone, &[]).await? > 0);
        towns.says(&["projections", "list"], 8, &[])?;
        towns.forgets()?;
        towns.says(&["projections", "list"], 0, &[])
    }
}

/// Rules: S8.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_schema_of_read_models_that_is_gone_is_made_again() -> Result<()> {
    let towns = Towns::found(TestDb::postgres().await?).await?;
    towns.tampered("drop schema views cascade").await?;
    let slug = towns.town.slug();
    let commands: [&[&str]; 5] = [
        &["projections", "list"],
        &["projections", "rebuild"],
        &["audit", "invariants"],
        &["report", "coverage", "--account", &slug],
        &["serve", "--listen", "127.0.0.1:0"],
    ];
    for command in commands {
        towns.says(command, 1, &["schema `views`", "twofold migrate"])?;
    }
    let migrated = program_with(&towns.town, Some(&towns.superuser.url), &["migrate"])?;
    ensure!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
    for command in &commands[..4] {
        towns.says(command, 0, &[])?;
    }
    towns.says(&["audit", "replay", "--account", &slug, "--check"], 0, &[])
}

/// Rules: S8.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_gap_in_one_log_is_named_and_holds_no_other_account_back() -> Result<()> {
    // SQLite takes no event but the next one.
    let towns = Towns::found(TestDb::postgres().await?).await?;
    let (store, account) = (towns.store(), towns.town.account);
    let left = towns.end - MISSING;
    towns
        .tampered(&format!("delete from events where account_id = {{account}} and account_seq > {left}"))
        .await?;
    ensure!(!is_shut(&towns, towns.town.there()).await?);
    let neighbour = towns.town.neighbour();
    neighbour.owner().await?;
    towns.taken_in().await?;
    let last = store.counter(neighbour.account).await?.map(|counter| counter.last_seq);
    ensure!(Some(audited(store, neighbour.account).await?) == last, "the neighbour's are taken in");
    let found = contradictions(store).await?;
    ensure!(found.len() == 1 && (found[0].account, found[0].log_end) == (account, left), "{found:?}");
    towns.says(&["audit", "invariants"], 8, &["log-end", &account.to_string()])
}
