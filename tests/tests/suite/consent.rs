//! Acts that take two, over HTTP and with their mail read: approved, refused, left alone; waited for by an
//! owner who is alone; ownership handed over, an account closed, and its switch thrown by those who may.

mod closing;
mod identity;
mod switch;
mod unmaking;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::person::Person;
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::visit::{Visit, code, text};

/// A second owner, made in the only way there is where one owner is alone; both have just signed in.
async fn two_owners(town: &Town, visit: &Visit<'_>) -> Result<[Person; 2]> {
    let mut owner = town.owner().await?;
    let mut second = owner.welcome_enrolled(town, Role::Admin).await?;
    let why = json!({ "reason": "we agreed on it" });
    let path = format!("/v1/users/{}/make-owner", second.user);
    let approval = waits(&visit.ask(&owner, "POST", &path, why).await?)?;
    town.wait(Span::hours(72));
    visit.sign_in(&mut owner).await?;
    visit.grant(&owner, "POST", &format!("/v1/approvals/{approval}/carry-out"), json!({})).await?;
    second.role = Role::Owner;
    visit.sign_in(&mut second).await?;
    Ok([owner, second])
}

/// The request that an answer says it waits as.
fn waits(answer: &twofold_tests::doors::Answer) -> Result<String> {
    ensure!(answer.status == 202, "it waits: {} {}", answer.gist(), answer.body);
    text(&answer.body, "/approval/id")
}

stories! {
    /// Rules: D2.
    async fn a_second_owner_approves_refuses_or_lets_a_request_run_out(town) {
        let visit = Visit::open(&town).await?;
        let [mut owner, mut second] = two_owners(&town, &visit).await?;
        let admin = owner.welcome_enrolled(&town, Role::Admin).await?;
        town.letters(owner.user).await?;
        let use_it = |approval: &str, verb: &str| format!("/v1/approvals/{approval}/{verb}");
        let state = async |who: &Person| -> Result<String> {
            let path = format!("/v1/accounts/{}", town.account);
            text(&visit.grant(who, "GET", &path, Value::Null).await?, "/two_factor/state")
        };

        // Asked for and approved.
        let approval = waits(&visit.throw(&owner, "suspend").await?)?;
        visit.told(&second, "waits for your approval", "suspend two-factor authentication").await?;
        ensure!(state(&owner).await? == "on", "nothing happened yet");
        let listed = visit.grant(&admin, "GET", "/v1/approvals", Value::Null).await?;
        let shown = &listed["approvals"][0];
        ensure!(shown["id"] == approval.as_str() && shown["act"] == "suspend", "{listed}");
        ensure!(shown["reason"] == "because the story needs it" && shown["stands"] == true, "{listed}");
        ensure!(shown["requested_by"] == owner.user.to_string() && shown["matures_at"].is_null(), "{listed}");
        code(&visit.ask(&owner, "POST", &use_it(&approval, "approve"), json!({})).await?, "409 another_owner_needed")?;
        code(&visit.ask(&owner, "POST", &use_it(&approval, "carry-out"), json!({})).await?, "409 another_owner_needed")?;
        code(&visit.ask(&admin, "POST", &use_it(&approval, "approve"), json!({})).await?, "403 forbidden")?;
        visit.grant(&second, "POST", &use_it(&approval, "approve"), json!({})).await?;
        ensure!(state(&second).await? == "suspended", "approved, it is done");
        visit.told(&owner, "was carried out", "suspend two-factor authentication").await?;
        code(&visit.ask(&second, "POST", &use_it(&approval, "approve"), json!({})).await?, "404 not_found")?;
        visit.freshen(&mut owner).await?;
        let resumed = visit.throw(&owner, "resume").await?;
        ensure!(resumed.status == 200, "switching it on takes nobody else: {} {}", resumed.gist(), resumed.body);

        // Asked for and refused.
        let approval = waits(&visit.throw(&owner, "suspend").await?)?;
        code(&visit.throw(&owner, "suspend").await?, "409 already_requested")?;
        visit.grant(&second, "POST", &use_it(&approval, "cancel"), json!({})).await?;
        visit.told(&owner, "your request was cancelled", "nothing happened").await?;
        visit.freshen(&mut second).await?;
        code(&visit.ask(&second, "POST", &use_it(&approval, "approve"), json!({})).await?, "404 not_found")?;

        // Asked for and left alone: nobody's approval comes after a week.
        let approval = waits(&visit.throw(&owner, "suspend").await?)?;
        town.wait(Span::days(7));
        visit.sign_in(&mut second).await?;
        code(&visit.ask(&second, "POST", &use_it(&approval, "approve"), json!({})).await?, "404 not_found")?;
        let listed = visit.grant(&second, "GET", "/v1/approvals", Value::Null).await?;
        ensure!(listed["approvals"] == json!([]), "nothing waits any more: {listed}");
        ensure!(state(&second).await? == "on", "and nothing happened");
        ensure!(town.count("AccountTwoFactorSuspended").await? == 1, "once, when both agreed");
        Ok(())
    }

    /// Rules: D2.
    async fn nobody_becomes_an_owner_but_by_an_approved_act(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let admin = owner.welcome_enrolled(&town, Role::Admin).await?;
        let newcomer = json!({ "name": "Two", "email": "two@lilliput.example", "role": "owner" });
        code(&visit.ask(&owner, "POST", "/v1/users", newcomer).await?, "403 forbidden")?;
        let role = format!("/v1/users/{}/role", admin.user);
        code(&visit.ask(&owner, "POST", &role, json!({ "role": "owner" })).await?, "409 takes_two")?;
        let table = "name,email,role\nTwo,two@lilliput.example,owner\n";
        let imported = visit.import(&owner, table).await?;
        code(&imported, "422 invalid_fields")?;
        ensure!(imported.body["errors"][0]["pointer"] == "/2/role", "{}", imported.body);
        let edited = json!({ "role": "owner" });
        let path = format!("/v1/users/{}", admin.user);
        code(&visit.ask(&owner, "PATCH", &path, edited).await?, "422 invalid_fields")?;
        ensure!(town.count("UserRegistered").await? == 2, "the first owner, and the admin");
        ensure!(town.count("RoleChanged").await? == 0);
        Ok(())
    }

    /// Rules: D2.
    async fn an_owner_alone_waits_three_days_in_which_the_team_hears_of_it_and_can_stop_it(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut team = vec![];
        for role in [Role::Admin, Role::Agent, Role::Auditor, Role::EndUser] {
            team.push(owner.welcome_enrolled(&town, role).await?);
        }
        let candidate = owner.welcome_enrolled(&town, Role::Admin).await?;
        for person in team.iter().chain([&owner, &candidate]) {
            town.letters(person.user).await?;
        }
        let path = format!("/v1/users/{}/make-owner", candidate.user);
        let ask = || visit.ask(&owner, "POST", &path, json!({ "reason": "two are better than one" }));
        let asked = ask().await?;
        let approval = waits(&asked)?;
        let ripe = town.now() + Span::hours(72);
        ensure!(asked.body["approval"]["matures_at"] == ripe.to_string(), "{}", asked.body);
        // Whoever asked reads of it, too: it may have been a thief in their session.
        for person in team.iter().filter(|person| person.role != Role::EndUser).chain([&candidate, &owner]) {
            visit.told(person, "unless it is cancelled", "make somebody an owner").await?;
        }
        for person in team.iter().filter(|person| person.role == Role::EndUser) {
            ensure!(town.letters(person.user).await?.is_empty(), "{:?} need not know", person.role);
        }
        // Whoever has no say cannot stop it; an admin can.
        let cancel = format!("/v1/approvals/{approval}/cancel");
        code(&visit.ask(&team[1], "POST", &cancel, json!({})).await?, "403 forbidden")?;
        visit.grant(&team[0], "POST", &cancel, json!({})).await?;
        visit.told(&owner, "your request was cancelled", "make somebody an owner").await?;
        town.wait(Span::hours(72));
        visit.sign_in(&mut owner).await?;
        let carry_out = format!("/v1/approvals/{approval}/carry-out");
        code(&visit.ask(&owner, "POST", &carry_out, json!({})).await?, "404 not_found")?;

        // Nobody objects: not a second before its time, and then by whoever asked for it.
        let approval = waits(&visit.ask(&owner, "POST", &path, json!({ "reason": "as before" })).await?)?;
        let carry_out = format!("/v1/approvals/{approval}/carry-out");
        let ripe = town.now() + Span::hours(72);
        town.time.set(ripe - Span::minutes(1));
        visit.sign_in(&mut owner).await?;
        town.time.set(ripe - Span::seconds(1));
        code(&visit.ask(&owner, "POST", &carry_out, json!({})).await?, "409 not_due")?;
        town.time.set(ripe);
        visit.grant(&owner, "POST", &carry_out, json!({})).await?;
        visit.told(&candidate, "Your role", "").await?;
        ensure!(town.count("RoleChanged").await? == 1);
        Ok(())
    }

    /// Rules: H4.
    async fn ownership_is_handed_over_and_both_come_in_anew_with_their_new_roles(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut heir = owner.welcome_enrolled(&town, Role::Agent).await?;
        let path = format!("/v1/users/{}/transfer-ownership", heir.user);
        let approval = waits(&visit.ask(&owner, "POST", &path, json!({ "reason": "I retire" })).await?)?;
        visit.told(&heir, "unless it is cancelled", "hand ownership over").await?;
        let carry_out = format!("/v1/approvals/{approval}/carry-out");
        code(&visit.ask(&owner, "POST", &carry_out, json!({})).await?, "409 not_due")?;
        town.wait(Span::hours(72));
        visit.sign_in(&mut owner).await?;
        visit.sign_in(&mut heir).await?;
        visit.grant(&owner, "POST", &carry_out, json!({})).await?;
        for (person, role) in [(&mut owner, "admin"), (&mut heir, "owner")] {
            visit.out(person).await?;
            visit.told(person, "role", "").await?;
            visit.sign_in(person).await?;
            let me = visit.grant(person, "GET", "/v1/me", Value::Null).await?;
            ensure!(me["role"] == role, "{me}");
        }
        let governance = format!("/v1/accounts/{}/governance", town.account);
        let open = json!({ "admins_may_switch": true, "dual_control": null, "team_may_waive_both": false });
        code(&visit.put(&owner, &governance, open.clone()).await?, "403 forbidden")?;
        let governed = visit.put(&heir, &governance, open).await?;
        ensure!(governed.status == 200, "{} {}", governed.gist(), governed.body);
        Ok(())
    }
}
