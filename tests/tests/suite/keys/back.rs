//! A security key on the way back to a sign-in that is frozen.

use super::*;
use crate::freeze::link;

stories! {
    /// Rules: C6, E4.
    async fn a_security_key_leads_back_to_a_frozen_sign_in_by_a_challenge_of_that_alone(town) {
        let visit = Visit::open(&town).await?;
        let (mut person, mut key) = with_key(&town, &visit, Role::EndUser).await?;
        let (_, at_sign_in) = asked(&visit, &mut person).await?;
        visit.grant(&person, "POST", "/v1/users/me/freeze", json!({})).await?;
        let token = link(&town, &person, "/thaw/").await?;
        let shows = json!({ "token": token });
        let shown = visit.bare("POST", "/v1/thaws/look", shows.clone()).await?;
        ensure!(shown.body["methods"] == json!(["assertion", "recovery_code"]), "{}", shown.body);
        let challenge = visit.bare("POST", "/v1/thaws/challenges", shows.clone()).await?;
        code(&challenge, "200")?;

        "no horse left in the stable".clone_into(&mut person.password);
        town.never_in_log(&person.password);
        let back = |challenge: &Value, credential: &Value| {
            let mut body = super::shown(challenge, credential);
            (body["token"], body["password"]) = (json!(token), json!(person.password));
            body
        };
        // What was signed for a sign-in is nothing here, and is charged.
        let stolen = back(&at_sign_in, &key.get(&at_sign_in["public_key"])?);
        code(&visit.bare("POST", "/v1/thaws", stolen).await?, "422 proof_rejected")?;
        // A password that is refused costs no answer of the key.
        let answer = key.get(&challenge.body["public_key"])?;
        let mut weak = back(&challenge.body, &answer);
        weak["password"] = json!("short");
        code(&visit.bare("POST", "/v1/thaws", weak).await?, "422 invalid_fields")?;
        let right = back(&challenge.body, &answer);
        code(&visit.bare("POST", "/v1/thaws", right.clone()).await?, "200")?;
        code(&visit.bare("POST", "/v1/thaws", right).await?, "410 link_over")?;
        code(&visit.bare("POST", "/v1/thaws/challenges", shows).await?, "410 link_over")?;
        town.wait(Span::minutes(1));
        person.browser = twofold_tests::person::Browser::default();
        in_with(&visit, &mut person, &mut key).await?;
        Ok(())
    }

    /// Rules: C6, E4.
    async fn whoever_has_no_key_is_not_asked_for_one_on_the_way_back(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let person = owner.welcome_enrolled(&town, Role::EndUser).await?;
        visit.grant(&person, "POST", "/v1/users/me/freeze", json!({})).await?;
        let token = link(&town, &person, "/thaw/").await?;
        let none = visit.bare("POST", "/v1/thaws/challenges", json!({ "token": token })).await?;
        code(&none, "409 no_key")?;
        let text = visit.bare("POST", "/v1/thaws/text", json!({ "token": token })).await?;
        ensure!(text.status.is_client_error(), "no number either: {} {}", text.gist(), text.body);
        Ok(())
    }
}
