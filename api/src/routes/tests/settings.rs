//! How an account shows itself, and whom it tells what: what is saved is what holds.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use twofold_domain::time::Span;
use twofold_projections::wishes::Wishes;

use super::house::{House, Somebody};

async fn save(house: &House, who: &Somebody, settings: &Value) {
    let path = format!("/v1/accounts/{}/settings", who.account);
    let now = house.get(who, &path).go().await.good();
    let change = house.ask("PATCH", &path).bearer(&who.token).with("if-match", &now.etag());
    change.json(settings).go().await.good();
}

/// A picture of one pixel, as far as anybody looks.
fn logo() -> (String, Vec<u8>) {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01".to_vec();
    png.extend([8, 2, 0, 0, 0]);
    (format!("data:image/png;base64,{}", STANDARD.encode(&png)), png)
}

/// Rules: H5.
#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_is_in_a_language_that_the_account_offers_and_in_its_time() {
    let house = House::open().await;
    let ada = house.strong_owner("sandbox-acme").await;
    let page = async |accept: &str| {
        let asked = house.ask("GET", "/a/sandbox-acme/sign-in").with("accept-language", accept);
        asked.go().await.good().body.as_str().unwrap().to_owned()
    };
    let before = page("es").await;
    assert!(before.contains("<html lang=\"es\">") && before.contains("2026-03-31 12:00 UTC"), "{before}");

    save(&house, &ada, &json!({"languages": ["ko", "en"], "time_zone": "Asia/Seoul"})).await;
    for (accept, read) in [("es", "ko"), ("es, en;q=0.5", "en"), ("ko", "ko"), ("", "ko")] {
        let page = page(accept).await;
        assert!(page.contains(&format!("<html lang=\"{read}\">")), "{accept}: {page}");
        assert!(page.contains("value=\"en\"") && !page.contains("value=\"es\""), "{page}");
        assert!(page.contains("2026-03-31 21:00 Asia/Seoul"), "{page}");
    }
    // A page that says what went wrong, too.
    let lost = house.ask("GET", "/setup/tfl_nonsense").with("accept", "text/html").go().await;
    assert!(lost.body.as_str().unwrap().contains("<html lang=\"en\">"), "{}", lost.body);
    let gone = house.ask("GET", "/a/sandbox-acme/logo/none.png").with("accept", "text/html").go().await;
    assert!(gone.body.as_str().unwrap().contains("<html lang=\"ko\">"), "{}", gone.body);
    // Data stay as they are.
    assert!(house.get(&ada, "/v1/accounts/sandbox-acme").go().await.good().text("/now").ends_with('Z'));
}

/// Rules: H5.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_another_language_gets_letters_in_the_accounts_first() {
    let house = House::open().await;
    let ada = house.strong_owner("acme").await;
    save(&house, &ada, &json!({"languages": ["ko", "es"]})).await;
    for (wish, stored, subject) in
        [(None, "ko", "초대"), (Some("en"), "en", "초대"), (Some("es"), "es", "invitación")]
    {
        let email = format!("{}@acme.example", wish.unwrap_or("none"));
        let body = json!({"name": "Grace", "email": email, "role": "end_user", "language": wish});
        let made = house.post(&ada, "/v1/users").json(&body).go().await.good();
        let user = made.text("/user");
        let shown = house.get(&ada, &format!("/v1/users/{user}")).go().await.good();
        assert_eq!(shown.text("/language"), stored, "{wish:?}");
        let letters = house.mail(&Somebody { user, ..ada.clone() }).await;
        assert!(
            letters.iter().all(|letter| letter.contains(subject) || letter.contains("invita")),
            "{letters:?}"
        );
        assert_eq!(letters[0].contains("invita"), wish == Some("es"), "{letters:?}");
    }
}

/// Rules: H5.
#[tokio::test(flavor = "multi_thread")]
async fn a_logo_stands_in_prompts_and_comes_from_here() {
    let house = House::open().await;
    let ada = house.strong_owner("acme").await;
    let src = async || {
        let page = house.ask("GET", "/a/acme/sign-in").go().await.good();
        assert!(page.header("content-security-policy").contains("img-src 'self'"));
        let text = page.body.as_str().unwrap().to_owned();
        let (_, rest) = text.split_once("<img src=\"")?;
        rest.split_once('"').map(|(src, _)| src.to_owned())
    };
    assert_eq!(src().await, None);
    let (url, png) = logo();
    save(&house, &ada, &json!({"logo": url})).await;
    let first = src().await.unwrap();
    assert!(first.starts_with("/a/acme/logo/"), "{first}");
    let shown = house.ask("GET", &first).go().await.good();
    assert_eq!(shown.header("content-type"), "image/png");
    assert_eq!(shown.header("x-content-type-options"), "nosniff");
    assert!(shown.header("cache-control").contains("immutable"));
    assert!(shown.header("content-security-policy").starts_with("default-src 'none'"));
    assert_eq!(shown.body, json!(String::from_utf8_lossy(&png)));
    assert_eq!(house.ask("GET", "/a/acme/logo/other.png").go().await.gist(), "404 not_found");
    save(&house, &ada, &json!({"logo": null})).await;
    assert_eq!(src().await, None);
    assert_eq!(house.ask("GET", &first).go().await.gist(), "404 not_found");
}

/// Rules: H5.
#[tokio::test(flavor = "multi_thread")]
async fn owners_and_admins_are_told_once_what_the_account_wished_for_and_nothing_else() {
    let house = House::open().await;
    let ada = house.strong_owner("acme").await;
    let eve = house.strong_owner("other").await;
    let mut wishes = Wishes::new(house.app.desk.clone());
    let told = async |who: &Somebody, word: &str| {
        house.mail(who).await.iter().filter(|letter| letter.contains(word)).count()
    };
    let wish = "wishes for notices of this kind";
    let settled = async || {
        for who in [&ada, &eve] {
            let account = who.account.parse().unwrap();
            let position = house.app.position(account).await.unwrap();
            house.app.caught_up(twofold_projections::notices::NAME, account, position).await.unwrap();
            house.app.caught_up(twofold_projections::status::NAME, account, position).await.unwrap();
        }
    };
    // What nobody wished for is not told, nor afterwards what happened before.
    house.put(&ada, "/v1/accounts/acme/policy", &json!({"team": {"trust_days": 7}})).await.good();
    settled().await;
    wishes.tell_news().await.unwrap();
    assert_eq!(told(&ada, wish).await, 0);

    let notices = json!({"notices": ["policy_changed", "team_changed"], "time_zone": "Asia/Seoul"});
    house.time.advance(Span::seconds(1));
    save(&house, &ada, &notices).await;
    house.time.advance(Span::seconds(1));
    let grace = house.join(&ada, "admin", "grace").await;
    house.put(&ada, "/v1/accounts/acme/policy", &json!({"team": {"trust_days": 8}})).await.good();
    house.join(&eve, "agent", "bob").await;
    settled().await;
    for _ in 0..2 {
        wishes.tell_news().await.unwrap();
        // Another server, or this one begun again.
        Wishes::new(house.app.desk.clone()).tell_news().await.unwrap();
    }
    assert_eq!((told(&ada, "grace joined the team").await, told(&grace, "grace joined").await), (1, 0));
    let changed = "The security policy of acme in Twofold was changed (2026-03-31";
    assert_eq!(told(&grace, changed).await, 1, "{:?}", house.mail(&grace).await);
    assert_eq!(told(&ada, "Asia/Seoul)").await, 2);
    assert_eq!(told(&eve, wish).await, 0);

    // What happened a day ago is no news; and what is not wished for any more is not told.
    save(&house, &ada, &json!({"notices": []})).await;
    house.put(&ada, "/v1/accounts/acme/policy", &json!({"team": {"trust_days": 9}})).await.good();
    settled().await;
    Wishes::new(house.app.desk.clone()).tell_news().await.unwrap();
    assert_eq!(told(&grace, changed).await, 1);
    // What befell somebody was told to them all along.
    assert!(told(&ada, "two-factor").await > 0 || told(&ada, "Two-factor").await > 0);
}
