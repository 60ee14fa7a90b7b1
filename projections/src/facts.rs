//! An account's log as facts, from its first event to one that is named, in chunks: whoever folds it holds no
//! more of the log than one of them.

use twofold_domain::ids::AccountId;
use twofold_infra::store::EventStore;

use crate::fact::{Fact, Poison};
use crate::memory::ReplayError;
use crate::owners::Owners;

/// Events read at a time.
const CHUNK: u32 = 2_000;

/// A log on its way.
#[derive(Debug)]
pub struct Facts<'a> {
    store: &'a EventStore,
    account: AccountId,
    owners: Owners,
    position: u64,
    until: u64,
    poison: Option<Poison>,
}

impl<'a> Facts<'a> {
    /// An account's log up to and including event `until`.
    pub fn of(store: &'a EventStore, account: AccountId, until: u64) -> Self {
        let owners = Owners::new(store.reader());
        Self { store, account, owners, position: 0, until, poison: None }
    }

    /// The last event that was read.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The next facts, in order; none at the end. Fails at an event that cannot be read, once all before it
    /// were given.
    pub async fn next(&mut self) -> Result<Option<Vec<Fact>>, ReplayError> {
        if let Some(poison) = self.poison.take() {
            return Err(poison.into());
        }
        if self.position >= self.until {
            return Ok(None);
        }
        let limit = (self.until - self.position).min(CHUNK.into()) as u32;
        let events = self.store.read(self.account, self.position, limit).await?;
        let (facts, poison) = self.owners.facts(&events).await?;
        match (facts.last(), poison) {
            (None, Some(poison)) => Err(poison.into()),
            (None, None) => Ok(None),
            (Some(last), poison) => {
                (self.position, self.poison) = (last.seq, poison);
                Ok(Some(facts))
            }
        }
    }
}
