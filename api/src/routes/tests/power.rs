//! What reaches further than oneself: the switch, devices and sessions, locks, erasure, reports.

use serde_json::{Value, json};
use twofold_domain::time::Span;

use super::house::{House, Somebody};

/// How many people a preview says that a change concerns in one way.
pub(super) fn counted(preview: &Value, effect: &str) -> u64 {
    let categories = preview["categories"].as_array().unwrap();
    let category = categories.iter().find(|category| category["effect"] == effect).unwrap();
    category["people"].as_u64().unwrap()
}

/// Rules: P9.
#[tokio::test(flavor = "multi_thread")]
async fn a_disable_takes_what_its_preview_showed_and_resets_everyone() {
    let house = House::open().await;
    let mut ada = house.strong_owner("acme").await;
    let mut grace = house.join(&ada, "agent", "grace").await;
    let path = |verb: &str| format!("/v1/accounts/acme/two-factor/{verb}");
    let preview = |kind: &str| {
        house.post(&ada, "/v1/accounts/acme/policy/preview").json(&json!({"change": {"kind": kind}}))
    };
    let agreed =
        |seen: &Value| json!({"preview": seen["confirmation"], "reason": "the authenticators leaked"});
    let seen = preview("disable").go().await.good();
    assert_eq!(counted(&seen.body, "reset"), 1);
    house.enrol(&mut grace).await;

    let disable = |etag: &str| house.post(&ada, &path("disable")).with("if-match", etag);
    let off = disable(&seen.etag()).json(&agreed(&seen.body)).go().await;
    assert_eq!(off.gist(), "409 preview_outdated");
    let told = (off.text("/category"), off.body["at_most"].clone(), off.body["people"].clone());
    assert_eq!(told, ("reset".to_owned(), json!(1), json!(2)));
    let off = disable(&seen.etag()).json(&json!({})).go().await;
    assert_eq!((off.gist(), off.text("/category")), ("409 preview_required".to_owned(), "reset".to_owned()));

    // Suspending resets nobody, and asks nobody: that is confirmed as well, and by no other preview.
    let seen = preview("suspend").go().await.good();
    assert_eq!((counted(&seen.body, "reset"), counted(&seen.body, "no_longer_asked")), (0, 2));
    let off = disable(&seen.etag()).json(&agreed(&seen.body)).go().await;
    assert_eq!((off.gist(), off.text("/category")), ("409 preview_outdated".to_owned(), "change".to_owned()));
    let suspend = |etag: &str| house.post(&ada, &path("suspend")).with("if-match", etag);
    let suspended = suspend(&seen.etag()).json(&agreed(&seen.body)).go().await.good();
    let again = suspend(&suspended.etag()).go().await;
    assert_eq!(again.gist(), "409 already_suspended");
    let overview = house.get(&ada, "/v1/accounts/acme").go().await.good();
    assert_eq!(overview.text("/two_factor/state"), "suspended");
    let resumed = house.post(&ada, &path("resume")).with("if-match", &overview.etag()).go().await.good();
    assert_eq!(house.get(&grace, "/v1/users/me").go().await.good().text("/state"), "enabled");

    let seen = preview("disable").go().await.good();
    assert_eq!(seen.etag(), resumed.etag());
    let off = disable(&seen.etag()).json(&agreed(&seen.body)).go().await.good();
    for who in [&ada, &grace] {
        assert_eq!(house.get(who, "/v1/me").go().await.gist(), "401 session_ended");
    }
    ada.device = String::new();
    house.enter(&mut ada).await;
    assert_eq!(house.get(&ada, "/v1/users/me").go().await.good().text("/state"), "off");
    let may = house.get(&ada, "/v1/users/me/enrolment").go().await.good();
    assert_eq!(may.text("/obstacles/0/rule"), "account_disabled");
    let closed = house.post(&ada, "/v1/users/me/factors").json(&json!({"name": "x"})).go().await;
    assert_eq!(closed.gist(), "409 enrolment_closed");
    let on = house.post(&ada, &path("enable")).with("if-match", &off.etag()).go().await.good();
    let twice = house.post(&ada, &path("enable")).with("if-match", &on.etag()).go().await;
    // On again, a password alone is no second factor.
    assert_eq!(twice.gist(), "401 insufficient_user_authentication");
    assert_eq!(house.get(&ada, "/v1/users/me").go().await.good().text("/state"), "optional");
}

/// Rules: H5.
#[tokio::test(flavor = "multi_thread")]
async fn roles_and_accounts_are_walls() {
    let house = House::open().await;
    let ada = house.strong_owner("acme").await;
    let grace = house.join(&ada, "agent", "grace").await;
    let eve = house.strong_owner("umbrella").await;
    let (a, g) = (&ada.account, &grace.user);
    let cases = [
        ("GET", format!("/v1/accounts/{a}"), &grace, "403 forbidden"),
        ("GET", format!("/v1/accounts/{a}"), &eve, "404 not_found"),
        ("GET", "/v1/accounts/acme/policy".to_owned(), &eve, "404 not_found"),
        ("GET", "/v1/accounts/nowhere".to_owned(), &eve, "404 not_found"),
        ("GET", format!("/v1/accounts/{a}/conformance"), &eve, "404 not_found"),
        ("GET", format!("/v1/accounts/{a}/conformance"), &grace, "403 forbidden"),
        ("GET", format!("/v1/users/{g}"), &eve, "404 not_found"),
        ("GET", format!("/v1/users/{g}/devices"), &eve, "404 not_found"),
        ("GET", format!("/v1/users/{g}/sessions"), &eve, "404 not_found"),
        ("GET", format!("/v1/users/{g}/enrolment"), &eve, "404 not_found"),
        ("POST", format!("/v1/users/{g}/erase"), &eve, "404 not_found"),
        ("POST", format!("/v1/users/{}/erase", ada.user), &grace, "403 forbidden"),
        ("GET", "/v1/events".to_owned(), &grace, "403 forbidden"),
        ("GET", "/v1/events/1000000".to_owned(), &ada, "404 not_found"),
        ("GET", "/v1/events/0".to_owned(), &ada, "404 not_found"),
        ("GET", "/v1/reports/mfa-status".to_owned(), &grace, "403 forbidden"),
        ("GET", "/v1/users/usr_00000000000000000000000000".to_owned(), &ada, "404 not_found"),
    ];
    for (method, path, who, expected) in cases {
        assert_eq!(
            house.ask(method, &path).bearer(&who.token).go().await.gist(),
            expected,
            "{method} {path}"
        );
    }
    // What is another account's is missing in the words of what is nowhere; what one's role lacks has a name.
    let said = async |who: &Somebody, path: &str| {
        let mut body = house.get(who, path).go().await.body;
        body.as_object_mut().unwrap().remove("request_id");
        body
    };
    for (theirs, nowhere) in [
        (format!("/v1/accounts/{a}/policy"), "/v1/accounts/nowhere/policy".to_owned()),
        (format!("/v1/users/{g}/devices"), "/v1/users/usr_00000000000000000000000000/devices".to_owned()),
    ] {
        let nothing = said(&eve, &nowhere).await;
        assert_eq!(said(&eve, &theirs).await, nothing, "{theirs}");
        assert!(nothing["detail"].as_str().unwrap().starts_with("There is no such"), "{nothing}");
    }
    let lacks = said(&grace, "/v1/events").await;
    assert_eq!(
        (&lacks["permission"], &lacks["roles"]),
        (&json!("ReadAudit"), &json!(["owner", "admin", "auditor"]))
    );
    let john = house.join(&ada, "end_user", "john").await;
    let upon = async |user: &str| {
        let unlock = format!("/v1/users/{user}/unlock");
        let mut body = house.post(&john, &unlock).json(&json!({"reason": "because"})).go().await.body;
        body.as_object_mut().unwrap().remove("request_id");
        body
    };
    let nobody = upon("usr_00000000000000000000000000").await;
    assert_eq!(nobody["code"], "forbidden");
    for user in [g, &ada.user, &eve.user] {
        assert_eq!(upon(user).await, nobody, "an end user learns of nobody's being here, nor of their role");
    }
    let reason = json!({"reason": "because"});
    let reset = format!("/v1/users/{g}/reset-two-factor");
    let foreign = house.post(&eve, &reset).with("if-match", "\"1\"").json(&reason).go().await;
    assert_eq!(foreign.gist(), "404 not_found");
    let unlock = house.post(&grace, &format!("/v1/users/{}/unlock", ada.user)).json(&reason).go().await;
    assert_eq!(unlock.gist(), "403 forbidden");
    // Nobody outside a session, and no session for the operator.
    for (method, path) in [("GET", "/v1/me"), ("POST", "/v1/sign-out"), ("GET", "/v1/users")] {
        for token in ["", "tfs_nonsense", house.operator.as_str(), ada.device.as_str()] {
            let answer = house.ask(method, path).bearer(token).go().await;
            assert_eq!(answer.gist(), "401 unauthenticated", "{path}");
            assert!(answer.header("www-authenticate").starts_with("Bearer"));
        }
    }
    let body = json!({"slug": "x1", "name": "X", "owner": {"name": "X", "email": "x@x.example"}});
    let by_owner = house.post(&ada, "/v1/accounts").json(&body).go().await;
    assert_eq!(by_owner.gist(), "401 unauthenticated");
}

/// Rules: D7.
#[tokio::test(flavor = "multi_thread")]
async fn devices_and_sessions_end_at_once() {
    let house = House::open().await;
    let ada = house.strong_owner("acme").await;
    let grace = house.join(&ada, "end_user", "grace").await;
    let mut phone = grace.clone();
    phone.device = String::new();
    house.enter(&mut phone).await;

    let mine = |position: &str| format!("/v1/users/me/sessions?min_position={position}");
    let position = house.app.position(ada.account.parse().unwrap()).await.unwrap().to_string();
    let sessions = house.get(&grace, &mine(&position)).go().await.good();
    assert_eq!(sessions.body["items"].as_array().unwrap().len(), 2);
    let other = sessions.body["items"].as_array().unwrap().iter().find(|s| s["current"] == false).unwrap();
    let path = format!("/v1/users/me/sessions/{}", other["id"].as_str().unwrap());
    assert_eq!(house.delete(&ada, &path).go().await.gist(), "404 not_found", "not hers");
    assert_eq!(house.delete(&grace, &path).go().await.status, 204);
    assert_eq!(house.get(&phone, "/v1/me").go().await.gist(), "401 unauthenticated");
    assert_eq!(house.delete(&grace, &path).go().await.gist(), "404 not_found", "ended already");

    house.enter(&mut phone).await;
    let me = house.get(&phone, "/v1/me").go().await.good();
    let device = me.text("/session/device");
    let devices = house.get(&ada, &format!("/v1/users/{}/devices?min_position={position}", grace.user));
    assert_eq!(devices.go().await.good().body["items"].as_array().unwrap().len(), 2);
    let lost = format!("/v1/users/{}/devices/{device}/report-lost", grace.user);
    assert_eq!(house.post(&ada, &lost.replace(&grace.user, "me")).go().await.gist(), "404 not_found");
    house.post(&ada, &lost).go().await.good();
    assert_eq!(house.get(&phone, "/v1/me").go().await.gist(), "401 unauthenticated");
    house.get(&grace, "/v1/me").go().await.good();
    assert_eq!(house.delete(&grace, &format!("/v1/users/me/devices/{device}")).go().await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_wrong_codes_are_told_when_to_come_back() {
    let house = House::open().await;
    let ada = house.strong_owner("acme").await;
    let step_up = async |otp: &str| house.post(&ada, "/v1/step-up").json(&json!({"otp": otp})).go().await;
    let mut locked = None;
    for _ in 0..20 {
        let answer = step_up("000000").await;
        if answer.status == 429 {
            locked = Some(answer);
            break;
        }
        assert_eq!(answer.gist(), "422 proof_rejected /otp wrong");
    }
    let locked = locked.expect("no wait after twenty wrong codes");
    assert_eq!((locked.gist(), locked.text("/gate")), ("429 locked".to_owned(), "second_factor".to_owned()));
    let wait: i64 = locked.header("retry-after").parse().unwrap();
    assert!(wait > 0);
    let held = step_up(&house.otp(&ada.key)).await;
    assert_eq!(held.gist(), "429 locked", "a right code is not looked at either");
    house.time.advance(Span::seconds(wait));
    step_up(&house.otp(&ada.key)).await.good();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_of_a_past_instant_never_changes() {
    let house = House::open().await;
    let mut ada = house.strong_owner("acme").await;
    let grace = house.join(&ada, "agent", "grace").await;
    house.time.advance(Span::minutes(1));
    let then = house.app.now();
    house.time.advance(Span::minutes(1));
    let path = format!("/v1/reports/mfa-status?as_of={then}");
    let before = house.get(&ada, &path).go().await.good();
    let states = |report: &Value| -> Vec<(String, String)> {
        let text = |v: &Value| v.as_str().unwrap().to_owned();
        report["people"].as_array().unwrap().iter().map(|p| (text(&p["user"]), text(&p["state"]))).collect()
    };
    assert_eq!(
        states(&before.body),
        [(ada.user.clone(), "enabled".to_owned()), (grace.user.clone(), "optional".to_owned())]
    );

    // Erased since: the same bytes, no name in the annex.
    let erase = format!("/v1/users/{}/erase", grace.user);
    house.post(&ada, &erase).go().await.good();
    assert_eq!(house.post(&ada, &erase).go().await.gist(), "409 erased");
    assert_eq!(house.get(&ada, &path).go().await.good().body, before.body);
    let named = house.get(&ada, &format!("{path}&annex=names")).go().await.good();
    assert_eq!(named.body["names"][&ada.user]["name"], "Ada");
    assert_eq!(named.body["names"][&grace.user]["name"], Value::Null);
    let now = house.get(&ada, "/v1/reports/mfa-status?population=team").go().await.good();
    assert_eq!(states(&now.body), [(ada.user.clone(), "enabled".to_owned())]);
    let people = house.get(&ada, "/v1/users?limit=1").go().await.good();
    let next = people.text("/next");
    let second = house.get(&ada, &format!("/v1/users?limit=1&cursor={next}")).go().await.good();
    assert_eq!(
        (second.body["items"][0]["erased"].clone(), second.body["next"].clone()),
        (json!(true), Value::Null)
    );

    let file = house.get(&ada, &format!("{path}&format=csv&annex=names")).go().await.good();
    assert!(file.header("content-type").starts_with("text/csv"));
    let text = file.body.as_str().unwrap();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(
        text.lines().nth(1).unwrap().contains("\"Ada\",\"ada@acme.example\",\"owner\",\"enabled\""),
        "{text}"
    );

    let cases = [
        ("as_of=2200-01-01", "422 invalid_fields query/as_of in_the_future"),
        ("as_of=1999-01-01", "422 invalid_fields query/as_of before_the_account"),
        ("as_of=yesterday", "422 invalid_fields query/as_of invalid_value"),
        ("population=all", "422 invalid_fields query/population unknown_value"),
        ("format=xls", "422 invalid_fields query/format unknown_value"),
        ("colour=red", "422 invalid_fields query/colour unknown_field"),
    ];
    for (query, expected) in cases {
        let answer = house.get(&ada, &format!("/v1/reports/mfa-status?{query}")).go().await;
        assert_eq!(answer.gist(), expected, "{query}");
    }
    house.time.advance(Span::minutes(11));
    let aged = house.get(&ada, "/v1/reports/mfa-status?format=csv").go().await;
    assert_eq!(aged.gist(), "401 insufficient_user_authentication");
    ada.token.clear();
}
