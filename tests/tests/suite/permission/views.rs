//! Every view says which event it is as of: every operation that reads is asked as an owner would, as the table of
//! routes has it, now, once more by what the answer says of itself, and about what is not yet.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicUsize;

use anyhow::{Context as _, Result, ensure};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use twofold_api::routes::{self, Guard, Sight, guarded};
use twofold_domain::policy::Role;
use twofold_tests::doors::Doors;
use twofold_tests::stories;
use twofold_tests::world::{Land, Standing};

use super::World;
use super::calls::calls;
use super::cells::{About, Caller, Governed, cells};
use super::reads::recorded;

/// The same request with more in its query.
fn with(request: &Request<Body>, more: &str) -> Result<Request<Body>> {
    let path = request.uri().to_string();
    let path = format!("{path}{}{more}", if path.contains('?') { '&' } else { '?' });
    let token = request.headers().get("authorization").context("whose request it is")?.clone();
    Ok(Request::get(path).header("authorization", token).body(Body::empty())?)
}

/// Takes fields of these names out of an answer, wherever they are.
fn without(body: &mut Value, fields: &[&str]) {
    match body {
        Value::Object(map) => {
            map.retain(|name, _| !fields.contains(&name.as_str()));
            map.values_mut().for_each(|value| without(value, fields));
        }
        Value::Array(all) => all.iter_mut().for_each(|value| without(value, fields)),
        _ => {}
    }
}

/// Whether an answer has a field of one of these names anywhere.
fn names_any(body: &Value, fields: &[&str]) -> bool {
    let mut rest = body.clone();
    without(&mut rest, fields);
    rest != *body
}

stories! {
    /// Rules: S3, S9.
    async fn every_view_says_which_event_it_is_as_of(town) {
        let operations: Vec<_> = guarded().into_iter().filter(|o| o.sight.is_some()).collect();
        let names: BTreeSet<&str> = operations.iter().map(|o| o.operation.as_str()).collect();
        for named in Sight::named() {
            ensure!(names.contains(named), "{named} is excused and not there");
        }
        let calls = calls();
        let mut world = World {
            doors: Doors::open(&town).await?,
            document: serde_json::to_value(routes::described().into_openapi())?,
            home: Land::found(&town).await?,
            elsewhere: Land::found(&town.neighbour()).await?,
            callers: BTreeMap::new(),
            tokens: BTreeMap::new(),
            governed: Governed::ByOwners,
            number: AtomicUsize::new(0),
        };
        world.home.settle().await?;
        let reader = world.home.somebody(Role::Owner, Standing::Fresh).await?;
        world.callers.insert((Role::Owner, Standing::Fresh), reader);
        let callers = [Caller::Person(Role::Owner, Standing::Fresh)];
        let (mut asked, mut again) = (BTreeSet::new(), 0);
        for cell in cells(&operations, &calls, &callers, world.governed)? {
            let others = matches!(cell.about, About::Colleague(role) if role == Role::Agent);
            if !others && !matches!(cell.about, About::Nothing | About::OwnAccount | About::Oneself) {
                continue;
            }
            let (sight, told) = (cell.operation.sight.context("a sight")?, cell.told());
            asked.insert(cell.operation.operation.clone());
            if matches!(sight, Sight::Own(_)) {
                continue;
            }
            let request = world.request(&cell, None)?;
            for more in ["as_of=2099-01-01T00:00:00Z", "at_event=999999", "as_of=soon", "as_of=2026-01-01&as_of=2026-01-01"] {
                let refused = world.doors.ask(with(&request, more)?).await?;
                let expected = match (sight, more) {
                    (Sight::Now(_), "at_event=999999") => "query/at_event now_only",
                    (Sight::Now(_), _) => "query/as_of now_only",
                    (_, "as_of=2099-01-01T00:00:00Z") => "query/as_of in_the_future",
                    (_, "at_event=999999") => "query/at_event no_such_event",
                    (_, "as_of=soon") => "query/as_of invalid_value",
                    (..) => "query/as_of duplicate_field",
                };
                let error = &refused.body["errors"][0];
                let word = |name: &str| error[name].as_str().unwrap_or_default().trim_start_matches("#/").to_owned();
                let came = format!("{} {}", word("pointer"), word("code"));
                ensure!(refused.status == 422 && came == expected, "{told} {more}: {}", refused.body);
            }
            // Who shows a device's token is asked elsewhere.
            if !matches!(cell.operation.guard, Guard::Acts(_)) {
                continue;
            }
            let (path, token) = (request.uri().clone(), request.headers().clone());
            let answer = world.doors.ask(request).await?;
            if answer.status == 404 {
                continue;
            }
            ensure!(answer.status == 200, "{told}: {}", answer.gist());
            let said = &answer.body["as_of"];
            let (event, at) = (said["event"].as_u64(), said["at"].as_str());
            let (event, at) = event.zip(at).with_context(|| format!("{told}: {}", answer.body))?;
            let header = |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok());
            ensure!(header("twofold-position") == Some(event.to_string().as_str()), "{told}");
            ensure!(header("twofold-as-of") == Some(at), "{told}");
            if !sight.is_of_the_past() {
                continue;
            }
            // Others go on meanwhile: what was read is on record, and somebody new comes.
            if again % 8 == 0 {
                world.home.somebody(Role::EndUser, Standing::Password).await?;
            }
            let request = Request::get(path).header("authorization", token["authorization"].clone());
            let request = request.body(Body::empty())?;
            let once_more = with(&request, &format!("at_event={event}&as_of={at}"))?;
            let mut once_more = world.doors.ask(once_more).await?;
            let mut answer = answer;
            if let Sight::But(beside) = sight {
                ensure!(!names_any(&once_more.body, beside.fields), "{told} of the past: {}", once_more.body);
                without(&mut answer.body, beside.fields);
                without(&mut once_more.body, beside.fields);
            }
            ensure!(once_more.body == answer.body, "{told}: {}\n{}", answer.body, once_more.body);
            again += 1;
        }
        let asked: BTreeSet<&str> = asked.iter().map(String::as_str).collect();
        ensure!(asked == names, "not asked: {:?}", names.difference(&asked).collect::<Vec<_>>());
        ensure!(again >= 20, "only {again} views were asked for once more");
        Ok(())
    }

    /// Rules: S3, S9.
    async fn the_document_says_as_of_when_each_operation_reads(town) {
        let _ = town;
        let document = serde_json::to_value(routes::described().into_openapi())?;
        for operation in guarded() {
            let Some(sight) = operation.sight else { continue };
            let said = &document["paths"][&operation.path]["get"];
            let expected = match sight {
                Sight::Past => json!({ "takes": ["as_of", "at_event"] }),
                Sight::But(beside) => json!({
                    "takes": ["as_of", "at_event"], "present_only": beside.fields, "because": beside.why,
                }),
                Sight::Now(why) => json!({ "now_only": why }),
                Sight::Own(why) => json!({ "own": why }),
            };
            ensure!(said["x-twofold-as-of"] == expected, "{}: {}", operation.operation, said);
            let parameters = said["parameters"].as_array().cloned().unwrap_or_default();
            let takes = |name: &str| parameters.iter().any(|p| p["name"] == name && p["in"] == "query");
            if sight.is_of_the_past() {
                ensure!(takes("as_of") && takes("at_event"), "{}", operation.operation);
            }
            let headers = &said["responses"]["200"]["headers"];
            let states = headers["Twofold-As-Of"] != Value::Null && headers["Twofold-Position"] != Value::Null;
            ensure!(states || matches!(sight, Sight::Own(_)), "{}", operation.operation);
        }
        Ok(())
    }

    /// Rules: S3, S10.
    async fn who_is_shown_the_past_is_on_record_with_the_instant(town) {
        let mut land = Land::found(&town).await?;
        land.settle().await?;
        let doors = Doors::open(&town).await?;
        let reader = land.somebody(Role::Owner, Standing::Fresh).await?;
        let agent = land.subjects[&Role::Agent].user;
        let head = town.here().store().counter(town.account).await?.context("a counter")?;
        let at = head.last_at;
        for path in ["users".to_owned(), format!("users/{agent}"), format!("users/{agent}/devices"), "approvals".to_owned()] {
            for (query, expected) in [(String::new(), None), (format!("?as_of={at}"), Some(at))] {
                let before = town.here().store().counter(town.account).await?.context("a counter")?.last_seq;
                let request = Request::get(format!("/v1/{path}{query}"));
                let request = request.header("authorization", format!("Bearer {}", reader.token));
                let answer = doors.ask(request.body(Body::empty())?).await?;
                ensure!(answer.status == 200, "{path}: {}", answer.gist());
                let found = recorded(&town, before).await?;
                ensure!(found.len() == 1, "{path}{query}: {found:?}");
                let question = found[0].question().context("a question")?;
                ensure!(question.as_of == expected, "{path}{query}: {question:?}");
            }
        }
        Ok(())
    }
}
