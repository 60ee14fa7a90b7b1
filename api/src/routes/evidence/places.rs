//! How many streams this process has open: for everybody, for one account, and for one credential, so that whoever
//! opens too many is in nobody's way but their own.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{LazyLock, Mutex, PoisonError};

use twofold_domain::ids::AccountId;
use twofold_infra::acts::{By, Caller};
use uuid::Uuid;

use crate::problem::{Problem, kinds};

/// How many there may be at once.
#[derive(Debug, Clone, Copy)]
struct Most {
    all: usize,
    account: usize,
    credential: usize,
}

/// A program follows with one stream, and with a second one while it comes back; a quarter of an account's streams
/// are one credential's, and sixteen accounts that take all they may leave nobody out before the process is full.
const MOST: Most = Most { all: 1_024, account: 64, credential: 16 };

/// How long whoever finds no place waits: by the next heartbeat a place may be free.
const WAIT: u64 = 15;

static OPEN: LazyLock<Places> = LazyLock::new(|| Places::of(MOST));

/// The places of this process.
#[derive(Debug)]
struct Places {
    most: Most,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    accounts: HashMap<AccountId, usize>,
    credentials: HashMap<Uuid, usize>,
}

/// The place of one stream; free again once it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: &'static Places,
    account: AccountId,
    credential: Uuid,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Full {
    /// The process has as many as it may.
    All,
    /// The account has.
    Account,
    /// The session, token, or password has.
    Credential,
}

impl Place {
    /// A place for whoever reads.
    pub(super) fn take(me: &Caller) -> Result<Self, Problem> {
        let credential = match &me.by {
            By::Session(person) => person.session_id.uuid(),
            By::Token { token, .. } => token.uuid(),
            By::Password { user, .. } => user.uuid(),
        };
        OPEN.take(me.account, credential).map_err(|full| {
            let (kind, words) = match full {
                Full::All => (kinds::BUSY, "Too many streams are open; try again in a moment."),
                Full::Account => (kinds::TOO_MANY_REQUESTS, "This account has as many streams as it may."),
                Full::Credential => {
                    (kinds::TOO_MANY_REQUESTS, "This session or token has as many streams as it may.")
                }
            };
            Problem::new(kind).detail(words).retry_after(WAIT)
        })
    }
}

impl Places {
    fn of(most: Most) -> Self {
        Self { most, taken: Mutex::default() }
    }

    fn take(&'static self, account: AccountId, credential: Uuid) -> Result<Place, Full> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |of: Option<&usize>| of.copied().unwrap_or(0);
        if count(taken.credentials.get(&credential)) >= self.most.credential {
            return Err(Full::Credential);
        }
        if count(taken.accounts.get(&account)) >= self.most.account {
            return Err(Full::Account);
        }
        if taken.all >= self.most.all {
            return Err(Full::All);
        }
        taken.all += 1;
        *taken.accounts.entry(account).or_default() += 1;
        *taken.credentials.entry(credential).or_default() += 1;
        Ok(Place { places: self, account, credential })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(1);
        leave(&mut taken.accounts, &self.account);
        leave(&mut taken.credentials, &self.credential);
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
    use super::*;

    /// Rules: S6.
    #[test]
    fn one_tenant_and_one_token_take_no_stream_from_others() {
        static FEW: LazyLock<Places> =
            LazyLock::new(|| Places::of(Most { all: 5, account: 3, credential: 2 }));
        let account = |n| AccountId::from_uuid(Uuid::from_u128(n));
        let take = |of, token| FEW.take(account(of), Uuid::from_u128(token));
        let mut held = vec![take(1, 11).unwrap(), take(1, 11).unwrap()];
        assert_eq!(take(1, 11).unwrap_err(), Full::Credential);
        held.push(take(1, 12).unwrap());
        assert_eq!(take(1, 13).unwrap_err(), Full::Account);
        held.push(take(2, 21).unwrap());
        held.push(take(3, 31).unwrap());
        assert_eq!(take(4, 41).unwrap_err(), Full::All);
        // A place that is left is somebody's again.
        held.remove(0);
        held.push(take(1, 11).unwrap());
        assert_eq!(take(4, 41).unwrap_err(), Full::All);
        held.clear();
        let taken = FEW.taken.lock().unwrap();
        assert!(taken.all == 0 && taken.accounts.is_empty() && taken.credentials.is_empty(), "{taken:?}");
    }
}
