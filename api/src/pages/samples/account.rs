//! The account's pages.

use askama::Template;

use super::{inside, when};
use crate::pages::Language;
use crate::pages::account::{Confirm, Filter, Log, LogRow, People, PersonRow, Policy, Status, StatusRow};
use crate::pages::frame::{Field, Mark, Section, Tone};

const ENABLED: Mark = Mark::new(Tone::Good, "state-enabled");
const PENDING: Mark = Mark::new(Tone::Warn, "state-pending");
const LOCKED: Mark = Mark::new(Tone::Bad, "state-locked");

fn exempt() -> Mark {
    Mark { more: "sso: google".into(), ..Mark::new(Tone::Plain, "state-exempt") }
}

pub(super) fn pages(l: Language) -> Vec<(&'static str, String)> {
    let path = || "/somewhere".to_owned();
    let people = [
        ("Ada Okafor", "owner", ENABLED),
        ("Jiho Park", "admin", ENABLED),
        ("Lucía Fernández", "agent", PENDING),
        ("Max Brandt", "agent", exempt()),
        ("Noor Haddad", "auditor", LOCKED),
    ];
    let statuses = people.clone().into_iter().map(|(name, role, state)| StatusRow {
        name: name.into(),
        role,
        why: "Required of team members since 2025-11-03".into(),
        since: (state.tone == Tone::Good).then(|| when("2025-11-04T10:00:00Z")),
        last_used: (state.tone == Tone::Good).then(|| when("2026-02-27T07:58:00Z")),
        codes_left: (state.tone == Tone::Good).then_some(8),
        devices: 1,
        state,
    });
    let rows = people.clone().into_iter().map(|(name, role, state)| PersonRow {
        name: name.into(),
        email: "someone@example.org".into(),
        role,
        state,
        href: path(),
        reset: path(),
    });
    let events = [
        (
            "Two-factor authentication was disabled for the account; 231 people are reset",
            "TwoFactorDisabled",
            "",
            None,
        ),
        ("Second factor was reset", "TwoFactorReset", "Lucía Fernández", Some(4711)),
    ];
    let log = events.into_iter().zip(4711_u64..).map(|((what, event_type, whom, cause), number)| LogRow {
        number,
        at: when("2026-02-11T14:03:22Z"),
        what: what.into(),
        event_type: event_type.into(),
        who: "Ada Okafor".into(),
        whom: whom.into(),
        why: "Move to new phones <script>".into(),
        cause,
        data: "{\n  \"cause\": \"account_disabled\"\n}".into(),
    });
    vec![
        (
            "people",
            People {
                f: inside(l, Section::People),
                query: "a\"b".into(),
                rows: rows.collect(),
                next: "?cursor=x".into(),
            }
            .render(),
        ),
        (
            "status",
            Status {
                f: inside(l, Section::Status),
                as_of: Field::of("2026-03-01"),
                today: "2026-03-10".into(),
                at: when("2026-03-01"),
                event: 4822,
                policy: "Team members: required. End users: optional. Trust: 30 days.".into(),
                counts: vec![(ENABLED, 197), (PENDING, 21), (exempt(), 18), (LOCKED, 4)],
                rows: statuses.collect(),
                next: "?cursor=x".into(),
                downloads: vec![("CSV", path()), ("JSON", path())],
            }
            .render(),
        ),
        (
            "log",
            Log {
                f: inside(l, Section::Log),
                filter: Filter { event_type: "TwoFactorReset".into(), ..Filter::default() },
                types: vec!["TwoFactorDisabled".into(), "TwoFactorReset".into()],
                rows: log.collect(),
                next: String::new(),
            }
            .render(),
        ),
        (
            "policy",
            Policy {
                f: inside(l, Section::Policy),
                action: path(),
                version: 12,
                switch: Mark::new(Tone::Good, "switch-on"),
                since: Some(when("2025-03-02T10:00:00Z")),
                members_required: true,
                users_required: false,
                members_trust_days: Field::of("30"),
                users_trust_days: Field { value: "400".into(), error: "0 – 365".into() },
                grace_days: Field::of("0"),
                disable: path(),
                suspend: path(),
                resume: String::new(),
                enable: String::new(),
                may_change: true,
            }
            .render(),
        ),
        (
            "confirm",
            Confirm {
                f: inside(l, Section::Policy),
                title: "confirm-disable-title",
                effects: [
                    "effect-disable-factors",
                    "effect-disable-again",
                    "effect-disable-sessions",
                    "effect-disable-instead",
                ]
                .map(|key| l.say(key))
                .to_vec(),
                people: 231,
                action: path(),
                version: 12,
                digest: "d".into(),
                reason: Field::default(),
                code: Field::default(),
                button: "confirm-disable",
                cancel: path(),
            }
            .render(),
        ),
    ]
    .into_iter()
    .map(|(name, text)| (name, text.unwrap()))
    .collect()
}
