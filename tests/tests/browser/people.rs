//! People, groups, import, programs, settings, one's own profile, and the clock of a sandbox, as an owner walks
//! them. Signing in is walked elsewhere.

use std::io::Write as _;

use anyhow::{Context as _, Result, ensure};
use thirtyfour::By;
use twofold_domain::policy::Role;

use crate::walker::Walk;

#[tokio::test(flavor = "multi_thread")]
async fn people_come_and_are_put_into_groups() -> Result<()> {
    let mut walk = Walk::begin().await?;
    let town = walk.site.town.clone();
    let owner = town.owner().await?;
    let agent = owner.welcome(&town, Role::Agent).await?;
    walk.becomes(&owner).await?;
    let browser = &walk.browser;

    // A group: one name too many, then a good one, renamed.
    walk.go(&walk.path("people/groups")).await?;
    walk.says("There are no groups yet.").await?;
    for name in ["Night shift", "Service desk"] {
        browser.fill("#name", name).await?;
        browser.follow("main form button").await?;
        walk.says("The group is made.").await?;
    }
    browser.fill("#name", "NIGHT SHIFT").await?;
    browser.follow("main form button").await?;
    walk.says("Another group has this name.").await?;
    ensure!(browser.find("#name").await?.value().await?.as_deref() == Some("NIGHT SHIFT"));
    walk.photo("groups").await?;

    // Somebody is put into it on their page; a wrong name is told where it stands.
    let page = walk.path(&format!("people/{}", agent.user));
    walk.go(&page).await?;
    browser.fill("#name", " ").await?;
    browser.find("input[name^=group_]").await?.click().await?;
    browser.follow("form:has(input[value=edit]) button").await?;
    walk.says("A name has 1 to 100 characters.").await?;
    ensure!(browser.find("input[name^=group_]").await?.is_selected().await?, "what was ticked stays");
    browser.fill("#name", "Lucía Fernández").await?;
    browser.follow("form:has(input[value=edit]) button").await?;
    walk.says("Saved.").await?;

    // Identity providers, another address.
    browser.fill("#provider", "No Provider!").await?;
    browser.fill("#subject", "1143").await?;
    browser.follow("form:has(input[value=link]) button").await?;
    walk.says("A provider is named with").await?;
    browser.fill("#provider", "google").await?;
    browser.follow("form:has(input[value=link]) button").await?;
    walk.says("They can sign in through this provider.").await?;
    browser.fill("#email", "lucia@example.org").await?;
    browser.follow("form:has(input[value=email]) button").await?;
    walk.says("The link to lucia@example.org was not used yet.").await?;
    walk.photo("person").await?;

    // The list, by role, state, group, and text.
    walk.go(&walk.path("people?role=agent&state=enabled")).await?;
    walk.says("Nobody matches.").await?;
    walk.go(&walk.path("people?role=agent")).await?;
    walk.says("Lucía Fernández").await?;
    ensure!(!browser.text().await?.contains(&owner.email), "an owner is no agent");
    browser.find("#group option:nth-child(2)").await?.click().await?;
    browser.follow(".filters button").await?;
    walk.says("Night shift").await?;
    walk.says("Lucía Fernández").await?;
    walk.photo("people").await?;

    // Made an owner by two: asked for here, and it waits.
    walk.go(&format!("{page}/make-owner")).await?;
    walk.says("Nobody else can approve it, so it waits 72 hours.").await?;
    walk.says("Ask for approval").await?;
    walk.photo("make-owner").await?;
    browser.fill("#reason", "She runs the account from May on").await?;
    browser.follow("main form button").await?;
    walk.is_at("approvals").await?;
    walk.go(&format!("{page}/erase")).await?;
    ensure!(!browser.text().await?.contains("Ask for approval"), "one owner alone erases an agent at once");
    walk.photo("erase").await?;

    // Deactivated and back.
    walk.go(&page).await?;
    browser.follow("form:has(input[value=deactivate]) button").await?;
    walk.says("They can no longer sign in.").await?;
    walk.photo("person-deactivated").await?;
    browser.follow("form:has(input[value=reactivate]) button").await?;
    walk.says("A link is on its way to them.").await?;

    // The group again: who is in it, another name, deleted.
    walk.go(&walk.path("people/groups")).await?;
    browser.follow("main .rows a").await?;
    walk.says("1 person is in it.").await?;
    walk.photo("group").await?;
    browser.fill("#name", "Nights").await?;
    browser.follow("main form button").await?;
    walk.says("The group has another name.").await?;
    browser.follow("a.danger").await?;
    walk.says("1 person is in it no longer.").await?;
    browser.follow("main form button").await?;
    walk.says("The group is deleted.").await?;

    walk.go(&page).await?;
    walk.photo_in("person", "es").await?;
    walk.photo_in("person", "ko").await?;
    walk.browser.quit().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_looked_at_before_anybody_is_registered() -> Result<()> {
    let mut walk = Walk::begin().await?;
    let town = walk.site.town.clone();
    let owner = town.owner().await?;
    walk.becomes(&owner).await?;
    let browser = &walk.browser;
    walk.go(&walk.path("people")).await?;
    browser.follow("a[href$='people/import']").await?;
    browser.follow("main form button").await?;
    walk.says("There is nothing to import.").await?;
    walk.photo("import").await?;

    // Wrong lines are told, and nobody is registered.
    browser
        .fill(
            "#table",
            "name,email,role\nAda,ada@example.org,agent\nBea,bea,agent\nCid,cid@example.org,owner\n",
        )
        .await?;
    browser.follow("main form button").await?;
    walk.says("email: An address such as ada@example.com").await?;
    walk.says("owners are made one by one").await?;
    walk.says("Nothing can be imported like this.").await?;
    walk.photo("import-wrong").await?;

    // A file: one new, one with a hash, one who is here already.
    let mut file = tempfile::NamedTempFile::with_suffix(".csv")?;
    let hash = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
    write!(
        file,
        "name,email,role,password_hash\r\nAda,ada@example.org,agent,\r\nBea,bea@example.org,end_user,{hash}\r\n\
         Me,{},agent,\r\n",
        owner.email
    )?;
    browser.follow("main p.actions a").await?;
    browser.find("#file").await?.send_keys(file.path().to_str().context("a path")?).await?;
    browser.follow("main form button").await?;
    walk.says("Nobody is registered yet.").await?;
    walk.says("Password hash, claimed.").await?;
    walk.says("Somebody has this address; nothing is changed about them.").await?;
    ensure!(!browser.driver.source().await?.contains(hash), "no hash stands in the page");
    walk.photo("import-check").await?;
    browser.follow("main form button").await?;
    walk.says("Imported").await?;
    walk.says("Registered").await?;
    walk.photo("import-done").await?;

    // What came as claimed is marked.
    walk.go(&walk.path("people?q=bea")).await?;
    browser.follow("tbody th a").await?;
    walk.says("claimed, not proved").await?;
    walk.photo("person-claimed").await?;
    walk.browser.quit().await
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_get_tokens_that_are_shown_once() -> Result<()> {
    let mut walk = Walk::begin().await?;
    let town = walk.site.town.clone();
    let owner = town.owner().await?;
    walk.becomes(&owner).await?;
    let browser = &walk.browser;
    walk.go(&walk.path("programs")).await?;
    browser.fill("#name", "Help desk").await?;
    browser.follow("main form button").await?;
    walk.says("The program is registered.").await?;
    browser.follow("a[href$='/tokens']").await?;
    browser.fill("#days", "400").await?;
    browser.find("input[name=scope_read_people]").await?.click().await?;
    browser.follow("main form button").await?;
    walk.says("Between 1 and 365 days.").await?;
    ensure!(browser.find("input[name=scope_read_people]").await?.is_selected().await?, "ticks stay");
    walk.photo("new-token").await?;
    browser.fill("#days", "30").await?;
    browser.follow("main form button").await?;
    walk.says("You see it this once.").await?;
    let token = browser.find(".secret code").await?.text().await?;
    walk.photo("token-shown").await?;
    browser.follow("main p.actions a").await?;
    ensure!(!browser.text().await?.contains(&token), "it is not shown again");
    walk.photo("program").await?;

    // One of one's own, without a name first.
    walk.go(&walk.path("programs/own/new")).await?;
    browser.find("input[name=scope_read_status]").await?.click().await?;
    browser.fill("#name", " ").await?;
    browser.follow("main form button").await?;
    walk.says("A name has 1 to 100 characters.").await?;
    browser.fill("#name", "Nightly export").await?;
    browser.follow("main form button").await?;
    browser.follow("main p.actions a").await?;
    walk.says("Nightly export").await?;
    walk.photo("programs").await?;
    walk.photo_in("programs", "ko").await?;
    walk.go(&walk.path("programs/in-use")).await?;
    walk.says("No program has shown a password.").await?;
    walk.says("Help desk").await?;
    walk.photo("in-use").await?;
    walk.go(&walk.path("programs")).await?;
    browser.follow("button.danger").await?;
    walk.says("The token is dead from its next request on.").await?;
    browser.follow("main .rows a").await?;
    browser.follow("a.danger").await?;
    walk.says("1 token is dead at its next request.").await?;
    walk.photo("program-remove").await?;
    let then = town.here().store().counter(town.account).await?.context("a counter")?.last_seq;
    browser.follow("main form button").await?;
    walk.says("The program is removed.").await?;
    // As it was: the program and its token are there, and nothing is to be done to them.
    browser.fill("#event", &then.to_string()).await?;
    browser.follow("section form.filters button").await?;
    walk.says(&format!("after event {then}")).await?;
    browser.follow("main .rows li div a").await?;
    walk.says(&format!("after event {then}")).await?;
    walk.says("Help desk").await?;
    let acts = browser.driver.find(By::Css("main .danger")).await;
    ensure!(acts.is_err(), "nothing is done in the past");
    walk.photo("program-then").await?;
    walk.browser.quit().await
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_profile_and_the_clock_of_a_sandbox() -> Result<()> {
    let mut walk = Walk::begin().await?;
    let town = walk.site.town.clone();
    let owner = town.owner_of_sandbox().await?;
    walk.becomes(&owner).await?;
    let browser = &walk.browser;

    // One's own profile, behind one's name.
    walk.go(&walk.path("security")).await?;
    browser.follow(".who a").await?;
    walk.is_at("profile").await?;
    browser.fill("#name", "Ada Okafor").await?;
    browser.follow("main form button").await?;
    walk.says("Your profile is saved.").await?;
    browser.fill("#email", "ada@example.org").await?;
    browser.follow("form:has(input[value=email]) button").await?;
    walk.says("A link to your new address is on its way").await?;
    walk.photo("profile").await?;
    browser.follow("form:has(input[value=password]) button").await?;
    walk.says("A link to choose another password is on its way").await?;

    // Settings: a zone that is none stays typed; a picture stands beside the name.
    walk.go(&walk.path("settings")).await?;
    browser.fill("#time_zone", "Seoul").await?;
    browser.fill("#help", "https://help.example.org/2fa").await?;
    browser.follow("main form button").await?;
    walk.says("This is no time zone.").await?;
    ensure!(browser.find("#time_zone").await?.value().await?.as_deref() == Some("Seoul"));
    ensure!(browser.find("#help").await?.value().await?.as_deref() == Some("https://help.example.org/2fa"));
    walk.photo("settings-wrong").await?;
    browser.fill("#time_zone", "Asia/Seoul").await?;
    let mut png = tempfile::NamedTempFile::with_suffix(".png")?;
    png.write_all(include_bytes!("logo.png"))?;
    browser.find("#logo").await?.send_keys(png.path().to_str().context("a path")?).await?;
    browser.find("input[name=language_ko]").await?.click().await?;
    browser.find("#first_language option[value=es]").await?.click().await?;
    browser.follow("main form button").await?;
    walk.says("The settings are saved.").await?;
    browser.find(".account img").await?;
    ensure!(browser.driver.find(By::Css("footer button[lang=ko]")).await.is_err(), "Korean is not offered");
    let first = browser.find("#first_language").await?.value().await?;
    ensure!(first.as_deref() == Some("es"), "{first:?}");
    walk.photo("settings").await?;
    walk.photo_in("settings", "es").await?;

    // The clock, behind the banner of every page.
    browser.follow(".demo a").await?;
    walk.is_at("clock").await?;
    walk.says("Asia/Seoul").await?;
    browser.fill("#day", "01012020").await?;
    browser.follow("main form:nth-of-type(2) button").await?;
    walk.says("A sandbox's clock is set forwards only.").await?;
    walk.photo("clock-wrong").await?;
    browser.follow("main form:nth-of-type(1) button").await?;
    walk.says("The clock is set.").await?;
    walk.photo("clock").await?;
    walk.browser.quit().await
}
