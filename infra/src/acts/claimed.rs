//! What the passwords cost that people of an account brought along from another system.
//!
//! A comparison with such a hash takes that scheme's time, not ours. So that a wrong password tells nobody who
//! came from where, and who is not there at all, every wrong password of the account does the work of all of
//! them. The account's own stream says which those are: scheme and figures without anybody's salt or digest. Only
//! wrong passwords pay, and only until nobody has such a password any more.

use std::collections::BTreeMap;

use twofold_domain::account::{AccountCommand, ForeignCommand};

use super::ActError;
use super::accounts::unmoved;
use crate::desk::Act;
use crate::verify::foreign::ForeignHash;
use crate::verify::password::Cost;
use crate::work::Work;

/// What every refused password of the account costs beside the usual.
pub(super) async fn costs(work: &mut Work) -> Result<Vec<Cost>, ActError> {
    Ok(work.account().await?.foreign_costs().filter_map(Cost::of_text).collect())
}

/// People come with these, beside whatever the work does.
pub(super) async fn arrive<'a>(
    work: &mut Work,
    hashes: impl Iterator<Item = &'a ForeignHash>,
) -> Result<(), ActError> {
    let usual = work.desk().passwords().usual();
    let costs = hashes.map(|foreign| (foreign.hash.cost(), foreign.scheme.to_owned()));
    let costs: BTreeMap<String, String> = costs
        .filter(|(cost, _)| *cost != usual)
        .map(|(cost, scheme)| (cost.text().to_owned(), scheme))
        .collect();
    if costs.is_empty() {
        return Ok(());
    }
    let command = ForeignCommand::Arrive { costs, at: work.at() };
    work.tell_account(AccountCommand::Foreign(command)).await?;
    Ok(())
}

/// Say that nobody has a password of a scheme any more. A command of a process manager, which counted; it may be
/// repeated.
pub struct EndForeignPasswords {
    /// The scheme.
    pub scheme: String,
    /// The account's version before everything recorded then was counted.
    pub seen: u64,
}

impl Act for EndForeignPasswords {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        unmoved(work, self.seen).await?;
        let command = ForeignCommand::End { scheme: self.scheme.clone(), at: work.at() };
        work.tell_account(AccountCommand::Foreign(command)).await?;
        Ok(())
    }
}
