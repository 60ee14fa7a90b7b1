//! Ways back in, and the stock of hardware tokens.

use askama::Template;

use super::{inside, long_ago, when};
use crate::pages::Language;
use crate::pages::account::Tick;
use crate::pages::frame::{Field, Mark, Section, Tone};
use crate::pages::people::Choice;
use crate::pages::recovery::{
    AskedFor, Bare, Case, CaseRow, Event, Fact, Grant, Granted, Recoveries, Repair,
};
use crate::pages::stock::{Stock, StockAssign, StockImport, StockRow};

const ORPHAN: Mark = Mark::new(Tone::Bad, "orphan-never-used");

fn path() -> String {
    "/somewhere".to_owned()
}

fn list(l: Language) -> Recoveries {
    Recoveries {
        f: inside(l, Section::Recovery),
        stages: vec![Choice { value: "waiting".into(), text: l.say("stage-waiting"), chosen: true }],
        asked: vec![AskedFor {
            act: l.say("value-grant-owner-recovery"),
            subject: "Ada Okafor".into(),
            by: "Max Brandt".into(),
            until: when("2026-03-08T12:00:00Z"),
        }],
        approvals: path(),
        orphans: l.count("recovery-orphans", 1),
        rows: vec![CaseRow {
            name: "Lucía <spare>".into(),
            route: l.say("value-way-grant"),
            stage: Mark::new(Tone::Plain, "stage-expired"),
            orphan: Some(ORPHAN),
            at: when("2026-03-01T12:00:00Z"),
            by: "Max Brandt".into(),
            href: path(),
        }],
        next: path(),
        bare: vec![Bare {
            name: "Jiho Park".into(),
            href: path(),
            at: Some(when("2026-02-01T12:00:00Z")),
            by: "Max Brandt".into(),
            event: Some((411, path())),
            reenrolled: false,
        }],
        more: true,
        then: long_ago(),
    }
}

fn case(l: Language) -> Case {
    Case {
        f: inside(l, Section::Recovery),
        back: path(),
        name: "Lucía <spare>".into(),
        href: path(),
        route: l.say("value-way-grant"),
        stage: Mark::new(Tone::Plain, "stage-expired"),
        orphan: Some((ORPHAN, l.say("orphan-never-used-advice"))),
        facts: vec![
            ("recovery-asked", Fact::When(when("2026-03-01T12:00:00Z"), "Max <spare>".into())),
            ("recovery-approved", Fact::Who("Ada Okafor".into())),
            ("recovery-the-code", Fact::Words(l.say("told-handed-link"))),
        ],
        reason: "She <b>Wrong called".into(),
        events: vec![Event {
            number: (411, path()),
            at: when("2026-03-01T12:00:00Z"),
            what: l.say("event-RecoveryGranted"),
            particulars: vec![l.say("told-handed-link")],
            who: "Max Brandt".into(),
        }],
        id: "rec_0".into(),
        stop: path(),
        then: long_ago(),
    }
}

fn grant(l: Language) -> Grant {
    Grant {
        f: inside(l, Section::People),
        subject: "Lucía <spare>".into(),
        effects: vec![l.say("effect-grant")],
        action: path(),
        cancel: path(),
        spans: vec![(24, l.count("days", 1), true)],
        show: Some(Tick {
            name: "show_code".into(),
            label: l.say("grant-show"),
            hint: l.say("grant-show-hint"),
            on: false,
        }),
        reason: Field::wrong(l.say("reason-wrong")),
    }
}

fn granted(l: Language) -> Granted {
    Granted {
        f: inside(l, Section::People),
        subject: "Lucía <spare>".into(),
        code: "R-ABCD-EFGH-JKMN-PQRS".into(),
        expires: when("2026-03-01T12:00:00Z"),
        back: path(),
    }
}

fn repair(l: Language, mailed: bool) -> String {
    let (password, code) = (Field::wrong(l.say("password-wrong")), Field::default());
    let (f, wait) = (inside(l, Section::Own), l.count("hours", 24));
    Repair { f, action: path(), back: path(), wait, mailed, password, code }.render().unwrap()
}

fn stock(l: Language) -> Stock {
    let row = |(serial, holder): (&str, &str)| StockRow {
        serial: serial.into(),
        kind: format!("{} · {} · SHA-1", l.count("stock-clock", 30), l.count("stock-digits", 6)),
        holder: (holder.into(), path()),
        assign: if holder.is_empty() { path() } else { String::new() },
        withdraw: if holder.is_empty() { String::new() } else { path() },
        bound: false,
        token: "stk_0".into(),
    };
    Stock {
        f: inside(l, Section::People),
        import: path(),
        assign: path(),
        back: path(),
        came: l.count("stock-added", 3),
        counts: l.count("stock-bound", 3),
        then: long_ago(),
        rows: [("A-4711 <spare>", ""), ("A-4712", "Jiho Park")].map(row).to_vec(),
        next: path(),
    }
}

fn stock_import(l: Language) -> StockImport {
    StockImport {
        f: inside(l, Section::People),
        action: path(),
        back: path(),
        wrong: l.say("stock-no-file"),
        flaws: vec![(7, l.say("stock-flaw-key"), "key: is needed".into())],
        more: 2,
        found: vec![l.count("stock-found", 3)],
    }
}

fn stock_assign(l: Language) -> StockAssign {
    let f = inside(l, Section::People);
    let (serial, to) = (Field::wrong(l.say("stock-no-serial")), Field::of("a\"b"));
    StockAssign { f, action: path(), back: path(), serial, to }
}

pub(super) fn pages(l: Language) -> Vec<(&'static str, String)> {
    vec![
        ("recoveries", list(l).render().unwrap()),
        ("recovery_case", case(l).render().unwrap()),
        ("grant", grant(l).render().unwrap()),
        ("granted", granted(l).render().unwrap()),
        ("repair", repair(l, false)),
        ("repair_mailed", repair(l, true)),
        ("stock", stock(l).render().unwrap()),
        ("stock_import", stock_import(l).render().unwrap()),
        ("stock_assign", stock_assign(l).render().unwrap()),
    ]
}
