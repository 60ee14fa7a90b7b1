//! How many of something costly this process does at once: for everybody, for one account, and for one person or program, so
//! that whoever asks for too much is in nobody's way but their own.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use twofold_domain::ids::AccountId;
use uuid::Uuid;

/// How many there may be at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Most {
    /// In this process.
    pub(crate) all: usize,
    /// Of one account; the last quarter of them goes only to whoever has none, so that a few who take all they may
    /// leave one to each of the others.
    pub(crate) account: usize,
    /// Of one person, by whatever sessions and tokens they have, or of one program.
    pub(crate) asker: usize,
}

/// The places of this process.
#[derive(Debug)]
pub(crate) struct Places {
    most: Most,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    accounts: HashMap<AccountId, usize>,
    askers: HashMap<Uuid, usize>,
}

/// One place; free again once it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: &'static Places,
    account: AccountId,
    asker: Uuid,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// The process has as many as it may.
    All,
    /// The account has.
    Account,
    /// Whoever asks has, by whatever they ask.
    Asker,
}

impl Places {
    /// None is taken yet.
    pub(crate) fn of(most: Most) -> Self {
        Self { most, taken: Mutex::default() }
    }

    /// A place for whoever asks of an account.
    pub(crate) fn take(&'static self, account: AccountId, asker: Uuid) -> Result<Place, Full> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |of: Option<&usize>| of.copied().unwrap_or(0);
        let theirs = count(taken.askers.get(&asker));
        if theirs >= self.most.asker {
            return Err(Full::Asker);
        }
        let kept = if theirs > 0 { self.most.account / 4 } else { 0 };
        if count(taken.accounts.get(&account)) >= self.most.account - kept {
            return Err(Full::Account);
        }
        if taken.all >= self.most.all {
            return Err(Full::All);
        }
        taken.all += 1;
        *taken.accounts.entry(account).or_default() += 1;
        *taken.askers.entry(asker).or_default() += 1;
        Ok(Place { places: self, account, asker })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(1);
        leave(&mut taken.accounts, &self.account);
        leave(&mut taken.askers, &self.asker);
    }
}

/// One fewer; whoever has none is not kept.
fn leave<K: Hash + Eq>(of: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = of.get_mut(key) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            of.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    /// Rules: S6.
    #[test]
    fn one_tenant_and_one_person_take_no_place_from_others() {
        static FEW: LazyLock<Places> = LazyLock::new(|| Places::of(Most { all: 5, account: 3, asker: 2 }));
        let account = |n| AccountId::from_uuid(Uuid::from_u128(n));
        let take = |of, who| FEW.take(account(of), Uuid::from_u128(who));
        let mut held = vec![take(1, 11).unwrap(), take(1, 11).unwrap()];
        assert_eq!(take(1, 11).unwrap_err(), Full::Asker);
        held.push(take(1, 12).unwrap());
        assert_eq!(take(1, 13).unwrap_err(), Full::Account);
        held.push(take(2, 21).unwrap());
        held.push(take(3, 31).unwrap());
        assert_eq!(take(4, 41).unwrap_err(), Full::All);
        // A place that is left is somebody's again.
        held.remove(0);
        held.push(take(1, 11).unwrap());
        assert_eq!(take(4, 41).unwrap_err(), Full::All);
        drop(held);
        let taken = FEW.taken.lock().unwrap();
        assert!(taken.all == 0 && taken.accounts.is_empty() && taken.askers.is_empty(), "{taken:?}");
    }

    /// Rules: S6.
    #[test]
    fn a_few_people_of_an_account_leave_a_place_to_each_of_the_others() {
        static MANY: LazyLock<Places> =
            LazyLock::new(|| Places::of(Most { all: 128, account: 64, asker: 16 }));
        let take = |who| MANY.take(AccountId::from_uuid(Uuid::from_u128(1)), Uuid::from_u128(who));
        let mut held = vec![];
        for who in 0..5 {
            held.extend((0..16).map_while(|_| take(who).ok()));
        }
        assert_eq!(held.len(), 16 * 3 + 2, "three have all that they may, two have one");
        assert_eq!(take(4).unwrap_err(), Full::Account);
        held.push(take(5).unwrap());
        assert_eq!(take(5).unwrap_err(), Full::Account, "one, of what is kept");
    }
}
