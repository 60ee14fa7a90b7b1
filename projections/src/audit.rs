//! The audit log: one narrow row per event, to find events by; what they say is fetched from the log itself.
//!
//! Rows are in the order of the log, newest first by default, and a page costs the same wherever it is:
//! every filter has an index that ends with the event's number ([`search`]). What people were called when an
//! event happened stands in a table of its own ([`names`]).

mod before;
pub mod changes;
pub mod names;
mod newest;
pub mod search;

pub use changes::{Change, changes, replaced};
pub use newest::{Whose, newest_of_each};
pub use search::{Entry, Filter, Found, LOOKED_AT, Page, about, entries, page};

use twofold_domain::device::DeviceEvent;
use twofold_domain::ids::{AccountId, DeviceId, UserId};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{ResetCause, UserEvent};
use twofold_infra::store::{StoreError, Views};
use uuid::Uuid;

use crate::fact::{Event, Fact};
use crate::record::record;
use crate::view::{Keeps, Projection, Table, View};

/// The projection's name.
pub const NAME: &str = "audit";

/// The projection.
pub fn projection() -> Projection {
    Projection::new(NAME, 3).with::<AuditLog>().with::<names::Names>()
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
        /// By what it came about, as a word of the event: of a reset `account_disabled:<generation>`, `staff`, of
        /// a refused proof `replayed`, of a session's end `device_lost`.
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

/// By what an event came about, where it says so in a word.
fn cause(event: &Event) -> Option<Box<str>> {
    let word: &'static str = match event {
        Event::User(_, event) => match event {
            UserEvent::TwoFactorReset { cause: ResetCause::AccountDisabled { generation }, .. } => {
                return Some(disabled_cause(*generation).into());
            }
            UserEvent::TwoFactorReset { cause, .. } => reset_cause(cause),
            UserEvent::ProofRejected { refusal, .. } | UserEvent::MailedCodeRejected { refusal, .. } => {
                refusal.name()
            }
            UserEvent::LockedOut { gate, .. } => (*gate).into(),
            UserEvent::MessageFailed { why, .. } => why.name(),
            UserEvent::RecoveryRefused { why, .. } => (*why).into(),
            UserEvent::HelpRefused { why, .. } => (*why).into(),
            _ => return None,
        },
        Event::Device(_, DeviceEvent::ProofCameLate { over, .. }) => over.into(),
        Event::Device(_, DeviceEvent::SessionEnded { cause, .. }) => cause.into(),
        Event::Device(_, DeviceEvent::DeviceDistrusted { cause }) => cause.into(),
        Event::Device(..) | Event::Account(_) | Event::Reading(_) => return None,
    };
    Some(word.into())
}

/// What a reset of one person is called by.
pub const fn reset_cause(cause: &ResetCause) -> &'static str {
    match cause {
        ResetCause::AccountDisabled { .. } => "account_disabled",
        ResetCause::Staff { .. } => "staff",
        ResetCause::StaffAfterWait { .. } => "staff_after_wait",
        ResetCause::AfterWait { .. } => "after_wait",
        ResetCause::Granted { .. } => "granted",
    }
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
            "account_id, cause, account_seq",
            "account_id, stream, account_seq",
            "subject, account_seq",
            "device_id, account_seq",
        ],
        ..Table::of("audit_log", "account_seq")
    };

    fn key(fact: &Fact) -> Option<u64> {
        Some(fact.seq)
    }

    fn apply(_: Option<AuditRow>, account_seq: u64, fact: &Fact) -> Option<AuditRow> {
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
            cause: cause(&fact.event),
            causation: fact.meta.causation.clone(),
            correlation: fact.meta.correlation.clone(),
        })
    }
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

/// The last event of an account that is in the table; 0 if there is none.
pub async fn head(views: &Views, account: AccountId) -> Result<u64, StoreError> {
    let sql =
        "select account_seq from views.audit_log where account_id = $1 order by account_seq desc limit 1";
    let row = views.fetch_optional(sql, &[account.uuid().into()]).await?;
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
