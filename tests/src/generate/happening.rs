//! One act of an invented history, on its way to a store or as one would give it back.

use twofold_domain::ids::AccountId;
use twofold_domain::time::Timestamp;
use twofold_infra::store::{Append, Recorded, Write};

/// What one act records, in order.
#[derive(Debug)]
pub struct Happening {
    /// The tenant.
    pub account: AccountId,
    /// When.
    pub at: Timestamp,
    /// Whether it opens the account.
    pub opens: bool,
    /// By stream: the head before, and the events.
    pub writes: Vec<Write>,
    pub(super) first: u64,
}

impl Happening {
    /// For the event store.
    pub fn append(self) -> Append {
        let mut append = Append::new(self.account, self.at, self.writes);
        append.extras.opens_account = self.opens;
        append.extras.slug = self.opens.then(|| format!("a{}", self.account.uuid().simple()));
        append
    }

    /// As the event store records it.
    pub fn recorded(self) -> Vec<Recorded> {
        let mut account_seq = self.first;
        let mut recorded = Vec::new();
        for write in self.writes {
            for (event, sequence) in write.events.into_iter().zip(write.expected + 1..) {
                recorded.push(Recorded {
                    account: self.account,
                    account_seq,
                    recorded_at: self.at,
                    stream: write.stream,
                    sequence,
                    event_type: event.event_type,
                    event_version: event.event_version,
                    payload: event.payload,
                    metadata: event.metadata,
                });
                account_seq += 1;
            }
        }
        recorded
    }
}
