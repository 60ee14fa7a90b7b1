//! The unit of work: what an act looks at, what it records, and the one append that commits both.
//!
//! Whatever an act loads is a **read** that must not have moved when it commits; whatever it records
//! makes that stream a **write**. So a sign-in that looked at the account's switch cannot be
//! committed after the switch was thrown: the append refuses it, and the act runs again on fresh
//! state. No act can forget this, because there is no other way to look.
//!
//! That is also why a first run may decide on states as they were last seen, without a question to
//! the database: the append asks for every head anyway. Only an answer that appends nothing asks
//! before it is given.

use std::collections::BTreeMap;
use std::sync::Arc;

use cqrs_es::Aggregate;
use twofold_domain::account::{Account, AccountCommand, AccountEvent};
use twofold_domain::device::{Device, DeviceCommand, DeviceEvent};
use twofold_domain::ids::{AccountId, DeviceId, StreamId, UserId};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{ResetCause, User, UserCommand, UserEvent};

use crate::acts::{ActError, notify};
use crate::context::{Actor, Context};
use crate::desk::Desk;
use crate::mail::Letter;
use crate::scribe::Scribe;
use crate::store::aggregates::Loaded;
use crate::store::{AggregateKind, Append, Extras, IdempotencyRow, Read, RosterChange, Stream, Write};

/// One aggregate as an act sees it: the state it loaded, with the act's own events folded in.
struct Held<A: Aggregate> {
    state: Arc<A>,
    head: u64,
    recorded: Vec<A::Event>,
    /// Who owed the first of them, where it is a reset that nobody here did.
    owed: Option<Actor>,
}

impl<A: Aggregate> From<Loaded<A>> for Held<A> {
    fn from(loaded: Loaded<A>) -> Self {
        Self { state: loaded.state, head: loaded.sequence, recorded: vec![], owed: None }
    }
}

/// What one run of an act looked at and recorded. Nothing is durable before it is committed.
pub struct Work {
    desk: Desk,
    account: AccountId,
    at: Timestamp,
    context: Context,
    held_account: Option<Held<Account>>,
    users: BTreeMap<UserId, Held<User>>,
    devices: BTreeMap<DeviceId, Held<Device>>,
    extras: Extras,
    lock: Option<tokio::sync::OwnedMutexGuard<()>>,
    forget: Vec<UserId>,
    /// Ask for the head of every stream; otherwise what was seen last is good enough to decide on.
    fresh: bool,
    recalled: bool,
}

impl Work {
    pub(crate) fn new(desk: Desk, account: AccountId, context: Context, fresh: bool) -> Self {
        let at = desk.clock().now();
        Self {
            desk,
            account,
            at,
            context,
            held_account: None,
            users: BTreeMap::new(),
            devices: BTreeMap::new(),
            extras: Extras::default(),
            lock: None,
            forget: vec![],
            fresh,
            recalled: false,
        }
    }

    /// The services behind the act.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// The tenant. Every stream that this work touches is this account's.
    pub fn account_id(&self) -> AccountId {
        self.account
    }

    /// Now, the same throughout one run.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// What is known of the request.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Names the person behind the act, once a session proved who it is.
    pub(crate) fn act_as(&mut self, actor: Actor, session: Option<twofold_domain::ids::SessionId>) {
        self.context.actor = actor;
        self.context.session = session;
    }

    /// Waits until no other act of this process is deciding about this user. Not needed for
    /// correctness — the append decides races — but sixty-four guesses at once need not all be
    /// decided sixty-four times. Call it before loading the user.
    pub async fn queue_for(&mut self, user: UserId) {
        if self.lock.is_none() {
            self.lock = Some(self.desk.turn_of(user).await);
        }
    }

    /// Has an erased person's key forgotten once the erasure is committed.
    pub(crate) fn forget_after(&mut self, person: UserId) {
        self.forget.push(person);
    }

    /// The version of a stream as this work loaded it, before its own events; 0 if it did not.
    pub(crate) fn version_of(&self, stream: StreamId) -> u64 {
        let (account, aggregate) = (self.account, stream.aggregate);
        if stream == StreamId::account(account) {
            return self.held_account.as_ref().map_or(0, |h| h.head);
        }
        let user = self.users.get(&UserId::from_uuid(aggregate)).map(|h| h.head);
        user.or_else(|| self.devices.get(&DeviceId::from_uuid(aggregate)).map(|h| h.head)).unwrap_or(0)
    }

    /// Rows to change in the same transaction.
    pub fn extras(&mut self) -> &mut Extras {
        &mut self.extras
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
        let heads = self.desk.store().heads(&addresses).await?;
        let log = self.desk.log().clone();
        for ((one, stream), head) in streams.into_iter().zip(addresses).zip(heads) {
            match one {
                Wanted::Account => {
                    self.held_account = Some(log.accounts.load_at(stream.id, head).await?.into());
                }
                Wanted::User(user) => {
                    self.users.insert(user, log.users.load_at(stream.id, head).await?.into());
                }
                Wanted::Device(device) => {
                    self.devices.insert(device, log.devices.load_at(stream.id, head).await?.into());
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
                self.held_account.is_some()
            }
            Wanted::User(user) => {
                log.users.last_seen(id).map(|seen| self.users.insert(user, seen.into())).is_some()
            }
            Wanted::Device(device) => {
                log.devices.last_seen(id).map(|seen| self.devices.insert(device, seen.into())).is_some()
            }
        };
        self.recalled |= known;
        known
    }

    /// Whether anything that this work recalled has moved since. Asked before an answer that commits
    /// nothing, be it a yes or a no.
    pub(crate) async fn moved(&self) -> Result<bool, ActError> {
        if !self.recalled {
            return Ok(false);
        }
        let account = self.held_account.iter().map(|h| (Wanted::Account, h.head));
        let users = self.users.iter().map(|(id, h)| (Wanted::User(*id), h.head));
        let devices = self.devices.iter().map(|(id, h)| (Wanted::Device(*id), h.head));
        let (streams, seen): (Vec<_>, Vec<_>) =
            account.chain(users).chain(devices).map(|(w, head)| (w.stream(self.account), head)).unzip();
        Ok(self.desk.store().heads(&streams).await? != seen)
    }

    /// Puts a command to the account and records what it decides.
    pub async fn tell_account(&mut self, command: AccountCommand) -> Result<Vec<AccountEvent>, ActError> {
        let events = self.account().await?.decide(command)?;
        self.record_account(events.clone()).await?;
        Ok(events)
    }

    /// Puts a command to a user and records what they decide.
    pub async fn tell_user(
        &mut self,
        user: UserId,
        command: UserCommand,
    ) -> Result<Vec<UserEvent>, ActError> {
        let era = self.account().await?.era(self.at);
        let events = self.user(user).await?.decide(&era, command)?;
        self.record_user(user, events.clone()).await?;
        Ok(events)
    }

    /// Puts a command to a device and records what it decides.
    pub async fn tell_device(
        &mut self,
        device: DeviceId,
        command: DeviceCommand,
    ) -> Result<Vec<DeviceEvent>, ActError> {
        let events = self.device(device).await?.decide(command)?;
        self.record_device(device, events.clone()).await?;
        Ok(events)
    }

    /// Records what was decided about the account.
    pub async fn record_account(&mut self, events: Vec<AccountEvent>) -> Result<(), ActError> {
        self.account().await?;
        if let Some(held) = &mut self.held_account {
            fold(held, events);
        }
        Ok(())
    }

    /// Records what was decided about a user, and keeps the roster of enrolled people in step.
    pub async fn record_user(&mut self, user: UserId, events: Vec<UserEvent>) -> Result<(), ActError> {
        self.user(user).await?;
        for event in &events {
            if let Some(change) = roster_change(user, event) {
                let same = |c: &RosterChange| matches!(c, RosterChange::Add { user: u, .. } | RosterChange::Remove { user: u } if *u == user);
                self.extras.roster.retain(|c| !same(c));
                self.extras.roster.push(change);
            }
        }
        // Whoever is reset with everybody else is told, whichever act wrote it down.
        let erased = |e: &UserEvent| matches!(e, UserEvent::PersonErased { .. });
        let letters: Vec<Letter> = match events.iter().any(erased) {
            true => vec![],
            false => events.iter().filter_map(by_itself).collect(),
        };
        if let Some(held) = self.users.get_mut(&user) {
            if held.recorded.is_empty() {
                held.owed = events.first().and_then(owed_by);
            }
            fold(held, events);
        }
        for letter in &letters {
            notify(self, user, letter).await?;
        }
        Ok(())
    }

    /// Records what was decided about a device.
    pub async fn record_device(
        &mut self,
        device: DeviceId,
        events: Vec<DeviceEvent>,
    ) -> Result<(), ActError> {
        self.device(device).await?;
        if let Some(held) = self.devices.get_mut(&device) {
            fold(held, events);
        }
        Ok(())
    }

    /// Whether anything is to be committed.
    pub(crate) fn is_idle(&self) -> bool {
        self.held_account.as_ref().is_none_or(|h| h.recorded.is_empty())
            && self.users.values().all(|h| h.recorded.is_empty())
            && self.devices.values().all(|h| h.recorded.is_empty())
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
        let extras = Extras { idempotency, ..self.extras };
        Ok((Append { account: self.account, at: self.at, writes, reads, extras }, remember))
    }
}

/// What the cache may keep once the append is committed. Holds the user's turn until then.
#[derive(Default)]
pub(crate) struct Remember {
    account: Option<(StreamId, u64, Arc<Account>)>,
    users: Vec<(StreamId, u64, Arc<User>)>,
    devices: Vec<(StreamId, u64, Arc<Device>)>,
    forget: Vec<(AccountId, UserId)>,
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
        for (account, person) in self.forget {
            desk.vault().forget(account, person);
        }
        drop(self.lock);
    }
}

/// A stream that an act wants to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Account,
    User(UserId),
    Device(DeviceId),
}

impl Wanted {
    fn stream(self, account: AccountId) -> Stream {
        match self {
            Self::Account => Stream { kind: AggregateKind::Account, id: StreamId::account(account) },
            Self::User(user) => Stream { kind: AggregateKind::User, id: StreamId::user(account, user) },
            Self::Device(device) => {
                Stream { kind: AggregateKind::Device, id: StreamId::device(account, device) }
            }
        }
    }
}

fn fold<A: Aggregate + Clone>(held: &mut Held<A>, events: Vec<A::Event>) {
    if events.is_empty() {
        return;
    }
    let state = Arc::make_mut(&mut held.state);
    for event in events {
        state.apply(event.clone());
        held.recorded.push(event);
    }
}

/// Who is behind a reset that is written down before whatever else a stream records.
fn owed_by(event: &UserEvent) -> Option<Actor> {
    match event {
        UserEvent::TwoFactorReset { cause: ResetCause::AccountDisabled { .. }, .. } => Some(RESET_FAN_OUT),
        UserEvent::TwoFactorReset { cause: ResetCause::StaffAfterWait { .. }, .. } => Some(RESET_WAIT),
        _ => None,
    }
}

/// What a person is told of an event, whichever act wrote it down.
fn by_itself(event: &UserEvent) -> Option<Letter> {
    match event {
        UserEvent::TwoFactorReset { cause: ResetCause::AccountDisabled { .. }, .. } => {
            Some(Letter::TwoFactorDisabled)
        }
        UserEvent::TwoFactorReset { cause: ResetCause::StaffAfterWait { .. }, .. } => {
            Some(Letter::TwoFactorReset)
        }
        UserEvent::TwoFactorResetCancelled { .. } => Some(Letter::ResetCancelled),
        _ => None,
    }
}

/// The roster is who would be reset by an account-wide disable; it changes in the same transaction
/// as the events that mean it.
fn roster_change(user: UserId, event: &UserEvent) -> Option<RosterChange> {
    match event {
        UserEvent::TwoFactorEnabled { generation, .. } => {
            Some(RosterChange::Add { user, generation: u64::from(*generation) })
        }
        UserEvent::TwoFactorDisabled { .. }
        | UserEvent::TwoFactorReset { .. }
        | UserEvent::PersonErased { .. } => Some(RosterChange::Remove { user }),
        _ => None,
    }
}

/// Who writes an account-wide reset into somebody's stream, whoever's act it stands before.
const RESET_FAN_OUT: Actor = Actor::System("reset_fan_out");
/// Who writes down a reset that waited and fell due.
const RESET_WAIT: Actor = Actor::System("reset_wait");

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
