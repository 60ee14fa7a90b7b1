//! Acts that take two: asked for by one, carried out with another owner's approval, or, where there is
//! nobody to give it, after a wait in which everyone of the team is told and any owner or admin can cancel.
//!
//! **Architecture invariant:** a request lends nothing. When it is used, everything is asked again as of
//! that instant: whether who asked may still do it, and whether it is still what was asked for.

use super::events::AccountEvent;
use super::state::{Account, Approval};
use super::terms::{Guarded, GuardedAct};
use crate::ids::{ApprovalId, UserId};
use crate::owners::Owners;
use crate::permission::{Act, Need, need};
use crate::policy::Role;
use crate::sealed::{Reason, Sealed};
use crate::time::{Span, Timestamp};

/// How long an act waits where there is nobody to approve it: three nights, in which everyone who is told
/// had a chance to read it.
const WAIT: Span = Span::hours(72);
/// How long a request stays open: a second owner's week off, and no longer.
const OPEN_FOR: Span = Span::days(7);
/// Requests open at once. The account's stream is read by every sign-in and stays short.
const OPEN_AT_ONCE: usize = 50;

/// What an act takes, beside leave to do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Nothing more.
    AtOnce,
    /// Another owner's approval.
    SecondOwner,
    /// There is nobody to give it: a wait, until this instant.
    Wait(Timestamp),
}

/// What an act that may take two comes down to, its figures aside. Whoever only wants to know what it would take asks
/// by this, before anything of a request is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gist {
    /// What dual control has to be chosen for; `None` for what always takes two.
    chosen_by: Option<Guarded>,
    /// Whom it is about.
    about: Option<UserId>,
}

impl Gist {
    /// What takes two whatever an account chose, about nobody.
    pub const ALWAYS: Self = Self { chosen_by: None, about: None };

    /// An act that dual control can be chosen for, about nobody.
    pub const fn of(guarded: Guarded) -> Self {
        Self { chosen_by: Some(guarded), about: None }
    }

    /// The same about somebody.
    #[must_use]
    pub const fn about(self, user: UserId) -> Self {
        Self { about: Some(user), ..self }
    }
}

/// What somebody can do for a request that waits, beside cancelling it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Approve it, as a second owner.
    Approve,
    /// Carry out what they asked for: its wait is over.
    CarryOut,
}

/// Who has to do with a request, as they are now.
#[derive(Clone, Copy)]
struct Parties<'a> {
    asker: Option<Role>,
    subject: Option<Role>,
    owners: &'a Owners,
}

/// A command about acts that take two.
#[derive(Debug, Clone)]
pub enum ApprovalCommand {
    /// Ask for an act.
    Request {
        /// Pre-minted id.
        approval: ApprovalId,
        /// What is to be done.
        act: GuardedAct,
        /// Who asks.
        by: UserId,
        /// Why.
        reason: Sealed<Reason>,
        /// Who owns the account.
        owners: Owners,
        /// Now.
        at: Timestamp,
    },
    /// Approve it as the second person, or carry out one's own after its wait. The act itself is recorded
    /// in the same append.
    Use {
        /// The request.
        approval: ApprovalId,
        /// Who approves, or carries out.
        by: UserId,
        /// The role of who asked; `None` once they may not sign in.
        asker: Option<Role>,
        /// The role of the person whom it is about, where it is about one who is still here.
        subject: Option<Role>,
        /// Who owns the account.
        owners: Owners,
        /// Now.
        at: Timestamp,
    },
    /// Withdraw or refuse it.
    Cancel {
        /// The request.
        approval: ApprovalId,
        /// Who.
        by: UserId,
        /// Now.
        at: Timestamp,
    },
}

/// Why an act that takes two is not done. Nothing was recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalError {
    /// No such request is open.
    #[error("this request is no longer open")]
    Over,
    /// The same is asked for already.
    #[error("this is waiting for approval already, as {0}")]
    AlreadyRequested(ApprovalId),
    /// Too many requests are open.
    #[error("at most {0} requests wait at once; cancel some")]
    TooMany(usize),
    /// The second person must be another one.
    #[error("whoever asked for it cannot approve it")]
    OwnRequest,
    /// Only who asked carries it out.
    #[error("only whoever asked for it carries it out")]
    NotYours,
    /// Nobody is their own second person.
    #[error("whom it is about cannot approve it")]
    OwnMatter,
    /// Only an owner approves.
    #[error("only an owner can approve this")]
    NotAnOwner,
    /// Its wait is not over.
    #[error("this can be carried out from {0} on, unless it is cancelled")]
    NotYet(Timestamp),
    /// Who asked may not do it any more, or what it was about is not so any more.
    #[error("what was asked for is overtaken: who asked may not do it any more, or it is not so any more")]
    Overtaken,
    /// It takes nobody's approval.
    #[error("this takes nobody's approval")]
    NotNeeded,
}

impl GuardedAct {
    /// The person whom it is about.
    pub const fn subject(&self) -> Option<UserId> {
        match self {
            Self::ResetOwner { user, .. }
            | Self::ExemptOwner { user, .. }
            | Self::GrantOwnerRecovery { user, .. }
            | Self::ChangeOwnerIdentity { user, .. }
            | Self::Erase { user }
            | Self::DemoteOwner { user, .. }
            | Self::DeactivateOwner { user }
            | Self::GrantOwner { user }
            | Self::TransferOwnership { to: user, .. } => Some(*user),
            Self::Disable { .. }
            | Self::Suspend
            | Self::CloseAccount
            | Self::GrantOperator { .. }
            | Self::ChangeGovernance { .. } => None,
        }
    }

    /// Its stable word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Disable { .. } => "disable",
            Self::Suspend => "suspend",
            Self::ResetOwner { .. } => "reset_owner",
            Self::ExemptOwner { .. } => "exempt_owner",
            Self::GrantOwnerRecovery { .. } => "grant_owner_recovery",
            Self::ChangeOwnerIdentity { .. } => "change_owner_identity",
            Self::Erase { .. } => "erase",
            Self::DemoteOwner { .. } => "demote_owner",
            Self::DeactivateOwner { .. } => "deactivate_owner",
            Self::GrantOwner { .. } => "grant_owner",
            Self::TransferOwnership { .. } => "transfer_ownership",
            Self::GrantOperator { .. } => "grant_operator",
            Self::CloseAccount => "close_account",
            Self::ChangeGovernance { .. } => "change_governance",
        }
    }

    /// What the table of permissions calls it, for a subject of this role. `None` where it cannot be done
    /// to them (any more).
    pub fn deed(&self, subject: Option<Role>) -> Option<Act> {
        match self {
            Self::Disable { .. } | Self::Suspend => Some(Act::SwitchAccount),
            Self::GrantOperator { .. } => Some(Act::GrantOperator),
            Self::CloseAccount => Some(Act::CloseAccount),
            Self::ChangeGovernance { .. } => Some(Act::ChangeGovernance),
            Self::ResetOwner { .. } => subject.filter(|role| *role == Role::Owner).map(Act::ResetFactor),
            Self::ExemptOwner { .. } => subject.filter(|role| *role == Role::Owner).map(Act::Exempt),
            Self::GrantOwnerRecovery { .. } => {
                subject.filter(|role| *role == Role::Owner).map(Act::GrantRecovery)
            }
            Self::ChangeOwnerIdentity { .. } => {
                subject.filter(|role| *role == Role::Owner).map(Act::ChangeIdentity)
            }
            Self::Erase { .. } => subject.map(Act::Erase),
            Self::DemoteOwner { to, .. } => {
                let from = subject.filter(|role| *role == Role::Owner && *to != Role::Owner)?;
                Some(Act::ChangeRole { from, to: *to })
            }
            Self::DeactivateOwner { .. } => subject.filter(|role| *role == Role::Owner).map(Act::Deactivate),
            Self::GrantOwner { .. } | Self::TransferOwnership { .. } => subject
                .filter(|role| *role != Role::Owner)
                .map(|from| Act::ChangeRole { from, to: Role::Owner }),
        }
    }

    /// What it comes down to.
    pub const fn gist(&self) -> Gist {
        Gist { chosen_by: self.chosen_by(), about: self.subject() }
    }

    /// Whether two requests would do the same, figures aside.
    fn same_as(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other) && self.subject() == other.subject()
    }
}

impl Account {
    /// What an act takes of who asks for it, beside leave to do it.
    pub fn consent(&self, act: &GuardedAct, by: UserId, owners: &Owners, at: Timestamp) -> Consent {
        match act {
            GuardedAct::ChangeGovernance { to } if !to.weaker_than(&self.governance, owners) => {
                Consent::AtOnce
            }
            other => self.consent_to(other.gist(), by, owners, at),
        }
    }

    /// The same by what it comes down to. Owners that it is about do not count as the second person: or a locked-out
    /// owner could be helped by nobody.
    pub fn consent_to(&self, gist: Gist, by: UserId, owners: &Owners, at: Timestamp) -> Consent {
        let of_an_owner = gist.about.is_some_and(|user| owners.owns(user));
        let takes_two = match gist.chosen_by {
            None => true,
            Some(Guarded::Erase) if of_an_owner => true,
            Some(guarded) => self.governance.guards(owners).contains(&guarded),
        };
        let second = |owner: UserId| owner != by && gist.about != Some(owner);
        if !takes_two {
            Consent::AtOnce
        } else if owners.iter().any(second) {
            Consent::SecondOwner
        } else {
            Consent::Wait(at + WAIT)
        }
    }

    /// An act that waits, if it still does.
    pub fn open_approval(&self, approval: ApprovalId, at: Timestamp) -> Option<&Approval> {
        self.approvals.get(&approval).filter(|open| at < open.expires_at)
    }

    /// Whether a request waits for somebody of this role now, and for what.
    pub fn turn(&self, open: &Approval, by: UserId, role: Role, at: Timestamp) -> Option<Turn> {
        if !self.lets(role, Act::Approve) || at >= open.expires_at {
            None
        } else if by == open.by {
            open.matures_at.filter(|due| *due <= at).map(|_| Turn::CarryOut)
        } else {
            (open.act.subject() != Some(by)).then_some(Turn::Approve)
        }
    }

    /// Whether a request could be used now, were it approved: who asked may still do it, and it can still
    /// be done.
    pub fn stands(&self, open: &Approval, asker: Option<Role>, subject: Option<Role>) -> bool {
        let (Some(role), Some(deed)) = (asker, open.act.deed(subject)) else { return false };
        self.lets(role, deed)
    }

    /// Whether somebody of this role may do something here at all, whatever it takes beside the role.
    pub fn lets(&self, role: Role, deed: Act) -> bool {
        match need(role, deed) {
            Need::Never => false,
            Need::Delegated => self.governance.admins_may_switch,
            Need::Session | Need::StepUp | Need::Approved => true,
        }
    }

    pub(super) fn approve(&self, command: ApprovalCommand) -> Result<Vec<AccountEvent>, ApprovalError> {
        match command {
            ApprovalCommand::Request { approval, act, by, reason, owners, at } => {
                self.request(approval, act, by, reason, &owners, at)
            }
            ApprovalCommand::Use { approval, by, asker, subject, owners, at } => {
                self.use_approval(approval, by, Parties { asker, subject, owners: &owners }, at)
            }
            ApprovalCommand::Cancel { approval, by, at } => {
                self.open_approval(approval, at).ok_or(ApprovalError::Over)?;
                Ok(vec![AccountEvent::ApprovalCancelled { approval, by, at }])
            }
        }
    }

    fn request(
        &self,
        approval: ApprovalId,
        act: GuardedAct,
        by: UserId,
        reason: Sealed<Reason>,
        owners: &Owners,
        at: Timestamp,
    ) -> Result<Vec<AccountEvent>, ApprovalError> {
        let mut open = self.approvals.iter().filter(|(_, open)| at < open.expires_at);
        if let Some((same, _)) = open.clone().find(|(_, open)| open.act.same_as(&act)) {
            return Err(ApprovalError::AlreadyRequested(*same));
        }
        if open.by_ref().count() >= OPEN_AT_ONCE {
            return Err(ApprovalError::TooMany(OPEN_AT_ONCE));
        }
        let matures_at = match self.consent(&act, by, owners, at) {
            Consent::AtOnce => return Err(ApprovalError::NotNeeded),
            Consent::SecondOwner => None,
            Consent::Wait(until) => Some(until),
        };
        let expires_at = matures_at.unwrap_or(at) + OPEN_FOR;
        Ok(vec![AccountEvent::ApprovalRequested { approval, act, by, reason, matures_at, expires_at, at }])
    }

    fn use_approval(
        &self,
        approval: ApprovalId,
        by: UserId,
        parties: Parties<'_>,
        at: Timestamp,
    ) -> Result<Vec<AccountEvent>, ApprovalError> {
        let Parties { asker, subject, owners } = parties;
        let open = self.open_approval(approval, at).ok_or(ApprovalError::Over)?;
        let approved_by = if by == open.by {
            match open.matures_at {
                None => return Err(ApprovalError::OwnRequest),
                Some(due) if at < due => return Err(ApprovalError::NotYet(due)),
                Some(_) => None,
            }
        } else if open.act.subject() == Some(by) {
            return Err(ApprovalError::OwnMatter);
        } else if owners.contains(by) {
            Some(by)
        } else {
            return Err(ApprovalError::NotAnOwner);
        };
        if !self.stands(open, asker, subject) {
            return Err(ApprovalError::Overtaken);
        }
        Ok(vec![AccountEvent::ApprovalUsed { approval, approved_by, at }])
    }
}
