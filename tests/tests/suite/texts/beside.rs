//! A phone number beside something else: a security key, and a mailbox in other hands.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::person::Person;
use twofold_tests::security_key::SecurityKey;
use twofold_tests::stories;

use super::{Exchange, NUMBER, OTHER};

/// Where the town says that it is reached.
const ORIGIN: &str = "https://twofold.lilliput.example";

/// Binds a key in a session that showed a second factor.
async fn bind_key(exchange: &Exchange, who: &mut Person) -> Result<SecurityKey> {
    let asked = json!({ "kind": "webauthn", "name": "Key ring" });
    let started = exchange.granted(who, "POST", "/v1/users/me/factors", asked).await?;
    let mut key = SecurityKey::new(ORIGIN)?;
    let confirm = json!({ "credential": key.create(&started["public_key"])? });
    let path = format!("/v1/users/me/factors/{}/confirm", started["id"].as_str().context("a factor")?);
    let bound = exchange.granted(who, "POST", &path, confirm).await?;
    who.browser.session = bound["session"]["token"].as_str().map(str::to_owned);
    Ok(key)
}

/// Answers a challenge with a key.
async fn with_key(exchange: &Exchange, challenge: &(Value, String), key: &mut SecurityKey) -> Result<Value> {
    let path = format!("/v1/sign-ins/{}/challenges", challenge.0["sign_in"].as_str().context("a sign-in")?);
    let asked = exchange.ask([None, Some(&challenge.1)], "POST", &path, Value::Null).await?;
    ensure!(asked.status.is_success(), "{} {}", asked.gist(), asked.body);
    let credential = key.get(&asked.body["public_key"])?;
    let shown = json!({ "assertion": { "state": asked.body["state"], "credential": credential } });
    let answer = exchange.prove(challenge, shown).await?;
    ensure!(answer.status.is_success(), "{} {}", answer.gist(), answer.body);
    Ok(answer.body)
}

stories! {
    /// Rules: E3, E7.
    async fn whoever_has_a_number_and_a_key_is_asked_for_the_preferred_one_and_comes_in_with_either(town) {
        let exchange = Exchange::open(&town).await?;
        let owner = town.owner().await?;
        let mut ada = owner.welcome(&town, Role::Agent).await?;
        ada.sign_in(&town, town.here()).await?;
        let number = exchange.bind(&mut ada, NUMBER).await?;
        town.wait(Span::minutes(1));
        let mut key = bind_key(&exchange, &mut ada).await?;
        town.wait(Span::minutes(2));

        // The number came first: a code goes out at once, and the key opens all the same.
        let challenge = exchange.challenged(&ada).await?;
        ensure!(challenge.0["methods"] == json!(["sms_code", "assertion", "recovery_code"]), "{}", challenge.0);
        ensure!(challenge.0["text"]["state"] == "sent", "{}", challenge.0);
        exchange.code(NUMBER).await?;
        let came = with_key(&exchange, &challenge, &mut key).await?;
        ensure!(came["session"]["method"] == "assertion", "{came}");
        ada.browser.session = came["session"]["token"].as_str().map(str::to_owned);

        // Once the key is preferred, nothing is sent unasked; and a provider that fails keeps nobody out.
        let factors = exchange.granted(&ada, "GET", "/v1/users/me/factors", Value::Null).await?;
        let all = factors["items"].as_array().context("factors")?;
        let keys = all.iter().find(|factor| factor["kind"] == "webauthn").context("a key")?;
        let path = format!("/v1/users/me/factors/{}", keys["id"].as_str().context("an id")?);
        exchange.granted(&ada, "PATCH", &path, json!({ "preferred": true })).await?;
        town.wait(Span::minutes(2));
        let challenge = exchange.challenged(&ada).await?;
        ensure!(challenge.0["methods"] == json!(["assertion", "sms_code", "recovery_code"]), "{}", challenge.0);
        ensure!(challenge.0["text"].is_null(), "{}", challenge.0);
        let resent = exchange.resend(&challenge).await?;
        ensure!(resent.status.is_success(), "asked for, one is sent: {} {}", resent.gist(), resent.body);
        let code = exchange.code(NUMBER).await?;
        let answer = exchange.prove(&challenge, json!({ "sms_code": code })).await?;
        ensure!(answer.body["session"]["method"] == "sms_code", "{} {}", answer.gist(), answer.body);

        // Without the number the key is left, and the number is told of it.
        ada.browser.session = answer.body["session"]["token"].as_str().map(str::to_owned);
        exchange.granted(&ada, "DELETE", &format!("/v1/users/me/factors/{number}"), Value::Null).await?;
        town.wait(Span::minutes(2));
        let challenge = exchange.challenged(&ada).await?;
        ensure!(challenge.0["methods"] == json!(["assertion", "recovery_code"]), "{}", challenge.0);
        with_key(&exchange, &challenge, &mut key).await?;
        Ok(())
    }

    /// Whoever has the password and the mailbox reads every mail: the number is told as well.
    ///
    /// Rules: C4, E7.
    async fn a_number_is_told_of_a_reset_that_waits_and_of_a_granted_code(town) {
        let exchange = Exchange::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut customer = owner.welcome(&town, Role::EndUser).await?;
        customer.sign_in(&town, town.here()).await?;
        exchange.bind(&mut customer, NUMBER).await?;
        town.wait(Span::minutes(2));
        let heard = |words: &str| {
            exchange.post.texts().iter().filter(|got| got.to == NUMBER && got.text.contains(words)).count()
        };

        // By their own mailbox.
        let challenge = exchange.challenged(&customer).await?;
        let at = format!("/v1/sign-ins/{}/recovery", challenge.0["sign_in"].as_str().context("a sign-in")?);
        let device = [None, Some(challenge.1.as_str())];
        let asked = exchange.ask(device, "POST", &at, json!({})).await?;
        ensure!(asked.gist() == "202", "{} {}", asked.gist(), asked.body);
        let mailed = json!({ "mailed_code": town.mailed_code(customer.user).await? });
        let begun = exchange.ask(device, "POST", &format!("{at}/confirm"), mailed).await?;
        ensure!(begun.gist() == "202", "{} {}", begun.gist(), begun.body);
        while exchange.courier.round().await > 0 {}
        ensure!(heard("asked to reset your second factor") == 1, "{:?}", exchange.post.texts());

        // With the code that comes to the number they say that it was not them; then staff asks.
        town.wait(Span::minutes(2));
        let challenge = exchange.challenged(&customer).await?;
        let code = exchange.code(NUMBER).await?;
        let answer = exchange.prove(&challenge, json!({ "sms_code": code })).await?;
        ensure!(answer.status.is_success(), "{} {}", answer.gist(), answer.body);
        ensure!(town.count("TwoFactorResetCancelled").await? == 1, "a used factor ends it");
        owner.step_up(&town, town.here()).await?;
        let path = format!("/v1/users/{}", customer.user);
        let seen = exchange.by(&owner, "GET", &path, Value::Null).await?;
        let version = seen.headers.get("etag").and_then(|etag| etag.to_str().ok()).context("a version")?;
        let reset = axum::http::Request::post(format!("{path}/reset-two-factor"))
            .header("content-type", "application/json")
            .header("if-match", version)
            .header("authorization", format!("Bearer {}", owner.session()?))
            .body(axum::body::Body::from(json!({ "reason": "they wrote to us" }).to_string()))?;
        let reset = exchange.doors.ask(reset).await?;
        ensure!(reset.status.is_success(), "{} {}", reset.gist(), reset.body);
        while exchange.courier.round().await > 0 {}
        ensure!(heard("staff asked to reset your second factor") == 1, "{:?}", exchange.post.texts());

        // A member of the team hears of a code that somebody was granted for them.
        let mut agent = owner.welcome(&town, Role::Agent).await?;
        agent.sign_in(&town, town.here()).await?;
        town.wait(Span::minutes(2));
        exchange.bind(&mut agent, OTHER).await?;
        owner.step_up(&town, town.here()).await?;
        let grants = format!("/v1/users/{}/recovery-grants", agent.user);
        exchange.granted(&owner, "POST", &grants, json!({ "reason": "wrote to us" })).await?;
        while exchange.courier.round().await > 0 {}
        let to_agent = exchange.post.texts().into_iter().filter(|got| got.to == OTHER);
        let told = to_agent.filter(|got| got.text.contains("can let you in")).count();
        ensure!(told == 1, "{:?}", exchange.post.texts());
        Ok(())
    }
}
