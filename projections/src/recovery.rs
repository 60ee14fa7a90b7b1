//! Recovery cases: each way back in of somebody who lost their second factor, from the request to the next
//! factor, on one row: who asked, who approved, what was used, when, and how it ended. What is over by time
//! alone, and what was left lying, is a question of an instant, asked of the row.
//!
//! What staff do while a sign-in is frozen belongs to the case of the freeze. What the operator does under an owner's
//! grant, a link or the lifting of locks, is a case too: a link's has the link's own uuid.
//!
//! A reset that belongs to no case stands in a table of its own, one row a person.

mod beside;
mod chain;
mod looks;
mod stage;
mod standing;

pub use beside::{Asked, AskedRow, Leave, LeaveRow};
pub use chain::{chain, step};
pub use looks::{case, cases, cases_after, without_case};
pub use stage::{Case, Orphan, Renewed, Stage, Stop};
pub use standing::{BareResetRow, BareResets, Overtook, Standing, StandingRow};

use twofold_domain::account::{AccountEvent, OperatorAct};
use twofold_domain::ids::{ApprovalId, LinkId, OperatorGrantId, RecoveryId, UserId};
use twofold_domain::time::{Span, Timestamp};
use twofold_domain::user::{
    FrozenBy, Handing, LinkPurpose, Objection, RecoveryRefusal, RecoveryRoute, ResetCause, Thawed, UserEvent,
};

use self::beside::asked_of_owners;
use crate::fact::{Event, Fact};
use crate::record::record;
use crate::view::{Keeps, Projection, Table, View};

/// The projection's name.
pub const NAME: &str = "recovery_cases";

/// The most rows of one list.
pub const MOST: usize = 1_000;

/// How long somebody may go without another factor, once a case took the one they had, before it is flagged.
pub const REENROLS_WITHIN: Span = Span::days(1);

/// How long a sign-in may stay frozen before it is flagged.
pub const THAWS_WITHIN: Span = Span::days(7);

/// The projection.
pub fn projection() -> Projection {
    Projection::new(NAME, 8)
        .with::<Cases>()
        .with::<Asked>()
        .with::<Leave>()
        .with::<Standing>()
        .with::<BareResets>()
}

/// Every case.
pub enum Cases {}

record! {
    /// One case.
    pub struct CaseRow {
        /// The case.
        pub recovery_id: RecoveryId,
        /// Whose.
        pub user_id: UserId,
        /// By which way.
        pub route: RecoveryRoute,
        /// When it began.
        pub asked_at: Timestamp,
        /// By which event.
        pub asked_seq: u64,
        /// Who asked: a person's id, or `anonymous` for the person themselves at the door.
        pub asked_by: Option<Box<str>>,
        /// The request for a second approval, where it began with one.
        pub approval_id: Option<ApprovalId>,
        /// The second person, where it took one.
        pub approved_by: Option<UserId>,
        /// Why, sealed under the person's key.
        pub reason: Option<Vec<u8>>,
        /// Why it, or the wait asked for while the sign-in is frozen, was refused.
        pub refused: Option<RecoveryRefusal>,
        /// What the operator did, where that is the case.
        pub operated: Option<OperatorAct>,
        /// Under which grant.
        pub operator_grant: Option<OperatorGrantId>,
        /// When a code was granted.
        pub granted_at: Option<Timestamp>,
        /// Whether who granted it saw the code.
        pub issuer_saw: bool,
        /// When the grant ends, or, before there is one, the request for its approval.
        pub expires_at: Option<Timestamp>,
        /// When the grant's code was shown to the person.
        pub revealed_at: Option<Timestamp>,
        /// When the code was used.
        pub used_at: Option<Timestamp>,
        /// When the wait began.
        pub waits_since: Option<Timestamp>,
        /// By which event, where it ends in a reset.
        pub waits_seq: Option<u64>,
        /// From when the reset holds.
        pub due_at: Option<Timestamp>,
        /// As of when the person's second factor ended by it.
        pub reset_at: Option<Timestamp>,
        /// By which event in their own history.
        pub reset_seq: Option<u64>,
        /// When it came to nothing.
        pub stopped_at: Option<Timestamp>,
        /// Why.
        pub stopped: Option<Objection>,
        /// Who said so, where somebody did.
        pub stopped_by: Option<Box<str>>,
        /// When the sign-in was frozen, where that began it.
        pub frozen_at: Option<Timestamp>,
        /// By whom, or by what, it was frozen first.
        pub frozen_by: Option<FrozenBy>,
        /// When the person was back.
        pub thawed_at: Option<Timestamp>,
        /// With what.
        pub thawed_how: Option<Thawed>,
        /// When the person had another factor.
        pub completed_at: Option<Timestamp>,
        /// Its last event.
        pub last_seq: u64,
    }
}

fn case_of(event: &UserEvent) -> Option<RecoveryId> {
    match event {
        UserEvent::RecoveryRequested { recovery, .. }
        | UserEvent::RecoveryRefused { recovery, .. }
        | UserEvent::RecoveryGranted { recovery, .. }
        | UserEvent::RecoveryCodeRevealed { recovery, .. }
        | UserEvent::RecoveryGrantUsed { recovery, .. }
        | UserEvent::RecoveryGrantRevoked { recovery, .. }
        | UserEvent::RecoveryCompleted { recovery, .. }
        | UserEvent::UserFrozen { recovery, .. }
        | UserEvent::ThawAllowed { recovery, .. }
        | UserEvent::ThawStopped { recovery, .. }
        | UserEvent::UserThawed { recovery, .. }
        | UserEvent::TwoFactorReset {
            cause:
                ResetCause::AfterWait { recovery, .. }
                | ResetCause::Granted { recovery }
                | ResetCause::Staff { recovery: Some(recovery), .. },
            ..
        } => Some(*recovery),
        UserEvent::TwoFactorResetScheduled { recovery, .. }
        | UserEvent::TwoFactorResetCancelled { recovery, .. } => *recovery,
        _ => None,
    }
}

/// The case that a link is, where the operator made it.
const fn of_link(link: LinkId) -> RecoveryId {
    RecoveryId::from_uuid(link.uuid())
}

impl View for Cases {
    type Row = CaseRow;
    type Key = RecoveryId;
    const TABLE: Table = Table {
        keeps: Keeps::History,
        indexes: &["user_id", "account_id, asked_seq"],
        ..Table::of("recovery_cases", "recovery_id")
    };

    fn key(fact: &Fact) -> Option<RecoveryId> {
        match &fact.event {
            Event::User(
                _,
                UserEvent::LinkIssued { link, purpose: LinkPurpose::SetUp, .. }
                | UserEvent::LinkRedeemed { link, .. },
            ) => Some(of_link(*link)),
            Event::User(_, event) => case_of(event),
            Event::Account(AccountEvent::OperatorActed { recovery, subject: Some(_), .. }) => *recovery,
            Event::Account(event) => asked_of_owners(event).map(|asked| asked.recovery),
            Event::Device(..) | Event::Reading(_) => None,
        }
    }

    fn apply(row: Option<CaseRow>, recovery_id: RecoveryId, fact: &Fact) -> Option<CaseRow> {
        let new = |user_id, route, at| CaseRow {
            recovery_id,
            user_id,
            route,
            asked_at: at,
            asked_seq: fact.seq,
            asked_by: fact.meta.actor.clone(),
            approval_id: None,
            approved_by: None,
            reason: None,
            refused: None,
            operated: None,
            operator_grant: None,
            granted_at: None,
            issuer_saw: false,
            expires_at: None,
            revealed_at: None,
            used_at: None,
            waits_since: None,
            waits_seq: None,
            due_at: None,
            reset_at: None,
            reset_seq: None,
            stopped_at: None,
            stopped: None,
            stopped_by: None,
            frozen_at: None,
            frozen_by: None,
            thawed_at: None,
            thawed_how: None,
            completed_at: None,
            last_seq: fact.seq,
        };
        let (user, event) = match &fact.event {
            Event::User(user, event) => (*user, event),
            Event::Account(AccountEvent::OperatorActed { act, subject: Some(of), grant, at, .. }) => {
                let mut row = new(*of, RecoveryRoute::Operator, *at);
                (row.operated, row.operator_grant) = (OperatorAct::of_word(act), *grant);
                // Locks are lifted at once; a link is still to be used.
                let done = row.operated != Some(OperatorAct::Link);
                (row.granted_at, row.completed_at) = (Some(*at), done.then_some(*at));
                return Some(row);
            }
            Event::Account(event) => {
                let asked = asked_of_owners(event)?;
                let mut row = row.unwrap_or_else(|| new(asked.of, RecoveryRoute::Grant, asked.at));
                row.asked_by = Some(asked.by.to_string().into());
                (row.approval_id, row.expires_at) = (Some(asked.approval), Some(asked.until));
                return Some(row);
            }
            Event::Device(..) | Event::Reading(_) => return row,
        };
        let new = |route, at| new(user, route, at);
        let mut row = match event {
            UserEvent::RecoveryRequested { route, at, .. }
            | UserEvent::RecoveryRefused { route, at, .. }
            | UserEvent::TwoFactorResetScheduled { route, at, .. } => row.unwrap_or_else(|| new(*route, *at)),
            UserEvent::UserFrozen { at, .. } => row.unwrap_or_else(|| new(RecoveryRoute::Frozen, *at)),
            UserEvent::RecoveryGranted { at, .. } => row.unwrap_or_else(|| new(RecoveryRoute::Grant, *at)),
            _ => row?,
        };
        row.last_seq = fact.seq;
        match event {
            UserEvent::RecoveryRefused { why, .. } => row.refused = Some(*why),
            UserEvent::LinkIssued { expires_at, .. } => row.expires_at = Some(*expires_at),
            UserEvent::LinkRedeemed { at, .. } => {
                (row.used_at, row.completed_at) = (Some(*at), Some(*at));
            }
            UserEvent::RecoveryGranted { handed, reason, by, approved_by, expires_at, at, .. } => {
                row.asked_by = Some(by.to_string().into());
                row.approved_by = *approved_by;
                row.reason = Some(reason.bytes().to_vec());
                row.granted_at = Some(*at);
                row.issuer_saw = matches!(handed, Handing::Issuer { .. });
                row.expires_at = Some(*expires_at);
            }
            UserEvent::RecoveryCodeRevealed { at, .. } => row.revealed_at = Some(*at),
            UserEvent::RecoveryGrantUsed { at, .. } => row.used_at = Some(*at),
            UserEvent::TwoFactorResetScheduled { route, reason, due_at, at, .. } => {
                row.route = *route;
                row.reason = reason.as_ref().map(|reason| reason.bytes().to_vec());
                (row.waits_since, row.due_at) = (Some(*at), Some(*due_at));
                row.waits_seq = Some(fact.seq);
            }
            UserEvent::TwoFactorReset { effective_at, .. } => {
                (row.reset_at, row.reset_seq) = (Some(*effective_at), Some(fact.seq));
            }
            UserEvent::TwoFactorResetCancelled { how, at, .. } => {
                (row.stopped_at, row.stopped) = (Some(*at), *how);
                row.stopped_by.clone_from(&fact.meta.actor);
            }
            // One that had ended by itself had ended: nothing stops it after that.
            UserEvent::RecoveryGrantRevoked { at, .. } if row.expires_at.is_some_and(|end| end <= *at) => {}
            UserEvent::RecoveryGrantRevoked { how, at, .. } => {
                (row.stopped_at, row.stopped) = (Some(*at), Some(*how));
                row.stopped_by.clone_from(&fact.meta.actor);
            }
            UserEvent::RecoveryCompleted { at, .. } => row.completed_at = Some(*at),
            UserEvent::UserFrozen { by, reason, at, .. } => {
                row.frozen_at = row.frozen_at.or(Some(*at));
                row.frozen_by = row.frozen_by.or(Some(*by));
                row.reason = reason.as_ref().map(|reason| reason.bytes().to_vec()).or(row.reason);
                // Once more, while it is frozen, closes the way that was open.
                (row.waits_since, row.due_at) = (None, None);
            }
            UserEvent::ThawAllowed { route, reason, from, at, .. } => {
                (row.route, row.refused) = (*route, None);
                row.reason = reason.as_ref().map(|reason| reason.bytes().to_vec()).or(row.reason);
                (row.waits_since, row.due_at) = (Some(*at), Some(*from));
            }
            // The sign-in stays frozen, so the case goes on.
            UserEvent::ThawStopped { .. } => (row.waits_since, row.due_at) = (None, None),
            UserEvent::UserThawed { how, at, .. } => {
                (row.thawed_at, row.thawed_how) = (Some(*at), Some(*how));
            }
            // `case_of` names everything that matters.
            _ => {}
        }
        Some(row)
    }
}
