//! Letters to many, one person at a time. Commands of a process manager; each may be repeated.

use sha2::{Digest as _, Sha256};
use twofold_domain::ids::{AccountId, ApprovalId, RecoveryId, StreamId, UserId};
use twofold_domain::policy::Role;
use twofold_domain::time::Timestamp;
use twofold_domain::user::RecoveryRoute;
use uuid::Uuid;

use super::ActError;
use super::post::tell;
use crate::context::Context;
use crate::desk::{Act, Desk, Repeatable};
use crate::mail::Letter;
use crate::work::Work;

/// Keeps these keys apart from those of requests.
const OF_ACTS: &[u8] = b"twofold/wait-notice/v1";
/// The same of resets.
const OF_RESETS: &[u8] = b"twofold/owner-reset-notice/v1";

/// Tell a member of the team of an act that waits; nothing once it does not.
struct TellOfWait {
    approval: ApprovalId,
    user: UserId,
}

impl Act for TellOfWait {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let (account, at) = (work.account().await?, work.at());
        let Some(open) = account.open_approval(self.approval, at) else { return Ok(()) };
        let Some(from) = open.matures_at else { return Ok(()) };
        tell(work, [self.user], &Letter::ApprovalWaits { act: open.act.word(), from }).await
    }
}

/// Tell a member of the team of an owner's reset, or way back to a frozen sign-in, that waits, or that fell due before anybody could be told;
/// nothing once it was cancelled.
struct TellOfOwnersReset {
    owner: UserId,
    recovery: RecoveryId,
    user: UserId,
}

impl Act for TellOfOwnersReset {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let owner = work.user(self.owner).await?;
        // A frozen sign-in comes back by a wait of the same kind.
        let back = owner.frozen.as_ref().filter(|frozen| frozen.recovery == self.recovery);
        if let Some(way) = back.and_then(|frozen| frozen.way) {
            if owner.role() == Some(Role::Owner) && way.route == RecoveryRoute::Owner {
                tell(work, [self.user], &Letter::OwnerThawWaits { from: way.from }).await?;
            }
            return Ok(());
        }
        let from = match owner.waiting_reset {
            Some(waiting) if waiting.recovery == Some(self.recovery) => waiting.due_at,
            _ if owner.recovering == Some(self.recovery) => work.at(),
            _ => return Ok(()),
        };
        if owner.role() != Some(Role::Owner) {
            return Ok(());
        }
        tell(work, [self.user], &Letter::OwnerRecoveryWaits { from }).await
    }
}

/// Under which key it stands that somebody was told of something.
fn told(of: &[u8], account: AccountId, what: Uuid, user: UserId, expires_at: Timestamp) -> Repeatable<()> {
    let mut hash = Sha256::new_with_prefix(of);
    for id in [account.uuid(), what, user.uuid()] {
        hash.update(id.as_bytes());
    }
    // One that was stopped and begun anew is told anew.
    hash.update(expires_at.micros().to_be_bytes());
    let (scope, fingerprint) = (hash.finalize().into(), [0; 32]);
    Repeatable { scope, fingerprint, expires_at, render: Box::new(|(), _| vec![]) }
}

/// Tells a member of the team once of an act that waits, however often it is called.
pub async fn tell_of_wait(
    desk: &Desk,
    account: AccountId,
    context: Context,
    approval: ApprovalId,
    user: UserId,
) -> Result<(), ActError> {
    let known = desk.log().accounts.load(StreamId::account(account)).await?.state;
    let Some(open) = known.open_approval(approval, desk.clock_of(account)) else { return Ok(()) };
    let once = told(OF_ACTS, account, approval.uuid(), user, open.expires_at);
    desk.perform_once(account, context, TellOfWait { approval, user }, Some(once)).await?;
    Ok(())
}

/// Tells a member of the team once of an owner's reset that waits, however often it is called until the instant
/// that is given with the case.
pub async fn tell_of_owners_reset(
    desk: &Desk,
    account: AccountId,
    context: Context,
    (owner, recovery, until): (UserId, RecoveryId, Timestamp),
    user: UserId,
) -> Result<(), ActError> {
    let once = told(OF_RESETS, account, recovery.uuid(), user, until);
    desk.perform_once(account, context, TellOfOwnersReset { owner, recovery, user }, Some(once)).await?;
    Ok(())
}
