//! "This was not me", as its person walks it: from the link in a notice to the frozen sign-in, and back in.

use anyhow::{Context as _, Result, ensure};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::person::Person;
use twofold_tests::town::Town;

use crate::walker::{PASSWORD, Walk};

const SAVE: &str = "main form button:not(.quiet)";

/// The newest link of a page in somebody's mail, as a path.
pub(crate) async fn mailed_path(town: &Town, who: &Person, page: &str) -> Result<String> {
    let letters = town.letters(who.user).await?;
    let mut words = letters.iter().flat_map(|letter| letter.body.split_whitespace());
    let link = words.rfind(|word| word.contains(page)).with_context(|| format!("a letter with {page}"))?;
    let token = link.rsplit('/').next().unwrap_or_default();
    town.never_in_log(token);
    Ok(format!("{page}{token}"))
}

/// Rules: C6.
#[tokio::test(flavor = "multi_thread")]
async fn a_notices_link_freezes_and_a_recovery_code_leads_back_in() -> Result<()> {
    let mut walk = Walk::begin().await?;
    let town = walk.site.town.clone();
    let mut owner = town.owner().await?;
    let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
    let notice = mailed_path(&town, &agent, "/not-me/").await?;
    walk.becomes(&agent).await?;

    // The link says what it does, and does nothing yet.
    walk.go(&notice).await?;
    walk.says("Was it not you?").await?;
    walk.says(&agent.name).await?;
    walk.photo("not-me").await?;
    for language in ["es", "ko"] {
        walk.photo_in("not-me", language).await?;
    }
    ensure!(town.count("UserFrozen").await? == 0, "looking is not freezing");
    walk.browser.follow("button.danger").await?;
    walk.says("Nobody comes in as you now, not even you.").await?;
    walk.says("Second factor").await?;
    walk.photo("frozen").await?;
    walk.go(&walk.path("security")).await?;
    walk.is_at("sign-in").await?;

    // Whoever has lost the letter asks for another one.
    walk.browser.follow("a[href$='/frozen']").await?;
    walk.photo("frozen-ask").await?;
    walk.browser.fill("#email", &agent.email).await?;
    walk.browser.follow(SAVE).await?;
    walk.says("If the sign-in of that address is frozen, a link is on its way.").await?;

    // The way back: an app's code is asked for first, a recovery code is one click away.
    walk.go(&mailed_path(&town, &agent, "/thaw/").await?).await?;
    walk.says(&agent.name).await?;
    walk.photo("thaw").await?;
    for language in ["es", "ko"] {
        walk.photo_in("thaw", language).await?;
    }
    walk.browser.follow("a[href*='recovery-code']").await?;
    walk.photo("thaw-recovery").await?;
    PASSWORD.clone_into(&mut agent.password);
    walk.browser.fill("#code", "AAAA-AAAA-AAAA-AAAA-AAAA").await?;
    walk.browser.fill("#password", PASSWORD).await?;
    walk.browser.follow(SAVE).await?;
    ensure!(walk.browser.find(".wrong").await?.is_displayed().await?, "what is wrong stands at the field");
    walk.photo("thaw-wrong").await?;
    walk.browser.fill("#code", &agent.codes.pop().context("a recovery code")?).await?;
    walk.browser.fill("#password", PASSWORD).await?;
    walk.browser.follow(SAVE).await?;
    walk.is_at("sign-in").await?;
    walk.says("Your sign-in works again.").await?;
    walk.photo("sign-in-thawed").await?;

    // In again, with the second factor as before.
    town.wait(Span::minutes(1));
    walk.sign_in(&agent.email).await?;
    walk.browser.fill("#code", &agent.next_code(&town)?).await?;
    walk.browser.follow(SAVE).await?;
    walk.is_at("security").await?;
    ensure!(town.count("UserThawed").await? == 1);

    // The team reads it in the case: who, when, and how.
    owner.sign_in(&town, town.here()).await?;
    walk.becomes(&owner).await?;
    walk.go(&walk.path("recovery")).await?;
    walk.browser.follow("tbody th a").await?;
    for words in [
        "Frozen",
        "by the link in a notice to the person",
        "with a second factor or a recovery code",
        "Sign-in frozen",
        "Recovery code used",
        "Sign-in works again",
    ] {
        walk.says(words).await?;
    }
    walk.photo("recovery-case-frozen").await?;
    for language in ["es", "ko"] {
        walk.photo_in("recovery-case-frozen", language).await?;
    }
    walk.browser.quit().await
}

/// Rules: C6.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_nothing_to_show_reads_who_helps_or_how_long_it_takes() -> Result<()> {
    let mut walk = Walk::begin().await?;
    let town = walk.site.town.clone();
    let owner = town.owner().await?;
    let mut customer = owner.welcome(&town, Role::EndUser).await?;
    customer.sign_in(&town, town.here()).await?;
    walk.becomes(&customer).await?;
    walk.go(&walk.path("security/freeze")).await?;
    walk.photo("own-freeze").await?;
    walk.browser.follow("button.danger").await?;
    walk.go(&mailed_path(&town, &customer, "/thaw/").await?).await?;
    walk.says("You have no second factor here that could be shown.").await?;
    walk.photo("thaw-nothing").await?;
    walk.browser.follow("form[action$='/wait'] button").await?;
    walk.says("Without a code this works from").await?;
    walk.photo("thaw-waits").await?;

    // Whoever is asked to vouch for them sees where the link goes.
    walk.becomes(&owner).await?;
    let (start, domain) = customer.email.split_at(1);
    let goes_to = format!("{start}…@{}", domain.rsplit('@').next().unwrap_or_default());
    let page = walk.path(&format!("people/{}", customer.user));
    for page in [page.clone(), format!("{page}/unfreeze")] {
        walk.go(&page).await?;
        walk.says(&format!("The link back goes to {goes_to}.")).await?;
    }
    walk.photo("unfreeze").await?;
    walk.browser.quit().await
}

/// Rules: C6, E2.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_sent_on_request_leads_back_in() -> Result<()> {
    let mut walk = Walk::begin().await?;
    let town = walk.site.town.clone();
    let owner = town.owner().await?;
    let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
    // The app, which they have for longer, is asked for first.
    town.wait(Span::minutes(1));
    walk.becomes(&agent).await?;
    walk.go(&walk.path("enrol")).await?;
    walk.browser.fill("#number", "+44 7911 123456").await?;
    walk.browser.follow("form[action$='enrol/phone'] button").await?;
    let bound = walk.mailed_code().await?;
    walk.browser.fill("#code", &bound).await?;
    walk.browser.follow(SAVE).await?;
    walk.go(&walk.path("security/freeze")).await?;
    walk.browser.follow("button.danger").await?;
    town.wait(Span::minutes(2));
    walk.go(&mailed_path(&town, &agent, "/thaw/").await?).await?;
    walk.browser.follow(".others a[href*=fac_]").await?;
    walk.says("••56").await?;
    walk.photo("thaw-text").await?;
    walk.browser.follow("form[action$='/text'] button").await?;
    walk.photo("thaw-texted").await?;
    // Again at once is too soon, and said so.
    walk.browser.follow("form[action$='/text'] button").await?;
    walk.photo("thaw-text-later").await?;
    let code = walk.mailed_code().await?;
    walk.browser.fill("#code", &code).await?;
    walk.browser.fill("#password", PASSWORD).await?;
    walk.browser.follow(SAVE).await?;
    walk.says("Your sign-in works again.").await?;
    ensure!(town.count("SmsCodeAccepted").await? == 1, "it was the code that led back");
    walk.browser.quit().await
}
