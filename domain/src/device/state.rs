//! What a device's past amounts to.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::decide::TOKEN_GRACE;
use super::events::{Decision, DeviceEvent, DistrustCause, FirstFactor, Method, Scope};
use crate::ids::{AccountId, ClientId, DeviceId, ExemptionId, SessionId, SignInId, UserId, VerifierId};
use crate::time::{Span, Timestamp};

/// Attempts and sessions that one device has open at once; the oldest gives way, so that a device's
/// state stays small.
pub(super) const OPEN_AT_ONCE: usize = 16;

/// One browser or app of one user.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Device {
    /// Whose it is; `None` before it is registered.
    pub owner: Option<Owner>,
    /// Its own token; `None` once it is forgotten.
    pub token: Option<Token>,
    /// Whether a sign-in was ever completed on it.
    pub completed_before: bool,
    /// Whether a second factor was ever shown on it. A password alone makes no device known to the
    /// second factor's failure budget.
    pub proved_before: bool,
    /// Its leave to skip the second factor.
    pub trust: Option<Trust>,
    /// Whether it was ever trusted.
    pub trusted_before: bool,
    /// Attempts that wait for a second factor.
    pub attempts: BTreeMap<SignInId, Attempt>,
    /// When a proof that came too late was last recorded.
    pub late_at: Option<Timestamp>,
    /// Where this is the stream of an API token: when its use was last recorded.
    pub token_used_at: Option<Timestamp>,
    /// Sessions that were not ended by an event; time and the account may still have ended them.
    pub sessions: BTreeMap<SessionId, Session>,
}

/// Whose a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The account.
    pub account: AccountId,
    /// The device.
    pub device: DeviceId,
    /// The user.
    pub user: UserId,
}

/// Predecessors of a token that are good at once: a few tabs, and what each of them sends again. Whoever shows an
/// older one copied it.
pub const PREDECESSORS: usize = 4;

/// The device's own token, by handles: today's, and those before it that are not over, or were the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Today's verifier.
    pub current: VerifierId,
    /// The ones before, the newest first.
    previous: [Option<Replaced>; PREDECESSORS],
}

/// A token that was renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// Its verifier.
    pub verifier: VerifierId,
    /// When another one took its place.
    pub at: Timestamp,
}

impl Token {
    pub(super) const fn first(current: VerifierId) -> Self {
        Self { current, previous: [None; PREDECESSORS] }
    }

    /// The same once another one took its place. Each predecessor keeps its own time, however often the token is
    /// renewed in it: of two tabs and a lost response none is a thief.
    fn renewed(self, current: VerifierId, at: Timestamp) -> Self {
        let fresh = self.previous().filter(|old| at < old.at + TOKEN_GRACE);
        let last = Replaced { verifier: self.current, at };
        let mut previous = [None; PREDECESSORS];
        for (place, old) in previous.iter_mut().zip(std::iter::once(last).chain(fresh)) {
            *place = Some(old);
        }
        Self { current, previous }
    }

    /// The ones before, the newest first.
    pub fn previous(&self) -> impl Iterator<Item = Replaced> + use<> {
        self.previous.into_iter().flatten()
    }

    /// Those that took the place of one of the ones before, in turn: the last is today's. None, where it is none of them.
    pub fn after(&self, previous: VerifierId) -> Vec<VerifierId> {
        let newest_first: Vec<VerifierId> = self.verifiers().collect();
        let place = newest_first.iter().skip(1).position(|verifier| *verifier == previous);
        place.map_or_else(Vec::new, |place| newest_first[..=place].iter().rev().copied().collect())
    }

    /// The verifiers of all of them.
    pub fn verifiers(&self) -> impl Iterator<Item = VerifierId> + use<> {
        std::iter::once(self.current).chain(self.previous().map(|old| old.verifier))
    }

    /// Whether one of the ones before serves at an instant.
    pub fn serves(&self, previous: VerifierId, at: Timestamp) -> bool {
        self.previous().any(|old| old.verifier == previous && at < old.at + TOKEN_GRACE)
    }
}

/// Leave to skip the second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trust {
    /// When it began.
    pub granted_at: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// The enrolment generation it falls with.
    pub generation: u32,
    /// The credential epoch it falls with.
    pub epoch: u32,
}

/// An attempt to sign in that waits for a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// What opened it.
    pub first_factor: FirstFactor,
    /// What is asked.
    pub decision: Decision,
    /// The enrolment generation it belongs to.
    pub generation: u32,
    /// The credential epoch it belongs to.
    pub epoch: u32,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// What it may be used for.
    pub scope: Scope,
    /// How its person was authenticated.
    pub method: Method,
    /// Where its token's verifier is kept.
    pub verifier: VerifierId,
    /// The enrolment generation it belongs to.
    pub generation: u32,
    /// The credential epoch it belongs to.
    pub epoch: u32,
    /// The suspension it was opened under.
    pub suspension: Option<u32>,
    /// The exemption it rests on.
    pub exemption: Option<ExemptionId>,
    /// The program that vouched for the first factor.
    pub client: Option<ClientId>,
    /// When the app was last reauthorised.
    pub reauthorised_at: Option<Timestamp>,
    /// Since when.
    pub started_at: Timestamp,
    /// When a second factor was last shown in it.
    pub proved_at: Option<Timestamp>,
    /// When it was last seen in use.
    pub active_at: Timestamp,
    /// Idle time after which it ends.
    pub idle: Span,
    /// When it ends whatever happens.
    pub ends_at: Timestamp,
}

impl Session {
    /// Its assurance level (NIST SP 800-63B-4 §2): 2 only where a second factor was shown in it; a
    /// remembered device never counts.
    pub const fn assurance(&self) -> u8 {
        if self.method.is_second_factor() { 2 } else { 1 }
    }
}

impl Device {
    /// Where every secret is kept that this device's state still speaks of.
    pub fn verifiers(&self) -> BTreeSet<VerifierId> {
        let tokens = self.token.iter().flat_map(Token::verifiers);
        tokens.chain(self.sessions.values().map(|session| session.verifier)).collect()
    }

    /// Where the tokens of sessions are kept that are over, although no event said so: by their time, or because
    /// their person's credential epoch is another one since, and they were not used after this instant.
    pub fn over(&self, epoch: u32, at: Timestamp) -> BTreeSet<VerifierId> {
        let sessions = self.sessions.values();
        let over = sessions.filter(|s| s.ends_at <= at || (s.epoch != epoch && s.active_at <= at));
        over.map(|session| session.verifier).collect()
    }

    /// Folds one event in. Total: never fails and never decides.
    pub fn evolve(&mut self, event: &DeviceEvent) {
        match event {
            DeviceEvent::DeviceRegistered { account, device, user, verifier, .. } => {
                self.owner = Some(Owner { account: *account, device: *device, user: *user });
                self.token = Some(Token::first(*verifier));
            }
            DeviceEvent::SignInStarted {
                sign_in,
                first_factor,
                decision,
                generation,
                epoch,
                expires_at,
                ..
            } => {
                let attempt = Attempt {
                    first_factor: *first_factor,
                    decision: *decision,
                    generation: *generation,
                    epoch: *epoch,
                    expires_at: *expires_at,
                };
                self.attempts.insert(*sign_in, attempt);
                while self.attempts.len() > OPEN_AT_ONCE {
                    self.attempts.pop_first();
                }
            }
            DeviceEvent::SignInCompleted { sign_in, .. } => {
                self.attempts.remove(sign_in);
                self.completed_before = true;
            }
            DeviceEvent::SessionStarted {
                session,
                scope,
                method,
                verifier,
                generation,
                epoch,
                suspension,
                exemption,
                client,
                idle,
                ends_at,
                at,
            } => {
                let started = Session {
                    scope: *scope,
                    method: *method,
                    verifier: *verifier,
                    generation: *generation,
                    epoch: *epoch,
                    suspension: *suspension,
                    exemption: *exemption,
                    client: *client,
                    reauthorised_at: None,
                    started_at: *at,
                    proved_at: method.is_second_factor().then_some(*at),
                    active_at: *at,
                    idle: *idle,
                    ends_at: *ends_at,
                };
                self.proved_before |= started.proved_at.is_some();
                self.sessions.insert(*session, started);
            }
            DeviceEvent::SessionSteppedUp { session, method, verifier, generation, epoch, at } => {
                self.proved_before = true;
                if let Some(session) = self.sessions.get_mut(session) {
                    session.scope = Scope::Full;
                    session.method = *method;
                    session.verifier = *verifier;
                    session.generation = *generation;
                    session.epoch = *epoch;
                    session.suspension = None;
                    session.exemption = None;
                    session.proved_at = Some(*at);
                    session.active_at = *at;
                }
            }
            DeviceEvent::SessionRenewed { session, verifier, epoch, at } => {
                if let Some(session) = self.sessions.get_mut(session) {
                    session.verifier = *verifier;
                    session.epoch = *epoch;
                    session.active_at = session.active_at.max(*at);
                }
            }
            DeviceEvent::SessionActive { session, at } => {
                if let Some(session) = self.sessions.get_mut(session) {
                    session.active_at = session.active_at.max(*at);
                }
            }
            DeviceEvent::SessionReauthorised { session, at, .. } => {
                if let Some(session) = self.sessions.get_mut(session) {
                    session.reauthorised_at = Some(*at);
                }
            }
            DeviceEvent::ProofCameLate { at, .. } => self.late_at = Some(*at),
            DeviceEvent::ApiTokenUsed { at, .. } => self.token_used_at = Some(*at),
            DeviceEvent::SessionEnded { session, .. } => {
                self.sessions.remove(session);
            }
            DeviceEvent::DeviceTrusted { granted_at, until, generation, epoch } => {
                self.trusted_before = true;
                self.trust = Some(Trust {
                    granted_at: *granted_at,
                    until: *until,
                    generation: *generation,
                    epoch: *epoch,
                });
            }
            DeviceEvent::DeviceTokenRotated { verifier, at } => {
                let first = Token::first(*verifier);
                self.token = Some(self.token.map_or(first, |token| token.renewed(*verifier, *at)));
            }
            DeviceEvent::DeviceDistrusted { cause } => {
                self.trust = None;
                match cause {
                    DistrustCause::RevokedByUser | DistrustCause::RevokedByStaff => {}
                    DistrustCause::DeviceLost
                    | DistrustCause::TokenReplayed
                    | DistrustCause::PersonErased => {
                        self.token = None;
                        self.completed_before = false;
                        self.proved_before = false;
                    }
                }
            }
        }
    }
}
