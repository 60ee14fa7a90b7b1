//! Pages of a long audit log: fifty events, by several filters, the newest and the oldest of them alike. The floor
//! is one indexed select of as many narrow rows, through the same pool; a page also fetches what each event says.
//! And the same page over HTTP, told in words, from a server in a process of its own.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use twofold_api::cursor::Cursor;
use twofold_domain::ids::UserId;
use twofold_infra::store::{Value, Views};
use twofold_projections::audit::{Filter, Page, page};
use uuid::Uuid;

use super::Options;
use super::lived::Lived;
use super::program::At;
use super::report::{Figure, Report, Samples, Target, Unit};

/// Events of a page.
const ROWS: u32 = 50;
/// Pages of one run; their median is its figure.
const PAGES: usize = 40;

/// A filter, what it is called, and the condition of its floor.
struct Asked {
    name: &'static str,
    query: String,
    filter: Filter,
    condition: (&'static str, Option<Value>),
}

pub(super) async fn measure(options: &Options, lived: &Lived, report: &mut Report) -> Result<()> {
    let section = lived.section("audit page, PostgreSQL", "audit page, SQLite");
    let desk = lived.desk().await?;
    let views = desk.store().views();
    let at = At { program: &options.program, url: &lived.url, data: &lived.data };
    let (served, _) = at.serve().await?;
    let (account, token) = (lived.about.account, &*lived.about.token);
    for asked in filters(views, lived).await? {
        let oldest = page(views, account, &asked.filter, Page::After(0), ROWS).await?;
        let behind = oldest.last().context("an account without events")?.row.account_seq + 1;
        for (which, begins) in [("first", Page::Newest), ("last", Page::Before(behind))] {
            let before = if begins == Page::Newest { i64::MAX as u64 } else { behind };
            let found = page(views, account, &asked.filter, begins, ROWS).await?;
            ensure!(!found.is_empty(), "an empty page");
            let cursor =
                Cursor::seal("events", &(before, false)).map_err(|_| anyhow::anyhow!("no cursor"))?;
            let path = format!("/v1/events?limit={ROWS}&cursor={cursor}{}", asked.query);
            let (mut work, mut floor, mut told) = <(Samples, Samples, Samples)>::default();
            for _ in 0..options.runs {
                let (mut works, mut floors, mut tolds) = <(Samples, Samples, Samples)>::default();
                for _ in 0..PAGES {
                    let started = Instant::now();
                    let rows = select(views, lived, &asked, before).await?;
                    floors.0.push(started.elapsed().as_secs_f64() * 1e6);
                    // Reading by a subject is on record about that subject: a short page grows meanwhile.
                    ensure!(rows > 0, "an empty floor");
                    let started = Instant::now();
                    let rows = page(views, account, &asked.filter, begins, ROWS).await?.len();
                    works.0.push(started.elapsed().as_secs_f64() * 1e6);
                    ensure!(rows > 0, "an empty page");
                    let started = Instant::now();
                    served.read(&path, token).await?;
                    tolds.0.push(started.elapsed().as_secs_f64() * 1e6);
                }
                work.0.push(works.median());
                floor.0.push(floors.median());
                told.0.push(tolds.median());
            }
            let what = |how: &str| {
                let (rows, name) = (found.len(), asked.name);
                (section, format!("{} events, {name}: {which} page of {rows}{how}", lived.about.events))
            };
            let floor = ("one indexed select", floor);
            let target = Some(Target { reach: 3.0, aim: 1.5 });
            report.add(Figure { target, ..Figure::new(what(""), Unit::Micros, work, floor.clone()) });
            report.add(Figure::new(what(", over HTTP, in words"), Unit::Micros, told, floor));
        }
    }
    served.stop().await
}

/// What is asked for: everything, and by each filter whatever has the most of it.
async fn filters(views: &Views, lived: &Lived) -> Result<Vec<Asked>> {
    let account = lived.about.account.uuid();
    let sql = "select subject from views.audit_log where account_id = $1 and subject is not null \
               and account_seq % 7 = 0 group by subject order by count(*) desc, subject limit 1";
    let subject: Uuid = views.fetch_optional(sql, &[account.into()]).await?.context("nobody")?.get(0)?;
    let user = UserId::from_uuid(subject);
    let none = Filter::default;
    let of = |name, query: String, filter, condition| Asked { name, query, filter, condition };
    Ok(vec![
        of("unfiltered", String::new(), none(), ("", None)),
        of(
            "one subject",
            format!("&subject={user}"),
            Filter { subject: Some(user), ..none() },
            ("subject = $3", Some(subject.into())),
        ),
        of(
            "one kind of event",
            "&type=SessionStarted".to_owned(),
            Filter { event_type: Some("SessionStarted".to_owned()), ..none() },
            ("event_type = $3", Some("SessionStarted".into())),
        ),
        of(
            "one kind of stream",
            "&stream=user".to_owned(),
            Filter { stream: Some("user"), ..none() },
            ("stream = $3", Some("user".into())),
        ),
        of(
            "one cause",
            "&cause=signed_out".to_owned(),
            Filter { cause: Some("signed_out".to_owned()), ..none() },
            ("cause = $3", Some("signed_out".into())),
        ),
    ])
}

/// The floor: the rows of the page as they are found. Returns how many.
async fn select(views: &Views, lived: &Lived, asked: &Asked, before: u64) -> Result<usize> {
    let (condition, value) = &asked.condition;
    let and = if condition.is_empty() { "" } else { " and " };
    let sql = format!(
        "select account_seq, recorded_at, event_type, actor, subject from views.audit_log \
         where account_id = $1 and account_seq < $2{and}{condition} order by account_seq desc limit {ROWS}"
    );
    let mut binds = vec![lived.about.account.uuid().into(), Value::from(before)];
    binds.extend(value.clone());
    Ok(views.fetch(&sql, &binds).await?.len())
}
