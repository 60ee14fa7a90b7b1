//! Account-wide resets that are being written into people's own streams. A row goes when the closing event
//! says that everybody announced was reached; nothing that decides looks here.

use twofold_domain::account::AccountEvent;
use twofold_domain::ids::AccountId;
use twofold_domain::time::Timestamp;
use twofold_infra::store::{StoreError, Views};
use uuid::Uuid;

use crate::fact::{Event, Fact};
use crate::record::{Record as _, record};
use crate::view::{Table, View};

/// The view.
pub enum FanOuts {}

record! {
    /// One announced reset.
    pub struct FanOutRow {
        /// The generation that the disable opened.
        pub generation: u32,
        /// The disable's place in the account's history.
        pub disabled_seq: u64,
        /// When it was accepted.
        pub disabled_at: Timestamp,
        /// How many people it announced.
        pub people: u64,
    }
}

impl View for FanOuts {
    type Row = FanOutRow;
    type Key = u32;
    const TABLE: Table = Table::of("fan_outs", "generation");

    fn key(fact: &Fact) -> Option<u32> {
        match &fact.event {
            Event::Account(
                AccountEvent::AccountTwoFactorDisabled { generation, .. }
                | AccountEvent::ResetFanOutCompleted { generation, .. },
            ) => Some(*generation),
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => None,
        }
    }

    fn apply(row: Option<FanOutRow>, generation: u32, fact: &Fact) -> Option<FanOutRow> {
        match &fact.event {
            Event::Account(AccountEvent::AccountTwoFactorDisabled { people, at, .. }) => {
                Some(FanOutRow { generation, disabled_seq: fact.seq, disabled_at: *at, people: *people })
            }
            Event::Account(AccountEvent::ResetFanOutCompleted { .. }) => None,
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => row,
        }
    }
}

/// Announced resets of all accounts that are not proved complete, oldest first within an account.
pub async fn open(views: &Views) -> Result<Vec<(AccountId, FanOutRow)>, StoreError> {
    let columns: Vec<&str> = FanOutRow::COLUMNS.iter().map(|c| c.name).collect();
    let sql = format!(
        "select account_id, {} from views.fan_outs order by account_id, generation limit 1000",
        columns.join(", ")
    );
    let rows = views.fetch(&sql, &[]).await?;
    rows.iter().map(|row| Ok((AccountId::from_uuid(row.get::<Uuid>(0)?), FanOutRow::get(row, 1)?))).collect()
}
