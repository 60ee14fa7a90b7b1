//! Who would be reset by an account-wide disable, from the roster that changes with the events.

use sha2::{Digest, Sha256};
use twofold_domain::account::Census;
use twofold_domain::ids::{AccountId, UserId};

use super::ActError;
use crate::desk::Desk;

/// A count of people and a digest over their sorted ids, one a line.
pub fn census_of(mut people: Vec<UserId>) -> Census {
    people.sort_unstable();
    let mut hash = Sha256::new();
    for user in &people {
        hash.update(format!("{user}\n"));
    }
    let digest = hex(&hash.finalize());
    Census { people: people.len() as u64, digest }
}

/// Bytes in lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
        text.extend([digit(byte >> 4), digit(byte & 15)]);
        text
    })
}

/// The people enrolled in a generation, and the position of the roster that says so.
pub(super) async fn enrolled(
    desk: &Desk,
    account: AccountId,
    generation: u32,
) -> Result<(Vec<UserId>, u64), ActError> {
    let roster = desk.store().roster(account).await?;
    let people =
        roster.members.iter().filter(|(_, g)| *g == u64::from(generation)).map(|(user, _)| *user).collect();
    Ok((people, roster.seq))
}

/// How many people are enrolled now.
pub async fn enrolled_now(desk: &Desk, account: AccountId, generation: u32) -> Result<u64, ActError> {
    let (people, _) = enrolled(desk, account, generation).await?;
    Ok(people.len() as u64)
}
