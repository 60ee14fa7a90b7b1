//! What an event changed: before and after, field by field.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Change {
    /// Which field: `trust_days`, `role`.
    what: String,
    /// What it was.
    #[schema(value_type = Option<Object>)]
    before: Value,
    /// What it is from then on.
    #[schema(value_type = Option<Object>)]
    after: Value,
}

/// What an event says that it changed. Events that only say what holds from then on have nothing here.
pub(crate) fn changes(event_type: &str, data: &Value) -> Vec<Change> {
    let change = |what: &str, before: &Value, after: &Value| Change {
        what: what.to_owned(),
        before: before.clone(),
        after: after.clone(),
    };
    match event_type {
        "RoleChanged" => vec![change("role", &data["from"], &data["to"])],
        _ => match (data.get("before"), data.get("after")) {
            (Some(Value::Object(before)), Some(Value::Object(after))) => {
                let fields = after.keys().chain(before.keys().filter(|field| !after.contains_key(*field)));
                let of = |object: &serde_json::Map<String, Value>, field: &String| {
                    object.get(field).cloned().unwrap_or(Value::Null)
                };
                let pairs = fields.map(|field| (field, of(before, field), of(after, field)));
                let differ = pairs.filter(|(_, before, after)| before != after);
                differ.map(|(field, before, after)| change(field, &before, &after)).collect()
            }
            (Some(before), Some(after)) if before != after => vec![change(event_type, before, after)],
            _ => vec![],
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Rules: S6.
    #[test]
    fn only_what_differs_is_a_change() {
        let rows = [
            (
                "RoleChanged",
                json!({ "from": "agent", "to": "admin" }),
                vec![("role", json!("agent"), json!("admin"))],
            ),
            (
                "PolicyChanged",
                json!({ "before": { "trust_days": 30, "required": false }, "after": { "trust_days": 14, "required": false } }),
                vec![("trust_days", json!(30), json!(14))],
            ),
            (
                "OwnerFloorChanged",
                json!({ "before": null, "after": { "trust_days": 14 } }),
                vec![("OwnerFloorChanged", Value::Null, json!({ "trust_days": 14 }))],
            ),
            ("UserRenamed", json!({ "name": "AAEC" }), vec![]),
        ];
        for (event_type, data, expected) in rows {
            let found: Vec<_> = changes(event_type, &data);
            let found: Vec<_> =
                found.iter().map(|c| (c.what.as_str(), c.before.clone(), c.after.clone())).collect();
            assert_eq!(found, expected, "{event_type}");
        }
    }
}
