//! Recorded sign-ins under another policy: the same numbers whichever way the people are gone through.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use twofold_domain::ids::AccountId;
use twofold_domain::policy::{Audience, AudiencePolicy, Role};
use twofold_domain::time::{Span as Time, Timestamp};
use twofold_infra::acts::Begun;
use twofold_infra::store::EventStore;
use twofold_projections::all;
use twofold_projections::projector::Projector;
use twofold_projections::what_if::{AT_ONCE, Between, Reckoning, Span, in_pages, what_if};
use twofold_tests::generate::Generator;
use twofold_tests::person::{Browser, otp};
use twofold_tests::race::seed;
use twofold_tests::{both, stories};

use super::replaying;
use super::visit::{Visit, code};

/// Another policy, by the place of its row.
type Imagined = fn(&AudiencePolicy) -> AudiencePolicy;

const OTHERS: [(&str, Imagined); 4] = [
    ("asked every time", |held| AudiencePolicy { trust_days: 0, ..held.clone() }),
    ("required", |held| AudiencePolicy { required: true, grace_days: 0, ..held.clone() }),
    ("nobody vouches, short sessions", |held| AudiencePolicy {
        asserted_sign_in: false,
        idle_minutes: 5,
        lifetime_hours: 1,
        ..held.clone()
    }),
    ("optional, trusted for long", |held| AudiencePolicy {
        required: false,
        trust_days: 365,
        ..held.clone()
    }),
];

/// The reckoning from the raw log, of so many people at a time.
async fn of_log(
    store: &EventStore,
    account: AccountId,
    span: Between,
    at_once: usize,
    other: Imagined,
) -> Result<(Reckoning, usize)> {
    let Between { from, to, until } = span;
    let mut readings = 0;
    let found = what_if(
        store,
        account,
        Span { from: Some(from), to: Some(to), until },
        at_once,
        |_: Audience, held: &AudiencePolicy| other(held),
        |reading, _| readings = readings.max(reading + 1),
    );
    Ok((found.await?, readings))
}

both! {
    /// Rules: P9.
    async fn people_are_gone_through_in_parts_and_in_pages_to_the_same_numbers(db) {
        let store = db.store().await?;
        let mut generator = Generator::new(seed("what-if"), 2, 20);
        let projector = Projector::install(store.clone(), all()).await?;
        let mut written = 0;
        while written < 5_000 {
            let append = generator.next().append();
            written += append.event_count();
            store.append(append).await?;
        }
        projector.catch_up().await?;
        let (mut differences, mut spans) = (0, 0);
        for account in generator.accounts() {
            let until = store.counter(account).await?.map_or(0, |counter| counter.last_seq);
            let log = store.read(account, 0, u32::MAX >> 1).await?;
            let at = |share: usize| log[(log.len() - 1) * share / 8].recorded_at;
            let all = (log[0].recorded_at, Timestamp::MAX);
            for (from, to) in [all, (at(3), at(6)), (at(5) + Time::of_micros(1), at(8)), (at(7), at(2))] {
                spans += 1;
                let span = Between { from, to, until };
                for (name, other) in OTHERS {
                    let (whole, readings) = of_log(&store, account, span, AT_ONCE, other).await?;
                    ensure!(readings == 1 || from > to, "{readings} readings of twenty people");
                    let (parts, readings) = of_log(&store, account, span, 3, other).await?;
                    ensure!(readings > 1 || from > to, "one reading, of three people at a time");
                    ensure!(parts == whole, "{name}: {parts:?}\nis not {whole:?}");
                    let mut people = vec![];
                    let imagine = |_: Audience, held: &AudiencePolicy| other(held);
                    let pages = in_pages(&store, account, span, imagine, |person| people.push(person)).await?;
                    let pages = Reckoning { people, ..pages };
                    ensure!(pages == whole, "{name}, {from} to {to}: {pages:?}\nis not {whole:?}");
                    differences += whole.people.len();
                }
            }
        }
        ensure!(spans == 8 && differences > 50, "{differences} differences tell little");
        Ok(())
    }
}

/// Of the answer's kinds of difference: how many events, of how many people, and who is first.
fn kind(answer: &Value, kind: &str) -> Option<(u64, u64, Value)> {
    let kinds = answer["differences"].as_array()?;
    let found = kinds.iter().find(|found| found["kind"] == kind)?;
    Some((found["events"].as_u64()?, found["people"].as_u64()?, found["first"].clone()))
}

stories! {
    /// Rules: P9, S10.
    async fn the_api_says_what_the_command_line_says_and_records_who_looked(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let mut bare = owner.welcome(&town, Role::Agent).await?;
        let mut laptop = Browser::default();
        let challenge = agent.challenged(&town, town.here(), &mut laptop).await?;
        let proof = otp(&agent.next_code(&town)?)?;
        ensure!(agent.prove(&town, town.there(), &challenge, proof, true).await?.accepted());
        for _ in 0..4 {
            town.wait(Time::days(3));
            let begun = agent.begin(&town, town.here(), &mut laptop).await?;
            ensure!(matches!(begun, Begun::Session { .. }), "the device is trusted");
            bare.browser = Browser::default();
            bare.sign_in(&town, town.here()).await?;
        }
        visit.sign_in(&mut owner).await?;
        let path = format!("/v1/accounts/{}/policy/what-if", town.account);
        let now = town.now();
        let mut answers = vec![];
        for (policy, extra, without) in
            [(json!({ "trust_days": 5 }), 2, 0), (json!({ "trust_days": 0, "required": true }), 4, 3)]
        {
            let question = json!({ "team": policy, "from": (now - Time::days(30)).to_string(), "to": now.to_string() });
            let answer = visit.grant(&owner, "POST", &path, question).await?;
            ensure!(kind(&answer, "extra_prompts").context("a kind")?.0 == extra, "{answer}");
            ensure!(kind(&answer, "without_factor").context("a kind")?.1 == without, "{answer}");
            answers.push((policy, answer));
        }
        // What follows is behind the span.
        town.wait(Time::seconds(1));
        // Looking is on record, the same question once an hour.
        let reads = |log: Vec<twofold_infra::store::Recorded>| {
            log.iter().filter(|e| e.event_type == "DataRead" && e.payload.contains("what_if")).count()
        };
        ensure!(reads(town.log().await?) == 1, "{} reads", reads(town.log().await?));

        // A span is bounded, of the past, and of a policy that could be saved.
        let days = |days: i64| (now - Time::days(days)).to_string();
        for (question, field) in [
            (json!({ "team": {}, "from": days(93) }), "/from"),
            (json!({ "team": {}, "from": days(1), "to": days(2) }), "/from"),
            (json!({ "team": {}, "to": days(-1) }), "/to"),
            (json!({ "team": { "trust_days": 1000 } }), "/team/trust_days"),
            (json!({ "from": days(1) }), ""),
        ] {
            let refused = visit.ask(&owner, "POST", &path, question.clone()).await?;
            code(&refused, "422 invalid_fields")?;
            ensure!(refused.body["errors"][0]["pointer"] == field, "{question}: {}", refused.body);
        }
        // Whoever may preview a change may look; whoever may not may not.
        let auditor = owner.welcome_enrolled(&town, Role::Auditor).await?;
        visit.grant(&auditor, "POST", &path, json!({ "team": { "trust_days": 0 } })).await?;
        code(&visit.ask(&agent, "POST", &path, json!({ "team": {} })).await?, "401 session_ended")?;
        visit.sign_in(&mut agent).await?;
        code(&visit.ask(&agent, "POST", &path, json!({ "team": {} })).await?, "403 forbidden")?;
        ensure!(reads(town.log().await?) == 2);
        // The program, which lives by the clock of the machine, from the raw log alone, of the same span.
        let file = town.master_key_file().with_file_name("other.json");
        for (policy, answer) in &answers {
            std::fs::write(&file, json!({ "team": policy }).to_string())?;
            let (file, slug) = (file.display().to_string(), town.slug());
            let span = ["--from", &(now - Time::days(30)).to_string(), "--to", &now.to_string()];
            let arguments = [&["audit", "what-if", "--account", &slug, "--policy", &file][..], &span].concat();
            let (told, exit) = replaying::json(&town, &arguments)?;
            ensure!(exit == Some(0), "{told}");
            for field in ["position", "sign_ins", "same", "days"] {
                ensure!(told[field] == answer[field], "{field}: {} is not {}", answer[field], told[field]);
            }
            let people = told["people"].as_array().context("people")?;
            for name in ["extra_prompts", "fewer_prompts", "need_not_bind", "no_session"] {
                let days = told["days"].as_array().context("days")?;
                let sum: u64 = days.iter().filter_map(|day| day[name].as_u64()).sum();
                ensure!(told[name] == sum, "{name} of the days: {told}");
            }
            for name in ["extra_prompts", "fewer_prompts", "without_factor", "need_not_bind", "no_session", "cut_short"] {
                let theirs = |person: &Value| person[name].as_array().map_or(0, Vec::len) as u64;
                let concerned: Vec<&Value> = people.iter().filter(|person| theirs(person) > 0).collect();
                let first: Vec<Value> =
                    concerned.iter().map(|p| json!({ "user": p["user"], "events": theirs(p) })).collect();
                let sum = concerned.iter().map(|person| theirs(person)).sum();
                let expected = (sum, concerned.len() as u64, json!(first));
                ensure!(kind(answer, name) == Some(expected), "{name}: {answer} is not {told}");
            }
            for untold in answer["untold"].as_array().context("categories")? {
                let category = untold["category"].as_str().unwrap_or_default();
                ensure!(told["untold"][category] == untold["events"], "{category}: {untold} is not {told}");
            }
        }
        ensure!(reads(town.log().await?) == 3, "the operator is on record too");
        Ok(())
    }
}
