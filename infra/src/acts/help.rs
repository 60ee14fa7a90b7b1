//! Help for people who lost their second factor: a reset, at once or after a wait; an exemption with an end;
//! an enrolment ticket.

use twofold_domain::account::GuardedAct;
use twofold_domain::ids::{ExemptionId, StreamId, TicketId, UserId, VerifierId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_domain::time::Timestamp;
use twofold_domain::user::{
    Help, HelpCommand, Objection, RecoveryCommand, RecoveryRefusal, TICKET_LIFE, UserCommand, UserError,
};
use zeroize::Zeroizing;

use super::approvals::{Circle, Consented, consent};
use super::post::notify;
use super::principal::{Credential, Principal};
use super::texts::everywhere;
use super::{ActError, words};
use crate::desk::Act;
use crate::mail::Letter;
use crate::vault::kind;
use crate::verify::ticket::EnrolmentTicket;
use crate::work::Work;

/// Reset one person's second factor, touching nobody else. Of a customer of the account it takes a wait; of
/// an owner, a second one.
pub struct ResetFactor {
    /// Who asks.
    pub credential: Credential,
    /// Whose.
    pub user: UserId,
    /// Why.
    pub reason: String,
    /// Whether it may be in wrong hands: then only an enrolment ticket binds a new one.
    pub compromise: bool,
    /// The user's version that the caller saw.
    pub seen: Option<u64>,
    /// Who has a say.
    pub circle: Circle,
}

/// What asking for a reset came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reset {
    /// It holds.
    Done,
    /// It holds from this instant on, unless the person objects or shows their factor.
    Scheduled(Timestamp),
    /// It is refused until this instant, and that is on record: the person's password was reset by mail, or
    /// their address changed, a short while ago.
    Refused {
        /// Why.
        why: RecoveryRefusal,
        /// Until when.
        until: Timestamp,
    },
}

impl Act for ResetFactor {
    type Reply = Consented<Reset>;

    async fn run(&self, work: &mut Work) -> Result<Self::Reply, ActError> {
        let text = words::reason(&self.reason)?;
        work.queue_for(self.user).await;
        let (me, who) = self.credential.helper(work, self.user, Help::Reset).await?;
        if let Some(seen) = self.seen {
            let actual = work.version_of(StreamId::user(work.account_id(), self.user));
            if actual != seen {
                return Err(ActError::Outdated { actual });
            }
        }
        let (vault, at) = (work.desk().vault().clone(), work.at());
        let user = work.user(self.user).await?;
        // Nobody resets an owner alone, and a wait takes nobody's approval: whoever was a customer a short while ago,
        // and is an owner now, is reset later.
        if user.help_waits(at) && who.role != Role::Owner {
            return self.schedule(work, &me, &text).await.map(Consented::Done);
        }
        if who.role == Role::Owner {
            if user.help_waits(at) {
                return Err(UserError::ResetWaits.into());
            }
            let act = GuardedAct::ResetOwner { user: self.user, compromise: self.compromise };
            let consented = consent(work, &me, act, Some(&text), &self.circle).await?;
            if let Consented::Waits(requested) = consented {
                return Ok(Consented::Waits(requested));
            }
        }
        let reason = vault.seal(work.account_id(), self.user, &text).await?;
        let command = UserCommand::Reset { reason, compromise: self.compromise, at };
        work.tell_user(self.user, command).await?;
        notify(work, self.user, &Letter::TwoFactorReset).await?;
        Ok(Consented::Done(Reset::Done))
    }
}

impl ResetFactor {
    async fn schedule(&self, work: &mut Work, me: &Principal, text: &str) -> Result<Reset, ActError> {
        if self.compromise {
            let why = "is for members of the team: nobody issues tickets for customers".to_owned();
            return Err(ActError::Field { field: "compromise", why });
        }
        let at = work.at();
        let asks = HelpCommand::AskForReset { subject: self.user, at };
        work.tell_user(me.user, UserCommand::Help(asks)).await?;
        let reason = work.desk().vault().clone().seal(work.account_id(), self.user, text).await?;
        let recovery = work.desk().mint().id();
        let scheduled = RecoveryCommand::Schedule { recovery, reason, rank: me.role, at };
        work.tell_user(self.user, UserCommand::Recovery(scheduled)).await?;
        let Some(waiting) = work.user(self.user).await?.waiting_reset else {
            let doubt = work.user(self.user).await?.doubt(at);
            let (why, until) = doubt.ok_or_else(|| ActError::Bug("a wait without an end".to_owned()))?;
            return Ok(Reset::Refused { why, until });
        };
        let from = waiting.due_at;
        everywhere(work, self.user, &Letter::ResetScheduled { from }).await?;
        Ok(Reset::Scheduled(from))
    }
}

/// Object to the reset of one's own that waits.
pub struct CancelReset {
    /// Who.
    pub credential: Credential,
}

impl Act for CancelReset {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let (me, seat) = self.credential.seat(work).await?;
        seat.signed_in()?.permit(Deed::EndOwn)?;
        let command = RecoveryCommand::Stop { recovery: None, how: Objection::Person, at: work.at() };
        work.tell_user(me.user, UserCommand::Recovery(command)).await?;
        Ok(())
    }
}

/// Let somebody in without a second factor for a while.
pub struct Exempt {
    /// Who asks.
    pub credential: Credential,
    /// Whom.
    pub user: UserId,
    /// Why.
    pub reason: String,
    /// Until when.
    pub until: Timestamp,
    /// Who has a say.
    pub circle: Circle,
}

/// An exemption that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exempted {
    /// Its id.
    pub exemption: ExemptionId,
    /// When it ends by itself.
    pub until: Timestamp,
}

impl Act for Exempt {
    type Reply = Consented<Exempted>;

    async fn run(&self, work: &mut Work) -> Result<Self::Reply, ActError> {
        let text = words::reason(&self.reason)?;
        work.queue_for(self.user).await;
        let (me, who) = self.credential.helper(work, self.user, Help::Exemption).await?;
        let (exemption, until, at) = (work.desk().mint().id(), self.until, work.at());
        let reason = work.desk().vault().clone().seal(work.account_id(), self.user, &text).await?;
        let command = UserCommand::Help(HelpCommand::Exempt { exemption, reason, until, at });
        if who.role == Role::Owner {
            // What cannot be is refused before anybody is asked to approve it.
            let era = work.account().await?.era(at);
            work.user(self.user).await?.decide(&era, command.clone())?;
            let act = GuardedAct::ExemptOwner { user: self.user, exemption, until };
            let consented = consent(work, &me, act, Some(&text), &self.circle).await?;
            if let Consented::Waits(requested) = consented {
                return Ok(Consented::Waits(requested));
            }
        }
        work.tell_user(self.user, command).await?;
        notify(work, self.user, &Letter::Exempted { until }).await?;
        Ok(Consented::Done(Exempted { exemption, until }))
    }
}

/// End an exemption before its time.
pub struct EndExemption {
    /// Who asks.
    pub credential: Credential,
    /// Whose.
    pub user: UserId,
    /// Which.
    pub exemption: ExemptionId,
}

impl Act for EndExemption {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        work.queue_for(self.user).await;
        self.credential.helper_free(work, self.user, Help::Exemption).await?;
        let command = HelpCommand::EndExemption { exemption: self.exemption, at: work.at() };
        work.tell_user(self.user, UserCommand::Help(command)).await?;
        notify(work, self.user, &Letter::ExemptionEnded).await
    }
}

/// Issue a ticket that, with the password, binds a first factor.
pub struct IssueTicket {
    /// Who asks.
    pub credential: Credential,
    /// For whom.
    pub user: UserId,
    /// Why.
    pub reason: String,
}

/// A ticket that was issued; shown once, to who issued it.
#[derive(Clone)]
pub struct IssuedTicket {
    /// Its id.
    pub ticket: TicketId,
    /// What is told to the person.
    pub code: Zeroizing<String>,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Act for IssueTicket {
    type Reply = IssuedTicket;

    async fn run(&self, work: &mut Work) -> Result<IssuedTicket, ActError> {
        let text = words::reason(&self.reason)?;
        work.queue_for(self.user).await;
        self.credential.helper(work, self.user, Help::Ticket).await?;
        let desk = work.desk().clone();
        let (ticket, verifier): (TicketId, VerifierId) = (desk.mint().id(), desk.mint().id());
        let code = EnrolmentTicket::mint(desk.mint());
        let reason = desk.vault().seal(work.account_id(), self.user, &text).await?;
        let at = work.at();
        let command = HelpCommand::IssueTicket { ticket, verifier, reason, at };
        work.tell_user(self.user, UserCommand::Help(command)).await?;
        let keys = desk.vault().account_keys(work.account_id()).await?;
        let tag = code.verifier(keys.verifiers(), ticket);
        desk.vault().keep(work, self.user, verifier, kind::TICKET, &tag).await?;
        notify(work, self.user, &Letter::TicketIssued { lasts: TICKET_LIFE }).await?;
        Ok(IssuedTicket { ticket, code: code.reveal(), expires_at: at + TICKET_LIFE })
    }
}
