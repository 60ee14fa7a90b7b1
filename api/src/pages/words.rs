//! The console's words in English, Spanish, and Korean.
//!
//! A message takes `$v` and `$w` for words and `$n` for a number; nothing else, so that templates stay
//! readable.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;

use axum::http::{HeaderMap, header};
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader as _, langid, static_loader};

static_loader! {
    static WORDS = {
        locales: "./locales",
        fallback_language: "en",
        // The marks would show up in copied text; names stand in <bdi> instead.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// A language of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
    /// Korean.
    Ko,
}

const EN: LanguageIdentifier = langid!("en");
const ES: LanguageIdentifier = langid!("es");
const KO: LanguageIdentifier = langid!("ko");

impl Language {
    /// Each language, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::En, Self::Es, Self::Ko];

    /// Its tag in HTML, cookies, and headers.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
            Self::Ko => "ko",
        }
    }

    /// Its name in itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Es => "Español",
            Self::Ko => "한국어",
        }
    }

    /// The language of a tag such as `es-MX`, if it is one of ours.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().trim();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// Of the languages that are offered: the person's choice if there is one, else what the browser prefers
    /// (RFC 9110 section 12.5.4), else the first.
    pub fn of_request(choice: Option<&str>, headers: &HeaderMap, offered: &[Self]) -> Self {
        if let Some(language) = choice.and_then(Self::of_tag).filter(|choice| offered.contains(choice)) {
            return language;
        }
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let mut best = (0.0, offered.first().copied().unwrap_or_default());
        for range in accepted.unwrap_or_default().split(',').take(32) {
            let (tag, weight) = range.split_once(";q=").unwrap_or((range, "1"));
            let weight: f32 = weight.trim().parse().unwrap_or(0.0);
            if let Some(language) = Self::of_tag(tag.trim())
                && weight > best.0
                && offered.contains(&language)
            {
                best = (weight, language);
            }
        }
        best.1
    }

    /// The words of `key`.
    pub fn say(self, key: &str) -> String {
        self.look_up(key, &HashMap::new())
    }

    /// The words of `key` with a number.
    pub fn count(self, key: &str, n: impl Display) -> String {
        self.look_up(key, &HashMap::from([(Cow::Borrowed("n"), FluentValue::try_number(&n.to_string()))]))
    }

    /// The words of `key` with a value.
    pub fn with(self, key: &str, v: impl Display) -> String {
        self.look_up(key, &HashMap::from([(Cow::Borrowed("v"), v.to_string().into())]))
    }

    /// The words of `key` with two values.
    pub fn with_two(self, key: &str, v: impl Display, w: impl Display) -> String {
        let values = [(Cow::Borrowed("v"), v.to_string().into()), (Cow::Borrowed("w"), w.to_string().into())];
        self.look_up(key, &HashMap::from(values))
    }

    /// The words of `key`, if there are any.
    pub fn find(self, key: &str) -> Option<String> {
        self.look_for(key, &HashMap::new())
    }

    fn look_up(self, key: &str, values: &HashMap<Cow<'static, str>, FluentValue<'_>>) -> String {
        // A missing message is found by a test; a page with a bare key is better than none.
        self.look_for(key, values).unwrap_or_else(|| key.to_owned())
    }

    fn look_for(self, key: &str, values: &HashMap<Cow<'static, str>, FluentValue<'_>>) -> Option<String> {
        let language = match self {
            Self::En => &EN,
            Self::Es => &ES,
            Self::Ko => &KO,
        };
        WORDS.try_lookup_with_args(language, key, values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn keys(text: &str) -> BTreeSet<&str> {
        text.lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" ="))
            .map(|(key, _)| key)
            .collect()
    }

    fn variables(text: &str) -> Vec<(&str, BTreeSet<&str>)> {
        let mut found: Vec<(&str, BTreeSet<&str>)> = Vec::new();
        for line in text.lines() {
            if let Some((key, _)) =
                line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase()))
            {
                found.push((key, BTreeSet::new()));
            }
            let names = line.split('$').skip(1).filter_map(|rest| rest.get(..1));
            if let Some(last) = found.last_mut() {
                last.1.extend(names);
            }
        }
        found.sort();
        found
    }

    /// Everything that a language says, whichever file of its folder it stands in.
    fn said(language: Language) -> String {
        let folder = format!("{}/locales/{}", env!("CARGO_MANIFEST_DIR"), language.tag());
        let mut files: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.iter().map(|path| std::fs::read_to_string(path).unwrap() + "\n").collect()
    }

    #[test]
    fn every_language_says_everything() {
        let english = said(Language::En);
        for other in [Language::Es, Language::Ko].map(said) {
            let missing: Vec<_> = keys(&english).symmetric_difference(&keys(&other)).copied().collect();
            assert_eq!(missing, Vec::<&str>::new());
            assert_eq!(variables(&english), variables(&other));
        }
    }

    #[test]
    fn no_message_is_said_twice_in_one_language() {
        for text in Language::ALL.map(said) {
            let lines = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
            assert_eq!(lines.count(), keys(&text).len());
        }
    }

    #[test]
    fn templates_say_only_what_is_there() {
        let english = said(Language::En);
        let known = keys(&english);
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            for call in ["f.s(\"", "f.n(\"", "f.v(\"", "f.vw(\""] {
                for key in text.split(call).skip(1).filter_map(|rest| rest.split('"').next()) {
                    assert!(known.contains(key), "{}: {key}", path.display());
                }
            }
        }
    }

    #[test]
    fn the_choice_wins_then_the_browser() {
        let accept =
            |value: &'static str| HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, value.parse().unwrap())]);
        let cases = [
            (None, "", Language::En),
            (None, "ko-KR,ko;q=0.9,en;q=0.8", Language::Ko),
            (None, "de, es-MX;q=0.7, en;q=0.3", Language::Es),
            (None, "en;q=0.1, ko;q=0.2", Language::Ko),
            (Some("es"), "ko", Language::Es),
            (Some("xx"), "ko", Language::Ko),
        ];
        for (choice, accepted, expected) in cases {
            let chosen = Language::of_request(choice, &accept(accepted), &Language::ALL);
            assert_eq!(chosen, expected, "{choice:?} {accepted}");
        }
    }

    /// Rules: H5.
    #[test]
    fn what_the_account_does_not_offer_is_not_chosen() {
        let accept =
            |value: &'static str| HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, value.parse().unwrap())]);
        let offered = [Language::Ko, Language::En];
        for (choice, accepted, expected) in [
            (None, "", Language::Ko),
            (None, "es", Language::Ko),
            (None, "es, en;q=0.2", Language::En),
            (Some("es"), "en", Language::En),
            (Some("en"), "ko", Language::En),
        ] {
            let chosen = Language::of_request(choice, &accept(accepted), &offered);
            assert_eq!(chosen, expected, "{choice:?} {accepted}");
        }
    }

    #[test]
    fn numbers_choose_their_form() {
        assert_eq!(Language::En.count("codes-left", 1), "1 code left");
        assert_eq!(Language::En.count("codes-left", 10), "10 codes left");
    }
}
