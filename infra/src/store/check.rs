//! What is refused before any database is asked: whatever passes can only fail there for a reason that is
//! not the append's own, so that one member never costs a batch.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use twofold_domain::time::Timestamp;

use super::StoreError;
use super::append::{Append, Extras, RosterChange};

/// The largest payload or metadata that a record may carry, in bytes: a transparency-log entry has a
/// 16-bit length.
pub const MAX_RECORD_BYTES: usize = 65_535;

/// Events of one append; far above what an act decides, and small enough that a batch stays short.
pub const MAX_EVENTS: usize = 1_000;

impl Append {
    /// Whether both databases would take it, and keep it alike.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let refuse = |why: String| Err(StoreError::Refused(why));
        let mut written = HashSet::new();
        for write in &self.writes {
            if write.events.is_empty() {
                return refuse("a write without events".to_owned());
            }
            if !written.insert(write.stream) {
                return refuse("two writes to one stream".to_owned());
            }
            for event in &write.events {
                check_text(&event.event_type)?;
                check_text(&event.event_version)?;
                check_json(&event.payload)?;
                check_json(&event.metadata)?;
            }
        }
        let streams = self.writes.iter().map(|w| w.stream).chain(self.reads.iter().map(|r| r.stream));
        if streams.into_iter().any(|stream| stream.id.account != self.account) {
            return refuse("a stream of another account".to_owned());
        }
        if self.event_count() > MAX_EVENTS {
            return refuse(format!("more than {MAX_EVENTS} events in one append"));
        }
        if !self.extras.roster.is_empty() && self.writes.is_empty() {
            return refuse("a change of the roster that no event tells".to_owned());
        }
        if self.at > Timestamp::MAX || self.at < Timestamp::from_micros(0) {
            return refuse("an instant outside 1970 to 9999".to_owned());
        }
        self.extras.check()
    }
}

impl Extras {
    fn check(&self) -> Result<(), StoreError> {
        let refuse = |why: &str| Err(StoreError::Refused(why.to_owned()));
        if self.slug.is_some() && !self.opens_account {
            return refuse("a slug without opening an account");
        }
        let mut claims = HashSet::new();
        if !self.claims.iter().all(|c| claims.insert((&c.kind, c.key))) {
            return refuse("one value claimed twice");
        }
        let mut releases = HashSet::new();
        if !self.releases.iter().all(|c| releases.insert((&c.kind, c.key))) {
            return refuse("one value released twice");
        }
        let mut users = HashSet::new();
        let changed = |change: &RosterChange| match *change {
            RosterChange::Add { user, .. } | RosterChange::Remove { user } => user,
        };
        if !self.roster.iter().all(|change| users.insert(changed(change))) {
            return refuse("one person changes twice in the roster");
        }
        for text in self.claims.iter().chain(&self.releases).map(|c| &c.kind) {
            check_text(text)?;
        }
        for text in self.outbox.iter().map(|o| &o.letter).chain(&self.slug) {
            check_text(text)?;
        }
        Ok(())
    }
}

/// Names of types, kinds, and slugs: short, and without NUL.
fn check_text(text: &str) -> Result<(), StoreError> {
    const LONGEST: usize = 200;
    if text.is_empty() || text.len() > LONGEST || text.contains('\0') {
        return Err(StoreError::Refused(format!(
            "a name that is empty, too long, or has a NUL: {text:.40?}"
        )));
    }
    Ok(())
}

/// JSON that both databases keep byte for byte.
fn check_json(text: &str) -> Result<(), StoreError> {
    if text.len() > MAX_RECORD_BYTES {
        return Err(StoreError::Refused(format!("a record of {} bytes; {MAX_RECORD_BYTES} fit", text.len())));
    }
    if has_nul(text) {
        return Err(StoreError::Refused("a record with a NUL".to_owned()));
    }
    serde_json::from_str::<Exact>(text)
        .map(|_| ())
        .map_err(|e| StoreError::Refused(format!("a record that is not JSON, or not exact: {e}")))
}

/// JSON all of whose numbers are whole and at most 2^53 - 1 from nought: canonical JSON (RFC 8785) writes any other as
/// the nearest double, and whoever reads it gets another one.
struct Exact;

/// The greatest distance from nought at which every whole number is a double of its own (RFC 7493 §2.2): 2^53 is also
/// what 2^53 + 1 is rounded to.
const EXACT: u64 = (1 << 53) - 1;

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Exact {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number of at most 2^53 - 1")
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self, E> {
        if number <= EXACT {
            Ok(self)
        } else {
            Err(E::invalid_value(serde::de::Unexpected::Unsigned(number), &self))
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self, E> {
        self.visit_u64(number.unsigned_abs())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self, A::Error> {
        while fields.next_entry::<IgnoredAny, Self>()?.is_some() {}
        Ok(self)
    }
}

/// A NUL as such, or spelled `\u0000`.
fn has_nul(json: &str) -> bool {
    if json.contains('\0') {
        return true;
    }
    json.match_indices("\\u0000").any(|(at, _)| {
        let before = json.as_bytes()[..at].iter().rev().take_while(|b| **b == b'\\').count();
        before % 2 == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_is_found_however_it_is_spelled() {
        assert!(has_nul("\"a\0b\""));
        assert!(has_nul(r#""a\u0000b""#));
        assert!(has_nul(r#""a\\\u0000b""#));
        assert!(!has_nul(r#""a\\u0000b""#));
        assert!(!has_nul(r#""a\u0001b""#));
    }

    #[test]
    fn a_record_has_a_largest_size() {
        let fits = format!("\"{}\"", "x".repeat(MAX_RECORD_BYTES - 2));
        assert!(check_json(&fits).is_ok());
        assert!(check_json(&format!("{fits} ")).is_err());
        assert!(check_json("{").is_err());
    }

    #[test]
    fn every_number_of_a_record_is_read_as_it_was_written() {
        for (text, kept) in [
            ("9007199254740991", true),
            ("-9007199254740991", true),
            ("9007199254740992", false),
            ("-9007199254740992", false),
            ("18446744073709551615", false),
            ("1.8446744073709552e+19", false),
            ("0.5", false),
            (r#"{"a":[1,null,true,"1.5",{"b":-3}]}"#, true),
            (r#"{"a":[1,{"b":[1e3]}]}"#, false),
        ] {
            assert_eq!(check_json(text).is_ok(), kept, "{text}");
        }
    }
}
