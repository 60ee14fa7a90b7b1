//! Instants and spans in whole microseconds. The domain never reads a clock: an instant arrives
//! with a command.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// An instant: microseconds since 1970-01-01T00:00:00Z. Fits a JSON number exactly until 2255.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// A span of time in microseconds; never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(i64);

impl Timestamp {
    /// The largest instant that a record may carry: 2⁵³ − 1 µs, in the year 2255. Canonical JSON
    /// (RFC 8785) holds no larger integer exactly.
    pub const MAX: Self = Self((1 << 53) - 1);

    /// An instant from microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The instant that a question about `self` means when it is asked at `now`: the end of a day that
    /// is not over means now. `None` for what lies ahead.
    pub fn asked_at(self, now: Self) -> Option<Self> {
        const DAY: i64 = Span::days(1).micros();
        let today = self.0.div_euclid(DAY) == now.0.div_euclid(DAY);
        let end_of_day = self.0.rem_euclid(DAY) == DAY - 1;
        match self {
            past if past <= now => Some(past),
            _ if today && end_of_day => Some(now),
            _ => None,
        }
    }

    /// Whole seconds since the epoch, as OTP windows count them.
    pub const fn unix_seconds(self) -> u64 {
        if self.0 < 0 { 0 } else { (self.0 / 1_000_000) as u64 }
    }

    /// How long ago `earlier` was; nothing if it lies ahead.
    pub fn since(self, earlier: Self) -> Span {
        Span((self.0.saturating_sub(earlier.0)).max(0))
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A span of seconds.
    pub const fn seconds(n: i64) -> Self {
        Self(n * 1_000_000)
    }

    /// A span of minutes.
    pub const fn minutes(n: i64) -> Self {
        Self::seconds(n * 60)
    }

    /// A span of hours.
    pub const fn hours(n: i64) -> Self {
        Self::minutes(n * 60)
    }

    /// A span of days of 24 hours.
    pub const fn days(n: i64) -> Self {
        Self::hours(n * 24)
    }

    /// A span of microseconds; none below nothing.
    pub const fn of_micros(n: i64) -> Self {
        if n < 0 { Self::ZERO } else { Self(n) }
    }

    /// Whole seconds, rounded up, as `Retry-After` wants them.
    pub const fn whole_seconds(self) -> i64 {
        (self.0 + 999_999) / 1_000_000
    }

    /// Microseconds.
    pub const fn micros(self) -> i64 {
        self.0
    }
}

impl Add<Span> for Timestamp {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0)).min(Self::MAX)
    }
}

impl Sub<Span> for Timestamp {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl Timestamp {
    /// As HTTP writes dates (RFC 9110 §5.6.7): `Tue, 31 Mar 2026 23:59:59 GMT`.
    pub fn to_http_date(self) -> String {
        let at = DateTime::<Utc>::from_timestamp_micros(self.0).unwrap_or_default();
        at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with microseconds: `2026-03-31T23:59:59.000000Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = digits(self.0) {
            // Digits and marks only.
            return f.write_str(std::str::from_utf8(&text).unwrap_or_default());
        }
        match DateTime::<Utc>::from_timestamp_micros(self.0) {
            Some(t) => f.write_str(&t.to_rfc3339_opts(SecondsFormat::Micros, true)),
            None => write!(f, "{}us", self.0),
        }
    }
}

/// An instant from 1970 to the end of 9999 as RFC 3339 writes it. Reports write millions of them.
fn digits(micros: i64) -> Option<[u8; 27]> {
    const DAY: i64 = 86_400_000_000;
    /// Where 0000-03-01 lies before 1970-01-01, days. Years that begin in March have their leap day last.
    const MARCH: i64 = 719_468;
    /// Days of 400 years, after which the calendar repeats.
    const CYCLE: i64 = 146_097;
    if !(0..253_402_300_800_000_000).contains(&micros) {
        return None;
    }
    let (days, rest) = (micros / DAY + MARCH, micros % DAY);
    let day = days % CYCLE;
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = days / CYCLE * 400 + year + i64::from(month >= 10);
    let month = if month < 10 { month + 3 } else { month - 9 };
    let (minutes, seconds, micros) = (rest / 60_000_000, rest / 1_000_000 % 60, rest % 1_000_000);
    let mut text = *b"0000-00-00T00:00:00.000000Z";
    let mut put = |end: usize, digits: usize, mut number: i64| {
        for place in (end - digits..end).rev() {
            text[place] = b'0' + (number % 10) as u8;
            number /= 10;
        }
    };
    put(4, 4, year);
    put(7, 2, month);
    put(10, 2, day);
    put(13, 2, minutes / 60);
    put(16, 2, minutes % 60);
    put(19, 2, seconds);
    put(26, 6, micros);
    Some(text)
}

/// A text that is not an RFC 3339 instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an RFC 3339 instant such as 2026-03-31T23:59:59Z, or a date such as 2026-03-31")]
pub struct NotAnInstant;

impl FromStr for Timestamp {
    type Err = NotAnInstant;

    /// Reads RFC 3339; a bare date means the end of that day in UTC.
    fn from_str(text: &str) -> Result<Self, NotAnInstant> {
        let full = if text.len() == 10 { format!("{text}T23:59:59.999999Z") } else { text.to_owned() };
        let micros = DateTime::parse_from_rfc3339(&full).map_err(|_| NotAnInstant)?.timestamp_micros();
        if micros.abs() <= Self::MAX.0 { Ok(Self(micros)) } else { Err(NotAnInstant) }
    }
}

impl Timestamp {
    /// The same where a span begins: a bare date means the beginning of that day in UTC, so that from one day to
    /// the same one is that day.
    pub fn beginning(text: &str) -> Result<Self, NotAnInstant> {
        if text.len() == 10 { format!("{text}T00:00:00Z").parse() } else { text.parse() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_a_day_to_the_same_one_is_that_day() {
        let rows = [
            ("2026-03-03", "2026-03-03T00:00:00.000000Z", "2026-03-03T23:59:59.999999Z"),
            ("2026-03-03T12:00:00+01:00", "2026-03-03T11:00:00.000000Z", "2026-03-03T11:00:00.000000Z"),
        ];
        for (text, from, to) in rows {
            assert_eq!(Timestamp::beginning(text).unwrap().to_string(), from);
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), to);
        }
        for text in ["2026-02-30", "2026-3-3", "yesterday!", ""] {
            assert_eq!(Timestamp::beginning(text), Err(NotAnInstant), "{text}");
        }
    }

    #[test]
    fn instants_are_written_as_a_calendar_writes_them() {
        let day = 86_400_000_000;
        let every_day = (0..2_932_897).map(|n| n * day + n * 29_347 % day);
        let odd = [-1, -day, i64::from(i32::MIN), 253_402_300_799_999_999, 253_402_300_800_000_000];
        for micros in every_day.step_by(7).chain(odd) {
            let chrono = DateTime::<Utc>::from_timestamp_micros(micros)
                .map(|t| t.to_rfc3339_opts(SecondsFormat::Micros, true));
            assert_eq!(Some(Timestamp(micros).to_string()), chrono, "{micros}");
        }
    }
}
