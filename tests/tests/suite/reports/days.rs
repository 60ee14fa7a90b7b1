//! From a day to the same one is that day, whoever is asked: its first instant and its last one belong to it.

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::person::{Browser, Person};
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::super::visit::Visit;

/// The day behind that of [`twofold_tests::town::NOON`].
const DAY: &str = "2026-04-01";
const NEXT: &str = "2026-04-02";

/// Something that is recorded at this very instant.
async fn at(town: &Town, who: &Person, instant: &str) -> Result<()> {
    town.wait(instant.parse::<twofold_domain::time::Timestamp>()?.since(town.now()));
    who.begin(town, town.here(), &mut Browser::default()).await?;
    Ok(())
}

fn numbers(items: &Value, name: &str) -> Vec<u64> {
    items.as_array().into_iter().flatten().filter_map(|item| item[name].as_u64()).collect()
}

/// The numbers of events in a report's CSV, as the program prints it.
fn printed(town: &Town, owner: &Person) -> Result<Vec<u64>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_twofold-under-test"));
    command.env_clear().arg("--data-dir").arg(town.master_key_file().parent().context("a folder")?);
    command.args(["--database-url", town.url(), "report", "timeline", "--account", &town.slug()]);
    command.args(["--subject", &owner.user.to_string(), "--from", DAY, "--to", DAY, "--format", "csv"]);
    let output = command.stderr(Stdio::piped()).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut rows = csv::Reader::from_reader(output.stdout.as_slice());
    let place = rows.headers()?.iter().position(|name| name == "event").context("a column of events")?;
    rows.records().map(|row| Ok(row?[place].parse()?)).collect()
}

stories! {
    /// Rules: S3, S7.
    async fn from_a_day_to_the_same_one_is_that_day_in_every_report(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        at(&town, &owner, "2026-03-31T23:59:59.999999Z").await?;
        at(&town, &owner, "2026-04-01T00:00:00.000000Z").await?;
        town.wait(Span::hours(9));
        owner.sign_in(&town, town.here()).await?;
        let agent = owner.welcome(&town, Role::Agent).await?;
        at(&town, &owner, "2026-04-01T23:59:59.999999Z").await?;
        at(&town, &owner, "2026-04-02T00:00:00.000000Z").await?;
        town.wait(Span::hours(9));
        owner.sign_in(&town, town.here()).await?;
        let log = town.log().await?;
        let about_agent = |stream: &str| stream.contains(&agent.user.uuid().to_string());
        let on_the_day = log.iter().filter(|event| event.recorded_at.to_string().starts_with(DAY));
        let (whole, own): (Vec<_>, Vec<_>) = (
            on_the_day.clone().map(|event| event.account_seq).collect(),
            on_the_day.filter(|e| !about_agent(&e.stream.id.to_string()) || e.metadata.contains(&owner.user.to_string()))
                .map(|event| event.account_seq).collect(),
        );
        let ask = async |path: String| visit.grant(&owner, "GET", &path, Value::Null).await;

        let page = ask(format!("/v1/events?from={DAY}&to={DAY}&limit=100")).await?;
        let mut listed = numbers(&page["items"], "position");
        listed.sort_unstable();
        ensure!(listed == whole, "the log: {listed:?}, not {whole:?}");

        let timeline = ask(format!("/v1/reports/timeline?subject={}&from={DAY}&to={DAY}", owner.user)).await?;
        ensure!(numbers(&timeline["timeline"], "event") == own, "{timeline}, not {own:?}");
        ensure!(timeline["from"] == format!("{DAY}T00:00:00.000000Z"), "{timeline}");
        ensure!(timeline["events"][0] == whole[0], "{timeline} speaks of events from {}", whole[0]);

        let totals = ask(format!("/v1/reports/failure-totals?period=day&from={DAY}&to={NEXT}")).await?;
        let periods = totals["periods"].as_array().context("periods")?.iter().map(|row| row["begin"].clone());
        let periods: Vec<_> = periods.collect();
        ensure!(periods == [DAY, NEXT].map(|day| format!("{day}T00:00:00.000000Z")), "{totals}");

        let diff = ask(format!("/v1/reports/diff?from={DAY}&to={DAY}")).await?;
        let new = |row: &Value| row["user"] == agent.user.to_string() && row["change"] == "registered";
        ensure!(diff["differences"].as_array().context("rows")?.iter().any(new), "{diff}");

        let printed = printed(&town, &owner)?;
        ensure!(printed == own, "the program: {printed:?}, not {own:?}");
        Ok(())
    }
}
