//! What an auditor looks at: past sign-ins under another policy, the log both ways, and reports as files.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use thirtyfour::By;
use twofold_domain::policy::Role;
use twofold_domain::reading::FILE_LASTS;
use twofold_domain::time::Span;
use twofold_projections::report_files;
use twofold_projections::report_writer::ReportWriter;
use twofold_tests::paused::Paused;
use twofold_tests::person::{Browser, otp};

use crate::walker::Walk;

async fn known(walk: &Walk) -> Result<()> {
    let town = &walk.site.town;
    let last = town.here().store().counter(town.account).await?.context("a counter")?.last_seq;
    let patience = std::time::Duration::from_mins(1);
    ensure!(walk.site.projector.wait_for(report_files::NAME, town.account, last, patience).await?);
    Ok(())
}

/// Rules: P9.
#[tokio::test(flavor = "multi_thread")]
async fn past_sign_ins_are_seen_under_the_policy_of_the_form() -> Result<()> {
    let mut walk = Walk::begin().await?;
    let town = walk.site.town.clone();
    let mut owner = town.owner().await?;
    let mut agents = vec![];
    for _ in 0..3 {
        agents.push(owner.welcome_enrolled(&town, Role::Agent).await?);
    }
    let mut bare = owner.welcome(&town, Role::Agent).await?;
    let mut laptops = [Browser::default(), Browser::default(), Browser::default()];
    for (agent, laptop) in agents.iter_mut().zip(&mut laptops) {
        let challenge = agent.challenged(&town, town.here(), laptop).await?;
        let proof = otp(&agent.next_code(&town)?)?;
        ensure!(agent.prove(&town, town.here(), &challenge, proof, true).await?.accepted());
    }
    for day in 0..24 {
        town.wait(Span::days(1));
        for (agent, laptop) in agents.iter_mut().zip(&mut laptops).skip(day % 3) {
            agent.begin(&town, town.here(), laptop).await?;
        }
        if day % 5 == 0 {
            bare.browser = Browser::default();
            bare.sign_in(&town, town.here()).await?;
        }
    }
    owner.sign_in(&town, town.here()).await?;
    let auditor = owner.welcome_enrolled(&town, Role::Auditor).await?;
    walk.becomes(&owner).await?;
    let browser = &walk.browser;

    // From the form, without saving anything.
    walk.go(&walk.path("policy")).await?;
    browser.fill("#team-trust_days", "0").await?;
    browser.find("form[action$='policy/team'] input[name=required]").await?.click().await?;
    browser.follow("form[action$='policy/team'] button[formaction]").await?;
    walk.is_at("policy/what-if/team").await?;
    walk.says("How past sign-ins would have gone").await?;
    walk.says("Days of trust in a device: 30 → 0").await?;
    walk.says("Asked for a second factor, and was not").await?;
    walk.says(&agents[0].name).await?;
    walk.says(&bare.name).await?;
    ensure!(!browser.driver.find_all(By::Css(".plot .bar")).await?.is_empty(), "no bar is drawn");
    ensure!(browser.driver.find_all(By::Css("#days ~ .table tbody tr")).await?.len() > 20, "few days");
    walk.photo("what-if").await?;
    for language in ["es", "ko"] {
        walk.photo_in("what-if", language).await?;
    }
    // Another span of the same question, and nobody came in it after all.
    browser.follow(".spans a[href*='days=7']").await?;
    walk.says("Days of trust in a device: 30 → 0").await?;
    ensure!(browser.find(".spans [aria-current]").await?.text().await?.contains('7'));
    walk.photo("what-if-week").await?;
    // On to saving it: first whom it concerns, from where one comes back here.
    browser.follow("form[action$='policy/team'] button").await?;
    walk.says("Save this policy?").await.or(walk.says("must set up a second factor").await)?;
    browser.follow("button[formaction]").await?;
    walk.is_at("policy/what-if/team").await?;
    // A figure out of bounds is told where it stands.
    walk.go(&walk.path("policy")).await?;
    browser.fill("#team-trust_days", "400").await?;
    browser.follow("form[action$='policy/team'] button[formaction]").await?;
    walk.says("Between 0 and 365.").await?;
    // An auditor may try, and not save.
    walk.becomes(&auditor).await?;
    walk.go(&walk.path("policy")).await?;
    walk.says("You may read this policy and try another on past sign-ins, not change it.").await?;
    walk.photo("policy-auditor").await?;
    walk.browser.fill("#team-trust_days", "0").await?;
    walk.browser.follow("form[action$='policy/team'] button[formaction]").await?;
    walk.says("Asked for a second factor, and was not").await?;
    ensure!(walk.browser.driver.find_all(By::Css("main form")).await?.is_empty(), "an auditor may save");
    walk.browser.quit().await
}

/// Rules: S6.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_turned_both_ways_with_its_filters() -> Result<()> {
    let mut walk = Walk::begin().await?;
    let town = walk.site.town.clone();
    let owner = town.owner().await?;
    for _ in 0..9 {
        owner.welcome_enrolled(&town, Role::Agent).await?;
    }
    walk.becomes(&owner).await?;
    let browser = &walk.browser;
    let numbers = async || -> Result<Vec<u64>> {
        let mut numbers = vec![];
        for seq in browser.driver.find_all(By::Css(".events .seq")).await? {
            numbers.push(seq.text().await?.trim().parse()?);
        }
        Ok(numbers)
    };
    walk.go(&walk.path("log")).await?;
    walk.photo("log-first").await?;
    // As of an event all pages are of the same log, whatever is recorded meanwhile.
    let last = numbers().await?[0];
    walk.go(&walk.path(&format!("log?stream=user&at_event={last}"))).await?;
    let mut pages = vec![numbers().await?];
    while !browser.driver.find_all(By::Css("a[rel=next]")).await?.is_empty() {
        browser.follow("a[rel=next]").await?;
        ensure!(
            browser.find("#stream").await?.value().await?.as_deref() == Some("user"),
            "the filter is lost"
        );
        pages.push(numbers().await?);
        if pages.len() == 2 {
            walk.photo("log-second").await?;
            walk.photo_in("log-second", "es").await?;
            walk.photo_in("log-second", "ko").await?;
        }
    }
    ensure!(pages.len() > 1, "one page only: {pages:?}");
    let log = town.log().await?;
    let of_people = log.iter().filter(|e| e.stream.kind.name() == "user" && e.account_seq <= last);
    let expected: Vec<u64> = of_people.map(|event| event.account_seq).rev().collect();
    ensure!(pages.concat() == expected, "{pages:?} is not {expected:?}");
    // And back: every page but the first is where it was.
    for page in pages.iter().rev().skip(1) {
        browser.follow("a[rel=prev]").await?;
        ensure!(
            browser.find("#stream").await?.value().await?.as_deref() == Some("user"),
            "the filter is lost"
        );
        let seen = numbers().await?;
        ensure!(seen.first() >= page.first() && seen.contains(&page[0]), "{seen:?} is not {page:?}");
    }
    ensure!(
        numbers().await? == pages[0] && browser.driver.find_all(By::Css("a[rel=prev]")).await?.is_empty()
    );

    // By a device: what happened on it, and nothing else.
    walk.go(&walk.path("log?stream=device")).await?;
    browser.follow(".people a[href*='device=']").await?;
    let device = browser.find("#device").await?.value().await?.context("a device")?;
    ensure!(device.starts_with("dev_") && !numbers().await?.is_empty(), "{device}");
    walk.photo("log-device").await?;
    browser.fill("#device", "laptop").await?;
    browser.follow(".filters button").await?;
    walk.says("No device has this id. It begins with dev_.").await?;
    walk.photo("log-device-wrong").await?;
    walk.browser.quit().await
}

/// Rules: S2.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_ordered_watched_mailed_taken_cancelled_and_over() -> Result<()> {
    let mut walk = Walk::begin().await?;
    let town = walk.site.town.clone();
    let mut owner = town.owner().await?;
    owner.welcome_enrolled(&town, Role::Agent).await?;
    walk.becomes(&owner).await?;
    walk.go(&walk.path("files")).await?;
    walk.says("You have no files.").await?;
    walk.photo("files-none").await?;
    // Ordered where the report is looked at.
    walk.go(&walk.path("reports/mfa-status")).await?;
    walk.photo("report-to-order").await?;
    walk.browser.follow("form[action$='reports/mfa-status'] button").await?;
    walk.is_at("files").await?;
    walk.says("waits").await?;
    walk.photo("files-queued").await?;
    // How far it is, while it is written.
    let desk = town.there().clone();
    let (paused, middle) = Paused::of(&desk);
    let writer = ReportWriter::new(desk.clone(), walk.site.projector.clone(), Arc::new(paused));
    known(&walk).await?;
    let looking = async {
        middle.reached().await;
        walk.go(&walk.path("files")).await?;
        walk.says("is being written").await?;
        walk.photo("files-running").await?;
        middle.go_on();
        Ok::<_, anyhow::Error>(())
    };
    let writing = async { Ok::<_, anyhow::Error>(writer.round(|_| true).await?) };
    let (broken, ()) = tokio::try_join!(writing, looking)?;
    ensure!(broken.is_empty(), "not written");
    known(&walk).await?;
    // The mail leads to it.
    walk.go("/dev/outbox").await?;
    walk.says("mfa-status").await?;
    walk.photo("files-mail").await?;
    let link =
        walk.browser.find(".message a[href*='/files/rpj_']").await?.attr("href").await?.context("a link")?;
    let path =
        link.split_once("/a/").map(|(_, rest)| format!("/a/{rest}")).context("a page of the account")?;
    walk.go(&path).await?;
    walk.says("ready").await?;
    walk.photo("files-ready").await?;
    walk.photo_in("files-ready", "es").await?;
    walk.photo_in("files-ready", "ko").await?;
    // Taken: the browser's own session gets the bytes, and that is on record.
    let take = walk.browser.find("a[href$=take]").await?.attr("href").await?.context("a way")?;
    let taken = walk.fetch(&take, &owner).await?;
    ensure!(taken.starts_with(b"PK"), "no workbook");
    ensure!(town.count("DataExported").await? == 1);
    // One more, cancelled before it is written; and the first one's week is over.
    walk.go(&walk.path("reports/mfa-status")).await?;
    walk.browser.follow("form[action$='reports/mfa-status'] button").await?;
    walk.browser.follow("form[action$=cancel] button").await?;
    walk.says("cancelled").await?;
    walk.photo("files-cancelled").await?;
    town.wait(FILE_LASTS);
    owner.sign_in(&town, town.here()).await?;
    walk.becomes(&owner).await?;
    walk.go(&walk.path("files")).await?;
    walk.says("over").await?;
    ensure!(
        walk.browser.driver.find_all(By::Css("a[href$=take]")).await?.is_empty(),
        "it can still be taken"
    );
    walk.photo("files-over").await?;
    walk.photo_in("files-over", "ko").await?;
    walk.browser.quit().await
}
