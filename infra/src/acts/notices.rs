//! Letters to many, one person at a time. Commands of a process manager; each may be repeated.

use sha2::{Digest as _, Sha256};
use twofold_domain::ids::{AccountId, ApprovalId, StreamId, UserId};

use super::ActError;
use super::post::tell;
use crate::context::Context;
use crate::desk::{Act, Desk, Repeatable};
use crate::mail::Letter;
use crate::work::Work;

/// Keeps these keys apart from those of requests.
const LABEL: &[u8] = b"twofold/wait-notice/v1";

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
    let mut hash = Sha256::new_with_prefix(LABEL);
    for id in [account.uuid(), approval.uuid(), user.uuid()] {
        hash.update(id.as_bytes());
    }
    let repeatable = Repeatable {
        scope: hash.finalize().into(),
        fingerprint: [0; 32],
        expires_at: open.expires_at,
        render: Box::new(|(), _| vec![]),
    };
    desk.perform_once(account, context, TellOfWait { approval, user }, Some(repeatable)).await?;
    Ok(())
}
