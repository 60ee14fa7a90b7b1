//! The process manager of passwords that came from other systems: once nobody of an account has one of a scheme
//! any more, it has the account say so, and no refused password does the scheme's work from then on.
//!
//! Counted is the whole log up to a place; the account must not have moved since it was looked at before that.
//! Why nobody can come behind the count, the domain says where it keeps the two spans.

use std::future::Future;
use std::time::Duration;

use tokio::time::sleep;
use twofold_domain::ids::{AccountId, StreamId};
use twofold_infra::acts::{ActError, EndForeignPasswords};
use twofold_infra::context::{Actor, Context};
use twofold_infra::desk::Desk;

use crate::projector::Projector;
use crate::{foreign, notices};

/// Who the log says did it.
const NAME: &str = "foreign_passwords";
/// Between looks: nothing waits for it.
const LOOK: Duration = Duration::from_mins(1);
/// How long a look waits for the read models to have the whole log.
const PATIENCE: Duration = Duration::from_secs(5);

/// Ends the work for passwords that nobody has any more.
#[derive(Clone)]
pub struct ForeignPasswords {
    desk: Desk,
    projector: Projector,
}

impl ForeignPasswords {
    /// A process manager on this desk; the projector must be running.
    pub const fn new(desk: Desk, projector: Projector) -> Self {
        Self { desk, projector }
    }

    /// Runs until `stop` is ready.
    pub async fn run(&self, stop: impl Future<Output = ()> + Send) {
        let mut stop = std::pin::pin!(stop);
        loop {
            let look = async {
                if let Err(error) = self.look().await {
                    tracing::warn!(%error, "passwords of other systems cannot be counted");
                }
                sleep(LOOK).await;
            };
            tokio::select! {
                () = &mut stop => return,
                () = look => {}
            }
        }
    }

    /// Ends what is over in every account. What fails in one keeps no other back.
    pub async fn look(&self) -> Result<(), ActError> {
        let mut failed = Ok(());
        for (account, row) in foreign::accounts(self.desk.store().views()).await? {
            for scheme in row.schemes {
                match self.end(account, scheme).await {
                    // Somebody comes just now, or does something else with the account: at the next look.
                    Ok(()) | Err(ActError::Outdated { .. }) => {}
                    Err(error) => failed = Err(error),
                }
            }
        }
        failed
    }

    async fn end(&self, account: AccountId, scheme: String) -> Result<(), ActError> {
        let seen = self.desk.log().accounts.load(StreamId::account(account)).await?;
        if seen.state.closed || !seen.state.may_end(&scheme, self.desk.clock_of(account)) {
            return Ok(());
        }
        let last = self.desk.store().counter(account).await?.map_or(0, |counter| counter.last_seq);
        if !self.projector.wait_for(notices::NAME, account, last, PATIENCE).await? {
            return Err(ActError::NotCounted);
        }
        if foreign::anybody(self.desk.store().views(), account, &scheme).await? {
            return Ok(());
        }
        let act = EndForeignPasswords { scheme, seen: seen.sequence };
        self.desk.perform(account, Context::of(Actor::System(NAME), NAME), act).await.map(drop)
    }
}
