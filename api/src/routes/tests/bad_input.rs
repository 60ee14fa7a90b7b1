//! What bad input gets: a problem that names the field, and never a 5xx.

use serde_json::{Value, json};

use super::house::{House, PASSWORD};

#[tokio::test(flavor = "multi_thread")]
async fn every_body_is_read_strictly() {
    let house = House::open().await;
    let ada = house.strong_owner("acme").await;
    let factor = house.post(&ada, "/v1/users/me/factors").json(&json!({"name": "x"})).go().await.good();
    let user = format!("/v1/users/{}", ada.user);
    // A route, a body that it takes, and a field that it cannot do without.
    let routes: Vec<(&str, String, Value, &str)> = vec![
        (
            "POST",
            "/v1/accounts".into(),
            json!({"slug": "b2", "name": "B", "owner": {"name": "B", "email": "b@b.example"}}),
            "slug",
        ),
        ("PUT", "/v1/accounts/acme/policy".into(), json!({}), ""),
        ("POST", "/v1/accounts/acme/two-factor/disable".into(), json!({"reason": "x"}), ""),
        ("POST", "/v1/accounts/acme/two-factor/suspend".into(), json!({"reason": "x"}), ""),
        ("POST", "/v1/accounts/acme/two-factor/resume".into(), json!({}), ""),
        ("POST", "/v1/set-up".into(), json!({"token": "tfl_", "password": PASSWORD}), "token"),
        ("POST", "/v1/accounts/acme/sign-ins".into(), json!({"email": "a", "password": "b"}), "password"),
        ("POST", "/v1/sign-ins/sin_00000000000000000000000000/proofs".into(), json!({"otp": "1"}), ""),
        ("POST", "/v1/step-up".into(), json!({"otp": "123456"}), ""),
        ("POST", "/v1/users".into(), json!({"name": "x", "email": "x@x.x", "role": "agent"}), "role"),
        ("POST", format!("{user}/reset-two-factor"), json!({"reason": "x"}), "reason"),
        ("POST", format!("{user}/unlock"), json!({"reason": "x"}), "reason"),
        ("POST", format!("{user}/erase"), json!({}), ""),
        ("PATCH", user.clone(), json!({"name": "x"}), ""),
        ("POST", format!("{user}/email-change"), json!({"email": "x@x.x"}), "email"),
        ("POST", format!("{user}/invitation"), json!({}), ""),
        ("POST", format!("{user}/deactivate"), json!({}), ""),
        ("POST", format!("{user}/reactivate"), json!({}), ""),
        ("POST", format!("{user}/role"), json!({"role": "agent"}), "role"),
        ("POST", format!("{user}/identity-providers"), json!({"provider": "x", "subject": "x"}), "subject"),
        ("POST", "/v1/groups".into(), json!({"name": "x"}), "name"),
        ("PATCH", "/v1/groups/grp_00000000000000000000000000".into(), json!({"name": "x"}), "name"),
        ("POST", "/v1/password-resets".into(), json!({"account": "acme", "email": "x@x.x"}), "email"),
        ("POST", "/v1/email-changes".into(), json!({"token": "tfl_"}), "token"),
        ("POST", "/v1/users/me/factors".into(), json!({"name": "x"}), "name"),
        ("POST", format!("/v1/users/me/factors/{}/confirm", factor.text("/id")), json!({"otp": "1"}), "otp"),
        ("POST", "/v1/users/me/recovery-codes/regenerate".into(), json!({}), ""),
        ("POST", "/v1/users/me/two-factor/disable".into(), json!({"password": "x"}), "password"),
    ];
    for (method, path, body, needed) in routes {
        let ask = || {
            let operator = method == "POST" && path == "/v1/accounts";
            let token = if operator { &house.operator } else { &ada.token };
            let ask = house.ask(method, &path).bearer(token).with("if-match", "\"1\"");
            ask.with("twofold-device", &ada.device)
        };
        let mut extra = body.clone();
        extra["is_admin"] = json!(true);
        let mut nul = body.clone();
        nul["reason"] = json!("a\u{0}b");
        let mut cases: Vec<(Vec<u8>, String)> = vec![
            (b"{".to_vec(), "400 malformed_body".into()),
            (b"{\"x\":\"\xff\"}".to_vec(), "400 malformed_body".into()),
            (b"[]".to_vec(), "422 invalid_fields  wrong_type".into()),
            (b"7".to_vec(), "422 invalid_fields  wrong_type".into()),
            (nul.to_string().into(), "422 invalid_fields /reason invalid_value".into()),
            (format!("{{\"x\":\"{}\"}}", "y".repeat(70_000)).into(), "413 body_too_large".into()),
        ];
        // Whichever wrong field stands first is named.
        if !needed.is_empty() {
            let mut wrong = body.clone();
            wrong[needed] = json!(7);
            let answer = ask().raw(wrong.to_string()).go().await;
            let gist = answer.gist();
            assert!(gist.starts_with(&format!("422 invalid_fields /{needed} ")), "{path}: {gist}");
            let mut less = body.clone();
            less.as_object_mut().unwrap().remove(needed);
            cases.push((less.to_string().into(), format!("422 invalid_fields /{needed} missing_field")));
        }
        cases.push((extra.to_string().into(), "422 invalid_fields /is_admin unknown_field".into()));
        for (bytes, expected) in cases {
            let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
            assert_eq!(ask().raw(bytes).go().await.gist(), expected, "{method} {path} {shown}");
        }
        let plain = ask().with("content-type", "text/plain");
        assert_eq!(plain.go().await.gist(), "415 unsupported_media_type", "{method} {path}");
    }
}

/// Rules: P4.
#[tokio::test(flavor = "multi_thread")]
async fn policy_figures_out_of_range_are_named() {
    let house = House::open().await;
    let ada = house.strong_owner("acme").await;
    let path = "/v1/accounts/acme/policy";
    let read = house.get(&ada, path).go().await.good();
    let put = |body: Value| {
        let ask = house.ask("PUT", path).bearer(&ada.token).with("if-match", &read.etag());
        ask.json(&body)
    };
    let with = |audience: &str, field: &str, value: Value| {
        let mut demands = read.body["team"].clone();
        demands[field] = value;
        json!({ audience: demands })
    };
    let cases = [
        (with("team", "trust_days", json!(366)), "422 invalid_fields /team/trust_days out_of_range"),
        (with("end_users", "grace_days", json!(91)), "422 invalid_fields /end_users/grace_days out_of_range"),
        (with("team", "idle_minutes", json!(4)), "422 invalid_fields /team/idle_minutes out_of_range"),
        (with("team", "lifetime_hours", json!(721)), "422 invalid_fields /team/lifetime_hours out_of_range"),
        (with("team", "trust_days", json!(-1)), "422 invalid_fields /team/trust_days invalid_value"),
        (with("team", "trust_days", json!(70_000)), "422 invalid_fields /team/trust_days invalid_value"),
        (with("team", "trust_days", json!("30")), "422 invalid_fields /team/trust_days wrong_type"),
        (with("team", "trust_days", json!(1.5)), "422 invalid_fields /team/trust_days wrong_type"),
        (with("team", "colour", json!(1)), "422 invalid_fields /team/colour unknown_field"),
        (with("agents", "colour", json!(1)), "422 invalid_fields /agents unknown_field"),
        (with("team", "failure_limit", json!(51)), "422 invalid_fields /team/failure_limit out_of_range"),
        (with("team", "password_length", json!(7)), "422 invalid_fields /team/password_length out_of_range"),
        (json!({}), "422 invalid_fields  missing_field"),
    ];
    for (body, expected) in cases {
        assert_eq!(put(body.clone()).go().await.gist(), expected, "{body}");
    }
    // Nothing of it was saved; both audiences are saved together, or neither.
    let mut both = json!({"team": read.body["team"], "end_users": read.body["end_users"]});
    both["team"]["trust_days"] = json!(7);
    both["end_users"]["trust_days"] = json!(400);
    assert_eq!(put(both.clone()).go().await.gist(), "422 invalid_fields /end_users/trust_days out_of_range");
    both["end_users"]["trust_days"] = json!(0);
    let none = house.ask("PUT", path).bearer(&ada.token).json(&both).go().await;
    assert_eq!(none.gist(), "428 precondition_required header/if-match missing_field");
    let saved = put(both.clone()).go().await.good();
    assert_eq!(
        (saved.body["team"]["trust_days"].clone(), saved.body["policy_version"].clone()),
        (json!(7), json!(2))
    );
    assert_eq!(put(both.clone()).go().await.gist(), "412 precondition_failed");
    let same = house.ask("PUT", path).bearer(&ada.token).with("if-match", &saved.etag()).json(&both);
    let same = same.go().await.good();
    assert_eq!((same.etag(), same.header("twofold-position")), (saved.etag(), ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn words_and_ids_are_checked_at_the_door() {
    let house = House::open().await;
    let ada = house.strong_owner("acme").await;
    let long = "x".repeat(101);
    let person = |name: &str, email: &str| json!({"name": name, "email": email, "role": "agent"});
    let cases: Vec<(&str, Value, &str)> = vec![
        ("/v1/users", person("", "x@x.example"), "422 invalid_fields /name invalid_value"),
        ("/v1/users", person(&long, "x@x.example"), "422 invalid_fields /name invalid_value"),
        ("/v1/users", person("Ada\u{202e}ecalevoL", "x@x.example"), "422 invalid_fields /name invalid_value"),
        ("/v1/groups", json!({"name": "North\u{2066}"}), "422 invalid_fields /name invalid_value"),
        ("/v1/users", person("a\nb", "x@x.example"), "422 invalid_fields /name invalid_value"),
        ("/v1/users", person("x", "nowhere"), "422 invalid_fields /email invalid_value"),
        (
            "/v1/users",
            json!({"name": "x", "email": "x@x.example", "role": "king"}),
            "422 invalid_fields /role unknown_value",
        ),
        (
            "/v1/users",
            json!({"name": "x", "email": "x@x.example", "role": "agent", "language": "xx"}),
            "422 invalid_fields /language unknown_value",
        ),
        ("/v1/step-up", json!({"otp": "12"}), "422 invalid_fields /otp invalid_value"),
        ("/v1/step-up", json!({"recovery_code": "zz"}), "422 invalid_fields /recovery_code invalid_value"),
        ("/v1/step-up", json!({}), "422 invalid_fields /otp missing_field"),
        (
            "/v1/step-up",
            json!({"otp": "123456", "recovery_code": "x"}),
            "422 invalid_fields /recovery_code unexpected_field",
        ),
        ("/v1/set-up", json!({"token": "tfl_x", "password": PASSWORD}), "410 link_over"),
        (
            "/v1/users/me/two-factor/disable",
            json!({"password": "", "otp": "123456"}),
            "422 invalid_fields /password invalid_value",
        ),
    ];
    for (path, body, expected) in cases {
        assert_eq!(house.post(&ada, path).json(&body).go().await.gist(), expected, "{path} {body}");
    }
    let operator = [
        (json!({"slug": "A!", "name": "A", "owner": {"name": "A", "email": "a@a.example"}}), "/slug"),
        (json!({"slug": "a1", "name": " ", "owner": {"name": "A", "email": "a@a.example"}}), "/name"),
        (json!({"slug": "a1", "name": "A", "owner": {"name": "", "email": "a@a.example"}}), "/owner/name"),
        (json!({"slug": "a1", "name": "A", "owner": {"name": "A", "email": "a"}}), "/owner/email"),
    ];
    for (body, pointer) in operator {
        let answer = house.ask("POST", "/v1/accounts").bearer(&house.operator).json(&body).go().await;
        assert_eq!(answer.gist(), format!("422 invalid_fields {pointer} invalid_value"), "{body}");
    }
    let ids = [
        ("GET", "/v1/users/17", "404 not_found path/user invalid_id"),
        ("GET", "/v1/users/acc_00000000000000000000000000", "404 not_found path/user invalid_id"),
        ("GET", "/v1/accounts/usr_00000000000000000000000000", "404 not_found path/account invalid_id"),
        ("GET", "/v1/users/me/factors/fac_00000000000000000000000000", "404 not_found"),
        ("GET", "/v1/users/me/factors/x", "404 not_found path/factor invalid_id"),
        ("DELETE", "/v1/users/me/devices/x", "404 not_found path/device invalid_id"),
        ("DELETE", "/v1/users/me/devices/dev_00000000000000000000000000", "404 not_found"),
        ("DELETE", "/v1/users/me/sessions/ses_00000000000000000000000000", "404 not_found"),
        ("DELETE", "/v1/users/me/factors/fac_00000000000000000000000000", "404 not_found"),
        ("GET", "/v1/events/x", "404 not_found path/position invalid_id"),
        ("GET", "/v1/events?limit=0", "422 invalid_fields query/limit invalid_value"),
        ("GET", "/v1/events?cursor=abc", "400 invalid_cursor query/cursor invalid_value"),
        ("GET", "/v1/events?subject=me", "422 invalid_fields query/subject invalid_value"),
        ("GET", "/v1/events?from=monday", "422 invalid_fields query/from invalid_value"),
        ("GET", "/v1/users?cursor=abc", "400 invalid_cursor query/cursor invalid_value"),
    ];
    for (method, path, expected) in ids {
        assert_eq!(house.ask(method, path).bearer(&ada.token).go().await.gist(), expected, "{method} {path}");
    }
    // Where a version is needed, its absence is told, to those who may do it: the others learn that they may not.
    let reset = format!("/v1/users/{}/reset-two-factor", ada.user);
    let agent = house.join(&ada, "agent", "grace").await;
    for (path, body) in [
        (reset.as_str(), json!({"reason": "why not"})),
        ("/v1/accounts/acme/two-factor/disable", json!({"reason": "why not"})),
        ("/v1/accounts/acme/two-factor/enable", json!({})),
    ] {
        let answer = house.post(&ada, path).json(&body).go().await;
        assert_eq!(answer.gist(), "428 precondition_required header/if-match missing_field", "{path}");
        let answer = house.post(&agent, path).json(&body).go().await;
        assert_eq!(answer.gist(), "403 forbidden", "{path}");
    }
    // What is not there is not there, also where nothing of it was to change.
    let factor = "/v1/users/me/factors/fac_00000000000000000000000000";
    for body in [json!({}), json!({"name": "Phone"}), json!({"preferred": true})] {
        let answer = house.ask("PATCH", factor).bearer(&ada.token).json(&body).go().await;
        assert_eq!(answer.gist(), "404 not_found", "{body}");
    }
    let proofs = "/v1/sign-ins/sin_00000000000000000000000000/proofs";
    let bare = house.ask("POST", proofs).json(&json!({"otp": "123456"})).go().await;
    assert_eq!(bare.gist(), "401 device_not_recognised header/twofold-device invalid_value");
    let over = house.ask("POST", proofs).with("twofold-device", &ada.device).json(&json!({"otp": "123456"}));
    assert_eq!(over.go().await.gist(), "410 sign_in_over");
}
