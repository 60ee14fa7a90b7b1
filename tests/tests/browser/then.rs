//! Pages as they were, as an owner looks back.

use anyhow::{Context as _, Result, ensure};
use thirtyfour::By;
use twofold_domain::policy::{Audience, Role};
use twofold_domain::time::Span;
use twofold_infra::acts::{Circle, EditPerson, ErasePerson};
use twofold_tests::person::save_policies;

use crate::walker::Walk;

/// Rules: S3, S9.
#[tokio::test(flavor = "multi_thread")]
async fn a_person_and_the_policy_are_shown_as_they_were() -> Result<()> {
    let mut walk = Walk::begin().await?;
    let town = walk.site.town.clone();
    let mut owner = town.owner().await?;
    let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
    let then = town.here().store().counter(town.account).await?.context("a counter")?.last_seq;
    town.wait(Span::days(3));
    owner.sign_in(&town, town.here()).await?;
    let (credential, name) = (owner.credential()?, Some("Somebody Else".to_owned()));
    let edit = EditPerson { credential, user: agent.user, seen: None, name, language: None, groups: None };
    town.perform(town.here(), edit).await?;
    let account =
        town.here().log().accounts.load(twofold_domain::ids::StreamId::account(town.account)).await?;
    let mut policy = account.state.policy(Audience::Team, town.now()).clone();
    ensure!(policy.trust_days != 7, "another figure");
    policy.trust_days = 7;
    save_policies(&town, town.here(), &owner, [(Audience::Team, policy)].into()).await?;
    walk.becomes(&owner).await?;
    let browser = &walk.browser;

    // Every page says which event it is as of.
    for place in ["people", "status", "security", &format!("people/{}/devices", agent.user)] {
        walk.go(&walk.path(place)).await?;
        walk.says("As of event ").await?;
    }
    walk.photo("devices-as-of").await?;

    // The person as they were: their name of then, and nothing to be done.
    let here = format!("people/{}", agent.user);
    walk.go(&walk.path(&here)).await?;
    walk.says("Somebody Else").await?;
    ensure!(browser.text().await?.contains("Save"), "today they can be changed");
    walk.photo("person-now").await?;
    browser.fill("#event", &then.to_string()).await?;
    browser.follow("form.filters button").await?;
    walk.says(&format!("after event {then}")).await?;
    walk.says(&format!("As of event {then},")).await?;
    let text = browser.text().await?;
    ensure!(!text.contains("Somebody Else") && !text.contains("Save"), "as it was:\n{text}");
    let forms = browser.driver.find(By::Css("form[method=post].card")).await;
    ensure!(forms.is_err(), "nothing is done in the past");
    walk.photo("person-then").await?;
    for language in ["es", "ko"] {
        walk.photo_in("person-then", language).await?;
    }
    walk.says(&format!("after event {then}")).await?;
    browser.follow(".as-of.past a:last-of-type").await?;
    walk.says("Somebody Else").await?;

    // The list of people as it was: the name of then, nothing to be done, and on to the person as they were.
    walk.go(&walk.path("people?role=agent")).await?;
    walk.says("Somebody Else").await?;
    browser.fill("#event", &then.to_string()).await?;
    browser.follow("section form.filters button").await?;
    walk.says(&format!("after event {then}")).await?;
    let text = browser.text().await?;
    ensure!(!text.contains("Somebody Else") && !text.contains("Invite"), "as it was:\n{text}");
    walk.photo("people-then").await?;
    for language in ["es", "ko"] {
        walk.photo_in("people-then", language).await?;
    }
    browser.follow("tbody th a").await?;
    walk.says(&format!("after event {then}")).await?;
    // What else has an as-of field: each is shown as it was.
    let (devices, sign_ins) = (format!("{here}/devices"), format!("{here}/sign-ins"));
    let places = [
        "policy/forecast",
        "people/tokens",
        "messages",
        "delivery",
        "files",
        "security",
        "security/sign-ins",
        &devices,
        &sign_ins,
        "people/groups",
        "programs",
        "programs/in-use",
        "recovery",
        "approvals",
        "operator",
        "policy/governance",
        "policy/floor",
        "policy/profile",
        "policy/schedule",
        "settings",
    ];
    for place in places {
        walk.go(&walk.path(place)).await?;
        browser.fill("#event", &then.to_string()).await?;
        browser.follow("section form.filters button").await?;
        walk.says(&format!("after event {then}")).await?;
        let acts = "main form[method=post] :is(button, input):not(:disabled):not([type=hidden])";
        ensure!(browser.driver.find(By::Css(acts)).await.is_err(), "{place}: nothing is done in the past");
        walk.photo(&format!("{}-then", place.replace('/', "-"))).await?;
        browser.follow(".as-of.past a:last-of-type").await?;
        let past = browser.driver.find(By::Css(".as-of.past")).await;
        ensure!(past.is_err(), "{place} is back to now");
    }
    walk.go(&walk.path(&here)).await?;

    // What is not yet, and what never was, is said beside its field.
    browser.fill("#event", "999999").await?;
    browser.follow("form.filters button").await?;
    walk.says("No event has this number.").await?;
    walk.photo("person-no-event").await?;

    // The policy as it was.
    walk.go(&walk.path("policy")).await?;
    let trust = async || Ok::<_, anyhow::Error>(browser.find("#team-trust_days").await?.prop("value").await?);
    ensure!(trust().await?.as_deref() == Some("7"), "today");
    browser.fill("#event", &then.to_string()).await?;
    browser.follow("form.filters button").await?;
    walk.says(&format!("after event {then}")).await?;
    ensure!(trust().await?.as_deref() == Some("30"), "as it was");
    ensure!(!browser.find("#team-trust_days").await?.is_enabled().await?, "nothing is done in the past");
    walk.photo("policy-then").await?;
    walk.photo_in("policy-then", "ko").await?;

    // Who was erased since has no name of then either: the page says when that was.
    owner.step_up(&town, town.here()).await?;
    let (credential, circle) = (owner.credential()?, Circle::default());
    let erase = ErasePerson { credential, user: agent.user, devices: vec![], reason: None, circle };
    town.perform(town.here(), erase).await?;
    walk.becomes(&owner).await?;
    let erased = format!("person erased on {}", &town.now().to_string()[..10]);
    for place in ["people", &here] {
        walk.go(&format!("{}?event={then}", walk.path(place))).await?;
        walk.says(&erased).await?;
    }
    walk.photo("person-erased-since").await?;
    Ok(())
}
