//! Events of some names, from the log by the audit log's index: what reports of what happened are made of.
//! Their cost follows how many such events there are, whatever else was recorded.

use futures::TryStreamExt as _;
use futures::stream::{self, BoxStream, StreamExt as _};
use twofold_domain::ids::UserId;
use twofold_infra::store::{AggregateKind, StoreError, Value};
use uuid::Uuid;

use super::{Asked, Pages, Row};
use crate::fact::{Fact, Raw, decode_raw};
use twofold_domain::time::Timestamp;

/// Events per statement.
const PAGE: u32 = 1_000;
/// People per statement, where some are named.
const AT_ONCE: usize = 200;

/// Facts of these names behind an event, up to the one that the question is as of, in the order of the log.
/// An event that this program cannot read ends it with an error.
pub fn facts(
    asked: &Asked,
    names: &'static [&'static str],
    after: u64,
) -> BoxStream<'static, Result<Vec<Fact>, StoreError>> {
    facts_about(asked, names, None, after)
}

/// The same of one person, where one is named.
pub fn facts_about(
    asked: &Asked,
    names: &'static [&'static str],
    subject: Option<UserId>,
    after: u64,
) -> BoxStream<'static, Result<Vec<Fact>, StoreError>> {
    let asked = asked.clone();
    stream::try_unfold((asked, after), move |(asked, after)| async move {
        let facts = page(&asked, names, subject.as_slice(), after).await?;
        let last = facts.last().map(|fact| fact.seq);
        Ok(last.map(|last| (facts, (asked, last))))
    })
    .boxed()
}

/// One row, or none, for each event of these names: within the period, where the report has one.
pub fn row_each(asked: &Asked, names: &'static [&'static str], row: fn(&Fact) -> Option<Row>) -> Pages {
    let after = asked.arguments.after();
    facts(asked, names, after).map_ok(move |page| page.iter().filter_map(row).collect()).boxed()
}

/// Facts of these names about these people, from the beginning on. What is read follows how many such events they have.
pub async fn facts_of(asked: &Asked, names: &[&str], people: &[UserId]) -> Result<Vec<Fact>, StoreError> {
    let mut found = vec![];
    for some in people.chunks(AT_ONCE) {
        let mut after = 0;
        loop {
            let facts = page(asked, names, some, after).await?;
            let Some(last) = facts.last() else { break };
            after = last.seq;
            found.extend(facts);
        }
    }
    Ok(found)
}

async fn page(asked: &Asked, names: &[&str], people: &[UserId], after: u64) -> Result<Vec<Fact>, StoreError> {
    let mut binds: Vec<Value> = vec![asked.account.uuid().into(), after.into(), asked.as_of.position.into()];
    let mut place = |value: Value| {
        binds.push(value);
        format!("${}", binds.len())
    };
    let places: Vec<String> = names.iter().map(|name| place((*name).into())).collect();
    let about: Vec<String> = people.iter().map(|user| place(user.uuid().into())).collect();
    let about = match about.as_slice() {
        [] => String::new(),
        about => format!("and a.subject in ({})", about.join(", ")),
    };
    let sql = format!(
        "select e.account_seq, e.recorded_at, a.stream, e.aggregate_id, e.event_type, e.event_version, \
         cast(e.payload as text), cast(e.metadata as text), a.subject \
         from views.audit_log a join twofold.events e \
         on e.account_id = a.account_id and e.account_seq = a.account_seq \
         where a.account_id = $1 and a.account_seq > $2 and a.account_seq <= $3 and a.event_type in ({}) \
         {about} order by a.account_seq limit {PAGE}",
        places.join(", ")
    );
    let mut facts = Vec::new();
    for row in asked.store.views().fetch(&sql, &binds).await? {
        let (kind, stream): (String, String) = (row.get(2)?, row.get(3)?);
        let (event_type, event_version): (String, String) = (row.get(4)?, row.get(5)?);
        let (payload, metadata): (String, String) = (row.get(6)?, row.get(7)?);
        let raw = Raw {
            account: asked.account,
            seq: row.count(0)?,
            at: Timestamp::from_micros(row.get(1)?),
            kind: kind_of(&kind)?,
            aggregate: aggregate(&stream)?,
            event_type: &event_type,
            event_version: &event_version,
            payload: &payload,
            metadata: &metadata,
        };
        let mut fact = decode_raw(&raw).map_err(|poison| StoreError::Corrupt(poison.to_string()))?;
        fact.subject = row.get::<Option<Uuid>>(8)?.map(UserId::from_uuid);
        facts.push(fact);
    }
    Ok(facts)
}

fn kind_of(stored: &str) -> Result<AggregateKind, StoreError> {
    AggregateKind::parse(stored).ok_or_else(|| StoreError::Corrupt(format!("a stream of kind {stored:?}")))
}

/// The stream's own id behind its account's: `<account>/<aggregate>`.
fn aggregate(stream: &str) -> Result<Uuid, StoreError> {
    let own = stream.rsplit('/').next().unwrap_or_default();
    Uuid::parse_str(own).map_err(|_| StoreError::Corrupt(format!("a stream called {stream:?}")))
}
