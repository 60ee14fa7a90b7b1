//! How people stand beside their cases, and the resets that belong to none.

use twofold_domain::ids::{RecoveryId, UserId};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{LinkPurpose, ResetCause, UserEvent};

use super::{case_of, of_link};
use crate::fact::{Event, Fact};
use crate::record::record;
use crate::view::{Keeps, Table, View};

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
        /// The case of the newest link that the operator made them.
        pub link_case: Option<RecoveryId>,
        /// When it was made.
        pub link_at: Option<Timestamp>,
        /// When something closed it that was not its use.
        pub shut_at: Option<Timestamp>,
        /// What it was.
        pub shut_how: Option<Overtook>,
        /// By whom.
        pub shut_by: Option<Box<str>>,
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
                | UserEvent::LinkIssued { purpose: LinkPurpose::SetUp, .. }
                | UserEvent::PasswordSet { .. }
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
            link_case: None,
            link_at: None,
            shut_at: None,
            shut_how: None,
            shut_by: None,
            enabled_at: None,
            bare_reset_at: None,
            bare_reset_seq: None,
            bare_reset_by: None,
        });
        let Event::User(_, event) = &fact.event else { return Some(row) };
        if let UserEvent::LinkIssued { link, .. } = event {
            (row.link_case, row.link_at) = (Some(of_link(*link)), Some(fact.at));
            (row.shut_at, row.shut_how, row.shut_by) = (None, None, None);
            return Some(row);
        }
        if let Some(how) =
            Overtook::of_link(event).filter(|_| row.link_case.is_some() && row.shut_at.is_none())
        {
            (row.shut_at, row.shut_how) = (Some(fact.at), Some(how));
            row.shut_by.clone_from(&fact.meta.actor);
        }
        let first =
            |ended: Option<u64>| ended.is_none_or(|ended| row.case_seq.is_some_and(|case| ended < case));
        let (ends, ends_waits) = (first(row.ended_seq), first(row.unwaited_seq));
        let of_a_case = case_of(event).is_some();
        // The reset of one case ends every other.
        let resets = matches!(event, UserEvent::TwoFactorReset { .. });
        let overtook = if of_a_case { resets.then_some(Overtook::Reset) } else { Overtook::of(event) };
        if let Some(how) = overtook.filter(|_| ends) {
            (row.ended_seq, row.ended_at, row.ended_how) = (Some(fact.seq), Some(fact.at), Some(how));
            row.ended_by.clone_from(&fact.meta.actor);
        }
        if let Some(how) = overtook.filter(|how| ends_waits && how.ends_waits()) {
            (row.unwaited_seq, row.unwaited_at, row.unwaited_how) =
                (Some(fact.seq), Some(fact.at), Some(how));
            row.unwaited_by.clone_from(&fact.meta.actor);
        }
        if of_a_case {
            row.case_seq = Some(fact.seq);
            return Some(row);
        }
        match event {
            UserEvent::TwoFactorEnabled { at, .. } => row.enabled_at = Some(*at),
            UserEvent::TwoFactorReset {
                cause: ResetCause::Staff { recovery: None, .. } | ResetCause::StaffAfterWait { .. },
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
                cause: ResetCause::Staff { recovery: None, .. } | ResetCause::StaffAfterWait { .. },
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
    /// Their sign-in was frozen.
    Frozen,
    /// A password was set by another way.
    Password,
    /// A newer one took its place.
    Replaced,
}

impl Overtook {
    /// Whether it ends a reset that waits. Another role or a deactivation ends a grant only: what they had is still to go.
    const fn ends_waits(self) -> bool {
        match self {
            Self::Reset | Self::Disabled | Self::Erased => true,
            Self::RoleChanged | Self::Deactivated | Self::Frozen | Self::Password | Self::Replaced => false,
        }
    }

    /// What closes a link of the operator's that was not used: what ends every link, or what was made for a role.
    fn of_link(event: &UserEvent) -> Option<Self> {
        match event {
            UserEvent::PasswordSet { .. } => Some(Self::Password),
            UserEvent::UserFrozen { .. } => Some(Self::Frozen),
            UserEvent::RoleChanged { .. } => Some(Self::RoleChanged),
            UserEvent::UserDeactivated { .. } => Some(Self::Deactivated),
            UserEvent::PersonErased { .. } => Some(Self::Erased),
            // `Standing::key` names everything that matters.
            _ => None,
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
