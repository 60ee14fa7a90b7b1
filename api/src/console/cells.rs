//! A report's cells in the reader's words: what is a word of a closed set in a file is said as people say it.

use twofold_projections::reports::{Cell, Column, cell::Kind};

use super::names::actor_words;
use crate::pages::frame::Frame;
use crate::pages::reports::Shown;

use super::door::Door;

/// The heading of a column.
pub(crate) fn heading(column: &Column) -> String {
    format!("column-{}", column.name.replace('_', "-"))
}

/// A cell as the page shows it.
pub(super) fn shown(door: &Door, column: &Column, cell: &Cell) -> Shown {
    match cell {
        Cell::Empty => Shown::Text(String::new()),
        Cell::Person(user) => Shown::Text(user.to_string()),
        Cell::Text(text) => Shown::Text(match column.kind {
            Kind::Word => words(&door.frame, column.name, text),
            Kind::Actor if !text.contains('_') || text.starts_with("system:") => {
                actor_words(door, Some(text))
            }
            _ => text.clone().into_owned(),
        }),
        Cell::Flag(flag) => Shown::Text(door.frame.s(if *flag { "yes" } else { "no" })),
        Cell::Number(n) => Shown::Number(n.to_string()),
        Cell::Event(seq) => Shown::Number(format!("#{seq}")),
        Cell::Seconds(n) => Shown::Number(length(*n)),
        Cell::Share(share) => Shown::Number(format!("{}.{:02} %", share / 100, share % 100)),
        Cell::Instant(at) => Shown::Time((*at).into()),
    }
}

/// Words of a closed set, by `+`.
fn words(f: &Frame, column: &str, text: &str) -> String {
    text.split('+').map(|one| word(f, column, one)).collect::<Vec<_>>().join(" + ")
}

/// A word of the set that a column or a parameter of this name is about; as it is where nobody says it otherwise.
pub(super) fn word(f: &Frame, of: &str, word: &str) -> String {
    keys(of, word).iter().find_map(|key| f.find(key)).unwrap_or_else(|| word.replace('_', " "))
}

/// Where a word may be said, the closest first.
fn keys(of: &str, word: &str) -> Vec<String> {
    let own: &[&str] = match of {
        "role" | "group" => &["role"],
        "state" => &["state"],
        "rule" => &["rule", "profile-rule", "state"],
        "stopped" => &["value-objected"],
        "report" => &["report"],
        "route" => &["value-way"],
        "frozen_by" => &["value-frozen"],
        "thawed_how" => &["value-thawed"],
        _ => &[],
    };
    if word.starts_with(|c: char| c.is_ascii_uppercase()) {
        return vec![format!("event-{word}")];
    }
    let word = word.replace('_', "-");
    // Some words mean another thing in a report than in the log.
    own.iter().chain(&["cell", "value"]).map(|prefix| format!("{prefix}-{word}")).collect()
}

/// A length of time by its two largest units.
fn length(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use twofold_projections::reports;

    use super::*;
    use crate::pages::Language;

    #[test]
    fn every_column_and_every_word_that_its_meaning_names_is_said_in_every_language() {
        for language in Language::ALL {
            // Besides words, a meaning may name another report or column.
            let missing: Vec<String> = reports::ALL
                .iter()
                .flat_map(|report| report.columns)
                .flat_map(|column| {
                    let named = column.meaning.split('`').skip(1).step_by(2);
                    let named = named.filter(|word| {
                        column.kind == Kind::Word && !["+", "mfa-status", "began_by"].contains(word)
                    });
                    let said = named.map(|word| keys(column.name, word)).chain([vec![heading(column)]]);
                    said.filter(|keys| !keys.iter().any(|key| language.find(key).is_some())).flatten()
                })
                .collect();
            assert_eq!(missing, Vec::<String>::new(), "said in {}", language.tag());
        }
    }
}
