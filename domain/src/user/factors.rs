//! Binding, replacing, and removing factors and recovery codes.

use super::command::{NewCodes, NewFactor, NewMailedCode, UserError};
use super::events::{Familiarity, Gate, ProofKind, Purpose, Refusal, UserEvent};
use super::prove::Refused;
use super::state::{Pending, User};
use crate::ids::FactorId;
use crate::proof::{Era, MailedVerdict, Verdict};
use crate::time::{Span, Timestamp};

/// Factors of one user. Enough for every phone, tablet, and key a person carries; short enough to read.
const MAX_FACTORS: usize = 10;
/// Life of a mailed code, as of one by SMS (NIST SP 800-63B-4 §3.1.3.2).
const MAILED_CODE_LIFE: Span = Span::minutes(10);
/// Least time between two mailed codes.
const RESEND_AFTER: Span = Span::seconds(60);

impl User {
    /// Whether the next binding is a first one, which takes more than the password: a code mailed
    /// to the user's address.
    pub fn first_binding(&self, generation: u32) -> bool {
        self.enrolled(generation).is_none()
    }

    /// Begins a binding; one under way is replaced. A first binding never starts on the strength
    /// of a password alone.
    pub(super) fn start_enrolment(
        &self,
        new: NewFactor,
        mailed: NewMailedCode,
        era: &Era,
        at: Timestamp,
    ) -> Result<Vec<UserEvent>, UserError> {
        if let Some(enrolled) = self.enrolled(era.generation)
            && enrolled.factors.len() >= MAX_FACTORS
        {
            return Err(UserError::TooManyFactors(MAX_FACTORS));
        }
        let mut events = vec![];
        if self.first_binding(era.generation) {
            if self.needs_ticket {
                return Err(UserError::TicketNeeded);
            }
            // A code of a moment ago serves the new binding as well.
            events.extend(self.mail_code(mailed, at).ok());
        }
        events.push(UserEvent::FactorEnrolmentStarted {
            factor: new.factor,
            kind: new.kind,
            parameters: new.parameters,
            name: new.name,
            verifier: new.verifier,
            generation: era.generation,
            at,
        });
        Ok(events)
    }

    /// Confirms a binding: the mailed code first where one is due, then the OTP. Each wrong one is
    /// charged; nothing is active before both are right.
    #[expect(clippy::too_many_arguments, reason = "the fields of one command, taken apart once")]
    pub(super) fn confirm_factor(
        &self,
        factor: FactorId,
        verdict: Verdict,
        mailed: Option<MailedVerdict>,
        codes: NewCodes,
        familiarity: Familiarity,
        era: &Era,
        at: Timestamp,
    ) -> Result<Vec<UserEvent>, UserError> {
        let pending = self.pending_for(factor, era)?;
        let budget = self.budget(Gate::SecondFactor, familiarity);
        budget.open(at).map_err(|wait| UserError::locked(Gate::SecondFactor, wait))?;
        let first = self.first_binding(era.generation);
        let mut events = vec![];
        if first {
            match self.weigh_mailed(mailed, at)? {
                accepted @ UserEvent::MailedCodeAccepted { .. } => {
                    events.push(accepted);
                    if !self.email_verified {
                        events.push(UserEvent::EmailVerified { at });
                    }
                }
                rejected => return Ok(vec![rejected]),
            }
        }
        let Verdict::Otp { factor: matched, step } = verdict else {
            return Ok(self.refuse_confirmation(pending, verdict, familiarity, at));
        };
        if matched != factor {
            return Ok(self.refuse_confirmation(pending, verdict, familiarity, at));
        }
        events.push(UserEvent::FactorConfirmed { factor, step, at });
        if first {
            events.push(UserEvent::TwoFactorEnabled { generation: era.generation, at });
            let NewCodes { set, count, verifier } = codes;
            events.push(UserEvent::RecoveryCodesGenerated { set, count, verifier });
        }
        Ok(events)
    }

    /// The binding of that factor that is under way in the generation in force.
    fn pending_for(&self, factor: FactorId, era: &Era) -> Result<&Pending, UserError> {
        self.pending
            .as_ref()
            .filter(|p| p.factor == factor && p.generation == era.generation)
            .ok_or(UserError::NoPending)
    }

    /// Issues a mailed code, at most one a minute. The latest one counts.
    pub(super) fn mail_code(&self, new: NewMailedCode, at: Timestamp) -> Result<UserEvent, UserError> {
        if let Some(earlier) = &self.mailed
            && at < earlier.issued_at + RESEND_AFTER
        {
            return Err(UserError::MailedJustNow(earlier.issued_at + RESEND_AFTER));
        }
        let NewMailedCode { code, verifier } = new;
        Ok(UserEvent::MailedCodeIssued { code, verifier, expires_at: at + MAILED_CODE_LIFE, at })
    }

    fn weigh_mailed(&self, shown: Option<MailedVerdict>, at: Timestamp) -> Result<UserEvent, UserError> {
        let waiting = self.mailed.ok_or(UserError::MailedCodeNeeded)?;
        let verdict = shown.ok_or(UserError::MailedCodeNeeded)?;
        let code = waiting.code;
        let rejected = |refusal, tries_left| UserEvent::MailedCodeRejected { code, refusal, tries_left };
        Ok(match verdict {
            _ if waiting.tries_left == 0 => return Err(UserError::MailedCodeNeeded),
            _ if at >= waiting.expires_at => rejected(Refusal::Expired, waiting.tries_left),
            MailedVerdict::Mismatch => rejected(Refusal::Wrong, waiting.tries_left - 1),
            MailedVerdict::Match => UserEvent::MailedCodeAccepted { code },
        })
    }

    fn refuse_confirmation(
        &self,
        pending: &Pending,
        verdict: Verdict,
        familiarity: Familiarity,
        at: Timestamp,
    ) -> Vec<UserEvent> {
        let refusal = match verdict {
            Verdict::Expired { .. } => Refusal::Expired,
            Verdict::Otp { .. } | Verdict::Recovery { .. } | Verdict::Mismatch(_) => Refusal::Wrong,
        };
        let refused = Refused { kind: ProofKind::Otp, refusal, factor: Some(pending.factor) };
        self.refuse(refused, Purpose::Confirm(pending.factor), familiarity, at)
    }

    /// A new set of codes kills the old one at once.
    pub(super) fn regenerate(&self, codes: NewCodes, era: &Era) -> Result<Vec<UserEvent>, UserError> {
        self.enrolled(era.generation).ok_or(UserError::NotEnabled)?;
        let NewCodes { set, count, verifier } = codes;
        Ok(vec![UserEvent::RecoveryCodesRegenerated { set, count, verifier }])
    }

    /// Removing the last factor switches the second factor off, and is refused while required.
    pub(super) fn remove_factor(
        &self,
        factor: FactorId,
        required: bool,
        era: &Era,
        at: Timestamp,
    ) -> Result<Vec<UserEvent>, UserError> {
        let enrolled = self.enrolled(era.generation).ok_or(UserError::NotEnabled)?;
        if !enrolled.factors.contains_key(&factor) {
            return Err(UserError::NoFactor);
        }
        let last = enrolled.factors.len() == 1;
        if last && required {
            return Err(UserError::Required);
        }
        let mut events = vec![UserEvent::FactorRemoved { factor }];
        if last {
            events.push(UserEvent::TwoFactorDisabled { at });
        }
        Ok(events)
    }
}
