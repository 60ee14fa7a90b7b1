//! Periods of the calendar in UTC: days, ISO weeks (they begin on Monday), months.

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, NaiveTime, Utc};
use twofold_domain::time::Timestamp;

use super::ask::{Parameter, Takes};

/// The most periods of one answer; older ones are left out.
pub const MOST: usize = 1_200;

/// How long a period is.
pub const PERIOD: Parameter = Parameter {
    name: "period",
    takes: Takes::Word { of: &["day", "week", "month"] },
    default: Some("month"),
    required: false,
    meaning: "How long each period is: a `day`, a `week` from Monday, or a `month`, in UTC. At most the last 1,200.",
};

/// A period: from its first instant to the first one behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant behind it, or behind the question's own.
    pub to: Timestamp,
}

/// The periods of a word that reach into `[from, to]`, in order; the first and the last one are cut at these ends.
pub fn between(word: &str, from: Timestamp, to: Timestamp) -> Vec<Period> {
    let Some(mut first) = day(from) else { return vec![] };
    first = match word {
        "day" => first,
        "week" => first - Days::new(first.weekday().num_days_from_monday().into()),
        _ => first.with_day(1).unwrap_or(first),
    };
    let mut periods = vec![];
    let mut begin = first;
    while instant(begin) <= to {
        let next = match word {
            "day" => begin.checked_add_days(Days::new(1)),
            "week" => begin.checked_add_days(Days::new(7)),
            _ => begin.checked_add_months(Months::new(1)),
        };
        let Some(next) = next else { break };
        periods.push(Period { from: instant(begin).max(from), to: instant(next).min(to) });
        begin = next;
    }
    if periods.len() > MOST {
        periods.drain(..periods.len() - MOST);
    }
    periods
}

fn day(at: Timestamp) -> Option<NaiveDate> {
    DateTime::<Utc>::from_timestamp_micros(at.micros()).map(|at| at.date_naive())
}

fn instant(day: NaiveDate) -> Timestamp {
    Timestamp::from_micros(day.and_time(NaiveTime::MIN).and_utc().timestamp_micros())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_follow_the_calendar_and_are_cut_at_the_ends_of_the_question() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let rows = [
            ("month", "2026-01-15T12:00:00Z", "2026-03-02T00:00:00Z", 3, "2026-02-01T00:00:00Z"),
            ("month", "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z", 2, "2027-01-01T00:00:00Z"),
            ("week", "2026-03-01T00:00:00Z", "2026-03-02T08:00:00Z", 2, "2026-03-02T00:00:00Z"),
            ("day", "2026-02-28T10:00:00Z", "2026-03-01T10:00:00Z", 2, "2026-03-01T00:00:00Z"),
        ];
        for (word, from, to, count, second) in rows {
            let (from, to) = (at(from), at(to));
            let periods = between(word, from, to);
            assert_eq!(periods.len(), count, "{word}");
            assert_eq!((periods[0].from, periods[1].from), (from, at(second)), "{word}");
            assert_eq!(periods.last().map(|period| period.to), Some(to), "{word}");
            assert!(periods.windows(2).all(|pair| pair[0].to == pair[1].from), "{word}");
        }
        assert!(between("day", at("2026-03-02T00:00:00Z"), at("2026-03-01T00:00:00Z")).is_empty());
        let long = between("day", at("2000-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z"));
        assert_eq!(long.len(), MOST);
    }
}
