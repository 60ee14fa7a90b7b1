//! People who sign in all the time, while something else is measured.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use tokio::task::JoinSet;

use super::report::Latency;
use crate::person::{Browser, Person, otp};
use crate::town::Town;

/// Clients that sign in without end, each with people of its own.
pub(super) struct Traffic {
    stop: Arc<AtomicBool>,
    took: Arc<Mutex<Vec<Duration>>>,
    clients: JoinSet<Result<()>>,
}

/// How many sign-ins a second there were, and how long each took.
pub(super) struct Pace {
    pub(super) rate: f64,
    pub(super) latency: Latency,
}

impl Traffic {
    /// Lets clients loose on people who sign in with a password alone, in new browsers.
    pub(super) fn begin(town: &Arc<Town>, crowds: Vec<Vec<Person>>) -> Self {
        let (stop, took) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(vec![])));
        let mut clients = JoinSet::new();
        for crowd in crowds {
            let (town, stop, took) = (Arc::clone(town), Arc::clone(&stop), Arc::clone(&took));
            clients.spawn(async move {
                for person in crowd.iter().cycle() {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let begun = Instant::now();
                    person.clone().sign_in(&town, town.here()).await?;
                    took.lock().unwrap_or_else(PoisonError::into_inner).push(begun.elapsed());
                }
                Ok(())
            });
        }
        Self { stop, took, clients }
    }

    /// What they did while something went on.
    pub(super) async fn during(&self, until: impl Future<Output = Result<()>>) -> Result<Pace> {
        let taken = || std::mem::take(&mut *self.took.lock().unwrap_or_else(PoisonError::into_inner));
        taken();
        let begun = Instant::now();
        until.await?;
        let (took, span) = (taken(), begun.elapsed());
        let rate = took.len() as f64 / span.as_secs_f64();
        Ok(Pace { rate, latency: Latency::of(took).context("nobody signed in")? })
    }

    /// Until the last of them is done, and nothing went wrong for anybody.
    pub(super) async fn end(mut self) -> Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        while let Some(client) = self.clients.join_next().await {
            client??;
        }
        Ok(())
    }
}

/// Each of these people signs in once, with the code that their phone shows.
pub(super) async fn come_once(town: &Town, people: &[Person], at_once: usize) -> Result<()> {
    let come = |person: &Person| {
        let mut person = person.clone();
        async move {
            let challenge = person.challenged(town, town.here(), &mut Browser::default()).await?;
            let code = otp(&person.code(town)?)?;
            let came = person.prove(town, town.here(), &challenge, code, false).await?;
            ensure!(came.accepted(), "{}: {came:?}", person.email);
            Ok(())
        }
    };
    stream::iter(people).map(come).buffer_unordered(at_once).try_for_each(|()| async { Ok(()) }).await
}
