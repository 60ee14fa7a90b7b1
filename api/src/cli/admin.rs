//! `twofold admin`: what only the operator of this installation may do; each use is an event in the
//! account's log.

use clap::Subcommand;

use super::{Context, Failure};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print a one-time link with which an account's owner sets up access
    Link {
        /// The account's short name
        #[arg(long, value_name = "SLUG")]
        account: Option<String>,
    },
}

#[expect(clippy::unused_async, reason = "awaits the store once it is wired")]
pub(super) async fn run(_: &Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Link { account: _ } => Err(Failure::not_yet("admin link")),
    }
}
