//! What a report is made of: typed cells in named columns. How a cell looks in a file is the writer's matter.

use std::borrow::Cow;

use serde::Serialize;
use twofold_domain::ids::UserId;
use twofold_domain::time::{Span, Timestamp};

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A person, by their pseudonymous id `usr_…`.
    Person,
    /// Who acted: a person's id, or a word such as `operator`.
    Actor,
    /// Another id, or several by `+`.
    Id,
    /// One word of a closed set, or several by `+`.
    Word,
    /// Text that people or programs chose; never a personal value.
    Text,
    /// A whole number.
    Number,
    /// A part of a whole, 0 to 1, to four decimals, halves rounded up.
    Share,
    /// Yes or no.
    Flag,
    /// An instant, RFC 3339 in UTC with microseconds.
    Instant,
    /// The number of an event in the account's log.
    Event,
    /// A length of time in whole seconds, rounded down.
    Seconds,
}

/// A column of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its name, which stays.
    pub name: &'static str,
    /// What is in its cells; any of them may be empty.
    pub kind: Kind,
    /// What it says.
    pub meaning: &'static str,
}

/// A column.
pub const fn column(name: &'static str, kind: Kind, meaning: &'static str) -> Column {
    Column { name, kind, meaning }
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing, or not known.
    Empty,
    /// A person.
    Person(UserId),
    /// A word or a text; of [`Kind::Actor`], [`Kind::Id`], [`Kind::Word`], or [`Kind::Text`].
    Text(Cow<'static, str>),
    /// A whole number.
    Number(i64),
    /// A part of a whole, in ten thousandths.
    Share(u32),
    /// Yes or no.
    Flag(bool),
    /// An instant.
    Instant(Timestamp),
    /// The number of an event.
    Event(u64),
    /// Whole seconds.
    Seconds(i64),
}

/// One row: a cell for each column.
pub type Row = Vec<Cell>;

impl Cell {
    /// A word of a closed set.
    pub fn word(word: impl Into<&'static str>) -> Self {
        Self::Text(Cow::Borrowed(word.into()))
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Cow::Owned(text.into()))
    }

    /// A count.
    pub const fn count(n: u64) -> Self {
        Self::Number(n as i64)
    }

    /// A length of time.
    pub const fn span(span: Span) -> Self {
        Self::Seconds(span.micros() / 1_000_000)
    }

    /// `part` of `whole`; of nothing there is no share.
    pub const fn share(part: u64, whole: u64) -> Self {
        if whole == 0 {
            return Self::Empty;
        }
        Self::Share(((part * 20_000 + whole) / (2 * whole)) as u32)
    }

    /// Whether a column of this kind may hold it.
    pub const fn fits(&self, kind: Kind) -> bool {
        matches!(
            (self, kind),
            (Self::Empty, _)
                | (Self::Person(_), Kind::Person | Kind::Actor)
                | (Self::Text(_), Kind::Actor | Kind::Id | Kind::Word | Kind::Text)
                | (Self::Number(_), Kind::Number)
                | (Self::Share(_), Kind::Share)
                | (Self::Flag(_), Kind::Flag)
                | (Self::Instant(_), Kind::Instant)
                | (Self::Event(_), Kind::Event)
                | (Self::Seconds(_), Kind::Seconds)
        )
    }

    /// The person in the cell, where there is one: also an actor who is a person.
    pub fn person(&self) -> Option<UserId> {
        match self {
            Self::Person(user) => Some(*user),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }
}

macro_rules! cells {
    ($($from:ty = |$x:ident| $into:expr;)+) => {$(
        impl From<$from> for Cell {
            fn from($x: $from) -> Self {
                $into
            }
        }
        impl From<Option<$from>> for Cell {
            fn from(maybe: Option<$from>) -> Self {
                maybe.map_or(Self::Empty, Self::from)
            }
        }
    )+};
}

cells! {
    UserId = |x| Self::Person(x);
    Timestamp = |x| Self::Instant(x);
    bool = |x| Self::Flag(x);
    u8 = |x| Self::Number(x.into());
    u16 = |x| Self::Number(x.into());
    u32 = |x| Self::Number(x.into());
    Span = |x| Self::span(x);
    String = |x| Self::Text(x.into());
    Box<str> = |x| Self::Text(String::from(x).into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_half_up_to_four_decimals() {
        for (part, whole, share) in
            [(0, 7, 0), (7, 7, 10_000), (1, 3, 3_333), (2, 3, 6_667), (1, 20_000, 1), (1, 20_001, 0)]
        {
            assert_eq!(Cell::share(part, whole), Cell::Share(share), "{part}/{whole}");
        }
        assert_eq!(Cell::share(0, 0), Cell::Empty);
    }
}
