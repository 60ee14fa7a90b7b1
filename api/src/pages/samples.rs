//! Every page with sample data, rendered in every language. With `TWOFOLD_SAMPLES=<directory>` the pages
//! are written there, to be looked at in a browser.

use askama::Template;
use twofold_domain::time::Timestamp;

use super::Language;
use super::entry::{Home, Key};
use super::frame::{Field, Frame, Section, When};
use super::other::{Error, Message, Outbox};
use super::then::Then;
use crate::site::Site;

mod account;
mod entry;
mod freeze;
mod governing;
mod own;
mod people;
mod recovery;
mod reports;

const ALL_PLACES: [Section; 11] = [
    Section::Own,
    Section::People,
    Section::Status,
    Section::Policy,
    Section::Approvals,
    Section::Recovery,
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
    bare(language)
        .person("Ada Okafor", "owner", ALL_PLACES.to_vec())
        .section(section)
        .seen(4_211, Timestamp::from_micros(1_772_366_400_000_000))
}

/// A page as it was.
fn long_ago() -> Then {
    Then {
        day: Field::of("2026-01-31"),
        today: "2026-03-01".into(),
        past: Some((when("2026-01-31T23:59:59Z"), 3_087, "/a/acme/log".into())),
        now: "/a/acme/policy".into(),
        ..Then::default()
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
    let people = [people::pages(l), people::programs(l), recovery::pages(l), reports::pages(l)].concat();
    let governing = [governing::pages(l), freeze::pages(l)].concat();
    [entry::pages(l), own::pages(l), account::pages(l), governing, people, other(l)].concat()
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
fn letters_name_pages_as_they_are_called() {
    let named = [
        ("api-token-issued", "menu-programs"),
        ("device-trusted", "own-devices"),
        ("approval-asked", "approvals-title"),
        ("approval-waits", "approvals-title"),
        ("reset-scheduled", "menu-own"),
        ("owner-recovery-waits", "menu-recovery"),
    ];
    for (language, (letter, key)) in Language::ALL.into_iter().flat_map(|l| named.map(|named| (l, named))) {
        let folder = format!("{}/../infra/locales/{}", env!("CARGO_MANIFEST_DIR"), language.tag());
        let letters = std::fs::read_to_string(folder + "/mail.ftl").unwrap();
        let text = letters.split(&format!("\n{letter}-body =")).nth(1).unwrap_or_else(|| panic!("{letter}"));
        let text = text.split("-subject =").next().unwrap();
        let page = language.say(key);
        let quoted = [format!("\"{page}\""), format!("«{page}»")];
        assert!(quoted.iter().any(|page| text.contains(page)), "{letter} in {}: {page}", language.tag());
    }
}

#[test]
fn a_code_is_typed_into_one_plain_field() {
    let pages = entry::pages(Language::En);
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
