//! The address that somebody had before: whoever types it learns no more than of one that nobody has, and it goes with
//! its person.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use axum::http::HeaderMap;
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_infra::acts::{Circle, ErasePerson};
use twofold_tests::person::Person;
use twofold_tests::race::rounds;
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::people::link_at;
use super::stolen::{moved, upon};
use super::visit::Visit;

/// Where a mailbox is asked for something, whoever it is.
const DOORS: [&str; 2] = ["/v1/password-resets", "/v1/thaws/links"];

/// What somebody outside sees of an answer, and what it cost.
#[derive(Debug, PartialEq)]
struct Seen {
    status: u16,
    headers: Vec<(String, String)>,
    body: Value,
    appends: u64,
}

/// What the headers say, apart from the request's own number.
fn said(headers: &HeaderMap) -> Vec<(String, String)> {
    let said = headers.iter().filter(|(name, _)| *name != "x-request-id" && *name != "date");
    said.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned())).collect()
}

async fn ask(town: &Town, visit: &Visit<'_>, door: &str, email: &str) -> Result<(Seen, Duration)> {
    let store = town.here().store();
    let body = json!({ "account": town.account.to_string(), "email": email });
    let (before, begun) = (store.appends(), Instant::now());
    let answer = visit.bare("POST", door, body).await?;
    let took = begun.elapsed();
    let (status, headers) = (answer.status.as_u16(), said(&answer.headers));
    Ok((Seen { status, headers, body: answer.body, appends: store.appends() - before }, took))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Who is found by an address, and by one from before.
async fn claimed(town: &Town, address: &str) -> Result<(bool, bool)> {
    let desk = town.here();
    let index = desk.vault().account_keys(town.account).await?.blind_index(address).bytes();
    let by = async |kind| desk.store().claim(town.account, kind, &index).await;
    Ok((by("email").await?.is_some(), by("former_email").await?.is_some()))
}

async fn erase(town: &Town, owner: &mut Person, user: &Person) -> Result<()> {
    town.wait(Span::minutes(1));
    owner.sign_in(town, town.here()).await?;
    owner.step_up(town, town.here()).await?;
    let (credential, circle) = (owner.credential()?, Circle::default());
    let erase = ErasePerson { credential, user: user.user, devices: vec![], reason: None, circle };
    town.perform(town.here(), erase).await?;
    Ok(())
}

stories! {
    /// Rules: H3, C6.
    async fn an_address_before_tells_no_more_than_one_that_nobody_has(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut whose = vec![
            ("an address that nobody has", "nobody@lilliput.example".to_owned()),
            ("no address", "not an address".to_owned()),
        ];
        let known = owner.welcome_enrolled(&town, Role::Agent).await?;
        let changed = owner.welcome_enrolled(&town, Role::Agent).await?;
        let frozen = owner.welcome_enrolled(&town, Role::Agent).await?;
        let shut = owner.welcome_enrolled(&town, Role::Agent).await?;
        let long_ago = owner.welcome_enrolled(&town, Role::Agent).await?;
        whose.push(("one from before, of long ago", long_ago.email.clone()));
        moved(&town, &visit, &long_ago, "e@blefuscu.example").await?;
        town.wait(Span::hours(73));
        owner.sign_in(&town, town.here()).await?;
        let mut now = vec![];
        for (n, who) in [&changed, &shut].into_iter().enumerate() {
            let mut who = who.clone();
            town.wait(Span::minutes(1));
            visit.sign_in(&mut who).await?;
            let to = format!("f{n}@blefuscu.example");
            moved(&town, &visit, &who, &to).await?;
            now.push(to);
        }
        visit.freshen(&mut owner).await?;
        for who in [&frozen, &shut] {
            ensure!(upon(&visit, &owner, who, "freeze").await? == "200");
        }
        whose.extend([
            ("somebody", known.email.clone()),
            ("somebody frozen", frozen.email.clone()),
            ("one from before", changed.email.clone()),
            ("one from before of somebody frozen", shut.email.clone()),
            ("somebody's since", now[0].clone()),
            ("somebody's since, who is frozen", now[1].clone()),
        ]);

        // As far apart as letters may be, while the one before serves.
        let times = rounds(12);
        for door in DOORS {
            let mut took = vec![vec![]; whose.len()];
            let mut letters = 0;
            for round in 0..times {
                town.wait(Span::minutes(13));
                let mut first: Option<Seen> = None;
                for (n, (who, address)) in whose.iter().enumerate() {
                    // What somebody else's letter leaves to do is over.
                    visit.projector.catch_up().await?;
                    let (seen, time) = ask(&town, &visit, door, address).await?;
                    ensure!(seen.status == 202 && seen.appends == 1, "{door}, {who}, {round}: {seen:?}");
                    match &first {
                        Some(first) => ensure!(*first == seen, "{door}, {who}: {seen:?}, {first:?}"),
                        None => first = Some(seen),
                    }
                    took[n].push(time);
                }
                for who in [&known, &changed, &frozen, &shut, &long_ago] {
                    letters += town.letters(who.user).await?.len();
                }
            }
            // They did find somebody: a letter to whoever may be let in by this door, each time.
            ensure!(letters >= 2 * times, "{door}: {letters} letters");
            let medians: Vec<Duration> = took.into_iter().map(median).collect();
            for ((who, _), median) in whose.iter().zip(&medians) {
                eprintln!("{door}: {who}: {median:?}");
            }
            // Here others build and test beside: this finds a hash, or a letter sent before the answer, and no less.
            let (least, most) = (medians.iter().min(), medians.iter().max());
            ensure!(most.zip(least).is_some_and(|(most, least)| *most < 4 * *least), "{door}: {medians:?}");
        }
        Ok(())
    }

    /// Rules: H3.
    async fn an_address_before_goes_with_its_person_and_only_theirs(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let first = owner.welcome_enrolled(&town, Role::Agent).await?;
        let mut second = owner.welcome_enrolled(&town, Role::Agent).await?;
        let third = owner.welcome_enrolled(&town, Role::Agent).await?;
        let (shared, lone) = (first.email.clone(), third.email.clone());
        moved(&town, &visit, &first, "g@blefuscu.example").await?;
        moved(&town, &visit, &third, "h@blefuscu.example").await?;
        visit.freshen(&mut owner).await?;
        ensure!(upon(&visit, &owner, &third, "freeze").await? == "200");
        ensure!(claimed(&town, &shared).await? == (false, true) && claimed(&town, &lone).await? == (false, true));
        // Somebody else has the one of them, as soon as it is not kept any more for whoever had it before.
        town.wait(Span::hours(73));
        second.sign_in(&town, town.here()).await?;
        visit.freshen(&mut second).await?;
        moved(&town, &visit, &second, &shared).await?;
        ensure!(claimed(&town, &shared).await? == (true, true));

        erase(&town, &mut owner, &first).await?;
        erase(&town, &mut owner, &third).await?;
        ensure!(claimed(&town, &shared).await? == (true, false), "it is the other one's alone");
        ensure!(claimed(&town, &second.email).await? == (false, true), "and so is the one before it");
        for free in [lone.as_str(), "g@blefuscu.example", "h@blefuscu.example"] {
            ensure!(claimed(&town, free).await? == (false, false), "{free}");
        }
        for door in DOORS {
            for gone in [lone.as_str(), "g@blefuscu.example"] {
                let (seen, _) = ask(&town, &visit, door, gone).await?;
                ensure!(seen.status == 202 && seen.appends == 1, "{door}, {gone}: {seen:?}");
            }
        }
        ensure!(town.letters(first.user).await?.is_empty() && town.letters(third.user).await?.is_empty());
        // Anybody may have it now, and is found by it.
        let mut next = town.somebody(Role::Agent);
        next.email.clone_from(&lone);
        owner.invite(&town, town.here(), next.card()).await?;
        let invited = town.mailed_link(next.user).await?;
        next.redeem(&town, town.there(), &invited).await?;
        town.wait(Span::minutes(1));
        ask(&town, &visit, DOORS[0], &lone).await?;
        link_at(&town, next.user, &lone, "/setup/").await.context("it finds whoever has it now")?;
        Ok(())
    }
}
