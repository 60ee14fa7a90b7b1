//! People with a second factor, and one act about them again and again: the one whose cost is measured.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use tokio::sync::Mutex;
use twofold_domain::account::{Account, AccountCommand, ClockKind};
use twofold_domain::factor::otp::OtpParameters;
use twofold_domain::factor::{FactorDetail, FirstUse, totp};
use twofold_domain::ids::{AccountId, EventId, FactorId, StreamId, UserId};
use twofold_domain::policy::Role;
use twofold_domain::proof::Era;
use twofold_domain::sealed::{Email, FactorName, Kind, PersonName, Sealed};
use twofold_domain::user::{Familiarity, Purpose, User, UserCommand, UserEvent};
use twofold_infra::acts::ActError;
use twofold_infra::clock::Clock;
use twofold_infra::context::{Actor, Context};
use twofold_infra::desk::{Act, Desk, House};
use twofold_infra::keys::{Keyring, MasterKey, PersonKey, WrappedKey, seal};
use twofold_infra::mint::Mint;
use twofold_infra::store::aggregates::{Loaded, new_events};
use twofold_infra::store::{
    AggregateKind, Append, EventStore, KeyRow, MAX_EVENTS, Outcome, Read, RosterChange, Stream, Write,
};
use twofold_infra::verify::password::Passwords;
use twofold_infra::work::Work;

/// What is sealed in every act.
const REASON: &str = "Called back on the number we know; new phone";

/// How many acts at once make the world.
const MAKERS: usize = 64;

/// By which way an act goes into the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// All of it, as an HTTP handler does: a task of its own, a look at the heads, the decision, sealing,
    /// the append.
    Desk,
    /// Only the append, by somebody who remembers what they left; it is refused if that is old.
    Append,
}

/// The act: a member of staff lifts a lock and says why, in words that are sealed.
struct LiftLock {
    user: UserId,
}

impl Act for LiftLock {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        work.queue_for(self.user).await;
        let reason = work.desk().vault().seal(work.account_id(), self.user, REASON).await?;
        work.tell_user(self.user, UserCommand::Unlock { reason }).await?;
        Ok(())
    }
}

/// A store full of people.
pub(super) struct World {
    pub(super) store: EventStore,
    pub(super) people: Vec<Person>,
    desk: Desk,
    mint: Mint,
}

/// Somebody with a second factor.
pub(super) struct Person {
    pub(super) account: AccountId,
    pub(super) user: UserId,
    pub(super) factor: FactorId,
    key: PersonKey,
    /// Acts on one person take turns, and what the last one left is here for the next.
    remembered: Mutex<Option<Loaded<User>>>,
}

impl World {
    /// People, the same number in each of `accounts` accounts, each of whom has acted once.
    pub(super) async fn make(store: EventStore, accounts: usize, people: usize) -> Result<Arc<Self>> {
        let mint = Mint::system(Clock::system());
        let folder = tempfile::tempdir()?;
        let master = MasterKey::open(&folder.path().join("master.key"), true, &mint)?;
        let keyring = Keyring::new(Arc::new(master), mint.clone());
        let passwords = Passwords::cheap(mint.clone());
        let house = House { product: "Twofold".to_owned(), public_url: "http://localhost".to_owned() };
        let desk = Desk::new(store.clone(), keyring.clone(), mint.clone(), passwords, house);
        let empty = Self { store, people: vec![], desk, mint };
        let each = people.div_ceil(accounts);
        let people = stream::iter(0..accounts)
            .map(|_| empty.open_account(&keyring, each))
            .buffer_unordered(MAKERS)
            .try_concat()
            .await?;
        let world = Arc::new(Self { people, ..empty });
        stream::iter(0..world.people.len())
            .map(|person| world.act(person, Way::Desk))
            .buffer_unordered(MAKERS)
            .try_collect::<()>()
            .await?;
        Ok(world)
    }

    async fn open_account(&self, keyring: &Keyring, people: usize) -> Result<Vec<Person>> {
        let account: AccountId = self.mint.id();
        let at = self.mint.now();
        let slug = format!("a{}", account.uuid().simple());
        let opened = Account::default().decide(AccountCommand::Open {
            account,
            slug: slug.chars().take(33).collect(),
            name: "Measured".to_owned(),
            log_origin: "twofold.example/measured".to_owned(),
            clock: ClockKind::Real,
            at,
        })?;
        let stream = Stream { kind: AggregateKind::Account, id: StreamId::account(account) };
        let events = new_events(&opened, &self.metadata(None))?;
        let mut append = Append::new(account, at, vec![Write { stream, expected: 0, events }]);
        append.extras.opens_account = true;
        let (keys, rows) = keyring.new_account(account).await?;
        append.extras.keys = rows.into_iter().map(kept).collect();
        committed(self.store.append(append).await?)?;
        let enrolled = (0..people).map(|_| {
            let user: UserId = self.mint.id();
            let key = keyring.new_person(&keys, user);
            async move {
                let (key, row) = key?;
                self.enrol(account, user, key, kept(row)).await
            }
        });
        stream::iter(enrolled).buffer_unordered(MAKERS).try_collect().await
    }

    /// Somebody who has been through all of it: their password is set and one app is bound.
    async fn enrol(&self, account: AccountId, user: UserId, key: PersonKey, row: KeyRow) -> Result<Person> {
        let factor: FactorId = self.mint.id();
        let at = self.mint.now();
        let person = Person { account, user, factor, key, remembered: Mutex::default() };
        let events = vec![
            UserEvent::UserRegistered {
                account,
                user,
                role: Role::Agent,
                name: self.sealed::<PersonName>(&person, "Robin Example")?,
                email: self.sealed::<Email>(&person, "robin@example.org")?,
                language: "en".to_owned(),
                at,
            },
            UserEvent::PasswordSet { verifier: self.mint.id(), stands_alone: true, at },
            UserEvent::FactorEnrolmentStarted {
                session: self.mint.id(),
                factor,
                detail: FactorDetail::Totp(totp::Begun {
                    seed: self.mint.id(),
                    parameters: OtpParameters::APP,
                }),
                name: self.sealed::<FactorName>(&person, "phone")?,
                generation: 0,
                at,
            },
            UserEvent::FactorConfirmed { factor, first: FirstUse::Step(1), at },
            UserEvent::TwoFactorEnabled { generation: 0, at },
            UserEvent::RecoveryCodesGenerated { set: self.mint.id(), count: 10, verifier: self.mint.id() },
        ];
        let stream = Stream { kind: AggregateKind::User, id: StreamId::user(account, user) };
        let events = new_events(&events, &self.metadata(Some(user)))?;
        let mut append = Append::new(account, at, vec![Write { stream, expected: 0, events }]);
        append.extras.keys.push(row);
        append.extras.roster.push(RosterChange::Add { user, generation: 0 });
        committed(self.store.append(append).await?)?;
        Ok(person)
    }

    /// The people who act in one way only, so that what `Way::Append` remembers stays true.
    pub(super) fn crowd(&self, way: Way) -> impl Iterator<Item = usize> + Clone + use<> {
        let first = match way {
            Way::Desk => 0,
            Way::Append => 1,
        };
        (first..self.people.len()).step_by(2)
    }

    /// One act of a person, until it is durable. The only place that knows how an act is performed.
    pub(super) async fn act(&self, person: usize, way: Way) -> Result<()> {
        let person = self.people.get(person).context("nobody has that number")?;
        match way {
            Way::Desk => {
                let context = Context::of(Actor::User(person.user), self.mint.uuid().to_string());
                self.desk.perform(person.account, context, LiftLock { user: person.user }).await?;
                Ok(())
            }
            Way::Append => self.append(person).await,
        }
    }

    async fn append(&self, person: &Person) -> Result<()> {
        let mut remembered = person.remembered.lock().await;
        let stream = person.stream();
        let user = match remembered.take() {
            Some(user) => user,
            None => self.desk.log().users.load(stream.id).await?,
        };
        let reason = self.sealed(person, REASON)?;
        let events = user.state.decide(&Era::default(), UserCommand::Unlock { reason })?;
        let new = new_events(&events, &self.metadata(Some(person.user)))?;
        let write = Write { stream, expected: user.sequence, events: new };
        let mut append = Append::new(person.account, self.mint.now(), vec![write]);
        let account = Stream { kind: AggregateKind::Account, id: StreamId::account(person.account) };
        append.reads.push(Read { stream: account, sequence: 1 });
        committed(self.store.append(append).await?)?;
        let sequence = user.sequence + events.len() as u64;
        let mut state = Arc::unwrap_or_clone(user.state);
        for event in &events {
            state.evolve(event);
        }
        *remembered = Some(Loaded { state: Arc::new(state), sequence });
        Ok(())
    }

    /// A personal value of somebody here.
    pub(super) fn sealed<K: Kind>(&self, person: &Person, text: &str) -> Result<Sealed<K>> {
        Ok(seal(&self.mint, &person.key, person.account, person.user, text)?)
    }

    /// Fresh ids.
    pub(super) const fn mint(&self) -> &Mint {
        &self.mint
    }

    /// Makes a person's history `length` events long, with accepted OTPs.
    pub(super) async fn live_on(&self, person: usize, length: u64) -> Result<()> {
        let person = self.people.get(person).context("nobody has that number")?;
        let stream = person.stream();
        loop {
            let expected = self.store.heads(&[stream]).await?.into_iter().next().unwrap_or_default();
            if expected >= length {
                return Ok(());
            }
            let at = self.mint.now();
            let more = length.min(expected + MAX_EVENTS as u64);
            let accepted: Vec<UserEvent> = (expected..more)
                .map(|step| UserEvent::OtpAccepted {
                    factor: person.factor,
                    step,
                    purpose: Purpose::SignIn(self.mint.id()),
                    familiarity: Familiarity::Known,
                    at,
                })
                .collect();
            let events = new_events(&accepted, &self.metadata(Some(person.user)))?;
            let write = Write { stream, expected, events };
            committed(self.store.append(Append::new(person.account, at, vec![write])).await?)?;
        }
    }

    pub(super) fn metadata(&self, actor: Option<UserId>) -> std::collections::HashMap<String, String> {
        let actor = actor.map_or_else(|| "operator".to_owned(), |user| user.to_string());
        [
            ("event_id", self.mint.id::<EventId>().to_string()),
            ("actor", actor),
            ("correlation", self.mint.uuid().to_string()),
            ("build", "0.1.0".to_owned()),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .into()
    }

    /// A row as an act leaves it, for floors that insert the same.
    pub(super) async fn sample(&self) -> Result<twofold_infra::store::Recorded> {
        let person = self.people.first().context("nobody there")?;
        let events = self.store.read_stream(person.stream()).await?;
        events.into_iter().last().context("an empty stream")
    }
}

impl Person {
    pub(super) fn stream(&self) -> Stream {
        Stream { kind: AggregateKind::User, id: StreamId::user(self.account, self.user) }
    }
}

fn kept(key: WrappedKey) -> KeyRow {
    KeyRow { subject: key.subject, version: key.version, wrapped: key.bytes }
}

fn committed(outcome: Outcome) -> Result<()> {
    match outcome {
        Outcome::Committed { .. } => Ok(()),
        other => bail!("not committed: {other:?}"),
    }
}
