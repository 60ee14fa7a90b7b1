//! API tokens: what they may, and how they end.

use std::sync::Arc;

use anyhow::ensure;
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::race::at_once;
use twofold_tests::stories;

use super::{Both, Shows, ask, gist, own_token, program, send, text};

stories! {
    /// Rules: A1.
    async fn a_token_does_what_its_scope_names_and_nothing_that_takes_a_person(town) {
        let owner = town.owner().await?;
        let doors = Both::open(&town).await?;
        let token = own_token(&town, &doors.here, &owner, &["read_people", "export", "read_status"]).await?;
        let shows = Shows::Bearer(&token);
        ensure!(token.starts_with("tfa_"), "its kind shows");
        let post = json!({});
        let factors = json!({ "name": "Phone" });
        let step_up = json!({ "otp": "000000" });
        let more = json!({ "name": "more", "scopes": ["read_audit"] });
        let rows: Vec<(&str, &str, Value, &str)> = vec![
            ("GET", "/v1/users", Value::Null, "200"),
            ("GET", "/v1/reports/mfa-status?format=csv", Value::Null, "200"),
            ("GET", "/v1/events", Value::Null, "403 insufficient_scope"),
            ("GET", "/v1/me", Value::Null, "403 needs_person"),
            ("GET", "/v1/users/me", Value::Null, "403 needs_person"),
            ("GET", "/v1/api-tokens", Value::Null, "403 needs_person"),
            ("POST", "/v1/api-tokens", more, "403 needs_person"),
            ("POST", "/v1/clients", json!({ "name": "Mine" }), "403 needs_person"),
            ("POST", "/v1/step-up", step_up, "403 needs_person"),
            ("POST", "/v1/users/me/factors", factors, "403 needs_person"),
            ("POST", "/v1/users/me/recovery-codes/regenerate", post.clone(), "403 needs_person"),
            ("POST", "/v1/sign-out", Value::Null, "403 needs_person"),
        ];
        for (method, path, body, expected) in rows {
            let answer = ask(&doors.there, method, path, shows, body).await?;
            gist(&answer, expected, &format!("{method} {path}"))?;
        }
        let lacking = ask(&doors.here, "GET", "/v1/events", shows, Value::Null).await?;
        let challenge = lacking.headers.get("www-authenticate").and_then(|v| v.to_str().ok()).unwrap_or_default();
        ensure!(challenge.contains("scope=\"read_audit\""), "RFC 6750: {challenge}");
        let letters = town.letters(owner.user).await?;
        ensure!(letters.iter().any(|l| l.body.contains("nightly")), "its person is told");
        Ok(())
    }

    /// Rules: A1.
    async fn a_token_is_shown_once_and_no_wish_makes_it_more_than_it_may_be(town) {
        let owner = town.owner().await?;
        let doors = Both::open(&town).await?;
        let session = Shows::Bearer(owner.session()?);
        let wish = json!({ "name": "nightly", "scopes": ["read_people"], "days": 30 });
        let key = [("idempotency-key", "once")];
        let first = send(&doors.here, "POST", "/v1/api-tokens", session, wish.clone(), &key).await?;
        town.never_in_log(text(&first, "/token")?);
        let again = send(&doors.there, "POST", "/v1/api-tokens", session, wish, &key).await?;
        ensure!(again.status == 201 && again.body["already_shown"] == true, "{}", again.body);
        ensure!(again.body["token"].is_null() && again.body["id"] == first.body["id"], "{}", again.body);
        let rows = [
            (json!({ "name": "x", "scopes": ["everything"] }), "422 invalid_fields"),
            (json!({ "name": "x", "scopes": ["read_people"], "role": "owner" }), "422 invalid_fields"),
            (json!({ "name": "x", "scopes": ["assert_sign_in"] }), "422 invalid_fields"),
            (json!({ "name": "x", "scopes": [] }), "422 invalid_fields"),
            (json!({ "name": "x", "scopes": ["read_people"], "days": 366 }), "422 invalid_fields"),
            (json!({ "name": "x", "scopes": ["read_people"], "days": 0 }), "422 invalid_fields"),
        ];
        for (body, expected) in rows {
            let answer = ask(&doors.here, "POST", "/v1/api-tokens", session, body.clone()).await?;
            gist(&answer, expected, &body.to_string())?;
        }
        ensure!(town.count("ApiTokenIssued").await? == 1, "one was issued");
        // It takes a second factor to issue one, and a fresh one.
        town.wait(Span::minutes(11));
        let late = json!({ "name": "late", "scopes": ["read_people"] });
        let late = ask(&doors.here, "POST", "/v1/api-tokens", session, late).await?;
        gist(&late, "401 insufficient_user_authentication", "eleven minutes later")?;
        Ok(())
    }

    /// Rules: A1.
    async fn a_token_that_is_not_the_very_token_is_nobodys(town) {
        let owner = town.owner().await?;
        let neighbour = town.neighbour();
        let stranger = neighbour.owner().await?;
        let doors = Both::open(&town).await?;
        let scopes = ["read_people", "read_account"];
        let token = own_token(&town, &doors.here, &owner, &scopes).await?;
        let foreign = own_token(&neighbour, &doors.here, &stranger, &scopes).await?;
        let (mine, theirs) =
            (format!("/v1/accounts/{}", town.account), format!("/v1/accounts/{}", neighbour.account));
        for (shown, path, expected) in [
            (&token, &mine, "200"),
            (&token, &theirs, "404 not_found"),
            (&foreign, &mine, "404 not_found"),
            (&foreign, &theirs, "200"),
        ] {
            let answer = ask(&doors.there, "GET", path, Shows::Bearer(shown), Value::Null).await?;
            gist(&answer, expected, path)?;
        }
        // The account, the holder, the id, the secret: whatever is altered, and wherever it is cut.
        let other = |c: char| if c == 'A' { 'B' } else { 'A' };
        let altered = [6, 20, 45, 70, 100].map(|at| {
            let swap = |(i, c): (usize, char)| if i == at { other(c) } else { c };
            token.chars().enumerate().map(swap).collect::<String>()
        });
        let cut = [token[..token.len() - 1].to_owned(), token[..40].to_owned(), "tfa_".to_owned()];
        let relabelled = [token.replacen("tfa_", "tfs_", 1), token.replacen("tfa_", "", 1)];
        for wrong in altered.iter().chain(&cut).chain(&relabelled) {
            let answer = ask(&doors.here, "GET", "/v1/users", Shows::Bearer(wrong), Value::Null).await?;
            gist(&answer, "401 unauthenticated", wrong)?;
        }
        let cookie = [("cookie", format!("__Host-twofold_session={token}"))];
        let cookie = cookie.each_ref().map(|(name, value)| (*name, value.as_str()));
        let in_cookie = send(&doors.here, "GET", "/v1/users", Shows::Nothing, Value::Null, &cookie).await?;
        gist(&in_cookie, "401 unauthenticated", "a token is no cookie")?;
        neighbour.close().await?;
        Ok(())
    }

    /// Rules: A1.
    async fn a_revoked_token_is_dead_at_the_next_request_on_every_server(town) {
        let owner = town.owner().await?;
        let doors = Arc::new(Both::open(&town).await?);
        for round in 0..4 {
            let token = own_token(&town, &doors.here, &owner, &["read_people"]).await?;
            let known = ask(&doors.there, "GET", "/v1/users", Shows::Bearer(&token), Value::Null).await?;
            gist(&known, "200", "there it is known")?;
            let list = ask(&doors.here, "GET", "/v1/api-tokens", Shows::Bearer(owner.session()?), Value::Null).await?;
            ensure!(list.body["items"].as_array().map(Vec::len) == Some(1), "{}", list.body);
            ensure!(list.body["items"][0]["last_used_at"].is_string(), "its last use shows: {}", list.body);
            let id = text(&list, "/items/0/id")?;
            let session = owner.session()?.to_owned();
            // Sixteen use it while it is revoked; whoever comes afterwards comes too late.
            let came = at_once(17, |i| {
                let (doors, token, session) = (Arc::clone(&doors), token.clone(), session.clone());
                let path = format!("/v1/api-tokens/{id}");
                async move {
                    if i == 8 {
                        ask(&doors.here, "DELETE", &path, Shows::Bearer(&session), Value::Null).await
                    } else {
                        let side = if i % 2 == 0 { &doors.here } else { &doors.there };
                        ask(side, "GET", "/v1/users", Shows::Bearer(&token), Value::Null).await
                    }
                }
            });
            for (i, answer) in came.await?.into_iter().enumerate() {
                let gist = answer?.gist();
                let lawful = if i == 8 { gist == "204" } else { gist == "200" || gist == "401 unauthenticated" };
                ensure!(lawful, "round {round}, {i}: {gist}");
            }
            for side in [&doors.there, &doors.here] {
                let late = ask(side, "GET", "/v1/users", Shows::Bearer(&token), Value::Null).await?;
                gist(&late, "401 unauthenticated", "after the revocation")?;
            }
            let again = ask(&doors.here, "DELETE", &format!("/v1/api-tokens/{id}"), Shows::Bearer(&session), Value::Null).await?;
            gist(&again, "404 not_found", "a token is revoked once")?;
        }
        Ok(())
    }

    /// Rules: A1.
    async fn a_token_ends_by_itself_and_its_use_is_recorded_hourly(town) {
        let owner = town.owner().await?;
        let doors = Both::open(&town).await?;
        let token = own_token(&town, &doors.here, &owner, &["read_people"]).await?;
        let read = async || ask(&doors.there, "GET", "/v1/users", Shows::Bearer(&token), Value::Null).await;
        for _ in 0..3 {
            gist(&read().await?, "200", "good")?;
        }
        ensure!(town.count("ApiTokenUsed").await? == 1, "once an hour");
        town.wait(Span::hours(1));
        read().await?;
        ensure!(town.count("ApiTokenUsed").await? == 2, "and again");
        town.wait(Span::days(89));
        gist(&read().await?, "200", "a day before its end")?;
        town.wait(Span::days(1));
        gist(&read().await?, "401 token_ended", "its time is over")?;
        Ok(())
    }

    /// Rules: A1.
    async fn a_program_acts_in_its_own_name_within_its_scopes(town) {
        let owner = town.owner().await?;
        let doors = Both::open(&town).await?;
        let (client, token) =
            program(&town, &doors.here, &owner, "Help desk", &["manage_end_users", "read_account"]).await?;
        let shows = Shows::Bearer(&token);
        let person = |number: usize, role: Role| {
            json!({ "name": "Newcomer", "email": format!("new{number}@lilliput.example"), "role": role })
        };
        for (number, role, expected) in [
            (1, Role::EndUser, "201"),
            (2, Role::Agent, "403 needs_person"),
            (3, Role::Owner, "403 needs_person"),
        ] {
            let answer = ask(&doors.there, "POST", "/v1/users", shows, person(number, role)).await?;
            gist(&answer, expected, role.name())?;
        }
        let agent = owner.welcome(&town, Role::Agent).await?;
        let customer = owner.welcome(&town, Role::EndUser).await?;
        let why = json!({ "reason": "left" });
        for (method, user, verb, body, expected) in [
            ("PATCH", customer.user, "", json!({ "language": "es" }), "200"),
            ("PATCH", agent.user, "", json!({ "language": "es" }), "403 needs_person"),
            ("POST", agent.user, "/deactivate", why.clone(), "403 needs_person"),
            ("POST", customer.user, "/deactivate", why.clone(), "200"),
            ("POST", customer.user, "/unlock", why.clone(), "403 needs_person"),
        ] {
            let answer = ask(&doors.there, method, &format!("/v1/users/{user}{verb}"), shows, body).await?;
            gist(&answer, expected, &format!("{method} {verb}"))?;
        }
        let once = [("idempotency-key", "once")];
        let fourth = send(&doors.here, "POST", "/v1/users", shows, person(4, Role::EndUser), &once).await?;
        let again = send(&doors.there, "POST", "/v1/users", shows, person(4, Role::EndUser), &once).await?;
        ensure!(fourth.body["user"] == again.body["user"], "done once: {} {}", fourth.body, again.body);
        let log = town.log().await?;
        let made = log.iter().filter(|e| e.event_type == "UserRegistered" && e.metadata.contains(&client));
        ensure!(made.count() == 2, "the log names the program");
        ensure!(log.iter().any(|e| e.event_type == "UserRegistered" && e.metadata.contains("\"token\":\"tok_")), "and its token");

        let path = format!("/v1/clients/{client}");
        let removed = ask(&doors.here, "DELETE", &path, Shows::Bearer(owner.session()?), Value::Null).await?;
        gist(&removed, "204", "removing it")?;
        let late = ask(&doors.there, "POST", "/v1/users", shows, person(5, Role::EndUser)).await?;
        gist(&late, "401 unauthenticated", "a removed program")?;
        Ok(())
    }

    /// Rules: A1.
    async fn a_token_is_dead_with_its_persons_role_and_with_their_deactivation(town) {
        let owner = town.owner().await?;
        let doors = Both::open(&town).await?;
        let session = Shows::Bearer(owner.session()?);
        for (verb, body) in [
            ("role", json!({ "role": "agent" })),
            ("deactivate", json!({ "reason": "left" })),
        ] {
            let admin = owner.welcome_enrolled(&town, Role::Admin).await?;
            let token = own_token(&town, &doors.here, &admin, &["read_audit"]).await?;
            let read = async || ask(&doors.there, "GET", "/v1/events", Shows::Bearer(&token), Value::Null).await;
            gist(&read().await?, "200", "before")?;
            let path = format!("/v1/users/{}/{verb}", admin.user);
            let method = "POST";
            let done = ask(&doors.here, method, &path, session, body).await?;
            ensure!(done.status.is_success(), "{verb}: {} {}", done.status, done.body);
            gist(&read().await?, "401 unauthenticated", verb)?;
        }
        Ok(())
    }
}
