//! The pages of a frozen sign-in, and of the operator inside an account.

use askama::Template;

use super::{bare, inside, when};
use crate::pages::Language;
use crate::pages::account::Tick;
use crate::pages::frame::{Field, Section};
use crate::pages::freeze::{Frozen, FrozenAsk, NotMe, Thaw};
use crate::pages::operator::{Grant, Operator};

fn path() -> String {
    "/somewhere".to_owned()
}

fn thaw(l: Language, takes_factor: bool, wait: String) -> askama::Result<String> {
    Thaw {
        f: bare(l),
        action: path(),
        name: "Ada Okafor".into(),
        email: "ada@example.org".into(),
        expires: when("2026-03-01T12:30:00Z"),
        takes_factor,
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
    };
    let not_me = NotMe { f: bare(l), action: path(), name: "Ada Okafor".into(), cancel: path() };
    let ask = FrozenAsk { f: bare(l), action: path(), back: path(), email: Field::default() };
    [
        ("not_me", not_me.render()),
        ("frozen", Frozen { f: bare(l), recent, again: path() }.render()),
        ("frozen_ask", ask.render()),
        ("thaw", thaw(l, true, path())),
        ("thaw_waits", thaw(l, true, String::new())),
        ("thaw_open", thaw(l, false, String::new())),
        ("operator", operator.render()),
    ]
    .map(|(name, page)| (name, page.unwrap()))
    .to_vec()
}
