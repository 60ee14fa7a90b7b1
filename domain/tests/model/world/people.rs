//! What people and thieves do: sign in, and act in sessions.

use super::*;

impl World {
    pub(super) fn set_password(&mut self, who: usize) {
        let (link, verifier, at) = (LinkId::from_uuid(self.id()), self.verifier(), self.now());
        let expires_at = at + Span::days(1);
        let purpose = LinkPurpose::Invitation;
        let issue = UserCommand::IssueLink { link, purpose, verifier, expires_at };
        let redeem =
            UserCommand::RedeemLink { link, password: verifier, stands_alone: true, address: None, at };
        self.log.turn(By::Person(CHIEF), None);
        let issued = self.tell_user(who, issue);
        self.log.turn(By::Nobody, None);
        let set = issued.and_then(|_| self.tell_user(who, redeem));
        assert_eq!(set.is_ok(), !self.ledger.people[who].erased);
        if set.is_ok() {
            self.ledger.credentials_changed(who, None);
        }
    }

    /// Whatever is recorded from here on is done in a session.
    pub(super) fn enter(&mut self, (session, machine): (SessionId, usize)) {
        self.log.turn(By::Person(self.ids[self.machines[machine].who]), Some(session));
    }

    pub(super) fn forsake(&mut self, machine: usize, why: Forsaken) {
        self.tell_device(machine, DeviceCommand::Forsake(why));
        self.slots.retain(|_, m| *m != machine);
        let device = &self.machines[machine].stream.state;
        assert!(device.sessions.is_empty() && device.trust.is_none() && device.token.is_none());
        self.ledger.attempts.values_mut().filter(|a| a.machine == machine).for_each(|a| a.gone = true);
    }

    /// The browser in a slot if it is recognised, or a new one.
    fn browser(&mut self, who: usize, slot: usize, token: TokenVerdict) -> (usize, TokenVerdict) {
        let new = self.machines.len();
        let Some(&machine) = self.slots.get(&(who, slot)) else { return (new, TokenVerdict::Unknown) };
        let device = &self.machines[machine].stream.state;
        let token = match token {
            TokenVerdict::Previous(_) => {
                let previous = device.token.and_then(|token| token.previous().next());
                previous.map_or(TokenVerdict::Unknown, |old| TokenVerdict::Previous(old.verifier))
            }
            as_shown => as_shown,
        };
        match recognise(&self.people[who].state, device, token, self.now()) {
            Recognition::Recognised => (machine, token),
            Recognition::Foreign => (new, token),
            Recognition::Replayed => {
                self.forsake(machine, Forsaken::Replayed);
                (new, token)
            }
        }
    }

    /// What a right password must lead to.
    fn expected(&self, who: usize, machine: usize) -> Decision {
        let enrolled = !self.ledger.people[who].factors.is_empty();
        match self.ledger.lever {
            Lever::Off | Lever::Suspended => Decision::Complete,
            Lever::On if !enrolled && self.ledger.must_enrol(who) => Decision::Enrol,
            Lever::On if !enrolled || self.ledger.trusted(machine) => Decision::Complete,
            Lever::On => Decision::Challenge,
        }
    }

    pub(super) fn begin(&mut self, who: usize, slot: usize, right: bool, token: TokenVerdict) {
        self.log.turn(By::Nobody, None);
        let (machine, token) = self.browser(who, slot, token);
        let at = self.now();
        let (sign_in, session) = (SignInId::from_uuid(self.id()), SessionId::from_uuid(self.id()));
        let new_device = DeviceId::from_uuid(self.id());
        let begin = Begin {
            first: twofold_domain::sign_in::FirstShown::Password { matched: right },
            token,
            new_device,
            device_token: self.verifier(),
            retold: false,
            sign_in,
            session,
            session_token: self.verifier(),
            rehash: None,
            origin: Origin { ip: None, user_agent: None },
            at,
        };
        let empty = Device::default();
        let device = self.machines.get(machine).map_or(&empty, |m| &m.stream.state);
        let steps = match begin.decide(&self.account.state, &self.people[who].state, device) {
            Ok(steps) => steps,
            Err(SignInError::User(UserError::Locked { gate: Gate::Password, .. })) => return,
            Err(SignInError::User(UserError::Erased)) => {
                return assert!(self.ledger.people[who].erased);
            }
            Err(other) => panic!("a password on a recognised or new device: {other}"),
        };
        if !right || self.ledger.people[who].demanded {
            assert!(steps.device.is_empty(), "a wrong password left a trace on a device");
            assert!(matches!(steps.came_to, Begun::Refused(r) if r.gate == Gate::Password));
            return self.record_user(who, &steps.user);
        }
        if machine == self.machines.len() {
            self.machines.push(Machine { id: new_device, who, stream: Stream::default() });
            self.slots.insert((who, slot), machine);
        }
        let expected = self.expected(who, machine);
        let Begun::Decided(course) = self.record(who, machine, steps) else { panic!("a right password") };
        assert_eq!(course.decision, expected, "{:?}", course.reasons);
        remember(&mut self.attempts, (sign_in, machine));
        let challenged = course.decision == Decision::Challenge;
        self.ledger.attempts.insert(sign_in, AttemptBook { who, machine, opened: at, gone: !challenged });
        let open = self.ledger.attempts.iter_mut().filter(|(_, a)| a.machine == machine && !a.gone);
        let mut open: Vec<_> = open.collect();
        if let [(_, oldest), rest @ ..] = &mut open[..]
            && rest.len() >= 16
        {
            oldest.gone = true;
        }
        if !challenged {
            let basis = if self.ledger.lever == Lever::On && self.ledger.trusted(machine) {
                Basis::Trust
            } else {
                Basis::Password
            };
            self.open_session(session, machine, basis, course.decision == Decision::Enrol);
        }
    }

    fn open_session(&mut self, id: SessionId, machine: usize, basis: Basis, for_enrolment: bool) {
        let (who, now) = (self.machines[machine].who, self.now());
        let policy = &self.ledger.policies[who];
        let asked_but_for_it = !self.ledger.people[who].factors.is_empty() || self.ledger.must_enrol(who);
        let suspended = self.ledger.lever == Lever::Suspended;
        let Some(stored) = self.machines[machine].stream.state.sessions.get(&id) else { panic!("a session") };
        assert_eq!(stored.scope == Scope::Enrolment, for_enrolment);
        assert_eq!(stored.assurance() == 2, basis == Basis::Factor, "assurance without a second factor");
        let book = SessionBook {
            who,
            basis,
            for_enrolment,
            spared: suspended && basis == Basis::Password && asked_but_for_it,
            gone: false,
            started: now,
            active: now,
            proved: (basis == Basis::Factor).then_some(now),
            idle: Span::minutes(i64::from(policy.idle_minutes)),
            ends: stored.ends_at,
        };
        remember(&mut self.sessions, (id, machine));
        self.ledger.sessions.insert(id, book);
    }

    /// What a verifier would say, and whether the ledger holds it good. Any factor ever made may be
    /// shown, so that old ones are tried as well.
    fn weigh(&self, who: usize, proof: Proof) -> (Verdict, bool) {
        let step = self.now().unix_seconds() / 30;
        match proof {
            Proof::Otp { factor, age } => match back(&self.factors, factor) {
                None => (Verdict::Mismatch(ProofKind::Otp), false),
                Some(factor) if age > 2 => (Verdict::Expired { factor }, false),
                Some(factor) => {
                    let step = step - age;
                    (Verdict::Otp { factor, step, drift: 0 }, self.ledger.otp_is_good(who, factor, step))
                }
            },
            Proof::Recovery(index) => (Verdict::Recovery { index }, self.ledger.recovery_is_good(who, index)),
            Proof::Wrong => (Verdict::Mismatch(ProofKind::Otp), false),
        }
    }

    pub(super) fn finish(&mut self, sign_in: SignInId, machine: usize, proof: Proof, trust: bool) {
        self.log.turn(By::Nobody, None);
        let who = self.machines[machine].who;
        let (verdict, good) = self.weigh(who, proof);
        let open = self.ledger.attempts.get(&sign_in).is_some_and(|a| self.ledger.open(a));
        let session = SessionId::from_uuid(self.id());
        let (session_token, at) = (self.verifier(), self.now());
        let token = TokenVerdict::Current;
        let finish = Finish { sign_in, verdict, token, session, session_token, trust, at };
        let device = &self.machines[machine].stream.state;
        let steps = match finish.decide(&self.account.state, &self.people[who].state, device) {
            Ok(steps) => steps,
            Err(SignInError::User(UserError::Locked { gate: Gate::SecondFactor, .. })) => return,
            Err(SignInError::TrustNotOffered) => {
                return assert_eq!((trust, self.ledger.policies[who].trust_days), (true, 0));
            }
            Err(refused) => {
                assert!(!open, "an open challenge was refused: {refused}");
                let user = &self.people[who].state;
                let late = shown_late(&self.account.state, user, device, sign_in, token, at);
                return self.record_device(machine, late.as_slice());
            }
        };
        assert!(open, "a challenge that is over took a proof");
        let came_to = self.record(who, machine, steps);
        assert_eq!(matches!(came_to, Answer::Accepted(_)), good, "{verdict:?} came to {came_to:?}");
        if good {
            if let Some(attempt) = self.ledger.attempts.get_mut(&sign_in) {
                attempt.gone = true;
            }
            self.open_session(session, machine, Basis::Factor, false);
            if trust {
                let days = self.ledger.policies[who].trust_days;
                self.ledger.trusts.insert(machine, TrustBook { who, granted: at, days });
            }
        }
    }

    /// Does something in a session, whichever was picked, if it is good; the ledger knows whether.
    pub(super) fn in_session(&mut self, pick: u8, act: impl FnOnce(&mut Self, (SessionId, usize))) {
        if let Some(picked) = back(&self.sessions, pick)
            && self.ledger.sessions.get(&picked.0).is_some_and(|s| self.ledger.alive(s))
        {
            act(self, picked);
        }
    }

    fn ask<T>(
        &self,
        (session, machine): (SessionId, usize),
        act: impl FnOnce(&SignedIn<'_>) -> Result<T, SignInError>,
    ) -> Result<T, SignInError> {
        let machine = &self.machines[machine];
        let (account, user) = (&self.account.state, &self.people[machine.who].state);
        act(&SignedIn::recall(account, user, &machine.stream.state, session, self.now())?)
    }

    /// The person of a session, whether its second factor is fresh, and whether it is for enrolment.
    fn of(&self, session: (SessionId, usize)) -> (usize, bool, bool) {
        let book = &self.ledger.sessions[&session.0];
        (book.who, self.ledger.fresh(book), book.for_enrolment)
    }

    fn raise(&mut self, session: SessionId) {
        let now = self.now();
        if let Some(book) = self.ledger.sessions.get_mut(&session) {
            book.basis = Basis::Factor;
            book.for_enrolment = false;
            book.spared = false;
            book.active = now;
            book.proved = Some(now);
        }
    }

    pub(super) fn touch(&mut self, session: (SessionId, usize)) {
        self.enter(session);
        let touched = self.ask(session, |me| {
            assert!(me.permit(Deed::ReadOwn).is_ok(), "whoever is signed in sees what is theirs");
            me.touch()
        });
        let Ok(events) = touched else { panic!("a good session is used") };
        self.record_device(session.1, &events);
    }

    pub(super) fn step_up(&mut self, session: (SessionId, usize), proof: Proof) {
        self.enter(session);
        let (who, _, for_enrolment) = self.of(session);
        let (verdict, good) = self.weigh(who, proof);
        let token = self.verifier();
        let Ok(steps) = self.ask(session, |me| me.step_up(verdict, token)) else { return };
        assert!(!for_enrolment, "a session for enrolment was raised by a proof");
        let came_to = self.record(who, session.1, steps);
        assert_eq!(matches!(came_to, Answer::Accepted(_)), good);
        if good {
            self.raise(session.0);
        }
    }

    pub(super) fn start(&mut self, session: (SessionId, usize)) {
        self.enter(session);
        let (who, fresh, _) = self.of(session);
        let factor = FactorId::from_uuid(self.id());
        let new = NewFactor {
            factor,
            detail: FactorDetail::Totp(totp::Begun { seed: self.verifier(), parameters: OtpParameters::APP }),
            name: sealed(),
            session: session.0,
        };
        let code = MailedCodeId::from_uuid(self.id());
        let mail = NewMailedCode { code, verifier: self.verifier() };
        let text = NewSmsCode { code: SmsCodeId::from_uuid(self.id()), verifier: self.verifier() };
        let Ok(steps) = self.ask(session, |me| me.start_enrolment(new, mail, text)) else { return };
        let first = self.ledger.people[who].factors.is_empty();
        assert!(first || fresh, "a further factor was begun without a fresh proof");
        assert_ne!(self.ledger.lever, Lever::Off, "somebody enrolled while the switch was off");
        assert!(!self.ledger.people[who].ticket, "somebody enrolled without the ticket");
        self.record(who, session.1, steps);
        self.factors.push(factor);
        self.ledger.people[who].pending.insert(session.0, factor);
    }

    pub(super) fn resend(&mut self, session: (SessionId, usize)) {
        self.enter(session);
        let (who, ..) = self.of(session);
        let mail = NewMailedCode { code: MailedCodeId::from_uuid(self.id()), verifier: self.verifier() };
        if let Ok(steps) = self.ask(session, |me| me.mail_code(mail)) {
            self.record(who, session.1, steps);
        }
    }

    pub(super) fn confirm(&mut self, session: (SessionId, usize), mail: Mail, age: Option<u64>) {
        self.enter(session);
        let (who, fresh, _) = self.of(session);
        let Some(factor) = back(&self.factors, 0) else { return };
        let step = self.now().unix_seconds() / 30;
        let verdict = age.map_or(Verdict::Mismatch(ProofKind::Otp), |age| Verdict::Otp {
            factor,
            step: step - age,
            drift: 0,
        });
        let shown = match mail {
            Mail::None => None,
            Mail::Wrong => Some(MailedVerdict::Mismatch),
            Mail::Mailed { pick } => back(&self.mails, pick).map(MailedVerdict::Match),
        };
        let codes = NewCodes { set: CodeSetId::from_uuid(self.id()), count: 10, verifier: self.verifier() };
        let token = self.verifier();
        let asked = self
            .ask(session, |me| me.confirm_factor(factor, verdict, shown.map(Warrant::Mailed), codes, token));
        let Ok(steps) = asked else { return };
        let first = self.ledger.people[who].factors.is_empty();
        let under_way = self.ledger.people[who].pending.get(&session.0) == Some(&factor);
        let mailed = match shown {
            Some(MailedVerdict::Match(code)) => {
                let sent = self.ledger.people[who].mails.get(&code);
                sent.is_some_and(|at| self.now() < *at + Span::minutes(10))
            }
            _ => false,
        };
        if self.record(who, session.1, steps) != Answer::Accepted(Method::Otp) {
            return;
        }
        assert!(under_way, "a binding that was not under way was confirmed");
        assert!(if first { mailed } else { fresh }, "a factor was bound on a password alone");
        assert_ne!(self.ledger.lever, Lever::Off);
        if first {
            self.ledger.people[who].codes = Some(codes.set);
            self.ledger.people[who].mails.clear();
            self.ledger.credentials_changed(who, Some(session.0));
            self.ledger.people[who].pending.clear();
        }
        self.ledger.people[who].factors.insert(factor);
        self.ledger.people[who].pending.remove(&session.0);
        self.raise(session.0);
    }

    pub(super) fn regenerate(&mut self, session: (SessionId, usize)) {
        self.enter(session);
        let (who, fresh, _) = self.of(session);
        let codes = NewCodes { set: CodeSetId::from_uuid(self.id()), count: 10, verifier: self.verifier() };
        let Ok(steps) = self.ask(session, |me| me.regenerate_codes(codes)) else { return };
        assert!(fresh && !self.ledger.people[who].factors.is_empty());
        self.record(who, session.1, steps);
        self.ledger.people[who].codes = Some(codes.set);
    }

    pub(super) fn remove(&mut self, session: (SessionId, usize), factor: u8) {
        self.enter(session);
        let (who, fresh, _) = self.of(session);
        let Some(factor) = back(&self.factors, factor) else { return };
        let token = self.verifier();
        let Ok(steps) = self.ask(session, |me| me.remove_factor(factor, token)) else { return };
        assert!(fresh && self.ledger.people[who].factors.len() > 1);
        self.record(who, session.1, steps);
        assert!(self.ledger.people[who].factors.remove(&factor));
        self.ledger.credentials_changed(who, Some(session.0));
        let now = self.now();
        if let Some(book) = self.ledger.sessions.get_mut(&session.0) {
            book.active = now;
        }
    }

    pub(super) fn disable_own(&mut self, session: (SessionId, usize), password: bool, proof: Proof) {
        self.enter(session);
        let (who, ..) = self.of(session);
        let (verdict, good) = self.weigh(who, proof);
        let token = self.verifier();
        let Ok(steps) = self.ask(session, |me| me.disable_own(password, verdict, token)) else { return };
        let came_to = self.record(who, session.1, steps);
        assert!(!self.ledger.people[who].demanded, "a session of a password that opens nothing");
        assert_eq!(matches!(came_to, Answer::Accepted(_)), password && good);
        if password && good {
            assert!(!self.ledger.policies[who].required, "switched off what the policy requires");
            self.ledger.lose_factor(who);
            self.ledger.credentials_changed(who, Some(session.0));
            self.raise(session.0);
        }
    }
}
