//! Rules of a device's stream: a session is earned, stands on today's generation and epoch, and does
//! nothing after its end.

use std::collections::{BTreeMap, BTreeSet};

use twofold_domain::device::{Decision, DeviceEvent, EndCause, Method, Scope};
use twofold_domain::ids::{DeviceId, SessionId, SignInId, UserId};
use twofold_domain::time::Timestamp;

use super::{Book, Shown};

/// Sessions that one device has open at once.
const OPEN_AT_ONCE: usize = 16;

#[derive(Debug, Clone, Copy)]
struct Session {
    method: Method,
    scope: Scope,
    generation: u32,
    epoch: u32,
    suspension: Option<u32>,
    ends_at: Timestamp,
}

#[derive(Debug, Clone, Copy)]
struct Attempt {
    decision: Decision,
    generation: u32,
    epoch: u32,
    expires_at: Timestamp,
}

#[derive(Debug, Clone, Copy)]
struct Trust {
    until: Timestamp,
    generation: u32,
    epoch: u32,
}

/// What is known of a device.
#[derive(Default)]
pub(super) struct DeviceBook {
    owner: Option<UserId>,
    attempts: BTreeMap<SignInId, Attempt>,
    completed: BTreeSet<SignInId>,
    /// A completed attempt whose session is about to begin.
    earned: Option<(SignInId, Method)>,
    sessions: BTreeMap<SessionId, Session>,
    ended: BTreeSet<SessionId>,
    trust: Option<Trust>,
}

impl Book {
    fn device(&mut self, device: DeviceId) -> &mut DeviceBook {
        self.devices.entry(device).or_default()
    }

    /// Generation and epoch in force for a device's owner.
    fn in_force(&self, device: DeviceId) -> (u32, u32) {
        let owner = self.devices.get(&device).and_then(|d| d.owner);
        let epoch = owner.and_then(|user| self.people.get(&user)).map_or(0, |p| p.epoch);
        (self.account.generation, epoch)
    }

    /// Somebody acts in a session: it must be theirs, and good at this place of the log.
    pub(super) fn acts_in(&mut self, session: SessionId, actor: &str) {
        let Some(device) = self.sessions.get(&session).copied() else {
            return self.breach("who acts is signed in", format!("unknown session {session}"));
        };
        let (generation, epoch) = self.in_force(device);
        let (suspension, at) = (self.account.suspension(), self.place.at);
        let book = self.device(device);
        let owner = book.owner.map(|user| user.to_string());
        let known = book.sessions.get(&session).copied();
        self.expect(owner.as_deref() == Some(actor), "a session acts for its owner", || actor.to_owned());
        let Some(s) = known else {
            return self.breach("nothing is done in a session that ended", session);
        };
        self.expect(s.epoch == epoch, "nothing is done in a session of an older epoch", || {
            format!("{session} of epoch {}, now {epoch}", s.epoch)
        });
        let rests = s.method != Method::Password || s.scope == Scope::Enrolment;
        self.expect(
            !rests || s.generation == generation,
            "nothing is done in a session of an older generation",
            || format!("{session} of generation {}, now {generation}", s.generation),
        );
        let spared = s.suspension.is_none() || s.suspension == suspension;
        self.expect(spared, "a session without its second factor ends with the suspension", || {
            format!("{session}: {:?}, now {suspension:?}", s.suspension)
        });
        self.expect(at < s.ends_at, "nothing is done in a session whose time is over", || {
            format!("{session} at {at}, ended {}", s.ends_at)
        });
    }

    pub(super) fn device_event(&mut self, device: DeviceId, event: &DeviceEvent) {
        let at = self.place.at;
        match event {
            DeviceEvent::DeviceRegistered { user, .. } => {
                let before = self.device(device).owner.replace(*user);
                self.expect(before.is_none(), "a device has one owner", || format!("{before:?}"));
            }
            DeviceEvent::SignInStarted { sign_in, decision, generation, epoch, expires_at, .. } => {
                let (decision, generation, epoch) = (*decision, *generation, *epoch);
                let attempt = Attempt { decision, generation, epoch, expires_at: *expires_at };
                let again = self.device(device).attempts.insert(*sign_in, attempt).is_some();
                self.expect(!again, "an attempt begins once", || sign_in.to_string());
                self.stands(device, generation, epoch, "an attempt");
            }
            DeviceEvent::SignInCompleted { sign_in, method } => self.completed(device, *sign_in, *method),
            DeviceEvent::SessionStarted {
                session,
                scope,
                method,
                generation,
                epoch,
                suspension,
                ends_at,
                ..
            } => {
                self.stands(device, *generation, *epoch, "a session");
                let started = Session {
                    method: *method,
                    scope: *scope,
                    generation: *generation,
                    epoch: *epoch,
                    suspension: *suspension,
                    ends_at: *ends_at,
                };
                let book = self.device(device);
                let earned = book.earned.take();
                let again = book.sessions.insert(*session, started).is_some() || book.ended.contains(session);
                let open = book.sessions.len();
                self.expect(!again, "a session begins once", || session.to_string());
                self.expect(open <= OPEN_AT_ONCE, "a device has few sessions", || open.to_string());
                self.expect(
                    earned.is_some_and(|(_, m)| m == *method),
                    "a session is earned by a sign-in",
                    || format!("{session} by {method:?}, earned {earned:?}"),
                );
                self.sessions.insert(*session, device);
            }
            DeviceEvent::SessionSteppedUp { session, method, generation, epoch, .. } => {
                self.stands(device, *generation, *epoch, "a raised session");
                self.raised(device, *session, *method, *generation, *epoch);
            }
            DeviceEvent::SessionActive { session, .. } => {
                let known = self.device(device).sessions.get(session).copied();
                let good = known.is_some_and(|s| at < s.ends_at);
                self.expect(good, "a session that is over is not kept alive", || session.to_string());
            }
            DeviceEvent::SessionEnded { session, cause } => {
                let book = self.device(device);
                let open = book.sessions.remove(session).is_some();
                book.ended.insert(*session);
                self.expect(open, "a session ends once", || format!("{session}: {cause:?}"));
                let displaced = *cause == EndCause::Displaced;
                let full = self.device(device).sessions.len() + 1 >= OPEN_AT_ONCE;
                self.expect(!displaced || full, "only a full device displaces", || session.to_string());
            }
            DeviceEvent::DeviceTrusted { granted_at, until, generation, epoch } => {
                self.stands(device, *generation, *epoch, "trust");
                self.expect(granted_at < until, "trust has an end ahead", || format!("{granted_at} {until}"));
                let trust = Trust { until: *until, generation: *generation, epoch: *epoch };
                self.device(device).trust = Some(trust);
            }
            DeviceEvent::DeviceDistrusted { .. } => self.device(device).trust = None,
            DeviceEvent::SessionReauthorised { .. }
            | DeviceEvent::ApiTokenUsed { .. }
            | DeviceEvent::DeviceTokenRotated { .. } => {}
        }
    }

    /// What begins stands on the generation and the epoch of its place in the log.
    fn stands(&mut self, device: DeviceId, generation: u32, epoch: u32, what: &str) {
        let now = self.in_force(device);
        self.expect((generation, epoch) == now, "nothing begins under an older generation or epoch", || {
            format!("{what} of {:?} where {now:?} is in force", (generation, epoch))
        });
    }

    fn completed(&mut self, device: DeviceId, sign_in: SignInId, method: Method) {
        let (now, at, act) = (self.in_force(device), self.place.at, self.place.act);
        let book = self.device(device);
        let first = book.completed.insert(sign_in);
        book.earned = Some((sign_in, method));
        let (attempt, trust) = (book.attempts.get(&sign_in).copied(), book.trust);
        self.expect(first, "an attempt is completed once", || sign_in.to_string());
        let Some(attempt) = attempt else {
            return self.breach("an attempt is completed on its own device", sign_in);
        };
        let stands = (attempt.generation, attempt.epoch) == now;
        self.expect(stands, "an attempt of an older generation or epoch is void", || {
            format!("{sign_in}: {attempt:?}, in force {now:?}")
        });
        self.expect(at <= attempt.expires_at, "an attempt is completed in time", || sign_in.to_string());
        let proved = self.proofs.get(&Shown::SignIn(sign_in)) == Some(&act);
        let right = match (attempt.decision, method) {
            (Decision::Challenge, Method::Otp | Method::RecoveryCode) => proved,
            (Decision::Complete, Method::Trust) => {
                trust.is_some_and(|t| at < t.until && (t.generation, t.epoch) == now)
            }
            (Decision::Complete | Decision::Enrol, Method::Password) => true,
            _ => false,
        };
        self.expect(right, "a challenge is answered by a second factor, and by nothing else", || {
            format!("{sign_in}: {:?} by {method:?}, proved: {proved}, {trust:?}", attempt.decision)
        });
    }

    fn raised(&mut self, device: DeviceId, session: SessionId, method: Method, generation: u32, epoch: u32) {
        let act = self.place.act;
        let book = self.device(device);
        let owner = book.owner;
        let open = book.sessions.get_mut(&session).map(|s| {
            (s.method, s.scope, s.generation) = (method, Scope::Full, generation);
            (s.epoch, s.suspension) = (epoch, None);
        });
        self.expect(open.is_some(), "only an open session is raised", || session.to_string());
        let shown = |shown| self.proofs.get(&shown) == Some(&act);
        let proved = shown(Shown::StepUp(session)) || owner.is_some_and(|user| shown(Shown::Own(user)));
        self.expect(proved, "a session is raised by a second factor", || session.to_string());
    }
}
