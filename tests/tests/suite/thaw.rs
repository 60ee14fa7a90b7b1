//! The letters of a freeze, and what its case tells: who froze it, when, how, and how its person came back.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::doors::Doors;
use twofold_tests::person::{Browser, Person};
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::freeze::{freeze, link, look, not_me, opens, send};
use super::visit::Visit;

/// The links back in the letters that lie in somebody's mailbox, oldest first; takes their mail.
async fn links_back(town: &Town, who: &Person) -> Result<Vec<String>> {
    let letters = town.letters(who.user).await?;
    let words = letters.iter().flat_map(|letter| letter.body.split_whitespace());
    let tokens = words.filter(|word| word.contains("/thaw/")).filter_map(|link| link.rsplit('/').next());
    let tokens: Vec<String> = tokens.map(str::to_owned).collect();
    for token in &tokens {
        town.never_in_log(token);
    }
    Ok(tokens)
}

stories! {
    /// Rules: C6.
    async fn each_freeze_mails_its_letter_and_no_mailbox_is_filled(town) {
        let doors = Doors::open(&town).await?;
        let owner = town.owner().await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let notice = link(&town, &agent, "/not-me/").await?;
        // A link for a forgotten password a moment before keeps no letter of a freeze back.
        let body = json!({ "account": town.account.to_string(), "email": agent.email });
        send(&doors, None, "/v1/password-resets", body.clone()).await?;
        town.letters(agent.user).await?;
        ensure!(not_me(&doors, &notice).await?.gist() == "200");
        let first = links_back(&town, &agent).await?;
        ensure!(first.len() == 1, "{} letters", first.len());

        // The same link again does nothing, and mails nothing.
        for _ in 0..3 {
            ensure!(not_me(&doors, &notice).await?.gist() == "410 link_over");
        }
        ensure!(links_back(&town, &agent).await?.is_empty());
        // Nor does asking for another one, within the minute.
        ensure!(send(&doors, None, "/v1/thaws/links", body).await?.gist() == "202");
        ensure!(links_back(&town, &agent).await?.is_empty());

        // Another freeze, a moment later, ends that link, and so mails its own.
        ensure!(freeze(&doors, &owner, &agent).await?.gist() == "200");
        let second = links_back(&town, &agent).await?;
        ensure!(second.len() == 1, "{} letters", second.len());
        let over = send(&doors, None, "/v1/thaws/look", json!({ "token": first[0] })).await?;
        ensure!(over.gist() == "410 link_over", "{}", over.gist());
        look(&doors, &second[0]).await?;

        // Over and over, it comes to five an hour.
        let mut mailed = 2;
        for n in 0..6 {
            let expected = if n < 4 { "200" } else { "429 help_spent" };
            ensure!(freeze(&doors, &owner, &agent).await?.gist() == expected);
            mailed += links_back(&town, &agent).await?.len();
        }
        ensure!(mailed == 5, "{mailed} letters");
        ensure!(town.count("UserFrozen").await? == 6, "each is on record");
        ensure!(!opens(&town, &agent).await?);

        // And hour after hour to ten a day: five by staff so far, and five more.
        let mut owner = owner;
        for n in 0..7 {
            town.wait(Span::minutes(61));
            owner.sign_in(&town, town.here()).await?;
            owner.step_up(&town, town.here()).await?;
            let answer = freeze(&doors, &owner, &agent).await?;
            let expected = if n < 5 { "200" } else { "429 help_spent" };
            ensure!(answer.gist() == expected, "{n}: {}", answer.gist());
        }
        ensure!(town.count("UserFrozen").await? == 11, "each is on record, and a refusal is none");
        town.wait(Span::hours(17));
        owner.sign_in(&town, town.here()).await?;
        owner.step_up(&town, town.here()).await?;
        ensure!(freeze(&doors, &owner, &agent).await?.gist() == "200", "a day after the first");
        Ok(())
    }

    /// Rules: C6.
    async fn a_freeze_and_its_end_stand_in_the_case_with_who_when_and_how(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let frozen_at = town.wait(Span::minutes(1));
        owner.sign_in(&town, town.here()).await?;
        owner.step_up(&town, town.here()).await?;
        let frozen_at = frozen_at.max(town.now());
        let why = json!({ "reason": "called, and was not at that machine" });
        visit.grant(&owner, "POST", &format!("/v1/users/{}/freeze", agent.user), why).await?;
        let token = link(&town, &agent, "/thaw/").await?;
        "the last of the herring".clone_into(&mut agent.password);
        town.never_in_log(&agent.password);
        let wrong = json!({ "token": token, "recovery_code": "AAAA-AAAA-AAAA-AAAA", "password": agent.password });
        let refused = visit.bare("POST", "/v1/thaws", wrong).await?;
        ensure!(refused.status.is_client_error(), "{} {}", refused.gist(), refused.body);
        let listed = visit.grant(&owner, "GET", "/v1/recovery-cases", Value::Null).await?;
        let case = listed["cases"][0].clone();
        ensure!(case["stage"] == "frozen" && case["thawed_at"].is_null(), "{case}");
        ensure!(case["frozen_at"] == frozen_at.to_string() && case["frozen_by"] == "staff", "{case}");
        ensure!(case["asked_by"] == owner.user.to_string(), "{case}");

        let thawed_at = town.wait(Span::hours(1));
        let token = { send_again(&visit, &town, &agent).await?; link(&town, &agent, "/thaw/").await.unwrap_or(token) };
        let code = agent.codes.pop().context("a recovery code")?;
        let body = json!({ "token": token, "recovery_code": code, "password": agent.password });
        let thawed = visit.bare("POST", "/v1/thaws", body).await?;
        ensure!(thawed.gist() == "200", "{} {}", thawed.gist(), thawed.body);
        agent.browser = Browser::default();
        owner.sign_in(&town, town.here()).await?;
        let path = format!("/v1/recovery-cases/{}", case["case"].as_str().context("a case")?);
        let told = visit.grant(&owner, "GET", &path, Value::Null).await?;
        ensure!(told["stage"] == "completed" && told["thawed_how"] == "factor", "{told}");
        ensure!(told["thawed_at"] == thawed_at.to_string(), "{told}");
        let chain: Vec<(String, String, String)> = told["chain"].as_array().into_iter().flatten().map(|step| {
            let word = |name: &str| step[name].as_str().unwrap_or_default().to_owned();
            (word("type"), word("actor"), word("how"))
        }).collect();
        let own = |name: &str, how: &str| (name.to_owned(), "anonymous".to_owned(), how.to_owned());
        let expected = [
            ("UserFrozen".to_owned(), owner.user.to_string(), "staff".to_owned()),
            own("RecoveryCodeUsed", ""),
            own("PasswordSet", ""),
            own("UserThawed", "factor"),
        ];
        let seen: Vec<_> = chain.iter().filter(|step| step.0 != "ProofRejected").cloned().collect();
        ensure!(seen == expected, "{chain:?}");
        Ok(())
    }
}

/// Has another link back mailed.
async fn send_again(visit: &Visit<'_>, town: &Town, who: &Person) -> Result<()> {
    let body = json!({ "account": town.account.to_string(), "email": who.email });
    let asked = visit.bare("POST", "/v1/thaws/links", body).await?;
    ensure!(asked.gist() == "202", "{} {}", asked.gist(), asked.body);
    Ok(())
}
