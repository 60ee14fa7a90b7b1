//! Sandboxes: opened as such, said in every answer, and with a clock that is set.

use serde_json::json;
use twofold_domain::time::Span;

use super::house::House;

/// Rules: H7.
#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_is_told_from_a_real_account_in_every_answer() {
    let house = House::open().await;
    let said = |answer: &super::house::Answer| answer.header("twofold-sandbox").to_owned();
    for (slug, sandbox) in [("sandbox-acme", false), ("acme", true)] {
        let owner = json!({"name": "Ada", "email": "ada@acme.example"});
        let body = json!({"slug": slug, "name": "Acme", "sandbox": sandbox, "owner": owner});
        let refused = house.ask("POST", "/v1/accounts").bearer(&house.operator).json(&body).go().await;
        assert_eq!(refused.gist(), "422 invalid_fields /slug invalid_value");
    }
    let opened = house.open_account("sandbox-other").await.good();
    assert_eq!(said(&opened), "true");
    let ada = house.strong_owner("sandbox-acme").await;
    let eve = house.strong_owner("acme").await;
    for path in ["/v1/me", "/v1/users/me", "/v1/users", "/v1/users/me/sessions", "/v1/reports/mfa-status"] {
        assert_eq!(said(&house.get(&ada, path).go().await.good()), "true", "{path}");
        assert_eq!(said(&house.get(&eve, path).go().await.good()), "", "{path}");
    }
    // Refusals, too; and whoever is nobody yet.
    let refused = house.get(&ada, "/v1/accounts/acme").go().await;
    assert_eq!((refused.gist().as_str(), said(&refused).as_str()), ("404 not_found", "true"));
    let nobody = json!({"email": "nobody@acme.example", "password": "a password nobody has"});
    let refused = house.ask("POST", "/v1/accounts/sandbox-acme/sign-ins").json(&nobody).go().await;
    assert_eq!((refused.gist().as_str(), said(&refused).as_str()), ("401 sign_in_refused", "true"));
    // And what fails before anybody looks at the account, wherever the request names it.
    let sign_in = |body: &str, path: &str| house.ask("POST", path).raw(body.to_owned()).go();
    for (slug, marked) in [("sandbox-acme", "true"), ("acme", "")] {
        let malformed = sign_in("{", &format!("/v1/accounts/{slug}/sign-ins")).await;
        assert_eq!((malformed.gist().as_str(), said(&malformed).as_str()), ("400 malformed_body", marked));
        let page = house.ask("POST", &format!("/a/{slug}/sign-in")).raw("{}").go().await;
        assert_eq!((page.status.as_u16(), said(&page).as_str()), (415, marked));
    }
    for (who, marked) in [(&ada, "true"), (&eve, "")] {
        let malformed = house.post(who, "/v1/users").raw("{").go().await;
        assert_eq!((malformed.gist().as_str(), said(&malformed).as_str()), ("400 malformed_body", marked));
        let by_id = sign_in("[]", &format!("/v1/accounts/{}/sign-ins", who.account)).await;
        assert_eq!((by_id.status.as_u16(), said(&by_id).as_str()), (422, marked));
    }
    let letters = house.mail(&ada).await;
    assert!(!letters.is_empty() && letters.iter().all(|letter| letter.contains("This is a sandbox")));
    assert!(house.mail(&eve).await.iter().all(|letter| !letter.contains("sandbox")));
}

/// Rules: H7.
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_sets_the_clock_of_a_sandbox_forwards() {
    const CLOCK: &str = "/v1/accounts/sandbox-acme/clock";
    let house = House::open().await;
    let ada = house.strong_owner("sandbox-acme").await;
    let eve = house.strong_owner("acme").await;
    let to = |span: Span| json!({"now": (house.app.now() + span).to_string()});
    let put = |who: &super::house::Somebody, path: &str, body: &serde_json::Value| {
        house.ask("PUT", path).bearer(&who.token).json(body).go()
    };
    let real = put(&eve, "/v1/accounts/acme/clock", &to(Span::days(1))).await;
    assert_eq!(real.gist(), "409 not_a_sandbox");
    assert_eq!(put(&eve, CLOCK, &to(Span::days(1))).await.gist(), "404 not_found");
    for wrong in [Span::seconds(0), Span::seconds(-1), Span::days(3_653)] {
        assert_eq!(put(&ada, CLOCK, &to(wrong)).await.gist(), "422 invalid_fields /now invalid_value");
    }
    let five = Span::minutes(5);
    put(&ada, CLOCK, &to(five)).await.good();
    let shown = house.get(&ada, "/v1/accounts/sandbox-acme").go().await.good();
    assert_eq!(
        (shown.text("/clock"), shown.text("/now")),
        ("sandbox".into(), (house.app.now() + five).to_string())
    );
    // Half of a step-up's time was skipped; the other half passes by itself.
    assert!(house.get(&ada, "/v1/me").go().await.good().body["stepped_up_until"].is_string());
    house.time.advance(five);
    assert!(house.get(&ada, "/v1/me").go().await.good().body["stepped_up_until"].is_null());
    assert_eq!(put(&ada, CLOCK, &to(Span::days(1))).await.gist(), "401 insufficient_user_authentication");
    let status = house.get(&ada, "/v1/reports/mfa-status").go().await.good();
    assert_eq!(status.text("/as_of"), (house.app.now() + five).to_string());
    let real = house.get(&eve, "/v1/accounts/acme").go().await.good();
    assert_eq!((real.text("/clock"), real.text("/now")), ("real".into(), house.app.now().to_string()));
}
