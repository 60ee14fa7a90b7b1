//! The rules of every log are only worth something if a log that breaks them is found out.

use anyhow::{Result, bail, ensure};
use twofold_domain::ids::{EventId, UserId};
use twofold_domain::policy::Role;
use twofold_domain::time::Timestamp;
use twofold_infra::store::{Append, NewEvent, Recorded, Write};
use twofold_projections::all;
use twofold_projections::check::check;
use twofold_projections::inspection::Inspection;
use twofold_projections::projector::Projector;
use twofold_tests::both;
use twofold_tests::invariants::broken;
use twofold_tests::postgres::TestDb;
use twofold_tests::town::Town;

/// A change that somebody makes to a log behind everyone's back.
type Forgery = fn(&mut Vec<Recorded>);

fn last(log: &[Recorded], event_type: &str) -> usize {
    log.iter().rposition(|event| event.event_type == event_type).unwrap_or_default()
}

/// The same event again, at the end of its stream.
fn again(log: &mut Vec<Recorded>, event_type: &str) {
    let copy = log[last(log, event_type)].clone();
    log.push(copy);
}

fn rewrite(log: &mut [Recorded], event_type: &str, from: &str, to: &str) {
    let event = &mut log[last(log, event_type)];
    event.payload = event.payload.replace(from, to);
}

fn remove(log: &mut Vec<Recorded>, event_type: &str) {
    log.remove(last(log, event_type));
}

/// Numbers as they would be without the forgery, so that these do not give it away.
fn renumbered(mut log: Vec<Recorded>) -> Vec<Recorded> {
    let mut heads = std::collections::HashMap::new();
    for (n, event) in (1..).zip(&mut log) {
        let head = heads.entry(event.stream).or_insert(0);
        *head += 1;
        (event.account_seq, event.sequence) = (n, *head);
    }
    log
}

const FORGERIES: &[(&str, Forgery)] = &[
    ("otp-step-once", |log| again(log, "OtpAccepted")),
    ("recovery-code-once", |log| again(log, "RecoveryCodeUsed")),
    ("link-once", |log| again(log, "LinkRedeemed")),
    ("mailed-code-once", |log| again(log, "MailedCodeAccepted")),
    ("session-begins-once", |log| again(log, "SessionStarted")),
    ("session-earned", |log| remove(log, "SignInCompleted")),
    ("challenge-answered", |log| remove(log, "RecoveryCodeUsed")),
    ("session-raised-by-proof", |log| remove(log, "OtpAccepted")),
    ("failure-charged", |log| {
        let first = log.iter().position(|event| event.event_type == "ProofRejected");
        log.remove(first.unwrap_or_default());
    }),
    ("stands-on-today", |log| {
        rewrite(log, "SessionStarted", "\"generation\":0", "\"generation\":1");
    }),
    ("disable-census", |log| {
        rewrite(log, "AccountTwoFactorDisabled", "\"people\":2", "\"people\":1");
    }),
    ("binding-in-force", |log| again(log, "TwoFactorEnabled")),
    ("factor-in-force", |log| again(log, "OtpAccepted")),
    ("nothing-in-clear", |log| {
        rewrite(log, "UserRegistered", "\"en\"", "\"NUMBER1@lilliput.example\"");
    }),
    ("time-forward", |log| {
        log.iter_mut().rev().take(1).for_each(|event| event.recorded_at = Timestamp::from_micros(1));
    }),
    ("event-readable", |log| {
        rewrite(log, "SessionStarted", "\"SessionStarted\"", "\"SessionBegan\"");
    }),
    ("event-readable", |log| {
        let last = last(log, "SessionStarted");
        "99".clone_into(&mut log[last].event_version);
    }),
    ("event-readable", |log| {
        let last = last(log, "SessionStarted");
        log[last].metadata = log[last].metadata.replace("\"actor\":\"", "\"actor\":{},\"by\":\"");
    }),
    ("role-suffices", |log| {
        // The owner's disable, as the agent's.
        let agent = log.iter().rfind(|event| event.event_type == "UserRegistered").cloned();
        let agent = agent.map(|event| UserId::from_uuid(event.stream.id.aggregate).to_string());
        let last = last(log, "AccountTwoFactorDisabled");
        let owner = log[last].metadata.split('"').nth(3).unwrap_or_default().to_owned();
        log[last].metadata = log[last].metadata.replace(&owner, &agent.unwrap_or_default());
    }),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_forged_log_breaks_the_rule_that_it_breaks() -> Result<()> {
    let town = Town::found(TestDb::sqlite()?).await?;
    let mut owner = town.owner().await?;
    let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
    let mut browser = twofold_tests::person::Browser::default();
    let challenge = agent.challenged(&town, town.here(), &mut browser).await?;
    for code in ["000000", "000000", "000000"] {
        let code = twofold_tests::person::otp(code)?;
        agent.prove(&town, town.here(), &challenge, code, false).await?;
    }
    let paper = twofold_tests::person::recovery(&agent.codes[0])?;
    ensure!(agent.prove(&town, town.here(), &challenge, paper, false).await?.accepted(), "a recovery code");
    owner.step_up(&town, town.here()).await?;
    owner.disable_account(&town, town.here()).await?;
    let (log, secrets) = (town.log().await?, town.secrets());
    ensure!(broken(&log, &secrets).is_empty(), "an honest log breaks nothing: {:?}", broken(&log, &secrets));

    for (rule, forge) in FORGERIES {
        let mut forged = log.clone();
        forge(&mut forged);
        let found = broken(&renumbered(forged), &secrets);
        if !found.iter().any(|breach| breach.contains(&format!(": {rule}: "))) {
            bail!("expected a breach of {rule:?}, found {found:#?}");
        }
    }
    let mut gap = log.clone();
    gap.remove(7);
    ensure!(broken(&gap, &secrets).iter().any(|b| b.contains(": account-numbered: ")), "a gap is found");
    Ok(())
}

/// Takes the last events out of the log as nobody can who serves it: as whoever holds the disk.
pub(super) async fn cut_off(db: &TestDb, url: &str, last: u64) -> Result<()> {
    past_the_rules(db, url, &format!("delete from events where account_seq > {last}")).await
}

/// Writes into the log's tables as whoever holds the disk.
pub(super) async fn past_the_rules(db: &TestDb, url: &str, cut: &str) -> Result<()> {
    if let Some(folder) = url.strip_prefix("sqlite:") {
        let log = rusqlite::Connection::open(std::path::Path::new(folder).join("log.db"))?;
        log.execute_batch(&format!("drop trigger if exists events_no_delete; {cut}"))?;
        return Ok(());
    }
    let mut superuser = db.connect().await?;
    let cut = format!("set session_replication_role = replica; set search_path = twofold; {cut}");
    sqlx::Executor::execute(&mut superuser, sqlx::raw_sql(&cut)).await?;
    Ok(())
}

both! {
    /// A log whose last events are gone is not whole, although what is left of it breaks no other rule.
    async fn a_log_that_was_cut_off_is_not_whole(db) {
        let superuser = TestDb::of_url(db.url.clone());
        let town = Town::found(db).await?;
        let mut owner = town.owner().await?;
        owner.step_up(&town, town.here()).await?;
        let store = town.here().store();
        let projector = Projector::install(store.clone(), all()).await?;
        projector.catch_up().await?;
        let end = town.log().await?.len() as u64;
        ensure!(check(store, &all(), town.account, |_| {}).await?.differences == 0, "an honest log");

        cut_off(&superuser, town.url(), end - 3).await?;
        let mut found = vec![];
        Inspection::of(store, town.account, |_, breaches| found.extend(breaches)).await?;
        let named: Vec<_> = found.iter().map(|breach| (breach.seq, breach.rule)).collect();
        ensure!(named == [(end - 3, "log-whole")], "{found:?}");
        let checked = check(store, &all(), town.account, |_| {}).await?;
        let first = checked.listed.first().map(|difference| (&*difference.table, difference.event));
        ensure!(first == Some(("events", Some(end - 3))), "{:?}", checked.listed);
        Ok(())
    }

    /// Whoever writes past the rules straight into the store is found out by the event's number.
    async fn an_event_slipped_into_the_store_is_named_by_its_number(db) {
        let town = Town::found(db).await?;
        let mut owner = town.owner().await?;
        owner.step_up(&town, town.here()).await?;
        let store = town.here().store();
        let mut honest = vec![];
        let inspection = Inspection::of(store, town.account, |_, found| honest.extend(found)).await?;
        ensure!(honest.is_empty(), "an honest log breaks nothing: {honest:?}");
        let log = town.log().await?;
        ensure!(inspection.events() == log.len() as u64, "every event was read");

        // The code that was just used is used once more, under an id of its own.
        let spent = &log[last(&log, "OtpAccepted")];
        let id = town.here().mint().id::<EventId>();
        let metadata: std::collections::BTreeMap<String, String> = serde_json::from_str(&spent.metadata)?;
        let metadata = spent.metadata.replace(&metadata["event_id"], &id.to_string());
        let head = store.heads(&[spent.stream]).await?;
        let again = NewEvent {
            event_type: spent.event_type.clone(),
            event_version: spent.event_version.clone(),
            payload: spent.payload.clone(),
            metadata,
        };
        let write = Write { stream: spent.stream, expected: head[0], events: vec![again] };
        store.append(Append::new(town.account, town.now(), vec![write])).await?;

        let mut found = vec![];
        Inspection::of(store, town.account, |_, breaches| found.extend(breaches)).await?;
        let wrong = log.len() as u64 + 1;
        let named = found.iter().any(|breach| breach.seq == wrong && breach.rule == "otp-step-once");
        ensure!(named && found.iter().all(|breach| breach.seq == wrong), "event {wrong}: {found:?}");
        Ok(())
    }
}
