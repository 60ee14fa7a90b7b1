//! Why somebody cannot enrol: each rule that stands in the way, and the events that set such a rule.

use strum::IntoStaticStr;

use super::command::UserError;
use super::factors::MAX_FACTORS;
use super::state::User;
use super::values::Familiarity;
use crate::account::{Account, Switch};
use crate::time::Timestamp;

/// A rule that keeps somebody from binding a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Obstacle {
    /// The person was erased.
    Erased,
    /// The account is closed for good.
    AccountClosed,
    /// They may not sign in.
    Deactivated,
    /// Two-factor authentication is switched off for the account.
    AccountDisabled,
    /// After a compromise only an enrolment ticket binds.
    TicketNeeded,
    /// The password, or the address, came by mail a short while ago: no code is mailed until then.
    MailboxTooFresh(Timestamp),
    /// The hard cap of wrong mailed codes was reached.
    MailedCodesLocked,
    /// The tries of a series of mailed codes are spent until then.
    MailedTriesSpent(Timestamp),
    /// The hard cap of wrong second factors was reached, on every kind of device.
    Locked,
    /// As many factors as a person may have.
    TooManyFactors,
}

impl Obstacle {
    /// The stable word for it.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// When it ends by itself.
    pub const fn until(self) -> Option<Timestamp> {
        match self {
            Self::MailboxTooFresh(at) | Self::MailedTriesSpent(at) => Some(at),
            Self::Erased
            | Self::AccountClosed
            | Self::Deactivated
            | Self::AccountDisabled
            | Self::TicketNeeded
            | Self::MailedCodesLocked
            | Self::Locked
            | Self::TooManyFactors => None,
        }
    }

    /// Whether the account's own stream holds the event that sets it, or the person's, and which events do: the
    /// last of them did.
    pub const fn events(self) -> (bool, &'static [&'static str]) {
        match self {
            Self::Erased => (false, &["PersonErased"]),
            Self::AccountClosed => (true, &["AccountClosed"]),
            Self::Deactivated => (false, &["UserDeactivated"]),
            Self::AccountDisabled => (true, &["AccountTwoFactorDisabled"]),
            Self::TicketNeeded => (false, &["TwoFactorReset"]),
            Self::MailboxTooFresh(_) => (false, &["LinkRedeemed", "EmailChanged"]),
            Self::MailedCodesLocked | Self::Locked => (false, &["LockedOut"]),
            Self::MailedTriesSpent(_) => (false, &["MailedCodeRejected"]),
            Self::TooManyFactors => (false, &["FactorConfirmed"]),
        }
    }
}

impl User {
    /// Everything that keeps them from binding a factor at an instant.
    pub fn obstacles(&self, account: &Account, at: Timestamp) -> Vec<Obstacle> {
        let mut found = vec![];
        if self.erased {
            return vec![Obstacle::Erased];
        }
        if account.closed {
            found.push(Obstacle::AccountClosed);
        }
        if self.deactivated {
            found.push(Obstacle::Deactivated);
        }
        if let Switch::Off { .. } = account.switch {
            found.push(Obstacle::AccountDisabled);
        }
        if self.factor_locked(Familiarity::Known) && self.factor_locked(Familiarity::Stranger) {
            found.push(Obstacle::Locked);
        }
        let era = account.era(at);
        let ticket = self.open_ticket(at).is_some();
        match self.enrolled_at(account.generation, at) {
            Some(enrolled) if enrolled.factors.len() >= MAX_FACTORS => found.push(Obstacle::TooManyFactors),
            Some(_) => {}
            // Whoever has a ticket needs no mail.
            None if ticket => {}
            None if self.needs_ticket => found.push(Obstacle::TicketNeeded),
            None => {
                if let Err(UserError::MailboxTooFresh(until)) = self.mailbox_may_bind(&era, at) {
                    found.push(Obstacle::MailboxTooFresh(until));
                }
                match self.mailed.ready(at) {
                    Err(UserError::Locked { .. }) => found.push(Obstacle::MailedCodesLocked),
                    Err(UserError::MailedTriesSpent(until)) => found.push(Obstacle::MailedTriesSpent(until)),
                    _ => {}
                }
            }
        }
        found
    }
}
