//! `twofold migrate`: brings the database to this version's shape, under its owner's URL.

use clap::Args;

use super::{Context, Failure};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Only say what would be done
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[expect(clippy::unused_async, reason = "awaits the store once it is wired")]
pub(super) async fn run(_: &Context, arguments: Arguments) -> Result<(), Failure> {
    let _ = arguments.dry_run;
    Err(Failure::not_yet("migrate"))
}
