//! What may happen next on a device. Whether somebody is asked for a second factor is decided in
//! `sign_in`, where account, user, and device meet; here attempts, sessions, and trust keep their
//! own rules.

use super::events::{Decision, DeviceEvent, DistrustCause, EndCause, Method, Origin, Scope, Why};
use super::state::{Attempt, Device};
use crate::ids::{AccountId, DeviceId, SessionId, SignInId, UserId, VerifierId};
use crate::time::{Span, Timestamp};

/// How a device's own token compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenVerdict {
    /// It is today's.
    Current,
    /// It is the one before.
    Previous,
    /// It is neither, or none was shown.
    Unknown,
}

/// A session about to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewSession {
    /// Pre-minted id.
    pub session: SessionId,
    /// What it may be used for.
    pub scope: Scope,
    /// Where its token's verifier is kept.
    pub verifier: VerifierId,
    /// The enrolment generation.
    pub generation: u32,
    /// The credential epoch.
    pub epoch: u32,
    /// The suspension under which a second factor was not asked.
    pub suspension: Option<u32>,
    /// Idle time after which it ends.
    pub idle: Span,
    /// Its life.
    pub lifetime: Span,
}

/// A command to a device.
#[derive(Debug, Clone)]
pub enum DeviceCommand {
    /// A right password was shown on a device not seen before.
    Register {
        /// The account.
        account: AccountId,
        /// Pre-minted id.
        device: DeviceId,
        /// Its user.
        user: UserId,
        /// Where its token's verifier is kept.
        verifier: VerifierId,
        /// Where it is.
        origin: Origin,
        /// Now.
        at: Timestamp,
    },
    /// Open an attempt whose course is decided.
    StartSignIn {
        /// Pre-minted id.
        sign_in: SignInId,
        /// What is asked.
        decision: Decision,
        /// Why.
        reasons: Vec<Why>,
        /// The enrolment generation.
        generation: u32,
        /// The credential epoch.
        epoch: u32,
        /// The policy version that decided.
        policy_version: u32,
        /// Where it comes from.
        origin: Origin,
        /// Now.
        at: Timestamp,
    },
    /// Turn an attempt into a session.
    CompleteSignIn {
        /// The attempt.
        sign_in: SignInId,
        /// How it was completed.
        method: Method,
        /// The session that begins.
        session: NewSession,
        /// Trust for this long, where it was asked for and may be had.
        trust: Option<Span>,
        /// Now.
        at: Timestamp,
    },
    /// Renew the device's own token.
    RotateToken {
        /// Where the new one's verifier is kept.
        verifier: VerifierId,
        /// Now.
        at: Timestamp,
    },
    /// Raise a session after a fresh second factor.
    StepUp {
        /// The session.
        session: SessionId,
        /// What was shown.
        method: Method,
        /// Where the renewed token's verifier is kept.
        verifier: VerifierId,
        /// The enrolment generation of what was shown.
        generation: u32,
        /// The credential epoch from here on.
        epoch: u32,
        /// Now.
        at: Timestamp,
    },
    /// The session is in use; recorded only now and then.
    Touch {
        /// The session.
        session: SessionId,
        /// Now.
        at: Timestamp,
    },
    /// End one session.
    EndSession {
        /// The session.
        session: SessionId,
        /// Why.
        cause: EndCause,
    },
    /// Withdraw trust, where there is any.
    Distrust {
        /// Why.
        cause: DistrustCause,
    },
    /// The device is lost, or its person erased: trust and every session end.
    Forsake {
        /// Why trust ends.
        distrust: DistrustCause,
        /// Why sessions end.
        end: EndCause,
    },
}

/// Why a device refuses a command. Nothing was recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// There is no such device.
    #[error("there is no such device")]
    Unknown,
    /// The id is taken.
    #[error("the device is already registered")]
    AlreadyRegistered,
    /// The attempt is over: completed, expired, or never made.
    #[error("this sign-in is over; start again")]
    SignInOver,
    /// There is no such session.
    #[error("there is no such session")]
    NoSession,
}

/// How long an attempt waits for its second factor.
pub const SIGN_IN_LIFE: Span = Span::minutes(10);
/// How long the predecessor of a rotated token stays good: two tabs, or a lost response.
pub const TOKEN_GRACE: Span = Span::seconds(60);
/// Activity is recorded at most this often, and at most eight times in an idle time, so that a
/// busy session does not fill the log.
const ACTIVITY_EVERY: Span = Span::minutes(1);

impl Device {
    /// Decides a command: the events to record, or why not.
    pub fn decide(&self, command: DeviceCommand) -> Result<Vec<DeviceEvent>, DeviceError> {
        if let DeviceCommand::Register { account, device, user, verifier, origin, at } = command {
            return match self.owner {
                Some(_) => Err(DeviceError::AlreadyRegistered),
                None => {
                    Ok(vec![DeviceEvent::DeviceRegistered { account, device, user, verifier, origin, at }])
                }
            };
        }
        self.owner.ok_or(DeviceError::Unknown)?;
        match command {
            DeviceCommand::Register { .. } => Err(DeviceError::AlreadyRegistered),
            DeviceCommand::StartSignIn {
                sign_in,
                decision,
                reasons,
                generation,
                epoch,
                policy_version,
                origin,
                at,
            } => Ok(vec![DeviceEvent::SignInStarted {
                sign_in,
                decision,
                reasons,
                generation,
                epoch,
                policy_version,
                expires_at: at + SIGN_IN_LIFE,
                origin,
                at,
            }]),
            DeviceCommand::CompleteSignIn { sign_in, method, session, trust, at } => {
                self.complete(sign_in, method, session, trust, at)
            }
            DeviceCommand::RotateToken { verifier, at } => {
                Ok(vec![DeviceEvent::DeviceTokenRotated { verifier, at }])
            }
            DeviceCommand::StepUp { session, method, verifier, generation, epoch, at } => {
                self.sessions.get(&session).ok_or(DeviceError::NoSession)?;
                Ok(vec![DeviceEvent::SessionSteppedUp { session, method, verifier, generation, epoch, at }])
            }
            DeviceCommand::Touch { session, at } => self.touch(session, at),
            DeviceCommand::EndSession { session, cause } => {
                self.sessions.get(&session).ok_or(DeviceError::NoSession)?;
                Ok(vec![DeviceEvent::SessionEnded { session, cause }])
            }
            DeviceCommand::Distrust { cause } => Ok(self.distrust(cause)),
            DeviceCommand::Forsake { distrust, end } => {
                let mut events = self.distrust(distrust);
                let ended = |(session, _)| DeviceEvent::SessionEnded { session, cause: end };
                events.extend(self.sessions.clone().into_iter().map(ended));
                Ok(events)
            }
        }
    }

    /// An attempt that can still be completed. One of an older generation or epoch is void even if
    /// its time is not over.
    pub fn open_attempt(
        &self,
        sign_in: SignInId,
        generation: u32,
        epoch: u32,
        at: Timestamp,
    ) -> Result<&Attempt, DeviceError> {
        self.attempts
            .get(&sign_in)
            .filter(|a| at < a.expires_at && a.generation == generation && a.epoch == epoch)
            .ok_or(DeviceError::SignInOver)
    }

    fn complete(
        &self,
        sign_in: SignInId,
        method: Method,
        new: NewSession,
        trust: Option<Span>,
        at: Timestamp,
    ) -> Result<Vec<DeviceEvent>, DeviceError> {
        let attempt = self.attempts.get(&sign_in).ok_or(DeviceError::SignInOver)?;
        if at >= attempt.expires_at {
            return Err(DeviceError::SignInOver);
        }
        let mut events = vec![
            DeviceEvent::SignInCompleted { sign_in, method },
            DeviceEvent::SessionStarted {
                session: new.session,
                scope: new.scope,
                method,
                verifier: new.verifier,
                generation: new.generation,
                epoch: new.epoch,
                suspension: new.suspension,
                idle: new.idle,
                ends_at: at + new.lifetime,
                at,
            },
        ];
        // Trust is earned by a second factor, never by trust.
        if let (Some(span), Method::Otp | Method::RecoveryCode) = (trust, method) {
            events.push(DeviceEvent::DeviceTrusted {
                granted_at: at,
                until: at + span,
                generation: new.generation,
                epoch: new.epoch,
            });
        }
        Ok(events)
    }

    fn touch(&self, session: SessionId, at: Timestamp) -> Result<Vec<DeviceEvent>, DeviceError> {
        let known = self.sessions.get(&session).ok_or(DeviceError::NoSession)?;
        let every = Span::seconds(known.idle.whole_seconds() / 8).min(Span::minutes(30)).max(ACTIVITY_EVERY);
        let due = at >= known.active_at + every;
        Ok(due.then_some(DeviceEvent::SessionActive { session, at }).into_iter().collect())
    }

    fn distrust(&self, cause: DistrustCause) -> Vec<DeviceEvent> {
        self.trust.map(|_| DeviceEvent::DeviceDistrusted { cause }).into_iter().collect()
    }
}
