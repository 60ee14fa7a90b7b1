//! Who is told of what the account is going to demand: many people, one append each.

use anyhow::{Result, ensure};
use twofold_domain::account::Change;
use twofold_domain::ids::StreamId;
use twofold_domain::policy::{Audience, AudiencePolicy, Role};
use twofold_domain::time::Span;
use twofold_infra::acts::{CancelSchedule, SchedulePolicy};
use twofold_infra::desk::Desk;
use twofold_projections::projector::Projector;
use twofold_projections::wait_notices::{BATCH, WaitNotices};
use twofold_tests::crowd::{Brings, arrive_as};
use twofold_tests::person::shown;
use twofold_tests::stories;
use twofold_tests::town::Town;
use uuid::Uuid;

async fn notices(desk: &Desk) -> Result<WaitNotices> {
    let projector = Projector::install(desk.store().clone(), twofold_projections::all()).await?;
    Ok(WaitNotices::new(desk.clone(), projector))
}

/// Whom letters wait for, in order; they are taken away.
async fn letters(town: &Town) -> Result<Vec<Uuid>> {
    let store = town.here().store();
    let mut letters = vec![];
    for letter in store.outbox(town.account, 10_000).await? {
        letters.extend(letter.subject);
        store.drop_message(letter.id).await?;
    }
    letters.sort_unstable();
    Ok(letters)
}

stories! {
    /// Rules: P10.
    async fn hundreds_of_admins_are_told_of_a_schedule_and_of_its_end_each_once_and_in_no_one_append(town) {
        // Given more admins than are gone through at once, and an agent.
        let mut owner = town.owner().await?;
        let admins = arrive_as(&town, &owner, Role::Admin, BATCH as usize + 7, Brings::Password).await?;
        arrive_as(&town, &owner, Role::Agent, 1, Brings::Password).await?;
        town.wait(Span::minutes(1));
        owner.sign_in(&town, town.here()).await?;
        letters(&town).await?;
        let mut expected: Vec<Uuid> = admins.iter().map(|admin| admin.user.uuid()).collect();
        expected.push(owner.user.uuid());
        expected.sort_unstable();

        // When a policy is scheduled, then the act itself writes to nobody.
        let policy = AudiencePolicy { trust_days: 7, ..AudiencePolicy::TEAM };
        let begins_at = town.now() + Span::days(2);
        let change = Change::Schedule { audience: Audience::Team, policy: policy.clone(), begins_at };
        let statement = Some(shown(&town, town.here(), &change, &[].into()).await?);
        let seen = town.here().log().accounts.load(StreamId::account(town.account)).await?.sequence;
        let credential = owner.credential()?;
        let act = SchedulePolicy { credential, seen, audience: Audience::Team, policy, begins_at, statement };
        let (_, _, schedule) = town.perform(town.here(), act).await?.reply;
        ensure!(town.here().store().outbox(town.account, 1).await?.is_empty(), "in the append of the act");

        // And every owner and admin is told once, whoever tells them and however often they begin.
        let (here, there) = (notices(town.here()).await?, notices(town.there()).await?);
        let (one, other) = tokio::join!(here.finish(), there.finish());
        one?;
        other?;
        let told = letters(&town).await?;
        ensure!(told == expected, "{} letters to {} of them", told.len(), expected.len());
        notices(&town.newcomer().await?).await?.finish().await?;
        ensure!(letters(&town).await?.is_empty(), "told twice");

        // Of its end, too.
        town.wait(Span::minutes(1));
        owner.step_up(&town, town.here()).await?;
        letters(&town).await?;
        let credential = owner.credential()?;
        town.perform(town.there(), CancelSchedule { credential, schedule }).await?;
        ensure!(letters(&town).await?.is_empty(), "in the append of the act");
        here.finish().await?;
        there.finish().await?;
        let told = letters(&town).await?;
        ensure!(told == expected, "{} letters of the end", told.len());
        Ok(())
    }
}
