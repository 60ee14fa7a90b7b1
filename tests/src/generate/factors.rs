//! Second factors and recovery codes of one's own.

use twofold_domain::account::Switch;
use twofold_domain::ids::{CodeSetId, FactorId, MailedCodeId, SessionId};
use twofold_domain::time::Span;
use twofold_domain::user::{FactorKind, OtpParameters, Refusal, UserCommand, UserEvent};

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
            events.push(UserEvent::FactorConfirmed { factor, step: now.unix_seconds() / 30, at: now });
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
                kind: FactorKind::Totp,
                parameters: OtpParameters::APP,
                name: self.sealed(),
                verifier: self.verifier(),
                generation,
                session: SessionId::from_uuid(self.uuid()),
                at: now,
            });
        }
        events.into_iter().map(|event| Says::User(who, event)).collect()
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
