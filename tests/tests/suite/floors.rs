//! The owner's floor and the people: who is moved out of what it requires, and what a move does, said before.

use anyhow::ensure;
use serde_json::json;
use twofold_domain::policy::{Audience, AudiencePolicy, RequiredOf, Role};
use twofold_infra::acts::SetFloors;
use twofold_tests::person::save_policies;
use twofold_tests::stories;

use super::visit::{Visit, code, text};

stories! {
    /// Rules: P9, P11.
    async fn an_admin_moves_nobody_out_of_what_the_floor_requires_and_everybody_sees_what_a_move_does(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let admin = owner.welcome_enrolled(&town, Role::Admin).await?;
        let mut agent = owner.welcome(&town, Role::Agent).await?;
        let made = visit.grant(&owner, "POST", "/v1/groups", json!({ "name": "Night shift" })).await?;
        let night = text(&made, "/group")?;
        let required_of = RequiredOf { groups: [night.parse()?].into(), ..RequiredOf::EVERYONE };
        let strict = AudiencePolicy { required: true, required_of, ..AudiencePolicy::TEAM };
        save_policies(&town, town.here(), &owner, [(Audience::Team, strict.clone())].into()).await?;
        let (credential, seen) = (owner.credential()?, town.account_version(town.here()).await?);
        let floors = [(Audience::Team, Some(strict))].into();
        town.perform(town.there(), SetFloors { credential, seen, floors }).await?;

        // Into it: who may change it sees what it does, nobody is in it yet, and then it is so.
        let (page, preview) = (format!("/v1/users/{}", agent.user), format!("/v1/users/{}/preview", agent.user));
        let (inside, outside) = (json!({ "groups": [night] }), json!({ "groups": [] }));
        let said = visit.grant(&admin, "POST", &preview, inside.clone()).await?;
        ensure!(said == json!({ "user": agent.user, "effects": ["must_enrol_now"] }), "{said}");
        let mut other = owner.welcome(&town, Role::Agent).await?;
        visit.sign_in(&mut other).await?;
        code(&visit.ask(&other, "POST", &preview, inside.clone()).await?, "403 forbidden")?;
        ensure!(town.count("GroupsChanged").await? == 0, "a look changes nothing");
        visit.grant(&admin, "PATCH", &page, inside).await?;
        ensure!(text(&visit.sign_in(&mut agent).await?, "/result")? == "enrol", "as it was said");

        // Out of it: not by an admin, who is told where that stands and what to do.
        for (method, path) in [("POST", &preview), ("PATCH", &page)] {
            let refused = visit.ask(&admin, method, path, outside.clone()).await?;
            code(&refused, "409 below_floor")?;
            ensure!(refused.body["field"] == "required_of", "{}", refused.body);
            ensure!(refused.body["set_by"] == "OwnerFloorChanged", "{}", refused.body);
            ensure!(refused.body["detail"].as_str().is_some_and(|told| told.contains("an owner may")), "{}", refused.body);
        }
        let role = visit.ask(&admin, "POST", &format!("{page}/role"), json!({ "role": "end_user" })).await?;
        code(&role, "409 below_floor")?;
        ensure!(text(&visit.sign_in(&mut agent).await?, "/result")? == "enrol", "nothing changed");
        // What leads nowhere else is not held up.
        visit.grant(&admin, "POST", &format!("{page}/role"), json!({ "role": "auditor" })).await?;

        // By an owner, who sees it first.
        let said = visit.grant(&owner, "POST", &preview, outside.clone()).await?;
        ensure!(said["effects"] == json!(["no_longer_asked"]), "{said}");
        visit.grant(&owner, "PATCH", &page, outside).await?;
        ensure!(text(&visit.sign_in(&mut agent).await?, "/result")? == "complete", "as it was said");
        Ok(())
    }
}
