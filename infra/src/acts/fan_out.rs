//! Writing an account-wide reset into each affected person's own stream, and proving that it
//! reached exactly those announced. Commands of a process manager; both may be repeated.

use twofold_domain::account::{AccountCommand, Census};
use twofold_domain::ids::UserId;
use twofold_domain::user::UserCommand;

use super::ActError;
use crate::desk::Act;
use crate::work::Work;

/// Write the reset that is owed into a user's stream; nothing if it is there already.
pub struct ReachReset {
    /// Whose.
    pub user: UserId,
}

impl Act for ReachReset {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        work.tell_user(self.user, UserCommand::ReachReset).await?;
        Ok(())
    }
}

/// State that everybody announced was reached.
pub struct CompleteFanOut {
    /// The generation that the disable opened.
    pub generation: u32,
    /// Whom the log says it reached.
    pub reached: Census,
}

impl Act for CompleteFanOut {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let account = work.account().await?;
        if account.fan_outs.iter().all(|f| f.generation != self.generation) {
            return Ok(());
        }
        let command =
            AccountCommand::CompleteFanOut { generation: self.generation, reached: self.reached.clone() };
        work.tell_account(command).await?;
        Ok(())
    }
}
