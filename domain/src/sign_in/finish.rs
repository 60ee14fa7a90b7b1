//! The second half of a sign-in: a second factor is weighed.

use super::begin::stands;
use super::course::{Course, Recognition, at_the_factor, recognise, trust_counts, trust_offer};
use super::signed_in::new_session;
use super::{Answer, SignInError, Steps, method, refused, same_account};
use crate::account::Account;
use crate::device::{Decision, Device, DeviceError, DeviceEvent, FirstFactor, Over, TokenVerdict};
use crate::factor::sms::NewSmsCode;
use crate::ids::{FactorId, SessionId, SignInId, VerifierId};
use crate::policy::Role;
use crate::proof::Verdict;
use crate::time::Timestamp;
use crate::user::{ProofKind, Purpose, User, UserCommand, UserError};

/// Somebody answers the challenge of an open attempt, on the device that it was opened on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finish {
    /// The attempt.
    pub sign_in: SignInId,
    /// What the proof turned out to be.
    pub verdict: Verdict,
    /// How the device's own token compared.
    pub token: TokenVerdict,
    /// Id of the session that begins.
    pub session: SessionId,
    /// Where the verifier of its token will be kept.
    pub session_token: VerifierId,
    /// Whether trust in this device is asked for.
    pub trust: bool,
    /// Now.
    pub at: Timestamp,
}

/// Whom an open attempt asks for a second factor, on the device that it was opened on, and what opened it.
/// Whoever has something sent or made for the challenge asks this first.
pub fn challenged(
    account: &Account,
    user: &User,
    device: &Device,
    sign_in: SignInId,
    token: TokenVerdict,
    at: Timestamp,
) -> Result<(Role, FirstFactor), SignInError> {
    same_account(account, user)?;
    if recognise(user, device, token, at) != Recognition::Recognised {
        return Err(DeviceError::NotRecognised.into());
    }
    let attempt = device.open_attempt(sign_in, account.generation, user.epoch_at(at), at)?;
    if attempt.decision != Decision::Challenge {
        return Err(DeviceError::SignInOver.into());
    }
    let role = user.role().ok_or(UserError::Unknown)?;
    if !stands(account, role, attempt.first_factor, at) {
        return Err(DeviceError::SignInOver.into());
    }
    Ok((role, attempt.first_factor))
}

/// What is recorded of a second factor that is shown to an attempt which is over, on the device that it was opened
/// on. Nothing where the attempt waits for it, or the device is not theirs.
pub fn shown_late(
    account: &Account,
    user: &User,
    device: &Device,
    sign_in: SignInId,
    token: TokenVerdict,
    at: Timestamp,
) -> Option<DeviceEvent> {
    let Err(SignInError::Device(DeviceError::SignInOver)) =
        challenged(account, user, device, sign_in, token, at)
    else {
        return None;
    };
    // Nothing is recorded of somebody who was erased.
    if user.erased {
        return None;
    }
    let asked = device.attempts.get(&sign_in).filter(|attempt| attempt.decision == Decision::Challenge);
    let over = match asked {
        None => Over::Closed,
        Some(attempt) if attempt.expires_at <= at => Over::Expired,
        Some(_) => Over::Void,
    };
    device.came_late(sign_in, over, at)
}

/// Somebody has a code sent by SMS, to answer the challenge of an open attempt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextAtSignIn {
    /// The attempt.
    pub sign_in: SignInId,
    /// The factor whose number it goes to.
    pub factor: FactorId,
    /// The code.
    pub texted: NewSmsCode,
    /// How the device's own token compared.
    pub token: TokenVerdict,
    /// Now.
    pub at: Timestamp,
}

impl TextAtSignIn {
    /// The code is good for this attempt only.
    pub fn decide(self, account: &Account, user: &User, device: &Device) -> Result<Steps<()>, SignInError> {
        let Self { sign_in, factor, texted, token, at } = self;
        challenged(account, user, device, sign_in, token, at)?;
        let (purpose, familiarity) = (Purpose::SignIn(sign_in), at_the_factor(device));
        let command = UserCommand::TextCode { factor, texted, purpose, familiarity, at };
        Ok(Steps { user: user.decide(&account.era(at), command)?, device: vec![], came_to: () })
    }
}

impl Finish {
    /// Accepted, the proof becomes a session of its method; refused, only the charge is recorded.
    pub fn decide(
        self,
        account: &Account,
        user: &User,
        device: &Device,
    ) -> Result<Steps<Answer>, SignInError> {
        let Self { sign_in, verdict, token, session, session_token, trust, at } = self;
        let (role, first) = challenged(account, user, device, sign_in, token, at)?;
        let span = trust_offer(account, role, at).filter(|_| trust && trust_counts(first));
        if trust && span.is_none() {
            return Err(SignInError::TrustNotOffered);
        }
        let purpose = Purpose::SignIn(sign_in);
        let proof = UserCommand::Prove { verdict, purpose, familiarity: at_the_factor(device), at };
        let (events, accepted) = user.weigh(&account.era(at), proof)?;
        let Some(kind) = accepted else {
            return Ok(Steps { came_to: refused(&events), user: events, device: vec![] });
        };
        let method = method(kind);
        let user = user.after(&events);
        let course = if kind == ProofKind::RecoveryGrant { Course::LET_IN } else { Course::CHALLENGED };
        let new = new_session(account, &user, role, (first, &course), session, session_token, at);
        // Whoever is let in once earns no trust with it.
        let span = span.filter(|_| kind != ProofKind::RecoveryGrant);
        let steps = device.complete(sign_in, method, new, span, at);
        Ok(Steps { user: events, device: steps, came_to: Answer::Accepted(method) })
    }
}
