//! What staff's correction of an address ends, whoever had it before: links, codes that were granted, sessions; and who
//! hears of what two moves in a row, and a deactivation, are about.

use anyhow::ensure;
use serde_json::json;
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::stories;
use twofold_tests::town::token_of;

use super::disputed::{asks, link_in, put_right, to};
use super::people::link_at;
use super::stolen::{moved, upon};
use super::visit::{Visit, code};

const THIEFS: &str = "t@blefuscu.example";
const NEXT: &str = "u@blefuscu.example";
const STOLEN: &str = "a thief by candle light";

stories! {
    /// Rules: C9, H3.
    async fn a_correction_ends_the_sessions_the_links_and_the_codes_of_the_address_before(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        for (who, thiefs) in [(&customer, THIEFS), (&agent, NEXT)] {
            moved(&town, &visit, who, thiefs).await?;
        }
        town.wait(Span::hours(74));
        owner.sign_in(&town, town.here()).await?;
        visit.freshen(&mut owner).await?;
        // The thief's mailbox asks for a password; staff grant the agent a code, which goes to the thief's.
        asks(&visit, &town, "/v1/password-resets", THIEFS).await?;
        let reset = link_in(&town, &town.letters(customer.user).await?, THIEFS, "/setup/");
        ensure!(reset.is_some());
        let grant = format!("/v1/users/{}/recovery-grants", agent.user);
        visit.grant(&owner, "POST", &grant, json!({ "reason": "lost the phone" })).await?;
        let granted = link_in(&town, &town.letters(agent.user).await?, NEXT, "/recover/");
        ensure!(granted.is_some());
        // A session of each lives on.
        let (mut one, mut other) = (customer.clone(), agent.clone());
        (one.email, other.email) = (THIEFS.to_owned(), NEXT.to_owned());
        one.sign_in(&town, town.here()).await?;
        ensure!(visit.ask(&one, "GET", "/v1/me", json!(null)).await?.gist() == "200");

        for who in [&customer, &agent] {
            let letters = put_right(&town, &visit, &mut owner, who, &who.email).await?;
            let ended = |to: &str| {
                let there = letters.iter().filter(|letter| letter.to.as_str() == to);
                there.filter(|letter| letter.body.contains("your sessions have ended")).count()
            };
            let heard = [who.email.as_str(), if who.user == agent.user { NEXT } else { THIEFS }].map(ended);
            ensure!(heard == [1, 1], "told once at each: {heard:?}");
        }
        ensure!(visit.ask(&one, "GET", "/v1/me", json!(null)).await?.gist().starts_with("401"));
        town.never_in_log(STOLEN);
        let set = json!({ "token": reset, "password": STOLEN });
        code(&visit.bare("POST", "/v1/set-up", set).await?, "410 link_over")?;
        let reveal = json!({ "token": granted });
        code(&visit.bare("POST", "/v1/recovery-grants/redeem", reveal).await?, "410 link_over")?;
        ensure!(town.count("RecoveryGrantRevoked").await? == 1);
        Ok(())
    }

    /// Rules: C6, H3.
    async fn the_first_mailbox_of_two_moves_says_no_late_and_also_while_they_are_deactivated(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        moved(&town, &visit, &customer, THIEFS).await?;
        let no = token_of(&link_at(&town, customer.user, &customer.email, "/not-me/").await?)?;
        town.wait(Span::hours(73));
        let mut thief = customer.clone();
        THIEFS.clone_into(&mut thief.email);
        thief.sign_in(&town, town.here()).await?;
        visit.freshen(&mut thief).await?;
        moved(&town, &visit, &thief, NEXT).await?;
        ensure!(to(&town.letters(customer.user).await?, &customer.email) == 1, "the first one hears of the second");
        owner.sign_in(&town, town.here()).await?;
        visit.freshen(&mut owner).await?;
        ensure!(upon(&visit, &owner, &customer, "deactivate").await? == "200");
        town.letters(customer.user).await?;
        code(&visit.bare("POST", "/v1/not-me", json!({ "token": no })).await?, "200")?;
        let letters = town.letters(customer.user).await?;
        for email in [customer.email.as_str(), THIEFS, NEXT] {
            ensure!(to(&letters, email) == 1, "{email} hears of it");
        }
        let again = format!("/v1/users/{}/reactivate", customer.user);
        visit.grant(&owner, "POST", &again, json!({})).await?;
        for email in [NEXT, THIEFS] {
            asks(&visit, &town, "/v1/thaws/links", email).await?;
            let letters = town.letters(customer.user).await?;
            ensure!([NEXT, THIEFS].iter().all(|thiefs| to(&letters, thiefs) == 0), "{email}");
        }
        asks(&visit, &town, "/v1/thaws/links", &customer.email).await?;
        let back = link_in(&town, &town.letters(customer.user).await?, &customer.email, "/thaw/");
        let mut customer = customer;
        "the herring came home".clone_into(&mut customer.password);
        town.never_in_log(&customer.password);
        let otp = customer.next_code(&town)?;
        let set = json!({ "token": back, "otp": otp, "password": customer.password });
        let thawed = visit.bare("POST", "/v1/thaws", set).await?;
        ensure!(thawed.body["email"] == customer.email.as_str(), "{} {}", thawed.gist(), thawed.body);
        ensure!(town.letters(customer.user).await?.iter().all(|letter| letter.to.as_str() == customer.email), "and nobody else hears more");
        Ok(())
    }
}
