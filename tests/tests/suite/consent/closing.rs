//! Closing an account: the door shuts for everybody at once, and stays shut.

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use twofold_api::routes::{Guard, guarded};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::stories;

use super::super::visit::{Visit, code, text};
use super::waits;

stories! {
    /// Rules: D2.
    async fn of_a_closed_account_nothing_is_left_to_ask(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let plain = owner.welcome(&town, Role::Admin).await?;
        let invited = town.somebody(Role::Agent);
        owner.invite(&town, town.here(), invited.card()).await?;
        let issued = json!({ "name": "nightly", "scopes": ["read_people", "export"] });
        let token = text(&visit.grant(&owner, "POST", "/v1/api-tokens", issued).await?, "/token")?;
        town.never_in_log(&token);

        let close = format!("/v1/accounts/{}/close", town.account);
        let approval = waits(&visit.ask(&owner, "POST", &close, json!({ "reason": "we part" })).await?)?;
        for member in [&agent, &plain] {
            visit.told(member, "unless it is cancelled", "close the account for good").await?;
        }
        town.wait(Span::hours(72));
        visit.sign_in(&mut owner).await?;
        visit.sign_in(&mut agent).await?;
        let waiting = visit.begin(&agent).await?;
        let read = visit.bearing(&token, "GET", "/v1/users", Value::Null).await?;
        ensure!(read.status == 200, "until then everything works: {}", read.body);
        visit.grant(&owner, "POST", &format!("/v1/approvals/{approval}/carry-out"), json!({})).await?;
        let closed = town.log().await?.len();

        // Every session and token, at every operation that asks for one.
        let nothing = "00000000000000000000000000";
        let mut asked = 0;
        for operation in guarded().into_iter().filter(|operation| matches!(operation.guard, Guard::Acts(_))) {
            let mut path = operation.path.replace("{account}", &town.account.to_string()).replace("{name}", "coverage");
            path = path.replace("{user}", &agent.user.to_string()).replace("{position}", "1");
            for (name, prefix) in [
                ("approval", "apr"), ("case", "rec"), ("client", "cli"), ("device", "dev"), ("exemption", "exm"), ("factor", "fac"),
                ("group", "grp"), ("schedule", "sch"), ("session", "ses"), ("ticket", "tkt"), ("token", "tok"),
                ("sign_in", "sgn"), ("provider", "p"), ("grant", "opg"), ("job", "rpj"),
            ] {
                path = path.replace(&format!("{{{name}}}"), &format!("{prefix}_{nothing}"));
            }
            ensure!(!path.contains('{'), "{path}: teach this story how to fill it");
            for bearer in [owner.session()?, agent.session()?, &token] {
                let answer = visit.bearing(bearer, operation.method, &path, Value::Null).await?;
                ensure!(answer.status.is_client_error(), "{} {path}: {}", operation.method, answer.gist());
                asked += 1;
            }
        }
        ensure!(asked > 200, "{asked}");
        for (bearer, path) in [(owner.session()?, "/v1/me"), (agent.session()?, "/v1/me"), (&token, "/v1/users")] {
            let gone = visit.bearing(bearer, "GET", path, Value::Null).await?;
            ensure!(gone.status == 401, "{path}: {}", gone.gist());
        }

        // And whoever is not in yet: a challenge that waited, a password, a link, a forgotten password.
        let proofs = format!("/v1/sign-ins/{}/proofs", text(&waiting, "/sign_in")?);
        let answered = visit.proving(&waiting, &proofs, &agent.next_code(&town)?).await?;
        ensure!(answered.status.is_client_error(), "a challenge that waited: {}", answered.gist());
        for person in [&owner, &agent, &plain] {
            code(&visit.try_in(person).await?, "404 not_found")?;
        }
        let link = town.mailed_link(invited.user).await?;
        let set_up = json!({ "token": twofold_tests::town::token_of(&link)?, "password": invited.password });
        let followed = visit.bare("POST", "/v1/set-up", set_up).await?;
        ensure!(followed.status.is_client_error(), "an invitation: {}", followed.gist());
        let forgot = json!({ "account": town.account.to_string(), "email": plain.email });
        let forgotten = guarded().into_iter().find(|o| o.operation == "entry.forgotten").context("its path")?;
        visit.bare("POST", &forgotten.path, forgot).await?;
        ensure!(town.letters(plain.user).await?.iter().all(|letter| !letter.body.contains("/setup/")), "no link");
        let basic = visit.basic(&plain, "/v1/users").await?;
        ensure!(basic.status.is_client_error(), "{}", basic.gist());

        let after = town.log().await?;
        ensure!(town.count("AccountClosed").await? == 1);
        let later: Vec<_> = after[closed..].iter().map(|event| event.event_type.as_str()).collect();
        ensure!(later.is_empty(), "nothing is written any more: {later:?}");
        Ok(())
    }
}
