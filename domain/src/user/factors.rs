//! Binding, replacing, and removing factors and recovery codes.

use super::command::{NewCodes, NewFactor, NewMailedCode, UserError};
use super::events::UserEvent;
use super::held::{Enrolled, Pending, Ticket};
use super::prove::Refused;
use super::recovery::RESET_WAIT;
use super::series::{NotYet, SENT_CODE_LIFE};
use super::state::User;
use super::values::{Familiarity, Gate, ProofKind, Purpose, Refusal};
use crate::factor::sms::{NewSmsCode, SmsCode};
use crate::factor::{FactorDetail, FactorKind, FirstUse, Held, token};
use crate::ids::{FactorId, SmsCodeId, StockTokenId};
use crate::proof::{Era, Verdict, Warrant};
use crate::sealed::{FactorName, Sealed};
use crate::time::Timestamp;

/// Factors of one user. Enough for every phone, tablet, and key a person carries; short enough to read.
pub(super) const MAX_FACTORS: usize = 10;
/// Tokens of the stock that wait for one person at once: one, its spare, and room for mistakes.
const MAX_ASSIGNED: usize = 4;

/// What is shown to confirm a binding: the command's fields.
#[derive(Clone, Copy)]
pub(super) struct Confirmation {
    pub(super) factor: FactorId,
    pub(super) verdict: Verdict,
    pub(super) warrant: Option<Warrant>,
    pub(super) codes: NewCodes,
    pub(super) familiarity: Familiarity,
    pub(super) at: Timestamp,
}

impl User {
    /// Whether the next binding is a first one, which takes more than the password: a code mailed
    /// to the user's address, or an administrator's ticket.
    pub fn first_binding(&self, generation: u32) -> bool {
        self.enrolled(generation).is_none()
    }

    /// Whether a binding may begin, whatever the kind of factor: there is room for one, and for a first one
    /// a ticket, or a mailbox that may vouch for it.
    pub(crate) fn may_begin_binding(&self, era: &Era, at: Timestamp) -> Result<(), UserError> {
        if let Some(enrolled) = self.enrolled(era.generation) {
            let room = enrolled.factors.len() < MAX_FACTORS;
            return if room { Ok(()) } else { Err(UserError::TooManyFactors(MAX_FACTORS)) };
        }
        match self.open_ticket(at) {
            // Whoever has a ticket needs no mail.
            Some(_) => Ok(()),
            None => self.compromise_lets_mail_bind(at).and_then(|()| self.mailbox_may_bind(era, at)),
        }
    }

    /// Whether only a ticket binds their next factor, because the last one was in wrong hands. Nobody issues one
    /// for a customer of the account.
    pub fn ticket_owed(&self) -> bool {
        self.needs_ticket && self.customer_since.is_none()
    }

    /// After a compromise a mailed code binds nothing: a ticket does, or, for whoever became a customer of the
    /// account meanwhile, the wait that ends every help for customers.
    fn compromise_lets_mail_bind(&self, at: Timestamp) -> Result<(), UserError> {
        if !self.needs_ticket {
            return Ok(());
        }
        let over = self.customer_since.ok_or(UserError::TicketNeeded)? + RESET_WAIT;
        if at < over { Err(UserError::CompromiseFresh(over)) } else { Ok(()) }
    }

    /// Begins a binding; one under way in the same session is replaced, and no other's. A first binding never starts on the strength
    /// of a password alone.
    pub(super) fn start_enrolment(
        &self,
        new: NewFactor,
        (mailed, texted): (NewMailedCode, NewSmsCode),
        familiarity: Familiarity,
        era: &Era,
        at: Timestamp,
    ) -> Result<Vec<UserEvent>, UserError> {
        let kind = new.detail.kind();
        if let Some(role) = self.role()
            && !era.policy(role.audience(), at).allows(kind)
        {
            return Err(UserError::KindNotAllowed(kind));
        }
        if let FactorDetail::Token(token::Begun { stock: Some(stock), .. }) = &new.detail
            && !self.assigned.contains_key(&stock.token)
        {
            return Err(UserError::NoStockToken);
        }
        self.may_begin_binding(era, at)?;
        let mut events = vec![];
        if self.first_binding(era.generation) {
            match self.mailed.issue(mailed, at) {
                // After a compromise the address may be in the same hands: nothing is mailed.
                _ if self.ticket_owed() => {}
                Ok(issued) => events.push(issued),
                // A code of a moment ago serves the new binding as well.
                Err(UserError::MailedJustNow(_) | UserError::MailsOpen(_)) => {}
                // Whoever has a ticket needs no code.
                Err(_) if self.open_ticket(at).is_some() => {}
                Err(refused) => return Err(refused),
            }
        }
        let NewFactor { factor, detail, name, session } = new;
        let generation = era.generation;
        events.push(UserEvent::FactorEnrolmentStarted { factor, detail, name, generation, session, at });
        if kind == FactorKind::Sms {
            events.push(self.text(factor, texted, Purpose::Confirm(factor), familiarity, at)?);
        }
        Ok(events)
    }

    /// Sends a code to a number: one that is bound, or, to confirm its binding, one that is being bound.
    pub(super) fn text_code(
        &self,
        factor: FactorId,
        texted: NewSmsCode,
        purpose: Purpose,
        familiarity: Familiarity,
        era: &Era,
        at: Timestamp,
    ) -> Result<Vec<UserEvent>, UserError> {
        self.factor_budget(familiarity)
            .open(at)
            .map_err(|wait| UserError::locked(Gate::SecondFactor, wait))?;
        let kind = if purpose == Purpose::Confirm(factor) {
            self.pending_for(factor, era)?.kind()
        } else {
            let (enrolled, held) = self.bound(factor, era)?;
            let counts =
                self.role().is_none_or(|role| enrolled.counts(held, era.policy(role.audience(), at)));
            if !counts {
                return Err(UserError::KindNotAllowed(held.kind()));
            }
            held.kind()
        };
        match kind {
            FactorKind::Sms => Ok(vec![self.text(factor, texted, purpose, familiarity, at)?]),
            FactorKind::Totp | FactorKind::Token | FactorKind::Webauthn => Err(UserError::NotByText),
        }
    }

    fn text(
        &self,
        factor: FactorId,
        NewSmsCode { code, verifier }: NewSmsCode,
        purpose: Purpose,
        familiarity: Familiarity,
        at: Timestamp,
    ) -> Result<UserEvent, UserError> {
        let expires_at = at + SENT_CODE_LIFE;
        let new = SmsCode { code, factor, verifier, purpose, familiarity, issued_at: at, expires_at };
        self.texted.ready(&new).map_err(|not_yet| match not_yet {
            NotYet::JustNow(from) => UserError::TextedJustNow(from),
            NotYet::Enough(from) => UserError::TextsOpen(from),
        })?;
        Ok(UserEvent::SmsCodeIssued { factor, code, verifier, purpose, familiarity, expires_at, at })
    }

    fn bound(&self, factor: FactorId, era: &Era) -> Result<(&Enrolled, &super::Factor), UserError> {
        let enrolled = self.enrolled(era.generation).ok_or(UserError::NotEnabled)?;
        let held = enrolled.factors.get(&factor).ok_or(UserError::NoFactor)?;
        Ok((enrolled, held))
    }

    /// Gives a factor another name.
    pub(super) fn rename_factor(
        &self,
        factor: FactorId,
        name: Sealed<FactorName>,
        era: &Era,
    ) -> Result<Vec<UserEvent>, UserError> {
        self.bound(factor, era)?;
        Ok(vec![UserEvent::FactorRenamed { factor, name }])
    }

    /// Has a factor asked for first.
    pub(super) fn prefer_factor(&self, factor: FactorId, era: &Era) -> Result<Vec<UserEvent>, UserError> {
        let (enrolled, _) = self.bound(factor, era)?;
        let news = enrolled.preferred != Some(factor);
        Ok(news.then_some(UserEvent::FactorPreferred { factor }).into_iter().collect())
    }

    /// Hands them a token of the stock. It protects nothing before their own first code, which takes what
    /// every binding takes.
    pub(super) fn assign_token(
        &self,
        token: StockTokenId,
        detail: token::Begun,
        at: Timestamp,
    ) -> Result<Vec<UserEvent>, UserError> {
        if detail.stock.as_ref().is_none_or(|stock| stock.token != token) {
            return Err(UserError::NoStockToken);
        }
        if self.has_token(token) {
            return Err(UserError::TokenTheirs);
        }
        if self.assigned.len() >= MAX_ASSIGNED {
            return Err(UserError::TooManyAssigned(MAX_ASSIGNED));
        }
        Ok(vec![UserEvent::TokenAssigned { token, detail, at }])
    }

    /// Whether they were handed a token of the stock, or have bound it.
    pub fn has_token(&self, token: StockTokenId) -> bool {
        let mut bound = self.enrolled.iter().flat_map(|enrolled| enrolled.factors.values());
        let theirs = |stock: &token::FromStock| stock.token == token;
        self.assigned.contains_key(&token) || bound.any(|factor| factor.held.stock().is_some_and(theirs))
    }

    /// Takes back a token that is not bound yet.
    pub(super) fn withdraw_token(
        &self,
        token: StockTokenId,
        at: Timestamp,
    ) -> Result<Vec<UserEvent>, UserError> {
        self.assigned.get(&token).ok_or(UserError::NoStockToken)?;
        Ok(vec![UserEvent::TokenWithdrawn { token, at }])
    }

    /// Confirms a binding: the mailed code or the ticket first where it is a first one, then the OTP.
    /// Whichever is wrong is charged, and only it: a wrong code leaves the OTP unlooked at. Nothing is
    /// active before both are right.
    pub(super) fn confirm_factor(
        &self,
        shown: Confirmation,
        era: &Era,
    ) -> Result<(Vec<UserEvent>, Option<ProofKind>), UserError> {
        let Confirmation { factor, verdict, warrant, codes, familiarity, at } = shown;
        let pending = self.pending_for(factor, era)?;
        self.factor_budget(familiarity)
            .open(at)
            .map_err(|wait| UserError::locked(Gate::SecondFactor, wait))?;
        let first = self.first_binding(era.generation);
        let mut events = vec![];
        if first {
            let (weighed, right) =
                self.weigh_warrant(warrant, familiarity, self.failure_limit(era, at), at)?;
            events.extend(weighed);
            if !right {
                return Ok((events, None));
            }
        }
        let (first_use, drift) = match self.first_use(pending, verdict, at) {
            Ok(found) => found,
            // The mailed code, or the ticket, was right and is not spent: it serves the next try.
            Err(refusal) => {
                let refused = Refused { kind: proof_of(pending.kind()), refusal, factor: Some(factor) };
                return Ok((self.refuse(refused, Purpose::Confirm(factor), familiarity, era, at), None));
            }
        };
        events.push(UserEvent::FactorConfirmed { factor, first: first_use, at });
        if drift != 0 {
            events.push(UserEvent::FactorDriftFound { factor, drift });
        }
        if first {
            events.push(UserEvent::TwoFactorEnabled { generation: era.generation, at });
            let NewCodes { set, count, verifier } = codes;
            events.push(UserEvent::RecoveryCodesGenerated { set, count, verifier });
            events.extend(self.recovering.map(|recovery| UserEvent::RecoveryCompleted { recovery, at }));
        }
        Ok((events, Some(proof_of(pending.kind()))))
    }

    /// What a binding is confirmed with, and how its clock goes: a proof of the very factor that is being bound.
    fn first_use(
        &self,
        pending: &Pending,
        verdict: Verdict,
        at: Timestamp,
    ) -> Result<(FirstUse, i8), Refusal> {
        let factor = pending.factor;
        match (&pending.detail, verdict) {
            (FactorDetail::Totp(_), Verdict::Otp { factor: matched, step, drift }) if matched == factor => {
                Ok((FirstUse::Step(step), drift))
            }
            (FactorDetail::Token(begun), Verdict::Otp { factor: matched, step, drift })
                if matched == factor =>
            {
                let fresh = Held::Token(begun.fresh());
                fresh.refuses_step(step).map_or(Ok((FirstUse::Step(step), drift)), Err)
            }
            (FactorDetail::Sms(_), Verdict::Sms { code }) => {
                let open = self.sms_code(code).filter(|open| open.factor == factor);
                let open = open.ok_or(Refusal::Wrong)?;
                open.refuses(Purpose::Confirm(factor), at).map_or(Ok((FirstUse::Code(code), 0)), Err)
            }
            (FactorDetail::Webauthn(_), Verdict::Registration { factor: made, credential })
                if made == factor =>
            {
                Ok((FirstUse::Credential(credential), 0))
            }
            (FactorDetail::Totp(_) | FactorDetail::Token(_), Verdict::Expired { .. }) => {
                Err(Refusal::Expired)
            }
            (
                FactorDetail::Totp(_)
                | FactorDetail::Token(_)
                | FactorDetail::Sms(_)
                | FactorDetail::Webauthn(_),
                _,
            ) => Err(Refusal::Wrong),
        }
    }

    /// A code by SMS that can be typed.
    pub(super) fn sms_code(&self, code: SmsCodeId) -> Option<&SmsCode> {
        self.texted.open.iter().find(|open| open.code == code)
    }

    /// Weighs what is shown beside the OTP of a first binding: the events, and whether it was right.
    fn weigh_warrant(
        &self,
        warrant: Option<Warrant>,
        familiarity: Familiarity,
        limit: u16,
        at: Timestamp,
    ) -> Result<(Vec<UserEvent>, bool), UserError> {
        let mailed = match warrant {
            Some(Warrant::Ticket { matched }) => return self.weigh_ticket(matched, at),
            Some(Warrant::Mailed(verdict)) => Some(verdict),
            None => None,
        };
        self.compromise_lets_mail_bind(at)?;
        let (mut events, right) = self.mailed.weigh(mailed, familiarity, limit, at)?;
        if right && !self.email_verified {
            events.push(UserEvent::EmailVerified { at });
        }
        Ok((events, right))
    }

    /// A ticket is spent by the binding that it allows; each wrong try is charged to it, and after a few
    /// of them it is void.
    fn weigh_ticket(&self, matched: bool, at: Timestamp) -> Result<(Vec<UserEvent>, bool), UserError> {
        let Ticket { ticket, tries_left, .. } = *self.open_ticket(at).ok_or(UserError::TicketOver)?;
        Ok(if matched {
            (vec![UserEvent::EnrolmentTicketUsed { ticket, at }], true)
        } else {
            (vec![UserEvent::EnrolmentTicketRejected { ticket, tries_left: tries_left - 1, at }], false)
        })
    }

    /// The binding of that factor that is under way in the generation in force.
    fn pending_for(&self, factor: FactorId, era: &Era) -> Result<&Pending, UserError> {
        self.pending
            .iter()
            .find(|p| p.factor == factor && p.generation == era.generation)
            .ok_or(UserError::NoPending)
    }

    /// Mails another code for the first binding under way.
    pub(super) fn mail_code(
        &self,
        new: NewMailedCode,
        era: &Era,
        at: Timestamp,
    ) -> Result<Vec<UserEvent>, UserError> {
        if !self.first_binding(era.generation) {
            return Err(UserError::NoCodeNeeded);
        }
        self.compromise_lets_mail_bind(at)?;
        if !self.pending.iter().any(|p| p.generation == era.generation) {
            return Err(UserError::NoPending);
        }
        self.mailbox_may_bind(era, at)?;
        Ok(vec![self.mailed.issue(new, at)?])
    }

    /// A new set of codes kills the old one at once.
    pub(super) fn regenerate(&self, codes: NewCodes, era: &Era) -> Result<Vec<UserEvent>, UserError> {
        self.enrolled(era.generation).ok_or(UserError::NotEnabled)?;
        let NewCodes { set, count, verifier } = codes;
        Ok(vec![UserEvent::RecoveryCodesRegenerated { set, count, verifier }])
    }

    /// Removes a factor, never the last one: that is switching off, which takes the password and a
    /// fresh proof, and is refused while one is required.
    pub(super) fn remove_factor(
        &self,
        factor: FactorId,
        required: bool,
        era: &Era,
    ) -> Result<Vec<UserEvent>, UserError> {
        let enrolled = self.enrolled(era.generation).ok_or(UserError::NotEnabled)?;
        if !enrolled.factors.contains_key(&factor) {
            return Err(UserError::NoFactor);
        }
        if enrolled.factors.len() == 1 {
            return Err(if required { UserError::Required } else { UserError::LastFactor });
        }
        Ok(vec![UserEvent::FactorRemoved { factor }])
    }
}

/// What a proof of a factor of this kind is.
const fn proof_of(kind: FactorKind) -> ProofKind {
    match kind {
        FactorKind::Totp | FactorKind::Token => ProofKind::Otp,
        FactorKind::Sms => ProofKind::SmsCode,
        FactorKind::Webauthn => ProofKind::Assertion,
    }
}
