//! The installation's operator inside an account: by an owner's grant, for a while, and said so.

mod program;

use anyhow::{Context as _, Result, ensure};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_infra::acts::{Begun, OperatorUnlock};
use twofold_infra::context::Actor;
use twofold_tests::doors::{Answer, Doors};
use twofold_tests::person::{Browser, Person};
use twofold_tests::stories;
use twofold_tests::town::Town;

async fn ask(doors: &Doors, who: &Person, method: &str, path: &str, body: Value) -> Result<Answer> {
    let bearer = format!("Bearer {}", who.session()?);
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    doors.ask(request.header("authorization", bearer).body(Body::from(body.to_string()))?).await
}

/// The operator lifts somebody's locks: whether they were let.
async fn unlocks(town: &Town, whom: &Person) -> Result<bool> {
    let owners = town.circle(town.here()).await?.owners;
    let act = OperatorUnlock { user: whom.user, reason: "they called".into(), owners };
    let done = town.there().perform(town.account, town.request_of(Actor::Operator), act).await;
    Ok(match done {
        Ok(_) => true,
        Err(error) => {
            ensure!(!error.to_string().is_empty());
            false
        }
    })
}

stories! {
    /// Rules: C7.
    async fn the_operator_acts_only_by_an_owners_grant_and_the_account_sees_it(town) {
        let doors = Doors::open(&town).await?;
        // The first link of all takes no grant; after it, everything does.
        let mut owner = town.owner().await?;
        let agent = owner.welcome(&town, Role::Agent).await?;
        let admin = owner.welcome_enrolled(&town, Role::Admin).await?;
        ensure!(town.admin_link(town.here(), owner.user).await.is_err(), "an owner with a password");
        ensure!(town.admin_link(town.here(), agent.user).await.is_err(), "and whoever else");
        ensure!(!unlocks(&town, &agent).await?);
        ensure!(town.count("OperatorActed").await? == 1, "the first link alone");

        // Only owners let them, at most for 72 hours.
        owner.step_up(&town, town.here()).await?;
        let body = |hours: u8| json!({ "scopes": ["link"], "hours": hours, "reason": "on holiday" });
        let denied = ask(&doors, &admin, "POST", "/v1/operator-grants", body(4)).await?;
        ensure!(denied.status == 403, "{}", denied.gist());
        let long = ask(&doors, &owner, "POST", "/v1/operator-grants", body(73)).await?;
        ensure!(!long.status.is_success(), "{}", long.gist());
        let made = ask(&doors, &owner, "POST", "/v1/operator-grants", body(4)).await?;
        ensure!(made.gist() == "201", "{} {}", made.gist(), made.body);
        let grant = made.body["id"].as_str().context("an id")?.to_owned();

        // What it names, and nothing else; each use stands in the log and is told.
        town.letters(owner.user).await?;
        ensure!(!unlocks(&town, &agent).await?, "another scope");
        let link = town.admin_link(town.here(), agent.user).await?;
        ensure!(link.url.contains("/setup/"));
        ensure!(town.count("OperatorActed").await? == 2);
        let told = town.letters(owner.user).await?;
        ensure!(told.len() == 1, "{} letters", told.len());
        let listed = ask(&doors, &owner, "GET", "/v1/operator-grants", json!({})).await?;
        ensure!(listed.gist() == "200" && listed.body.to_string().contains(&grant), "{}", listed.body);

        // Taken back, it is over.
        let path = format!("/v1/operator-grants/{grant}");
        let gone = ask(&doors, &owner, "DELETE", &path, json!({})).await?;
        ensure!(gone.status.is_success(), "{} {}", gone.gist(), gone.body);
        ensure!(town.admin_link(town.here(), agent.user).await.is_err());
        Ok(())
    }

    /// Rules: C7.
    async fn a_grant_ends_by_time_alone(town) {
        let owner = town.owner().await?;
        let agent = owner.welcome(&town, Role::Agent).await?;
        let begin = town.now();
        town.let_operator(&owner).await?;
        ensure!(unlocks(&town, &agent).await?, "while it lasts");
        town.time.set(begin + Span::hours(1));
        ensure!(!unlocks(&town, &agent).await?, "at its end");
        Ok(())
    }
}
