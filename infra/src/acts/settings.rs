//! How an account shows itself.

use std::sync::Arc;

use twofold_domain::account::{Account, AccountCommand, Settings, SettingsCommand};
use twofold_domain::ids::AccountId;
use twofold_domain::permission::Act as Deed;

use super::accounts::unmoved;
use super::principal::Credential;
use super::{ActError, names};
use crate::context::Context;
use crate::desk::{Act, Desk, Done};
use crate::work::Work;
use crate::zone::Zone;

/// Change how an account shows itself. Performed by [`change_settings`], which gives up the old name.
#[derive(Clone)]
pub struct ChangeSettings {
    /// Who asks.
    pub credential: Credential,
    /// The account's version that they saw.
    pub seen: u64,
    /// What is to hold.
    pub to: Settings,
}

impl Act for ChangeSettings {
    /// The account's version, and the account as it is then.
    type Reply = (u64, Arc<Account>);

    async fn run(&self, work: &mut Work) -> Result<Self::Reply, ActError> {
        self.credential.principal(work, Deed::ChangeSettings).await?;
        unmoved(work, self.seen).await?;
        let mut to = self.to.clone();
        to.time_zone = to.time_zone.as_deref().map(zone).transpose()?;
        let command = SettingsCommand::Change { to, at: work.at() };
        let events = work.tell_account(AccountCommand::Settings(command)).await?;
        let account = work.account().await?;
        names::claim(work, account.slug(), account.name()).await?;
        Ok((self.seen + events.len() as u64, account))
    }
}

/// Changes how an account shows itself; whatever becomes of it, the account holds the name that it bears
/// afterwards, and no other of the two. It goes on where a caller goes away.
pub async fn change_settings(
    desk: &Desk,
    account: AccountId,
    context: Context,
    act: ChangeSettings,
) -> Result<Done<(u64, Arc<Account>)>, ActError> {
    let desk = desk.clone();
    let task = tokio::spawn(async move {
        let before = desk.log().accounts.load(twofold_domain::ids::StreamId::account(account)).await?.state;
        let to = act.to.name.clone();
        let done = desk.perform(account, context, act).await;
        if before.id().is_some() && before.name() != to {
            // A name that is not given up stays the account's until it is renamed again: nobody is harmed.
            if let Err(error) = names::settle(&desk, account, [before.name(), &to]).await {
                tracing::warn!(account.id = %account, %error, "a former name could not be given up");
            }
        }
        done
    });
    task.await.map_err(|e| ActError::Bug(format!("an act panicked: {e}")))?
}

/// The name of a time zone as the IANA database spells it.
fn zone(name: &str) -> Result<String, ActError> {
    let why = "a time zone is an IANA name, such as Asia/Seoul".to_owned();
    let known = Zone::named(name).ok_or(ActError::Field { field: "time_zone", why })?;
    Ok(known.name().to_owned())
}
