//! Committing: one append of everything, and what may be remembered once it is durable.

use std::sync::Arc;

use cqrs_es::Aggregate;
use twofold_domain::account::Account;
use twofold_domain::device::Device;
use twofold_domain::ids::{AccountId, StreamId, UserId};
use twofold_domain::reading::Reading;
use twofold_domain::time::Timestamp;
use twofold_domain::user::User;

use super::{Held, LAG, Wanted, Work};
use crate::acts::ActError;
use crate::desk::Desk;
use crate::refusals::Uncharged;
use crate::scribe::Scribe;
use crate::store::{Append, Extras, IdempotencyRow, Read, Stream, Write};

impl Work {
    /// Whether anything is to be committed.
    pub(crate) fn is_idle(&self) -> bool {
        self.held_account.as_ref().is_none_or(|h| h.recorded.is_empty())
            && self.users.values().all(|h| h.recorded.is_empty())
            && self.devices.values().all(|h| h.recorded.is_empty())
            && self.readings.values().all(|h| h.recorded.is_empty())
            && self.extras == Extras::default()
    }

    /// The one append of this work, and what to remember if it is committed.
    pub(crate) fn into_append(
        self,
        idempotency: Option<IdempotencyRow>,
    ) -> Result<(Append, Remember), ActError> {
        let mut writes = vec![];
        let mut reads = vec![];
        let mut remember = Remember {
            lock: self.lock,
            uncharged: self.uncharged.map(|why| (self.account, why, self.at)),
            forget: self.forget.into_iter().map(|person| (self.account, person)).collect(),
            ..Remember::default()
        };
        let scribe = Scribe { desk: &self.desk, context: &self.context };
        if let Some(held) = self.held_account {
            let stream = Wanted::Account.stream(self.account);
            if !held.recorded.is_empty() {
                let head = held.head + held.recorded.len() as u64;
                remember.account = Some((stream.id, head, Arc::clone(&held.state)));
            }
            put(&scribe, stream, &held, &mut writes, &mut reads)?;
        }
        for (user, held) in self.users {
            let stream = Wanted::User(user).stream(self.account);
            if !held.recorded.is_empty() {
                let head = held.head + held.recorded.len() as u64;
                remember.users.push((stream.id, head, Arc::clone(&held.state)));
            }
            put(&scribe, stream, &held, &mut writes, &mut reads)?;
        }
        for (device, held) in self.devices {
            let stream = Wanted::Device(device).stream(self.account);
            if !held.recorded.is_empty() {
                let head = held.head + held.recorded.len() as u64;
                remember.devices.push((stream.id, head, Arc::clone(&held.state)));
            }
            put(&scribe, stream, &held, &mut writes, &mut reads)?;
        }
        for (reader, held) in self.readings {
            let stream = Wanted::Reading(reader).stream(self.account);
            if !held.recorded.is_empty() {
                let head = held.head + held.recorded.len() as u64;
                remember.readings.push((stream.id, head, Arc::clone(&held.state)));
            }
            put(&scribe, stream, &held, &mut writes, &mut reads)?;
        }
        let extras = Extras { idempotency, ..self.extras };
        let latest = self.desk.keeps_account_time().then(|| self.at + LAG);
        Ok((Append { account: self.account, at: self.at, latest, writes, reads, extras }, remember))
    }
}

/// What the cache may keep once the append is committed. Holds the user's turn until then.
#[derive(Default)]
pub(crate) struct Remember {
    account: Option<(StreamId, u64, Arc<Account>)>,
    users: Vec<(StreamId, u64, Arc<User>)>,
    devices: Vec<(StreamId, u64, Arc<Device>)>,
    readings: Vec<(StreamId, u64, Arc<Reading>)>,
    forget: Vec<(AccountId, UserId)>,
    uncharged: Option<(AccountId, Uncharged, Timestamp)>,
    lock: Option<tokio::sync::OwnedMutexGuard<()>>,
}

impl Remember {
    pub(crate) fn keep(self, desk: &Desk) {
        let log = desk.log();
        if let Some((id, head, state)) = self.account {
            log.accounts.committed(id, Arc::unwrap_or_clone(state), head);
        }
        for (id, head, state) in self.users {
            log.users.committed(id, Arc::unwrap_or_clone(state), head);
        }
        for (id, head, state) in self.devices {
            log.devices.committed(id, Arc::unwrap_or_clone(state), head);
        }
        for (id, head, state) in self.readings {
            log.readings.committed(id, Arc::unwrap_or_clone(state), head);
        }
        for (account, person) in self.forget {
            desk.vault().forget(account, person);
        }
        if let Some((account, why, at)) = self.uncharged {
            desk.refusals().count(account, why, at);
        }
        drop(self.lock);
    }
}

/// What was recorded becomes a write; what was only looked at, a read.
fn put<A: Aggregate>(
    scribe: &Scribe<'_>,
    stream: Stream,
    held: &Held<A>,
    writes: &mut Vec<Write>,
    reads: &mut Vec<Read>,
) -> Result<(), ActError> {
    if held.recorded.is_empty() {
        reads.push(Read { stream, sequence: held.head });
        return Ok(());
    }
    let by = |n| held.owed.filter(|_| n == 0).unwrap_or(scribe.context.actor);
    let events =
        held.recorded.iter().enumerate().map(|(n, e)| scribe.event(e, by(n))).collect::<Result<_, _>>()?;
    writes.push(Write { stream, expected: held.head, events });
    Ok(())
}
