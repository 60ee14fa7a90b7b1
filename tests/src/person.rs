//! What a person can do: type, read their mail, look at their phone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, bail};
use twofold_domain::account::{Change, Counts, Effect, GuardedAct};
use twofold_domain::device::{Decision, Method};
use twofold_domain::ids::{FactorId, SignInId, StreamId, UserId};
use twofold_domain::policy::{Audience, AudiencePolicy, Role};
use twofold_domain::time::Span;
use twofold_domain::user::{Refusal, UserError};
use twofold_infra::acts::{
    ActError, BeginSignIn, Begun, Beside, Binding, ChangePolicies, ConfirmFactor, Confirmation, Consented,
    Credential, EnrolmentStarted, NewPerson, Proof, ProveSignIn, Proved, RedeemLink, RegisterUser,
    RequestAct, ShownFirst, StartEnrolment, Statement, StepUp, SteppedUp, Switch, SwitchAccount, UseApproval,
    enrolled_now, state,
};
use twofold_infra::desk::{Desk, Done};
use twofold_infra::verify::{Bearer, MailedCode, OtpCode, Password, RecoveryCode};

use crate::authenticator::Authenticator;
use crate::town::{Town, token_of};

/// More people than any story has.
const NO_END: u64 = 1_000_000;

/// Somebody, with what they remember, hold, and have in their browser.
#[derive(Clone)]
pub struct Person {
    /// Their id.
    pub user: UserId,
    /// Their role.
    pub role: Role,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they type.
    pub password: String,
    /// Their phone, once a QR code was scanned with it.
    pub phone: Option<Authenticator>,
    /// Recovery codes on paper.
    pub codes: Vec<String>,
    /// Their browser.
    pub browser: Browser,
}

/// The cookies of one browser.
#[derive(Clone, Default)]
pub struct Browser {
    /// The device's own token.
    pub device: Option<String>,
    /// The session's token.
    pub session: Option<String>,
}

/// A challenge that waits for a code.
#[derive(Debug, Clone)]
pub struct Challenge {
    /// The attempt.
    pub sign_in: SignInId,
    /// The device's own token, as the browser holds it now.
    pub device: String,
    /// Whether trust is offered.
    pub trust: Option<Span>,
}

/// What became of a code, a password, or another proof, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// It was good.
    Accepted,
    /// It was charged and refused.
    Refused(Refusal),
    /// It was not even looked at: too many failures before it.
    NotLookedAt,
    /// What it was for is over: the attempt, the session, the generation.
    Over(String),
}

impl Came {
    /// Whether it was good.
    pub fn accepted(&self) -> bool {
        *self == Self::Accepted
    }

    /// Sorts errors; one that no user may ever see is an error here, too.
    pub fn of_error(error: ActError) -> Result<Self> {
        match error {
            ActError::User(UserError::Locked { .. }) => Ok(Self::NotLookedAt),
            ActError::User(_)
            | ActError::Device(_)
            | ActError::Stale(_)
            | ActError::Denied(_)
            | ActError::NotSignedIn
            | ActError::EnrolmentClosed(_) => Ok(Self::Over(error.to_string())),
            other => Err(anyhow::Error::new(other).context("not an answer that a person may get")),
        }
    }

    /// What a challenge's answer came to.
    pub fn of_proof(result: Result<Done<Proved>, ActError>) -> Result<Self> {
        match result {
            Ok(Done { reply: Proved::Session { .. }, .. }) => Ok(Self::Accepted),
            Ok(Done { reply: Proved::Refused(why), .. }) => Ok(Self::Refused(why.refusal)),
            Ok(Done { reply: Proved::NotRecognised, .. }) => Ok(Self::Over("an old device token".to_owned())),
            Err(error) => Self::of_error(error),
        }
    }

    /// What a step-up came to.
    pub fn of_step_up(result: Result<Done<SteppedUp>, ActError>) -> Result<Self> {
        match result {
            Ok(Done { reply: SteppedUp::Raised(_), .. }) => Ok(Self::Accepted),
            Ok(Done { reply: SteppedUp::Refused(why), .. }) => Ok(Self::Refused(why.refusal)),
            Err(error) => Self::of_error(error),
        }
    }

    /// What a confirmation came to.
    pub fn of_confirmation(result: Result<Done<Confirmation>, ActError>) -> Result<Self> {
        match result {
            Ok(Done { reply: Confirmation::Confirmed(_), .. }) => Ok(Self::Accepted),
            Ok(Done { reply: Confirmation::Refused(why), .. }) => Ok(Self::Refused(why.refusal)),
            Err(error) => Self::of_error(error),
        }
    }
}

/// A code as it is typed.
pub fn otp(code: &str) -> Result<Proof> {
    let Ok(code) = OtpCode::parse(code) else { bail!("no code: {code:?}") };
    Ok(Proof::Otp(Arc::new(code)))
}

/// A recovery code as it is typed.
pub fn recovery(code: &str) -> Result<Proof> {
    let Ok(code) = RecoveryCode::parse(code) else { bail!("no recovery code: {code:?}") };
    Ok(Proof::Recovery(Arc::new(code)))
}

/// A password as it is typed.
pub fn password(text: &str) -> Result<Password> {
    Ok(Password::parse(text)?)
}

/// A session's cookie.
pub fn credential(token: &str) -> Result<Credential> {
    Ok(Credential::Session(Arc::new(Bearer::parse(token)?)))
}

/// The answer to a challenge, as a request.
pub fn answer(challenge: &Challenge, proof: Proof, trust: bool) -> Result<ProveSignIn> {
    let device = Arc::new(Bearer::parse(&challenge.device)?);
    Ok(ProveSignIn { device, sign_in: challenge.sign_in, proof, trust })
}

/// The use of a link, as a request.
pub fn redemption(url: &str, new_password: &str) -> Result<RedeemLink> {
    Ok(RedeemLink { token: Arc::new(Bearer::parse(&token_of(url)?)?), password: password(new_password)? })
}

/// The confirmation of a binding, as a request.
pub fn confirmation(
    session: &str,
    factor: FactorId,
    code: &str,
    mailed: Option<&str>,
) -> Result<ConfirmFactor> {
    let Proof::Otp(otp) = otp(code)? else { bail!("no code: {code:?}") };
    let shown = ShownFirst::Otp(otp);
    let mailed = match mailed {
        None => None,
        Some(text) => match MailedCode::parse(text) {
            Ok(code) => Some(Arc::new(code)),
            Err(_) => bail!("no mailed code: {text:?}"),
        },
    };
    let warrant = mailed.map(Beside::Mailed);
    Ok(ConfirmFactor { credential: credential(session)?, factor, shown, warrant })
}

impl Person {
    /// Their session's cookie.
    pub fn session(&self) -> Result<&str> {
        self.browser.session.as_deref().with_context(|| format!("{} is not signed in", self.email))
    }

    /// Their session, to show.
    pub fn credential(&self) -> Result<Credential> {
        credential(self.session()?)
    }

    /// What their phone shows now.
    pub fn code(&self, town: &Town) -> Result<String> {
        Ok(self.phone.as_ref().context("no authenticator")?.code(town.now()))
    }

    /// Waits for the next code on their phone.
    pub fn next_code(&self, town: &Town) -> Result<String> {
        town.wait(Span::seconds(30));
        self.code(town)
    }

    /// Opens a link and sets the password.
    pub async fn redeem(&self, town: &Town, desk: &Desk, url: &str) -> Result<(), ActError> {
        let act = redemption(url, &self.password).map_err(|e| ActError::Bug(e.to_string()))?;
        town.perform(desk, act).await.map(|_| ())
    }

    /// Types e-mail and password into a browser, which keeps the cookies that it gets.
    pub async fn begin(&self, town: &Town, desk: &Desk, browser: &mut Browser) -> Result<Begun> {
        let device = browser.device.as_deref().map(Bearer::parse).transpose()?.map(Arc::new);
        let act = BeginSignIn::new(self.email.clone(), password(&self.password)?, device);
        let begun = town.perform(desk, act).await?.reply;
        match &begun {
            Begun::Refused => {}
            Begun::Challenge { device_token, .. } => {
                town.never_in_log(device_token.as_str());
                browser.device = Some(device_token.as_str().to_owned());
            }
            Begun::Session { device_token, grant, .. } => {
                town.never_in_log(device_token.as_str());
                town.never_in_log(grant.token.as_str());
                browser.device = Some(device_token.as_str().to_owned());
                browser.session = Some(grant.token.as_str().to_owned());
            }
        }
        Ok(begun)
    }

    /// The same, where a challenge is expected.
    pub async fn challenged(&self, town: &Town, desk: &Desk, browser: &mut Browser) -> Result<Challenge> {
        match self.begin(town, desk, browser).await? {
            Begun::Challenge { sign_in, device_token, trust, .. } => {
                Ok(Challenge { sign_in, device: device_token.as_str().to_owned(), trust })
            }
            Begun::Refused => bail!("{}: expected a challenge, was refused", self.email),
            Begun::Session { decision, reasons, .. } => {
                bail!("{}: expected a challenge, got a session ({decision:?} for {reasons:?})", self.email)
            }
        }
    }

    /// Answers a challenge in their browser and keeps the session.
    pub async fn prove(
        &mut self,
        town: &Town,
        desk: &Desk,
        challenge: &Challenge,
        proof: Proof,
        trust: bool,
    ) -> Result<Came> {
        let result = town.perform(desk, answer(challenge, proof, trust)?).await;
        if let Ok(Done { reply: Proved::Session { grant, .. }, .. }) = &result {
            town.never_in_log(grant.token.as_str());
            self.browser.session = Some(grant.token.as_str().to_owned());
        }
        Came::of_proof(result)
    }

    /// Signs in with whatever it takes, waiting for a fresh code if one is asked for.
    pub async fn sign_in(&mut self, town: &Town, desk: &Desk) -> Result<Method> {
        let mut browser = self.browser.clone();
        let begun = self.begin(town, desk, &mut browser).await?;
        self.browser = browser;
        match begun {
            Begun::Refused => bail!("{}: expected to sign in, was refused", self.email),
            Begun::Session { decision: Decision::Complete | Decision::Enrol, grant, .. } => Ok(grant.method),
            Begun::Session { decision, .. } => bail!("a session for the decision {decision:?}"),
            Begun::Challenge { sign_in, device_token, .. } => {
                let challenge = Challenge { sign_in, device: device_token.as_str().to_owned(), trust: None };
                let code = otp(&self.next_code(town)?)?;
                let came = self.prove(town, desk, &challenge, code, false).await?;
                anyhow::ensure!(came.accepted(), "{}: expected a good code, {came:?}", self.email);
                Ok(Method::Otp)
            }
        }
    }

    /// Scans the QR code of a new factor.
    pub async fn scan(&mut self, town: &Town, desk: &Desk) -> Result<EnrolmentStarted> {
        // Each under a name of its own.
        static PHONES: AtomicU32 = AtomicU32::new(1);
        let name = format!("phone {} of {}", PHONES.fetch_add(1, Ordering::Relaxed), self.name);
        let act = StartEnrolment { credential: self.credential()?, name, binding: Binding::App };
        let started = town.perform(desk, act).await?.reply;
        let app = started.app.as_ref().context("no authenticator app")?;
        let phone = Authenticator::scan(&app.uri)?;
        town.never_in_log(&phone.secret);
        town.never_in_log(app.key.as_str());
        self.phone = Some(phone);
        Ok(started)
    }

    /// Confirms the factor that was just scanned, with the mailed code if it is a first one.
    pub async fn confirm(&mut self, town: &Town, desk: &Desk, started: &EnrolmentStarted) -> Result<Came> {
        let mailed = if started.mailed_code_needed { Some(town.mailed_code(self.user).await?) } else { None };
        let code = self.code(town)?;
        let act = confirmation(self.session()?, started.factor, &code, mailed.as_deref())?;
        let result = town.perform(desk, act).await;
        if let Ok(Done { reply: Confirmation::Confirmed(confirmed), .. }) = &result {
            self.confirmed(town, confirmed);
        }
        Came::of_confirmation(result)
    }

    /// Keeps what a confirmation gave.
    pub fn confirmed(&mut self, town: &Town, confirmed: &twofold_infra::acts::Confirmed) {
        self.browser.session = Some(confirmed.grant.token.as_str().to_owned());
        town.never_in_log(confirmed.grant.token.as_str());
        if !confirmed.recovery_codes.is_empty() {
            self.codes = confirmed.recovery_codes.iter().map(|code| code.as_str().to_owned()).collect();
            self.codes.iter().for_each(|code| town.never_in_log(code));
        }
    }

    /// Binds an authenticator from beginning to end.
    pub async fn enrol(&mut self, town: &Town, desk: &Desk) -> Result<()> {
        let started = self.scan(town, desk).await?;
        let came = self.confirm(town, desk, &started).await?;
        anyhow::ensure!(came.accepted(), "{}: expected a confirmed factor, {came:?}", self.email);
        Ok(())
    }

    /// Shows a fresh code again, for something sensitive.
    pub async fn step_up(&mut self, town: &Town, desk: &Desk) -> Result<Came> {
        let proof = otp(&self.next_code(town)?)?;
        let result = town.perform(desk, StepUp { credential: self.credential()?, proof }).await;
        if let Ok(Done { reply: SteppedUp::Raised(grant), .. }) = &result {
            self.browser.session = Some(grant.token.as_str().to_owned());
            town.never_in_log(grant.token.as_str());
        }
        Came::of_step_up(result)
    }

    /// Invites somebody.
    pub async fn invite(&self, town: &Town, desk: &Desk, person: NewPerson) -> Result<(), ActError> {
        let credential = self.credential().map_err(|e| ActError::Bug(e.to_string()))?;
        town.perform(desk, RegisterUser { credential, person }).await.map(|_| ())
    }

    /// Invites somebody new, who reads the mail and sets a password.
    pub async fn welcome(&self, town: &Town, role: Role) -> Result<Person> {
        let person = town.somebody(role);
        self.invite(town, town.here(), person.card()).await?;
        let link = town.mailed_link(person.user).await?;
        person.redeem(town, town.there(), &link).await?;
        Ok(person)
    }

    /// The same, and they bind an authenticator.
    pub async fn welcome_enrolled(&self, town: &Town, role: Role) -> Result<Person> {
        let mut person = self.welcome(town, role).await?;
        person.sign_in(town, town.here()).await?;
        person.enrol(town, town.here()).await?;
        Ok(person)
    }

    /// Makes somebody an owner in the only way there is where one owner is alone: asked for, waited for,
    /// carried out.
    pub async fn make_owner(&mut self, town: &Town, user: UserId) -> Result<()> {
        let (credential, circle) = (self.credential()?, town.circle(town.here()).await?);
        let (act, reason) = (GuardedAct::GrantOwner { user }, "we agreed on it".to_owned());
        let request = RequestAct { credential, act, reason, circle };
        let approval = town.perform(town.here(), request).await?.reply.approval;
        town.wait(Span::hours(73));
        self.sign_in(town, town.here()).await?;
        let (credential, circle) = (self.credential()?, town.circle(town.here()).await?);
        let carry_out = UseApproval { credential, approval, approves: false, circle, devices: vec![] };
        town.perform(town.here(), carry_out).await?;
        Ok(())
    }

    /// Throws the account-wide switch, having looked at the account before.
    pub async fn switch(&self, town: &Town, desk: &Desk, switch: Switch) -> Result<Done<u64>> {
        done(self.ask_to_switch(town, desk, switch).await?)
    }

    /// The same, whether it happens or waits for a second owner.
    pub async fn ask_to_switch(
        &self,
        town: &Town,
        desk: &Desk,
        switch: Switch,
    ) -> Result<Done<Consented<u64>>> {
        let generation = town.generation(desk).await?;
        let counts = [(Effect::Reset, enrolled_now(desk, town.account, generation).await?)].into();
        self.throw(town, desk, switch, counts).await
    }

    /// Switches two-factor authentication off for everyone, having seen how many that resets.
    pub async fn disable_account(&self, town: &Town, desk: &Desk) -> Result<Done<u64>> {
        self.switch(town, desk, Switch::Disable).await
    }

    /// The same, having seen that it resets so many.
    pub async fn disable_for(&self, town: &Town, desk: &Desk, people: u64) -> Result<Done<u64>> {
        done(self.throw(town, desk, Switch::Disable, [(Effect::Reset, people)].into()).await?)
    }

    async fn throw(
        &self,
        town: &Town,
        desk: &Desk,
        switch: Switch,
        counts: Counts,
    ) -> Result<Done<Consented<u64>>> {
        let seen = town.account_version(desk).await?;
        let statement = Some(shown(town, desk, &switch.change(), &counts).await?);
        let (reason, circle) = (Some("because the story needs it".to_owned()), town.circle(desk).await?);
        let act = SwitchAccount { credential: self.credential()?, seen, switch, reason, statement, circle };
        Ok(town.perform(desk, act).await?)
    }
}

/// What somebody was shown of a change: so many people by effect, and no end of them where nothing is said.
pub async fn shown(town: &Town, desk: &Desk, change: &Change, counts: &Counts) -> Result<Statement> {
    let account = desk.log().accounts.load(StreamId::account(town.account)).await?.state;
    let mut all: Counts = Effect::all().map(|effect| (effect, NO_END)).collect();
    all.extend(counts);
    Ok(state(desk, town.account, &account, change, &all, town.now()).await?)
}

/// Saves policies, having seen whom that concerns.
pub async fn save_policies(
    town: &Town,
    desk: &Desk,
    by: &Person,
    policies: BTreeMap<Audience, AudiencePolicy>,
) -> Result<()> {
    let (credential, seen) = (by.credential()?, town.account_version(desk).await?);
    let change = Change::Policy(policies.clone());
    let statement = Some(shown(town, desk, &change, &Counts::new()).await?);
    town.perform(desk, ChangePolicies { credential, seen, policies, statement }).await?;
    Ok(())
}

fn done(Done { reply, position, at }: Done<Consented<u64>>) -> Result<Done<u64>> {
    match reply {
        Consented::Done(reply) => Ok(Done { reply, position, at }),
        Consented::Waits(requested) => bail!("the switch waits: {requested:?}"),
    }
}
