//! A town: one installation on a database of its own, two instances of the server over it, a clock
//! that stands still until it is moved, and a memory of every word that must never reach the log.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use sqlx::Executor as _;
use tempfile::TempDir;
use tokio::sync::OnceCell;
use twofold_domain::account::{AccountEvent, ClockKind, Counts, OperatorScope};
use twofold_domain::delivery::Allowance;
use twofold_domain::ids::{AccountId, FactorId, StreamId, UserId};
use twofold_domain::policy::Role;
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::acts::{
    ActError, AdminLink, Circle, CountConcerned, GrantOperator, IssuedLink, NewPerson, OpenAccount, Step,
};
use twofold_infra::clock::{Clock, ManualClock};
use twofold_infra::config::{Config, ConfigError};
use twofold_infra::context::{Actor, ClientOrigin, Context};
use twofold_infra::desk::{Act, Desk, Done};
use twofold_infra::installation::{self, OpenError};
use twofold_infra::mail::Message;
use twofold_infra::mint::Mint;
use twofold_infra::store::{AggregateKind, Recorded, Stream};
use twofold_infra::verify::Passwords;
use twofold_projections::impact::FromReadModels;
use twofold_projections::projector::Projector;

use crate::invariants;
use crate::person::Person;
use crate::postgres::TestDb;

/// When every town's story begins: 2026-03-31T12:00:00Z.
pub const NOON: Timestamp = Timestamp::from_micros(1_774_958_400_000_000);

/// The network address and the browser that everyone uses; personal values, so never in the log.
const IP: &str = "203.0.113.77";
const BROWSER: &str = "TownBrowser/1.0 (Lilliput)";

/// One installation with one account.
pub struct Town {
    /// Its database.
    pub db: Arc<TestDb>,
    /// The hand on the clock.
    pub time: ManualClock,
    /// The account, opened by [`Town::open_account`].
    pub account: AccountId,
    /// Its name, which no other account of the installation has.
    pub name: String,
    url: String,
    folder: Arc<TempDir>,
    desks: [Desk; 2],
    never: Mutex<Vec<String>>,
    acts: AtomicU64,
    people: AtomicU64,
}

/// Runs each story on both databases, and checks what must be true of every log when it ends.
#[macro_export]
macro_rules! stories {
    ($($(#[$meta:meta])* async fn $name:ident($town:ident) $body:block)+) => {
        $crate::both! {$(
            $(#[$meta])*
            async fn $name(db) {
                let town = $crate::town::Town::found(db).await?;
                let $town = std::sync::Arc::clone(&town);
                let story: anyhow::Result<()> = async move { $body }.await;
                // Whatever went wrong in the story, a breach in its log says more.
                let close = town.close().await;
                match story {
                    Err(wrong) if close.is_ok() => Err(wrong),
                    Err(wrong) => close.map_err(|breach| breach.context(format!("{wrong:#}"))),
                    Ok(()) => close,
                }
            }
        )+}
    };
}

impl Town {
    /// A town with two instances and no account yet.
    pub async fn found(db: TestDb) -> Result<Arc<Self>> {
        let url = serving_url(&db).await?;
        Self::found_at(db, url).await
    }

    /// The same, reached by a URL of one's own.
    pub async fn found_at(db: TestDb, url: String) -> Result<Arc<Self>> {
        Self::found_behind(db, url, None).await
    }

    /// A town that people reach at this origin.
    pub async fn found_as(db: TestDb, origin: &str) -> Result<Arc<Self>> {
        let url = serving_url(&db).await?;
        Self::found_behind(db, url, Some(origin)).await
    }

    async fn found_behind(db: TestDb, url: String, origin: Option<&str>) -> Result<Arc<Self>> {
        let time = ManualClock::starting_at(NOON);
        let (db, folder) = (Arc::new(db), Arc::new(TempDir::new()?));
        let mut config = config(&url, folder.path())?;
        if let Some(origin) = origin {
            origin.clone_into(&mut config.http.public_url);
        }
        let desks = [instance(&config, time.clock()).await?, instance(&config, time.clock()).await?];
        let account = desks[0].mint().id();
        let never = Mutex::new(vec![IP.to_owned(), BROWSER.to_owned()]);
        let (acts, people) = (AtomicU64::new(0), AtomicU64::new(0));
        let name = "Lilliput".to_owned();
        Ok(Arc::new(Self { db, time, account, name, url, folder, desks, never, acts, people }))
    }

    /// Another account of the same installation, not yet opened. Its people know nothing of this one's.
    pub fn neighbour(&self) -> Arc<Self> {
        let account: AccountId = self.here().mint().id();
        Arc::new(Self {
            db: Arc::clone(&self.db),
            time: self.time.clone(),
            account,
            name: format!("Blefuscu {}", account.uuid().simple()),
            url: self.url.clone(),
            folder: Arc::clone(&self.folder),
            desks: self.desks.clone(),
            never: Mutex::new(vec![IP.to_owned(), BROWSER.to_owned()]),
            acts: AtomicU64::new(0),
            people: AtomicU64::new(0),
        })
    }

    /// The first instance.
    pub fn here(&self) -> &Desk {
        &self.desks[0]
    }

    /// The second instance, over a store of its own.
    pub fn there(&self) -> &Desk {
        &self.desks[1]
    }

    /// Even numbers go here, odd ones there.
    pub fn desk(&self, n: usize) -> &Desk {
        &self.desks[n % 2]
    }

    /// One more instance that starts now and has nothing in memory.
    pub async fn newcomer(&self) -> Result<Desk> {
        Ok(instance(&self.config()?, self.time.clock()).await?)
    }

    /// What an instance is opened with.
    pub fn config(&self) -> Result<Config, ConfigError> {
        config(&self.url, self.folder.path())
    }

    /// The URL by which an instance reaches the database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The account's name in addresses.
    pub fn slug(&self) -> String {
        format!("lilliput-{}", self.account.uuid().simple()).chars().take(40).collect()
    }

    /// The file with the master key.
    pub fn master_key_file(&self) -> PathBuf {
        self.folder.path().join("master.key")
    }

    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        self.time.clock().now()
    }

    /// Lets time pass, and says what the clock then shows.
    pub fn wait(&self, span: Span) -> Timestamp {
        self.time.advance(span)
    }

    /// From now on this text must be nowhere in the log.
    pub fn never_in_log(&self, text: impl Into<String>) {
        self.never.lock().unwrap_or_else(PoisonError::into_inner).push(text.into());
    }

    /// Every text that must be nowhere in the log.
    pub fn secrets(&self) -> Vec<String> {
        self.never.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A request of nobody who is signed in (yet), with a number of its own.
    pub fn request(&self) -> Context {
        self.request_of(Actor::Anonymous)
    }

    /// A request with a number of its own.
    pub fn request_of(&self, actor: Actor) -> Context {
        let number = self.acts.fetch_add(1, Ordering::Relaxed);
        let origin = ClientOrigin { ip: Some(IP.to_owned()), user_agent: Some(BROWSER.to_owned()) };
        Context { origin, ..Context::of(actor, format!("act-{number}")) }
    }

    /// Performs an act on an instance, as a request of nobody in particular.
    pub async fn perform<A: Act>(&self, desk: &Desk, act: A) -> Result<Done<A::Reply>, ActError> {
        desk.perform(self.account, self.request(), act).await
    }

    /// Somebody with a name, an address, and a password of their own, whom nobody registered yet.
    pub fn somebody(&self, role: Role) -> Person {
        let number = self.people.fetch_add(1, Ordering::Relaxed);
        let person = Person {
            user: self.here().mint().id(),
            role,
            name: format!("Citizen Number{number}"),
            email: format!("number{number}@lilliput.example"),
            password: format!("gulliver wakes at {number} o'clock"),
            phone: None,
            codes: vec![],
            browser: crate::person::Browser::default(),
        };
        for word in [&person.name, &person.email, &person.password] {
            self.never_in_log(word);
        }
        person
    }

    /// The operator opens the account for its first owner.
    pub async fn open_account(&self) -> Result<Person> {
        self.open_account_of(ClockKind::Real).await
    }

    /// The same with a clock of its own, or with everybody's.
    async fn open_account_of(&self, clock: ClockKind) -> Result<Person> {
        let owner = self.somebody(Role::Owner);
        let open = OpenAccount { clock, ..self.opening(&owner) };
        let open = match clock {
            ClockKind::Real => open,
            ClockKind::Sandbox => OpenAccount { slug: open.slug.replacen("lilliput", "sandbox", 1), ..open },
        };
        self.here().perform(self.account, self.request_of(Actor::Operator), open).await?;
        Ok(owner)
    }

    /// What the operator does to open the account.
    pub fn opening(&self, owner: &Person) -> OpenAccount {
        OpenAccount {
            account: self.account,
            slug: self.slug(),
            name: self.name.clone(),
            clock: ClockKind::Real,
            owner: owner.card(),
        }
    }

    /// The operator prints a set-up link for somebody.
    pub async fn admin_link(&self, desk: &Desk, user: UserId) -> Result<IssuedLink> {
        let act = AdminLink { user, owners: self.circle(desk).await?.owners };
        let issued = desk.perform(self.account, self.request_of(Actor::Operator), act).await?;
        self.never_in_log(token_of(&issued.reply.url)?);
        Ok(issued.reply)
    }

    /// An owner lets the operator act inside the account, for an hour and with every scope.
    pub async fn let_operator(&self, owner: &Person) -> Result<()> {
        let act = GrantOperator {
            credential: owner.credential()?,
            scopes: OperatorScope::ALL.into_iter().collect(),
            hours: 1,
            reason: "the link of somebody got lost".into(),
            circle: self.circle(self.here()).await?,
        };
        self.perform(self.here(), act).await?;
        Ok(())
    }

    /// An owner with a password, an authenticator, recovery codes, and a session that was just proved.
    pub async fn owner(&self) -> Result<Person> {
        self.settle(self.open_account().await?).await
    }

    /// The same, of a sandbox.
    pub async fn owner_of_sandbox(&self) -> Result<Person> {
        self.settle(self.open_account_of(ClockKind::Sandbox).await?).await
    }

    async fn settle(&self, mut owner: Person) -> Result<Person> {
        let link = self.admin_link(self.here(), owner.user).await?;
        owner.redeem(self, self.here(), &link.url).await?;
        owner.sign_in(self, self.here()).await?;
        owner.enrol(self, self.here()).await?;
        Ok(owner)
    }

    /// Takes the letters that lie in somebody's mailbox, oldest first.
    pub async fn letters(&self, user: UserId) -> Result<Vec<Message>> {
        let desk = self.here();
        let mut letters = vec![];
        for row in desk.store().outbox(self.account, 10_000).await? {
            if row.subject == Some(user.uuid()) {
                letters.push(desk.vault().open_message(self.account, row.id, &row.sealed).await?);
                desk.store().drop_message(row.id).await?;
            }
        }
        Ok(letters)
    }

    /// The link in a letter to somebody.
    pub async fn mailed_link(&self, user: UserId) -> Result<String> {
        let letters = self.letters(user).await?;
        let mut words = letters.iter().flat_map(|letter| letter.body.split_whitespace());
        let link = words.rfind(|word| word.contains("/setup/"));
        let link = link.context("expected a letter with a link")?.to_owned();
        self.never_in_log(token_of(&link)?);
        Ok(link)
    }

    /// The newest code in a letter to somebody.
    pub async fn mailed_code(&self, user: UserId) -> Result<String> {
        let letters = self.letters(user).await?;
        let mut lines = letters.iter().flat_map(|letter| letter.body.lines().map(str::trim));
        let is_code = |line: &&str| line.len() == 9 && line.chars().all(|c| c.is_ascii_digit() || c == ' ');
        Ok(lines.rfind(is_code).context("expected a letter with a code")?.to_owned())
    }

    /// The version of the account's own stream, as a page would show it before a change.
    pub async fn account_version(&self, desk: &Desk) -> Result<u64> {
        let stream = Stream { kind: AggregateKind::Account, id: StreamId::account(self.account) };
        let heads = desk.store().heads(&[stream]).await?;
        heads.first().copied().context("one head for one stream")
    }

    /// Who has a say in the account: every owner whom the log knows.
    pub async fn circle(&self, desk: &Desk) -> Result<Circle> {
        let mut circle = Circle::default();
        let mut after = 0;
        loop {
            let page = desk.store().read(self.account, after, 1_000).await?;
            let Some(last) = page.last() else { return Ok(circle) };
            after = last.account_seq;
            for event in page.iter().filter(|event| event.event_type == "UserRegistered") {
                let user = UserId::from_uuid(event.stream.id.aggregate);
                let state = desk.log().users.load(StreamId::user(self.account, user)).await?.state;
                let owns = state.role() == Some(Role::Owner) && !state.erased;
                circle.owners.extend(owns.then_some(user));
            }
        }
    }

    /// The enrolment generation in force.
    pub async fn generation(&self, desk: &Desk) -> Result<u32> {
        let account = desk.log().accounts.load(StreamId::account(self.account)).await?;
        Ok(account.state.generation)
    }

    /// Somebody's confirmed factors, in the order in which they were made.
    pub async fn factors(&self, user: UserId) -> Result<Vec<FactorId>> {
        let generation = self.generation(self.here()).await?;
        let user = self.here().log().users.load(StreamId::user(self.account, user)).await?.state;
        Ok(user.enrolled(generation).into_iter().flat_map(|e| e.factors.keys().copied()).collect())
    }

    /// The account's whole log.
    pub async fn log(&self) -> Result<Vec<Recorded>> {
        let store = self.here().store();
        let mut log: Vec<Recorded> = vec![];
        loop {
            let after = log.last().map_or(0, |event| event.account_seq);
            let page = store.read(self.account, after, 5_000).await?;
            if page.is_empty() {
                return Ok(log);
            }
            log.extend(page);
        }
    }

    /// How many events of a kind the log holds.
    pub async fn count(&self, event_type: &str) -> Result<usize> {
        Ok(self.log().await?.iter().filter(|event| event.event_type == event_type).count())
    }

    /// Where the log says that the account was last switched off.
    pub async fn last_disable(&self) -> Result<(u64, AccountEvent)> {
        let log = self.log().await?;
        let last = log.iter().rfind(|event| event.event_type == "AccountTwoFactorDisabled");
        let last = last.context("expected an account-wide disable in the log")?;
        Ok((last.account_seq, serde_json::from_str(&last.payload)?))
    }

    /// Ends the story: whatever happened, its log keeps every rule.
    pub async fn close(&self) -> Result<()> {
        let broken = invariants::broken(&self.log().await?, &self.secrets());
        ensure!(broken.is_empty(), "the log breaks its rules:\n{}", broken.join("\n"));
        self.keeps_no_more_than_it_holds().await
    }

    /// Of everybody whom the log knows, exactly those secrets are kept that somebody's state speaks of: none that an
    /// act ended, and none is missing but one whose time was over.
    async fn keeps_no_more_than_it_holds(&self) -> Result<()> {
        let (log, store) = (self.here().log(), self.here().store());
        let (mut people, mut held, mut over) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let streams: BTreeSet<(&str, StreamId)> =
            self.log().await?.iter().map(|e| (e.stream.kind.name(), e.stream.id)).collect();
        for (kind, stream) in &streams {
            if *kind == AggregateKind::User.name() {
                let user = log.users.load(*stream).await?.state;
                people.extend(user.who().map(|who| who.user.uuid()));
                held.extend(user.verifiers());
                over.extend(if user.erased { user.verifiers() } else { user.over(self.now()) });
            } else if *kind == AggregateKind::Device.name() {
                let device = log.devices.load(*stream).await?.state;
                held.extend(device.verifiers());
                over.extend(device.sessions.values().map(|session| session.verifier));
                // Whatever is somebody's goes with them, also what their device still speaks of.
                if let Some(owner) = device.owner {
                    let stream = StreamId::user(self.account, owner.user);
                    let gone = log.users.load(stream).await?.state.erased;
                    over.extend(device.verifiers().into_iter().filter(|_| gone));
                }
            }
        }
        let mut kept = BTreeSet::new();
        for &person in &people {
            kept.extend(store.verifiers_of(self.account, person).await?.into_iter().map(|row| row.id));
        }
        let stale: Vec<_> = kept.difference(&held).collect();
        ensure!(stale.is_empty(), "{} secrets are kept that nobody holds any more: {stale:?}", stale.len());
        let lost: Vec<_> = held.difference(&kept).filter(|id| !over.contains(id)).collect();
        ensure!(lost.is_empty(), "{} secrets are held that are not kept: {lost:?}", lost.len());
        Ok(())
    }
}

/// The token at the end of a link.
pub fn token_of(url: &str) -> Result<String> {
    let (_, token) = url.rsplit_once('/').with_context(|| format!("a link without a token: {url}"))?;
    Ok(token.to_owned())
}

/// What an instance is opened with.
pub fn config(url: &str, folder: &Path) -> Result<Config, ConfigError> {
    let folder = folder.display().to_string();
    let layers = twofold_infra::config::Layers::default()
        .with_flag("database_url", url)
        .with_flag("data_dir", &folder)
        .with_flag("public_url", "https://twofold.lilliput.example");
    Config::load(&layers, 1)
}

/// Opens one instance of the server, as `twofold serve` does.
pub async fn instance(config: &Config, clock: Clock) -> Result<Desk, OpenError> {
    let mint = Mint::system(clock);
    let passwords = Passwords::cheap(mint.clone());
    // Whatever the configuration says: what takes messages on, a story opens.
    let desk = installation::open(config, mint, passwords).await?.texting(Some(Allowance::SMS));
    let counter = Counter { desk: desk.clone(), read_models: OnceCell::new() };
    Ok(desk.counting(Arc::new(counter)))
}

/// Counts whom a change concerns, over read models of its own that are there from the first question on.
struct Counter {
    desk: Desk,
    read_models: OnceCell<FromReadModels>,
}

impl CountConcerned for Counter {
    fn count<'a>(&'a self, step: Step<'a>) -> BoxFuture<'a, Result<Counts, ActError>> {
        async move {
            let install = || async {
                let projector =
                    Projector::install(self.desk.store().clone(), twofold_projections::all()).await?;
                Ok::<_, ActError>(FromReadModels::new(self.desk.clone(), projector))
            };
            self.read_models.get_or_try_init(install).await?.count(step).await
        }
        .boxed()
    }
}

/// As in production, a server has no right to change the log: on PostgreSQL it gets a role of its own.
async fn serving_url(db: &TestDb) -> Result<String> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    if !db.is_postgres() {
        return Ok(db.url.clone());
    }
    let role = format!("town_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let mut owner = db.connect().await?;
    owner.execute(format!("create role {role} login in role twofold_serve").as_str()).await?;
    Ok(db.url_as(&role))
}

/// A person's card, for whoever registers them.
impl Person {
    /// What is written on it.
    pub fn card(&self) -> NewPerson {
        NewPerson {
            user: self.user,
            role: self.role,
            name: self.name.clone(),
            email: self.email.clone(),
            language: Some("en".to_owned()),
        }
    }
}
