//! One device token, shown by several at once: tabs of one browser, and whoever copied it.

use anyhow::ensure;
use futures::future::join_all;
use serde_json::json;
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::stories;

use crate::visit::{Visit, text};

stories! {
    /// Rules: T5.
    async fn tabs_that_come_at_once_with_one_token_are_one_device_and_a_late_copy_ends_it_once(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        // A laptop that is trusted from now on.
        let begun = visit.begin(&agent).await?;
        let proofs = format!("/v1/sign-ins/{}/proofs", text(&begun, "/sign_in")?);
        let proof = json!({ "otp": agent.next_code(&town)?, "trust_device": true });
        let proved = visit.at_device(&begun, &proofs, proof).await?;
        ensure!(proved.status == 200, "{} {}", proved.gist(), proved.body);
        let copied = text(&begun, "/device_token")?;
        agent.browser.device = Some(copied.clone());
        town.wait(Span::minutes(2));

        // Thirty-two tabs at once: every one is that laptop, asked for nothing, and told the same next token, whichever
        // answer comes last; it was renewed once.
        let rotated = town.count("DeviceTokenRotated").await?;
        let answers = join_all((0..32).map(|_| visit.try_in(&agent))).await;
        let mut next = None;
        for answer in answers {
            let answer = answer?;
            ensure!(answer.body["result"] == "complete", "{} {}", answer.gist(), answer.body);
            ensure!(answer.body["session"]["method"] == "trust", "{}", answer.body);
            town.never_in_log(text(&answer.body, "/device_token")?);
            town.never_in_log(text(&answer.body, "/session/token")?);
            let told = text(&answer.body, "/device_token")?;
            ensure!(*next.get_or_insert(told.clone()) == told && told != copied, "one token for all");
            agent.browser.device = Some(text(&answer.body, "/device_token")?);
            agent.browser.session = Some(text(&answer.body, "/session/token")?);
        }
        ensure!(town.count("DeviceDistrusted").await? == 0, "none of them is a thief");
        ensure!(town.count("DeviceTokenRotated").await? == rotated + 1, "renewed once");
        // One that went on, and one whose answer was lost, half a minute later.
        town.wait(Span::seconds(30));
        visit.sign_in(&mut agent).await?;
        let mut late = agent.clone();
        late.browser.device = Some(copied.clone());
        let told = visit.try_in(&late).await?;
        ensure!(told.body["session"]["method"] == "trust", "{} {}", told.gist(), told.body);
        ensure!(told.body["device_token"] == agent.browser.device.as_deref().unwrap_or_default(), "two steps on");
        town.never_in_log(text(&told.body, "/session/token")?);

        // Whoever copied the token and comes after its minute, sixty-four times at once, ends what it opened, once.
        town.wait(Span::seconds(61));
        let mut thief = agent.clone();
        thief.browser.device = Some(copied);
        for answer in join_all((0..64).map(|_| visit.try_in(&thief))).await {
            let answer = answer?;
            ensure!(answer.body["result"] == "challenge", "{} {}", answer.gist(), answer.body);
            town.never_in_log(text(&answer.body, "/device_token")?);
        }
        ensure!(town.count("DeviceDistrusted").await? == 1, "a replay ends the device, once");
        visit.out(&agent).await?;
        let after = visit.try_in(&agent).await?;
        ensure!(after.body["result"] == "challenge", "the laptop itself is a stranger: {}", after.body);
        Ok(())
    }
}
