//! Rows as they were one after the other: what reports over a period are made of. Read from tables with history,
//! or from a fold of the log in memory; cost follows how often a person's standing changed, not what else was
//! recorded.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt as _};
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::time::Timestamp;
use twofold_infra::store::{Row, StoreError, Value, Views};
use uuid::Uuid;

use super::Asked;
use crate::as_of::Ranges;
use crate::record::Record;
use crate::status::{ActivityRow, Population, Posture, PostureRow, StatusRow, TrustRow, UserStatus};
use crate::view::View;

/// People per statement.
const PAGE: u32 = 1_024;
/// Numbers of events per statement.
const AT_ONCE: usize = 500;

/// An event, and when it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Its number.
    pub event: u64,
    /// When.
    pub at: Timestamp,
}

/// A row from one event to the next one that changed it.
#[derive(Debug, Clone, PartialEq)]
pub struct Version<R> {
    /// What held.
    pub row: R,
    /// From when.
    pub from: Moment,
}

/// One person, from their registration to the end of the question.
#[derive(Debug, Clone, PartialEq)]
pub struct Life {
    /// Who.
    pub user: UserId,
    /// Where they stood, one after the other; never empty.
    pub versions: Vec<Version<StatusRow>>,
}

impl Life {
    /// Where they stood last.
    pub fn last(&self) -> Option<&StatusRow> {
        self.versions.last().map(|version| &version.row)
    }
}

/// A page of people, and the account through all of it.
#[derive(Debug, Clone)]
pub struct Lives {
    /// What the account demanded, one after the other; empty before it was opened.
    pub postures: Arc<Vec<Version<PostureRow>>>,
    /// People in the order of their ids.
    pub people: Vec<Life>,
}

/// A row between two events, by their numbers; `None` where it still held at the end of a fold.
#[derive(Debug, Clone, PartialEq)]
pub struct Held<R> {
    /// What held.
    pub row: R,
    /// From which event.
    pub from: u64,
    /// Before which event.
    pub to: Option<u64>,
}

/// Everything about an account's people that a fold of its log came to, history included.
#[derive(Debug, Clone, Default)]
pub struct Folded {
    /// What the account demanded.
    pub postures: Vec<Held<PostureRow>>,
    /// Its people.
    pub people: BTreeMap<UserId, Vec<Held<StatusRow>>>,
    /// How they used their second factors.
    pub activities: BTreeMap<UserId, Vec<Held<ActivityRow>>>,
    /// Trusted devices by their people.
    pub trusts: BTreeMap<UserId, Vec<Held<TrustRow>>>,
}

impl<R> Held<R> {
    /// Whether it held at a position.
    pub fn holds(&self, position: u64) -> bool {
        self.from <= position && self.to.is_none_or(|to| position < to)
    }
}

/// The row that held at a position.
pub fn at<R>(versions: &[Held<R>], position: u64) -> Option<&R> {
    versions.iter().find(|held| held.holds(position)).map(|held| &held.row)
}

/// People of the population that their last role belongs to, each with their whole history up to the question's
/// event.
pub fn lives(asked: &Asked, population: Population) -> BoxStream<'static, Result<Lives, StoreError>> {
    let asked = asked.clone();
    let start = async move {
        let postures = Arc::new(postures(&asked).await?);
        let ranges = Ranges::of::<UserStatus>(asked.account, PAGE);
        Ok::<_, StoreError>((asked, postures, ranges))
    };
    stream::once(start)
        .flat_map(move |started| match started {
            Err(error) => stream::iter([Err(error)]).boxed(),
            Ok((asked, postures, ranges)) => pages(asked, postures, ranges, population),
        })
        .boxed()
}

fn pages(
    asked: Asked,
    postures: Arc<Vec<Version<PostureRow>>>,
    ranges: Ranges,
    population: Population,
) -> BoxStream<'static, Result<Lives, StoreError>> {
    let folded = asked.folded.is_some();
    stream::try_unfold(
        (asked, postures, ranges, false),
        move |(asked, postures, mut ranges, over)| async move {
            if over {
                return Ok(None);
            }
            let mut people = if folded {
                of_fold(&asked).await?
            } else {
                let Some(range) = ranges.next(asked.store.views()).await? else { return Ok(None) };
                of_tables(&asked, range).await?
            };
            people.retain(|life| life.last().is_some_and(|row| population.includes(row.role)));
            let lives = Lives { postures: Arc::clone(&postures), people };
            Ok(Some((lives, (asked, postures, ranges, folded))))
        },
    )
    .boxed()
}

/// What the account demanded, one after the other, up to the question's event.
pub async fn postures(asked: &Asked) -> Result<Vec<Version<PostureRow>>, StoreError> {
    if let Some(folded) = &asked.folded {
        let held = folded.postures.iter().filter(|held| held.from <= asked.as_of.position);
        let instants = instants(asked, held.clone().map(|held| held.from).collect()).await?;
        return held.map(|held| version(&held.row, held.from, &instants)).collect();
    }
    let binds = [asked.account.uuid().into(), asked.as_of.position.into()];
    let rows = asked.store.views().fetch(&versions_sql::<Posture>(""), &binds).await?;
    rows.iter().map(read).collect()
}

async fn of_tables(asked: &Asked, (after, last): (Uuid, Uuid)) -> Result<Vec<Life>, StoreError> {
    let binds = [asked.account.uuid().into(), asked.as_of.position.into(), after.into(), last.into()];
    let sql = versions_sql::<UserStatus>("and user_id > $3 and user_id <= $4");
    let mut people: Vec<Life> = vec![];
    for row in asked.store.views().fetch(&sql, &binds).await? {
        let version: Version<StatusRow> = read(&row)?;
        let user = version.row.user_id;
        match people.last_mut().filter(|life| life.user == user) {
            Some(life) => life.versions.push(version),
            None => people.push(Life { user, versions: vec![version] }),
        }
    }
    Ok(people)
}

async fn of_fold(asked: &Asked) -> Result<Vec<Life>, StoreError> {
    let Some(folded) = &asked.folded else { return Ok(vec![]) };
    let position = asked.as_of.position;
    let held = || folded.people.values().flatten().filter(|held| held.from <= position);
    let instants = instants(asked, held().map(|held| held.from).collect()).await?;
    let mut people = vec![];
    for (user, versions) in &folded.people {
        let versions = versions.iter().filter(|held| held.from <= position);
        let versions: Vec<_> =
            versions.map(|held| version(&held.row, held.from, &instants)).collect::<Result<_, _>>()?;
        if !versions.is_empty() {
            people.push(Life { user: *user, versions });
        }
    }
    Ok(people)
}

fn version<R: Clone>(
    row: &R,
    event: u64,
    instants: &HashMap<u64, Timestamp>,
) -> Result<Version<R>, StoreError> {
    let at =
        instants.get(&event).ok_or_else(|| StoreError::Corrupt(format!("event {event} is not there")))?;
    Ok(Version { row: row.clone(), from: Moment { event, at: *at } })
}

/// Every version of the rows that `which` names, by their keys and in order: the columns, the event that it begins
/// with, and when that was recorded.
fn versions_sql<V: View>(which: &str) -> String {
    let columns: Vec<&str> = V::Row::COLUMNS.iter().map(|c| c.name).collect();
    let qualified: Vec<String> = columns.iter().map(|name| format!("v.{name}")).collect();
    let (columns, table, key) = (columns.join(", "), V::TABLE.name, V::TABLE.key);
    let order = if key == "account_id" { String::new() } else { format!("v.{key}, ") };
    let part = |table: &str| {
        format!(
            "select {columns}, valid_from from views.{table} where account_id = $1 and valid_from <= $2 {which}"
        )
    };
    format!(
        "select {}, v.valid_from, e.recorded_at from ({} union all {}) v \
         join twofold.events e on e.account_id = $1 and e.account_seq = v.valid_from \
         order by {order}v.valid_from",
        qualified.join(", "),
        part(table),
        part(&format!("{table}_history"))
    )
}

fn read<R: Record>(row: &Row) -> Result<Version<R>, StoreError> {
    let width = R::COLUMNS.len();
    let from = Moment { event: row.count(width)?, at: Timestamp::from_micros(row.get(width + 1)?) };
    Ok(Version { row: R::get(row, 0)?, from })
}

/// What the log says of events, by their numbers: their stored names, and who did them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The stored name.
    pub name: String,
    /// Who did it.
    pub actor: Option<String>,
}

/// What the audit log says of these events.
pub async fn said(asked: &Asked, events: Vec<u64>) -> Result<HashMap<u64, Said>, StoreError> {
    let sql =
        "select account_seq, event_type, actor from views.audit_log where account_id = $1 and account_seq in";
    let mut said = HashMap::new();
    for row in numbered(asked.store.views(), asked.account, sql, events).await? {
        said.insert(row.count(0)?, Said { name: row.get(1)?, actor: row.get(2)? });
    }
    Ok(said)
}

/// When these events were recorded, by the log itself.
async fn instants(asked: &Asked, events: Vec<u64>) -> Result<HashMap<u64, Timestamp>, StoreError> {
    let sql = "select account_seq, recorded_at from twofold.events where account_id = $1 and account_seq in";
    let mut instants = HashMap::new();
    for row in numbered(asked.store.views(), asked.account, sql, events).await? {
        instants.insert(row.count(0)?, Timestamp::from_micros(row.get(1)?));
    }
    Ok(instants)
}

/// The rows of a statement that ends before a list of events' numbers.
async fn numbered(
    views: &Views,
    account: AccountId,
    sql: &str,
    mut events: Vec<u64>,
) -> Result<Vec<Row>, StoreError> {
    events.sort_unstable();
    events.dedup();
    let mut rows = vec![];
    for some in events.chunks(AT_ONCE) {
        let places: Vec<String> = (2..some.len() + 2).map(|place| format!("${place}")).collect();
        let mut binds: Vec<Value> = vec![account.uuid().into()];
        binds.extend(some.iter().map(|event| Value::from(*event)));
        rows.extend(views.fetch(&format!("{sql} ({})", places.join(", ")), &binds).await?);
    }
    Ok(rows)
}
