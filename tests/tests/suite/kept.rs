//! What is kept beside the log: secrets that are over by time alone are swept, and no other. That what an act ends goes
//! with that act is asked at the end of every story (`Town::close`).

use anyhow::{Result, ensure};
use twofold_domain::ids::VerifierId;
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_projections::projector::Projector;
use twofold_projections::verifier_sweep::VerifierSweep;
use twofold_tests::person::{Browser, Person};
use twofold_tests::stories;
use twofold_tests::town::Town;

async fn kept(town: &Town, whose: &Person) -> Result<Vec<VerifierId>> {
    let rows = town.here().store().verifiers_of(town.account, whose.user.uuid()).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

stories! {
    /// Rules: D7.
    async fn what_is_over_by_time_is_swept_and_what_is_not_stays(town) {
        let mut owner = town.owner().await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let invited = town.somebody(Role::Agent);
        owner.invite(&town, town.here(), invited.card()).await?;
        let projector = Projector::install(town.here().store().clone(), twofold_projections::all()).await?;
        projector.catch_up().await?;
        let sweep = VerifierSweep::new(town.here().clone());
        ensure!(sweep.finish().await? == 0, "nothing is over");
        let (before, link) = (kept(&town, &agent).await?, kept(&town, &invited).await?);
        ensure!(link.len() == 1, "the link of an invitation: {link:?}");

        town.wait(Span::days(40));
        let appended = town.log().await?.len();
        ensure!(sweep.finish().await? > 1, "the link, and sessions");
        ensure!(kept(&town, &invited).await?.is_empty());
        let after = kept(&town, &agent).await?;
        ensure!(after.len() < before.len() && after.iter().all(|id| before.contains(id)), "{before:?} {after:?}");
        ensure!(sweep.finish().await? == 0, "once");
        ensure!(town.log().await?.len() == appended, "what was over was over: it is no event");
        // Password, factor, and codes are as they were.
        agent.challenged(&town, town.there(), &mut Browser::default()).await?;
        owner.sign_in(&town, town.there()).await?;
        Ok(())
    }
}
