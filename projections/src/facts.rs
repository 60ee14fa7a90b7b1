//! An account's log as facts, from its first event to one that is named, in chunks: whoever folds it holds no
//! more of the log than a few of them. While one is folded, the next ones are read and decoded on other cores.

use futures::TryStreamExt as _;
use futures::stream::BoxStream;
use twofold_domain::ids::AccountId;
use twofold_infra::store::{EventStore, StoreError};

use crate::bulk::read::{Piece, follows, pieces_of};
use crate::fact::{Fact, Poison};
use crate::memory::ReplayError;
use crate::owners::Owners;

/// A log on its way.
pub struct Facts {
    account: AccountId,
    owners: Owners,
    position: u64,
    pieces: BoxStream<'static, Result<Vec<Piece>, StoreError>>,
    poison: Option<Poison>,
}

impl Facts {
    /// An account's log up to and including event `until`.
    pub fn of(store: &EventStore, account: AccountId, until: u64) -> Self {
        let owners = Owners::new(store.reader());
        Self { account, owners, position: 0, pieces: pieces_of(store, account, until), poison: None }
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
        let Some(piece) = self.pieces.try_next().await?.and_then(|pieces| pieces.into_iter().next()) else {
            return Ok(None);
        };
        follows(self.account, piece.span.0, self.position)?;
        let Piece { mut facts, poison, .. } = piece;
        self.owners.resolve(&mut facts).await?;
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
