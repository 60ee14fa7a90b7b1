//! Before a session: passwords, second factors, links, and ways back in.

use twofold_domain::device::{Decision, Origin, TokenVerdict};
use twofold_domain::factor::Held;
use twofold_domain::factor::sms::NewSmsCode;
use twofold_domain::factor::token::Pace;
use twofold_domain::ids::{MailedCodeId, RecoveryId, SmsCodeId};
use twofold_domain::owners::Owners;
use twofold_domain::proof::{MailedVerdict, Verdict};
use twofold_domain::sign_in::{
    Begin, Begun, Finish, FirstShown, Plead, Recognition, SignInError, Steps, TextAtSignIn, own_way,
    recognise, shown_late,
};
use twofold_domain::user::{
    AddressCommand, FreezeCommand, NewMailedCode, PeopleCommand, ProofKind, Purpose, RecoveryCommand, Rehash,
};

use super::*;

impl Town {
    /// Shows a password. Returns the attempt, and what it came to.
    fn begin(&mut self, who: usize, slot: usize, matched: bool) -> Option<(SignInId, usize, Decision)> {
        let at = self.now;
        let new = self.machines.len();
        let known = self.slots.get(&(who, slot)).copied().filter(|machine| {
            let device = &self.machines[*machine].stream.state;
            recognise(self.state(who), device, TokenVerdict::Current, at) == Recognition::Recognised
        });
        let machine = known.unwrap_or(new);
        let (sign_in, session) = (SignInId::from_uuid(self.uuid()), SessionId::from_uuid(self.uuid()));
        let new_device = DeviceId::from_uuid(self.uuid());
        let begin = Begin {
            first: FirstShown::Password { matched },
            token: if known.is_some() { TokenVerdict::Current } else { TokenVerdict::Unknown },
            new_device,
            device_token: self.verifier(),
            retold: false,
            sign_in,
            session,
            session_token: self.verifier(),
            rehash: Some(Rehash { verifier: self.verifier(), stands_alone: true }),
            origin: Origin { ip: None, user_agent: None },
            at,
        };
        let empty = Device::default();
        let device = self.machines.get(machine).map_or(&empty, |machine| &machine.stream.state);
        let steps = begin.decide(&self.account.state, self.state(who), device).ok()?;
        self.log.turn(By::Nobody, None);
        if steps.device.is_empty() {
            for event in steps.user {
                self.record(who, Event::User(self.ids[who], event));
            }
            return None;
        }
        if machine == new {
            self.machines.push(Machine { id: new_device, who, stream: Stream::default() });
            self.slots.insert((who, slot), machine);
        }
        let Begun::Decided(course) = self.record_steps(machine, steps) else { return None };
        remember(&mut self.attempts, (sign_in, machine));
        Some((sign_in, machine, course.decision))
    }

    /// Answers a challenge.
    fn finish(&mut self, sign_in: SignInId, machine: usize, verdict: Verdict, trust: bool) {
        let (session, session_token) = (SessionId::from_uuid(self.uuid()), self.verifier());
        let token = TokenVerdict::Current;
        let finish = |trust| Finish { sign_in, verdict, token, session, session_token, trust, at: self.now };
        let Machine { who, stream, .. } = &self.machines[machine];
        let decide = |trust| finish(trust).decide(&self.account.state, self.state(*who), &stream.state);
        let steps = match decide(trust) {
            Err(SignInError::TrustNotOffered) => decide(false),
            other => other,
        };
        let steps = if let Ok(Steps { user, device, .. }) = steps {
            Steps { user, device, came_to: () }
        } else {
            let user = self.state(*who);
            let late = shown_late(&self.account.state, user, &stream.state, sign_in, token, self.now);
            Steps { user: vec![], device: late.into_iter().collect(), came_to: () }
        };
        self.log.turn(By::Nobody, None);
        self.record_steps(machine, steps);
    }

    /// Signs in as people do: with the right password and, where asked, a good second factor.
    pub(super) fn come_in(&mut self, who: usize, slot: usize, pick: u8) {
        self.wait(Span::seconds(30));
        let Some((sign_in, machine, Decision::Challenge)) = self.begin(who, slot, true) else { return };
        let purpose = Purpose::SignIn(sign_in);
        if let Some(verdict) = self.good_proof(who, machine, purpose, pick) {
            self.finish(sign_in, machine, verdict, !pick.is_multiple_of(3));
        }
    }

    pub(super) fn guess_password(&mut self, who: usize) {
        self.wait(Span::hours(1));
        self.begin(who, 3, false);
    }

    pub(super) fn guess_factor(&mut self, who: usize, pick: u8) {
        self.wait(Span::hours(1));
        if let Some((sign_in, machine, Decision::Challenge)) = self.begin(who, 0, true) {
            let verdict = self.stolen_proof(pick);
            self.finish(sign_in, machine, verdict, true);
        }
    }

    /// Something that was good once, or somewhere else, or never.
    pub(super) fn stolen_proof(&self, pick: u8) -> Verdict {
        let n = pick / 8;
        let step = self.now.unix_seconds() / 30;
        match pick % 8 {
            0 => Verdict::Mismatch(ProofKind::Otp),
            1 => Verdict::Recovery { index: n % 12 },
            2 => back(&self.factors, n).map_or(Verdict::Mismatch(ProofKind::Otp), |factor| Verdict::Otp {
                factor,
                step: step - u64::from(n % 2),
                drift: 0,
            }),
            3 | 4 => back(&self.challenges, n).map_or(
                Verdict::Mismatch(ProofKind::Assertion),
                |(factor, challenge, made)| Verdict::Assertion {
                    factor,
                    challenge,
                    made,
                    sign_count: u32::from(n),
                    user_verified: true,
                },
            ),
            5 => {
                let codes = self.people.iter().flat_map(|person| {
                    let newest = self.attempts.last().map(|(sign_in, _)| Purpose::SignIn(*sign_in));
                    newest.into_iter().flat_map(|purpose| person.state.sms_codes(purpose))
                });
                let code = codes.last().map(|code| Verdict::Sms { code: code.code });
                code.unwrap_or(Verdict::Mismatch(ProofKind::SmsCode))
            }
            _ => {
                let grants = self.people.iter().flat_map(|person| {
                    let open = person.state.grant.map(|grant| grant.recovery);
                    open.into_iter().chain(person.state.spent_grant.map(|spent| spent.recovery))
                });
                let grant = grants.last().map(|recovery| Verdict::Grant { recovery });
                grant.unwrap_or(Verdict::Mismatch(ProofKind::RecoveryGrant))
            }
        }
    }

    /// What somebody has in hand: one of their factors, or a recovery code.
    pub(super) fn good_proof(
        &mut self,
        who: usize,
        machine: usize,
        purpose: Purpose,
        pick: u8,
    ) -> Option<Verdict> {
        let account = &self.account.state;
        let enrolled = self.state(who).enrolled_at(account.generation, self.now)?;
        let policy = account.policy(self.role(who).audience(), self.now);
        let asked = enrolled.asked(policy);
        let left =
            enrolled.codes.as_ref().and_then(|codes| (0..codes.count).find(|n| !codes.used.contains(n)));
        if pick % 8 == 7
            && let Some(index) = left
        {
            return Some(Verdict::Recovery { index });
        }
        let (factor, held) = asked.get(usize::from(pick) % asked.len().max(1))?;
        let (factor, held) = (*factor, held.held.clone());
        Some(match held {
            Held::Totp(held) => {
                // Some authenticators run a little ahead.
                let drift = if pick % 16 == 5 { 1 } else { held.drift };
                Verdict::Otp { factor, step: self.now.unix_seconds() / 30, drift }
            }
            Held::Token(held) => match held.pace {
                Pace::Clock { period, drift, .. } => {
                    Verdict::Otp { factor, step: self.now.unix_seconds() / u64::from(period), drift }
                }
                Pace::Counter { next } => Verdict::Otp { factor, step: next + u64::from(pick % 3), drift: 0 },
            },
            Held::Sms(_) => {
                self.wait(Span::minutes(2));
                let code = self.text(who, machine, factor, purpose)?;
                Verdict::Sms { code }
            }
            Held::Webauthn(_) => self.assertion(factor),
        })
    }

    fn text(&mut self, who: usize, machine: usize, factor: FactorId, purpose: Purpose) -> Option<SmsCodeId> {
        let texted = NewSmsCode { code: SmsCodeId::from_uuid(self.uuid()), verifier: self.verifier() };
        let device = &self.machines[machine].stream.state;
        let (account, user, at) = (&self.account.state, self.state(who), self.now);
        let steps = match purpose {
            Purpose::SignIn(sign_in) => {
                let token = TokenVerdict::Current;
                let steps = TextAtSignIn { sign_in, factor, texted, token, at }.decide(account, user, device);
                self.log.turn(By::Nobody, None);
                steps.ok()?
            }
            Purpose::Thaw(_) => {
                let link = *user.links.iter().find(|(_, open)| open.purpose == LinkPurpose::WayBack)?.0;
                let command = UserCommand::Freeze(FreezeCommand::Text { link, factor, texted, at });
                let user = user.decide(&account.era(at), command).ok()?;
                self.log.turn(By::Nobody, None);
                Steps { user, device: vec![], came_to: () }
            }
            Purpose::StepUp(_) | Purpose::Confirm(_) | Purpose::Disable | Purpose::DisableIn(_) => {
                let open = |seat: &&Seat| seat.1 == machine && self.seated(**seat).is_some();
                let named = |seat: &&Seat| match purpose {
                    Purpose::StepUp(session) | Purpose::DisableIn(session) => seat.0 == session,
                    _ => true,
                };
                let seat = *self.sessions.iter().rev().filter(named).find(open)?;
                let steps = self.seated(seat)?.text_code(factor, texted, purpose).ok()?;
                self.log.turn(By::Person(self.ids[who]), Some(seat.0));
                steps
            }
        };
        self.record_steps(machine, steps);
        Some(texted.code)
    }

    pub(super) fn assertion(&mut self, factor: FactorId) -> Verdict {
        let challenge = ChallengeId::from_uuid(self.uuid());
        let count = self.counters.entry(factor).or_default();
        *count += 1;
        let (sign_count, made) = (*count, self.now);
        remember(&mut self.challenges, (factor, challenge, made));
        Verdict::Assertion { factor, challenge, made, sign_count, user_verified: true }
    }

    pub(super) fn mailed(&mut self) -> NewMailedCode {
        NewMailedCode { code: MailedCodeId::from_uuid(self.uuid()), verifier: self.verifier() }
    }

    /// What was mailed to somebody last, typed right or wrong.
    pub(super) fn typed(&self, who: usize, right: bool) -> MailedVerdict {
        let last = self.state(who).mailed_codes().last().filter(|_| right);
        last.map_or(MailedVerdict::Mismatch, |code| MailedVerdict::Match(code.code))
    }

    pub(super) fn owners(&self) -> Owners {
        Owners::among(self.people.iter().map(|person| &person.state))
    }

    /// Whoever has lost their factor asks for a way back in behind their password.
    pub(super) fn plead(&mut self, who: usize, pick: u8) {
        self.wait(Span::minutes(2));
        let Some((sign_in, machine, _)) = self.begin(who, usize::from(pick % 2), true) else { return };
        let plead = Plead { sign_in, token: TokenVerdict::Current, at: self.now };
        let new = (RecoveryId::from_uuid(self.uuid()), self.mailed());
        let owners = self.owners();
        let device = &self.machines[machine].stream.state;
        let asked = plead.request(&self.account.state, self.state(who), device, &owners, new);
        let Ok(steps) = asked else { return };
        self.record_steps(machine, steps);
        let shown = self.typed(who, !pick.is_multiple_of(8));
        let device = &self.machines[machine].stream.state;
        let confirmed = plead.confirm(&self.account.state, self.state(who), device, &owners, shown);
        if let Ok(steps) = confirmed {
            self.log.turn(By::Nobody, None);
            self.record_steps(machine, steps);
        }
    }

    /// Somebody who was granted a code signs in with it, as a rule after it was shown.
    pub(super) fn let_in(&mut self, who: usize, pick: u8) {
        self.wait(Span::seconds(30));
        let granted = (0..self.people.len()).find(|who| self.state(*who).grant.is_some());
        let who = granted.unwrap_or(who);
        let Some(grant) = self.state(who).grant else { return };
        let recovery = grant.recovery;
        if let Some(link) = grant.link.filter(|_| !pick.is_multiple_of(4)) {
            let (verifier, at) = (self.verifier(), self.now);
            self.log.turn(By::Nobody, None);
            let reveal = RecoveryCommand::Reveal { link, verifier, at };
            self.act(|draft| draft.user(who, UserCommand::Recovery(reveal)));
        }
        let Some((sign_in, machine, _)) = self.begin(who, usize::from(pick % 2), true) else { return };
        self.finish(sign_in, machine, Verdict::Grant { recovery }, true);
    }

    /// A link is mailed; whoever asks was turned to before.
    pub(super) fn mail_link(&mut self, who: usize, purpose: LinkPurpose) -> LinkId {
        let (link, verifier) = (LinkId::from_uuid(self.uuid()), self.verifier());
        let expires_at = self.now + purpose.life();
        let issue = UserCommand::IssueLink { link, purpose, verifier, expires_at };
        self.act(|draft| draft.user(who, issue));
        link
    }

    pub(super) fn redeem(&mut self, link: LinkId, who: usize) {
        let (password, at) = (self.verifier(), self.now);
        self.log.turn(By::Nobody, None);
        self.act(|draft| {
            draft.user(who, UserCommand::RedeemLink { link, password, stands_alone: true, address: None, at })
        });
    }

    pub(super) fn reset_password(&mut self, who: usize) {
        self.log.turn(By::Nobody, None);
        let link = self.mail_link(who, LinkPurpose::PasswordReset);
        self.redeem(link, who);
    }

    /// Somebody whose sign-in is frozen follows the link back: with a factor, with nothing, or into a wait.
    pub(super) fn come_back(&mut self, who: usize, pick: u8) {
        let frozen = (0..self.people.len()).find(|who| self.state(*who).frozen.is_some());
        let who = frozen.unwrap_or(who);
        self.wait(Span::minutes(2));
        self.log.turn(By::Nobody, None);
        let link = self.mail_link(who, LinkPurpose::WayBack);
        let (recovery, password, at) = (RecoveryId::from_uuid(self.uuid()), self.verifier(), self.now);
        let case = self.state(who).frozen.as_ref().map_or(recovery, |frozen| frozen.recovery);
        let shown = match pick % 4 {
            0 => self.good_proof(who, 0, Purpose::Thaw(case), pick / 4),
            1 => Some(self.stolen_proof(pick / 4)),
            _ => None,
        };
        let ways = self.state(who).who().map(|person| own_way(person, &self.owners()));
        let command = match ways {
            Some(Ok((route, wait))) if pick % 4 == 3 => FreezeCommand::Wait { link, route, wait, at },
            _ => {
                let address = self.state(who).address_before(at).cloned();
                FreezeCommand::Thaw { link, shown, password, stands_alone: true, address, at }
            }
        };
        self.log.turn(By::Nobody, None);
        self.act(|draft| draft.user(who, UserCommand::Freeze(command)));
    }

    /// Somebody opens one of the links that were ever mailed, for whatever it may be good.
    pub(super) fn open_link(&mut self, pick: u8) {
        let Some((link, who)) = back(&self.links, pick % 8) else { return };
        let at = self.now;
        self.log.turn(By::Nobody, None);
        let verifier = self.verifier();
        let reveal = UserCommand::Recovery(RecoveryCommand::Reveal { link, verifier, at });
        if self.act(|draft| draft.user(who, reveal)).is_some() {
            return;
        }
        let confirm = AddressCommand::Confirm { link, email: sealed(), at };
        let confirm = UserCommand::People(PeopleCommand::Address(confirm));
        let object = AddressCommand::Object { link, at };
        let object = UserCommand::People(PeopleCommand::Address(object));
        if self.act(|draft| draft.user(who, object)).is_some() {
            return;
        }
        if self.act(|draft| draft.user(who, confirm)).is_none() {
            self.redeem(link, who);
        }
    }
}
