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

/// Claims the names of accounts that were opened before names were compared by their looks: once in the life
/// of an installation, oldest account first. Where two bear names that look alike already, the older holds
/// the look and the newer what is free of its own; nobody else gets in between.
pub(crate) async fn claim_former(desk: &Desk) -> Result<(), ActError> {
    let done = former_claimed();
    let store = desk.store();
    if store.claim(AccountId::INSTALLATION, &done.kind, &done.key).await?.is_some() {
        return Ok(());
    }
    let mut accounts: Vec<AccountId> =
        store.accounts().await?.into_iter().map(|(account, _)| account).collect();
    // Ids are UUIDv7: in the order in which the accounts were opened.
    accounts.sort_unstable();
    for account in accounts {
        let state = desk.log().accounts.load(StreamId::account(account)).await?.state;
        if account == AccountId::INSTALLATION || state.id().is_none() {
            continue;
        }
        match settle(desk, account, [state.slug(), state.name()]).await {
            Err(ActError::Taken(_)) => {
                tracing::warn!(account.id = %account, "its name looks like that of an older account");
                for claim in borne(account, &state) {
                    change(desk, desk.clock().now(), vec![claim], vec![]).await?;
                }
            }
            other => other?,
        }
    }
    change(desk, desk.clock().now(), vec![done], vec![]).await.map(|_| ())
}

/// What says that this was done. A new installation is founded with it: its accounts claim as they open.
pub(crate) fn former_claimed() -> Claim {
    Claim { kind: "former_names".to_owned(), key: [0; 32], owner: AccountId::INSTALLATION.uuid() }
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

#[cfg(test)]
mod tests {
    use twofold_domain::account::ClockKind;
    use twofold_domain::policy::Role;

    use super::*;
    use crate::acts::{NewPerson, OpenAccount};
    use crate::config::{Config, Layers};
    use crate::context::{Actor, Context};
    use crate::installation;
    use crate::mint::Mint;
    use crate::verify::Passwords;

    async fn open(desk: &Desk, slug: &str, name: &str) -> Result<AccountId, ActError> {
        let account: AccountId = desk.mint().id();
        let owner = NewPerson {
            user: desk.mint().id(),
            role: Role::Owner,
            name: "Ada".to_owned(),
            email: "ada@acme.example".to_owned(),
            language: None,
        };
        let (slug, name) = (slug.to_owned(), name.to_owned());
        let act = OpenAccount { account, slug, name, clock: ClockKind::Real, owner };
        let context = Context::of(Actor::Operator, "test".to_owned());
        desk.perform(account, context, act).await.map(|_| account)
    }

    /// Rules: H5.
    #[tokio::test(flavor = "multi_thread")]
    async fn names_from_before_looks_were_compared_are_claimed_once_when_the_server_starts() {
        let dir = tempfile::tempdir().unwrap();
        let layers = Layers::default().with_flag("data_dir", &dir.path().display().to_string());
        let config = Config::load(&layers, 1).unwrap();
        let mint = Mint::system(crate::clock::Clock::system());
        let start =
            async || installation::open(&config, mint.clone(), Passwords::cheap(mint.clone())).await.unwrap();
        let desk = start().await;
        // They opened when nothing was claimed.
        let mut accounts = Vec::new();
        for (slug, name) in [("acme", "Acme"), ("other", "АСМЕ"), ("third", "Third")] {
            let account = open(&desk, slug, name).await.unwrap();
            change(&desk, desk.clock().now(), vec![], claims(account, [slug, name])).await.unwrap();
            accounts.push(account);
        }
        change(&desk, desk.clock().now(), vec![], vec![former_claimed()]).await.unwrap();

        for _ in 0..2 {
            let desk = start().await;
            for (slug, name, what) in [
                ("new", "ACME", "name"),
                ("new", "Other", "name"),
                ("third", "New", "slug"),
                ("new", "tHird", "name"),
            ] {
                let taken = open(&desk, slug, name).await;
                assert!(matches!(&taken, Err(ActError::Taken(field)) if field == what), "{name}: {taken:?}");
            }
            // The older of the two holds what both look like.
            for look in looks("Acme") {
                let holder = desk.store().claim(AccountId::INSTALLATION, NAME, &key(&look)).await.unwrap();
                assert_eq!(holder, Some(accounts[0].uuid()), "{look}");
            }
        }
    }
}
