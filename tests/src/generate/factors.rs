//! Second factors and recovery codes of one's own.

use twofold_domain::account::Switch;
use twofold_domain::device::Method;
use twofold_domain::factor::otp::{OtpAlgorithm, OtpParameters};
use twofold_domain::factor::{FactorDetail, FactorKind, FirstUse, sms, token, totp, webauthn};
use twofold_domain::ids::{
    ChallengeId, CodeSetId, FactorId, MailedCodeId, SessionId, SmsCodeId, StockTokenId,
};
use twofold_domain::time::Span;
use twofold_domain::user::{Familiarity, Purpose, Refusal, UserCommand, UserEvent};

use super::{Generator, Says};

impl Generator {
    pub(super) fn enrol(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let now = self.now;
        let account = &self.tenants[tenant].account;
        if matches!(account.switch, Switch::Off { .. }) {
            return Vec::new();
        }
        let generation = account.generation;
        let era = account.era(now);
        let user = &self.tenants[tenant].people[who].user;
        let first = user.enrolled(generation).is_none();
        let pending =
            user.pending.iter().rfind(|p| p.generation == generation).map(|p| (p.factor, p.detail.kind()));
        if !first && !self.chance(10) {
            return Vec::new();
        }
        let user = &self.tenants[tenant].people[who].user;
        // Whatever a user does after an account-wide disable stands behind their own reset.
        let mut events = user.decide(&era, UserCommand::ReachReset).unwrap_or_default();
        if let Some((factor, kind)) = pending
            && events.is_empty()
            && self.chance(70)
        {
            let user = &self.tenants[tenant].people[who].user;
            let (ticket, mailed) =
                (user.open_ticket(now).map(|open| open.ticket), user.mailed_codes().last().copied());
            let rejected = mailed.filter(|_| self.chance(10)).map(|mailed| mailed.code);
            if let Some(code) = rejected {
                let refusal = Refusal::Wrong;
                return vec![Says::User(who, UserEvent::MailedCodeRejected { code, refusal, tries_left: 4 })];
            }
            match ticket {
                Some(ticket) if first => events.push(UserEvent::EnrolmentTicketUsed { ticket, at: now }),
                None if first => {
                    events.push(UserEvent::MailedCodeAccepted { code: MailedCodeId::from_uuid(self.uuid()) });
                }
                _ => {}
            }
            let first_use = match kind {
                FactorKind::Totp | FactorKind::Token => FirstUse::Step(now.unix_seconds() / 30),
                FactorKind::Sms => {
                    let code = SmsCodeId::from_uuid(self.uuid());
                    events.push(self.texts(factor, code, Purpose::Confirm(factor), Familiarity::Known));
                    FirstUse::Code(code)
                }
                FactorKind::Webauthn => FirstUse::Credential(webauthn::Credential {
                    verifier: self.verifier(),
                    sign_count: 1,
                    backup_eligible: false,
                }),
            };
            events.push(UserEvent::FactorConfirmed { factor, first: first_use, at: now });
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
                detail: self.something(tenant, who),
                name: self.sealed(),
                generation,
                session: SessionId::from_uuid(self.uuid()),
                at: now,
            });
        }
        events.into_iter().map(|event| Says::User(who, event)).collect()
    }

    /// What somebody binds: mostly an app, and a token that staff handed them where they have one.
    fn something(&mut self, tenant: usize, who: usize) -> FactorDetail {
        let handed = self.tenants[tenant].people[who].user.assigned.values().next().cloned();
        match (self.below(10), handed) {
            (0..6, Some(handed)) => FactorDetail::Token(handed),
            (6, _) => FactorDetail::Token(token::Begun { stock: None, ..self.token() }),
            (7, _) => FactorDetail::Sms(sms::Begun { number: self.sealed() }),
            (8, _) => FactorDetail::Webauthn(webauthn::Begun { ceremony: self.verifier() }),
            _ => FactorDetail::Totp(totp::Begun { seed: self.verifier(), parameters: OtpParameters::APP }),
        }
    }

    /// A hardware token of the stock.
    fn token(&mut self) -> token::Begun {
        token::Begun {
            seed: self.verifier(),
            algorithm: OtpAlgorithm::Sha1,
            digits: 6,
            moves: token::Moves::Clock { period: 30 },
            stock: Some(token::FromStock {
                token: StockTokenId::from_uuid(self.uuid()),
                serial: self.sealed(),
            }),
        }
    }

    fn texts(
        &mut self,
        factor: FactorId,
        code: SmsCodeId,
        purpose: Purpose,
        familiarity: Familiarity,
    ) -> UserEvent {
        let (verifier, at) = (self.verifier(), self.now);
        let expires_at = at + Span::minutes(10);
        UserEvent::SmsCodeIssued { factor, code, verifier, purpose, familiarity, expires_at, at }
    }

    /// A factor that they hold is shown, and is right.
    pub(super) fn proof(
        &mut self,
        tenant: usize,
        who: usize,
        factor: FactorId,
        purpose: Purpose,
        familiarity: Familiarity,
    ) -> (Method, Vec<UserEvent>) {
        let at = self.now;
        let generation = self.tenants[tenant].account.generation;
        let enrolled = self.tenants[tenant].people[who].user.enrolled(generation);
        let kind = enrolled.and_then(|enrolled| enrolled.factors.get(&factor)).map(|held| held.held.kind());
        match kind.unwrap_or(FactorKind::Totp) {
            FactorKind::Totp | FactorKind::Token => {
                let step = at.unix_seconds() / 30;
                let drift = self.chance(3).then_some(UserEvent::FactorDriftFound { factor, drift: 1 });
                let accepted = UserEvent::OtpAccepted { factor, step, purpose, familiarity, at };
                (Method::Otp, std::iter::once(accepted).chain(drift).collect())
            }
            FactorKind::Sms => {
                let code = SmsCodeId::from_uuid(self.uuid());
                let sent = self.texts(factor, code, purpose, familiarity);
                let accepted = UserEvent::SmsCodeAccepted { factor, code, purpose, familiarity, at };
                (Method::SmsCode, vec![sent, accepted])
            }
            FactorKind::Webauthn => {
                let challenge = ChallengeId::from_uuid(self.uuid());
                let (sign_count, user_verified) = (0, self.chance(50));
                let accepted = UserEvent::AssertionAccepted {
                    factor,
                    challenge,
                    sign_count,
                    user_verified,
                    purpose,
                    familiarity,
                    at,
                };
                (Method::Assertion, vec![accepted])
            }
        }
    }

    /// Factors get names and an order, and staff hand out tokens and take them back.
    pub(super) fn tend(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let (at, generation) = (self.now, self.tenants[tenant].account.generation);
        let (draw, named) = (self.below(4), self.below(8));
        let user = &self.tenants[tenant].people[who].user;
        let held = user.enrolled(generation).map(|enrolled| &enrolled.factors);
        let factor = held.and_then(|held| held.keys().nth(named % held.len()).copied());
        let handed = user.assigned.keys().next().copied();
        let event = match (draw, factor, handed) {
            (0, Some(factor), _) => UserEvent::FactorRenamed { factor, name: self.sealed() },
            (1, Some(factor), _) => UserEvent::FactorPreferred { factor },
            (2, _, Some(token)) => UserEvent::TokenWithdrawn { token, at },
            (_, _, None) => {
                let detail = self.token();
                let Some(stock) = &detail.stock else { return Vec::new() };
                UserEvent::TokenAssigned { token: stock.token, detail, at }
            }
            _ => return Vec::new(),
        };
        vec![Says::User(who, event)]
    }

    pub(super) fn codes(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let generation = self.tenants[tenant].account.generation;
        let enrolled = self.tenants[tenant].people[who].user.enrolled(generation);
        let Some(enrolled) = enrolled else { return Vec::new() };
        // Most people make new ones when the old ones are nearly used up.
        let many = enrolled.codes.as_ref().is_some_and(|codes| codes.left() > 1);
        if many && self.chance(70) {
            return Vec::new();
        }
        let (set, verifier) = (CodeSetId::from_uuid(self.uuid()), self.verifier());
        vec![Says::User(who, UserEvent::RecoveryCodesRegenerated { set, count: 10, verifier })]
    }

    pub(super) fn end_own(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let generation = self.tenants[tenant].account.generation;
        if self.tenants[tenant].people[who].user.enrolled(generation).is_none() {
            return Vec::new();
        }
        vec![Says::User(who, UserEvent::TwoFactorDisabled { at: self.now })]
    }

    /// One of several factors goes.
    pub(super) fn remove_factor(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let generation = self.tenants[tenant].account.generation;
        let Some(enrolled) = self.tenants[tenant].people[who].user.enrolled(generation) else {
            return Vec::new();
        };
        match enrolled.factors.keys().next() {
            Some(&factor) if enrolled.factors.len() > 1 => {
                vec![Says::User(who, UserEvent::FactorRemoved { factor })]
            }
            _ => Vec::new(),
        }
    }
}
