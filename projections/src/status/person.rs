//! What people are called: sealed, for the annex of a report and for lists. Without history: an erasure
//! empties it, and who is gone is not called anything.

use std::collections::{BTreeMap, BTreeSet};

use twofold_domain::ids::{AccountId, GroupId, UserId};
use twofold_domain::time::Timestamp;
use twofold_domain::user::UserEvent;
use twofold_infra::store::{StoreError, Views};

use super::user_status::{StatusRow, UserStatus};
use crate::as_of::{self, Ranges};
use crate::fact::{Event, Fact};
use crate::record::{Column, ColumnDef, Record, record};
use crate::view::{Table, View};

/// The view.
pub enum Person {}

record! {
    /// A person's sealed name and address.
    pub struct PersonRow {
        /// Who.
        pub user_id: UserId,
        /// Their name, sealed; nothing once they were erased.
        pub name: Option<Vec<u8>>,
        /// Their address, sealed; nothing once they were erased.
        pub email: Option<Vec<u8>>,
        /// The language of messages to them.
        pub language: String,
        /// When they were erased.
        pub erased_at: Option<Timestamp>,
    }
}

impl View for Person {
    type Row = PersonRow;
    type Key = UserId;
    const TABLE: Table = Table::of("person", "user_id");

    fn key(fact: &Fact) -> Option<UserId> {
        match &fact.event {
            Event::User(
                user,
                UserEvent::UserRegistered { .. }
                | UserEvent::UserRenamed { .. }
                | UserEvent::EmailChanged { .. }
                | UserEvent::LanguageChanged { .. }
                | UserEvent::PersonErased { .. },
            ) => Some(*user),
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => None,
        }
    }

    fn apply(row: Option<PersonRow>, user_id: UserId, fact: &Fact) -> Option<PersonRow> {
        match &fact.event {
            Event::User(_, UserEvent::UserRegistered { name, email, language, .. }) => Some(PersonRow {
                user_id,
                name: Some(name.bytes().to_vec()),
                email: Some(email.bytes().to_vec()),
                language: language.clone(),
                erased_at: None,
            }),
            Event::User(_, UserEvent::UserRenamed { name }) => {
                row.map(|row| PersonRow { name: Some(name.bytes().to_vec()), ..row })
            }
            Event::User(_, UserEvent::EmailChanged { email, .. }) => {
                row.map(|row| PersonRow { email: Some(email.bytes().to_vec()), ..row })
            }
            Event::User(_, UserEvent::LanguageChanged { language }) => {
                row.map(|row| PersonRow { language: language.clone(), ..row })
            }
            Event::User(_, UserEvent::PersonErased { at, .. }) => {
                row.map(|row| PersonRow { name: None, email: None, erased_at: Some(*at), ..row })
            }
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => row,
        }
    }
}

/// People of an account behind this one, or of one of its groups, in the order of their ids: where they stand,
/// and what they are called.
pub async fn people(
    views: &Views,
    account: AccountId,
    after: UserId,
    group: Option<GroupId>,
    limit: u32,
) -> Result<Vec<(StatusRow, PersonRow)>, StoreError> {
    let of = |alias: &str, columns: &[ColumnDef]| {
        columns.iter().map(|c| format!("{alias}.{}", c.name)).collect::<Vec<_>>().join(", ")
    };
    let sql = format!(
        "select {}, {} from views.{} s join views.{} p on p.account_id = s.account_id and p.user_id = s.user_id \
         where s.account_id = $1 and s.user_id > $2 and s.groups like $4 order by s.user_id limit $3",
        of("s", StatusRow::COLUMNS),
        of("p", PersonRow::COLUMNS),
        UserStatus::TABLE.name,
        Person::TABLE.name
    );
    let named = pattern(group);
    let rows = views
        .fetch(&sql, &[account.uuid().into(), after.uuid().into(), limit.into(), named.as_str().into()])
        .await?;
    let width = StatusRow::COLUMNS.len();
    rows.iter().map(|row| Ok((StatusRow::get(row, 0)?, PersonRow::get(row, width)?))).collect()
}

/// People of an account behind this one as they were right after an event, or of one of its groups of then, in the
/// order of their ids: where they stood. At most `limit`.
pub async fn people_as_of(
    views: &Views,
    account: AccountId,
    position: u64,
    after: UserId,
    group: Option<GroupId>,
    limit: u32,
) -> Result<Vec<StatusRow>, StoreError> {
    let sql = as_of::range::<UserStatus>(views, "user_id", "groups like $5");
    let named = pattern(group);
    let mut ranges = Ranges::behind::<UserStatus>(account, limit, Some(after.uuid()));
    let mut people = Vec::new();
    while people.len() < limit as usize
        && let Some((after, last)) = ranges.next(views).await?
    {
        let binds =
            [account.uuid().into(), position.into(), after.into(), last.into(), named.as_str().into()];
        for row in views.fetch(&sql, &binds).await? {
            people.push(StatusRow::get(&row, 0)?);
        }
    }
    people.truncate(limit as usize);
    Ok(people)
}

/// A list of ids in quotes; an id holds nothing that a pattern would read otherwise.
fn pattern(group: Option<GroupId>) -> String {
    group.map_or_else(|| "%".to_owned(), |group| format!("%\"{group}\"%"))
}

/// How many people are in each group of an account; a group without anybody is not named.
pub async fn people_in_groups(
    views: &Views,
    account: AccountId,
) -> Result<BTreeMap<GroupId, u64>, StoreError> {
    // Few people share the same few groups in few ways: one row each.
    let sql = format!(
        "select groups, count(*) from views.{} where account_id = $1 and not erased group by groups",
        UserStatus::TABLE.name
    );
    let mut counts = BTreeMap::new();
    for row in views.fetch(&sql, &[account.uuid().into()]).await? {
        let people = <u64 as Column>::get(&row, 1)?;
        for group in <BTreeSet<GroupId> as Column>::get(&row, 0)? {
            *counts.entry(group).or_default() += people;
        }
    }
    Ok(counts)
}
