//! Policies that were scheduled, and of which owners and admins are told. A row stays; one that has begun, or
//! would have, is passed over.

use twofold_domain::account::AccountEvent;
use twofold_domain::ids::{AccountId, ScheduleId};
use twofold_domain::time::Timestamp;
use twofold_infra::store::{StoreError, Views};
use uuid::Uuid;

use crate::fact::{Event, Fact};
use crate::record::{Record as _, record};
use crate::view::{Table, View};

/// The view; part of the projection of [`crate::notices`].
pub enum Schedules {}

record! {
    /// One policy that was scheduled.
    pub struct ScheduleRow {
        /// The schedule.
        pub schedule_id: ScheduleId,
        /// When it was scheduled, or withdrawn.
        pub since: Timestamp,
        /// When it begins.
        pub begins_at: Timestamp,
        /// Whether it was withdrawn.
        pub withdrawn: bool,
    }
}

impl View for Schedules {
    type Row = ScheduleRow;
    type Key = ScheduleId;
    const TABLE: Table = Table::of("schedules", "schedule_id");

    fn key(fact: &Fact) -> Option<ScheduleId> {
        match &fact.event {
            Event::Account(
                AccountEvent::PolicyScheduled { schedule, .. }
                | AccountEvent::PolicyScheduleCancelled { schedule, .. },
            ) => Some(*schedule),
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => None,
        }
    }

    fn apply(row: Option<ScheduleRow>, schedule_id: ScheduleId, fact: &Fact) -> Option<ScheduleRow> {
        match &fact.event {
            Event::Account(AccountEvent::PolicyScheduled { begins_at, at, .. }) => {
                Some(ScheduleRow { schedule_id, since: *at, begins_at: *begins_at, withdrawn: false })
            }
            Event::Account(AccountEvent::PolicyScheduleCancelled { at, .. }) => {
                row.map(|row| ScheduleRow { since: *at, withdrawn: true, ..row })
            }
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => row,
        }
    }
}

/// Some of the schedules of all accounts that lie ahead of an instant, behind one of them.
pub async fn ahead(
    views: &Views,
    at: Timestamp,
    after: Option<ScheduleId>,
    limit: u32,
) -> Result<Vec<(AccountId, ScheduleRow)>, StoreError> {
    let columns: Vec<&str> = ScheduleRow::COLUMNS.iter().map(|c| c.name).collect();
    let sql = format!(
        "select account_id, {} from views.schedules where begins_at > $1 and schedule_id > $2 \
         order by schedule_id limit $3",
        columns.join(", ")
    );
    let after = after.map_or(Uuid::nil(), ScheduleId::uuid);
    let rows = views.fetch(&sql, &[at.micros().into(), after.into(), limit.into()]).await?;
    rows.iter()
        .map(|row| Ok((AccountId::from_uuid(row.get::<Uuid>(0)?), ScheduleRow::get(row, 1)?)))
        .collect()
}
