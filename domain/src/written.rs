//! Characters that no name, reason, or other line that people write and read may hold.

/// Whether a character is not to be seen, or changes how the others are seen: control characters, ends of lines,
/// and format characters, above all those that turn the direction of writing (UAX #9 §2, UTS #39 §3.1, UTR #36
/// §2.5). Joiners (U+200C, U+200D) are let through: Persian, Indic scripts, and emoji are written with them.
pub fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::misleads;

    /// Rules: H5.
    #[test]
    fn what_turns_or_hides_writing_stands_in_no_name() {
        let bidi = ('\u{202a}'..='\u{202e}')
            .chain('\u{2066}'..='\u{2069}')
            .chain(['\u{200e}', '\u{200f}', '\u{61c}']);
        let hidden = [
            '\0',
            '\n',
            '\u{7f}',
            '\u{85}',
            '\u{ad}',
            '\u{200b}',
            '\u{2028}',
            '\u{2060}',
            '\u{feff}',
            '\u{e0041}',
        ];
        for c in bidi.chain(hidden) {
            assert!(misleads(c), "{c:?}");
        }
        // As people write their names.
        for name in [
            "Zoë O’Hara-Ñúñez",
            "김하늘",
            "می\u{200c}خواهم",
            "👩\u{200d}🔬",
            "❤\u{fe0f}",
            "עברית",
            "क्\u{200d}ष",
        ] {
            assert!(!name.chars().any(misleads), "{name}");
        }
    }
}
