//! The pages of a frozen sign-in, and of the operator inside an account.

use askama::Template;

use super::{bare, inside, long_ago, when};
use crate::pages::Language;
use crate::pages::account::Tick;
use crate::pages::entry::{CodeField, Key, TextWay};
use crate::pages::frame::{Field, Section};
use crate::pages::freeze::{Frozen, FrozenAsk, NotMe, Thaw};
use crate::pages::operator::{Grant, Operator};

fn path() -> String {
    "/somewhere".to_owned()
}

/// What the way back asks for.
enum Asks {
    Nothing,
    AppOrKey,
    Text,
    RecoveryCode,
    WhatTheyLack,
}

fn thaw(l: Language, asks: &Asks, wait: String) -> askama::Result<String> {
    let takes_factor = !matches!(asks, Asks::Nothing);
    let has_factor = !matches!(asks, Asks::WhatTheyLack);
    let number = || TextWay {
        number: "••56".into(),
        send: path(),
        hidden: vec![("with", "fac_1".into())],
        sent: true,
        state: l.say("texts-sent"),
        bad: false,
    };
    let app = || CodeField { label: l.say("app-code"), hint: l.say("app-code-hint") };
    let key = || Key { way: "get", options: "{}".into(), state: "s".into(), wrong: l.say("key-wrong") };
    Thaw {
        f: bare(l),
        action: path(),
        name: "Ada Okafor".into(),
        email: "ada@example.org".into(),
        expires: when("2026-03-01T12:30:00Z"),
        sets_password: has_factor || !takes_factor,
        takes_factor,
        has_factor,
        with: String::new(),
        recovery: matches!(asks, Asks::RecoveryCode),
        text: matches!(asks, Asks::Text).then(number),
        codes: matches!(asks, Asks::AppOrKey).then(app),
        key: matches!(asks, Asks::AppOrKey).then(key),
        key_names: "“Titan <1>”".into(),
        others: vec![(path(), l.say("use-recovery-code"))],
        code: Field::wrong(l.say("code-wrong")),
        password: Field::default(),
        shortest: 8,
        from: (takes_factor && wait.is_empty()).then(|| when("2026-03-04T12:30:00Z")),
        wait,
    }
    .render()
}

pub(super) fn pages(l: Language) -> Vec<(&'static str, String)> {
    let recent = vec![
        (l.say("event-PasswordSet"), String::new(), when("2026-02-11T14:03:22Z")),
        (l.say("event-DeviceTrusted"), "<script>".to_owned(), when("2026-02-11T14:02:22Z")),
    ];
    let gave = vec![(l.say("event-OperatorGranted"), when("2026-02-11T14:01:22Z"))];
    let grant = Grant {
        scopes: vec![l.say("operator-scope-unlock")],
        by: "Ada Okafor".into(),
        since: when("2026-02-11T14:03:22Z"),
        until: when("2026-02-11T18:03:22Z"),
        reason: "Locked <out>".into(),
        end: path(),
    };
    let scope = Tick {
        name: "scope_link".into(),
        label: l.say("operator-scope-link"),
        hint: String::new(),
        on: true,
    };
    let operator = Operator {
        f: inside(l, Section::Policy),
        grants: vec![grant],
        action: path(),
        takes: l.say("takes-second-owner"),
        scopes: vec![scope],
        wrong: l.say("operator-wrong"),
        hours: Field::of("4".to_owned()),
        reason: Field::default(),
        acts: vec![(l.say("value-admin-unlock"), when("2026-02-11T14:03:22Z"))],
        then: long_ago(),
    };
    let not_me = NotMe { f: bare(l), action: path(), name: "Ada Okafor".into(), cancel: path() };
    let ask = FrozenAsk { f: bare(l), action: path(), back: path(), email: Field::default() };
    [
        ("not_me", not_me.render()),
        ("frozen", Frozen { f: bare(l), recent, gave, again: path() }.render()),
        ("frozen_ask", ask.render()),
        ("thaw", thaw(l, &Asks::AppOrKey, path())),
        ("thaw_text", thaw(l, &Asks::Text, path())),
        ("thaw_waits", thaw(l, &Asks::RecoveryCode, String::new())),
        ("thaw_nothing", thaw(l, &Asks::WhatTheyLack, path())),
        ("thaw_open", thaw(l, &Asks::Nothing, String::new())),
        ("operator", operator.render()),
    ]
    .map(|(name, page)| (name, page.unwrap()))
    .to_vec()
}
