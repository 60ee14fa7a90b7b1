//! What owners and admins are told, or may wish to be told: which events, and about whom. Whether an account
//! wishes it is in its settings; [`crate::wishes`] tells.
//!
//! Beside it in this projection stands what other process managers look at: [`crate::schedules`] and
//! [`crate::foreign`].

use twofold_domain::account::{AccountEvent, Notice};
use twofold_domain::delivery::{Channel, SpentBudget};
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::policy::{Audience, Role};
use twofold_domain::time::Timestamp;
use twofold_domain::user::UserEvent;
use twofold_infra::acts::Happening;
use twofold_infra::store::{Row, StoreError, Value, Views};
use uuid::Uuid;

use crate::fact::{Event, Fact};
use crate::foreign::{Holders, Schemes};
use crate::record::{Record as _, record};
use crate::schedules::Schedules;
use crate::view::{Keeps, Projection, Table, View};

/// The projection's name.
pub const NAME: &str = "notices";

/// The projection.
pub fn projection() -> Projection {
    Projection::new(NAME, 3).with::<Notices>().with::<Schedules>().with::<Holders>().with::<Schemes>()
}

/// Every event that somebody may wish to be told of.
pub enum Notices {}

record! {
    /// One such event.
    pub struct NoticeRow {
        /// Which.
        pub account_seq: u64,
        /// When it was recorded, by the account's clock.
        pub recorded_at: Timestamp,
        /// What kind of wish it is, where it is told as one.
        pub notice: Option<Notice>,
        /// The way by which messages keep failing, where it is that.
        pub channel: Option<Channel>,
        /// And how often they did.
        pub failures: Option<u16>,
        /// The budget that is spent, where it is that.
        pub spent: Option<SpentBudget>,
        /// Whom it is about, where it is about one person.
        pub about: Option<UserId>,
    }
}

impl View for Notices {
    type Row = NoticeRow;
    type Key = u64;
    const TABLE: Table =
        Table { keeps: Keeps::Everything, indexes: &["recorded_at"], ..Table::of("notices", "account_seq") };

    fn key(fact: &Fact) -> Option<u64> {
        happening_of(&fact.event).map(|_| fact.seq)
    }

    fn apply(_: Option<NoticeRow>, account_seq: u64, fact: &Fact) -> Option<NoticeRow> {
        let (what, about) = happening_of(&fact.event)?;
        let (notice, channel, failures, spent) = match what {
            Happening::Wished(notice) => (Some(notice), None, None, None),
            Happening::Unreached(channel, failures) | Happening::Outage(channel, failures) => {
                (None, Some(channel), Some(failures), None)
            }
            Happening::Spent(spent) => (None, None, None, Some(spent)),
        };
        let about = match what {
            Happening::Wished(_) | Happening::Unreached(..) => about.or(fact.subject),
            Happening::Outage(..) | Happening::Spent(_) => None,
        };
        Some(NoticeRow { account_seq, recorded_at: fact.at, notice, channel, failures, spent, about })
    }
}

impl NoticeRow {
    /// What happened.
    pub fn what(&self) -> Option<Happening> {
        let told = self.notice.map(Happening::Wished).or(self.spent.map(Happening::Spent));
        told.or_else(|| {
            let (channel, failures) = (self.channel?, self.failures?);
            // What fails to one person is about them.
            let fails = if self.about.is_some() { Happening::Unreached } else { Happening::Outage };
            Some(fails(channel, failures))
        })
    }
}

/// What it is that may be told, and of whom where the event is not theirs.
fn happening_of(event: &Event) -> Option<(Happening, Option<UserId>)> {
    let in_team = |role: &Role| role.audience() == Audience::Team;
    let wished = |notice| Some((Happening::Wished(notice), None));
    match event {
        Event::Account(
            AccountEvent::PolicyChanged { .. }
            | AccountEvent::OwnerFloorChanged { .. }
            | AccountEvent::ProfileChosen { .. },
        ) => wished(Notice::PolicyChanged),
        Event::Account(AccountEvent::DeliveryTroubleRaised { channel, user, failures, .. }) => {
            Some((Happening::Unreached(*channel, *failures), Some(*user)))
        }
        Event::Account(AccountEvent::OutageRaised { channel, failures, .. }) => {
            Some((Happening::Outage(*channel, *failures), None))
        }
        Event::Account(AccountEvent::BudgetSpent { budget, .. }) => Some((Happening::Spent(*budget), None)),
        Event::User(_, UserEvent::LockedOut { .. }) => wished(Notice::LockedOut),
        Event::User(_, UserEvent::PasswordAccessUsed { .. }) => wished(Notice::PasswordAccess),
        Event::User(_, UserEvent::UserRegistered { role, .. }) if in_team(role) => {
            wished(Notice::TeamChanged)
        }
        Event::User(_, UserEvent::RoleChanged { from, to, .. }) if in_team(from) || in_team(to) => {
            wished(Notice::TeamChanged)
        }
        Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => None,
    }
}

/// Rows of one page.
pub const PAGE: u32 = 500;

/// A place in what was recorded: when, in which account, and where there.
pub type Place = (Timestamp, AccountId, u64);

/// What was recorded after an instant, in every account, in order: the page after a place.
pub async fn since(
    views: &Views,
    at: Timestamp,
    after: Option<Place>,
) -> Result<Vec<(AccountId, NoticeRow)>, StoreError> {
    let columns: Vec<&str> = NoticeRow::COLUMNS.iter().map(|column| column.name).collect();
    let sql = format!(
        "select account_id, {} from views.notices \
         where recorded_at > $1 and (recorded_at, account_id, account_seq) > ($2, $3, $4) \
         order by recorded_at, account_id, account_seq limit {PAGE}",
        columns.join(", ")
    );
    let (when, account, seq) = after.unwrap_or((at, AccountId::from_uuid(Uuid::nil()), 0));
    let binds: [Value; 4] = [at.micros().into(), when.micros().into(), account.uuid().into(), seq.into()];
    let read = |row: &Row| Ok((AccountId::from_uuid(row.get(0)?), NoticeRow::get(row, 1)?));
    views.fetch(&sql, &binds).await?.iter().map(read).collect()
}
