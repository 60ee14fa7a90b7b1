//! What a clock on the wall shows: instants in an account's time zone, for people to read and to type.
//!
//! The database of zones is the program's own, so the same instant reads the same on every machine. Data
//! formats do not come here; they are UTC.

use jiff::civil;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use twofold_domain::time::Timestamp;

/// A time zone with its name. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// The zone of an IANA name, however its letters are cased; none if nobody knows it.
    pub fn named(name: &str) -> Option<Self> {
        let found = TimeZoneDatabase::bundled().get(name).ok()?;
        (!found.is_unknown()).then_some(Self(found))
    }

    /// Every name that there is, in order.
    pub fn names() -> Vec<String> {
        TimeZoneDatabase::bundled().available().map(|name| name.to_string()).collect()
    }

    /// The zone of a setting: UTC where there is none.
    pub fn of(setting: Option<&str>) -> Self {
        setting.and_then(Self::named).unwrap_or(Self::UTC)
    }

    /// Its name as the IANA database spells it.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The day of an instant: `2026-03-01`.
    pub fn day(&self, at: Timestamp) -> String {
        self.local(at).0.date().to_string()
    }

    /// An instant to the minute, with the zone: `2026-03-01 14:05 Asia/Seoul`. In the hour that a clock shows
    /// twice, when it is set back, the offset says which of the two it is.
    pub fn minute(&self, at: Timestamp) -> String {
        let (local, offset) = self.local(at);
        let twice = self.0.to_ambiguous_timestamp(local).is_ambiguous();
        let offset = if twice { format!(" {offset}") } else { String::new() };
        format!("{} {}{offset} {}", local.date(), local.strftime("%H:%M"), self.name())
    }

    /// The instant at which a clock shows a day (`2026-03-01`) and a time of it (`14:05`); the first of two.
    /// A time that a clock skips is as much later as it skips.
    pub fn instant(&self, day: &str, time: &str) -> Option<Timestamp> {
        let day = date(day)?;
        let time: civil::Time = time.parse().ok()?;
        let at = self.0.to_timestamp(day.to_datetime(time)).ok()?;
        Some(Timestamp::from_micros(at.as_microsecond()))
    }

    /// The first instant of a day.
    pub fn first_of(&self, day: &str) -> Option<Timestamp> {
        self.instant(day, "00:00")
    }

    /// The last instant of a day, to the microsecond.
    pub fn last_of(&self, day: &str) -> Option<Timestamp> {
        let next = date(day)?.tomorrow().ok()?;
        self.first_of(&next.to_string()).map(|next| Timestamp::from_micros(next.micros() - 1))
    }

    fn local(&self, at: Timestamp) -> (civil::DateTime, jiff::tz::Offset) {
        // Our instants end in 2262, jiff's in 9999.
        let at = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        let offset = self.0.to_offset(at);
        (offset.to_datetime(at), offset)
    }
}

/// A day and nothing else: jiff would read the day out of an instant, too.
fn date(day: &str) -> Option<civil::Date> {
    if day.len() == "2026-03-01".len() { day.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Zone {
        Zone::named(name).unwrap_or_else(|| panic!("{name}"))
    }

    /// Rules: H5.
    #[test]
    fn a_time_zone_has_an_iana_name() {
        for (name, known) in
            [("Asia/Seoul", "Asia/Seoul"), ("europe/madrid", "Europe/Madrid"), ("UTC", "UTC"), ("utc", "UTC")]
        {
            assert_eq!(zone(name).name(), known);
        }
        for name in ["", "Seoul", "+09:00", "Asia/Seoul ", "../etc/passwd", "Mars/Olympus", "Etc/Unknown"] {
            assert_eq!(Zone::named(name), None, "{name}");
        }
        for name in ["Asia/Seoul", "Europe/Madrid", "UTC"] {
            assert!(Zone::names().iter().any(|known| known == name), "{name}");
        }
        assert_eq!((Zone::of(None), Zone::of(Some("Seoul"))), (Zone::UTC, Zone::UTC));
    }

    /// Rules: H5.
    #[test]
    fn an_instant_is_shown_and_read_in_the_zone() {
        for (name, exact, plain, day) in [
            ("UTC", "2026-06-04T08:00:59Z", "2026-06-04 08:00 UTC", "2026-06-04"),
            ("Asia/Seoul", "2026-06-04T23:30:00Z", "2026-06-05 08:30 Asia/Seoul", "2026-06-05"),
            ("Asia/Kolkata", "2026-06-04T00:00:00Z", "2026-06-04 05:30 Asia/Kolkata", "2026-06-04"),
            ("Europe/Madrid", "2026-01-01T08:00:00Z", "2026-01-01 09:00 Europe/Madrid", "2026-01-01"),
            ("Europe/Madrid", "2026-07-01T08:00:00Z", "2026-07-01 10:00 Europe/Madrid", "2026-07-01"),
            // Set back on 25 October at 3:00 to 2:00.
            ("Europe/Madrid", "2026-10-25T00:30:00Z", "2026-10-25 02:30 +02 Europe/Madrid", "2026-10-25"),
            ("Europe/Madrid", "2026-10-25T01:30:00Z", "2026-10-25 02:30 +01 Europe/Madrid", "2026-10-25"),
        ] {
            let at: Timestamp = exact.parse().unwrap();
            let zone = zone(name);
            assert_eq!((zone.minute(at), zone.day(at)), (plain.to_owned(), day.to_owned()));
        }
        for (name, day, time, exact) in [
            ("UTC", "2026-03-01", "00:00", Some("2026-03-01T00:00:00Z")),
            ("Asia/Seoul", "2026-03-01", "08:30", Some("2026-02-28T23:30:00Z")),
            ("Europe/Madrid", "2026-03-29", "02:30", Some("2026-03-29T01:30:00Z")),
            ("Europe/Madrid", "2026-10-25", "02:30", Some("2026-10-25T00:30:00Z")),
            ("UTC", "2026-02-30", "00:00", None),
            ("UTC", "2026-03-01", "25:00", None),
            ("UTC", "2026-03-01T10:00", "08:30", None),
        ] {
            let exact: Option<Timestamp> = exact.map(|exact| exact.parse().unwrap());
            assert_eq!(zone(name).instant(day, time), exact, "{day} {time} in {name}");
        }
        // 25 hours of that day.
        let (first, last) =
            (zone("Europe/Madrid").first_of("2026-10-25"), zone("Europe/Madrid").last_of("2026-10-25"));
        assert_eq!(first.map(|at| at.to_string()).as_deref(), Some("2026-10-24T22:00:00.000000Z"));
        assert_eq!(last.map(|at| at.to_string()).as_deref(), Some("2026-10-25T22:59:59.999999Z"));
    }
}
