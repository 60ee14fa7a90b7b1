//! What an event changed: before and after.
//!
//! Some events say so themselves; of the others the log knows it: what held before is what an earlier event of the
//! same stream set (`before`). Both are answered in one way, for events of every age, and it is a pure
//! function of the log up to the event. What is sealed in the log stays sealed.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value as Json, json};
use twofold_domain::account::{AccountEvent, Demand};
use twofold_domain::ids::{AccountId, StreamId};
use twofold_domain::policy::Audience;
use twofold_domain::time::Timestamp;
use twofold_infra::store::{AggregateKind, StoreError, Value, Views};

use super::Entry;
use super::before::{Held, Sets, To, own, sets};
use crate::fact::{Event, Fact, Raw, decode_raw};

/// Events of a stream per statement, while the one is looked for that set what held.
const PAGE: u32 = 50;

/// Something that an event put in the place of something else.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// What: `language`, `policy`, and of an object's fields `trust_days`.
    pub what: String,
    /// What it was; null where it was nothing.
    pub before: Json,
    /// What it is from then on.
    pub after: Json,
}

/// What an event of the log changed: each value whole. Of what it sets without another's having been there, such as
/// the name of somebody new, there is nothing.
pub async fn replaced(views: &Views, account: AccountId, entry: &Entry) -> Result<Vec<Change>, StoreError> {
    let fact = entry.fact(account)?;
    let stream = Stream { views, kind: fact.event.kind(), id: entry.stream(account), before: entry.sequence };
    let change = |what: &'static str, before, after| Change { what: what.to_owned(), before, after };
    let mut changes: Vec<Change> =
        own(&fact.event).into_iter().map(|(what, before, after)| change(what, before, after)).collect();
    if let Event::Account(event) = &fact.event {
        changes.extend(stream.scheduled(account, event).await?);
    }
    for Sets(held, of, to) in sets(&fact.event) {
        let after = match &to {
            To::Is(after) => after.clone(),
            To::Began(_) => continue,
            To::IsNot(_) => Json::Null,
        };
        let mut before = stream.last(account, held, of.as_deref()).await?;
        match (held, &to) {
            (_, To::IsNot(gone)) if before != *gone => continue,
            // It ended by itself, and nothing was put in its place.
            (Held::ExemptUntil, _) if before.as_i64().is_some_and(|until| until <= fact.at.micros()) => {
                before = Json::Null;
            }
            _ => {}
        }
        changes.push(change(held.into(), before, after));
    }
    changes.retain(|change| change.before != change.after);
    Ok(changes)
}

/// The same, of objects field by field, as far as they differ.
pub async fn changes(views: &Views, account: AccountId, entry: &Entry) -> Result<Vec<Change>, StoreError> {
    Ok(by_field(replaced(views, account, entry).await?))
}

/// Of objects the fields that differ.
fn by_field(whole: Vec<Change>) -> Vec<Change> {
    let mut changes = vec![];
    for change in whole {
        let (Json::Object(before), Json::Object(after)) = (&change.before, &change.after) else {
            changes.push(change);
            continue;
        };
        // By name, however the objects keep their fields.
        let fields: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        let of = |object: &serde_json::Map<String, Json>, field: &str| {
            object.get(field).cloned().unwrap_or(Json::Null)
        };
        let each = fields.into_iter().map(|field| Change {
            what: field.clone(),
            before: of(before, field),
            after: of(after, field),
        });
        changes.extend(each.filter(|change| change.before != change.after));
    }
    changes
}

/// A stream up to before one of its events.
struct Stream<'a> {
    views: &'a Views,
    kind: AggregateKind,
    id: StreamId,
    before: u64,
}

impl Stream<'_> {
    /// What a value was; null where nothing set it.
    async fn last(&self, account: AccountId, held: Held, of: Option<&str>) -> Result<Json, StoreError> {
        let (mut before, mut gone) = (self.before, vec![]);
        loop {
            let page = self.events(account, held.set_by(), before).await?;
            for (_, fact) in &page {
                let said =
                    sets(&fact.event).into_iter().find(|sets| sets.0 == held && sets.1.as_deref() == of);
                match said.map(|Sets(_, _, to)| to) {
                    Some(To::Is(value) | To::Began(value)) => {
                        return Ok(if gone.contains(&value) { Json::Null } else { value });
                    }
                    Some(To::IsNot(value)) => gone.push(value),
                    None => {}
                }
            }
            match page.last() {
                Some((sequence, _)) if page.len() == PAGE as usize => before = *sequence,
                _ => return Ok(Json::Null),
            }
        }
    }

    /// What a schedule, or the end of one, puts in the place of what would hold from its instant on.
    async fn scheduled(
        &self,
        account: AccountId,
        event: &AccountEvent,
    ) -> Result<Option<Change>, StoreError> {
        if !matches!(
            event,
            AccountEvent::PolicyScheduled { .. } | AccountEvent::PolicyScheduleCancelled { .. }
        ) {
            return Ok(None);
        }
        let (mut before, mut earlier) = (self.before, vec![]);
        let names = ["PolicyChanged", "PolicyScheduled", "PolicyScheduleCancelled"];
        loop {
            let page = self.events(account, &names, before).await?;
            let (last, full) = (page.last().map(|(sequence, _)| *sequence), page.len() == PAGE as usize);
            earlier.extend(page.into_iter().map(|(_, fact)| fact));
            match last {
                Some(sequence) if full => before = sequence,
                _ => break,
            }
        }
        for audience in [Audience::Team, Audience::EndUsers] {
            let mut demand = Demand::of_new(audience);
            for fact in earlier.iter().rev() {
                if let Event::Account(event) = &fact.event {
                    demand.evolve(event);
                }
            }
            let begins = match event {
                AccountEvent::PolicyScheduled { audience: whose, begins_at, .. } if *whose == audience => {
                    *begins_at
                }
                AccountEvent::PolicyScheduleCancelled { schedule, at } => match demand.scheduled(*at) {
                    Some(open) if open.schedule == *schedule => open.begins_at,
                    _ => continue,
                },
                _ => continue,
            };
            let before = json!(demand.policy(begins));
            demand.evolve(event);
            let after = json!(demand.policy(begins));
            return Ok(Some(Change { what: "policy".to_owned(), before, after }));
        }
        Ok(None)
    }

    /// Events of these names before one, the last first.
    async fn events(
        &self,
        account: AccountId,
        names: &[&str],
        before: u64,
    ) -> Result<Vec<(u64, Fact)>, StoreError> {
        let mut binds: Vec<Value> = vec![self.kind.name().into(), self.id.to_string().into(), before.into()];
        let places: Vec<String> = names
            .iter()
            .map(|name| {
                binds.push((*name).into());
                format!("${}", binds.len())
            })
            .collect();
        let sql = format!(
            "select sequence, account_seq, event_type, event_version, cast(payload as text) \
             from twofold.events where aggregate_type = $1 and aggregate_id = $2 and sequence < $3 \
             and event_type in ({}) order by sequence desc limit {PAGE}",
            places.join(", ")
        );
        let mut events = vec![];
        for row in self.views.fetch(&sql, &binds).await? {
            let (event_type, event_version): (String, String) = (row.get(2)?, row.get(3)?);
            let payload: String = row.get(4)?;
            let raw = Raw {
                account,
                seq: row.count(1)?,
                at: Timestamp::from_micros(0),
                kind: self.kind,
                aggregate: self.id.aggregate,
                event_type: &event_type,
                event_version: &event_version,
                payload: &payload,
                metadata: "{}",
            };
            let fact = decode_raw(&raw).map_err(|poison| StoreError::Corrupt(poison.to_string()))?;
            events.push((row.count(0)?, fact));
        }
        Ok(events)
    }
}

#[cfg(test)]
mod spec {
    use super::*;

    /// Rules: S6.
    #[test]
    fn only_what_differs_is_a_change() {
        let whole = |what: &str, before: Json, after: Json| Change { what: what.to_owned(), before, after };
        let rows = [
            (whole("role", json!("agent"), json!("admin")), vec![("role", json!("agent"), json!("admin"))]),
            (
                whole(
                    "policy",
                    json!({ "trust_days": 30, "required": false }),
                    json!({ "trust_days": 14, "required": false, "new": 1 }),
                ),
                vec![("new", Json::Null, json!(1)), ("trust_days", json!(30), json!(14))],
            ),
            (
                whole("floor", Json::Null, json!({ "trust_days": 14 })),
                vec![("floor", Json::Null, json!({ "trust_days": 14 }))],
            ),
        ];
        for (change, expected) in rows {
            let what = change.what.clone();
            let found = by_field(vec![change]);
            let found: Vec<_> =
                found.iter().map(|c| (c.what.as_str(), c.before.clone(), c.after.clone())).collect();
            assert_eq!(found, expected, "{what}");
        }
    }
}
