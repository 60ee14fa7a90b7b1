//! What a way back in does not rest on: an address that moved, a code that its issuer saw unasked, or whoever is
//! quickest.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_projections::all;
use twofold_projections::projector::Projector;
use twofold_projections::reset_fanout::ResetFanOut;
use twofold_tests::person::Person;
use twofold_tests::race;
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::super::visit::Visit;
use super::{Scene, request, text};

/// Moves somebody's address, as they do it themselves.
async fn moves(town: &Town, scene: &Scene<'_>, who: &mut Person, new: &str) -> Result<()> {
    town.never_in_log(new);
    town.letters(who.user).await?;
    let asked = scene.post(who, "/v1/users/me/email-change", json!({ "email": new })).await?;
    ensure!(asked.gist() == "202", "{} {}", asked.gist(), asked.body);
    let letters = town.letters(who.user).await?;
    let there = letters.iter().filter(|letter| letter.to.as_str() == new);
    let mut words = there.flat_map(|letter| letter.body.split_whitespace());
    let link = words.find(|word| word.contains("/email/")).context("a letter with a link")?;
    let token = link.rsplit('/').next().unwrap_or_default();
    town.never_in_log(token);
    let body = json!({ "token": token });
    let moved = scene.doors.ask(request("POST", "/v1/email-changes", &[], &body)?).await?;
    ensure!(moved.gist() == "200", "{} {}", moved.gist(), moved.body);
    new.clone_into(&mut who.email);
    Ok(())
}

stories! {
    /// Rules: C4, C3, H3.
    async fn for_three_days_after_a_change_of_address_nothing_begins_and_a_link_goes_to_the_one_before(town) {
        let mut owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let scene = Scene::of(&town).await?;
        let before = agent.email.clone();
        moves(&town, &scene, &mut customer, "customer@blefuscu.example").await?;
        moves(&town, &scene, &mut agent, "agent@blefuscu.example").await?;

        let at = scene.stuck(&mut customer).await?;
        let refused = scene.at_the_door(&at, "recovery", json!({})).await?;
        ensure!(refused.gist() == "409 recovery_refused", "{}", refused.gist());
        ensure!(refused.body["reason"] == "address_changed", "{}", refused.body);
        // Nor by staff, whose reset waits as well.
        owner.step_up(&town, town.here()).await?;
        town.letters(agent.user).await?;
        let granted = scene.grant(&owner, &agent).await?;
        ensure!(granted.gist() == "201", "{} {}", granted.gist(), granted.body);
        let letters = town.letters(agent.user).await?;
        let links: Vec<_> = letters.iter().filter(|letter| letter.body.contains("/recover/")).collect();
        ensure!(links.len() == 1 && links[0].to.as_str() == before, "to the address before, and to no other");

        town.wait(Span::hours(72));
        let case = scene.waits(&mut customer).await?;
        owner.sign_in(&town, town.here()).await?;
        ensure!(scene.case(&owner, &case).await?["stage"] == "waiting");
        // And one that moves while it waits ends the wait.
        customer.sign_in(&town, town.here()).await?;
        ensure!(scene.case(&owner, &case).await?["stopped"] == "factor", "they have their phone after all");
        let case = scene.waits(&mut customer).await?;
        moves(&town, &scene, &mut customer, "again@blefuscu.example").await?;
        ensure!(scene.case(&owner, &case).await?["stopped"] == "address");
        Ok(())
    }

    /// Rules: C3.
    async fn who_grants_a_code_sees_it_only_where_the_account_says_so(town) {
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let scene = Scene::of(&town).await?;
        let visit = Visit::open(&town).await?;
        owner.step_up(&town, town.here()).await?;
        let path = format!("/v1/users/{}/recovery-grants", agent.user);
        let to_me = || json!({ "reason": "on the phone with him", "show_code": true });
        ensure!(scene.post(&owner, &path, to_me()).await?.gist() == "409 issuer_may_not_see");
        ensure!(town.count("RecoveryGranted").await? == 0);

        let governance = format!("/v1/accounts/{}/governance", town.account);
        let seen = json!({
            "admins_may_switch": false, "dual_control": null, "team_may_waive_both": false,
            "issuers_see_codes": true,
        });
        let saved = visit.put(&owner, &governance, seen).await?;
        ensure!(saved.status.is_success(), "{} {}", saved.gist(), saved.body);
        town.letters(agent.user).await?;
        let granted = scene.post(&owner, &path, to_me()).await?;
        let code = text(&granted, "/code")?;
        town.never_in_log(code.clone());
        let case = text(&granted, "/case")?;
        let letters = town.letters(agent.user).await?;
        ensure!(letters.iter().any(|letter| letter.subject.contains("can let you in")), "they are told");
        ensure!(letters.iter().all(|letter| !letter.body.contains(&code)), "and not the code");
        ensure!(scene.case(&owner, &case).await?["issuer_saw"] == true, "the case says so");
        let at = scene.stuck(&mut agent).await?;
        let proved = scene.at_the_door(&at, "proofs", json!({ "recovery_code": code })).await?;
        ensure!(text(&proved, "/session/method")? == "recovery_grant", "{}", proved.body);
        Ok(())
    }

    /// Rules: C4, C5.
    async fn of_sixty_four_who_plead_or_show_the_code_at_once_one_case_comes_and_one_mail(town) {
        let owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let scene = Scene::of(&town).await?;
        let at = scene.stuck(&mut customer).await?;
        town.letters(customer.user).await?;
        let all = async |what: &'static str, body: serde_json::Value| {
            let answers = race::at_once(64, |_| {
                let (doors, at, body) = (Arc::clone(&scene.doors), at.clone(), body.clone());
                async move {
                    let path = format!("/v1/sign-ins/{}/{what}", at.sign_in);
                    doors.ask(request("POST", &path, &[("twofold-device", &at.device)], &body)?).await
                }
            }).await?;
            answers.into_iter().collect::<Result<Vec<_>>>()
        };
        let before = town.count("MailedCodeIssued").await?;
        let asked = all("recovery", json!({})).await?;
        let mailed = asked.iter().filter(|answer| answer.gist() == "202").count();
        ensure!(asked.iter().all(|a| ["202", "429 mail_later"].contains(&a.gist().as_str())), "one a minute");
        let issued = town.count("MailedCodeIssued").await? - before;
        ensure!((mailed, issued) == (1, 1), "{mailed} were told that one was mailed, {issued} were");
        let code = town.mailed_code(customer.user).await?;
        let begun = all("recovery/confirm", json!({ "mailed_code": code })).await?;
        let waits = begun.iter().filter(|answer| answer.gist() == "202").count();
        ensure!(begun.iter().all(|answer| !answer.status.is_server_error()), "no race is an error of ours");
        ensure!(waits == 1, "{waits} began");
        ensure!(town.count("TwoFactorResetScheduled").await? == 1 && town.count("RecoveryRequested").await? == 1);
        Ok(())
    }

    /// What a wait brings about is told from its very instant on, and the writing of it changes nothing but its number.
    ///
    /// Rules: S3, C5.
    async fn a_reset_that_fell_due_is_told_before_anybody_wrote_it_and_the_same_after(town) {
        let mut owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let scene = Scene::of(&town).await?;
        let case = scene.waits(&mut customer).await?;
        let due = scene.case(&owner, &case).await?["due_at"].clone();
        let told = async |owner: &Person| -> Result<(Value, Value)> {
            let report = scene.get(owner, "/v1/reports/resets").await?;
            ensure!(report.status.is_success(), "{} {}", report.status, report.body);
            let told = scene.case(owner, &case).await?;
            Ok((report.body["resets"].clone(), json!([told["stage"], told["reset_at"]])))
        };
        town.wait(Span::hours(71));
        owner.sign_in(&town, town.here()).await?;
        let before = told(&owner).await?;
        ensure!(before == (json!([]), json!(["waiting", null])), "an hour before: {before:?}");
        town.wait(Span::hours(2));
        owner.sign_in(&town, town.here()).await?;
        let (rows, stands) = told(&owner).await?;
        ensure!(stands == json!(["open", due]), "{stands}");
        ensure!(rows[0]["at"] == due && rows[0]["written"].is_null(), "told, and not written: {rows}");

        let projector = Projector::install(town.here().store().clone(), all()).await?;
        projector.catch_up().await?;
        ResetFanOut::new(town.here().clone(), projector).write_due().await?;
        ensure!(town.count("TwoFactorReset").await? == 1);
        let (written, stands) = told(&owner).await?;
        ensure!(stands == json!(["open", due]), "{stands}");
        ensure!(written[0]["written"].is_u64(), "{written}");
        let mut unwritten = written.clone();
        unwritten[0]["written"] = Value::Null;
        ensure!(unwritten == rows, "{written} {rows}");
        Ok(())
    }
}
