//! Where account, user, and device meet: what a right password leads to, and for how long a
//! session or a device's trust is good. Pure functions over the three states.

use crate::account::{Account, Switch};
use crate::device::{
    Attempt, Decision, Device, Method, NewSession, Scope, Session, TokenVerdict, Trust, Why,
};
use crate::ids::{SessionId, VerifierId};
use crate::policy::Role;
use crate::proof::Era;
use crate::time::{Span, Timestamp};
use crate::user::{Familiarity, User};

/// What a right password leads to, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// What is asked.
    pub decision: Decision,
    /// Why, in the order in which it was found.
    pub reasons: Vec<Why>,
}

/// Decides what a right password leads to. `token` says whether this browser showed the device's
/// own token; without it the device counts as new.
pub fn course(
    account: &Account,
    user: &User,
    device: &Device,
    role: Role,
    token: TokenVerdict,
    at: Timestamp,
) -> Course {
    let asks = |decision, reasons: &[Why]| Course { decision, reasons: reasons.to_vec() };
    match account.switch {
        Switch::Suspended { .. } => return asks(Decision::Complete, &[Why::AccountSuspended]),
        Switch::Off { .. } => return asks(Decision::Complete, &[Why::AccountDisabled]),
        Switch::On => {}
    }
    let policy = account.policy(role.audience());
    if user.enrolled(account.generation).is_none() {
        return if policy.demands_enrolment(account.required_since(role.audience()), at) {
            asks(Decision::Enrol, &[Why::RequiredNotEnrolled])
        } else if policy.required {
            asks(Decision::Complete, &[Why::InGrace])
        } else {
            asks(Decision::Complete, &[Why::OptionalNotEnrolled])
        };
    }
    if policy.trust().is_none() {
        return asks(Decision::Challenge, &[Why::Enrolled, Why::EverySignIn]);
    }
    if familiarity(device, token) == Familiarity::Stranger {
        return asks(Decision::Challenge, &[Why::Enrolled, Why::NewDevice]);
    }
    match &device.trust {
        Some(trust) if trust_holds(account, user, role, trust, at) => {
            asks(Decision::Complete, &[Why::Enrolled, Why::DeviceTrusted])
        }
        _ if device.trusted_before => asks(Decision::Challenge, &[Why::Enrolled, Why::TrustEnded]),
        _ => asks(Decision::Challenge, &[Why::Enrolled, Why::NotTrusted]),
    }
}

/// Whether a device is known to its user: it showed its own token, and a sign-in was completed on it.
pub fn familiarity(device: &Device, token: TokenVerdict) -> Familiarity {
    match token {
        TokenVerdict::Current | TokenVerdict::Previous if device.completed_before => Familiarity::Known,
        _ => Familiarity::Stranger,
    }
}

/// Whether trust still holds: until its granted end, or the end that today's policy allows if that
/// is earlier; never across a generation or a credential epoch.
pub fn trust_holds(account: &Account, user: &User, role: Role, trust: &Trust, at: Timestamp) -> bool {
    let Some(allowed) = account.policy(role.audience()).trust() else { return false };
    account.switch == Switch::On
        && trust.generation == account.generation
        && trust.epoch == user.epoch
        && at < trust.until
        && at < trust.granted_at + allowed
}

/// For how long a device may be trusted now, if at all. Offered with a challenge, and granted with
/// its proof.
pub fn trust_offer(account: &Account, role: Role) -> Option<Span> {
    account.policy(role.audience()).trust()
}

/// The method of a sign-in that needed no second factor.
pub fn unasked_method(course: &Course) -> Method {
    if course.reasons.contains(&Why::DeviceTrusted) { Method::Trust } else { Method::Password }
}

/// The session that an attempt earns.
pub fn new_session(
    account: &Account,
    user: &User,
    role: Role,
    decision: Decision,
    session: SessionId,
    verifier: VerifierId,
) -> NewSession {
    let policy = account.policy(role.audience());
    let scope = if decision == Decision::Enrol { Scope::Enrolment } else { Scope::Full };
    let lifetime = policy.lifetime().min(Span::days(policy.stay_signed_in_days.max(1).into()));
    // Whoever has a second factor and was not asked for it because of a suspension is asked again
    // when it is over.
    let unasked = user.enrolled(account.generation).is_some() && decision == Decision::Complete;
    let suspension = account.suspension().filter(|_| unasked);
    NewSession {
        session,
        scope,
        verifier,
        generation: account.generation,
        epoch: user.epoch,
        suspension,
        idle: policy.idle(),
        lifetime,
    }
}

/// Why a session is not good any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Stale {
    /// Its time is over: idle, or whole life.
    #[error("the session's time is over")]
    Expired,
    /// What it depended on was reset, disabled, or changed.
    #[error("the session ended because two-factor authentication or the password changed")]
    Voided,
    /// It was opened without a second factor while two-factor authentication was suspended.
    #[error("the session ended with the suspension it was opened under")]
    SuspensionOver,
    /// The person was erased.
    #[error("the session's person is no longer here")]
    Gone,
}

/// Whether a session is good at this instant, under today's policy.
pub fn session_holds(
    account: &Account,
    user: &User,
    role: Role,
    session: &Session,
    at: Timestamp,
) -> Result<(), Stale> {
    if user.erased {
        return Err(Stale::Gone);
    }
    if user.epoch != session.epoch {
        return Err(Stale::Voided);
    }
    // A session that rests on a second factor, or on trust, falls with its generation.
    if session.method != Method::Password && session.generation != account.generation {
        return Err(Stale::Voided);
    }
    if session.suspension.is_some() && session.suspension != account.suspension() {
        return Err(Stale::SuspensionOver);
    }
    let policy = account.policy(role.audience());
    let idle = session.idle.min(policy.idle());
    let ends_at = session.ends_at.min(session.started_at + policy.lifetime());
    if at >= ends_at || at >= session.active_at + idle {
        return Err(Stale::Expired);
    }
    Ok(())
}

/// Whether a second factor was shown in this session recently enough for something sensitive
/// (NIST SP 800-63B-4 §4.1.2.1). Trust never counts. Where the account's two-factor authentication
/// is off nobody has a second factor, and a fresh password must do: or it could never be enabled again.
pub fn recently_proved(account: &Account, session: &Session, at: Timestamp) -> bool {
    if let Switch::Off { .. } = account.switch {
        return at < session.started_at + STEP_UP_LIFE;
    }
    session.assurance() == 2
        && session.generation == account.generation
        && session.proved_at.is_some_and(|proved| at < proved + STEP_UP_LIFE)
}

/// How long a second factor is fresh.
pub const STEP_UP_LIFE: Span = Span::minutes(10);

/// Whether an attempt can be completed with a second factor.
pub fn takes_proof(attempt: &Attempt) -> bool {
    attempt.decision == Decision::Challenge
}

/// Why nobody of an account can enrol now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("two-factor authentication is disabled for this account; an owner can enable it again")]
pub struct EnrolmentClosed;

/// Whether people may enrol: at any time except while the account's switch is off.
pub fn may_enrol(account: &Account) -> Result<(), EnrolmentClosed> {
    match account.switch {
        Switch::On | Switch::Suspended { .. } => Ok(()),
        Switch::Off { .. } => Err(EnrolmentClosed),
    }
}

/// What a decision about somebody's factors must know of their account.
pub fn era(account: &Account) -> Era {
    Era {
        generation: account.generation,
        disables: account.fan_outs.iter().map(|f| (f.generation, f.at)).collect(),
    }
}
