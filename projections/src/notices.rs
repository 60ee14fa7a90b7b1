//! What owners and admins may wish to be told: which events, and about whom. Whether an account wishes it is
//! in its settings; [`crate::wishes`] tells.

use twofold_domain::account::{AccountEvent, Notice};
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::policy::{Audience, Role};
use twofold_domain::time::Timestamp;
use twofold_domain::user::UserEvent;
use twofold_infra::store::{Row, StoreError, Views};

use crate::fact::{Event, Fact};
use crate::record::{Column as _, Named as _, record};
use crate::view::{Keeps, Projection, Table, View};

/// The projection's name.
pub const NAME: &str = "notices";

/// The projection.
pub fn projection() -> Projection {
    Projection::new(NAME, 1).with::<Notices>()
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
        /// What kind of thing.
        pub notice: Notice,
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
        notice_of(&fact.event).map(|_| fact.seq)
    }

    fn apply(_: Option<NoticeRow>, account_seq: u64, fact: &Fact) -> Option<NoticeRow> {
        let notice = notice_of(&fact.event)?;
        Some(NoticeRow { account_seq, recorded_at: fact.at, notice, about: fact.subject })
    }
}

fn notice_of(event: &Event) -> Option<Notice> {
    let in_team = |role: &Role| role.audience() == Audience::Team;
    match event {
        Event::Account(
            AccountEvent::PolicyChanged { .. }
            | AccountEvent::OwnerFloorChanged { .. }
            | AccountEvent::ProfileChosen { .. },
        ) => Some(Notice::PolicyChanged),
        Event::User(_, UserEvent::LockedOut { .. }) => Some(Notice::LockedOut),
        Event::User(_, UserEvent::PasswordAccessUsed { .. }) => Some(Notice::PasswordAccess),
        Event::User(_, UserEvent::UserRegistered { role, .. }) if in_team(role) => Some(Notice::TeamChanged),
        Event::User(_, UserEvent::RoleChanged { from, to, .. }) if in_team(from) || in_team(to) => {
            Some(Notice::TeamChanged)
        }
        Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => None,
    }
}

/// What was recorded after an instant, in every account.
pub async fn since(views: &Views, at: Timestamp) -> Result<Vec<(AccountId, NoticeRow)>, StoreError> {
    let sql = "select account_id, account_seq, recorded_at, notice, about from views.notices \
               where recorded_at > $1 order by recorded_at, account_id, account_seq";
    let read = |row: &Row| {
        let notice: String = row.get(3)?;
        let line = NoticeRow {
            account_seq: u64::get(row, 1)?,
            recorded_at: Timestamp::get(row, 2)?,
            notice: Notice::parse(&notice).ok_or_else(|| crate::record::unreadable(&notice))?,
            about: Option::get(row, 4)?,
        };
        Ok((AccountId::from_uuid(row.get(0)?), line))
    };
    views.fetch(sql, &[at.micros().into()]).await?.iter().map(read).collect()
}
