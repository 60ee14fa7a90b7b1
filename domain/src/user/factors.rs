//! Binding, replacing, and removing factors and recovery codes.

use super::command::{NewCodes, NewFactor, NewMailedCode, UserError};
use super::events::UserEvent;
use super::held::{Pending, Ticket};
use super::prove::Refused;
use super::state::User;
use super::values::{Familiarity, Gate, ProofKind, Purpose, Refusal};
use crate::ids::FactorId;
use crate::proof::{Era, Verdict, Warrant};
use crate::time::Timestamp;

/// Factors of one user. Enough for every phone, tablet, and key a person carries; short enough to read.
const MAX_FACTORS: usize = 10;

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
            None if self.needs_ticket => Err(UserError::TicketNeeded),
            None => self.mailbox_may_bind(era, at),
        }
    }

    /// Begins a binding; one under way in the same session is replaced, and no other's. A first binding never starts on the strength
    /// of a password alone.
    pub(super) fn start_enrolment(
        &self,
        new: NewFactor,
        mailed: NewMailedCode,
        era: &Era,
        at: Timestamp,
    ) -> Result<Vec<UserEvent>, UserError> {
        if let Some(role) = self.role()
            && !era.policy(role.audience(), at).allows(new.kind)
        {
            return Err(UserError::KindNotAllowed(new.kind));
        }
        self.may_begin_binding(era, at)?;
        let mut events = vec![];
        if self.first_binding(era.generation) {
            match self.mailed.issue(mailed, at) {
                // After a compromise the address may be in the same hands: nothing is mailed.
                _ if self.needs_ticket => {}
                Ok(issued) => events.push(issued),
                // A code of a moment ago serves the new binding as well.
                Err(UserError::MailedJustNow(_)) => {}
                // Whoever has a ticket needs no code.
                Err(_) if self.open_ticket(at).is_some() => {}
                Err(refused) => return Err(refused),
            }
        }
        events.push(UserEvent::FactorEnrolmentStarted {
            factor: new.factor,
            kind: new.kind,
            parameters: new.parameters,
            name: new.name,
            verifier: new.verifier,
            generation: era.generation,
            session: new.session,
            at,
        });
        Ok(events)
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
        let step = match verdict {
            Verdict::Otp { factor: matched, step } if matched == factor => step,
            // The mailed code, or the ticket, was right and is not spent: it serves the next try.
            wrong => return Ok((self.refuse_confirmation(pending, wrong, familiarity, era, at), None)),
        };
        events.push(UserEvent::FactorConfirmed { factor, step, at });
        if first {
            events.push(UserEvent::TwoFactorEnabled { generation: era.generation, at });
            let NewCodes { set, count, verifier } = codes;
            events.push(UserEvent::RecoveryCodesGenerated { set, count, verifier });
            events.extend(self.recovering.map(|recovery| UserEvent::RecoveryCompleted { recovery, at }));
        }
        Ok((events, Some(ProofKind::Otp)))
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
            _ if self.needs_ticket => return Err(UserError::TicketNeeded),
            Some(Warrant::Mailed(verdict)) => Some(verdict),
            None => None,
        };
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
        if self.needs_ticket {
            return Err(UserError::TicketNeeded);
        }
        if !self.pending.iter().any(|p| p.generation == era.generation) {
            return Err(UserError::NoPending);
        }
        self.mailbox_may_bind(era, at)?;
        Ok(vec![self.mailed.issue(new, at)?])
    }

    fn refuse_confirmation(
        &self,
        pending: &Pending,
        verdict: Verdict,
        familiarity: Familiarity,
        era: &Era,
        at: Timestamp,
    ) -> Vec<UserEvent> {
        let refusal = match verdict {
            Verdict::Expired { .. } => Refusal::Expired,
            Verdict::Otp { .. } | Verdict::Recovery { .. } | Verdict::Grant | Verdict::Mismatch(_) => {
                Refusal::Wrong
            }
        };
        let refused = Refused { kind: ProofKind::Otp, refusal, factor: Some(pending.factor) };
        self.refuse(refused, Purpose::Confirm(pending.factor), familiarity, era, at)
    }

    /// A new set of codes kills the old one at once.
    pub(super) fn regenerate(&self, codes: NewCodes, era: &Era) -> Result<Vec<UserEvent>, UserError> {
        self.enrolled(era.generation).ok_or(UserError::NotEnabled)?;
        let NewCodes { set, count, verifier } = codes;
        Ok(vec![UserEvent::RecoveryCodesRegenerated { set, count, verifier }])
    }

    /// Removes a factor, never the last one: that is switching off, which takes the password and a
    /// fresh proof.
    pub(super) fn remove_factor(&self, factor: FactorId, era: &Era) -> Result<Vec<UserEvent>, UserError> {
        let enrolled = self.enrolled(era.generation).ok_or(UserError::NotEnabled)?;
        if !enrolled.factors.contains_key(&factor) {
            return Err(UserError::NoFactor);
        }
        if enrolled.factors.len() == 1 {
            return Err(UserError::LastFactor);
        }
        Ok(vec![UserEvent::FactorRemoved { factor }])
    }
}
