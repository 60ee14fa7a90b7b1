//! Looking: whatever a work loads, it holds still until it commits.

use std::sync::Arc;

use twofold_domain::account::Account;
use twofold_domain::device::Device;
use twofold_domain::ids::{AccountId, DeviceId, StreamId, UserId};
use twofold_domain::reading::{Reader, Reading};
use twofold_domain::user::User;

use super::{Held, LAG, Work};
use crate::acts::ActError;
use crate::store::{AggregateKind, Stream};

impl Work {
    /// The version of a stream as this work loaded it, before its own events; 0 if it did not.
    pub(crate) fn version_of(&self, stream: StreamId) -> u64 {
        let (account, aggregate) = (self.account, stream.aggregate);
        if stream == StreamId::account(account) {
            return self.held_account.as_ref().map_or(0, |h| h.head);
        }
        let user = self.users.get(&UserId::from_uuid(aggregate)).map(|h| h.head);
        user.or_else(|| self.devices.get(&DeviceId::from_uuid(aggregate)).map(|h| h.head)).unwrap_or(0)
    }

    /// The account, as it is now. From here on it must not move.
    pub async fn account(&mut self) -> Result<Arc<Account>, ActError> {
        self.load(&[]).await?;
        self.held_account.as_ref().map(|h| Arc::clone(&h.state)).ok_or(ActError::UnknownAccount)
    }

    /// A user, as they are now. From here on their stream must not move.
    pub async fn user(&mut self, user: UserId) -> Result<Arc<User>, ActError> {
        self.load(&[Wanted::User(user)]).await?;
        self.users.get(&user).map(|h| Arc::clone(&h.state)).ok_or(ActError::UnknownUser)
    }

    /// A device, as it is now. From here on its stream must not move.
    pub async fn device(&mut self, device: DeviceId) -> Result<Arc<Device>, ActError> {
        self.load(&[Wanted::Device(device)]).await?;
        self.devices.get(&device).map(|h| Arc::clone(&h.state)).ok_or(ActError::UnknownDevice)
    }

    /// What a reader read lately. From here on their stream must not move.
    pub(crate) async fn reading(&mut self, reader: Reader) -> Result<Arc<Reading>, ActError> {
        self.load(&[Wanted::Reading(reader)]).await?;
        let held = self.readings.get(&reader).map(|h| Arc::clone(&h.state));
        held.ok_or_else(|| ActError::Bug("a stream that was not loaded".to_owned()))
    }

    /// Loads a user and one of their devices with one look.
    pub(crate) async fn load_both(&mut self, user: UserId, device: DeviceId) -> Result<(), ActError> {
        self.load(&[Wanted::User(user), Wanted::Device(device)]).await
    }

    pub(crate) fn device_stream(&self, device: DeviceId) -> StreamId {
        StreamId::device(self.account, device)
    }

    /// Loads several at once: those that were never seen, with one look at all their heads.
    pub(crate) async fn load(&mut self, wanted: &[Wanted]) -> Result<(), ActError> {
        let mut streams = vec![];
        if self.held_account.is_none() {
            streams.push(Wanted::Account);
        }
        for &one in wanted {
            let known = match one {
                Wanted::Account => true,
                Wanted::User(user) => self.users.contains_key(&user),
                Wanted::Device(device) => self.devices.contains_key(&device),
                Wanted::Reading(reader) => self.readings.contains_key(&reader),
            };
            if !known {
                streams.push(one);
            }
        }
        if streams.is_empty() {
            return Ok(());
        }
        if !self.fresh {
            streams.retain(|one| !self.recall(*one));
        }
        let addresses: Vec<Stream> = streams.iter().map(|w| w.stream(self.account)).collect();
        if addresses.is_empty() {
            return Ok(());
        }
        let heads = self.heads(&addresses).await?;
        let log = self.desk.log().clone();
        for ((one, stream), head) in streams.into_iter().zip(addresses).zip(heads) {
            match one {
                Wanted::Account => {
                    self.held_account = Some(log.accounts.load_at(stream.id, head).await?.into());
                    self.keep_its_time();
                }
                Wanted::User(user) => {
                    self.users.insert(user, log.users.load_at(stream.id, head).await?.into());
                }
                Wanted::Device(device) => {
                    self.devices.insert(device, log.devices.load_at(stream.id, head).await?.into());
                }
                Wanted::Reading(reader) => {
                    self.readings.insert(reader, log.readings.load_at(stream.id, head).await?.into());
                }
            }
        }
        Ok(())
    }

    /// Takes a state as it was last seen, without asking where its stream stands now: the append asks
    /// that of everything the act looked at, and [`Work::moved`] does where nothing is appended.
    fn recall(&mut self, wanted: Wanted) -> bool {
        let log = self.desk.log().clone();
        let id = wanted.stream(self.account).id;
        let known = match wanted {
            Wanted::Account => {
                self.held_account = log.accounts.last_seen(id).map(Held::from);
                self.keep_its_time();
                self.held_account.is_some()
            }
            Wanted::User(user) => {
                log.users.last_seen(id).map(|seen| self.users.insert(user, seen.into())).is_some()
            }
            Wanted::Device(device) => {
                log.devices.last_seen(id).map(|seen| self.devices.insert(device, seen.into())).is_some()
            }
            Wanted::Reading(reader) => {
                log.readings.last_seen(id).map(|seen| self.readings.insert(reader, seen.into())).is_some()
            }
        };
        self.recalled |= known;
        known
    }

    /// The heads of streams, and with them the account's time.
    async fn heads(&mut self, streams: &[Stream]) -> Result<Vec<u64>, ActError> {
        let seen = self.desk.store().look(self.account, streams).await?;
        self.floor = self.floor.max(seen.last_at);
        Ok(seen.heads)
    }

    /// Whether anything that this work recalled has moved since, or the account's time has passed it by.
    /// Asked before an answer that commits nothing, be it a yes or a no.
    pub(crate) async fn moved(&mut self) -> Result<bool, ActError> {
        if !self.recalled {
            return Ok(self.lags());
        }
        let account = self.held_account.iter().map(|h| (Wanted::Account, h.head));
        let users = self.users.iter().map(|(id, h)| (Wanted::User(*id), h.head));
        let devices = self.devices.iter().map(|(id, h)| (Wanted::Device(*id), h.head));
        let readings = self.readings.iter().map(|(reader, h)| (Wanted::Reading(*reader), h.head));
        let (streams, seen): (Vec<_>, Vec<_>) = account
            .chain(users)
            .chain(devices)
            .chain(readings)
            .map(|(w, head)| (w.stream(self.account), head))
            .unzip();
        Ok(self.heads(&streams).await? != seen || self.lags())
    }

    fn lags(&self) -> bool {
        self.desk.keeps_account_time() && self.floor > self.at + LAG
    }
}

/// A stream that an act wants to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Account,
    User(UserId),
    Device(DeviceId),
    Reading(Reader),
}

impl Wanted {
    pub(super) fn stream(self, account: AccountId) -> Stream {
        match self {
            Self::Account => Stream { kind: AggregateKind::Account, id: StreamId::account(account) },
            Self::User(user) => Stream { kind: AggregateKind::User, id: StreamId::user(account, user) },
            Self::Device(device) => {
                Stream { kind: AggregateKind::Device, id: StreamId::device(account, device) }
            }
            Self::Reading(reader) => {
                Stream { kind: AggregateKind::Reading, id: StreamId::reading(account, reader) }
            }
        }
    }
}
