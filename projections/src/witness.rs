//! Witnesses of where a log ends: its last event, its account's counter, and the checkpoints of read models.
//!
//! All three are written when an event is: the counter with it, a checkpoint soon behind it. A log that lost its
//! last events, or a counter that was set back, is found out as long as one of the others still knows better. So
//! nothing that compares may throw a checkpoint away before it asked here.
//!
//! New events would bury what is missing: the log would soon be as long as it was. So whoever takes events in looks
//! whether they go on from the very event that it took in last, and what a server found is kept
//! beside the read models, in `views.findings`, and stands until the events are back and every row equals them, or
//! the operator says that they are to be forgotten; that, too, is kept.

mod continued;
mod kept;
mod watch;

use std::fmt;

use serde::Serialize;
use twofold_domain::ids::AccountId;
use twofold_infra::store::{EventStore, Row, StoreError, Value};
use uuid::Uuid;

pub(crate) use self::continued::continued;
pub(crate) use self::kept::open;
pub use self::kept::{Forgotten, forget, forgotten, keep, settle};
pub use self::watch::Watch;

/// An account whose witnesses contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Contradiction {
    /// Which.
    pub account: AccountId,
    /// Its last event that is there, or was when it was found.
    pub log_end: u64,
    /// How many its counter says there are.
    pub counted: u64,
    /// The last event that a read model has taken in.
    pub taken_in: u64,
    /// Its last event now, where a server found this earlier and the witnesses agree again: nothing says yet that
    /// what was missing is what is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_now: Option<u64>,
}

impl Contradiction {
    /// Whether the log has nothing of the account any more.
    pub const fn is_gone(&self) -> bool {
        self.log_end == 0 && self.by_now.is_none()
    }
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { account, log_end, counted, taken_in, by_now } = self;
        let ends = if by_now.is_some() { "was found to end" } else { "ends" };
        write!(
            f,
            "{account}: the log {ends} with event {log_end}, its counter with {counted}, and read models have \
             come to event {taken_in}"
        )?;
        match by_now {
            Some(end) => write!(f, "; it goes to event {end} by now, which may be others"),
            None => Ok(()),
        }
    }
}

/// What each account's witnesses say, where the log is not the one that goes furthest or its counter not its own.
const CONTRADICTIONS: &str = "select account_id, log_end, counted, taken_in from \
    (select a.account_id, coalesce(c.last_seq, 0) as counted, coalesce(k.position, 0) as taken_in, \
     coalesce((select e.account_seq from twofold.events e where e.account_id = a.account_id \
               order by e.account_seq desc limit 1), 0) as log_end \
     from (select account_id from twofold.counters union select account_id from views.checkpoints) a \
     left join twofold.counters c on c.account_id = a.account_id \
     left join (select account_id, max(position) as position from views.checkpoints group by account_id) k \
     on k.account_id = a.account_id) said \
    where (counted <> log_end or taken_in > log_end)";

/// The accounts whose witnesses contradict each other, or did when a server looked, in the order of their ids.
pub async fn contradictions(store: &EventStore) -> Result<Vec<Contradiction>, StoreError> {
    let mut named = found(store, &format!("{CONTRADICTIONS} order by account_id"), &[]).await?;
    for kept in kept::open(store).await? {
        if named.iter().all(|found| found.account != kept.account) {
            named.push(kept);
        }
    }
    named.sort_by_key(|found| found.account);
    Ok(named)
}

/// The same of one account.
pub async fn contradiction(
    store: &EventStore,
    account: AccountId,
) -> Result<Option<Contradiction>, StoreError> {
    if let Some(found) = standing(store, account).await? {
        return Ok(Some(found));
    }
    Ok(kept::open(store).await?.into_iter().find(|kept| kept.account == account))
}

/// What the witnesses of an account say at this moment.
async fn standing(store: &EventStore, account: AccountId) -> Result<Option<Contradiction>, StoreError> {
    let sql = format!("{CONTRADICTIONS} and account_id = $1");
    Ok(found(store, &sql, &[account.uuid().into()]).await?.pop())
}

async fn found(store: &EventStore, sql: &str, binds: &[Value]) -> Result<Vec<Contradiction>, StoreError> {
    let mut named = vec![];
    for said in store.views().fetch(sql, binds).await? {
        let said = read(&said)?;
        // The two files of SQLite are not seen in one state: what was committed in between is there when one looks again.
        let since = store.recorded_at(said.account, said.taken_in).await?;
        if said.counted != said.log_end || since.is_none() {
            named.push(said);
        }
    }
    Ok(named)
}

/// Account, end of the log, counter, and read models, in this order.
fn read(row: &Row) -> Result<Contradiction, StoreError> {
    Ok(Contradiction {
        account: AccountId::from_uuid(row.get::<Uuid>(0)?),
        log_end: row.count(1)?,
        counted: row.count(2)?,
        taken_in: row.count(3)?,
        by_now: None,
    })
}
