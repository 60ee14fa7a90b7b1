//! What the OpenAPI document says of a request's body, held against the bodies that are really sent.

use serde_json::{Map, Value};
use twofold_api::routes::{self, guarded};
use twofold_domain::policy::Role;

use super::calls::{Sent, calls};

/// The schema that a reference stands for, or the schema itself.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => resolved(document, document.pointer(&reference[1..]).unwrap_or(&Value::Null)),
        None => schema,
    }
}

/// What is wrong with the fields of a body, by the schema: fields that are not in it, and fields that are missing.
fn faults(document: &Value, schema: &Value, body: &Value, place: &str) -> Vec<String> {
    let schema = resolved(document, schema);
    let within = |schema| faults(document, schema, body, place);
    if let Some(ways) = ["oneOf", "anyOf"].iter().find_map(|name| schema[*name].as_array()) {
        let tried: Vec<_> = ways.iter().map(within).collect();
        let fits = tried.iter().any(Vec::is_empty);
        return if fits { vec![] } else { tried.concat() };
    }
    match body {
        Value::Object(fields) => {
            let mut shape = Shape::default();
            if !shape.gather(document, schema) {
                return vec![format!("{place} is no object")];
            }
            let unknown = fields.keys().filter(|name| !shape.open && !shape.properties.contains_key(*name));
            let mut found: Vec<_> = unknown.map(|name| format!("{place}.{name} is not described")).collect();
            let missing = shape.required.iter().filter(|name| !fields.contains_key(*name));
            found.extend(missing.map(|name| format!("{place}.{name} is required")));
            for (name, value) in fields {
                if let Some(inner) = shape.properties.get(name) {
                    found.extend(faults(document, inner, value, &format!("{place}.{name}")));
                }
            }
            found
        }
        Value::Array(items) => {
            let each = |item| faults(document, &schema["items"], item, &format!("{place}[]"));
            items.iter().flat_map(each).collect()
        }
        Value::String(_) => is_a(schema, "string", place),
        Value::Bool(_) => is_a(schema, "boolean", place),
        Value::Number(_) if schema["type"] == "number" => vec![],
        Value::Number(_) => is_a(schema, "integer", place),
        Value::Null => vec![],
    }
}

fn is_a(schema: &Value, kind: &str, place: &str) -> Vec<String> {
    let said = &schema["type"];
    let is = *said == kind || said.as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind));
    // An enumeration may go without a type.
    if is || schema["enum"].is_array() { vec![] } else { vec![format!("{place} is no {kind}")] }
}

/// The fields of an object, those of all its parts together.
#[derive(Default)]
struct Shape {
    properties: Map<String, Value>,
    required: Vec<String>,
    open: bool,
}

impl Shape {
    /// Whether it is an object at all.
    fn gather(&mut self, document: &Value, schema: &Value) -> bool {
        let schema = resolved(document, schema);
        if let Some(parts) = schema["allOf"].as_array() {
            return parts.iter().all(|part| self.gather(document, part));
        }
        let properties = schema["properties"].as_object();
        self.properties
            .extend(properties.into_iter().flatten().map(|(name, inner)| (name.clone(), inner.clone())));
        let required = schema["required"].as_array().into_iter().flatten();
        self.required.extend(required.filter_map(Value::as_str).map(ToOwned::to_owned));
        let open = schema.get("additionalProperties").is_some_and(|more| *more != Value::Bool(false));
        self.open |= open;
        properties.is_some() || open || is_a(schema, "object", "").is_empty()
    }
}

#[test]
fn the_document_describes_the_bodies_that_are_sent() {
    let document = serde_json::to_value(routes::described().into_openapi()).unwrap();
    let operations = guarded();
    let mut wrong = vec![];
    let mut held = 0;
    for call in calls() {
        let body = (call.body)(&Sent { number: 1, role: Role::Agent });
        let operation = operations.iter().find(|one| one.operation == call.operation).unwrap();
        let said = &document["paths"][&operation.path][operation.method.to_lowercase()]["requestBody"];
        let schema = &said["content"]["application/json"]["schema"];
        let told = format!("{} {}", operation.method, operation.path);
        match (body.is_null(), schema.is_null()) {
            // A body that may be left out, or whose kind is what the row is about.
            (true, _) => {}
            (false, true) => wrong.push(format!("{told}: no body is described")),
            (false, false) => {
                held += 1;
                wrong.extend(
                    faults(&document, schema, &body, "").into_iter().map(|one| format!("{told}: {one}")),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {held}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(held > 60, "{held}");
}

/// The fields of some bodies, as the operations really take them.
#[test]
fn a_body_is_described_under_its_own_operation() {
    let document = serde_json::to_value(routes::described().into_openapi()).unwrap();
    let request = |path: &str, method: &str| {
        let said = &document["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"];
        let mut shape = Shape::default();
        assert!(shape.gather(&document, said), "{method} {path}: {said}");
        let mut names: Vec<_> = shape.properties.keys().cloned().collect();
        names.sort();
        names.join(" ")
    };
    for (method, path, fields) in [
        ("patch", "/v1/users/me/factors/{factor}", "name preferred"),
        ("patch", "/v1/users/{user}", "groups language name"),
        ("post", "/v1/users/me/recovery", "password"),
        ("post", "/v1/users/{user}/transfer-ownership", "reason"),
        ("post", "/v1/users/{user}/make-owner", "reason"),
        ("post", "/v1/accounts/{account}/close", "reason"),
    ] {
        assert_eq!(request(path, method), fields, "{method} {path}");
    }
    let created =
        &document["paths"]["/v1/clients"]["post"]["responses"]["201"]["content"]["application/json"];
    let mut shape = Shape::default();
    assert!(shape.gather(&document, &created["schema"]));
    assert!(shape.properties.contains_key("client") && !shape.properties.contains_key("user"));
}
