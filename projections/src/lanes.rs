//! Places to hand messages over: so many at once by one way, of which an account has a part, a domain of recipients
//! another one, and a recipient a few. So a recipient, a mail server, or a tenant whose messages take long keeps nobody
//! else's waiting. Whoever waits is served in turn.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use twofold_domain::ids::AccountId;

/// Messages of one way that are handed over at once.
pub(crate) const AT_ONCE: usize = 64;
/// Of these, one account's.
pub(crate) const OF_ACCOUNT: usize = 16;
/// Of these, to one domain, whoever writes there.
const OF_DOMAIN: usize = 32;
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
}

/// Semaphores by what they are of, while somebody has or wants a place of it.
struct Places<K> {
    each: usize,
    of: Mutex<HashMap<K, Arc<Semaphore>>>,
}

/// A place; it is free again when this is dropped.
pub(crate) struct Place(#[expect(dead_code, reason = "held, not read")] [Option<OwnedSemaphorePermit>; 5]);

impl Default for Lanes {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(AT_ONCE)),
            accounts: Places::new(OF_ACCOUNT),
            domains: Places::new(OF_DOMAIN),
            account_domains: Places::new(OF_ACCOUNT_TO_DOMAIN),
            recipients: Places::new(OF_RECIPIENT),
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
        let of_all = Arc::clone(&self.all).acquire_owned().await.ok();
        Place([recipient, own_domain, of_account, of_domain, of_all])
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
