//! A security key in a browser that has one: added, and asked for at the next sign-in and on the
//! way back from a freeze. The only walk with scripts.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use twofold_domain::ids::StreamId;

use crate::freeze::mailed_path;
use crate::walker::{PASSWORD, Walk};

/// Rules: E4.
#[tokio::test(flavor = "multi_thread")]
async fn a_security_key_is_added_and_signs_in() -> Result<()> {
    let mut walk = Walk::begin_with_scripts().await?;
    let town = walk.site.town.clone();
    let owner = town.open_account().await?;
    let account = town.here().log().accounts.load(StreamId::account(town.account)).await?.state;
    account.slug().clone_into(&mut walk.slug);
    let browser = &walk.browser;
    let cdp = browser.driver.cdp();
    cdp.send_raw("WebAuthn.enable", json!({})).await?;
    let key = json!({ "options": {
        "protocol": "ctap2", "transport": "usb", "hasResidentKey": false, "hasUserVerification": true,
        "isUserVerified": true, "automaticPresenceSimulation": true,
    } });
    cdp.send_raw("WebAuthn.addVirtualAuthenticator", key).await?;

    let link = town.admin_link(town.here(), owner.user).await?.url;
    walk.go(&format!("/setup/{}", link.rsplit('/').next().context("a link has a last segment")?)).await?;
    browser.fill("#password", PASSWORD).await?;
    browser.follow("main form button").await?;
    walk.is_at("enrol").await?;
    browser.find("input[name=kind][value=webauthn]").await?.click().await?;
    browser.follow("main form button").await?;
    walk.photo("enrol-key").await?;
    let mailed = walk.mailed_code().await?;
    browser.fill("#mailed_code", &mailed).await?;
    browser.follow("button[data-key=create]").await?;
    walk.says("Keep your recovery codes").await?;
    browser.find("input[name=kept]").await?.click().await?;
    browser.follow("main form > button").await?;
    walk.says("Security key").await?;

    browser.follow(".who button").await?;
    walk.sign_in(&owner.email).await?;
    walk.photo("challenge-key").await?;
    browser.follow("button[data-key=get]").await?;
    walk.is_at("security").await?;
    ensure!(town.count("AssertionAccepted").await? == 1, "it was the key that signed in");

    // It leads back to a sign-in that its person froze: the new password first, and then the key.
    walk.go(&walk.path("security/freeze")).await?;
    browser.follow("button.danger").await?;
    walk.go(&mailed_path(&town, &owner, "/thaw/").await?).await?;
    walk.photo("thaw-key").await?;
    browser.find("button[data-key=get]").await?.click().await?;
    ensure!(town.count("AssertionAccepted").await? == 1, "nothing is signed without a password");
    browser.fill("#password", "a horse of another colour").await?;
    browser.follow("button[data-key=get]").await?;
    walk.says("Your sign-in works again.").await?;
    ensure!(town.count("UserThawed").await? == 1, "it was the key that led back");
    walk.browser.quit().await
}
