//! A team of five, their customers, and everything that they may do to one another: acts are put to the domain
//! as a server would, in sessions that were really opened, and the log that they leave is judged by every rule
//! that audits a real one. No ledger is kept beside it, so it walks far; `world` knows exactly, and walks near.
//!
//! An act that the domain refuses leaves nothing behind, whichever of its steps was refused.

mod door;
mod draft;
mod own;
mod staff;
mod team;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use strum::VariantArray;
use twofold_domain::account::{
    Account, AccountCommand, ApprovalCommand, Census, ClockKind, Confirmed, Consent, Counts, Effect,
    ForeignCommand, GovernanceCommand, Guarded, GuardedAct, Identity, Impact, PolicyCommand, Shown,
    TokenScope,
};
use twofold_domain::device::{Device, DeviceEvent};
use twofold_domain::ids::{
    AccountId, ChallengeId, DeviceId, FactorId, LinkId, SessionId, SignInId, StockTokenId, TokenId, UserId,
    VerifierId,
};
use twofold_domain::invariants::{By, Event, rules};
use twofold_domain::permission::Act;
use twofold_domain::policy::{Audience, AudiencePolicy, Role};
use twofold_domain::sign_in::{SignedIn, Steps};
use twofold_domain::time::{Span, Timestamp};
use twofold_domain::user::{LinkPurpose, Person, User, UserCommand, UserEvent};
use uuid::Uuid;

use crate::world::log::{Log, digest};
use crate::world::{Machine, Stream, back, remember, sealed};
use draft::{Draft, No};

/// Who is there from the beginning. All but the last have a second factor.
const ROLES: [Role; 7] =
    [Role::Owner, Role::Owner, Role::Admin, Role::Agent, Role::Auditor, Role::EndUser, Role::EndUser];

/// As many as there may be, whoever is brought along.
const MOST_PEOPLE: usize = 9;

/// What somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray)]
pub(crate) enum Deed {
    Wait,
    SignIn,
    GuessPassword,
    GuessFactor,
    Plead,
    LetIn,
    ResetPassword,
    OpenLinks,
    StepUp,
    Touch,
    Bind,
    Rename,
    Prefer,
    Remove,
    Regenerate,
    SwitchOff,
    AskBack,
    Object,
    MoveOwnAddress,
    OwnToken,
    UseToken,
    Help,
    Exempt,
    EndExemption,
    Ticket,
    Grant,
    Stop,
    Deactivate,
    Reactivate,
    ChangeRole,
    MoveAddress,
    Hand,
    TakeBack,
    Unlock,
    EndSession,
    Erase,
    Import,
    ForeignGone,
    MakeOwner,
    HandOver,
    Close,
    Disable,
    Enable,
    Suspend,
    Resume,
    FanOut,
    Policy,
    Governance,
    Approve,
    Cancel,
    Clock,
    Freeze,
    Vouch,
    ComeBack,
    KeepAddress,
    Operate,
}

impl Deed {
    /// How often it is done, beside the others.
    const fn weight(self) -> u32 {
        match self {
            Self::SignIn | Self::Wait => 60,
            Self::Approve | Self::Help | Self::Bind | Self::Grant => 40,
            Self::StepUp | Self::Plead | Self::AskBack | Self::LetIn | Self::OpenLinks => 30,
            Self::Exempt | Self::EndExemption | Self::Ticket | Self::OwnToken | Self::UseToken => 25,
            Self::Hand | Self::TakeBack | Self::Vouch | Self::ComeBack | Self::Stop => 24,
            Self::Disable | Self::Erase | Self::Suspend => 2,
            Self::Close => 10,
            Self::GuessPassword | Self::GuessFactor => 6,
            _ => 12,
        }
    }
}

/// One thing that happens: who does it, to whom, and which of several, counted by `pick`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) deed: Deed,
    who: u8,
    upon: u8,
    pick: u8,
}

/// A story of at most so many steps, in a sandbox or not.
pub(crate) fn steps(most: usize) -> impl Strategy<Value = (bool, Vec<Step>)> {
    let deed = Deed::VARIANTS.iter().flat_map(|deed| (0..deed.weight()).map(|_| *deed)).collect::<Vec<_>>();
    let step = (prop::sample::select(deed), 0..8u8, 0..9u8, any::<u8>());
    let step = step.prop_map(|(deed, who, upon, pick)| Step { deed, who, upon, pick });
    (prop::bool::weighted(0.2), prop::collection::vec(step, 1..most))
}

/// A session, and the machine that it is on.
type Seat = (SessionId, usize);

pub(crate) struct Town {
    next_id: u128,
    now: Timestamp,
    /// How far a sandbox's clock is ahead.
    ahead: Span,
    log: Log,
    id: AccountId,
    account: Stream<Account>,
    ids: Vec<UserId>,
    people: Vec<Stream<User>>,
    machines: Vec<Machine>,
    /// The browser that each person has in each slot.
    slots: BTreeMap<(usize, usize), usize>,
    sessions: Vec<Seat>,
    attempts: Vec<(SignInId, usize)>,
    /// Everything that was ever made, for thieves to pick from.
    factors: Vec<FactorId>,
    links: Vec<(LinkId, usize)>,
    challenges: Vec<(FactorId, ChallengeId, Timestamp)>,
    stock: Vec<StockTokenId>,
    tokens: Vec<(TokenId, usize)>,
    /// What tells of the use of each token.
    uses: BTreeMap<TokenId, Stream<Device>>,
    /// How often each security key was used.
    counters: BTreeMap<FactorId, u32>,
}

impl Town {
    pub(crate) fn new(sandbox: bool) -> Self {
        let now = Timestamp::from_micros(1_780_300_800_000_000);
        let id = AccountId::from_uuid(Uuid::from_u128(1));
        let mut town = Self {
            next_id: 1,
            now,
            ahead: Span::seconds(0),
            log: Log::judged_by(rules()),
            id,
            account: Stream::default(),
            ids: vec![],
            people: vec![],
            machines: vec![],
            slots: BTreeMap::new(),
            sessions: vec![],
            attempts: vec![],
            factors: vec![],
            links: vec![],
            challenges: vec![],
            stock: vec![],
            tokens: vec![],
            uses: BTreeMap::new(),
            counters: BTreeMap::new(),
        };
        let (slug, clock) =
            if sandbox { ("sandbox-acme", ClockKind::Sandbox) } else { ("acme", ClockKind::Real) };
        town.log.turn(By::Operator, None);
        town.act(|draft| {
            let (slug, name, log_origin) = (slug.to_owned(), "Acme".to_owned(), "log".to_owned());
            draft.account(AccountCommand::Open { account: id, slug, name, log_origin, clock, at: now })
        });
        town.register(Role::Owner);
        town.settle(0);
        for (who, becomes) in ROLES.into_iter().enumerate().skip(1) {
            // Nobody is registered as an owner: they become one, which takes a wait while there is one only.
            let role = if becomes == Role::Owner { Role::Admin } else { becomes };
            town.staff(0, 1, |_| Act::Register(role), |_| Ok(()));
            town.register(role);
            town.settle(who);
            if becomes == Role::Owner {
                town.request(0, 1, GuardedAct::GrantOwner { user: town.ids[who] });
                town.wait(Span::hours(72));
                town.approve(0, 0);
            }
        }
        town
    }

    /// Whoever was just registered follows their invitation, and all but the last bind an app.
    fn settle(&mut self, who: usize) {
        let link = self.mail_link(who, LinkPurpose::Invitation);
        self.redeem(link, who);
        if who + 1 < ROLES.len() {
            self.bind(who, 0);
        }
    }

    fn uuid(&mut self) -> Uuid {
        self.next_id += 1;
        Uuid::from_u128(self.next_id)
    }

    fn verifier(&mut self) -> VerifierId {
        VerifierId::from_uuid(self.uuid())
    }

    fn wait(&mut self, span: Span) {
        self.now = self.now + span;
    }

    fn state(&self, who: usize) -> &User {
        &self.people[who].state
    }

    fn role(&self, who: usize) -> Role {
        self.state(who).role().unwrap_or(Role::EndUser)
    }

    /// Decides one act step by step; what was decided is recorded if none of its steps is refused.
    fn act<T>(&mut self, steps: impl FnOnce(&mut Draft<'_>) -> Result<T, No>) -> Option<T> {
        let mut draft = Draft::of(self);
        let came_to = steps(&mut draft).ok()?;
        let events = draft.events;
        for (who, event) in events {
            self.record(who, event);
        }
        Some(came_to)
    }

    fn record(&mut self, who: usize, event: Event) {
        match &event {
            Event::Account(account) => {
                self.account.record(std::slice::from_ref(account));
                // The account's own stream has the nil id here.
                self.log.record(self.now, Uuid::nil(), event);
            }
            Event::User(user, happened) => {
                while self.people.len() <= who {
                    self.people.push(Stream::default());
                    self.ids.push(*user);
                }
                match happened {
                    UserEvent::LinkIssued { link, .. } | UserEvent::EmailChangeRequested { link, .. } => {
                        remember(&mut self.links, (*link, who));
                    }
                    UserEvent::RecoveryGranted {
                        handed: twofold_domain::user::Handing::Link { link, .. },
                        ..
                    } => remember(&mut self.links, (*link, who)),
                    UserEvent::FactorEnrolmentStarted { factor, .. }
                    | UserEvent::FactorClaimed { factor, .. } => remember(&mut self.factors, *factor),
                    UserEvent::ApiTokenIssued { token, .. } => remember(&mut self.tokens, (*token, who)),
                    _ => {}
                }
                self.people[who].record(std::slice::from_ref(happened));
                let stream = user.uuid();
                self.log.record(self.now, stream, event);
            }
            Event::Device(device, happened) => {
                if let DeviceEvent::SessionStarted { session, .. } = happened {
                    remember(&mut self.sessions, (*session, who));
                }
                self.machines[who].stream.record(std::slice::from_ref(happened));
                let stream = device.uuid();
                self.log.record(self.now, stream, event);
            }
            Event::Reading(_) => {}
        }
    }

    /// What was decided on a person and on one of their machines.
    fn record_steps<T>(&mut self, machine: usize, steps: Steps<T>) -> T {
        let Machine { id, who, .. } = self.machines[machine];
        for event in steps.user {
            self.record(who, Event::User(self.ids[who], event));
        }
        for event in steps.device {
            self.record(machine, Event::Device(id, event));
        }
        steps.came_to
    }

    fn register(&mut self, role: Role) -> usize {
        let (user, who) = (UserId::from_uuid(self.uuid()), self.people.len());
        let (account, at) = (self.id, self.now);
        let (name, email, language) = (sealed(), sealed(), "en".to_owned());
        let person = Person { account, user, role, name, email, language };
        self.act(|draft| draft.new_person(who, user, UserCommand::Register { person, at }));
        who
    }

    /// A session as its person finds it, if it is good.
    fn seated(&self, (session, machine): Seat) -> Option<SignedIn<'_>> {
        let Machine { who, stream, .. } = &self.machines[machine];
        SignedIn::recall(&self.account.state, self.state(*who), &stream.state, session, self.now).ok()
    }

    /// A good session of somebody: the latest, or a new one.
    fn seat(&mut self, who: usize) -> Option<Seat> {
        let theirs = |town: &Self| {
            let good = |seat: &&Seat| town.machines[seat.1].who == who && town.seated(**seat).is_some();
            town.sessions.iter().rev().find(good).copied()
        };
        theirs(self).or_else(|| {
            self.come_in(who, 0, 0);
            theirs(self)
        })
    }

    /// The same with a second factor shown just now, where that can be had and is wanted.
    fn proved(&mut self, who: usize, wanted: bool) -> Option<Seat> {
        let seat = self.seat(who)?;
        if wanted && !self.seated(seat)?.recently_proved() {
            self.step_up(seat, 0);
        }
        // Whoever may not be raised signs in again.
        if wanted && self.seated(seat).is_none_or(|me| !me.recently_proved()) {
            self.come_in(who, 1, 0);
            return self.seat(who);
        }
        Some(seat)
    }

    /// Does something to somebody, or to the account, in a session of a member of staff; `deed` says what
    /// that takes of them.
    fn staff(
        &mut self,
        who: usize,
        pick: u8,
        deed: impl FnOnce(&Self) -> Act,
        act: impl FnOnce(&mut Draft<'_>) -> Result<(), No>,
    ) -> bool {
        // Now and then without the proof that it takes.
        let Some(seat) = self.proved(who, !pick.is_multiple_of(8)) else { return false };
        let deed = deed(self);
        let allowed = self.seated(seat).is_some_and(|me| me.permit(deed).is_ok());
        self.log.turn(By::Person(self.ids[who]), Some(seat.0));
        allowed && self.act(act).is_some()
    }

    pub(crate) fn perform(&mut self, step: Step) {
        let Step { deed, pick, .. } = step;
        let (who, upon) = (usize::from(step.who) % self.ids.len(), usize::from(step.upon) % self.ids.len());
        match deed {
            Deed::Wait => {
                const HOUR: i64 = 3_600;
                let spans = [30, 60, 600, HOUR, HOUR, 24 * HOUR, 72 * HOUR, 8 * 24 * HOUR];
                self.wait(Span::seconds(spans[usize::from(pick) % spans.len()]));
            }
            Deed::SignIn => self.come_in(who, usize::from(pick % 2), pick / 2),
            Deed::GuessPassword => (0..pick % 16).for_each(|_| self.guess_password(who)),
            Deed::GuessFactor => (0..pick % 16).for_each(|n| self.guess_factor(who, pick ^ n)),
            Deed::Plead => self.plead(who, pick),
            Deed::LetIn => self.let_in(who, pick),
            Deed::ResetPassword => self.reset_password(who),
            Deed::OpenLinks => self.open_link(pick),
            Deed::StepUp => {
                if let Some(seat) = self.seat(who) {
                    self.wait(Span::seconds(30));
                    self.step_up(seat, pick);
                }
            }
            Deed::Touch => self.touch(who, pick),
            Deed::Bind => {
                let ticket = (0..self.people.len()).find(|who| self.state(*who).ticket.is_some());
                self.bind(ticket.filter(|_| pick.is_multiple_of(2)).unwrap_or(who), pick / 2);
            }
            Deed::Rename | Deed::Prefer | Deed::Remove | Deed::Regenerate => self.edit(who, deed, pick),
            Deed::SwitchOff => self.switch_off(who, pick),
            Deed::AskBack => self.ask_back(who, pick),
            Deed::Object => self.object(who),
            Deed::MoveOwnAddress => self.move_own_address(who),
            Deed::OwnToken => self.own_token(who, pick),
            Deed::UseToken => self.use_token(upon, pick),
            Deed::Help => self.help(who, upon, pick),
            Deed::Exempt => self.exempt(who, upon, pick),
            Deed::EndExemption => self.end_exemption(who, upon, pick),
            Deed::Ticket => self.ticket(who, upon, pick),
            Deed::Grant => self.grant(who, upon, pick),
            Deed::Stop => self.stop(who, upon, pick),
            Deed::Deactivate => self.deactivate(who, upon, pick),
            Deed::Reactivate => self.reactivate(who, upon, pick),
            Deed::ChangeRole => self.change_role(who, upon, pick),
            Deed::MoveAddress => self.move_address(who, upon, pick),
            Deed::Hand => self.hand(who, upon, pick),
            Deed::TakeBack => self.take_back(who, upon, pick),
            Deed::Unlock => self.unlock(who, upon, pick),
            Deed::EndSession => self.end_session(who, pick),
            Deed::Erase => self.erase(who, upon, pick),
            Deed::Import => self.import(who, pick),
            Deed::ForeignGone => self.foreign_gone(),
            Deed::MakeOwner => self.request(who, pick, GuardedAct::GrantOwner { user: self.ids[upon] }),
            Deed::HandOver => {
                let (from, to) = (self.ids[who], self.ids[upon]);
                self.request(who, pick, GuardedAct::TransferOwnership { from, to });
            }
            Deed::Close => self.request(who, pick, GuardedAct::CloseAccount),
            Deed::Disable | Deed::Enable | Deed::Suspend | Deed::Resume => self.switch(who, deed, pick),
            Deed::FanOut => self.fan_out(),
            Deed::Policy => self.policy(who, pick),
            Deed::Governance => self.governance(who, pick),
            Deed::Approve => self.approve(who, pick),
            Deed::Cancel => self.cancel(who, pick),
            Deed::Clock => self.clock(who, pick),
            Deed::Freeze => self.freeze(who, upon, pick),
            Deed::Vouch => self.vouch(who, upon, pick),
            Deed::ComeBack => self.come_back(who, pick),
            Deed::KeepAddress => self.keep_address(who, upon, pick),
            Deed::Operate => self.operate(who, upon, pick),
        }
    }

    /// No rule is broken, and what was decided on is what is stored.
    pub(crate) fn check(&mut self, step: Step) {
        assert!(self.log.breaches.is_empty(), "after {step:?}: {}", self.log.breaches.join("\n"));
        self.account.check_snapshot();
        self.people.iter_mut().for_each(Stream::check_snapshot);
        self.machines.iter_mut().for_each(|machine| machine.stream.check_snapshot());
    }

    pub(crate) fn check_folds(&self) {
        self.account.check_fold();
        self.people.iter().for_each(Stream::check_fold);
        self.machines.iter().for_each(|machine| machine.stream.check_fold());
    }

    /// How often each kind of event was recorded.
    pub(crate) fn count_events(&self, seen: &mut BTreeMap<String, u32>) {
        self.account.count(seen);
        self.people.iter().for_each(|person| person.count(seen));
        self.machines.iter().for_each(|machine| machine.stream.count(seen));
        self.uses.values().for_each(|uses| uses.count(seen));
    }
}
