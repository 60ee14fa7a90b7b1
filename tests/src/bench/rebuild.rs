//! Rebuilding read models of a long log while others write and read: how long that takes beside handing the raw log
//! over, what it costs those who write, and how long anybody waits while old tables and new change places. Every
//! rebuild compares what it made with what it replaces, and there must be no difference.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures::TryStreamExt as _;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use twofold_domain::ids::AccountId;
use twofold_infra::store::EventStore;
use twofold_projections::audit::{self, Filter, Page};
use twofold_projections::bulk::rebuild;
use twofold_projections::check;
use twofold_projections::projector::Projector;
use twofold_projections::view::Projection;

use super::Options;
use super::history;
use super::report::{Figure, Latency, Report, Samples, Target, Unit};
use super::world::{Way, World};
use crate::postgres::TestDb;

const SECTION: &str = "rebuild while others write, PostgreSQL";
const COPY: &str = "copy (select aggregate_type, aggregate_id, sequence, event_type, event_version, payload, \
                    metadata from twofold.events) to stdout";
/// Whoever acts meanwhile.
const WRITERS: usize = 4;
/// Their people, in one account.
const PEOPLE: usize = 64;
/// Between two acts of one of them: a server that has something to do, not one that is overrun.
const REST: Duration = Duration::from_millis(5);
/// The one that is rebuilt by itself.
const ONE: &str = audit::NAME;

pub(super) async fn measure(options: &Options, report: &mut Report) -> Result<()> {
    let db = TestDb::postgres().await?;
    history::make(&db, options.events, history::PEOPLE_EACH, report).await?;
    let world = World::make(db.store().await?, 1, PEOPLE).await?;
    let account = world.people.first().context("nobody")?.account;
    let store = db.store().await?;
    let projector = Projector::install(store.clone(), twofold_projections::all()).await?;
    report.say("read models for the first time");
    rebuild(&store, twofold_projections::all(), false, |_| ()).await?;
    let stop = Arc::new(Notify::new());
    let running = {
        let (projector, stop) = (projector.clone(), Arc::clone(&stop));
        tokio::spawn(async move { projector.run(stop.notified()).await })
    };
    let others = Others::begin(&world, store.clone(), account);
    let calm = Duration::from_secs(options.seconds.max(1) * 2);
    let mut floor = Samples::default();
    let mut figures = [Rebuilds::default(), Rebuilds::default()];
    for _ in 0..options.runs {
        floor.0.push(copied(&db).await?);
        for (which, taken) in figures.iter_mut().enumerate() {
            let before = others.during(tokio::time::sleep(calm)).await.0;
            let all = twofold_projections::all().into_iter();
            let projections: Vec<Projection> = all.filter(|p| which == 1 || p.name == ONE).collect();
            let (during, (took, done)) = others
                .during(async {
                    let started = Instant::now();
                    let done = rebuild(&store, projections, true, |_| ()).await;
                    (started.elapsed(), done)
                })
                .await;
            let done = done?;
            ensure!(done.parked == 0 && done.differences == Some(0), "the new tables differ: {done:?}");
            taken.took.0.push(took.as_secs_f64());
            taken.events = done.events;
            taken.before.push(before);
            taken.during.push(during);
        }
    }
    others.end().await?;
    projector.bring(account).await?;
    let checked = check::check(&store, &twofold_projections::all(), account, |_| ()).await?;
    ensure!(checked.differences == 0, "the read models differ from the log: {:?}", checked.listed);
    stop.notify_one();
    running.await?;
    for (which, taken) in figures.into_iter().enumerate() {
        taken.tell(if which == 0 { "one read model (the audit log)" } else { "all" }, &floor, report);
    }
    Ok(())
}

/// The same rebuild, several times.
#[derive(Default)]
struct Rebuilds {
    took: Samples,
    events: u64,
    before: Vec<Pace>,
    during: Vec<Pace>,
}

impl Rebuilds {
    fn tell(self, what: &str, floor: &Samples, report: &mut Report) {
        let what = |of: &str| (SECTION, format!("{} events, {what}{of}", self.events));
        let target = Some(Target { reach: 4.0, aim: 2.0 });
        let floor = ("copy 7 columns of the log", floor.clone());
        report.add(Figure {
            target,
            ..Figure::new(what(", rebuilt and compared"), Unit::Seconds, self.took, floor)
        });
        let of = |paces: &[Pace], figure: fn(&Pace) -> f64| Samples(paces.iter().map(figure).collect());
        let rates = of(&self.during, |pace| pace.rate);
        let floor = ("before", of(&self.before, |pace| pace.rate));
        let latency = self.during.last().and_then(|pace| pace.latency);
        report.add(Figure {
            latency,
            ..Figure::new(what(": writers meanwhile"), Unit::PerSecond, rates, floor)
        });
        for (whose, longest) in [
            ("longest wait of a writer", (|pace| pace.longest_write) as fn(&Pace) -> f64),
            ("longest wait of a reader", |pace| pace.longest_read),
        ] {
            let floor = ("before", of(&self.before, longest));
            let what = what(&format!(": {whose}"));
            report.add(Figure::new(what, Unit::Seconds, of(&self.during, longest), floor));
        }
    }
}

/// What others did in a while.
#[derive(Debug, Clone, Copy)]
struct Pace {
    rate: f64,
    latency: Option<Latency>,
    longest_write: f64,
    longest_read: f64,
}

/// Writers, and a reader of the newest page of the audit log.
struct Others {
    stop: Arc<AtomicBool>,
    writes: Arc<Mutex<Vec<Duration>>>,
    reads: Arc<Mutex<Vec<Duration>>>,
    tasks: JoinSet<Result<()>>,
}

impl Others {
    fn begin(world: &Arc<World>, store: EventStore, account: AccountId) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (writes, reads) = <(Arc<Mutex<Vec<_>>>, Arc<Mutex<Vec<_>>>)>::default();
        let mut tasks = JoinSet::new();
        let next = Arc::new(AtomicUsize::new(0));
        for _ in 0..WRITERS {
            let (world, stop, writes) = (Arc::clone(world), Arc::clone(&stop), Arc::clone(&writes));
            let next = Arc::clone(&next);
            tasks.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let begun = Instant::now();
                    let person = next.fetch_add(1, Ordering::Relaxed) % world.people.len();
                    world.act(person, Way::Desk).await?;
                    writes.lock().unwrap_or_else(PoisonError::into_inner).push(begun.elapsed());
                    tokio::time::sleep(REST).await;
                }
                Ok(())
            });
        }
        {
            let (stop, reads) = (Arc::clone(&stop), Arc::clone(&reads));
            tasks.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let begun = Instant::now();
                    let page =
                        audit::entries(store.views(), account, &Filter::default(), Page::Newest, 50).await?;
                    ensure!(!page.entries.is_empty(), "the audit log is empty for a moment");
                    reads.lock().unwrap_or_else(PoisonError::into_inner).push(begun.elapsed());
                    tokio::time::sleep(REST).await;
                }
                Ok(())
            });
        }
        Self { stop, writes, reads, tasks }
    }

    /// What they did while something went on. Whoever still waits at its end counts as well.
    async fn during<T>(&self, work: impl Future<Output = T>) -> (Pace, T) {
        let taken = |of: &Mutex<Vec<Duration>>| {
            std::mem::take(&mut *of.lock().unwrap_or_else(PoisonError::into_inner))
        };
        taken(&self.writes);
        taken(&self.reads);
        let begun = Instant::now();
        let done = work.await;
        tokio::time::sleep(REST * 4).await;
        let span = begun.elapsed();
        let (writes, reads) = (taken(&self.writes), taken(&self.reads));
        let longest = |of: &[Duration]| of.iter().max().map_or(span.as_secs_f64(), Duration::as_secs_f64);
        let pace = Pace {
            rate: writes.len() as f64 / span.as_secs_f64(),
            longest_write: longest(&writes),
            longest_read: longest(&reads),
            latency: Latency::of(writes),
        };
        (pace, done)
    }

    /// Until the last of them is done, and nothing went wrong for anybody.
    async fn end(mut self) -> Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        while let Some(task) = self.tasks.join_next().await {
            task??;
        }
        Ok(())
    }
}

async fn copied(db: &TestDb) -> Result<f64> {
    let mut connection = db.connect().await?;
    let started = Instant::now();
    let mut bytes = 0;
    let mut rows = connection.copy_out_raw(COPY).await?;
    while let Some(chunk) = rows.try_next().await? {
        bytes += chunk.len();
    }
    ensure!(bytes > 0, "an empty log");
    Ok(started.elapsed().as_secs_f64())
}
