//! Budgets of messages, and ways by which nothing goes out: whom they keep from what, and who is told.

use anyhow::{Context as _, Result, ensure};
use twofold_domain::account::AccountEvent;
use twofold_domain::delivery::{Allowance, BudgetOf, Channel, OUTAGE_AFTER, Share, Undelivered};
use twofold_domain::ids::UserId;
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_infra::acts::{ActError, text};
use twofold_infra::delivery::Carriers;
use twofold_infra::desk::Act;
use twofold_infra::mail::Letter;
use twofold_infra::work::Work;
use twofold_projections::as_of::NOW;
use twofold_projections::courier::Courier;
use twofold_projections::messages;
use twofold_projections::projector::Projector;
use twofold_projections::wishes::Wishes;
use twofold_tests::post::Got;
use twofold_tests::stories;
use twofold_tests::town::Town;
use zeroize::Zeroizing;

use super::{NUMBER, ends, open, texts, to};

/// A letter with a link: one that anybody may ask for, or the one that tells of a freeze.
#[derive(Clone, Copy)]
pub(super) enum Links {
    Forgotten,
    Invited,
    WayBack,
    Frozen,
}

/// Send somebody one.
pub(super) struct Send(pub(super) UserId, pub(super) Links);

impl Act for Send {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let (link, lasts) = (Zeroizing::new("http://localhost/x".to_owned()), Span::hours(1));
        let letter = match self.1 {
            Links::Forgotten => Letter::PasswordReset { link, lasts },
            Links::Invited => Letter::Invitation { link, lasts },
            Links::WayBack => Letter::WayBack { link, lasts },
            Links::Frozen => Letter::Frozen { link, lasts },
        };
        let number = NUMBER.parse().map_err(|_| ActError::Bug("a number".to_owned()))?;
        text(work, self.0, &number, &letter).await.map(drop)
    }
}

/// The budgets that are on record as spent.
async fn spent(town: &Town) -> Result<Vec<(BudgetOf, Share)>> {
    let mut spent = vec![];
    for event in town.log().await?.iter().filter(|event| event.event_type == "BudgetSpent") {
        let AccountEvent::BudgetSpent { budget, .. } = serde_json::from_str(&event.payload)? else {
            anyhow::bail!("{}", event.payload)
        };
        spent.push((budget.whose, budget.share));
    }
    Ok(spent)
}

fn told(mails: &[Got], owner: &str, words: &str) -> usize {
    to(mails, owner).iter().filter(|mail| mail.text.contains(words)).count()
}

stories! {
    /// Rules: E7.
    async fn what_a_stranger_asks_for_keeps_nothing_else_from_a_person(town) {
        let owner = town.owner().await?;
        let ada = owner.welcome(&town, Role::EndUser).await?;
        let (post, carriers, _) = open(&town).await?;
        let most = Allowance { person: 4, account: 100, country: 100 };
        let courier = Courier::new(town.here().clone(), Carriers { texts: most, ..carriers });
        let (sent, over) = ((1, None), (1, Some(Undelivered::PersonBudget)));
        let last = async || -> Result<_> {
            courier.round().await;
            ends(&town, ada.user, Channel::Sms).await?.last().copied().context("an end")
        };
        for expected in [sent, sent, over, over] {
            town.perform(town.here(), Send(ada.user, Links::Forgotten)).await?;
            ensure!(last().await? == expected, "{:?}", last().await?);
        }
        // Neither what anybody may ask for otherwise, nor what takes a password or staff, nor what tells of a freeze.
        town.perform(town.here(), Send(ada.user, Links::WayBack)).await?;
        ensure!(last().await? == sent, "{:?}", last().await?);
        for expected in [sent, sent, sent, sent, over] {
            texts(&town, ada.user, Some("4711 0815")).await?;
            ensure!(last().await? == expected, "{:?}", last().await?);
        }
        town.perform(town.here(), Send(ada.user, Links::Frozen)).await?;
        ensure!(last().await? == sent, "{:?}", last().await?);
        let person = BudgetOf::Person(ada.user);
        let on_record = spent(&town).await?;
        ensure!(on_record == [(person, Share::Anybody), (person, Share::Own)], "{on_record:?}");
        ensure!(!post.texts().is_empty());
        Ok(())
    }

    /// Rules: E7.
    async fn invitations_take_no_code_from_whoever_asks_for_one(town) {
        let owner = town.owner().await?;
        let ada = owner.welcome(&town, Role::EndUser).await?;
        let (_post, carriers, _) = open(&town).await?;
        let (sent, wide) = ((1, None), Allowance { person: 100, account: 100, country: 100 });
        let spent_by = [
            (Allowance { person: 2, ..wide }, Undelivered::PersonBudget),
            (Allowance { account: 2, ..wide }, Undelivered::AccountBudget),
            (Allowance { country: 2, ..wide }, Undelivered::CountryBudget),
        ];
        for (most, why) in spent_by {
            let courier = Courier::new(town.here().clone(), Carriers { texts: most, ..carriers.clone() });
            let last = async || -> Result<_> {
                courier.round().await;
                ends(&town, ada.user, Channel::Sms).await?.last().copied().context("an end")
            };
            for expected in [sent, sent, (1, Some(why))] {
                town.perform(town.here(), Send(ada.user, Links::Invited)).await?;
                ensure!(last().await? == expected, "{why:?}: {:?}", last().await?);
            }
            texts(&town, ada.user, Some("4711 0815")).await?;
            ensure!(last().await? == sent, "{why:?}: {:?}", last().await?);
            town.wait(Span::days(1));
        }
        ensure!(spent(&town).await?.iter().all(|(_, share)| *share == Share::Invited));
        Ok(())
    }

    /// Rules: E7.
    async fn a_budget_of_the_account_that_is_spent_is_told_once_a_day(town) {
        let owner = town.owner().await?;
        let ada = owner.welcome(&town, Role::EndUser).await?;
        let (post, carriers, _) = open(&town).await?;
        let most = Allowance { person: 100, account: 2, country: 100 };
        let courier = Courier::new(town.here().clone(), Carriers { texts: most, ..carriers });
        let projector = Projector::install(town.here().store().clone(), twofold_projections::all()).await?;
        let mut wishes = Wishes::new(town.there().clone());
        for n in 1..=4 {
            texts(&town, ada.user, Some("4711 0815")).await?;
            courier.round().await;
            projector.catch_up().await?;
            wishes.tell_news().await?;
            while courier.round().await > 0 {}
            let letters = told(&post.mails(), &owner.email, "its messages of the day");
            ensure!(letters == usize::from(n >= 2), "{n}: {letters}");
        }
        ensure!(spent(&town).await? == [(BudgetOf::Account, Share::Own)], "once");
        town.wait(Span::days(1));
        for _ in 0..2 {
            texts(&town, ada.user, Some("4711 0815")).await?;
            courier.round().await;
        }
        ensure!(spent(&town).await?.len() == 2, "and once on another day");
        Ok(())
    }

    /// Rules: E7.
    async fn nothing_that_goes_out_by_one_way_is_told_however_many_people_it_concerns(town) {
        let owner = town.owner().await?;
        let mut people = vec![];
        for _ in 0..4 {
            people.push(owner.welcome(&town, Role::EndUser).await?);
        }
        let (post, _, courier) = open(&town).await?;
        let projector = Projector::install(town.here().store().clone(), twofold_projections::all()).await?;
        let mut wishes = Wishes::new(town.there().clone());
        for (n, somebody) in people.iter().enumerate() {
            post.texts_get(&[422]);
            texts(&town, somebody.user, Some("4711 0815")).await?;
            courier.round().await;
            projector.catch_up().await?;
            wishes.tell_news().await?;
            projector.catch_up().await?;
            wishes.tell_news().await?;
            while courier.round().await > 0 {}
            let letters = told(&post.mails(), &owner.email, "do not go out");
            ensure!(letters == usize::from(n + 1 >= usize::from(OUTAGE_AFTER)), "{n}: {letters}");
        }
        ensure!(town.count("OutageRaised").await? == 1 && town.count("DeliveryTroubleRaised").await? == 0);
        projector.catch_up().await?;
        let views = town.here().store().views();
        let ways = messages::ways_out(views, town.account, NOW).await?;
        ensure!(ways.len() == 1 && ways[0].channel == Channel::Sms && ways[0].failures == 4, "{ways:?}");
        // One that goes out, to whomever, mends it.
        texts(&town, people[0].user, None).await?;
        courier.round().await;
        projector.catch_up().await?;
        ensure!(messages::ways_out(views, town.account, NOW).await?.is_empty());
        Ok(())
    }
}
