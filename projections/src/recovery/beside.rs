//! What stands beside cases: requests for an owner's recovery, and the grants under which the operator acts.

use twofold_domain::account::{AccountEvent, GuardedAct};
use twofold_domain::ids::{ApprovalId, OperatorGrantId, RecoveryId, UserId};
use twofold_domain::time::Timestamp;

use crate::fact::{Event, Fact};
use crate::record::record;
use crate::view::{Keeps, Table, View};

/// A recovery of an owner, for which another owner asks.
pub(super) struct AskedOfOwners {
    pub(super) approval: ApprovalId,
    pub(super) recovery: RecoveryId,
    pub(super) of: UserId,
    pub(super) by: UserId,
    pub(super) until: Timestamp,
    pub(super) at: Timestamp,
}

pub(super) const fn asked_of_owners(event: &AccountEvent) -> Option<AskedOfOwners> {
    match event {
        AccountEvent::ApprovalRequested {
            approval,
            act: GuardedAct::GrantOwnerRecovery { user, recovery, .. },
            by,
            expires_at,
            at,
            ..
        } => Some(AskedOfOwners {
            approval: *approval,
            recovery: *recovery,
            of: *user,
            by: *by,
            until: *expires_at,
            at: *at,
        }),
        _ => None,
    }
}

/// Requests for an owner's recovery, and who withdrew them: what that says names no case.
pub enum Asked {}

record! {
    /// One request.
    pub struct AskedRow {
        /// Which.
        pub approval_id: ApprovalId,
        /// When it was withdrawn or refused.
        pub withdrawn_at: Option<Timestamp>,
        /// By whom.
        pub withdrawn_by: Option<Box<str>>,
    }
}

impl View for Asked {
    type Row = AskedRow;
    type Key = ApprovalId;
    const TABLE: Table = Table { keeps: Keeps::History, ..Table::of("recovery_asked", "approval_id") };

    fn key(fact: &Fact) -> Option<ApprovalId> {
        match &fact.event {
            Event::Account(AccountEvent::ApprovalCancelled { approval, .. }) => Some(*approval),
            Event::Account(event) => asked_of_owners(event).map(|asked| asked.approval),
            Event::User(..) | Event::Device(..) | Event::Reading(_) => None,
        }
    }

    fn apply(row: Option<AskedRow>, approval_id: ApprovalId, fact: &Fact) -> Option<AskedRow> {
        let Event::Account(AccountEvent::ApprovalCancelled { by, at, .. }) = &fact.event else {
            return Some(AskedRow { approval_id, withdrawn_at: None, withdrawn_by: None });
        };
        // Of other requests nothing is kept.
        row.map(|row| AskedRow { withdrawn_at: Some(*at), withdrawn_by: Some(by.to_string().into()), ..row })
    }
}

/// Grants of owners to the installation's operator.
pub enum Leave {}

record! {
    /// One grant.
    pub struct LeaveRow {
        /// Which.
        pub grant_id: OperatorGrantId,
        /// Who let them.
        pub granted_by: UserId,
        /// When it ends by itself.
        pub until: Timestamp,
        /// When it was ended before that.
        pub revoked_at: Option<Timestamp>,
        /// By whom.
        pub revoked_by: Option<UserId>,
    }
}

impl View for Leave {
    type Row = LeaveRow;
    type Key = OperatorGrantId;
    const TABLE: Table = Table { keeps: Keeps::History, ..Table::of("recovery_leave", "grant_id") };

    fn key(fact: &Fact) -> Option<OperatorGrantId> {
        match &fact.event {
            Event::Account(
                AccountEvent::OperatorGranted { grant, .. }
                | AccountEvent::OperatorGrantRevoked { grant, .. },
            ) => Some(*grant),
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => None,
        }
    }

    fn apply(row: Option<LeaveRow>, grant_id: OperatorGrantId, fact: &Fact) -> Option<LeaveRow> {
        match &fact.event {
            Event::Account(AccountEvent::OperatorGranted { by, until, .. }) => Some(LeaveRow {
                grant_id,
                granted_by: *by,
                until: *until,
                revoked_at: None,
                revoked_by: None,
            }),
            Event::Account(AccountEvent::OperatorGrantRevoked { by, at, .. }) => {
                row.map(|row| LeaveRow { revoked_at: Some(*at), revoked_by: Some(*by), ..row })
            }
            _ => row,
        }
    }
}
