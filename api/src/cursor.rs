//! Lists in pages: an opaque cursor and a bounded `limit`.
//!
//! A cursor is base64url over a small versioned JSON array `[version, list, position, check]`. It is opaque
//! so that we may change it, not secret: it says where a list went on, and a list only ever shows what its
//! reader may see. The check catches damage; a cursor of another list or version is refused.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};

use crate::problem::{Problem, kinds};

const VERSION: u8 = 1;
/// A position is a few numbers or ids.
const LENGTH_LIMIT: usize = 512;

/// Where a list goes on, as a caller sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct Cursor(String);

impl Cursor {
    /// Seals a position in `list`.
    pub fn seal<P: Serialize>(list: &str, position: &P) -> Result<Self, Problem> {
        let position = serde_json::to_string(position).map_err(Problem::internal)?;
        let check = check(list, &position);
        let text = serde_json::to_vec(&(VERSION, list, &position, check)).map_err(Problem::internal)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(text)))
    }

    /// The position in `list`; refused if it is not one that we sealed for this list.
    pub fn open<P: DeserializeOwned>(&self, list: &str) -> Result<P, Problem> {
        self.read(list).ok_or_else(|| {
            Problem::new(kinds::INVALID_CURSOR)
                .detail("Send the cursor exactly as it was answered, to the same list, or leave it out to start over.")
                .field("query/cursor", "invalid_value", "not a cursor of this list")
        })
    }

    fn read<P: DeserializeOwned>(&self, wanted: &str) -> Option<P> {
        let text = (self.0.len() <= LENGTH_LIMIT).then(|| URL_SAFE_NO_PAD.decode(&self.0).ok())??;
        let (version, list, position, sum): (u8, String, String, u32) = serde_json::from_slice(&text).ok()?;
        let ours = version == VERSION && list == wanted && sum == check(&list, &position);
        ours.then(|| serde_json::from_str(&position).ok())?
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn check(list: &str, position: &str) -> u32 {
    let hash = Sha256::new().chain_update(list).chain_update([0]).chain_update(position).finalize();
    hash.iter().take(4).fold(0, |sum, byte| (sum << 8) | u32::from(*byte))
}

/// How many rows one page holds: 1 to 200, 50 if not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct Limit(u16);

impl Limit {
    /// More rows than a person reads at once; programs follow the cursor.
    pub const MAX: u16 = 200;

    /// The number of rows.
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        match u16::deserialize(source)? {
            rows @ 1..=Self::MAX => Ok(Self(rows)),
            _ => Err(D::Error::custom(format_args!("expected a number from 1 to {}", Self::MAX))),
        }
    }
}

/// One page of a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Send this to get the next rows; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// A page from up to `limit + 1` rows: the one too many only says that there are more.
    pub fn cut<P: Serialize>(
        mut rows: Vec<T>,
        limit: Limit,
        list: &str,
        position: impl Fn(&T) -> P,
    ) -> Result<Self, Problem> {
        let more = rows.len() > limit.get();
        rows.truncate(limit.get());
        let next = match rows.last() {
            Some(row) if more => Some(Cursor::seal(list, &position(row))?),
            _ => None,
        };
        Ok(Self { items: rows, next })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_only_for_its_own_list() {
        let cursor = Cursor::seal("events", &(7_u64, "x")).unwrap();
        assert_eq!(cursor.open::<(u64, String)>("events").unwrap(), (7, "x".to_owned()));
        assert_eq!(cursor.open::<(u64, String)>("people").unwrap_err().kind(), kinds::INVALID_CURSOR);
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let cursor = Cursor::seal("events", &1_234_567_u64).unwrap().0;
        for at in 0..cursor.len() {
            let mut bytes = cursor.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let mangled = Cursor(String::from_utf8(bytes).unwrap());
            assert!(mangled.open::<u64>("events").is_err(), "changed at {at}");
        }
    }

    #[test]
    fn the_last_page_has_no_cursor() {
        let limit = Limit(2);
        assert!(Page::cut(vec![1, 2], limit, "n", |n| *n).unwrap().next.is_none());
        let page = Page::cut(vec![1, 2, 3], limit, "n", |n| *n).unwrap();
        assert_eq!((page.items, page.next.unwrap().open::<i32>("n").unwrap()), (vec![1, 2], 2));
    }
}
