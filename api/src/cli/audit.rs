//! `twofold audit`: asks the log itself, not a read model.

use clap::Subcommand;
use twofold_domain::time::Timestamp;

use super::{Context, Failure};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Fold the log from its first event and print the status report of that time
    Replay {
        /// The account's short name
        #[arg(long, value_name = "SLUG")]
        account: String,
        /// As of this instant or the end of this day [default: now]
        #[arg(long, value_name = "INSTANT")]
        as_of: Option<Timestamp>,
    },
}

#[expect(clippy::unused_async, reason = "awaits the store once it is wired")]
pub(super) async fn run(_: &Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Replay { account: _, as_of: _ } => Err(Failure::not_yet("audit replay")),
    }
}
