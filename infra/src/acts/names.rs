//! Names of accounts are unique to the eye throughout the installation: no two accounts hold a name or a
//! short name that share a look ([`looks`]).
//!
//! A look is claimed in the installation's own account, and its owner is the account that bears it. The claim
//! is an append of its own **before** the account's event, because an append is one account's. A claim whose
//! event never came belongs to that account: it may claim it again, and nobody else may. What an account does
//! not bear any more is given up **after** its event.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};
use twofold_domain::account::{Account, looks};
use twofold_domain::ids::{AccountId, StreamId};
use twofold_domain::time::Timestamp;

use super::ActError;
use crate::desk::Desk;
use crate::store::{Append, Claim, Extras, Outcome};
use crate::work::Work;

/// The kind of these claims, and the field where one that is taken stands.
const NAME: &str = "name";
/// How often what an account bears is looked at again because it changed meanwhile.
const ROUNDS: usize = 8;

/// Claims a name, and the short name beside it, for the account of a work: both, or none.
pub(super) async fn claim(work: &Work, slug: &str, name: &str) -> Result<(), ActError> {
    let (desk, account) = (work.desk(), work.account_id());
    let claims = claims(account, [slug, name]);
    match change(desk, work.at(), claims, vec![]).await? {
        Outcome::ClaimTaken { .. } => {
            for claim in self::claims(account, [slug]) {
                let holder = desk.store().claim(AccountId::INSTALLATION, NAME, &claim.key).await?;
                if holder.is_some_and(|holder| holder != account.uuid()) {
                    return Err(ActError::Taken("slug".to_owned()));
                }
            }
            Err(ActError::Taken(NAME.to_owned()))
        }
        _ => Ok(()),
    }
}

/// Gives up what an account claimed and does not bear, out of these names. Looks again until the account is
/// what it was looked at, so that of two changes at once neither gives up what the other one took.
pub(super) async fn settle(desk: &Desk, account: AccountId, names: [&str; 2]) -> Result<(), ActError> {
    for _ in 0..ROUNDS {
        let before = desk.log().accounts.load(StreamId::account(account)).await?;
        let keep = borne(account, &before.state);
        let kept: BTreeSet<_> = keep.iter().map(|claim| claim.key).collect();
        let releases = claims(account, names).into_iter().filter(|c| !kept.contains(&c.key)).collect();
        if let Outcome::ClaimTaken { .. } = change(desk, desk.clock().now(), keep, releases).await? {
            return Err(ActError::Taken(NAME.to_owned()));
        }
        if desk.log().accounts.load(StreamId::account(account)).await?.sequence == before.sequence {
            return Ok(());
        }
    }
    Err(ActError::Contended)
}

fn borne(account: AccountId, state: &Account) -> Vec<Claim> {
    claims(account, [state.slug(), state.name()])
}

fn claims<const N: usize>(account: AccountId, names: [&str; N]) -> Vec<Claim> {
    let looks: BTreeSet<String> = names.into_iter().flat_map(looks).collect();
    let claim = |look: &String| Claim { kind: NAME.to_owned(), key: key(look), owner: account.uuid() };
    looks.iter().map(claim).collect()
}

/// What stands in the place of a look. Names of accounts are no secret; the hash makes them one length.
fn key(look: &str) -> [u8; 32] {
    Sha256::new_with_prefix("twofold/account-name/v1\0").chain_update(look).finalize().into()
}

async fn change(
    desk: &Desk,
    at: Timestamp,
    claims: Vec<Claim>,
    releases: Vec<Claim>,
) -> Result<Outcome, ActError> {
    let extras = Extras { claims, releases, ..Extras::default() };
    let append = Append { extras, ..Append::new(AccountId::INSTALLATION, at, vec![]) };
    match desk.store().append(append).await? {
        outcome @ (Outcome::Committed { .. } | Outcome::ClaimTaken { .. }) => Ok(outcome),
        // Nothing was written that could have moved.
        other => Err(ActError::Bug(format!("claiming a name: {other:?}"))),
    }
}
