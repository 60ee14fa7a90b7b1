//! From the set-up link to the audit log, as a person walks it.

use anyhow::{Context as _, Result, ensure};
use thirtyfour::By;
use twofold_domain::ids::StreamId;
use twofold_tests::authenticator::Authenticator;

use crate::walker::{PASSWORD, Walk};

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_way_without_a_script() -> Result<()> {
    let mut walk = Walk::begin().await?;
    let town = walk.site.town.clone();
    let owner = town.open_account().await?;
    let account = town.here().log().accounts.load(StreamId::account(town.account)).await?.state;
    account.slug().clone_into(&mut walk.slug);
    let browser = &walk.browser;

    // The front page, a way that leads nowhere, and the way in.
    walk.go("/").await?;
    walk.photo("home").await?;
    walk.go("/a/nobody/sign-in").await?;
    walk.says("There is nothing here").await?;
    walk.photo("not-found").await?;
    walk.go("/").await?;
    browser.fill("#account", &walk.slug).await?;
    browser.follow("main form button").await?;
    walk.photo("sign-in").await?;

    // Set-up: shown as often as one likes, used once.
    let link = town.admin_link(town.here(), owner.user).await?.url;
    let link = format!("/setup/{}", link.rsplit('/').next().context("a link has a last segment")?);
    walk.go(&link).await?;
    walk.go(&link).await?;
    walk.says(&owner.email).await?;
    walk.photo("set-up").await?;
    browser.fill("#password", "short").await?;
    browser.follow("main form button").await?;
    walk.says("A password needs at least 15 characters.").await?;
    browser.fill("#password", PASSWORD).await?;
    browser.follow("main form button").await?;
    walk.is_at("enrol").await?;
    walk.photo("enrol-start").await?;

    // Enrolment: a wrong code is told, the right ones lead to recovery codes.
    browser.follow("main form button").await?;
    walk.photo("enrol").await?;
    let otpauth = browser.find("a[href^='otpauth:']").await?.attr("href").await?.context("a link")?;
    let app = Authenticator::scan(&otpauth)?;
    ensure!(app.issuer.contains(account.name()), "the app shows {}", app.issuer);
    let mailed = walk.mailed_code().await?;
    browser.fill("#code", &app.wrong_code(town.now())).await?;
    browser.fill("#mailed_code", &mailed).await?;
    browser.follow("main form > button").await?;
    walk.says("This code is not right.").await?;
    walk.photo("enrol-wrong").await?;
    let code = walk.fresh(&app);
    let (first, second) = code.split_at(3);
    browser.fill("#code", &format!("{first} {second}")).await?;
    if let Ok(field) = browser.driver.find(By::Css("#mailed_code")).await {
        field.send_keys(&mailed).await?;
    }
    browser.follow("main form > button").await?;
    walk.says("Keep your recovery codes").await?;
    walk.photo("recovery-codes").await?;
    let mut codes = vec![];
    for code in browser.driver.find_all(By::Css(".codes code")).await? {
        codes.push(code.text().await?);
    }
    ensure!(codes.len() == 10, "{} codes", codes.len());
    browser.find("input[name=kept]").await?.click().await?;
    browser.follow("main form > button").await?;
    walk.says("10 codes left").await?;
    walk.photo("security").await?;

    // Out and in again: the challenge, wrong and spent codes, a recovery code.
    browser.follow(".who button").await?;
    walk.says("You are signed out.").await?;
    walk.sign_in(&owner.email).await?;
    walk.says("Confirm that it is you").await?;
    walk.photo("challenge").await?;
    browser.fill("#code", &code).await?;
    browser.follow("main form button").await?;
    walk.says("This code was used already.").await?;
    walk.photo("challenge-wrong").await?;
    browser.follow(".others a[href*=recovery-code]").await?;
    walk.photo("challenge-recovery").await?;
    browser.fill("#code", &codes[0].to_lowercase()).await?;
    browser.follow("main form button").await?;
    walk.says("9 codes left").await?;

    // Trust: asked for, given, and then no code is asked for.
    browser.follow(".who button").await?;
    walk.sign_in(&owner.email).await?;
    browser.fill("#code", &walk.fresh(&app)).await?;
    browser.find("input[name=trust]").await?.click().await?;
    browser.follow("main form button").await?;
    walk.says("this device is trusted").await?;
    browser.follow(".who button").await?;
    walk.sign_in(&owner.email).await?;
    walk.says("Signed in on a trusted device, without a code").await?;
    walk.photo("security-trusted").await?;

    // Trust counts for nothing sensitive.
    walk.go(&walk.path("people/invite")).await?;
    walk.says("Confirm once more that it is you").await?;
    walk.photo("step-up").await?;
    browser.fill("#code", &walk.fresh(&app)).await?;
    browser.follow("main form button").await?;
    walk.is_at("people/invite").await?;
    walk.photo("invite").await?;
    browser.fill("#name", "Lucía Fernández").await?;
    browser.fill("#email", "lucia@example.org").await?;
    browser.find("#role option[value=agent]").await?.click().await?;
    browser.follow("main form button").await?;
    walk.says("The invitation is on its way.").await?;
    walk.says("Lucía Fernández").await?;
    walk.photo("people").await?;

    // The policy: a figure out of bounds is told, a good one is saved.
    walk.go(&walk.path("policy")).await?;
    walk.photo("policy").await?;
    browser.fill("#team-trust_days", "400").await?;
    browser.follow("form[action$='policy/team'] button").await?;
    walk.says("Between 0 and 365.").await?;
    walk.photo("policy-wrong").await?;
    browser.fill("#team-trust_days", "14").await?;
    browser.find("form[action$='policy/team'] input[name=required]").await?.click().await?;
    browser.follow("form[action$='policy/team'] button").await?;
    walk.says("1 person must set up a second factor at the next sign-in.").await?;
    walk.photo("policy-preview").await?;
    browser.follow("form[action$='policy/team'] button").await?;
    walk.says("The policy is saved").await?;

    // Status and log.
    walk.go(&walk.path("status")).await?;
    walk.says("Team members: second factor required, devices trusted for 14 days").await?;
    walk.says("Must enrol").await?;
    walk.photo("status").await?;
    browser.fill("#event", "1").await?;
    browser.follow(".filters button").await?;
    walk.says("Team members: second factor optional").await?;
    walk.photo("status-past").await?;
    walk.go(&walk.path("log")).await?;
    walk.says("Policy changed").await?;
    walk.says("Days of trust in a device: 30 → 14").await?;
    walk.photo("log").await?;
    walk.go(&format!("{}?type=TwoFactorEnabled&subject={}", walk.path("log"), owner.email)).await?;
    walk.says("Second factor switched on").await?;
    walk.photo("log-filtered").await?;

    // Every language, on a page full of words.
    for language in ["es", "ko"] {
        for (name, path) in
            [("security", "security"), ("policy", "policy"), ("log", "log"), ("status", "status")]
        {
            walk.go(&walk.path(path)).await?;
            browser.follow(&format!("button[lang={language}]")).await?;
            walk.is_at(path).await?;
            walk.photo(&format!("{name}-{language}")).await?;
        }
    }
    browser.follow("button[lang=en]").await?;

    // The switch: it says how many people it resets, and the log names them.
    walk.go(&walk.path("policy/switch/disable")).await?;
    walk.says("1 person loses their second factor, codes, and trusted devices.").await?;
    walk.photo("confirm").await?;
    browser.fill("#reason", "Moving to new phones").await?;
    browser.follow("main form button").await?;
    walk.says("everyone is reset").await?;
    walk.sign_in(&owner.email).await?;
    walk.says("Disabled").await.or(walk.says("Off").await)?;
    walk.photo("policy-off").await?;
    walk.go(&format!("{}?type=AccountTwoFactorDisabled", walk.path("log"))).await?;
    walk.says("Moving to new phones").await?;
    browser.find("details summary").await?.click().await?;
    walk.says(&owner.name).await?;
    walk.photo("log-disabled").await?;
    walk.go(&walk.path("security")).await?;
    walk.photo("security-off").await?;
    walk.browser.quit().await
}
