//! What a second-factor proof is worth: accepted once, or refused and charged.

use super::budget::PASSWORD_BEARS;
use super::command::UserError;
use super::events::UserEvent;
use super::held::Enrolled;
use super::state::User;
use super::values::{Familiarity, Gate, ProofKind, Purpose, Refusal};
use crate::ids::{ChallengeId, CodeSetId, FactorId, RecoveryId, SessionId, SmsCodeId};
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
        match self.look(enrolled, verdict, purpose, era, at) {
            Ok(Accepted::Grant { recovery }) => {
                let events = self.use_grant(recovery, purpose, familiarity, at);
                Ok((events, Some(ProofKind::RecoveryGrant)))
            }
            Ok(Accepted::Otp { factor, step, drift }) => {
                let mut events = vec![UserEvent::OtpAccepted { factor, step, purpose, familiarity, at }];
                let known = enrolled.factors.get(&factor).and_then(|factor| factor.held.drift());
                if known.is_some_and(|known| known != drift) {
                    events.push(UserEvent::FactorDriftFound { factor, drift });
                }
                Ok((events, Some(ProofKind::Otp)))
            }
            Ok(Accepted::Sms { factor, code }) => Ok((
                vec![UserEvent::SmsCodeAccepted { factor, code, purpose, familiarity, at }],
                Some(ProofKind::SmsCode),
            )),
            Ok(Accepted::Assertion { factor, challenge, sign_count, user_verified }) => Ok((
                vec![UserEvent::AssertionAccepted {
                    factor,
                    challenge,
                    sign_count,
                    user_verified,
                    purpose,
                    familiarity,
                    at,
                }],
                Some(ProofKind::Assertion),
            )),
            Ok(Accepted::Recovery { set, index, left }) => {
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

    /// The code of a grant is good once, for a sign-in, and for nothing else.
    fn weigh_grant(
        &self,
        recovery: RecoveryId,
        purpose: Purpose,
        at: Timestamp,
    ) -> Result<Accepted, Refused> {
        let refused = |refusal| Refused { kind: ProofKind::RecoveryGrant, refusal, factor: None };
        if self.spent_grant.is_some_and(|spent| spent.recovery == recovery) {
            return Err(refused(Refusal::Replayed));
        }
        match (purpose, self.open_grant(at).filter(|grant| grant.recovery == recovery)) {
            (Purpose::SignIn(_), Some(grant)) => Ok(Accepted::Grant { recovery: grant.recovery }),
            (Purpose::SignIn(_), None) => Err(refused(Refusal::Expired)),
            (
                Purpose::StepUp(_)
                | Purpose::Confirm(_)
                | Purpose::Disable
                | Purpose::DisableIn(_)
                | Purpose::Thaw(_),
                _,
            ) => Err(refused(Refusal::Wrong)),
        }
    }

    /// What a proof is worth: nothing of a factor that does not count, and once of one that does.
    fn look(
        &self,
        enrolled: &Enrolled,
        verdict: Verdict,
        purpose: Purpose,
        era: &Era,
        at: Timestamp,
    ) -> Result<Accepted, Refused> {
        let refused = |kind, refusal, factor| Refused { kind, refusal, factor };
        let held = |kind, id: FactorId| {
            let factor = enrolled.factors.get(&id).ok_or(refused(kind, Refusal::Wrong, None))?;
            let policy = self.role().map(|role| era.policy(role.audience(), at));
            match policy {
                Some(policy) if !enrolled.counts(factor, policy) => {
                    Err(refused(kind, Refusal::NotAllowed, Some(id)))
                }
                _ => Ok(&factor.held),
            }
        };
        let good = |kind, id, refusal: Option<Refusal>| match refusal {
            Some(refusal) => Err(refused(kind, refusal, Some(id))),
            None => Ok(()),
        };
        match verdict {
            Verdict::Otp { factor, step, drift } => {
                let kind = ProofKind::Otp;
                good(kind, factor, held(kind, factor)?.refuses_step(step))?;
                Ok(Accepted::Otp { factor, step, drift })
            }
            Verdict::Expired { factor } => {
                held(ProofKind::Otp, factor)?;
                Err(refused(ProofKind::Otp, Refusal::Expired, Some(factor)))
            }
            Verdict::Sms { code } => {
                let kind = ProofKind::SmsCode;
                let open = self.sms_code(code).ok_or(refused(kind, Refusal::Wrong, None))?;
                held(kind, open.factor)?;
                good(kind, open.factor, open.refuses(purpose, at))?;
                Ok(Accepted::Sms { factor: open.factor, code })
            }
            Verdict::Assertion { factor, challenge, made, sign_count, user_verified } => {
                let kind = ProofKind::Assertion;
                let held = held(kind, factor)?;
                good(kind, factor, self.challenges.refuse(challenge, made, at))?;
                good(kind, factor, held.refuses_assertion(sign_count))?;
                Ok(Accepted::Assertion { factor, challenge, sign_count, user_verified })
            }
            // It binds a factor, and proves none.
            Verdict::Registration { .. } => Err(refused(ProofKind::Assertion, Refusal::Wrong, None)),
            Verdict::Recovery { index } => {
                recovery(enrolled, index).map_err(|refusal| refused(ProofKind::RecoveryCode, refusal, None))
            }
            Verdict::Grant { recovery } => self.weigh_grant(recovery, purpose, at),
            Verdict::Mismatch(kind) => Err(refused(kind, Refusal::Wrong, None)),
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
        (verdict, session): (Verdict, SessionId),
        required: bool,
        familiarity: Familiarity,
        era: &Era,
        at: Timestamp,
    ) -> Result<(Vec<UserEvent>, Option<ProofKind>), UserError> {
        self.enrolled(era.generation).ok_or(UserError::NotEnabled)?;
        if required {
            return Err(UserError::Required);
        }
        let (mut events, accepted) =
            self.prove(verdict, Purpose::DisableIn(session), familiarity, era, at)?;
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
        // Neither is one of a factor in hand that the policy does not let count, or of a copied key.
        Refusal::Replayed | Refusal::CounterBack | Refusal::NotAllowed => false,
    };
    guess && matches!(purpose, Purpose::SignIn(_))
}

enum Accepted {
    Otp { factor: FactorId, step: u64, drift: i8 },
    Sms { factor: FactorId, code: SmsCodeId },
    Assertion { factor: FactorId, challenge: ChallengeId, sign_count: u32, user_verified: bool },
    Recovery { set: CodeSetId, index: u8, left: u8 },
    Grant { recovery: RecoveryId },
}

#[derive(Clone, Copy)]
pub(super) struct Refused {
    pub(super) kind: ProofKind,
    pub(super) refusal: Refusal,
    pub(super) factor: Option<FactorId>,
}

/// A recovery code is accepted once.
fn recovery(enrolled: &Enrolled, index: u8) -> Result<Accepted, Refusal> {
    match &enrolled.codes {
        Some(codes) if codes.used.contains(&index) => Err(Refusal::Replayed),
        Some(codes) if index < codes.count => {
            let left = codes.left().saturating_sub(1);
            Ok(Accepted::Recovery { set: codes.set, index, left })
        }
        _ => Err(Refusal::Wrong),
    }
}
