//! One invented person: what they know, carry, and do. Every deed is a real act at the desk, with a
//! real password, a code computed from the seed they were shown, and the mail that they were sent.

use std::collections::VecDeque;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use twofold_domain::account::Change;
use twofold_domain::ids::{AccountId, DeviceId, FactorId, SignInId, UserId};
use twofold_domain::policy::Role;
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::acts::{
    ActError, BeginSignIn, Begun, Credential, DeviceCredential, Proof, ProveSignIn, Proved, RedeemLink,
    SessionGrant, Statement, preview,
};
use twofold_infra::clock::ManualClock;
use twofold_infra::context::{Actor, ClientOrigin, Context};
use twofold_infra::desk::{Act, Desk};
use twofold_infra::mint::Mint;
use twofold_infra::store::DueMessage;
use twofold_infra::verify::{Bearer, OtpCode, Password, RecoveryCode};
use zeroize::Zeroizing;

mod things;
mod visits;

pub(super) use things::{Browser, LAPTOP, PHONE, PRIVATE};

use self::things::{App, STEP};
use super::cast::Casting;

/// Messages looked through for the one that matters; the postman keeps the outbox far below.
const MAILS: u32 = 10_000;
/// Messages that somebody keeps.
const INBOX: usize = 4;

/// Where somebody is in their time with the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Here {
    /// Not invited yet, or the invitation waits.
    NotYet,
    /// Comes and goes.
    Yes,
    /// On leave.
    Away,
    /// Not any more.
    Gone,
}

/// What a sign-in came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// They are in.
    In,
    /// They must enrol, and put it off.
    Pending,
    /// They are out.
    Out,
}

/// One invented person.
pub(super) struct Person {
    pub(super) casting: Casting,
    pub(super) user: UserId,
    pub(super) here: Here,
    pub(super) browsers: [Browser; 3],
    pub(super) rng: StdRng,
    account: AccountId,
    hand: ManualClock,
    desk: Desk,
    password: String,
    app: Option<App>,
    codes: Vec<Zeroizing<String>>,
    session: Option<Credential>,
    proved_at: Option<Timestamp>,
    devices: Vec<DeviceId>,
    inbox: VecDeque<DueMessage>,
}

impl Person {
    /// Somebody whom nobody has met, in a time of their own that starts at `at`.
    pub(super) fn new(casting: Casting, desk: &Desk, account: AccountId, at: Timestamp, seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let hand = ManualClock::starting_at(at);
        let mint = Mint::seeded(hand.clock(), rng.random());
        let browsers = things::browsers(&mut rng);
        let password = format!("umbrella {:06} canal", rng.random_range(0..1_000_000));
        let user = mint.id();
        let desk = desk.beside(mint, desk.passwords().clone());
        Self {
            casting,
            user,
            here: Here::NotYet,
            browsers,
            rng,
            account,
            hand,
            desk,
            password,
            app: None,
            codes: vec![],
            session: None,
            proved_at: None,
            devices: vec![],
            inbox: VecDeque::new(),
        }
    }

    /// What time it is for them.
    pub(super) fn now(&self) -> Timestamp {
        self.desk.clock().now()
    }

    /// Time goes on at least to `at`.
    pub(super) fn until(&self, at: Timestamp) {
        if self.now() < at {
            self.hand.set(at);
        }
    }

    /// A while passes, of so many seconds.
    pub(super) fn pause(&mut self, seconds: std::ops::Range<i64>) {
        let micros = self.rng.random_range(seconds.start * 1_000_000..seconds.end * 1_000_000);
        self.hand.advance(span(micros));
    }

    /// The session they are in.
    pub(super) fn credential(&self) -> Result<Credential> {
        self.session.clone().with_context(|| format!("{} is not signed in", self.casting.email))
    }

    /// Every device that ever was theirs.
    pub(super) fn devices(&self) -> Vec<DeviceId> {
        self.devices.clone()
    }

    /// The factor in their app.
    pub(super) fn factor(&self) -> Result<FactorId> {
        Ok(self.app.as_ref().context("no app")?.factor)
    }

    /// Their password.
    pub(super) fn password(&self) -> Result<Password> {
        Ok(Password::parse(&self.password)?)
    }

    /// They think of another password.
    pub(super) fn choose_password(&mut self, password: &str) {
        password.clone_into(&mut self.password);
    }

    /// Recovery codes that they still have.
    pub(super) fn codes_left(&self) -> usize {
        self.codes.len()
    }

    /// Takes new recovery codes.
    pub(super) fn keep_codes(&mut self, codes: Vec<Zeroizing<String>>) {
        self.codes = codes;
    }

    /// The phone with the app is gone, or the app is.
    pub(super) fn lose_app(&mut self) {
        self.app = None;
    }

    /// Does something in a browser.
    pub(super) async fn perform<A: Act>(&self, browser: usize, act: A) -> Result<A::Reply, ActError> {
        self.perform_from(&self.browsers[browser], act).await
    }

    /// Does something from somewhere; also what others do to this person's account.
    pub(super) async fn perform_from<A: Act>(&self, from: &Browser, act: A) -> Result<A::Reply, ActError> {
        let request = format!("req_{:032x}", u128::from_be_bytes(self.desk.mint().bytes()));
        let mut context = Context::of(Actor::Anonymous, request);
        context.origin = ClientOrigin { ip: Some(from.ip.clone()), user_agent: Some(from.agent.to_owned()) };
        self.at_desk(context, act).await
    }

    /// Does something in any name.
    pub(super) async fn at_desk<A: Act>(&self, context: Context, act: A) -> Result<A::Reply, ActError> {
        Ok(self.desk.perform(self.account, context, act).await?.reply)
    }

    /// What the preview of a change of theirs states, an owner's.
    pub(super) async fn previewed(&self, change: &Change) -> Result<Statement> {
        Ok(preview(&self.desk, self.account, change, Role::Owner, self.now()).await?)
    }

    /// The token of the newest link of a kind that they were mailed: `/recover/`.
    pub(super) async fn mailed_link(&self, page: &str) -> Result<String> {
        let last = |line: &str| line.rsplit('/').next().map(str::to_owned);
        self.mailed(|line| line.contains(page).then(|| last(line)).flatten()).await
    }

    /// Opens the newest message to them, for the line that matters.
    pub(super) async fn mailed<T>(&self, read: impl Fn(&str) -> Option<T>) -> Result<T> {
        let waiting = self.desk.store().outbox(self.account, MAILS).await?;
        let mine = waiting.iter().rev().filter(|row| row.subject == Some(self.user.uuid()));
        for row in mine.chain(self.inbox.iter().rev()) {
            let message = self.desk.vault().open_message(self.account, row.id, &row.sealed).await?;
            if let Some(found) = message.body.lines().find_map(|line| read(line.trim())) {
                return Ok(found);
            }
        }
        bail!("{} was sent no such message", self.casting.email)
    }

    /// The postman was here.
    pub(super) fn receive(&mut self, message: DueMessage) {
        if self.inbox.len() == INBOX {
            self.inbox.pop_front();
        }
        self.inbox.push_back(message);
    }

    /// Follows a link such as `…/setup/tfl_…` and chooses the password.
    pub(super) async fn redeem(&mut self, url: &str) -> Result<()> {
        let token = url.rsplit('/').next().unwrap_or_default();
        let act = RedeemLink { token: Arc::new(Bearer::parse(token)?), password: self.password()? };
        self.perform(LAPTOP, act).await?;
        self.here = Here::Yes;
        Ok(())
    }

    /// Follows the link in the invitation that was mailed.
    pub(super) async fn join(&mut self) -> Result<()> {
        let url = self.mailed(|line| line.contains("/setup/").then(|| line.to_owned())).await?;
        self.redeem(&url).await
    }

    /// Shows address and password.
    pub(super) async fn knock(&mut self, browser: usize, password: &Password) -> Result<Begun> {
        let token = self.browsers[browser].token.clone();
        let act = BeginSignIn::new(self.casting.email.clone(), password.clone(), token);
        let begun = self.perform(browser, act).await?;
        let token = match &begun {
            Begun::Refused => return Ok(begun),
            Begun::Challenge { device_token, .. } => device_token,
            Begun::Session { device_token, grant, .. } => {
                self.enter(grant)?;
                device_token
            }
        };
        let token: DeviceCredential = Arc::new(Bearer::parse(token)?);
        if !self.devices.contains(&token.id()) {
            self.devices.push(token.id());
        }
        self.browsers[browser].token = Some(token);
        Ok(begun)
    }

    pub(super) fn enter(&mut self, grant: &SessionGrant) -> Result<()> {
        self.session = Some(Credential::Session(Arc::new(Bearer::parse(&grant.token)?)));
        self.proved_at = None;
        Ok(())
    }

    fn enter_proved(&mut self, grant: &SessionGrant) -> Result<()> {
        self.enter(grant)?;
        self.proved_at = Some(self.now());
        Ok(())
    }

    /// Answers a challenge.
    pub(super) async fn answer(
        &mut self,
        browser: usize,
        sign_in: SignInId,
        proof: Proof,
        trust: bool,
    ) -> Result<Proved> {
        let device = self.browsers[browser].token.clone().context("a challenge without a device")?;
        let proved = self.perform(browser, ProveSignIn { device, sign_in, proof, trust }).await?;
        if let Proved::Session { grant, .. } = &proved {
            self.enter_proved(grant)?;
        }
        Ok(proved)
    }

    /// The next code of their app; waits for it if this one was shown before.
    pub(super) fn code(&mut self) -> Result<Arc<OtpCode>> {
        let app = self.app.as_mut().with_context(|| format!("{} has no app", self.casting.email))?;
        let step = |at: Timestamp| at.unix_seconds() / STEP;
        let mut now = self.desk.clock().now();
        if step(now) <= app.shown {
            let next = Timestamp::from_micros(((app.shown + 1) * STEP) as i64 * 1_000_000);
            now = next + span(self.rng.random_range(1_000_000..4_000_000));
            self.hand.set(now);
        }
        app.shown = step(now);
        Ok(Arc::new(OtpCode::parse(&app.otp.code_at(now))?))
    }

    /// A code that is not the one of their app now.
    pub(super) fn wrong_code(&mut self) -> Result<Arc<OtpCode>> {
        let right = match &self.app {
            Some(app) => app.otp.code_at(self.now()),
            None => Zeroizing::new(String::new()),
        };
        loop {
            let guess = format!("{:06}", self.rng.random_range(0..1_000_000));
            if guess != *right {
                return Ok(Arc::new(OtpCode::parse(&guess)?));
            }
        }
    }

    /// A code from a few minutes ago, typed too late.
    fn late_code(&self) -> Result<Arc<OtpCode>> {
        let app = self.app.as_ref().context("no app")?;
        Ok(Arc::new(OtpCode::parse(&app.otp.code_at(self.now() - Span::minutes(2)))?))
    }

    /// The next of their recovery codes.
    pub(super) fn recovery_code(&mut self) -> Result<Proof> {
        let code = self.codes.pop().with_context(|| format!("{} has no codes", self.casting.email))?;
        Ok(Proof::Recovery(Arc::new(RecoveryCode::parse(&code)?)))
    }
}

/// A span of microseconds.
pub(super) fn span(micros: i64) -> Span {
    Timestamp::from_micros(micros).since(Timestamp::from_micros(0))
}
