//! What recorded sign-ins would have come to under another policy.
//!
//! The log is folded as it is. Beside each device stands, where it differs, what it would be: trust that another
//! policy grants for longer, for shorter, or not at all, and sessions of another length. Each sign-in is decided
//! twice by the rules of today, once as things were and once as they would have been. Where the first answer is
//! not the recorded one, the second says nothing, and the sign-in is only counted.
//!
//! What never happened is not invented. Three things are supposed, and told with the result: whoever is asked
//! once more answers, and has a device remembered again that they had remembered before, wherever that is
//! offered; passwords, second
//! factors, and refusals are those of the log; people come when they came. From the moment somebody would have
//! had to bind a second factor and did not, nothing can be said of them until they have one.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::begin::vouching;
use super::course::{Course, course, trust_counts, trust_offer};
use super::signed_in::{life, session_end};
use crate::account::{Account, AccountEvent};
use crate::device::{Decision, Device, DeviceEvent, FirstFactor, Method, Scope, Trust, Why};
use crate::ids::{DeviceId, SessionId, SignInId, UserId};
use crate::policy::{Audience, AudiencePolicy, Role};
use crate::time::Timestamp;
use crate::user::{User, UserEvent};

/// Attempts and sessions of one device that are remembered; the oldest gives way.
const REMEMBERED: usize = 16;

/// What became of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// The event, by its place in the log: the sign-in, or the session's own.
    pub event: u64,
    /// When.
    pub at: Timestamp,
    /// Whose.
    pub user: UserId,
    /// What.
    pub what: What,
}

/// How an event compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A sign-in that would have gone as it went.
    Same,
    /// A second factor would have been asked for, and was not.
    ExtraPrompt,
    /// A second factor was asked for, and would not have been.
    FewerPrompt,
    /// A second factor would have had to be set up first: there was none.
    MustEnrol,
    /// None of those that there were would have been of an allowed kind: another one to be bound first.
    MustRebind {
        /// Whether the old one would have been asked for in addition.
        asked: bool,
    },
    /// A second factor had to be set up first, and would not have had to be.
    NeedNotBind,
    /// A program's word would not have opened it.
    NotOpened,
    /// A session that would not have started: the sign-in before it ends in a binding, or is refused.
    NoSession {
        /// The sign-in that it belongs to.
        sign_in: u64,
    },
    /// The end of a sign-in at which a device could have been remembered and could not, and was not before:
    /// nobody was asked, so it is taken as not wanted.
    NotOffered,
    /// The first sign of life of a session that would have been over by then.
    CutShort,
    /// A sign-in after a binding that would have been demanded and was never made: nothing is said of it.
    AfterBinding,
    /// A sign-in that today's rules do not decide as it was decided then: nothing is said of it.
    DecidedOtherwise,
}

/// A log under another policy, event by event from its first.
///
/// `imagine` says what the other policy of an audience is where some policy holds. It holds from an instant on;
/// without one, from the first event.
#[derive(Debug, Clone)]
pub struct WhatIf<F> {
    imagine: F,
    from: Option<Timestamp>,
    account: Account,
    other: Other,
    people: HashMap<UserId, Person>,
    devices: HashMap<DeviceId, Known>,
}

/// The account as it would be.
#[derive(Debug, Clone, Default)]
struct Other {
    account: Account,
    /// Events of the account, and versions of its policies, that it was made of; `None` before it begins.
    of: Option<(u64, [u32; 2])>,
    events: u64,
}

#[derive(Debug, Clone, Default)]
struct Person {
    user: User,
    /// A binding would have been demanded, and was never made.
    unbound: bool,
}

#[derive(Debug, Clone, Default)]
struct Known {
    is: Device,
    /// As it would be, where that differs.
    would_be: Option<Box<Device>>,
    /// Sign-ins that go another way, by what became of them.
    turns: BTreeMap<SignInId, (u64, What)>,
    /// The last sign-in at which remembering the device was not offered, and would have been, and when.
    unoffered: Option<(SignInId, Timestamp)>,
    /// The one that was completed last, if it is one of these.
    completed: Option<(u64, What)>,
    /// Sessions that would have been over, and went on.
    over: VecDeque<SessionId>,
}

impl Known {
    fn would_be(&self) -> &Device {
        self.would_be.as_deref().unwrap_or(&self.is)
    }

    fn differs(&mut self) -> &mut Device {
        self.would_be.get_or_insert_with(|| Box::new(self.is.clone()))
    }
}

const AUDIENCES: [Audience; 2] = [Audience::Team, Audience::EndUsers];

impl<F: Fn(Audience, &AudiencePolicy) -> AudiencePolicy> WhatIf<F> {
    /// Nothing read yet.
    pub fn new(imagine: F, from: Option<Timestamp>) -> Self {
        Self {
            imagine,
            from,
            account: Account::default(),
            other: Other::default(),
            people: HashMap::new(),
            devices: HashMap::new(),
        }
    }

    /// Takes an event of the account in.
    pub fn account(&mut self, event: &AccountEvent, at: Timestamp) {
        // What a schedule began since the event before must be seen before it is settled.
        self.imagine(at);
        self.account.evolve(event);
        self.other.events += 1;
        self.imagine(at);
    }

    /// Takes an event of a person in.
    pub fn user(&mut self, user: UserId, event: &UserEvent) {
        self.people.entry(user).or_default().user.evolve(event);
    }

    /// Takes an event of a device in, and says what would have become of it.
    pub fn device(
        &mut self,
        seq: u64,
        device: DeviceId,
        event: &DeviceEvent,
        at: Timestamp,
    ) -> Option<Finding> {
        let begun = self.imagine(decided_at(event).unwrap_or(at));
        let known = match event {
            DeviceEvent::DeviceRegistered { .. } => self.devices.entry(device).or_default(),
            // The use of an API token has a stream of its own, and nobody signs in there.
            _ => self.devices.get_mut(&device)?,
        };
        let Some(user) = known.is.owner.map(|owner| owner.user) else {
            known.is.evolve(event);
            return None;
        };
        let person = self.people.entry(user).or_default();
        let role = person.user.role()?;
        let mut turn = Turn { account: &self.account, other: &self.other.account, role, known };
        if !begun {
            turn.follow(event);
            return None;
        }
        let what = turn.take(seq, event, person);
        what.map(|what| Finding { event: seq, at, user, what })
    }

    /// Brings the other account up to an instant. False before the other policy begins.
    fn imagine(&mut self, at: Timestamp) -> bool {
        let from = *self.from.get_or_insert(at);
        if at < from {
            return false;
        }
        if self.other.of.is_none() {
            self.settle(from);
        }
        self.settle(at);
        true
    }

    fn settle(&mut self, at: Timestamp) {
        let versions = AUDIENCES.map(|audience| self.account.demand(audience).version(at));
        let of = Some((self.other.events, versions));
        if self.other.of == of {
            return;
        }
        let begun = self.other.of.is_some();
        self.other.of = of;
        let before = std::mem::replace(&mut self.other.account, self.account.clone());
        for audience in AUDIENCES {
            let would_be = (self.imagine)(audience, self.account.policy(audience, at));
            self.other.account.hold(audience, would_be, begun.then_some(&before), at);
        }
    }
}

/// The instant that an event was decided at; what was recorded may be a little later.
const fn decided_at(event: &DeviceEvent) -> Option<Timestamp> {
    match event {
        DeviceEvent::SignInStarted { at, .. }
        | DeviceEvent::ProofCameLate { at, .. }
        | DeviceEvent::SessionStarted { at, .. }
        | DeviceEvent::DeviceTrusted { granted_at: at, .. }
        | DeviceEvent::SessionActive { at, .. }
        | DeviceEvent::SessionSteppedUp { at, .. }
        | DeviceEvent::SessionRenewed { at, .. }
        | DeviceEvent::SessionReauthorised { at, .. } => Some(*at),
        DeviceEvent::DeviceRegistered { .. }
        | DeviceEvent::SignInCompleted { .. }
        | DeviceEvent::SessionEnded { .. }
        | DeviceEvent::ApiTokenUsed { .. }
        | DeviceEvent::DeviceTokenRotated { .. }
        | DeviceEvent::DeviceDistrusted { .. } => None,
    }
}

/// One event of a device, under both policies.
struct Turn<'a> {
    account: &'a Account,
    other: &'a Account,
    role: Role,
    known: &'a mut Known,
}

impl Turn<'_> {
    fn take(&mut self, seq: u64, event: &DeviceEvent, person: &mut Person) -> Option<What> {
        match event {
            DeviceEvent::SignInStarted { sign_in, first_factor, decision, at, .. } => {
                let what = self.sign_in(person, *sign_in, *first_factor, *decision, *at);
                self.follow(event);
                match what {
                    What::Same | What::AfterBinding | What::DecidedOtherwise => {}
                    _ => {
                        self.known.turns.insert(*sign_in, (seq, what));
                        while self.known.turns.len() > REMEMBERED {
                            self.known.turns.pop_first();
                        }
                    }
                }
                if what == What::ExtraPrompt && trust_counts(*first_factor) {
                    self.remember_again(&person.user, *at);
                }
                Some(what)
            }
            DeviceEvent::SignInCompleted { sign_in, method } => {
                self.known.completed = self.known.turns.remove(sign_in);
                self.follow(event);
                let earns = method.is_second_factor() && *method != Method::RecoveryGrant;
                let unoffered = self.known.unoffered.take_if(|(id, _)| id == sign_in).filter(|_| earns);
                let (_, at) = unoffered?;
                (!self.remember_again(&person.user, at)).then_some(What::NotOffered)
            }
            DeviceEvent::SessionStarted { session, scope, at, .. } => {
                self.follow(event);
                self.session(*session, *scope, *at)
            }
            DeviceEvent::DeviceTrusted { granted_at, .. } => {
                self.trust(event, *granted_at);
                None
            }
            DeviceEvent::SessionActive { session, at }
            | DeviceEvent::SessionSteppedUp { session, at, .. }
            | DeviceEvent::SessionRenewed { session, at, .. }
            | DeviceEvent::SessionReauthorised { session, at, .. } => {
                let cut = self.cut(*session, *at);
                if self.known.over.contains(session) {
                    self.known.is.evolve(event);
                } else {
                    self.follow(event);
                }
                cut.then_some(What::CutShort)
            }
            // One that was over stays what trust may end with, however it was ended later.
            DeviceEvent::SessionEnded { session, .. } if self.known.over.contains(session) => {
                self.known.is.evolve(event);
                None
            }
            DeviceEvent::SessionEnded { .. }
            | DeviceEvent::ProofCameLate { .. }
            | DeviceEvent::DeviceRegistered { .. }
            | DeviceEvent::ApiTokenUsed { .. }
            | DeviceEvent::DeviceTokenRotated { .. }
            | DeviceEvent::DeviceDistrusted { .. } => {
                self.follow(event);
                None
            }
        }
    }

    /// The event is what it would be.
    fn follow(&mut self, event: &DeviceEvent) {
        self.known.is.evolve(event);
        if let Some(device) = &mut self.known.would_be {
            device.evolve(event);
        }
    }

    fn sign_in(
        &mut self,
        person: &mut Person,
        id: SignInId,
        first: FirstFactor,
        decided: Decision,
        at: Timestamp,
    ) -> What {
        let (user, role) = (&person.user, self.role);
        let was = course(self.account, user, &self.known.is, role, at).of(first);
        if was.decision != decided {
            return What::DecidedOtherwise;
        }
        if let FirstFactor::Asserted { client, .. } = first
            && vouching(self.account, role, client, at)
            && !vouching(self.other, role, client, at)
        {
            return What::NotOpened;
        }
        let would_be = course(self.other, user, self.known.would_be(), role, at).of(first);
        let asked = |course: &Course| course.decision == Decision::Challenge;
        let binds = |course: &Course| {
            course.decision == Decision::Enrol || course.reasons.contains(&Why::KindNotAllowed)
        };
        let demanded = binds(&would_be) && !binds(&was);
        if std::mem::replace(&mut person.unbound, demanded) && demanded {
            return What::AfterBinding;
        }
        let every = |course: &Course| course.reasons.contains(&Why::EverySignIn);
        if asked(&would_be) && every(&was) && !every(&would_be) && !binds(&would_be) && trust_counts(first) {
            self.known.unoffered = Some((id, at));
        }
        match (binds(&was), binds(&would_be)) {
            (false, true) if asked(&would_be) => What::MustRebind { asked: !asked(&was) },
            (false, true) => What::MustEnrol,
            (true, false) if asked(&was) == asked(&would_be) => What::NeedNotBind,
            (true, false) if asked(&would_be) => What::ExtraPrompt,
            (true, false) => What::FewerPrompt,
            (true, true) | (false, false) => match (asked(&was), asked(&would_be)) {
                (false, true) => What::ExtraPrompt,
                (true, false) => What::FewerPrompt,
                (true, true) | (false, false) => What::Same,
            },
        }
    }

    /// Whoever had the device remembered before, and is asked once more, has it remembered again. False where
    /// they had not.
    fn remember_again(&mut self, user: &User, at: Timestamp) -> bool {
        let before = self.known.would_be().trusted_before;
        if let Some(span) = trust_offer(self.other, self.role, at).filter(|_| before) {
            let (generation, epoch) = (self.account.generation, user.epoch);
            self.known.differs().trust = Some(Trust { granted_at: at, until: at + span, generation, epoch });
        }
        before
    }

    fn trust(&mut self, event: &DeviceEvent, at: Timestamp) {
        let before = self.known.would_be().trust;
        self.follow(event);
        let granted = self.known.is.trust;
        let offered = trust_offer(self.other, self.role, at);
        let would_be = if matches!(self.known.completed, Some((_, What::FewerPrompt))) {
            // Nobody was asked, so nothing was granted.
            before
        } else if offered == trust_offer(self.account, self.role, at) {
            granted
        } else {
            let granted = granted.zip(offered);
            granted.map(|(trust, span)| Trust { until: at + span, ..trust }).or(before)
        };
        if self.known.would_be().trust != would_be {
            self.known.differs().trust = would_be;
        }
    }

    fn session(&mut self, session: SessionId, scope: Scope, at: Timestamp) -> Option<What> {
        let completed = self.known.completed;
        if let Some((sign_in, What::MustEnrol | What::MustRebind { .. } | What::NotOpened)) = completed {
            self.known.differs().sessions.remove(&session);
            return (scope == Scope::Full).then_some(What::NoSession { sign_in });
        }
        let audience = self.role.audience();
        let (is, would_be) = (self.account.policy(audience, at), self.other.policy(audience, at));
        if (is.idle(), life(is)) != (would_be.idle(), life(would_be))
            && let Some(started) = self.known.differs().sessions.get_mut(&session)
        {
            let ends_at = at + life(would_be);
            // What rests on an exemption ends with it.
            started.ends_at =
                if started.exemption.is_some() { ends_at.min(started.ends_at) } else { ends_at };
            started.idle = would_be.idle();
        }
        None
    }

    /// Whether a session shows a sign of life after it would have been over, for the first time.
    fn cut(&mut self, id: SessionId, at: Timestamp) -> bool {
        if self.known.over.contains(&id) {
            return false;
        }
        let Some(is) = self.known.is.sessions.get(&id) else { return false };
        let Some(would_be) = self.known.would_be().sessions.get(&id) else { return false };
        let (is, would_be) =
            (session_end(self.account, self.role, is, at), session_end(self.other, self.role, would_be, at));
        let cut = at < is && would_be <= at;
        if cut {
            // It stays as it was last, and ends there.
            self.known.differs();
            self.known.over.push_back(id);
            if self.known.over.len() > REMEMBERED {
                self.known.over.pop_front();
            }
        }
        cut
    }
}
