//! `twofold audit`: asks the log itself, not a read model.

use std::str::FromStr as _;
use std::sync::Arc;

use clap::{Args, Subcommand};
use twofold_domain::time::Timestamp;
use twofold_projections::dump;
use twofold_projections::memory::{Replay, ReplayError};
use twofold_projections::reports::{Asked, Question, mfa_status};
use twofold_projections::status::{AsOf, Population};

use super::reports::{Format, print, unanswerable};
use super::{Context, Exit, Failure, evidence, invariants, setup};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Fold the log from its first event and print the status report of that time
    Replay(Arguments),
    /// Read the log by the rules that every log keeps, and name each event that breaks one
    Invariants(invariants::Arguments),
}

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The account's short name
    #[arg(long, value_name = "SLUG")]
    account: String,
    /// As of this instant or the end of this day [default: now]
    #[arg(long, value_name = "INSTANT", conflicts_with = "at_event")]
    as_of: Option<Timestamp>,
    /// Right after the event of this number
    #[arg(long, value_name = "NUMBER")]
    at_event: Option<u64>,
    /// Whom to list
    #[arg(long, default_value = "everyone", value_parser = Population::from_str)]
    population: Population,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Print nothing: compare with the read models, and say whether they agree
    #[arg(long)]
    check: bool,
}

pub(super) async fn run(context: &Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Replay(arguments) => replay(context, arguments).await,
        Command::Invariants(arguments) => invariants::run(context, arguments).await,
    }
}

async fn replay(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    let (_, desk) = setup::open_existing(context).await?;
    let account = setup::account(&desk, &arguments.account).await?;
    let store = desk.store();
    let as_of = match arguments.at_event {
        None => evidence::settled(&desk, account, arguments.as_of).await?,
        Some(position) => {
            let instant = evidence::instant_of(store, account, position).await?;
            let instant = instant.ok_or_else(|| {
                Failure::new(format!("`{}` has no event {position}", arguments.account)).exit(Exit::NotFound)
            })?;
            AsOf { position, instant }
        }
    };
    let projections = twofold_projections::all();
    let replay =
        Replay::of(store, &projections, account, as_of.position).await.map_err(|error| match error {
            ReplayError::Store(error) => Failure::from(error),
            poison @ ReplayError::Poison(_) => Failure::new("the log cannot be folded").because(poison),
        })?;
    let population = arguments.population;
    if !arguments.check {
        let whom: &'static str = population.into();
        let question = Question::read(&mfa_status::REPORT, [("population", whom)]);
        let question = question.map_err(|wrong| unanswerable(wrong.into()))?;
        let asked = question.place(store, account, as_of).await.map_err(unanswerable)?;
        let asked = Asked { folded: Some(Arc::new(replay.folded())), ..asked };
        return print(context.output, desk, &mfa_status::REPORT, asked, arguments.format, false).await;
    }
    let folded = replay.report(as_of.instant, population);
    evidence::up_to_date(&desk, account).await?;
    let live = evidence::lines(store, account, as_of, population).await?;
    let mut differences = folded.iter().filter(|line| !live.contains(line)).count() as u64;
    differences += live.iter().filter(|line| !folded.contains(line)).count() as u64;
    // At its head the fold must also be, row for row, what the tables hold.
    let whole = as_of.position == evidence::last(store, account).await?;
    let mut rows = folded.len() as u64;
    if whole {
        let tables = dump::tables(store.views(), &projections, account).await?;
        let replayed = replay.tables();
        rows = replayed.values().map(|rows| rows.len() as u64).sum();
        for (name, rows) in &replayed {
            if tables.get(name) != Some(rows) {
                tracing::error!(table = %name, "differs from the log");
                differences += 1;
            }
        }
    }
    let value = serde_json::json!({
        "account": account, "position": as_of.position, "as_of": as_of.instant.to_string(),
        "people": folded.len(), "rows_compared": rows, "whole_tables": whole, "differences": differences,
        "definition": mfa_status::REPORT.definition,
    });
    context.output.result(&value, || {
        let what = if whole { "rows of all read models" } else { "lines of the report" };
        format!("event {}: {rows} {what} compared with the log, {differences} differences", as_of.position)
    })?;
    if differences == 0 {
        return Ok(());
    }
    Err(Failure::new("the read models differ from the log")
        .fix("twofold projections rebuild --verify")
        .exit(Exit::Differs))
}
