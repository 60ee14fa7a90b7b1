//! The addresses that somebody had of late: while recovery uses one, they are found by it.
//!
//! A claim of its own kind says whose each was. It is written beside the change that makes it, gives way to whoever
//! leaves the same one later, and goes with its person; whether it still finds them is asked of their events each time.

use std::collections::BTreeMap;
use std::fmt;

use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::sealed::{Email, Sealed};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{Registered, User};
use zeroize::Zeroizing;

use super::ActError;
use super::people::{EMAIL_CLAIM, FORMER_CLAIM};
use crate::desk::Desk;
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

/// Whose an address is that somebody is to get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Theirs now.
    Has(UserId),
    /// Theirs until a short while ago, and again once they take it back.
    KeptFor(UserId),
}

impl Whose {
    /// Theirs.
    pub const fn user(self) -> UserId {
        match self {
            Self::Has(user) | Self::KeptFor(user) => user,
        }
    }
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Has(user) => write!(
                f,
                "this address is {user}'s; change theirs first, or erase them if they were invited by mistake"
            ),
            Self::KeptFor(user) => write!(
                f,
                "this address was {user}'s, and is kept for them: for 72 hours after it changed, and as long as they \
                 are frozen or a link waits there; if it is theirs, put their address right instead"
            ),
        }
    }
}

/// Who has an address, or may take it back.
pub(super) async fn whose(work: &mut Work, address: &str) -> Result<Option<Whose>, ActError> {
    let (desk, account, at) = (work.desk().clone(), work.account_id(), work.at());
    let index = desk.vault().account_keys(account).await?.blind_index(address).bytes();
    // In this order: whoever has it until they leave it has the other claim from the same append on.
    if let Some(holder) = desk.store().claim(account, EMAIL_CLAIM, &index).await? {
        return Ok(Some(Whose::Has(UserId::from_uuid(holder))));
    }
    let Some(before) = desk.store().claim(account, FORMER_CLAIM, &index).await? else { return Ok(None) };
    let before = UserId::from_uuid(before);
    let person = work.user(before).await?;
    Ok(keeps(&desk, account, &person, &index, at).await?.then_some(Whose::KeptFor(before)))
}

/// Whether an address, given by its blind index, is kept for somebody.
pub(super) async fn keeps(
    desk: &Desk,
    account: AccountId,
    person: &User,
    index: &[u8; 32],
    at: Timestamp,
) -> Result<bool, ActError> {
    let Some(who) = person.who() else { return Ok(false) };
    let keys = desk.vault().account_keys(account).await?;
    for address in person.kept(at) {
        let address = desk.vault().unseal(account, who.user, address).await?;
        if address.is_some_and(|address| keys.blind_index(&address).bytes() == *index) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The address with which somebody signs in who comes by one before; and that one, sealed anew, with its claim, where it
/// is theirs again: nobody else has it by now.
pub(super) async fn given_back(
    work: &mut Work,
    who: &Registered,
    before: Option<&Sealed<Email>>,
) -> Result<(Zeroizing<String>, Option<Sealed<Email>>), ActError> {
    let (vault, account) = (work.desk().vault().clone(), work.account_id());
    let open = async |email| vault.unseal(account, who.user, email).await;
    let now = Zeroizing::new(open(&who.email).await?.unwrap_or_default().as_str().to_owned());
    let Some(before) = before else { return Ok((now, None)) };
    let before = Zeroizing::new(open(before).await?.unwrap_or_default().as_str().to_owned());
    let keys = vault.account_keys(account).await?;
    let claim = |address: &str| Claim {
        kind: EMAIL_CLAIM.to_owned(),
        key: keys.blind_index(address).bytes(),
        owner: who.user.uuid(),
    };
    let (released, taken) = (claim(&now), claim(&before));
    let holder = work.desk().store().claim(account, EMAIL_CLAIM, &taken.key).await?;
    if holder.is_some_and(|holder| holder != who.user.uuid()) {
        return Ok((now, None));
    }
    if released.key != taken.key {
        work.extras().releases.push(released);
        work.extras().claims.push(taken);
    }
    let sealed = vault.seal(account, who.user, &before).await?;
    Ok((before, Some(sealed)))
}
