//! Recovery codes: minted with a first factor, and replaced.

use twofold_domain::ids::UserId;
use twofold_domain::user::NewCodes;
use zeroize::Zeroizing;

use crate::acts::ActError;
use crate::acts::post::notify;
use crate::acts::principal::Credential;
use crate::desk::Act;
use crate::mail::Letter;
use crate::vault::kind;
use crate::verify::recovery::{CODES, RecoveryCode, RecoveryCodes};
use crate::work::Work;

/// A set of recovery codes that was minted and may be kept.
pub(super) struct NewSet {
    pub(super) new: NewCodes,
    codes: Vec<RecoveryCode>,
    stored: RecoveryCodes,
}

impl NewSet {
    pub(super) async fn mint(work: &Work) -> Result<Self, ActError> {
        let desk = work.desk();
        let keys = desk.vault().account_keys(work.account_id()).await?;
        let set = desk.mint().id();
        let (codes, stored) = RecoveryCodes::mint(desk.mint(), keys.verifiers(), set);
        Ok(Self { new: NewCodes { set, count: CODES as u8, verifier: desk.mint().id() }, codes, stored })
    }

    /// Keeps their verifiers, and shows them for the only time.
    pub(super) async fn keep(
        self,
        work: &mut Work,
        owner: UserId,
    ) -> Result<Vec<Zeroizing<String>>, ActError> {
        let vault = work.desk().vault().clone();
        vault.keep(work, owner, self.new.verifier, kind::RECOVERY_CODES, self.stored.bytes()).await?;
        Ok(self.codes.iter().map(RecoveryCode::reveal).collect())
    }
}

/// Replace one's recovery codes; the old ones die at once.
pub struct RegenerateCodes {
    /// Who.
    pub credential: Credential,
}

impl Act for RegenerateCodes {
    type Reply = Vec<Zeroizing<String>>;

    async fn run(&self, work: &mut Work) -> Result<Vec<Zeroizing<String>>, ActError> {
        let (me, seat) = self.credential.seat(work).await?;
        let fresh = NewSet::mint(work).await?;
        let steps = seat.signed_in()?.regenerate_codes(fresh.new)?;
        work.record_user(me.user, steps.user).await?;
        notify(work, me.user, &Letter::RecoveryCodesReplaced).await?;
        fresh.keep(work, me.user).await
    }
}
