//! The one true path, and each way off it.

use serde_json::{Value, json};
use twofold_domain::time::Span;

use super::house::House;

/// Rules: P1.
#[tokio::test(flavor = "multi_thread")]
async fn from_an_account_to_a_sign_in_without_a_code() {
    let house = House::open().await;
    let mut ada = house.owner("acme").await;
    let me = house.get(&ada, "/v1/me").go().await.good();
    assert_eq!((me.text("/name"), me.text("/session/method")), ("Ada".to_owned(), "password".to_owned()));
    assert_eq!(me.body["stepped_up_until"], Value::Null);

    let may = house.get(&ada, "/v1/users/me/enrolment").go().await.good();
    assert_eq!(
        may.body,
        json!({
            "as_of": may.body["as_of"],
            "may_enrol": true,
            "must_enrol": false,
            "takes": "mailed_code",
            "obstacles": [],
        })
    );

    house.enrol(&mut ada).await;
    assert_eq!(ada.codes.len(), 10);
    let me = house.get(&ada, "/v1/me").go().await.good();
    assert_eq!(
        (me.text("/session/method"), me.body["session"]["assurance"].clone()),
        ("otp".into(), json!(2))
    );
    let left = house.get(&ada, "/v1/users/me/recovery-codes").go().await.good();
    assert_eq!((&left.body["left"], &left.body["of"]), (&json!(10), &json!(10)), "{}", left.body);

    let out = house.post(&ada, "/v1/sign-out").go().await;
    assert_eq!(out.status, 204);
    assert!(!out.header("twofold-position").is_empty());
    assert_eq!(house.get(&ada, "/v1/me").go().await.gist(), "401 unauthenticated");

    // The device is known, and not trusted.
    let challenge = house.sign_in(&ada).await.good();
    assert_eq!(challenge.text("/result"), "challenge");
    assert_eq!(challenge.body["reasons"], json!(["enrolled", "not_trusted"]));
    assert_eq!(challenge.body["methods"], json!(["otp", "recovery_code"]));
    assert_eq!(challenge.body["trust_days"], 30);
    ada.device = challenge.text("/device_token");
    let proofs = format!("/v1/sign-ins/{}/proofs", challenge.text("/sign_in"));
    let wrong =
        house.ask("POST", &proofs).with("twofold-device", &ada.device).json(&json!({"otp": "000000"}));
    let wrong = wrong.go().await;
    assert_eq!(wrong.gist(), "401 proof_rejected /otp wrong");
    let right = json!({"otp": house.otp(&ada.key), "trust_device": true});
    let ask = house.ask("POST", &proofs).with("twofold-device", &ada.device).json(&right);
    let entered = ask.go().await.good();
    assert!(entered.text("/trusted_until").as_str() > "2026-04-30");
    ada.token = entered.text("/session/token");
    // An attempt is answered once.
    let again = house.ask("POST", &proofs).with("twofold-device", &ada.device).json(&right).go().await;
    assert_eq!(again.gist(), "410 sign_in_over");

    house.post(&ada, "/v1/sign-out").go().await.good();
    house.time.advance(Span::days(1));
    let trusted = house.sign_in(&ada).await.good();
    assert_eq!(trusted.text("/result"), "complete");
    assert_eq!(trusted.body["reasons"], json!(["enrolled", "device_trusted"]));
    assert_eq!(trusted.text("/session/method"), "trust");
    ada.token = trusted.text("/session/token");
    ada.device = trusted.text("/device_token");

    // Trust is no second factor: what is sensitive takes one.
    let asked = house.post(&ada, "/v1/users/me/recovery-codes/regenerate").go().await;
    assert_eq!(asked.gist(), "401 insufficient_user_authentication");
    assert!(asked.header("www-authenticate").contains("max_age=\"600\""), "{:?}", asked.headers);
    let raised = house.post(&ada, "/v1/step-up").json(&json!({"otp": house.otp(&ada.key)})).go().await.good();
    ada.token = raised.text("/session/token");
    let codes = house.post(&ada, "/v1/users/me/recovery-codes/regenerate").go().await.good();
    assert_eq!(codes.body["recovery_codes"].as_array().unwrap().len(), 10);

    // The codes of before are dead; a new one works, once.
    house.post(&ada, "/v1/sign-out").go().await.good();
    ada.device = String::new();
    let challenge = house.sign_in(&ada).await.good();
    ada.device = challenge.text("/device_token");
    let proofs = format!("/v1/sign-ins/{}/proofs", challenge.text("/sign_in"));
    let answer = async |code: &str| {
        let body = json!({"recovery_code": code});
        house.ask("POST", &proofs).with("twofold-device", &ada.device).json(&body).go().await
    };
    assert_eq!(answer(&ada.codes[0]).await.gist(), "401 proof_rejected /recovery_code wrong");
    let fresh = codes.text("/recovery_codes/3");
    assert_eq!(answer(&fresh).await.good().text("/session/method"), "recovery_code");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_who_is_here() {
    let house = House::open().await;
    let ada = house.owner("acme").await;
    let path = format!("/v1/accounts/{}/sign-ins", ada.account);
    let ask = async |email: &str, password: &str| {
        house.ask("POST", &path).json(&json!({"email": email, "password": password})).go().await
    };
    let mut answers = vec![
        ask("nobody@acme.example", "anything").await,
        ask("not an address", "anything").await,
        ask(&ada.email, "wrong").await,
    ];
    for _ in 0..60 {
        ask(&ada.email, "wrong").await;
        house.time.advance(Span::hours(1));
    }
    answers.push(ask(&ada.email, super::house::PASSWORD).await);
    for answer in &mut answers {
        assert_eq!(answer.gist(), "401 sign_in_refused");
        answer.body["request_id"] = Value::Null;
        answer.headers.remove("x-request-id");
    }
    assert!(
        answers.windows(2).all(|pair| pair[0].body == pair[1].body && pair[0].headers == pair[1].headers)
    );
}

/// Rules: P5.
#[tokio::test(flavor = "multi_thread")]
async fn required_of_the_team_means_enrolling_before_anything_else() {
    let house = House::open().await;
    let mut ada = house.strong_owner("acme").await;
    let policy = format!("/v1/accounts/{}/policy", ada.account);
    let read = house.get(&ada, &policy).go().await.good();
    let mut team = read.body["team"].clone();
    team["required"] = json!(true);
    let save = house.ask("PUT", &policy).bearer(&ada.token).with("if-match", &read.etag());
    let saved = save.json(&json!({"team": team})).go().await.good();
    assert_eq!(saved.body["team"]["required"], true);
    assert_eq!(saved.body["policy_version"], 1);
    assert_ne!(saved.etag(), read.etag());
    assert_eq!(house.get(&ada, &policy).go().await.etag(), saved.etag());

    let body = json!({"name": "Grace", "email": "grace@example.org", "role": "agent"});
    let made = house.post(&ada, "/v1/users").json(&body).go().await.good();
    assert_eq!(made.status, 201);
    assert_eq!(made.header("location"), format!("/v1/users/{}", made.text("/user")));
    let mut grace = super::house::Somebody { user: made.text("/user"), ..ada.clone() };
    grace.email = "grace@example.org".to_owned();
    grace.device = String::new();
    house.set_up(&house.mailed_link(&grace).await).await.good();
    let entered = house.sign_in(&grace).await.good();
    assert_eq!(entered.text("/result"), "enrol");
    grace.token = entered.text("/session/token");
    grace.device = entered.text("/device_token");
    assert_eq!(house.get(&grace, "/v1/users").go().await.gist(), "403 enrol_first");
    let may = house.get(&grace, "/v1/users/me/enrolment").go().await.good();
    assert_eq!((may.body["may_enrol"].clone(), may.body["must_enrol"].clone()), (json!(true), json!(true)));
    house.enrol(&mut grace).await;
    house.get(&grace, "/v1/users").go().await.good();

    // And nobody of whom it is required switches off.
    let off = json!({"password": super::house::PASSWORD, "otp": house.otp(&grace.key)});
    let refused = house.post(&grace, "/v1/users/me/two-factor/disable").json(&off).go().await;
    assert_eq!(refused.gist(), "409 required_by_policy");
    house.next_step();
    // The owner resets her; nobody else is touched.
    let other = house.get(&ada, &format!("/v1/users/{}", grace.user)).go().await.good();
    assert_eq!(other.text("/state"), "enabled");
    let reset = format!("/v1/users/{}/reset-two-factor", grace.user);
    let stale = house.post(&ada, &reset).with("if-match", "\"1\"").json(&json!({"reason": "new phone"}));
    assert_eq!(stale.go().await.gist(), "412 precondition_failed");
    let good = house.post(&ada, &reset).with("if-match", &other.etag()).json(&json!({"reason": "new phone"}));
    let position = good.go().await.good().header("twofold-position").to_owned();
    assert_eq!(house.get(&grace, "/v1/me").go().await.gist(), "401 session_ended");
    house.get(&ada, "/v1/me").go().await.good();
    ada.device = String::new();

    // Nobody waits for what this account does not have.
    for route in ["/v1/users", "/v1/events", "/v1/users/me/sessions", "/v1/users/me/devices"] {
        let far = house.get(&ada, &format!("{route}?min_position=1000000000")).go().await;
        assert_eq!(far.gist(), "422 invalid_fields query/min_position out_of_range", "{route}");
    }
    let path = format!("/v1/events?type=TwoFactorReset&min_position={position}");
    let log = house.get(&ada, &path).go().await.good();
    assert_eq!(log.text("/items/0/actor"), ada.user);
    assert_eq!(log.text("/items/0/subject"), grace.user);
    assert_eq!(log.text("/items/0/cause"), "staff");
    let one = house.get(&ada, &format!("/v1/events/{}", log.body["items"][0]["position"])).go().await.good();
    assert_eq!(one.body, log.body["items"][0]);
    assert_eq!(one.text("/reason"), "new phone");
    assert!(
        !one.body["data"].to_string().contains("new phone"),
        "the event itself holds it sealed: {}",
        one.body
    );
}

/// Rules: P8.
#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_polls_keeps_no_session_alive() {
    let house = House::open().await;
    let ada = house.owner("acme").await;
    // Eight hours are the idle time. Asked every two of them by nobody, it ends; asked by somebody, it lives.
    for (background, ends) in [(false, false), (true, true)] {
        for _ in 0..4 {
            house.time.advance(Span::hours(2));
            let ask = house.get(&ada, "/v1/me");
            let ask = if background { ask.with("twofold-background", "1") } else { ask };
            let answer = ask.go().await;
            assert!(answer.status == 200 || ends, "{}", answer.body);
        }
        let ended = house.get(&ada, "/v1/me").go().await.status == 401;
        assert_eq!(ended, ends, "background: {background}");
    }
}
