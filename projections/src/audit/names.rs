//! What people were called, event by event: so that the log is read, and searched, by the names of then.
//!
//! Rows are written once and hold ciphertext only. Whoever was erased has rows that nobody can read any more.

use std::collections::BTreeMap;

use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::user::UserEvent;
use twofold_infra::store::{StoreError, Value, Views};

use crate::fact::{Event, Fact};
use crate::record::{Record, record};
use crate::view::{Keeps, Table, View};

/// The view.
pub enum Names {}

record! {
    /// One event that gave somebody a name or an address.
    pub struct NameRow {
        /// Which event.
        pub account_seq: u64,
        /// Whom.
        pub user_id: UserId,
        /// Their name from then on, sealed; nothing where the event left it as it was.
        pub name: Option<Vec<u8>>,
        /// Their address from then on, sealed; nothing where the event left it as it was.
        pub email: Option<Vec<u8>>,
    }
}

impl View for Names {
    type Row = NameRow;
    type Key = u64;
    const TABLE: Table = Table {
        keeps: Keeps::Everything,
        indexes: &["account_id, user_id, account_seq"],
        ..Table::of("audit_names", "account_seq")
    };

    fn key(fact: &Fact) -> Option<u64> {
        match &fact.event {
            Event::User(
                _,
                UserEvent::UserRegistered { .. }
                | UserEvent::UserRenamed { .. }
                | UserEvent::EmailChanged { .. },
            ) => Some(fact.seq),
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => None,
        }
    }

    fn apply(_: Option<NameRow>, account_seq: u64, fact: &Fact) -> Option<NameRow> {
        let Event::User(user_id, event) = &fact.event else { return None };
        let (name, email) = match event {
            UserEvent::UserRegistered { name, email, .. } => (Some(name.bytes()), Some(email.bytes())),
            UserEvent::UserRenamed { name } => (Some(name.bytes()), None),
            UserEvent::EmailChanged { email, .. } => (None, Some(email.bytes())),
            _ => (None, None),
        };
        let owned = |bytes: Option<&[u8]>| bytes.map(<[u8]>::to_vec);
        Some(NameRow { account_seq, user_id: *user_id, name: owned(name), email: owned(email) })
    }
}

/// What somebody was called for a while, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Borne {
    /// Who.
    pub user: UserId,
    /// From this event on.
    pub from: u64,
    /// Until before this event; `None`: until today.
    pub until: Option<u64>,
    /// Their name.
    pub name: Option<Vec<u8>>,
    /// Their address.
    pub email: Option<Vec<u8>>,
}

/// What everybody behind a person was called, and when, in the order of their ids: whole people, from at most
/// `limit` events. The last person is missing where their events may go on.
pub async fn borne_by(
    views: &Views,
    account: AccountId,
    after: UserId,
    limit: u32,
) -> Result<(Vec<Borne>, Option<UserId>), StoreError> {
    let sql = format!(
        "select {} from views.audit_names where account_id = $1 and user_id > $2 \
         order by user_id, account_seq limit $3",
        columns()
    );
    let found = views.fetch(&sql, &[account.uuid().into(), after.uuid().into(), limit.into()]).await?;
    let mut rows = found.iter().map(|row| NameRow::get(row, 0)).collect::<Result<Vec<_>, _>>()?;
    let last = rows.last().map(|row| row.user_id).filter(|_| rows.len() >= limit as usize);
    if let Some(last) = last
        && rows.first().is_some_and(|first| first.user_id != last)
    {
        // Of the last one there may be more.
        rows.retain(|row| row.user_id != last);
    }
    let on = rows.last().map(|row| row.user_id).filter(|_| last.is_some());
    Ok((spans(rows), on))
}

/// What somebody was ever called, the oldest first.
pub async fn of(views: &Views, account: AccountId, user: UserId) -> Result<Vec<Borne>, StoreError> {
    let sql = format!(
        "select {} from views.audit_names where account_id = $1 and user_id = $2 order by account_seq",
        columns()
    );
    let found = views.fetch(&sql, &[account.uuid().into(), user.uuid().into()]).await?;
    Ok(spans(found.iter().map(|row| NameRow::get(row, 0)).collect::<Result<Vec<_>, _>>()?))
}

/// What these people were called right after an event, in the order of their ids; who was registered later has no
/// place in it.
pub async fn as_of(
    views: &Views,
    account: AccountId,
    after: UserId,
    last: UserId,
    position: u64,
) -> Result<BTreeMap<UserId, Borne>, StoreError> {
    let sql = format!(
        "select {} from views.audit_names where account_id = $1 and user_id > $2 and user_id <= $3 \
         and account_seq <= $4 order by user_id, account_seq",
        columns()
    );
    let binds = [account.uuid().into(), after.uuid().into(), last.uuid().into(), position.into()];
    let rows = views.fetch(&sql, &binds).await?;
    let rows = rows.iter().map(|row| NameRow::get(row, 0)).collect::<Result<Vec<_>, _>>()?;
    // Of each person the last one stays.
    Ok(spans(rows).into_iter().map(|borne| (borne.user, borne)).collect())
}

/// The same of these people, whoever they are.
pub async fn of_these(
    views: &Views,
    account: AccountId,
    people: &[UserId],
    position: u64,
) -> Result<BTreeMap<UserId, Borne>, StoreError> {
    /// People per statement.
    const PAGE: usize = 500;
    let mut called = BTreeMap::new();
    for some in people.chunks(PAGE) {
        let places: Vec<String> = (3..some.len() + 3).map(|place| format!("${place}")).collect();
        let sql = format!(
            "select {} from views.audit_names where account_id = $1 and account_seq <= $2 and user_id in ({}) \
             order by user_id, account_seq",
            columns(),
            places.join(", ")
        );
        let mut binds: Vec<Value> = vec![account.uuid().into(), position.into()];
        binds.extend(some.iter().map(|user| Value::from(user.uuid())));
        let rows = views.fetch(&sql, &binds).await?;
        let rows = rows.iter().map(|row| NameRow::get(row, 0)).collect::<Result<Vec<_>, _>>()?;
        called.extend(spans(rows).into_iter().map(|borne| (borne.user, borne)));
    }
    Ok(called)
}

fn columns() -> String {
    NameRow::COLUMNS.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
}

/// Rows in the order of people and events become spans of time.
fn spans(rows: Vec<NameRow>) -> Vec<Borne> {
    let mut spans: Vec<Borne> = Vec::with_capacity(rows.len());
    for NameRow { account_seq, user_id, name, email } in rows {
        let before = spans.last_mut().filter(|borne| borne.user == user_id);
        let (known_name, known_email) = match before {
            Some(borne) => {
                borne.until = Some(account_seq);
                (borne.name.clone(), borne.email.clone())
            }
            None => (None, None),
        };
        let (name, email) = (name.or(known_name), email.or(known_email));
        spans.push(Borne { user: user_id, from: account_seq, until: None, name, email });
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_name_is_borne_until_the_next() {
        let user = |n: u128| UserId::from_uuid(Uuid::from_u128(n));
        let row = |account_seq, n, name: &[u8], email: &[u8]| {
            let some = |bytes: &[u8]| Some(bytes.to_vec()).filter(|bytes| !bytes.is_empty());
            NameRow { account_seq, user_id: user(n), name: some(name), email: some(email) }
        };
        let rows = vec![
            row(3, 1, b"ada", b"a@"),
            row(9, 1, b"", b"b@"),
            row(12, 1, b"eve", b""),
            row(4, 2, b"bob", b"c@"),
        ];
        let told: Vec<_> = spans(rows)
            .into_iter()
            .map(|b| (b.user, b.from, b.until, b.name.unwrap_or_default(), b.email.unwrap_or_default()))
            .collect();
        let expected = [
            (user(1), 3, Some(9), b"ada".to_vec(), b"a@".to_vec()),
            (user(1), 9, Some(12), b"ada".to_vec(), b"b@".to_vec()),
            (user(1), 12, None, b"eve".to_vec(), b"b@".to_vec()),
            (user(2), 4, None, b"bob".to_vec(), b"c@".to_vec()),
        ];
        assert_eq!(told, expected);
    }
}
