//! A log that lost its end stops its own account, and no other one.

use anyhow::ensure;
use serde_json::{Value, json};
use twofold_infra::clock::Clock;
use twofold_tests::both;

use super::served::Served;
use super::witness_kept::Towns;

const PEOPLE: &str = "/v1/users";

both! {
    /// Rules: S8.
    async fn a_server_starts_beside_a_log_that_lost_its_end_and_shuts_that_account(db) {
        let towns = Towns::found(db).await?;
        towns.town.time.set(Clock::system().now());
        let next_door = towns.town.neighbour();
        let owner = towns.owner.session()?.to_owned();
        let neighbour = next_door.owner().await?.session()?.to_owned();
        towns.cut().await?;
        let account = towns.town.account.to_string();
        let mut served = Served::start(&towns.town).await?;

        // Whoever signs in there, and whoever is in.
        let sign_in = json!({ "email": towns.owner.email, "password": "whatever it is, it is not asked" });
        let door = format!("/v1/accounts/{}/sign-ins", towns.town.account);
        for said in [
            served.ask("POST", &door, None, &sign_in).await?,
            served.ask("GET", PEOPLE, Some(&owner), &Value::Null).await?,
        ] {
            said.is_away()?;
            let words = said.body["detail"].as_str().unwrap_or_default();
            ensure!(words.contains("twofold projections list"), "{said:?}");
        }
        served.until_there(PEOPLE, &neighbour).await?;
        let their_door = format!("/v1/accounts/{}/sign-ins", next_door.account);
        let refused = served.ask("POST", &their_door, None, &sign_in).await?;
        ensure!(refused.status == 401, "{refused:?}");

        // New ones are opened beside it.
        let operator = std::fs::read_to_string(towns.town.master_key_file().with_file_name("operator.token"))?;
        let brobdingnag = json!({ "slug": "brobdingnag", "name": "B", "owner": { "name": "G", "email": "g@b.example" } });
        let opened = served.ask("POST", "/v1/accounts", Some(operator.trim()), &brobdingnag).await?;
        ensure!(opened.status == 201, "{opened:?}");

        let ready = served.ask("GET", "/readyz", None, &Value::Null).await?;
        let (well, words) = ready.check("projections")?;
        ensure!(ready.status == 200 && well && words.contains(&account), "{ready:?}");
        let told = served.told().await?;
        ensure!(told.contains("shut ") && told.contains(&account) && told.contains("twofold projections list"), "{told}");

        // Once the operator has said that they are forgotten, it goes on.
        towns.forgets()?;
        let served = Served::start(&towns.town).await?;
        served.until_there("/livez", &owner).await?;
        ensure!(!served.ask("POST", &door, None, &sign_in).await?.body["code"].eq("unavailable"));
        Ok(())
    }
}
