//! Binding a factor, where something is in the way or somebody must be told.

use anyhow::{Context as _, Result, ensure};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::authenticator::Authenticator;
use twofold_tests::doors::{Answer, Doors};
use twofold_tests::person::{Browser, Person};
use twofold_tests::stories;
use twofold_tests::town::Town;

async fn ask(doors: &Doors, who: &Person, method: &str, path: &str, body: Value) -> Result<Answer> {
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    let request = request.header("authorization", format!("Bearer {}", who.session()?));
    doors.ask(request.body(Body::from(body.to_string()))?).await
}

async fn granted(doors: &Doors, who: &Person, method: &str, path: &str, body: Value) -> Result<Value> {
    let answer = ask(doors, who, method, path, body).await?;
    ensure!(answer.status.is_success(), "{method} {path}: {} {}", answer.gist(), answer.body);
    Ok(answer.body)
}

/// Begins to bind an app, and scans what is shown.
async fn scanned(town: &Town, doors: &Doors, who: &Person, name: &str) -> Result<(String, Authenticator)> {
    let started = granted(doors, who, "POST", "/v1/users/me/factors", json!({ "name": name })).await?;
    let phone = Authenticator::scan(started["uri"].as_str().context("a link")?)?;
    town.never_in_log(&phone.secret);
    town.never_in_log(started["key"].as_str().context("a key")?);
    let id = started["id"].as_str().context("a factor")?;
    Ok((format!("/v1/users/me/factors/{id}"), phone))
}

stories! {
    /// Rules: E6.
    async fn a_seed_is_shown_to_the_session_that_binds_it_until_it_is_confirmed_and_to_nobody_else(town) {
        let doors = Doors::open(&town).await?;
        let owner = town.owner().await?;
        let mut agent = owner.welcome(&town, Role::Agent).await?;
        agent.sign_in(&town, town.here()).await?;
        let mut elsewhere = agent.clone();
        elsewhere.browser = Browser::default();
        elsewhere.sign_in(&town, town.there()).await?;
        let (path, phone) = scanned(&town, &doors, &agent, "Phone").await?;
        let again = granted(&doors, &agent, "GET", &path, Value::Null).await?;
        let shown = Authenticator::scan(again["uri"].as_str().context("a link")?)?;
        ensure!(shown.secret == phone.secret, "the same seed, until it is confirmed");
        for who in [&elsewhere, &owner] {
            let hidden = ask(&doors, who, "GET", &path, Value::Null).await?;
            ensure!(!hidden.body.to_string().contains("otpauth"), "{}", hidden.body);
            ensure!(hidden.body["key"].is_null(), "{}", hidden.body);
        }
        let codes = json!({ "otp": phone.code(town.now()), "mailed_code": town.mailed_code(agent.user).await? });
        let done = granted(&doors, &agent, "POST", &format!("{path}/confirm"), codes).await?;
        agent.browser.session = done["session"]["token"].as_str().map(str::to_owned);
        let after = granted(&doors, &agent, "GET", &path, Value::Null).await?;
        ensure!(after["key"].is_null() && after["uri"].is_null(), "{after}");
        let list = granted(&doors, &agent, "GET", "/v1/users/me/factors", Value::Null).await?;
        ensure!(!list.to_string().contains("otpauth"), "{list}");
        Ok(())
    }

    /// Rules: E3, E2.
    async fn each_further_factor_is_told_by_its_kind_and_its_name(town) {
        let doors = Doors::open(&town).await?;
        let owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let first = town.letters(agent.user).await?;
        ensure!(first.iter().any(|letter| letter.subject.starts_with("Two-factor authentication is on")));
        let (path, phone) = scanned(&town, &doors, &agent, "Evil phone").await?;
        let done = granted(&doors, &agent, "POST", &format!("{path}/confirm"), json!({ "otp": phone.code(town.now()) })).await?;
        agent.browser.session = done["session"]["token"].as_str().map(str::to_owned);
        let told = town.letters(agent.user).await?;
        let [letter] = &told[..] else { anyhow::bail!("{} letters", told.len()) };
        ensure!(letter.subject.starts_with("A second factor was added"), "{}", letter.subject);
        ensure!(letter.body.contains("authenticator app named “Evil phone”"), "{}", *letter.body);
        Ok(())
    }

    /// Rules: E3.
    async fn no_two_factors_of_a_person_bear_one_name(town) {
        let doors = Doors::open(&town).await?;
        let owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let (path, phone) = scanned(&town, &doors, &agent, "Tablet").await?;
        let done = granted(&doors, &agent, "POST", &format!("{path}/confirm"), json!({ "otp": phone.code(town.now()) })).await?;
        agent.browser.session = done["session"]["token"].as_str().map(str::to_owned);
        for name in ["Tablet", " tablet "] {
            for body in [json!({ "name": name }), json!({ "kind": "sms", "name": name, "number": "+34612345678" })] {
                let refused = ask(&doors, &agent, "POST", "/v1/users/me/factors", body).await?;
                ensure!(refused.gist() == "409 taken", "{name}: {} {}", refused.gist(), refused.body);
                ensure!(refused.body["errors"][0]["pointer"] == "/name", "{}", refused.body);
            }
        }
        // Its own name, in another spelling, is free for itself; that of another is not.
        granted(&doors, &agent, "PATCH", &path, json!({ "name": "TABLET" })).await?;
        let mine = granted(&doors, &agent, "GET", "/v1/users/me/factors", Value::Null).await?;
        let names: Vec<&Value> = mine["items"].as_array().context("factors")?.iter().map(|f| &f["name"]).collect();
        let other = names.iter().find(|name| **name != "TABLET").context("two of them")?;
        let refused = ask(&doors, &agent, "PATCH", &path, json!({ "name": other })).await?;
        ensure!(refused.gist() == "409 taken", "{} {}", refused.gist(), refused.body);
        Ok(())
    }

    /// Rules: E4, E5.
    async fn a_token_that_is_taken_back_while_it_is_bound_ends_the_binding_and_charges_nothing(town) {
        let doors = Doors::open(&town).await?;
        let owner = town.owner().await?;
        let mut agent = owner.welcome(&town, Role::Agent).await?;
        agent.sign_in(&town, town.here()).await?;
        let seed = "3132333435363738393031323334353637383930";
        town.never_in_log(seed);
        let file = json!({ "format": "csv", "file": format!("serial,seed\nM1,{seed}\n") });
        granted(&doors, &owner, "POST", "/v1/hardware-tokens", file).await?;
        let hands = format!("/v1/users/{}/hardware-tokens", agent.user);
        for _ in 0..2 {
            let out = granted(&doors, &owner, "POST", &hands, json!({ "serial": "M1" })).await?;
            let begin = json!({ "name": "Card", "assigned": out["token"] });
            let factor = granted(&doors, &agent, "POST", "/v1/users/me/factors", begin).await?;
            let mailed = town.mailed_code(agent.user).await;
            let back = json!({ "token": out["token"] });
            granted(&doors, &owner, "POST", &format!("{hands}/withdraw"), back).await?;
            let path = format!("/v1/users/me/factors/{}/confirm", factor["id"].as_str().context("a factor")?);
            let codes = json!({ "otp": "123456", "mailed_code": mailed.unwrap_or_else(|_| "1234 5678".to_owned()) });
            for _ in 0..6 {
                let refused = ask(&doors, &agent, "POST", &path, codes.clone()).await?;
                ensure!(refused.gist() == "409 no_enrolment", "{} {}", refused.gist(), refused.body);
            }
        }
        ensure!(town.count("ProofRejected").await? == 0, "nothing was charged");
        let why = granted(&doors, &agent, "GET", "/v1/users/me/enrolment", Value::Null).await?;
        ensure!(why["may_enrol"] == true, "{why}");
        Ok(())
    }

    /// Rules: E5.
    async fn whoever_typed_too_many_wrong_codes_is_told_until_when_they_wait(town) {
        let doors = Doors::open(&town).await?;
        let owner = town.owner().await?;
        let mut agent = owner.welcome(&town, Role::Agent).await?;
        agent.sign_in(&town, town.here()).await?;
        let (path, phone) = scanned(&town, &doors, &agent, "Phone").await?;
        let mailed = town.mailed_code(agent.user).await?;
        let good = phone.code(town.now());
        let wrong = if good == "000000" { "111111" } else { "000000" };
        let codes = |otp: &str| json!({ "otp": otp, "mailed_code": mailed });
        for _ in 0..5 {
            let refused = ask(&doors, &agent, "POST", &format!("{path}/confirm"), codes(wrong)).await?;
            ensure!(refused.gist() == "422 proof_rejected", "{} {}", refused.gist(), refused.body);
        }
        let locked = ask(&doors, &agent, "POST", &format!("{path}/confirm"), codes(&good)).await?;
        ensure!(locked.status == 429, "{} {}", locked.gist(), locked.body);
        for who in [&agent, &owner] {
            let path = format!("/v1/users/{}/enrolment", agent.user);
            let why = granted(&doors, who, "GET", &path, Value::Null).await?;
            ensure!(why["may_enrol"] == false && why["obstacles"][0]["rule"] == "tries_spent", "{why}");
            ensure!(why["obstacles"][0]["until"] == locked.body["retry_at"], "{why} {}", locked.body);
            let event = why["obstacles"][0]["position"].as_u64().context("an event")?;
            let log = town.log().await?;
            let set_by = log.iter().find(|e| e.account_seq == event).context("it is in the log")?;
            ensure!(set_by.event_type == "ProofRejected", "{}", set_by.event_type);
        }
        town.wait(Span::minutes(1));
        let free = granted(&doors, &agent, "GET", "/v1/users/me/enrolment", Value::Null).await?;
        ensure!(free["may_enrol"] == true, "{free}");
        let codes = codes(&phone.code(town.now()));
        granted(&doors, &agent, "POST", &format!("{path}/confirm"), codes).await?;
        Ok(())
    }

    /// Rules: E1.
    async fn an_app_whose_clock_is_minutes_off_is_bound_by_two_codes_in_a_row_and_told_to_check_it(town) {
        let doors = Doors::open(&town).await?;
        let owner = town.owner().await?;
        for off in [-4, 4] {
            let mut agent = owner.welcome(&town, Role::Agent).await?;
            agent.sign_in(&town, town.here()).await?;
            let (path, phone) = scanned(&town, &doors, &agent, "Phone").await?;
            let mailed = town.mailed_code(agent.user).await?;
            let shown = |steps: i64| {
                let shift = Span::seconds(60 * off + 30 * steps);
                phone.code(town.now() + shift)
            };
            let codes = |otp: String| json!({ "otp": otp, "mailed_code": mailed });
            let alone = ask(&doors, &agent, "POST", &format!("{path}/confirm"), codes(shown(0))).await?;
            ensure!(alone.gist() == "422 proof_rejected", "{} {}", alone.gist(), alone.body);
            let detail = alone.body["detail"].as_str().unwrap_or_default();
            ensure!(detail.contains("clock"), "{}", alone.body);
            let pair = [shown(0), shown(1)].concat();
            granted(&doors, &agent, "POST", &format!("{path}/confirm"), codes(pair)).await?;
        }
        ensure!(town.count("FactorDriftFound").await? == 2, "the drift is kept");
        Ok(())
    }
}
