//! Hardware tokens from the file to the first code, and one's own factors: named, asked for first, removed; and what a
//! challenge offers to whoever has several.

use std::io::Write as _;

use anyhow::{Context as _, Result, ensure};
use tempfile::NamedTempFile;
use thirtyfour::By;
use twofold_domain::policy::Role;
use twofold_tests::authenticator::Authenticator;
use twofold_tests::person::Person;

use crate::walker::Walk;

/// The seed of RFC 6238 appendix B, `12345678901234567890`, in base 32.
const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const SAVE: &str = "main form button:not(.quiet)";

async fn upload(walk: &Walk, file: &NamedTempFile, act: &str) -> Result<()> {
    let path = file.path().to_str().context("a path")?;
    walk.browser.find("#file").await?.send_keys(path).await?;
    walk.browser.follow(&format!("button[value={act}]")).await
}

/// Rules: E3, E4.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_the_stock_is_handed_out_and_bound_by_its_holder() -> Result<()> {
    let mut walk = Walk::begin().await?;
    let town = walk.site.town.clone();
    let mut owner = town.owner().await?;
    let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
    owner.sign_in(&town, town.here()).await?;
    walk.becomes(&owner).await?;
    walk.go(&walk.path("people")).await?;
    walk.browser.follow("a[href$='people/tokens']").await?;
    walk.says("There are no tokens here.").await?;

    // Flaws are told by line; a look keeps nothing.
    walk.browser.follow("a[href$='tokens/import']").await?;
    walk.browser.follow("button[value=import]").await?;
    walk.says("Choose a file.").await?;
    let mut table = NamedTempFile::with_suffix(".csv")?;
    write!(table, "serial,seed,type\nA-1,{SEED},totp\nA-2,{SEED},ocra\nA-3,xyz,totp\n")?;
    upload(&walk, &table, "import").await?;
    walk.says("Line 3: Only TOTP and HOTP work here.").await?;
    walk.says("Line 4: The seed is missing or cannot be read").await?;
    walk.photo("stock-flaws").await?;
    for language in ["es", "ko"] {
        walk.go(&walk.path("people/tokens/import")).await?;
        walk.photo_in("stock-import", language).await?;
    }
    let mut table = NamedTempFile::with_suffix(".csv")?;
    write!(table, "serial,seed,type\nA-1,{SEED},totp\nA-2,{SEED},hotp\n")?;
    upload(&walk, &table, "look").await?;
    walk.says("2 tokens are in the file.").await?;
    walk.says("2 would be added. Nothing was kept.").await?;
    walk.photo("stock-look").await?;
    upload(&walk, &table, "import").await?;
    walk.says("2 tokens were added.").await?;

    // An encrypted container opens with its password, and with nothing else.
    let mut container = NamedTempFile::with_suffix(".pskc")?;
    container.write_all(include_bytes!("figure7.pskc"))?;
    walk.go(&walk.path("people/tokens/import")).await?;
    upload(&walk, &container, "look").await?;
    walk.says("The container is encrypted").await?;
    walk.browser.fill("#password", "qwertz").await?;
    upload(&walk, &container, "look").await?;
    walk.says("The container is encrypted").await?;
    walk.browser.fill("#password", "qwerty").await?;
    upload(&walk, &container, "import").await?;
    walk.says("1 token was added.").await?;
    walk.says("987654321").await?;
    walk.photo("stock").await?;
    for language in ["es", "ko"] {
        walk.photo_in("stock", language).await?;
    }

    // Handed to nobody who is not here, taken back, and handed out again from the person's own page.
    walk.browser.follow("a[href*='serial=A-1']").await?;
    walk.browser.fill("#to", "nobody@lilliput.example").await?;
    walk.photo("stock-assign").await?;
    walk.browser.follow(SAVE).await?;
    walk.says("Nobody here has this address or id.").await?;
    walk.browser.fill("#to", &agent.email).await?;
    walk.browser.follow(SAVE).await?;
    walk.says("The token is handed out.").await?;
    walk.says("hardware token A-1").await?;
    walk.photo("person-token").await?;
    walk.browser.follow("form[action$='tokens/withdraw'] button").await?;
    walk.says("The token is in the stock again.").await?;
    walk.browser.follow("a[href*='tokens/assign']").await?;
    walk.browser.fill("#serial", "A-9").await?;
    walk.browser.follow(SAVE).await?;
    walk.says("No token in the stock has this serial number.").await?;
    walk.browser.fill("#serial", "a-1").await?;
    walk.browser.follow(SAVE).await?;
    walk.says("The token is handed out.").await?;

    // Its holder binds it with its first code.
    agent.sign_in(&town, town.here()).await?;
    walk.becomes(&agent).await?;
    walk.go(&walk.path("enrol")).await?;
    walk.photo("enrol-kinds").await?;
    walk.browser.follow("a[href$='enrol/token']").await?;
    walk.says("Serial number A-1").await?;
    walk.browser.fill("#name", "Key ring").await?;
    walk.photo("token-begin").await?;
    for language in ["es", "ko"] {
        walk.photo_in("token-begin", language).await?;
    }
    walk.browser.fill("#name", "Key ring").await?;
    walk.browser.follow(SAVE).await?;
    walk.photo("token-confirm").await?;
    let token = Authenticator::typed(SEED)?;
    walk.browser.fill("#code", &token.wrong_code(town.now())).await?;
    walk.browser.follow(SAVE).await?;
    walk.says("This code is not right.").await?;
    walk.browser.fill("#code", &walk.fresh(&token)).await?;
    walk.browser.follow(SAVE).await?;
    walk.says("Your new second factor is set up.").await?;
    walk.says("Key ring").await?;

    // By its seed: nonsense is told, and what is typed otherwise stays.
    walk.go(&walk.path("enrol/token")).await?;
    walk.browser.fill("#name", "Card").await?;
    walk.browser.fill("#seed", "what is this").await?;
    walk.browser.find("#moves option[value=clock-60]").await?.click().await?;
    walk.browser.follow(SAVE).await?;
    walk.says("This cannot be read as a seed").await?;
    ensure!(walk.browser.find("#moves").await?.value().await?.as_deref() == Some("clock-60"), "it stays");
    walk.photo("token-wrong").await?;
    walk.browser.find("#moves option[value=clock-30]").await?.click().await?;
    walk.browser.fill("#seed", "3132333435363738393031323334353637383930").await?;
    walk.browser.follow(SAVE).await?;
    walk.browser.fill("#code", &walk.fresh(&token)).await?;
    walk.browser.follow(SAVE).await?;
    walk.says("Your new second factor is set up.").await?;
    own_factors(&walk, &mut agent).await?;
    walk.browser.quit().await
}

/// Named, asked for first, removed; and offered by name at the next sign-in.
async fn own_factors(walk: &Walk, agent: &mut Person) -> Result<()> {
    let (town, browser) = (walk.site.town.clone(), &walk.browser);
    let change = |name: &str| format!("//li[contains(., '{name}')]//a[contains(@href, 'security/factors/')]");
    let open = async |name: &str| -> Result<()> {
        walk.go(&walk.path("security")).await?;
        let there = browser.driver.find(By::XPath(change(name))).await?.attr("href").await?;
        walk.go(&there.context("a link")?).await
    };
    open("Key ring").await?;
    walk.says("Serial number A-1").await?;
    walk.photo("own-factor").await?;
    for language in ["es", "ko"] {
        walk.photo_in("own-factor", language).await?;
    }
    browser.fill("#name", " ").await?;
    browser.follow("form:has(#name) button").await?;
    walk.says("A name has 1 to 100 characters.").await?;
    browser.fill("#name", "Blue fob").await?;
    browser.follow("form:has(#name) button").await?;
    walk.says("The factor has another name.").await?;
    open("Blue fob").await?;
    browser.follow("form[action$=prefer] button").await?;
    walk.says("From now on this one is asked for first.").await?;
    walk.says("Asked for first").await?;
    walk.photo("security-factors").await?;

    // A number beside them: by now there are three kinds.
    walk.go(&walk.path("enrol")).await?;
    browser.fill("#number", "+44 7911 123456").await?;
    browser.follow("form[action$='enrol/phone'] button").await?;
    let code = walk.mailed_code().await?;
    browser.fill("#code", &code).await?;
    browser.follow(SAVE).await?;
    walk.says("Your new second factor is set up.").await?;

    browser.driver.delete_all_cookies().await?;
    walk.go(&walk.path("sign-in")).await?;
    browser.fill("#email", &agent.email).await?;
    browser.fill("#password", &agent.password).await?;
    browser.follow("main form button").await?;
    walk.says("Code from your app or hardware token").await?;
    walk.says("“Blue fob”").await?;
    browser.find("summary").await?.click().await?;
    for words in
        ["Use “Phone” (Code by SMS ••56)", "Use a recovery code", "Ask an owner or an admin of your team"]
    {
        walk.says(words).await?;
    }
    walk.photo("challenge-others").await?;
    for language in ["es", "ko"] {
        walk.photo_in("challenge-others", language).await?;
    }
    browser.find("summary").await?.click().await?;
    browser.follow(".others a[href*=fac_]").await?;
    walk.says("Code that was sent to ••56").await?;
    browser.find("summary").await?.click().await?;
    walk.says("Use “Blue fob” (Hardware token)").await?;
    walk.photo("challenge-text").await?;
    browser.follow(".others a[href*=recovery-code]").await?;
    browser.find("summary").await?.click().await?;
    for words in ["Use “Blue fob”", "Use “Card”", "Use “Phone”"] {
        walk.says(words).await?;
    }
    walk.photo("challenge-recovery-code").await?;
    browser.fill("#code", &agent.codes[0]).await?;
    browser.follow("main form button").await?;
    walk.is_at("security").await?;

    // Everything that answers is named at a step-up, too. Then one of them goes.
    walk.go(&walk.path("step-up")).await?;
    browser.find("summary").await?.click().await?;
    walk.says("“Card” (Hardware token)").await?;
    walk.photo("step-up-others").await?;
    let there = {
        walk.go(&walk.path("security")).await?;
        browser.driver.find(By::XPath(change("Card"))).await?.attr("href").await?.context("a link")?
    };
    walk.go(&there).await?;
    browser.follow("form[action$=remove] button").await?;
    walk.says("The factor is removed.").await?;
    ensure!(!browser.text().await?.contains("Card"), "it is gone");
    ensure!(town.count("FactorRemoved").await? == 1, "and nothing else");
    Ok(())
}
