//! The domain under test: acts are put to it as a server would, and what it decides is held
//! against the ledger.

mod account;
mod habits;
pub(crate) mod log;
pub(crate) mod ordinary;
mod people;
mod what_if;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use cqrs_es::{Aggregate, DomainEvent};
use serde::Serialize;
use serde::de::DeserializeOwned;
use twofold_domain::account::{
    Account, AccountCommand, AccountError, AccountEvent, Census, ClockKind, Confirmed, Counts, Effect,
    Impact, PolicyCommand, Shown,
};
use twofold_domain::device::{
    Decision, Device, DeviceCommand, DeviceEvent, DistrustCause, EndCause, Forsaken, Method, Origin, Scope,
    TokenVerdict,
};
use twofold_domain::factor::otp::OtpParameters;
use twofold_domain::factor::sms::NewSmsCode;
use twofold_domain::factor::{FactorDetail, FirstUse, totp};
use twofold_domain::ids::{
    AccountId, CodeSetId, DeviceId, FactorId, LinkId, MailedCodeId, RecoveryId, SessionId, SignInId,
    SmsCodeId, UserId, VerifierId,
};
use twofold_domain::invariants::{By, Event};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::{Audience, AudiencePolicy, Role};
use twofold_domain::proof::{MailedVerdict, Verdict, Warrant};
use twofold_domain::sealed::{Kind, Sealed};
use twofold_domain::sign_in::{
    Answer, Begin, Begun, Finish, Recognition, SignInError, SignedIn, Steps, recognise, shown_late,
    trust_holds,
};
use twofold_domain::time::{Span, Timestamp};
use twofold_domain::user::{
    Gate, HARD_CAP, LinkPurpose, NewCodes, NewFactor, NewMailedCode, Objection, Person, ProofKind, Purpose,
    RecoveryCommand, Refusal, ResetCause, User, UserCommand, UserError, UserEvent,
};
use uuid::Uuid;

use crate::ledger::{AttemptBook, Basis, Ledger, Lever, SessionBook, TrustBook};
use crate::story::{Act, Mail, Proof};

use self::log::Log;

const ROLES: [Role; 2] = [Role::Admin, Role::EndUser];

/// The owner who does whatever staff do here.
const CHIEF: UserId = UserId::from_uuid(Uuid::from_u128(u128::MAX));

/// One stream: its events, and what they amount to.
pub(crate) struct Stream<A: Aggregate> {
    past: Vec<A::Event>,
    pub(crate) state: A,
    moved: bool,
}

impl<A: Aggregate> Default for Stream<A> {
    fn default() -> Self {
        Self { past: vec![], state: A::default(), moved: false }
    }
}

impl<A: Aggregate> Stream<A> {
    pub(crate) fn record(&mut self, events: &[A::Event]) {
        for event in events {
            self.state.apply(event.clone());
            self.past.push(event.clone());
            self.moved = true;
        }
    }

    /// How often each kind of event was recorded.
    pub(crate) fn count(&self, seen: &mut BTreeMap<String, u32>) {
        for event in &self.past {
            *seen.entry(event.event_type()).or_default() += 1;
        }
    }
}

impl<A: Aggregate + PartialEq + Debug> Stream<A> {
    /// A state read back from its snapshot is the state, and so decides the same.
    pub(crate) fn check_snapshot(&mut self) {
        if std::mem::take(&mut self.moved) {
            let back = through_json(&self.state);
            assert_eq!(back, self.state);
            self.state = back;
        }
    }

    /// The stream, stored and read again from its first event, is what was decided on.
    pub(crate) fn check_fold(&self) {
        let mut state = A::default();
        for event in &self.past {
            let stored = serde_json_canonicalizer::to_string(event);
            assert!(stored.is_ok_and(|json| json.len() <= 65_535));
            state.apply(through_json(event));
        }
        assert_eq!(state, self.state);
    }
}

fn through_json<T: Serialize + DeserializeOwned>(value: &T) -> T {
    let json = serde_json::to_string(value).unwrap_or_default();
    match serde_json::from_str(&json) {
        Ok(back) => back,
        Err(e) => panic!("{json} does not read back: {e}"),
    }
}

pub(crate) struct Machine {
    pub(crate) id: DeviceId,
    pub(crate) who: usize,
    pub(crate) stream: Stream<Device>,
}

pub(crate) struct World {
    next_id: u128,
    ledger: Ledger,
    log: Log,
    account: Stream<Account>,
    ids: [UserId; 2],
    people: [Stream<User>; 2],
    machines: Vec<Machine>,
    /// The browser that each person has in each slot.
    slots: BTreeMap<(usize, usize), usize>,
    /// Everything that was ever made, for adversaries to pick from.
    sessions: Vec<(SessionId, usize)>,
    attempts: Vec<(SignInId, usize)>,
    factors: Vec<FactorId>,
    mails: Vec<MailedCodeId>,
}

/// Of what is old only so much is tried again and again.
pub(crate) fn remember<T>(list: &mut Vec<T>, new: T) {
    list.push(new);
    if list.len() > 40 {
        list.remove(0);
    }
}

pub(crate) fn back<T: Copy>(list: &[T], pick: u8) -> Option<T> {
    list.iter().rev().nth(usize::from(pick)).copied()
}

pub(crate) fn sealed<K: Kind>() -> Sealed<K> {
    Sealed::from_bytes(vec![1, 2, 3])
}

impl World {
    pub(crate) fn new() -> Self {
        let now = Timestamp::from_micros(1_780_300_800_000_000);
        let mut world = Self {
            next_id: 0,
            ledger: Ledger::new(now),
            log: Log::new(),
            account: Stream::default(),
            ids: [CHIEF; 2],
            people: Default::default(),
            machines: vec![],
            slots: BTreeMap::new(),
            sessions: vec![],
            attempts: vec![],
            factors: vec![],
            mails: vec![],
        };
        let account = AccountId::from_uuid(world.id());
        let opened = world.tell_account(AccountCommand::Open {
            account,
            slug: "acme".into(),
            name: "Acme".into(),
            log_origin: "log".into(),
            clock: ClockKind::Real,
            at: now,
        });
        assert!(opened.is_ok());
        let (name, email, language) = (sealed(), sealed(), "en".into());
        let chief = UserEvent::UserRegistered {
            account,
            user: CHIEF,
            role: Role::Owner,
            name,
            email,
            language,
            at: now,
        };
        world.log.record(now, CHIEF.uuid(), Event::User(CHIEF, chief));
        for (who, role) in ROLES.into_iter().enumerate() {
            let user = UserId::from_uuid(world.id());
            world.ids[who] = user;
            let (name, email, language) = (sealed(), sealed(), "en".into());
            let person = Person { account, user, role, name, email, language };
            world.log.turn(By::Person(CHIEF), None);
            assert!(world.tell_user(who, UserCommand::Register { person, at: now }).is_ok());
            world.set_password(who);
        }
        world
    }

    fn id(&mut self) -> Uuid {
        self.next_id += 1;
        Uuid::from_u128(self.next_id)
    }

    fn verifier(&mut self) -> VerifierId {
        VerifierId::from_uuid(self.id())
    }

    fn now(&self) -> Timestamp {
        self.ledger.now
    }

    fn wait(&mut self, seconds: i64) {
        self.ledger.pass(Span::seconds(seconds));
    }

    fn tell_account(&mut self, command: AccountCommand) -> Result<Vec<AccountEvent>, AccountError> {
        let events = self.account.state.decide(command)?;
        for event in &events {
            // The account's own stream has the nil id here.
            self.log.record(self.ledger.now, Uuid::nil(), Event::Account(event.clone()));
        }
        self.account.record(&events);
        Ok(events)
    }

    fn tell_user(&mut self, who: usize, command: UserCommand) -> Result<Vec<UserEvent>, UserError> {
        let events = self.people[who].state.decide(&self.account.state.era(self.now()), command)?;
        self.record_user(who, &events);
        Ok(events)
    }

    fn tell_device(&mut self, machine: usize, command: DeviceCommand) {
        if let Ok(events) = self.machines[machine].stream.state.decide(command) {
            self.record_device(machine, &events);
        }
    }

    /// Facts that hold of a user's event whatever the act was.
    fn record_user(&mut self, who: usize, events: &[UserEvent]) {
        assert!(!self.ledger.people[who].erased, "something was recorded of somebody erased");
        let user = self.ids[who];
        for event in events {
            self.log.record(self.ledger.now, user.uuid(), Event::User(user, event.clone()));
            self.check_locks(who, event);
            match event {
                UserEvent::OtpAccepted { factor, step, .. } => {
                    assert!(self.ledger.people[who].factors.contains(factor), "not a factor in force");
                    self.ledger.spend_step(*factor, *step);
                    self.ledger.people[who].wrong_behind_password = 0;
                }
                UserEvent::FactorConfirmed { factor, first: FirstUse::Step(step), .. } => {
                    self.ledger.spend_step(*factor, *step);
                }
                UserEvent::RecoveryCodeUsed { set, index, left, .. } => {
                    self.ledger.spend_code(who, *set, *index);
                    self.ledger.people[who].wrong_behind_password = 0;
                    assert_eq!(usize::from(*left), 10 - self.ledger.codes_used(*set).len());
                }
                UserEvent::PasswordRejected { consecutive, .. } => {
                    assert!(*consecutive <= HARD_CAP, "{consecutive} failures in a row");
                }
                UserEvent::ProofRejected { consecutive, purpose, refusal, .. } => {
                    assert!(*consecutive <= HARD_CAP, "{consecutive} failures in a row");
                    if matches!((purpose, refusal), (Purpose::SignIn(_), Refusal::Wrong | Refusal::Expired)) {
                        self.ledger.people[who].wrong_behind_password += 1;
                        assert!(self.ledger.people[who].wrong_behind_password <= 10, "an eleventh guess");
                    }
                }
                UserEvent::Unlocked { .. }
                | UserEvent::TwoFactorDisabled { .. }
                | UserEvent::TwoFactorReset { cause: ResetCause::Staff { .. }, .. } => {
                    self.ledger.people[who].wrong_behind_password = 0;
                }
                UserEvent::PasswordChangeDemanded { .. } => {
                    assert_eq!(self.ledger.people[who].wrong_behind_password, 10);
                    self.ledger.people[who].demanded = true;
                    self.ledger.credentials_changed(who, None);
                }
                UserEvent::PasswordSet { .. } => {
                    self.ledger.people[who].wrong_behind_password = 0;
                    self.ledger.people[who].demanded = false;
                }
                UserEvent::MailedCodeIssued { code, at, .. } => {
                    self.mails.push(*code);
                    self.ledger.people[who].mails.insert(*code, *at);
                }
                UserEvent::TwoFactorReset { cause: ResetCause::AccountDisabled { generation }, .. } => {
                    self.ledger.people[who].due = None;
                    self.ledger.reached(who, *generation);
                    self.ledger.people[who].wrong_behind_password = 0;
                }
                UserEvent::TwoFactorReset { cause: ResetCause::AfterWait { .. }, effective_at } => {
                    let due = self.ledger.people[who].due.take();
                    assert_eq!(due, Some(*effective_at), "a reset that was not due, or is written twice");
                }
                UserEvent::TwoFactorResetCancelled { .. } => {
                    let waited = self.ledger.people[who].waits_until.take();
                    assert!(waited.is_some(), "nothing waited");
                }
                _ => {}
            }
            assert_eq!(self.ledger.people[who].due, None, "{event:?} stands before a reset that is due");
        }
        let shown = |e: &UserEvent| {
            matches!(
                e,
                UserEvent::OtpAccepted { .. }
                    | UserEvent::RecoveryCodeUsed { .. }
                    | UserEvent::FactorConfirmed { .. }
            )
        };
        let waits = self.ledger.people[who].waits_until.is_some();
        assert!(!(waits && events.iter().any(shown)), "a factor was shown, and its reset still waits");
        self.people[who].record(events);
    }

    /// Behind a lock nothing is looked at, right or wrong, until an unlock, a reset, or a new secret.
    fn check_locks(&mut self, who: usize, event: &UserEvent) {
        let locks = &mut self.ledger.people[who].locks;
        let looked_at = match event {
            UserEvent::PasswordAccepted { familiarity } | UserEvent::PasswordRejected { familiarity, .. } => {
                Some((Gate::Password, *familiarity))
            }
            UserEvent::OtpAccepted { familiarity, .. }
            | UserEvent::RecoveryCodeUsed { familiarity, .. }
            | UserEvent::ProofRejected { familiarity, .. } => Some((Gate::SecondFactor, *familiarity)),
            UserEvent::LockedOut { gate, familiarity, .. } => {
                locks.push((*gate, *familiarity));
                None
            }
            UserEvent::Unlocked { .. } => {
                locks.clear();
                None
            }
            UserEvent::PasswordSet { .. } => {
                locks.retain(|(gate, _)| *gate != Gate::Password);
                None
            }
            UserEvent::TwoFactorReset { .. } | UserEvent::TwoFactorDisabled { .. } => {
                locks.retain(|(gate, _)| *gate != Gate::SecondFactor);
                None
            }
            _ => None,
        };
        assert!(looked_at.is_none_or(|budget| !locks.contains(&budget)), "{event:?} behind a lock");
    }

    fn record_device(&mut self, machine: usize, events: &[DeviceEvent]) {
        let device = self.machines[machine].id;
        for event in events {
            self.log.record(self.ledger.now, device.uuid(), Event::Device(device, event.clone()));
            match event {
                DeviceEvent::SessionEnded { session, .. } => {
                    if let Some(book) = self.ledger.sessions.get_mut(session) {
                        book.gone = true;
                    }
                }
                DeviceEvent::SessionActive { session, at } => {
                    if let Some(book) = self.ledger.sessions.get_mut(session) {
                        book.active = *at;
                    }
                }
                DeviceEvent::DeviceDistrusted { .. } => {
                    self.ledger.trusts.remove(&machine);
                }
                _ => {}
            }
        }
        self.machines[machine].stream.record(events);
    }

    fn record<T>(&mut self, who: usize, machine: usize, steps: Steps<T>) -> T {
        self.record_user(who, &steps.user);
        self.record_device(machine, &steps.device);
        steps.came_to
    }

    pub(crate) fn perform(&mut self, act: &Act) {
        let person = |who: u8| usize::from(who);
        self.log.turn(By::Person(CHIEF), None);
        match *act {
            Act::Wait { seconds } => self.wait(seconds),
            Act::Begin { who, slot, right, token } => {
                let token = match token {
                    0..=5 => TokenVerdict::Current,
                    // Whichever that is, the device says.
                    6 => TokenVerdict::Previous(VerifierId::from_uuid(Uuid::nil())),
                    7 => TokenVerdict::Older,
                    _ => TokenVerdict::Unknown,
                };
                self.begin(person(who), usize::from(slot), right, token);
            }
            Act::Finish { pick, proof, trust } => {
                if let Some((attempt, machine)) = back(&self.attempts, pick) {
                    self.finish(attempt, machine, proof, trust);
                }
            }
            Act::StepUp { pick, proof } => self.in_session(pick, |me, s| me.step_up(s, proof)),
            Act::Use { pick } => self.in_session(pick, Self::touch),
            Act::SignOut { pick } => {
                if let Some((session, machine)) = back(&self.sessions, pick) {
                    // Whoever cannot sign out any more has staff do it.
                    let good = self.ledger.sessions.get(&session).is_some_and(|s| self.ledger.alive(s));
                    let cause = if good { EndCause::SignedOut } else { EndCause::EndedByStaff };
                    if good {
                        self.enter((session, machine));
                    }
                    self.tell_device(machine, DeviceCommand::EndSession { session, cause });
                }
            }
            Act::Start { pick } => self.in_session(pick, Self::start),
            Act::Resend { pick } => self.in_session(pick, Self::resend),
            Act::Confirm { pick, mail, age } => self.in_session(pick, |me, s| me.confirm(s, mail, age)),
            Act::Regenerate { pick } => self.in_session(pick, Self::regenerate),
            Act::Remove { pick, factor } => self.in_session(pick, |me, s| me.remove(s, factor)),
            Act::DisableOwn { pick, password, proof } => {
                self.in_session(pick, |me, s| me.disable_own(s, password, proof));
            }
            Act::SetPassword { who } => self.set_password(person(who)),
            Act::GuessPassword { who, slot, times } => {
                for _ in 0..times {
                    self.wait(3_600);
                    self.begin(person(who), usize::from(slot), false, TokenVerdict::Current);
                }
            }
            Act::GuessCode { who, slot, times } => {
                for _ in 0..times {
                    self.wait(3_600);
                    self.begin(person(who), usize::from(slot), true, TokenVerdict::Current);
                    if let Some((attempt, machine)) = back(&self.attempts, 0) {
                        self.finish(attempt, machine, Proof::Wrong, false);
                    }
                }
            }
            Act::Reset { who, compromise } => self.reset(person(who), compromise),
            Act::Erase { who } => self.erase(person(who)),
            Act::Lose { who, slot } => self.lose(person(who), usize::from(slot)),
            Act::Policy { team, required, grace, trust, idle } => {
                self.save_policy(team, |policy| {
                    policy.required = required;
                    policy.grace_days = grace;
                    policy.trust_days = trust;
                    policy.idle_minutes = idle;
                });
            }
            Act::Object { who } => self.object(person(who)),
            Act::Unlock { who } => {
                if self.tell_user(person(who), UserCommand::Unlock { reason: sealed() }).is_ok() {
                    assert!(!self.people[person(who)].state.locked_out());
                }
            }
            Act::Distrust { who, slot } => {
                if let Some(&machine) = self.slots.get(&(person(who), usize::from(slot))) {
                    self.tell_device(
                        machine,
                        DeviceCommand::Distrust { cause: DistrustCause::RevokedByStaff },
                    );
                }
            }
            Act::Disable => self.disable(),
            Act::Enable => {
                if self
                    .tell_account(AccountCommand::Enable { impact: Impact::default(), at: self.now() })
                    .is_ok()
                {
                    assert_eq!(self.ledger.lever, Lever::Off);
                    self.ledger.lever = Lever::On;
                }
            }
            Act::Suspend => {
                if self
                    .tell_account(AccountCommand::Suspend {
                        impact: Impact::default(),
                        reason: None,
                        at: self.now(),
                    })
                    .is_ok()
                {
                    assert_eq!(self.ledger.lever, Lever::On);
                    self.ledger.lever = Lever::Suspended;
                }
            }
            Act::Resume => {
                if self
                    .tell_account(AccountCommand::Resume { impact: Impact::default(), at: self.now() })
                    .is_ok()
                {
                    assert_eq!(self.ledger.lever, Lever::Suspended);
                    self.ledger.resume();
                }
            }
            Act::FanOut { who } => {
                self.log.turn(By::System("reset_fan_out".into()), None);
                let reached = self.tell_user(person(who), UserCommand::ReachReset);
                assert!(reached.is_err() || reached.is_ok_and(|events| events.len() <= 1));
            }
            Act::CloseFanOut => self.close_fan_out(),
            Act::Operator => self.operate(),
            Act::SignIn { who, slot, trust } => self.sign_in(person(who), usize::from(slot), trust),
            Act::Enrol { who, late } => self.enrol(person(who), late),
            Act::Replay { who, slot } => self.replay(person(who), usize::from(slot)),
            Act::BurnCodes { who, slot, times } => {
                for _ in 0..times {
                    self.begin(person(who), usize::from(slot), true, TokenVerdict::Current);
                    let left = (0..10).find(|n| self.ledger.recovery_is_good(person(who), *n));
                    if let (Some((attempt, machine)), Some(index)) = (back(&self.attempts, 0), left) {
                        self.finish(attempt, machine, Proof::Recovery(index), false);
                    }
                }
            }
            Act::SwitchOff { who } => self.switch_off(person(who)),
            Act::Ordinary { kind, who } => self.ordinary(kind, person(who)),
        }
    }
}
