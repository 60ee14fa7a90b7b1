//! What people were called when something happened, for whoever may read it; and whom a name meant.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::sealed::{Email, PersonName, Sealed};
use twofold_infra::acts::ActError;
use twofold_infra::desk::Desk;
use twofold_projections::audit::names::{self, Borne};
use twofold_projections::audit::search::Span;
use uuid::Uuid;

/// Names that one search goes through. Beyond it, the search says so instead of taking for ever: names are sealed,
/// and each must be opened to be read.
pub(crate) const NAMES_SEARCHED: usize = 20_000;
/// The most people whom one search may mean.
pub(crate) const PEOPLE_MEANT: usize = 50;
/// Names read at a time.
const PAGE: u32 = 1_000;

/// A name and an address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Called {
    /// The name; empty once its person was erased.
    pub(crate) name: String,
    /// The address; empty once its person was erased.
    pub(crate) email: String,
}

/// The names of a page's people, each person looked up once.
#[derive(Debug, Default)]
pub(crate) struct NamesThen(HashMap<UserId, Vec<(Borne, Called)>>);

impl NamesThen {
    /// What somebody was called right after an event.
    pub(crate) async fn of(
        &mut self,
        desk: &Desk,
        account: AccountId,
        user: UserId,
        at: u64,
    ) -> Result<Called, ActError> {
        if let Entry::Vacant(entry) = self.0.entry(user) {
            let mut all = vec![];
            for borne in names::of(desk.store().views(), account, user).await? {
                let called = open(desk, account, &borne).await?;
                all.push((borne, called));
            }
            entry.insert(all);
        }
        let all = self.0.get(&user).map(Vec::as_slice).unwrap_or_default();
        Ok(all
            .iter()
            .rfind(|(borne, _)| borne.from <= at)
            .map(|(_, called)| called.clone())
            .unwrap_or_default())
    }
}

async fn open(desk: &Desk, account: AccountId, borne: &Borne) -> Result<Called, ActError> {
    let (vault, user) = (desk.vault(), borne.user);
    let name = match &borne.name {
        Some(bytes) => vault.unseal(account, user, &Sealed::<PersonName>::from_bytes(bytes.clone())).await?,
        None => None,
    };
    let email = match &borne.email {
        Some(bytes) => vault.unseal(account, user, &Sealed::<Email>::from_bytes(bytes.clone())).await?,
        None => None,
    };
    let text = |clear: Option<zeroize::Zeroizing<String>>| clear.map_or_else(String::new, |c| c.to_string());
    Ok(Called { name: text(name), email: text(email) })
}

/// Whom words meant, and when: whose name or address then held them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Meant {
    /// These people.
    People(Vec<Span>),
    /// More than [`PEOPLE_MEANT`], or found among more than [`NAMES_SEARCHED`] names.
    TooMany,
}

/// Looks for words in every name and address that anybody ever bore.
pub(crate) async fn search(desk: &Desk, account: AccountId, words: &str) -> Result<Meant, ActError> {
    let words = words.trim().to_lowercase();
    let (mut spans, mut after, mut searched) = (vec![], UserId::from_uuid(Uuid::nil()), 0);
    loop {
        let (borne, on) = names::borne_by(desk.store().views(), account, after, PAGE).await?;
        searched += borne.len();
        for borne in borne {
            let called = open(desk, account, &borne).await?;
            if [called.name, called.email].iter().any(|text| text.to_lowercase().contains(&words)) {
                spans.push(Span { user: borne.user, from: borne.from, until: borne.until });
            }
        }
        if spans.len() > PEOPLE_MEANT {
            return Ok(Meant::TooMany);
        }
        match on {
            Some(_) if searched >= NAMES_SEARCHED => return Ok(Meant::TooMany),
            Some(last) => after = last,
            None => return Ok(Meant::People(spans)),
        }
    }
}
