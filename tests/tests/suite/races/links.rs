//! One link sets one password; one address belongs to one person.

use std::sync::Arc;

use anyhow::{Result, ensure};
use twofold_domain::policy::Role;
use twofold_domain::user::UserError;
use twofold_infra::acts::{ActError, Begun, RegisterUser};
use twofold_tests::person::{Browser, redemption};
use twofold_tests::race::{at_once, rounds};
use twofold_tests::stories;

stories! {
    /// Rules: H1.
    async fn one_link_sets_one_password(town) {
        let owner = town.owner().await?;
        for round in 0..rounds(4) {
            let mut boss = owner.clone();
            boss.sign_in(&town, town.here()).await?;
            let person = town.somebody(Role::EndUser);
            boss.invite(&town, town.here(), person.card()).await?;
            let link = town.mailed_link(person.user).await?;
            let wish = |i: usize| format!("the password of opener {i}");
            let results = at_once(64, |i| {
                let (town, link, wish) = (Arc::clone(&town), link.clone(), wish(i));
                async move {
                    let desk = town.desk(if round % 2 == 0 { i } else { 0 });
                    anyhow::Ok(town.perform(desk, redemption(&link, &wish)?).await.map(|done| done.reply))
                }
            });
            let mut winner = None;
            for (i, result) in results.await?.into_iter().enumerate() {
                match result? {
                    Ok(_) => ensure!(winner.replace(i).is_none(), "a link was redeemed twice"),
                    Err(ActError::User(UserError::LinkOver)) => {}
                    Err(other) => return Err(other.into()),
                }
            }
            let Some(winner) = winner else { anyhow::bail!("of 64 openers one redeems the link") };
            for i in [winner, (winner + 1) % 64] {
                let mut opener = person.clone();
                opener.password = wish(i);
                let begun = opener.begin(&town, town.there(), &mut Browser::default()).await?;
                let opens = matches!(begun, Begun::Session { .. });
                ensure!(opens == (i == winner), "opener {i} of winner {winner} signs in: {opens}");
            }
        }
        Ok(())
    }

    /// Rules: H1.
    async fn one_address_is_registered_once(town) {
        let owner = town.owner().await?;
        for round in 0..rounds(4) {
            let mut boss = owner.clone();
            boss.sign_in(&town, town.here()).await?;
            let first = town.somebody(Role::EndUser);
            let results = at_once(32, |i| {
                let (town, boss, mut person) = (Arc::clone(&town), boss.clone(), town.somebody(Role::EndUser).card());
                // Another spelling is the same address.
                person.email = if i % 3 == 0 { first.email.to_uppercase() } else { first.email.clone() };
                async move {
                    let desk = town.desk(if round % 2 == 0 { i } else { 0 });
                    let act = RegisterUser { credential: boss.credential()?, person };
                    anyhow::Ok(town.perform(desk, act).await.map(|done| done.reply.user))
                }
            });
            let mut registered = 0;
            for result in results.await? {
                match result? {
                    Ok(_) => registered += 1,
                    Err(ActError::Taken(kind)) => ensure!(kind == "email", "taken: {kind}"),
                    Err(other) => return Err(other.into()),
                }
            }
            ensure!(registered == 1, "one address belongs to one person, not to {registered}");
        }
        Result::Ok(())
    }
}
