//! Logs of any length that look lived in: accounts whose people register, enrol, sign in, get locked out,
//! are reset and erased, under policies that change. Deterministic: a seed names a log.
//!
//! What happens next is drawn from what the domain's own state allows, so that every prefix is a history
//! that could have been; commands are not run, so that a million events take seconds.

mod account;
mod happening;

use std::collections::HashMap;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde::Serialize;
use twofold_domain::account::{Account, AccountEvent, ClockKind, Switch};
use twofold_domain::device::{
    Decision, Device, DeviceEvent, DistrustCause, EndCause, FirstFactor, Method, Origin, Scope, Why,
};
use twofold_domain::factor::otp::OtpParameters;
use twofold_domain::factor::{FactorDetail, FirstUse, totp};
use twofold_domain::ids::{
    AccountId, CodeSetId, DeviceId, EventId, FactorId, LinkId, MailedCodeId, SessionId, SignInId, StreamId,
    UserId, VerifierId,
};
use twofold_domain::policy::Role;
use twofold_domain::sealed::{Kind, Sealed};
use twofold_domain::time::{Span, Timestamp};
use twofold_domain::user::{
    Familiarity, Gate, LinkPurpose, ProofKind, Purpose, Refusal, ResetCause, User, UserCommand, UserEvent,
};
use twofold_infra::store::{AggregateKind, NewEvent, Recorded, Stream, Write};
use uuid::Uuid;

pub use happening::Happening;

/// When every log begins: 2025-01-01T00:00:00Z.
pub const BEGIN: Timestamp = Timestamp::from_micros(1_735_689_600_000_000);

/// A log that is being written.
#[derive(Debug)]
pub struct Generator {
    rng: StdRng,
    now: Timestamp,
    tenants: Vec<Tenant>,
    people: usize,
    heads: HashMap<Stream, u64>,
}

#[derive(Debug)]
struct Tenant {
    id: AccountId,
    account: Account,
    people: Vec<Human>,
    last: u64,
}

#[derive(Debug)]
struct Human {
    id: UserId,
    user: User,
    devices: Vec<(DeviceId, Device)>,
}

enum Says {
    Account(AccountEvent),
    User(usize, UserEvent),
    Device(usize, usize, DeviceEvent),
}

impl Generator {
    /// A log of `accounts` accounts with about `people` people each.
    pub fn new(seed: u64, accounts: usize, people: usize) -> Self {
        let mut me = Self {
            rng: StdRng::seed_from_u64(seed),
            now: BEGIN,
            tenants: Vec::new(),
            people: people.max(1),
            heads: HashMap::new(),
        };
        for _ in 0..accounts {
            let id = AccountId::from_uuid(me.uuid());
            me.tenants.push(Tenant { id, account: Account::default(), people: Vec::new(), last: 0 });
        }
        me
    }

    /// The accounts, in no order.
    pub fn accounts(&self) -> Vec<AccountId> {
        self.tenants.iter().map(|tenant| tenant.id).collect()
    }

    /// What a person's stream amounts to so far, by the domain's own fold.
    pub fn people(&self, account: AccountId) -> Vec<(UserId, &User)> {
        let tenant = self.tenants.iter().filter(|tenant| tenant.id == account);
        tenant.flat_map(|tenant| tenant.people.iter().map(|human| (human.id, &human.user))).collect()
    }

    /// What a device's stream amounts to so far, by the domain's own fold.
    pub fn devices(&self, account: AccountId) -> Vec<(DeviceId, &Device)> {
        let tenant = self.tenants.iter().filter(|tenant| tenant.id == account);
        let people = tenant.flat_map(|tenant| &tenant.people);
        people.flat_map(|human| human.devices.iter().map(|(id, device)| (*id, device))).collect()
    }

    /// The account's own state so far.
    pub fn account(&self, account: AccountId) -> Option<&Account> {
        self.tenants.iter().find(|tenant| tenant.id == account).map(|tenant| &tenant.account)
    }

    /// Events of about this number, as recorded.
    pub fn recorded(&mut self, events: usize) -> Vec<Recorded> {
        let mut all = Vec::with_capacity(events);
        while all.len() < events {
            all.extend(self.next().recorded());
        }
        all
    }

    /// The next act.
    #[expect(clippy::should_implement_trait, reason = "it never ends")]
    pub fn next(&mut self) -> Happening {
        let unopened = self.tenants.iter().position(|tenant| tenant.account.id().is_none());
        let tenant = unopened.unwrap_or_else(|| self.below(self.tenants.len()));
        loop {
            let says = if unopened.is_some() { self.open(tenant) } else { self.draw(tenant) };
            if !says.is_empty() {
                return self.happen(tenant, says, unopened.is_some());
            }
        }
    }

    fn happen(&mut self, tenant: usize, says: Vec<Says>, opens: bool) -> Happening {
        let account = self.tenants[tenant].id;
        let first = self.tenants[tenant].last + 1;
        let correlation = self.uuid();
        let mut writes: Vec<Write> = Vec::new();
        for says in says {
            let (kind, aggregate, event_type, payload) = match &says {
                Says::Account(event) => {
                    self.tenants[tenant].account.evolve(event);
                    (AggregateKind::Account, account.uuid(), <&str>::from(event), json(event))
                }
                Says::User(human, event) => {
                    let human = &mut self.tenants[tenant].people[*human];
                    human.user.evolve(event);
                    (AggregateKind::User, human.id.uuid(), <&str>::from(event), json(event))
                }
                Says::Device(human, device, event) => {
                    let (id, device) = &mut self.tenants[tenant].people[*human].devices[*device];
                    device.evolve(event);
                    (AggregateKind::Device, id.uuid(), <&str>::from(event), json(event))
                }
            };
            let stream = Stream { kind, id: StreamId { account, aggregate } };
            let metadata = format!(
                r#"{{"actor":"{}","build":"0.1.0","correlation":"{}","event_id":"{}"}}"#,
                UserId::from_uuid(correlation),
                correlation.simple(),
                EventId::from_uuid(self.uuid())
            );
            let event = NewEvent {
                event_type: event_type.to_owned(),
                event_version: twofold_domain::upcast::version_today(event_type).to_owned(),
                payload,
                metadata,
            };
            let head = self.heads.entry(stream).or_default();
            match writes.iter_mut().find(|write| write.stream == stream) {
                Some(write) => write.events.push(event),
                None => writes.push(Write { stream, expected: *head, events: vec![event] }),
            }
            *head += 1;
            self.tenants[tenant].last += 1;
        }
        let at = self.now;
        self.now = self.now + Span::seconds(self.rng.random_range(1..120));
        Happening { account, at, opens, writes, first }
    }

    fn open(&mut self, tenant: usize) -> Vec<Says> {
        let account = self.tenants[tenant].id;
        vec![Says::Account(AccountEvent::AccountOpened {
            account,
            slug: format!("a{}", account.uuid().simple()),
            name: "An account".to_owned(),
            log_origin: "example.org/log".to_owned(),
            signing_key: None,
            clock: ClockKind::Real,
            at: self.now,
        })]
    }

    /// Something that could happen now; nothing if what was drawn could not.
    fn draw(&mut self, tenant: usize) -> Vec<Says> {
        // Once everybody is erased somebody new must come, or nothing would ever happen again.
        let living = self.tenants[tenant].people.iter().filter(|human| !human.user.erased).count();
        if living == 0 || (living < self.people && self.chance(20)) {
            return self.register(tenant);
        }
        let who = self.below(self.tenants[tenant].people.len());
        if self.tenants[tenant].people[who].user.erased {
            return Vec::new();
        }
        match self.below(1_000) {
            0..500 => self.sign_in(tenant, who),
            500..640 => self.use_session(tenant, who),
            640..800 => self.enrol(tenant, who),
            800..860 => self.fail(who),
            860..890 => self.unlock(tenant, who),
            890..915 => self.codes(tenant, who),
            915..930 => self.end_own(tenant, who),
            930..945 => self.reset(tenant, who),
            945..960 => self.lose(tenant, who),
            960..965 => self.erase(tenant, who),
            965..985 => self.reach(tenant, who),
            985..992 => self.policy(tenant),
            _ => self.switch(tenant),
        }
    }

    fn register(&mut self, tenant: usize) -> Vec<Says> {
        let account = self.tenants[tenant].id;
        let user = UserId::from_uuid(self.uuid());
        self.tenants[tenant].people.push(Human { id: user, user: User::default(), devices: Vec::new() });
        let who = self.tenants[tenant].people.len() - 1;
        let role = match self.below(10) {
            0 if who == 0 => Role::Owner,
            0 => Role::Admin,
            1 => Role::Agent,
            2 => Role::Auditor,
            _ => Role::EndUser,
        };
        let (link, verifier, at) = (LinkId::from_uuid(self.uuid()), self.verifier(), self.now);
        let events = [
            UserEvent::UserRegistered {
                account,
                user,
                role,
                name: self.sealed(),
                email: self.sealed(),
                language: "en".to_owned(),
                at,
            },
            UserEvent::LinkIssued {
                link,
                purpose: LinkPurpose::Invitation,
                verifier,
                expires_at: at + Span::days(7),
            },
            UserEvent::LinkRedeemed { link, at },
            UserEvent::EmailVerified { at },
            UserEvent::PasswordSet { verifier: self.verifier(), stands_alone: true, at },
        ];
        events.into_iter().map(|event| Says::User(who, event)).collect()
    }

    fn sign_in(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let now = self.now;
        let mut says = Vec::new();
        let known = self.tenants[tenant].people[who].devices.len();
        let fresh = known == 0 || (known < 4 && self.chance(10));
        let device = if fresh {
            let id = DeviceId::from_uuid(self.uuid());
            self.tenants[tenant].people[who].devices.push((id, Device::default()));
            let account = self.tenants[tenant].id;
            let user = self.tenants[tenant].people[who].id;
            says.push(Says::Device(
                who,
                known,
                DeviceEvent::DeviceRegistered {
                    account,
                    device: id,
                    user,
                    verifier: self.verifier(),
                    origin: self.origin(),
                    at: now,
                },
            ));
            known
        } else {
            self.below(known)
        };
        let origin = self.origin();
        let (sign_in, session) = (SignInId::from_uuid(self.uuid()), SessionId::from_uuid(self.uuid()));
        let verifier = self.verifier();
        let (account, human) = (&self.tenants[tenant].account, &self.tenants[tenant].people[who]);
        let (generation, epoch) = (account.generation, human.user.epoch);
        let enrolled = human.user.enrolled(generation).filter(|_| account.switch == Switch::On);
        let trusted = human.devices[device]
            .1
            .trust
            .is_some_and(|t| t.generation == generation && t.epoch == epoch && now < t.until);
        let factor = enrolled.and_then(|e| e.factors.keys().next().copied());
        let codes = enrolled.and_then(|e| e.codes.as_ref()).map(|c| (c.set, c.left()));
        let locked = human.user.locked_out();
        let ask = enrolled.is_some() && !trusted;
        if ask && (locked || (factor.is_none() && codes.is_none())) {
            if fresh {
                self.tenants[tenant].people[who].devices.pop();
            }
            return Vec::new();
        }
        let decision = if ask { Decision::Challenge } else { Decision::Complete };
        let reason = if ask { Why::Enrolled } else { Why::OptionalNotEnrolled };
        let policy_version = account.policy_version(now);
        says.push(Says::Device(
            who,
            device,
            DeviceEvent::SignInStarted {
                sign_in,
                first_factor: FirstFactor::Password,
                decision,
                reasons: vec![reason],
                generation,
                epoch,
                policy_version,
                expires_at: now + Span::minutes(10),
                origin,
                at: now,
            },
        ));
        let familiarity = if fresh { Familiarity::Stranger } else { Familiarity::Known };
        let purpose = Purpose::SignIn(sign_in);
        let mut method = if trusted { Method::Trust } else { Method::Password };
        if ask {
            let rarely = factor.is_none() || self.chance(5);
            let recovery = codes.filter(|(_, left)| *left > 0 && rarely);
            let event = match (recovery, factor) {
                (Some((set, left)), _) => {
                    method = Method::RecoveryCode;
                    let left = left - 1;
                    UserEvent::RecoveryCodeUsed { set, index: left, left, purpose, familiarity, at: now }
                }
                (None, Some(factor)) => {
                    method = Method::Otp;
                    let step = now.unix_seconds() / 30;
                    UserEvent::OtpAccepted { factor, step, purpose, familiarity, at: now }
                }
                (None, None) => UserEvent::RecoveryCodesLow { left: 0 },
            };
            says.push(Says::User(who, event));
        }
        says.push(Says::Device(who, device, DeviceEvent::SignInCompleted { sign_in, method }));
        says.push(Says::Device(
            who,
            device,
            DeviceEvent::SessionStarted {
                session,
                scope: Scope::Full,
                method,
                verifier,
                generation,
                epoch,
                suspension: None,
                exemption: None,
                client: None,
                idle: Span::hours(8),
                ends_at: now + Span::days(14),
                at: now,
            },
        ));
        if ask && self.chance(30) {
            let until = now + Span::days(30);
            says.push(Says::Device(
                who,
                device,
                DeviceEvent::DeviceTrusted { granted_at: now, until, generation, epoch },
            ));
        }
        says
    }

    fn use_session(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let (now, verifier) = (self.now, self.verifier());
        let ends = self.chance(40);
        let human = &self.tenants[tenant].people[who];
        let found =
            human.devices.iter().enumerate().find_map(|(i, (_, d))| Some((i, *d.sessions.keys().next()?)));
        let Some((device, session)) = found else { return Vec::new() };
        let (generation, epoch) = (self.tenants[tenant].account.generation, human.user.epoch);
        let event = match self.below(6) {
            0 => DeviceEvent::DeviceTokenRotated { verifier, at: now },
            1 => DeviceEvent::SessionSteppedUp {
                session,
                method: Method::Otp,
                verifier,
                generation,
                epoch,
                at: now,
            },
            _ if ends => DeviceEvent::SessionEnded { session, cause: EndCause::SignedOut },
            _ => DeviceEvent::SessionActive { session, at: now },
        };
        vec![Says::Device(who, device, event)]
    }

    fn enrol(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let now = self.now;
        let account = &self.tenants[tenant].account;
        if matches!(account.switch, Switch::Off { .. }) {
            return Vec::new();
        }
        let generation = account.generation;
        let era = account.era(now);
        let user = &self.tenants[tenant].people[who].user;
        let first = user.enrolled(generation).is_none();
        let pending = user.pending.iter().rfind(|p| p.generation == generation).map(|p| p.factor);
        if !first && !self.chance(10) {
            return Vec::new();
        }
        let user = &self.tenants[tenant].people[who].user;
        // Whatever a user does after an account-wide disable stands behind their own reset.
        let mut events = user.decide(&era, UserCommand::ReachReset).unwrap_or_default();
        if let Some(factor) = pending
            && events.is_empty()
            && self.chance(70)
        {
            if first {
                events.push(UserEvent::MailedCodeAccepted { code: MailedCodeId::from_uuid(self.uuid()) });
            }
            events.push(UserEvent::FactorConfirmed {
                factor,
                first: FirstUse::Step(now.unix_seconds() / 30),
                at: now,
            });
            if first {
                let set = CodeSetId::from_uuid(self.uuid());
                events.push(UserEvent::TwoFactorEnabled { generation, at: now });
                events.push(UserEvent::RecoveryCodesGenerated { set, count: 10, verifier: self.verifier() });
            }
        } else {
            let code = MailedCodeId::from_uuid(self.uuid());
            let verifier = self.verifier();
            events.push(UserEvent::MailedCodeIssued {
                code,
                verifier,
                expires_at: now + Span::minutes(10),
                at: now,
            });
            events.push(UserEvent::FactorEnrolmentStarted {
                factor: FactorId::from_uuid(self.uuid()),
                detail: FactorDetail::Totp(totp::Begun {
                    seed: self.verifier(),
                    parameters: OtpParameters::APP,
                }),
                name: self.sealed(),
                generation,
                session: SessionId::from_uuid(self.uuid()),
                at: now,
            });
        }
        events.into_iter().map(|event| Says::User(who, event)).collect()
    }

    fn fail(&mut self, who: usize) -> Vec<Says> {
        let (at, locks) = (self.now, self.chance(10));
        let familiarity = if self.chance(50) { Familiarity::Known } else { Familiarity::Stranger };
        let gate = if self.chance(50) { Gate::Password } else { Gate::SecondFactor };
        let consecutive = 1;
        let event = match gate {
            Gate::Password => UserEvent::PasswordRejected { familiarity, consecutive, retry_at: None, at },
            _ => UserEvent::ProofRejected {
                kind: ProofKind::Otp,
                refusal: Refusal::Wrong,
                factor: None,
                purpose: Purpose::Disable,
                familiarity,
                consecutive,
                retry_at: None,
                at,
            },
        };
        let lock = locks.then_some(UserEvent::LockedOut { gate, familiarity, at });
        [Some(event), lock].into_iter().flatten().map(|event| Says::User(who, event)).collect()
    }

    fn unlock(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let locked = self.tenants[tenant].people[who].user.locked_out();
        if !locked {
            return Vec::new();
        }
        vec![Says::User(who, UserEvent::Unlocked { reason: self.sealed() })]
    }

    fn codes(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let generation = self.tenants[tenant].account.generation;
        if self.tenants[tenant].people[who].user.enrolled(generation).is_none() {
            return Vec::new();
        }
        let (set, verifier) = (CodeSetId::from_uuid(self.uuid()), self.verifier());
        vec![Says::User(who, UserEvent::RecoveryCodesRegenerated { set, count: 10, verifier })]
    }

    fn end_own(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let generation = self.tenants[tenant].account.generation;
        if self.tenants[tenant].people[who].user.enrolled(generation).is_none() {
            return Vec::new();
        }
        vec![Says::User(who, UserEvent::TwoFactorDisabled { at: self.now })]
    }

    fn reset(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let cause = ResetCause::Staff { reason: self.sealed(), compromise: false };
        let effective_at = self.now;
        let mut says = self.reach(tenant, who);
        says.push(Says::User(who, UserEvent::TwoFactorReset { cause, effective_at }));
        says
    }

    fn lose(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let known = self.tenants[tenant].people[who].devices.len();
        if known == 0 {
            return Vec::new();
        }
        let device = self.below(known);
        let (id, state) = &self.tenants[tenant].people[who].devices[device];
        let mut says = vec![Says::User(who, UserEvent::DeviceReportedLost { device: *id })];
        for session in state.sessions.keys() {
            let ended = DeviceEvent::SessionEnded { session: *session, cause: EndCause::DeviceLost };
            says.push(Says::Device(who, device, ended));
        }
        let cause = DistrustCause::DeviceLost;
        says.push(Says::Device(who, device, DeviceEvent::DeviceDistrusted { cause }));
        says
    }

    fn erase(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let mut says = self.reach(tenant, who);
        let values = self.tenants[tenant].people[who].user.sealed_values;
        says.push(Says::User(who, UserEvent::PersonErased { values, at: self.now }));
        says
    }

    fn reach(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let era = self.tenants[tenant].account.era(self.now);
        let owed = self.tenants[tenant].people[who].user.decide(&era, UserCommand::ReachReset);
        owed.unwrap_or_default().into_iter().map(|event| Says::User(who, event)).collect()
    }

    fn uuid(&mut self) -> Uuid {
        uuid::Builder::from_unix_timestamp_millis(self.now.micros() as u64 / 1000, &self.rng.random())
            .into_uuid()
    }

    fn verifier(&mut self) -> VerifierId {
        VerifierId::from_uuid(self.uuid())
    }

    fn sealed<K: Kind>(&mut self) -> Sealed<K> {
        let bytes: [u8; 60] = std::array::from_fn(|_| self.rng.random());
        Sealed::from_bytes(bytes.to_vec())
    }

    fn origin(&mut self) -> Origin {
        Origin { ip: Some(self.sealed()), user_agent: Some(self.sealed()) }
    }

    fn below(&mut self, n: usize) -> usize {
        self.rng.random_range(0..n)
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.rng.random_ratio(percent, 100)
    }
}

fn json(event: &impl Serialize) -> String {
    serde_json::to_string(event).unwrap_or_default()
}
