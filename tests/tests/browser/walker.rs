//! Somebody in front of a browser: where they go, what they read, and photographs of it.

use anyhow::{Result, ensure};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::json;
use thirtyfour::Cookie;
use tower::ServiceExt as _;
use twofold_domain::ids::StreamId;
use twofold_domain::time::Span;
use twofold_tests::authenticator::Authenticator;
use twofold_tests::person::Person;

use crate::chromium::Chromium;
use crate::site::Served;

/// The password that the walk's person chooses.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Somebody in front of a browser.
pub(crate) struct Walk {
    /// The site.
    pub(crate) site: Served,
    /// The browser.
    pub(crate) browser: Chromium,
    /// The account's short name.
    pub(crate) slug: String,
    photos: Option<std::path::PathBuf>,
}

impl Walk {
    /// Opens a browser without scripts before a new site.
    pub(crate) async fn begin() -> Result<Self> {
        Self::before(Chromium::start(false).await?).await
    }

    /// Opens one that runs them.
    pub(crate) async fn begin_with_scripts() -> Result<Self> {
        Self::before(Chromium::start(true).await?).await
    }

    async fn before(browser: Chromium) -> Result<Self> {
        let photos = std::env::var_os("TWOFOLD_SCREENSHOTS").map(Into::into);
        Ok(Self { site: Served::start().await?, browser, slug: String::new(), photos })
    }

    /// Goes to a page.
    pub(crate) async fn go(&self, path: &str) -> Result<()> {
        self.browser.driver.goto(self.site.at(path)).await?;
        self.browser.find("main").await?;
        Ok(())
    }

    /// A path of the account.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/a/{}/{rest}", self.slug)
    }

    /// The page says this.
    pub(crate) async fn says(&self, words: &str) -> Result<()> {
        let text = self.browser.text().await?;
        ensure!(text.contains(words), "expected “{words}” at {}:\n{text}", self.browser.path().await?);
        Ok(())
    }

    /// The browser is at a page of the account.
    pub(crate) async fn is_at(&self, rest: &str) -> Result<()> {
        let (path, text) = (self.browser.path().await?, self.browser.text().await?);
        ensure!(path == self.path(rest), "expected {rest}, and this is {path}:\n{text}");
        Ok(())
    }

    /// Photographs the page, if photographs are wanted, and puts the browser back as it was.
    pub(crate) async fn photo(&self, name: &str) -> Result<()> {
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
    pub(crate) fn fresh(&self, app: &Authenticator) -> String {
        self.site.town.wait(Span::seconds(60));
        app.code(self.site.town.now())
    }

    /// The newest mailed code, read from the outbox as a developer does.
    pub(crate) async fn mailed_code(&self) -> Result<String> {
        let back = self.browser.driver.current_url().await?;
        self.go("/dev/outbox").await?;
        let code = self.browser.find(".big-code code").await?.text().await?;
        self.photo("outbox").await?;
        self.browser.driver.goto(back.as_str()).await?;
        Ok(code)
    }

    /// Fills in the sign-in form.
    pub(crate) async fn sign_in(&self, email: &str) -> Result<()> {
        self.browser.fill("#email", email).await?;
        self.browser.fill("#password", PASSWORD).await?;
        self.browser.follow("main form button").await
    }

    /// Puts somebody's session into the browser, as if they had signed in here.
    pub(crate) async fn becomes(&mut self, person: &Person) -> Result<()> {
        let town = &self.site.town;
        let account = town.here().log().accounts.load(StreamId::account(town.account)).await?.state;
        account.slug().clone_into(&mut self.slug);
        self.go("/").await?;
        self.browser.driver.add_cookie(Cookie::new("twofold_session", person.session()?)).await?;
        Ok(())
    }

    /// What is behind a link that downloads, for somebody's session; the page stays where it is.
    pub(crate) async fn fetch(&self, path: &str, person: &Person) -> Result<Vec<u8>> {
        let request = Request::get(path)
            .header("accept", "*/*")
            .header("sec-fetch-site", "same-origin")
            .header("cookie", format!("twofold_session={}", person.session()?));
        let answer = self.site.router.clone().oneshot(request.body(Body::empty())?).await?;
        ensure!(answer.status() == StatusCode::OK, "{path}: {}", answer.status());
        Ok(answer.into_body().collect().await?.to_bytes().to_vec())
    }

    /// Photographs the page in another language, and puts it back into English.
    pub(crate) async fn photo_in(&self, name: &str, language: &str) -> Result<()> {
        self.browser.follow(&format!("button[lang={language}]")).await?;
        self.photo(&format!("{name}-{language}")).await?;
        self.browser.follow("button[lang=en]").await
    }
}
