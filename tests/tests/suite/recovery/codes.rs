//! The ten recovery codes used up, one after another, and how each comes back then: a member of the team, an end
//! user, the sole owner, and an owner among owners.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::person::Person;
use twofold_tests::stories;

use super::{Scene, text};

/// Signs in with each of their codes, and reads what they are told; then nothing is left to show.
async fn use_up(scene: &Scene<'_>, who: &mut Person) -> Result<()> {
    let town = scene.town;
    ensure!(who.codes.len() == 10, "ten of them");
    who.browser.session = None;
    for (used, code) in who.codes.clone().iter().enumerate() {
        town.letters(who.user).await?;
        let at = scene.stuck(who).await?;
        let proved = scene.at_the_door(&at, "proofs", json!({ "recovery_code": code })).await?;
        ensure!(proved.status.is_success(), "code {used}: {} {}", proved.status, proved.body);
        ensure!(text(&proved, "/session/method")? == "recovery_code", "{}", proved.body);
        let subject = match 9 - used {
            0 => "The last recovery code",
            3 => "Few recovery codes",
            _ => "A recovery code was used",
        };
        let letters = town.letters(who.user).await?;
        ensure!(letters.iter().any(|letter| letter.subject.contains(subject)), "{used}: {subject}");
    }
    ensure!(town.count("RecoveryCodesLow").await? == 1, "low, once");
    ensure!(town.count("RecoveryCodesExhausted").await? == 1, "exhausted, once");

    // None of them opens anything again, and the challenge offers none.
    let answer = scene.sign_in(who).await?;
    let methods = answer.body["methods"].as_array().cloned().unwrap_or_default();
    ensure!(!methods.contains(&json!("recovery_code")), "{}", answer.body);
    let at = super::Waiting { sign_in: text(&answer, "/sign_in")?, device: text(&answer, "/device_token")? };
    let again = scene.at_the_door(&at, "proofs", json!({ "recovery_code": who.codes[0] })).await?;
    ensure!(again.gist() == "401 proof_rejected" && again.body["reason"] == "replayed", "{}", again.body);
    Ok(())
}

/// The wait is over: another factor is bound, and it brings ten codes.
async fn after_the_wait(scene: &Scene<'_>, who: &mut Person, case: &str, route: &str) -> Result<()> {
    let town = scene.town;
    scene.sign_in(who).await?;
    town.letters(who.user).await?;
    scene.bind(who).await?;
    let closed = scene.case(who, case).await;
    // Whoever may not read cases reads their own state.
    if let Ok(closed) = closed {
        ensure!(closed["stage"] == "completed" && closed["route"] == route, "{closed}");
    }
    let me = scene.get(who, "/v1/users/me").await?;
    ensure!(me.body["state"] == "enabled" && me.body["recovery_codes_left"] == 10, "{}", me.body);
    Ok(())
}

stories! {
    /// Rules: C1, C3.
    async fn a_member_of_the_team_uses_up_ten_codes_and_is_let_in_by_an_owner(town) {
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let scene = Scene::of(&town).await?;
        use_up(&scene, &mut agent).await?;
        let at = scene.stuck(&mut agent).await?;
        ensure!(scene.at_the_door(&at, "recovery", json!({})).await?.gist() == "409 ask_your_team");
        owner.step_up(&town, town.here()).await?;
        let granted = scene.grant(&owner, &agent).await?;
        ensure!(granted.gist() == "201", "{}", granted.body);
        let case = text(&granted, "/case")?;
        let shown = scene.redeem(&scene.link(&agent).await?).await?;
        let code = text(&shown, "/code")?;
        town.never_in_log(code.clone());
        let proved = scene.at_the_door(&at, "proofs", json!({ "recovery_code": code })).await?;
        ensure!(proved.status.is_success(), "{} {}", proved.status, proved.body);
        agent.browser.session = Some(text(&proved, "/session/token")?);
        town.letters(agent.user).await?;
        scene.bind(&mut agent).await?;
        let closed = scene.case(&owner, &case).await?;
        ensure!(closed["stage"] == "completed" && closed["route"] == "grant", "{closed}");
        Ok(())
    }

    /// Rules: C1, C4.
    async fn an_end_user_uses_up_ten_codes_and_waits_three_days(town) {
        let owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let scene = Scene::of(&town).await?;
        use_up(&scene, &mut customer).await?;
        let case = scene.waits(&mut customer).await?;
        town.wait(Span::hours(71));
        scene.stuck(&mut customer).await?;
        town.wait(Span::hours(1));
        after_the_wait(&scene, &mut customer, &case, "mailbox").await
    }

    /// Rules: C1, C9.
    async fn the_sole_owner_uses_up_ten_codes_and_waits_three_days(town) {
        let mut owner = town.owner().await?;
        owner.welcome(&town, Role::Agent).await?;
        let scene = Scene::of(&town).await?;
        use_up(&scene, &mut owner).await?;
        let case = scene.waits(&mut owner).await?;
        town.wait(Span::hours(71));
        scene.stuck(&mut owner).await?;
        town.wait(Span::hours(1));
        after_the_wait(&scene, &mut owner, &case, "owner").await
    }

    /// Whom fellow owners could help at once waits longer, and comes back where they are lost, too.
    ///
    /// Rules: C9.
    async fn an_owner_among_owners_waits_seven_days(town) {
        let mut owner = town.owner().await?;
        let fellow = owner.welcome_enrolled(&town, Role::Admin).await?;
        owner.make_owner(&town, fellow.user).await?;
        let scene = Scene::of(&town).await?;
        let case = scene.waits(&mut owner).await?;
        town.wait(Span::hours(7 * 24 - 1));
        scene.stuck(&mut owner).await?;
        town.wait(Span::hours(1));
        after_the_wait(&scene, &mut owner, &case, "owner").await
    }

    /// Rules: C3.
    async fn an_owner_is_granted_a_code_by_two_others_and_nobody_but_them_sees_it(town) {
        let mut owner = town.owner().await?;
        let mut second = owner.welcome_enrolled(&town, Role::Admin).await?;
        owner.make_owner(&town, second.user).await?;
        let mut third = owner.welcome_enrolled(&town, Role::Admin).await?;
        let scene = Scene::of(&town).await?;
        // With two owners the third is made with both of them.
        second.sign_in(&town, town.here()).await?;
        owner.sign_in(&town, town.here()).await?;
        let make = format!("/v1/users/{}/make-owner", third.user);
        let asked = scene.post(&owner, &make, json!({ "reason": "three of us" })).await?;
        let approval = text(&asked, "/approval/id")?;
        let approved = scene.post(&second, &format!("/v1/approvals/{approval}/approve"), json!({})).await?;
        ensure!(approved.status.is_success(), "{} {}", approved.status, approved.body);

        third.sign_in(&town, town.here()).await?;
        owner.step_up(&town, town.here()).await?;
        let to_me = json!({ "reason": "on the phone with her", "show_code": true });
        let path = format!("/v1/users/{}/recovery-grants", third.user);
        ensure!(scene.post(&owner, &path, to_me).await?.gist() == "409 issuer_may_not_see", "an owner's, never");
        town.letters(third.user).await?;
        let withdrawn = text(&scene.grant(&owner, &third).await?, "/approval/id")?;
        let withdraw = format!("/v1/approvals/{withdrawn}/cancel");
        let answer = scene.post(&second, &withdraw, json!({})).await?;
        ensure!(answer.status.is_success(), "{} {}", answer.status, answer.body);
        let stages = async || -> Result<Vec<(String, Value)>> {
            let listed = scene.get(&owner, "/v1/recovery-cases").await?.body;
            let cases = listed["cases"].as_array().context("cases")?;
            Ok(cases.iter().map(|case| (format!("{} {}", case["stage"], case["stopped_by"]), case["asked_at"].clone())).collect())
        };
        let asked = scene.grant(&owner, &third).await?;
        ensure!(asked.gist() == "202" && asked.body.get("code").is_none(), "{} {}", asked.gist(), asked.body);
        let cases = stages().await?;
        let [(open, asked_at), (stopped, _)] = cases.as_slice() else { anyhow::bail!("{cases:?}") };
        ensure!(open == "\"requested\" null", "one that waits for a second owner is a case: {open}");
        ensure!(*stopped == format!("\"stopped\" \"{}\"", second.user), "one that was refused, too: {stopped}");
        town.wait(Span::minutes(3));
        let approval = text(&asked, "/approval/id")?;
        let use_it = format!("/v1/approvals/{approval}/approve");
        let own = scene.post(&owner, &use_it, json!({})).await?;
        ensure!(own.gist() == "409 another_owner_needed", "who asked approves nothing: {}", own.gist());
        let hers = scene.post(&third, &use_it, json!({})).await?;
        ensure!(!hers.status.is_success(), "whom it is about approves nothing: {} {}", hers.status, hers.body);
        second.step_up(&town, town.here()).await?;
        let done = scene.post(&second, &use_it, json!({})).await?;
        ensure!(done.status.is_success(), "{} {}", done.status, done.body);

        let shown = scene.redeem(&scene.link(&third).await?).await?;
        let code = text(&shown, "/code")?;
        town.never_in_log(code.clone());
        let case = text(&shown, "/case")?;
        let at = scene.stuck(&mut third).await?;
        let proved = scene.at_the_door(&at, "proofs", json!({ "recovery_code": code })).await?;
        ensure!(proved.status.is_success(), "{} {}", proved.status, proved.body);
        third.browser.session = Some(text(&proved, "/session/token")?);
        town.letters(third.user).await?;
        scene.bind(&mut third).await?;
        let closed: Value = scene.case(&owner, &case).await?;
        ensure!(closed["stage"] == "completed" && closed["issuer_saw"] == false, "{closed}");
        ensure!(closed["asked_by"] == owner.user.to_string(), "{closed}");
        ensure!(closed["approved_by"] == second.user.to_string(), "{closed}");
        ensure!(closed["asked_at"] == *asked_at, "it began when it was asked for: {closed}");
        let chain = closed["chain"].as_array().context("a chain")?;
        let chain: Vec<&str> = chain.iter().filter_map(|entry| entry["type"].as_str()).collect();
        ensure!(chain.starts_with(&["ApprovalRequested", "ApprovalUsed", "RecoveryGranted"]), "{chain:?}");
        Ok(())
    }
}
