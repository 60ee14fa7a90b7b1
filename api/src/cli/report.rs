//! `twofold report`: the reports that the API and the console also answer, byte for byte.

use clap::{Args, Subcommand, ValueEnum};
use twofold_domain::time::Timestamp;

use super::{Context, Failure};

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
    /// The form of the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(super) format: Format,
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

#[expect(clippy::unused_async, reason = "awaits the store once it is wired")]
pub(super) async fn run(_: &Context, command: Command) -> Result<(), Failure> {
    let Command::MfaStatus(arguments) = command;
    let _ = (arguments.account, arguments.as_of, arguments.format);
    Err(Failure::not_yet("report mfa-status"))
}
