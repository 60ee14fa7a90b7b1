//! Where two rules meet: a compromise and another role, an import and the switch, an import that is cut short.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use twofold_domain::account::AccountEvent;
use twofold_domain::ids::StreamId;
use twofold_domain::policy::{Audience, AudiencePolicy, Role};
use twofold_domain::time::Span;
use twofold_domain::user::{ResetCause, UserEvent};
use twofold_projections::all;
use twofold_projections::fact::{Event, decode};
use twofold_projections::projector::Projector;
use twofold_projections::reset_fanout::ResetFanOut;
use twofold_tests::authenticator::Authenticator;
use twofold_tests::person::save_policies;
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::visit::{Visit, code, text};

/// People in a table that is cut short: several appends' worth.
const MANY: usize = 420;

/// What stands in the way of somebody's enrolment, by name.
fn in_the_way(enrolment: &Value) -> Vec<&str> {
    enrolment["obstacles"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|found| found["rule"].as_str())
        .collect()
}

/// How many of the people of a table are users.
async fn here(town: &Town) -> Result<u64> {
    Ok(town.count("UserRegistered").await? as u64)
}

stories! {
    /// Rules: P5, C4, E5.
    async fn whoever_was_reset_for_a_compromise_and_left_the_team_has_a_way_back_and_is_told_which(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let end_users = AudiencePolicy { required: true, ..AudiencePolicy::END_USERS };
        save_policies(&town, town.here(), &owner, [(Audience::EndUsers, end_users)].into()).await?;
        let person = format!("/v1/users/{}", agent.user);
        let stolen = json!({ "reason": "the phone was stolen", "compromise": true });
        let reset = visit.versioned(&owner, "POST", &format!("{person}/reset-two-factor"), &person, stolen).await?;
        ensure!(reset.status == 200, "{} {}", reset.gist(), reset.body);
        let seen = visit.grant(&owner, "GET", &format!("{person}/enrolment"), Value::Null).await?;
        ensure!(in_the_way(&seen) == ["ticket_needed"] && seen["takes"] == "ticket", "{seen}");

        // A customer of the account now, of whom a second factor is required: no ticket, and no mailbox yet.
        visit.grant(&owner, "POST", &format!("{person}/role"), json!({ "role": "end_user" })).await?;
        let tickets = format!("{person}/enrolment-tickets");
        code(&visit.ask(&owner, "POST", &tickets, json!({ "reason": "so nice" })).await?, "403 forbidden")?;
        let entered = visit.sign_in(&mut agent).await?;
        ensure!(entered["result"] == "enrol", "they can do nothing but enrol: {entered}");
        let rename = visit.ask(&agent, "PATCH", "/v1/users/me", json!({ "name": "Somebody" })).await?;
        code(&rename, "403 enrol_first")?;
        let bare = visit.ask(&agent, "POST", "/v1/users/me/factors", json!({ "name": "Phone" })).await?;
        code(&bare, "409 compromise_fresh")?;
        let mine = visit.grant(&agent, "GET", "/v1/users/me/enrolment", Value::Null).await?;
        ensure!(in_the_way(&mine) == ["compromise_fresh"], "{mine}");
        ensure!(mine["may_enrol"] == false && mine["must_enrol"] == true, "{mine}");
        ensure!(mine["takes"] == "mailed_code", "and after the wait: {mine}");

        // The wait is over by time alone; the list says so, and the mailed code binds.
        town.wait(Span::hours(72));
        visit.sign_in(&mut owner).await?;
        let seen = visit.grant(&owner, "GET", &format!("{person}/enrolment"), Value::Null).await?;
        ensure!(seen["may_enrol"] == true && in_the_way(&seen).is_empty(), "{seen}");
        let entered = visit.sign_in(&mut agent).await?;
        ensure!(entered["result"] == "enrol", "{entered}");
        let started = visit.grant(&agent, "POST", "/v1/users/me/factors", json!({ "name": "Phone" })).await?;
        let phone = Authenticator::scan(&text(&started, "/uri")?)?;
        town.never_in_log(&phone.secret);
        let confirm = format!("/v1/users/me/factors/{}/confirm", text(&started, "/id")?);
        let alone = visit.ask(&agent, "POST", &confirm, json!({ "otp": phone.code(town.now()) })).await?;
        ensure!(alone.status.is_client_error(), "never on the password alone: {} {}", alone.gist(), alone.body);
        let mailed = town.mailed_code(agent.user).await?;
        let both = json!({ "otp": phone.code(town.now()), "mailed_code": mailed });
        let bound = visit.grant(&agent, "POST", &confirm, both).await?;
        for code in bound["recovery_codes"].as_array().into_iter().flatten() {
            town.never_in_log(code.as_str().unwrap_or_default());
        }
        town.never_in_log(text(&bound, "/session/token")?);
        agent.phone = Some(phone);
        agent.browser.session = None;
        let entered = visit.sign_in(&mut agent).await?;
        ensure!(entered["result"] == "challenge", "they are back: {entered}");
        Ok(())
    }

    /// Rules: H1, D1.
    async fn while_the_account_is_off_nobody_comes_along_with_a_factor(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let off = visit.throw(&owner, "disable").await?;
        ensure!(off.status == 200, "{} {}", off.gist(), off.body);
        owner.phone = None;
        town.wait(Span::minutes(1));
        visit.sign_in(&mut owner).await?;
        let seed = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
        town.never_in_log(seed);
        let table = |factor: &str| {
            format!("name,email,role,otp_uri\nBare,bare@laputa.example,end_user,\nHeld,held@laputa.example,end_user,{factor}\n")
        };
        let with = table(&format!("otpauth://totp/x?secret={seed}"));
        let before = (town.log().await?.len(), here(&town).await?);
        let refused = visit.import(&owner, &with).await?;
        ensure!(refused.status == 409, "{} {}", refused.gist(), refused.body);
        code(&refused, "409 enrolment_closed")?;
        ensure!(before == (town.log().await?.len(), here(&town).await?), "nothing of the table is there");
        // Without the factor both come in, and on again nobody has one.
        let done = visit.import(&owner, &table("")).await?;
        ensure!(done.body["created"] == 2, "{}", done.body);
        let on = visit.throw(&owner, "enable").await?;
        ensure!(on.status == 200, "{} {}", on.gist(), on.body);
        visit.sign_in(&mut owner).await?;
        owner.enrol(&town, town.here()).await?;
        let again = visit.import(&owner, &with).await?;
        ensure!(again.body["existing"] == 2 && again.body["created"] == 0, "{}", again.body);
        ensure!(town.count("FactorClaimed").await? == 0, "whoever is here is left as they are");
        Ok(())
    }

    /// Rules: D1, P9, C4.
    async fn a_disable_counts_nobody_whose_reset_fell_due_before_it_written_or_not(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let lost = owner.welcome_enrolled(&town, Role::EndUser).await?;
        owner.welcome_enrolled(&town, Role::EndUser).await?;
        visit.freshen(&mut owner).await?;
        let of = format!("/v1/users/{}", lost.user);
        let reset = json!({ "reason": "lost the phone" });
        let reset = visit.versioned(&owner, "POST", &format!("{of}/reset-two-factor"), &of, reset).await?;
        ensure!(reset.status.is_success(), "{} {}", reset.gist(), reset.body);
        town.wait(Span::hours(73));
        owner.sign_in(&town, town.here()).await?;
        visit.freshen(&mut owner).await?;
        ensure!(town.count("TwoFactorReset").await? == 0, "it fell due, and nobody wrote it");
        let off = visit.throw(&owner, "disable").await?;
        ensure!(off.status == 200, "{} {}", off.gist(), off.body);
        let events = town.log().await?.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
        let told: Vec<String> = events
            .iter()
            .filter_map(|fact| match &fact.event {
                Event::User(user, UserEvent::TwoFactorReset { cause, .. }) if *user == lost.user => {
                    Some(matches!(cause, ResetCause::AfterWait { .. } | ResetCause::StaffAfterWait { .. }).to_string())
                }
                Event::Account(AccountEvent::AccountTwoFactorDisabled { people, .. }) => Some(people.to_string()),
                _ => None,
            })
            .collect();
        ensure!(told == ["true", "2"], "their own reset, then two people's: {told:?}");
        let projector = Projector::install(town.here().store().clone(), all()).await?;
        ResetFanOut::new(town.here().clone(), projector).finish().await?;
        ensure!(town.count("TwoFactorReset").await? == 3, "each once");
        Ok(())
    }

    /// Rules: H1.
    async fn an_import_that_is_cut_short_says_of_each_row_what_became_of_it(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let before = here(&town).await?;

        // What a table says twice is said before anybody is registered.
        let head = "name,email,role,provider,provider_subject\n";
        let one = format!("{head}One,one@laputa.example,end_user,google,g-1\n");
        let flawed = visit.import(&owner, &format!("{one}Two,two@laputa.example,end_user,google,g-1\n")).await?;
        code(&flawed, "422 invalid_fields")?;
        ensure!(flawed.body["errors"][0]["pointer"] == "/3/provider_subject", "{}", flawed.body);
        ensure!(here(&town).await? == before, "nobody so far");
        // A row that cannot be leaves nothing of itself, and the others come in.
        ensure!(visit.import(&owner, &one).await?.body["created"] == 1);
        let taken = format!("{head}Zero,zero@laputa.example,end_user,google,g-0\nTwo,two@laputa.example,end_user,google,g-1\nThree,three@laputa.example,end_user,google,g-3\n");
        let done = visit.import(&owner, &taken).await?;
        let became = |n: usize| done.body["results"][n]["result"].as_str().unwrap_or_default();
        ensure!([became(0), became(1), became(2)] == ["created", "failed", "created"], "{}", done.body);
        ensure!(here(&town).await? == before + 3);
        let other = format!("{head}Two,two@laputa.example,end_user,google,g-2\n");
        ensure!(visit.import(&owner, &other).await?.body["created"] == 1, "their address is free");

        // Whoever imports is signed out in the middle: what is there is what the answer says, to a row.
        let before = here(&town).await?;
        let mut table = "name,email,role,provider,provider_subject\n".to_owned();
        for n in 0..MANY {
            writeln!(table, "Person {n},many{n}@laputa.example,end_user,google,many-{n}")?;
        }
        let out = async {
            while here(&town).await? == before {
                tokio::task::yield_now().await;
            }
            visit.ask(&owner, "POST", "/v1/sign-out", Value::Null).await
        };
        let (done, out) = tokio::join!(visit.import(&owner, &table), out);
        let (done, out) = (done?, out?);
        ensure!(out.status.is_success(), "{} {}", out.gist(), out.body);
        ensure!(done.status == 200, "{} {}", done.gist(), done.body);
        let there = here(&town).await? - before;
        eprintln!("{there} of {MANY} people were registered before the session ended");
        ensure!(done.body["created"] == there && done.body["failed"] == MANY as u64 - there, "{}", done.body["failed"]);
        let rows = done.body["results"].as_array().context("a row each")?;
        ensure!(rows.len() == MANY, "{} rows", rows.len());
        for row in rows.iter().filter(|row| row["result"] == "created") {
            let user = row["user"].as_str().context("a user")?.parse()?;
            let found = town.here().log().users.load(StreamId::user(town.account, user)).await?;
            ensure!(found.state.who().is_some(), "{row} is there");
        }
        ensure!(rows.iter().all(|row| row["result"] == "created" || row["why"].is_string()), "each says why");
        Ok(())
    }
}
