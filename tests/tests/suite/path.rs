//! The one true path, from an empty database to an account that switches off and on again.

use anyhow::{Result, bail, ensure};
use twofold_domain::policy::Role;
use twofold_tests::stories;

stories! {
    async fn an_owner_enrols(town) {
        let owner = town.owner().await?;
        ensure!(owner.codes.len() == 10, "ten recovery codes, not {}", owner.codes.len());
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let _ = agent.step_up(&town, town.there()).await?;
        if agent.codes.len() != 10 { bail!("codes"); }
        Result::Ok(())
    }
}
