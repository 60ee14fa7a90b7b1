//! Looks at the witnesses while a server runs, and shuts the accounts that they contradict each other about.

use std::future::Future;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use twofold_infra::desk::Desk;
use twofold_infra::store::StoreError;

use super::{Contradiction, contradictions, kept};

/// How long events may go on being taken by an account that lost its last ones. A look reads a few rows of each
/// account.
const EVERY: Duration = Duration::from_secs(5);

/// The look. Cheap to clone.
#[derive(Clone)]
pub struct Watch {
    desk: Desk,
}

impl Watch {
    /// Over the logs of this desk.
    pub const fn new(desk: Desk) -> Self {
        Self { desk }
    }

    /// Looks until `stop` is ready.
    pub async fn run(&self, stop: impl Future<Output = ()> + Send) {
        let mut stop = std::pin::pin!(stop);
        let mut tick = interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = &mut stop => return,
                _ = tick.tick() => {}
            }
            // What is shut stays shut while the database is away.
            if let Err(error) = self.look().await {
                tracing::warn!(%error, "where the logs end could not be looked at");
            }
        }
    }

    /// Looks once. What is found is kept, and nothing is recorded in these accounts until the operator sees to it:
    /// new events would bury what is missing.
    pub async fn look(&self) -> Result<Vec<Contradiction>, StoreError> {
        let store = self.desk.store();
        let found = contradictions(store).await?;
        let (shut, changed) = store.shut(found.iter().map(|found| found.account).collect());
        if changed {
            // What is in memory may be of events that are no more.
            self.desk.forget_states();
        }
        for found in found.iter().filter(|found| shut.contains(&found.account)) {
            tracing::error!(%found, "the log does not end where it should: nothing more is recorded in this account");
        }
        kept::keep(store, &found, self.desk.clock().now()).await?;
        Ok(found)
    }
}
