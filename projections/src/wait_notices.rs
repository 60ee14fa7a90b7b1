//! The process manager of what is going to happen: of acts that wait, and of an owner's second factor that
//! waits to be reset, it tells every member of the team; of policies that were scheduled, or withdrawn, every
//! owner and admin. Each gets a letter of their own, in an
//! append of its own, so that no append grows with the team.
//!
//! Who was told stands beside the letter, under a key of what it is and of the person. So this may stop anywhere, begin
//! again, or run twice at once, and nobody is told twice.

use std::collections::BTreeSet;
use std::future::Future;
use std::time::Duration;

use tokio::time::sleep;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::time::Timestamp;
use twofold_infra::acts::{ActError, News};
use twofold_infra::context::{Actor, Context};
use twofold_infra::desk::Desk;
use uuid::Uuid;

use crate::projector::Projector;
use crate::schedules;
use crate::status;
use crate::status::user_status::Told;
use crate::status::waits::{self, Wait};
pub use crate::telling::BATCH;
use crate::telling::tell_each;

/// Who the log says did it.
const NAME: &str = "wait_notices";
/// Between looks at what waits.
const LOOK: Duration = Duration::from_millis(500);
/// The same after something failed.
const AFTER_AN_ERROR: Duration = Duration::from_secs(30);

/// What was gone through: its id, whether it was withdrawn, and since when it waits. Only a memory, so that nothing is gone through
/// twice; who was told stands in the store.
type Gone = BTreeSet<(Uuid, bool, Timestamp)>;

/// Something that is going to happen.
struct Coming {
    news: News,
    /// Who is told: who was here when it began to wait.
    whom: Told,
    since: Timestamp,
    /// Who knows already.
    but: Option<UserId>,
}

/// Tells teams of acts that wait, and those who lead them of policies that were scheduled.
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
        let mut told = Gone::new();
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
        self.look(&mut Gone::new()).await
    }

    /// Goes through what waits and was not gone through. What failed keeps nothing else back, and is left for
    /// the next look.
    async fn look(&self, told: &mut Gone) -> Result<(), ActError> {
        let (views, now) = (self.desk.store().views(), self.desk.clock().now());
        let (mut seen, mut failed) = (Gone::new(), None);
        let mut after = None;
        loop {
            let open = waits::open(views, now, after, BATCH).await?;
            let Some((_, last)) = open.last() else { break };
            after = Some(last.wait_id);
            for (account, row) in open {
                // Whoever asked for an act is told as well: it may have been a thief in their session. Whose own way
                // back waits has a letter of their own.
                let (news, but) = match row.wait() {
                    Wait::Act(approval) => (News::Waits(approval), None),
                    Wait::Reset(recovery, owner) => {
                        (News::OwnerReset(owner, recovery, row.told_until), Some(row.asked_by))
                    }
                };
                let key = (row.wait_id, false, row.since);
                let wait = Coming { news, whom: Told::Team, since: row.since, but };
                self.once(key, account, &wait, told, &mut seen, &mut failed).await;
            }
        }
        let mut after = None;
        loop {
            let ahead = schedules::ahead(views, now, after, BATCH).await?;
            let Some((_, last)) = ahead.last() else { break };
            after = Some(last.schedule_id);
            for (account, row) in ahead {
                let key = (row.schedule_id.uuid(), row.withdrawn, row.since);
                let news = if row.withdrawn {
                    News::Withdrawn(row.schedule_id, row.begins_at)
                } else {
                    News::Scheduled(row.schedule_id)
                };
                let schedule = Coming { news, whom: Told::Leaders, since: row.since, but: None };
                self.once(key, account, &schedule, told, &mut seen, &mut failed).await;
            }
        }
        *told = seen;
        failed.map_or(Ok(()), Err)
    }

    /// Tells of one thing, unless it was told, and remembers it if it was told to everybody.
    async fn once(
        &self,
        key: (Uuid, bool, Timestamp),
        account: AccountId,
        coming: &Coming,
        told: &Gone,
        seen: &mut Gone,
        failed: &mut Option<ActError>,
    ) {
        let tried = if told.contains(&key) { Ok(()) } else { self.tell(account, coming).await };
        match tried {
            Ok(()) => {
                seen.insert(key);
            }
            Err(error) => *failed = Some(error),
        }
    }

    async fn tell(&self, account: AccountId, coming: &Coming) -> Result<(), ActError> {
        let last = self.desk.store().counter(account).await?.map_or(0, |counter| counter.last_seq);
        if !self.projector.wait_for(status::NAME, account, last, LOOK).await? {
            return Err(ActError::NotCounted);
        }
        let Coming { news, whom, since, but } = *coming;
        tell_each(&self.desk, account, &Context::of(Actor::System(NAME), NAME), news, (whom, since), but)
            .await
    }
}
