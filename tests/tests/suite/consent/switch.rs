//! The account's switch in the hands of admins: where the owner lets them, and where it takes two.

use anyhow::ensure;
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::stories;

use super::super::visit::{Visit, code, text};
use super::waits;

stories! {
    /// Rules: D1, D2, D3.
    async fn admins_throw_the_switch_where_the_owner_lets_them_and_not_before(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut admin = owner.welcome_enrolled(&town, Role::Admin).await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let account = format!("/v1/accounts/{}", town.account);
        let governance = format!("{account}/governance");
        for verb in ["disable", "suspend", "resume", "enable"] {
            let path = format!("{account}/two-factor/{verb}");
            code(&visit.versioned(&admin, "POST", &path, &account, json!({})).await?, "403 forbidden")?;
        }
        let let_them = json!({ "admins_may_switch": true, "dual_control": [], "team_may_waive_both": false });
        code(&visit.put(&admin, &governance, let_them.clone()).await?, "403 forbidden")?;
        let governed = visit.put(&owner, &governance, let_them).await?;
        ensure!(governed.status == 200, "{} {}", governed.gist(), governed.body);

        // Suspended: the password alone. Resumed: what was is again, and whoever came in so is out.
        let done = visit.throw(&admin, "suspend").await?;
        ensure!(done.status == 200, "{} {}", done.gist(), done.body);
        let entered = visit.sign_in(&mut agent).await?;
        ensure!(entered["result"] == "complete" && entered["session"]["assurance"] == 1, "{entered}");
        visit.freshen(&mut admin).await?;
        let done = visit.throw(&admin, "resume").await?;
        ensure!(done.status == 200, "{} {}", done.gist(), done.body);
        visit.out(&agent).await?;
        let entered = visit.sign_in(&mut agent).await?;
        ensure!(entered["result"] == "challenge", "the factor is still there: {entered}");

        // Disabled: everybody begins again, the admin too.
        town.letters(agent.user).await?;
        visit.freshen(&mut admin).await?;
        let done = visit.throw(&admin, "disable").await?;
        ensure!(done.status == 200, "{} {}", done.gist(), done.body);
        visit.out(&agent).await?;
        visit.out(&admin).await?;
        let entered = visit.sign_in(&mut admin).await?;
        ensure!(entered["result"] == "complete", "no factor is left: {entered}");
        let done = visit.throw(&admin, "enable").await?;
        ensure!(done.status == 200, "{} {}", done.gist(), done.body);
        let entered = visit.sign_in(&mut agent).await?;
        ensure!(entered["result"] != "challenge", "everyone starts from scratch: {entered}");
        visit.sign_in(&mut owner).await?;
        let shown = visit.grant(&owner, "GET", &account, Value::Null).await?;
        ensure!(text(&shown, "/two_factor/state")? == "on" && shown["two_factor"]["generation"] == 1, "{shown}");
        Ok(())
    }

    /// Rules: D2.
    async fn under_dual_control_an_admins_suspension_waits_for_the_owner(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut admin = owner.welcome_enrolled(&town, Role::Admin).await?;
        let account = format!("/v1/accounts/{}", town.account);
        let governance = format!("{account}/governance");
        let both = json!({ "admins_may_switch": true, "dual_control": ["suspend"], "team_may_waive_both": false });
        let governed = visit.put(&owner, &governance, both.clone()).await?;
        ensure!(governed.status == 200, "{} {}", governed.gist(), governed.body);
        let approval = waits(&visit.throw(&admin, "suspend").await?)?;
        visit.told(&owner, "waits for your approval", "suspend two-factor authentication").await?;
        code(&visit.ask(&admin, "POST", &format!("/v1/approvals/{approval}/approve"), json!({})).await?, "403 forbidden")?;
        // What the owner takes back meanwhile, no approval gives.
        let not_now = json!({ "admins_may_switch": false, "dual_control": ["suspend"], "team_may_waive_both": false });
        visit.put(&owner, &governance, not_now).await?;
        let approve = format!("/v1/approvals/{approval}/approve");
        code(&visit.ask(&owner, "POST", &approve, json!({})).await?, "409 overtaken")?;
        visit.put(&owner, &governance, both).await?;
        visit.grant(&owner, "POST", &approve, json!({})).await?;
        let shown = visit.grant(&admin, "GET", &account, Value::Null).await?;
        ensure!(text(&shown, "/two_factor/state")? == "suspended", "{shown}");
        visit.freshen(&mut admin).await?;
        let resumed = visit.throw(&admin, "resume").await?;
        ensure!(resumed.status == 200, "{} {}", resumed.gist(), resumed.body);

        // The owner's own takes somebody else, or time; and so does taking it out of dual control.
        visit.freshen(&mut owner).await?;
        let alone = visit.throw(&owner, "suspend").await?;
        waits(&alone)?;
        ensure!(alone.body["approval"]["matures_at"] == (town.now() + Span::hours(72)).to_string(), "{}", alone.body);
        let fewer = json!({ "admins_may_switch": true, "dual_control": [], "team_may_waive_both": false,
            "reason": "we trust each other" });
        let waiting = visit.put(&owner, &governance, fewer).await?;
        waits(&waiting)?;
        Ok(())
    }
}
