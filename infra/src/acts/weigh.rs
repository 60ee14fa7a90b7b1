//! Comparing a password: a slow hash, kept for a run that is decided again.

use std::sync::{Mutex, PoisonError};

use twofold_domain::ids::{AccountId, StreamId, UserId, VerifierId};
use twofold_domain::user::User;

use super::people::EMAIL_CLAIM;
use super::{ActError, words};
use crate::desk::Desk;
use crate::vault::kind;
use crate::verify::password::{Password, PasswordHash};
use crate::work::Work;

/// An e-mail address and a password as they were typed.
pub(super) struct Weighing {
    email: String,
    password: Password,
    weighed: Mutex<Option<(VerifierId, bool)>>,
}

impl Weighing {
    pub(super) fn new(email: String, password: Password) -> Self {
        Self { email, password, weighed: Mutex::default() }
    }

    /// Who it is, and whether the password is theirs; nobody where nobody has that address, after the same
    /// work. The slow hash runs before the user's turn comes, on the password that they have now.
    pub(super) async fn found(&self, work: &mut Work) -> Result<Option<(UserId, bool)>, ActError> {
        let desk = work.desk().clone();
        let account = work.account_id();
        let address = words::email(&self.email).ok();
        let owner = match address {
            Some(address) => owner_of(&desk, account, &address).await?,
            None => None,
        };
        let Some(user) = owner else {
            self.weigh(work, None).await?;
            return Ok(None);
        };
        let stream = StreamId::user(account, user);
        let peek = match desk.log().users.last_seen(stream) {
            Some(seen) => seen,
            None => desk.log().users.load(stream).await?,
        };
        self.weigh(work, Some(&peek.state)).await?;
        work.queue_for(user).await;
        let state = work.user(user).await?;
        let verifier = self.weigh(work, Some(&state)).await?;
        Ok(Some((user, self.matched(verifier))))
    }

    /// Compares the password with a user's, or with nobody's at the same cost.
    async fn weigh(&self, work: &Work, user: Option<&User>) -> Result<Option<VerifierId>, ActError> {
        let desk = work.desk();
        let known = user.and_then(|u| u.password);
        let Some(known) = known else {
            desk.passwords().verify(self.password.clone(), None).await?;
            return Ok(None);
        };
        let before = *self.weighed.lock().unwrap_or_else(PoisonError::into_inner);
        if before.is_some_and(|(verifier, _)| verifier == known.verifier) {
            return Ok(Some(known.verifier));
        }
        let stored = desk.vault().secret(work.account_id(), known.verifier, kind::PASSWORD).await?;
        let hash = stored.as_deref().and_then(|bytes| PasswordHash::from_bytes(bytes));
        let matched = desk.passwords().verify(self.password.clone(), hash).await?;
        *self.weighed.lock().unwrap_or_else(PoisonError::into_inner) = Some((known.verifier, matched));
        Ok(Some(known.verifier))
    }

    fn matched(&self, verifier: Option<VerifierId>) -> bool {
        let weighed = *self.weighed.lock().unwrap_or_else(PoisonError::into_inner);
        weighed.is_some_and(|(known, matched)| matched && Some(known) == verifier)
    }
}

/// Who has an address.
pub(super) async fn owner_of(
    desk: &Desk,
    account: AccountId,
    address: &str,
) -> Result<Option<UserId>, ActError> {
    let keys = desk.vault().account_keys(account).await?;
    let index = keys.blind_index(address).bytes();
    Ok(desk.store().claim(account, EMAIL_CLAIM, &index).await?.map(UserId::from_uuid))
}
