//! What an account demands as names and values, so that two of it can be compared setting by setting.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use twofold_domain::time::Timestamp;

/// Settings by their names; a value is its JSON, a text without quotes, an instant as every report says one (ISO 8601).
pub type Settings = BTreeMap<String, String>;

/// The members of a value; of a nested object by `outer.inner`.
pub fn of(value: &impl Serialize) -> Settings {
    let mut settings = Settings::new();
    // Plain structs always serialise; nothing would be an empty comparison, never a wrong one.
    add(&mut settings, String::new(), &serde_json::to_value(value).unwrap_or_default());
    settings
}

fn add(settings: &mut Settings, name: String, value: &Value) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (inner, value) in members {
                let name = if name.is_empty() { inner.clone() } else { format!("{name}.{inner}") };
                add(settings, name, value);
            }
        }
        Value::String(text) => _ = settings.insert(name, text.clone()),
        // No count, and no length of time, among the settings is as large: it is an instant, in microseconds.
        Value::Number(number) if number.as_i64().is_some_and(|n| n > i64::from(u32::MAX)) => {
            let at = Timestamp::from_micros(number.as_i64().unwrap_or_default());
            settings.insert(name, at.to_string());
        }
        other => _ = settings.insert(name, other.to_string()),
    }
}

/// A setting that differs: its name, what it was, what it is.
pub type Difference = (String, Option<String>, Option<String>);

/// What differs, in the order of names.
pub fn differences(before: &Settings, after: &Settings) -> Vec<Difference> {
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let pair = |name: &String| (name.clone(), before.get(name).cloned(), after.get(name).cloned());
    names.into_iter().map(pair).filter(|(_, before, after)| before != after).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;
    use twofold_domain::policy::{Audience, AudiencePolicy, PasswordApi};

    use super::*;

    const INSTANTS: [&str; 9] =
        ["at", "begins_at", "expires_at", "from", "matures_at", "real", "required_since", "to", "until"];

    fn is_instant(value: &str) -> bool {
        value.len() == "2026-12-12T22:59:31.678038Z".len() && value.starts_with("20") && value.ends_with('Z')
    }

    /// Rules: S3.
    #[test]
    fn every_instant_among_the_settings_is_iso_8601() {
        let until = PasswordApi::Until(Timestamp::from_micros(1_797_116_371_678_038));
        let policy = AudiencePolicy { password_api: until, ..AudiencePolicy::of_new(Audience::Team) };
        assert_eq!(of(&policy)["password_api.until"], "2026-12-12T22:59:31.678038Z");
        // Of every setting that an event of an account can have, these are instants, and nothing else is taken for one.
        let mut instants = BTreeSet::new();
        for line in include_str!("../../../domain/samples/account.jsonl").lines() {
            for (name, value) in of(&serde_json::from_str::<Value>(line).unwrap()) {
                let last = name.rsplit('.').next().unwrap_or_default();
                if is_instant(&value) {
                    instants.insert(last.to_owned());
                } else {
                    let number = value.parse::<i64>().is_ok();
                    assert!(!number || !INSTANTS.contains(&last), "{name} is {value}");
                }
            }
        }
        assert_eq!(instants, INSTANTS.map(str::to_owned).into());
    }

    #[test]
    fn settings_are_compared_one_by_one() {
        let before = of(&json!({ "required": false, "of": { "roles": [] }, "kind": "totp" }));
        let after = of(&json!({ "required": true, "of": { "roles": [] }, "more": 1 }));
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            differences(&before, &after),
            [
                ("kind".to_owned(), text("totp"), None),
                ("more".to_owned(), None, text("1")),
                ("required".to_owned(), text("false"), text("true")),
            ]
        );
    }
}
