//! What a second-factor proof is worth: accepted once, or refused and charged.

use super::budget::PASSWORD_BEARS;
use super::command::UserError;
use super::events::UserEvent;
use super::held::Enrolled;
use super::state::User;
use super::values::{Familiarity, Gate, ProofKind, Purpose, Refusal};
use crate::ids::{FactorId, RecoveryId};
use crate::proof::{Era, Verdict};
use crate::time::Timestamp;

/// Recovery codes left at which their owner is told.
const LOW: u8 = 3;

impl User {
    /// Weighs a proof, and says what kind was accepted, if it was. Either way the events must be
    /// committed before anyone learns which.
    pub(super) fn prove(
        &self,
        verdict: Verdict,
        purpose: Purpose,
        familiarity: Familiarity,
        era: &Era,
        at: Timestamp,
    ) -> Result<(Vec<UserEvent>, Option<ProofKind>), UserError> {
        let enrolled = self.enrolled(era.generation).ok_or(UserError::NotEnabled)?;
        let budget = self.factor_budget(familiarity);
        budget.open(at).map_err(|wait| UserError::locked(Gate::SecondFactor, wait))?;
        let weighed = match verdict {
            Verdict::Grant => self.weigh_grant(purpose, at),
            other => weigh(enrolled, other),
        };
        match weighed {
            Ok(Accepted::Grant { recovery }) => {
                let events = self.use_grant(recovery, purpose, familiarity, at);
                Ok((events, Some(ProofKind::RecoveryGrant)))
            }
            Ok(Accepted::Otp { factor, step }) => Ok((
                vec![UserEvent::OtpAccepted { factor, step, purpose, familiarity, at }],
                Some(ProofKind::Otp),
            )),
            Ok(Accepted::Recovery { index, left }) => {
                let Some(codes) = &enrolled.codes else { return Err(UserError::NotEnabled) };
                let set = codes.set;
                let mut events =
                    vec![UserEvent::RecoveryCodeUsed { set, index, left, purpose, familiarity, at }];
                match left {
                    0 => events.push(UserEvent::RecoveryCodesExhausted { set }),
                    LOW => events.push(UserEvent::RecoveryCodesLow { left }),
                    _ => {}
                }
                Ok((events, Some(ProofKind::RecoveryCode)))
            }
            Err(refused) => Ok((self.refuse(refused, purpose, familiarity, era, at), None)),
        }
    }

    /// The code of a grant is good for a sign-in, and for nothing else.
    fn weigh_grant(&self, purpose: Purpose, at: Timestamp) -> Result<Accepted, Refused> {
        let refused = |refusal| Refused { kind: ProofKind::RecoveryGrant, refusal, factor: None };
        match (purpose, self.open_grant(at)) {
            (Purpose::SignIn(_), Some(grant)) => Ok(Accepted::Grant { recovery: grant.recovery }),
            (Purpose::SignIn(_), None) => Err(refused(Refusal::Expired)),
            (Purpose::StepUp(_) | Purpose::Confirm(_) | Purpose::Disable, _) => Err(refused(Refusal::Wrong)),
        }
    }

    /// One more failure on the budget of that kind of device; at the hard cap, a lock.
    pub(super) fn refuse(
        &self,
        refused: Refused,
        purpose: Purpose,
        familiarity: Familiarity,
        era: &Era,
        at: Timestamp,
    ) -> Vec<UserEvent> {
        let (consecutive, retry_at) = self.factor_budget(familiarity).charge(at);
        let Refused { kind, refusal, factor } = refused;
        let mut events = vec![UserEvent::ProofRejected {
            kind,
            refusal,
            factor,
            purpose,
            familiarity,
            consecutive,
            retry_at,
            at,
        }];
        if consecutive >= self.failure_limit(era, at) {
            events.push(UserEvent::LockedOut { gate: Gate::SecondFactor, familiarity, at });
        }
        let counts = guesses_behind_the_password(purpose, refusal) && !self.password_change_demanded;
        if counts && self.sign_in_failures.saturating_add(1) >= PASSWORD_BEARS {
            events.push(UserEvent::PasswordChangeDemanded { at });
        }
        events
    }

    /// Switching off one's own second factor takes a fresh proof, and is refused while required.
    pub(super) fn disable_own(
        &self,
        verdict: Verdict,
        required: bool,
        familiarity: Familiarity,
        era: &Era,
        at: Timestamp,
    ) -> Result<(Vec<UserEvent>, Option<ProofKind>), UserError> {
        self.enrolled(era.generation).ok_or(UserError::NotEnabled)?;
        if required {
            return Err(UserError::Required);
        }
        let (mut events, accepted) = self.prove(verdict, Purpose::Disable, familiarity, era, at)?;
        if accepted.is_some() {
            events.push(UserEvent::TwoFactorDisabled { at });
        }
        Ok((events, accepted))
    }
}

/// Whether a refused proof was a guess of somebody who has the password. One that was good before is none:
/// whoever shows it has seen it.
pub(super) fn guesses_behind_the_password(purpose: Purpose, refusal: Refusal) -> bool {
    let guess = match refusal {
        Refusal::Wrong | Refusal::Expired => true,
        Refusal::Replayed => false,
    };
    guess && matches!(purpose, Purpose::SignIn(_))
}

enum Accepted {
    Otp { factor: FactorId, step: u64 },
    Recovery { index: u8, left: u8 },
    Grant { recovery: RecoveryId },
}

#[derive(Clone, Copy)]
pub(super) struct Refused {
    pub(super) kind: ProofKind,
    pub(super) refusal: Refusal,
    pub(super) factor: Option<FactorId>,
}

/// A step is accepted once, and only above the last accepted one, whatever that was used for
/// (RFC 6238 §5.2); a recovery code is accepted once.
fn weigh(enrolled: &Enrolled, verdict: Verdict) -> Result<Accepted, Refused> {
    let otp = |refusal, factor| Refused { kind: ProofKind::Otp, refusal, factor };
    let recovery = |refusal| Refused { kind: ProofKind::RecoveryCode, refusal, factor: None };
    match verdict {
        Verdict::Otp { factor, step } => match enrolled.factors.get(&factor) {
            None => Err(otp(Refusal::Wrong, None)),
            Some(known) if step <= known.last_step => Err(otp(Refusal::Replayed, Some(factor))),
            Some(_) => Ok(Accepted::Otp { factor, step }),
        },
        Verdict::Expired { factor } => {
            let known = enrolled.factors.contains_key(&factor);
            Err(otp(if known { Refusal::Expired } else { Refusal::Wrong }, known.then_some(factor)))
        }
        Verdict::Recovery { index } => match &enrolled.codes {
            Some(codes) if codes.used.contains(&index) => Err(recovery(Refusal::Replayed)),
            Some(codes) if index < codes.count => {
                Ok(Accepted::Recovery { index, left: codes.left().saturating_sub(1) })
            }
            _ => Err(recovery(Refusal::Wrong)),
        },
        Verdict::Grant => {
            Err(Refused { kind: ProofKind::RecoveryGrant, refusal: Refusal::Wrong, factor: None })
        }
        Verdict::Mismatch(kind) => Err(Refused { kind, refusal: Refusal::Wrong, factor: None }),
    }
}
