//! `twofold projections`: the read models, and how to make them again from the log.

use clap::Subcommand;

use super::{Context, Failure};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Each read model, its version, and how far behind the log it is
    List,
    /// Make read models again beside the live ones, then switch
    Rebuild {
        /// These only [default: all]
        #[arg(value_name = "NAME")]
        names: Vec<String>,
        /// Change nothing: build, compare with the live ones, and say where they differ
        #[arg(long)]
        verify: bool,
    },
}

#[expect(clippy::unused_async, reason = "awaits the store once it is wired")]
pub(super) async fn run(_: &Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::List => Err(Failure::not_yet("projections list")),
        Command::Rebuild { names: _, verify: _ } => Err(Failure::not_yet("projections rebuild")),
    }
}
