//! Sign-ins whose first factor a program vouches for.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use twofold_domain::policy::{Audience, Role};
use twofold_domain::time::Span;
use twofold_tests::doors::{Answer, Doors};
use twofold_tests::person::Browser;
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::{Both, Shows, ask, gist, own_token, program, save, send, text};

async fn vouch(town: &Town, doors: &Doors, shows: Shows<'_>, whom: Value) -> Result<Answer> {
    let mut body = whom;
    body["first_factor"] = json!("asserted");
    ask(doors, "POST", &format!("/v1/accounts/{}/sign-ins", town.account), shows, body).await
}

stories! {
    /// Rules: A1.
    async fn a_program_opens_a_sign_in_that_takes_the_usual_course_and_ends_with_it(town) {
        let owner = town.owner().await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let plain = owner.welcome(&town, Role::EndUser).await?;
        let doors = Both::open(&town).await?;
        let (client, token) = program(&town, &doors.here, &owner, "Shop", &["assert_sign_in"]).await?;
        let shows = Shows::Bearer(&token);

        let entered = vouch(&town, &doors.there, shows, json!({ "email": plain.email })).await?;
        gist(&entered, "200", "nothing more is asked of them")?;
        ensure!(entered.body["result"] == "complete", "{}", entered.body);
        ensure!(entered.body["session"]["assurance"] == 1, "a program's word is no second factor: {}", entered.body);
        let session = text(&entered, "/session/token")?;
        town.never_in_log(&session);
        ensure!(entered.body["session"]["method"] == "asserted", "no password was shown: {}", entered.body);
        let me = ask(&doors.here, "GET", "/v1/me", Shows::Bearer(&session), Value::Null).await?;
        ensure!(me.body["session"]["method"] == "asserted", "{}", me.body);
        let sign_ins = ask(&doors.here, "GET", "/v1/users/me/sign-ins", Shows::Bearer(&session), Value::Null).await?;
        let position = &sign_ins.body["items"][0]["position"];
        let why = format!("/v1/users/me/sign-ins/{position}");
        let why = ask(&doors.here, "GET", &why, Shows::Bearer(&session), Value::Null).await?;
        ensure!(why.body["method"] == "asserted", "{}", why.body);
        // Nothing of theirs was shown here, so it moves nothing that everything else hangs on.
        let moved = json!({ "email": "elsewhere@example.org" });
        let moved = ask(&doors.here, "POST", "/v1/users/me/email-change", Shows::Bearer(&session), moved).await?;
        gist(&moved, "401 insufficient_user_authentication", "an address, on a program's word")?;

        let asked = vouch(&town, &doors.here, shows, json!({ "user": customer.user })).await?;
        ensure!(asked.body["result"] == "challenge", "{}", asked.body);
        ensure!(asked.body["trust_days"].is_null(), "trust is not to be had: {}", asked.body);
        let (sign_in, device) = (text(&asked, "/sign_in")?, text(&asked, "/device_token")?);
        town.never_in_log(&device);
        let proofs = format!("/v1/sign-ins/{sign_in}/proofs");
        let code = json!({ "otp": customer.next_code(&town)?, "trust_device": true });
        let shown = [("twofold-device", device.as_str())];
        let trusting = send(&doors.there, "POST", &proofs, Shows::Nothing, code, &shown).await?;
        gist(&trusting, "422 trust_not_offered", "without the scope")?;
        let code = json!({ "otp": customer.next_code(&town)? });
        let proved = send(&doors.there, "POST", &proofs, Shows::Nothing, code, &shown).await?;
        gist(&proved, "200", "the code is right")?;
        let raised = text(&proved, "/session/token")?;
        town.never_in_log(&raised);
        let sessions = format!("/v1/users/me/sessions?min_position={}", proved.body["position"]);
        let sessions = ask(&doors.here, "GET", &sessions, Shows::Bearer(&raised), Value::Null).await?;
        let listed = sessions.body["items"].as_array().into_iter().flatten().any(|s| s["client"]["name"] == "Shop");
        ensure!(listed, "the list names the program: {}", sessions.body);

        // A first binding takes more than the program's word.
        save(&town, &owner, Audience::EndUsers, |p| p.required = true).await?;
        let enrol = vouch(&town, &doors.here, shows, json!({ "user": plain.user })).await?;
        ensure!(enrol.body["result"] == "enrol", "{}", enrol.body);
        let enrolling = text(&enrol, "/session/token")?;
        town.never_in_log(&enrolling);
        let may = ask(&doors.here, "GET", "/v1/users/me/enrolment", Shows::Bearer(&enrolling), Value::Null).await?;
        ensure!(may.body["takes"] == "mailed_code", "{}", may.body);

        let path = format!("/v1/clients/{client}");
        let removed = ask(&doors.here, "DELETE", &path, Shows::Bearer(owner.session()?), Value::Null).await?;
        gist(&removed, "204", "removing the program")?;
        for session in [&session, &raised, &enrolling] {
            let late = ask(&doors.there, "GET", "/v1/me", Shows::Bearer(session), Value::Null).await?;
            gist(&late, "401 session_ended", "what rested on its word")?;
            ensure!(late.body["reason"] == "vouch_over", "{}", late.body);
        }
        Ok(())
    }

    /// Rules: A1.
    async fn an_attempt_that_waits_ends_with_the_token_that_vouched_for_it(town) {
        let owner = town.owner().await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let doors = Both::open(&town).await?;
        let (client, _) = program(&town, &doors.here, &owner, "Shop", &["assert_sign_in"]).await?;
        let session = Shows::Bearer(owner.session()?);
        let path = format!("/v1/clients/{client}/tokens");
        let issued = ask(&doors.here, "POST", &path, session, json!({ "scopes": ["assert_sign_in"] })).await?;
        let path = issued.headers["location"].to_str()?.to_owned();
        let token = text(&issued, "/token")?;
        town.never_in_log(&token);
        let asked = vouch(&town, &doors.here, Shows::Bearer(&token), json!({ "user": customer.user })).await?;
        ensure!(asked.body["result"] == "challenge", "{}", asked.body);
        let (sign_in, device) = (text(&asked, "/sign_in")?, text(&asked, "/device_token")?);
        town.never_in_log(&device);

        let gone = ask(&doors.there, "DELETE", &path, session, Value::Null).await?;
        gist(&gone, "204", "revoking the token")?;

        let code = json!({ "otp": customer.next_code(&town)? });
        let shown = [("twofold-device", device.as_str())];
        let proofs = format!("/v1/sign-ins/{sign_in}/proofs");
        let late = send(&doors.here, "POST", &proofs, Shows::Nothing, code, &shown).await?;
        gist(&late, "410 sign_in_over", "at the next request")
    }

    /// Rules: A1.
    async fn trust_counts_in_a_vouched_sign_in_only_by_its_scope(town) {
        let owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let mut browser = Browser::default();
        let challenge = customer.challenged(&town, town.here(), &mut browser).await?;
        town.wait(Span::seconds(60));
        let right = twofold_tests::person::otp(&customer.next_code(&town)?)?;
        customer.browser = browser;
        let came = customer.prove(&town, town.here(), &challenge, right, true).await?;
        ensure!(came.accepted(), "{came:?}");
        let doors = Both::open(&town).await?;
        let (_, plain) = program(&town, &doors.here, &owner, "Shop", &["assert_sign_in"]).await?;
        let (_, trusting) =
            program(&town, &doors.here, &owner, "Till", &["assert_sign_in", "assert_trust"]).await?;
        let path = format!("/v1/accounts/{}/sign-ins", town.account);
        let body = json!({ "first_factor": "asserted", "user": customer.user });
        let mut device = customer.browser.device.clone().unwrap_or_default();
        for (token, result, reason) in [(&plain, "challenge", "asserted"), (&trusting, "complete", "device_trusted")] {
            let shown = [("twofold-device", device.as_str())];
            let answer = send(&doors.there, "POST", &path, Shows::Bearer(token), body.clone(), &shown).await?;
            gist(&answer, "200", result)?;
            ensure!(answer.body["result"] == result && answer.body["reasons"][1] == reason, "{}", answer.body);
            device = text(&answer, "/device_token")?;
            town.never_in_log(&device);
            if result == "complete" {
                ensure!(answer.body["session"]["method"] == "trust", "what let them in: {}", answer.body);
            }
        }
        Ok(())
    }

    /// Rules: A1.
    async fn nobody_vouches_for_an_owner_the_team_or_somebody_elsewhere_and_nobody_without_the_scope(town) {
        let owner = town.owner().await?;
        let agent = owner.welcome(&town, Role::Agent).await?;
        let customer = owner.welcome(&town, Role::EndUser).await?;
        let neighbour = town.neighbour();
        let stranger = neighbour.owner().await?.welcome(&neighbour, Role::EndUser).await?;
        let doors = Both::open(&town).await?;
        let (_, token) = program(&town, &doors.here, &owner, "Shop", &["assert_sign_in"]).await?;
        let (_, reader) = program(&town, &doors.here, &owner, "Reader", &["read_people"]).await?;
        let own = own_token(&town, &doors.here, &owner, &["read_people"]).await?;
        let session = owner.session()?.to_owned();
        let program = Shows::Bearer(&token);
        let them = json!({ "user": customer.user });
        let rows = [
            (program, json!({ "user": owner.user }), "403 not_vouched"),
            (program, json!({ "user": agent.user }), "403 not_vouched"),
            (program, json!({ "user": stranger.user }), "404 not_found"),
            (program, json!({ "email": "nobody@lilliput.example" }), "404 not_found"),
            (program, json!({ "user": customer.user, "email": customer.email }), "422 invalid_fields"),
            (program, json!({ "user": customer.user, "password": customer.password }), "422 invalid_fields"),
            (program, json!({ "user": customer.user, "mfa_required": false }), "422 invalid_fields"),
            (program, json!({}), "422 invalid_fields"),
            (Shows::Nothing, them.clone(), "401 unauthenticated"),
            (Shows::Bearer(&session), them.clone(), "401 unauthenticated"),
            (Shows::Password(&owner.email, &owner.password), them.clone(), "401 unauthenticated"),
            (Shows::Bearer(&reader), them.clone(), "403 insufficient_scope"),
            (Shows::Bearer(&own), them.clone(), "403 needs_person"),
            (program, them.clone(), "200"),
        ];
        for (shows, whom, expected) in rows {
            let answer = vouch(&town, &doors.there, shows, whom.clone()).await?;
            gist(&answer, expected, &whom.to_string())?;
            if let Ok(token) = text(&answer, "/session/token") {
                town.never_in_log(token);
            }
        }
        let elsewhere = vouch(&neighbour, &doors.here, program, json!({ "user": stranger.user })).await?;
        gist(&elsewhere, "401 unauthenticated", "a program of another account")?;

        // The owner may let programs vouch for the team; never for owners.
        save(&town, &owner, Audience::Team, |p| p.asserted_sign_in = true).await?;
        gist(&vouch(&town, &doors.here, program, json!({ "user": agent.user })).await?, "200", "an agent, then")?;
        gist(&vouch(&town, &doors.here, program, json!({ "user": owner.user })).await?, "403 not_vouched", "an owner")?;

        // A lock is a lock, whoever vouches: the customer's strangers guessed too often.
        for _ in 0..5 {
            let wrong = twofold_tests::person::Person { password: "a guess".to_owned(), ..customer.clone() };
            wrong.begin(&town, town.here(), &mut Browser::default()).await?;
        }
        gist(&vouch(&town, &doors.there, program, them).await?, "429 locked", "locked")?;
        neighbour.close().await?;
        Ok(())
    }

    /// Rules: A1, H2, H4.
    async fn a_program_lets_nobody_in_who_has_still_to_take_the_link_that_was_mailed(town) {
        let owner = town.owner().await?;
        let back = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let doors = Both::open(&town).await?;
        let (_, token) = program(&town, &doors.here, &owner, "Shop", &["assert_sign_in"]).await?;
        let program = Shows::Bearer(&token);
        let admin = Shows::Bearer(owner.session()?);
        let invited = town.somebody(Role::EndUser);
        let new = json!({ "name": invited.name, "email": invited.email, "role": "end_user" });
        gist(&ask(&doors.here, "POST", "/v1/users", admin, new).await?, "201", "invited")?;
        let path = |act: &str| format!("/v1/users/{}/{act}", back.user);
        gist(&vouch(&town, &doors.there, program, json!({ "user": back.user })).await?, "200", "before")?;
        let why = json!({ "reason": "they asked for it" });
        gist(&ask(&doors.here, "POST", &path("deactivate"), admin, why).await?, "200", "deactivated")?;
        gist(&ask(&doors.here, "POST", &path("reactivate"), admin, json!({})).await?, "200", "let back in")?;
        for whom in [json!({ "email": invited.email }), json!({ "user": back.user })] {
            let answer = vouch(&town, &doors.there, program, whom.clone()).await?;
            gist(&answer, "403 not_vouched", &whom.to_string())?;
        }
        Ok(())
    }
}
