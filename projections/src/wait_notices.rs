//! The process manager of what waits in a team's sight, an act or the reset of an owner: it tells every member of
//! the team, in letters of their own, each in its own append, so that no append grows with the team.
//!
//! Who was told stands beside the letter, under a key of what waits and of the person. So this may stop anywhere, begin
//! again, or run twice at once, and nobody is told twice.

use std::collections::BTreeSet;
use std::future::Future;
use std::time::Duration;

use futures::StreamExt as _;
use tokio::time::sleep;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::time::Timestamp;
use twofold_infra::acts::{ActError, tell_of_owners_reset, tell_of_wait};
use twofold_infra::context::{Actor, Context};
use twofold_infra::desk::Desk;
use uuid::Uuid;

use crate::projector::Projector;
use crate::status::waits::{self, Wait, WaitRow};
use crate::status::{self, user_status};

/// Who the log says did it.
const NAME: &str = "wait_notices";
/// People of one batch: what is held at once.
pub const BATCH: u32 = 200;
/// Letters at once: they share commits, and leave most of the store's places to people.
const AT_ONCE: usize = 16;
/// Between batches.
const PAUSE: Duration = Duration::from_millis(20);
/// Between looks at what waits.
const LOOK: Duration = Duration::from_millis(500);
/// The same after something failed.
const AFTER_AN_ERROR: Duration = Duration::from_secs(30);

/// Tells teams of what waits.
#[derive(Clone)]
pub struct WaitNotices {
    desk: Desk,
    projector: Projector,
}

impl WaitNotices {
    /// A process manager on this desk; the projector must be running.
    pub const fn new(desk: Desk, projector: Projector) -> Self {
        Self { desk, projector }
    }

    /// Runs until `stop` is ready; a letter that has begun is finished.
    pub async fn run(&self, stop: impl Future<Output = ()> + Send) {
        let mut stop = std::pin::pin!(stop);
        // Only a memory, so that a wait is gone through once; who was told stands in the store.
        let mut told = BTreeSet::new();
        loop {
            let look = async {
                let pause = match self.look(&mut told).await {
                    Ok(()) => LOOK,
                    Err(error) => {
                        metrics::counter!("twofold_wait_notice_errors_total").increment(1);
                        tracing::error!(%error, "a team cannot be told of what waits");
                        AFTER_AN_ERROR
                    }
                };
                sleep(pause).await;
            };
            tokio::select! {
                () = &mut stop => return,
                () = look => {}
            }
        }
    }

    /// Tells everybody of everything that waits, here and now. For tests.
    pub async fn finish(&self) -> Result<(), ActError> {
        self.projector.catch_up().await?;
        self.look(&mut BTreeSet::new()).await
    }

    /// Goes through what waits and was not gone through. What failed keeps nothing else back, and is left for
    /// the next look.
    async fn look(&self, told: &mut BTreeSet<(Uuid, Timestamp)>) -> Result<(), ActError> {
        let (views, now) = (self.desk.store().views(), self.desk.clock().now());
        let (mut seen, mut after, mut failed) = (BTreeSet::new(), None, None);
        loop {
            let open = waits::open(views, now, after, BATCH).await?;
            let Some((_, last)) = open.last() else { break };
            after = Some(last.wait_id);
            for (account, row) in open {
                if !told.contains(&(row.wait_id, row.since))
                    && let Err(error) = self.tell(account, &row).await
                {
                    failed = Some(error);
                    continue;
                }
                seen.insert((row.wait_id, row.since));
            }
        }
        *told = seen;
        failed.map_or(Ok(()), Err)
    }

    /// Tells everybody who was of the team when the wait began, whoever began it aside. One letter that fails
    /// keeps no other back.
    async fn tell(&self, account: AccountId, row: &WaitRow) -> Result<(), ActError> {
        let views = self.desk.store().views();
        let last = self.desk.store().counter(account).await?.map_or(0, |counter| counter.last_seq);
        if !self.projector.wait_for(status::NAME, account, last, LOOK).await? {
            return Err(ActError::NotCounted);
        }
        let context = Context::of(Actor::System(NAME), NAME);
        let tell = |user| self.write(account, context.clone(), row, user);
        let (mut after, mut failed) = (None, None);
        loop {
            let team = user_status::team_since(views, account, row.since, after, BATCH).await?;
            let Some(last) = team.last().copied() else { break };
            let others: Vec<UserId> = team.into_iter().filter(|user| *user != row.asked_by).collect();
            let mut letters = futures::stream::iter(others).map(tell).buffer_unordered(AT_ONCE);
            while let Some(letter) = letters.next().await {
                failed = letter.err().or(failed);
            }
            after = Some(last);
            sleep(PAUSE).await;
        }
        failed.map_or(Ok(()), Err)
    }

    async fn write(
        &self,
        account: AccountId,
        context: Context,
        row: &WaitRow,
        user: UserId,
    ) -> Result<(), ActError> {
        match row.wait() {
            Wait::Act(approval) => tell_of_wait(&self.desk, account, context, approval, user).await,
            Wait::Reset(recovery, owner) => {
                let case = (owner, recovery, row.told_until);
                tell_of_owners_reset(&self.desk, account, context, case, user).await
            }
        }
    }
}
