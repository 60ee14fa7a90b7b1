//! How many different people one member of staff reaches with help that takes a factor away, keeps somebody out, or
//! lets them back in: one budget, whichever act, session, and server.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_domain::user::{NoHelp, Reach, UserError, UserEvent};
use twofold_infra::acts::{ActError, FreezeSomebody};
use twofold_projections::fact::{Event, decode};
use twofold_tests::crowd::{Brings, arrive};
use twofold_tests::doors::Doors;
use twofold_tests::person::{Browser, Person};
use twofold_tests::race::{at_once, rounds};
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::freeze::send;
use super::visit::Visit;

const REASON: &str = "called, and knew the number of the contract";

/// What was asked of a door for somebody.
async fn upon(doors: &Doors, by: &Person, whom: &Person, what: &str) -> Result<String> {
    let path = format!("/v1/users/{}/{what}", whom.user);
    let answer = send(doors, Some(by), &path, json!({ "reason": REASON })).await?;
    if answer.gist() == "429 people_spent" {
        ensure!(answer.headers.contains_key("retry-after"), "it says when");
        ensure!(answer.body["retry_at"].is_string(), "{}", answer.body);
    }
    Ok(answer.gist())
}

/// How many different people somebody's charges name, and how often they were refused for want of more.
async fn on_record(town: &Town, by: &Person) -> Result<(usize, usize)> {
    let facts = town.log().await?.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
    let mut helped = std::collections::BTreeSet::new();
    let mut refused = 0;
    for fact in facts {
        match fact.event {
            Event::User(user, UserEvent::HelpCharged { subject, .. }) if user == by.user => {
                helped.insert(subject);
            }
            Event::User(_, UserEvent::HelpRefused { by: Some(asked), why: NoHelp::Spent, .. })
                if asked == by.user =>
            {
                refused += 1;
            }
            _ => {}
        }
    }
    Ok((helped.len(), refused))
}

/// The same member of staff in a session of another browser.
async fn elsewhere(town: &Town, who: &Person) -> Result<Person> {
    let mut other = who.clone();
    other.browser = Browser::default();
    town.wait(Span::minutes(1));
    other.sign_in(town, town.there()).await?;
    Ok(other)
}

stories! {
    /// Rules: C4, C6, D4.
    async fn one_agent_reaches_so_many_people_by_whatever_route_session_and_server(town) {
        let visit = Visit::open(&town).await?;
        let there = Doors::open_at(&town, town.there()).await?;
        let mut owner = town.owner().await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let most = Reach::of(Role::Agent).hour;
        let crowd = arrive(&town, &owner, most + 2, Brings::Authenticator).await?;
        let other = elsewhere(&town, &agent).await?;
        let mut here = agent.clone();
        visit.sign_in(&mut here).await?;
        let ways = [(&*visit, &here), (&there, &other)];

        for (n, whom) in crowd[..most].iter().enumerate() {
            let (doors, by) = ways[n % 2];
            let what = if n % 4 < 2 { "freeze" } else { "unlock" };
            let done = upon(doors, by, whom, what).await?;
            ensure!(done == "200" || done == "204", "{n}, {what}: {done}");
        }
        let [next, last] = &crowd[most..] else { anyhow::bail!("two more") };
        ensure!(on_record(&town, &agent).await? == (most, 0));
        // No other session, server, or act has more; and it is on record, once an hour of one act and person.
        for (doors, by) in ways {
            for what in ["freeze", "unlock", "freeze"] {
                ensure!(upon(doors, by, next, what).await? == "429 people_spent");
            }
        }
        let of = format!("/v1/users/{}", next.user);
        let path = format!("{of}/reset-two-factor");
        let reset = visit.versioned(&here, "POST", &path, &of, json!({ "reason": REASON })).await?;
        ensure!(reset.gist() == "429 people_spent", "{} {}", reset.gist(), reset.body);
        ensure!(on_record(&town, &agent).await? == (most, 3));
        ensure!(town.count("UserFrozen").await? == most.div_ceil(2), "nobody else was frozen");

        // Whom they began to help they help on, and what ends something is free.
        ensure!(upon(&visit, &here, &crowd[0], "unfreeze").await? == "200");
        let ends = format!("/v1/users/{}/sessions/end", next.user);
        let over = visit.ask(&here, "POST", &ends, json!({ "which": "all" })).await?;
        ensure!(over.status.is_success(), "{} {}", over.gist(), over.body);
        // Everybody has their own.
        visit.sign_in(&mut owner).await?;
        ensure!(upon(&visit, &owner, last, "freeze").await? == "200");

        // Owners and admins see it: who, for whom, and why not.
        visit.projector.catch_up().await?;
        let listed = visit.grant(&owner, "GET", "/v1/events?type=HelpRefused", Value::Null).await?;
        let listed = listed["items"].as_array().context("events")?.clone();
        let told = |e: &Value| {
            e["actor"] == agent.user.to_string()
                && e["subject"] == next.user.to_string()
                && e["particulars"].to_string().contains("as many people helped")
        };
        ensure!(listed.len() == 3 && listed.iter().all(told), "{listed:?}");
        let failures = visit.grant(&owner, "GET", "/v1/reports/failures", Value::Null).await?;
        ensure!(failures.to_string().matches("\"spent\"").count() == 3, "{failures}");

        town.wait(Span::hours(1));
        visit.sign_in(&mut here).await?;
        ensure!(upon(&visit, &here, next, "freeze").await? == "200");
        Ok(())
    }

    /// Rules: C6.
    async fn an_agent_ends_nothing_that_leads_back_from_a_freeze(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let ada = owner.welcome_enrolled(&town, Role::EndUser).await?;
        visit.sign_in(&mut owner).await?;
        visit.sign_in(&mut agent).await?;
        ensure!(upon(&visit, &agent, &ada, "freeze").await? == "200");
        ensure!(upon(&visit, &owner, &ada, "unfreeze").await? == "200");
        let facts = town.log().await?.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
        let case = facts.iter().find_map(|fact| match &fact.event {
            Event::User(_, UserEvent::ThawAllowed { recovery, .. }) => Some(recovery.to_string()),
            _ => None,
        });
        let case = json!({ "case": case.context("a case")? });
        let path = format!("/v1/users/{}/recovery/stop", ada.user);
        for _ in 0..5 {
            let refused = visit.ask(&agent, "POST", &path, case.clone()).await?;
            ensure!(refused.gist().starts_with("403"), "{} {}", refused.gist(), refused.body);
        }
        ensure!(town.count("ThawStopped").await? == 0 && town.count("HelpRefused").await? == 1);
        let ended = visit.ask(&owner, "POST", &path, case).await?;
        ensure!(ended.status.is_success(), "{} {}", ended.gist(), ended.body);
        ensure!(town.count("ThawStopped").await? == 1);
        Ok(())
    }

    /// Rules: C4.
    async fn whoever_is_let_in_again_is_one_of_those_who_were_helped(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let ada = owner.welcome(&town, Role::EndUser).await?;
        visit.sign_in(&mut owner).await?;
        let of = format!("/v1/users/{}", ada.user);
        for (what, people) in [("deactivate", 0), ("reactivate", 1)] {
            let done = visit.ask(&owner, "POST", &format!("{of}/{what}"), json!({})).await?;
            ensure!(done.status.is_success(), "{what}: {} {}", done.gist(), done.body);
            ensure!(on_record(&town, &owner).await? == (people, 0), "{what}");
        }
        Ok(())
    }

    /// Rules: C4, C6, D4.
    async fn a_race_over_two_servers_reaches_no_more_people_than_one_after_another(town) {
        let owner = town.owner().await?;
        let most = Reach::of(Role::Agent).hour;
        for _ in 0..rounds(1) {
            let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
            let other = elsewhere(&town, &agent).await?;
            let mut here = agent.clone();
            here.sign_in(&town, town.here()).await?;
            let crowd = Arc::new(arrive(&town, &owner, 2 * most, Brings::Password).await?);
            let answers = at_once(2 * most, |n| {
                let (town, crowd) = (Arc::clone(&town), Arc::clone(&crowd));
                let by = if n % 2 == 0 { here.clone() } else { other.clone() };
                async move {
                    let (credential, user) = (by.credential()?, crowd[n].user);
                    let freeze = FreezeSomebody { credential, user, reason: REASON.to_owned() };
                    match town.perform(town.desk(n), freeze).await {
                        Ok(_) => Ok(true),
                        Err(ActError::User(UserError::OutOfReach(_))) => Ok(false),
                        Err(other) => Err(anyhow::Error::from(other)),
                    }
                }
            });
            let answers = answers.await?.into_iter().collect::<Result<Vec<bool>>>()?;
            let froze = answers.iter().filter(|froze| **froze).count();
            ensure!(froze == most, "{froze} people");
            ensure!(on_record(&town, &agent).await? == (most, most));
        }
        Ok(())
    }
}
