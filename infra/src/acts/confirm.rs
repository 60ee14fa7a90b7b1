//! The statement of a preview: what it counted, bound to account, change, and instant by a keyed tag, so that
//! whoever confirms it brings back what this server said and nothing else.

use serde::{Deserialize, Serialize};
use twofold_domain::account::{Account, Change, Confirmed, Counts, Impact, Shown};
use twofold_domain::ids::AccountId;
use twofold_domain::time::Timestamp;

use super::ActError;
use super::census::hex;
use crate::desk::Desk;

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

/// Whom a change concerns, as counted a moment ago, and the statement that its author confirms.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assessed {
    /// How many people by effect.
    pub counts: Counts,
    /// What is confirmed, if anything.
    pub statement: Option<Statement>,
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

impl Assessed {
    /// A change that its author was shown just now: what processes that preview and confirm in one go bring.
    pub async fn at_once(
        desk: &Desk,
        id: AccountId,
        account: &Account,
        change: &Change,
        counts: Counts,
        at: Timestamp,
    ) -> Result<Self, ActError> {
        let statement = state(desk, id, account, change, &counts, at).await?;
        Ok(Self { counts, statement: Some(statement) })
    }

    /// What the domain weighs: the counts, and what was shown of this change.
    pub(super) async fn impact(
        &self,
        desk: &Desk,
        id: AccountId,
        change: &Change,
    ) -> Result<Impact, ActError> {
        let counts = self.counts.clone();
        let Some(statement) = &self.statement else { return Ok(Impact { counts, shown: Shown::Nothing }) };
        let Statement { version, maxima, at, digest } = statement.clone();
        let confirmed = Confirmed { version, maxima, at };
        let genuine = tag(desk, id, change, &confirmed).await? == digest;
        let shown = if genuine { Shown::This(confirmed) } else { Shown::Another };
        Ok(Impact { counts, shown })
    }
}

async fn tag(desk: &Desk, id: AccountId, change: &Change, confirmed: &Confirmed) -> Result<String, ActError> {
    let text = serde_json::to_vec(&(change, confirmed)).map_err(|error| ActError::Bug(error.to_string()))?;
    let keys = desk.vault().account_keys(id).await?;
    Ok(hex(&keys.tokens().tag(LABEL, &[id.uuid().as_bytes(), &text])))
}
