//! Signing in: a password opens an attempt, a second factor finishes it.

use std::sync::Arc;

use twofold_domain::account::AccountError;
use twofold_domain::device::{Decision, Device, DeviceCommand, Forsaken, Method, Origin, TokenVerdict, Why};
use twofold_domain::factor::FactorKind;
use twofold_domain::factor::sms::NewSmsCode;
use twofold_domain::ids::{AccountId, DeviceId, SessionId, SignInId, UserId, VerifierId};
use twofold_domain::policy::Role;
use twofold_domain::sign_in::{
    self, Answer, Begin, Finish, FirstShown, Recognition, Refused, SignInError, TextAtSignIn, trust_holds,
};
use twofold_domain::time::{Span, Timestamp};
use twofold_domain::user::{User, UserError, UserEvent};
use zeroize::Zeroizing;

use super::ask::{Proof, token_verdict, verdict};
use super::caller::{bear, note_use};
use super::nobody::Nobody;
use super::offers::{Offered, Offers, offers};
use super::post::notify;
use super::texts::{AtOnce, at_once};
use super::webauthn::MadeFor;
use super::weigh::{Found, Weighing, owner_of};
use super::{ActError, words};
use crate::desk::Act;
use crate::mail::Letter;
use crate::refusals::Uncharged;
use crate::vault::kind;
use crate::verify::password::Password;
use crate::verify::token::{ApiToken, Bearer, DeviceToken, SessionToken};
use crate::work::Work;

/// A device's own token that somebody showed.
pub type DeviceCredential = Arc<Bearer<DeviceToken>>;

/// A session that began, or was raised: its new token, shown once.
#[derive(Clone)]
pub struct SessionGrant {
    /// The session.
    pub session: SessionId,
    /// Its device.
    pub device: DeviceId,
    /// Its person.
    pub user: UserId,
    /// Their role.
    pub role: Role,
    /// The token in clear.
    pub token: Zeroizing<String>,
    /// How its person was authenticated.
    pub method: Method,
    /// For how long it may outlive the browser, if at all.
    pub stays: Option<Span>,
    /// Whether an app must ask for its PIN or biometrics when it is opened.
    pub reauthorise_on_open: bool,
}

/// What a password came to.
#[derive(Clone)]
pub enum Begun {
    /// It opens nothing. Deliberately the same for an unknown person, a wrong password, a lock.
    Refused,
    /// A second factor is asked for.
    Challenge {
        /// The attempt to answer.
        sign_in: SignInId,
        /// Why.
        reasons: Vec<Why>,
        /// The device's own token, which the answer must show.
        device_token: Zeroizing<String>,
        /// When the attempt ends.
        expires_at: Timestamp,
        /// For how long this device may be trusted with the answer, if at all.
        trust: Option<Span>,
        /// What could answer it.
        offers: Offers,
        /// The code that was sent along, or why none was; where a number is asked for first.
        text: Option<AtOnce>,
    },
    /// A session began: for everything, or for enrolment only.
    Session {
        /// The attempt.
        sign_in: SignInId,
        /// Complete, or enrol.
        decision: Decision,
        /// Why.
        reasons: Vec<Why>,
        /// The device's own token.
        device_token: Zeroizing<String>,
        /// The session.
        grant: SessionGrant,
    },
}

/// Show a first factor: an e-mail address and a password, or a program's word.
pub struct BeginSignIn {
    first: First,
    device: Option<DeviceCredential>,
}

enum First {
    Password(Weighing),
    Vouched { token: Arc<Bearer<ApiToken>>, whom: Asserted },
}

/// Whom a program vouches for. It is authenticated itself, so it may learn whether there is such a person.
#[derive(Debug, Clone)]
pub enum Asserted {
    /// By id.
    User(UserId),
    /// By address.
    Email(String),
}

/// What a first factor turned out to be.
enum Shown {
    /// An address that nobody has; it is not to be told.
    Nobody(Nobody),
    /// Somebody's.
    By { user: UserId, first: FirstShown },
}

impl BeginSignIn {
    /// A sign-in as it was typed, on a device that may show its own token.
    pub fn new(email: String, password: Password, device: Option<DeviceCredential>) -> Self {
        Self { first: First::Password(Weighing::new(email, password)), device }
    }

    /// A sign-in whose first factor a program has checked itself.
    pub fn asserted(token: Arc<Bearer<ApiToken>>, whom: Asserted, device: Option<DeviceCredential>) -> Self {
        Self { first: First::Vouched { token, whom }, device }
    }

    /// Whose sign-in it is, and what was shown.
    async fn whose(&self, work: &mut Work, new_device: DeviceId) -> Result<Shown, ActError> {
        let account = work.account_id();
        let (token, whom) = match &self.first {
            First::Password(weighing) => {
                let known = |user| self.claim(account, user).is_some();
                return Ok(match weighing.found(work, new_device, known).await? {
                    Found::Nobody(nobody) => Shown::Nobody(nobody),
                    Found::Somebody { user, matched } => {
                        Shown::By { user, first: FirstShown::Password { matched } }
                    }
                });
            }
            First::Vouched { token, whom } => (token, whom),
        };
        let borne = bear(work, token).await?;
        let vouch = borne.bearer()?.vouch()?;
        note_use(work, &borne).await?;
        let user = match whom {
            Asserted::User(user) => *user,
            Asserted::Email(email) => {
                let found = owner_of(work.desk(), account, &words::email(email)?).await?;
                found.ok_or(ActError::UnknownUser)?
            }
        };
        work.queue_for(user).await;
        work.user(user).await?.who().ok_or(ActError::UnknownUser)?;
        Ok(Shown::By { user, first: FirstShown::Vouched(vouch) })
    }

    /// A refusal takes the time of any other.
    async fn even_out(&self, work: &mut Work) -> Result<(), ActError> {
        match &self.first {
            First::Password(weighing) => weighing.even_out(work).await,
            First::Vouched { .. } => Ok(()),
        }
    }

    /// The token of a device of this person, if one was shown.
    fn claim(&self, account: AccountId, user: UserId) -> Option<&DeviceCredential> {
        self.device.as_ref().filter(|t| t.account() == account && t.holder() == user)
    }

    /// The device that the browser claims to be, if it is; one that shows a copied token is forsaken.
    async fn recognised(
        &self,
        work: &mut Work,
        user: &User,
        user_id: UserId,
    ) -> Result<Option<(DeviceId, TokenVerdict)>, ActError> {
        let Some(token) = self.claim(work.account_id(), user_id) else { return Ok(None) };
        let device = work.device(token.id()).await?;
        let shown = token_verdict(work.desk(), work.account_id(), &device, token).await?;
        match sign_in::recognise(user, &device, shown, work.at()) {
            Recognition::Recognised => Ok(Some((token.id(), shown))),
            Recognition::Foreign => Ok(None),
            Recognition::Replayed => {
                forsake(work, token.id()).await?;
                Ok(None)
            }
        }
    }
}

/// A copied token of the device was shown: its trust and its sessions end, and so do all its tokens.
async fn forsake(work: &mut Work, device: DeviceId) -> Result<(), ActError> {
    work.tell_device(device, DeviceCommand::Forsake(Forsaken::Replayed)).await?;
    Ok(())
}

/// Today's token of a device, made again from one before that still serves. Not where one between was made before
/// successors were, or under another key.
async fn retell(
    work: &Work,
    device: &Device,
    shown: &Bearer<DeviceToken>,
    which: VerifierId,
) -> Result<Option<Bearer<DeviceToken>>, ActError> {
    let (desk, account) = (work.desk(), work.account_id());
    let Some(known) = &device.token else { return Ok(None) };
    let keys = desk.vault().account_keys(account).await?;
    let mut made: Option<Bearer<DeviceToken>> = None;
    for handle in known.after(which) {
        made = Some(made.as_ref().unwrap_or(shown).successor(keys.tokens(), handle));
    }
    let stored = desk.vault().secret(account, known.current, kind::TOKEN).await?;
    Ok(made.filter(|made| stored.is_some_and(|tag| made.matches(keys.tokens(), &tag))))
}

impl Act for BeginSignIn {
    type Reply = Begun;

    async fn run(&self, work: &mut Work) -> Result<Begun, ActError> {
        let desk = work.desk().clone();
        let account_id = work.account_id();
        // A closed account answers everybody as one that never was.
        if work.account().await?.closed {
            return Err(ActError::UnknownAccount);
        }
        let keys = desk.vault().account_keys(account_id).await?;
        let mint = desk.mint().clone();
        let new_device = mint.id();
        let (user_id, first) = match self.whose(work, new_device).await? {
            Shown::By { user, first } => (user, first),
            Shown::Nobody(nobody) => {
                nobody.refuse(work, Uncharged::Unknown).await?;
                return Ok(Begun::Refused);
            }
        };
        let by_password = matches!(first, FirstShown::Password { .. });
        let user = work.user(user_id).await?;
        let account = work.account().await?;
        let recognised = self.recognised(work, &user, user_id).await?;
        let (device_id, token) = recognised.unwrap_or((new_device, TokenVerdict::Unknown));
        let device = work.device(device_id).await?;
        let shown = self.claim(account_id, user_id).filter(|_| recognised.is_some());
        let again = match (shown, token) {
            (Some(shown), TokenVerdict::Previous(which)) => retell(work, &device, shown, which).await?,
            _ => None,
        };
        let good = !matches!(first, FirstShown::Password { matched: false });
        let rehash = match (&self.first, first) {
            (First::Password(weighing), FirstShown::Password { matched: true }) => {
                let role = user.role().ok_or(ActError::UnknownUser)?;
                let alone = account.policy(role.audience(), work.at()).password_length_alone;
                weighing.rehashed(&desk, &user, alone).await?
            }
            _ => None,
        };
        // Where a wrong password came from is not recorded.
        let nowhere = Origin { ip: None, user_agent: None };
        let begin = Begin {
            first,
            token,
            new_device: device_id,
            device_token: mint.id(),
            retold: again.is_some(),
            sign_in: mint.id(),
            session: mint.id(),
            session_token: mint.id(),
            rehash: rehash.as_ref().map(|(new, _)| *new),
            origin: if good { words::origin(work, user_id).await? } else { nowhere },
            at: work.at(),
        };
        let (sign_in, session) = (begin.sign_in, begin.session);
        let (device_verifier, session_verifier) = (begin.device_token, begin.session_token);
        let steps = match begin.decide(&account, &user, &device) {
            Ok(steps) => steps,
            // A lock looks like a wrong password, and whoever may not sign in like nobody. A program is told.
            Err(
                SignInError::User(
                    UserError::Locked { .. } | UserError::Erased | UserError::Deactivated | UserError::Frozen,
                )
                | SignInError::Account(AccountError::Closed),
            ) if by_password => {
                self.even_out(work).await?;
                Nobody::of(&keys, user_id.uuid().as_bytes()).refuse(work, Uncharged::Locked).await?;
                return Ok(Begun::Refused);
            }
            Err(other) => return Err(other.into()),
        };
        if let Some((new, hash)) = rehash {
            desk.vault().keep(work, user_id, new.verifier, kind::PASSWORD, hash.bytes()).await?;
        }
        work.record_user(user_id, steps.user).await?;
        let course = match steps.came_to {
            sign_in::Begun::Refused(_) => {
                self.even_out(work).await?;
                return Ok(Begun::Refused);
            }
            sign_in::Begun::Decided(course) => course,
        };
        work.record_device(device_id, steps.device).await?;
        let device_token = if let Some(again) = again {
            again
        } else {
            let key = keys.tokens();
            let new = match shown {
                Some(shown) => shown.successor(key, device_verifier),
                None => Bearer::<DeviceToken>::mint(&mint, account_id, user_id, device_id).sealed(key),
            };
            desk.vault().keep(work, user_id, device_verifier, kind::TOKEN, &new.verifier(key)).await?;
            new
        };
        let role = user.role().ok_or(ActError::UnknownUser)?;
        let device_token = device_token.reveal();
        if course.decision == Decision::Challenge {
            let expires_at = work.at() + twofold_domain::device::SIGN_IN_LIFE;
            let counts = match first {
                FirstShown::Password { .. } => true,
                FirstShown::Vouched(vouch) => vouch.trust(),
            };
            let trust = sign_in::trust_offer(&account, role, work.at()).filter(|_| counts);
            let offers = offers(&desk, &account, &user, work.at()).await?;
            let text = match offers.factors.first() {
                Some(Offered { factor, kind: FactorKind::Sms, .. }) => {
                    let texted = NewSmsCode { code: mint.id(), verifier: mint.id() };
                    // The device's token was renewed just now.
                    let (factor, token, at) = (*factor, TokenVerdict::Current, work.at());
                    let ask = TextAtSignIn { sign_in, factor, texted, token, at };
                    at_once(work, user_id, ask, device_id).await?
                }
                _ => None,
            };
            let reasons = course.reasons;
            return Ok(Begun::Challenge { sign_in, reasons, device_token, expires_at, trust, offers, text });
        }
        let grant = grant(work, user_id, role, device_id, session, session_verifier).await?;
        Ok(Begun::Session {
            sign_in,
            decision: course.decision,
            reasons: course.reasons,
            device_token,
            grant,
        })
    }
}

/// Mints a session's token and keeps its verifier; the method is what was recorded.
pub(super) async fn grant(
    work: &mut Work,
    user: UserId,
    role: Role,
    device: DeviceId,
    session: SessionId,
    verifier: VerifierId,
) -> Result<SessionGrant, ActError> {
    let desk = work.desk().clone();
    let keys = desk.vault().account_keys(work.account_id()).await?;
    let token = Bearer::<SessionToken>::mint(desk.mint(), work.account_id(), device, session);
    desk.vault().keep(work, user, verifier, kind::TOKEN, &token.verifier(keys.tokens())).await?;
    let state: Arc<Device> = work.device(device).await?;
    let begun = state.sessions.get(&session).map(|s| s.method);
    let method = begun.ok_or_else(|| ActError::Bug("a grant without a session".to_owned()))?;
    let (account, at) = (work.account().await?, work.at());
    let person = work.user(user).await?;
    let trusted = state.trust.as_ref().is_some_and(|trust| trust_holds(&account, &person, trust, at));
    let stays = account.stays_signed_in(role, method, trusted, at);
    let reauthorise_on_open = account.policy(role.audience(), at).reauthorise_on_open;
    Ok(SessionGrant {
        session,
        device,
        user,
        role,
        token: token.reveal(),
        method,
        stays,
        reauthorise_on_open,
    })
}

/// What a second factor came to.
#[derive(Clone)]
pub enum Proved {
    /// It was not good, and was charged.
    Refused(Refused),
    /// The device showed an old token of its own, which somebody must have copied: it is forsaken, and
    /// what was shown with it was not looked at. Deliberately told like a device that is not known.
    NotRecognised,
    /// A session began.
    Session {
        /// The session.
        grant: SessionGrant,
        /// Until when the device is trusted, where that was asked for.
        trusted_until: Option<Timestamp>,
    },
}

/// Answer the challenge of an attempt, on the device that it was opened on.
pub struct ProveSignIn {
    /// The device's own token.
    pub device: DeviceCredential,
    /// The attempt.
    pub sign_in: SignInId,
    /// The second factor.
    pub proof: Proof,
    /// Whether to trust this device.
    pub trust: bool,
}

impl ProveSignIn {
    /// The account that the device belongs to.
    pub fn account(&self) -> AccountId {
        self.device.account()
    }
}

impl Act for ProveSignIn {
    type Reply = Proved;

    async fn run(&self, work: &mut Work) -> Result<Proved, ActError> {
        let desk = work.desk().clone();
        let (user_id, device_id) = (self.device.holder(), self.device.id());
        work.queue_for(user_id).await;
        work.load_both(user_id, device_id).await?;
        let (account, user) = (work.account().await?, work.user(user_id).await?);
        let device = work.device(device_id).await?;
        let token = token_verdict(&desk, work.account_id(), &device, &self.device).await?;
        if sign_in::recognise(&user, &device, token, work.at()) == Recognition::Replayed {
            forsake(work, device_id).await?;
            return Ok(Proved::NotRecognised);
        }
        still_open(work, (user_id, device_id), self.sign_in, token).await?;
        let (generation, made_for) = (account.generation, MadeFor::SignIn(self.sign_in));
        let clock = work.clock();
        let verdict =
            verdict(&desk, work.account_id(), &user, generation, &self.proof, made_for, clock).await?;
        let finish = Finish {
            sign_in: self.sign_in,
            verdict,
            token,
            session: desk.mint().id(),
            session_token: desk.mint().id(),
            trust: self.trust,
            at: work.at(),
        };
        let steps = finish.decide(&account, &user, &device)?;
        let spent = told_of_code(work, &steps.user).await?;
        let demanded = steps.user.iter().any(|e| matches!(e, UserEvent::PasswordChangeDemanded { .. }));
        work.record_user(user_id, steps.user).await?;
        match steps.came_to {
            Answer::Refused(why) => {
                if demanded {
                    let page = format!("{}/a/{}/sign-in", desk.house().public_url, account.slug());
                    notify(work, user_id, &Letter::PasswordChangeDemanded { page }).await?;
                }
                Ok(Proved::Refused(why))
            }
            Answer::Accepted(_) => {
                work.record_device(device_id, steps.device).await?;
                let role = user.role().ok_or(ActError::UnknownUser)?;
                let grant =
                    grant(work, user_id, role, device_id, finish.session, finish.session_token).await?;
                if let Some(letter) = spent {
                    notify(work, user_id, &letter).await?;
                }
                let trusted_until =
                    work.device(device_id).await?.trust.map(|t| t.until).filter(|_| self.trust);
                if trusted_until.is_some() {
                    let days = account.policy(role.audience(), work.at()).trust_days;
                    notify(work, user_id, &Letter::DeviceTrusted { days }).await?;
                }
                Ok(Proved::Session { grant, trusted_until })
            }
        }
    }
}

/// Whether an attempt waits for what is shown. That something was shown to one that is over is on record; whether it
/// was right nobody looks.
pub(super) async fn still_open(
    work: &mut Work,
    (user, device_id): (UserId, DeviceId),
    sign_in: SignInId,
    token: TokenVerdict,
) -> Result<(), ActError> {
    let (account, user, at) = (work.account().await?, work.user(user).await?, work.at());
    let device = work.device(device_id).await?;
    let Err(over) = sign_in::challenged(&account, &user, &device, sign_in, token, at) else { return Ok(()) };
    let late = sign_in::shown_late(&account, &user, &device, sign_in, token, at);
    work.record_device(device_id, late.into_iter().collect()).await?;
    work.refuse_on_record();
    Err(over.into())
}

/// What is told of a recovery code that was used: how many are left, and where to make new ones if those are few
/// or none.
pub(super) async fn told_of_code(work: &mut Work, events: &[UserEvent]) -> Result<Option<Letter>, ActError> {
    let used = events.iter().find_map(|event| match event {
        UserEvent::RecoveryCodeUsed { left, .. } => Some(*left),
        _ => None,
    });
    let Some(left) = used else { return Ok(None) };
    let account = work.account().await?;
    let page = format!("{}/a/{}/security", work.desk().house().public_url, account.slug());
    Ok(Some(if events.iter().any(|e| matches!(e, UserEvent::RecoveryCodesExhausted { .. })) {
        Letter::RecoveryCodesExhausted { page }
    } else if events.iter().any(|e| matches!(e, UserEvent::RecoveryCodesLow { .. })) {
        Letter::RecoveryCodesLow { left, page }
    } else {
        Letter::RecoveryCodeUsed { left }
    }))
}
