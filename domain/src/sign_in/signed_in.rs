//! A session that is good right now, and what its person does in it.

use super::begin::vouching;
use super::course::{Course, at_the_factor, at_the_password, left_without};
use super::{Answer, SignInError, Steps, may_enrol, method, refused, same_account};
use crate::account::{Account, Switch};
use crate::device::{
    Decision, Device, DeviceCommand, DeviceError, DeviceEvent, FirstFactor, Means, Method, NewSession, Scope,
    Session, Why,
};
use crate::factor::sms::NewSmsCode;
use crate::ids::{ExemptionId, FactorId, SessionId, VerifierId};
use crate::permission::Act;
use crate::policy::{AudiencePolicy, Role};
use crate::proof::{Verdict, Warrant};
use crate::sealed::{FactorName, Sealed};
use crate::time::{Span, Timestamp};
use crate::user::{
    NewCodes, NewFactor, NewMailedCode, Pending, ProofKind, Purpose, Turn, User, UserCommand, UserError,
    UserEvent,
};

/// How long a second factor is fresh: what binds another one takes it (NIST SP 800-63B-4 §4.1.2.1), and asking
/// for it again is RFC 9470. The figure is ours.
pub const STEP_UP_LIFE: Span = Span::minutes(10);

/// Why a session is not good any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Stale {
    /// There is none: ended, displaced, or never begun.
    #[error("there is no such session")]
    Ended,
    /// Its time is over: idle, or whole life.
    #[error("the session's time is over")]
    Expired,
    /// What it depended on was reset, disabled, or changed: which, where that is remembered.
    #[error("the session ended: {}", turned(*.0))]
    Voided(Option<Turn>),
    /// It was opened without a second factor while two-factor authentication was suspended.
    #[error("the session ended with the suspension it was opened under")]
    SuspensionOver,
    /// It was opened under an exemption from the second factor.
    #[error("the session ended with the exemption it was opened under")]
    ExemptionOver,
    /// A program had vouched for the first factor, and may not any more.
    #[error("the session ended with the word of the program that opened it")]
    VouchOver,
    /// An API token's time is over.
    #[error("the token's time is over")]
    TokenOver,
    /// The person may not sign in any more, or the account is closed.
    #[error("this person may not sign in any more")]
    Deactivated,
    /// The person's sign-in is frozen.
    #[error("this sign-in is frozen")]
    Frozen,
    /// The person was erased.
    #[error("the session's person is no longer here")]
    Gone,
}

fn turned(turn: Option<Turn>) -> String {
    let unknown = "something that it depended on changed: the second factor, the password, or the role";
    turn.map_or_else(|| unknown.to_owned(), |turn| turn.to_string())
}

/// Somebody in a session that is good at this instant, under today's policy. The only way to have
/// one is to ask for it, so nothing is ever done in a session that is over.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn<'a> {
    account: &'a Account,
    user: &'a User,
    device: &'a Device,
    role: Role,
    id: SessionId,
    session: &'a Session,
    at: Timestamp,
}

impl<'a> SignedIn<'a> {
    /// Whose session this is, if it is good. Whether its token is right is asked before.
    pub fn recall(
        account: &'a Account,
        user: &'a User,
        device: &'a Device,
        id: SessionId,
        at: Timestamp,
    ) -> Result<Self, Stale> {
        let role = user.role().filter(|_| !user.erased).ok_or(Stale::Gone)?;
        let theirs = same_account(account, user).is_ok()
            && user.who().map(|who| who.user) == device.owner.map(|owner| owner.user);
        let session = device.sessions.get(&id).filter(|_| theirs).ok_or(Stale::Ended)?;
        session_holds(account, role, &Holder::of(user, at), session, at).map_err(|stale| match stale {
            Stale::Voided(None) => Stale::Voided(user.turned(session.epoch, at)),
            other => other,
        })?;
        Ok(Self { account, user, device, role, id, session, at })
    }

    /// The account.
    pub fn account(&self) -> &'a Account {
        self.account
    }

    /// The session.
    pub fn session(&self) -> &'a Session {
        self.session
    }

    /// The person.
    pub(super) fn user(&self) -> &'a User {
        self.user
    }

    /// The device.
    pub(super) fn device(&self) -> &'a Device {
        self.device
    }

    /// The instant of this look.
    pub(super) fn at(&self) -> Timestamp {
        self.at
    }

    /// The person's role.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Whether a second factor was shown in this session recently enough for something sensitive.
    /// Trust never counts. Where the account's two-factor authentication is off nobody has a second
    /// factor, and a fresh password must do: or it could never be enabled again. A program's word is none.
    pub fn recently_proved(&self) -> bool {
        if let Switch::Off { .. } = self.account.switch {
            return self.password_shown() && self.at < self.session.started_at + STEP_UP_LIFE;
        }
        self.session.proved_at.is_some_and(|proved| self.at < proved + STEP_UP_LIFE)
    }

    /// Whether they have no second factor to show, and showed their password just now, here: a program's word for it
    /// shows nothing.
    pub fn just_signed_in_without_factor(&self) -> bool {
        let none = self.user.enrolled(self.account.generation).is_none();
        none && self.password_shown() && self.at < self.session.started_at + STEP_UP_LIFE
    }

    /// Whether the session rests on their password alone.
    fn password_shown(&self) -> bool {
        self.session.method == Method::Password
    }

    /// Keeps the session alive; recorded now and then.
    pub fn touch(&self) -> Result<Vec<DeviceEvent>, SignInError> {
        let idle = idle(self.session, self.account.policy(self.role.audience(), self.at));
        Ok(self.device.decide(DeviceCommand::Touch { session: self.id, idle, at: self.at })?)
    }

    /// The app asked for its PIN or biometrics, and was satisfied. Evidence of what the app says, and no
    /// second factor: it raises nothing.
    pub fn reauthorised(&self, means: Means) -> Result<Vec<DeviceEvent>, SignInError> {
        self.permit(Act::ReadOwn)?;
        Ok(self.device.decide(DeviceCommand::Reauthorise { session: self.id, means, at: self.at })?)
    }

    /// Shows a second factor again: the session is raised and its token renewed.
    pub fn step_up(&self, verdict: Verdict, token: VerifierId) -> Result<Steps<Answer>, SignInError> {
        self.permit(Act::StepUp)?;
        self.prove(
            UserCommand::Prove {
                verdict,
                purpose: Purpose::StepUp(self.id),
                familiarity: at_the_factor(self.device),
                at: self.at,
            },
            token,
        )
    }

    /// Begins to bind a factor, in this session and for no other. A first one takes a good session,
    /// and at its confirmation a mailed code; a further one takes a fresh proof of one already bound.
    pub fn start_enrolment(
        &self,
        factor: NewFactor,
        mailed: NewMailedCode,
        texted: NewSmsCode,
    ) -> Result<Steps<()>, SignInError> {
        self.may_bind()?;
        let factor = NewFactor { session: self.id, ..factor };
        let familiarity = at_the_factor(self.device);
        self.tell(UserCommand::StartEnrolment { factor, mailed, texted, familiarity, at: self.at })
    }

    /// Has a code sent by SMS: to the number that this session is binding, or to a bound one, to raise the
    /// session or to switch off one's own second factor.
    pub fn text_code(
        &self,
        factor: FactorId,
        texted: NewSmsCode,
        purpose: Purpose,
    ) -> Result<Steps<()>, SignInError> {
        match purpose {
            Purpose::Confirm(bound) => {
                self.pending(bound)?;
            }
            Purpose::StepUp(session) | Purpose::DisableIn(session) if session != self.id => {
                return Err(Stale::Ended.into());
            }
            Purpose::StepUp(_) => self.permit(Act::StepUp)?,
            Purpose::DisableIn(_) => self.permit(Act::DisableOwn)?,
            Purpose::SignIn(_) | Purpose::Disable | Purpose::Thaw(_) => {
                return Err(DeviceError::SignInOver.into());
            }
        }
        let familiarity = at_the_factor(self.device);
        self.tell(UserCommand::TextCode { factor, texted, purpose, familiarity, at: self.at })
    }

    /// Whether a challenge for this may be made in this session. Nothing is recorded for it: what answers it is
    /// weighed where it is shown.
    pub fn may_be_challenged(&self, purpose: Purpose) -> Result<(), SignInError> {
        match purpose {
            Purpose::StepUp(session) if session == self.id => self.permit(Act::StepUp)?,
            Purpose::DisableIn(session) if session == self.id => self.permit(Act::DisableOwn)?,
            Purpose::StepUp(_) | Purpose::DisableIn(_) => return Err(Stale::Ended.into()),
            // Each has a challenge of its own: of the attempt, and of the binding.
            Purpose::SignIn(_) | Purpose::Disable | Purpose::Thaw(_) => {
                return Err(DeviceError::SignInOver.into());
            }
            Purpose::Confirm(_) => return Err(UserError::NoPending.into()),
        }
        Ok(())
    }

    /// That they may change this factor: it is theirs, and bound.
    pub fn may_edit(&self, factor: FactorId) -> Result<(), SignInError> {
        self.permit(Act::ChangeOwnFactors)?;
        let held = self.user.enrolled_at(self.account.generation, self.at);
        let theirs = held.is_some_and(|enrolled| enrolled.factors.contains_key(&factor));
        if theirs { Ok(()) } else { Err(UserError::NoFactor.into()) }
    }

    /// Gives one of their factors another name.
    pub fn rename_factor(
        &self,
        factor: FactorId,
        name: Sealed<FactorName>,
    ) -> Result<Steps<()>, SignInError> {
        self.permit(Act::ChangeOwnFactors)?;
        self.tell(UserCommand::RenameFactor { factor, name })
    }

    /// Has one of their factors asked for first.
    pub fn prefer_factor(&self, factor: FactorId) -> Result<Steps<()>, SignInError> {
        self.permit(Act::ChangeOwnFactors)?;
        self.tell(UserCommand::PreferFactor { factor })
    }

    /// The binding under way of a factor, for the session that began it and for no other.
    pub fn pending(&self, factor: FactorId) -> Result<&'a Pending, SignInError> {
        self.may_bind()?;
        let theirs = self.user.pending_of(self.id).filter(|p| p.factor == factor);
        theirs.filter(|p| p.generation == self.account.generation).ok_or(UserError::NoPending.into())
    }

    /// Has another code mailed for the first binding under way.
    pub fn mail_code(&self, mailed: NewMailedCode) -> Result<Steps<()>, SignInError> {
        self.may_bind()?;
        self.tell(UserCommand::MailCode { mailed, at: self.at })
    }

    /// Confirms a binding that this session began. It goes on, raised, with a new token; if it is the first
    /// factor, every other session of the person ends.
    pub fn confirm_factor(
        &self,
        factor: FactorId,
        verdict: Verdict,
        warrant: Option<Warrant>,
        codes: NewCodes,
        token: VerifierId,
    ) -> Result<Steps<Answer>, SignInError> {
        self.pending(factor)?;
        let familiarity = at_the_factor(self.device);
        let at = self.at;
        self.prove(UserCommand::ConfirmFactor { factor, verdict, warrant, codes, familiarity, at }, token)
    }

    /// Replaces the recovery codes.
    pub fn regenerate_codes(&self, codes: NewCodes) -> Result<Steps<()>, SignInError> {
        self.permit(Act::ChangeOwnFactors)?;
        self.tell(UserCommand::RegenerateCodes { codes })
    }

    /// Removes one of several factors. This session goes on, under a new token; every other one ends,
    /// and all trust: the factor may have earned it.
    pub fn remove_factor(&self, factor: FactorId, token: VerifierId) -> Result<Steps<()>, SignInError> {
        self.permit(Act::ChangeOwnFactors)?;
        let steps = self.tell(UserCommand::RemoveFactor { factor, required: self.required() })?;
        let renewed = self.renewed(&steps.user, token);
        Ok(Steps { device: vec![renewed], ..steps })
    }

    /// Switches off one's own second factor with the password and a fresh proof. The proof is not
    /// looked at behind a wrong password. Every session ends but this one, which gets a new token.
    pub fn disable_own(
        &self,
        password_matched: bool,
        verdict: Verdict,
        token: VerifierId,
    ) -> Result<Steps<Answer>, SignInError> {
        self.permit(Act::DisableOwn)?;
        let (era, at) = (self.account.era(self.at), self.at);
        let familiarity = at_the_password(self.device);
        let password = UserCommand::AnswerPassword { matched: password_matched, familiarity, at };
        let mut events = self.user.decide(&era, password)?;
        if !(password_matched && self.user.password_opens()) {
            return Ok(Steps { came_to: refused(&events), user: events, device: vec![] });
        }
        let user = self.user.after(&events);
        let then = SignedIn { user: &user, ..*self };
        let mut steps = then.prove(
            UserCommand::DisableOwn {
                verdict,
                session: self.id,
                required: self.required(),
                familiarity: at_the_factor(self.device),
                at,
            },
            token,
        )?;
        events.append(&mut steps.user);
        Ok(Steps { user: events, ..steps })
    }

    fn required(&self) -> bool {
        self.account.requires_of(self.user, self.at)
    }

    fn may_bind(&self) -> Result<(), SignInError> {
        may_enrol(self.account)?;
        let first = self.user.first_binding(self.account.generation);
        self.permit(if first { Act::EnrolOwn } else { Act::ChangeOwnFactors })?;
        Ok(())
    }

    fn tell(&self, command: UserCommand) -> Result<Steps<()>, SignInError> {
        let user = self.user.decide(&self.account.era(self.at), command)?;
        Ok(Steps { user, device: vec![], came_to: () })
    }

    /// An accepted proof raises this session into the epoch that it leads to.
    fn prove(&self, command: UserCommand, token: VerifierId) -> Result<Steps<Answer>, SignInError> {
        let (events, accepted) = self.user.weigh(&self.account.era(self.at), command)?;
        let Some(kind) = accepted else {
            return Ok(Steps { came_to: refused(&events), user: events, device: vec![] });
        };
        let raised = self.raised(&events, kind, token);
        Ok(Steps { user: events, device: vec![raised], came_to: Answer::Accepted(method(kind)) })
    }

    /// This session in the epoch that a change of its person's credentials leads to.
    fn renewed(&self, events: &[UserEvent], token: VerifierId) -> DeviceEvent {
        let epoch = self.user.after(events).epoch;
        DeviceEvent::SessionRenewed { session: self.id, verifier: token, epoch, at: self.at }
    }

    fn raised(&self, events: &[UserEvent], kind: ProofKind, token: VerifierId) -> DeviceEvent {
        DeviceEvent::SessionSteppedUp {
            session: self.id,
            method: method(kind),
            verifier: token,
            generation: self.account.generation,
            epoch: self.user.after(events).epoch,
            at: self.at,
        }
    }
}

/// The session that a sign-in earns.
pub(super) fn new_session(
    account: &Account,
    user: &User,
    role: Role,
    (first, course): (FirstFactor, &Course),
    session: SessionId,
    verifier: VerifierId,
    at: Timestamp,
) -> NewSession {
    let policy = account.policy(role.audience(), at);
    let demanded = user.whom().is_some_and(|whom| account.demands_enrolment(whom, at));
    // Whoever would have been asked, or made to enrol, but for a suspension, is again when it is over.
    let spared =
        course.decision == Decision::Complete && (user.enrolled(account.generation).is_some() || demanded);
    let exemption = user.exempt(at).filter(|_| course.reasons.contains(&Why::Exempted));
    let lifetime = life(policy);
    NewSession {
        session,
        scope: match course.decision {
            Decision::Enrol => Scope::Enrolment,
            Decision::Challenge if left_without(account, user, role, at) => Scope::Enrolment,
            Decision::Challenge | Decision::Complete => Scope::Full,
        },
        verifier,
        generation: account.generation,
        epoch: user.epoch,
        suspension: account.suspension().filter(|_| spared),
        exemption: exemption.map(|e| e.exemption),
        client: match first {
            FirstFactor::Password => None,
            FirstFactor::Asserted { client, .. } => Some(client),
        },
        idle: policy.idle(),
        // What rests on an exemption ends with it.
        lifetime: exemption.map_or(lifetime, |e| lifetime.min(e.until.since(at))),
    }
}

/// A session's life: its whole, or as long as one may stay without a password if that is shorter.
pub(super) fn life(policy: &AudiencePolicy) -> Span {
    policy.lifetime().min(Span::days(policy.stay_signed_in_days.max(1).into()))
}

/// The idle time that ends a session: what it began with, or what today's policy allows if less.
fn idle(session: &Session, policy: &AudiencePolicy) -> Span {
    session.idle.min(policy.idle())
}

/// What a session depends on of its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The credential epoch.
    pub epoch: u32,
    /// The last exemption, and until when it holds.
    pub exemption: Option<(ExemptionId, Timestamp)>,
    /// Whether they may not sign in.
    pub deactivated: bool,
    /// Whether their sign-in is frozen.
    pub frozen: bool,
}

impl Holder {
    /// What of a person their sessions depend on.
    pub fn of(user: &User, at: Timestamp) -> Self {
        let exemption = user.exemption.map(|e| (e.exemption, e.until));
        let (deactivated, frozen) = (user.deactivated, user.frozen.is_some());
        Self { epoch: user.epoch_at(at), exemption, deactivated, frozen }
    }
}

/// Whether a session is good at an instant, under the policy of that instant.
pub fn session_holds(
    account: &Account,
    role: Role,
    holder: &Holder,
    session: &Session,
    at: Timestamp,
) -> Result<(), Stale> {
    if holder.deactivated || account.closed {
        return Err(Stale::Deactivated);
    }
    if holder.frozen {
        return Err(Stale::Frozen);
    }
    if holder.epoch != session.epoch {
        return Err(Stale::Voided(None));
    }
    // What rests on a second factor or on trust, or was made to bind one, falls with its generation.
    let bare = matches!(session.method, Method::Password | Method::Asserted);
    let rests = !bare || session.scope == Scope::Enrolment;
    if rests && session.generation != account.generation {
        return Err(Stale::Voided(Some(Turn::AccountDisabled)));
    }
    if session.suspension.is_some() && session.suspension != account.suspension() {
        return Err(Stale::SuspensionOver);
    }
    let exempt = |id| holder.exemption.is_some_and(|(held, until)| held == id && at < until);
    if session.exemption.is_some_and(|id| !exempt(id)) {
        return Err(Stale::ExemptionOver);
    }
    if session.client.is_some_and(|client| !vouching(account, role, client, at)) {
        return Err(Stale::VouchOver);
    }
    if at >= session_end(account, role, session, at) {
        return Err(Stale::Expired);
    }
    Ok(())
}

/// When a session ends by itself if nothing happens in it, under the policy in force at an instant: idle,
/// or at the end of its life.
pub fn session_end(account: &Account, role: Role, session: &Session, at: Timestamp) -> Timestamp {
    let policy = account.policy(role.audience(), at);
    let life_ends = session.ends_at.min(session.started_at + life(policy));
    life_ends.min(session.active_at + idle(session, policy))
}
