//! The `twofold` program: one file per subcommand, each with its arguments and a `run`.
//!
//! Results go to standard output, everything else to standard error. On a terminal a list is a table and
//! long work shows a bar; elsewhere both are plain lines, and `--json` makes results JSON everywhere.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

mod admin;
mod audit;
mod config;
mod delivery;
mod demo;
mod evidence;
mod export;
mod failure;
mod follow;
mod import;
mod invariants;
mod migrate;
mod openapi;
mod output;
mod projections;
mod record;
mod replay;
mod report;
mod reports;
mod serve;
mod setup;
mod what_if;
mod why;

pub use failure::{Exit, Failure};
pub use output::{Output, Progress};

/// Two-factor authentication with an auditable history.
#[derive(Debug, Parser)]
#[command(name = "twofold", version, propagate_version = true, subcommand_required = true, after_help = failure::EXIT_CODES)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// What every subcommand takes.
#[derive(Debug, Clone, Args)]
pub struct Globals {
    /// Answer as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Read settings from this file [default: twofold.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE", env = "TWOFOLD_CONFIG")]
    pub config: Option<PathBuf>,
    /// Keep SQLite files and keys in this directory [default: twofold-data]
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Use this database: sqlite:… or postgres://… [default: SQLite in the data directory]
    // The environment variable of the same setting is read with all the others, and never shown in help.
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and the console
    Serve(serve::Arguments),
    /// Serve an example: a company with a year of history
    Demo(demo::Arguments),
    /// Bring the database to this version's shape
    Migrate(migrate::Arguments),
    /// What only the operator of this installation may do
    #[command(subcommand)]
    Admin(admin::Command),
    /// Bring what came as a file into an account
    #[command(subcommand)]
    Import(import::Command),
    /// Print a report
    #[command(subcommand)]
    Report(report::Command),
    /// Ask the log itself
    #[command(subcommand)]
    Audit(audit::Command),
    /// The read models that are made from the log
    #[command(subcommand)]
    Projections(projections::Command),
    /// Messages by mail and SMS
    #[command(subcommand)]
    Delivery(delivery::Command),
    /// Settings and where each comes from
    #[command(subcommand)]
    Config(config::Command),
    /// Print the OpenAPI document
    Openapi(openapi::Arguments),
}

/// What a subcommand works with.
#[derive(Debug)]
pub struct Context {
    /// What every subcommand takes.
    pub globals: Globals,
    /// Where results and progress go.
    pub output: Output,
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come this way too, and are no failure.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() };
        }
    };
    let output = Output::new(cli.globals.json);
    let context = Context { globals: cli.globals, output };
    match start(cli.command, &context) {
        Ok(()) => Exit::Done.into(),
        Err(failure) => {
            failure.print(context.globals.json);
            failure.exit.into()
        }
    }
}

fn start(command: Command, context: &Context) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new("cannot start").because(error))?;
    runtime.block_on(async {
        match command {
            Command::Serve(arguments) => serve::run(context, arguments).await,
            Command::Demo(arguments) => demo::run(context, arguments).await,
            Command::Migrate(arguments) => migrate::run(context, arguments).await,
            Command::Admin(command) => admin::run(context, command).await,
            Command::Import(command) => import::run(context, command).await,
            Command::Report(command) => report::run(context, command).await,
            Command::Audit(command) => audit::run(context, command).await,
            Command::Projections(command) => projections::run(context, command).await,
            Command::Delivery(command) => delivery::run(context, command).await,
            Command::Config(command) => config::run(context, &command),
            Command::Openapi(arguments) => openapi::run(context, arguments),
        }
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_documented_commands_exist() {
        let cases = [
            "serve --listen 127.0.0.1:8420",
            "demo",
            "migrate",
            "admin link --account acme",
            "admin unlock --account acme --email ada@acme.example --reason locked",
            "import tokens batch-7.xml --account acme --password-file pw",
            "import tokens cards.csv --dry-run",
            "report mfa-status --account acme --as-of 2026-03-01 --format csv",
            "report mfa-status --account acme --at-event 12 --population team --format xlsx",
            "report forecast --account acme --at 2027-01-31",
            "report conformance --account acme --profile nist-aal2",
            "audit replay --account acme --as-of 2026-03-01",
            "audit replay --account acme --check --json",
            "audit replay --account acme --at-event 120 --follow --subject usr_01kamdrj00e00800ds5np309bv",
            "audit what-if --account acme --policy strict.json --from 2026-01-01 --to 2026-06-30",
            "audit why sin_01kamdrj00e00800ds5np309bv --account acme",
            "audit why usr_01kamdrj00e00800ds5np309bv --account acme",
            "audit invariants",
            "audit invariants --account acme --json",
            "audit invariants --list",
            "projections list --json",
            "projections rebuild user_status --verify",
            "config explain",
            "--json openapi",
        ];
        for line in cases {
            let words = std::iter::once("twofold").chain(line.split(' '));
            assert!(Cli::try_parse_from(words).is_ok(), "{line}");
        }
    }
}
