//! Bad weather: a database that dies, files that are gone or full of rubbish, the wrong key.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, bail, ensure};
use tempfile::TempDir;
use tokio::sync::watch;
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_infra::acts::{ActError, RegisterUser, Registered};
use twofold_infra::desk::{Once, Repeatable};
use twofold_infra::store::{self, EventStore};
use twofold_tests::mortal::Mortal;
use twofold_tests::person::Person;
use twofold_tests::stories;
use twofold_tests::town::{Town, config, instance};

/// Writers at once, over two instances.
const WRITERS: usize = 8;
/// Commands of each.
const EACH: usize = 40;
/// After how many answers the power fails.
const CUTS: [usize; 3] = [40, 130, 220];

/// Invites somebody, repeating the request under its key until there is an answer. Says how often the
/// database was away.
async fn insist(
    town: &Town,
    owner: &Person,
    n: usize,
    light: &mut watch::Receiver<bool>,
) -> Result<(Person, usize)> {
    let person = town.somebody(Role::EndUser);
    let mut key = [0; 32];
    key[..8].copy_from_slice(&(n as u64).to_be_bytes());
    for away in 0..10_000 {
        let repeatable = Repeatable {
            scope: key,
            fingerprint: [1; 32],
            expires_at: town.now() + Span::hours(1),
            render: Box::new(|reply: &Registered, _| reply.user.to_string().into_bytes()),
        };
        let act = RegisterUser { credential: owner.credential()?, person: person.card() };
        let asked = town.desk(n).perform_once(town.account, town.request(), act, Some(repeatable)).await;
        match asked {
            Ok(Once::Fresh(done)) => {
                ensure!(done.reply.user == person.user, "somebody else's answer");
                return Ok((person, away));
            }
            Ok(Once::Repeated(answer)) => {
                ensure!(answer == person.user.to_string().into_bytes(), "somebody else's answer");
                return Ok((person, away));
            }
            Err(ActError::Store(error)) if error.is_retryable() => {
                light.wait_for(|on| *on).await?;
                tokio::task::yield_now().await;
            }
            Err(other) => {
                return Err(anyhow::Error::new(other).context("a database that is away is `unavailable`"));
            }
        }
    }
    bail!("the database did not come back")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_that_dies_loses_nothing_and_does_nothing_twice() -> Result<()> {
    let mortal = Arc::new(Mortal::start().await?);
    let town = Town::found_at(mortal.db(), mortal.url()).await?;
    let owner = town.owner().await?;
    let (switch, light) = watch::channel(true);
    let answers = Arc::new(AtomicUsize::new(0));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (town, owner, answers) = (Arc::clone(&town), owner.clone(), Arc::clone(&answers));
            let mut light = light.clone();
            tokio::spawn(async move {
                let mut done = vec![];
                for n in 0..EACH {
                    done.push(insist(&town, &owner, n * WRITERS + writer, &mut light).await?);
                    answers.fetch_add(1, Ordering::SeqCst);
                }
                anyhow::Ok(done)
            })
        })
        .collect();
    for cut in CUTS {
        while answers.load(Ordering::SeqCst) < cut && writers.iter().any(|w| !w.is_finished()) {
            tokio::task::yield_now().await;
        }
        let mortal = Arc::clone(&mortal);
        switch.send_replace(false);
        tokio::task::spawn_blocking(move || mortal.die().and_then(|()| mortal.rise())).await??;
        switch.send_replace(true);
    }
    let (mut people, mut away) = (vec![], 0);
    for writer in writers {
        for (person, times) in writer.await?? {
            people.push(person);
            away += times;
        }
    }
    eprintln!("{} acknowledged, the database was away {away} times, cut {} times", people.len(), CUTS.len());
    ensure!(away > 0, "the weather was too good to prove anything");

    // What was acknowledged is in the log, and everything in the log is there once.
    let mut recorded: BTreeMap<uuid::Uuid, usize> = BTreeMap::new();
    for event in town.log().await?.iter().filter(|event| event.event_type == "UserRegistered") {
        *recorded.entry(event.stream.id.aggregate).or_default() += 1;
    }
    let twice: BTreeSet<_> = recorded.iter().filter(|(_, times)| **times > 1).collect();
    ensure!(twice.is_empty(), "registered more than once: {twice:?}");
    let lost: Vec<_> =
        people.iter().filter(|p| !recorded.contains_key(&p.user.uuid())).map(|p| &p.email).collect();
    ensure!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    ensure!(
        recorded.len() == people.len() + 1,
        "{} in the log, {} and the owner asked for",
        recorded.len(),
        people.len()
    );

    // And everything works as before.
    let person = &people[0];
    person.redeem(&town, town.there(), &town.mailed_link(person.user).await?).await?;
    person.clone().sign_in(&town, town.here()).await?;
    town.close().await
}

/// Why an installation does not open, in words.
async fn refusal(town: &Town, folder: &TempDir) -> Result<String> {
    let url = town.db.url.clone();
    match instance(&config(&url, folder.path())?, town.time.clock()).await {
        Ok(_) => bail!("an installation opened with the key of another"),
        Err(error) => Ok(error.to_string()),
    }
}

stories! {
    async fn another_master_key_opens_nothing_and_the_file_is_named(town) {
        town.owner().await?;
        let elsewhere = TempDir::new()?;
        let file = elsewhere.path().join("master.key").display().to_string();

        let said = refusal(&town, &elsewhere).await?;
        ensure!(said.contains(&file) && said.contains("missing"), "without a key it says: {said}");
        ensure!(!elsewhere.path().join("master.key").exists(), "no new key is made for old data");

        // The key of another installation.
        let other = Town::found(twofold_tests::postgres::TestDb::sqlite()?).await?;
        std::fs::copy(other.master_key_file(), &file)?;
        let said = refusal(&town, &elsewhere).await?;
        ensure!(said.contains(&file) && said.contains("not the one"), "with another key it says: {said}");

        std::fs::write(&file, "twenty thousand leagues")?;
        let said = refusal(&town, &elsewhere).await?;
        ensure!(said.contains(&file), "with rubbish in the file it says: {said}");

        // And with the right one it opens as ever.
        std::fs::copy(town.master_key_file(), &file)?;
        instance(&config(&town.db.url, elsewhere.path())?, town.time.clock()).await?;
        Ok(())
    }

    async fn an_instance_that_starts_later_knows_what_the_others_know(town) {
        let owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let newcomer = town.newcomer().await?;
        agent.sign_in(&town, &newcomer).await?;
        agent.step_up(&town, town.here()).await?;
        Ok(())
    }
}

/// The views are disposable: gone or damaged, they are made again, and the log is as it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn damaged_views_are_made_again() -> Result<()> {
    for rubbish in [None, Some("this is no database at all, but long enough to look like a page of one")] {
        let town = Town::found(twofold_tests::postgres::TestDb::sqlite()?).await?;
        let owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let folder = std::path::PathBuf::from(town.db.url.trim_start_matches("sqlite:"));
        for file in ["views.db", "views.db-wal", "views.db-shm"] {
            if folder.join(file).exists() {
                std::fs::remove_file(folder.join(file))?;
            }
        }
        if let Some(rubbish) = rubbish {
            std::fs::write(folder.join("views.db"), rubbish.repeat(100))?;
        }
        let newcomer = match town.newcomer().await {
            Ok(desk) => desk,
            Err(error) => bail!("with {rubbish:?} for views it does not open: {error:#}"),
        };
        agent.sign_in(&town, &newcomer).await?;
        agent.step_up(&town, &newcomer).await?;
        let views = newcomer.store().views();
        views.execute("delete from views.snapshots", &[]).await?;
        town.close().await?;
    }
    Ok(())
}

/// The log is not: a file that is none is left as it is, and the server says what it found.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_log_that_is_no_database_is_named_and_left_alone() -> Result<()> {
    let folder = TempDir::new()?;
    let (log, rubbish) = (folder.path().join("log.db"), "this is no database at all".repeat(100));
    std::fs::write(&log, &rubbish)?;
    let opened = EventStore::open(&format!("sqlite:{}", folder.path().display()), store::Role::Serving).await;
    let error = opened.err().map(|error| error.to_string()).unwrap_or_default();
    ensure!(error.contains("log.db is not a SQLite database: put the log back"), "{error}");
    ensure!(std::fs::read_to_string(&log)? == rubbish, "it was left alone");
    Ok(())
}
