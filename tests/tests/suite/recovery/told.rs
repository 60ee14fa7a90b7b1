//! Cases as an administrator tells them: what the operator did under a grant, and a freeze with all that staff did
//! while it lasted.

use twofold_domain::policy::{Audience, AudiencePolicy};
use twofold_infra::acts::OperatorUnlock;
use twofold_infra::context::Actor;
use twofold_tests::person::{Browser, save_policies};

use super::*;
use crate::freeze::{freeze, link, send};
use crate::visit::Visit;

/// What happened in a case: each step's type, and how.
fn steps(case: &Value) -> Vec<String> {
    let step = |step: &Value| match step["how"].as_str() {
        Some(how) => format!("{} {how}", step["type"].as_str().unwrap_or_default()),
        None => step["type"].as_str().unwrap_or_default().to_owned(),
    };
    case["chain"].as_array().into_iter().flatten().map(step).collect()
}

async fn cases(scene: &Scene<'_>, by: &Person) -> Result<Vec<Value>> {
    let listed = scene.get(by, "/v1/recovery-cases").await?;
    ensure!(listed.status.is_success(), "{} {}", listed.gist(), listed.body);
    ensure!(listed.body["resets_without_case"] == json!([]), "{}", listed.body);
    Ok(listed.body["cases"].as_array().cloned().unwrap_or_default())
}

fn is(case: &Value, expected: &[(&str, Value)]) -> Result<()> {
    for (field, value) in expected {
        ensure!(case[field] == *value, "{field} is {}, not {value}: {case}", case[field]);
    }
    Ok(())
}

stories! {
    /// Rules: C5, C7.
    async fn what_the_operator_does_under_a_grant_is_a_case(town) {
        let scene = Scene::of(&town).await?;
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome(&town, Role::Agent).await?;
        let other = owner.welcome(&town, Role::Agent).await?;
        ensure!(cases(&scene, &owner).await?.is_empty(), "the first link of all is no way back");
        owner.step_up(&town, town.here()).await?;
        town.let_operator(&owner).await?;
        let let_by = json!(owner.user.to_string());
        let granted = town.now();

        // A link: made, used, and over.
        let made_at = town.wait(Span::minutes(1));
        let made = town.admin_link(town.here(), agent.user).await?;
        let [open] = &cases(&scene, &owner).await?[..] else { anyhow::bail!("one case") };
        is(open, &[
            ("user", json!(agent.user.to_string())),
            ("route", json!("operator")),
            ("stage", json!("granted")),
            ("asked_by", json!("operator")),
            ("approved_by", let_by.clone()),
            ("asked_at", json!(made_at.to_string())),
            ("expires_at", json!(made.expires_at.to_string())),
        ])?;
        let used_at = town.wait(Span::minutes(1));
        "a lamp for the harbour".clone_into(&mut agent.password);
        town.never_in_log(&agent.password);
        agent.redeem(&town, town.there(), &made.url).await?;
        let case = scene.case(&owner, open["case"].as_str().context("a case")?).await?;
        is(&case, &[
            ("stage", json!("completed")),
            ("renewed", json!("password")),
            ("used_at", json!(used_at.to_string())),
            ("completed_at", json!(used_at.to_string())),
        ])?;
        let expected = ["OperatorActed", "LinkIssued", "LinkRedeemed", "PasswordSet"];
        ensure!(steps(&case) == expected, "{:?}", steps(&case));

        // Another one gives way to the next, which ends with its grant.
        town.wait(Span::minutes(1));
        town.admin_link(town.here(), agent.user).await?;
        let again = town.wait(Span::minutes(1));
        town.admin_link(town.here(), agent.user).await?;
        let listed = cases(&scene, &owner).await?;
        is(&listed[1], &[("stage", json!("stopped")), ("stopped", json!("replaced"))])?;
        is(&listed[1], &[("stopped_at", json!(again.to_string()))])?;
        is(&listed[0], &[("stage", json!("granted")), ("renewed", Value::Null)])?;

        // Locks are lifted at once.
        let (circle, at) = (town.circle(town.here()).await?, town.wait(Span::minutes(1)));
        let act = OperatorUnlock { user: other.user, reason: "they called".into(), owners: circle.owners };
        town.there().perform(town.account, town.request_of(Actor::Operator), act).await?;
        let listed = cases(&scene, &owner).await?;
        is(&listed[0], &[
            ("user", json!(other.user.to_string())),
            ("stage", json!("completed")),
            ("renewed", json!("locks")),
            ("approved_by", let_by),
            ("completed_at", json!(at.to_string())),
        ])?;
        let case = scene.case(&owner, listed[0]["case"].as_str().context("a case")?).await?;
        ensure!(steps(&case) == ["OperatorActed", "Unlocked"], "{:?}", steps(&case));

        // A link that nobody used is flagged.
        town.time.set(granted + Span::hours(1));
        owner.sign_in(&town, town.here()).await?;
        let listed = cases(&scene, &owner).await?;
        is(&listed[1], &[("stage", json!("expired")), ("orphan", json!("never_used"))])?;
        ensure!(listed.len() == 4, "{listed:?}");
        Ok(())
    }

    /// Rules: C5, C6.
    async fn who_is_frozen_and_lost_their_factor_is_one_case(town) {
        let scene = Scene::of(&town).await?;
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        town.wait(Span::minutes(1));
        owner.sign_in(&town, town.here()).await?;
        owner.step_up(&town, town.here()).await?;
        ensure!(freeze(&scene.doors, &owner, &agent).await?.gist() == "200");
        let of = format!("/v1/users/{}", agent.user);
        let why = json!({ "reason": "the phone is gone too", "compromise": false });
        let reset = visit.versioned(&owner, "POST", &format!("{of}/reset-two-factor"), &of, why).await?;
        ensure!(reset.status.is_success(), "{} {}", reset.gist(), reset.body);
        town.wait(Span::minutes(1));
        let why = json!({ "reason": "stood before me" });
        visit.grant(&owner, "POST", &format!("{of}/unfreeze"), why).await?;
        let [frozen] = &cases(&scene, &owner).await?[..] else { anyhow::bail!("one case") };
        is(frozen, &[("route", json!("staff")), ("renewed", json!("second_factor"))])?;
        ensure!(frozen["stage"] == "frozen", "{frozen}");

        "the last of the herring".clone_into(&mut agent.password);
        town.never_in_log(&agent.password);
        let token = link(&town, &agent, "/thaw/").await?;
        let body = json!({ "token": token, "password": agent.password });
        let thawed = send(&scene.doors, None, "/v1/thaws", body).await?;
        ensure!(thawed.gist() == "200", "{} {}", thawed.gist(), thawed.body);
        let case = frozen["case"].as_str().context("a case")?;
        is(&scene.case(&owner, case).await?, &[("stage", json!("open")), ("completed_at", Value::Null)])?;

        // Back, and with another factor once their mailbox is in no doubt: what they bound is named.
        town.wait(Span::hours(73));
        owner.sign_in(&town, town.here()).await?;
        agent.browser = Browser::default();
        scene.sign_in(&mut agent).await?;
        scene.bind(&mut agent).await?;
        let told = scene.case(&owner, case).await?;
        ensure!(told["stage"] == "completed" && !told["completed_at"].is_null(), "{told}");
        let expected = [
            "UserFrozen staff",
            "TwoFactorReset",
            "ThawAllowed staff",
            "PasswordSet",
            "UserThawed allowed",
            "MailedCodeIssued",
            "FactorEnrolmentStarted totp",
            "MailedCodeAccepted",
            "FactorConfirmed",
            "RecoveryCompleted",
        ];
        ensure!(steps(&told) == expected, "{:?}", steps(&told));
        ensure!(cases(&scene, &owner).await?.len() == 1);
        Ok(())
    }

    /// Rules: C5, C8.
    async fn a_case_names_the_mailed_code_and_the_factor_that_was_bound(town) {
        let scene = Scene::of(&town).await?;
        let owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        customer.browser.session = None;
        let case = scene.waits(&mut customer).await?;
        let waits = scene.case(&owner, &case).await?;
        let begun = ["RecoveryRequested mailbox", "MailedCodeIssued", "MailedCodeAccepted", "TwoFactorResetScheduled"];
        ensure!(steps(&waits) == begun, "{:?}", steps(&waits));
        Ok(())
    }

    /// What the mail says of another factor is what the policy says of that person.
    ///
    /// Rules: C3.
    async fn a_grants_letter_asks_for_another_factor_only_where_one_is_required(town) {
        let scene = Scene::of(&town).await?;
        let mut owner = town.owner().await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        owner.step_up(&town, town.here()).await?;
        let says = async |words: &str, not: &str| -> Result<()> {
            town.letters(agent.user).await?;
            let granted = scene.grant(&owner, &agent).await?;
            ensure!(granted.gist() == "201", "{} {}", granted.gist(), granted.body);
            let letters = town.letters(agent.user).await?;
            let letter = letters.iter().find(|letter| letter.body.contains("/recover/")).context("the link")?;
            ensure!(letter.body.contains(words) && !letter.body.contains(not), "{}", letter.body.as_str());
            Ok(())
        };
        says("requires none", "Then set up another one").await?;
        let policy = AudiencePolicy { required: true, ..AudiencePolicy::TEAM };
        save_policies(&town, town.here(), &owner, [(Audience::Team, policy)].into()).await?;
        says("Then set up another one", "requires none").await?;
        Ok(())
    }
}
