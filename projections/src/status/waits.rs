//! What waits for its time, and of which the team is told: acts that take two, resets of somebody's second
//! factor, and ways back to a frozen sign-in without one. A row goes when what it is about happened or was cancelled; one whose time ran out stays and is passed
//! over.
//!
//! The team is told of the resets of owners only. Whose a reset is, an event says; what they are, their standing.

use twofold_domain::account::AccountEvent;
use twofold_domain::delivery::NOTICE_LIFE;
use twofold_domain::ids::{AccountId, ApprovalId, RecoveryId, UserId};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{RecoveryRoute, UserEvent};
use twofold_infra::store::{StoreError, Views};
use uuid::Uuid;

use crate::fact::{Event, Fact};
use crate::record::{Record as _, record};
use crate::view::{Table, View};

/// The view.
pub enum Waits {}

record! {
    /// One thing that waits.
    pub struct WaitRow {
        /// The request of an act, or the case of a reset.
        pub wait_id: Uuid,
        /// Who asked for the act, or whose reset it is: who knows of it.
        pub asked_by: UserId,
        /// Whether it is a reset.
        pub is_reset: bool,
        /// Since when it waits.
        pub since: Timestamp,
        /// Until when the team is told of it.
        pub told_until: Timestamp,
    }
}

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wait {
    /// An act that takes two.
    Act(ApprovalId),
    /// A reset of somebody's second factor.
    Reset(RecoveryId, UserId),
}

impl WaitRow {
    /// What waits.
    pub const fn wait(&self) -> Wait {
        if self.is_reset {
            Wait::Reset(RecoveryId::from_uuid(self.wait_id), self.asked_by)
        } else {
            Wait::Act(ApprovalId::from_uuid(self.wait_id))
        }
    }
}

impl View for Waits {
    type Row = WaitRow;
    type Key = Uuid;
    const TABLE: Table = Table::of("waits", "wait_id");

    fn key(fact: &Fact) -> Option<Uuid> {
        match &fact.event {
            Event::Account(
                AccountEvent::ApprovalRequested { approval, .. }
                | AccountEvent::ApprovalUsed { approval, .. }
                | AccountEvent::ApprovalCancelled { approval, .. },
            ) => Some(approval.uuid()),
            Event::User(
                _,
                UserEvent::TwoFactorResetScheduled { recovery: Some(recovery), .. }
                | UserEvent::TwoFactorResetCancelled { recovery: Some(recovery), .. }
                | UserEvent::ThawAllowed { recovery, route: RecoveryRoute::Owner, .. }
                | UserEvent::ThawStopped { recovery, .. }
                | UserEvent::UserFrozen { recovery, .. }
                | UserEvent::UserThawed { recovery, .. }
                | UserEvent::RecoveryCompleted { recovery, .. },
            ) => Some(recovery.uuid()),
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => None,
        }
    }

    fn apply(row: Option<WaitRow>, wait_id: Uuid, fact: &Fact) -> Option<WaitRow> {
        match &fact.event {
            Event::Account(AccountEvent::ApprovalRequested { by, matures_at, expires_at, at, .. }) => {
                let (asked_by, since, told_until) = (*by, *at, *expires_at);
                matures_at.map(|_| WaitRow { wait_id, asked_by, is_reset: false, since, told_until })
            }
            // Where nothing could be sent while it waited, the team is told late, not never.
            Event::User(user, UserEvent::TwoFactorResetScheduled { due_at, at, .. }) => {
                let (asked_by, since, told_until) = (*user, *at, *due_at + NOTICE_LIFE);
                Some(WaitRow { wait_id, asked_by, is_reset: true, since, told_until })
            }
            Event::User(user, UserEvent::ThawAllowed { from, at, .. }) => {
                let (asked_by, since, told_until) = (*user, *at, *from + NOTICE_LIFE);
                Some(WaitRow { wait_id, asked_by, is_reset: true, since, told_until })
            }
            Event::Account(AccountEvent::ApprovalUsed { .. } | AccountEvent::ApprovalCancelled { .. })
            | Event::User(
                _,
                UserEvent::TwoFactorResetCancelled { .. }
                | UserEvent::ThawStopped { .. }
                | UserEvent::UserFrozen { .. }
                | UserEvent::UserThawed { .. }
                | UserEvent::RecoveryCompleted { .. },
            ) => None,
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => row,
        }
    }
}

/// Some of what waits in all accounts at an instant, behind one of them: every act, and the resets of owners.
pub async fn open(
    views: &Views,
    at: Timestamp,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<(AccountId, WaitRow)>, StoreError> {
    let columns: Vec<String> = WaitRow::COLUMNS.iter().map(|c| format!("w.{}", c.name)).collect();
    let sql = format!(
        "select w.account_id, {} from views.waits w left join views.user_status s \
         on s.account_id = w.account_id and s.user_id = w.asked_by \
         where w.told_until > $1 and w.wait_id > $2 and (w.is_reset = false or s.role = 'owner') \
         order by w.wait_id limit $3",
        columns.join(", ")
    );
    let after = after.unwrap_or(Uuid::nil());
    let rows = views.fetch(&sql, &[at.micros().into(), after.into(), limit.into()]).await?;
    rows.iter().map(|row| Ok((AccountId::from_uuid(row.get::<Uuid>(0)?), WaitRow::get(row, 1)?))).collect()
}
