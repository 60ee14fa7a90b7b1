//! The log folded anew: held against every table, step by step, and under another policy.

use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value as Json;
use twofold_domain::account::AccountEvent;
use twofold_domain::policy::{Audience, AudiencePolicy, Role};
use twofold_domain::reading::{Matter, Reader, ReadingEvent};
use twofold_domain::time::Span as Time;
use twofold_infra::acts::Begun;
use twofold_infra::store::{AggregateKind, EventStore, Value};
use twofold_projections::check::{Checked, Difference, check};
use twofold_projections::facts::Facts;
use twofold_projections::follow::{Follower, Subject};
use twofold_projections::projector::Projector;
use twofold_projections::what_if::{AT_ONCE, Reckoning, Span, what_if};
use twofold_projections::{all, bulk, ddl};
use twofold_tests::generate::Generator;
use twofold_tests::person::{Browser, otp};
use twofold_tests::race::seed;
use twofold_tests::town::Town;
use twofold_tests::{both, stories};

async fn write(store: &EventStore, generator: &mut Generator, events: usize) -> Result<()> {
    let mut written = 0;
    while written < events {
        let append = generator.next().append();
        written += append.event_count();
        store.append(append).await?;
    }
    Ok(())
}

/// What somebody changes in the tables behind the projector's back.
pub(super) async fn tamper(store: &EventStore, sql: &str, binds: &[Value]) -> Result<()> {
    ensure!(store.views().execute(sql, binds).await? == 1, "{sql}");
    Ok(())
}

fn named<'a>(checked: &'a Checked, table: &str) -> Vec<&'a Difference> {
    checked.listed.iter().filter(|difference| difference.table == table).collect()
}

/// Runs the program on a town's installation.
pub(super) fn program(town: &Town, arguments: &[&str]) -> Result<Output> {
    program_with(town, None, arguments)
}

/// The same, told how the database's owner reaches it.
pub(super) fn program_with(town: &Town, owner: Option<&str>, arguments: &[&str]) -> Result<Output> {
    let data = town.master_key_file();
    let data = data.parent().unwrap_or(Path::new("."));
    let mut command = Command::new(env!("CARGO_BIN_EXE_twofold-under-test"));
    command.env_clear().arg("--data-dir").arg(data).args(["--database-url", town.url()]).args(arguments);
    if let Some(owner) = owner.filter(|url| url.starts_with("postgres")) {
        command.env("TWOFOLD_DATABASE_OWNER_URL", owner);
    }
    Ok(command.output()?)
}

/// What it answers as JSON, with its exit code.
pub(super) fn json(town: &Town, arguments: &[&str]) -> Result<(Json, Option<i32>)> {
    let answer = program(town, &[&["--json"], arguments].concat())?;
    let json = serde_json::from_slice(&answer.stdout);
    let json = json.with_context(|| String::from_utf8_lossy(&answer.stderr).into_owned())?;
    Ok((json, answer.status.code()))
}

both! {
    /// Rules: S8.
    async fn every_difference_is_named_with_the_event_that_should_have_set_it(db) {
        let store = db.store().await?;
        let mut generator = Generator::new(seed("replaying"), 2, 12);
        let projector = Projector::install(store.clone(), all()).await?;
        write(&store, &mut generator, 3_000).await?;
        projector.catch_up().await?;
        let account = generator.accounts()[0];
        let mine: Value = account.uuid().into();
        let clean = check(&store, &all(), account, |_| {}).await?;
        ensure!(clean.differences == 0 && clean.rows > 100, "{clean:?}");

        // One row each: changed, taken away, added, of each kind of table.
        let sql = "select user_id, valid_to from views.user_status_history where account_id = $1 \
                   order by valid_to limit 1";
        let past = store.views().fetch_optional(sql, std::slice::from_ref(&mine)).await?.context("a past")?;
        let (of, ended): (uuid::Uuid, u64) = (past.get(0)?, past.count(1)?);
        let sql = "select user_id from views.members where account_id = $1 order by user_id desc limit 1";
        let member = store.views().fetch_optional(sql, std::slice::from_ref(&mine)).await?.context("a member")?;
        let member: uuid::Uuid = member.get(0)?;
        let stranger = uuid::Uuid::from_u128(7);
        let tables = all().iter().flat_map(ddl::tables).collect::<Vec<_>>();
        let columns = tables.iter().find(|table| table.name == "audit_log").context("its table")?.column_list();
        let later = columns.replacen("account_seq", "999999", 1);
        let columns = format!("insert into views.audit_log ({columns}) select {later} from views.audit_log \
                               where account_id = $1 and account_seq = 20");
        for (sql, more) in [
            ("update views.audit_log set event_type = 'SomethingElse' where account_id = $1 and account_seq = 17",
             vec![]),
            ("delete from views.audit_log where account_id = $1 and account_seq = 18", vec![]),
            (&columns, vec![]),
            ("delete from views.user_status_history where account_id = $1 and user_id = $2 and valid_to = $3",
             vec![of.into(), ended.into()]),
            ("update views.members set erased = not erased where account_id = $1 and user_id = $2",
             vec![member.into()]),
            ("insert into views.members select account_id, $3, role, pending_generation, enrolled_generation, \
              deactivated, erased from views.members where account_id = $1 and user_id = $2",
             vec![member.into(), stranger.into()]),
        ] {
            tamper(&store, sql, &[vec![mine.clone()], more].concat()).await?;
        }
        let checked = check(&store, &all(), account, |_| {}).await?;
        ensure!(checked.differences == checked.listed.len() as u64);
        let [changed, gone, added] = named(&checked, "audit_log")[..] else { anyhow::bail!("{:?}", checked.listed) };
        ensure!(changed.column.as_deref() == Some("event_type") && changed.event == Some(17), "{changed:?}");
        ensure!(changed.live.as_deref() == Some("SomethingElse"), "{changed:?}");
        ensure!(changed.key == "account_seq=17" && gone.key == "account_seq=18", "{gone:?}");
        ensure!(gone.column.is_none() && gone.live.is_none() && gone.event == Some(18), "{gone:?}");
        ensure!(added.key == "account_seq=999999" && added.folded.is_none() && added.event.is_none(), "{added:?}");
        let [held] = named(&checked, "user_status_history")[..] else { anyhow::bail!("{:?}", checked.listed) };
        ensure!(held.live.is_none() && held.event == Some(ended), "{held:?}");
        let [alien, erased] = named(&checked, "members")[..] else { anyhow::bail!("{:?}", checked.listed) };
        ensure!(erased.column.as_deref() == Some("erased") && erased.event.is_some(), "{erased:?}");
        ensure!(alien.folded.is_none() && alien.live.is_some() && alien.event.is_none(), "{alien:?}");
        ensure!(checked.differences == 6, "{:?}", checked.listed);
        // A rebuild makes them good again.
        let rebuilt = bulk::rebuild(&store, all(), true, |_| {}).await?;
        ensure!(rebuilt.differences.is_some_and(|found| found >= 6), "{rebuilt:?}");
        let again = check(&store, &all(), account, |_| {}).await?;
        ensure!(again.differences == 0 && again.rows == clean.rows, "{again:?}");
        Ok(())
    }

    async fn tables_are_checked_as_of_their_own_event_while_others_write(db) {
        let store = db.store().await?;
        let mut generator = Generator::new(seed("replaying"), 2, 10);
        let projector = Projector::install(store.clone(), all()).await?;
        write(&store, &mut generator, 1_500).await?;
        projector.catch_up().await?;
        let account = generator.accounts()[1];
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let running = projector.clone();
        let task = tokio::spawn(async move { running.run(async { _ = stopped.await }).await });
        let writing = write(&store, &mut generator, 1_500);
        let checking = async {
            for _ in 0..5 {
                let checked = check(&store, &all(), account, |_| {}).await?;
                ensure!(checked.differences == 0, "{:?}", checked.listed);
            }
            Ok(())
        };
        tokio::try_join!(writing, checking)?;
        _ = stop.send(());
        task.await?;
        Ok(())
    }

    /// Rules: P9.
    async fn the_very_same_policy_changes_nothing_of_an_invented_history(db) {
        let store = db.store().await?;
        let mut generator = Generator::new(seed("replaying"), 1, 20);
        write(&store, &mut generator, 4_000).await?;
        let account = generator.accounts()[0];
        let until = store.counter(account).await?.map_or(0, |counter| counter.last_seq);
        let same = |_: Audience, policy: &AudiencePolicy| policy.clone();
        let span = Span { until, ..Span::default() };
        let found = what_if(&store, account, span, AT_ONCE, same, |_, _| {}).await?;
        ensure!(found.sign_ins > 100 && found.people.is_empty(), "{found:?}");
        ensure!(found.same + found.untold.decided_otherwise == found.sign_ins, "{found:?}");
        let again = what_if(&store, account, span, AT_ONCE, same, |_, _| {}).await?;
        ensure!(again == found, "the same question, another answer");
        Ok(())
    }
}

/// Another policy for the team.
async fn under(town: &Town, imagine: impl Fn(&AudiencePolicy) -> AudiencePolicy) -> Result<Reckoning> {
    let store = town.here().store();
    let until = store.counter(town.account).await?.map_or(0, |counter| counter.last_seq);
    let imagine = |_: Audience, policy: &AudiencePolicy| imagine(policy);
    let span = Span { until, ..Span::default() };
    Ok(what_if(store, town.account, span, AT_ONCE, imagine, |_, _| {}).await?)
}

stories! {
    /// Rules: P9, T8.
    async fn recorded_sign_ins_are_gone_through_under_another_policy(town) {
        let owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let mut bare = owner.welcome(&town, Role::Agent).await?;
        let mut laptop = Browser::default();
        let challenge = agent.challenged(&town, town.here(), &mut laptop).await?;
        let code = otp(&agent.next_code(&town)?)?;
        ensure!(agent.prove(&town, town.there(), &challenge, code, true).await?.accepted());
        for _ in 0..4 {
            town.wait(Time::days(3));
            let begun = agent.begin(&town, town.here(), &mut laptop).await?;
            ensure!(matches!(begun, Begun::Session { .. }), "the device is trusted");
        }
        bare.browser = Browser::default();
        bare.sign_in(&town, town.here()).await?;
        let log = town.log().await?;
        let theirs: Vec<u64> = log.iter()
            .filter(|event| event.event_type == "SignInStarted" && event.payload.contains("device_trusted"))
            .map(|event| event.account_seq).collect();
        ensure!(theirs.len() == 4, "{theirs:?}");

        let every = under(&town, |p| AudiencePolicy { trust_days: 0, ..p.clone() }).await?;
        let [only] = &every.people[..] else { anyhow::bail!("{every:?}") };
        ensure!(only.user == agent.user && only.extra_prompts == theirs, "{every:?}");
        // Asked on the sixth day again, and remembered from there.
        let days = under(&town, |p| AudiencePolicy { trust_days: 5, ..p.clone() }).await?;
        ensure!(days.extra_prompts == 2 && days.people[0].extra_prompts == [theirs[1], theirs[3]], "{days:?}");
        let must = under(&town, |p| AudiencePolicy { required: true, ..p.clone() }).await?;
        let found = must.people.iter().find(|person| person.user == bare.user).context("somebody without")?;
        ensure!(found.without_factor[0].why == "no_factor" && !found.no_session.is_empty(), "{must:?}");
        let session = &log[found.no_session[0].event as usize - 1];
        ensure!(session.event_type == "SessionStarted", "{session:?}");

        // The program answers the same, from a file as the API takes it.
        let slug = town.slug();
        let file = town.master_key_file().with_file_name("policy.json");
        std::fs::write(&file, r#"{"team":{"trust_days":5},"end_users":{}}"#)?;
        let file = file.display().to_string();
        let (told, code) = json(&town, &["audit", "what-if", "--account", &slug, "--policy", &file])?;
        ensure!(code == Some(0) && told["extra_prompts"] == 2 && told["position"] == log.len() as u64, "{told}");
        ensure!(told["people"][0]["extra_prompts"] == serde_json::json!([theirs[1], theirs[3]]), "{told}");
        std::fs::write(&file, r#"{"team":{"trust_days":1000}}"#)?;
        let refused = program(&town, &["audit", "what-if", "--account", &slug, "--policy", &file])?;
        ensure!(refused.status.code() == Some(2), "{refused:?}");

        // Why, with the events.
        let (why, code) = json(&town, &["audit", "why", &theirs[3].to_string(), "--account", &slug])?;
        ensure!(code == Some(0) && why["decision"] == "complete", "{why}");
        for (reason, event) in [(0, "FactorConfirmed"), (1, "DeviceTrusted")] {
            ensure!(why["reasons"][reason]["because"]["type"] == event, "{why}");
        }
        ensure!(why["policy"]["type"] == "AccountOpened" && why["completed"]["type"] == "SignInCompleted", "{why}");
        let id = why["sign_in"].as_str().context("its id")?.to_owned();
        let (by_id, _) = json(&town, &["audit", "why", &id, "--account", &slug])?;
        ensure!(by_id == why, "{by_id}");
        let (may, _) = json(&town, &["audit", "why", &bare.user.to_string(), "--account", &slug])?;
        ensure!(may["available"] == true, "{may}");

        // And the tables are what the log says.
        let (checked, code) = json(&town, &["audit", "replay", "--account", &slug, "--check"])?;
        ensure!(code == Some(0) && checked["differences"] == 0 && checked["whole_tables"] == true, "{checked}");
        let sql = "update views.audit_log set subject = null where account_id = $1 and account_seq = $2";
        tamper(town.here().store(), sql, &[town.account.uuid().into(), theirs[0].into()]).await?;
        let (checked, code) = json(&town, &["audit", "replay", "--account", &slug, "--check"])?;
        ensure!(code == Some(6) && checked["listed"][0]["event"] == theirs[0], "{checked}");
        Ok(())
    }

    /// Rules: S10.
    async fn whatever_the_command_line_shows_of_people_is_on_record(town) {
        let owner = town.owner().await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let log = town.log().await?;
        let began = log.iter().rfind(|event| event.event_type == "SignInStarted").context("a sign-in")?;
        let file = town.master_key_file().with_file_name("policy.json");
        std::fs::write(&file, r#"{"team":{"trust_days":5},"end_users":{}}"#)?;
        let (slug, file) = (town.slug(), file.display().to_string());
        let (subject, sign_in) = (agent.user.to_string(), began.account_seq.to_string());
        let ahead = (town.now() + Time::days(400)).to_string();
        let rows: [(&[&str], Matter, bool); 7] = [
            (&["audit", "replay", "--check"], Matter::Events, false),
            (&["audit", "invariants"], Matter::Events, false),
            (&["audit", "replay", "--follow", "--subject", &subject], Matter::Events, true),
            (&["audit", "why", &subject], Matter::Person, true),
            (&["audit", "why", &sign_in], Matter::SignIns, true),
            (&["audit", "what-if", "--policy", &file], Matter::WhatIf, false),
            (&["report", "forecast", "--at", &ahead], Matter::Forecast, false),
        ];
        for (arguments, matter, of_somebody) in rows {
            let before = town.log().await?.len();
            let answer = program(&town, &[&["--json"], arguments, &["--account", &slug]].concat())?;
            ensure!(answer.status.code() == Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&answer.stderr));
            let after = town.log().await?.split_off(before);
            let [one] = &after[..] else { anyhow::bail!("{arguments:?}: {after:?}") };
            let event: ReadingEvent = serde_json::from_str(&one.payload)?;
            let ReadingEvent::DataRead { reader, question, .. } = event else { anyhow::bail!("{arguments:?}") };
            ensure!(reader == Reader::Operator && question.matter == matter, "{arguments:?}: {question:?}");
            ensure!(question.subject.is_some() == of_somebody, "{arguments:?}: {question:?}");
        }
        Ok(())
    }

    async fn each_step_says_what_it_changed(town) {
        let owner = town.owner().await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let log = town.log().await?;
        let store = town.here().store();
        // Every event is a step of exactly one account, person, or device.
        let mut steps = 0;
        let people: Vec<_> = [&owner, &agent].iter().map(|person| Subject::User(person.user)).collect();
        for subject in people.into_iter().chain([Subject::Account(town.account)]) {
            let mut follower = Follower::of(subject);
            let mut reading = Facts::of(store, town.account, log.len() as u64);
            while let Some(facts) = reading.next().await? {
                steps += facts.iter().filter_map(|fact| follower.take(fact)).count();
            }
        }
        ensure!(steps == log.len(), "{steps} steps of {} events", log.len());

        let slug = town.slug();
        let subject = agent.user.to_string();
        let last = log.len().to_string();
        let follow = ["audit", "replay", "--account", &slug, "--at-event", &last, "--follow", "--subject", &subject];
        let answer = program(&town, &[&["--json"], &follow[..]].concat())?;
        let lines: Vec<Json> = String::from_utf8(answer.stdout)?.lines()
            .map(serde_json::from_str).collect::<Result<_, _>>()?;
        let bound = lines.iter().find(|line| line["type"] == "FactorConfirmed").context("a binding")?;
        let event = bound["event"].as_u64().context("its number")?;
        ensure!(log[event as usize - 1].event_type == "FactorConfirmed");
        ensure!(bound["words"] == "Authenticator confirmed" && bound["of"] == subject, "{bound}");
        let changes = bound["changes"].as_array().context("changes")?;
        ensure!(changes.iter().any(|c| c["field"].as_str().is_some_and(|f| f.starts_with("enrolled."))), "{bound}");
        ensure!(changes.iter().any(|c| c["after"].is_null()), "the pending binding is gone: {bound}");
        let words = String::from_utf8(program(&town, &follow)?.stdout)?;
        ensure!(words.contains(&format!("{event}  ")) && words.contains("(FactorConfirmed)"), "{words}");
        for secret in town.secrets() {
            ensure!(!words.contains(&secret), "a secret");
        }
        let nobody = ["audit", "replay", "--account", &slug, "--follow", "--subject", "usr_00000000000000000000000000"];
        let nobody = [&nobody[..], &["--at-event", &last]].concat();
        ensure!(program(&town, &nobody)?.status.code() == Some(4));
        let opened = log.iter().filter(|event| event.stream.kind == AggregateKind::Account).count();
        ensure!(opened > 0 && serde_json::from_str::<AccountEvent>(&log[0].payload).is_ok());
        Ok(())
    }
}
