//! The process manager of secrets whose time is over: it goes through the people who have any, and has those destroyed
//! that open nothing any more. What an event ends goes with that event; this is for what nobody ends, and for what is left over of
//! before that was so.
//!
//! It keeps no position: a round begins anew where a process does, and finds what is still there. It asks the read
//! models only which devices somebody has; while they are rebuilt it destroys less, never more.

use std::future::Future;
use std::time::Duration;

use tokio::time::sleep;
use twofold_domain::ids::{AccountId, UserId};
use twofold_infra::acts::{ActError, SweepVerifiers};
use twofold_infra::context::{Actor, Context};
use twofold_infra::desk::Desk;
use uuid::Uuid;

use crate::directory;
use crate::projector::Projector;

/// On whose behalf.
const NAME: &str = "verifier_sweep";
/// People of one batch.
const BATCH: u32 = 50;
/// Between batches: a hundred thousand people take two hours, and nobody waits for it.
const PAUSE: Duration = Duration::from_secs(3);
/// Between rounds.
const REST: Duration = Duration::from_hours(6);

/// Sweeps verifiers that are over by time, or left over.
#[derive(Clone)]
pub struct VerifierSweep {
    desk: Desk,
    projector: Projector,
}

/// After whom the next batch begins.
type After = (Uuid, Uuid);

impl VerifierSweep {
    /// A process manager on this desk.
    pub const fn new(desk: Desk, projector: Projector) -> Self {
        Self { desk, projector }
    }

    /// Runs until `stop` is ready; a person who was begun is finished.
    pub async fn run(&self, stop: impl Future<Output = ()> + Send) {
        let mut stop = std::pin::pin!(stop);
        let mut after = After::default();
        loop {
            let round = async {
                let pause = match self.batch(after).await {
                    Ok((Some(next), _)) => {
                        after = next;
                        PAUSE
                    }
                    Ok((None, _)) => {
                        after = After::default();
                        REST
                    }
                    Err(error) => {
                        tracing::warn!(%error, "what is over cannot be swept");
                        REST
                    }
                };
                sleep(pause).await;
            };
            tokio::select! {
                () = &mut stop => return,
                () = round => {}
            }
        }
    }

    /// One round over everybody, here and now: how many were destroyed. For tests.
    pub async fn finish(&self) -> Result<usize, ActError> {
        let (mut after, mut all) = (After::default(), 0);
        loop {
            let (next, swept) = self.batch(after).await?;
            all += swept;
            let Some(next) = next else { return Ok(all) };
            after = next;
        }
    }

    /// One batch: where the next one begins, and how many were destroyed. Whatever keeps one person back keeps no
    /// other one.
    async fn batch(&self, after: After) -> Result<(Option<After>, usize), ActError> {
        let owners = self.desk.store().verifier_owners(after, BATCH).await?;
        let next = owners.last().map(|(account, owner)| (account.uuid(), *owner));
        let mut all = 0;
        for (account, owner) in owners {
            match self.sweep(account, owner).await {
                Ok(swept) => all += swept,
                Err(error) => tracing::warn!(%account, %error, "what is over of somebody cannot be swept"),
            }
        }
        metrics::counter!("twofold_verifiers_swept_total").increment(all as u64);
        Ok((next, all))
    }

    async fn sweep(&self, account: AccountId, owner: Uuid) -> Result<usize, ActError> {
        let store = self.desk.store();
        let last = store.counter(account).await?.map_or(0, |counter| counter.last_seq);
        let all_known = self.projector.reached(directory::NAME, account).await? >= last;
        let devices = directory::devices(store.views(), account, UserId::from_uuid(owner)).await?;
        let devices = devices.into_iter().map(|row| row.device_id).collect();
        let context = Context::of(Actor::System(NAME), NAME.to_owned());
        Ok(self.desk.perform(account, context, SweepVerifiers { owner, devices, all_known }).await?.reply)
    }
}
