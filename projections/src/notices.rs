//! What owners and admins are told, or may wish to be told: which events, and about whom. Whether an account
//! wishes it is in its settings; [`crate::wishes`] tells.
//!
//! Beside it in this projection stands what other process managers look at: [`crate::schedules`] and
//! [`crate::foreign`].

use twofold_domain::account::{AccountEvent, Notice};
use twofold_domain::delivery::Channel;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::policy::{Audience, Role};
use twofold_domain::time::Timestamp;
use twofold_domain::user::UserEvent;
use twofold_infra::acts::Happening;
use twofold_infra::store::{Row, StoreError, Views};

use crate::fact::{Event, Fact};
use crate::foreign::{Holders, Schemes};
use crate::record::{Record as _, record};
use crate::schedules::Schedules;
use crate::view::{Keeps, Projection, Table, View};

/// The projection's name.
pub const NAME: &str = "notices";

/// The projection.
pub fn projection() -> Projection {
    Projection::new(NAME, 2).with::<Notices>().with::<Schedules>().with::<Holders>().with::<Schemes>()
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
        let (notice, channel, failures) = match what {
            Happening::Wished(notice) => (Some(notice), None, None),
            Happening::Unreached(channel, failures) => (None, Some(channel), Some(failures)),
        };
        let about = about.or(fact.subject);
        Some(NoticeRow { account_seq, recorded_at: fact.at, notice, channel, failures, about })
    }
}

impl NoticeRow {
    /// What happened.
    pub fn what(&self) -> Option<Happening> {
        let wished = self.notice.map(Happening::Wished);
        wished.or_else(|| Some(Happening::Unreached(self.channel?, self.failures?)))
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

/// What was recorded after an instant, in every account.
pub async fn since(views: &Views, at: Timestamp) -> Result<Vec<(AccountId, NoticeRow)>, StoreError> {
    let columns: Vec<&str> = NoticeRow::COLUMNS.iter().map(|column| column.name).collect();
    let sql = format!(
        "select account_id, {} from views.notices where recorded_at > $1 \
         order by recorded_at, account_id, account_seq",
        columns.join(", ")
    );
    let read = |row: &Row| Ok((AccountId::from_uuid(row.get(0)?), NoticeRow::get(row, 1)?));
    views.fetch(&sql, &[at.micros().into()]).await?.iter().map(read).collect()
}
