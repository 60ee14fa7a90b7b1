//! Each floor uses only the floors above it.

use std::collections::BTreeSet;

use crate::repository::table;

/// From the top down.
const FLOORS: [&str; 5] = ["domain", "infra", "projections", "api", "tests"];

/// What would bring a clock, chance, ciphers, or I/O into the decisions.
const NOT_IN_DOMAIN: [&str; 24] = [
    "tokio",
    "async-std",
    "axum",
    "hyper",
    "reqwest",
    "sqlx",
    "postgres-es",
    "sqlite-es",
    "rand",
    "rand_core",
    "getrandom",
    "argon2",
    "aes-gcm",
    "aes-gcm-siv",
    "chacha20poly1305",
    "hmac",
    "hkdf",
    "sha1",
    "sha2",
    "ring",
    "ed25519-dalek",
    "totp-rs",
    "tracing",
    "metrics",
];

fn dependencies(floor: &str) -> BTreeSet<String> {
    let manifest = table(format!("{floor}/Cargo.toml"));
    ["dependencies", "dev-dependencies", "build-dependencies"]
        .into_iter()
        .filter_map(|kind| manifest.get(kind)?.as_table())
        .flat_map(|dependencies| dependencies.keys().cloned())
        .collect()
}

#[test]
fn each_floor_uses_only_floors_above_it() {
    for (level, floor) in FLOORS.into_iter().enumerate() {
        for dependency in dependencies(floor) {
            let Some(other) = dependency.strip_prefix("twofold-") else { continue };
            let other_level = FLOORS.iter().position(|name| *name == other);
            assert!(
                other_level.is_some_and(|other_level| other_level < level),
                "{floor} must not depend on {other}: floors are {FLOORS:?}"
            );
        }
    }
}

#[test]
fn the_workspace_is_these_floors() {
    let workspace = table("Cargo.toml");
    let members: Vec<&str> = workspace["workspace"]["members"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(toml::Value::as_str)
        .collect();
    assert_eq!(members, FLOORS);
    for floor in FLOORS {
        let manifest = table(format!("{floor}/Cargo.toml"));
        assert_eq!(manifest["package"]["name"].as_str(), Some(format!("twofold-{floor}").as_str()));
        assert_eq!(
            manifest["lints"]["workspace"].as_bool(),
            Some(true),
            "{floor} has the lints of the house"
        );
    }
}

#[test]
fn decisions_have_no_clock_chance_cipher_or_io() {
    for dependency in dependencies("domain") {
        assert!(!NOT_IN_DOMAIN.contains(&dependency.as_str()), "domain must not depend on {dependency}");
    }
    let workspace = table("Cargo.toml");
    let chrono = &workspace["workspace"]["dependencies"]["chrono"];
    let clock =
        chrono["features"].as_array().unwrap().iter().any(|feature| feature.as_str() == Some("clock"));
    assert!(!clock && chrono["default-features"].as_bool() == Some(false), "chrono comes without its clock");
}

#[test]
fn the_calls_that_break_a_promise_are_forbidden() {
    let clippy = table("clippy.toml");
    let forbidden: Vec<&str> = clippy["disallowed-methods"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            assert!(entry["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{entry} says why");
            entry["path"].as_str().unwrap()
        })
        .collect();
    for call in [
        "std::time::SystemTime::now",
        "chrono::Utc::now",
        "uuid::Uuid::now_v7",
        "uuid::Uuid::new_v4",
        "cqrs_es::persist::PersistedEventStore::new_snapshot_store",
        "cqrs_es::persist::PersistedEventStore::new_aggregate_store",
    ] {
        assert!(forbidden.contains(&call), "clippy.toml must forbid {call}");
    }
}
