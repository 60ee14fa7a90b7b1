//! Whether a log goes on from the very event that read models took in last. One that lost its last events and took
//! others in their place is as long as it was: no number tells, but what stands at a number does.

use twofold_domain::ids::AccountId;
use twofold_domain::time::Timestamp;
use twofold_infra::store::{EventStore, Recorded, StoreError};

use super::{Contradiction, contradiction, kept};
use crate::audit::AuditLog;
use crate::fact::Metadata;
use crate::view::View as _;

/// Up to `limit` events behind `taken_in`, the last one that every read model has; `None` if the event in its place is
/// another one, or if one is missing in between. That is kept beside the read models, and takes nothing in any more.
pub(crate) async fn continued(
    store: &EventStore,
    account: AccountId,
    taken_in: u64,
    limit: u32,
) -> Result<Option<Vec<Recorded>>, StoreError> {
    let known = u32::from(taken_in > 0);
    let behind = taken_in - u64::from(known);
    let mut events = store.read_as_is(account, behind, limit + known).await?;
    let gapless = events.iter().zip(behind + 1..).all(|(event, seq)| event.account_seq == seq);
    let goes_on = gapless && are_known(store, account, &events).await?;
    if !goes_on {
        torn(store, account, taken_in).await?;
        return Ok(None);
    }
    events.drain(..events.len().min(known as usize));
    Ok(Some(events))
}

/// Whether the last of these events that the audit log has, is the one it has. It is as far as any read model, unless
/// it is parked. Where the log ends before, the other witnesses say so.
async fn are_known(store: &EventStore, account: AccountId, events: &[Recorded]) -> Result<bool, StoreError> {
    let (Some(first), Some(last)) = (events.first(), events.last()) else { return Ok(true) };
    let table = AuditLog::TABLE.name;
    let sql = format!(
        "select account_seq, recorded_at, correlation from views.{table} where account_id = $1 \
         and account_seq <= $2 order by account_seq desc limit 1"
    );
    let binds = [account.uuid().into(), last.account_seq.into()];
    let Some(row) = store.views().fetch_optional(&sql, &binds).await? else { return Ok(true) };
    let Some(event) = row.count(0)?.checked_sub(first.account_seq).and_then(|at| events.get(at as usize))
    else {
        return Ok(true);
    };
    let (at, correlation) = (Timestamp::from_micros(row.get(1)?), row.get::<Option<String>>(2)?);
    let meta: Metadata = serde_json::from_str(&event.metadata).unwrap_or_default();
    Ok(at == event.recorded_at && correlation.as_deref() == meta.correlation.as_deref())
}

/// Keeps that the log is not the one that read models were made of, from behind the last event that is the same.
async fn torn(store: &EventStore, account: AccountId, taken_in: u64) -> Result<(), StoreError> {
    if contradiction(store, account).await?.is_some() {
        return Ok(());
    }
    let table = AuditLog::TABLE.name;
    let sql = format!(
        "select l.account_seq from views.{table} l join twofold.events e on e.account_id = l.account_id \
         and e.account_seq = l.account_seq and e.recorded_at = l.recorded_at \
         and e.metadata ->> 'correlation' is not distinct from l.correlation \
         where l.account_id = $1 and l.account_seq < $2 order by l.account_seq desc limit 1"
    );
    let same = store.views().fetch_optional(&sql, &[account.uuid().into(), taken_in.into()]).await?;
    let log_end = same.map_or(Ok(0), |row| row.count(0))?;
    // The counter is of the log as it is by now; of the lost one no more is known than that it came so far.
    let (counted, at) = match store.counter(account).await? {
        Some(counter) => (counter.last_seq.min(taken_in), counter.last_at),
        None => (0, Timestamp::from_micros(0)),
    };
    let found = Contradiction { account, log_end, counted, taken_in, by_now: None };
    tracing::error!(%found, "the log does not go on from what read models were made of: they take in nothing more of it");
    kept::keep(store, &[found], at).await
}
