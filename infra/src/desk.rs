//! Where acts are performed: load, ask, decide, append; again on fresh state if something moved.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use cqrs_es::persist::{EventUpcaster, SerializedEvent};
use tokio::sync::{Mutex, OwnedMutexGuard};
use twofold_domain::account::Account;
use twofold_domain::delivery::Allowance;
use twofold_domain::device::Device;
use twofold_domain::factor::{FactorKind, Offer};
use twofold_domain::ids::{AccountId, StreamId, UserId};
use twofold_domain::reading::Reading;
use twofold_domain::time::Timestamp;
use twofold_domain::upcast;
use twofold_domain::user::User;

use crate::acts::{ActError, CountConcerned};
use crate::clock::Clock;
use crate::context::Context;
use crate::keys::Keyring;
use crate::mint::Mint;
use crate::refusals::Refusals;
use crate::store::aggregates::Aggregates;
use crate::store::{EventStore, IdempotencyRow, Outcome};
use crate::vault::Vault;
use crate::verify::password::Passwords;
use crate::verify::webauthn::RelyingParty;
use crate::work::Work;

/// How often an act is decided again because something it looked at moved. Acts about one user
/// queue up within a process, so more than a few rounds mean a stampede over several.
const ROUNDS: usize = 24;
/// Queues for users; two users may share one, which costs a little waiting and nothing else.
const TURNS: usize = 1_024;

/// Something that people or process managers do: one run of it looks, asks, decides, and records.
pub trait Act: Send + Sync + 'static {
    /// What the caller learns.
    type Reply: Send + 'static;

    /// One run. It may be run again, so it keeps nothing from an earlier run that a fresh look
    /// could contradict.
    fn run(&self, work: &mut Work) -> impl Future<Output = Result<Self::Reply, ActError>> + Send;
}

/// What texts and links say of this installation.
#[derive(Debug, Clone)]
pub struct House {
    /// The product's name in prompts, messages, and authenticator apps.
    pub product: String,
    /// Where people reach it, without a slash at the end.
    pub public_url: String,
}

/// Everything an act needs. Cheap to clone.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    store: EventStore,
    log: Arc<Log>,
    vault: Vault,
    mint: Mint,
    passwords: Passwords,
    house: House,
    turns: Arc<Vec<Arc<Mutex<()>>>>,
    hasher: RandomState,
    refusals: Arc<Refusals>,
    /// How many codes go out by SMS, where any do.
    texts: Option<Allowance>,
    /// Counts whom a change concerns.
    concerned: Option<Arc<dyn CountConcerned>>,
    /// Whoever stands here lives in the accounts' time, and not in one of their own.
    account_time: bool,
}

/// The aggregates of the log, each kind with its cache.
pub struct Log {
    /// Accounts.
    pub accounts: Aggregates<Account>,
    /// Users.
    pub users: Aggregates<User>,
    /// Devices.
    pub devices: Aggregates<Device>,
    /// What readers read.
    pub readings: Aggregates<Reading>,
}

/// Changes whenever the meaning of a stored state does; older snapshots then count for nothing.
const STATE_VERSION: u32 = 22;

/// The domain's way from any stored version to today's, as `cqrs-es` wants it.
struct Upcaster;

impl EventUpcaster for Upcaster {
    fn can_upcast(&self, event_type: &str, version: &str) -> bool {
        version != upcast::version_today(event_type)
    }

    fn upcast(&self, event: SerializedEvent) -> SerializedEvent {
        // One that leads nowhere keeps its version, and is refused where it is read.
        match upcast::to_today(&event.event_type, &event.event_version, event.payload.clone()) {
            Some(payload) => {
                let event_version = upcast::version_today(&event.event_type).to_owned();
                SerializedEvent { payload, event_version, ..event }
            }
            None => event,
        }
    }
}

impl Log {
    fn of(store: &EventStore, clock: &Clock) -> Self {
        let now = || {
            let clock = clock.clone();
            move || clock.now()
        };
        Self {
            accounts: Aggregates::new(store.clone(), vec![Box::new(Upcaster)], STATE_VERSION, now()),
            users: Aggregates::new(store.clone(), vec![Box::new(Upcaster)], STATE_VERSION, now()),
            devices: Aggregates::new(store.clone(), vec![Box::new(Upcaster)], STATE_VERSION, now()),
            readings: Aggregates::new(store.clone(), vec![Box::new(Upcaster)], STATE_VERSION, now()),
        }
    }
}

/// An act that was committed, or that had nothing to commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done<R> {
    /// What the act says.
    pub reply: R,
    /// The account's sequence number after it; a read that waits for it sees the act.
    pub position: Option<u64>,
    /// The instant recorded with it.
    pub at: Timestamp,
}

/// A request that may come twice and must be answered once.
pub struct Repeatable<R> {
    /// A hash over principal, route, and key.
    pub scope: [u8; 32],
    /// A keyed hash of the request's body.
    pub fingerprint: [u8; 32],
    /// From then on the key may be used again.
    pub expires_at: Timestamp,
    /// What to answer a repeat. Never a secret: a repeat learns only that it was shown.
    pub render: Render<R>,
}

/// What to answer a repeat, made from the first reply.
pub type Render<R> = Box<dyn Fn(&R, Timestamp) -> Vec<u8> + Send + Sync>;

/// The answer to a request that may have come before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Once<R> {
    /// It had not.
    Fresh(Done<R>),
    /// It had, and this was the answer.
    Repeated(Vec<u8>),
}

impl Desk {
    /// A desk over a store, with its keys, clock, and checkers.
    pub fn new(store: EventStore, keyring: Keyring, mint: Mint, passwords: Passwords, house: House) -> Self {
        let vault = Vault::new(store.clone(), keyring, mint.clone());
        let turns = Arc::new((0..TURNS).map(|_| Arc::default()).collect());
        let log = Arc::new(Log::of(&store, mint.clock()));
        Self(Arc::new(Inner {
            store,
            log,
            vault,
            mint,
            passwords,
            house,
            turns,
            hasher: RandomState::new(),
            refusals: Arc::default(),
            texts: None,
            concerned: None,
            account_time: true,
        }))
    }

    /// The same desk for somebody with a clock and randomness of their own: what the demo's people,
    /// who live through a year in seconds, stand at. Caches, keys, and queues are shared; what is decided
    /// here is decided on their own clock, however late it is for others.
    #[must_use]
    pub fn beside(&self, mint: Mint, passwords: Passwords) -> Self {
        let vault = self.0.vault.minting(mint.clone());
        Self(Arc::new(Inner { vault, mint, passwords, account_time: false, ..(*self.0).clone() }))
    }

    /// The same desk where text messages go out, and so many codes by them.
    #[must_use]
    pub fn texting(&self, texts: Option<Allowance>) -> Self {
        Self(Arc::new(Inner { texts, ..(*self.0).clone() }))
    }

    /// The same desk with something that counts whom a change concerns. Without it no such change is made.
    #[must_use]
    pub fn counting(&self, concerned: Arc<dyn CountConcerned>) -> Self {
        Self(Arc::new(Inner { concerned: Some(concerned), ..(*self.0).clone() }))
    }

    pub(crate) fn concerned(&self) -> Result<&dyn CountConcerned, ActError> {
        let concerned = self.0.concerned.as_deref();
        concerned.ok_or_else(|| ActError::Bug("nobody counts whom a change concerns".to_owned()))
    }

    /// The log.
    pub fn store(&self) -> &EventStore {
        &self.0.store
    }

    /// The aggregates.
    pub fn log(&self) -> &Arc<Log> {
        &self.0.log
    }

    /// Forgets the state of every aggregate, which is made of the log again where it is needed.
    pub fn forget_states(&self) {
        let Log { accounts, users, devices, readings } = &*self.0.log;
        accounts.forget_all();
        users.forget_all();
        devices.forget_all();
        readings.forget_all();
    }

    /// Keys, sealed values, verifiers.
    pub fn vault(&self) -> &Vault {
        &self.0.vault
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        self.0.mint.clock()
    }

    /// Fresh ids and secrets.
    pub fn mint(&self) -> &Mint {
        &self.0.mint
    }

    /// The password checker.
    pub fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    /// How many codes go out by SMS; nothing where none do, because nothing is configured that sends them.
    pub fn texts(&self) -> Option<Allowance> {
        self.0.texts
    }

    /// The kinds of factor that can be had here.
    pub fn offer(&self) -> Offer {
        let House { public_url, product } = self.house();
        Offer::of(|kind| match kind {
            FactorKind::Totp | FactorKind::Token => true,
            FactorKind::Sms => self.texts().is_some(),
            FactorKind::Webauthn => RelyingParty::of(public_url, product).is_ok(),
        })
    }

    /// What texts and links say.
    pub fn house(&self) -> &House {
        &self.0.house
    }

    pub(crate) fn refusals(&self) -> &Refusals {
        &self.0.refusals
    }

    /// What an account's clock shows: the server's, or a sandbox's own, as it was last seen here.
    pub fn clock_of(&self, account: AccountId) -> Timestamp {
        let now = self.clock().now();
        let seen = self.log().accounts.last_seen(StreamId::account(account));
        seen.map_or(now, |seen| seen.state.now(now))
    }

    /// How far that is ahead of the server's, in microseconds.
    pub(crate) fn ahead_of(&self, account: AccountId) -> i64 {
        let seen = self.log().accounts.last_seen(StreamId::account(account));
        seen.map_or(0, |seen| seen.state.clock_ahead)
    }

    /// Now, in the account's time: its clock's, or what was recorded there if that is later.
    pub(crate) fn now_in(&self, account: AccountId) -> Timestamp {
        let now = self.clock_of(account);
        if self.0.account_time { now.max(self.store().time_of(account)) } else { now }
    }

    /// Whether decisions here keep to the account's time.
    pub(crate) fn keeps_account_time(&self) -> bool {
        self.0.account_time
    }

    /// An answer that records nothing is given: what it said was over is over from here on.
    async fn answered(&self, work: &Work) -> Result<(), ActError> {
        if !self.0.account_time {
            return Ok(());
        }
        let account = work.account_id();
        if let Some(ended) = work.ended().filter(|ended| self.store().time_of(account) <= *ended) {
            self.store().raise(account, ended).await?;
        }
        self.store().answered_at(account, work.at());
        Ok(())
    }

    pub(crate) async fn turn_of(&self, user: UserId) -> OwnedMutexGuard<()> {
        let index = self.0.hasher.hash_one(user) as usize % TURNS;
        Arc::clone(&self.0.turns[index]).lock_owned().await
    }

    /// Performs an act. It runs in a task of its own, so a caller that goes away cannot cut it in half.
    pub async fn perform<A: Act>(
        &self,
        account: AccountId,
        context: Context,
        act: A,
    ) -> Result<Done<A::Reply>, ActError> {
        match self.perform_once(account, context, act, None).await? {
            Once::Fresh(done) => Ok(done),
            Once::Repeated(_) => Err(ActError::Bug("a repeat without a key".to_owned())),
        }
    }

    /// Performs an act that may have been asked for before.
    pub async fn perform_once<A: Act>(
        &self,
        account: AccountId,
        context: Context,
        act: A,
        repeatable: Option<Repeatable<A::Reply>>,
    ) -> Result<Once<A::Reply>, ActError> {
        let desk = self.clone();
        let task = tokio::spawn(async move {
            if let Some(known) = desk.answered_before(account, repeatable.as_ref()).await? {
                return Ok(Once::Repeated(known));
            }
            let outcome = desk.rounds(account, &context, &act, repeatable.as_ref()).await;
            // Of two that came at once, the second finds the first's work done, and is refused for
            // that; the first's answer is its answer.
            match outcome {
                Err(error) => match desk.answered_before(account, repeatable.as_ref()).await? {
                    Some(known) => Ok(Once::Repeated(known)),
                    None => Err(error),
                },
                done => done,
            }
        });
        task.await.map_err(|e| ActError::Bug(format!("an act panicked: {e}")))?
    }

    /// Runs the act until nothing that it looked at moves meanwhile.
    async fn rounds<A: Act>(
        &self,
        account: AccountId,
        context: &Context,
        act: &A,
        repeatable: Option<&Repeatable<A::Reply>>,
    ) -> Result<Once<A::Reply>, ActError> {
        for round in 0..ROUNDS {
            // The first run decides on what was seen last; a further one looks again.
            let work = Work::new(self.clone(), account, context.clone(), round > 0);
            if let Some(once) = self.round(work, act, repeatable).await? {
                return Ok(once);
            }
        }
        Err(ActError::Contended)
    }

    /// One run and its append; `None` if something moved. A refusal that is to be remembered is committed before
    /// anybody learns of it, and nothing of it counts as the answer to the request's key.
    async fn round<A: Act>(
        &self,
        mut work: Work,
        act: &A,
        repeatable: Option<&Repeatable<A::Reply>>,
    ) -> Result<Option<Once<A::Reply>>, ActError> {
        let reply = match act.run(&mut work).await {
            Ok(reply) => Ok(reply),
            Err(refused) if work.refused_on_record() => Err(refused),
            Err(_) if work.moved().await? => return Ok(None),
            Err(refused) => {
                self.answered(&work).await?;
                return Err(refused);
            }
        };
        let at = work.at();
        let row = reply.as_ref().ok().zip(repeatable).map(|(reply, r)| IdempotencyRow {
            scope: r.scope,
            fingerprint: r.fingerprint,
            response: (r.render)(reply, at),
            expires_at: r.expires_at,
        });
        if work.is_idle() && row.is_none() {
            if work.moved().await? {
                return Ok(None);
            }
            self.answered(&work).await?;
            return reply.map(|reply| Some(Once::Fresh(Done { reply, position: None, at })));
        }
        let (append, remember) = work.into_append(row)?;
        match self.store().append(append).await? {
            Outcome::Committed { last, at, .. } => {
                remember.keep(self);
                reply.map(|reply| Some(Once::Fresh(Done { reply, position: Some(last), at })))
            }
            Outcome::StreamMoved { .. } | Outcome::ReadMoved { .. } | Outcome::Late { .. } => Ok(None),
            Outcome::ClaimTaken { kind } => Err(ActError::Taken(kind)),
            Outcome::Duplicate { fingerprint, response } => match repeatable {
                Some(r) if r.fingerprint == fingerprint => Ok(Some(Once::Repeated(response))),
                _ => Err(ActError::KeyReused),
            },
        }
    }

    async fn answered_before<R>(
        &self,
        account: AccountId,
        repeatable: Option<&Repeatable<R>>,
    ) -> Result<Option<Vec<u8>>, ActError> {
        let Some(asked) = repeatable else { return Ok(None) };
        match self.store().idempotency(account, &asked.scope, self.clock().now()).await? {
            Some(row) if row.fingerprint == asked.fingerprint => Ok(Some(row.response)),
            Some(_) => Err(ActError::KeyReused),
            None => Ok(None),
        }
    }
}
