//! One invented person: what they know, carry, and do. Every deed is a real act at the desk, with a
//! real password, a code computed from the seed they were shown, and the mail that they were sent.

use std::collections::VecDeque;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use twofold_domain::device::{Decision, Why};
use twofold_domain::ids::{AccountId, DeviceId, FactorId, SignInId, UserId};
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::acts::{
    ActError, BeginSignIn, Begun, ConfirmFactor, Confirmation, Credential, DeviceCredential,
    EnrolmentStarted, Proof, ProveSignIn, Proved, RedeemLink, SessionGrant, SignOut, StartEnrolment, StepUp,
    SteppedUp,
};
use twofold_infra::clock::ManualClock;
use twofold_infra::context::{Actor, ClientOrigin, Context};
use twofold_infra::desk::{Act, Desk};
use twofold_infra::mint::Mint;
use twofold_infra::store::DueMessage;
use twofold_infra::verify::totp::{Otp, Seed};
use twofold_infra::verify::{Bearer, MailedCode, OtpCode, Password, RecoveryCode};
use zeroize::Zeroizing;

use super::cast::Casting;

/// How long before the end of its life a proof is shown again rather than relied on.
const FRESH: Span = Span::minutes(4);
/// Seconds of one code.
const STEP: u64 = 30;
/// Messages looked through for the one that matters; the postman keeps the outbox far below.
const MAILS: u32 = 10_000;
/// Messages that somebody keeps.
const INBOX: usize = 4;

/// An authenticator app.
struct App {
    factor: FactorId,
    otp: Otp,
    /// The step of the last code that was shown; nobody shows one twice by accident.
    shown: u64,
}

impl App {
    /// Takes the key over, as it was shown.
    fn scan(started: &EnrolmentStarted) -> Result<Self> {
        let seed = Seed::from_bytes(base32(&started.key).context("a key that is no base 32")?)?;
        Ok(Self { factor: started.factor, otp: Otp::new(&seed, started.parameters)?, shown: 0 })
    }
}

/// RFC 4648 §6, without padding.
fn base32(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (mut bytes, mut buffer, mut bits) = (Zeroizing::new(Vec::with_capacity(20)), 0_u32, 0);
    for symbol in text.bytes().filter(|b| *b != b' ') {
        let value = match symbol {
            b'A'..=b'Z' => symbol - b'A',
            b'2'..=b'7' => symbol - b'2' + 26,
            _ => return None,
        };
        buffer = (buffer << 5) | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
            buffer &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

/// A browser, with the cookie that it keeps.
#[derive(Clone)]
pub(super) struct Browser {
    pub(super) token: Option<DeviceCredential>,
    pub(super) agent: &'static str,
    pub(super) ip: String,
}

impl Browser {
    /// One that nobody has seen.
    pub(super) fn new(agent: &'static str, ip: String) -> Self {
        Self { token: None, agent, ip }
    }
}

/// The browser at work.
pub(super) const LAPTOP: usize = 0;
/// The browser in the pocket.
pub(super) const PHONE: usize = 1;
/// A window that keeps no cookies.
pub(super) const PRIVATE: usize = 2;

const LAPTOPS: [&str; 4] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
];
const PHONES: [&str; 2] = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 Chrome/138.0.0.0 Mobile Safari/537.36",
];

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
        let ip = |rng: &mut StdRng| format!("198.51.100.{}", rng.random_range(1..255));
        let browsers = [
            Browser::new(LAPTOPS[rng.random_range(0..LAPTOPS.len())], ip(&mut rng)),
            Browser::new(
                PHONES[rng.random_range(0..PHONES.len())],
                format!("203.0.113.{}", rng.random_range(1..255)),
            ),
            Browser::new(LAPTOPS[rng.random_range(0..LAPTOPS.len())], ip(&mut rng)),
        ];
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

    /// Opens the newest message to them, for the line that matters.
    async fn mail<T>(&self, read: impl Fn(&str) -> Option<T>) -> Result<T> {
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
        let url = self.mail(|line| line.contains("/setup/").then(|| line.to_owned())).await?;
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

    fn enter(&mut self, grant: &SessionGrant) -> Result<()> {
        self.session = Some(Credential(Arc::new(Bearer::parse(&grant.token)?)));
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

    /// Signs in as people do on an ordinary day: slips included, and enrols where that is asked or wished.
    pub(super) async fn visit(&mut self, browser: usize) -> Result<Entry> {
        if self.rng.random_bool(0.02) {
            self.knock(browser, &Password::parse("umbrella canal")?).await?;
            self.pause(4..15);
        }
        let password = self.password()?;
        match self.knock(browser, &password).await? {
            Begun::Refused => Ok(Entry::Out),
            Begun::Challenge { sign_in, trust, .. } => {
                let trust = trust.is_some() && self.casting.habit.trusts && browser != PRIVATE;
                self.pause(6..25);
                self.prove(browser, sign_in, trust).await
            }
            Begun::Session { decision: Decision::Enrol, .. } => {
                if self.rng.random_bool(0.1) {
                    return Ok(Entry::Pending);
                }
                self.pause(10..60);
                self.enrol(browser, "Authenticator").await
            }
            Begun::Session { reasons, .. } => {
                let urged = if reasons.contains(&Why::InGrace) { 0.25 } else { self.casting.habit.eager };
                let could = reasons.contains(&Why::InGrace) || reasons.contains(&Why::OptionalNotEnrolled);
                if could && self.rng.random_bool(urged) {
                    self.pause(20..90);
                    return self.enrol(browser, "Authenticator").await;
                }
                Ok(Entry::In)
            }
        }
    }

    /// Signs in with a recovery code, in a window that keeps no cookies.
    pub(super) async fn visit_with_code(&mut self) -> Result<Entry> {
        self.browsers[PRIVATE].token = None;
        let password = self.password()?;
        let Begun::Challenge { sign_in, .. } = self.knock(PRIVATE, &password).await? else {
            return Ok(Entry::Out);
        };
        self.pause(20..70);
        let code = self.recovery_code()?;
        match self.answer(PRIVATE, sign_in, code, false).await? {
            Proved::Refused(_) => Ok(Entry::Out),
            Proved::Session { .. } => Ok(Entry::In),
        }
    }

    async fn prove(&mut self, browser: usize, sign_in: SignInId, trust: bool) -> Result<Entry> {
        if self.app.is_none() {
            return Ok(Entry::Out);
        }
        let slip: f64 = self.rng.random();
        if slip < 0.04 {
            let otp = if slip < 0.03 { self.wrong_code()? } else { self.late_code()? };
            self.answer(browser, sign_in, Proof::Otp(otp), trust).await?;
            self.pause(10..40);
        }
        let otp = self.code()?;
        match self.answer(browser, sign_in, Proof::Otp(otp), trust).await? {
            Proved::Refused(_) => Ok(Entry::Out),
            Proved::Session { .. } => Ok(Entry::In),
        }
    }

    /// Binds an app to the session they are in, with the mailed code where one is asked for.
    pub(super) async fn enrol(&mut self, browser: usize, name: &str) -> Result<Entry> {
        let start = StartEnrolment { credential: self.credential()?, name: name.to_owned() };
        let started = self.perform(browser, start).await?;
        let mut app = App::scan(&started)?;
        self.pause(25..70);
        let mailed = if started.mailed_code_needed {
            let digits = |line: &str| MailedCode::parse(line).ok();
            Some(Arc::new(self.mail(digits).await?))
        } else {
            None
        };
        app.shown = self.now().unix_seconds() / STEP;
        let otp = Arc::new(OtpCode::parse(&app.otp.code_at(self.now()))?);
        let confirm = ConfirmFactor { credential: self.credential()?, factor: app.factor, otp, mailed };
        match self.perform(browser, confirm).await? {
            Confirmation::Refused(why) => bail!("{} could not enrol: {why:?}", self.casting.email),
            Confirmation::Confirmed(confirmed) => {
                self.enter_proved(&confirmed.grant)?;
                if !confirmed.recovery_codes.is_empty() {
                    self.codes = confirmed.recovery_codes;
                }
                self.app = Some(app);
                Ok(Entry::In)
            }
        }
    }

    /// Is here for something that matters at `at`: signed in, enrolled, and with a fresh proof.
    pub(super) async fn present(&mut self, at: Timestamp) -> Result<()> {
        self.signed_in(at).await?;
        let fresh = self.proved_at.is_some_and(|proved| self.now() < proved + FRESH);
        if !fresh {
            self.pause(5..20);
            self.step_up().await?;
        }
        Ok(())
    }

    /// Signs in at `at` without slips, and enrols if they have not.
    pub(super) async fn signed_in(&mut self, at: Timestamp) -> Result<()> {
        self.until(at);
        let password = self.password()?;
        match self.knock(LAPTOP, &password).await? {
            Begun::Refused => bail!("{} is refused", self.casting.email),
            Begun::Challenge { sign_in, .. } => {
                self.pause(6..25);
                let otp = self.code()?;
                if let Proved::Refused(why) = self.answer(LAPTOP, sign_in, Proof::Otp(otp), false).await? {
                    bail!("{} is refused: {why:?}", self.casting.email);
                }
            }
            Begun::Session { decision: Decision::Enrol, .. } => {
                self.pause(10..30);
                self.enrol(LAPTOP, "Authenticator").await?;
            }
            Begun::Session { reasons, .. } => {
                if reasons.contains(&Why::InGrace) || reasons.contains(&Why::OptionalNotEnrolled) {
                    self.pause(10..30);
                    self.enrol(LAPTOP, "Authenticator").await?;
                }
            }
        }
        Ok(())
    }

    /// Shows a code again, for something sensitive.
    pub(super) async fn step_up(&mut self) -> Result<()> {
        let proof = Proof::Otp(self.code()?);
        match self.perform(LAPTOP, StepUp { credential: self.credential()?, proof }).await? {
            SteppedUp::Refused(why) => bail!("{} is refused: {why:?}", self.casting.email),
            SteppedUp::Raised(grant) => self.enter_proved(&grant),
        }
    }

    /// Signs out, unless the session is over anyway.
    pub(super) async fn sign_out(&mut self) -> Result<()> {
        let Some(credential) = self.session.take() else { return Ok(()) };
        match self.perform(LAPTOP, SignOut { credential }).await {
            Ok(()) | Err(ActError::Stale(_) | ActError::NotSignedIn) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }
}

/// A span of microseconds.
pub(super) fn span(micros: i64) -> Span {
    Timestamp::from_micros(micros).since(Timestamp::from_micros(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_an_app_reads_it() {
        // RFC 4648 §10.
        for (text, bytes) in [("MZXW 6YTB OI", "foobar"), ("MZXW6", "foo"), ("", "")] {
            assert_eq!(base32(text).unwrap().as_slice(), bytes.as_bytes());
        }
        assert!(base32("0").is_none());
    }
}
