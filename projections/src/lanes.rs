//! Places to hand messages over: so many at once by one way, of which an account has a part, a domain of recipients
//! another one, and a recipient a few. So a recipient, a mail server, or a tenant whose messages take long keeps nobody
//! else's waiting. Whoever waits is served in turn. Accounts whose last message took long share a part of all places, so that no
//! number of them fills those of others more than once.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use twofold_domain::ids::AccountId;

/// Messages of one way that are handed over at once.
pub(crate) const AT_ONCE: usize = 64;
/// Of these, one account's.
pub(crate) const OF_ACCOUNT: usize = 16;
/// Of these, to one domain, whoever writes there.
const OF_DOMAIN: usize = 32;
/// Of these, all accounts' together whose last message took long.
const OF_SLOW: usize = 16;
/// What takes longer than this is slow.
const LONG: Duration = Duration::from_secs(5);
/// And of one account to one domain.
pub(crate) const OF_ACCOUNT_TO_DOMAIN: usize = 8;
/// Of these, to one address or number.
pub(crate) const OF_RECIPIENT: usize = 2;

/// The places of one way.
pub(crate) struct Lanes {
    all: Arc<Semaphore>,
    accounts: Places<AccountId>,
    domains: Places<String>,
    account_domains: Places<(AccountId, String)>,
    recipients: Places<(AccountId, String)>,
    of_slow: Arc<Semaphore>,
    slow: Mutex<HashSet<AccountId>>,
}

/// Semaphores by what they are of, while somebody has or wants a place of it.
struct Places<K> {
    each: usize,
    of: Mutex<HashMap<K, Arc<Semaphore>>>,
}

/// A place; it is free again when this is dropped.
pub(crate) struct Place(#[expect(dead_code, reason = "held, not read")] [Option<OwnedSemaphorePermit>; 6]);

impl Default for Lanes {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(AT_ONCE)),
            accounts: Places::new(OF_ACCOUNT),
            domains: Places::new(OF_DOMAIN),
            account_domains: Places::new(OF_ACCOUNT_TO_DOMAIN),
            recipients: Places::new(OF_RECIPIENT),
            of_slow: Arc::new(Semaphore::new(OF_SLOW)),
            slow: Mutex::default(),
        }
    }
}

impl Lanes {
    /// Waits for a place for a message of an account to somebody. The widest is waited for last, so that nobody who waits
    /// for a place of their own holds one of everybody's.
    pub(crate) async fn place(&self, account: AccountId, to: &str) -> Place {
        // A number is a domain of its own.
        let domain = to.rsplit_once('@').map_or(to, |(_, domain)| domain).to_lowercase();
        let recipient = self.recipients.of((account, to.to_owned()));
        let recipient = recipient.acquire_owned().await.ok();
        let own_domain = self.account_domains.of((account, domain.clone())).acquire_owned().await.ok();
        let of_account = self.accounts.of(account).acquire_owned().await.ok();
        let of_domain = self.domains.of(domain).acquire_owned().await.ok();
        let slow = self.slow().contains(&account);
        let of_slow = if slow { Arc::clone(&self.of_slow).acquire_owned().await.ok() } else { None };
        let of_all = Arc::clone(&self.all).acquire_owned().await.ok();
        Place([recipient, own_domain, of_account, of_domain, of_slow, of_all])
    }

    /// A message of an account was so long under way.
    pub(crate) fn took(&self, account: AccountId, time: Duration) {
        if time > LONG {
            self.slow().insert(account);
        } else {
            self.slow().remove(&account);
        }
    }

    fn slow(&self) -> MutexGuard<'_, HashSet<AccountId>> {
        self.slow.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets of whom nothing is under way.
    pub(crate) fn sweep(&self) {
        self.accounts.sweep();
        self.domains.sweep();
        self.account_domains.sweep();
        self.recipients.sweep();
    }
}

impl<K: Eq + Hash> Places<K> {
    fn new(each: usize) -> Self {
        Self { each, of: Mutex::default() }
    }

    fn of(&self, key: K) -> Arc<Semaphore> {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(of.entry(key).or_insert_with(|| Arc::new(Semaphore::new(self.each))))
    }

    fn sweep(&self) {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        of.retain(|_, places| Arc::strong_count(places) > 1);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    /// Rules: E7.
    #[tokio::test]
    async fn accounts_that_were_slow_share_a_part_and_one_that_is_quick_again_does_not() {
        let (lanes, account) = (Lanes::default(), |n| AccountId::from_uuid(uuid::Uuid::from_u128(n)));
        let take = |of: u128, n: usize| {
            let (lanes, to) = (&lanes, format!("{n}@{of}-{n}.example"));
            async move { lanes.place(account(of), &to).await }.boxed_local()
        };
        let fill = async |accounts: std::ops::Range<u128>| {
            let mut held = vec![];
            for of in accounts {
                for n in 0..OF_ACCOUNT {
                    held.extend(take(of, n).now_or_never());
                }
                tokio::task::yield_now().await;
            }
            held
        };
        let hanging = 1..1 + (AT_ONCE / OF_ACCOUNT) as u128;
        let held = fill(hanging.clone()).await;
        assert_eq!(held.len(), AT_ONCE, "once they fill everything");
        assert!(take(99, 0).now_or_never().is_none());
        drop(held);
        hanging.clone().for_each(|of| lanes.took(account(of), LONG * 2));
        let held = fill(hanging).await;
        assert_eq!(held.len(), OF_SLOW, "and then only so much");
        assert!(take(99, 0).now_or_never().is_some(), "of the rest others have theirs");
        lanes.took(account(2), LONG / 2);
        assert!(take(2, 90).now_or_never().is_some(), "and so has whoever is quick again");
    }

    /// Rules: E7.
    #[tokio::test]
    async fn a_slow_recipient_or_tenant_takes_no_place_of_others() {
        let (lanes, account) = (Lanes::default(), |n| AccountId::from_uuid(uuid::Uuid::from_u128(n)));
        let take = |of, to: String| {
            let lanes = &lanes;
            async move { lanes.place(account(of), &to).await }.boxed_local()
        };
        let mut held = vec![];
        for _ in 0..OF_RECIPIENT {
            held.extend(take(1, "silent".to_owned()).now_or_never());
        }
        assert!(take(1, "silent".to_owned()).now_or_never().is_none(), "of one recipient");
        for n in OF_RECIPIENT..OF_ACCOUNT {
            held.extend(take(1, n.to_string()).now_or_never());
        }
        assert_eq!(held.len(), OF_ACCOUNT);
        assert!(take(1, "another".to_owned()).now_or_never().is_none(), "of one account");
        held.extend(take(2, "silent".to_owned()).now_or_never());
        assert_eq!(held.len(), OF_ACCOUNT + 1, "another account is in nobody's way");
        // tokio lets a task take only so many places without a pause.
        tokio::task::yield_now().await;
        for n in 0..OF_ACCOUNT_TO_DOMAIN {
            held.extend(take(3, format!("{n}@slow.example")).now_or_never());
        }
        assert_eq!(held.len(), OF_ACCOUNT + 1 + OF_ACCOUNT_TO_DOMAIN);
        assert!(
            take(3, "one@Slow.example".to_owned()).now_or_never().is_none(),
            "of one account to a domain"
        );
        held.extend(take(3, "one@quick.example".to_owned()).now_or_never());
        held.extend(take(4, "one@slow.example".to_owned()).now_or_never());
        assert_eq!(held.len(), OF_ACCOUNT + 3 + OF_ACCOUNT_TO_DOMAIN, "other domains, and other accounts");
        lanes.sweep();
        assert_eq!(lanes.accounts.of.lock().unwrap().len(), 4);
        held.clear();
        lanes.sweep();
        assert!(lanes.accounts.of.lock().unwrap().is_empty());
        assert!(lanes.recipients.of.lock().unwrap().is_empty());
        assert!(lanes.domains.of.lock().unwrap().is_empty());
    }
}
