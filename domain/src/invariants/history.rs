//! Handmade histories, for the cases beside the rules: a small town whose people do what people do,
//! and what nobody may do.

mod lives;
mod people;

use uuid::Uuid;

use super::meaning::Meaning;
use super::scene::Scene;
use super::{Auditor, By, Entry, Event};
use crate::account::{AccountEvent, ClockKind, GuardedAct};
use crate::device::{Decision, DeviceEvent, EndCause, FirstFactor, Method, Origin, Scope, TokenHolder};
use crate::ids::{
    AccountId, ApprovalId, CodeSetId, DeviceId, EventId, ExemptionId, FactorId, LinkId, MailedCodeId,
    SessionId, SignInId, TicketId, TokenId, UserId, VerifierId,
};
use crate::policy::Role;
use crate::reading::ReadingEvent;
use crate::sealed::{Kind, Sealed};
use crate::time::{Span, Timestamp};
use crate::user::{Familiarity, LinkPurpose, Purpose, ResetCause, UserEvent};

/// The account's owner, enrolled.
pub(crate) const OWNER: UserId = UserId::from_uuid(Uuid::from_u128(1));
/// An agent with a password.
pub(crate) const AGENT: UserId = UserId::from_uuid(Uuid::from_u128(2));
/// An end user with a password.
pub(crate) const ANA: UserId = UserId::from_uuid(Uuid::from_u128(3));

const ACCOUNT: AccountId = AccountId::from_uuid(Uuid::from_u128(1_000));
const STRANGER: Familiarity = Familiarity::Stranger;
const ORIGIN: Origin = Origin { ip: None, user_agent: None };

/// An honest history that keeps every rule, and what then breaks one.
pub(crate) struct Case {
    pub(crate) rule: &'static str,
    honest: Box<dyn Fn(&mut History)>,
    wrong: Box<dyn Fn(&mut History)>,
}

pub(crate) fn case(
    rule: &'static str,
    honest: impl Fn(&mut History) + 'static,
    wrong: impl Fn(&mut History) + 'static,
) -> Case {
    Case { rule, honest: Box::new(honest), wrong: Box::new(wrong) }
}

impl Case {
    /// The honest part breaks nothing; the rest breaks the rule, and is what is named.
    pub(crate) fn check(&self) {
        let mut history = History::new();
        (self.honest)(&mut history);
        let kept = audit(&history.entries);
        assert!(kept.is_empty(), "{}: an honest history breaks\n{}", self.rule, kept.join("\n"));
        let honest = history.entries.len() as u64;
        (self.wrong)(&mut history);
        let mut auditor = Auditor::new(digest);
        let found: Vec<_> = history.entries.iter().flat_map(|entry| auditor.read(entry)).collect();
        let named = found.iter().any(|b| b.rule == self.rule && b.seq > honest);
        assert!(named, "{} is not broken by an event after {honest}, only {found:#?}", self.rule);
    }
}

fn audit(entries: &[Entry]) -> Vec<String> {
    let mut auditor = Auditor::new(digest);
    entries.iter().flat_map(|entry| auditor.read(entry)).map(|b| b.to_string()).collect()
}

fn digest(people: &std::collections::BTreeSet<UserId>) -> String {
    format!("{people:?}")
}

fn sealed<K: Kind>() -> Sealed<K> {
    Sealed::from_bytes(vec![1])
}

/// Everybody has one device.
fn device_of(user: UserId) -> DeviceId {
    DeviceId::from_uuid(Uuid::from_u128(user.uuid().as_u128() + 500))
}

/// A log in the making.
pub(crate) struct History {
    pub(crate) entries: Vec<Entry>,
    scene: Scene,
    at: Timestamp,
    made: u128,
    step: u64,
}

impl History {
    pub(super) fn new() -> Self {
        let at = Timestamp::from_micros(1_780_300_800_000_000);
        Self { entries: vec![], scene: Scene::new(digest), at, made: 10_000, step: 100 }
    }

    fn id(&mut self) -> Uuid {
        self.made += 1;
        Uuid::from_u128(self.made)
    }

    pub(crate) fn verifier(&mut self) -> VerifierId {
        VerifierId::from_uuid(self.id())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.at
    }

    pub(crate) fn wait(&mut self, span: Span) {
        self.at = self.at + span;
    }

    /// One act: its events, side by side.
    fn act(&mut self, by: &By, session: Option<SessionId>, events: Vec<Event>) {
        let correlation = self.id().to_string();
        for event in events {
            self.push(by.clone(), session, &correlation, event);
        }
        self.wait(Span::seconds(1));
    }

    fn push(&mut self, by: By, session: Option<SessionId>, correlation: &str, event: Event) {
        let stream = match &event {
            Event::Account(_) => ACCOUNT.uuid(),
            Event::User(user, _) => user.uuid(),
            Event::Device(device, _) => device.uuid(),
            Event::Reading(event) => event.reader().stream(ACCOUNT),
        };
        let entry = Entry {
            seq: 0,
            recorded_at: self.at,
            stream,
            sequence: 0,
            event,
            id: EventId::from_uuid(self.id()),
            correlation: correlation.into(),
            by,
            session,
            token: None,
        };
        self.scene.turn_to(&entry);
        let meaning = Meaning::of(&entry.event, &self.scene);
        self.scene.fold(&entry, &meaning);
        self.entries.push(entry);
        self.number(self.entries.len() - 1);
    }

    /// Numbers the entry at a place, and those after it.
    fn number(&mut self, from: usize) {
        for n in from..self.entries.len() {
            let of = |entry: &Entry| (entry.event.kind(), entry.stream);
            let stream = of(&self.entries[n]);
            let before = self.entries[..n].iter().rev().find(|entry| of(entry) == stream);
            let sequence = before.map_or(0, |e| e.sequence) + 1;
            (self.entries[n].seq, self.entries[n].sequence) = (n as u64 + 1, sequence);
        }
    }

    // What is wrong about a log.

    /// The last entry, to be tampered with.
    pub(crate) fn last(&mut self) -> &mut Entry {
        let last = self.entries.len() - 1;
        &mut self.entries[last]
    }

    /// Changes every event of the last act.
    pub(crate) fn change(&mut self, change: impl Fn(&mut Event)) {
        let act = self.last().correlation.clone();
        let acts = self.entries.iter_mut().filter(|entry| entry.correlation == act);
        acts.for_each(|entry| change(&mut entry.event));
    }

    fn place(&self, name: &str) -> usize {
        let place = self.entries.iter().rposition(|entry| entry.event.name() == name);
        place.unwrap_or_else(|| panic!("no {name} in the history"))
    }

    /// The same event once more, in an act of its own.
    pub(crate) fn again(&mut self, name: &str) {
        let Entry { by, session, event, .. } = self.entries[self.place(name)].clone();
        self.act(&by, session, vec![event]);
    }

    /// The next time step in the last event.
    pub(crate) fn next_step(&mut self) {
        let next = self.step + 1;
        self.change(|event| {
            if let Event::User(_, UserEvent::OtpAccepted { step, .. }) = event {
                *step = next;
            }
        });
    }

    /// The last event of a name was never recorded.
    pub(crate) fn forget(&mut self, name: &str) {
        let place = self.place(name);
        self.entries.remove(place);
        self.number(place);
    }

    /// Nothing after the last event of a name was recorded.
    pub(crate) fn until(&mut self, name: &str) {
        self.entries.truncate(self.place(name) + 1);
    }

    // Acts of whoever comes.

    pub(crate) fn operator(&mut self, events: Vec<Event>) {
        self.act(&By::Operator, None, events);
    }

    pub(crate) fn system(&mut self, events: Vec<Event>) {
        self.act(&By::System("reset_fan_out".into()), None, events);
    }

    pub(crate) fn manager(&mut self, name: &str, events: Vec<Event>) {
        self.act(&By::System(name.into()), None, events);
    }

    pub(crate) fn door(&mut self, events: Vec<Event>) {
        self.act(&By::Nobody, None, events);
    }

    pub(crate) fn at_the_door(&mut self, user: UserId, event: UserEvent) {
        self.door(vec![Event::User(user, event)]);
    }

    /// Something of a person's own, in their latest session.
    pub(crate) fn person_act(&mut self, user: UserId, event: UserEvent) {
        self.own(user, vec![Event::User(user, event)]);
    }

    /// Something that a person does to another, without showing a second factor first.
    pub(crate) fn person_act_to(&mut self, who: UserId, user: UserId, event: UserEvent) {
        self.own(who, vec![Event::User(user, event)]);
    }

    pub(crate) fn device_act(&mut self, user: UserId, event: DeviceEvent) {
        let device = device_of(user);
        self.own(user, vec![Event::Device(device, event)]);
    }

    /// Somebody reads, in their latest session.
    pub(crate) fn reads(&mut self, user: UserId, event: ReadingEvent) {
        self.own(user, vec![Event::Reading(event)]);
    }

    /// A file that somebody ordered is written.
    pub(crate) fn writes_file(&mut self, event: ReadingEvent) {
        self.act(&By::System("report_files".into()), None, vec![Event::Reading(event)]);
    }

    fn own(&mut self, user: UserId, events: Vec<Event>) {
        let session = self.find_session(user);
        self.act(&By::Person(user), session, events);
    }

    /// Something that staff do, after showing a second factor where one can be shown.
    pub(crate) fn staff(&mut self, who: UserId, event: AccountEvent) {
        self.step_up(who);
        self.own(who, vec![Event::Account(event)]);
    }

    pub(crate) fn staff_to(&mut self, who: UserId, user: UserId, event: UserEvent) {
        self.step_up(who);
        self.person_act_to(who, user, event);
    }

    // What there is to pick from.

    fn latest<T>(&self, pick: impl Fn(&Event) -> Option<T>) -> Option<T> {
        self.entries.iter().rev().find_map(|entry| pick(&entry.event))
    }

    /// What is in force where it stands.
    pub(super) fn scene(&self) -> &Scene {
        &self.scene
    }

    /// The last event of a name about a person or their device.
    pub(crate) fn find(&self, name: &str, user: UserId) -> Event {
        let theirs = |event: &Event| match event {
            Event::Account(_) | Event::Reading(_) => false,
            Event::User(of, _) => *of == user,
            Event::Device(device, _) => *device == device_of(user),
        };
        let found = self.latest(|event| (event.name() == name && theirs(event)).then(|| event.clone()));
        found.unwrap_or_else(|| panic!("no {name} of {user}"))
    }

    fn find_session(&self, user: UserId) -> Option<SessionId> {
        let device = device_of(user);
        self.latest(|event| match event {
            Event::Device(of, DeviceEvent::SessionStarted { session, .. }) if *of == device => Some(*session),
            _ => None,
        })
    }

    pub(crate) fn session(&self, user: UserId) -> SessionId {
        self.find_session(user).unwrap_or_else(|| panic!("{user} has no session"))
    }

    pub(crate) fn link_of(&self, user: UserId) -> LinkId {
        let Event::User(_, UserEvent::LinkIssued { link, .. }) = self.find("LinkIssued", user) else {
            panic!()
        };
        link
    }

    pub(crate) fn mailed(&self, user: UserId) -> MailedCodeId {
        let Event::User(_, UserEvent::MailedCodeIssued { code, .. }) = self.find("MailedCodeIssued", user)
        else {
            panic!()
        };
        code
    }

    pub(crate) fn factor(&self, user: UserId) -> FactorId {
        let started = self.find("FactorEnrolmentStarted", user);
        let Event::User(_, UserEvent::FactorEnrolmentStarted { factor, .. }) = started else { panic!() };
        factor
    }

    pub(crate) fn codes(&self, user: UserId) -> CodeSetId {
        let made = self.find("RecoveryCodesGenerated", user);
        let Event::User(_, UserEvent::RecoveryCodesGenerated { set, .. }) = made else { panic!() };
        set
    }

    fn attempt(&self, user: UserId) -> (SignInId, Decision) {
        let started = self.find("SignInStarted", user);
        let Event::Device(_, DeviceEvent::SignInStarted { sign_in, decision, .. }) = started else {
            panic!()
        };
        (sign_in, decision)
    }

    fn enrolled(&self, user: UserId) -> bool {
        self.scene.person(user).is_some_and(|p| p.enrolled == Some(self.scene.account.generation))
    }

    pub(crate) fn disabled_at(&self) -> Timestamp {
        self.scene.account.disables.values().last().map_or_else(Timestamp::default, |disable| disable.at)
    }
}
