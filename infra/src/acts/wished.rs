//! Notices that an account wished for. A command of a process manager; it may be repeated.

use twofold_domain::account::Notice;
use twofold_domain::ids::UserId;
use twofold_domain::time::Timestamp;

use super::ActError;
use super::post::tell;
use crate::desk::Act;
use crate::mail::{Letter, Wished};
use crate::work::Work;

/// Tell the owners and admins of an account something that it wished they were told; nothing if it does not
/// wish so any more.
pub struct TellStewards {
    /// What kind of thing.
    pub notice: Notice,
    /// Whom it is about, where it is about one person.
    pub about: Option<UserId>,
    /// When it happened.
    pub at: Timestamp,
    /// The owners and admins, as the read models know them.
    pub stewards: Vec<UserId>,
}

impl Act for TellStewards {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        if !work.account().await?.settings.notices.contains(&self.notice) {
            return Ok(());
        }
        let name = match self.about {
            Some(user) => name(work, user).await?,
            None => None,
        };
        let letter = Letter::Wished(Wished { notice: self.notice, name, at: self.at });
        // Whom it is about was told already.
        let others = self.stewards.iter().copied().filter(|user| Some(*user) != self.about);
        tell(work, others, &letter).await
    }
}

/// Somebody's name, unless they were erased meanwhile.
async fn name(work: &mut Work, user: UserId) -> Result<Option<String>, ActError> {
    let Some(sealed) = work.user(user).await?.who().map(|who| who.name.clone()) else { return Ok(None) };
    let (vault, account) = (work.desk().vault().clone(), work.account_id());
    Ok(vault.unseal(account, user, &sealed).await?.map(|name| name.as_str().to_owned()))
}
