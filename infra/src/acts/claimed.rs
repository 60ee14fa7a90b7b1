//! What the passwords cost that people of an account brought along from another system.
//!
//! A comparison with such a hash takes that scheme's time, not ours. So that a wrong password tells nobody who
//! came from where, and who is not there at all, every wrong password of the account does the work of all of
//! them: the costs are kept in one sealed row, scheme and figures without anybody's salt or digest. The row stays
//! when the last of these hashes is gone: for whom it was, nobody should learn either. Only wrong passwords pay.

use std::collections::BTreeSet;

use twofold_domain::ids::{AccountId, VerifierId};
use uuid::Builder;

use super::ActError;
use crate::desk::Desk;
use crate::keys::AccountKeys;
use crate::vault::kind;
use crate::verify::password::Cost;
use crate::work::Work;

/// Costs that are evened out. Most systems had one or two in their time, and each is work for every wrong
/// password; whoever came with a further one can be told apart by the time that it takes.
const MOST: usize = 3;
const LABEL: &str = "twofold/claimed-costs/v1";

/// The costs of an account; none where nobody brought a password along. Asked after every wrong password,
/// whoever it is of.
pub(super) async fn costs(desk: &Desk, account: AccountId) -> Result<Vec<Cost>, ActError> {
    let row = row(&*desk.vault().account_keys(account).await?);
    let kept = desk.vault().secret_afresh(account, row, kind::CLAIMED_COSTS).await?;
    let text = kept.as_deref().map(|bytes| String::from_utf8_lossy(bytes));
    Ok(text.iter().flat_map(|text| text.lines()).filter_map(Cost::of_text).collect())
}

/// Keeps what these cost, beside whatever the work does.
pub(super) async fn note(work: &mut Work, new: BTreeSet<Cost>) -> Result<(), ActError> {
    let (desk, account) = (work.desk().clone(), work.account_id());
    let usual = desk.passwords().usual();
    let mut kept = costs(&desk, account).await?;
    let known = kept.len();
    kept.extend(new.into_iter().filter(|cost| *cost != usual && !kept.contains(cost)).collect::<Vec<_>>());
    kept.truncate(MOST);
    if kept.len() == known {
        return Ok(());
    }
    let text: Vec<&str> = kept.iter().map(Cost::text).collect();
    let row = row(&*desk.vault().account_keys(account).await?);
    desk.vault().keep_for(work, account.uuid(), row, kind::CLAIMED_COSTS, text.join("\n").as_bytes()).await
}

fn row(keys: &AccountKeys) -> VerifierId {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&keys.tokens().tag(LABEL, &[])[..16]);
    VerifierId::from_uuid(Builder::from_custom_bytes(bytes).into_uuid())
}
