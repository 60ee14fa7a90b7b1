//! What holds for every route, taken from the OpenAPI document so that a new one is not forgotten.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::house::House;
use crate::routes::{Guard, Guarded, guarded};

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(name) = fields.get("$ref").and_then(Value::as_str) {
                found.insert(name.trim_start_matches("#/components/schemas/").to_owned());
            }
            fields.values().for_each(|field| references(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// Every operation: method, path, and what the document says of it.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut all = vec![];
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if path.starts_with("/v1/") && operation.is_object() {
                all.push((method.to_uppercase(), path.clone(), operation.clone()));
            }
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_whole() {
    let house = House::open().await;
    let document = house.ask("GET", "/openapi.json").go().await.good().body;
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let missing: Vec<_> = found.iter().filter(|name| !schemas.contains_key(*name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let operations = operations(&document);
    assert!(operations.len() > 35, "{}", operations.len());
    let ids: BTreeSet<_> = operations.iter().map(|(_, _, o)| o["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), operations.len(), "{ids:?}");
    for (method, path, operation) in &operations {
        for status in ["400", "401", "404", "422", "503"] {
            assert!(operation["responses"][status].is_object(), "{method} {path} does not say {status}");
        }
        let parameters = || operation["parameters"].as_array().into_iter().flatten();
        // OpenAPI 3.1, 4.8.10: a parameter is its name and its place.
        let mut each = BTreeSet::new();
        let twice = parameters().find(|p| !each.insert((p["in"].as_str(), p["name"].as_str())));
        assert!(twice.is_none(), "{method} {path}: {twice:?}");
        let parameters = parameters();
        let named: BTreeSet<_> =
            parameters.filter(|p| p["in"] == "path").filter_map(|p| p["name"].as_str()).collect();
        assert_eq!(named.len(), path.matches('{').count(), "{method} {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_in_the_permission_table_and_the_document_says_so() {
    let house = House::open().await;
    let document = house.ask("GET", "/openapi.json").go().await.good().body;
    let served: BTreeSet<_> =
        operations(&document).into_iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let guarded = guarded();
    let table: BTreeSet<_> = guarded.iter().map(|o| format!("{} {}", o.method, o.path)).collect();
    assert_eq!(served, table, "served (left) and guarded (right)");
    assert_eq!(guarded.len(), table.len(), "each once");
    for (method, path, operation) in operations(&document) {
        assert!(!operation["x-twofold-permission"].is_null(), "{method} {path}");
    }
    let unlock = &document["paths"]["/v1/users/{user}/unlock"]["post"]["x-twofold-permission"][0];
    assert_eq!(
        (&unlock["act"], &unlock["roles"]["agent"]),
        (&json!("Unlock"), &json!({"end_user": "step_up"}))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_route_that_asks_who_it_is_answers_without_a_token() {
    let house = House::open().await;
    let document = house.ask("GET", "/openapi.json").go().await.good().body;
    for Guarded { method, path, guard, .. } in guarded() {
        let by_token = matches!(guard, Guard::Acts(_) | Guard::Operator);
        let said = &document["paths"][&path][method.to_lowercase()]["security"];
        // A sign-in takes a token only where a program vouches.
        let must = said.as_array().is_some_and(|ways| !ways.contains(&json!({})));
        assert_eq!(must, by_token, "{method} {path}");
        if !by_token {
            continue;
        }
        let lawful = path
            .replace("{account}", "acme")
            .replace("{user}", "me")
            .replace("{device}", "dev_00000000000000000000000000")
            .replace("{session}", "ses_00000000000000000000000000")
            .replace("{factor}", "fac_00000000000000000000000000")
            .replace("{token}", "tok_00000000000000000000000000")
            .replace("{client}", "cli_00000000000000000000000000")
            .replace("{group}", "grp_00000000000000000000000000")
            .replace("{provider}", "google")
            .replace("{position}", "1");
        for (name, value) in
            [("x-none", "1"), ("authorization", "Bearer tfs_x"), ("authorization", "Basic eA==")]
        {
            let ask = house.ask(method, &lawful).with(name, value).with("if-match", "\"1\"");
            let answer = ask.go().await;
            assert_eq!(answer.gist(), "401 unauthenticated", "{method} {path} {name}: {value}");
        }
    }
}
