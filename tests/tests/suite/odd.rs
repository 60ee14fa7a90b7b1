//! Requests that nobody means: names that no database keeps, parameters of whoever may not ask, and more questions at
//! once than one may have.

use anyhow::ensure;
use futures::future::join_all;
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_tests::stories;

use super::visit::{Visit, code};

stories! {
    /// No database keeps a NUL in a text.
    async fn a_name_with_a_nul_in_a_path_is_nobodys(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let entry = json!({ "email": "a@b.example", "password": "a long enough pass phrase" });
        for name in ["%00", "a%00b", "acc_%00"] {
            let path = format!("/v1/accounts/{name}/sign-ins");
            code(&visit.bare("POST", &path, entry.clone()).await?, "404 not_found")?;
            for what in ["", "/policy", "/delivery", "/integrations", "/settings", "/profile"] {
                let path = format!("/v1/accounts/{name}{what}");
                let gone = visit.ask(&owner, "GET", &path, Value::Null).await?;
                ensure!(gone.status == 404 || gone.status == 405, "{path}: {}", gone.gist());
            }
            let path = format!("/v1/accounts/{name}/policy/what-if");
            code(&visit.ask(&owner, "POST", &path, json!({})).await?, "404 not_found")?;
            for what in ["users", "groups", "reports", "clients", "devices"] {
                let gone = visit.ask(&owner, "GET", &format!("/v1/{what}/{name}"), Value::Null).await?;
                ensure!(gone.status.is_client_error(), "{what}/{name}: {}", gone.gist());
            }
        }
        // In a query it is a value like any that cannot be.
        for query in ["users?q=%00", "users?cursor=%00", "events?q=%00", "events?type=%00", "events?cursor=%00"] {
            let refused = visit.ask(&owner, "GET", &format!("/v1/{query}"), Value::Null).await?;
            ensure!(refused.status.is_client_error(), "{query}: {}", refused.gist());
        }
        Ok(())
    }

    /// Rules: S6.
    async fn whoever_may_not_take_the_log_away_is_not_told_how_it_is_asked_for(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        visit.freshen(&mut owner).await?;
        for query in ["", "?format=parchment", "?format=csv&colour=red", "?format=csv"] {
            let path = format!("/v1/events/export{query}");
            for who in [&agent, &customer] {
                code(&visit.ask(who, "GET", &path, Value::Null).await?, "403 forbidden")?;
            }
            if query != "?format=csv" {
                ensure!(visit.ask(&owner, "GET", &path, Value::Null).await?.status == 422, "{query}");
            }
        }
        Ok(())
    }

    /// Rules: P9.
    async fn more_questions_at_once_than_a_session_may_have_are_its_own_to_wait_for(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let path = format!("/v1/accounts/{}/policy/what-if", town.account);
        let asked = (0..24).map(|_| visit.ask(&owner, "POST", &path, json!({ "team": { "trust_days": 0 } })));
        let mut answered = 0;
        for answer in join_all(asked).await {
            let gist = answer?.gist();
            answered += usize::from(gist == "200");
            ensure!(gist == "200" || gist == "429 too_many_requests", "{gist}");
        }
        ensure!(answered > 0);
        visit.grant(&owner, "POST", &path, json!({ "team": { "trust_days": 0 } })).await?;
        Ok(())
    }
}
