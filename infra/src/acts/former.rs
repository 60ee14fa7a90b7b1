//! The addresses that somebody had of late: while recovery uses one, they are found by it.
//!
//! A claim of its own kind says whose each was. It is written beside the change that makes it, gives way to whoever
//! leaves the same one later, and goes with its person; whether it still finds them is asked of their events each time.

use std::collections::BTreeMap;

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

/// The claims on the addresses that somebody is remembered by, each once.
async fn claims(work: &Work, user: UserId, person: &User) -> Result<BTreeMap<[u8; 32], Claim>, ActError> {
    let mut claims = BTreeMap::new();
    for address in person.addresses_before() {
        if let Some(known) = claim(work, user, address).await? {
            claims.insert(known.key, known);
        }
    }
    Ok(claims)
}

/// The claims that somebody has on addresses before, to be released.
pub(super) async fn held(work: &mut Work, user: UserId) -> Result<Vec<Claim>, ActError> {
    let before = work.user(user).await?;
    let mut held = vec![];
    for known in claims(work, user, &before).await?.into_values() {
        if work.desk().store().claim(work.account_id(), FORMER_CLAIM, &known.key).await? == Some(known.owner)
        {
            held.push(known);
        }
    }
    Ok(held)
}

/// Their address changed: they are found by those before that are remembered now, and by no other.
pub(super) async fn moved(work: &mut Work, user: UserId, before: &User) -> Result<(), ActError> {
    let now = work.user(user).await?;
    if now.addresses_before().eq(before.addresses_before()) {
        return Ok(());
    }
    let (old, new) = (claims(work, user, before).await?, claims(work, user, &now).await?);
    let (store, account) = (work.desk().store().clone(), work.account_id());
    for (key, known) in &old {
        let gone = !new.contains_key(key);
        if gone && store.claim(account, FORMER_CLAIM, key).await? == Some(known.owner) {
            work.extras().releases.push(known.clone());
        }
    }
    for (key, new) in new.into_iter().filter(|(key, _)| !old.contains_key(key)) {
        // Whoever had it before the last who left it is not found by it any more.
        let holder = store.claim(account, FORMER_CLAIM, &key).await?;
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
