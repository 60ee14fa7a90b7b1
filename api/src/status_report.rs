//! The status report as a file: the same bytes from the command line, the API, and the console.
//!
//! Names are an annex: they are what people are called today, and are no part of what the report says
//! of the past. Ids, instants, and words alone make two copies comparable.

use std::collections::BTreeMap;

use serde::Serialize;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::time::Timestamp;
use twofold_projections::status::report::DEFINITION;
use twofold_projections::status::{AsOf, Line};
use zeroize::Zeroizing;

use crate::csv::{Cell, write_row};

/// What somebody is called, as far as it may still be read.
#[derive(Default)]
pub struct Called {
    /// Their name.
    pub name: Option<Zeroizing<String>>,
    /// Their address.
    pub email: Option<Zeroizing<String>>,
}

/// What people are called.
pub type Annex = BTreeMap<UserId, Called>;

/// The columns of the report, in order; `name` and `email` follow `user` where they are asked for.
pub const COLUMNS: [&str; 11] = [
    "user",
    "role",
    "state",
    "rule",
    "factors",
    "enabled_since",
    "last_used",
    "recovery_codes",
    "trusted_devices",
    "required_since",
    "policy_version",
];

/// The cells of a line, in the order of [`COLUMNS`]; empty where there is nothing to say.
pub fn cells(line: &Line) -> [String; 11] {
    let instant = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let (state, rule): (&'static str, &'static str) = (line.state.into(), line.rule.into());
    [
        line.user.to_string(),
        line.role.name().to_owned(),
        state.to_owned(),
        rule.to_owned(),
        line.factors.clone(),
        instant(line.enabled_since),
        instant(line.last_used),
        line.recovery_codes.map(|left| left.to_string()).unwrap_or_default(),
        line.trusted_devices.to_string(),
        instant(line.required_since),
        line.policy_version.to_string(),
    ]
}

/// The report as CSV, with a line of names first.
pub fn csv(lines: &[Line], annex: Option<&Annex>) -> String {
    let mut out = String::new();
    let header = match annex {
        Some(_) => [&["user", "name", "email"], &COLUMNS[1..]].concat(),
        None => COLUMNS.to_vec(),
    };
    write_row(&mut out, header.into_iter().map(Cell::Text));
    for line in lines {
        let cells = cells(line);
        let (user, rest) = (&cells[..1], &cells[1..]);
        let called = annex.map(|annex| {
            let called = annex.get(&line.user);
            let name = called.and_then(|c| c.name.as_deref()).map_or("", String::as_str);
            let email = called.and_then(|c| c.email.as_deref()).map_or("", String::as_str);
            [name, email]
        });
        let words = user.iter().map(String::as_str);
        let words = words.chain(called.into_iter().flatten()).chain(rest.iter().map(String::as_str));
        write_row(&mut out, words.map(|word| if word.is_empty() { Cell::Empty } else { Cell::Text(word) }));
    }
    out
}

/// The report as a document. Instants are RFC 3339 in UTC.
#[derive(Serialize)]
pub struct Document<'a> {
    /// Whose.
    pub account: AccountId,
    /// The definition of the columns; counts up when one of them or its meaning changes.
    pub definition: u32,
    /// The last event that counts.
    pub position: u64,
    /// The instant at which trust and grace are looked at.
    pub as_of: String,
    /// Everybody, in the order of ids.
    pub people: Vec<Entry<'a>>,
}

/// One person's line.
#[derive(Serialize)]
pub struct Entry<'a> {
    user: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    role: &'static str,
    state: &'static str,
    rule: &'static str,
    factors: &'a str,
    enabled_since: Option<String>,
    last_used: Option<String>,
    recovery_codes: Option<u8>,
    trusted_devices: u32,
    required_since: Option<String>,
    policy_version: u32,
}

/// The report as a document.
pub fn document<'a>(
    account: AccountId,
    as_of: AsOf,
    lines: &'a [Line],
    annex: Option<&'a Annex>,
) -> Document<'a> {
    let instant = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let entry = |line: &'a Line| {
        let called = annex.and_then(|annex| annex.get(&line.user));
        Entry {
            user: line.user,
            name: called.and_then(|c| c.name.as_deref()).map(String::as_str),
            email: called.and_then(|c| c.email.as_deref()).map(String::as_str),
            role: line.role.name(),
            state: line.state.into(),
            rule: line.rule.into(),
            factors: &line.factors,
            enabled_since: instant(line.enabled_since),
            last_used: instant(line.last_used),
            recovery_codes: line.recovery_codes,
            trusted_devices: line.trusted_devices,
            required_since: instant(line.required_since),
            policy_version: line.policy_version,
        }
    };
    Document {
        account,
        definition: DEFINITION,
        position: as_of.position,
        as_of: as_of.instant.to_string(),
        people: lines.iter().map(entry).collect(),
    }
}
