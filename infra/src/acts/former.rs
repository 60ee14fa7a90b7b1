//! The address that somebody had before the last change: while recovery uses it, they are found by it.
//!
//! A claim of its own kind says whose it was. It is written beside the change that makes it, gives way to the next
//! one, and goes with its person; whether it still finds them is asked of their events each time.

use twofold_domain::ids::UserId;
use twofold_domain::sealed::{Email, Sealed};
use twofold_domain::user::User;

use super::ActError;
use super::people::FORMER_CLAIM;
use crate::store::Claim;
use crate::work::Work;

async fn claim(work: &Work, user: UserId, address: &Sealed<Email>) -> Result<Option<Claim>, ActError> {
    let (vault, account) = (work.desk().vault().clone(), work.account_id());
    let Some(address) = vault.unseal(account, user, address).await? else { return Ok(None) };
    let key = vault.account_keys(account).await?.blind_index(&address).bytes();
    Ok(Some(Claim { kind: FORMER_CLAIM.to_owned(), key, owner: user.uuid() }))
}

/// The claim that somebody has on the address before, to be released.
pub(super) async fn held(work: &mut Work, user: UserId) -> Result<Option<Claim>, ActError> {
    let before = work.user(user).await?;
    let Some(former) = &before.former_email else { return Ok(None) };
    let Some(known) = claim(work, user, &former.email).await? else { return Ok(None) };
    let holder = work.desk().store().claim(work.account_id(), FORMER_CLAIM, &known.key).await?;
    Ok(Some(known).filter(|_| holder == Some(user.uuid())))
}

/// Their address changed: whoever is found by an address before is found by the one that recovery uses now.
pub(super) async fn moved(work: &mut Work, user: UserId, before: &User) -> Result<(), ActError> {
    let now = work.user(user).await?;
    if now.former_email == before.former_email {
        return Ok(());
    }
    let old = match &before.former_email {
        Some(old) => claim(work, user, &old.email).await?,
        None => None,
    };
    let new = match &now.former_email {
        Some(new) => claim(work, user, &new.email).await?,
        None => None,
    };
    let store = work.desk().store().clone();
    for known in old.into_iter().filter(|old| new.as_ref().is_none_or(|new| new.key != old.key)) {
        if store.claim(work.account_id(), FORMER_CLAIM, &known.key).await? == Some(known.owner) {
            work.extras().releases.push(known);
        }
    }
    if let Some(new) = new {
        // Whoever had it before the last who left it is not found by it any more.
        let holder = store.claim(work.account_id(), FORMER_CLAIM, &new.key).await?;
        if let Some(owner) = holder.filter(|holder| *holder != new.owner) {
            work.extras().releases.push(Claim { owner, ..new.clone() });
        }
        work.extras().claims.push(new);
    }
    Ok(())
}

/// Whether recovery finds somebody by an address, given by its blind index.
pub(super) async fn finds(work: &mut Work, user: UserId, index: &[u8; 32]) -> Result<bool, ActError> {
    let person = work.user(user).await?;
    let Some(address) = person.recovery_email(work.at()) else { return Ok(false) };
    Ok(claim(work, user, address).await?.is_some_and(|known| known.key == *index))
}
