//! Sign-ins that were refused without anybody to charge: at an address that nobody has, and at a
//! person whose budget is spent.
//!
//! They leave no event of their own, or strangers could fill a log at will. They are counted here, in
//! memory, and recorded at most once an hour and account as one event with the counts, and when the server
//! stops. Whatever was not recorded yet is lost with a process that is killed: at most an hour's counts.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use twofold_domain::account::{AccountCommand, RefusedSignIns};
use twofold_domain::ids::AccountId;
use twofold_domain::time::{Span, Timestamp};

use crate::acts::ActError;
use crate::context::{Actor, Context};
use crate::desk::{Act, Desk};
use crate::work::Work;

/// How long counts are gathered before they are recorded.
const GATHERED: Span = Span::hours(1);

/// Who records them.
const COUNTER: Actor = Actor::System("refused_sign_ins");

/// Why a sign-in was refused without a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Uncharged {
    /// Nobody has this address.
    Unknown,
    /// Nothing is looked at for now.
    Locked,
}

/// The counts of each account since they were last recorded.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<HashMap<AccountId, RefusedSignIns>>);

impl Refusals {
    pub(crate) fn count(&self, account: AccountId, why: Uncharged, at: Timestamp) {
        let one = match why {
            Uncharged::Unknown => RefusedSignIns { unknown: 1, locked: 0, from: at, to: at },
            Uncharged::Locked => RefusedSignIns { unknown: 0, locked: 1, from: at, to: at },
        };
        self.add(account, one);
    }

    fn add(&self, account: AccountId, more: RefusedSignIns) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.entry(account).and_modify(|known| *known = known.and(more)).or_insert(more);
    }

    /// Takes the counts that began at or before `since` says for their account.
    fn take(&self, since: impl Fn(AccountId) -> Timestamp) -> Vec<(AccountId, RefusedSignIns)> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.extract_if(|account, count| count.from <= since(*account)).collect()
    }
}

/// Record the counts of one account.
struct Record(RefusedSignIns);

impl Act for Record {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        work.tell_account(AccountCommand::RecordRefusedSignIns(self.0)).await?;
        Ok(())
    }
}

impl Desk {
    /// Records the counts that have been gathered for an hour.
    pub async fn record_refusals(&self) {
        self.record_refusals_since(|account| self.clock_of(account) - GATHERED).await;
    }

    /// Records every count: the server stops.
    pub async fn record_all_refusals(&self) {
        self.record_refusals_since(|_| Timestamp::MAX).await;
    }

    async fn record_refusals_since(&self, since: impl Fn(AccountId) -> Timestamp) {
        for (account, counts) in self.refusals().take(since) {
            let context = Context::of(COUNTER, self.mint().uuid().to_string());
            if let Err(error) = self.perform(account, context, Record(counts)).await {
                tracing::warn!(%error, %account, "refused sign-ins were not recorded");
                if matches!(error, ActError::Store(_) | ActError::Contended) {
                    self.refusals().add(account, counts);
                }
            }
        }
    }
}
