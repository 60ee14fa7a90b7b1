//! `twofold admin …` and what else the operator does inside an account, as the program that they run: refused
//! without an owner's grant, and with one on record where the account reads it.

use std::path::Path;
use std::process::{Command, Output};

use twofold_infra::clock::Clock;

use super::*;
use crate::visit::Visit;

/// Runs the program on a town's installation, as its operator does.
fn program(town: &Town, arguments: &[&str]) -> Result<Output> {
    let data = town.master_key_file();
    let data = data.parent().unwrap_or(Path::new("."));
    let mut command = Command::new(env!("CARGO_BIN_EXE_twofold-under-test"));
    command.env_clear().arg("--json").arg("--data-dir").arg(data);
    command.args(["--database-url", town.url()]).args(arguments);
    Ok(command.output()?)
}

/// What it prints where it does it.
fn done(town: &Town, arguments: &[&str]) -> Result<String> {
    let output = program(town, arguments)?;
    let (said, error) =
        (String::from_utf8(output.stdout)?, String::from_utf8_lossy(&output.stderr).into_owned());
    ensure!(output.status.success(), "{arguments:?}: {:?} {said} {error}", output.status);
    Ok(said)
}

/// That it does not, without a word on standard output, and says what would let it.
fn refused(town: &Town, arguments: &[&str]) -> Result<()> {
    let output = program(town, arguments)?;
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.code() == Some(5), "{arguments:?}: {:?} {error}", output.status);
    ensure!(output.stdout.is_empty() && error.contains("grant"), "{arguments:?}: {error}");
    Ok(())
}

/// What the account reads of the operator, the oldest first: what they did, to whom, and the words.
async fn on_record(visit: &Visit<'_>, owner: &Person) -> Result<Vec<(String, String)>> {
    visit.projector.catch_up().await?;
    let path = "/v1/events?type=OperatorActed&order=oldest";
    let listed = visit.grant(owner, "GET", path, Value::Null).await?;
    let mut seen = vec![];
    for event in listed["items"].as_array().context("a list")? {
        ensure!(event["actor"] == "operator", "{event}");
        let words = event["particulars"].to_string();
        seen.push((event["subject"].as_str().unwrap_or_default().to_owned(), words));
    }
    Ok(seen)
}

/// Guesses until the account locks somebody for a while.
async fn guess(town: &Town, whom: &Person) -> Result<()> {
    let stranger = Person { password: "not their password".into(), ..whom.clone() };
    for _ in 0..5 {
        stranger.begin(town, town.here(), &mut Browser::default()).await?;
    }
    ensure!(!opens(town, whom).await?, "they have to wait");
    Ok(())
}

async fn opens(town: &Town, whom: &Person) -> Result<bool> {
    Ok(!matches!(whom.begin(town, town.there(), &mut Browser::default()).await?, Begun::Refused))
}

stories! {
    /// Rules: C7.
    async fn the_program_acts_only_by_an_owners_grant_and_the_account_reads_each_act(town) {
        // The program goes by the machine's clock, and so does this story.
        town.time.set(Clock::system().now());
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let mut agent = owner.welcome(&town, Role::Agent).await?;
        guess(&town, &agent).await?;
        let folder = tempfile::TempDir::new()?;
        let cards = folder.path().join("cards.csv");
        let seed = "3132333435363738393031323334353637383930";
        town.never_in_log(seed);
        std::fs::write(&cards, format!("serial,seed,type,digits\nH-1,{seed},HOTP,6\n"))?;
        let cards = cards.to_str().context("a path")?.to_owned();

        let unlock = ["admin", "unlock", "--email", &agent.email, "--reason", "they called"];
        let link = ["admin", "link", "--email", &agent.email];
        let slug = town.slug();
        let names = ["report", "mfa-status", "--account", &slug, "--names"];
        let import = ["import", "tokens", &cards];
        let all: [&[&str]; 4] = [&unlock, &link, &names, &import];
        for act in all {
            refused(&town, act)?;
        }
        ensure!(on_record(&visit, &owner).await?.len() == 1, "the first link of all, and nothing else");
        ensure!(!opens(&town, &agent).await?, "nothing was lifted");

        // A grant names what it is for: the others stay refused.
        let body = json!({ "scopes": ["unlock"], "hours": 1, "reason": "on holiday" });
        let made = visit.grant(&owner, "POST", "/v1/operator-grants", body).await?;
        for act in [&all[1], &all[2], &all[3]] {
            refused(&town, act)?;
        }
        town.letters(owner.user).await?;
        done(&town, &unlock)?;
        ensure!(opens(&town, &agent).await?, "the wait is lifted");
        let seen = on_record(&visit, &owner).await?;
        ensure!(seen.len() == 2 && seen[1].0 == agent.user.to_string(), "{seen:?}");
        ensure!(seen[1].1.contains("lifted the locks of a person"), "{seen:?}");
        ensure!(town.letters(owner.user).await?.len() == 1, "and the owner is told");

        // With all of it, each act stands there in words.
        let body = json!({ "scopes": ["link", "read", "import"], "hours": 1, "reason": "still on holiday" });
        visit.grant(&owner, "POST", "/v1/operator-grants", body).await?;
        let printed: Value = serde_json::from_str(&done(&town, &link)?)?;
        let url = printed["link"].as_str().context("a link")?;
        town.never_in_log(url.rsplit('/').next().unwrap_or_default());
        "the rope of the captain".clone_into(&mut agent.password);
        town.never_in_log(&agent.password);
        agent.redeem(&town, town.there(), url).await?;
        ensure!(opens(&town, &agent).await?, "with the password that they chose");
        ensure!(done(&town, &names)?.contains(&agent.name), "with names");
        done(&town, &import)?;
        let seen = on_record(&visit, &owner).await?;
        let words = [
            "made a set-up link for a member of the team",
            "lifted the locks of a person",
            "made a set-up link for a member of the team",
            "printed a report with the names of people",
            "brought hardware tokens into the stock",
        ];
        ensure!(seen.len() == words.len(), "{seen:?}");
        for ((_, seen), words) in seen.iter().zip(words) {
            ensure!(seen.contains(words), "{seen}, not {words}");
        }

        // Taken back, it is over at once.
        let grant = made["id"].as_str().context("an id")?;
        visit.grant(&owner, "DELETE", &format!("/v1/operator-grants/{grant}"), Value::Null).await?;
        refused(&town, &unlock)?;
        done(&town, &link)?;
        Ok(())
    }
}
