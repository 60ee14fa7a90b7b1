//! How late it is in each account, as far as this process knows.
//!
//! Every append and every look at heads says it, so knowing costs no question of its own. Another process
//! may have recorded something later: whoever decides on this has the append check it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use twofold_domain::ids::AccountId;
use twofold_domain::time::Timestamp;

/// Accounts remembered; beyond that all are learnt again, each with its next look.
const REMEMBERED: usize = 1 << 17;

/// The greatest instant known of each account.
#[derive(Debug, Default)]
pub(super) struct Times(Mutex<HashMap<AccountId, Timestamp>>);

impl Times {
    /// What is known; the beginning of time where nothing is.
    pub(super) fn of(&self, account: AccountId) -> Timestamp {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&account).copied().unwrap_or(Timestamp::from_micros(0))
    }

    /// It is at least this late there.
    pub(super) fn passed(&self, account: AccountId, instant: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED && !known.contains_key(&account) {
            known.clear();
        }
        let last = known.entry(account).or_insert(instant);
        *last = instant.max(*last);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn time_only_moves_on() {
        let (times, account) = (Times::default(), AccountId::from_uuid(Uuid::from_u128(1)));
        for (shown, known) in [(5, 5), (9, 9), (7, 9)] {
            times.passed(account, Timestamp::from_micros(shown));
            assert_eq!(times.of(account), Timestamp::from_micros(known));
        }
        assert_eq!(times.of(AccountId::from_uuid(Uuid::from_u128(2))), Timestamp::from_micros(0));
    }
}
