//! The pages beside the policy, and help for one person.

use askama::Template;

use super::{inside, long_ago, when};
use crate::pages::Language;
use crate::pages::account::{AudienceForm, Figure, Tick};
use crate::pages::approvals::{Approvals, Waiting as Asked};
use crate::pages::frame::{Field, Mark, Section, Tone};
use crate::pages::governing::{
    Ahead, Beginning, Choice, Concerns, Floor, FloorForm, Forecast, Governance, Place, ProfileChoice,
    Profiles, RuleRow, Schedule, Schedules, Stands, WhatIf, WhatIfKind,
};
use crate::pages::help::{Exempt, Exemption, Help, InTheWay, RunningGrant, Stop, Ticket, Waiting};
use crate::pages::reports::Plot;

fn path() -> String {
    "/somewhere".to_owned()
}

pub(super) fn places(l: Language) -> Vec<Place> {
    vec![Place { title: "governance-title", href: path(), state: l.count("governance-guarded", 4) }]
}

pub(super) fn help(l: Language) -> Help {
    Help {
        state: Mark::new(Tone::Warn, "state-pending"),
        why: l.say("rule-policy-requires"),
        obstacles: [
            ("obstacle-hard-cap", "event-LockedOut"),
            ("obstacle-ticket-needed", "event-TwoFactorReset"),
        ]
        .map(|(rule, event)| InTheWay {
            rule: l.say(rule),
            fix: l.say(&format!("{rule}-fix")),
            event: Some((l.say(event), 4711, when("2026-02-11T14:03:22Z"), path())),
        })
        .to_vec(),
        waiting: Some(Waiting {
            by: "Jiho Park".into(),
            since: when("2026-02-11T14:03:22Z"),
            due: when("2026-02-14T14:03:22Z"),
            reason: "Lost <script>".into(),
            stop: Some(Stop { action: path(), case: "rec_0".into(), href: path() }),
        }),
        frozen: Some(when("2026-02-11T14:03:22Z")),
        opens: Some(when("2026-02-14T14:03:22Z")),
        back: vec![l.with("frozen-goes-to", "a…@example.org"), l.say("frozen-disputed")],
        grant: Some(RunningGrant { until: when("2026-02-14T14:03:22Z"), unseen: true, stop: None }),
        tokens: vec![("A-4711 <spare>".into(), "stk_0".into())],
        withdraw: path(),
        exemption: Some(Exempt { id: "exm_0".into(), until: when("2026-02-14T14:03:22Z"), end: path() }),
        ticket: Some(when("2026-02-14T14:03:22Z")),
        asked: vec![l.say("value-reset-owner")],
        approvals: path(),
        ways: [
            "help-unlock",
            "help-ticket",
            "help-exempt",
            "freeze-somebody",
            "unfreeze-somebody",
            "help-reset",
        ]
        .map(|key| (path(), key, key == "help-reset"))
        .to_vec(),
    }
}

fn form(l: Language) -> AudienceForm {
    AudienceForm {
        key: "team",
        title: "policy-members",
        action: path(),
        required: true,
        affected: String::new(),
        meant: vec![Tick {
            name: "role_owner".into(),
            label: l.say("role-owner"),
            hint: String::new(),
            on: true,
        }],
        figures: vec![Figure {
            id: "team-trust_days".into(),
            name: "trust_days",
            label: "policy-trust",
            hint: l.count("policy-trust-hint", 30),
            field: Field { value: "400".into(), error: l.with_two("policy-range", 0, 365) },
        }],
        choices: vec![],
        password_api: "off".into(),
        password_until: Field::wrong(l.say("policy-number")),
        scheduled: None,
        what_if: path(),
    }
}

fn what_if(l: Language) -> WhatIf {
    let plot = Plot {
        title: l.say("what-if-plot"),
        about: l.say("plot-about"),
        ends: ("2026-05-31".into(), "2026-06-30".into()),
        ..Plot::default()
    };
    WhatIf {
        f: inside(l, Section::Policy),
        back: path(),
        audience: "policy-members",
        changes: vec![format!("{}: 30 → 0", l.say("policy-trust"))],
        save: path(),
        hidden: vec![("trust_days".into(), "0".into())],
        spans: vec![(7, path(), false), (30, path(), true)],
        from: when("2026-05-31"),
        to: when("2026-06-30"),
        position: 4711,
        sign_ins: (240, 197),
        kinds: vec![WhatIfKind {
            words: l.say("what-if-extra-prompts"),
            events: 43,
            people: 12,
            first: vec![("Ada <b>".into(), path(), 3)],
            more: 11,
        }],
        plot: plot.of_more_and_fewer(&[(0, 0), (12, 0), (7, 3), (24, 1)]),
        days: vec![("2026-06-01".into(), [20, 12, 0, 1, 0, 1])],
        untold: vec![(43, l.say("what-if-supposed-answered"))],
    }
}

pub(super) fn pages(l: Language) -> Vec<(&'static str, String)> {
    let f = || inside(l, Section::Policy).waiting(2);
    let ahead = |key, scheduled| Ahead { key, title: "policy-members", scheduled, schedule: path() };
    let beginning = Beginning {
        at: when("2026-12-01T00:00:00Z"),
        changes: vec!["480 → 60".into()],
        pending: vec![format!("{}: 12", l.say("role-agent"))],
        forecast: path(),
        withdraw: path(),
    };
    let rule = |meets| RuleRow {
        rule: "profile-rule-idle-minutes".into(),
        source: "NIST SP 800-63B-4 §2.2.3".into(),
        wanted: l.count("profile-at-most", 60),
        stands: vec![Stands { audience: "policy-members", value: "480".into(), meets }],
    };
    let rows = vec![Asked {
        act: l.say("value-change-governance"),
        particulars: vec!["a → b".into()],
        own: true,
        subject: String::new(),
        by: "Ada Okafor".into(),
        since: when("2026-02-11T14:03:22Z"),
        reason: "Because".into(),
        from: Some(when("2026-02-14T14:03:22Z")),
        until: when("2026-02-21T14:03:22Z"),
        stands: true,
        approve: path(),
        carry_out: String::new(),
        cancel: path(),
    }];
    vec![
        (
            "governance",
            Governance {
                f: f(),
                version: 3,
                action: path(),
                back: path(),
                may_change: true,
                concerns: Concerns {
                    admins: l.count("concerns-admins", 3),
                    owners: l.count("concerns-owners", 2),
                    team: l.count("concerns-team", 40),
                },
                admins_may_switch: false,
                chosen: true,
                acts: [("erase", false), ("help-owner", true)]
                    .map(|(act, fixed)| Choice {
                        name: format!("guard_{act}"),
                        key: format!("guarded-{act}"),
                        on: true,
                        fixed,
                    })
                    .into(),
                now: l.say("guarded-erase"),
                team_may_waive_both: false,
                issuers_see_codes: true,
                repair_wait_hours: Field::wrong(l.with_two("policy-range", 4, 72)),
                repair_wait_hint: l.with_two("governance-repair-hint", 4, 72),
                then: long_ago(),
                reason: Field::wrong(l.say("governance-reason-wrong")),
            }
            .render(),
        ),
        (
            "floor",
            Floor {
                f: f(),
                version: 3,
                back: path(),
                may_change: true,
                concerns: l.count("concerns-admins", 0),
                floors: vec![FloorForm {
                    form: form(l),
                    set: true,
                    looser: vec![l.say("policy-trust")],
                    remove: path(),
                }],
                then: long_ago(),
            }
            .render(),
        ),
        (
            "profile",
            Profiles {
                f: f(),
                action: path(),
                back: path(),
                may_choose: true,
                none: false,
                profiles: vec![ProfileChoice {
                    name: "nist-aal2",
                    title: "profile-nist-aal2".into(),
                    chosen: true,
                    meets: l.with_two("profile-meets", 9, 16),
                    href: path(),
                }],
                shown: l.say("profile-nist-aal2"),
                rules: vec![rule(true), rule(false)],
                then: long_ago(),
            }
            .render(),
        ),
        (
            "schedules",
            Schedules {
                f: f(),
                back: path(),
                audiences: vec![ahead("team", Some(beginning)), ahead("end-users", None)],
                then: long_ago(),
            }
            .render(),
        ),
        (
            "schedule",
            Schedule {
                f: f(),
                version: 3,
                days: ("2026-03-01".into(), "2027-03-01".into()),
                begins: Field::wrong(l.with_two("schedule-begins-wrong", "2026-03-01", "2027-03-01")),
                form: form(l),
                cancel: path(),
            }
            .render(),
        ),
        (
            "forecast",
            Forecast {
                f: f(),
                back: path(),
                on: Field::wrong(l.say("forecast-past")),
                today: "2026-03-01".into(),
                at: when("2026-03-01T00:00:00Z"),
                policy: vec![l.say("in-force-required")],
                counts: vec![("agent", 2)],
                rows: vec![("Lucía".into(), "lucia@example.org".into(), "agent", path())],
                next: "?after=x".into(),
                then: long_ago(),
            }
            .render(),
        ),
        ("what_if", what_if(l).render()),
        (
            "exempt",
            Exemption {
                f: f(),
                subject: "Grace <b>Wrong".into(),
                effects: vec![l.say("effect-exempt")],
                action: path(),
                cancel: path(),
                spans: vec![(24, l.count("days", 1), true)],
                reason: Field::wrong(l.say("reason-wrong")),
            }
            .render(),
        ),
        (
            "ticket",
            Ticket {
                f: f(),
                subject: "Grace".into(),
                code: "ABCD-EFGH-JKMN-PQRS".into(),
                expires: when("2026-03-02T00:00:00Z"),
                back: path(),
            }
            .render(),
        ),
        ("approvals", Approvals { f: f(), then: long_ago(), rows }.render()),
    ]
    .into_iter()
    .map(|(name, text)| (name, text.unwrap()))
    .collect()
}
