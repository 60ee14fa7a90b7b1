//! Ways back in for people who lost their second factor. Each is a case with an id, from the request to the
//! next factor: a code that an owner or an admin grants for one sign-in, or a reset after a wait in which
//! everybody concerned is told and may object.
//!
//! **Architecture invariant:** no way back in is quicker than the notice of it can be read, unless a second
//! person answers for it; and none rests on the mailbox alone.

use super::address::RESET_STAYS_FRESH;
use super::command::{NewMailedCode, UserError};
use super::events::UserEvent;
use super::former::FORMER_EMAIL_SERVES;
use super::held::{Grant, Plea, RefusedWay};
use super::help::ASKING_SPAN;
use super::mailed::MAILED_CODE_LIFE;
use super::state::User;
use super::values::{
    Familiarity, Handing, Help, Objection, Purpose, RecoveryRefusal, RecoveryRoute, ResetCause,
};
use crate::ids::{LinkId, RecoveryId, UserId, VerifierId};
use crate::policy::Role;
use crate::proof::{Era, MailedVerdict};
use crate::sealed::{Reason, Sealed};
use crate::time::{Span, Timestamp};

/// How long a reset waits that nobody answers for: time to read a notice and to object.
pub const RESET_WAIT: Span = Span::hours(72);
/// The same for an owner beside whom there are others who could help with a code at once: longer, so that it
/// is the way for those whose fellow owners are lost too, and for nobody else.
pub const OWNER_AMONG_OWNERS_WAIT: Span = Span::days(7);
/// How many hours a grant is good for, if nobody says otherwise: from one working day to the next.
pub const GRANT_HOURS: u8 = 24;
/// The most hours that a grant is good for whose code is told by whoever issued it.
pub const GRANT_HOURS_AT_MOST: u8 = 72;
/// The same of one that is mailed. NIST SP 800-63B-4 §4.2.1.2: an issued recovery code that was sent to a validated
/// address of e-mail is valid for 24 hours at most.
pub const MAILED_GRANT_HOURS_AT_MOST: u8 = 24;

/// Ways back in that were refused within an hour and are remembered: more than there are ways and reasons together.
const REFUSED_WAYS: usize = 32;

/// A command about a way back in.
#[derive(Debug, Clone)]
pub enum RecoveryCommand {
    /// The person asks for one: a code is mailed to the address that recovery uses.
    Request {
        /// Pre-minted id; a request that was made a moment ago keeps its own.
        recovery: RecoveryId,
        /// By which way.
        route: RecoveryRoute,
        /// The code.
        mailed: NewMailedCode,
        /// Now.
        at: Timestamp,
    },
    /// The person shows the mailed code: the wait begins.
    Confirm {
        /// By which way.
        route: RecoveryRoute,
        /// How long it is.
        wait: Span,
        /// What the code turned out to be.
        shown: MailedVerdict,
        /// Whose budget a lock concerns.
        familiarity: Familiarity,
        /// Now.
        at: Timestamp,
    },
    /// Staff ask for a reset that waits.
    Schedule {
        /// Pre-minted id.
        recovery: RecoveryId,
        /// Why.
        reason: Sealed<Reason>,
        /// The role of whoever asks.
        rank: Role,
        /// Now.
        at: Timestamp,
    },
    /// An owner or an admin grants a code.
    Grant {
        /// Pre-minted id.
        recovery: RecoveryId,
        /// Into whose hands the code comes.
        handed: Handing,
        /// Why.
        reason: Sealed<Reason>,
        /// Who asked for it.
        by: UserId,
        /// Their role.
        rank: Role,
        /// The second person, where it took one.
        approved_by: Option<UserId>,
        /// How long it is good for.
        hours: u8,
        /// Now.
        at: Timestamp,
    },
    /// The link of the grant is used: its code is shown.
    Reveal {
        /// The link, whose secret was right.
        link: LinkId,
        /// Where the code's verifier is kept.
        verifier: VerifierId,
        /// Now.
        at: Timestamp,
    },
    /// Object to the reset that waits, or to the grant.
    Stop {
        /// Of which case; of whichever it is, if absent.
        recovery: Option<RecoveryId>,
        /// Why.
        how: Objection,
        /// Now.
        at: Timestamp,
    },
}

impl User {
    pub(super) fn recover(&self, command: RecoveryCommand, era: &Era) -> Result<Vec<UserEvent>, UserError> {
        match command {
            RecoveryCommand::Request { recovery, route, mailed, at } => {
                self.request_recovery(recovery, route, mailed, era, at)
            }
            RecoveryCommand::Confirm { route, wait, shown, familiarity, at } => {
                self.confirm_recovery(route, wait, (shown, familiarity), era, at)
            }
            // A wait takes nobody's approval, and an owner is reset with one.
            RecoveryCommand::Schedule { .. } if self.role() == Some(Role::Owner) => {
                Err(UserError::ResetWaits)
            }
            RecoveryCommand::Schedule { recovery, reason, rank, at } => {
                self.nothing_waits(era)?;
                if let Some((why, _)) = self.doubt(at) {
                    let route = RecoveryRoute::Staff;
                    return Ok(vec![UserEvent::RecoveryRefused { recovery, route, why, at }]);
                }
                Ok(vec![UserEvent::TwoFactorResetScheduled {
                    rank: Some(rank),
                    recovery: Some(recovery),
                    route: RecoveryRoute::Staff,
                    reason: Some(reason),
                    due_at: at + RESET_WAIT,
                    at,
                }])
            }
            RecoveryCommand::Grant { recovery, handed, reason, by, rank, approved_by, hours, at } => {
                if let Some(why) = self.grant_refused(at) {
                    let route = RecoveryRoute::Grant;
                    return Ok(vec![UserEvent::RecoveryRefused { recovery, route, why, at }]);
                }
                let most = match handed {
                    Handing::Link { .. } => MAILED_GRANT_HOURS_AT_MOST,
                    Handing::Issuer { .. } => GRANT_HOURS_AT_MOST,
                };
                if hours == 0 || hours > most {
                    return Err(UserError::GrantSpan(most));
                }
                self.enrolled(era.generation).ok_or(UserError::NotEnabled)?;
                self.may_give(Help::Grant, at)?;
                if matches!(handed, Handing::Issuer { .. }) && !era.issuers_see_codes {
                    return Err(UserError::IssuerMayNotSee);
                }
                let expires_at = at + Span::hours(hours.into());
                let mut events: Vec<UserEvent> = self.revoke(Objection::Replaced, at).into_iter().collect();
                events.push(UserEvent::RecoveryGranted {
                    rank: Some(rank),
                    recovery,
                    handed,
                    reason,
                    by,
                    approved_by,
                    expires_at,
                    at,
                });
                Ok(events)
            }
            RecoveryCommand::Reveal { link, verifier, at } => {
                let shows = |grant: &&Grant| grant.link == Some(link) && at < grant.expires_at;
                let grant = self.grant.as_ref().filter(shows).ok_or(UserError::LinkOver)?;
                Ok(vec![UserEvent::RecoveryCodeRevealed { recovery: grant.recovery, link, verifier, at }])
            }
            RecoveryCommand::Stop { recovery, how, at } => {
                let is = |case: Option<RecoveryId>| recovery.is_none() || recovery == case;
                let waits = self.waiting_reset.filter(|waiting| is(waiting.recovery));
                let granted = self.running_grant(at).filter(|grant| is(Some(grant.recovery)));
                let back = self.frozen.as_ref().filter(|_| self.way_back(at).is_some());
                let back = back.map(|frozen| frozen.recovery).filter(|case| is(Some(*case)));
                let closed = back.map(|recovery| UserEvent::ThawStopped { recovery, how, at });
                let cancelled = waits.and_then(|_| self.cancel(how, at));
                let revoked = granted.and_then(|_| self.revoke(how, at));
                let events: Vec<UserEvent> = cancelled.into_iter().chain(revoked).chain(closed).collect();
                if events.is_empty() { Err(UserError::NothingWaits) } else { Ok(events) }
            }
        }
    }

    fn request_recovery(
        &self,
        recovery: RecoveryId,
        route: RecoveryRoute,
        mailed: NewMailedCode,
        era: &Era,
        at: Timestamp,
    ) -> Result<Vec<UserEvent>, UserError> {
        self.nothing_waits(era)?;
        if let Some((why, _)) = self.doubt(at) {
            return Ok(self.refuse_way(recovery, route, why, at).into_iter().collect());
        }
        let code = self.mailed.issue(mailed, at)?;
        // Asked again for the sake of another mail, it is the same case.
        let again = self.open_plea(at).is_some_and(|plea| plea.route == route);
        let asked = (!again).then_some(UserEvent::RecoveryRequested { recovery, route, at });
        Ok(asked.into_iter().chain([code]).collect())
    }

    fn confirm_recovery(
        &self,
        route: RecoveryRoute,
        wait: Span,
        (shown, familiarity): (MailedVerdict, Familiarity),
        era: &Era,
        at: Timestamp,
    ) -> Result<Vec<UserEvent>, UserError> {
        self.nothing_waits(era)?;
        let plea = self.open_plea(at).ok_or(UserError::NothingRequested)?;
        if let Some((why, _)) = self.doubt(at) {
            let recovery = plea.recovery;
            // It ends this case, so it is recorded once, whatever was refused a moment ago.
            let ended = self.refused_ways.iter().any(|refused| refused.recovery == recovery);
            let refused = UserEvent::RecoveryRefused { recovery, route, why, at };
            return Ok(if ended { vec![] } else { vec![refused] });
        }
        let limit = self.failure_limit(era, at);
        let (mut events, right) = self.mailed.weigh(Some(shown), familiarity, limit, at)?;
        if right {
            let (recovery, due_at) = (Some(plea.recovery), at + wait);
            let reason = None;
            events.push(UserEvent::TwoFactorResetScheduled {
                rank: None,
                recovery,
                route,
                reason,
                due_at,
                at,
            });
        }
        Ok(events)
    }

    /// There is a factor to lose, and no reset of it waits: asking again moves nothing, neither sooner, nor
    /// for ever later.
    pub(crate) fn nothing_waits(&self, era: &Era) -> Result<(), UserError> {
        self.enrolled(era.generation).ok_or(UserError::NotEnabled)?;
        match &self.waiting_reset {
            Some(waiting) => Err(UserError::AlreadyWaiting(waiting.due_at)),
            None => Ok(()),
        }
    }

    /// The request whose mailed code may still be typed.
    pub fn open_plea(&self, at: Timestamp) -> Option<&Plea> {
        let last = self.mailed.series.open.last().map(|code| code.expires_at);
        self.plea.as_ref().filter(|plea| at < plea.at + MAILED_CODE_LIFE || last.is_some_and(|end| at < end))
    }

    /// A refusal of a way back in that the person, or whoever has their password, asked for: recorded, and told, once
    /// an hour for each way and reason, so that nobody fills a log or a mailbox by asking.
    pub(super) fn refuse_way(
        &self,
        recovery: RecoveryId,
        route: RecoveryRoute,
        why: RecoveryRefusal,
        at: Timestamp,
    ) -> Option<UserEvent> {
        let same = |old: &RefusedWay| old.route == route && old.why == why && at < old.at + ASKING_SPAN;
        let known = self.refused_ways.iter().any(same);
        (!known).then_some(UserEvent::RecoveryRefused { recovery, route, why, at })
    }

    /// That a way back in was refused; what is older than the span, or than the last few, is forgotten.
    pub(super) fn way_refused(&mut self, refused: RefusedWay) {
        self.refused_ways.retain(|old| refused.at < old.at + ASKING_SPAN);
        if self.refused_ways.len() >= REFUSED_WAYS {
            self.refused_ways.remove(0);
        }
        self.refused_ways.push(refused);
    }

    /// Why a mailed code proves nothing now, and until when: whoever has the mailbox could have got the
    /// password with it, or moved the address.
    pub fn doubt(&self, at: Timestamp) -> Option<(RecoveryRefusal, Timestamp)> {
        self.password_doubt(at).map(|until| (RecoveryRefusal::PasswordMailed, until)).or_else(|| {
            let until = self.address_changed_at()? + FORMER_EMAIL_SERVES;
            (at < until).then_some((RecoveryRefusal::AddressChanged, until))
        })
    }

    fn password_doubt(&self, at: Timestamp) -> Option<Timestamp> {
        self.password_mailed.map(|(_, reset)| reset + RESET_STAYS_FRESH).filter(|until| at < *until)
    }

    /// Why nobody grants them a code now. A change of address by the person is no reason: the link
    /// goes to the one before.
    fn grant_refused(&self, at: Timestamp) -> Option<RecoveryRefusal> {
        if self.help_waits(at) {
            return Some(RecoveryRefusal::EndUser);
        }
        let replaced = || self.replaced_until(at).map(|_| RecoveryRefusal::AddressChanged);
        self.password_doubt(at).map(|_| RecoveryRefusal::PasswordMailed).or_else(replaced)
    }

    /// Whether a recovery code could answer for them: one of their own that is left, or one that was granted.
    pub fn takes_recovery_code(&self, generation: u32, at: Timestamp) -> bool {
        let own = self.enrolled(generation).and_then(|enrolled| enrolled.codes.as_ref());
        own.is_some_and(|codes| codes.left() > 0) || self.open_grant(at).is_some()
    }

    /// Whether a case is one that can still be stopped.
    pub fn can_stop(&self, recovery: RecoveryId, at: Timestamp) -> bool {
        let waits = self.waiting_reset.is_some_and(|waiting| waiting.recovery == Some(recovery));
        (waits && self.due_reset(at).is_none())
            || self.running_grant(at).is_some_and(|grant| grant.recovery == recovery)
    }

    /// The grant that has not ended at an instant, whether its code was shown to anybody yet or not.
    pub fn running_grant(&self, at: Timestamp) -> Option<&Grant> {
        self.grant.as_ref().filter(|grant| at < grant.expires_at)
    }

    /// The grant whose code lets them in at an instant.
    pub fn open_grant(&self, at: Timestamp) -> Option<&Grant> {
        let good = |grant: &&Grant| grant.code.is_some() && at < grant.expires_at;
        self.grant.as_ref().filter(good).filter(|_| self.password_doubt(at).is_none())
    }

    /// What the code of a grant does: it lets them in once, and the second factor that they do not have any
    /// more ends with it, so that they bind another one first.
    pub(super) fn use_grant(
        &self,
        recovery: RecoveryId,
        purpose: Purpose,
        familiarity: Familiarity,
        at: Timestamp,
    ) -> Vec<UserEvent> {
        let used = UserEvent::RecoveryGrantUsed { recovery, purpose, familiarity, at };
        let cause = ResetCause::Granted { recovery };
        let reset = UserEvent::TwoFactorReset { cause, effective_at: at };
        std::iter::once(used).chain(self.cancel(Objection::Replaced, at)).chain([reset]).collect()
    }

    /// What waits or is granted gives way.
    pub(super) fn give_way(&self, how: Objection, at: Timestamp) -> impl Iterator<Item = UserEvent> + use<> {
        self.cancel(how, at).into_iter().chain(self.revoke(how, at))
    }

    pub(super) fn cancel(&self, how: Objection, at: Timestamp) -> Option<UserEvent> {
        let recovery = self.waiting_reset?.recovery;
        Some(UserEvent::TwoFactorResetCancelled { recovery, how: Some(how), at })
    }

    /// Whether the word of a higher role runs than this one: nobody of a lower one stops it.
    pub fn outranked(&self, role: Role, at: Timestamp) -> bool {
        self.highest_word(at).is_some_and(|word| word < role)
    }

    /// The highest role whose word runs: a code that was granted, a reset that waits, a way back from a freeze.
    fn highest_word(&self, at: Timestamp) -> Option<Role> {
        let waits = self.waiting_reset.and_then(|waiting| waiting.rank);
        let granted = self.running_grant(at).and_then(|grant| grant.rank);
        let back = self.way_back(at).and_then(|way| way.rank);
        // The most powerful role is the first.
        waits.into_iter().chain(granted).chain(back).min()
    }

    pub(super) fn revoke(&self, how: Objection, at: Timestamp) -> Option<UserEvent> {
        // One that ended by itself stays what it is: a code that nobody used.
        let recovery = self.running_grant(at)?.recovery;
        Some(UserEvent::RecoveryGrantRevoked { recovery, how, at })
    }
}
