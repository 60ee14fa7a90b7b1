//! Mailed one-time codes: how many guesses they bear. How often they are sent is in `series`.

use serde::{Deserialize, Serialize};

use super::command::{NewMailedCode, UserError};
use super::events::UserEvent;
use super::series::{NotYet, SENT_CODE_LIFE, Sent, Series};
use super::values::{Familiarity, Gate, Refusal};
use crate::ids::{MailedCodeId, VerifierId};
use crate::proof::MailedVerdict;
use crate::time::{Span, Timestamp};

/// Life of a mailed code.
pub const MAILED_CODE_LIFE: Span = SENT_CODE_LIFE;
/// Wrong tries in one series of codes. Asking for another code soon buys no further ones.
const TRIES: u8 = 5;
/// How long after the end of the last code the tries come back.
const TRIES_RETURN: Span = Span::hours(1);

/// A mailed code that waits to be typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailedCode {
    /// Its id.
    pub code: MailedCodeId,
    /// Where its verifier is kept.
    pub verifier: VerifierId,
    /// Since when.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Sent for MailedCode {
    fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    fn beside(&self, _: &Self) -> bool {
        true
    }

    fn serves_as(&self, _: &Self) -> bool {
        true
    }
}

/// The series of mailed codes under way, and the guesses at all series so far.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Mailed {
    pub(super) series: Series<MailedCode>,
    tries_left: u8,
    /// Wrong tries in a row, across series; only a right one or an unlock forgets them.
    failures: u16,
    pub(super) locked: bool,
}

impl Mailed {
    /// Whether guesses so far let any code be issued.
    pub(super) fn ready(&self, at: Timestamp) -> Result<(), UserError> {
        self.check_open()?;
        if let Some(last) = self.series.open.last()
            && self.tries_left == 0
            && at < last.expires_at + TRIES_RETURN
        {
            return Err(UserError::MailedTriesSpent(last.expires_at + TRIES_RETURN));
        }
        Ok(())
    }

    /// Issues a code, at most one a minute, none while three can be typed, and none while the tries of the series are spent.
    pub(super) fn issue(&self, new: NewMailedCode, at: Timestamp) -> Result<UserEvent, UserError> {
        self.ready(at)?;
        let NewMailedCode { code, verifier } = new;
        let expires_at = at + MAILED_CODE_LIFE;
        let new = MailedCode { code, verifier, issued_at: at, expires_at };
        self.series.ready(&new).map_err(|not_yet| match not_yet {
            NotYet::JustNow(from) => UserError::MailedJustNow(from),
            NotYet::Enough(from) => UserError::MailsOpen(from),
        })?;
        Ok(UserEvent::MailedCodeIssued { code, verifier, expires_at, at })
    }

    /// Weighs a code that was typed: the events, and whether it was right.
    pub(super) fn weigh(
        &self,
        shown: Option<MailedVerdict>,
        familiarity: Familiarity,
        limit: u16,
        at: Timestamp,
    ) -> Result<(Vec<UserEvent>, bool), UserError> {
        self.check_open()?;
        let latest = self.series.open.last().ok_or(UserError::MailedCodeNeeded)?;
        if self.tries_left == 0 {
            return Err(UserError::MailedTriesSpent(latest.expires_at + TRIES_RETURN));
        }
        let known = |code| self.series.open.iter().find(|c| c.code == code);
        let (code, refusal) = match shown.ok_or(UserError::MailedCodeNeeded)? {
            MailedVerdict::Match(code) => match known(code) {
                Some(c) if at < c.expires_at => {
                    return Ok((vec![UserEvent::MailedCodeAccepted { code }], true));
                }
                Some(_) => (code, Refusal::Expired),
                None => (latest.code, Refusal::Wrong),
            },
            MailedVerdict::Mismatch => (latest.code, Refusal::Wrong),
        };
        let spent = u8::from(refusal == Refusal::Wrong);
        let tries_left = self.tries_left - spent;
        let mut events = vec![UserEvent::MailedCodeRejected { code, refusal, tries_left }];
        if self.failures + u16::from(spent) >= limit {
            events.push(UserEvent::LockedOut { gate: Gate::MailedCode, familiarity, at });
        }
        Ok((events, false))
    }

    fn check_open(&self) -> Result<(), UserError> {
        if self.locked { Err(UserError::Locked { gate: Gate::MailedCode, until: None }) } else { Ok(()) }
    }

    pub(super) fn issued(&mut self, code: MailedCode) {
        match self.series.open.last() {
            Some(last) if code.issued_at < last.expires_at + TRIES_RETURN => {}
            _ => self.tries_left = TRIES,
        }
        self.series.issued(code);
    }

    pub(super) fn accepted(&mut self) {
        *self = Self::default();
    }

    pub(super) fn rejected(&mut self, refusal: Refusal, tries_left: u8) {
        self.tries_left = tries_left;
        self.failures = self.failures.saturating_add(u16::from(refusal == Refusal::Wrong));
    }

    /// The binding that the codes were for is gone; guesses are not forgiven with it.
    pub(super) fn void(&mut self) {
        self.series.open.clear();
    }

    pub(super) fn unlock(&mut self) {
        self.failures = 0;
        self.locked = false;
        self.tries_left = self.tries_left.max(TRIES);
    }
}
