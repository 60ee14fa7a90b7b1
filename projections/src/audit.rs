//! The audit log: one narrow row per event, to find events by; what they say is fetched from the log itself.
//!
//! Rows are in the order of the log, newest first by default, and a page costs the same wherever it is:
//! every filter has an index that ends with the event's number.

use twofold_domain::ids::{AccountId, DeviceId, UserId};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{ResetCause, UserEvent};
use twofold_infra::store::{Row, StoreError, Value, Views};
use uuid::Uuid;

use crate::fact::{Event, Fact};
use crate::record::{Record, record};
use crate::view::{Keeps, Projection, Table, View};

/// The projection's name.
pub const NAME: &str = "audit";

/// The projection.
pub fn projection() -> Projection {
    Projection::new(NAME, 1).with::<AuditLog>()
}

/// The view.
pub enum AuditLog {}

record! {
    /// One event, as it is found.
    pub struct AuditRow {
        /// Its place in the account's history.
        pub account_seq: u64,
        /// When.
        pub recorded_at: Timestamp,
        /// What happened.
        pub event_type: Box<str>,
        /// In which kind of stream: `account`, `user`, `device`.
        pub stream: Box<str>,
        /// Who did it, as the log holds it.
        pub actor: Option<Box<str>>,
        /// For whom, where that is somebody else.
        pub on_behalf_of: Option<Box<str>>,
        /// To whom.
        pub subject: Option<UserId>,
        /// On which device.
        pub device_id: Option<DeviceId>,
        /// Of a reset: what did it: `account_disabled:<generation>` or `staff`.
        pub cause: Option<Box<str>>,
        /// The event that it follows from.
        pub causation: Option<Box<str>>,
        /// The request or process that it belongs to.
        pub correlation: Option<Box<str>>,
    }
}

/// The cause of a reset by the account-wide disable that opened this generation.
pub fn disabled_cause(generation: u32) -> String {
    format!("account_disabled:{generation}")
}

impl View for AuditLog {
    type Row = AuditRow;
    type Key = u64;
    const TABLE: Table = Table {
        keeps: Keeps::Everything,
        indexes: &[
            "account_id, recorded_at, account_seq",
            "account_id, event_type, account_seq",
            "account_id, actor, account_seq",
            "subject, account_seq",
        ],
        ..Table::of("audit_log", "account_seq")
    };

    fn key(fact: &Fact) -> Option<u64> {
        Some(fact.seq)
    }

    fn apply(_: Option<AuditRow>, account_seq: u64, fact: &Fact) -> Option<AuditRow> {
        let cause = match &fact.event {
            Event::User(_, UserEvent::TwoFactorReset { cause, .. }) => Some(match cause {
                ResetCause::AccountDisabled { generation } => disabled_cause(*generation).into(),
                ResetCause::Staff { .. } => "staff".into(),
                ResetCause::StaffAfterWait { .. } => "staff_after_wait".into(),
                ResetCause::AfterWait { .. } => "after_wait".into(),
                ResetCause::Granted { .. } => "granted".into(),
            }),
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => None,
        };
        let device_id = match &fact.event {
            Event::Device(device, _) | Event::User(_, UserEvent::DeviceReportedLost { device }) => {
                Some(*device)
            }
            Event::Account(_) | Event::User(..) | Event::Reading(_) => None,
        };
        Some(AuditRow {
            account_seq,
            recorded_at: fact.at,
            event_type: fact.event.name().into(),
            stream: fact.event.kind().name().into(),
            actor: fact.meta.actor.clone(),
            on_behalf_of: fact.meta.on_behalf_of.clone(),
            subject: fact.subject,
            device_id,
            cause,
            causation: fact.meta.causation.clone(),
            correlation: fact.meta.correlation.clone(),
        })
    }
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
    /// Not before.
    pub from: Option<Timestamp>,
    /// Not after.
    pub to: Option<Timestamp>,
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
    /// Its place in its stream.
    pub sequence: u64,
    /// The version of its shape.
    pub event_version: String,
    /// Canonical JSON, as recorded.
    pub payload: String,
    /// A flat JSON object, as recorded.
    pub metadata: String,
}

/// One page of an account's audit log.
pub async fn page(
    views: &Views,
    account: AccountId,
    filter: &Filter,
    page: Page,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    let columns: Vec<String> = AuditRow::COLUMNS.iter().map(|c| format!("a.{}", c.name)).collect();
    let mut conditions = vec!["a.account_id = $1".to_owned()];
    let mut binds: Vec<Value> = vec![account.uuid().into()];
    let mut add = |condition: &str, value: Value| {
        binds.push(value);
        conditions.push(format!("{condition} ${}", binds.len()));
    };
    if let Some(event_type) = &filter.event_type {
        add("a.event_type =", event_type.as_str().into());
    }
    if let Some(actor) = &filter.actor {
        add("a.actor =", actor.as_str().into());
    }
    if let Some(subject) = filter.subject {
        add("a.subject =", subject.uuid().into());
    }
    if let Some(device) = filter.device {
        add("a.device_id =", device.uuid().into());
    }
    // Instants become numbers first: numbers order the pages, and instants never run backwards.
    if let Some(from) = filter.from {
        add("a.account_seq >", position_before(views, account, from).await?.into());
    }
    if let Some(to) = filter.to {
        add("a.account_seq <=", position_at(views, account, to).await?.into());
    }
    let order = match page {
        Page::Newest => "desc",
        Page::Before(seq) => {
            add("a.account_seq <", seq.into());
            "desc"
        }
        Page::After(seq) => {
            add("a.account_seq >", seq.into());
            "asc"
        }
    };
    let sql = format!(
        "select {}, e.sequence, e.event_version, cast(e.payload as text), cast(e.metadata as text) \
         from views.audit_log a join twofold.events e \
         on e.account_id = a.account_id and e.account_seq = a.account_seq \
         where {} order by a.account_seq {order} limit ${}",
        columns.join(", "),
        conditions.join(" and "),
        binds.len() + 1
    );
    binds.push(limit.into());
    views.fetch(&sql, &binds).await?.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<Entry, StoreError> {
    let width = AuditRow::COLUMNS.len();
    Ok(Entry {
        row: AuditRow::get(row, 0)?,
        sequence: row.count(width)?,
        event_version: row.get(width + 1)?,
        payload: row.get(width + 2)?,
        metadata: row.get(width + 3)?,
    })
}

/// The last event recorded at or before an instant; 0 if there is none.
pub async fn position_at(views: &Views, account: AccountId, at: Timestamp) -> Result<u64, StoreError> {
    last(views, account, at.micros()).await
}

async fn position_before(views: &Views, account: AccountId, at: Timestamp) -> Result<u64, StoreError> {
    last(views, account, at.micros().saturating_sub(1)).await
}

async fn last(views: &Views, account: AccountId, micros: i64) -> Result<u64, StoreError> {
    let sql = "select account_seq from views.audit_log where account_id = $1 and recorded_at <= $2 \
               order by recorded_at desc, account_seq desc limit 1";
    let row = views.fetch_optional(sql, &[account.uuid().into(), micros.into()]).await?;
    row.map_or(Ok(0), |row| row.count(0))
}

/// When an event was recorded.
pub async fn instant_of(
    views: &Views,
    account: AccountId,
    seq: u64,
) -> Result<Option<Timestamp>, StoreError> {
    let sql = "select recorded_at from views.audit_log where account_id = $1 and account_seq = $2";
    let row = views.fetch_optional(sql, &[account.uuid().into(), seq.into()]).await?;
    row.map(|row| Ok(Timestamp::from_micros(row.get(0)?))).transpose()
}

/// Whose streams carry the reset by the account-wide disable that opened this generation, in the order of
/// their ids.
pub async fn reached(views: &Views, account: AccountId, generation: u32) -> Result<Vec<UserId>, StoreError> {
    let sql = "select distinct subject from views.audit_log \
               where account_id = $1 and event_type = 'TwoFactorReset' and cause = $2 \
               and subject is not null order by subject";
    let rows = views.fetch(sql, &[account.uuid().into(), disabled_cause(generation).into()]).await?;
    rows.iter().map(|row| Ok(UserId::from_uuid(row.get::<Uuid>(0)?))).collect()
}

/// The events of one name after a position, oldest first, with what they say.
pub async fn of_type(
    views: &Views,
    account: AccountId,
    event_type: &str,
    after: u64,
) -> Result<Vec<(u64, String)>, StoreError> {
    let sql = "select e.account_seq, cast(e.payload as text) from views.audit_log a join twofold.events e \
               on e.account_id = a.account_id and e.account_seq = a.account_seq \
               where a.account_id = $1 and a.event_type = $2 and a.account_seq > $3 order by a.account_seq";
    let binds = [account.uuid().into(), event_type.into(), after.into()];
    views.fetch(sql, &binds).await?.iter().map(|row| Ok((row.count(0)?, row.get(1)?))).collect()
}
