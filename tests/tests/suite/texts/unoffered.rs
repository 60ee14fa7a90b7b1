//! Where nothing sends text messages: no policy may require what nobody could bind.

use anyhow::ensure;
use serde_json::json;
use twofold_domain::factor::FactorKind;
use twofold_domain::policy::{Audience, AudiencePolicy};
use twofold_tests::person::save_policies;
use twofold_tests::stories;

use super::Exchange;

stories! {
    /// Rules: E5, C9, P9, P11.
    async fn a_policy_that_only_sms_could_meet_is_refused_where_nothing_sends_any(town) {
        let exchange = Exchange::open_with(&town, None).await?;
        let owner = town.owner().await?;
        let account = format!("/v1/accounts/{}", town.account);
        let only_sms = json!({ "required": true, "allowed_kinds": ["sms"] });
        let asked = json!({ "change": { "kind": "policy", "team": only_sms } });
        let ahead = json!({ "change": { "kind": "schedule", "audience": "team", "policy": only_sms,
            "begins_at": (town.now() + twofold_domain::time::Span::days(3)).to_string() } });
        for change in [asked, ahead] {
            let refused = exchange.by(&owner, "POST", &format!("{account}/policy/preview"), change).await?;
            ensure!(refused.gist() == "422 invalid_fields", "{} {}", refused.gist(), refused.body);
            ensure!(refused.body["errors"][0]["pointer"] == "/allowed_kinds", "{}", refused.body);
            ensure!(refused.body["errors"][0]["code"] == "not_offered", "{}", refused.body);
        }
        let texting = Exchange::open(&town).await?;
        let required =
            AudiencePolicy { required: true, allowed_kinds: [FactorKind::Sms].into(), ..AudiencePolicy::TEAM };
        // Without being previewed it is refused as well, and where text messages go out it is not.
        let policies = [(Audience::Team, required)].into();
        let desk = town.here().texting(None);
        ensure!(save_policies(&town, &desk, &owner, policies).await.is_err(), "saved");
        let also_app = json!({ "required": true, "allowed_kinds": ["sms", "totp"] });
        let asked = json!({ "change": { "kind": "policy", "team": also_app } });
        exchange.granted(&owner, "POST", &format!("{account}/policy/preview"), asked).await?;
        let asked = json!({ "change": { "kind": "policy", "team": only_sms } });
        texting.granted(&owner, "POST", &format!("{account}/policy/preview"), asked).await?;
        Ok(())
    }

    /// Rules: E5.
    async fn whoever_may_bind_nothing_that_is_to_be_had_here_is_told(town) {
        let exchange = Exchange::open_with(&town, None).await?;
        let owner = town.owner().await?;
        let voluntary = AudiencePolicy { allowed_kinds: [FactorKind::Sms].into(), ..AudiencePolicy::TEAM };
        save_policies(&town, town.here(), &owner, [(Audience::Team, voluntary)].into()).await?;
        let shown = exchange.granted(&owner, "GET", "/v1/users/me/enrolment", json!({})).await?;
        ensure!(shown["may_enrol"] == false, "{shown}");
        ensure!(shown["obstacles"][0]["rule"] == "nothing_to_bind", "{shown}");
        ensure!(shown["obstacles"][0]["set_by"] == "PolicyChanged", "{shown}");
        ensure!(shown["obstacles"][0]["position"].is_u64(), "{shown}");
        Ok(())
    }
}
