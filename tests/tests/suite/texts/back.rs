//! A code by SMS on the way back to a sign-in that is frozen.

use super::*;
use crate::freeze::link;

impl Exchange {
    /// Freezes somebody's sign-in in their session, and takes the link back from their mail.
    async fn freeze(&self, who: &Person) -> Result<String> {
        self.granted(who, "POST", "/v1/users/me/freeze", json!({})).await?;
        link(&self.town, who, "/thaw/").await
    }

    /// Nobody who is signed in asks.
    async fn nobody(&self, path: &str, body: Value) -> Result<Answer> {
        self.ask([None, None], "POST", path, body).await
    }

    async fn thaw(&self, link: &str, code: &str, password: &str) -> Result<Answer> {
        let body = json!({ "token": link, "sms_code": code, "password": password });
        self.nobody("/v1/thaws", body).await
    }
}

stories! {
    /// Rules: C6, E2.
    async fn a_code_by_sms_leads_back_to_a_frozen_sign_in_and_is_charged_as_anywhere(town) {
        let exchange = Exchange::open(&town).await?;
        let owner = town.owner().await?;
        let mut ada = exchange.somebody(&owner).await?;
        let at_sign_in = exchange.challenged(&ada).await?;
        let before = exchange.code(NUMBER).await?;
        let link = exchange.freeze(&ada).await?;
        "porridge for the whole fleet".clone_into(&mut ada.password);
        town.never_in_log(&ada.password);

        // What it takes is said; the code comes when it is asked for, once a minute.
        let look = json!({ "token": link });
        let shown = exchange.nobody("/v1/thaws/look", look.clone()).await?;
        ensure!(shown.body["methods"] == json!(["sms_code", "recovery_code"]), "{}", shown.body);
        ensure!(shown.body["factors"][0]["number"] == "••56", "{}", shown.body);
        ensure!(shown.body["text"].is_null() && shown.body["resend_at"].is_string(), "none yet: {}", shown.body);
        let sent = exchange.nobody("/v1/thaws/text", look.clone()).await?;
        ensure!(sent.gist() == "200" && sent.body["number"] == "••56", "{} {}", sent.gist(), sent.body);
        let again = exchange.nobody("/v1/thaws/text", look.clone()).await?;
        ensure!(again.gist() == "429 text_later" && again.headers.contains_key("retry-after"), "{}", again.body);
        let shown = exchange.nobody("/v1/thaws/look", look.clone()).await?;
        ensure!(shown.body["text"]["number"] == "••56", "{}", shown.body);
        let code = exchange.code(NUMBER).await?;

        // One of a sign-in that the freeze ended is none, and this one is none of a sign-in.
        let stolen = exchange.thaw(&link, &before, &ada.password).await?;
        ensure!(stolen.gist() == "422 proof_rejected", "{} {}", stolen.gist(), stolen.body);
        let elsewhere = exchange.prove(&at_sign_in, json!({ "sms_code": code })).await?;
        ensure!(!elsewhere.status.is_success(), "{}", elsewhere.body);

        // Four more wrong ones in a row, and nothing is looked at for a while, nor sent.
        for n in 0..4 {
            let refused = exchange.thaw(&link, &wrong(&code), &ada.password).await?;
            ensure!(refused.gist() == "422 proof_rejected", "{n}: {} {}", refused.gist(), refused.body);
        }
        let waits = exchange.thaw(&link, &code, &ada.password).await?;
        ensure!(waits.status == 429, "the right one waits as well: {} {}", waits.gist(), waits.body);
        let text = exchange.nobody("/v1/thaws/text", look).await?;
        ensure!(text.status == 429, "{} {}", text.gist(), text.body);
        town.wait(Span::minutes(1));
        let back = exchange.thaw(&link, &code, &ada.password).await?;
        ensure!(back.gist() == "200", "{} {}", back.gist(), back.body);
        let twice = exchange.thaw(&link, &code, &ada.password).await?;
        ensure!(twice.gist() == "410 link_over", "{} {}", twice.gist(), twice.body);

        // The way in is as it was.
        town.wait(Span::minutes(1));
        let challenge = exchange.challenged(&ada).await?;
        let replayed = exchange.prove(&challenge, json!({ "sms_code": code })).await?;
        ensure!(replayed.gist() == "401 proof_rejected", "it opens no sign-in: {}", replayed.body);
        let fresh = exchange.code(NUMBER).await?;
        let entered = exchange.prove(&challenge, json!({ "sms_code": fresh })).await?;
        ensure!(entered.gist() == "200", "{} {}", entered.gist(), entered.body);
        Ok(())
    }

    /// Rules: C6, E2.
    async fn without_a_transport_or_a_budget_the_way_back_says_what_else_there_is(town) {
        let spare = Allowance { person: 1, ..Allowance::SMS };
        let exchange = Exchange::open_with(&town, Some(spare)).await?;
        let owner = town.owner().await?;
        let mut ada = owner.welcome(&town, Role::Agent).await?;
        ada.sign_in(&town, town.here()).await?;
        exchange.bind(&mut ada, NUMBER).await?;
        town.wait(Span::minutes(2));
        let link = exchange.freeze(&ada).await?;
        let refused = exchange.nobody("/v1/thaws/text", json!({ "token": link })).await?;
        ensure!(refused.gist() == "429 not_texted", "the day's budget is spent: {}", refused.body);
        ensure!(refused.body["instead"] == json!(["recovery_code"]), "{}", refused.body);
        "a needle for the emperor".clone_into(&mut ada.password);
        town.never_in_log(&ada.password);
        let code = ada.codes.pop().context("a recovery code")?;
        let body = json!({ "token": link, "recovery_code": code, "password": ada.password });
        let back = exchange.nobody("/v1/thaws", body).await?;
        ensure!(back.gist() == "200", "{} {}", back.gist(), back.body);
        Ok(())
    }
}
