//! Comparing a password: a slow hash, kept for a run that is decided again.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use twofold_domain::ids::{AccountId, DeviceId, StreamId, UserId, VerifierId};
use twofold_domain::user::{Rehash, User};

use super::claimed;
use super::nobody::Nobody;
use super::people::EMAIL_CLAIM;
use super::{ActError, words};
use crate::desk::Desk;
use crate::vault::kind;
use crate::verify::is_long;
use crate::verify::password::{Cost, Password, PasswordHash};
use crate::work::Work;

/// An e-mail address and a password as they were typed.
pub(super) struct Weighing {
    email: String,
    password: Password,
    weighed: Mutex<Option<Weighed>>,
}

impl Weighing {
    pub(super) fn new(email: String, password: Password) -> Self {
        Self { email, password, weighed: Mutex::default() }
    }

    /// Who it is, and whether the password is theirs; an address that nobody has costs the same. The slow hash
    /// runs before the user's turn comes, on the password that they have now. `known` says whether a person's
    /// own device came along: a stranger's stream is looked at afresh, as nobody's is.
    pub(super) async fn found(
        &self,
        work: &mut Work,
        new_device: DeviceId,
        known: impl Fn(UserId) -> bool + Send,
    ) -> Result<Found, ActError> {
        let desk = work.desk().clone();
        let account = work.account_id();
        let keys = desk.vault().account_keys(account).await?;
        let address = words::email(&self.email).ok();
        let owner = match &address {
            Some(address) => owner_of(&desk, account, address).await?,
            None => None,
        };
        let Some(user) = owner else {
            self.weigh(work, None).await?;
            let typed = address.map(|address| keys.blind_index(&address).bytes());
            let nobody = Nobody::of(&keys, typed.as_ref().map_or(&[], |index| index.as_slice()));
            nobody.look(work).await?;
            return Ok(Found::Nobody(nobody));
        };
        let stream = StreamId::user(account, user);
        let peek = match desk.log().users.last_seen(stream) {
            Some(seen) => seen,
            None => desk.log().users.load(stream).await?,
        };
        self.weigh(work, Some(&peek.state)).await?;
        work.queue_for(user).await;
        if !known(user) {
            // A new device's stream is looked at in any case.
            work.look_afresh();
            work.load_both(user, new_device).await?;
        }
        let state = work.user(user).await?;
        let verifier = self.weigh(work, Some(&state)).await?;
        Ok(Found::Somebody { user, matched: self.matched(verifier) })
    }

    /// Compares the password with a user's, or with nobody's at the same cost; once for one verifier,
    /// however often it is asked.
    async fn weigh(&self, work: &mut Work, user: Option<&User>) -> Result<Option<VerifierId>, ActError> {
        let desk = work.desk().clone();
        let known = user.and_then(|u| u.password).map(|p| p.verifier);
        if self.weighed().is_some_and(|weighed| weighed.verifier == known) {
            return Ok(known);
        }
        let stored = match known {
            Some(known) => desk.vault().secret(work.account_id(), known, kind::PASSWORD).await?,
            None => None,
        };
        let hash = stored.as_deref().and_then(|bytes| PasswordHash::from_bytes(bytes));
        let usual = desk.passwords().usual();
        let did = [hash.as_ref().map_or(usual, PasswordHash::cost)].into();
        let matched = desk.passwords().verify(self.password.clone(), hash).await?;
        self.remember(Some(Weighed { verifier: known, matched, did }));
        if !matched {
            self.even_out(work).await?;
        }
        Ok(known)
    }

    /// Does what a refusal costs and was not done yet: whoever is refused with the right password, by a lock or
    /// because it opens nothing any more, must not be told from whoever is with a wrong one.
    pub(super) async fn even_out(&self, work: &mut Work) -> Result<(), ActError> {
        let Some(mut weighed) = self.weighed() else { return Ok(()) };
        let passwords = work.desk().passwords().clone();
        let mut left = claimed::costs(work).await?;
        left.push(passwords.usual());
        left.retain(|cost| !weighed.did.contains(cost));
        passwords.spend(self.password.clone(), left.clone()).await?;
        weighed.did.extend(left);
        self.remember(Some(weighed));
        Ok(())
    }

    /// The password as it is kept from now on, where it came from another system and was right.
    pub(super) async fn rehashed(
        &self,
        desk: &Desk,
        user: &User,
        alone: u8,
    ) -> Result<Option<(Rehash, PasswordHash)>, ActError> {
        if !user.password.is_some_and(|password| password.claimed) {
            return Ok(None);
        }
        let hash = desk.passwords().hash(self.password.clone()).await?;
        self.remember(self.weighed().map(|mut weighed| {
            weighed.did.insert(hash.cost());
            weighed
        }));
        let new = Rehash { verifier: desk.mint().id(), stands_alone: is_long(&self.password, alone) };
        Ok(Some((new, hash)))
    }

    fn weighed(&self) -> Option<Weighed> {
        self.weighed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, weighed: Option<Weighed>) {
        *self.weighed.lock().unwrap_or_else(PoisonError::into_inner) = weighed;
    }

    fn matched(&self, verifier: Option<VerifierId>) -> bool {
        verifier.is_some() && self.weighed().is_some_and(|w| w.matched && w.verifier == verifier)
    }
}

/// What a password was compared with, and what that cost so far.
#[derive(Clone)]
struct Weighed {
    verifier: Option<VerifierId>,
    matched: bool,
    did: BTreeSet<Cost>,
}

/// Whom an e-mail address and a password mean.
pub(super) enum Found {
    /// Nobody has the address.
    Nobody(Nobody),
    /// Somebody has.
    Somebody {
        /// Who.
        user: UserId,
        /// Whether the password is theirs.
        matched: bool,
    },
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
