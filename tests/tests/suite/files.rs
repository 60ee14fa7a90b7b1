//! Reports that are prepared in the background: the same bytes as asked for directly, written once whoever is
//! killed, and taken by nobody but whoever ordered them.

mod midway;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use futures::StreamExt as _;
use serde_json::{Value, json};
use tokio::sync::Notify;
use twofold_api::report::Forms;
use twofold_domain::ids::ReportJobId;
use twofold_domain::policy::Role;
use twofold_domain::reading::{FILE_LASTS, MOST_ATTEMPTS};
use twofold_domain::time::Span;
use twofold_infra::acts::{Deactivate, ErasePerson};
use twofold_infra::desk::Desk;
use twofold_projections::projector::Projector;
use twofold_projections::report_files;
use twofold_projections::report_writer::{LEASE, Pieces, ReportWriter, Task, WriteReports};
use twofold_tests::person::Person;
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::visit::{Visit, code, text};

const PATIENCE: Duration = Duration::from_mins(1);

/// A writer of files on one of the servers.
async fn writer(desk: &Desk, forms: Arc<dyn WriteReports>) -> Result<ReportWriter> {
    let projector = Projector::install(desk.store().clone(), twofold_projections::all()).await?;
    Ok(ReportWriter::new(desk.clone(), projector, forms))
}

async fn honest(desk: &Desk) -> Result<ReportWriter> {
    writer(desk, Arc::new(Forms(desk.clone()))).await
}

/// The read models know everything that happened.
async fn known(town: &Town, visit: &Visit<'_>) -> Result<()> {
    let last = town.here().store().counter(town.account).await?.map_or(0, |counter| counter.last_seq);
    let there = visit.projector.wait_for(report_files::NAME, town.account, last, PATIENCE).await?;
    ensure!(there, "the read models lag behind");
    Ok(())
}

/// Writes whatever was ordered.
async fn write(town: &Town, visit: &Visit<'_>) -> Result<()> {
    known(town, visit).await?;
    let broken = honest(town.there()).await?.round(|_| true).await?;
    ensure!(broken.is_empty(), "not written: {broken:?}");
    known(town, visit).await
}

/// A file that somebody ordered, and the way to it.
async fn ordered(visit: &Visit<'_>, who: &Person, body: Value) -> Result<(Value, String)> {
    let job = visit.grant(who, "POST", "/v1/report-jobs", body).await?;
    let path = format!("/v1/report-jobs/{}", text(&job, "/id")?);
    Ok((job, path))
}

/// How a file stands; `running` while somebody writes it.
async fn state(visit: &Visit<'_>, who: &Person, path: &str) -> Result<String> {
    let shown = visit.grant(who, "GET", path, Value::Null).await?;
    if shown["progress"]["running"] == true { Ok("running".to_owned()) } else { text(&shown, "/state") }
}

async fn take(visit: &Visit<'_>, who: &Person, path: &str) -> Result<(StatusCode, HeaderMap, Bytes)> {
    let request = Request::get(path).header("authorization", format!("Bearer {}", who.session()?));
    visit.take(request.body(Body::empty())?).await
}

async fn taken(visit: &Visit<'_>, who: &Person, path: &str) -> Result<Bytes> {
    let (status, _, bytes) = take(visit, who, path).await?;
    ensure!(status == StatusCode::OK, "{path}: {status} {bytes:?}");
    Ok(bytes)
}

/// The report as it is answered directly, as of when the file was ordered.
async fn directly(
    town: &Town,
    visit: &Visit<'_>,
    who: &Person,
    (form, population): (&str, &str),
    job: &Value,
) -> Result<Bytes> {
    // A question about the instant of the order is one about the past.
    town.wait(Span::seconds(1));
    let path = format!(
        "/v1/reports/mfa-status?format={form}&population={population}&as_of={}&at_event={}",
        text(job, "/as_of")?,
        job["at_event"]
    );
    taken(visit, who, &path).await
}

fn team(form: &str) -> Value {
    json!({ "report": "mfa-status", "format": form, "parameters": { "population": "team" } })
}

/// Writes what is no report, and more than one piece of it, and then never ends.
struct Stuck(Arc<Notify>);

impl WriteReports for Stuck {
    fn write(&self, _: Task) -> Pieces {
        let stuck = Arc::clone(&self.0);
        let never = futures::stream::once(async move {
            stuck.notify_one();
            std::future::pending().await
        });
        futures::stream::iter([Ok(vec![b'x'; 200_000])]).chain(never).boxed()
    }
}

/// Writes everything, and lets others do something before it says so.
struct Slow {
    reached: Arc<Notify>,
    go_on: Arc<Notify>,
    forms: Forms,
}

impl WriteReports for Slow {
    fn write(&self, task: Task) -> Pieces {
        let (reached, go_on) = (Arc::clone(&self.reached), Arc::clone(&self.go_on));
        let last = futures::stream::once(async move {
            reached.notify_one();
            go_on.notified().await;
            Ok(vec![])
        });
        self.forms.write(task).chain(last).boxed()
    }
}

/// Breaks off each time.
struct Broken;

impl WriteReports for Broken {
    fn write(&self, _: Task) -> Pieces {
        let error = twofold_infra::acts::ActError::Bug("it breaks off".to_owned());
        futures::stream::iter([Ok(vec![b'x'; 100]), Err(error)]).boxed()
    }
}

async fn pieces(town: &Town, job: &Value) -> Result<u64> {
    let job: ReportJobId = text(job, "/id")?.parse()?;
    Ok(town.here().store().report_pieces(job).await?)
}

stories! {
    /// Rules: S2.
    async fn a_file_has_the_bytes_of_the_report_as_of_its_order(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let mut forms = vec![];
        for form in ["json", "csv", "xlsx"] {
            forms.push((form, ordered(&visit, &owner, team(form)).await?));
        }
        for (_, (_, path)) in &forms {
            ensure!(state(&visit, &owner, path).await? == "queued");
            code(&visit.ask(&owner, "GET", &format!("{path}/file"), Value::Null).await?, "409 not_ready")?;
        }
        // What happens meanwhile is not in it.
        owner.welcome_enrolled(&town, Role::Agent).await?;
        town.letters(owner.user).await?;
        write(&town, &visit).await?;
        for (form, (job, path)) in &forms {
            let shown = visit.grant(&owner, "GET", path, Value::Null).await?;
            ensure!(shown["state"] == "ready" && shown["rows"] == 1 && shown.get("progress").is_none(), "{shown}");
            let (status, headers, file) = take(&visit, &owner, &format!("{path}/file")).await?;
            ensure!(status == StatusCode::OK && file == directly(&town, &visit, &owner, (form, "team"), job).await?, "{form}");
            ensure!(shown["bytes"] == file.len() && headers["content-length"] == file.len().to_string());
            let name = headers["content-disposition"].to_str()?;
            ensure!(name.contains(&format!("mfa-status-event-{}.{form}", job["at_event"])), "{name}");
        }
        // It is told by mail, with a link that is no secret; each use is on record.
        let letters = town.letters(owner.user).await?;
        let told = letters.iter().filter(|letter| letter.body.contains("/files/rpj_")).count();
        ensure!(told == 3, "{told} letters");
        let exports = town.log().await?.into_iter().filter(|event| event.event_type == "DataExported");
        let of_files = exports.filter(|event| event.payload.contains("report_job")).count();
        ensure!(of_files == 3, "{of_files} uses on record");
        Ok(())
    }

    /// Rules: S2.
    async fn a_file_is_for_whoever_ordered_it_and_for_as_long_as_they_may(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let auditor = owner.welcome_enrolled(&town, Role::Auditor).await?;
        code(&visit.ask(&agent, "POST", "/v1/report-jobs", team("csv")).await?, "403 forbidden")?;
        let (job, path) = ordered(&visit, &auditor, team("csv")).await?;
        write(&town, &visit).await?;
        ensure!(state(&visit, &auditor, &path).await? == "ready" && pieces(&town, &job).await? == 1);
        let file = format!("{path}/file");
        taken(&visit, &auditor, &file).await?;
        // An owner sees that it is there, and gets it no more than anybody else.
        let all = visit.grant(&owner, "GET", "/v1/report-jobs?whose=everyone", Value::Null).await?;
        ensure!(all["items"][0]["ordered_by"] == auditor.user.to_string(), "{all}");
        let own = visit.grant(&owner, "GET", "/v1/report-jobs", Value::Null).await?;
        ensure!(own["items"] == json!([]), "{own}");
        for (method, path) in [("GET", &path), ("GET", &file), ("DELETE", &path)] {
            code(&visit.ask(&owner, method, path, Value::Null).await?, "404 not_found")?;
        }
        code(&visit.ask(&auditor, "GET", "/v1/report-jobs?whose=everyone", Value::Null).await?, "403 forbidden")?;
        // It takes a second factor shown lately, each time.
        town.wait(Span::minutes(11));
        let late = visit.ask(&auditor, "GET", &file, Value::Null).await?;
        code(&late, "401 insufficient_user_authentication")?;
        // Whoever may not have it any more has none, and nothing of it is left.
        let mut owner = owner;
        visit.freshen(&mut owner).await?;
        let act = Deactivate {
            credential: owner.credential()?,
            user: auditor.user,
            reason: None,
            circle: town.circle(town.here()).await?,
        };
        town.perform(town.here(), act).await?;
        known(&town, &visit).await?;
        honest(town.here()).await?.sweep().await?;
        ensure!(pieces(&town, &job).await? == 0 && town.count("ReportWithdrawn").await? == 1);
        Ok(())
    }

    /// Rules: S2.
    async fn a_file_ends_after_a_week_or_when_it_is_cancelled(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let (unwritten, unwritten_path) = ordered(&visit, &owner, team("json")).await?;
        visit.grant(&owner, "DELETE", &unwritten_path, Value::Null).await?;
        let (cancelled, cancelled_path) = ordered(&visit, &owner, team("csv")).await?;
        let (old, old_path) = ordered(&visit, &owner, team("csv")).await?;
        write(&town, &visit).await?;
        visit.grant(&owner, "DELETE", &cancelled_path, Value::Null).await?;
        for (job, path) in [(&unwritten, &unwritten_path), (&cancelled, &cancelled_path)] {
            ensure!(state(&visit, &owner, path).await? == "cancelled" && pieces(&town, job).await? == 0);
            code(&visit.ask(&owner, "GET", &format!("{path}/file"), Value::Null).await?, "404 not_found")?;
            code(&visit.ask(&owner, "DELETE", path, Value::Null).await?, "404 not_found")?;
        }
        honest(town.here()).await?.sweep().await?;
        ensure!(pieces(&town, &old).await? == 1, "its time is not over");
        town.wait(FILE_LASTS);
        visit.sign_in(&mut owner).await?;
        ensure!(state(&visit, &owner, &old_path).await? == "expired");
        code(&visit.ask(&owner, "GET", &format!("{old_path}/file"), Value::Null).await?, "404 not_found")?;
        honest(town.here()).await?.sweep().await?;
        ensure!(pieces(&town, &old).await? == 0);
        Ok(())
    }

    /// Rules: S2.
    async fn a_file_with_names_ends_with_the_erasure_of_anybody_of_its_account(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let gone = owner.welcome(&town, Role::EndUser).await?;
        let form = |form: &str| json!({ "report": "mfa-status", "format": form, "annex": "names" });
        let (csv, csv_path) = ordered(&visit, &owner, form("csv")).await?;
        let (table, json_path) = ordered(&visit, &owner, form("json")).await?;
        let (plain, plain_path) = ordered(&visit, &owner, team("csv")).await?;
        write(&town, &visit).await?;
        for path in [&csv_path, &json_path] {
            let file = taken(&visit, &owner, &format!("{path}/file")).await?;
            ensure!(String::from_utf8_lossy(&file).contains(&gone.email), "{path}: their address is in it");
        }
        // One more is being written when they are erased, by another server.
        let (begun, begun_path) = ordered(&visit, &owner, form("csv")).await?;
        known(&town, &visit).await?;
        let (reached, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let slow = Slow { reached: Arc::clone(&reached), go_on: Arc::clone(&go_on), forms: Forms(town.there().clone()) };
        let slow = writer(town.there(), Arc::new(slow)).await?;
        let writing = tokio::spawn(async move { slow.round(|_| true).await });
        reached.notified().await;
        town.letters(owner.user).await?;
        let (credential, circle) = (owner.credential()?, town.circle(town.here()).await?);
        let erase = ErasePerson { credential, user: gone.user, devices: vec![], reason: None, circle };
        town.perform(town.here(), erase).await?;
        go_on.notify_one();
        let broken = writing.await??;
        ensure!(broken.is_empty(), "{broken:?}");

        // From the erasure on nobody gets them, whether anything was thrown away yet or not.
        for path in [&csv_path, &json_path, &begun_path] {
            code(&visit.ask(&owner, "GET", &format!("{path}/file"), Value::Null).await?, "404 not_found")?;
        }
        for path in [&csv_path, &json_path] {
            let shown = visit.grant(&owner, "GET", path, Value::Null).await?;
            ensure!(shown["state"] == "withdrawn" && shown["why"] == "name_erased", "{shown}");
        }
        known(&town, &visit).await?;
        honest(town.here()).await?.sweep().await?;
        for job in [&csv, &table, &begun] {
            ensure!(pieces(&town, job).await? == 0, "nothing is left of {job}");
        }
        ensure!(town.count("ReportWithdrawn").await? == 3 && town.count("ReportPrepared").await? == 3);
        let told = town.letters(owner.user).await?;
        let told = told.iter().filter(|letter| letter.body.contains("mfa-status")).count();
        ensure!(told == 1, "whoever still waited for theirs is told: {told}");
        // What says no names stays; what is ordered anew says what may still be said.
        ensure!(pieces(&town, &plain).await? == 1);
        taken(&visit, &owner, &format!("{plain_path}/file")).await?;
        town.wait(Span::seconds(1));
        let (_, anew) = ordered(&visit, &owner, form("csv")).await?;
        write(&town, &visit).await?;
        let file = taken(&visit, &owner, &format!("{anew}/file")).await?;
        ensure!(!String::from_utf8_lossy(&file).contains(&gone.email), "the new one names nobody who is gone");
        Ok(())
    }

    /// Rules: S2.
    async fn of_two_servers_one_writes_each_file(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let mut jobs = vec![];
        for _ in 0..4 {
            jobs.push(ordered(&visit, &owner, team("csv")).await?);
        }
        known(&town, &visit).await?;
        let (here, there) = (honest(town.here()).await?, honest(town.there()).await?);
        let rounds = [&here, &there, &here, &there].map(|writer| writer.round(|_| true));
        for broken in futures::future::join_all(rounds).await {
            ensure!(broken?.is_empty());
        }
        known(&town, &visit).await?;
        ensure!(town.count("ReportPrepared").await? == jobs.len());
        for (job, path) in &jobs {
            let file = taken(&visit, &owner, &format!("{path}/file")).await?;
            ensure!(file == directly(&town, &visit, &owner, ("csv", "team"), job).await? && pieces(&town, job).await? == 1);
        }
        Ok(())
    }

    /// Rules: S2.
    async fn whoever_is_killed_in_the_middle_is_followed_by_another(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let (job, path) = ordered(&visit, &owner, team("csv")).await?;
        known(&town, &visit).await?;
        let reached = Arc::new(Notify::new());
        let stuck = writer(town.here(), Arc::new(Stuck(Arc::clone(&reached)))).await?;
        let killed = tokio::spawn(async move { stuck.round(|_| true).await });
        reached.notified().await;
        // How far it is can be seen, and that it is nobody else's yet.
        let shown = visit.grant(&owner, "GET", &path, Value::Null).await?;
        let progress = &shown["progress"];
        ensure!(shown["state"] == "queued" && progress["running"] == true && progress["of"] == 1, "{shown}");
        ensure!(progress["bytes"].as_u64() > Some(0), "{shown}");
        killed.abort();
        let _ = killed.await;
        let left = pieces(&town, &job).await?;
        ensure!(left > 0 && honest(town.there()).await?.round(|_| true).await?.is_empty());
        known(&town, &visit).await?;
        ensure!(pieces(&town, &job).await? == left && town.count("ReportPrepared").await? == 0, "its lease holds");
        town.wait(LEASE);
        write(&town, &visit).await?;
        let file = taken(&visit, &owner, &format!("{path}/file")).await?;
        ensure!(file == directly(&town, &visit, &owner, ("csv", "team"), &job).await?);
        ensure!(pieces(&town, &job).await? == 1, "what was left behind is gone");
        Ok(())
    }

    /// Rules: S2.
    async fn a_file_that_breaks_off_each_time_is_given_up(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let (job, path) = ordered(&visit, &owner, team("csv")).await?;
        known(&town, &visit).await?;
        let broken = writer(town.here(), Arc::new(Broken)).await?;
        for _ in 0..MOST_ATTEMPTS {
            ensure!(broken.round(|_| true).await?.len() == 1 && pieces(&town, &job).await? == 0);
            ensure!(broken.round(|_| true).await?.is_empty(), "its lease holds");
            town.wait(LEASE);
        }
        town.letters(owner.user).await?;
        ensure!(broken.round(|_| true).await?.is_empty());
        known(&town, &visit).await?;
        let shown = visit.grant(&owner, "GET", &path, Value::Null).await?;
        ensure!(shown["state"] == "failed" && shown["why"] == "given_up", "{shown}");
        let letters = town.letters(owner.user).await?;
        let told = letters.first().context("a letter")?;
        ensure!(told.body.contains("mfa-status") && told.body.contains("/files"), "{}", told.subject);
        Ok(())
    }
}
