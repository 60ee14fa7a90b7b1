//! What each event did to somebody, step by step: the domain's own state before it and after it, field by field.
//!
//! Whoever follows an account sees the account's own events; whoever follows a person sees theirs and those of
//! their devices, each against the state of its own stream, and who read their data, which changes no state. Only
//! the states that are followed are held. What is sealed stays sealed: it shows as ciphertext.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use serde_json::Value;
use twofold_domain::account::Account;
use twofold_domain::device::Device;
use twofold_domain::ids::{AccountId, DeviceId, UserId};
use twofold_domain::time::Timestamp;
use twofold_domain::user::User;

use crate::fact::{Event, Fact};

/// Whom to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The account itself.
    Account(AccountId),
    /// A person and their devices.
    User(UserId),
    /// One device.
    Device(DeviceId),
}

/// A text that names nobody who could be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected `usr_…`, `acc_…`, or `dev_…`")]
pub struct NotASubject;

impl FromStr for Subject {
    type Err = NotASubject;

    fn from_str(text: &str) -> Result<Self, NotASubject> {
        let account = text.parse().map(Self::Account);
        let user = || text.parse().map(Self::User);
        let device = || text.parse().map(Self::Device);
        account.or_else(|_| user()).or_else(|_| device()).map_err(|_| NotASubject)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => id.fmt(f),
            Self::User(id) => id.fmt(f),
            Self::Device(id) => id.fmt(f),
        }
    }
}

/// One event, and what it did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// Its place in the log.
    pub event: u64,
    /// When it was recorded.
    pub at: String,
    /// Its stored name.
    #[serde(rename = "type")]
    pub name: &'static str,
    /// Whose stream it is in, and so whose state it changed.
    pub of: String,
    /// Who did it.
    pub actor: Option<Box<str>>,
    /// What it changed; nothing where it only stands there.
    pub changes: Vec<Change>,
}

/// One field of a state.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// Its path: `enrolled.factors.fac_….name`.
    pub field: String,
    /// What it was; nothing where it was not there.
    pub before: Option<Value>,
    /// What it is; nothing where it is not there any more.
    pub after: Option<Value>,
}

/// The states that are followed.
#[derive(Debug)]
pub struct Follower {
    subject: Subject,
    account: Account,
    user: User,
    devices: HashMap<DeviceId, Device>,
}

impl Follower {
    /// Before the first event.
    pub fn of(subject: Subject) -> Self {
        Self { subject, account: Account::default(), user: User::default(), devices: HashMap::new() }
    }

    /// Folds a fact in, if it is one of whom is followed.
    pub fn take(&mut self, fact: &Fact) -> Option<Step> {
        let (of, before, after) = match (self.subject, &fact.event) {
            (Subject::Account(_), Event::Account(event)) => {
                let before = fields(&self.account);
                self.account.evolve(event);
                (fact.account.to_string(), before, fields(&self.account))
            }
            (Subject::User(followed), Event::User(user, event)) if followed == *user => {
                let before = fields(&self.user);
                self.user.evolve(event);
                (user.to_string(), before, fields(&self.user))
            }
            (Subject::User(followed), Event::Device(id, event)) if Some(followed) == fact.subject => {
                let device = self.devices.entry(*id).or_default();
                let before = fields(device);
                device.evolve(event);
                (id.to_string(), before, fields(device))
            }
            (Subject::Device(followed), Event::Device(id, event)) if followed == *id => {
                let device = self.devices.entry(*id).or_default();
                let before = fields(device);
                device.evolve(event);
                (id.to_string(), before, fields(device))
            }
            // Who read their data changes nothing of theirs.
            (Subject::User(followed), Event::Reading(_)) if Some(followed) == fact.subject => {
                (followed.to_string(), BTreeMap::new(), BTreeMap::new())
            }
            (Subject::Account(_) | Subject::User(_) | Subject::Device(_), _) => return None,
        };
        Some(Step {
            event: fact.seq,
            at: fact.at.to_string(),
            name: fact.event.name(),
            of,
            actor: fact.meta.actor.clone(),
            changes: changes(before, after),
        })
    }
}

/// Every field of a state by its path.
fn fields(state: &impl Serialize) -> BTreeMap<String, Value> {
    let mut fields = BTreeMap::new();
    // A state is what snapshots store: it is always one JSON object.
    flatten(String::new(), serde_json::to_value(state).unwrap_or_default(), &mut fields);
    fields
}

fn flatten(path: String, value: Value, fields: &mut BTreeMap<String, Value>) {
    let under = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                flatten(under(&name), value, fields);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (place, value) in items.into_iter().enumerate() {
                flatten(under(&place.to_string()), value, fields);
            }
        }
        // What is not there, and what is empty, is no field.
        Value::Null | Value::Object(_) | Value::Array(_) => {}
        plain => _ = fields.insert(path, plain),
    }
}

fn changes(mut before: BTreeMap<String, Value>, after: BTreeMap<String, Value>) -> Vec<Change> {
    let mut changes: Vec<Change> = after
        .into_iter()
        .filter_map(|(field, after)| {
            let before = before.remove(&field);
            let same = before.as_ref() == Some(&after);
            (!same).then_some(Change { field, before, after: Some(after) })
        })
        .collect();
    changes.extend(before.into_iter().map(|(field, was)| Change { field, before: Some(was), after: None }));
    changes.sort_by(|a, b| a.field.cmp(&b.field));
    changes
}

/// An instant as people read it, where a field holds one: states keep them as microseconds.
pub fn readable(field: &str, value: &Value) -> String {
    let last = field.rsplit('.').next().unwrap_or(field);
    let instant = last.ends_with("_at") || matches!(last, "since" | "until" | "at");
    match value {
        Value::Number(micros) if instant => {
            micros.as_i64().map_or_else(|| value.to_string(), |at| Timestamp::from_micros(at).to_string())
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_is_named_by_its_path_and_what_stays_is_not_named() {
        let before = json!({ "a": 1, "b": { "c": [1, 2], "gone": true }, "none": null, "empty": {} });
        let after = json!({ "a": 1, "b": { "c": [1, 3] }, "none": "now", "empty": {} });
        let told: Vec<String> = changes(fields(&before), fields(&after))
            .into_iter()
            .map(|change| format!("{}: {:?} → {:?}", change.field, change.before, change.after))
            .collect();
        assert_eq!(
            told,
            [
                "b.c.1: Some(Number(2)) → Some(Number(3))",
                "b.gone: Some(Bool(true)) → None",
                "none: None → Some(String(\"now\"))",
            ]
        );
    }
}
