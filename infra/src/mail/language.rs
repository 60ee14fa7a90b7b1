//! The languages that people are written to in.

use fluent_templates::{LanguageIdentifier, langid};
use serde::{Deserialize, Serialize};

/// A language that letters are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    En,
    /// Spanish.
    Es,
    /// Korean.
    Ko,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::En, Self::Es, Self::Ko];

    /// The language of a tag such as `es` or `ko-KR`; English for one that we do not write.
    pub fn of_tag(tag: &str) -> Self {
        match tag.split(['-', '_']).next() {
            Some(primary) if primary.eq_ignore_ascii_case("es") => Self::Es,
            Some(primary) if primary.eq_ignore_ascii_case("ko") => Self::Ko,
            _ => Self::En,
        }
    }

    /// The tag: `en`, `es`, `ko`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
            Self::Ko => "ko",
        }
    }
}

pub(super) const fn identifier(lang: Language) -> LanguageIdentifier {
    match lang {
        Language::En => langid!("en"),
        Language::Es => langid!("es"),
        Language::Ko => langid!("ko"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_that_we_do_not_write_is_english() {
        for (tag, lang) in
            [("es-MX", Language::Es), ("KO", Language::Ko), ("fr", Language::En), ("", Language::En)]
        {
            assert_eq!(Language::of_tag(tag), lang);
        }
    }
}
