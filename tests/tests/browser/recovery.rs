//! Recovery, as an owner sees, governs, grants, and stops it; and as its people ask for it: at the door, and on a
//! device that is still trusted.

use anyhow::{Context as _, Result, ensure};
use thirtyfour::By;
use twofold_domain::ids::UserId;
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_infra::acts::Begun;
use twofold_tests::person::{self, Person};
use twofold_tests::town::Town;

use crate::walker::Walk;

const SAVE: &str = "main form button:not(.quiet)";

impl Walk {
    fn person(&self, user: UserId) -> String {
        self.path(&format!("people/{user}"))
    }

    /// Comes back another day: the session of yesterday is over.
    async fn later(&mut self, who: &mut Person, span: Span) -> Result<()> {
        let town = self.site.town.clone();
        town.wait(span);
        who.sign_in(&town, town.here()).await?;
        self.becomes(who).await
    }
}

/// Rules: C3, C5.
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_grants_a_code_and_sees_what_became_of_it() -> Result<()> {
    let mut walk = Walk::begin().await?;
    let town = walk.site.town.clone();
    let mut owner = town.owner().await?;
    let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
    let mut other = owner.welcome_enrolled(&town, Role::Admin).await?;
    owner.sign_in(&town, town.here()).await?;
    walk.becomes(&owner).await?;
    walk.go(&walk.path("recovery")).await?;
    walk.says("There are no such cases.").await?;

    // Nobody sees a code before the rules say so.
    walk.go(&format!("{}/grant", walk.person(agent.user))).await?;
    ensure!(
        walk.browser.driver.find(By::Css("input[name=show_code]")).await.is_err(),
        "no box where it is not allowed"
    );
    walk.photo("grant").await?;
    walk.browser.fill("#reason", " ").await?;
    walk.browser.follow(SAVE).await?;
    walk.says("A reason has 1 to 500 characters.").await?;
    walk.browser.fill("#reason", "Lost the phone on the train").await?;
    walk.browser.follow(SAVE).await?;
    walk.says("A one-time link to it is on its way to them.").await?;
    walk.says("Nobody has seen it yet.").await?;
    walk.photo("person-granted").await?;

    // The case, with what happened; stopped there.
    walk.browser.follow("a[href*='/recovery/rec_']").await?;
    for words in
        ["Code granted", "Lost the phone on the train", "The code goes to the person alone", &owner.name]
    {
        walk.says(words).await?;
    }
    walk.says("Recovery code granted").await?;
    walk.photo("recovery-case").await?;
    walk.browser.follow("form[action$='recovery/stop'] button").await?;
    walk.says("It is stopped.").await?;
    walk.says("the team said so").await?;
    walk.says("Recovery grant ended unused").await?;

    // The rules: out of bounds is told; then who grants may see the code.
    walk.go(&walk.path("policy/governance")).await?;
    walk.browser.fill("#repair_wait_hours", "400").await?;
    walk.browser.find("input[name=issuers_see_codes]").await?.click().await?;
    walk.browser.follow(SAVE).await?;
    walk.says("Between 4 and 72.").await?;
    ensure!(
        walk.browser.find("input[name=issuers_see_codes]").await?.is_selected().await?,
        "what was chosen stays"
    );
    walk.browser.fill("#repair_wait_hours", "8").await?;
    walk.browser.follow(SAVE).await?;
    walk.says("The rules of dual control are saved").await?;
    walk.photo("governance-recovery").await?;
    walk.go(&format!("{}?type=GovernanceChanged", walk.path("log"))).await?;
    walk.says("Who grants a code may see it: no → yes").await?;
    walk.says("Hours of wait on a trusted device: 24 → 8").await?;
    walk.go(&format!("{}/grant", walk.person(agent.user))).await?;
    walk.photo("grant-shown").await?;
    walk.browser.find("input[name=show_code]").await?.click().await?;
    walk.browser.fill("#reason", "They stand before me").await?;
    walk.browser.follow(SAVE).await?;
    let code = walk.browser.find(".big-code code").await?.text().await?;
    walk.photo("granted").await?;
    walk.browser.follow("main a.button").await?;
    walk.says("Its code was shown, and not used yet.").await?;
    ensure!(!walk.browser.text().await?.contains(&code), "it is shown once");

    // Nobody used it: flagged the day after.
    walk.later(&mut owner, Span::hours(25)).await?;
    walk.go(&walk.path("recovery")).await?;
    walk.says("1 case was left lying.").await?;
    walk.says("Ended unused").await?;
    walk.says("Never used").await?;
    walk.photo("recovery").await?;
    for language in ["es", "ko"] {
        walk.photo_in("recovery", language).await?;
    }
    walk.browser.find("#stage option[value=orphans]").await?.click().await?;
    walk.browser.follow(".filters button").await?;
    ensure!(walk.browser.driver.find_all(By::Css("tbody tr")).await?.len() == 1, "one case");
    walk.browser.follow("tbody th a").await?;
    walk.says("A code was granted and never used.").await?;
    walk.says("The code was shown to who granted it").await?;
    for language in ["es", "ko"] {
        walk.photo_in("recovery-case", language).await?;
    }

    // An owner's takes a second one, and is seen to wait.
    owner.make_owner(&town, other.user).await?;
    other.sign_in(&town, town.here()).await?;
    let third = owner.clone();
    walk.becomes(&other).await?;
    walk.go(&format!("{}/grant", walk.person(third.user))).await?;
    walk.says("owner").await?;
    walk.browser.fill("#reason", "Lost at sea").await?;
    walk.browser.follow(SAVE).await?;
    walk.says("let an owner in with a code").await?;
    walk.photo("person-grant-waits").await?;
    walk.go(&walk.path("recovery")).await?;
    walk.says("It does not hold yet: a second owner approves it.").await?;
    walk.says(&third.name).await?;
    walk.photo("recovery-asked").await?;
    walk.browser.quit().await
}

/// Signs in as somebody at the door, and comes before their challenge.
async fn at_the_door(walk: &Walk, who: &Person) -> Result<()> {
    walk.browser.driver.delete_all_cookies().await?;
    walk.go(&walk.path("sign-in")).await?;
    walk.browser.fill("#email", &who.email).await?;
    walk.browser.fill("#password", &who.password).await?;
    walk.browser.follow("main form button").await
}

/// The newest code in a mail to somebody, taken out of the outbox.
async fn mailed(town: &Town, who: &Person) -> Result<String> {
    town.mailed_code(who.user).await
}

/// Rules: C4, C5, E7.
#[tokio::test(flavor = "multi_thread")]
async fn an_end_user_asks_at_the_door_and_their_authenticator_ends_the_wait() -> Result<()> {
    let mut walk = Walk::begin().await?;
    let town = walk.site.town.clone();
    let mut owner = town.owner().await?;
    let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
    owner.sign_in(&town, town.here()).await?;
    walk.becomes(&owner).await?;
    at_the_door(&walk, &customer).await?;
    walk.browser.find("summary").await?.click().await?;
    walk.says("I have none of these").await?;
    walk.says("Use a recovery code").await?;
    walk.photo("challenge-lost").await?;
    walk.browser.follow("a[href*=lost]").await?;
    walk.photo("lost").await?;
    walk.browser.follow(SAVE).await?;
    walk.browser.fill("#code", &mailed(&town, &customer).await?).await?;
    walk.browser.follow(SAVE).await?;
    walk.says("unless somebody objects, on").await?;
    walk.photo("lost-waits").await?;

    // The team sees it, with who asked, and could stop it.
    walk.becomes(&owner).await?;
    walk.go(&walk.path("recovery")).await?;
    walk.says("the person themselves").await?;
    walk.browser.follow("tbody th a").await?;
    walk.says("Waiting").await?;
    walk.says("password and a mailed code, after a wait").await?;
    walk.browser.find("form[action$='recovery/stop'] button").await?;
    walk.photo("recovery-case-waits").await?;
    let then = town.here().store().counter(town.account).await?.context("a counter")?.last_seq;
    walk.go(&walk.person(customer.user)).await?;
    walk.says("Asked for by the person themselves").await?;
    walk.photo("person-recovers").await?;

    // The phone turns up.
    at_the_door(&walk, &customer).await?;
    walk.browser.fill("#code", &customer.next_code(&town)?).await?;
    walk.browser.follow("main form button").await?;
    walk.is_at("security").await?;
    ensure!(
        walk.browser.driver.find(By::Css("form[action$='keep-factor']")).await.is_err(),
        "nothing waits any more"
    );
    walk.becomes(&owner).await?;
    walk.go(&format!("{}?stage=stopped", walk.path("recovery"))).await?;
    walk.browser.follow("tbody th a").await?;
    walk.says("the person showed their second factor").await?;
    // As it was while it waited: what came later is not told, and nothing is stopped in the past.
    walk.browser.fill("#event", &then.to_string()).await?;
    walk.browser.follow("section form.filters button").await?;
    walk.says(&format!("after event {then}")).await?;
    walk.says("Waiting").await?;
    let text = walk.browser.text().await?;
    ensure!(!text.contains("the person showed their second factor"), "as it was:\n{text}");
    let stop = walk.browser.driver.find(By::Css("form[action$='recovery/stop']")).await;
    ensure!(stop.is_err(), "nothing is done in the past");
    walk.photo("recovery-case-then").await?;
    walk.browser.follow(".up a").await?;
    walk.says(&format!("after event {then}")).await?;
    walk.says("Waiting").await?;
    walk.browser.quit().await
}

/// Signs in once with trust, and a second time by it.
async fn trusted(town: &Town, who: &mut Person) -> Result<()> {
    let mut browser = who.browser.clone();
    let challenge = who.challenged(town, town.here(), &mut browser).await?;
    who.browser = browser.clone();
    let code = person::otp(&who.next_code(town)?)?;
    let came = who.prove(town, town.here(), &challenge, code, true).await?;
    ensure!(came.accepted(), "{came:?}");
    let begun = who.begin(town, town.here(), &mut browser).await?;
    ensure!(matches!(begun, Begun::Session { .. }), "trust lets them in");
    who.browser = browser;
    Ok(())
}

/// Rules: C8.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_phone_is_asked_for_on_a_trusted_device_and_the_wait_is_ended_there() -> Result<()> {
    let mut walk = Walk::begin().await?;
    let town = walk.site.town.clone();
    let mut owner = town.owner().await?;
    let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
    walk.becomes(&agent).await?;
    walk.go(&walk.path("security")).await?;
    ensure!(
        walk.browser.driver.find(By::Css("a[href$='security/recovery']")).await.is_err(),
        "not behind a code"
    );
    walk.go(&walk.path("security/recovery")).await?;
    walk.says("Not possible on this device").await?;
    trusted(&town, &mut agent).await?;
    walk.becomes(&agent).await?;
    walk.go(&walk.path("security")).await?;
    walk.photo("security-repair").await?;
    walk.browser.follow("a[href$='security/recovery']").await?;
    walk.says("24 hours").await?;
    walk.photo("repair").await?;
    walk.browser.fill("#password", "not the password").await?;
    walk.browser.follow(SAVE).await?;
    walk.says("The password is not right.").await?;
    walk.browser.fill("#password", &agent.password).await?;
    walk.browser.follow(SAVE).await?;
    walk.photo("repair-mailed").await?;
    walk.browser.fill("#code", "1234 5678").await?;
    walk.browser.follow(SAVE).await?;
    walk.says("This is not the code.").await?;
    walk.browser.fill("#code", &mailed(&town, &agent).await?).await?;
    walk.browser.follow(SAVE).await?;
    walk.is_at("security").await?;
    walk.says("The wait has begun.").await?;
    walk.photo("security-waits").await?;
    for language in ["es", "ko"] {
        walk.photo_in("security-waits", language).await?;
    }
    walk.browser.follow("form[action$='keep-factor'] button").await?;
    walk.browser.find("a[href$='security/recovery']").await.context("it is offered again")?;

    // A code that somebody of the team granted without being asked is ended by its person.
    owner.sign_in(&town, town.here()).await?;
    walk.becomes(&owner).await?;
    walk.go(&format!("{}/grant", walk.person(agent.user))).await?;
    walk.browser.fill("#reason", "They asked me to, I thought").await?;
    walk.browser.follow(SAVE).await?;
    walk.becomes(&agent).await?;
    walk.go(&walk.path("security")).await?;
    walk.says("Somebody of your team granted a code").await?;
    walk.photo("security-granted").await?;
    walk.browser.follow("form[action$='recovery/stop'] button").await?;
    walk.says("It is stopped.").await?;
    walk.browser.quit().await
}
