//! A headless Chromium of our own, with scripts switched off where nothing else is said.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::extensions::query::ElementQueryable as _;
use thirtyfour::{By, ChromiumLikeCapabilities as _, DesiredCapabilities, WebDriver, WebElement};

/// How long the driver may take to listen, and a page to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser and the driver that steers it. Both end with it.
pub(crate) struct Chromium {
    /// The steering wheel.
    pub(crate) driver: WebDriver,
    chromedriver: Child,
    _profile: TempDir,
}

impl Chromium {
    /// Starts both, on a free port and with a profile of their own.
    pub(crate) async fn start(scripts: bool) -> Result<Self> {
        let missing =
            "the browser tests need Chromium and its driver: apt-get install chromium chromium-driver";
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let chromedriver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context(missing)?;
        let profile = TempDir::new()?;
        let mut capabilities = DesiredCapabilities::chrome();
        for flag in [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--lang=en",
            &format!("--user-data-dir={}", profile.path().display()),
        ] {
            capabilities.add_arg(flag)?;
        }
        if !scripts {
            let no_scripts = json!({ "profile.managed_default_content_settings.javascript": 2 });
            capabilities.add_experimental_option("prefs", no_scripts)?;
        }
        let url = format!("http://127.0.0.1:{port}");
        let deadline = tokio::time::Instant::now() + PATIENCE;
        // It owns the child from here on, so that a failure below ends it.
        let mut started = Started(Some(chromedriver));
        let driver = loop {
            match WebDriver::new(&url, capabilities.clone()).await {
                Ok(driver) => break driver,
                Err(error) if tokio::time::Instant::now() > deadline => bail!("{missing}\n  {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        };
        let chromedriver = started.0.take().context("the driver was started")?;
        Ok(Self { driver, chromedriver, _profile: profile })
    }

    /// Closes the browser.
    pub(crate) async fn quit(self) -> Result<()> {
        Ok(self.driver.clone().quit().await?)
    }

    /// The one element of a selector.
    pub(crate) async fn find(&self, css: &str) -> Result<WebElement> {
        let found = self.driver.query(By::Css(css)).wait(PATIENCE, Duration::from_millis(50)).first().await;
        match found {
            Ok(element) => Ok(element),
            Err(_) => bail!("no {css} at {}:\n{}", self.driver.current_url().await?, self.text().await?),
        }
    }

    /// What the page says.
    pub(crate) async fn text(&self) -> Result<String> {
        Ok(self.driver.find(By::Css("body")).await?.text().await?)
    }

    /// Types into a field, in place of what stands there.
    pub(crate) async fn fill(&self, css: &str, text: &str) -> Result<()> {
        let field = self.find(css).await?;
        field.clear().await?;
        field.send_keys(text).await?;
        Ok(())
    }

    /// Clicks, and waits until the page that it leads to has come.
    pub(crate) async fn follow(&self, css: &str) -> Result<()> {
        let before = self.driver.find(By::Css("html")).await?;
        self.find(css).await?.click().await?;
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while before.tag_name().await.is_ok() {
            if tokio::time::Instant::now() > deadline {
                bail!(
                    "{css} leads nowhere from {}:\n{}",
                    self.driver.current_url().await?,
                    self.text().await?
                );
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.find("main").await?;
        Ok(())
    }

    /// The path where the browser is.
    pub(crate) async fn path(&self) -> Result<String> {
        Ok(self.driver.current_url().await?.path().to_owned())
    }
}

/// A child that is not left behind.
struct Started(Option<Child>);

impl Drop for Started {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.chromedriver.kill();
        let _ = self.chromedriver.wait();
    }
}
