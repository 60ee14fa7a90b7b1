//! The log as it goes on, for as long as whoever reads it may, on whichever server: bounded in what waits for a slow
//! reader, and asked again before anything more is told.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode};
use futures::StreamExt as _;
use serde_json::{Value, json};
use tokio::time::timeout;
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::doors::Doors;
use twofold_tests::person::Person;
use twofold_tests::stories;

use super::super::visit::{Visit, code, text};

/// However busy the machine is.
const LONG: Duration = Duration::from_mins(2);
/// Events that may be under way to a reader who takes nothing: the batch that is told, the one that waits behind it,
/// and the one that was being made.
const UNDER_WAY: usize = 3 * 50;

/// A stream, read no faster than it is asked for.
struct Stream {
    pieces: BodyDataStream,
    text: String,
    /// The problem that it ended with, once it did.
    end: Value,
}

impl Stream {
    /// Opens it with a token, and waits until it says that it is there.
    async fn open(doors: &Doors, token: &str, query: &str, last: Option<u64>) -> Result<Self> {
        let request = Request::get(format!("/v1/events/stream{query}"))
            .header("authorization", format!("Bearer {token}"));
        let request = match last {
            Some(last) => request.header("last-event-id", last.to_string()),
            None => request,
        };
        let response = doors.respond(request.body(Body::empty())?).await?;
        ensure!(response.status() == StatusCode::OK, "{}", response.status());
        let mut stream =
            Self { pieces: response.into_body().into_data_stream(), text: String::new(), end: Value::Null };
        stream.piece().await?;
        ensure!(stream.text.starts_with(": following"), "{}", stream.text);
        Ok(stream)
    }

    /// One more piece; false once it is over.
    async fn piece(&mut self) -> Result<bool> {
        match timeout(LONG, self.pieces.next()).await.context("nothing came")? {
            Some(piece) => self.text.push_str(std::str::from_utf8(&piece?)?),
            None => return Ok(false),
        }
        Ok(true)
    }

    /// The next event: its number and its name; nothing once the stream is over.
    async fn next(&mut self) -> Result<Option<(u64, String)>> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let line =
                    |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                let (id, name) = (line("id: "), line("event: "));
                if name.as_deref() == Some("end") {
                    ensure!(id.is_none(), "an end is no event of the log: {block}");
                    self.end = serde_json::from_str(&line("data: ").context("a reason")?)?;
                }
                self.text = self.text.split_off(self.text.len() - rest.len());
                if let (Some(id), Some(name)) = (id, name) {
                    return Ok(Some((id.parse()?, name)));
                }
            }
            if !self.piece().await? {
                return Ok(None);
            }
        }
    }

    /// The numbers of events up to one of this name.
    async fn until(&mut self, name: &str) -> Result<Vec<u64>> {
        let mut ids = vec![];
        while let Some((id, told)) = self.next().await? {
            ids.push(id);
            if told == name {
                return Ok(ids);
            }
        }
        anyhow::bail!("over before {name}: {}", self.end)
    }

    /// The numbers of whatever comes until it is over, with a problem of this code.
    async fn rest(mut self, code: &str) -> Result<Vec<u64>> {
        let mut ids = vec![];
        while let Some((id, _)) = self.next().await? {
            ids.push(id);
        }
        ensure!(self.end["code"] == code, "ended with {}, not {code}", self.end);
        Ok(ids)
    }
}

/// What lets somebody read, and what takes it away from them.
#[derive(Debug, Clone, Copy)]
enum Ended {
    TokenOfPerson,
    TokenOfProgram,
    Program,
    Role,
    Deactivated,
    Session,
}

/// A token that reads the log, and the request that ends what is behind it.
async fn let_in(
    visit: &Visit<'_>,
    owner: &Person,
    auditor: &Person,
    how: Ended,
) -> Result<(String, &'static str, String, Value)> {
    let session = || auditor.session().map(str::to_owned);
    Ok(match how {
        Ended::TokenOfPerson => {
            let body = json!({ "name": "tail", "scopes": ["read_audit"] });
            let issued = visit.grant(auditor, "POST", "/v1/api-tokens", body).await?;
            let path = format!("/v1/api-tokens/{}", text(&issued, "/id")?);
            (text(&issued, "/token")?, "DELETE", path, Value::Null)
        }
        Ended::TokenOfProgram | Ended::Program => {
            let client =
                visit.grant(owner, "POST", "/v1/clients", json!({ "name": format!("{how:?}") })).await?;
            let path = format!("/v1/clients/{}", text(&client, "/client")?);
            let body = json!({ "scopes": ["read_audit"] });
            let issued = visit.grant(owner, "POST", &format!("{path}/tokens"), body).await?;
            let path = match how {
                Ended::Program => path,
                _ => format!("{path}/tokens/{}", text(&issued, "/id")?),
            };
            (text(&issued, "/token")?, "DELETE", path, Value::Null)
        }
        Ended::Role => {
            (session()?, "POST", format!("/v1/users/{}/role", auditor.user), json!({ "role": "agent" }))
        }
        Ended::Deactivated => {
            (session()?, "POST", format!("/v1/users/{}/deactivate", auditor.user), json!({}))
        }
        Ended::Session => {
            let path = format!("/v1/users/{}/sessions/end", auditor.user);
            (session()?, "POST", path, json!({ "which": "all" }))
        }
    })
}

/// Somebody's name changes so many times, to names that they never bore.
async fn rename(visit: &Visit<'_>, owner: &Person, to: &str, times: usize) -> Result<()> {
    let path = format!("/v1/users/{}", owner.user);
    for n in 0..times {
        visit.grant(owner, "PATCH", &path, json!({ "name": format!("{to} {n}") })).await?;
    }
    Ok(())
}

stories! {
    /// Rules: S6, A1, H4.
    async fn a_stream_ends_on_every_server_with_whatever_let_its_reader_in(town) {
        let visit = Visit::open(&town).await?;
        let elsewhere = Doors::open_at(&town, town.there()).await?;
        let owner = town.owner().await?;
        for how in [
            Ended::TokenOfPerson, Ended::TokenOfProgram, Ended::Program, Ended::Role, Ended::Deactivated, Ended::Session,
        ] {
            let auditor = owner.welcome_enrolled(&town, Role::Auditor).await?;
            let (token, method, path, body) = let_in(&visit, &owner, &auditor, how).await?;
            town.never_in_log(&token);
            let mut here = Stream::open(&visit, &token, "", None).await?;
            let mut there = Stream::open(&elsewhere, &token, "", None).await?;
            // One that a filter leaves nothing to tell is over no later than it says that it is alive.
            let silent = Stream::open(&elsewhere, &token, "?type=AccountOpened", None).await?;
            rename(&visit, &owner, &format!("{how:?}"), 1).await?;
            here.until("UserRenamed").await.with_context(|| format!("{how:?}"))?;
            there.until("UserRenamed").await.with_context(|| format!("{how:?}, elsewhere"))?;
            let last = town.here().store().counter(town.account).await?.context("a counter")?.last_seq;
            let by = if matches!(how, Ended::TokenOfPerson | Ended::Session) { &auditor } else { &owner };
            visit.grant(by, method, &path, body).await?;
            for stream in [here, there, silent] {
                let code = match how {
                    Ended::Role | Ended::Deactivated => "session_ended",
                    Ended::TokenOfPerson | Ended::TokenOfProgram | Ended::Program | Ended::Session => {
                        "unauthenticated"
                    }
                };
                let told = stream.rest(code).await.with_context(|| format!("{how:?}"))?;
                // Not even the event that ended it.
                ensure!(told.iter().all(|id| *id <= last), "{how:?}: {told:?} behind {last}");
            }
        }
        Ok(())
    }

    /// Rules: S6, P8.
    async fn a_stream_ends_with_a_session_that_is_over_by_time_alone(town) {
        let visit = Visit::open(&town).await?;
        let elsewhere = Doors::open_at(&town, town.there()).await?;
        let owner = town.owner().await?;
        let mut auditor = owner.welcome_enrolled(&town, Role::Auditor).await?;
        let token = auditor.session()?.to_owned();
        let streams =
            [Stream::open(&visit, &token, "", None).await?, Stream::open(&elsewhere, &token, "", None).await?];
        // Following is nobody's activity: it keeps no session alive.
        town.wait(Span::hours(9));
        for stream in streams {
            ensure!(stream.rest("session_ended").await?.is_empty());
        }
        // And at the next event, before anything of it is told.
        visit.sign_in(&mut auditor).await?;
        let token = auditor.session()?.to_owned();
        let streams =
            [Stream::open(&visit, &token, "", None).await?, Stream::open(&elsewhere, &token, "", None).await?];
        town.wait(Span::hours(9));
        visit.sign_in(&mut auditor).await?;
        for stream in streams {
            ensure!(stream.rest("session_ended").await?.is_empty());
        }
        Ok(())
    }

    /// Rules: S6.
    async fn a_reader_whom_a_filter_leaves_nothing_is_asked_and_told_so_every_fifteen_seconds(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let auditor = owner.welcome_enrolled(&town, Role::Auditor).await?;
        let mut silent = Stream::open(&visit, auditor.session()?, "?type=AccountOpened", None).await?;
        for round in 0..3 {
            // Others are busy; of that the filter leaves nothing.
            town.wait(Span::seconds(15));
            rename(&visit, &owner, &format!("Ada {round}"), 1).await?;
            silent.text.clear();
            ensure!(silent.piece().await? && silent.text.starts_with(": nothing new\nid: "), "{}", silent.text);
        }
        town.wait(Span::hours(9));
        ensure!(silent.rest("session_ended").await?.is_empty());
        Ok(())
    }

    /// Rules: S6.
    async fn a_slow_reader_catches_up_and_little_waits_for_them(town) {
        let visit = Visit::open(&town).await?;
        let elsewhere = Doors::open_at(&town, town.there()).await?;
        let owner = town.owner().await?;
        let auditor = owner.welcome_enrolled(&town, Role::Auditor).await?;
        let token = auditor.session()?.to_owned();
        let mut slow = Stream::open(&visit, &token, "?after=0", None).await?;
        let mut slower = Stream::open(&elsewhere, &token, "?after=0", None).await?;
        rename(&visit, &owner, "Ada", 300).await?;
        // It reads half, goes away, and goes on behind it at the other server.
        let mut ids = vec![];
        for _ in 0..200 {
            ids.push(slow.next().await?.context("an event")?.0);
        }
        drop(slow);
        let mut slow = Stream::open(&elsewhere, &token, "", ids.last().copied()).await?;
        let last = town.here().store().counter(town.account).await?.context("a counter")?.last_seq;
        while ids.last().is_some_and(|id| *id < last) {
            ids.push(slow.next().await?.context("an event")?.0);
        }
        ensure!(ids == (1..=last).collect::<Vec<u64>>(), "{ids:?}");
        // What waits for a reader is a few batches: of what happened, whoever may not read any more gets no more.
        let first = slower.next().await?.context("an event")?.0;
        let path = format!("/v1/users/{}/role", auditor.user);
        visit.grant(&owner, "POST", &path, json!({ "role": "agent" })).await?;
        let told = slower.rest("session_ended").await?;
        ensure!(told.len() <= UNDER_WAY, "{} events were told", told.len());
        ensure!(first == 1 && told == (2..2 + told.len() as u64).collect::<Vec<u64>>(), "{told:?}");
        Ok(())
    }

    /// Rules: S6.
    async fn a_stream_begins_behind_an_event_that_there_is(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let session = owner.session()?;
        for doors in [&*visit, &Doors::open_at(&town, town.there()).await?] {
            for (id, wrong) in [
                ("soon", "invalid_value"), ("", "invalid_value"), ("-1", "invalid_value"), ("1.5", "invalid_value"),
                ("99999999999999999999", "invalid_value"), ("1\u{a0}", "invalid_value"), ("1000000", "out_of_range"),
            ] {
                let request = Request::get("/v1/events/stream")
                    .header("authorization", format!("Bearer {session}"))
                    .header("last-event-id", id.as_bytes());
                let refused = doors.ask(request.body(Body::empty())?).await?;
                code(&refused, "422 invalid_fields")?;
                let error = &refused.body["errors"][0];
                ensure!(error["pointer"] == "header/last-event-id" && error["code"] == wrong, "{id:?}: {error}");
            }
        }
        let ahead = visit.ask(&owner, "GET", "/v1/events/stream?after=1000000", Value::Null).await?;
        code(&ahead, "422 invalid_fields")?;
        ensure!(ahead.body["errors"][0]["pointer"] == "query/after", "{}", ahead.body);
        code(&visit.ask(&owner, "GET", "/v1/events/stream?after=soon", Value::Null).await?, "422 invalid_fields")?;
        // Nothing is recorded of what was not shown.
        ensure!(town.count("DataRead").await? == 0);
        Ok(())
    }
}
