//! What is kept beside the log: secrets that are over by time alone are swept, and no other. That what an act ends goes
//! with that act is asked at the end of every story (`Town::close`).

use anyhow::{Result, ensure};
use twofold_domain::account::TokenScope;
use twofold_domain::ids::{ClientId, VerifierId};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_infra::acts::{ActError, IssueClientToken, RegisterClient, TokenWish};
use twofold_infra::desk::Act;
use twofold_infra::work::Work;
use twofold_projections::projector::Projector;
use twofold_projections::verifier_sweep::VerifierSweep;
use twofold_tests::person::{Browser, Person, credential};
use twofold_tests::stories;
use twofold_tests::town::Town;
use uuid::Uuid;

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
        let sweep = VerifierSweep::new(town.here().clone(), projector.clone());
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

    /// Rules: D7.
    async fn what_nobody_speaks_of_any_more_and_what_a_program_no_longer_has_is_swept(town) {
        let mut owner = town.owner().await?;
        owner.step_up(&town, town.here()).await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let credential = credential(owner.session()?)?;
        let register = RegisterClient { credential: credential.clone(), name: "Shop".to_owned() };
        let client = town.perform(town.here(), register).await?.reply;
        let wish = |days| TokenWish { scopes: [TokenScope::ReadPeople].into(), days };
        for days in [1, 90] {
            let issue = IssueClientToken { credential: credential.clone(), client, wish: wish(days) };
            town.never_in_log(town.perform(town.here(), issue).await?.reply.secret.as_str());
        }
        let projector = Projector::install(town.here().store().clone(), twofold_projections::all()).await?;
        let sweep = VerifierSweep::new(town.here().clone(), projector.clone());
        let (before, removed) = (kept(&town, &agent).await?, town.here().mint().id::<ClientId>());
        for owner in [agent.user.uuid(), client.uuid(), removed.uuid()] {
            town.perform(town.here(), Leave(owner)).await?;
        }
        let of = async |owner: Uuid| {
            Ok::<_, anyhow::Error>(town.here().store().verifiers_of(town.account, owner).await?.len())
        };
        projector.catch_up().await?;
        ensure!(sweep.finish().await? == 0, "too young: a read model need not know whose it is");
        ensure!(of(client.uuid()).await? == 3);

        town.wait(Span::days(3));
        // Where the read model lags behind, nothing is taken to be left over but what is over.
        owner.sign_in(&town, town.here()).await?;
        sweep.finish().await?;
        ensure!(of(client.uuid()).await? == 2 && of(removed.uuid()).await? == 1);
        projector.catch_up().await?;
        ensure!(sweep.finish().await? == 3);
        ensure!(of(client.uuid()).await? == 1 && of(removed.uuid()).await? == 0);
        let after = kept(&town, &agent).await?;
        ensure!(after.iter().all(|id| before.contains(id)), "{before:?} {after:?}");
        agent.challenged(&town, town.there(), &mut Browser::default()).await?;
        Ok(())
    }
}

/// Keeps a secret of somebody's that no event speaks of, as before secrets went with what ends them.
struct Leave(Uuid);

impl Act for Leave {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let desk = work.desk().clone();
        desk.vault().keep_for(work, self.0, desk.mint().id(), "token", b"left over").await
    }
}
