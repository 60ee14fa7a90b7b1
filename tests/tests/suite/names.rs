//! How accounts show themselves, and names that are one to the eye: on two instances of either database.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use twofold_domain::account::Settings;
use twofold_domain::ids::StreamId;
use twofold_domain::policy::Role;
use twofold_infra::acts::{ActError, ChangeSettings, OpenAccount, OpenedAccount, change_settings};
use twofold_infra::context::Actor;
use twofold_infra::desk::{Act, Desk};
use twofold_infra::work::Work;
use twofold_tests::doors::{Answer, Doors};
use twofold_tests::person::Person;
use twofold_tests::race::at_once;
use twofold_tests::stories;
use twofold_tests::town::Town;

/// A neighbour of this name, not yet opened.
fn called(town: &Town, name: &str) -> Result<Arc<Town>> {
    let mut neighbour = town.neighbour();
    let open = Arc::get_mut(&mut neighbour).context("somebody else holds it")?;
    name.clone_into(&mut open.name);
    Ok(neighbour)
}

/// Opens an account on one of the instances.
async fn opens(town: &Town, n: usize) -> Result<(), ActError> {
    let open = town.opening(&town.somebody(Role::Owner));
    town.desk(n).perform(town.account, town.request_of(Actor::Operator), open).await.map(|_| ())
}

/// An opening whose server goes away before the account's own append.
struct CutOff(OpenAccount);

impl Act for CutOff {
    type Reply = OpenedAccount;

    async fn run(&self, work: &mut Work) -> Result<OpenedAccount, ActError> {
        self.0.run(work).await?;
        Err(ActError::Busy)
    }
}

fn is_taken(result: &Result<(), ActError>, what: &str) -> Result<()> {
    let taken = matches!(result, Err(ActError::Taken(found)) if found == what);
    ensure!(taken, "should be refused, for the {what} is taken: {result:?}");
    Ok(())
}

/// Gives an account another name.
async fn rename(town: &Town, desk: &Desk, owner: &Person, name: &str) -> Result<(), ActError> {
    let bug = |e: anyhow::Error| ActError::Bug(e.to_string());
    let credential = owner.credential().map_err(bug)?;
    let seen = town.account_version(desk).await.map_err(bug)?;
    let to = Settings { name: name.to_owned(), ..Settings::default() };
    let act = ChangeSettings { credential, seen, to };
    change_settings(desk, town.account, town.request(), act).await.map(|_| ())
}

async fn name_of(town: &Town) -> Result<String> {
    let loaded = town.there().log().accounts.load(StreamId::account(town.account)).await?;
    Ok(loaded.state.name().to_owned())
}

async fn settings(
    doors: &Doors,
    town: &Town,
    owner: &Person,
    change: Option<(&str, Value)>,
) -> Result<Answer> {
    let path = format!("/v1/accounts/{}/settings", town.account);
    let request =
        Request::builder().uri(path).header("authorization", format!("Bearer {}", owner.session()?));
    let request = match change {
        None => request.body(Body::empty())?,
        Some((seen, body)) => request
            .method("PATCH")
            .header("if-match", seen)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))?,
    };
    doors.ask(request).await
}

stories! {
    /// Rules: H5.
    async fn of_accounts_that_open_at_once_under_names_that_look_alike_one_wins(town) {
        town.open_account().await?;
        let alike: [&[&str]; 2] = [&["Acme", "Асме", "ACME", "Ac\u{200d}me"], &["paypal", "paypa1", "PaypaI", "PAYPAL"]];
        for names in alike {
            let rivals: Vec<_> = names.iter().map(|name| called(&town, name)).collect::<Result<_>>()?;
            let came = at_once(rivals.len(), |i| {
                let rival = Arc::clone(&rivals[i]);
                async move { opens(&rival, i).await }
            });
            let came = came.await?;
            let mut won = 0;
            for (rival, came) in rivals.iter().zip(&came) {
                let counter = town.here().store().counter(rival.account).await?;
                match came {
                    Ok(()) => won += 1,
                    refused => {
                        is_taken(refused, "name")?;
                        ensure!(counter.is_none(), "a refused opening left something: {}", rival.name);
                    }
                }
            }
            ensure!(won == 1, "one of {names:?} wins: {came:?}");
        }
        Ok(())
    }

    /// Rules: H5.
    async fn a_name_is_taken_before_a_renaming_and_given_up_after_it(town) {
        let owner = town.owner().await?;
        let neighbour = called(&town, "Blefuscu")?;
        let rival = neighbour.owner().await?;

        is_taken(&rename(&town, town.here(), &owner, "B1efuscu").await, "name")?;
        let slug = town.here().log().accounts.load(StreamId::account(neighbour.account)).await?.state;
        is_taken(&rename(&town, town.here(), &owner, slug.slug()).await, "name")?;
        ensure!(name_of(&town).await? == "Lilliput");

        // Both want it at once.
        let came = at_once(2, |i| {
            let (town, neighbour, owner, rival) =
                (Arc::clone(&town), Arc::clone(&neighbour), owner.clone(), rival.clone());
            async move {
                match i {
                    0 => rename(&town, town.here(), &owner, "Acme").await,
                    _ => rename(&neighbour, neighbour.there(), &rival, "Асме").await,
                }
            }
        });
        let came = came.await?;
        ensure!(came.iter().filter(|c| c.is_ok()).count() == 1, "one wins: {came:?}");
        let (winner, loser) = if came[0].is_ok() { (0, 1) } else { (1, 0) };
        is_taken(&came[loser], "name")?;

        // The winner's former name is anybody's; the loser keeps its own, and may write it otherwise.
        let names = ["Lilliput", "Blefuscu"];
        let (mut first, mut second) = ((&town, &owner), (&neighbour, &rival));
        if winner == 1 {
            std::mem::swap(&mut first, &mut second);
        }
        is_taken(&rename(first.0, first.0.here(), first.1, &names[loser].to_uppercase()).await, "name")?;
        rename(second.0, second.0.there(), second.1, &names[loser].to_uppercase()).await?;
        rename(second.0, second.0.here(), second.1, names[winner]).await?;
        ensure!(name_of(second.0).await? == names[winner]);
        opens(called(&town, names[loser])?.as_ref(), 1).await?;
        Ok(())
    }

    /// Rules: H5.
    async fn a_name_claimed_by_a_server_that_went_away_is_that_accounts_and_nobody_elses(town) {
        town.open_account().await?;
        let interrupted = called(&town, "Laputa")?;
        let cut_off = CutOff(interrupted.opening(&interrupted.somebody(Role::Owner)));
        let came = interrupted.perform(town.here(), cut_off).await;
        ensure!(matches!(came, Err(ActError::Busy)), "{:?}", came.err());
        ensure!(town.here().store().counter(interrupted.account).await?.is_none(), "nothing was recorded");
        for desk in [0, 1] {
            is_taken(&opens(called(&town, "LAPUTA")?.as_ref(), desk).await, "name")?;
        }
        opens(&interrupted, 1).await?;
        Ok(())
    }

    /// Rules: H5.
    async fn settings_are_read_and_changed_one_by_one(town) {
        let owner = town.owner().await?;
        let neighbour = called(&town, "Blefuscu")?;
        neighbour.open_account().await?;
        let doors = Doors::open(&town).await?;
        let now = settings(&doors, &town, &owner, None).await?;
        let nothing = json!({ "as_of": now.body["as_of"], "name": "Lilliput", "logo": null, "languages": [], "time_zone": null,
            "help": null, "notices": [] });
        ensure!(now.body == nothing, "a new account: {}", now.body);
        let seen = now.headers["etag"].to_str()?.to_owned();

        let change = json!({ "time_zone": "asia/seoul", "help": "mailto:help@lilliput.example", "languages": ["ko"] });
        let changed = settings(&doors, &town, &owner, Some((&seen, change.clone()))).await?;
        ensure!(changed.gist() == "200", "{} {}", changed.gist(), changed.body);
        ensure!(changed.body["time_zone"] == "Asia/Seoul" && changed.body["name"] == "Lilliput", "{}", changed.body);
        let stale = settings(&doors, &town, &owner, Some((&seen, change))).await?;
        ensure!(stale.gist() == "412 precondition_failed", "{}", stale.body);

        let seen = changed.headers["etag"].to_str()?.to_owned();
        for (change, gist) in [
            (json!({ "name": "B1efuscu" }), "409 taken"),
            (json!({ "time_zone": "Seoul" }), "422 invalid_fields"),
            (json!({ "languages": ["de"] }), "422 invalid_fields"),
            (json!({ "help": "http://help.example" }), "422 invalid_fields"),
            (json!({ "logo": "data:image/png;base64,R0lGODlh" }), "422 invalid_fields"),
            (json!({ "help": null }), "200"),
        ] {
            let answer = settings(&doors, &town, &owner, Some((&seen, change.clone()))).await?;
            ensure!(answer.gist() == gist, "{change}: {} {}", answer.gist(), answer.body);
        }
        let now = settings(&doors, &town, &owner, None).await?;
        ensure!(now.body["help"].is_null() && now.body["languages"] == json!(["ko"]), "{}", now.body);
        let log = town.count("AccountSettingsChanged").await?;
        ensure!(log == 2, "one save is one event: {log}");
        Ok(())
    }
}
