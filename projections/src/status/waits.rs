//! Acts that wait for their time, and of which the team is told. A row goes when the act was carried out or
//! cancelled; one whose time ran out stays and is passed over.

use twofold_domain::account::AccountEvent;
use twofold_domain::ids::{AccountId, ApprovalId, UserId};
use twofold_domain::time::Timestamp;
use twofold_infra::store::{StoreError, Views};
use uuid::Uuid;

use crate::fact::{Event, Fact};
use crate::record::{Record as _, record};
use crate::view::{Table, View};

/// The view.
pub enum Waits {}

record! {
    /// One act that waits.
    pub struct WaitRow {
        /// The request.
        pub approval_id: ApprovalId,
        /// Who asked.
        pub asked_by: UserId,
        /// Since when it waits.
        pub since: Timestamp,
        /// When the request ends.
        pub expires_at: Timestamp,
    }
}

impl View for Waits {
    type Row = WaitRow;
    type Key = ApprovalId;
    const TABLE: Table = Table::of("waits", "approval_id");

    fn key(fact: &Fact) -> Option<ApprovalId> {
        match &fact.event {
            Event::Account(
                AccountEvent::ApprovalRequested { approval, .. }
                | AccountEvent::ApprovalUsed { approval, .. }
                | AccountEvent::ApprovalCancelled { approval, .. },
            ) => Some(*approval),
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => None,
        }
    }

    fn apply(row: Option<WaitRow>, approval_id: ApprovalId, fact: &Fact) -> Option<WaitRow> {
        match &fact.event {
            Event::Account(AccountEvent::ApprovalRequested { by, matures_at, expires_at, at, .. }) => {
                matures_at.map(|_| WaitRow {
                    approval_id,
                    asked_by: *by,
                    since: *at,
                    expires_at: *expires_at,
                })
            }
            Event::Account(AccountEvent::ApprovalUsed { .. } | AccountEvent::ApprovalCancelled { .. }) => {
                None
            }
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => row,
        }
    }
}

/// Some of the acts of all accounts that wait at an instant, behind one of them.
pub async fn open(
    views: &Views,
    at: Timestamp,
    after: Option<ApprovalId>,
    limit: u32,
) -> Result<Vec<(AccountId, WaitRow)>, StoreError> {
    let columns: Vec<&str> = WaitRow::COLUMNS.iter().map(|c| c.name).collect();
    let sql = format!(
        "select account_id, {} from views.waits where expires_at > $1 and approval_id > $2 \
         order by approval_id limit $3",
        columns.join(", ")
    );
    let after = after.map_or(Uuid::nil(), ApprovalId::uuid);
    let rows = views.fetch(&sql, &[at.micros().into(), after.into(), limit.into()]).await?;
    rows.iter().map(|row| Ok((AccountId::from_uuid(row.get::<Uuid>(0)?), WaitRow::get(row, 1)?))).collect()
}
