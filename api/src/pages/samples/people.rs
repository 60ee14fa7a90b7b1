//! The pages about people, programs, settings, and a sandbox's clock.

use askama::Template;

use super::{governing, inside, long_ago, when};
use crate::pages::Language;
use crate::pages::account::Tick;
use crate::pages::frame::{Field, Mark, Section, Tone};
use crate::pages::people::{
    Choice, Group, Groups, Import, ImportRow, Imported, Invite, People, Person, PersonRow, Profile,
};
use crate::pages::programs::{
    InUse, NewToken, PasswordUser, Program, ProgramRow, Programs, Scope, Token, TokenShown,
};
use crate::pages::settings::{Clock, Settings};
use crate::pages::sign_ins::{Reason, SignIn, SignIns, WhyAsked};

const ENABLED: Mark = Mark::new(Tone::Good, "state-enabled");

fn path() -> String {
    "/somewhere".to_owned()
}

fn choice(value: &str, text: &str, chosen: bool) -> Choice {
    Choice { value: value.into(), text: text.into(), chosen }
}

fn list(l: Language) -> People {
    let row = |(name, role): (&str, &'static str)| PersonRow {
        name: name.into(),
        email: "someone@example.org".into(),
        role,
        state: ENABLED,
        why: l.say("rule-has-factor"),
        groups: "Night shift, Service <desk>".into(),
        manage: path(),
        href: path(),
        reset: path(),
        unlock: path(),
    };
    People {
        f: inside(l, Section::People),
        query: "a\"b".into(),
        roles: vec![choice("owner", &l.say("role-owner"), true)],
        states: vec![choice("enabled", &l.say("state-enabled"), false)],
        groups: vec![choice("grp_0", "Night shift", true)],
        filtered: true,
        rows: [("Ada Okafor", "owner"), ("Max Brandt", "agent")].map(row).to_vec(),
        next: "?cursor=x".into(),
        invite: path(),
        import: path(),
        all_groups: path(),
        stock: path(),
        then: long_ago().keeping([("q", "a\"b")]),
    }
}

fn person(l: Language) -> Person {
    Person {
        f: inside(l, Section::People),
        then: long_ago(),
        action: path(),
        back: path(),
        called: "Grace Hopper".into(),
        address: "grace@example.org".into(),
        role: "agent",
        facts: vec![l.say("unverified"), l.say("fact-password-claimed"), l.say("fact-factor-claimed")],
        edits: true,
        person: Field::of("Grace Hopper"),
        languages: vec![("en", "English", true)],
        groups: vec![choice("group_0", "Night shift", true), choice("group_1", "Day <shift>", false)],
        groups_wrong: l.count("groups-too-many", 20),
        in_groups: "Night shift".into(),
        email: Field::wrong(l.say("email-wrong")),
        takes_two: true,
        why_email: Field::wrong(l.say("reason-wrong")),
        why_link: Field::default(),
        email_asked: "g.hopper@example.org".into(),
        roles: vec![("agent", true), ("auditor", false)],
        make_owner: path(),
        transfer: path(),
        providers: vec!["google".into()],
        provider: Field::wrong(l.say("provider-wrong")),
        subject: Field::of("1143"),
        invites: true,
        role_takes_two: false,
        why: Field::default(),
        deactivates: true,
        reactivates: true,
        reason: Field::default(),
        help: governing::help(l),
        messages: path(),
        erase: path(),
    }
}

fn imported(l: Language, done: bool) -> Imported {
    let row = |line, name: &str, mark: Mark, says: Vec<String>| ImportRow {
        line,
        name: name.into(),
        email: if name.is_empty() { String::new() } else { "someone@example.org".into() },
        role: if name.is_empty() { "" } else { "agent" },
        wrong: mark.tone == Tone::Bad,
        mark,
        says,
    };
    let (new, wrong) = (Mark::new(Tone::Good, "import-new"), Mark::new(Tone::Bad, "import-wrong"));
    Imported {
        f: inside(l, Section::People),
        done,
        counts: vec![(1, new.clone()), (1, wrong.clone())],
        rows: vec![
            row(2, "Grace", new, vec![l.with("import-provider", "google"), l.say("import-password")]),
            row(3, "", wrong, vec![format!("email: {}", l.say("import-flaw-email"))]),
        ],
        more: 3,
        action: if done { String::new() } else { path() },
        table: "c2VhbGVk".into(),
        new: 1,
        again: path(),
        back: path(),
    }
}

pub(super) fn pages(l: Language) -> Vec<(&'static str, String)> {
    vec![
        ("people", list(l).render()),
        ("person", person(l).render()),
        (
            "invite",
            Invite {
                f: inside(l, Section::People),
                action: path(),
                cancel: path(),
                person: Field::of("Ada"),
                email: Field::wrong(l.say("email-taken")),
                roles: vec![("agent", true), ("end_user", false)],
                languages: vec![("en", "English", true)],
            }
            .render(),
        ),
        (
            "groups",
            Groups {
                f: inside(l, Section::People),
                back: path(),
                make: path(),
                naming: Field::wrong(l.say("group-name-taken")),
                rows: vec![("Night <shift>".into(), 0, path()), ("Service desk".into(), 1, path())],
                then: long_ago(),
            }
            .render(),
        ),
        (
            "group",
            Group {
                f: inside(l, Section::People),
                back: path(),
                called: "Night <shift>".into(),
                rename: path(),
                naming: Field::of("Night <shift>"),
                delete: path(),
                in_policy: true,
                people: 60,
                members: vec![("Ada Okafor".into(), "ada@example.org".into(), "owner", path())],
                more: path(),
                then: long_ago(),
            }
            .render(),
        ),
        (
            "import",
            Import {
                f: inside(l, Section::People),
                action: path(),
                cancel: path(),
                wrong: l.say("import-nothing"),
            }
            .render(),
        ),
        ("import_check", imported(l, false).render()),
        ("import_done", imported(l, true).render()),
        (
            "profile",
            Profile {
                f: inside(l, Section::Profile),
                action: path(),
                person: Field::of("Ada Okafor"),
                languages: vec![("en", "English", true)],
                address: "ada@example.org".into(),
                email: Field::wrong(l.say("email-wrong")),
                email_waits: Some(when("2026-03-02T12:00:00Z")),
                password: true,
                groups: "Night shift".into(),
                tokens: path(),
                security: path(),
            }
            .render(),
        ),
    ]
    .into_iter()
    .map(|(name, text)| (name, text.unwrap()))
    .collect()
}

fn token(l: Language, name: &str) -> Token {
    Token {
        name: name.into(),
        scopes: vec![l.say("value-read-status"), l.say("value-export")],
        issued: when("2026-02-01T10:00:00Z"),
        ends: Some(when("2026-05-02T10:00:00Z")),
        used: Some(when("2026-03-01T09:00:00Z")),
        used_by: "curl".into(),
        end: path(),
    }
}

pub(super) fn programs(l: Language) -> Vec<(&'static str, String)> {
    let f = || inside(l, Section::Programs);
    let scope = Scope {
        choice: choice("scope_export", &l.say("value-export"), true),
        hint: l.say("scope-export-hint"),
    };
    let user = PasswordUser {
        name: "Max Brandt".into(),
        href: path(),
        role: "agent",
        agent: "old-sync/1.2 <x>".into(),
        used: when("2026-03-01T09:00:00Z"),
        outcome: Mark::new(Tone::Warn, "value-warned"),
        says: vec![l.say("password-now-ending"), l.with("password-breaks-at", "2026-04-01")],
    };
    let tick = |name: &str, label: String, hint: String| Tick { name: name.into(), label, hint, on: true };
    let notice = tick("notice_locked_out", l.say("notice-locked-out"), l.say("notice-locked-out-hint"));
    vec![
        (
            "programs",
            Programs {
                f: f(),
                own: true,
                tokens: vec![token(l, "Nightly export")],
                issue: path(),
                sees: true,
                programs: vec![ProgramRow {
                    name: "Help <desk>".into(),
                    tokens: 2,
                    used: None,
                    href: path(),
                }],
                register: path(),
                naming: Field::wrong(l.say("program-name-taken")),
                in_use: path(),
                then: long_ago(),
            }
            .render(),
        ),
        (
            "program",
            Program {
                f: f(),
                back: path(),
                called: "Help <desk>".into(),
                tokens: vec![token(l, "")],
                issue: path(),
                remove: path(),
                then: long_ago(),
            }
            .render(),
        ),
        (
            "new_token",
            NewToken {
                f: f(),
                program: String::new(),
                action: path(),
                cancel: path(),
                naming: Field::wrong(l.say("name-wrong")),
                scopes: vec![scope],
                scopes_wrong: l.say("token-no-scope"),
                days: Field::wrong(l.with_two("token-days-wrong", 1, 365)),
                days_hint: l.count("token-days-hint", 90),
            }
            .render(),
        ),
        (
            "token_shown",
            TokenShown {
                f: f(),
                token: "tfa_AZqo3EgAcAC8".into(),
                ends: when("2026-05-02T10:00:00Z"),
                back: path(),
            }
            .render(),
        ),
        (
            "in_use",
            InUse {
                f: f(),
                back: path(),
                passwords: vec![user],
                breaks: 1,
                tokens: vec![("Ada Okafor".into(), token(l, "Nightly export"))],
                more: true,
                then: long_ago(),
            }
            .render(),
        ),
        (
            "settings",
            Settings {
                f: inside(l, Section::Settings),
                action: path(),
                version: 12,
                may_change: true,
                naming: Field::wrong(l.say("account-name-taken")),
                slug: "acme".into(),
                logo: path(),
                logo_wrong: l.say("logo-wrong"),
                languages: vec![tick("language_en", "English".into(), String::new())],
                first_language: vec![("en", "English", true), ("ko", "한국어", false)],
                time_zone: Field::wrong(l.say("time-zone-wrong")),
                zones: vec!["Asia/Seoul".to_owned(), "Europe/Madrid".to_owned()],
                help: Field::of("https://help.example.org"),
                notices: vec![notice],
                then: long_ago(),
            }
            .render(),
        ),
        (
            "clock",
            Clock {
                f: inside(l, Section::Clock).sandbox(Some("2027-01-31T08:15:00Z".parse().unwrap())),
                action: path(),
                now: when("2027-01-31T08:15:00Z"),
                day: Field::wrong(l.say("clock-backwards")),
                time: Field::of("08:15"),
                latest: "2036-03-10".into(),
            }
            .render(),
        ),
        (
            "sign_ins",
            SignIns {
                f: inside(l, Section::Own),
                called: "Jiho Park".into(),
                rows: vec![SignIn {
                    device: "Firefox · Windows".into(),
                    at: when("2026-02-27T07:58:00Z"),
                    decision: l.say("value-challenge"),
                    reasons: l.say("value-trust-ended"),
                    why: path(),
                }],
                back: path(),
                then: long_ago(),
            }
            .render(),
        ),
        (
            "why_asked",
            WhyAsked {
                f: inside(l, Section::Own),
                called: String::new(),
                device: "Firefox · Windows".into(),
                at: when("2026-02-27T07:58:00Z"),
                decision: l.say("value-challenge"),
                method: l.say("value-otp"),
                reasons: vec![
                    Reason { words: l.say("value-enrolled"), event: Some((17, path())) },
                    Reason { words: l.say("value-trust-ended"), event: Some((4711, String::new())) },
                ],
                policy: None,
                back: path(),
            }
            .render(),
        ),
    ]
    .into_iter()
    .map(|(name, text)| (name, text.unwrap()))
    .collect()
}
