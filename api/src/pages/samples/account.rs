//! The account's pages.

use askama::Template;

use super::{governing, inside, long_ago, when};
use crate::pages::Language;
use crate::pages::account::{
    AudienceForm, Confirm, Figure, Filter, Findings, Log, LogRow, Policy, Reset, Status, StatusRow, Tick,
};
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
        claimed: name == "Noor Haddad",
        codes_left: (state.tone == Tone::Good).then_some(8),
        devices: 1,
        state,
    });
    let events = [
        (
            "AccountTwoFactorDisabled",
            "",
            None,
            Some(Reset { names: vec!["Lucía Fernández".into()], more: 230 }),
        ),
        ("TwoFactorReset", "Lucía Fernández", Some((4711, path())), None),
    ];
    let log = events.into_iter().zip(4711_u64..).map(|((event_type, whom, cause, reset), number)| LogRow {
        number,
        at: when("2026-02-11T14:03:22Z"),
        what: l.say(&format!("event-{event_type}")),
        particulars: vec![l.count("told-people", 231)],
        event_type: event_type.into(),
        who: "Ada Okafor".into(),
        who_href: path(),
        whom: whom.into(),
        whom_href: path(),
        device: "Firefox · Windows".into(),
        device_href: path(),
        why: "Move to new phones <script>".into(),
        cause,
        reset,
        data: "{\n  \"cause\": \"account_disabled\"\n}".into(),
    });
    let figure = |name, label, hint, default: u32, error: &str| Figure {
        id: format!("team-{name}"),
        name,
        label,
        hint: l.count(hint, default),
        field: Field { value: "30".into(), error: error.to_owned() },
    };
    vec![
        (
            "status",
            Status {
                f: inside(l, Section::Status),
                day: Field::of("2026-03-01"),
                time: Field::default(),
                event: Field::wrong(l.say("as-of-no-event")),
                past: true,
                populations: vec![("everyone", "", true), ("policy-members", "team", false)],
                today: "2026-03-10".into(),
                at: when("2026-03-01"),
                position: 4822,
                position_href: path(),
                switch: Mark::new(Tone::Good, "switch-on"),
                policy: vec![l.say("in-force-required"), l.count("in-force-trust", 30)],
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
                types: vec![("TwoFactorReset", l.say("event-TwoFactorReset"))],
                filtered: true,
                rows: log.collect(),
                streams: vec![("device", l.say("log-stream-device"))],
                next: path(),
                previous: path(),
                downloads: vec![("CSV", path())],
            }
            .render(),
        ),
        (
            "policy",
            Policy {
                f: inside(l, Section::Policy),
                then: long_ago(),
                version: 12,
                switch: Mark::new(Tone::Good, "switch-on"),
                since: Some(when("2025-03-02T10:00:00Z")),
                enrolled: 231,
                audiences: vec![AudienceForm {
                    key: "team",
                    title: "policy-members",
                    action: path(),
                    required: true,
                    affected: l.count("policy-without", 12),
                    figures: vec![
                        figure("trust_days", "policy-trust", "policy-trust-hint", 30, ""),
                        figure("idle_minutes", "policy-idle", "policy-idle-hint", 480, "5 – 43200"),
                    ],
                    meant: vec![Tick {
                        name: "role_owner".into(),
                        label: l.say("role-owner"),
                        hint: String::new(),
                        on: true,
                    }],
                    choices: vec![Tick {
                        name: "reauthorise_on_open".into(),
                        label: l.say("policy-reauthorise"),
                        hint: l.say("policy-reauthorise-hint"),
                        on: false,
                    }],
                    password_api: "until".into(),
                    password_until: Field::of("2026-12-31"),
                    scheduled: Some(l.say("policy-switch")),
                    what_if: path(),
                }],
                disable: path(),
                suspend: path(),
                resume: String::new(),
                enable: String::new(),
                may_change: true,
                may_switch: true,
                places: governing::places(l),
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
                findings: Some(Findings {
                    lines: vec![(l.count("impact-reset", 231), 231, "Ada, Grace".into())],
                    of: 240,
                    prompts: l.count("impact-prompts-more", 12),
                    confirmation: "{}".into(),
                    what_if: path(),
                }),
                hidden: vec![],
                subject: String::new(),
                action: path(),
                version: 12,
                reason_asked: true,
                reason: Field::default(),
                reason_needed: false,
                compromise: true,
                danger: true,
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
