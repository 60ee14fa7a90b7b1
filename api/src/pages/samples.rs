//! Every page with sample data, rendered in every language. With `TWOFOLD_SAMPLES=<directory>` the pages
//! are written there, to be looked at in a browser.

use askama::Template;
use twofold_domain::time::Timestamp;

use super::entry::{
    Challenge, ConfirmAddress, Enrol, EnrolKey, EnrolPhone, EnrolStart, Forgot, Home, Key, Lost, Mailed,
    PhoneStart, Recover, RecoveryCodes, SetUp, SignIn, StepUp, TextWay,
};
use super::frame::{Account, Field, Frame, Section, Tone, When};
use super::other::{Error, Message, Outbox};
use super::own::{Device, DevicesOf, Factor, Places, Security, Session, SwitchOff};
use super::{Language, qr};
use crate::site::Site;

mod account;
mod freeze;
mod governing;
mod people;

const ALL_PLACES: [Section; 10] = [
    Section::Own,
    Section::People,
    Section::Status,
    Section::Policy,
    Section::Approvals,
    Section::Programs,
    Section::Log,
    Section::Settings,
    Section::Clock,
    Section::Profile,
];

fn key(way: &'static str) -> Key {
    Key { way, options: "{\"challenge\":\"AAAA\"}".into(), state: "sealed".into(), wrong: String::new() }
}

fn when(text: &str) -> When {
    When::from(text.parse::<Timestamp>().unwrap())
}

fn bare(language: Language) -> Frame {
    let mut site = Site::new("http://localhost:8420".parse().unwrap());
    site.demo = true;
    let mut frame = Frame::new(language, &site).account("Acme & Söhne", "acme");
    frame.help = Some("https://help.example.org".to_owned());
    frame
}

fn inside(language: Language, section: Section) -> Frame {
    bare(language).person("Ada Okafor", "owner", ALL_PLACES.to_vec()).section(section)
}

fn lost(l: Language, mailed: bool, due: Option<When>) -> askama::Result<String> {
    let (action, back) = ("/somewhere".to_owned(), "/somewhere".to_owned());
    let hidden = vec![("sign_in", "sin_0".to_owned())];
    Lost { f: bare(l), action, hidden, mailed, code: Field::default(), due, back }.render()
}

fn otpauth() -> String {
    "otpauth://totp/Twofold%20%28Acme%29:ada@example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Twofold%20%28Acme%29".to_owned()
}

fn entry(l: Language) -> Vec<(&'static str, String)> {
    let action = || "/somewhere".to_owned();
    let wrong = || Field::wrong("<b>Wrong</b> or expired code. 4 tries left.");
    vec![
        (
            "home",
            Home {
                f: bare(l),
                account: Field::default(),
                accounts: vec![Account { name: "Acme".into(), slug: "acme".into() }],
            }
            .render(),
        ),
        (
            "step_up",
            StepUp {
                f: inside(l, Section::Own),
                action: action(),
                next: "/a/acme/policy".into(),
                enrolled: true,
                text: Some(text_way(l)),
                enrol: action(),
                cancel: action(),
                code: wrong(),
                key: Some(key("get")),
            }
            .render(),
        ),
        (
            "enrol_start",
            EnrolStart {
                f: bare(l),
                action: action(),
                required: false,
                mailed_to: "a••@example.org".into(),
                called: Field::of("Phone"),
                app: true,
                key: true,
                phone: Some(PhoneStart { action: action(), number: wrong() }),
                cancel: action(),
            }
            .render(),
        ),
        (
            "set_up",
            SetUp {
                f: bare(l),
                action: action(),
                name: "Ada Okafor".into(),
                email: "ada@example.org".into(),
                expires: when("2026-03-01T12:30:00Z"),
                shortest: 8,
                again: false,
                password: Field::default(),
            }
            .render(),
        ),
        ("forgot", Forgot { f: bare(l), action: action(), back: action(), email: Field::default() }.render()),
        (
            "confirm_address",
            ConfirmAddress {
                f: bare(l),
                action: action(),
                name: "Ada Okafor".into(),
                email: "ada@example.org".into(),
                expires: when("2026-03-01T12:30:00Z"),
            }
            .render(),
        ),
        (
            "recover",
            Recover {
                f: bare(l),
                action: action(),
                name: "Ada Okafor".into(),
                email: "ada@example.org".into(),
                expires: when("2026-03-01T12:30:00Z"),
                code: String::new(),
                sign_in: action(),
            }
            .render(),
        ),
        (
            "recover_shown",
            Recover {
                f: bare(l),
                action: action(),
                name: "Ada Okafor".into(),
                email: "ada@example.org".into(),
                expires: when("2026-03-01T12:30:00Z"),
                code: "R-ABCD-EFGH-JKMN-PQRS".into(),
                sign_in: action(),
            }
            .render(),
        ),
        ("lost", lost(l, false, None)),
        ("lost_mailed", lost(l, true, None)),
        ("lost_waits", lost(l, false, Some(when("2026-03-04T12:30:00Z")))),
        (
            "sign_in",
            SignIn {
                f: bare(l).notice(Tone::Bad, "Sample notice"),
                action: action(),
                forgot: action(),
                next: "/a/acme/status".into(),
                email: Field::of("ada@example.org"),
                password: Field::default(),
                stay: true,
            }
            .render(),
        ),
        (
            "challenge",
            Challenge {
                f: bare(l),
                action: action(),
                hidden: vec![("sign_in", "sin_0".into())],
                recovery: false,
                text: None,
                app: true,
                key: Some(key("get")),
                others: vec![("?with=recovery-code".into(), "use-recovery-code")],
                code: wrong(),
                trust_days: Some(30),
                lost: "lost".into(),
                why: String::new(),
            }
            .render(),
        ),
        (
            "challenge_recovery",
            Challenge {
                f: bare(l),
                action: action(),
                hidden: vec![],
                recovery: true,
                text: None,
                app: false,
                key: None,
                others: vec![("?".into(), "use-app"), ("?with=key".into(), "use-key")],
                code: Field::default(),
                trust_days: None,
                lost: "lost".into(),
                why: String::new(),
            }
            .render(),
        ),
        (
            "enrol_key",
            EnrolKey {
                f: bare(l),
                action: action(),
                required: false,
                factor: "fac_0".into(),
                anew: action(),
                cancel: action(),
                key: Key { wrong: l.say("key-wrong"), ..key("create") },
                mailed: None,
            }
            .render(),
        ),
        (
            "challenge_text",
            Challenge {
                f: bare(l),
                action: action(),
                hidden: vec![("sign_in", "sin_0".into())],
                recovery: false,
                text: Some(text_way(l)),
                app: false,
                key: None,
                others: vec![("?with=recovery-code".into(), "use-recovery-code")],
                code: Field::default(),
                trust_days: None,
                lost: "lost".into(),
                why: String::new(),
            }
            .render(),
        ),
        (
            "enrol_phone",
            EnrolPhone {
                f: bare(l),
                action: action(),
                required: true,
                factor: "fac_0".into(),
                text: text_way(l),
                anew: action(),
                cancel: String::new(),
                code: wrong(),
                mailed: None,
            }
            .render(),
        ),
        (
            "enrol",
            Enrol {
                f: bare(l),
                action: action(),
                required: true,
                factor: "fac_0".into(),
                anew: action(),
                cancel: String::new(),
                qr: qr::svg(&otpauth(), &l.say("qr-label")).unwrap(),
                key: ["JBSW", "Y3DP", "EHPK", "3PXP", "JBSW", "Y3DP", "EHPK", "3PXP"]
                    .map(String::from)
                    .to_vec(),
                otpauth: otpauth(),
                code: Field::default(),
                mailed: Some(Mailed {
                    mode: "numeric",
                    to: "a••@example.org".into(),
                    expires: Some(when("2026-03-01T12:10:00Z")),
                    code: Field::default(),
                    again: action(),
                }),
            }
            .render(),
        ),
        (
            "recovery_codes",
            RecoveryCodes {
                f: bare(l),
                action: action(),
                made: when("2026-03-01T12:00:00Z"),
                codes: (0..10).map(|n| format!("k7{n}q-4hxw-m2v9-t8dz")).collect(),
            }
            .render(),
        ),
    ]
    .into_iter()
    .map(|(name, text)| (name, text.unwrap()))
    .collect()
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
        waiting: None,
        f: inside(l, Section::Own),
        required: true,
        factors: vec![
            Factor {
                name: "Phone".into(),
                kind: "factor-totp",
                number: String::new(),
                since: early.clone(),
                last_used: Some(late.clone()),
                remove: path(),
            },
            Factor {
                name: "Tablet <spare>".into(),
                kind: "factor-totp",
                number: String::new(),
                since: early.clone(),
                last_used: None,
                remove: path(),
            },
        ],
        enrol: path(),
        switch_off: String::new(),
        codes_left: Some(7),
        new_codes: path(),
        places: places(),
    }
    .render()
    .unwrap()
}

fn switch_off(l: Language) -> String {
    let (action, cancel) = ("/somewhere".to_owned(), "/somewhere".to_owned());
    let f = inside(l, Section::Own);
    let text = Some(text_way(l));
    let (password, code) = (Field::default(), Field::default());
    SwitchOff { f, action, cancel, text, password, code, key: Some(key("get")) }.render().unwrap()
}

fn text_way(l: Language) -> TextWay {
    TextWay {
        number: "••56".into(),
        send: "/somewhere".into(),
        hidden: vec![("sign_in", "sin_0".into())],
        sent: true,
        state: l.say("texts-queued"),
        bad: false,
    }
}

fn other(l: Language) -> Vec<(&'static str, String)> {
    let messages = vec![Message {
        to: "ada@example.org".into(),
        channel: "mail",
        at: when("2026-03-01T12:00:00Z"),
        subject: "Your code".into(),
        text: "Twofold (Acme): 204 118 is your code.".into(),
        code: "204 118".into(),
        link: "http://localhost:8420/setup/x".into(),
    }];
    vec![
        ("outbox", Outbox { f: bare(l), messages }.render().unwrap()),
        (
            "error",
            Error {
                f: bare(l),
                status: 404,
                title: l.say("error-gone"),
                advice: l.say("error-gone-advice"),
                request_id: "req_0".into(),
            }
            .render()
            .unwrap(),
        ),
    ]
}

fn all(l: Language) -> Vec<(&'static str, String)> {
    let f = inside(l, Section::People);
    let of = DevicesOf { f, called: "Jiho Park".into(), places: places(), back: "/somewhere".into() };
    let devices = ("devices_of", of.render().unwrap());
    let own = vec![("security", own(l)), ("switch_off", switch_off(l)), devices];
    let people = [people::pages(l), people::programs(l)].concat();
    [entry(l), own, account::pages(l), governing::pages(l), freeze::pages(l), people, other(l)].concat()
}

#[test]
fn every_page_renders_in_every_language_without_inline_code() {
    for language in Language::ALL {
        for (name, page) in all(language) {
            let place = format!("{name} in {}", language.tag());
            assert!(page.contains(&format!("<html lang=\"{}\">", language.tag())), "{place}");
            // The one script there is asks a key, and stands where there is one to ask.
            let script = format!("<script src=\"{}\" defer></script>", bare(language).key_script());
            let unscripted = page.replacen(&script, "", page.matches("data-key=").count());
            for forbidden in
                ["<script", "style=", "onclick", "javascript:", "<b>Wrong", "<spare>", "{ $", "src=\"http"]
            {
                assert!(!unscripted.contains(forbidden), "{place}: {forbidden}");
            }
            for attribute in ["aria-describedby=\"", "aria-labelledby=\"", " for=\""] {
                let values = page.split(attribute).skip(1).filter_map(|rest| rest.split('"').next());
                for id in values.flat_map(str::split_whitespace) {
                    assert_eq!(page.matches(&format!(" id=\"{id}\"")).count(), 1, "{place}: {attribute}{id}");
                }
            }
            assert_eq!(page.matches("<h1").count(), 1, "{place} has one heading of the first rank");
            for text in page.split('>').filter_map(|rest| rest.split('<').next()) {
                let bare_key = text.contains('-') && text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
                assert!(!bare_key, "{place}: the words of {text} are missing");
            }
        }
    }
}

/// Rules: H7.
#[test]
fn the_frame_of_a_sandbox_says_so_and_what_its_clock_shows() {
    for language in Language::ALL {
        let now = "2027-01-31T08:15:00Z".parse::<Timestamp>().unwrap();
        let page = |f: Frame| Home { f, account: Field::default(), accounts: vec![] }.render().unwrap();
        let banner = language.with("sandbox-banner", When::from(now).plain);
        assert!(banner.contains("2027-01-31") && page(bare(language).sandbox(Some(now))).contains(&banner));
        assert!(!page(bare(language).sandbox(None)).contains("role=\"note\""), "{}", language.tag());
        let way = "href=\"/a/acme/clock\"";
        assert!(page(inside(language, Section::Own).sandbox(Some(now))).contains(way), "its owner sets it");
        assert!(!page(bare(language).sandbox(Some(now))).contains(way), "nobody else is led there");
    }
}

#[test]
fn the_letter_about_a_token_names_the_page_where_it_is_ended() {
    for language in Language::ALL {
        let folder = format!("{}/../infra/locales/{}", env!("CARGO_MANIFEST_DIR"), language.tag());
        let letters = std::fs::read_to_string(folder + "/mail.ftl").unwrap();
        let letter = letters.split("\napi-token-issued-body =").nth(1).unwrap();
        let page = format!("\"{}\"", language.say("menu-programs"));
        assert!(letter.split("-subject =").next().unwrap().contains(&page), "{page}");
    }
}

#[test]
fn a_code_is_typed_into_one_plain_field() {
    let pages = entry(Language::En);
    let (_, page) = pages.iter().find(|(name, _)| *name == "challenge").unwrap();
    assert!(page.contains("inputmode=\"numeric\" autocomplete=\"one-time-code\""));
    assert_eq!(page.matches("autocomplete=\"one-time-code\"").count(), 1);
    assert!(page.contains("Lost your device?") && page.contains("for 30 days"));
    let (_, page) = pages.iter().find(|(name, _)| *name == "challenge_recovery").unwrap();
    assert!(!page.contains("name=\"trust\""), "no box where trust is not offered");
}

#[test]
fn written_down_for_a_look() {
    let Some(folder) = std::env::var_os("TWOFOLD_SAMPLES").map(std::path::PathBuf::from) else { return };
    let sheet = include_str!("../../assets/console.css");
    std::fs::write(folder.join("console.css"), sheet).unwrap();
    for language in Language::ALL {
        for (name, page) in all(language) {
            let page = page.replace(super::assets::stylesheet(), "console.css");
            std::fs::write(folder.join(format!("{name}.{}.html", language.tag())), page).unwrap();
        }
    }
}
