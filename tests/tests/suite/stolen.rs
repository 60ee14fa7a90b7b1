//! What a stolen mailbox, address, session, or agent gets out of a freeze and the ways around it: nothing that its
//! person is not told of in time, and nothing for good.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::person::{Browser, Person};
use twofold_tests::stories;
use twofold_tests::town::{Town, token_of};

use super::people::link_at;
use super::visit::{Visit, code, text};

const REASON: &str = "called, and was not at that machine";

/// A new password, as a thief or the person chooses it.
fn choose(town: &Town, who: &mut Person, password: &str) {
    password.clone_into(&mut who.password);
    town.never_in_log(password);
}

/// Moves somebody's address from a session of theirs, and back into the mail of both.
pub(super) async fn moved(town: &Town, visit: &Visit<'_>, who: &Person, to: &str) -> Result<()> {
    town.never_in_log(to);
    town.letters(who.user).await?;
    visit.grant(who, "POST", "/v1/users/me/email-change", json!({ "email": to })).await?;
    let token = token_of(&link_at(town, who.user, to, "/email/").await?)?;
    code(&visit.bare("POST", "/v1/email-changes", json!({ "token": token })).await?, "200")
}

/// Asks for something to be mailed to an address; the answer is the same for whoever it is.
async fn asks(town: &Town, visit: &Visit<'_>, path: &str, email: &str) -> Result<Value> {
    let before = town.here().store().appends();
    let body = json!({ "account": town.account.to_string(), "email": email });
    let asked = visit.bare("POST", path, body).await?;
    ensure!(asked.gist() == "202", "{email}: {} {}", asked.gist(), asked.body);
    ensure!(town.here().store().appends() == before + 1, "{email}: one append");
    Ok(asked.body)
}

pub(super) async fn upon(visit: &Visit<'_>, by: &Person, whom: &Person, what: &str) -> Result<String> {
    let path = format!("/v1/users/{}/{what}", whom.user);
    Ok(visit.ask(by, "POST", &path, json!({ "reason": REASON })).await?.gist())
}

/// A member of the team, frozen by the owner, who then gave their word for them.
async fn vouched(town: &Town, visit: &Visit<'_>, owner: &mut Person) -> Result<Person> {
    let agent = owner.welcome_enrolled(town, Role::Agent).await?;
    visit.freshen(owner).await?;
    for what in ["freeze", "unfreeze"] {
        ensure!(upon(visit, owner, &agent, what).await? == "200");
    }
    Ok(agent)
}

stories! {
    /// Rules: C6, P5.
    async fn a_mailbox_gets_the_password_by_staffs_word_and_no_factor_for_three_days_after(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut agent = vouched(&town, &visit, &mut owner).await?;
        let of = format!("/v1/users/{}", agent.user);
        let lost = json!({ "reason": "lost the phone" });
        let reset = visit.versioned(&owner, "POST", &format!("{of}/reset-two-factor"), &of, lost).await?;
        ensure!(reset.status.is_success(), "{} {}", reset.gist(), reset.body);

        // The word is good for three days; nearly at their end the thief has the mailbox.
        town.wait(Span::hours(71));
        asks(&town, &visit, "/v1/thaws/links", &agent.email).await?;
        let token = token_of(&link_at(&town, agent.user, &agent.email, "/thaw/").await?)?;
        choose(&town, &mut agent, "a thief by candle light");
        let set = json!({ "token": token, "password": agent.password });
        code(&visit.bare("POST", "/v1/thaws", set).await?, "200")?;
        let factor = json!({ "name": "Phone" });
        for hours in [0, 71] {
            town.wait(Span::hours(hours));
            agent.browser = Browser::default();
            visit.sign_in(&mut agent).await?;
            let refused = visit.ask(&agent, "POST", "/v1/users/me/factors", factor.clone()).await?;
            code(&refused, "409 mailbox_too_fresh")?;
            let why = (refused.body["change"].as_str(), refused.body["by"].as_str());
            ensure!(why == (Some("way_back"), Some("self")), "{why:?}");
        }
        town.wait(Span::hours(1));
        agent.browser = Browser::default();
        visit.sign_in(&mut agent).await?;
        visit.grant(&agent, "POST", "/v1/users/me/factors", factor).await?;

        // Another one's word was not used in time.
        owner.sign_in(&town, town.here()).await?;
        let mut other = vouched(&town, &visit, &mut owner).await?;
        town.wait(Span::hours(72));
        asks(&town, &visit, "/v1/thaws/links", &other.email).await?;
        let token = token_of(&link_at(&town, other.user, &other.email, "/thaw/").await?)?;
        let look = visit.bare("POST", "/v1/thaws/look", json!({ "token": token })).await?;
        ensure!(look.body["takes_factor"] == true, "{}", look.body);
        choose(&town, &mut other, "a thief who came late");
        let set = json!({ "token": token, "password": other.password });
        let refused = visit.bare("POST", "/v1/thaws", set).await?;
        ensure!(refused.gist().ends_with("proof_needed"), "{}", refused.gist());
        Ok(())
    }

    /// Rules: C6, H4.
    async fn the_word_for_one_of_the_team_is_none_for_a_customer(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut agent = vouched(&town, &visit, &mut owner).await?;
        let of = format!("/v1/users/{}", agent.user);
        let role = json!({ "role": "end_user" });
        let changed = visit.versioned(&owner, "POST", &format!("{of}/role"), &of, role).await?;
        ensure!(changed.status.is_success(), "{} {}", changed.gist(), changed.body);
        town.wait(Span::minutes(1));
        asks(&town, &visit, "/v1/thaws/links", &agent.email).await?;
        let token = token_of(&link_at(&town, agent.user, &agent.email, "/thaw/").await?)?;
        choose(&town, &mut agent, "demoted and thawed");
        let set = json!({ "token": token, "password": agent.password });
        let refused = visit.bare("POST", "/v1/thaws", set).await?;
        ensure!(refused.gist().ends_with("proof_needed"), "{}", refused.gist());
        ensure!(town.count("ThawStopped").await? == 1);
        Ok(())
    }

    /// Rules: C6, C9, H3.
    async fn whoever_lost_their_address_comes_back_by_the_one_before(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let (before, thiefs) = (agent.email.clone(), "t@blefuscu.example");
        moved(&town, &visit, &agent, thiefs).await?;
        let notice = token_of(&link_at(&town, agent.user, &before, "/not-me/").await?)?;
        // A forgotten password is asked for with the address that its person knows, and its link says the one to
        // sign in with.
        let same = asks(&town, &visit, "/v1/password-resets", "nobody@lilliput.example").await?;
        let known = asks(&town, &visit, "/v1/password-resets", &before).await?;
        ensure!(same == known, "{same} {known}");
        link_at(&town, agent.user, &before, "/setup/").await?;

        code(&visit.bare("POST", "/v1/not-me", json!({ "token": notice })).await?, "200")?;
        town.letters(agent.user).await?;
        // As long as it takes, long after recovery would have gone to the new one.
        for hours in [1, 71, 400] {
            town.wait(Span::hours(hours));
            let known = asks(&town, &visit, "/v1/thaws/links", &before).await?;
            let unknown = asks(&town, &visit, "/v1/thaws/links", "nobody@lilliput.example").await?;
            ensure!(known == unknown, "{known} {unknown}");
            link_at(&town, agent.user, &before, "/thaw/").await.with_context(|| format!("after {hours} h"))?;
        }
        // Back with it, they have it again, and the other finds nobody.
        town.wait(Span::minutes(1));
        asks(&town, &visit, "/v1/thaws/links", &before).await?;
        let token = token_of(&link_at(&town, agent.user, &before, "/thaw/").await?)?;
        let mut agent = Person { browser: Browser::default(), ..agent };
        choose(&town, &mut agent, "the herring is home");
        let otp = agent.next_code(&town)?;
        let set = json!({ "token": token, "otp": otp, "password": agent.password });
        code(&visit.bare("POST", "/v1/thaws", set).await?, "200")?;
        asks(&town, &visit, "/v1/password-resets", thiefs).await?;
        let letters = town.letters(agent.user).await?;
        ensure!(!letters.iter().any(|letter| letter.body.contains("/setup/")), "by the thief's address");
        town.wait(Span::minutes(1));
        visit.sign_in(&mut agent).await?;
        Ok(())
    }

    /// Rules: H3.
    async fn an_address_before_finds_its_person_for_three_days_and_is_free_for_others_after(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let first = owner.welcome_enrolled(&town, Role::Agent).await?;
        let (shared, resets) = (first.email.clone(), "/v1/password-resets");
        moved(&town, &visit, &first, "b@blefuscu.example").await?;
        // Once more within the time: it stays the first, and each of them is told.
        town.wait(Span::minutes(1));
        moved(&town, &visit, &first, "c@blefuscu.example").await?;
        let letters = town.letters(first.user).await?;
        let told = |at: &str| letters.iter().any(|l| l.to.as_str() == at && l.subject.contains("address"));
        for at in [shared.as_str(), "b@blefuscu.example", "c@blefuscu.example"] {
            ensure!(told(at), "{at} is not told");
        }
        asks(&town, &visit, resets, &shared).await?;
        link_at(&town, first.user, &shared, "/setup/").await?;
        asks(&town, &visit, resets, "b@blefuscu.example").await?;
        ensure!(town.letters(first.user).await?.is_empty(), "neither the first nor the last");
        // Nobody else gets it as long. Then somebody has it, and it finds them; they leave it, and it finds them still.
        let mut second = owner.welcome_enrolled(&town, Role::Agent).await?;
        visit.grant(&second, "POST", "/v1/users/me/email-change", json!({ "email": shared })).await?;
        let letters = town.letters(second.user).await?;
        ensure!(letters.iter().all(|l| l.to.as_str() != shared || !l.body.contains("/email/")), "it is kept");
        town.wait(Span::hours(73));
        second.sign_in(&town, town.here()).await?;
        visit.freshen(&mut second).await?;
        moved(&town, &visit, &second, &shared).await?;
        town.wait(Span::minutes(1));
        moved(&town, &visit, &second, "d@blefuscu.example").await?;
        town.letters(first.user).await?;
        town.letters(second.user).await?;
        town.wait(Span::hours(1));
        asks(&town, &visit, resets, &second.email).await?;
        link_at(&town, second.user, &second.email, "/setup/").await?;
        ensure!(town.letters(first.user).await?.is_empty());
        town.wait(Span::hours(72));
        asks(&town, &visit, resets, &second.email).await?;
        asks(&town, &visit, resets, &shared).await?;
        ensure!(town.letters(second.user).await?.is_empty() && town.letters(first.user).await?.is_empty());
        Ok(())
    }

    /// Rules: C6.
    async fn the_way_back_tells_nothing_of_the_old_password_before_its_proof(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        visit.freshen(&mut owner).await?;
        ensure!(upon(&visit, &owner, &agent, "freeze").await? == "200");
        let token = token_of(&link_at(&town, agent.user, &agent.email, "/thaw/").await?)?;
        let guess = "not what it was before";
        town.never_in_log(guess);
        let mut answers = vec![];
        for password in [guess, agent.password.as_str()] {
            let set = json!({ "token": token, "password": password });
            let refused = visit.bare("POST", "/v1/thaws", set).await?;
            answers.push((refused.gist(), refused.body["detail"].clone()));
        }
        ensure!(answers[0] == answers[1], "{answers:?}");
        Ok(())
    }

    /// Rules: C6, C4.
    async fn an_agent_fills_no_mailbox_and_keeps_no_customer_out(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        visit.freshen(&mut agent).await?;
        ensure!(upon(&visit, &agent, &customer, "freeze").await? == "200");
        let token = token_of(&link_at(&town, customer.user, &customer.email, "/thaw/").await?)?;
        let waits = visit.bare("POST", "/v1/thaws/wait", json!({ "token": token })).await?;
        code(&waits, "202")?;
        ensure!(upon(&visit, &agent, &customer, "freeze").await? == "409 already_frozen");
        ensure!(upon(&visit, &agent, &customer, "unfreeze").await?.starts_with("409"), "it waits already");
        // An owner may, until it was five times within the hour, whoever did it.
        visit.freshen(&mut owner).await?;
        for n in 0..6 {
            let froze = upon(&visit, &owner, &customer, "freeze").await?;
            ensure!(froze == if n < 4 { "200" } else { "429 help_spent" }, "{n}: {froze}");
            let vouched = upon(&visit, &owner, &customer, "unfreeze").await?;
            ensure!(vouched == if n < 4 { "200" } else { "409 reset_waiting" }, "{n}: {vouched}");
        }
        town.wait(Span::hours(1));
        visit.freshen(&mut owner).await?;
        ensure!(upon(&visit, &owner, &customer, "freeze").await? == "200");
        Ok(())
    }

    /// Rules: C7, H4.
    async fn a_link_of_the_operators_falls_with_its_grant_and_with_a_role(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let agent = owner.welcome(&town, Role::Agent).await?;
        let opens = async |url: &str, expected: &str| {
            let set = json!({ "token": token_of(url)?, "password": "printed on paper, once" });
            town.never_in_log("printed on paper, once");
            code(&visit.bare("POST", "/v1/set-up", set).await?, expected)
        };
        for way in ["revoked", "expired", "role"] {
            owner.sign_in(&town, town.here()).await?;
            visit.freshen(&mut owner).await?;
            let body = json!({ "scopes": ["link"], "hours": 1, "reason": "on holiday" });
            let grant = text(&visit.grant(&owner, "POST", "/v1/operator-grants", body).await?, "/id")?;
            town.wait(Span::minutes(50));
            let link = town.admin_link(town.here(), agent.user).await?;
            match way {
                "revoked" => {
                    visit.grant(&owner, "DELETE", &format!("/v1/operator-grants/{grant}"), json!({})).await?;
                }
                "expired" => {
                    ensure!(link.expires_at == town.now() + Span::minutes(10), "no longer than the grant");
                    town.wait(Span::minutes(10));
                }
                _ => {
                    visit.freshen(&mut owner).await?;
                    let of = format!("/v1/users/{}", agent.user);
                    let role = json!({ "role": "auditor" });
                    let done = visit.versioned(&owner, "POST", &format!("{of}/role"), &of, role).await?;
                    ensure!(done.status.is_success(), "{} {}", done.gist(), done.body);
                }
            }
            opens(&link.url, "410 link_over").await.with_context(|| way.to_owned())?;
        }
        // Under the grant that is left, one that is made anew opens.
        let link = town.admin_link(town.here(), agent.user).await?;
        opens(&link.url, "200").await
    }

    /// Rules: C6.
    async fn whoever_freezes_sees_what_was_done_in_their_name(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let admin = owner.welcome_enrolled(&town, Role::Admin).await?;
        visit.freshen(&mut owner).await?;
        let notice = token_of(&link_at(&town, owner.user, &owner.email, "/not-me/").await?)?;
        let client = visit.grant(&owner, "POST", "/v1/clients", json!({ "name": "evil" })).await?;
        let client = text(&client, "/client")?;
        let scopes = json!({ "scopes": ["manage_end_users"] });
        visit.grant(&owner, "POST", &format!("/v1/clients/{client}/tokens"), scopes).await?;
        let leave = json!({ "scopes": ["link"], "hours": 72, "reason": "x" });
        visit.grant(&owner, "POST", "/v1/operator-grants", leave).await?;
        let grants = format!("/v1/users/{}/recovery-grants", admin.user);
        visit.grant(&owner, "POST", &grants, json!({ "reason": "x" })).await?;
        // The read models are waited for.
        visit.told(&owner, "", "").await?;
        let froze = visit.bare("POST", "/v1/not-me", json!({ "token": notice })).await?;
        code(&froze, "200")?;
        let gave: Vec<&str> =
            froze.body["gave"].as_array().into_iter().flatten().filter_map(|e| e["event"].as_str()).collect();
        let expected = ["RecoveryGranted", "OperatorGranted", "ClientTokenIssued", "ClientRegistered"];
        ensure!(gave.starts_with(&expected), "{}", froze.body);
        Ok(())
    }
}
