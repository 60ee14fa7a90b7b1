//! The audit log: what is found by it, in which names, as which files, and as it goes on.

mod changed;
mod ended;
mod followed;
mod reported;

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use twofold_domain::device::DeviceEvent;
use twofold_domain::ids::{AccountId, DeviceId};
use twofold_domain::policy::Role;
use twofold_domain::user::UserEvent;
use twofold_infra::store::{EventStore, Outcome, Recorded};
use twofold_projections::all;
use twofold_projections::audit::search::Span;
use twofold_projections::audit::{self, Filter, Found, Page};
use twofold_projections::fact::{Event, Fact, decode};
use twofold_projections::owners::Owners;
use twofold_projections::projector::Projector;
use twofold_tests::generate::Generator;
use twofold_tests::race::seed;
use twofold_tests::{both, stories};

use super::visit::{Visit, code, text};

/// The device that an event names, as whoever reads the log would say.
fn device(fact: &Fact) -> Option<DeviceId> {
    match &fact.event {
        Event::Device(device, _) | Event::User(_, UserEvent::DeviceReportedLost { device }) => Some(*device),
        Event::Account(_) | Event::User(..) | Event::Reading(_) => None,
    }
}

/// What a filter leaves of a log, event by event.
fn naive(facts: &[Fact], filter: &Filter) -> Vec<u64> {
    let actor = |fact: &Fact| fact.meta.actor.as_deref().map(str::to_owned);
    let ended = |fact: &Fact, wanted: &str| match &fact.event {
        Event::Device(_, DeviceEvent::SessionEnded { cause, .. }) => <&str>::from(cause) == wanted,
        Event::User(
            _,
            UserEvent::ProofRejected { refusal, .. } | UserEvent::MailedCodeRejected { refusal, .. },
        ) => refusal.name() == wanted,
        Event::User(_, UserEvent::HelpRefused { why, .. }) => <&str>::from(*why) == wanted,
        Event::Device(_, DeviceEvent::ProofCameLate { over, .. }) => <&str>::from(over) == wanted,
        _ => false,
    };
    let meant = |fact: &Fact, span: &Span| {
        let then = span.from <= fact.seq && span.until.is_none_or(|until| fact.seq < until);
        then && (fact.subject == Some(span.user) || actor(fact) == Some(span.user.to_string()))
    };
    let left = facts.iter().filter(|fact| {
        filter.event_type.as_ref().is_none_or(|name| name == fact.event.name())
            && filter.actor.as_ref().is_none_or(|by| actor(fact).as_ref() == Some(by))
            && filter.subject.is_none_or(|user| fact.subject == Some(user))
            && filter.device.is_none_or(|id| device(fact) == Some(id))
            && filter.cause.as_ref().is_none_or(|cause| ended(fact, cause))
            && filter.stream.is_none_or(|stream| fact.event.kind().name() == stream)
            && filter.from.is_none_or(|from| fact.at >= from)
            && filter.to.is_none_or(|to| fact.at <= to)
            && filter.up_to.is_none_or(|last| fact.seq <= last)
            && filter.people.as_ref().is_none_or(|spans| spans.iter().any(|span| meant(fact, span)))
    });
    left.map(|fact| fact.seq).collect()
}

async fn written(store: &EventStore, generator: &mut Generator, acts: usize) -> Result<()> {
    for _ in 0..acts {
        let outcome = store.append(generator.next().append()).await?;
        ensure!(matches!(outcome, Outcome::Committed { .. }), "{outcome:?}");
    }
    Ok(())
}

/// Every page of a filter, one way or the other.
async fn pages(store: &EventStore, account: AccountId, filter: &Filter, oldest: bool) -> Result<Vec<u64>> {
    let (mut all, mut page) = (vec![], if oldest { Page::After(0) } else { Page::Newest });
    loop {
        let Found { entries, on } = audit::entries(store.views(), account, filter, page, 7).await?;
        all.extend(entries.iter().map(|entry| entry.row.account_seq));
        page = match on {
            None => return Ok(all),
            Some(seq) if oldest => Page::After(seq),
            Some(seq) => Page::Before(seq),
        };
    }
}

async fn facts(store: &EventStore, account: AccountId) -> Result<Vec<Fact>> {
    let log: Vec<Recorded> = store.read(account, 0, 100_000).await?;
    let mut facts = log.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
    Owners::learned().learn(&mut facts);
    Ok(facts)
}

both! {
    /// Rules: S6.
    async fn whatever_is_asked_the_pages_are_the_log_both_ways(db) {
        let store = db.store().await?;
        let mut generator = Generator::new(seed("audit"), 1, 6);
        let projector = Projector::install(store.clone(), all()).await?;
        written(&store, &mut generator, 700).await?;
        projector.catch_up().await?;
        let account = generator.accounts()[0];
        let facts = facts(&store, account).await?;
        let user = generator.people(account)[0].0;
        let (first, middle) = (facts[facts.len() / 4].at, &facts[facts.len() / 2]);
        let some_device = facts.iter().find_map(device).context("a device")?;
        let none = Filter::default;
        let named = |name: &str| Some(name.to_owned());
        let spans = vec![
            Span { user, from: 1, until: Some(middle.seq) },
            Span { user: generator.people(account)[1].0, from: 3, until: None },
        ];
        let filters = [
            none(),
            Filter { event_type: named("SessionStarted"), ..none() },
            Filter { actor: middle.meta.actor.as_deref().map(str::to_owned), ..none() },
            Filter { subject: Some(user), ..none() },
            Filter { subject: Some(user), event_type: named("SessionStarted"), ..none() },
            Filter { device: Some(some_device), ..none() },
            Filter { device: Some(some_device), event_type: named("SessionActive"), ..none() },
            Filter { cause: named("wrong"), ..none() },
            Filter { cause: named("wrong"), subject: Some(user), ..none() },
            Filter { stream: Some("account"), ..none() },
            Filter { stream: Some("reading"), from: Some(first), ..none() },
            Filter { from: Some(first), to: Some(middle.at), ..none() },
            Filter { up_to: Some(middle.seq), event_type: named("SignInStarted"), ..none() },
            Filter { people: Some(spans.clone()), ..none() },
            Filter { people: Some(spans), event_type: named("SignInStarted"), ..none() },
            Filter { people: Some(vec![]), ..none() },
        ];
        for filter in filters {
            let expected = naive(&facts, &filter);
            ensure!(pages(&store, account, &filter, true).await? == expected, "{filter:?}");
            let backwards: Vec<u64> = expected.iter().rev().copied().collect();
            ensure!(pages(&store, account, &filter, false).await? == backwards, "{filter:?}, backwards");
        }
        Ok(())
    }
}

/// The positions of a page.
fn positions(page: &Value) -> Vec<u64> {
    page["items"].as_array().into_iter().flatten().filter_map(|event| event["position"].as_u64()).collect()
}

stories! {
    /// Rules: S6.
    async fn one_reads_forth_and_back_and_gets_the_log(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        owner.welcome_enrolled(&town, Role::Agent).await?;
        let mut path = "/v1/events?limit=5&at_event=30&min_position=30".to_owned();
        let mut there = vec![];
        let last = loop {
            let page = visit.grant(&owner, "GET", &path, Value::Null).await?;
            there.push(positions(&page));
            let Some(next) = page["next"].as_str() else { break page };
            path = format!("/v1/events?limit=5&at_event=30&min_position=30&cursor={next}");
        };
        ensure!(there.concat() == (1..=30).rev().collect::<Vec<u64>>(), "{there:?}");
        let (mut page, mut back) = (last, vec![]);
        while let Some(previous) = page["previous"].as_str() {
            let path = format!("/v1/events?limit=5&at_event=30&min_position=30&cursor={previous}");
            page = visit.grant(&owner, "GET", &path, Value::Null).await?;
            back.push(positions(&page));
        }
        there.pop();
        ensure!(back == there.into_iter().rev().collect::<Vec<_>>(), "{back:?}");
        let oldest = visit.grant(&owner, "GET", "/v1/events?limit=3&order=oldest", Value::Null).await?;
        ensure!(positions(&oldest) == [1, 2, 3], "{oldest}");
        for wrong in ["actor=ada@example.org", "type=Nothing", "stream=rivers", "cause=Ada%20Lovelace"] {
            code(&visit.ask(&owner, "GET", &format!("/v1/events?{wrong}"), Value::Null).await?, "422 invalid_fields")?;
        }
        Ok(())
    }

    /// Rules: S6.
    async fn people_are_found_by_the_name_that_they_bore_then(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let path = format!("/v1/users/{}", agent.user);
        for name in ["Zenobia Quick", "Wilhelmina Slow"] {
            visit.grant(&owner, "PATCH", &path, json!({ "name": name })).await?;
        }
        visit.grant(&agent, "PATCH", "/v1/users/me", json!({ "language": "es" })).await?;
        let last = town.log().await?.len();
        let found = async |q: &str| {
            let path = format!("/v1/events?annex=names&limit=200&min_position={last}&q={q}");
            visit.grant(&owner, "GET", &path, Value::Null).await
        };
        let quick = found("zenobia").await?;
        let names: BTreeSet<&str> = quick["items"].as_array().into_iter().flatten().filter_map(|e| e["subject_name"].as_str()).collect();
        ensure!(names == BTreeSet::from(["Zenobia Quick"]), "{quick}");
        let slow = found("SLOW").await?;
        let types: Vec<&str> = slow["items"].as_array().into_iter().flatten().filter_map(|e| e["type"].as_str()).collect();
        ensure!(types == ["LanguageChanged", "UserRenamed"], "{types:?}");
        let both: BTreeSet<u64> = positions(&quick).into_iter().collect();
        ensure!(positions(&slow).iter().all(|n| !both.contains(n)), "an event is of one name only");
        ensure!(positions(&found("nobody-of-this-name").await?).is_empty());
        // The words that were searched for are in the log only as ciphertext.
        town.never_in_log("zenobia");
        Ok(())
    }

    /// Rules: S6.
    async fn an_event_is_told_in_the_readers_language_with_what_it_changed(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let path = format!("/v1/users/{}/role", agent.user);
        visit.grant(&owner, "POST", &path, json!({ "role": "auditor" })).await?;
        let page = visit.grant(&owner, "GET", &format!("/v1/events?limit=1&type=RoleChanged&min_position={}", town.log().await?.len()), Value::Null).await?;
        let event = &page["items"][0];
        ensure!(event["changes"] == json!([{ "what": "role", "before": "agent", "after": "auditor" }]), "{event}");
        ensure!(text(event, "/actor")? == owner.user.to_string() && text(event, "/subject")? == agent.user.to_string());
        ensure!(event["session"].is_string() && event["text"] == "Role changed", "{event}");
        // Where people came from is opened for whoever may see their devices.
        let started = visit.grant(&owner, "GET", &format!("/v1/events?limit=1&type=SignInStarted&subject={}", owner.user), Value::Null).await?;
        ensure!(started["items"][0]["data"]["origin"].is_object(), "{started}");
        Ok(())
    }

    /// Rules: S6.
    async fn from_a_day_to_the_same_day_is_what_happened_on_it(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let (today, yesterday) = (town.now(), town.now() - twofold_domain::time::Span::days(1));
        let day = |at: twofold_domain::time::Timestamp| at.to_string()[..10].to_owned();
        let on = |day: &str| format!("from={day}&to={day}");
        for (at, some) in [(today, true), (yesterday, false)] {
            let on = on(&day(at));
            let page = visit.grant(&owner, "GET", &format!("/v1/events?{on}"), Value::Null).await?;
            ensure!(page["items"].as_array().is_some_and(|all| all.is_empty() != some), "{on}: {page}");
            let file = visit.text(&owner, &format!("/v1/events/export?format=jsonl&{on}")).await?;
            ensure!(file.is_empty() != some, "{on}: {file}");
        }
        let path = format!("/v1/accounts/{}/policy/what-if", town.slug());
        let asked = json!({ "team": { "trust_days": 0 }, "from": day(today), "to": day(today) });
        let found = visit.grant(&owner, "POST", &path, asked).await?;
        ensure!(found["sign_ins"].as_u64().is_some_and(|n| n > 0), "{found}");
        ensure!(found["from"] == format!("{}T00:00:00.000000Z", day(today)), "{found}");
        Ok(())
    }

    /// Rules: S6, S9.
    async fn a_file_is_the_log_and_the_same_bytes_again(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let log = town.log().await?;
        let last = log.len();
        let ask = |format: &str| format!("/v1/events/export?format={format}&at_event={last}");
        let jsonl = visit.text(&owner, &ask("jsonl")).await?;
        ensure!(jsonl == visit.text(&owner, &ask("jsonl")).await?, "not the same bytes");
        let lines: Vec<Value> = jsonl.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        ensure!(lines.len() == last, "{} lines of {last} events", lines.len());
        for (line, event) in lines.iter().zip(&log) {
            let payload: Value = serde_json::from_str(&event.payload)?;
            ensure!(line["position"] == event.account_seq && line["data"] == payload[&event.event_type], "{line}");
            ensure!(line["at"] == event.recorded_at.to_string() && line["type"] == event.event_type, "{line}");
        }
        let csv = visit.text(&owner, &ask("csv")).await?;
        ensure!(csv == visit.text(&owner, &ask("csv")).await?, "not the same bytes");
        let mut rows = csv::Reader::from_reader(csv.as_bytes());
        let rows: Vec<csv::StringRecord> = rows.records().collect::<Result<_, _>>()?;
        ensure!(rows.len() == last && rows.iter().all(|row| row.len() == 17), "{} rows", rows.len());
        let ocsf = visit.text(&owner, &ask("ocsf")).await?;
        let records: Vec<Value> = ocsf.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        ensure!(records.len() == last && records.iter().all(|r| r["metadata"]["version"] == "1.8.0"));
        // It takes a second factor shown lately, and is recorded each time.
        town.wait(twofold_domain::time::Span::minutes(11));
        code(&visit.ask(&owner, "GET", &ask("csv"), Value::Null).await?, "401 insufficient_user_authentication")?;
        code(&visit.ask(&agent, "GET", &ask("csv"), Value::Null).await?, "403 forbidden")?;
        let exported = town.log().await?.iter().filter(|event| event.event_type == "DataExported").count();
        ensure!(exported == 5, "{exported} exports are on record");
        Ok(())
    }
}
