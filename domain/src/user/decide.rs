//! What a user may do next: identity, links, password, reset, erasure. Factors are decided in
//! `factors`, proofs in `prove`.

use super::address::check_language;
use super::command::{Person, UserCommand, UserError};
use super::delivery::outcome;
use super::events::UserEvent;
use super::factors::Confirmation;
use super::freeze::{FreezeCommand, outlives_freeze};
use super::help::HelpCommand;
use super::state::User;
use super::values::{Familiarity, FrozenBy, Gate, LinkPurpose, Objection, ProofKind, ResetCause};
use crate::ids::{LinkId, VerifierId};
use crate::proof::Era;
use crate::sealed::{Email, Sealed};
use crate::time::Timestamp;

impl User {
    /// Decides a command: the events to record, or why not. `era` is the account's.
    ///
    /// Whatever a user's stream records after an account-wide disable stands behind their own
    /// reset, whichever comes first, the fan-out or the user.
    pub fn decide(&self, era: &Era, command: UserCommand) -> Result<Vec<UserEvent>, UserError> {
        self.weigh(era, command).map(|(events, _)| events)
    }

    /// As `decide`; also what kind of proof was accepted, where one was shown and was good.
    pub(crate) fn weigh(
        &self,
        era: &Era,
        command: UserCommand,
    ) -> Result<(Vec<UserEvent>, Option<ProofKind>), UserError> {
        if let UserCommand::Register { person, at } = command {
            return Ok((self.register(person, at)?, None));
        }
        if self.registered.is_none() {
            return Err(UserError::Unknown);
        }
        if self.erased {
            return Err(UserError::Erased);
        }
        // In a closed account only what was announced, or written, before is still written down.
        if era.closed && !matches!(command, UserCommand::ReachReset | UserCommand::RecordDelivery { .. }) {
            return Err(UserError::Unknown);
        }
        if self.deactivated && !outlives_deactivation(&command) {
            return Err(UserError::Deactivated);
        }
        if self.frozen.is_some() && !outlives_freeze(&command) {
            return Err(UserError::Frozen);
        }
        let Some(reset) = self.owed_reset(era) else { return self.obey_and_object(era, command) };
        let caught_up = self.after([&reset]);
        let (events, accepted) = caught_up.obey(era, command)?;
        Ok((std::iter::once(reset).chain(events).collect(), accepted))
    }

    /// As `obey`; whoever shows their factor while a reset waits, or a code is granted, says thereby that they
    /// still have it.
    fn obey_and_object(
        &self,
        era: &Era,
        command: UserCommand,
    ) -> Result<(Vec<UserEvent>, Option<ProofKind>), UserError> {
        let (mut events, accepted) = self.obey(era, command)?;
        if (self.waiting_reset.is_some() || self.grant.is_some())
            && let Some((index, at)) =
                events.iter().enumerate().find_map(|(n, e)| Some((n, use_of_factor(e)?)))
        {
            let behind = events.split_off(index + 1);
            events.extend(self.give_way(Objection::Factor, at));
            events.extend(behind);
        }
        Ok((events, accepted))
    }

    /// The user as these events would leave them.
    pub(crate) fn after<'e>(&self, events: impl IntoIterator<Item = &'e UserEvent>) -> Self {
        let mut next = self.clone();
        events.into_iter().for_each(|event| next.evolve(event));
        next
    }

    /// What a registered user, who is owed no reset, does.
    fn obey(
        &self,
        era: &Era,
        command: UserCommand,
    ) -> Result<(Vec<UserEvent>, Option<ProofKind>), UserError> {
        let events = match command {
            UserCommand::Register { .. } => return Err(UserError::AlreadyRegistered),
            UserCommand::IssueLink { link, purpose, verifier, expires_at } => {
                self.issue_link(link, purpose, verifier, expires_at)?
            }
            UserCommand::RedeemLink { link, password, stands_alone, address, at } => {
                self.redeem(link, (password, stands_alone), address, era, at)?
            }
            UserCommand::AnswerPassword { matched, familiarity, at } => {
                self.answer_password(matched, familiarity, era, at)?
            }
            UserCommand::TakeWord { familiarity, at } => {
                let open = self.password_budget(familiarity).open(at);
                open.map_err(|wait| UserError::locked(Gate::Password, wait))?;
                vec![]
            }
            UserCommand::StartEnrolment { factor, mailed, texted, familiarity, at } => {
                self.start_enrolment(factor, (mailed, texted), familiarity, era, at)?
            }
            UserCommand::TextCode { factor, texted, purpose, familiarity, at } => {
                self.text_code(factor, texted, purpose, familiarity, era, at)?
            }
            UserCommand::RenameFactor { factor, name } => self.rename_factor(factor, name, era)?,
            UserCommand::PreferFactor { factor } => self.prefer_factor(factor, era)?,
            UserCommand::AssignToken { token, detail, at } => self.assign_token(token, detail, at)?,
            UserCommand::WithdrawToken { token, at } => self.withdraw_token(token, at)?,
            UserCommand::MailCode { mailed, at } => self.mail_code(mailed, era, at)?,
            UserCommand::ConfirmFactor { factor, verdict, warrant, codes, familiarity, at } => {
                let shown = Confirmation { factor, verdict, warrant, codes, familiarity, at };
                return self.confirm_factor(shown, era);
            }
            UserCommand::Prove { verdict, purpose, familiarity, at } => {
                return self.prove(verdict, purpose, familiarity, era, at);
            }
            UserCommand::RegenerateCodes { codes } => self.regenerate(codes, era)?,
            UserCommand::RemoveFactor { factor, required } => self.remove_factor(factor, required, era)?,
            UserCommand::DisableOwn { verdict, session, required, familiarity, at } => {
                return self.disable_own((verdict, session), required, familiarity, era, at);
            }
            // Recorded even of somebody without a factor: sessions and trust end all the same.
            UserCommand::Reset { at, .. } if self.help_waits(at) => return Err(UserError::ResetWaits),
            UserCommand::Reset { reason, compromise, at } => {
                let recovery = self.frozen.as_ref().map(|frozen| frozen.recovery);
                let cause = ResetCause::Staff { reason, compromise, recovery };
                let reset = UserEvent::TwoFactorReset { cause, effective_at: at };
                self.give_way(Objection::Replaced, at).chain([reset]).collect()
            }
            UserCommand::People(command) => self.live(era, command)?,
            UserCommand::ReachReset => vec![],
            UserCommand::Help(command) => self.help(command, era)?,
            UserCommand::Recovery(command) => self.recover(command, era)?,
            UserCommand::Freeze(command) => return self.freeze(command, era),
            UserCommand::Unlock { reason } => vec![UserEvent::Unlocked { reason }],
            UserCommand::ReportLost { device } => vec![UserEvent::DeviceReportedLost { device }],
            UserCommand::Access(command) => self.access(command)?,
            UserCommand::RecordDelivery { posted, ended, at } => vec![outcome(posted, ended, at)],
            UserCommand::Erase { at } => {
                vec![UserEvent::PersonErased { values: self.sealed_values, at }]
            }
        };
        Ok((events, None))
    }

    fn register(&self, person: Person, at: Timestamp) -> Result<Vec<UserEvent>, UserError> {
        if self.registered.is_some() {
            return Err(UserError::AlreadyRegistered);
        }
        check_language(&person.language)?;
        let Person { account, user, role, name, email, language } = person;
        Ok(vec![UserEvent::UserRegistered { account, user, role, name, email, language, at }])
    }

    /// A link mailed to somebody new, or to somebody back, proves their address; one printed by the operator
    /// does not, and one for a forgotten password may have gone to the address before the last change. One that went to
    /// an address before gives that back, or whoever moved it would be let in by the other one later.
    fn redeem(
        &self,
        link: LinkId,
        (verifier, stands_alone): (VerifierId, bool),
        address: Option<Sealed<Email>>,
        era: &Era,
        at: Timestamp,
    ) -> Result<Vec<UserEvent>, UserError> {
        let open = self.open_link(link, era, at).ok_or(UserError::LinkOver)?;
        let proves = match open.purpose {
            LinkPurpose::Invitation | LinkPurpose::Verification => !self.email_verified,
            LinkPurpose::SetUp | LinkPurpose::PasswordReset => false,
            // It moves an address or keeps it, or shows a code, and sets no password; or it takes more than itself.
            LinkPurpose::EmailChange
            | LinkPurpose::EmailObjection
            | LinkPurpose::Recovery
            | LinkPurpose::WayBack => {
                return Err(UserError::LinkOver);
            }
        };
        let mut events = vec![UserEvent::LinkRedeemed { link, at }];
        match address.filter(|_| self.gives_back(link).is_some()) {
            Some(email) => {
                events.extend(self.end_staffs_change(Objection::Address, at));
                events.push(UserEvent::EmailChanged { link, email, by: None, at });
            }
            None if proves => events.push(UserEvent::EmailVerified { at }),
            None => {}
        }
        // What was begun with the old password ends, and what waits ends with one that came by mail.
        if self.trusts_the_mailbox(open.purpose) {
            events.extend(self.cancel(Objection::Password, at));
        }
        events.extend(self.revoke(Objection::Password, at));
        events.push(UserEvent::PasswordSet { verifier, stands_alone, at });
        Ok(events)
    }

    /// A wrong password is charged before anyone learns that it was wrong; a right one ends the
    /// series of that kind of device only. One that opens nothing any more is a wrong one.
    fn answer_password(
        &self,
        matched: bool,
        familiarity: Familiarity,
        era: &Era,
        at: Timestamp,
    ) -> Result<Vec<UserEvent>, UserError> {
        let budget = self.password_budget(familiarity);
        budget.open(at).map_err(|wait| UserError::locked(Gate::Password, wait))?;
        if matched && self.password_opens() {
            let spent = budget.consecutive > 0;
            return Ok(spent.then_some(UserEvent::PasswordAccepted { familiarity }).into_iter().collect());
        }
        let (consecutive, retry_at) = budget.charge(at);
        let mut events = vec![UserEvent::PasswordRejected { familiarity, consecutive, retry_at, at }];
        if consecutive >= self.failure_limit(era, at) {
            events.push(UserEvent::LockedOut { gate: Gate::Password, familiarity, at });
        }
        Ok(events)
    }
}

/// When the person showed that they hold a factor, if that is what happened.
fn use_of_factor(event: &UserEvent) -> Option<Timestamp> {
    match event {
        UserEvent::OtpAccepted { at, .. }
        | UserEvent::SmsCodeAccepted { at, .. }
        | UserEvent::AssertionAccepted { at, .. }
        | UserEvent::RecoveryCodeUsed { at, .. }
        | UserEvent::FactorConfirmed { at, .. } => Some(*at),
        _ => None,
    }
}

/// What may still happen to somebody who is deactivated: their return, their erasure, help that is refused, the
/// reset that an account-wide disable owes them, what became of the last messages to them, the account's token that
/// they have taken back, and their "not me".
fn outlives_deactivation(command: &UserCommand) -> bool {
    match command {
        UserCommand::People(command) => command.revives(),
        UserCommand::Help(HelpCommand::Try { .. } | HelpCommand::Decline { .. })
        | UserCommand::Erase { .. }
        | UserCommand::ReachReset
        | UserCommand::WithdrawToken { .. }
        | UserCommand::RecordDelivery { .. } => true,
        // Whoever is shut out says so before they are let in again, and a thief with them.
        UserCommand::Freeze(FreezeCommand::Freeze { by, .. }) => {
            matches!(by, FrozenBy::OwnLink | FrozenBy::FormerLink)
        }
        _ => false,
    }
}
