//! Devices and sessions over HTTP: who is asked and why, what a lost device takes with it, how sessions end.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use twofold_domain::policy::{Audience, AudiencePolicy, Role};
use twofold_domain::time::{Span, Timestamp};
use twofold_tests::person::{Browser, Person, save_policies};
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::visit::{Visit, code, text};

/// Signs in with a code and has the device trusted: what the challenge said, until when, and its position.
async fn trust(town: &Town, visit: &Visit<'_>, who: &mut Person) -> Result<(Value, Timestamp, u64)> {
    let begun = visit.begin(who).await?;
    ensure!(begun["result"] == "challenge", "{begun}");
    let device = text(&begun, "/device_token")?;
    let proofs = format!("/v1/sign-ins/{}/proofs", text(&begun, "/sign_in")?);
    let proof = json!({ "otp": who.next_code(town)?, "trust_device": true });
    let proved = visit.showing(&device, "POST", &proofs, proof).await?;
    ensure!(proved.status == 200, "{} {}", proved.gist(), proved.body);
    let session = text(&proved.body, "/session/token")?;
    town.never_in_log(&session);
    (who.browser.device, who.browser.session) = (Some(device), Some(session));
    let until = text(&proved.body, "/trusted_until")?.parse()?;
    Ok((begun, until, proved.body["position"].as_u64().context("a position")?))
}

/// A list of somebody's own that has seen everything recorded so far.
async fn mine(town: &Town, visit: &Visit<'_>, who: &Person, list: &str) -> Result<Vec<Value>> {
    // Positions are counted from 1, without gaps.
    let path = format!("/v1/users/me/{list}?min_position={}", town.log().await?.len());
    let found = visit.grant(who, "GET", &path, Value::Null).await?;
    found["items"].as_array().cloned().with_context(|| format!("{list}: {found}"))
}

/// The newest sign-in of somebody, explained to whoever asks.
async fn explained(visit: &Visit<'_>, asks: &Person, about: &str) -> Result<Value> {
    let list = visit.grant(asks, "GET", &format!("/v1/users/{about}/sign-ins"), Value::Null).await?;
    let newest = list["items"][0].clone();
    let path = format!("/v1/users/{about}/sign-ins/{}", newest["position"]);
    let told = visit.grant(asks, "GET", &path, Value::Null).await?;
    ensure!(told["decision"] == newest["decision"], "{told} {newest}");
    let whys: Vec<&Value> = told["reasons"].as_array().into_iter().flatten().map(|r| &r["why"]).collect();
    let listed: Vec<&Value> = newest["reasons"].as_array().into_iter().flatten().collect();
    ensure!(whys == listed, "{told} {newest}");
    Ok(told)
}

/// The type of the event that a reason of an explanation stands on, as the log has it.
async fn stands_on(visit: &Visit<'_>, reader: &Person, told: &Value, why: &str) -> Result<String> {
    let reasons = told["reasons"].as_array().context("reasons")?;
    let reason = reasons.iter().find(|reason| reason["why"] == why);
    let event = reason.with_context(|| format!("{why} in {told}"))?["event"].clone();
    let event = visit.grant(reader, "GET", &format!("/v1/events/{event}"), Value::Null).await?;
    text(&event, "/type")
}

stories! {
    /// Rules: T1, T2, T6, P7.
    async fn a_new_device_is_asked_a_trusted_one_not_until_its_microsecond(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        agent.browser = Browser::default();
        let (begun, until, _) = trust(&town, &visit, &mut agent).await?;
        ensure!(begun["reasons"] == json!(["enrolled", "new_device"]), "{begun}");
        ensure!(until == town.now() + Span::days(30), "{until}");
        let (ours, theirs) = (agent.clone(), owner.welcome_enrolled(&town, Role::EndUser).await?);
        for (mut who, trusts, stays) in [(ours.clone(), true, false), (theirs, true, true), (ours, false, true)] {
            // Neither password nor passcode is more than the team may waive: whoever trusts does not stay.
            who.browser = Browser::default();
            let begun = visit.begin(&who).await?;
            let proof = json!({ "otp": who.next_code(&town)?, "trust_device": trusts });
            let proofs = format!("/v1/sign-ins/{}/proofs", text(&begun, "/sign_in")?);
            let proved = visit.showing(&text(&begun, "/device_token")?, "POST", &proofs, proof).await?;
            ensure!(proved.body["session"]["persistent"] == stays, "{} {}", proved.gist(), proved.body);
        }

        town.time.set(Timestamp::from_micros(until.micros() - 1));
        let begun = visit.begin(&agent).await?;
        ensure!(begun["result"] == "complete", "not asked: {begun}");
        ensure!(begun["reasons"] == json!(["enrolled", "device_trusted"]), "{begun}");
        ensure!(begun["session"]["method"] == "trust" && begun["session"]["assurance"] == 1, "{begun}");
        agent.browser.device = Some(text(&begun, "/device_token")?);
        agent.browser.session = Some(text(&begun, "/session/token")?);
        // It reads, and does nothing sensitive.
        visit.grant(&agent, "GET", "/v1/me", Value::Null).await?;
        let codes = "/v1/users/me/recovery-codes/regenerate";
        let refused = visit.ask(&agent, "POST", codes, json!({})).await?;
        code(&refused, "401 insufficient_user_authentication")?;

        // Signing in by trust lengthened nothing.
        town.time.set(until);
        let begun = visit.begin(&agent).await?;
        ensure!(begun["result"] == "challenge", "asked: {begun}");
        ensure!(begun["reasons"] == json!(["enrolled", "trust_ended"]), "{begun}");
        Ok(())
    }

    /// Rules: P7.
    async fn a_session_that_ended_takes_the_password_whatever_the_device_is_trusted_for(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        for (name, ends) in [("idle", true), ("revoked", false)] {
            customer.browser = Browser::default();
            trust(&town, &visit, &mut customer).await?;
            if ends {
                town.wait(Span::days(20));
            } else {
                visit.grant(&customer, "POST", "/v1/users/me/sessions/end", json!({ "which": "all" })).await?;
            }
            visit.out(&customer).await.context(name)?;
            let wrong = Person { password: "not their password".to_owned(), ..customer.clone() };
            code(&visit.try_in(&wrong).await?, "401 sign_in_refused")?;
            let begun = visit.begin(&customer).await?;
            ensure!(begun["result"] == "complete", "{name}: the password suffices on a trusted device: {begun}");
        }
        Ok(())
    }

    /// Rules: T8.
    async fn every_sign_in_says_why_and_which_events_it_stands_on(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        agent.browser = Browser::default();
        trust(&town, &visit, &mut agent).await?;
        let me = agent.user.to_string();

        let told = explained(&visit, &agent, "me").await?;
        ensure!(told["decision"] == "challenge" && told["method"] == "otp", "{told}");
        ensure!(stands_on(&visit, &owner, &told, "enrolled").await? == "FactorConfirmed", "{told}");
        ensure!(stands_on(&visit, &owner, &told, "new_device").await? == "DeviceRegistered", "{told}");

        visit.sign_in(&mut agent).await?;
        let told = explained(&visit, &owner, &me).await?;
        ensure!(told["decision"] == "complete" && told["method"] == "trust", "{told}");
        ensure!(stands_on(&visit, &owner, &told, "device_trusted").await? == "DeviceTrusted", "{told}");
        ensure!(told["policy"].is_null(), "the account's first policy: {told}");

        // The owner allows no trust any more: the policy is the reason, and has its event.
        visit.freshen(&mut owner).await?;
        let policy = AudiencePolicy { trust_days: 0, ..AudiencePolicy::TEAM };
        save_policies(&town, town.here(), &owner, [(Audience::Team, policy)].into()).await?;
        let begun = visit.begin(&agent).await?;
        ensure!(begun["result"] == "challenge", "{begun}");
        let told = explained(&visit, &owner, &me).await?;
        ensure!(stands_on(&visit, &owner, &told, "every_sign_in").await? == "PolicyChanged", "{told}");
        ensure!(told["policy"] == told["reasons"][1]["event"], "{told}");
        ensure!(told["method"].is_null(), "nobody answered it: {told}");

        // A customer sees their own and nobody else's; a sign-in of somebody else is not theirs.
        let position = &told["position"];
        let refused = visit.ask(&customer, "GET", &format!("/v1/users/{me}/sign-ins"), Value::Null).await?;
        code(&refused, "403 forbidden")?;
        let path = format!("/v1/users/me/sign-ins/{position}");
        code(&visit.ask(&customer, "GET", &path, Value::Null).await?, "404 not_found")?;
        Ok(())
    }

    /// Rules: T4, D7.
    async fn a_lost_device_takes_with_it_what_depended_on_it_and_says_so(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        for by_staff in [false, true] {
            let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
            let elsewhere = customer.clone();
            customer.browser = Browser::default();
            let (_, until, position) = trust(&town, &visit, &mut customer).await?;
            let of = if by_staff { customer.user.to_string() } else { "me".to_owned() };
            let asks = if by_staff { &owner } else { &elsewhere };
            let list = format!("/v1/users/{of}/devices?min_position={position}");
            let devices = visit.grant(asks, "GET", &list, Value::Null).await?;
            let items = devices["items"].as_array().context("devices")?;
            let lost = items.iter().find(|device| device["trusted_until"] == json!(until.to_string()));
            let lost = text(lost.context("the trusted one")?, "/id")?;
            let path = format!("/v1/users/{of}/devices/{lost}/report-lost");
            let told = visit.grant(asks, "POST", &path, json!({})).await?;
            ensure!(told["ended"]["trusted_until"] == json!(until.to_string()), "{told}");
            ensure!(told["ended"]["sessions"].as_array().map(Vec::len) == Some(1), "{told}");
            visit.out(&customer).await?;
            let begun = visit.begin(&customer).await?;
            ensure!(begun["reasons"] == json!(["enrolled", "new_device"]), "a stranger: {begun}");
            visit.grant(&elsewhere, "GET", "/v1/me", Value::Null).await.context("another device goes on")?;
            let again = visit.grant(asks, "POST", &path, json!({})).await?;
            ensure!(again["ended"] == json!({ "sessions": [], "sign_ins": [] }), "once: {again}");
            visit.freshen(&mut owner).await?;
        }
        Ok(())
    }

    /// Rules: T4.
    async fn a_waiting_sign_in_dies_with_the_device_it_waits_on(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        visit.sign_in(&mut customer).await?;
        let elsewhere = customer.clone();
        customer.browser = Browser::default();
        visit.sign_in(&mut customer).await?;
        let items = mine(&town, &visit, &customer, "devices").await?;
        let this = items.iter().find(|device| device["current"] == true).context("this one")?;
        let begun = visit.begin(&customer).await?;
        ensure!(begun["result"] == "challenge", "{begun}");
        let path = format!("/v1/users/me/devices/{}/report-lost", text(this, "/id")?);
        let told = visit.grant(&elsewhere, "POST", &path, json!({})).await?;
        ensure!(told["ended"]["sign_ins"] == json!([begun["sign_in"]]), "{told}");
        let proofs = format!("/v1/sign-ins/{}/proofs", text(&begun, "/sign_in")?);
        let proved = visit.proving(&begun, &proofs, &customer.next_code(&town)?).await?;
        code(&proved, "401 device_not_recognised")
    }

    /// Rules: T7.
    async fn sessions_end_one_by_one_several_all_or_all_but_mine(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let stranger = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let mut places = vec![];
        for _ in 0..5 {
            customer.browser = Browser::default();
            visit.sign_in(&mut customer).await?;
            places.push(customer.clone());
        }
        let [one, two, three, four, five] = &places[..] else { anyhow::bail!("five places") };
        let id = async |who: &Person| -> Result<String> {
            let items = mine(&town, &visit, who, "sessions").await?;
            text(items.iter().find(|s| s["current"] == true).context("the one that asks")?, "/id")
        };
        let ends = "/v1/users/me/sessions/end";
        let path = format!("/v1/users/me/sessions/{}", id(one).await?);
        let gone = visit.ask(five, "DELETE", &path, Value::Null).await?;
        ensure!(gone.status == 204, "one");
        visit.out(one).await?;
        // Several; what is somebody else's refuses the whole.
        let theirs = json!({ "which": "these", "sessions": [id(two).await?, id(&stranger).await?] });
        code(&visit.ask(five, "POST", ends, theirs).await?, "404 not_found")?;
        let these = json!({ "which": "these", "sessions": [id(two).await?, id(three).await?] });
        let ended = visit.grant(five, "POST", ends, these.clone()).await?;
        ensure!(ended["ended"].as_array().map(Vec::len) == Some(2), "{ended}");
        let again = visit.grant(five, "POST", ends, these).await?;
        ensure!(again["ended"] == json!([]), "{again}");
        for out in [two, three] {
            visit.out(out).await?;
        }
        visit.grant(four, "GET", "/v1/me", Value::Null).await?;
        // All but mine, and then all.
        visit.grant(five, "POST", ends, json!({ "which": "others" })).await?;
        visit.out(four).await?;
        visit.grant(five, "GET", "/v1/me", Value::Null).await?;
        visit.grant(five, "POST", ends, json!({ "which": "all" })).await?;
        visit.out(five).await?;
        // Staff for somebody: all of them.
        visit.sign_in(&mut customer).await?;
        let path = format!("/v1/users/{}/sessions/end", customer.user);
        code(&visit.ask(&stranger, "POST", &path, json!({ "which": "all" })).await?, "403 forbidden")?;
        let ended = visit.grant(&owner, "POST", &path, json!({ "which": "all" })).await?;
        ensure!(ended["ended"].as_array().map(Vec::len) == Some(1), "{ended}");
        visit.out(&customer).await
    }

    /// Rules: P8.
    async fn what_nobody_asked_for_keeps_no_session_alive(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        for (background, lives) in [(true, false), (false, true)] {
            visit.sign_in(&mut agent).await?;
            for _ in 0..4 {
                town.wait(Span::hours(3));
                if background {
                    visit.polling(&agent, "/v1/me").await?;
                } else {
                    visit.grant(&agent, "GET", "/v1/me", Value::Null).await?;
                }
            }
            let now = visit.ask(&agent, "GET", "/v1/me", Value::Null).await?;
            ensure!(now.status.is_success() == lives, "background {background}: {} {}", now.gist(), now.body);
        }
        Ok(())
    }

    /// Rules: C1.
    async fn few_and_no_recovery_codes_are_told_by_mail(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        ensure!(customer.codes.len() == 10, "ten of them");
        for (used, recovery) in customer.codes.iter().enumerate() {
            town.letters(customer.user).await?;
            let begun = visit.begin(&customer).await?;
            let proofs = format!("/v1/sign-ins/{}/proofs", text(&begun, "/sign_in")?);
            let device = text(&begun, "/device_token")?;
            let shown = json!({ "recovery_code": recovery });
            let proved = visit.showing(&device, "POST", &proofs, shown.clone()).await?;
            ensure!(proved.status == 200, "{} {}", proved.gist(), proved.body);
            town.never_in_log(text(&proved.body, "/session/token")?);
            let subject = match 9 - used {
                0 => "The last recovery code",
                3 => "Few recovery codes",
                _ => "A recovery code was used",
            };
            visit.told(&customer, subject, "").await?;
        }
        ensure!(town.count("RecoveryCodesLow").await? == 1, "low, once");
        ensure!(town.count("RecoveryCodesExhausted").await? == 1, "exhausted, once");
        Ok(())
    }

    /// Rules: C2.
    async fn new_codes_are_had_without_switching_off_and_the_old_ones_die_at_once(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let old = customer.codes.clone();
        visit.sign_in(&mut customer).await?;
        town.letters(customer.user).await?;
        let path = "/v1/users/me/recovery-codes/regenerate";
        let made = visit.grant(&customer, "POST", path, json!({})).await?;
        let made: Vec<String> = serde_json::from_value(made["recovery_codes"].clone())?;
        ensure!(made.len() == 10, "ten of them");
        for code in &made {
            town.never_in_log(code);
        }
        for letter in town.letters(customer.user).await? {
            ensure!(!made.iter().any(|code| letter.body.contains(code)), "no code is mailed: {}", letter.subject);
        }
        for (shown, good) in [(&old[0], false), (&made[0], true)] {
            let begun = visit.begin(&customer).await?;
            ensure!(begun["result"] == "challenge", "still on: {begun}");
            let proofs = format!("/v1/sign-ins/{}/proofs", text(&begun, "/sign_in")?);
            let device = text(&begun, "/device_token")?;
            let proved = visit.showing(&device, "POST", &proofs, json!({ "recovery_code": shown })).await?;
            ensure!(proved.status.is_success() == good, "{} {}", proved.gist(), proved.body);
            if good {
                town.never_in_log(text(&proved.body, "/session/token")?);
            }
        }
        Ok(())
    }
}
