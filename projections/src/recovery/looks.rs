//! Cases, and resets without one, as they were at an event. What a look costs follows the rows that it returns.

use std::collections::{BTreeSet, HashMap};

use twofold_domain::ids::{AccountId, ApprovalId, OperatorGrantId, RecoveryId, UserId};
use twofold_infra::store::{StoreError, Value, Views};
use uuid::Uuid;

use super::{Asked, AskedRow, Case, CaseRow, Cases, Leave, LeaveRow, Standing, StandingRow};
use crate::as_of;
use crate::begun::Begun;
use crate::record::Record as _;
use crate::view::View;

/// Cases as they were right after an event, the newest first: at most so many.
pub async fn cases(
    views: &Views,
    account: AccountId,
    position: u64,
    most: u32,
) -> Result<Vec<Case>, StoreError> {
    let found = asked_for(account, position).newest::<Cases>(views, None, most).await?;
    with_people(views, account, position, found).await
}

/// Cases that were asked for behind an event, as they were right after another, the oldest first: at most so many.
pub async fn cases_after(
    views: &Views,
    account: AccountId,
    position: u64,
    after: u64,
    most: u32,
) -> Result<Vec<Case>, StoreError> {
    let found = asked_for(account, position).oldest::<Cases>(views, after, most).await?;
    with_people(views, account, position, found).await
}

const fn asked_for(account: AccountId, position: u64) -> Begun {
    Begun { account, position, order: "asked_seq", only: None }
}

/// One case, as it was right after an event.
pub async fn case(
    views: &Views,
    account: AccountId,
    position: u64,
    recovery: RecoveryId,
) -> Result<Option<Case>, StoreError> {
    let sql = as_of::sql::<Cases>(views, "account_id = $1 and recovery_id = $3", "");
    let binds = [account.uuid().into(), position.into(), recovery.uuid().into()];
    let found = views.fetch(&sql, &binds).await?;
    let found = found.iter().map(|row| CaseRow::get(row, 0)).collect::<Result<_, _>>()?;
    Ok(with_people(views, account, position, found).await?.pop())
}

/// Cases, and how their people stood.
async fn with_people(
    views: &Views,
    account: AccountId,
    position: u64,
    found: Vec<CaseRow>,
) -> Result<Vec<Case>, StoreError> {
    let people: BTreeSet<UserId> = found.iter().map(|case| case.user_id).collect();
    let standing = standing(views, account, position, &people).await?;
    let requests: BTreeSet<ApprovalId> = found.iter().filter_map(|case| case.approval_id).collect();
    let asked = asked(views, account, position, &requests).await?;
    let grants: BTreeSet<OperatorGrantId> = found.iter().filter_map(|case| case.operator_grant).collect();
    let leave = leave(views, account, position, &grants).await?;
    let whole = |row: CaseRow| Case {
        leave: row.operator_grant.and_then(|grant| leave.get(&grant).cloned()),
        person: standing.get(&row.user_id).cloned(),
        asked: row.approval_id.and_then(|approval| asked.get(&approval).cloned()),
        row,
    };
    Ok(found.into_iter().map(whole).collect())
}

/// How these people stood right after an event.
async fn standing(
    views: &Views,
    account: AccountId,
    position: u64,
    people: &BTreeSet<UserId>,
) -> Result<HashMap<UserId, StandingRow>, StoreError> {
    let people: Vec<Uuid> = people.iter().map(|user| user.uuid()).collect();
    let rows = rows::<Standing>(views, account, position, &people).await?;
    Ok(rows.into_iter().map(|row: StandingRow| (row.user_id, row)).collect())
}

/// How these requests stood right after an event.
async fn asked(
    views: &Views,
    account: AccountId,
    position: u64,
    requests: &BTreeSet<ApprovalId>,
) -> Result<HashMap<ApprovalId, AskedRow>, StoreError> {
    let requests: Vec<Uuid> = requests.iter().map(|request| request.uuid()).collect();
    let rows = rows::<Asked>(views, account, position, &requests).await?;
    Ok(rows.into_iter().map(|row: AskedRow| (row.approval_id, row)).collect())
}

/// How these grants to the operator stood right after an event.
async fn leave(
    views: &Views,
    account: AccountId,
    position: u64,
    grants: &BTreeSet<OperatorGrantId>,
) -> Result<HashMap<OperatorGrantId, LeaveRow>, StoreError> {
    let grants: Vec<Uuid> = grants.iter().map(|grant| grant.uuid()).collect();
    let rows = rows::<Leave>(views, account, position, &grants).await?;
    Ok(rows.into_iter().map(|row: LeaveRow| (row.grant_id, row)).collect())
}

/// The rows of a view by their keys, as they were right after an event.
async fn rows<V: View>(
    views: &Views,
    account: AccountId,
    position: u64,
    keys: &[Uuid],
) -> Result<Vec<V::Row>, StoreError> {
    /// Keys per statement.
    const PAGE: usize = 500;
    let mut found = vec![];
    for page in keys.chunks(PAGE) {
        let mut binds: Vec<Value> = vec![account.uuid().into(), position.into()];
        binds.extend(page.iter().map(|key| Value::from(*key)));
        let places: Vec<String> = (3..page.len() + 3).map(|place| format!("${place}")).collect();
        let which = format!("account_id = $1 and {} in ({})", V::TABLE.key, places.join(", "));
        for row in views.fetch(&as_of::sql::<V>(views, &which, ""), &binds).await? {
            found.push(V::Row::get(&row, 0)?);
        }
    }
    Ok(found)
}

/// People whom staff had reset at once, outside of every case, as they stood right after an event, by their newest such
/// reset: at most so many.
pub async fn without_case(
    views: &Views,
    account: AccountId,
    position: u64,
    most: usize,
) -> Result<Vec<StandingRow>, StoreError> {
    /// Resets per statement.
    const PAGE: u32 = 1_000;
    let sql = format!(
        "select reset_seq, of_user from views.recovery_bare_resets where account_id = $1 and reset_seq <= $2 \
         order by reset_seq desc limit {PAGE}"
    );
    let (mut newest, mut behind) = (vec![], position);
    let mut people = BTreeSet::new();
    while newest.len() < most {
        let rows = views.fetch(&sql, &[account.uuid().into(), behind.into()]).await?;
        for row in &rows {
            behind = row.count(0)?.saturating_sub(1);
            let user = UserId::from_uuid(row.get(1)?);
            if newest.len() < most && people.insert(user) {
                newest.push(user);
            }
        }
        if rows.len() < PAGE as usize {
            break;
        }
    }
    people.retain(|user| newest.contains(user));
    let mut standing = standing(views, account, position, &people).await?;
    Ok(newest.iter().filter_map(|user| standing.remove(user)).collect())
}
