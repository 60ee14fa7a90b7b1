//! A rebuild while others write: nobody sees a gap, and one that is killed leaves everything as it was.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value as Json;
use tempfile::TempDir;
use tokio::task::spawn_blocking;
use twofold_infra::store::EventStore;
use twofold_projections::check::check;
use twofold_projections::projector::Projector;
use twofold_projections::{all, audit, registry};
use twofold_tests::both;
use twofold_tests::generate::Generator;
use twofold_tests::postgres::TestDb;
use twofold_tests::race::seed;

/// Events before it begins: long enough that a process can be killed on the way.
const LOG: usize = 20_000;

async fn write(store: &EventStore, generator: &mut Generator, events: usize) -> Result<()> {
    let mut written = 0;
    while written < events {
        let append = generator.next().append();
        written += append.event_count();
        store.append(append).await?;
    }
    Ok(())
}

/// `twofold projections rebuild` as a process of its own.
fn rebuild(db: &TestDb, data: &TempDir) -> Result<Child> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_twofold-under-test"));
    command.env_clear().arg("--json").arg("--data-dir").arg(data.path()).args(["--database-url", &db.url]);
    command.args(["projections", "rebuild", "--verify"]);
    Ok(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?)
}

/// Kills it, as nothing else can be killed, once it has told so many tenths of its way.
fn killed_after(mut child: Child, tenths: u64) -> Result<()> {
    for line in BufReader::new(child.stderr.take().context("no stderr")?).lines() {
        let line = line?;
        let (done, of) =
            line.rsplit_once(' ').and_then(|(_, way)| way.split_once('/')).context(line.clone())?;
        if done.parse::<u64>()? * 10 >= tenths * of.parse::<u64>()? {
            break;
        }
    }
    child.kill()?;
    ensure!(!child.wait()?.success(), "it ended before it was killed");
    Ok(())
}

async fn builds(store: &EventStore) -> Result<Vec<u64>> {
    let mut tx = store.views().look().await?;
    let mut builds = Vec::new();
    for projection in all() {
        let serving = registry::serving(&mut tx, projection.name).await?.context("it serves")?;
        builds.push(serving.build);
    }
    Ok(builds)
}

both! {
    /// Rules: S8.
    async fn a_rebuild_that_is_killed_leaves_the_old_tables_serving_and_the_next_one_works(db) {
        let store = db.store().await?;
        let data = TempDir::new()?;
        let mut generator = Generator::new(seed("rebuilding"), 3, 40);
        let projector = Projector::install(store.clone(), all()).await?;
        write(&store, &mut generator, LOG).await?;
        projector.catch_up().await?;
        let before = builds(&store).await?;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let running = projector.clone();
        let task = tokio::spawn(async move { running.run(async { _ = stopped.await }).await });

        for tenths in [0, 4, 7] {
            let child = rebuild(&db, &data)?;
            let killing = async { spawn_blocking(move || killed_after(child, tenths)).await? };
            tokio::try_join!(killing, write(&store, &mut generator, 200))?;
            ensure!(builds(&store).await? == before, "the old tables serve");
            for account in generator.accounts() {
                let checked = check(&store, &all(), account, |_| {}).await?;
                ensure!(checked.differences == 0, "after {tenths} tenths: {:?}", checked.listed);
            }
        }

        // The next one goes through while people write and read, and what was read once stays.
        let (account, done) = (generator.accounts()[0], AtomicBool::new(false));
        let child = rebuild(&db, &data)?;
        let rebuilding = async {
            let output = spawn_blocking(move || child.wait_with_output()).await??;
            done.store(true, Ordering::Release);
            Ok::<_, anyhow::Error>(output)
        };
        let looking = async {
            let (mut newest, mut looks) = (0, 0_u64);
            while !done.load(Ordering::Acquire) {
                let filter = audit::Filter::default();
                let page = audit::page(store.views(), account, &filter, audit::Page::Newest, 1).await?;
                let now = page.first().map_or(0, |entry| entry.row.account_seq);
                ensure!(now >= newest, "event {newest} was there, and now only {now} are");
                (newest, looks) = (now, looks + 1);
            }
            Ok(looks)
        };
        let writing = async {
            while !done.load(Ordering::Acquire) {
                write(&store, &mut generator, 20).await?;
            }
            Ok(())
        };
        let (output, looks, ()) = tokio::try_join!(rebuilding, looking, writing)?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let told: Json = serde_json::from_slice(&output.stdout)?;
        ensure!(told["differences"] == 0 && told["events"].as_u64() >= Some(LOG as u64), "{told}");
        ensure!(looks > 0, "nobody looked");
        let after = builds(&store).await?;
        ensure!(after.iter().zip(&before).all(|(after, before)| *after == before + 1), "{before:?}, {after:?}");
        _ = stop.send(());
        task.await?;
        projector.catch_up().await?;
        for account in generator.accounts() {
            let checked = check(&store, &all(), account, |_| {}).await?;
            ensure!(checked.differences == 0, "{:?}", checked.listed);
        }
        Ok(())
    }
}
