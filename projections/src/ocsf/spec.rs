//! Every event that was ever stored becomes a record that the published schema allows. `schema-1.8.0.json` holds
//! what the schema says of the classes and objects that are written; it names its source and licence.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::fact::{event_types, samples};

const SCHEMA_FILE: &str = include_str!("schema-1.8.0.json");
/// What is wrong with a value, by the schema's description of its class or object.
fn check(schema: &Value, described: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    let attributes = described["attributes"].as_object().unwrap();
    let Some(fields) = value.as_object() else { return wrong.push(format!("{at}: not an object")) };
    for (name, attribute) in attributes {
        if attribute["requirement"] == "required" && !fields.contains_key(name) {
            wrong.push(format!("{at}: no {name}"));
        }
    }
    for (rule, names) in described["constraints"].as_object().into_iter().flatten() {
        let there =
            names.as_array().unwrap().iter().filter(|n| fields.contains_key(n.as_str().unwrap())).count();
        if (rule == "at_least_one" && there == 0) || (rule == "just_one" && there != 1) {
            wrong.push(format!("{at}: {rule} of {names}"));
        }
    }
    for (name, value) in fields.iter().filter(|(_, value)| **value == OTHER) {
        let sibling = attributes.get(name).and_then(|attribute| attribute["sibling"].as_str());
        let named =
            |sibling| fields.get(sibling).and_then(Value::as_str).is_some_and(|said| !said.is_empty());
        if let Some(sibling) = sibling.filter(|sibling| !named(*sibling)) {
            wrong.push(format!("{at}.{name}: {value} (Other), and no {sibling}"));
        }
    }
    for (name, value) in fields {
        let Some(attribute) = attributes.get(name) else {
            wrong.push(format!("{at}: the schema has no {name}"));
            continue;
        };
        let at = format!("{at}.{name}");
        match (attribute["array"] == true, value) {
            (true, Value::Array(values)) => {
                for value in values {
                    one(schema, attribute, value, &at, wrong);
                }
            }
            (true, _) => wrong.push(format!("{at}: not an array")),
            (false, value) => one(schema, attribute, value, &at, wrong),
        }
    }
}

fn one(schema: &Value, attribute: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    let known = attribute["enum"].as_array();
    if known
        .is_some_and(|known| !known.iter().any(|k| k.as_str() == Some(value.to_string().trim_matches('"'))))
    {
        wrong.push(format!("{at}: {value} is none of its values"));
    }
    let fits = match attribute["type"].as_str().unwrap() {
        "integer_t" | "long_t" | "timestamp_t" => value.is_i64() || value.is_u64(),
        "boolean_t" => value.is_boolean(),
        // Whatever the source says besides.
        "object" | "json_t" => true,
        text if text.ends_with("_t") => value.is_string(),
        object => {
            let described = &schema["objects"][object];
            if described.is_null() {
                return wrong.push(format!("{at}: {object} is not in the copy of the schema"));
            }
            return check(schema, described, value, at, wrong);
        }
    };
    if !fits {
        wrong.push(format!("{at}: {value} is not of {}", attribute["type"]));
    }
}

/// Rules: S6.
#[test]
fn every_event_is_a_record_that_the_schema_allows() {
    let schema: Value = serde_json::from_str(SCHEMA_FILE).unwrap();
    assert_eq!(schema["version"], SCHEMA);
    let (mut wrong, mut seen) = (vec![], BTreeSet::new());
    let changes = [Change { what: "colour".into(), before: Value::Null, after: "red".into() }];
    for fact in samples() {
        let record = record(&fact, &changes);
        seen.insert(fact.event.name());
        assert_eq!(record["unmapped"]["changes"], json!(changes), "{}", fact.event.name());
        if record["class_uid"] == 3004 {
            assert_eq!(record["entity"]["data"], json!({ "colour": null }), "{}", fact.event.name());
            assert_eq!(record["entity_result"]["data"], json!({ "colour": "red" }), "{}", fact.event.name());
        }
        let classes = schema["classes"].as_object().unwrap();
        let class = classes.values().find(|class| class["uid"] == record["class_uid"]).unwrap();
        assert_eq!(class["category_uid"], record["category_uid"]);
        let type_uid = record["class_uid"].as_u64().unwrap() * 100 + record["activity_id"].as_u64().unwrap();
        assert_eq!(record["type_uid"], type_uid);
        check(&schema, class, &record, fact.event.name(), &mut wrong);
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(seen, event_types().collect());
}

/// What the schema's activities do not speak of.
const UNNUMBERED: [&str; 16] = [
    "BudgetSpent",
    "DeliveryTroubleRaised",
    "HelpCharged",
    "HelpRefused",
    "MailedCodeIssued",
    "MessageFailed",
    "MessageSent",
    "OperatorActed",
    "OutageRaised",
    "PasswordRehashed",
    "RecoveryCodesExhausted",
    "RecoveryCodesLow",
    "SessionActive",
    "SignInsRefused",
    "SmsCodeIssued",
    "StaffResetAsked",
];

/// Rules: S6.
#[test]
fn what_the_schema_has_a_number_for_has_that_number() {
    let other: BTreeSet<&str> = samples()
        .iter()
        .filter(|fact| record(fact, &[])["activity_id"] == OTHER)
        .map(|fact| fact.event.name())
        .collect();
    assert_eq!(other, UNNUMBERED.into());
}

/// What is done to a good record.
type Damage = Box<dyn Fn(&mut Value)>;

/// Rules: S6.
#[test]
fn a_record_that_the_schema_does_not_allow_is_found_out() {
    let schema: Value = serde_json::from_str(SCHEMA_FILE).unwrap();
    let fact = samples().into_iter().find(|fact| fact.event.name() == "OtpAccepted").unwrap();
    let good = record(&fact, &[]);
    let of = |change: &dyn Fn(&mut Value)| {
        let (mut record, mut wrong) = (good.clone(), vec![]);
        change(&mut record);
        check(&schema, &schema["classes"]["authentication"], &record, "it", &mut wrong);
        wrong.join("; ")
    };
    let remove = |field: &'static str| move |r: &mut Value| drop(r.as_object_mut().unwrap().remove(field));
    let cases: [(Damage, &str); 9] = [
        (Box::new(|_: &mut Value| ()), ""),
        (Box::new(remove("user")), "it: no user"),
        (Box::new(remove("service")), "it: at_least_one of [\"service\",\"dst_endpoint\"]"),
        (Box::new(|r: &mut Value| r["activity_id"] = 42.into()), "it.activity_id: 42 is none of its values"),
        (Box::new(|r: &mut Value| r["time"] = "now".into()), "it.time: \"now\" is not of \"timestamp_t\""),
        (Box::new(|r: &mut Value| r["colour"] = 1.into()), "it: the schema has no colour"),
        (
            Box::new(|r: &mut Value| drop(r["metadata"]["product"].take())),
            "it.metadata.product: not an object",
        ),
        (
            Box::new(|r: &mut Value| r["activity_id"] = OTHER.into()),
            "it.activity_id: 99 (Other), and no activity_name",
        ),
        (
            Box::new(|r: &mut Value| r["auth_factors"][0]["factor_type_id"] = OTHER.into()),
            "it.auth_factors.factor_type_id: 99 (Other), and no factor_type",
        ),
    ];
    for (change, expected) in cases {
        assert_eq!(of(&change), expected);
    }
}
