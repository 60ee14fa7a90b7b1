//! `twofold report`: the reports that the API and the console also answer, byte for byte.

use clap::{Args, Subcommand, ValueEnum};
use twofold_domain::ids::AccountId;
use twofold_domain::time::Timestamp;
use twofold_projections::status::{AsOf, Line, Population};

use super::{Context, Failure, evidence, setup};
use crate::status_report::{self, Annex, COLUMNS, cells};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Who has two-factor authentication, who must, and since when
    MfaStatus(Arguments),
}

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The account's short name
    #[arg(long, value_name = "SLUG")]
    pub(super) account: String,
    /// As of this instant (2026-03-31T23:59:59Z) or the end of this day (2026-03-31) [default: now]
    #[arg(long, value_name = "INSTANT")]
    pub(super) as_of: Option<Timestamp>,
    /// Whom to list
    #[arg(long, value_enum, default_value_t = Whom::Everyone)]
    pub(super) population: Whom,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(super) format: Format,
    /// Add what people are called today
    #[arg(long)]
    pub(super) names: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A table on a terminal, tab-separated lines elsewhere
    Table,
    /// CSV, safe to open in a spreadsheet
    Csv,
    /// JSON
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Whom {
    /// Owners, admins, agents, auditors
    Team,
    /// The account's own customers
    EndUsers,
    /// Both
    Everyone,
}

impl From<Whom> for Population {
    fn from(whom: Whom) -> Self {
        match whom {
            Whom::Team => Self::Team,
            Whom::EndUsers => Self::EndUsers,
            Whom::Everyone => Self::Everyone,
        }
    }
}

pub(super) async fn run(context: &Context, command: Command) -> Result<(), Failure> {
    let Command::MfaStatus(arguments) = command;
    let (_, desk) = setup::open_existing(context).await?;
    let account = setup::account(&desk, &arguments.account).await?;
    let as_of = evidence::settled(&desk, account, arguments.as_of).await?;
    evidence::up_to_date(&desk, account).await?;
    let lines = evidence::lines(desk.store(), account, as_of, arguments.population.into()).await?;
    let annex = if arguments.names { Some(evidence::names(&desk, account).await?) } else { None };
    print(context, arguments.format, account, as_of, &lines, annex.as_ref())
}

/// Prints a status report in the form that was asked for.
pub(super) fn print(
    context: &Context,
    format: Format,
    account: AccountId,
    as_of: AsOf,
    lines: &[Line],
    annex: Option<&Annex>,
) -> Result<(), Failure> {
    let document = || status_report::document(account, as_of, lines, annex);
    match format {
        Format::Csv => context.output.bytes(status_report::csv(lines, annex).as_bytes()),
        Format::Json => {
            let text = serde_json::to_string_pretty(&document()).map_err(anyhow::Error::from)?;
            context.output.bytes(format!("{text}\n").as_bytes())
        }
        Format::Table if context.output.is_json() => context.output.result(&document(), String::new),
        Format::Table => {
            let mut columns = COLUMNS;
            // A name says more to people than an id, and there is room for one of them.
            if annex.is_some() {
                columns[0] = "name";
            }
            let rows: Vec<[String; 11]> = lines
                .iter()
                .map(|line| {
                    let mut cells = cells(line);
                    if let Some(annex) = annex {
                        let name = annex.get(&line.user).and_then(|called| called.name.as_deref());
                        cells[0] = name.cloned().unwrap_or_default();
                    }
                    cells
                })
                .collect();
            context.output.list(columns, &rows, Clone::clone)
        }
    }
}
