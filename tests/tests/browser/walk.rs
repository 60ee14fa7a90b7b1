//! From the set-up link to the audit log, as a person walks it.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use thirtyfour::By;
use twofold_domain::ids::StreamId;
use twofold_domain::time::Span;
use twofold_tests::authenticator::Authenticator;

use crate::chromium::Chromium;
use crate::site::Served;

const PASSWORD: &str = "correct horse battery";

/// Somebody in front of a browser.
struct Walk {
    site: Served,
    browser: Chromium,
    slug: String,
    photos: Option<std::path::PathBuf>,
}

impl Walk {
    async fn begin() -> Result<Self> {
        let photos = std::env::var_os("TWOFOLD_SCREENSHOTS").map(Into::into);
        let browser = Chromium::start().await?;
        Ok(Self { site: Served::start().await?, browser, slug: String::new(), photos })
    }

    async fn go(&self, path: &str) -> Result<()> {
        self.browser.driver.goto(self.site.at(path)).await?;
        self.browser.find("main").await?;
        Ok(())
    }

    fn path(&self, rest: &str) -> String {
        format!("/a/{}/{rest}", self.slug)
    }

    async fn says(&self, words: &str) -> Result<()> {
        let text = self.browser.text().await?;
        ensure!(text.contains(words), "expected “{words}” at {}:\n{text}", self.browser.path().await?);
        Ok(())
    }

    async fn is_at(&self, rest: &str) -> Result<()> {
        let (path, text) = (self.browser.path().await?, self.browser.text().await?);
        ensure!(path == self.path(rest), "expected {rest}, and this is {path}:\n{text}");
        Ok(())
    }

    /// Photographs the page, if photographs are wanted, and puts the browser back as it was.
    async fn photo(&self, name: &str) -> Result<()> {
        let Some(folder) = &self.photos else { return Ok(()) };
        std::fs::create_dir_all(folder)?;
        let cdp = self.browser.driver.cdp();
        let size = |width: u32, height: f64| json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        for scheme in ["light", "dark"] {
            let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
            cdp.send_raw("Emulation.setEmulatedMedia", media).await?;
            for width in [1280, 390] {
                cdp.send_raw("Emulation.setDeviceMetricsOverride", size(width, 600.0)).await?;
                let metrics = cdp.send_raw("Page.getLayoutMetrics", json!({})).await?;
                let content = &metrics["cssContentSize"];
                let across = content["width"].as_f64().unwrap_or_default();
                ensure!(across <= f64::from(width), "{name} is {across} wide on a screen of {width}");
                let height = content["height"].as_f64().unwrap_or(600.0).clamp(600.0, 4_000.0);
                cdp.send_raw("Emulation.setDeviceMetricsOverride", size(width, height)).await?;
                let picture = self.browser.driver.screenshot_as_png().await?;
                std::fs::write(folder.join(format!("{name}-{width}-{scheme}.png")), picture)?;
            }
        }
        cdp.send_raw("Emulation.setEmulatedMedia", json!({ "features": [] })).await?;
        cdp.send_raw("Emulation.clearDeviceMetricsOverride", json!({})).await?;
        Ok(())
    }

    /// A code of the app that was never shown before.
    fn fresh(&self, app: &Authenticator) -> String {
        self.site.town.wait(Span::seconds(60));
        app.code(self.site.town.now())
    }

    /// The newest mailed code, read from the outbox as a developer does.
    async fn mailed_code(&self) -> Result<String> {
        let back = self.browser.driver.current_url().await?;
        self.go("/dev/outbox").await?;
        let code = self.browser.find(".big-code code").await?.text().await?;
        self.photo("outbox").await?;
        self.browser.driver.goto(back.as_str()).await?;
        Ok(code)
    }

    async fn sign_in(&self, email: &str) -> Result<()> {
        self.browser.fill("#email", email).await?;
        self.browser.fill("#password", PASSWORD).await?;
        self.browser.follow("main form button").await
    }
}

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
    walk.says("A password needs at least 8 characters.").await?;
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
    browser.find("summary").await?.click().await?;
    browser.follow(".lost a").await?;
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
