//! How many codes by SMS there are at once: asked for again and again, and by many at the same instant.

use std::sync::Arc;

use anyhow::ensure;
use serde_json::{Value, json};
use twofold_domain::time::Span;
use twofold_tests::race::at_once;
use twofold_tests::stories;

use super::{Exchange, NUMBER};

stories! {
    /// Rules: E2, E7.
    async fn a_fourth_code_waits_until_the_first_has_ended_and_each_stays_good(town) {
        let exchange = Exchange::open(&town).await?;
        let owner = town.owner().await?;
        let ada = exchange.somebody(&owner).await?;
        let challenge = exchange.challenged(&ada).await?;
        let first = exchange.code(NUMBER).await?;
        for _ in 0..2 {
            town.wait(Span::minutes(1));
            let resent = exchange.resend(&challenge).await?;
            ensure!(resent.status.is_success(), "{} {}", resent.gist(), resent.body);
            exchange.code(NUMBER).await?;
        }
        town.wait(Span::minutes(1));
        let refused = exchange.resend(&challenge).await?;
        ensure!(refused.gist() == "429 text_later", "{} {}", refused.gist(), refused.body);
        ensure!(refused.body["detail"].as_str().is_some_and(|text| text.contains("still good")), "{}", refused.body);
        let wait = refused.headers.get("retry-after").and_then(|value| value.to_str().ok());
        ensure!(wait == Some("420"), "until the first, of three minutes ago, has ended: {wait:?}");
        let shown = exchange.look(&challenge).await?;
        ensure!(shown["resend_at"] == refused.body["retry_at"], "{shown} {}", refused.body);
        // It is the first of them that answers, a moment before its end.
        town.wait(Span::seconds(419));
        let answer = exchange.prove(&challenge, json!({ "sms_code": first })).await?;
        ensure!(answer.status.is_success(), "{} {}", answer.gist(), answer.body);
        Ok(())
    }

    /// Rules: E2, E7.
    async fn of_sixty_four_who_ask_at_once_for_a_code_one_is_sent_one(town) {
        let exchange = Arc::new(Exchange::open(&town).await?);
        let owner = town.owner().await?;
        let ada = exchange.somebody(&owner).await?;
        let challenge = Arc::new(exchange.challenged(&ada).await?);
        exchange.code(NUMBER).await?;
        let before = exchange.post.texts().len();
        town.wait(Span::minutes(1));
        let answers = at_once(64, |_| {
            let (exchange, challenge) = (Arc::clone(&exchange), Arc::clone(&challenge));
            async move { exchange.resend(&challenge).await }
        }).await?;
        let mut sent = 0;
        for answer in answers {
            let answer = answer?;
            ensure!(answer.status.is_success() || answer.gist() == "429 text_later", "{} {}", answer.gist(), answer.body);
            sent += usize::from(answer.status.is_success());
        }
        exchange.code(NUMBER).await?;
        let came = exchange.post.texts().len() - before;
        ensure!((sent, came) == (1, 1), "{sent} were told that one was sent, {came} came");
        // Nor does a session of theirs buy one beside it for something else.
        let raised = exchange.by(&ada, "POST", "/v1/step-up/resend", json!({})).await?;
        ensure!(raised.status.is_success(), "a known device is no stranger: {} {}", raised.gist(), raised.body);
        let again = exchange.by(&ada, "POST", "/v1/step-up/resend", json!({ "for": "disable" })).await?;
        ensure!(again.gist() == "429 text_later" && again.body["retry_at"] != Value::Null, "{}", again.body);
        Ok(())
    }
}
