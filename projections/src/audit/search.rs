//! Finding events: one filter leads, by an index that ends with the event's number; the others look at what it
//! leads to, a bounded number of rows at a time. So a page costs the same wherever it is, however long the log.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use twofold_domain::ids::{AccountId, DeviceId, StreamId, UserId};
use twofold_domain::time::Timestamp;
use twofold_infra::store::{AggregateKind, Row, StoreError, Value, Views};
use uuid::Uuid;

use super::{AuditRow, position_at, position_before};
use crate::fact::{Fact, Raw, decode_raw};
use crate::record::Record as _;

/// The most rows that one look goes through; a page that comes to this bound has fewer rows, and goes on.
pub const LOOKED_AT: u32 = 5_000;

/// Somebody, from one event until before another: under a name that was searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Who.
    pub user: UserId,
    /// From this event on.
    pub from: u64,
    /// Until before this event; `None`: until today.
    pub until: Option<u64>,
}

/// Which events are asked for. Empty means all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// What happened.
    pub event_type: Option<String>,
    /// Who did it.
    pub actor: Option<String>,
    /// To whom.
    pub subject: Option<UserId>,
    /// On which device.
    pub device: Option<DeviceId>,
    /// By what it came about.
    pub cause: Option<String>,
    /// In which kind of stream.
    pub stream: Option<&'static str>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Not after.
    pub to: Option<Timestamp>,
    /// Not after this event.
    pub up_to: Option<u64>,
    /// Done by, or to, one of these people then.
    pub people: Option<Vec<Span>>,
}

/// Which way a page goes from where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The newest events.
    Newest,
    /// Events before this one, newest first.
    Before(u64),
    /// Events after this one, oldest first: for whoever follows the log.
    After(u64),
}

/// An event as it was found, and what the log says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// How it was found.
    pub row: AuditRow,
    /// Whose stream.
    pub aggregate: Uuid,
    /// Its place in its stream.
    pub sequence: u64,
    /// The version of its shape.
    pub event_version: String,
    /// Canonical JSON, as recorded.
    pub payload: String,
    /// A flat JSON object, as recorded.
    pub metadata: String,
}

impl Entry {
    /// It as a fact, in the shape of today.
    pub fn fact(&self, account: AccountId) -> Result<Fact, StoreError> {
        let row = &self.row;
        let kind = AggregateKind::parse(&row.stream);
        let kind = kind.ok_or_else(|| StoreError::Corrupt(format!("a stream of kind {:?}", row.stream)))?;
        let raw = Raw {
            account,
            seq: row.account_seq,
            at: row.recorded_at,
            kind,
            aggregate: self.aggregate,
            event_type: &row.event_type,
            event_version: &self.event_version,
            payload: &self.payload,
            metadata: &self.metadata,
        };
        let mut fact = decode_raw(&raw).map_err(|poison| StoreError::Corrupt(poison.to_string()))?;
        fact.subject = row.subject;
        Ok(fact)
    }

    /// The stream that it is in.
    pub const fn stream(&self, account: AccountId) -> StreamId {
        StreamId { account, aggregate: self.aggregate }
    }
}

/// A page that was looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What it holds, in the page's order.
    pub entries: Vec<Entry>,
    /// Where to go on from: there may be more beyond. `None`: there is none.
    pub on: Option<u64>,
}

/// One page of an account's audit log, however far it has to look.
pub async fn page(
    views: &Views,
    account: AccountId,
    filter: &Filter,
    page: Page,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    let (mut all, mut next) = (Vec::new(), page);
    loop {
        let left = limit.saturating_sub(all.len() as u32);
        let Found { entries, on } = entries(views, account, filter, next, left).await?;
        all.extend(entries);
        match on {
            Some(seq) if (all.len() as u32) < limit => {
                next = if matches!(page, Page::After(_)) { Page::After(seq) } else { Page::Before(seq) };
            }
            _ => return Ok(all),
        }
    }
}

/// One page of an account's audit log, for a bounded price: at most `limit` events, and fewer where the filters
/// leave little of what was looked at.
pub async fn entries(
    views: &Views,
    account: AccountId,
    filter: &Filter,
    page: Page,
    limit: u32,
) -> Result<Found, StoreError> {
    let ascending = matches!(page, Page::After(_));
    let mut range = Range { after: 0, before: i64::MAX as u64 };
    match page {
        Page::Newest => {}
        Page::Before(seq) => range.before = seq,
        Page::After(seq) => range.after = seq,
    }
    // Instants become numbers first: numbers order the pages, and instants never run backwards.
    if let Some(from) = filter.from {
        range.after = range.after.max(position_before(views, account, from).await?);
    }
    if let Some(to) = filter.to {
        range.before = range.before.min(position_at(views, account, to).await? + 1);
    }
    if let Some(up_to) = filter.up_to {
        range.before = range.before.min(up_to.saturating_add(1));
    }
    let mut rest = conditions(filter);
    let mut looks = Vec::new();
    match &filter.people {
        Some(spans) => {
            for span in spans {
                let range = range.within(span);
                looks.push((vec![("subject", span.user.uuid().into())], range));
                looks.push((vec![("actor", span.user.to_string().into())], range));
            }
        }
        None => looks.push((rest.drain(..rest.len().min(1)).collect(), range)),
    }
    let (mut rows, mut horizon) = (BTreeMap::new(), None);
    for (lead, range) in looks.into_iter().filter(|(_, range)| !range.is_empty()) {
        let (found, end) = look(views, account, &lead, &rest, range, ascending, limit).await?;
        // Beyond where one look ended nothing is known, whatever the others found there.
        let nearer = |a: u64, b: u64| if ascending { a.min(b) } else { a.max(b) };
        horizon = end.map_or(horizon, |end| Some(horizon.map_or(end, |known| nearer(known, end))));
        rows.extend(found.into_iter().map(|row| (row.account_seq, row)));
    }
    if let Some(end) = horizon {
        rows.retain(|seq, _| if ascending { *seq <= end } else { *seq >= end });
    }
    let mut rows: Vec<AuditRow> = rows.into_values().collect();
    if !ascending {
        rows.reverse();
    }
    let full = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let last = rows.last().map(|row| row.account_seq);
    let on = if full || rows.len() == limit as usize { last } else { horizon };
    Ok(Found { entries: said(views, account, rows).await?, on })
}

/// The events of some types, of one person and of the account itself, in a range: at most so many, the oldest first.
pub async fn about(
    views: &Views,
    account: AccountId,
    user: UserId,
    (person, whole): (&[&str], &[&str]),
    range: RangeInclusive<u64>,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    let mut binds: Vec<Value> =
        vec![account.uuid().into(), user.uuid().into(), (*range.start()).into(), (*range.end()).into()];
    let mut types = |types: &[&str]| {
        let places = types.iter().map(|name| {
            binds.push((*name).into());
            format!("${}", binds.len())
        });
        places.collect::<Vec<_>>().join(", ")
    };
    let (person, whole) = (types(person), types(whole));
    let columns = AuditRow::COLUMNS.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "select {columns} from views.audit_log where account_id = $1 and subject = $2 \
         and account_seq between $3 and $4 and event_type in ({person}) \
         union all select {columns} from views.audit_log where account_id = $1 \
         and account_seq between $3 and $4 and event_type in ({whole}) \
         order by account_seq limit {limit}"
    );
    let rows = views.fetch(&sql, &binds).await?;
    let rows = rows.iter().map(|row| AuditRow::get(row, 0)).collect::<Result<Vec<_>, _>>()?;
    said(views, account, rows).await
}

/// Numbers between these two, neither included.
#[derive(Debug, Clone, Copy)]
struct Range {
    after: u64,
    before: u64,
}

impl Range {
    fn within(self, span: &Span) -> Self {
        let before = span.until.map_or(self.before, |until| self.before.min(until));
        Self { after: self.after.max(span.from.saturating_sub(1)), before }
    }

    const fn is_empty(self) -> bool {
        self.after + 1 >= self.before
    }
}

type Condition = (&'static str, Value);

/// What a filter asks of a row, the most selective first.
fn conditions(filter: &Filter) -> Vec<Condition> {
    let text = |text: &Option<String>| text.as_deref().map(Value::from);
    let all = [
        ("subject", filter.subject.map(|user| user.uuid().into())),
        ("device_id", filter.device.map(|device| device.uuid().into())),
        ("cause", text(&filter.cause)),
        ("event_type", text(&filter.event_type)),
        ("actor", text(&filter.actor)),
        ("stream", filter.stream.map(Value::from)),
    ];
    all.into_iter().filter_map(|(column, value)| Some((column, value?))).collect()
}

/// Rows that one index leads to and the other conditions leave, and where the look ended, if it did before the
/// range.
async fn look(
    views: &Views,
    account: AccountId,
    lead: &[Condition],
    rest: &[Condition],
    range: Range,
    ascending: bool,
    limit: u32,
) -> Result<(Vec<AuditRow>, Option<u64>), StoreError> {
    let order = if ascending { "asc" } else { "desc" };
    let at_most = if rest.is_empty() { limit } else { LOOKED_AT };
    let mut binds: Vec<Value> = vec![account.uuid().into(), range.after.into(), range.before.into()];
    let condition = |binds: &mut Vec<Value>, (column, value): &Condition| {
        binds.push(value.clone());
        format!(" and {column} = ${}", binds.len())
    };
    let first: String = lead.iter().map(|lead| condition(&mut binds, lead)).collect();
    let looked = |what: &str| {
        format!(
            "select {what} from views.audit_log where account_id = $1 and account_seq > $2 \
             and account_seq < $3{first} order by account_seq {order} limit {at_most}"
        )
    };
    let columns = AuditRow::COLUMNS.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
    let inner = looked(&columns);
    let of_range = binds.clone();
    let left: String = rest.iter().map(|rest| condition(&mut binds, rest)).collect();
    let sql = format!(
        "select {columns} from ({inner}) looked where 1 = 1{left} order by account_seq {order} limit {limit}"
    );
    let rows = views.fetch(&sql, &binds).await?;
    let rows = rows.iter().map(|row| AuditRow::get(row, 0)).collect::<Result<Vec<_>, _>>()?;
    if rows.len() as u32 >= limit {
        let end = rows.last().map(|row| row.account_seq);
        return Ok((rows, end));
    }
    if rest.is_empty() {
        return Ok((rows, None));
    }
    let last = if ascending { "max" } else { "min" };
    let sql = format!("select count(*), {last}(account_seq) from ({}) looked", looked("account_seq"));
    let end = match views.fetch_optional(&sql, &of_range).await? {
        Some(row) if row.count(0)? >= u64::from(at_most) => Some(row.count(1)?),
        _ => None,
    };
    Ok((rows, end))
}

/// What the log says of events that were found, in their order.
pub(super) async fn said(
    views: &Views,
    account: AccountId,
    rows: Vec<AuditRow>,
) -> Result<Vec<Entry>, StoreError> {
    let numbers = rows.iter().map(|row| row.account_seq);
    let (Some(first), Some(last)) = (numbers.clone().min(), numbers.clone().max()) else { return Ok(vec![]) };
    // Side by side they are one range; apart, a list.
    let listed = if last - first < rows.len() as u64 * 2 {
        format!("account_seq between {first} and {last}")
    } else {
        let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
        format!("account_seq in ({})", numbers.join(", "))
    };
    let sql = format!(
        "select account_seq, sequence, event_version, cast(payload as text), cast(metadata as text), aggregate_id \
         from twofold.events where account_id = $1 and {listed}"
    );
    let mut said: BTreeMap<u64, Row> = BTreeMap::new();
    for row in views.fetch(&sql, &[account.uuid().into()]).await? {
        said.insert(row.count(0)?, row);
    }
    let entry = |row: AuditRow| {
        let said = said.get(&row.account_seq).ok_or_else(|| {
            StoreError::Corrupt(format!("event {} of {account} is not in the log", row.account_seq))
        })?;
        let stream: String = said.get(5)?;
        let own = stream.rsplit('/').next().unwrap_or_default();
        Ok(Entry {
            row,
            aggregate: Uuid::parse_str(own)
                .map_err(|_| StoreError::Corrupt(format!("a stream called {stream:?}")))?,
            sequence: said.count(1)?,
            event_version: said.get(2)?,
            payload: said.get(3)?,
            metadata: said.get(4)?,
        })
    };
    rows.into_iter().map(entry).collect()
}
