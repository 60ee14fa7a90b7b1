//! What a name looks like. Two accounts whose names share a look are one to the eye, and only one of them
//! may bear it.
//!
//! A look is the skeleton of Unicode TS #39 §4: letters that are drawn alike become one. Which letters those
//! are depends on their case (`1` is like `l`, `0` like `O`, a Cyrillic `М` like `M` but `м` not like `m`),
//! and people do not mind case. So a name has up to three looks: in small letters, in capitals, and as it is
//! written.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization as _;
use unicode_security::confusable_detection::skeleton;

/// The looks of a name; none if there is nothing to see.
pub fn looks(name: &str) -> BTreeSet<String> {
    let visible: String = name.nfkc().filter(|c| !is_invisible(*c)).collect();
    let plain = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain.is_empty() {
        return BTreeSet::new();
    }
    let look = |text: &str| skeleton(text).collect::<String>();
    let small = look(&plain.to_lowercase());
    let capital = look(&plain.to_uppercase());
    let written = look(&look(&plain).to_lowercase());
    BTreeSet::from([small, capital, written])
}

/// Characters that are drawn as nothing: those of `Default_Ignorable_Code_Point` (UAX #44) in use.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::looks;

    /// Rules: H5.
    #[test]
    fn names_that_the_eye_cannot_tell_apart_share_a_look() {
        for (name, other) in [
            ("Acme", "acme"),
            ("Acme", " ACME "),
            ("Acme", "Асме"),
            ("acme", "АСМЕ"),
            ("Acme", "Ac\u{200b}me"),
            ("Acme", "Ａｃｍｅ"),
            ("Acme", "acrne"),
            ("paypal", "paypa1"),
            ("Paypal", "PaypaI"),
            ("Town", "T0wn"),
            ("Blue  Sky", "blue\u{a0}sky"),
            ("Caf\u{e9}", "Cafe\u{301}"),
        ] {
            assert!(!looks(name).is_disjoint(&looks(other)), "{name} {other}");
        }
        for (name, other) in
            [("Acme", "Acne"), ("Acme", "Acme 2"), ("Mail", "Mall"), ("Cafe", "Café"), ("유진", "유니")]
        {
            assert!(looks(name).is_disjoint(&looks(other)), "{name} {other}");
        }
        for nothing in ["", "  ", "\u{200b}\u{feff}", "\u{3164}"] {
            assert!(looks(nothing).is_empty(), "{nothing:?}");
        }
    }
}
