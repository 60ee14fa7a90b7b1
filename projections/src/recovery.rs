//! Recovery cases: each way back in of somebody who lost their second factor, from the request to the next
//! factor, on one row: who asked, who approved, what was used, when, and how it ended. What is over by time
//! alone, and what was left lying, is a question of an instant, asked of the row.
//!
//! A reset that belongs to no case stands in a table of its own, one row a person.

mod chain;
mod looks;
mod stage;

pub use chain::{chain, step};
pub use looks::{case, cases, cases_after, without_case};
pub use stage::{Case, Orphan, Stage, Stop};

use twofold_domain::account::{AccountEvent, GuardedAct};
use twofold_domain::ids::{ApprovalId, RecoveryId, UserId};
use twofold_domain::time::{Span, Timestamp};
use twofold_domain::user::{
    FrozenBy, Handing, Objection, RecoveryRefusal, RecoveryRoute, ResetCause, Thawed, UserEvent,
};

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
    Projection::new(NAME, 7).with::<Cases>().with::<Asked>().with::<Standing>().with::<BareResets>()
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
        /// Why it was refused.
        pub refused: Option<RecoveryRefusal>,
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
            cause: ResetCause::AfterWait { recovery, .. } | ResetCause::Granted { recovery },
            ..
        } => Some(*recovery),
        UserEvent::TwoFactorResetScheduled { recovery, .. }
        | UserEvent::TwoFactorResetCancelled { recovery, .. } => *recovery,
        _ => None,
    }
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
            Event::User(_, event) => case_of(event),
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
                row.route = *route;
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

/// A recovery of an owner, for which another owner asks.
struct AskedOfOwners {
    approval: ApprovalId,
    recovery: RecoveryId,
    of: UserId,
    by: UserId,
    until: Timestamp,
    at: Timestamp,
}

const fn asked_of_owners(event: &AccountEvent) -> Option<AskedOfOwners> {
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

/// How people stand, as far as it ends a case or shows a reset without one.
pub enum Standing {}

record! {
    /// What happened to a person's second factor outside of every case.
    pub struct StandingRow {
        /// Who.
        pub user_id: UserId,
        /// The last event of a case of theirs.
        pub case_seq: Option<u64>,
        /// The first event behind that which ended their second factor, or kept them from having one, outside of
        /// a case.
        pub ended_seq: Option<u64>,
        /// When.
        pub ended_at: Option<Timestamp>,
        /// What it was.
        pub ended_how: Option<Overtook>,
        /// By whom.
        pub ended_by: Option<Box<str>>,
        /// The first event behind it which ended a reset that waited: neither a role nor a deactivation does.
        pub unwaited_seq: Option<u64>,
        /// When.
        pub unwaited_at: Option<Timestamp>,
        /// What it was.
        pub unwaited_how: Option<Overtook>,
        /// By whom.
        pub unwaited_by: Option<Box<str>>,
        /// When they were erased.
        pub gone_at: Option<Timestamp>,
        /// By whom.
        pub gone_by: Option<Box<str>>,
        /// When they last got a first factor.
        pub enabled_at: Option<Timestamp>,
        /// The last reset by staff that belongs to no case.
        pub bare_reset_at: Option<Timestamp>,
        /// By which event.
        pub bare_reset_seq: Option<u64>,
        /// By whom.
        pub bare_reset_by: Option<Box<str>>,
    }
}

impl View for Standing {
    type Row = StandingRow;
    type Key = UserId;
    const TABLE: Table = Table { keeps: Keeps::History, ..Table::of("recovery_standing", "user_id") };

    fn key(fact: &Fact) -> Option<UserId> {
        match &fact.event {
            Event::User(
                user,
                UserEvent::TwoFactorReset {
                    cause:
                        ResetCause::AccountDisabled { .. }
                        | ResetCause::Staff { .. }
                        | ResetCause::StaffAfterWait { .. },
                    ..
                }
                | UserEvent::TwoFactorDisabled { .. }
                | UserEvent::TwoFactorEnabled { .. }
                | UserEvent::RoleChanged { .. }
                | UserEvent::UserDeactivated { .. }
                | UserEvent::PersonErased { .. },
            ) => Some(*user),
            Event::User(user, event) if case_of(event).is_some() => Some(*user),
            _ => None,
        }
    }

    fn apply(row: Option<StandingRow>, user_id: UserId, fact: &Fact) -> Option<StandingRow> {
        let mut row = row.unwrap_or(StandingRow {
            user_id,
            case_seq: None,
            ended_seq: None,
            ended_at: None,
            ended_how: None,
            ended_by: None,
            unwaited_seq: None,
            unwaited_at: None,
            unwaited_how: None,
            unwaited_by: None,
            gone_at: None,
            gone_by: None,
            enabled_at: None,
            bare_reset_at: None,
            bare_reset_seq: None,
            bare_reset_by: None,
        });
        let Event::User(_, event) = &fact.event else { return Some(row) };
        if case_of(event).is_some() {
            row.case_seq = Some(fact.seq);
            return Some(row);
        }
        let first =
            |ended: Option<u64>| ended.is_none_or(|ended| row.case_seq.is_some_and(|case| ended < case));
        let (ends, ends_waits) = (first(row.ended_seq), first(row.unwaited_seq));
        let overtook = Overtook::of(event);
        if let Some(how) = overtook.filter(|_| ends) {
            (row.ended_seq, row.ended_at, row.ended_how) = (Some(fact.seq), Some(fact.at), Some(how));
            row.ended_by.clone_from(&fact.meta.actor);
        }
        if let Some(how) = overtook.filter(|how| ends_waits && how.ends_waits()) {
            (row.unwaited_seq, row.unwaited_at, row.unwaited_how) =
                (Some(fact.seq), Some(fact.at), Some(how));
            row.unwaited_by.clone_from(&fact.meta.actor);
        }
        match event {
            UserEvent::TwoFactorEnabled { at, .. } => row.enabled_at = Some(*at),
            UserEvent::TwoFactorReset {
                cause: ResetCause::Staff { .. } | ResetCause::StaffAfterWait { .. },
                effective_at,
            } => {
                row.bare_reset_at = Some(*effective_at);
                row.bare_reset_seq = Some(fact.seq);
                row.bare_reset_by.clone_from(&fact.meta.actor);
            }
            UserEvent::PersonErased { at, .. } => {
                row.gone_at = Some(*at);
                row.gone_by.clone_from(&fact.meta.actor);
            }
            // `key` names everything that matters.
            _ => {}
        }
        Some(row)
    }
}

/// Every reset by staff that belongs to no case.
pub enum BareResets {}

record! {
    /// One such reset.
    pub struct BareResetRow {
        /// The event.
        pub reset_seq: u64,
        /// Whose.
        pub of_user: UserId,
    }
}

impl View for BareResets {
    type Row = BareResetRow;
    type Key = u64;
    const TABLE: Table = Table { keeps: Keeps::Everything, ..Table::of("recovery_bare_resets", "reset_seq") };

    fn key(fact: &Fact) -> Option<u64> {
        bare_reset(fact).map(|_| fact.seq)
    }

    fn apply(_: Option<BareResetRow>, reset_seq: u64, fact: &Fact) -> Option<BareResetRow> {
        bare_reset(fact).map(|of_user| BareResetRow { reset_seq, of_user })
    }
}

/// Whom staff reset by an event, outside of every case.
const fn bare_reset(fact: &Fact) -> Option<UserId> {
    match &fact.event {
        Event::User(
            user,
            UserEvent::TwoFactorReset {
                cause: ResetCause::Staff { .. } | ResetCause::StaffAfterWait { .. },
                ..
            },
        ) => Some(*user),
        _ => None,
    }
}

/// What overtook a case from outside of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overtook {
    /// The second factor was reset, by staff at once or for the whole account.
    Reset,
    /// The person switched it off.
    Disabled,
    /// They have another role.
    RoleChanged,
    /// They may not sign in any more.
    Deactivated,
    /// They were erased.
    Erased,
}

impl Overtook {
    /// Whether it ends a reset that waits. Another role or a deactivation ends a grant only: what they had is still to go.
    const fn ends_waits(self) -> bool {
        match self {
            Self::Reset | Self::Disabled | Self::Erased => true,
            Self::RoleChanged | Self::Deactivated => false,
        }
    }

    fn of(event: &UserEvent) -> Option<Self> {
        match event {
            UserEvent::TwoFactorReset { .. } => Some(Self::Reset),
            UserEvent::TwoFactorDisabled { .. } => Some(Self::Disabled),
            UserEvent::RoleChanged { .. } => Some(Self::RoleChanged),
            UserEvent::UserDeactivated { .. } => Some(Self::Deactivated),
            UserEvent::PersonErased { .. } => Some(Self::Erased),
            // `Standing::key` names everything that matters.
            _ => None,
        }
    }
}
