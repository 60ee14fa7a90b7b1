//! The newest events of some kinds: a few of each, so that whoever records many of one kind hides none of another.

use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::time::Timestamp;
use twofold_infra::store::{StoreError, Value, Views};

use super::search::{Entry, said};
use super::{AuditRow, position_before};
use crate::record::Record as _;

/// Whose events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// What happened to somebody.
    To(UserId),
    /// What somebody did to others, or to the account.
    By(UserId),
}

/// The newest `each` events of each of these kinds since an instant, the newest first.
pub async fn newest_of_each(
    views: &Views,
    account: AccountId,
    whose: Whose,
    kinds: &[&str],
    each: u32,
    since: Timestamp,
) -> Result<Vec<Entry>, StoreError> {
    let after = position_before(views, account, since).await?;
    let mut binds: Vec<Value> = vec![account.uuid().into(), after.into()];
    let mut bind = |value: Value| {
        binds.push(value);
        format!("${}", binds.len())
    };
    let whose = match whose {
        Whose::To(user) => format!("subject = {}", bind(user.uuid().into())),
        Whose::By(user) => {
            let (actor, own) = (bind(user.to_string().into()), bind(user.uuid().into()));
            format!("actor = {actor} and (subject is null or subject <> {own})")
        }
    };
    let kinds = kinds.iter().map(|kind| bind((*kind).into())).collect::<Vec<_>>().join(", ");
    let columns = AuditRow::COLUMNS.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "select {columns} from (select {columns}, \
         row_number() over (partition by event_type order by account_seq desc) as nth \
         from views.audit_log where account_id = $1 and account_seq > $2 and {whose} and event_type in ({kinds})\
         ) ranked where nth <= {each} order by account_seq desc"
    );
    let rows = views.fetch(&sql, &binds).await?;
    let rows = rows.iter().map(|row| AuditRow::get(row, 0)).collect::<Result<Vec<_>, _>>()?;
    said(views, account, rows).await
}
