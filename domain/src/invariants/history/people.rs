//! What the people of the town do.

use super::super::scene::Lever;
use super::*;
use crate::account::OperatorScope;
use crate::device::Over;
use crate::factor::otp::OtpParameters;
use crate::factor::{FactorDetail, FirstUse, totp};
use crate::ids::OperatorGrantId;

impl History {
    /// An account with an enrolled owner, an agent, and an end user, who have passwords.
    pub(crate) fn town(&mut self) {
        let at = self.at;
        let opened = AccountEvent::AccountOpened {
            account: ACCOUNT,
            slug: "lilliput".into(),
            name: "Lilliput".into(),
            log_origin: "log".into(),
            signing_key: None,
            clock: ClockKind::Real,
            at,
        };
        let registered = self.registered(OWNER, Role::Owner);
        self.operator(vec![Event::Account(opened), Event::User(OWNER, registered)]);
        let link = self.issued(LinkPurpose::SetUp);
        let (act, subject) = ("admin_link".into(), Some(OWNER));
        let printed = AccountEvent::OperatorActed { act, subject, grant: None, recovery: None, at };
        self.operator(vec![Event::Account(printed), Event::User(OWNER, link)]);
        self.redeem(OWNER);
        self.enrol(OWNER);
        for (user, role) in [(AGENT, Role::Agent), (ANA, Role::EndUser)] {
            self.register(user, role);
            self.redeem(user);
        }
    }

    fn registered(&self, user: UserId, role: Role) -> UserEvent {
        let (name, email, language) = (sealed(), sealed(), "en".to_owned());
        UserEvent::UserRegistered { account: ACCOUNT, user, role, name, email, language, at: self.at }
    }

    fn issued(&mut self, purpose: LinkPurpose) -> UserEvent {
        let (link, verifier) = (LinkId::from_uuid(self.id()), self.verifier());
        UserEvent::LinkIssued { link, purpose, verifier, expires_at: self.at + Span::days(7) }
    }

    pub(crate) fn register(&mut self, user: UserId, role: Role) {
        self.step_up(OWNER);
        let registered = self.registered(user, role);
        let link = self.issued(LinkPurpose::Invitation);
        self.own(OWNER, vec![Event::User(user, registered), Event::User(user, link)]);
    }

    pub(crate) fn link(&mut self, user: UserId) {
        let grant = OperatorGrantId::from_uuid(self.id());
        let (scopes, reason) = ([OperatorScope::Link].into(), sealed());
        let (at, until) = (self.at, self.at + Span::hours(1));
        self.staff(OWNER, AccountEvent::OperatorGranted { grant, scopes, reason, by: OWNER, until, at });
        let link = self.issued(LinkPurpose::SetUp);
        let (act, subject, grant, at) = ("admin_link".into(), Some(user), Some(grant), self.at);
        let printed = AccountEvent::OperatorActed { act, subject, grant, recovery: None, at };
        self.operator(vec![Event::Account(printed), Event::User(user, link)]);
    }

    /// Somebody becomes the second owner, after the wait.
    pub(crate) fn second_owner(&mut self, user: UserId) {
        self.register(user, Role::Admin);
        self.redeem(user);
        self.ask(GuardedAct::GrantOwner { user }, Some(Span::days(3)));
        self.wait(Span::days(3));
        self.sign_in(OWNER);
        let (approval, at) = (self.approval(), self.at);
        let approved = AccountEvent::ApprovalUsed { approval, approved_by: None, at };
        let promoted = UserEvent::RoleChanged { from: Role::Admin, to: Role::Owner, at };
        self.own(OWNER, vec![Event::Account(approved), Event::User(user, promoted)]);
    }

    pub(crate) fn redeem(&mut self, user: UserId) {
        let (link, verifier, at) = (self.link_of(user), self.verifier(), self.at);
        let redeemed = UserEvent::LinkRedeemed { link, at };
        let set = UserEvent::PasswordSet { verifier, stands_alone: true, at };
        self.door(vec![Event::User(user, redeemed), Event::User(user, set)]);
    }

    pub(crate) fn new_password(&mut self, user: UserId) {
        self.link(user);
        self.redeem(user);
    }

    pub(crate) fn new_password_by_mail(&mut self, user: UserId) {
        let link = self.issued(LinkPurpose::PasswordReset);
        self.door(vec![Event::User(user, link)]);
        self.redeem(user);
    }

    /// A right password: the attempt, and where no second factor is due, the session.
    pub(crate) fn begin_sign_in(&mut self, user: UserId) {
        let (device, at) = (device_of(user), self.at);
        let mut events = vec![];
        if self.scene.device(device).is_none() {
            let verifier = self.verifier();
            events.push(DeviceEvent::DeviceRegistered {
                account: ACCOUNT,
                device,
                user,
                verifier,
                origin: ORIGIN,
                at,
            });
        }
        let on = self.scene.account.lever == Lever::On;
        let exempt = self.scene.person(user).is_some_and(|p| p.exempt(at).is_some());
        let asked = on && self.enrolled(user) && !exempt && !self.scene.trusted(device, at);
        let decision = if asked { Decision::Challenge } else { Decision::Complete };
        let (generation, epoch) = self.scene.in_force(Some(user));
        let sign_in = SignInId::from_uuid(self.id());
        events.push(DeviceEvent::SignInStarted {
            sign_in,
            first_factor: FirstFactor::Password,
            decision,
            reasons: vec![],
            generation,
            epoch,
            policy_version: self.scene.account.policy_version,
            expires_at: at + Span::minutes(10),
            origin: ORIGIN,
            at,
        });
        if !asked {
            let trusted = self.scene.trusted(device, at);
            let method = if trusted { Method::Trust } else { Method::Password };
            events.push(DeviceEvent::SignInCompleted { sign_in, method });
            events.push(self.started(user, method));
        }
        self.door(events.into_iter().map(|event| Event::Device(device, event)).collect());
    }

    fn started(&mut self, user: UserId, method: Method) -> DeviceEvent {
        let (generation, epoch) = self.scene.in_force(Some(user));
        DeviceEvent::SessionStarted {
            session: SessionId::from_uuid(self.id()),
            scope: Scope::Full,
            method,
            verifier: self.verifier(),
            generation,
            epoch,
            suspension: self.scene.account.suspension(),
            exemption: self.scene.person(user).and_then(|p| p.exempt(self.at)),
            client: None,
            idle: Span::hours(8),
            ends_at: self.at + Span::days(14),
            at: self.at,
        }
    }

    fn otp(&mut self, user: UserId, purpose: Purpose) -> Event {
        self.step += 1;
        let (factor, step, at) = (self.factor(user), self.step, self.at);
        Event::User(user, UserEvent::OtpAccepted { factor, step, purpose, familiarity: STRANGER, at })
    }

    /// Answers the latest challenge with a fresh code.
    pub(crate) fn answer(&mut self, user: UserId) {
        let (sign_in, _) = self.attempt(user);
        let proof = self.otp(user, Purpose::SignIn(sign_in));
        self.answer_with(user, proof, Method::Otp, None);
    }

    /// Shows a code to the latest attempt, which is over.
    pub(crate) fn late(&mut self, user: UserId, over: Over) {
        let (sign_in, at) = (self.attempt(user).0, self.at);
        self.door(vec![Event::Device(device_of(user), DeviceEvent::ProofCameLate { sign_in, over, at })]);
    }

    fn answer_with(&mut self, user: UserId, proof: Event, method: Method, trust: Option<i64>) {
        let (device, (sign_in, _)) = (device_of(user), self.attempt(user));
        let mut events = vec![proof, Event::Device(device, DeviceEvent::SignInCompleted { sign_in, method })];
        events.push(Event::Device(device, self.started(user, method)));
        if let Some(days) = trust {
            events.push(Event::Device(device, self.trusted(user, days)));
        }
        self.door(events);
    }

    fn trusted(&self, user: UserId, days: i64) -> DeviceEvent {
        let (generation, epoch) = self.scene.in_force(Some(user));
        DeviceEvent::DeviceTrusted {
            granted_at: self.at,
            until: self.at + Span::days(days),
            generation,
            epoch,
        }
    }

    /// Signs in as people do, with a code where one is asked.
    pub(crate) fn sign_in(&mut self, user: UserId) {
        self.begin_sign_in(user);
        if self.attempt(user).1 == Decision::Challenge {
            self.answer(user);
        }
    }

    pub(crate) fn sign_in_by_code(&mut self, user: UserId, index: u8) {
        self.begin_sign_in(user);
        let purpose = Purpose::SignIn(self.attempt(user).0);
        let (set, at) = (self.codes(user), self.at);
        let spent =
            UserEvent::RecoveryCodeUsed { set, index, left: 9 - index, purpose, familiarity: STRANGER, at };
        self.answer_with(user, Event::User(user, spent), Method::RecoveryCode, None);
    }

    /// Signs in and has the device trusted.
    pub(crate) fn trust(&mut self, user: UserId, days: i64) {
        self.begin_sign_in(user);
        let proof = self.otp(user, Purpose::SignIn(self.attempt(user).0));
        self.answer_with(user, proof, Method::Otp, Some(days));
    }

    /// A device says that it is trusted, out of nothing.
    pub(crate) fn door_trust(&mut self, user: UserId, days: i64) {
        let trusted = self.trusted(user, days);
        self.door(vec![Event::Device(device_of(user), trusted)]);
    }

    pub(crate) fn sign_out(&mut self, user: UserId) {
        let session = self.session(user);
        self.device_act(user, DeviceEvent::SessionEnded { session, cause: EndCause::SignedOut });
    }

    /// Shows a second factor in the latest session, where its person has one.
    pub(crate) fn step_up(&mut self, user: UserId) {
        if self.enrolled(user) {
            let session = self.session(user);
            let proof = self.otp(user, Purpose::StepUp(session));
            self.raise(user, vec![proof]);
        }
    }

    fn raise(&mut self, user: UserId, proofs: Vec<Event>) {
        let (session, device, verifier) = (self.session(user), device_of(user), self.verifier());
        let enabling = proofs.iter().any(|event| event.name() == "TwoFactorEnabled");
        let (generation, epoch) = self.scene.in_force(Some(user));
        let raised = DeviceEvent::SessionSteppedUp {
            session,
            method: Method::Otp,
            verifier,
            generation,
            epoch: epoch + u32::from(enabling),
            at: self.at,
        };
        let events = proofs.into_iter().chain([Event::Device(device, raised)]).collect();
        self.own(user, events);
    }

    pub(crate) fn begin_binding(&mut self, user: UserId) {
        let (at, code) = (self.at, MailedCodeId::from_uuid(self.id()));
        let mailed = UserEvent::MailedCodeIssued {
            code,
            verifier: self.verifier(),
            expires_at: at + Span::minutes(10),
            at,
        };
        let begun = UserEvent::FactorEnrolmentStarted {
            factor: FactorId::from_uuid(self.id()),
            detail: FactorDetail::Totp(totp::Begun { seed: self.verifier(), parameters: OtpParameters::APP }),
            name: sealed(),
            generation: self.scene.account.generation,
            session: self.session(user),
            at,
        };
        self.own(user, vec![Event::User(user, mailed), Event::User(user, begun)]);
    }

    pub(crate) fn confirm(&mut self, user: UserId) {
        let code = self.mailed(user);
        self.confirm_with(user, UserEvent::MailedCodeAccepted { code });
    }

    /// Confirms the binding under way with what vouches for it.
    pub(crate) fn confirm_with(&mut self, user: UserId, voucher: UserEvent) {
        self.step += 1;
        let (step, at, generation) = (self.step, self.at, self.scene.account.generation);
        let factor = self.factor(user);
        let (set, verifier) = (CodeSetId::from_uuid(self.id()), self.verifier());
        let events = [
            voucher,
            UserEvent::FactorConfirmed { factor, first: FirstUse::Step(step), at },
            UserEvent::TwoFactorEnabled { generation, at },
            UserEvent::RecoveryCodesGenerated { set, count: 10, verifier },
        ];
        self.raise(user, events.into_iter().map(|event| Event::User(user, event)).collect());
    }

    /// Signs in and binds a first factor.
    pub(crate) fn enrol(&mut self, user: UserId) {
        self.sign_in(user);
        self.begin_binding(user);
        self.confirm(user);
    }

    pub(crate) fn erase(&mut self, by: UserId, user: UserId) {
        let at = self.at;
        self.staff_to(by, user, UserEvent::PersonErased { values: 2, at });
        let erased = self.last();
        erased.recorded_at = erased.recorded_at.max(at);
    }

    pub(crate) fn disable(&mut self) {
        self.step_up(OWNER);
        let enrolled = self.scene.enrolled_in(self.scene.account.generation);
        let disabled = AccountEvent::AccountTwoFactorDisabled {
            generation: self.scene.account.generation + 1,
            people: enrolled.len() as u64,
            digest: digest(&enrolled),
            reason: None,
            at: self.at,
        };
        self.own(OWNER, vec![Event::Account(disabled)]);
    }

    /// The town after a disable, with the owner back in.
    pub(crate) fn disabled(&mut self) {
        self.town();
        self.disable();
        self.reach(OWNER);
        self.sign_in(OWNER);
    }

    pub(crate) fn reach(&mut self, user: UserId) {
        let generation = self.scene.account.generation;
        let cause = ResetCause::AccountDisabled { generation };
        let reset = UserEvent::TwoFactorReset { cause, effective_at: self.disabled_at() };
        self.system(vec![Event::User(user, reset)]);
    }

    pub(crate) fn enable(&mut self) {
        self.reach(OWNER);
        self.sign_in(OWNER);
        let generation = self.scene.account.generation;
        let enabled = AccountEvent::AccountTwoFactorEnabled { generation, at: self.at };
        self.own(OWNER, vec![Event::Account(enabled)]);
    }

    pub(crate) fn close_fan_out(&mut self) {
        let generation = self.scene.account.generation;
        let Some(disable) = self.scene.account.disables.get(&generation) else { panic!("no disable") };
        let (people, digest) = (disable.people.len() as u64, digest(&disable.people));
        let closed = AccountEvent::ResetFanOutCompleted { generation, people, digest };
        self.system(vec![Event::Account(closed)]);
    }
}
