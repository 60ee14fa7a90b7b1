//! What an account demands as names and values, so that two of it can be compared setting by setting.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// Settings by their names; a value is its JSON, a text without quotes.
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
    use serde_json::json;

    use super::*;

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
