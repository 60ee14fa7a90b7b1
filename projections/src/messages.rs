//! What became of messages, for the lists that people and their administrators look at. What still waits is
//! not here: it is in the store's outbox until it ends.

use twofold_domain::account::AccountEvent;
use twofold_domain::delivery::{Channel, MessagePurpose, OUTAGE_AFTER, Posted, TROUBLE_AGAIN, Undelivered};
use twofold_domain::ids::{AccountId, MessageId, UserId};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{TROUBLE_AFTER, UserEvent};
use twofold_infra::store::{EventStore, Row, StoreError, Value, Views};

use crate::as_of::{self, NOW};
use crate::fact::{Event, Fact};
use crate::record::{Record, record};
use crate::view::{Keeps, Projection, Table, View};

/// The projection's name.
pub const NAME: &str = "messages";

/// The most rows of one list.
pub const MOST: usize = 1_000;

/// The projection.
pub fn projection() -> Projection {
    Projection::new(NAME, 3).with::<Messages>().with::<Unreached>().with::<WaysOut>()
}

/// Every message that ended.
pub enum Messages {}

record! {
    /// What became of one message.
    pub struct MessageRow {
        /// The message.
        pub message_id: MessageId,
        /// To whom.
        pub user_id: UserId,
        /// The way it went.
        pub channel: Channel,
        /// What it was for.
        pub purpose: MessagePurpose,
        /// The stable name of its words.
        pub letter: String,
        /// How often it was tried.
        pub attempts: u16,
        /// When it was written.
        pub queued_at: Timestamp,
        /// When it went out, or was given up.
        pub ended_at: Timestamp,
        /// By which event.
        pub ended_seq: u64,
        /// Why it did not go out; nothing if it did.
        pub why: Option<Undelivered>,
        /// What the next system answered last.
        pub reply: Option<u16>,
    }
}

impl View for Messages {
    type Row = MessageRow;
    type Key = MessageId;
    const TABLE: Table = Table {
        keeps: Keeps::Everything,
        indexes: &["user_id, ended_seq"],
        ..Table::of("messages", "message_id")
    };

    fn key(fact: &Fact) -> Option<MessageId> {
        ended(fact).map(|(_, posted, ..)| posted.message)
    }

    fn apply(_: Option<MessageRow>, message_id: MessageId, fact: &Fact) -> Option<MessageRow> {
        let (user_id, posted, failed, ended_at) = ended(fact)?;
        Some(MessageRow {
            message_id,
            user_id,
            channel: posted.channel,
            purpose: posted.purpose,
            letter: posted.letter.clone(),
            attempts: posted.attempts,
            queued_at: posted.queued_at,
            ended_at,
            ended_seq: fact.seq,
            why: failed.map(|(why, _)| why),
            reply: failed.and_then(|(_, reply)| reply),
        })
    }
}

/// A reason, and what the next system answered.
type Failed = (Undelivered, Option<u16>);

/// The message that a fact ends.
fn ended(fact: &Fact) -> Option<(UserId, &Posted, Option<Failed>, Timestamp)> {
    match &fact.event {
        Event::User(user, UserEvent::MessageSent { posted, at }) => Some((*user, posted, None, *at)),
        Event::User(user, UserEvent::MessageFailed { posted, why, reply, at }) => {
            Some((*user, posted, Some((*why, *reply)), *at))
        }
        Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => None,
    }
}

/// People to whom messages fail.
pub enum Unreached {}

record! {
    /// How often in a row messages to a person failed, by each way, since one last went out. Whoever was ever failed
    /// keeps a row, also one that says that nothing fails: the past is looked for behind it.
    pub struct UnreachedRow {
        /// Whom.
        pub user_id: UserId,
        /// By mail.
        pub mail_failures: u16,
        /// Why, the last time.
        pub mail_why: Option<Undelivered>,
        /// Since when.
        pub mail_since: Option<Timestamp>,
        /// By SMS.
        pub sms_failures: u16,
        /// Why, the last time.
        pub sms_why: Option<Undelivered>,
        /// Since when.
        pub sms_since: Option<Timestamp>,
    }
}

/// A way by which somebody is not reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failing {
    /// The way.
    pub channel: Channel,
    /// How often in a row.
    pub failures: u16,
    /// Why, the last time.
    pub why: Undelivered,
    /// Since when.
    pub since: Timestamp,
}

impl UnreachedRow {
    /// The ways by which they are not reached.
    pub fn failing(&self) -> impl Iterator<Item = Failing> {
        let ways = [
            (Channel::Mail, self.mail_failures, self.mail_why, self.mail_since),
            (Channel::Sms, self.sms_failures, self.sms_why, self.sms_since),
        ];
        ways.into_iter().filter_map(|(channel, failures, why, since)| {
            (failures >= TROUBLE_AFTER).then_some(Failing { channel, failures, why: why?, since: since? })
        })
    }
}

impl View for Unreached {
    type Row = UnreachedRow;
    type Key = UserId;
    const TABLE: Table = Table { keeps: Keeps::History, ..Table::of("unreached", "user_id") };

    fn key(fact: &Fact) -> Option<UserId> {
        match &fact.event {
            Event::User(
                user,
                UserEvent::MessageSent { .. }
                | UserEvent::MessageFailed { .. }
                | UserEvent::PersonErased { .. },
            ) => Some(*user),
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => None,
        }
    }

    fn apply(row: Option<UnreachedRow>, user_id: UserId, fact: &Fact) -> Option<UnreachedRow> {
        let known = row.is_some();
        let reached = UnreachedRow {
            user_id,
            mail_failures: 0,
            mail_why: None,
            mail_since: None,
            sms_failures: 0,
            sms_why: None,
            sms_since: None,
        };
        let Some((_, posted, failed, at)) = ended(fact) else {
            // Of somebody erased nothing is left to tell; what was before, the history knows.
            return row.map(|_| reached);
        };
        let mut row = row.unwrap_or(reached);
        let (failures, last, since) = match posted.channel {
            Channel::Mail => (&mut row.mail_failures, &mut row.mail_why, &mut row.mail_since),
            Channel::Sms => (&mut row.sms_failures, &mut row.sms_why, &mut row.sms_since),
        };
        match failed {
            None => (*failures, *last, *since) = (0, None, None),
            Some((why, _)) if why.is_trouble() => {
                *failures = failures.saturating_add(1);
                *last = Some(why);
                *since = since.or(Some(at));
            }
            Some(_) => {}
        }
        (known || row.mail_failures > 0 || row.sms_failures > 0).then_some(row)
    }
}

/// The ways out of an account that fail.
pub enum WaysOut {}

record! {
    /// How often in a row messages of an account failed by one way, to whomever, since one last went out.
    pub struct WayOutRow {
        /// The way.
        pub channel: Channel,
        /// How often in a row.
        pub failures: u16,
        /// To whom, the last time.
        pub last_user: Option<UserId>,
        /// Whether it was to more than one person.
        pub several: bool,
        /// Why, the last time.
        pub why: Option<Undelivered>,
        /// When, the first time.
        pub since: Option<Timestamp>,
        /// When, the last time.
        pub last_at: Option<Timestamp>,
        /// When owners and admins were last told.
        pub told_at: Option<Timestamp>,
    }
}

impl WayOutRow {
    /// Whether nothing seems to go out by it.
    pub const fn is_outage(&self) -> bool {
        self.failures >= OUTAGE_AFTER && self.several
    }
}

impl View for WaysOut {
    type Row = WayOutRow;
    type Key = Channel;
    const TABLE: Table =
        Table { keeps: Keeps::History, indexes: &["failures"], ..Table::of("ways_out", "channel") };

    fn key(fact: &Fact) -> Option<Channel> {
        match &fact.event {
            Event::Account(AccountEvent::OutageRaised { channel, .. }) => Some(*channel),
            _ => ended(fact).map(|(_, posted, ..)| posted.channel),
        }
    }

    fn apply(row: Option<WayOutRow>, channel: Channel, fact: &Fact) -> Option<WayOutRow> {
        let known = row.is_some();
        let whole = WayOutRow {
            channel,
            failures: 0,
            last_user: None,
            several: false,
            why: None,
            since: None,
            last_at: None,
            told_at: row.as_ref().and_then(|row| row.told_at),
        };
        if let Event::Account(AccountEvent::OutageRaised { at, .. }) = &fact.event {
            return row.map(|row| WayOutRow { told_at: Some(*at), ..row });
        }
        let (user, _, failed, at) = ended(fact)?;
        let row = match failed {
            None => whole,
            Some((why, _)) if why.may_be_outage() => {
                let row = row.unwrap_or(whole);
                WayOutRow {
                    failures: row.failures.saturating_add(1),
                    several: row.several || row.last_user.is_some_and(|last| last != user),
                    last_user: Some(user),
                    why: Some(why),
                    since: row.since.or(Some(at)),
                    last_at: Some(at),
                    ..row
                }
            }
            Some(_) => row.unwrap_or(whole),
        };
        (known || row.failures > 0).then_some(row)
    }
}

/// Ways out that fail, in every account, of which nobody was told since a day before the last failure.
pub async fn outages(views: &Views) -> Result<Vec<(AccountId, WayOutRow)>, StoreError> {
    let columns: Vec<&str> = WayOutRow::COLUMNS.iter().map(|c| c.name).collect();
    let sql = format!(
        "select account_id, {} from views.ways_out where failures >= {OUTAGE_AFTER} and several \
         and (told_at is null or last_at >= told_at + $1) order by account_id, channel limit {MOST}",
        columns.join(", ")
    );
    let read = |row: &Row| Ok((AccountId::from_uuid(row.get(0)?), WayOutRow::get(row, 1)?));
    views.fetch(&sql, &[TROUBLE_AGAIN.micros().into()]).await?.iter().map(read).collect()
}

/// The ways out of an account that fail right after an event.
pub async fn ways_out(
    views: &Views,
    account: AccountId,
    position: u64,
) -> Result<Vec<WayOutRow>, StoreError> {
    let failing = format!("(failures >= {OUTAGE_AFTER} and several)");
    let sql = as_of::sql::<WaysOut>(views, "account_id = $1", &failing);
    let binds: [Value; 2] = [account.uuid().into(), position.into()];
    let rows = views.fetch(&format!("{sql} order by channel"), &binds).await?;
    rows.iter().map(|row| WayOutRow::get(row, 0)).collect()
}

/// Messages to a person that had ended by an event, the last to end first, from before the one that another event ended
/// where it is named.
pub async fn messages_of(
    views: &Views,
    account: AccountId,
    position: u64,
    user: UserId,
    before: Option<u64>,
    limit: u32,
) -> Result<Vec<MessageRow>, StoreError> {
    let last = before.map_or(position, |before| position.min(before.saturating_sub(1)));
    let columns: Vec<&str> = MessageRow::COLUMNS.iter().map(|c| c.name).collect();
    let sql = format!(
        "select {} from views.messages where account_id = $1 and user_id = $2 and ended_seq <= $3 \
         order by ended_seq desc limit {limit}",
        columns.join(", ")
    );
    let binds = [account.uuid().into(), user.uuid().into(), last.into()];
    views.fetch(&sql, &binds).await?.iter().map(|row| MessageRow::get(row, 0)).collect()
}

/// How the last code stands that was sent to somebody by SMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It waits, or is tried again.
    Queued,
    /// The next system took it over.
    Sent,
    /// It did not go out.
    Failed(Undelivered),
}

/// Messages of a person that are looked at to find the last code.
const RECENT: u32 = 20;

/// What became of the last code that was sent to somebody by SMS.
pub async fn last_text(
    store: &EventStore,
    account: AccountId,
    user: UserId,
) -> Result<Option<Standing>, StoreError> {
    let code = |channel, letter: &str| channel == Channel::Sms && letter == "sms-code";
    // What ends between the two looks is in the second one, and newer than what waits.
    let waiting = store.outbox_of(account, user, RECENT).await?;
    let ended = messages_of(store.views(), account, NOW, user, None, RECENT).await?;
    let waiting = waiting.into_iter().find(|row| code(row.channel, &row.letter)).map(|row| row.id);
    let ended =
        ended.into_iter().filter(|row| code(row.channel, &row.letter)).max_by_key(|row| row.message_id);
    Ok(match (waiting, ended) {
        (Some(id), Some(row)) if row.message_id < id => Some(Standing::Queued),
        (_, Some(row)) => Some(row.why.map_or(Standing::Sent, Standing::Failed)),
        (Some(_), None) => Some(Standing::Queued),
        (None, None) => None,
    })
}

/// People whom some way did not reach right after an event; at most [`MOST`].
pub async fn unreached(
    views: &Views,
    account: AccountId,
    position: u64,
) -> Result<Vec<UnreachedRow>, StoreError> {
    let failing = format!("(mail_failures >= {TROUBLE_AFTER} or sms_failures >= {TROUBLE_AFTER})");
    let sql = as_of::sql::<Unreached>(views, "account_id = $1", &failing);
    let binds: [Value; 2] = [account.uuid().into(), position.into()];
    let rows = views.fetch(&format!("{sql} order by user_id limit {MOST}"), &binds).await?;
    rows.iter().map(|row| UnreachedRow::get(row, 0)).collect()
}
