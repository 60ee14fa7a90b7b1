//! People with a second factor who prove it again and again: the act whose cost is measured.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use tokio::sync::Mutex;
use twofold_domain::account::{Account, AccountCommand, ClockKind};
use twofold_domain::ids::{AccountId, CodeSetId, EventId, FactorId, SignInId, StreamId, UserId, VerifierId};
use twofold_domain::policy::Role;
use twofold_domain::proof::Verdict;
use twofold_domain::sealed::{Email, FactorName, IpAddress, Kind, PersonName, Sealed};
use twofold_domain::user::{FactorKind, Familiarity, OtpParameters, Purpose, User, UserCommand, UserEvent};
use twofold_infra::clock::Clock;
use twofold_infra::keys::{Keyring, MasterKey, PersonKey, WrappedKey, seal};
use twofold_infra::mint::Mint;
use twofold_infra::store::aggregates::{Aggregates, Loaded, new_events};
use twofold_infra::store::{
    AggregateKind, Append, EventStore, KeyRow, MAX_EVENTS, NewEvent, Outcome, Read, RosterChange, Stream,
    Write,
};

/// How many acts at once make the world.
const MAKERS: usize = 64;

/// How an act learns where the streams stand on which it decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// It asks the database before it decides, as every act must that writes nothing.
    Asks,
    /// It decides on what it remembers; the append refuses it if that is old.
    Remembers,
}

/// A store full of people.
pub(super) struct World {
    pub(super) store: EventStore,
    accounts: Aggregates<Account>,
    users: Aggregates<User>,
    pub(super) people: Vec<Person>,
    mint: Mint,
}

/// Somebody with a second factor.
pub(super) struct Person {
    pub(super) account: AccountId,
    pub(super) user: UserId,
    pub(super) factor: FactorId,
    key: PersonKey,
    /// Acts on one person take turns, and what the last one left is here for the next.
    remembered: Mutex<Option<(Loaded<Account>, Loaded<User>)>>,
}

impl World {
    /// People, the same number in each of `accounts` accounts.
    pub(super) async fn make(store: EventStore, accounts: usize, people: usize) -> Result<Self> {
        let clock = Clock::system();
        let mint = Mint::system(clock.clone());
        let now = || {
            let clock = clock.clone();
            move || clock.now()
        };
        let world = Self {
            accounts: Aggregates::new(store.clone(), vec![], 1, now()),
            users: Aggregates::new(store.clone(), vec![], 1, now()),
            store,
            people: vec![],
            mint,
        };
        let folder = tempfile::tempdir()?;
        let master = MasterKey::open(&folder.path().join("master.key"), true, &world.mint)?;
        let keyring = Keyring::new(Arc::new(master), world.mint.clone());
        let each = people.div_ceil(accounts);
        let people = stream::iter(0..accounts)
            .map(|_| world.open_account(&keyring, each))
            .buffer_unordered(MAKERS)
            .try_concat()
            .await?;
        Ok(Self { people, ..world })
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
            UserEvent::PasswordSet { verifier: self.mint.id::<VerifierId>(), stands_alone: true, at },
            UserEvent::FactorEnrolmentStarted {
                session: self.mint.id(),
                factor,
                kind: FactorKind::Totp,
                parameters: OtpParameters::APP,
                name: self.sealed::<FactorName>(&person, "phone")?,
                verifier: self.mint.id(),
                generation: 0,
                at,
            },
            UserEvent::FactorConfirmed { factor, step: 1, at },
            UserEvent::TwoFactorEnabled { generation: 0, at },
            UserEvent::RecoveryCodesGenerated {
                set: self.mint.id::<CodeSetId>(),
                count: 10,
                verifier: self.mint.id(),
            },
        ];
        let stream = Stream { kind: AggregateKind::User, id: StreamId::user(account, user) };
        let events = new_events(&events, &self.metadata(Some(user)))?;
        let mut append = Append::new(account, at, vec![Write { stream, expected: 0, events }]);
        append.extras.keys.push(row);
        append.extras.roster.push(RosterChange::Add { user, generation: 0 });
        committed(self.store.append(append).await?)?;
        Ok(person)
    }

    /// One act, from the question where things stand to the durable answer: the person shows a right OTP.
    /// This is the only place that knows how an act is performed.
    pub(super) async fn prove(&self, person: usize, look: Look) -> Result<()> {
        let person = self.people.get(person).context("nobody has that number")?;
        let mut turn = person.remembered.lock().await;
        let account_stream = Stream { kind: AggregateKind::Account, id: StreamId::account(person.account) };
        let user_stream =
            Stream { kind: AggregateKind::User, id: StreamId::user(person.account, person.user) };
        let (account, user) = match (look, turn.take()) {
            (Look::Remembers, Some(remembered)) => remembered,
            _ => {
                let heads = self.store.heads(&[account_stream, user_stream]).await?;
                let [account, user] = heads[..] else { bail!("two streams, {} heads", heads.len()) };
                (
                    self.accounts.load_at(account_stream.id, account).await?,
                    self.users.load_at(user_stream.id, user).await?,
                )
            }
        };
        let era = account.state.era();
        let enrolled = user.state.enrolled(era.generation).context("not enrolled")?;
        let step = enrolled.factors.get(&person.factor).context("no factor")?.last_step + 1;
        let at = self.mint.now();
        let events = user.state.decide(
            &era,
            UserCommand::Prove {
                verdict: Verdict::Otp { factor: person.factor, step },
                purpose: Purpose::SignIn(self.mint.id::<SignInId>()),
                familiarity: Familiarity::Known,
                at,
            },
        )?;
        let new = self.written(person, &events)?;
        let mut append = Append::new(
            person.account,
            at,
            vec![Write { stream: user_stream, expected: user.sequence, events: new }],
        );
        append.reads.push(Read { stream: account_stream, sequence: account.sequence });
        committed(self.store.append(append).await?)?;
        let sequence = user.sequence + events.len() as u64;
        let mut state = User::clone(&user.state);
        for event in &events {
            state.evolve(event);
        }
        if look == Look::Remembers {
            *turn = Some((account, Loaded { state: Arc::new(state), sequence }));
        } else {
            self.users.committed(user_stream.id, state, sequence);
        }
        Ok(())
    }

    fn written(&self, person: &Person, events: &[UserEvent]) -> Result<Vec<NewEvent>> {
        let mut metadata = self.metadata(Some(person.user));
        let ip: Sealed<IpAddress> = self.sealed(person, "203.0.113.77")?;
        metadata.insert("ip".to_owned(), ip.into());
        Ok(new_events(events, &metadata)?)
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
        let id = StreamId::user(person.account, person.user);
        let stream = Stream { kind: AggregateKind::User, id };
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
            let events = self.written(person, &accepted)?;
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
        self.prove(0, Look::Asks).await?;
        let person = self.people.first().context("nobody there")?;
        let id = StreamId::user(person.account, person.user);
        let stream = self.store.read_stream(Stream { kind: AggregateKind::User, id }).await?;
        stream.into_iter().last().context("an empty stream")
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
