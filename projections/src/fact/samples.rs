//! Every event that was ever stored, as tests need them.

use serde_json::Value;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::time::Timestamp;
use twofold_infra::store::AggregateKind;
use uuid::Uuid;

use super::{Fact, Raw, decode_raw};

const SAMPLES: [(AggregateKind, &str); 4] = [
    (AggregateKind::Account, include_str!("../../../domain/samples/account.jsonl")),
    (AggregateKind::User, include_str!("../../../domain/samples/user.jsonl")),
    (AggregateKind::Device, include_str!("../../../domain/samples/device.jsonl")),
    (AggregateKind::Reading, include_str!("../../../domain/samples/reading.jsonl")),
];

/// Every sample of the domain as a fact, by different hands.
pub(crate) fn samples() -> Vec<Fact> {
    let actors = [
        "usr_01jwn0pk00e008000000000002",
        "cli_01jwn0pk00e00800000000000b",
        "operator",
        "anonymous",
        "system:courier",
    ];
    let mut facts = vec![];
    for (kind, samples) in SAMPLES {
        for line in samples.lines() {
            let sample: Value = serde_json::from_str(line).unwrap();
            let (payload, seq) = (sample["payload"].to_string(), facts.len() as u64 + 1);
            let actor = actors[facts.len() % actors.len()];
            let raw = Raw {
                account: AccountId::from_uuid(Uuid::from_u128(1)),
                seq,
                at: Timestamp::from_micros(1_780_300_800_123_456),
                kind,
                aggregate: Uuid::from_u128(2),
                event_type: sample["event_type"].as_str().unwrap(),
                event_version: sample["event_version"].as_str().unwrap(),
                payload: &payload,
                metadata: &format!(r#"{{"actor":"{actor}","correlation":"c"}}"#),
            };
            let mut fact = decode_raw(&raw).unwrap();
            if kind == AggregateKind::Device && seq % 2 == 0 {
                fact.subject = Some(UserId::from_uuid(Uuid::from_u128(2)));
            }
            facts.push(fact);
        }
    }
    facts
}
