//! Help for whoever is locked out, over HTTP and with their mail read: tickets that bind a first factor,
//! exemptions that let somebody in for a while.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::authenticator::Authenticator;
use twofold_tests::person::Person;
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::visit::{Visit, code, text};

/// Begins to bind an authenticator: its factor's path, and the phone.
async fn scan(town: &Town, visit: &Visit<'_>, who: &Person) -> Result<(String, Authenticator)> {
    let started = visit.grant(who, "POST", "/v1/users/me/factors", json!({ "name": "Phone" })).await?;
    let phone = Authenticator::scan(&text(&started, "/uri")?)?;
    town.never_in_log(&phone.secret);
    Ok((format!("/v1/users/me/factors/{}/confirm", text(&started, "/id")?), phone))
}

stories! {
    /// Rules: P5.
    async fn a_ticket_handed_over_in_person_binds_once_within_a_day(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let customer = owner.welcome(&town, Role::EndUser).await?;
        let person = format!("/v1/users/{}", agent.user);
        let tickets = format!("{person}/enrolment-tickets");
        let why = json!({ "reason": "came to the desk with a passport" });

        code(&visit.ask(&owner, "POST", &tickets, why.clone()).await?, "409 already_enrolled")?;
        let stolen = json!({ "reason": "the phone was stolen", "compromise": true });
        let reset = visit.versioned(&owner, "POST", &format!("{person}/reset-two-factor"), &person, stolen).await?;
        ensure!(reset.status == 200, "{} {}", reset.gist(), reset.body);
        visit.told(&agent, "reset", "").await?;
        let entered = visit.sign_in(&mut agent).await?;
        ensure!(entered["result"] == "complete", "{entered}");
        let bare = visit.ask(&agent, "POST", "/v1/users/me/factors", json!({ "name": "Phone" })).await?;
        code(&bare, "409 ticket_needed")?;

        // Nobody issues one for a customer, or for themself; and it is shown once.
        let customers = format!("/v1/users/{}/enrolment-tickets", customer.user);
        code(&visit.ask(&owner, "POST", &customers, why.clone()).await?, "403 forbidden")?;
        code(&visit.ask(&agent, "POST", &tickets, why.clone()).await?, "403 forbidden")?;
        let first = visit.once(&owner, &tickets, "desk", why.clone()).await?;
        ensure!(first.status == 201, "{} {}", first.gist(), first.body);
        let ticket = text(&first.body, "/ticket")?;
        town.never_in_log(&ticket);
        let again = visit.once(&owner, &tickets, "desk", why.clone()).await?;
        ensure!(again.body["already_shown"] == true && again.body["ticket"].is_null(), "{}", again.body);
        let letters = town.letters(agent.user).await?;
        let letter = letters.iter().find(|letter| letter.subject.contains("enrolment ticket"));
        ensure!(letter.is_some_and(|letter| !letter.body.contains(&ticket)), "told of it, and not what it is");

        // Its day passes.
        let (confirm, phone) = scan(&town, &visit, &agent).await?;
        town.wait(Span::hours(24));
        visit.sign_in(&mut owner).await?;
        visit.sign_in(&mut agent).await?;
        let late = json!({ "otp": phone.code(town.now()), "ticket": ticket });
        let late = visit.ask(&agent, "POST", &confirm, late).await?;
        ensure!(late.status.is_client_error(), "a day later: {} {}", late.gist(), late.body);

        // A newer one: a wrong one is charged, the right one binds, and is spent.
        let issued = visit.grant(&owner, "POST", &tickets, why).await?;
        let ticket = text(&issued, "/ticket")?;
        town.never_in_log(&ticket);
        let (confirm, phone) = scan(&town, &visit, &agent).await?;
        let wrong = json!({ "otp": phone.code(town.now()), "ticket": "0000-0000-0000-0000" });
        code(&visit.ask(&agent, "POST", &confirm, wrong).await?, "422 proof_rejected")?;
        let right = json!({ "otp": phone.code(town.now()), "ticket": ticket });
        let bound = visit.grant(&agent, "POST", &confirm, right).await?;
        for code in bound["recovery_codes"].as_array().into_iter().flatten() {
            town.never_in_log(code.as_str().unwrap_or_default());
        }
        ensure!(bound["recovery_codes"].as_array().map(Vec::len) == Some(10), "bound");
        town.never_in_log(text(&bound, "/session/token")?);
        agent.phone = Some(phone);
        agent.browser.session = None;
        let entered = visit.sign_in(&mut agent).await?;
        ensure!(entered["result"] == "challenge", "from now on a code is asked for: {entered}");
        ensure!(town.count("EnrolmentTicketUsed").await? == 1 && town.count("EnrolmentTicketRejected").await? >= 1);
        Ok(())
    }

    /// Rules: D5.
    async fn an_exemption_ends_by_itself_and_binds_nothing_meanwhile(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let admin = owner.welcome_enrolled(&town, Role::Admin).await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let exemptions = |who: &Person| format!("/v1/users/{}/exemptions", who.user);
        let until = |at: twofold_domain::time::Timestamp| json!({ "reason": "forgot the phone", "until": at.to_string() });

        let week = until(town.now() + Span::days(8));
        code(&visit.ask(&admin, "POST", &exemptions(&agent), week).await?, "422 invalid_fields")?;
        let end = town.now() + Span::hours(48);
        code(&visit.ask(&admin, "POST", &exemptions(&customer), until(end)).await?, "403 forbidden")?;
        code(&visit.ask(&admin, "POST", &exemptions(&owner), until(end)).await?, "403 forbidden")?;
        code(&visit.ask(&agent, "POST", &exemptions(&agent), until(end)).await?, "403 forbidden")?;
        let held = visit.grant(&admin, "POST", &exemptions(&agent), until(end)).await?;
        ensure!(held["until"] == end.to_string(), "{held}");
        visit.told(&agent, "without a code for a while", "with your password alone").await?;

        let entered = visit.sign_in(&mut agent).await?;
        ensure!(entered["result"] == "complete" && entered["session"]["assurance"] == 1, "{entered}");
        let bind = visit.ask(&agent, "POST", "/v1/users/me/factors", json!({ "name": "Phone" })).await?;
        ensure!(bind.status.is_client_error(), "{} {}", bind.gist(), bind.body);
        let codes = visit.ask(&agent, "POST", "/v1/users/me/recovery-codes/regenerate", json!({})).await?;
        code(&codes, "401 insufficient_user_authentication")?;
        visit.grant(&agent, "GET", "/v1/users", Value::Null).await?;

        // To the second, without anybody's doing.
        town.time.set(end - Span::minutes(10));
        visit.sign_in(&mut agent).await?;
        town.time.set(end - Span::seconds(1));
        visit.grant(&agent, "GET", "/v1/me", Value::Null).await?;
        town.time.set(end);
        let over = visit.ask(&agent, "GET", "/v1/me", Value::Null).await?;
        code(&over, "401 session_ended")?;
        ensure!(over.body["reason"] == "exemption_over", "{}", over.body);
        let asked = visit.sign_in(&mut agent).await?;
        ensure!(asked["result"] == "challenge", "{asked}");
        ensure!(town.count("ExemptionEnded").await? == 0, "time alone");

        // Ended before its time, by the owner; and theirs takes two.
        visit.sign_in(&mut owner).await?;
        let held = visit.grant(&owner, "POST", &exemptions(&agent), until(town.now() + Span::hours(2))).await?;
        visit.sign_in(&mut agent).await?;
        let path = format!("{}/{}", exemptions(&agent), text(&held, "/id")?);
        let ended = visit.ask(&owner, "DELETE", &path, Value::Null).await?;
        ensure!(ended.status == 204, "{} {}", ended.gist(), ended.body);
        visit.out(&agent).await?;
        visit.told(&agent, "asks you for a code again", "before its time").await?;
        let mut second = owner.welcome_enrolled(&town, Role::Admin).await?;
        owner.make_owner(&town, second.user).await?;
        visit.sign_in(&mut second).await?;
        let waits = visit.ask(&owner, "POST", &exemptions(&second), until(town.now() + Span::hours(2))).await?;
        ensure!(waits.status == 202 && waits.body["id"].is_null(), "{} {}", waits.status, waits.body);
        Ok(())
    }
}
