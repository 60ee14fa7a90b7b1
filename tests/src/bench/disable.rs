//! An account-wide disable of a large account while people sign in, through the same handlers as over HTTP: how
//! long its preview and it take, when the report is right, and what the writing of the resets costs everybody
//! else. Time stands still in the account; passwords are hashed cheaply, so that the store is what is measured.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use axum::body::Body;
use axum::http::Request;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};
use tokio::sync::Notify;
use twofold_domain::ids::UserId;
use twofold_domain::policy::Role;
use twofold_domain::user::UserCommand;
use twofold_infra::acts::ActError;
use twofold_infra::context::{Actor, Context};
use twofold_infra::desk::Act;
use twofold_infra::work::Work;
use twofold_projections::projector::Projector;
use twofold_projections::reset_fanout::ResetFanOut;
use twofold_projections::status::fan_out;

use super::Options;
use super::report::{Figure, Report, Samples, Unit};
use super::traffic::{Traffic, come_once};
use crate::crowd::{Brings, arrive};
use crate::doors::{Answer, Doors};
use crate::person::Person;
use crate::postgres::TestDb;
use crate::town::Town;

/// Clients who sign in all the time.
const CLIENTS: usize = 8;
/// People of each client; they never had a second factor.
const VISITORS_EACH: usize = 25;
/// Enrolled people who have a session when it is switched off.
const SIGNED_IN: usize = 2_000;
/// As many appends at once as the fan-out makes.
const AT_ONCE: usize = 16;
/// People of the floor of the fan-out.
const NOTED: usize = 10_000;
/// Between looks whether the fan-out is complete.
const LOOK: Duration = Duration::from_millis(50);

/// Either database, or both.
pub(super) async fn measure(options: &Options, report: &mut Report) -> Result<()> {
    if options.wants_sqlite() {
        one("disable, SQLite", TestDb::sqlite()?, options, report).await?;
    }
    if options.wants_postgres() {
        one("disable, PostgreSQL", TestDb::postgres().await?, options, report).await?;
    }
    Ok(())
}

/// One event of one person that depends on nobody: what a reset of one person costs at least.
struct Note {
    user: UserId,
}

impl Act for Note {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        work.queue_for(self.user).await;
        let reason =
            work.desk().vault().seal(work.account_id(), self.user, "an event like any other").await?;
        work.tell_user(self.user, UserCommand::Unlock { reason }).await?;
        Ok(())
    }
}

async fn send(
    doors: &Doors,
    who: &Person,
    (method, path): (&str, &str),
    etag: Option<&str>,
    body: &Value,
) -> Result<Answer> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {}", who.session()?));
    if let Some(etag) = etag {
        request = request.header("if-match", etag);
    }
    let answer = doors.ask(request.body(Body::from(serde_json::to_vec(body)?))?).await?;
    ensure!(answer.status.is_success(), "{method} {path}: {} {}", answer.gist(), answer.body);
    Ok(answer)
}

async fn one(section: &'static str, db: TestDb, options: &Options, report: &mut Report) -> Result<()> {
    let town = Town::found(db).await?;
    let owner = town.owner().await?;
    let people = options.people;
    report.say(&format!("{section}: {people} enrolled people by import"));
    let enrolled = arrive(&town, &owner, people, Brings::Authenticator).await?;
    let visitors = arrive(&town, &owner, CLIENTS * VISITORS_EACH, Brings::Password).await?;
    let mut auditor = owner.welcome(&town, Role::Auditor).await?;
    auditor.sign_in(&town, town.here()).await?;
    report.say("some of them sign in, so that there are sessions to end; read models");
    come_once(&town, &enrolled[..people.min(SIGNED_IN)], AT_ONCE).await?;
    // Before anybody else follows the log: who is alone has everything when it returns.
    let projector = Projector::install(town.here().store().clone(), twofold_projections::all()).await?;
    projector.bring(town.account).await?;
    let doors = Doors::open(&town).await?;
    let views = town.here().store().views().clone();
    let mut figures = Figures { section, report };

    let crowds = visitors.chunks(VISITORS_EACH).map(<[Person]>::to_vec).collect();
    let traffic = Traffic::begin(&town, crowds);
    let pause = Duration::from_secs(options.seconds.max(1) * 2);
    let before = traffic
        .during(async {
            tokio::time::sleep(pause).await;
            Ok(())
        })
        .await?;

    // The floors: the roster read once, everybody's row read once.
    let begun = Instant::now();
    let roster = town.here().store().roster(town.account).await?;
    let roster_read = begun.elapsed();
    ensure!(roster.members.len() == people + 1, "{} enrolled of {people}", roster.members.len());
    let begun = Instant::now();
    let sql = "select * from views.user_status where account_id = $1";
    let rows = views.fetch(sql, &[town.account.uuid().into()]).await?.len();
    let rows_read = begun.elapsed();
    ensure!(rows > people, "{rows} rows");

    let base = format!("/v1/accounts/{}", town.account);
    let change = json!({"change": {"kind": "disable"}});
    let begun = Instant::now();
    let seen = send(&doors, &owner, ("POST", &format!("{base}/policy/preview")), None, &change).await?;
    figures.seconds(&format!("{people} people, preview"), begun.elapsed(), "everybody's row", rows_read);
    let etag = seen.headers.get("etag").context("a preview has a version")?.to_str()?.to_owned();
    let confirmed = json!({"preview": seen.body["confirmation"], "reason": "measured"});
    let begun = Instant::now();
    send(&doors, &owner, ("POST", &format!("{base}/two-factor/disable")), Some(&etag), &confirmed).await?;
    let took = begun.elapsed();
    figures.seconds(&format!("{people} people, disable"), took, "the roster", roster_read);
    let begun = Instant::now();
    let answer = send(&doors, &auditor, ("GET", "/v1/reports/mfa-status"), None, &Value::Null).await?;
    let took = begun.elapsed();
    let lines = answer.body["people"].as_array().context("a report of people")?;
    ensure!(lines.len() == rows, "{} lines for {rows} people", lines.len());
    let off = lines.iter().all(|line| line["state"] == "off" && line["factors"] == "");
    ensure!(off, "somebody is still enrolled at the next read");
    figures.seconds(&format!("{people} people, report at the next read"), took, "everybody's row", rows_read);

    // The manager as the server runs it, with its pauses.
    let begun = Instant::now();
    let stop = Notify::new();
    let manager = ResetFanOut::new(town.here().clone(), doors.projector.clone());
    let closed = async {
        while !fan_out::open(&views).await?.is_empty() {
            tokio::time::sleep(LOOK).await;
        }
        stop.notify_one();
        Ok(())
    };
    let writing = async { tokio::join!(closed, manager.run(stop.notified())).0 };
    let meanwhile = traffic.during(writing).await?;
    let took = begun.elapsed();
    figures.add(Figure {
        latency: Some(meanwhile.latency),
        ..figures.rate("sign-ins while resets are written", meanwhile.rate, "before", before.rate)
    });
    let (now, then) = (meanwhile.latency, before.latency);
    figures.latency("a sign-in while resets are written", now.p50_ms, then.p50_ms);
    figures.latency("the slowest of a hundred while resets are written", now.p99_ms, then.p99_ms);

    // The floor of the fan-out, under the same load: one event a person.
    let some: Vec<UserId> = enrolled.iter().take(NOTED).map(|person| person.user).collect();
    let (notes, begun) = (some.len(), Instant::now());
    let note = |user| {
        let context = Context::of(Actor::System("measured"), "measured");
        town.here().perform(town.account, context, Note { user })
    };
    stream::iter(some).map(note).buffer_unordered(AT_ONCE).try_for_each(|_| async { Ok(()) }).await?;
    let plain = notes as f64 / begun.elapsed().as_secs_f64();
    traffic.end().await?;
    let reached = (people + 1) as f64 / took.as_secs_f64();
    figures.add(figures.rate("people reset a second", reached, "one-event acts", plain));
    figures.report.say(&format!("{section}: all resets written in {:.1} s", took.as_secs_f64()));
    proved(&town).await
}

/// The closing event carries what the disable announced.
async fn proved(town: &Town) -> Result<()> {
    let log = town.here().store();
    let payload = async |name: &str| -> Result<Value> {
        let found = twofold_projections::audit::of_type(log.views(), town.account, name, 0).await?;
        let (_, payload) = found.into_iter().next_back().with_context(|| format!("no {name}"))?;
        Ok(serde_json::from_str::<Value>(&payload)?[name].clone())
    };
    let announced = payload("AccountTwoFactorDisabled").await?;
    let closed = payload("ResetFanOutCompleted").await?;
    for part in ["people", "digest"] {
        ensure!(announced[part] == closed[part], "{part}: {announced} and {closed}");
    }
    Ok(())
}

struct Figures<'a> {
    section: &'static str,
    report: &'a mut Report,
}

impl Figures<'_> {
    fn seconds(&mut self, what: &str, took: Duration, floor_is: &'static str, floor: Duration) {
        let figure = self.rate(what, took.as_secs_f64(), floor_is, floor.as_secs_f64());
        self.add(Figure { unit: Unit::Seconds, ..figure });
    }

    fn latency(&mut self, what: &str, ms: f64, before: f64) {
        let figure = self.rate(what, ms * 1e3, "before", before * 1e3);
        self.add(Figure { unit: Unit::Micros, ..figure });
    }

    fn rate(&self, what: &str, work: f64, floor_is: &'static str, floor: f64) -> Figure {
        Figure {
            section: self.section,
            what: what.to_owned(),
            unit: Unit::PerSecond,
            work: Samples(vec![work]),
            floor_is,
            floor: Samples(vec![floor]),
            ratio: work / floor,
            target: None,
            latency: None,
            batches: None,
            peak_mb: None,
        }
    }

    fn add(&mut self, figure: Figure) {
        self.report.add(figure);
    }
}
