//! The process manager that writes an account-wide reset into each person's own stream: it finishes,
//! on any number of instances, with exactly those announced, and touches nobody's newer enrolment.

use anyhow::{Context as _, Result, ensure};
use futures::TryStreamExt as _;
use twofold_domain::account::AccountEvent;
use twofold_domain::device::Method;
use twofold_domain::ids::AccountId;
use twofold_domain::policy::Role;
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::acts::Switch;
use twofold_infra::desk::Desk;
use twofold_infra::store::EventStore;
use twofold_projections::audit;
use twofold_projections::projector::Projector;
use twofold_projections::reports::{self, Cell, Question, Row};
use twofold_projections::reset_fanout::ResetFanOut;
use twofold_tests::person::Browser;
use twofold_tests::stories;

async fn manager(desk: &Desk) -> Result<ResetFanOut> {
    let projector = Projector::install(desk.store().clone(), twofold_projections::all()).await?;
    Ok(ResetFanOut::new(desk.clone(), projector))
}

stories! {
    /// Rules: D1.
    async fn a_reset_reaches_exactly_those_announced_and_says_so(town) {
        // Given four enrolled people, and one who never enrolled.
        let owner = town.owner().await?;
        let mut agents = vec![];
        for _ in 0..3 {
            agents.push(owner.welcome_enrolled(&town, Role::Agent).await?);
        }
        owner.welcome(&town, Role::Auditor).await?;

        // When the switch is thrown off and on again, and one of them is back before the fan-out comes by.
        owner.disable_account(&town, town.here()).await?;
        let mut owner = owner;
        town.wait(Span::minutes(1));
        owner.sign_in(&town, town.here()).await?;
        owner.switch(&town, town.here(), Switch::Enable).await?;
        let early = &mut agents[0];
        early.sign_in(&town, town.there()).await?;
        early.enrol(&town, town.there()).await?;
        let (here, there) = (manager(town.here()).await?, manager(town.there()).await?);
        let (one, other) = tokio::join!(here.finish(), there.finish());
        one?;
        other?;

        // Then each of the four has one reset of their own, and the closing event says so.
        ensure!(town.count("TwoFactorReset").await? == 4, "four people were enrolled, each is reset once");
        let resets = town.log().await?.into_iter().filter(|r| r.event_type == "TwoFactorReset");
        for reset in resets {
            let by_nobody = reset.metadata.contains(r#""actor":"system:reset_fan_out""#);
            ensure!(by_nobody, "whoever came first did not reset themselves: {}", reset.metadata);
        }
        ensure!(town.count("ResetFanOutCompleted").await? == 1, "the fan-out is closed once");
        let (_, disabled) = town.last_disable().await?;
        let AccountEvent::AccountTwoFactorDisabled { digest, people, .. } = disabled else {
            anyhow::bail!("the last disable is one");
        };
        let closed = town.log().await?.into_iter().find(|r| r.event_type == "ResetFanOutCompleted");
        let closed = closed.map(|r| r.payload).unwrap_or_default();
        ensure!(closed.contains(&digest) && people == 4, "closed with the digest announced: {closed}");

        // And the newer enrolment stands, while an older one asks for nothing any more.
        town.wait(Span::minutes(1));
        agents[0].challenged(&town, town.here(), &mut Browser::default()).await?;
        ensure!(agents[1].sign_in(&town, town.here()).await? == Method::Password, "nothing left to ask for");
        Ok(())
    }

    /// Rules: D1, S7.
    async fn the_report_says_whom_a_disable_reset_before_and_while_and_after_it_is_written(town) {
        let owner = town.owner().await?;
        let mut enrolled = vec![owner.user.to_string()];
        for _ in 0..2 {
            enrolled.push(owner.welcome_enrolled(&town, Role::Agent).await?.user.to_string());
        }
        owner.welcome(&town, Role::Auditor).await?;
        enrolled.sort();
        owner.disable_account(&town, town.here()).await?;
        let (disabled, _) = town.last_disable().await?;
        town.wait(Span::minutes(1));
        let store = town.here().store();
        let projector = Projector::install(store.clone(), twofold_projections::all()).await?;
        let report = reports::named("resets").context("a report")?;
        // From the disable's own instant on, the disable itself lies before the period.
        let after_it = recorded(store, town.account, &projector, disabled).await?.to_string();
        for (from, written) in [(None, false), (Some(after_it.clone()), false), (None, true), (Some(after_it), true)] {
            if written && town.count("TwoFactorReset").await? == 0 {
                manager(town.here()).await?.finish().await?;
            }
            projector.catch_up().await?;
            let given = from.as_deref().map(|from| ("from", from));
            let asked = Question::read(report, given)?.settle(store, town.account, town.now()).await?;
            let rows: Vec<Row> = (report.pages)(asked).try_concat().await?;
            let who: Vec<String> = rows.iter().filter_map(|row| Some(row[2].person()?.to_string())).collect();
            ensure!(who == enrolled, "{who:?} of {enrolled:?}, from {from:?}");
            ensure!(rows.iter().all(|row| row[1] == Cell::Event(disabled)), "{rows:?}");
            ensure!(rows.iter().all(|row| (row[7] == Cell::Empty) != written), "{rows:?}");
        }
        // Once all of it is written, it belongs to no later period.
        town.wait(Span::minutes(1));
        let later = town.now().to_string();
        let asked = Question::read(report, [("from", later.as_str())])?;
        let asked = asked.settle(store, town.account, town.now()).await?;
        let rows: Vec<Row> = (report.pages)(asked).try_concat().await?;
        ensure!(rows.is_empty(), "{rows:?}");
        Ok(())
    }
}

/// When an event was recorded, once the read models know.
async fn recorded(
    store: &EventStore,
    account: AccountId,
    projector: &Projector,
    event: u64,
) -> Result<Timestamp> {
    projector.catch_up().await?;
    audit::instant_of(store.views(), account, event).await?.context("an event")
}
