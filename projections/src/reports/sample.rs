//! `sample`: people whom nobody picked, drawn so that anybody can draw them again.
//!
//! `docs/sample.md` says how another program does it. Who draws cannot choose the head, and who keeps the log does
//! not know the nonce when the log was written.

use std::collections::BinaryHeap;
use std::fmt::Write as _;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use twofold_domain::ids::AccountId;
use twofold_domain::permission::Act;
use twofold_domain::reading::SAMPLE;
use twofold_infra::store::{Recorded, StoreError};

use super::ask::{POPULATION, Parameter, Takes};
use super::cell::{Cell, Kind, Row, column};
use super::{Asked, Pages, Report, people};
use crate::status::{self, Line};

const N: Parameter = Parameter {
    name: "n",
    takes: Takes::Number { least: 1, most: 10_000 },
    default: Some("25"),
    required: false,
    meaning: "How many people to draw; everybody where there are fewer.",
};

const NONCE: Parameter = Parameter {
    name: "nonce",
    takes: Takes::Text { longest: 200 },
    default: None,
    required: true,
    meaning: "A text of the auditor's own that nobody could have known before.",
};

/// The report.
pub const REPORT: Report = Report {
    name: SAMPLE,
    meaning: "A random sample of people for a closer look, which nobody can have picked: the drawing follows from the \
              last event of the log at that instant and from the auditor's nonce alone, so whoever has both draws \
              the same people again. Everybody of the population has a score, SHA-256 of the seed and of their id, \
              and those with the smallest scores are drawn; the seed is SHA-256 of the account, the event's number, \
              the hash of the event's record, and the nonce. The exact texts that are hashed are in \
              `docs/sample.md`. `population_size` is the number of rows that `mfa-status` has as of the same event \
              and instant.",
    definition: 2,
    reads: Act::ReadStatus,
    from: &[status::NAME],
    rows: "sample",
    parameters: &[N, NONCE, POPULATION],
    columns: &[
        column("place", Kind::Number, "1 for the smallest score."),
        column("user", Kind::Person, "Who was drawn."),
        column("role", Kind::Word, "Their role."),
        column("state", Kind::Word, "Their state, as in `mfa-status`."),
        column("rule", Kind::Word, "The rule behind it, as in `mfa-status`."),
        column("factors", Kind::Word, "The kinds of their factors, by `+`."),
        column("score", Kind::Text, "Their score, in hexadecimal."),
        column("population_size", Kind::Number, "Among how many people they were drawn."),
        column("seed", Kind::Text, "The seed of the drawing, in hexadecimal."),
        column("head", Kind::Text, "The hash of the last event's record, in hexadecimal."),
    ],
    pages,
};

/// A recorded event as canonical JSON (RFC 8785).
pub fn record(event: &Recorded) -> Result<String, StoreError> {
    let read =
        |text: &str| serde_json::from_str::<Value>(text).map_err(|e| StoreError::Corrupt(e.to_string()));
    // Members are in the order of their names, integers are exact below 2⁵³, and there is nothing else in a record.
    let record = json!({
        "account": event.account,
        "account_seq": event.account_seq,
        "aggregate_id": event.stream.id.to_string(),
        "aggregate_type": event.stream.kind.name(),
        "event_type": event.event_type,
        "event_version": event.event_version,
        "metadata": read(&event.metadata)?,
        "payload": read(&event.payload)?,
        "recorded_at": event.recorded_at,
        "sequence": event.sequence,
    });
    Ok(record.to_string())
}

/// SHA-256 over a recorded event, as a leaf of RFC 6962 §2.1 over its record.
pub fn head(event: &Recorded) -> Result<String, StoreError> {
    let mut hash = Sha256::new_with_prefix([0x00]);
    hash.update(record(event)?);
    Ok(hex(&hash.finalize()))
}

/// The seed of a drawing.
pub fn seed(account: AccountId, position: u64, head: &str, nonce: &str) -> String {
    hex(&Sha256::digest(format!("twofold sample 1\n{account}\n{position}\n{head}\n{nonce}\n")))
}

/// Somebody's score in a drawing.
pub fn score(seed: &str, user: impl std::fmt::Display) -> String {
    hex(&Sha256::digest(format!("{seed}\n{user}\n")))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Somebody who may be drawn; ordered by their score.
struct Candidate(String, Line);

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl Eq for Candidate {}
impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

/// What a drawing follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// The hash of the last event's record.
    pub head: String,
    /// The nonce, as it was given.
    pub nonce: String,
    /// The seed.
    pub seed: String,
}

/// What the answer to a question for a sample is drawn from.
pub async fn drawing(asked: &Asked) -> Result<Drawing, StoreError> {
    let position = asked.as_of.position;
    let last = asked.store.read(asked.account, position.saturating_sub(1), 1).await?;
    let missing = || StoreError::Corrupt(format!("event {position} is not there"));
    let head = head(last.first().ok_or_else(missing)?)?;
    let nonce = asked.arguments.text(NONCE.name).unwrap_or_default().to_owned();
    let seed = seed(asked.account, position, &head, &nonce);
    Ok(Drawing { head, nonce, seed })
}

fn pages(asked: Asked) -> Pages {
    stream::once(drawn(asked)).boxed()
}

async fn drawn(asked: Asked) -> Result<Vec<Row>, StoreError> {
    let Drawing { head, seed, .. } = drawing(&asked).await?;
    let n = asked.arguments.number(N.name).unwrap_or_default() as usize;
    let (mut drawn, mut size) = (BinaryHeap::new(), 0_u64);
    let mut pages = people::people(&asked, asked.arguments.population());
    while let Some(page) = pages.try_next().await? {
        for (_, line) in page.lines() {
            size += 1;
            drawn.push(Candidate(score(&seed, line.user), line));
            if drawn.len() > n {
                drawn.pop();
            }
        }
    }
    let row = |(place, Candidate(score, line)): (u32, Candidate)| {
        vec![
            place.into(),
            line.user.into(),
            Cell::word(line.role),
            Cell::word(line.state),
            Cell::word(line.rule),
            Cell::text(line.factors),
            Cell::text(score),
            Cell::count(size),
            Cell::text(seed.as_str()),
            Cell::text(head.as_str()),
        ]
    };
    Ok((1..).zip(drawn.into_sorted_vec()).map(row).collect())
}

#[cfg(test)]
mod tests {
    use twofold_domain::ids::UserId;
    use uuid::Uuid;

    use super::*;

    /// Rules: S7.
    #[test]
    fn the_numbers_are_those_of_the_document() {
        let document = include_str!("../../../docs/sample.md");
        let number = |name: &str| {
            let line = document.lines().find(|line| line.starts_with(name) && line.len() > 40);
            line.and_then(|line| line.split_whitespace().nth(1)).unwrap_or_default()
        };
        let head = hex(&Sha256::digest([0x00]));
        assert_eq!(head, number("head      "));
        let account = AccountId::from_uuid(Uuid::from_u128(1));
        let seed = seed(account, 42, &head, "twelve ravens");
        assert_eq!(seed, number("seed      "));
        assert_eq!(score(&seed, UserId::from_uuid(Uuid::from_u128(2))), number("score     "));
    }
}
