//! What `/readyz` looks at.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use twofold_domain::ids::AccountId;
use twofold_domain::time::Timestamp;
use twofold_infra::clock::Clock;
use twofold_projections::witness::Watch;

use crate::app::App;
use crate::health::{Check, Finding};

/// The database answers.
pub struct Database(pub App);

impl Check for Database {
    fn name(&self) -> &'static str {
        "database"
    }

    fn check(&self) -> BoxFuture<'_, Finding> {
        Box::pin(async {
            match self.0.store().counter(AccountId::INSTALLATION).await {
                Ok(_) => Finding::well(),
                Err(error) => Finding::failed("away", error),
            }
        })
    }
}

/// The clock goes as time does: it was not set forwards or back under the running server.
pub struct SteadyClock {
    clock: Clock,
    /// What it showed once, and how long ago that is.
    since: (Timestamp, Instant),
}

/// A clock that is this far from where it should be was set, not slewed. One time step of a code.
const JUMP: Duration = Duration::from_secs(30);

impl SteadyClock {
    /// Watches a clock from here on.
    pub fn watch(clock: Clock) -> Self {
        let since = (clock.now(), Instant::now());
        Self { clock, since }
    }
}

impl Check for SteadyClock {
    fn name(&self) -> &'static str {
        "clock"
    }

    fn check(&self) -> BoxFuture<'_, Finding> {
        let (shown, then) = self.since;
        let expected = i64::try_from(then.elapsed().as_micros()).unwrap_or(i64::MAX);
        let passed = self.clock.now().micros().saturating_sub(shown.micros());
        let off = Duration::from_micros(passed.abs_diff(expected));
        Box::pin(std::future::ready(if off > JUMP {
            Finding::failed("was set", format!("{off:?} from where it should be"))
        } else {
            Finding::well()
        }))
    }
}

/// The read models keep up. Accounts that are parked, or whose log lost its end, do not take the server down from the
/// others; they are an alarm of their own.
pub struct ReadModels(pub App);

/// A projector that is further behind than this does not serve its readers well.
const LAG: u64 = 10_000;

impl Check for ReadModels {
    fn name(&self) -> &'static str {
        "projections"
    }

    fn check(&self) -> BoxFuture<'_, Finding> {
        Box::pin(async {
            match self.0.projector.missing().await {
                Ok(missing) if missing.is_empty() => {}
                Ok(missing) => {
                    return Finding::failed(
                        "read models are missing: twofold projections rebuild",
                        missing.join(", "),
                    );
                }
                Err(error) => return Finding::failed("away", error),
            }
            let listed = match self.0.projector.list().await {
                Ok(listed) => listed,
                Err(error) => return Finding::failed("away", error),
            };
            let found = match Watch::new(self.0.desk.clone()).look().await {
                Ok(found) => found,
                Err(error) => return Finding::failed("away", error),
            };
            let words = || found.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            if found.iter().any(|found| found.account == AccountId::INSTALLATION) {
                return Finding::failed(
                    "the log does not end where it should: twofold projections list",
                    words(),
                );
            }
            let lag = listed.iter().map(|projection| projection.lag).max().unwrap_or_default();
            let parked: usize = listed.iter().map(|projection| projection.parked.len()).sum();
            let mut words = format!("lag {lag} events, {parked} accounts parked");
            if !found.is_empty() {
                let shut: Vec<_> = found.iter().map(|found| found.account.to_string()).collect();
                let shut = shut.join(", ");
                let _ = write!(words, "; events are missing, twofold projections list: {shut}");
            }
            if lag > LAG {
                Finding::failed("behind", &words).with(words)
            } else {
                Finding::well().with(words)
            }
        })
    }
}
