//! Addresses over HTTP, with the mail of both read: what a change of one survives, who stops it, and what was mailed
//! to an address that was mistyped.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::person::Person;
use twofold_tests::stories;
use twofold_tests::town::{Town, token_of};

use super::people::link_at;
use super::visit::{Visit, code, text};

const THIEF: &str = "thief@blefuscu.example";

/// A change of somebody's address, asked for in a session of theirs; the link that confirms it, and the one that
/// stops it.
async fn asked(town: &Town, visit: &Visit<'_>, person: &Person) -> Result<[String; 2]> {
    town.letters(person.user).await?;
    let asked = json!({ "email": THIEF });
    visit.grant(person, "POST", "/v1/users/me/email-change", asked).await?;
    let letters = town.letters(person.user).await?;
    let at = |address: &str| -> Result<String> {
        let mut there = letters.iter().filter(|letter| letter.to.as_str() == address);
        let link = there.find_map(|l| l.body.split_whitespace().find(|word| word.contains("/email/")));
        let token = token_of(link.ok_or_else(|| anyhow::anyhow!("no link at {address}"))?)?;
        town.never_in_log(&token);
        Ok(token)
    };
    Ok([at(THIEF)?, at(&person.email)?])
}

async fn uses(visit: &Visit<'_>, path: &str, token: &str, expected: &str) -> Result<()> {
    code(&visit.bare("POST", path, json!({ "token": token })).await?, expected)
}

const CONFIRM: &str = "/v1/email-changes";
const OBJECT: &str = "/v1/email-changes/object";

stories! {
    /// Rules: H3, D7.
    async fn a_thiefs_change_of_address_falls_with_the_session_it_was_asked_in(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        for way in ["compromise", "reset", "role", "lost", "sessions", "session"] {
            let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
            let [confirm, _] = asked(&town, &visit, &agent).await?;
            visit.freshen(&mut owner).await?;
            let of = format!("/v1/users/{}", agent.user);
            let sessions = visit.grant(&owner, "GET", &format!("{of}/sessions"), Value::Null).await?;
            let (session, device) = (text(&sessions, "/items/0/id")?, text(&sessions, "/items/0/device")?);
            let why = |compromise: bool| json!({ "reason": "a thief was here", "compromise": compromise });
            let asks = async |method: &str, what: String, body: Value| {
                visit.versioned(&owner, method, &format!("{of}/{what}"), &of, body).await
            };
            let answer = match way {
                "compromise" => asks("POST", "reset-two-factor".to_owned(), why(true)).await?,
                "reset" => asks("POST", "reset-two-factor".to_owned(), why(false)).await?,
                "role" => asks("POST", "role".to_owned(), json!({ "role": "auditor" })).await?,
                "lost" => asks("POST", format!("devices/{device}/report-lost"), Value::Null).await?,
                "sessions" => asks("POST", "sessions/end".to_owned(), json!({ "which": "all" })).await?,
                _ => asks("DELETE", format!("sessions/{session}"), Value::Null).await?,
            };
            ensure!(answer.status.is_success(), "{way}: {} {}", answer.gist(), answer.body);
            uses(&visit, CONFIRM, &confirm, "410 link_over").await.map_err(|e| e.context(way))?;
        }
        ensure!(town.count("EmailChanged").await? == 0);
        Ok(())
    }

    /// Rules: H3.
    async fn a_change_of_address_is_stopped_from_the_address_before_by_its_person_and_by_staff(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        // The old address has a say, once, and its link is good for nothing else.
        let [confirm, object] = asked(&town, &visit, &agent).await?;
        uses(&visit, CONFIRM, &object, "410 link_over").await?;
        let set = json!({ "token": object, "password": "a pass phrase of a thief" });
        code(&visit.bare("POST", "/v1/set-up", set).await?, "410 link_over")?;
        uses(&visit, OBJECT, &confirm, "410 link_over").await?;
        uses(&visit, OBJECT, &object, "200").await?;
        uses(&visit, OBJECT, &object, "410 link_over").await?;
        uses(&visit, CONFIRM, &confirm, "410 link_over").await?;
        visit.told(&agent, "stays as it is", "was stopped").await?;
        // So have the person in any session, and whoever may end their sessions.
        for by_staff in [false, true] {
            town.wait(Span::minutes(1));
            visit.freshen(&mut agent).await?;
            visit.freshen(&mut owner).await?;
            let [confirm, object] = asked(&town, &visit, &agent).await?;
            let (who, whose) = if by_staff { (&owner, agent.user.to_string()) } else { (&agent, "me".to_owned()) };
            let path = format!("/v1/users/{whose}/email-change");
            visit.grant(who, "DELETE", &path, Value::Null).await?;
            code(&visit.ask(who, "DELETE", &path, Value::Null).await?, "409 no_change_waits")?;
            uses(&visit, CONFIRM, &confirm, "410 link_over").await?;
            uses(&visit, OBJECT, &object, "410 link_over").await?;
        }
        // Whoever does nothing of it has the new address.
        town.wait(Span::minutes(1));
        visit.freshen(&mut agent).await?;
        let [confirm, object] = asked(&town, &visit, &agent).await?;
        uses(&visit, CONFIRM, &confirm, "200").await?;
        uses(&visit, OBJECT, &object, "410 link_over").await?;
        ensure!(town.count("EmailChangeCancelled").await? == 3 && town.count("EmailChanged").await? == 1);
        Ok(())
    }

    /// Rules: H1, H3.
    async fn an_invitation_to_a_mistyped_address_is_dead_once_it_is_corrected(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let (typo, right) = ("typo@lilliput.example", "right@lilliput.example");
        let guest = json!({ "name": "Ty Po", "email": typo, "role": "agent" });
        let made = visit.grant(&owner, "POST", "/v1/users", guest).await?;
        let user = text(&made, "/user")?.parse()?;
        let wrong = token_of(&link_at(&town, user, typo, "/setup/").await?)?;
        let path = format!("/v1/users/{user}/email-change");
        visit.grant(&owner, "POST", &path, json!({ "email": right })).await?;
        let set = |token: &str| json!({ "token": token, "password": "a pass phrase of nobody 7" });
        town.never_in_log("a pass phrase of nobody 7");
        code(&visit.bare("POST", "/v1/set-up", set(&wrong)).await?, "410 link_over")?;
        let letters = town.letters(user).await?;
        ensure!(letters.iter().all(|letter| letter.to.as_str() == right), "a stranger is told nothing more");
        let link = letters.iter().find_map(|l| l.body.split_whitespace().find(|word| word.contains("/email/")));
        let link = token_of(link.ok_or_else(|| anyhow::anyhow!("no link"))?)?;
        town.never_in_log(&link);
        uses(&visit, CONFIRM, &link, "200").await?;
        code(&visit.bare("POST", "/v1/set-up", set(&wrong)).await?, "410 link_over")?;
        // The right person is invited, there only, and comes in; what is mailed to them goes there at once.
        let invited = token_of(&link_at(&town, user, right, "/setup/").await?)?;
        code(&visit.bare("POST", "/v1/set-up", set(&invited)).await?, "200")?;
        let mut agent = town.somebody(Role::Agent);
        (agent.user, agent.email, agent.password) = (user, right.into(), "a pass phrase of nobody 7".into());
        visit.sign_in(&mut agent).await?;
        let begun = visit.grant(&agent, "POST", "/v1/users/me/factors", json!({ "name": "phone" })).await?;
        ensure!(begun["mailed_code_needed"] == true, "{begun}");
        let letters = town.letters(user).await?;
        ensure!(letters.iter().all(|letter| letter.to.as_str() == right), "no code goes to who never proved it");
        Ok(())
    }
}
