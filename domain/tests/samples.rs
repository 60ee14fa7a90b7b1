//! Events as they were stored, one line per type and version: today's code reads each of them, and
//! writes those of today's version exactly so.

use std::collections::BTreeSet;
use std::fmt::Debug;

use cqrs_es::DomainEvent;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use strum::VariantNames;
use twofold_domain::account::AccountEvent;
use twofold_domain::device::DeviceEvent;
use twofold_domain::reading::ReadingEvent;
use twofold_domain::sealed::{Kind, Reason};
use twofold_domain::upcast::{STEPS, to_today, version_today};
use twofold_domain::user::UserEvent;

const ACCOUNT: &str = include_str!("../samples/account.jsonl");
const USER: &str = include_str!("../samples/user.jsonl");
const DEVICE: &str = include_str!("../samples/device.jsonl");
const READING: &str = include_str!("../samples/reading.jsonl");

/// The largest record that the log takes.
const MAX_RECORD: usize = 65_535;
/// What is around a payload: ids, numbers, and metadata.
const AROUND: usize = 4_096;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    event_type: String,
    event_version: String,
    payload: Value,
}

fn stored(samples: &str) -> Vec<Stored> {
    let line = |(n, line)| {
        serde_json::from_str(line).unwrap_or_else(|e| panic!("sample line {} is not a record: {e}", n + 1))
    };
    samples.lines().enumerate().map(line).collect()
}

/// Every type has a sample of each version that it ever had.
fn complete<E: VariantNames>(file: &str, samples: &str) {
    let have: BTreeSet<(String, String)> =
        stored(samples).into_iter().map(|s| (s.event_type, s.event_version)).collect();
    for &event_type in E::VARIANTS {
        let older = STEPS.iter().filter(|s| s.event_type == event_type).map(|s| s.from);
        for version in older.chain([version_today(event_type)]) {
            assert!(
                have.contains(&(event_type.to_owned(), version.to_owned())),
                "there is no frozen sample of `{event_type}` version {version}: add a line to \
                 domain/samples/{file} with its event_type, its event_version, and its payload as the \
                 log stores it, and never change that line again",
            );
        }
    }
}

/// Each sample reads as today's type; one of today's version is written back as it was.
fn read<E: DomainEvent + DeserializeOwned + Serialize + Debug>(samples: &str) {
    for Stored { event_type, event_version, payload } in stored(samples) {
        let today = to_today(&event_type, &event_version, payload.clone())
            .unwrap_or_else(|| panic!("{event_type} {event_version} leads to no version of today"));
        let event: E = serde_json::from_value(today)
            .unwrap_or_else(|e| panic!("today's code cannot read `{event_type}` {event_version}: {e}"));
        assert_eq!(event.event_type(), event_type);
        if event_version == event.event_version() {
            let written = serde_json::to_value(&event).unwrap_or_default();
            assert_eq!(written, payload, "`{event_type}` is not written as it was any more");
        }
    }
}

#[test]
fn every_event_has_a_frozen_sample() {
    complete::<AccountEvent>("account.jsonl", ACCOUNT);
    complete::<UserEvent>("user.jsonl", USER);
    complete::<DeviceEvent>("device.jsonl", DEVICE);
    complete::<ReadingEvent>("reading.jsonl", READING);
}

#[test]
fn todays_code_reads_every_event_ever_stored() {
    read::<AccountEvent>(ACCOUNT);
    read::<UserEvent>(USER);
    read::<DeviceEvent>(DEVICE);
    read::<ReadingEvent>(READING);
}

#[test]
fn samples_are_canonical_and_their_types_belong_to_one_aggregate() {
    let mut types = BTreeSet::new();
    for (samples, names) in [
        (ACCOUNT, AccountEvent::VARIANTS),
        (USER, UserEvent::VARIANTS),
        (DEVICE, DeviceEvent::VARIANTS),
        (READING, ReadingEvent::VARIANTS),
    ] {
        for (line, sample) in samples.lines().zip(stored(samples)) {
            let payload = serde_json_canonicalizer::to_string(&sample.payload).unwrap_or_default();
            assert!(line.ends_with(&format!("\"payload\":{payload}}}")), "not canonical: {line}");
            assert!(names.contains(&sample.event_type.as_str()), "no such event: {}", sample.event_type);
        }
        // The upcaster's table knows an event by its type alone.
        for name in names {
            assert!(types.insert(*name), "`{name}` is in two aggregates");
        }
    }
}

fn each(value: &Value, check: &mut impl FnMut(&Value)) {
    check(value);
    match value {
        Value::Array(values) => values.iter().for_each(|v| each(v, check)),
        Value::Object(fields) => fields.values().for_each(|v| each(v, check)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn all() -> Vec<Stored> {
    [ACCOUNT, USER, DEVICE, READING].into_iter().flat_map(stored).collect()
}

#[test]
fn numbers_are_integers_that_canonical_json_holds_exactly() {
    for sample in all() {
        each(&sample.payload, &mut |value| {
            if let Value::Number(number) = value {
                let exact = number.as_i64().is_some_and(|n| n.unsigned_abs() < 1 << 53);
                assert!(exact, "{number} in `{}`", sample.event_type);
            }
        });
    }
}

/// Sealed values are strings of the log's own alphabet; at their longest no record grows too large.
#[test]
fn the_longest_personal_values_fit_into_a_record() {
    const SEALED: [&str; 6] = ["name", "email", "ip", "user_agent", "reason", "words"];
    // The cipher's overhead is far below 256 bytes; base 64 adds a third.
    let longest = (Reason::LIMIT + 256) * 4 / 3 + 4;
    for mut sample in all() {
        let opened = sample.event_type == "AccountOpened";
        let mut personal = 0;
        each(&sample.payload, &mut |value| {
            let Value::Object(fields) = value else { return };
            for (_, sealed) in fields.iter().filter(|(key, _)| !opened && SEALED.contains(&key.as_str())) {
                personal += usize::from(!sealed.is_null());
                assert!(sealed.is_string() || sealed.is_null(), "`{}`: {sealed}", sample.event_type);
            }
        });
        let size = sample.payload.take().to_string().len() + personal * longest + AROUND;
        assert!(size <= MAX_RECORD, "`{}` may take {size} bytes", sample.event_type);
    }
}
