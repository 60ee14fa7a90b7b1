//! Hardware tokens, from the maker's file to a sign-in, over HTTP: a foreign generator presses their buttons.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_domain::user::Refusal;
use twofold_tests::doors::{Answer, Doors};
use twofold_tests::person::{Browser, Came, Person, otp};
use twofold_tests::stories;
use twofold_tests::town::Town;

const BUTTON: &str = "3132333435363738393031323334353637383930";
const CLOCK: &str = "3132333435363738393031323334353637383930313233343536373839303132";

/// What `oathtool` makes of a seed in hexadecimal.
fn oathtool(arguments: &[&str]) -> Result<String> {
    let out = Command::new("oathtool").args(arguments).output().context("oathtool")?;
    ensure!(out.status.success(), "oathtool {arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

fn pressed(counter: u64) -> Result<String> {
    oathtool(&["--hotp", "-c", &counter.to_string(), BUTTON])
}

/// What a card shows whose clock is so many seconds ahead.
fn shown(town: &Town, ahead: i64) -> Result<String> {
    let now = format!("@{}", town.now().unix_seconds().cast_signed() + ahead);
    oathtool(&["--totp=SHA256", "-d", "8", "-s", "60s", "--now", &now, CLOCK])
}

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

/// Resets somebody's second factor.
async fn reset(doors: &Doors, by: &Person, whom: &Person, why: Value) -> Result<()> {
    let path = format!("/v1/users/{}", whom.user);
    let version = ask(doors, by, "GET", &path, Value::Null).await?;
    let tag = version.headers.get("etag").context("a version")?.clone();
    let reset = Request::builder()
        .method("POST")
        .uri(format!("{path}/reset-two-factor"))
        .header("content-type", "application/json")
        .header("if-match", tag)
        .header("authorization", format!("Bearer {}", by.session()?))
        .body(Body::from(why.to_string()))?;
    let reset = doors.ask(reset).await?;
    ensure!(reset.status.is_success(), "{}", reset.body);
    Ok(())
}

/// Confirms a binding under way, and goes on in the session that it leads to.
async fn confirm(doors: &Doors, who: &mut Person, factor: &Value, codes: Value) -> Result<Value> {
    let path = format!("/v1/users/me/factors/{}/confirm", factor["id"].as_str().context("a factor")?);
    let done = granted(doors, who, "POST", &path, codes).await?;
    who.browser.session = done["session"]["token"].as_str().map(str::to_owned);
    Ok(done)
}

async fn try_code(town: &Town, who: &mut Person, code: &str) -> Result<Came> {
    let mut browser = Browser::default();
    let challenge = who.challenged(town, town.there(), &mut browser).await?;
    who.prove(town, town.here(), &challenge, otp(code)?, false).await
}

/// What events tell of the stock: now, or as of what another answer was.
async fn stock_of(doors: &Doors, who: &Person, then: Option<&Value>) -> Result<Value> {
    let point = then.map(|then| (then["as_of"]["event"].clone(), then["as_of"]["at"].clone()));
    let query = point.map_or_else(String::new, |(event, at)| {
        format!("?at_event={event}&as_of={}", at.as_str().unwrap_or_default())
    });
    granted(doors, who, "GET", &format!("/v1/hardware-tokens{query}"), Value::Null).await
}

/// Tokens that came, that are in somebody's hands, and that were bound.
fn counts(stock: &Value) -> (u64, u64, u64) {
    let count = |name: &str| stock[name].as_u64().unwrap_or(u64::MAX);
    (count("imported"), count("handed"), count("bound"))
}

stories! {
    /// Rules: E4, P5, S3, S9.
    async fn a_token_goes_from_the_makers_file_to_its_person_and_only_their_own_code_binds_it(town) {
        let doors = Doors::open(&town).await?;
        let owner = town.owner().await?;
        let mut agent = owner.welcome(&town, Role::Agent).await?;
        agent.sign_in(&town, town.here()).await?;
        town.never_in_log(BUTTON);

        let file = format!("serial,seed,type,digits\nH-1,{BUTTON},HOTP,6\nH-2,{BUTTON},OCRA,6\n");
        let flawed = json!({ "format": "csv", "file": file });
        let flawed = ask(&doors, &owner, "POST", "/v1/hardware-tokens", flawed).await?;
        ensure!(flawed.gist() == "422 invalid_fields", "{}", flawed.body);
        ensure!(flawed.body["errors"][0]["pointer"] == "/3/type", "{}", flawed.body);
        let file = format!("serial,seed,type,digits\nH-1,{BUTTON},HOTP,6\n");
        let body = json!({ "format": "csv", "file": file });
        let done = granted(&doors, &owner, "POST", "/v1/hardware-tokens", body.clone()).await?;
        ensure!(done["added"] == 1, "{done}");
        let again = granted(&doors, &owner, "POST", "/v1/hardware-tokens", body.clone()).await?;
        ensure!(again["added"] == 0 && again["known"] == json!(["H-1"]), "{again}");
        ensure!(town.count("HardwareTokensImported").await? == 1, "one event, without a list");
        let spare = granted(&doors, &owner, "GET", "/v1/hardware-tokens/spare", Value::Null).await?;
        ensure!(spare["items"][0]["serial"] == "H-1" && spare["items"][0]["type"] == "hotp", "{spare}");
        let imported = stock_of(&doors, &owner, None).await?;
        ensure!(counts(&imported) == (1, 0, 0) && imported["items"] == json!([]), "{imported}");

        let hand_out = format!("/v1/users/{}/hardware-tokens", agent.user);
        let unknown = ask(&doors, &owner, "POST", &hand_out, json!({ "serial": "H-9" })).await?;
        ensure!(unknown.gist() == "404 not_found", "{}", unknown.body);
        let out = granted(&doors, &owner, "POST", &hand_out, json!({ "serial": "h-1" })).await?;
        let twice = ask(&doors, &owner, "POST", &hand_out, json!({ "serial": "H-1" })).await?;
        ensure!(twice.gist() == "409 conflict", "they have it: {}", twice.body);
        let other = format!("/v1/users/{}/hardware-tokens", owner.user);
        let other = ask(&doors, &owner, "POST", &other, json!({ "serial": "H-1" })).await?;
        ensure!(other.gist() == "409 taken", "in one pair of hands: {}", other.body);
        ensure!(town.count("TwoFactorEnabled").await? == 1, "handed out, it protects nothing");
        let spare = granted(&doors, &owner, "GET", "/v1/hardware-tokens/spare", Value::Null).await?;
        ensure!(spare["items"] == json!([]), "{spare}");
        let handed = stock_of(&doors, &owner, None).await?;
        let held = &handed["items"][0];
        ensure!(counts(&handed) == (1, 1, 0) && held["serial"] == "H-1" && held["type"] == "hotp", "{handed}");
        ensure!(held["holder"] == json!(agent.user) && held["id"] == out["token"], "{handed}");

        let mine = granted(&doors, &agent, "GET", "/v1/users/me/factors", Value::Null).await?;
        ensure!(mine["assigned"][0]["token"] == out["token"], "{mine}");
        let start = json!({ "name": "Key fob", "assigned": out["token"] });
        let factor = granted(&doors, &agent, "POST", "/v1/users/me/factors", start).await?;
        ensure!(factor["kind"] == "token" && factor["key"].is_null(), "no secret is shown: {factor}");
        let path = format!("/v1/users/me/factors/{}/confirm", factor["id"].as_str().context("a factor")?);
        let alone = ask(&doors, &agent, "POST", &path, json!({ "otp": pressed(0)? })).await?;
        ensure!(alone.gist() == "422 invalid_fields", "a first binding takes the mailed code: {}", alone.body);
        let mailed = town.mailed_code(agent.user).await?;
        let codes = json!({ "otp": pressed(3)?, "mailed_code": mailed });
        let bound = confirm(&doors, &mut agent, &factor, codes).await?;
        ensure!(bound["recovery_codes"].as_array().map(Vec::len) == Some(10), "{bound}");
        let stock = stock_of(&doors, &owner, None).await?;
        ensure!(counts(&stock) == (1, 0, 1) && stock["items"] == json!([]), "it left the stock: {stock}");
        // As it was, it is in their hands, and before that in nobody's.
        for then in [&handed, &imported] {
            let again = stock_of(&doors, &owner, Some(then)).await?;
            ensure!(again == *then, "{again}, not {then}");
        }
        let again = granted(&doors, &owner, "POST", "/v1/hardware-tokens", body).await?;
        ensure!(again["added"] == 0, "the same file brings no second one: {again}");
        Ok(())
    }

    /// Rules: E4.
    async fn a_card_comes_back_to_the_stock_from_whoever_has_it_no_more(town) {
        let doors = Doors::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome(&town, Role::Agent).await?;
        agent.sign_in(&town, town.here()).await?;
        let file = format!("serial,seed,type,digits\nH-1,{BUTTON},HOTP,6\n");
        let file = json!({ "format": "csv", "file": file });
        granted(&doors, &owner, "POST", "/v1/hardware-tokens", file.clone()).await?;
        let serial = json!({ "serial": "H-1" });
        let spare = async |owner: &Person| {
            granted(&doors, owner, "GET", "/v1/hardware-tokens/spare", Value::Null).await
        };

        let tokens = format!("/v1/users/{}/hardware-tokens", agent.user);
        let out = granted(&doors, &owner, "POST", &tokens, serial.clone()).await?;
        let start = json!({ "name": "Key fob", "assigned": out["token"] });
        let factor = granted(&doors, &agent, "POST", "/v1/users/me/factors", start).await?;
        let mailed = town.mailed_code(agent.user).await?;
        confirm(&doors, &mut agent, &factor, json!({ "otp": pressed(3)?, "mailed_code": mailed })).await?;
        ensure!(spare(&owner).await?["items"] == json!([]), "it is theirs");
        let why = json!({ "reason": "gave the fob back" });
        reset(&doors, &owner, &agent, why.clone()).await?;
        ensure!(spare(&owner).await?["items"][0]["serial"] == "H-1", "and nobody's after a reset");
        let again = granted(&doors, &owner, "POST", "/v1/hardware-tokens", file).await?;
        ensure!(again["added"] == 0, "it is here: {again}");

        // Whoever has it next begins where it stands: no code of before is good.
        let mut next = owner.welcome(&town, Role::Agent).await?;
        next.sign_in(&town, town.here()).await?;
        let hers = format!("/v1/users/{}", next.user);
        let tokens = format!("{hers}/hardware-tokens");
        let out = granted(&doors, &owner, "POST", &tokens, serial.clone()).await?;
        let start = json!({ "name": "Key fob", "assigned": out["token"] });
        let factor = granted(&doors, &next, "POST", "/v1/users/me/factors", start).await?;
        let path = format!("/v1/users/me/factors/{}/confirm", factor["id"].as_str().context("a factor")?);
        let mailed = town.mailed_code(next.user).await?;
        let old = json!({ "otp": pressed(3)?, "mailed_code": mailed });
        let old = ask(&doors, &next, "POST", &path, old).await?;
        ensure!(old.status.is_client_error(), "{}", old.body);

        // Whoever is let in no more keeps no card of the account's.
        granted(&doors, &owner, "POST", &format!("{hers}/deactivate"), why).await?;
        let back = json!({ "token": out["token"] });
        granted(&doors, &owner, "POST", &format!("{tokens}/withdraw"), back).await?;
        ensure!(spare(&owner).await?["items"][0]["serial"] == "H-1", "taken back");
        owner.sign_in(&town, town.here()).await?;
        Ok(())
    }

    /// Rules: E4.
    async fn a_button_is_accepted_once_looked_ahead_for_and_found_again_by_two_codes(town) {
        let doors = Doors::open(&town).await?;
        let mut owner = town.owner().await?;
        let token = json!({ "seed": BUTTON, "counter": 0 });
        let start = json!({ "name": "Fob", "token": token });
        let factor = granted(&doors, &owner, "POST", "/v1/users/me/factors", start).await?;
        confirm(&doors, &mut owner, &factor, json!({ "otp": pressed(0)? })).await?;
        for (code, expected) in [
            (pressed(1)?, Came::Accepted),
            (pressed(1)?, Came::Refused(Refusal::Replayed)),
            // Pressed in a pocket.
            (pressed(8)?, Came::Accepted),
            (pressed(5)?, Came::Refused(Refusal::Replayed)),
            // Too far for one code, and found again by two in a row.
            (pressed(60)?, Came::Refused(Refusal::Wrong)),
            (pressed(60)? + pressed(61)?.as_str(), Came::Accepted),
            (pressed(61)?, Came::Refused(Refusal::Replayed)),
            (pressed(62)?, Came::Accepted),
        ] {
            let came = try_code(&town, &mut owner, &code).await?;
            ensure!(came == expected, "{came:?}, expected {expected:?}");
        }
        Ok(())
    }

    /// Rules: E3, E4.
    async fn a_card_whose_clock_goes_wrong_is_followed_named_and_asked_for_first(town) {
        let doors = Doors::open(&town).await?;
        let mut owner = town.owner().await?;
        let token = json!({ "seed": CLOCK, "algorithm": "SHA256", "digits": 8, "period": 60 });
        let start = json!({ "name": "Card", "token": token });
        let card = granted(&doors, &owner, "POST", "/v1/users/me/factors", start).await?;
        confirm(&doors, &mut owner, &card, json!({ "otp": shown(&town, 0)? })).await?;
        let path = format!("/v1/users/me/factors/{}", card["id"].as_str().context("a factor")?);
        granted(&doors, &owner, "PATCH", &path, json!({ "name": "Blue card", "preferred": true })).await?;
        let mine = granted(&doors, &owner, "GET", &path, Value::Null).await?;
        ensure!(mine["name"] == "Blue card" && mine["preferred"] == true, "{mine}");
        // One step ahead, then another one; three at once are too many for one code, and two find it.
        for (ahead, accepted) in [(60, true), (120, true), (300, false)] {
            town.wait(twofold_domain::time::Span::minutes(10));
            let came = try_code(&town, &mut owner, &shown(&town, ahead)?).await?;
            ensure!(came.accepted() == accepted, "{ahead} s ahead: {came:?}");
        }
        town.wait(twofold_domain::time::Span::minutes(10));
        let pair = shown(&town, 240)? + shown(&town, 300)?.as_str();
        ensure!(try_code(&town, &mut owner, &pair).await? == Came::Accepted, "two in a row");
        ensure!(town.count("FactorDriftFound").await? == 3, "each change of it is on record");
        Ok(())
    }

    /// Rules: E5.
    async fn why_somebody_cannot_enrol_has_an_exact_answer(town) {
        let doors = Doors::open(&town).await?;
        let owner = town.owner().await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let path = format!("/v1/users/{}/enrolment", agent.user);
        let free = granted(&doors, &owner, "GET", &path, Value::Null).await?;
        ensure!(free["may_enrol"] == true && free["takes"] == "step_up", "{free}");
        reset(&doors, &owner, &agent, json!({ "reason": "the phone is stolen", "compromise": true })).await?;
        let why = granted(&doors, &owner, "GET", &path, Value::Null).await?;
        ensure!(why["may_enrol"] == false, "{why}");
        ensure!(why["obstacles"][0]["rule"] == "ticket_needed", "{why}");
        let event = why["obstacles"][0]["position"].as_u64().context("an event")?;
        let log = town.log().await?;
        let set_by = log.iter().find(|e| e.account_seq == event).context("it is in the log")?;
        ensure!(set_by.event_type == "TwoFactorReset", "{}", set_by.event_type);
        Ok(())
    }
}
