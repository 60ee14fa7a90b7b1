//! One's own security.

use askama::Template;

use super::entry::{answers, text_way};
use super::{inside, key, long_ago, when};
use crate::pages::Language;
use crate::pages::frame::{Field, Section};
use crate::pages::own::{
    Device, DevicesOf, Factor, OwnFactor, Places, Security, Session, SwitchOff, TokenBegin, TokenConfirm,
};

pub(super) fn pages(l: Language) -> Vec<(&'static str, String)> {
    let f = inside(l, Section::People);
    let (then, back) = (long_ago(), "/somewhere".into());
    let of = DevicesOf { f, called: "Jiho Park".into(), places: places(), back, then };
    vec![
        ("security", own(l)),
        ("switch_off", switch_off(l)),
        ("devices_of", of.render().unwrap()),
        ("own_factor", own_factor(l)),
        ("token_begin", token_begin(l)),
        ("token_confirm", token_confirm(l)),
    ]
}

fn path() -> String {
    "/somewhere".to_owned()
}

fn own_factor(l: Language) -> String {
    OwnFactor {
        f: inside(l, Section::Own),
        factor: Factor {
            name: "Card <spare>".into(),
            kind: "factor-token",
            number: String::new(),
            since: when("2025-04-02T09:12:00Z"),
            last_used: None,
            first: false,
            change: path(),
        },
        serial: "A-4711 <b>".into(),
        called: Field::wrong(l.say("name-wrong")),
        action: path(),
        prefer: path(),
        remove: path(),
        back: path(),
    }
    .render()
    .unwrap()
}

fn token_begin(l: Language) -> String {
    TokenBegin {
        f: inside(l, Section::Own),
        action: path(),
        called: Field::of("Card"),
        handed: vec![("stk_0".into(), "A-4711 <spare>".into(), true)],
        by_seed: false,
        seed: Field::wrong(l.say("token-seed-wrong")),
        algorithms: vec![("SHA1", true), ("SHA256", false)],
        digits: vec![(6, true), (8, false)],
        moves: vec![("clock-30", "token-clock-30", true), ("counter", "token-button", false)],
        counter: Field::default(),
        mailed_to: "a••@example.org".into(),
        back: path(),
    }
    .render()
    .unwrap()
}

fn token_confirm(l: Language) -> String {
    TokenConfirm {
        f: inside(l, Section::Own),
        action: path(),
        required: false,
        factor: "fac_0".into(),
        anew: path(),
        cancel: path(),
        code: Field::default(),
        mailed: None,
    }
    .render()
    .unwrap()
}

fn places() -> Places {
    let path = || "/somewhere".to_owned();
    let (early, late) = (when("2025-04-02T09:12:00Z"), when("2026-03-01T08:40:00Z"));
    Places {
        devices: vec![
            Device {
                name: "Firefox, Debian".into(),
                this: true,
                trusted_until: Some(when("2026-03-28T10:00:00Z")),
                last_seen: late.clone(),
                revoke: path(),
                lost: path(),
            },
            Device {
                name: "Safari, iPhone".into(),
                this: false,
                trusted_until: None,
                last_seen: early.clone(),
                revoke: path(),
                lost: path(),
            },
        ],
        sessions: vec![
            Session {
                device: "Firefox, Debian".into(),
                this: true,
                by: "by-code",
                field: "session_1".into(),
                since: late.clone(),
                ends: when("2026-03-15T08:40:00Z"),
                end: path(),
            },
            Session {
                device: "Safari, iPhone".into(),
                this: false,
                by: "by-trust",
                field: "session_2".into(),
                since: early,
                ends: late,
                end: path(),
            },
        ],
        end_chosen: path(),
        end_others: path(),
        end_all: path(),
    }
}

fn own(l: Language) -> String {
    let path = || "/somewhere".to_owned();
    let (early, late) = (when("2025-04-02T09:12:00Z"), when("2026-03-01T08:40:00Z"));
    Security {
        waiting: Some((late.clone(), path(), "reset-waiting-own")),
        granted: Some((late.clone(), "rec_0".into(), path())),
        repair: path(),
        f: inside(l, Section::Own),
        required: true,
        factors: vec![
            Factor {
                name: "Phone".into(),
                kind: "factor-totp",
                number: String::new(),
                since: early.clone(),
                last_used: Some(late.clone()),
                first: true,
                change: path(),
            },
            Factor {
                name: "Tablet <spare>".into(),
                kind: "factor-totp",
                number: String::new(),
                since: early.clone(),
                last_used: None,
                first: true,
                change: path(),
            },
        ],
        exempt: None,
        enrol: path(),
        switch_off: String::new(),
        codes_left: Some(7),
        new_codes: path(),
        places: places(),
        then: long_ago(),
    }
    .render()
    .unwrap()
}

fn switch_off(l: Language) -> String {
    let (action, cancel) = ("/somewhere".to_owned(), "/somewhere".to_owned());
    let f = inside(l, Section::Own);
    let (texts, answers) = (vec![text_way(l)], answers(l));
    let (password, code) = (Field::default(), Field::default());
    SwitchOff { f, action, cancel, texts, answers, password, code, key: Some(key("get")) }.render().unwrap()
}
