//! What a user may do next: identity, links, password, reset, erasure. Factors are decided in
//! `factors`, proofs in `prove`.

use super::budget::HARD_CAP;
use super::command::{Person, UserCommand, UserError};
use super::events::{Familiarity, Gate, LinkPurpose, ResetCause, UserEvent};
use super::state::User;
use crate::ids::{LinkId, VerifierId};
use crate::proof::Era;
use crate::time::Timestamp;

/// Languages that messages are written in.
const LANGUAGES: [&str; 3] = ["en", "es", "ko"];

impl User {
    /// Decides a command: the events to record, or why not.
    pub fn decide(&self, command: UserCommand) -> Result<Vec<UserEvent>, UserError> {
        if let UserCommand::Register { person, at } = command {
            return self.register(person, at);
        }
        if self.registered.is_none() {
            return Err(UserError::Unknown);
        }
        if self.erased {
            return Err(UserError::Erased);
        }
        match command {
            UserCommand::Register { .. } => Err(UserError::AlreadyRegistered),
            UserCommand::IssueLink { link, purpose, verifier, expires_at } => {
                Ok(vec![UserEvent::LinkIssued { link, purpose, verifier, expires_at }])
            }
            UserCommand::RedeemLink { link, password, stands_alone, at } => {
                self.redeem(link, password, stands_alone, at)
            }
            UserCommand::AnswerPassword { matched, familiarity, at } => {
                self.answer_password(matched, familiarity, at)
            }
            UserCommand::MailCode { mailed, at } => {
                self.pending.as_ref().ok_or(UserError::NoPending)?;
                self.mail_code(mailed, at).map(|issued| vec![issued])
            }
            UserCommand::StartEnrolment { factor, mailed, era, at } => {
                self.after_owed_reset(&era, |me| me.start_enrolment(factor, mailed, &era, at))
            }
            UserCommand::ConfirmFactor { factor, verdict, mailed, codes, familiarity, era, at } => self
                .after_owed_reset(&era, |me| {
                    me.confirm_factor(factor, verdict, mailed, codes, familiarity, &era, at)
                }),
            UserCommand::Prove { verdict, purpose, familiarity, era, at } => {
                self.prove(verdict, purpose, familiarity, &era, at).map(|(events, _)| events)
            }
            UserCommand::RegenerateCodes { codes, era } => self.regenerate(codes, &era),
            UserCommand::RemoveFactor { factor, required, era, at } => {
                self.remove_factor(factor, required, &era, at)
            }
            UserCommand::DisableOwn { verdict, required, familiarity, era, at } => {
                self.disable_own(verdict, required, familiarity, &era, at)
            }
            UserCommand::Reset { reason, compromise, era, at } => {
                // Recorded even of somebody without a factor: sessions and trust end all the same.
                self.after_owed_reset(&era, |_| {
                    let cause = ResetCause::Staff { reason, compromise };
                    Ok(vec![UserEvent::TwoFactorReset { cause, effective_at: at }])
                })
            }
            UserCommand::ReachReset { era } => Ok(self.owed_reset(&era).into_iter().collect()),
            UserCommand::Unlock { reason } => Ok(vec![UserEvent::Unlocked { reason }]),
            UserCommand::ReportLost { device } => Ok(vec![UserEvent::DeviceReportedLost { device }]),
            UserCommand::Erase { era, at } => self.after_owed_reset(&era, |me| {
                Ok(vec![UserEvent::PersonErased { values: me.sealed_values, at }])
            }),
        }
    }

    fn register(&self, person: Person, at: Timestamp) -> Result<Vec<UserEvent>, UserError> {
        if self.registered.is_some() {
            return Err(UserError::AlreadyRegistered);
        }
        if !LANGUAGES.contains(&person.language.as_str()) {
            return Err(UserError::BadLanguage);
        }
        let Person { account, user, role, name, email, language } = person;
        Ok(vec![UserEvent::UserRegistered { account, user, role, name, email, language, at }])
    }

    /// Only a mailed link proves an address; one printed by the operator does not.
    fn redeem(
        &self,
        link: LinkId,
        verifier: VerifierId,
        stands_alone: bool,
        at: Timestamp,
    ) -> Result<Vec<UserEvent>, UserError> {
        let open = self.links.get(&link).filter(|l| at < l.expires_at).ok_or(UserError::LinkOver)?;
        let mut events = vec![UserEvent::LinkRedeemed { link, at }];
        if open.purpose == LinkPurpose::Invitation && !self.email_verified {
            events.push(UserEvent::EmailVerified { at });
        }
        events.push(UserEvent::PasswordSet { verifier, stands_alone, at });
        Ok(events)
    }

    /// A wrong password is charged before anyone learns that it was wrong; a right one ends the
    /// series of that kind of device only.
    fn answer_password(
        &self,
        matched: bool,
        familiarity: Familiarity,
        at: Timestamp,
    ) -> Result<Vec<UserEvent>, UserError> {
        let budget = self.budget(Gate::Password, familiarity);
        budget.open(at).map_err(|wait| UserError::locked(Gate::Password, wait))?;
        if matched {
            let spent = budget.consecutive > 0;
            return Ok(spent.then_some(UserEvent::PasswordAccepted { familiarity }).into_iter().collect());
        }
        let (consecutive, retry_at) = budget.charge(at);
        let mut events = vec![UserEvent::PasswordRejected { familiarity, consecutive, retry_at, at }];
        if consecutive >= HARD_CAP {
            events.push(UserEvent::LockedOut { gate: Gate::Password, familiarity, at });
        }
        Ok(events)
    }

    /// Whatever a user does after an account-wide disable stands behind their own reset.
    pub(super) fn after_owed_reset(
        &self,
        era: &Era,
        then: impl FnOnce(&Self) -> Result<Vec<UserEvent>, UserError>,
    ) -> Result<Vec<UserEvent>, UserError> {
        match self.owed_reset(era) {
            None => then(self),
            Some(reset) => {
                let mut caught_up = self.clone();
                caught_up.evolve(&reset);
                let mut events = vec![reset];
                events.extend(then(&caught_up)?);
                Ok(events)
            }
        }
    }
}
