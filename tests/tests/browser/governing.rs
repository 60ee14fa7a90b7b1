//! The pages beside the policy, and help for one person, as an owner walks them.

use anyhow::{Result, ensure};
use thirtyfour::By;
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_infra::acts::RegisterUser;

use crate::walker::Walk;

const SAVE: &str = "main form button";

/// Rules: P10, P11, P12.
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_governs_and_sees_beforehand_whom_it_concerns() -> Result<()> {
    let mut walk = Walk::begin().await?;
    let town = walk.site.town.clone();
    let mut owner = town.owner().await?;
    let (_, person) = (owner.welcome_enrolled(&town, Role::Admin).await?, town.somebody(Role::Agent).card());
    town.perform(town.here(), RegisterUser { credential: owner.credential()?, person }).await?;
    walk.becomes(&owner).await?;
    let browser = &walk.browser;

    // The policy leads everywhere else.
    walk.go(&walk.path("policy")).await?;
    for words in ["1 act takes two", "No floor is set", "No profile", "Nothing is scheduled", "Nothing waits"]
    {
        walk.says(words).await?;
    }
    walk.photo("places").await?;

    // Governance: guarded at once; taking an act out needs a reason, and takes a wait.
    walk.go(&walk.path("policy/governance")).await?;
    walk.photo("governance").await?;
    browser.find("input[value=chosen]").await?.click().await?;
    browser.find("input[name=guard_erase]").await?.click().await?;
    browser.follow(SAVE).await?;
    walk.says("The rules of dual control are saved").await?;
    walk.says(
        "Take two now: Helping an owner: a reset, an exemption, a code, another address, Erasing a person",
    )
    .await?;
    browser.find("input[name=guard_erase]").await?.click().await?;
    browser.follow(SAVE).await?;
    walk.says("needs a reason of 1 to 500 characters").await?;
    ensure!(!browser.find("input[name=guard_erase]").await?.is_selected().await?, "what was chosen stays");
    walk.photo("governance-wrong").await?;
    browser.fill("#reason", "Nobody erases anybody here").await?;
    browser.follow(SAVE).await?;
    walk.is_at("approvals").await?;
    let (before, after) = (
        "Helping an owner: a reset, an exemption, a code, another address, Erasing a person",
        "Helping an owner: a reset, an exemption, a code, another address",
    );
    walk.says(&format!("Acts that take two: {before} → {after}")).await?;
    walk.photo("approvals").await?;
    browser.follow("form[action$=cancel] button").await?;
    walk.says("It is cancelled.").await?;
    // What takes two says so before it is asked for.
    walk.go(&walk.path("policy/switch/disable")).await?;
    walk.says("Disable and reset").await?;
    walk.go(&walk.path("policy/governance")).await?;
    browser.find("input[name=guard_disable]").await?.click().await?;
    browser.follow(SAVE).await?;
    walk.go(&walk.path("policy/switch/disable")).await?;
    walk.says("Nobody else can approve it, so it waits 72 hours.").await?;
    walk.says("Ask for approval").await?;
    walk.photo("disable-takes-two").await?;

    // The floor: out of bounds is told, and where today's policy is looser.
    walk.go(&walk.path("policy/floor")).await?;
    browser.fill("#team-trust_days", "400").await?;
    browser.follow("form[action$='floor/team'] button").await?;
    walk.says("Between 0 and 365.").await?;
    browser.fill("#team-trust_days", "7").await?;
    browser.follow("form[action$='floor/team'] button").await?;
    walk.says("The floor is set.").await?;
    walk.says("The present policy is looser than this floor.").await?;
    walk.photo("floor").await?;
    browser.follow("button[name=remove]").await?;
    walk.says("The floor is taken away.").await?;

    // A profile says what it wants, rule by rule.
    walk.go(&walk.path("policy/profile")).await?;
    browser.follow("button[value=nist-aal2]").await?;
    walk.says("The choice is saved. No setting was changed.").await?;
    walk.says("Missed").await?;
    walk.photo("profile").await?;

    // A schedule: whom it will concern, who would not comply, and back.
    walk.go(&walk.path("policy/schedule")).await?;
    browser.follow("a[href$='schedule/team']").await?;
    walk.photo("schedule").await?;
    browser.fill("#begins", "04102026").await?;
    browser.find("main input[name=required]").await?.click().await?;
    browser.fill("#team-idle_minutes", "1").await?;
    browser.follow(SAVE).await?;
    walk.says("Between 5 and 43200.").await?;
    ensure!(browser.find("#begins").await?.prop("value").await?.as_deref() == Some("2026-04-10"));
    browser.fill("#team-idle_minutes", "60").await?;
    browser.follow(SAVE).await?;
    walk.says("Schedule this policy?").await?;
    walk.says("1 person must set up a second factor at the next sign-in.").await?;
    walk.photo("schedule-preview").await?;
    browser.follow(SAVE).await?;
    walk.says("The policy is scheduled.").await?;
    walk.says("Minutes until an idle session ends: 480 → 60").await?;
    walk.says("Agent: 1").await?;
    walk.photo("schedules").await?;
    browser.follow("a[href*=forecast]").await?;
    walk.says("Team members: second factor required").await?;
    walk.photo("forecast").await?;
    walk.go(&walk.path("policy/schedule")).await?;
    walk.photo_in("schedules", "ko").await?;
    browser.follow("a[href*=withdraw]").await?;
    walk.photo("withdraw").await?;
    browser.follow(SAVE).await?;
    walk.says("The policy is withdrawn.").await?;

    // Closing says first what it ends.
    walk.go(&walk.path("close")).await?;
    walk.says("3 people can no longer sign in").await?;
    walk.says("Nobody else can approve it, so it waits 72 hours.").await?;
    walk.photo("close").await?;
    browser.fill("#reason", "We move to another house").await?;
    browser.follow(SAVE).await?;
    walk.is_at("approvals").await?;
    walk.says("There is no way back.").await?;
    // What waits is shown where it is looked for, and counted for whoever can do something once it is due.
    walk.go(&walk.path("policy")).await?;
    walk.says("1 waits").await?;
    for (name, language) in [("governance", "es"), ("profile", "ko"), ("floor", "es")] {
        walk.go(&walk.path(&format!("policy/{name}"))).await?;
        walk.photo_in(name, language).await?;
    }
    town.wait(Span::hours(73));
    owner.sign_in(&town, town.here()).await?;
    walk.becomes(&owner).await?;
    walk.go(&walk.path("policy")).await?;
    ensure!(walk.browser.find(".menu .count").await?.text().await?.contains('1'));
    walk.photo("places-waiting").await?;
    walk.browser.quit().await
}

/// Rules: E5, D5.
#[tokio::test(flavor = "multi_thread")]
async fn staff_helps_one_person_and_is_told_why_they_cannot_enrol() -> Result<()> {
    let mut walk = Walk::begin().await?;
    let town = walk.site.town.clone();
    let mut owner = town.owner().await?;
    let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
    let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
    let invited = town.somebody(Role::Auditor);
    let person = invited.card();
    owner.sign_in(&town, town.here()).await?;
    town.perform(town.here(), RegisterUser { credential: owner.credential()?, person }).await?;
    walk.becomes(&owner).await?;
    let browser = &walk.browser;
    let page = |user: twofold_domain::ids::UserId| walk.path(&format!("people/{user}"));

    // Who was invited and has no password yet.
    walk.go(&page(invited.user)).await?;
    walk.says("They cannot set up a second factor now").await?;
    walk.says("They have not set a password yet.").await?;
    walk.photo("person-invited").await?;
    browser.follow(".why a").await?;
    walk.says("Person added").await?;

    // An exemption, with its end, and its early end.
    walk.go(&page(agent.user)).await?;
    walk.says("has a second factor").await?;
    browser.follow("a[href$=exempt]").await?;
    walk.photo("exempt").await?;
    browser.find("#hours option[value='72']").await?.click().await?;
    browser.fill("#reason", " ").await?;
    browser.follow(SAVE).await?;
    walk.says("A reason has 1 to 500 characters.").await?;
    ensure!(
        browser.find("#hours").await?.prop("value").await?.as_deref() == Some("72"),
        "what was typed stays"
    );
    browser.fill("#reason", "Left the phone at home").await?;
    browser.follow(SAVE).await?;
    walk.says("until the exemption ends").await?;
    walk.says("Exempt from the second factor until 2026-04-03").await?;
    walk.photo("person-exempt").await?;
    browser.follow("form[action$='exempt/end'] button").await?;
    walk.says("The exemption is over.").await?;

    // A compromise: reset, and then only a ticket binds. It is shown once.
    browser.follow("a[href$=reset]").await?;
    browser.fill("#reason", "The phone was stolen").await?;
    browser.find("input[name=compromise]").await?.click().await?;
    walk.photo("reset").await?;
    browser.follow(SAVE).await?;
    walk.says("After a compromise only an enrolment ticket sets up a new one.").await?;
    walk.photo("person-compromised").await?;
    walk.photo_in("person-compromised", "es").await?;
    browser.follow("a[href$=ticket]").await?;
    browser.fill("#reason", "They called, and I know their voice").await?;
    browser.follow(SAVE).await?;
    let code = browser.find(".big-code code").await?.text().await?;
    ensure!(code.len() == 19, "four groups of four: {code}");
    walk.photo("ticket").await?;
    browser.follow("main a.button").await?;
    walk.says("An enrolment ticket is open until").await?;
    ensure!(browser.driver.find(By::Css(".why")).await.is_err(), "nothing is in the way any more");
    ensure!(!browser.text().await?.contains(&code), "it is shown once");

    // A customer's reset waits, with who asked for it.
    walk.go(&page(customer.user)).await?;
    browser.follow("a[href$=reset]").await?;
    walk.says("Nothing happens for 72 hours.").await?;
    browser.fill("#reason", "Lost the phone").await?;
    browser.follow(SAVE).await?;
    walk.says("A reset waits. It holds from 2026-04-03").await?;
    walk.says(&format!("Asked for by {}", owner.name)).await?;
    walk.photo("person-waiting").await?;
    walk.photo_in("person-waiting", "ko").await?;
    walk.browser.quit().await
}
