//! `Idempotency-Key`: done once, answered as before, refused for another request.

use serde_json::json;

use super::house::House;

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_is_answered_and_not_done_again() {
    let house = House::open().await;
    let ada = house.strong_owner("acme").await;
    let body = json!({"name": "Grace", "email": "grace@example.org", "role": "agent"});
    let ask =
        |body: &serde_json::Value| house.post(&ada, "/v1/users").with("idempotency-key", "k-1").json(body);
    let first = ask(&body).go().await.good();
    let again = ask(&body).go().await.good();
    assert_eq!((first.status, first.text("/user")), (again.status, again.text("/user")));
    assert_eq!(first.header("location"), again.header("location"));
    assert!(!again.header("twofold-position").is_empty());
    let other = json!({"name": "Alan", "email": "alan@example.org", "role": "agent"});
    assert_eq!(ask(&other).go().await.gist(), "422 idempotency_mismatch");
    let unkeyed = house.post(&ada, "/v1/users").json(&body).go().await;
    assert_eq!(unkeyed.gist(), "409 taken /email taken");
    // The key is hers on this route; it says nothing on another, or to somebody else.
    let elsewhere = house.post(&ada, "/v1/users/me/factors").with("idempotency-key", "k-1");
    elsewhere.json(&json!({"name": "Card"})).go().await.good();
    let nobody = house.ask("POST", "/v1/users").bearer("tfs_x").with("idempotency-key", "k-1").json(&body);
    assert_eq!(nobody.go().await.gist(), "401 unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_shows_no_secret_again() {
    let house = House::open().await;
    let ada = house.strong_owner("acme").await;
    let ask = || {
        let ask = house.post(&ada, "/v1/users/me/factors").with("idempotency-key", "\"f\"");
        ask.json(&json!({"name": "Second phone"}))
    };
    let first = ask().go().await.good();
    assert_eq!(first.status, 201);
    assert!(first.text("/uri").starts_with("otpauth://totp/"));
    let again = ask().go().await.good();
    assert_eq!(again.text("/id"), first.text("/id"));
    assert_eq!(again.body["already_shown"], true);
    assert!(again.body.get("key").is_none() && again.body.get("uri").is_none());
    // The session that began it may still read it.
    let read = house.get(&ada, first.header("location")).go().await.good();
    assert_eq!(read.text("/key"), first.text("/key"));
    let codes = || house.post(&ada, "/v1/users/me/recovery-codes/regenerate").with("idempotency-key", "c");
    assert_eq!(codes().go().await.good().body["recovery_codes"].as_array().unwrap().len(), 10);
    let again = codes().go().await.good();
    assert_eq!(again.body["already_shown"], true);
    assert!(again.body.get("recovery_codes").is_none());
}

/// Rules: H5.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_opened_once_under_a_key() {
    let house = House::open().await;
    let body = json!({"slug": "acme", "name": "Acme", "owner": {"name": "Ada", "email": "ada@acme.example"}});
    let ask = |body: &serde_json::Value, key: &str| {
        let ask = house.ask("POST", "/v1/accounts").bearer(&house.operator);
        ask.with("idempotency-key", key).json(body)
    };
    let first = ask(&body, "a").go().await.good();
    assert!(first.text("/set_up/url").starts_with("http://localhost:8420/setup/tfl_"));
    let again = ask(&body, "a").go().await.good();
    assert_eq!(
        (again.text("/account"), again.text("/owner")),
        (first.text("/account"), first.text("/owner"))
    );
    assert_eq!(again.body["already_shown"], true);
    assert!(again.body.get("set_up").is_none());
    assert_eq!(ask(&body, "b").go().await.gist(), "409 taken /slug taken");
    let other =
        json!({"slug": "other", "name": "Acme", "owner": {"name": "Ada", "email": "ada@acme.example"}});
    assert_eq!(ask(&other, "a").go().await.gist(), "422 idempotency_mismatch");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_many_times_at_once_is_done_once() {
    let house = House::open().await;
    let ada = house.strong_owner("acme").await;
    let register = json!({"name": "Grace", "email": "grace@example.org", "role": "agent"});
    let preview = house.post(&ada, "/v1/accounts/acme/policy/preview");
    let seen = preview.json(&json!({"change": {"kind": "suspend"}})).go().await.good();
    let suspend = json!({"reason": "outage", "preview": seen.body["confirmation"]});
    let requests =
        [("/v1/users", register.clone(), 201), ("/v1/accounts/acme/two-factor/suspend", suspend, 200)];
    let mut last = 0;
    for (path, body, status) in requests {
        let asks = (0..16).map(|_| {
            let ask =
                house.post(&ada, path).with("idempotency-key", "at-once").with("if-match", &seen.etag());
            ask.json(&body).go()
        });
        let answers = futures::future::join_all(asks).await;
        for answer in &answers {
            assert_eq!((answer.status.as_u16(), &answer.body["code"]), (status, &serde_json::Value::Null));
            assert_eq!(answer.body["user"], answers[0].body["user"]);
            last = last.max(answer.body["position"].as_u64().unwrap_or_default());
        }
    }
    let log = house.get(&ada, &format!("/v1/events?limit=200&min_position={last}")).go().await.good();
    let count =
        |name: &str| log.body["items"].as_array().unwrap().iter().filter(|e| e["type"] == name).count();
    assert_eq!((count("UserRegistered"), count("AccountTwoFactorSuspended")), (2, 1));
}
