//! The statement of a preview: what it counted, bound to account, change, and instant by a keyed tag, so that
//! whoever confirms it brings back what this server said and nothing else. Against it stands what the act itself
//! counts while it runs; nobody outside brings a count along.

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use twofold_domain::account::{Account, Change, Confirmed, Counts, Impact, Shown};
use twofold_domain::ids::{AccountId, StreamId};
use twofold_domain::policy::Role;
use twofold_domain::time::Timestamp;

use super::ActError;
use super::census::hex;
use crate::desk::Desk;
use crate::work::Work;

const LABEL: &str = "twofold/preview/v1";

/// What a preview states, and the tag that shows that it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The policy's version that it was made under.
    pub version: u32,
    /// The most people by effect that its confirmation stands for.
    pub maxima: Counts,
    /// When it was made.
    pub at: Timestamp,
    /// HMAC-SHA-256 over the account, the change, and the rest, hexadecimal.
    pub digest: String,
}

/// A change, from one account to the other, and when it tells.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// The tenant.
    pub account: AccountId,
    /// What holds.
    pub before: &'a Account,
    /// What would.
    pub after: &'a Account,
    /// When people feel it: now, or on the date of a schedule.
    pub at: Timestamp,
    /// Now.
    pub now: Timestamp,
}

/// Counts whom a change concerns. What sees everybody at once, the read models, stands above this crate; acts
/// ask it while they decide, so that nobody brings them a count.
pub trait CountConcerned: Send + Sync {
    /// How many people by effect, as of everything recorded in the account when it is asked.
    ///
    /// # Errors
    /// [`ActError::NotCounted`] where the read models do not come that far in time.
    fn count<'a>(&'a self, step: Step<'a>) -> BoxFuture<'a, Result<Counts, ActError>>;
}

/// States what a change was found to do.
pub async fn state(
    desk: &Desk,
    id: AccountId,
    account: &Account,
    change: &Change,
    counts: &Counts,
    at: Timestamp,
) -> Result<Statement, ActError> {
    let confirmed = Confirmed::of(account, counts, at);
    let digest = tag(desk, id, change, &confirmed).await?;
    let Confirmed { version, maxima, at } = confirmed;
    Ok(Statement { version, maxima, at, digest })
}

/// Counts whom a change concerns at an instant, and states it: what processes that preview and confirm in one go
/// bring.
pub async fn preview(
    desk: &Desk,
    id: AccountId,
    change: &Change,
    by: Role,
    now: Timestamp,
) -> Result<Statement, ActError> {
    let account = desk.log().accounts.load(StreamId::account(id)).await?.state;
    let (after, at) = account.foresee(change, by, &desk.offer(), now)?;
    let step = Step { account: id, before: &account, after: &after, at, now };
    let counts = desk.concerned()?.count(step).await?;
    state(desk, id, &account, change, &counts, now).await
}

/// What the domain weighs: whom a change concerns as this very run of the act counts it, and what was shown of
/// it. The account is among what the act looked at, so no policy moves between the count and the commit.
pub(super) async fn impact(
    work: &mut Work,
    change: &Change,
    by: Role,
    statement: Option<&Statement>,
) -> Result<Impact, ActError> {
    let (account, now) = (work.account().await?, work.at());
    let (desk, id) = (work.desk().clone(), work.account_id());
    let shown = match statement {
        None => Shown::Nothing,
        Some(Statement { version, maxima, at, digest }) => {
            let confirmed = Confirmed { version: *version, maxima: maxima.clone(), at: *at };
            let genuine = tag(&desk, id, change, &confirmed).await? == *digest;
            if genuine { Shown::This(confirmed) } else { Shown::Another }
        }
    };
    let (after, at) = account.foresee(change, by, &desk.offer(), now)?;
    let step = Step { account: id, before: &account, after: &after, at, now };
    Ok(Impact { counts: desk.concerned()?.count(step).await?, shown })
}

async fn tag(desk: &Desk, id: AccountId, change: &Change, confirmed: &Confirmed) -> Result<String, ActError> {
    let text = serde_json::to_vec(&(change, confirmed)).map_err(|error| ActError::Bug(error.to_string()))?;
    let keys = desk.vault().account_keys(id).await?;
    Ok(hex(&keys.tokens().tag(LABEL, &[id.uuid().as_bytes(), &text])))
}
