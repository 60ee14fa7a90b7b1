//! What may happen next on a device. Whether somebody is asked for a second factor is decided in
//! `sign_in`, where account, user, and device meet. Attempts, sessions, and their raising are not
//! commands: only `sign_in` reaches them, so that no caller can claim a second factor that the user
//! did not accept.

use super::events::{
    Decision, DeviceEvent, DistrustCause, EndCause, FirstFactor, Method, Origin, Over, Scope, Why,
};
use super::state::{Attempt, Device, OPEN_AT_ONCE};
use crate::ids::{AccountId, ClientId, DeviceId, ExemptionId, SessionId, SignInId, UserId, VerifierId};
use crate::time::{Span, Timestamp};

/// How a device's own token compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenVerdict {
    /// It is today's.
    Current,
    /// It is this one of those before that are still kept.
    Previous(VerifierId),
    /// It is one of this device's, but none that is kept.
    Older,
    /// It is none of this device's, or none was shown.
    Unknown,
}

/// A session about to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NewSession {
    pub(crate) session: SessionId,
    pub(crate) scope: Scope,
    pub(crate) verifier: VerifierId,
    pub(crate) generation: u32,
    pub(crate) epoch: u32,
    /// The suspension under which a second factor was not asked.
    pub(crate) suspension: Option<u32>,
    /// The exemption by which it was not asked.
    pub(crate) exemption: Option<ExemptionId>,
    /// The program that vouched for the first factor.
    pub(crate) client: Option<ClientId>,
    pub(crate) idle: Span,
    pub(crate) lifetime: Span,
}

/// A browser or app behind a right password, not seen before.
#[derive(Debug, Clone)]
pub(crate) struct NewDevice {
    pub(crate) account: AccountId,
    pub(crate) device: DeviceId,
    pub(crate) user: UserId,
    pub(crate) verifier: VerifierId,
    pub(crate) origin: Origin,
}

/// An attempt whose course is decided.
#[derive(Debug, Clone)]
pub(crate) struct NewAttempt {
    pub(crate) sign_in: SignInId,
    pub(crate) first_factor: FirstFactor,
    pub(crate) decision: Decision,
    pub(crate) reasons: Vec<Why>,
    pub(crate) generation: u32,
    pub(crate) epoch: u32,
    pub(crate) policy_version: u32,
    pub(crate) origin: Origin,
}

/// A command to a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceCommand {
    /// The session is in use; recorded only now and then.
    Touch {
        /// The session.
        session: SessionId,
        /// The idle time that ends it under today's policy.
        idle: Span,
        /// Now.
        at: Timestamp,
    },
    /// The app in which the session lives asked for its PIN or biometrics, and was satisfied; recorded
    /// once a minute at most.
    Reauthorise {
        /// The session.
        session: SessionId,
        /// How.
        means: Means,
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
    /// The device is lost, its token was replayed, or its person is erased: trust and every
    /// session end, and its token is worth nothing any more.
    Forsake(Forsaken),
}

/// How an app made sure that the person before it is its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Means {
    /// A PIN or pattern.
    Pin,
    /// A fingerprint, a face.
    Biometric,
}

/// Why a device is forgotten altogether.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forsaken {
    /// Reported lost.
    Lost,
    /// An old token was shown again: somebody copied it.
    Replayed,
    /// Its person was erased.
    Erased,
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
    /// The device did not show its own token, or is another user's.
    #[error("this device is not known; sign in as on a new one")]
    NotRecognised,
    /// The attempt is over: completed, expired, void, or never made.
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
/// Activity is recorded at most this often, at most eight times in an idle time, and at least every
/// half hour, so that a busy session does not fill the log.
const ACTIVITY_EVERY: (Span, Span) = (Span::minutes(1), Span::minutes(30));
/// Proofs that come too late do not fill the log either, however many attempts they name.
const LATE_EVERY: Span = Span::minutes(1);
/// An app that is opened again and again does not fill the log either.
const REAUTHORISED_EVERY: Span = Span::minutes(1);

impl Device {
    /// Decides a command: the events to record, or why not.
    pub fn decide(&self, command: DeviceCommand) -> Result<Vec<DeviceEvent>, DeviceError> {
        self.owner.ok_or(DeviceError::Unknown)?;
        match command {
            DeviceCommand::Touch { session, idle, at } => self.touch(session, idle, at),
            DeviceCommand::Reauthorise { session, means, at } => self.reauthorise(session, means, at),
            DeviceCommand::EndSession { session, cause } => {
                self.sessions.get(&session).ok_or(DeviceError::NoSession)?;
                Ok(vec![DeviceEvent::SessionEnded { session, cause }])
            }
            DeviceCommand::Distrust { cause } => {
                Ok(self.trust.map(|_| DeviceEvent::DeviceDistrusted { cause }).into_iter().collect())
            }
            DeviceCommand::Forsake(why) => Ok(self.forsake(why)),
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

    /// That a second factor was shown to an attempt that is over. It is not looked at: nobody learns whether it would
    /// have been good, and nothing is charged.
    pub(crate) fn came_late(&self, sign_in: SignInId, over: Over, at: Timestamp) -> Option<DeviceEvent> {
        let due = self.late_at.is_none_or(|last| at >= last + LATE_EVERY);
        due.then_some(DeviceEvent::ProofCameLate { sign_in, over, at })
    }

    pub(crate) fn register(&self, new: NewDevice, at: Timestamp) -> Result<DeviceEvent, DeviceError> {
        if self.owner.is_some() {
            return Err(DeviceError::AlreadyRegistered);
        }
        let NewDevice { account, device, user, verifier, origin } = new;
        Ok(DeviceEvent::DeviceRegistered { account, device, user, verifier, origin, at })
    }

    pub(crate) fn renew_token(verifier: VerifierId, at: Timestamp) -> DeviceEvent {
        DeviceEvent::DeviceTokenRotated { verifier, at }
    }

    pub(crate) fn start(new: NewAttempt, at: Timestamp) -> DeviceEvent {
        let NewAttempt {
            sign_in,
            first_factor,
            decision,
            reasons,
            generation,
            epoch,
            policy_version,
            origin,
        } = new;
        DeviceEvent::SignInStarted {
            sign_in,
            first_factor,
            decision,
            reasons,
            generation,
            epoch,
            policy_version,
            expires_at: at + SIGN_IN_LIFE,
            origin,
            at,
        }
    }

    /// Turns an attempt into a session. Trust is earned by a second factor, never by trust.
    pub(crate) fn complete(
        &self,
        sign_in: SignInId,
        method: Method,
        new: NewSession,
        trust: Option<Span>,
        at: Timestamp,
    ) -> Vec<DeviceEvent> {
        let mut events = vec![DeviceEvent::SignInCompleted { sign_in, method }];
        if self.sessions.len() >= OPEN_AT_ONCE {
            let oldest = self.sessions.iter().min_by_key(|(id, s)| (s.started_at, **id));
            let ended = |(&session, _)| DeviceEvent::SessionEnded { session, cause: EndCause::Displaced };
            events.extend(oldest.map(ended));
        }
        events.push(DeviceEvent::SessionStarted {
            session: new.session,
            scope: new.scope,
            method,
            verifier: new.verifier,
            generation: new.generation,
            epoch: new.epoch,
            suspension: new.suspension,
            exemption: new.exemption,
            client: new.client,
            idle: new.idle,
            ends_at: at + new.lifetime,
            at,
        });
        if let Some(span) = trust.filter(|_| method.is_second_factor()) {
            events.push(DeviceEvent::DeviceTrusted {
                granted_at: at,
                until: at + span,
                generation: new.generation,
                epoch: new.epoch,
            });
        }
        events
    }

    fn touch(&self, session: SessionId, idle: Span, at: Timestamp) -> Result<Vec<DeviceEvent>, DeviceError> {
        let known = self.sessions.get(&session).ok_or(DeviceError::NoSession)?;
        let (least, most) = ACTIVITY_EVERY;
        let every = Span::seconds(idle.whole_seconds() / 8).clamp(least, most);
        let due = at >= known.active_at + every;
        Ok(due.then_some(DeviceEvent::SessionActive { session, at }).into_iter().collect())
    }

    fn reauthorise(
        &self,
        session: SessionId,
        means: Means,
        at: Timestamp,
    ) -> Result<Vec<DeviceEvent>, DeviceError> {
        let known = self.sessions.get(&session).ok_or(DeviceError::NoSession)?;
        let due = known.reauthorised_at.is_none_or(|last| at >= last + REAUTHORISED_EVERY);
        let means = <&'static str>::from(means).to_owned();
        Ok(due.then_some(DeviceEvent::SessionReauthorised { session, means, at }).into_iter().collect())
    }

    /// Recorded once, even of a device that was never trusted: its token dies with it.
    fn forsake(&self, why: Forsaken) -> Vec<DeviceEvent> {
        let (cause, end) = match why {
            Forsaken::Lost => (DistrustCause::DeviceLost, EndCause::DeviceLost),
            Forsaken::Replayed => (DistrustCause::TokenReplayed, EndCause::TokenReplayed),
            Forsaken::Erased => (DistrustCause::PersonErased, EndCause::PersonErased),
        };
        let distrusted = self.token.map(|_| DeviceEvent::DeviceDistrusted { cause });
        let ended = self.sessions.keys().map(|&session| DeviceEvent::SessionEnded { session, cause: end });
        distrusted.into_iter().chain(ended).collect()
    }
}
