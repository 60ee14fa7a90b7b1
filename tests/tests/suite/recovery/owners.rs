//! Owners who lost their second factor, whom nobody outranks.

use anyhow::{Result, ensure};
use serde_json::json;
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_projections::projector::Projector;
use twofold_projections::wait_notices::{BATCH, WaitNotices};
use twofold_tests::crowd::{Brings, arrive_as};
use twofold_tests::stories;
use twofold_tests::town::Town;
use uuid::Uuid;

use super::Scene;

/// The process manager that tells the team, on one of the instances.
async fn notices(town: &Town, second: bool) -> Result<WaitNotices> {
    let desk = if second { town.there() } else { town.here() };
    let projector = Projector::install(desk.store().clone(), twofold_projections::all()).await?;
    Ok(WaitNotices::new(desk.clone(), projector))
}

/// Whose letters lie in the outbox with these words in their subject.
async fn told(town: &Town, words: &str) -> Result<Vec<Uuid>> {
    let desk = town.here();
    let mut told = vec![];
    for row in desk.store().outbox(town.account, 10_000).await? {
        let letter = desk.vault().open_message(town.account, row.id, &row.sealed).await?;
        told.extend(row.subject.filter(|_| letter.subject.contains(words)));
    }
    told.sort_unstable();
    Ok(told)
}

stories! {
    /// The sole owner: nobody else may approve, so the whole team is told, and any admin can end it.
    ///
    /// Rules: C9, C5.
    async fn a_sole_owner_comes_back_with_notice_to_the_team(town) {
        let mut owner = town.owner().await?;
        let mut admin = owner.welcome_enrolled(&town, Role::Admin).await?;
        let agent = owner.welcome(&town, Role::Agent).await?;
        let scene = Scene::of(&town).await?;
        town.letters(agent.user).await?;
        let stopped = scene.waits(&mut owner).await?;
        notices(&town, false).await?.finish().await?;
        let told = town.letters(agent.user).await?;
        ensure!(told.iter().any(|letter| letter.subject.contains("owner's second factor")), "the team is told");
        admin.sign_in(&town, town.here()).await?;
        let path = format!("/v1/users/{}/recovery/stop", owner.user);
        ensure!(scene.post(&admin, &path, json!({ "case": stopped })).await?.gist() == "200");
        ensure!(scene.case(&admin, &stopped).await?["stopped"] == "staff");
        town.wait(Span::hours(72));
        scene.stuck(&mut owner).await?;

        let case = scene.waits(&mut owner).await?;
        town.wait(Span::hours(72));
        scene.sign_in(&mut owner).await?;
        town.letters(owner.user).await?;
        scene.bind(&mut owner).await?;
        let closed = scene.case(&owner, &case).await?;
        ensure!(closed["stage"] == "completed" && closed["route"] == "owner", "{closed}");
        Ok(())
    }

    /// Rules: C9.
    async fn a_team_of_any_size_is_told_of_an_owners_wait_each_once_and_in_no_one_append(town) {
        // Given more members of the team than are gone through at once, and a customer who waits, too.
        let mut owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let crowd = arrive_as(&town, &owner, Role::Agent, BATCH as usize + 7, Brings::Password).await?;
        let mut team: Vec<Uuid> = crowd.iter().map(|member| member.user.uuid()).collect();
        team.sort_unstable();
        let scene = Scene::of(&town).await?;

        // When the reset of the owner waits, and the customer's, then nobody of the team is told in the act itself.
        scene.waits(&mut owner).await?;
        scene.waits(&mut customer).await?;
        let words = "owner's second factor";
        ensure!(told(&town, words).await?.is_empty());

        // And everybody of the team is, once, whoever tells them and however often: of the owner's alone.
        let (one, other) = (notices(&town, false).await?, notices(&town, true).await?);
        let (here, there) = tokio::join!(one.finish(), other.finish());
        here?;
        there?;
        notices(&town, false).await?.finish().await?;
        let found = told(&town, words).await?;
        ensure!(found == team, "{} letters to a team of {}", found.len(), team.len());
        town.wait(Span::hours(73));
        notices(&town, true).await?.finish().await?;
        ensure!(told(&town, words).await? == team, "and once more nobody");
        Ok(())
    }

    /// Rules: C9.
    async fn a_team_that_could_not_be_told_in_time_is_told_late_and_of_nothing_that_was_stopped(town) {
        let mut owner = town.owner().await?;
        let mut admin = owner.welcome_enrolled(&town, Role::Admin).await?;
        let scene = Scene::of(&town).await?;
        let words = "owner's second factor";
        let stopped = scene.waits(&mut owner).await?;
        admin.sign_in(&town, town.here()).await?;
        let path = format!("/v1/users/{}/recovery/stop", owner.user);
        ensure!(scene.post(&admin, &path, json!({ "case": stopped })).await?.gist() == "200");
        notices(&town, false).await?.finish().await?;
        ensure!(told(&town, words).await?.is_empty(), "it was stopped before");

        scene.waits(&mut owner).await?;
        town.wait(Span::hours(80));
        scene.sign_in(&mut owner).await?;
        notices(&town, false).await?.finish().await?;
        ensure!(told(&town, words).await? == [admin.user.uuid()], "it fell due while nobody could be told");
        Ok(())
    }
}
